"""Cover, contents and the page that says it all."""

from io import BytesIO

from reportlab.lib.utils import ImageReader

from app.report import sentences, words
from app.report.content import ReportContent, RuleGroup
from app.report.kinds import Kind
from app.report.pdf import keys, marks, style
from app.report.pdf.document import COLUMN, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, WIDE, Sheet, clip
from app.report.pdf.typeset import Span, prose, visible, width, wrap
from app.report.texts import NO_VERDICT_OF_LAW, RULES_IN_ENGLISH
from app.texts import language, tr, trn

_REST = 165.0
"""Points that decisions and small print need below what is gravest, where there is no cover: one page holds it all."""
_NAMED = 5
"""So many sources that are not complete are named on the cover."""


def cover(sheet: Sheet, content: ReportContent, kind: Kind, logo: bytes | None = None) -> None:
    """Title, organisation, scope, completeness, and what the verdicts were made with; the organisation's own logo."""
    head = content.head
    sheet.new_page(plain=True)
    canvas = sheet.canvas
    canvas.setFillColor(style.ACCENT)
    canvas.rect(0, PAGE_HEIGHT - 12, PAGE_WIDTH, 12, stroke=0, fill=1)
    sheet.mark("cover", tr("Cover"), 0)
    tags = sheet.tags
    tags.section()
    with tags.element("P"):
        sheet.put(LEFT, PAGE_HEIGHT - 74, "Situs ", style.SERIF_BOLD, 15, style.ACCENT)
        sheet.put_right(RIGHT, PAGE_HEIGHT - 74, tr(kind.title), style.SANS, 9, style.MUTED)
    if logo is not None:
        box = (LEFT, PAGE_HEIGHT - 156, LEFT + 200, PAGE_HEIGHT - 100)
        whose = prose(head.organisation or "") or tr("the organisation")
        with tags.element("Figure", alt=tr("Logo of {name}").format(name=visible(whose)[:200]), box=box):
            canvas.drawImage(
                ImageReader(BytesIO(logo)), LEFT, PAGE_HEIGHT - 156, 200, 56, preserveAspectRatio=True, anchor="sw"
            )
    if head.sample:
        _sample(sheet)
    sheet.y = PAGE_HEIGHT - 210
    title = (
        tr("Where your data, GPUs and keys are, and whose law reaches them") if kind.id == "full" else tr(kind.title)
    )
    if content.view is not None:
        title += f": {content.view.name}"
    with tags.element("H1"):
        for line in wrap(title, style.SERIF_BOLD, 27, 430):
            sheet.put(LEFT, sheet.y, line, style.SERIF_BOLD, 27)
            sheet.y -= 36
    sheet.y -= 4
    if head.organisation:
        lines = wrap(prose(head.organisation), style.SERIF, 16, 440)
        with tags.element("P"):
            for line in lines[:3] if len(lines) <= 3 else [*lines[:2], clip(f"{lines[2]} …", style.SERIF, 16, 440)]:
                sheet.put(LEFT, sheet.y, line, style.SERIF, 16, style.MUTED)
                sheet.y -= 22
    sheet.y -= 14
    canvas.setStrokeColor(style.ACCENT)
    canvas.setLineWidth(1.4)
    canvas.line(LEFT, sheet.y, LEFT + 54, sheet.y)
    sheet.y -= 26
    scan = head.scan
    facts = [
        (tr("Law as of"), words.day(head.as_of)),
        (tr("Scan"), f"{scan.id}  ·  {words.moment(scan.started)}"),
        (tr("Read"), _read(content)),
    ]
    if content.note:
        facts.append((tr("Scope"), content.note))
    facts.append((tr("Completeness"), sentences.scope(content)))  # last: what is not complete is named below it
    with tags.element("L"):
        for name, value in facts:
            _fact(sheet, name, value, 92, 10.5, 15.5)
            sheet.y -= 5
    incomplete = [c for c in scan.connections if not c.complete]
    for connection in incomplete[:_NAMED]:
        text = f"{connection.name}: {connection.reason}" if connection.reason else connection.name
        lines = wrap(prose(text), style.SANS, 9, WIDE - 106)[:2]
        marks.verdict(canvas, "not_checked", LEFT + 96, sheet.y + 3, 8)
        with tags.element("P"):
            for line in lines:
                sheet.put(LEFT + 106, sheet.y, line, style.SANS, 9, style.MUTED)
                sheet.y -= 13
    if len(incomplete) > _NAMED:
        text = trn("and {n} more source", "and {n} more sources", len(incomplete) - _NAMED)
        with tags.element("P"):
            told = text.format(n=words.number(len(incomplete) - _NAMED))
            sheet.put(LEFT + 106, sheet.y, told, style.SANS, 9, style.MUTED)
        sheet.y -= 13
    sheet.y = min(sheet.y - 20, 178)
    sheet.rule(sheet.y + 16)
    versions = head.versions
    rows = [
        (tr("Program"), f"Situs {versions.program}", ""),
        (tr("Rules"), versions.pack_name, versions.pack),
        (tr("Catalogue"), versions.catalogue_name, versions.catalogue),
        (
            tr("Policy"),
            versions.policy_name or (tr("none was given") if versions.policy is None else ""),
            versions.policy or "",
        ),
    ]
    with tags.element("L"):
        for name, plain, digest in rows:
            with tags.element("LI"):
                with tags.element("Lbl"):
                    sheet.put(LEFT, sheet.y, name, style.SANS, 8, style.MUTED)
                room = 142 if digest else WIDE - 60
                with tags.element("LBody"):
                    told = clip(prose(plain), style.SANS, 8, room) + (" " if digest else "")
                    sheet.put(LEFT + 60, sheet.y, told, style.SANS, 8)
                    if digest:
                        text = f"SHA-256 {words.short(digest, 64)}"
                        sheet.put_right(RIGHT, sheet.y, text, style.MONO, 6.4, style.MUTED)
            sheet.y -= 13
    sheet.y -= 4
    with tags.element("P"):
        sheet.put(LEFT, sheet.y, tr(NO_VERDICT_OF_LAW), style.ITALIC, 8, style.MUTED)
    if language() != "en":
        with tags.element("P"):
            sheet.put(LEFT, sheet.y - 11, tr(RULES_IN_ENGLISH), style.ITALIC, 8, style.MUTED)


def _sample(sheet: Sheet) -> None:
    canvas = sheet.canvas
    text = tr("SAMPLE: an invented estate")
    wide = width(text, style.BOLD, 9) + 20
    canvas.setStrokeColor(style.FAIL)
    canvas.setLineWidth(1)
    canvas.roundRect(RIGHT - wide, PAGE_HEIGHT - 114, wide, 20, 3, stroke=1, fill=0)
    with sheet.tags.element("P"):
        sheet.put(RIGHT - wide + 10, PAGE_HEIGHT - 107.5, text, style.BOLD, 9, style.FAIL)


def _fact(sheet: Sheet, name: str, value: str, indent: float, size: float, leading: float) -> None:
    tags = sheet.tags
    with tags.element("LI"):
        with tags.element("Lbl"):
            sheet.put(LEFT, sheet.y, name, style.SANS, size - 1.5, style.MUTED)
        with tags.element("LBody"):
            for line in wrap(prose(value), style.SANS, size, WIDE - indent)[:4]:
                sheet.put(LEFT + indent, sheet.y, line, style.SANS, size)
                sheet.y -= leading


def _assets(number: int) -> str:
    """The number by itself; in German another case than that within a sentence, so another text (its space)."""
    return trn("{n}\u00a0asset", "{n}\u00a0assets", number).format(n=words.number(number))


def _read(content: ReportContent) -> str:
    parts = [_assets(content.assets)]
    if content.files:
        parts.append(words.count(len(content.files), "file", "files"))
    if content.head.checks is not None:
        parts.append(words.count(content.head.checks, "rule", "rules"))
    return (
        tr("{things} applied").format(things=words.join(parts))
        if content.head.checks is not None
        else words.join(parts)
    )


def contents(sheet: Sheet, entries: list[tuple[int, str, str]]) -> None:
    """The contents: (level, title, key), each with its page, which is filled in at the end."""
    sheet.section(tr("Contents"), "contents")
    tags = sheet.tags
    tags.begin("TOC")
    for level, title, key in entries:
        size = 10.5 if level == 0 else 9
        leading = 21 if level == 0 else 14.5
        sheet.need(leading)
        sheet.y -= leading
        indent = LEFT + 16 * level
        face = style.SANS
        lines = wrap(title, face, size, WIDE - 60 - 16 * level)
        line = lines[0] + ("…" if len(lines) > 1 else "")
        sheet.plan.add(key)
        with tags.element("TOCI"), tags.element("Reference"), sheet.leading(key):
            wide = sheet.put(indent, sheet.y, line + " ", face, size, style.INK if level == 0 else style.MUTED)
            sheet.use_form(f"page-{key}", RIGHT, sheet.y)
            sheet.link(key, indent, sheet.y - 3, RIGHT - indent, size + 4, line)
        sheet.canvas.setStrokeColor(style.HAIRLINE)
        sheet.canvas.setDash(0.5, 3)
        sheet.canvas.setLineWidth(0.6)
        sheet.canvas.line(indent + wide + 6, sheet.y + 1, RIGHT - 30, sheet.y + 1)
        sheet.canvas.setDash()
    tags.end()
    sheet.fill()


def summary(sheet: Sheet, content: ReportContent) -> None:
    """One page in plain language: the answer, the counts, the gravest five, what waits for the reader."""
    sheet.section(tr("Summary"), "summary")
    sheet.paragraph(sentences.opening(content), face=style.SERIF, size=13.5, leading=19.5, room=WIDE, after=14)
    _verdicts(sheet, content)
    _gravest(sheet, content)
    _waiting(sheet, content)
    if "cover" not in sheet.plan:
        _small_print(sheet, content)


def _small_print(sheet: Sheet, content: ReportContent) -> None:
    """What a cover would say, for a report that has none."""
    head = content.head
    scan = tr("Scan {id} of {moment}.").format(id=head.scan.id, moment=words.moment(head.scan.started))
    texts = [tr("Law as of {day}.").format(day=words.day(head.as_of)), scan, content.note]
    texts.append(tr(NO_VERDICT_OF_LAW))
    if language() != "en":
        texts.append(tr(RULES_IN_ENGLISH))
    sheet.space(8)
    sheet.paragraph(" ".join(t for t in texts if t), face=style.SANS, size=8, leading=11, color=style.MUTED, room=WIDE)


def _verdicts(sheet: Sheet, content: ReportContent) -> None:
    counts = content.summary.verdicts
    total = sum(n for v, n in counts.items() if v != "not_applicable")
    boxes = [(name, words.verdicts(name)) for name in ("fail", "not_checked", "accepted", "pass")]
    step = WIDE / 4
    sheet.rule(sheet.y)
    tags = sheet.tags
    with tags.element("L"):
        for i, (name, word) in enumerate(boxes):
            x = LEFT + i * step
            marks.verdict(sheet.canvas, name, x + 7, sheet.y - 25, 14)
            with tags.element("LI"), tags.element("LBody"):
                sheet.put(x + 20, sheet.y - 32, words.number(counts.get(name, 0)) + " ", style.SERIF_BOLD, 20)
                sheet.put(x + 20, sheet.y - 46, word, style.SANS, 9, style.MUTED)
    sheet.y -= 58
    sheet.rule(sheet.y)
    sheet.y -= 14
    text = tr("Out of {n}, by {k}.").format(
        n=words.count(total, "check", "checks"),
        k=words.count(content.head.checks, "rule", "rules") if content.head.checks is not None else tr("the rules"),
    )
    apart = counts.get("not_applicable", 0)
    if apart:
        text += " " + trn("{n} more did not apply.", "{n} more did not apply.", apart).format(n=words.number(apart))
    with tags.element("P"):
        sheet.put(LEFT, sheet.y, text, style.SANS, 8.5, style.MUTED)
    sheet.y -= 13
    for line in (sentences.limits(content), sentences.data(content), sentences.gpus(content), sentences.keys(content)):
        sheet.y -= 2
        sheet.paragraph(line, size=9.5, leading=13, room=WIDE, after=2)
    sheet.y -= 4


def _gravest(sheet: Sheet, content: ReportContent) -> None:
    if not content.groups:
        return
    sheet.subsection(tr("What is gravest"))
    sheet.y -= 2
    with sheet.tags.element("L"):
        for place, group in enumerate(content.groups[:5], start=1):
            if place > 3 and "cover" not in sheet.plan and sheet.room() < _REST:
                break
            sheet.need(40)
            sheet.y -= 13
            marks.verdict(sheet.canvas, "fail", LEFT + 20, sheet.y + 3.4, 9)
            with sheet.tags.element("LI"):
                with sheet.tags.element("Lbl"):
                    sheet.put(LEFT, sheet.y, f"{place}", style.SERIF_BOLD, 11, style.ACCENT)
                with sheet.tags.element("LBody"):
                    _grave(sheet, group)
    sheet.y -= 2


def _grave(sheet: Sheet, group: RuleGroup) -> None:
    """One of the gravest: its title with a link, how grave, what it is about first."""
    lines = wrap(prose(group.title), style.BOLD, 9.5, WIDE - 120)[:2]
    key = keys.group(group.severity, group.id)
    top = sheet.y
    with sheet.leading(key):
        for line in lines:
            sheet.put(LEFT + 30, sheet.y, line, style.BOLD, 9.5)
            sheet.link(key, LEFT + 30, sheet.y - 2, WIDE - 120, 12, line)
            sheet.y -= 12.5
    with sheet.tags.element("Span"):
        sheet.put_right(RIGHT, top, words.severity(group.severity), style.SANS, 8.5, style.FAIL)
    first = group.rows[0].subject
    rest = len(group.rows) - 1
    about = words.short(visible(prose(first.name)), 70)
    if rest:
        about += " " + trn("and {n} more", "and {n} more", rest).format(n=words.number(rest))
    law = ", ".join(n.label for n in group.law[:2])
    line = f"{about}  ·  {law}" if law else about
    for part in wrap(line, style.SANS, 8.5, WIDE - 90)[:2]:
        sheet.put(LEFT + 30, sheet.y, part, style.SANS, 8.5, style.MUTED)
        sheet.y -= 11.5


def _waiting(sheet: Sheet, content: ReportContent) -> None:
    sheet.subsection(tr("What needs you"), keep=40)
    sheet.y -= 2
    items: list[tuple[str, str]] = [
        (
            words.decision(d.decision),
            trn("{n} check waits", "{n} checks wait", d.waiting).format(n=words.number(d.waiting)),
        )
        for d in content.decisions[:3]
    ]
    if not items:
        sheet.paragraph(sentences.decisions(content), size=10, leading=14, after=2)
    with sheet.tags.element("L"):
        for question, waits in items:
            sheet.need(30)
            sheet.y -= 14
            _question(sheet, question, waits)
    more = len(content.decisions) - len(items)
    link = "decisions" if content.decisions else "unchecked"
    spans: list[Span] = []
    if more > 0:
        spans.append(Span(trn("{n} more decision", "{n} more decisions", more).format(n=words.number(more)) + "; "))
    waiting = content.summary.verdicts.get("not_checked", 0)
    if waiting:
        sheet.y -= 4
        text = tr("what could not be checked, and who can change that, is listed further on.")
        if "unchecked" not in sheet.plan:
            text = tr("what could not be checked, and who can change that, is listed in the governance report.")
        spans.append(Span(text, link=link))
        spans = [
            Span(s.text[:1].upper() + s.text[1:] if i == 0 else s.text, style.SANS, 8.5, style.ACCENT, link)
            for i, s in enumerate(spans)
        ]
        sheet.rich(spans, leading=13, room=COLUMN)


def _question(sheet: Sheet, question: str, waits: str) -> None:
    """One decision that only the organisation can take, and how many checks wait for it."""
    tags = sheet.tags
    top = sheet.y
    with tags.element("LI"):
        with tags.element("Lbl"):
            sheet.put(LEFT, top, "–", style.SERIF, 10, style.MUTED)
        with tags.element("LBody"):
            for i, line in enumerate(wrap(prose(question), style.SERIF, 10, WIDE - 100)[:3]):
                sheet.y -= 13 if i else 0
                sheet.put(LEFT + 14, sheet.y, f"{line} ", style.SERIF, 10)
            sheet.put_right(RIGHT, top, waits, style.SANS, 8.5, style.MUTED)
