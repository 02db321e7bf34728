"""What a careful reader needs last: gaps, decisions, acceptances, law, method and limits, words, files and coverage."""

from app.report import sentences, words
from app.report.content import MissingGroup, ReportContent
from app.report.meanings import threshold_value, unreadable
from app.report.pdf import keys, style
from app.report.pdf.document import WIDE
from app.report.pdf.typeset import Span, layout, prose
from app.report.surface import RULES, Cell, Column, Surface
from app.report.texts import GLOSSARY, INVISIBLE, METHOD, OUTSIDE, PRESUMPTIONS
from app.texts import tr, trn


def unchecked(sheet: Surface, content: ReportContent) -> None:
    """What could not be checked, why, and who can change that."""
    sheet.section(tr("What could not be checked"), "unchecked", intro=sentences.not_checked(content), fresh=False)
    if not content.missing:
        return
    reasons: dict[str, list[MissingGroup]] = {}
    for group in content.missing:
        reasons.setdefault(group.reason, []).append(group)
    for reason, groups in sorted(reasons.items(), key=lambda r: (-sum(g.checks for g in r[1]), r[0])):
        sheet.subsection(words.reason(reason), f"missing-{keys.plain(reason)}", keep=110)
        sheet.gap(2)
        sheet.paragraph(words.remedy(reason), size=9.5, leading=13, after=4)
        _missing(sheet, groups)


def _missing(sheet: Surface, groups: list[MissingGroup]) -> None:
    permissions = any(g.permissions for g in groups)
    columns = [
        Column(tr("What is missing"), 190),
        Column(tr("Checks"), 40, right=True),
        Column(tr("Assets and flows"), 54, right=True),
        Column(tr("Rules that wait"), 110 if permissions else 200),
    ]
    if permissions:
        columns.append(Column(tr("Right to grant"), 130))
    table = sheet.table(columns)
    for group in groups:
        rules = ", ".join(group.rules[:4])
        if len(group.rules) > 4:
            rest = len(group.rules) - 4
            rules += " " + trn("and {n} more", "and {n} more", rest).format(n=rest)
        what = words.attribute(group.what)
        cells = [
            Cell(what[:1].upper() + what[1:], mark="not_checked", note=", ".join(group.connections)),
            Cell(words.number(group.checks)),
            Cell(words.number(group.subjects)),
            Cell(rules, color=style.MUTED),
        ]
        if permissions:
            known = bool(group.permissions)
            cells.append(Cell(", ".join(group.permissions) or "–", face=style.MONO if known else style.SANS))
        table.row(cells)
    table.end()


def decisions(sheet: Surface, content: ReportContent) -> None:
    """Decisions that only the organisation can take."""
    sheet.section(tr("Decisions needed from you"), "decisions", intro=sentences.decisions(content), fresh=False)
    if content.decisions:
        sheet.paragraph(
            tr(
                "Situs does not guess what you allow. Write your decisions into the policy file and judge the scan"
                " again."
            )
        )
        columns = [
            Column(tr("Question"), 210),
            Column(tr("Field of the policy"), 120),
            Column(tr("Checks that wait"), 60, right=True),
            Column(tr("Rules"), 110),
        ]
        table = sheet.table(columns)
        for row in content.decisions:
            table.row(
                [
                    Cell(words.decision(row.decision), mark="not_checked"),
                    Cell(row.decision.removeprefix("policy."), face=style.MONO),
                    Cell(words.number(row.waiting)),
                    Cell(", ".join(row.rules), color=style.MUTED),
                ]
            )
        table.end()
    if content.head.thresholds:
        sheet.subsection(tr("Values used where your policy states none"), "thresholds")
        table = sheet.table([Column(tr("What it is for"), 330), Column(tr("Used"), 160)])
        for name, value in content.head.thresholds:
            table.row([Cell(words.threshold(name)), Cell(threshold_value(name, value))])
        table.end()


def acceptances(sheet: Surface, content: ReportContent) -> None:
    """Findings somebody decided to live with."""
    sheet.section(
        tr("Accepted findings"), "accepted", intro=sentences.accepted(content), fresh=False,
        least=300 if content.accepted else 100,
    )  # fmt: skip
    if not content.accepted:
        return
    columns = [
        Column(tr("Finding"), 170),
        Column(tr("About"), 120),
        Column(tr("Reason"), 130),
        Column(tr("By, until"), 80),
    ]
    table = sheet.table(columns)
    for row in content.accepted:
        record = row.acceptance
        kind = "" if row.subject.flow or not row.subject.kind else words.kind(row.subject.kind)
        table.row(
            [
                Cell(
                    row.title, lang=RULES, mark="accepted", note=f"{row.rule}, {words.severity(row.severity).lower()}"
                ),
                Cell(row.subject.name, note=kind),
                Cell(record.reason if record else tr("the record was not found")),
                Cell(
                    words.join([n for n in (record.by, record.second) if n]) if record else "–",
                    note=words.day(record.until) if record else "",
                ),
            ]
        )
    table.end()


def law(sheet: Surface, content: ReportContent) -> None:
    """The provisions that the findings cite, in short, with their addresses."""
    sheet.section(
        tr("Law that the findings cite"),
        "law",
        intro=tr("In our own words, as of {day}; the published text alone is binding.").format(
            day=words.day(content.head.as_of)
        )
        if content.law
        else tr("No finding cites a provision."),
        fresh=False,
    )
    for note in content.law:
        link = note.url.replace("http://", "https://", 1) if note.url.startswith(("http://", "https://")) else None
        spans = [Span(note.label, style.BOLD, 9.5, style.ACCENT, link), Span(f"  {prose(note.title)}", style.BOLD, 9.5)]
        doubts = [note.status] if note.status else []
        if note.unverified:
            doubts.append(tr("number or wording not yet verified"))
        if doubts:
            spans.append(Span(f"  ({prose('; '.join(doubts))})", style.ITALIC, 8.5, style.NOT_CHECKED))
        sheet.anchor(keys.law(note.id), 14 * len(layout(tuple(spans), WIDE)) + 30)  # the heading stays with its text
        sheet.rich(spans, leading=14, room=WIDE, after=0)
        if note.paraphrase:
            sheet.paragraph(note.paraphrase, size=9.5, leading=13, room=WIDE - 30, after=8)


def method(sheet: Surface, content: ReportContent) -> None:
    """How verdicts come about, and what no look at a configuration can show."""
    sheet.section(
        tr("Method and limits"), "method", intro=tr("What this report rests on, and what it cannot say."), fresh=False
    )
    for text in METHOD:
        sheet.paragraph(tr(text), after=5, leading=14)
    edition(sheet, content)
    sheet.subsection(tr("Presumptions"), "presumptions")
    sheet.bullets(tr(text) for text in PRESUMPTIONS)
    sheet.subsection(tr("Outside automated scope"), "outside", keep=120)
    sheet.paragraph(
        tr("These duties cannot be read from settings. They are not counted as passed; they are simply not looked at."),
        after=4,
    )
    columns = [
        Column(tr("Articles of the GDPR"), 118),
        Column(tr("Why not"), 186),
        Column(tr("What this report offers"), 186),
    ]
    table = sheet.table(columns)
    for articles, why, offer in OUTSIDE:
        table.row([Cell(tr(articles)), Cell(tr(why)), Cell(tr(offer))])
    table.end()
    sheet.subsection(tr("Also out of sight"), "invisible")
    sheet.paragraph(tr(INVISIBLE))
    sheet.subsection(tr("Words used here"), "glossary", keep=120)
    for word, meaning in GLOSSARY:
        sheet.rich(
            [Span(tr(word), style.BOLD, 9), Span(": " + tr(meaning), style.SANS, 9)],
            leading=12.5,
            room=WIDE - 40,
            after=3,
        )


def edition(sheet: Surface, content: ReportContent) -> None:
    """Which edition of law and facts was judged by, how old it was on that day, and who vouches for it."""
    found = content.head.edition
    if found is None:
        return
    sheet.subsection(tr("Edition of law and facts"), "edition")
    if found.day is None:
        text = tr(
            "Judged by edition {name}. Another edition counts on this computer now, so its day is not told here; its"
            " digest is {digest}."
        ).format(name=found.name, digest=found.digest)
        sheet.paragraph(text, after=5, leading=14)
        return
    age = (content.head.as_of - found.day).days
    text = tr("Judged by edition {name}, last checked for {day}").format(name=found.name, day=words.day(found.day))
    if age > 0:
        told = trn("{n} day before the day of judgement.", "{n} days before the day of judgement.", age)
        text += ", " + told.format(n=words.number(age))
    else:
        text += ". " + tr("The day of judgement is not later than that.")
    signed = tr("It is signed by {name}, whose key is trusted on this computer.").format(name=found.signer)
    text += " " + (signed if found.signer else tr("It came with the program."))
    if found.too_old:
        text += " " + tr("That is older than your policy allows: what rests on it is told as not checked.")
    text += " " + tr("Digest (SHA-256): {digest}").format(digest=found.digest)
    sheet.paragraph(text, after=5, leading=14)


def appendix(sheet: Surface, content: ReportContent) -> None:
    """Files with their digests, and coverage."""
    sheet.section(tr("Appendix: what was read"), "appendix", intro=sentences.scope(content), fresh=False)
    if content.files:
        sheet.subsection(tr("Files"), "files")
        columns = [
            Column(tr("File"), 150),
            Column(tr("Recognised as"), 100),
            Column(tr("Size"), 52, right=True),
            Column(tr("Assets"), 44, right=True),
            Column("SHA-256", 150),
        ]
        table = sheet.table(columns, size=7.6)
        for file in content.files:
            table.row(
                [
                    Cell(file.name, note=file.note),
                    Cell(file.form),
                    Cell(_size(file.size)),
                    Cell(words.number(file.kept)),
                    Cell(file.digest, face=style.MONO, color=style.MUTED),
                ]
            )
        table.end()
    if content.coverage:
        sheet.subsection(tr("Coverage"), "coverage")
        if content.stale:
            text = trn(
                "{n} asset is known from an earlier scan; this one could not look where it lies.",
                "{n} assets are known from an earlier scan; this one could not look where they lie.",
                content.stale,
            )
            sheet.paragraph(text.format(n=words.number(content.stale)), face=style.SANS, size=8.5, leading=12)
        columns = [
            Column(tr("Connection"), 140),
            Column(tr("Account"), 82),
            Column(tr("Result"), 78),
            Column(tr("Cells"), 32, right=True),
            Column(tr("Services"), 166),
        ]
        table = sheet.table(columns, size=7.6)
        for line in content.coverage:
            read = line.status in ("collected", "empty")
            services = ", ".join(line.services)
            note = "; ".join(t.rstrip(".") for t in (*line.permissions[:6], *unreadable(line.details)))
            table.row(
                [
                    Cell(line.connection.removeprefix("import:")),
                    Cell(line.account, note=words.provider(line.provider)),
                    Cell(words.coverage_status(line.status), mark="pass" if read else "not_checked"),
                    Cell(words.number(line.cells)),
                    Cell(services, note=note),
                ]
            )
        table.end()
    sheet.gap(2)
    sheet.paragraph(tr("End of the report"), face=style.ITALIC, size=8.5, leading=12, color=style.MUTED)


def _size(value: int) -> str:
    amount = float(value)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return ""
