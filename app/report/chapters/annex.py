"""Annexes: what passed, evidence, calls, chain of scans, other scanners, inventory, statement of coverage."""

from collections import Counter

from app.report import sentences, words
from app.report.content import ReportContent
from app.report.pdf import keys, style
from app.report.surface import RULES, Cell, Column, Surface
from app.texts import tr, trn


def passed(sheet: Surface, content: ReportContent) -> None:
    """Rules that found nothing wrong where they could look, and how often."""
    total = content.summary.verdicts.get("pass", 0)
    intro = trn("{n} check passed.", "{n} checks passed.", total).format(n=words.number(total))
    intro += " " + tr("A check passes only where everything that it needs was read.")
    sheet.section(tr("What passed"), "passed", intro=intro, fresh=False)
    if not content.passed:
        return
    table = sheet.table([Column(tr("Weakness that was looked for"), 370), Column(tr("Not found"), 70, right=True)])
    for row in content.passed:
        table.row([Cell(row.title, lang=RULES, mark="pass", note=row.rule), Cell(words.number(row.number))])
    table.end()
    listed = [row for row in content.passed if row.subjects]
    if not listed:
        sheet.paragraph(
            tr("The option “with passes” lists every asset that passed."), face=style.SANS, size=8.5, leading=12
        )
    for row in listed:
        sheet.subsection(row.title)
        table = sheet.table([Column(tr("Asset or flow"), 250), Column(tr("Kind"), 110), Column(tr("Where"), 130)])
        for subject in row.subjects:
            named = words.flow_kind if subject.flow else words.kind
            table.row(
                [
                    Cell(
                        subject.name, mark="pass", note=f"{words.provider(subject.provider)} {subject.account}".strip()
                    ),
                    Cell(named(subject.kind) if subject.kind else ""),
                    Cell(words.place(subject.place, content.countries)),
                ]
            )
        table.end()


def evidence(sheet: Surface, content: ReportContent) -> None:
    """Every document that a failure rests on: which call gave it, from where, when, to whom, and its digest."""
    rows = content.evidence
    intro = trn("The findings rest on {n} document.", "The findings rest on {n} documents.", len(rows))
    sheet.section(tr("Evidence"), "evidence", intro=intro.format(n=words.number(len(rows))), fresh=False)
    sheet.paragraph(
        tr(
            "Each is the provider’s own answer, cut down to what matters and kept in the store under the SHA-256 of"
            " exactly the bytes kept. “situs verify” digests them again. The list of all digests is attached to this"
            " file."
        )
    )
    if not rows:
        return
    table = sheet.table(
        [
            Column(tr("Call or export"), 108),
            Column(tr("From"), 158),
            Column(tr("When, by whom"), 72),
            Column("SHA-256", 162),
        ],
        size=7.6,
    )
    for row in rows:
        rules = ", ".join(row.rules[:3]) + (" …" if len(row.rules) > 3 else "")
        table.row(
            [
                Cell(row.operation or tr("not known"), note=rules),
                Cell(row.source or tr("not in the store")),
                Cell(
                    words.moment(row.seen_at) if row.seen_at else tr("time not stated"),
                    note=row.identity,
                    color=style.INK if row.seen_at else style.MUTED,
                ),
                Cell(row.digest, face=style.MONO, color=style.MUTED),
            ],
            keys.document(row.digest),
        )
    table.end()


def calls(sheet: Surface, content: ReportContent) -> None:
    """Every operation that was called, with its count: what the claim to read only rests on."""
    total = sum(row.calls for row in content.calls)
    if not total:
        intro = tr("No call was made to any cloud: this scan read files only.")
    else:
        intro = tr("{n} were made, of {k}.").format(
            n=words.count(total, "call", "calls"),
            k=words.count(len({r.operation for r in content.calls}), "operation", "operations"),
        )
    sheet.section(tr("Calls that were made"), "calls", intro=intro, fresh=False, least=300 if total else 110)
    if not total:
        return
    sheet.paragraph(
        tr(
            "One guard stands between the program and every call. It lets through the operations that the program"
            " declares, each of which lists or describes; nothing else can be called. These are all calls of this scan,"
            " those that failed included."
        )
    )
    if content.identities:
        table = sheet.table([Column(tr("Connection"), 150), Column(tr("Signed in as"), 340)])
        for name, identity in sorted(content.identities.items()):
            table.row([Cell(name), Cell(identity)])
        table.end()
    table = sheet.table(
        [
            Column(tr("Operation"), 230),
            Column(tr("Result"), 110),
            Column(tr("Calls"), 50, right=True),
            Column(tr("Accounts"), 50, right=True),
            Column(tr("Regions"), 50, right=True),
        ],
        size=7.6,
    )
    for row in content.calls:
        good = row.status in ("ok", "empty", "")
        table.row(
            [
                Cell(row.operation, face=style.MONO),
                Cell(row.status.replace("_", " ") or tr("ok"), mark=None if good else "not_checked"),
                Cell(words.number(row.calls)),
                Cell(words.number(row.accounts)),
                Cell(words.number(row.regions)),
            ]
        )
    table.end()


def chain(sheet: Surface, content: ReportContent) -> None:
    """The scans up to this one, each tied to the one before."""
    rows = content.chain
    intro = (
        trn("This scan is the first of its store.", "This scan is the last of {n} that build on each other.", len(rows))
        if rows
        else tr("The store is older than the chain of scans: its next scan will begin it.")
    )
    sheet.section(tr("Chain of scans"), "chain", intro=intro.format(n=words.number(len(rows))), fresh=False)
    if not rows:
        return
    sheet.paragraph(
        tr(
            "The digest of a scan covers what it saw, its coverage, and the digest of the scan before. A scan that is"
            " changed afterwards, or taken out, no longer fits; “situs verify” works all of it out again."
        )
    )
    table = sheet.table(
        [Column(tr("Scan"), 34, right=True), Column(tr("Begun"), 96), Column(tr("State"), 60), Column("SHA-256", 310)],
        size=7.6,
    )
    for row in rows[-60:]:
        table.row(
            [
                Cell(str(row.scan)),
                Cell(row.started[:16].replace("T", " ") + " UTC"),
                Cell(tr(row.state), note=tr("linked later") if row.later else ""),
                Cell(row.digest, face=style.MONO, color=style.MUTED),
            ]
        )
    table.end()


def foreign(sheet: Surface, content: ReportContent) -> None:
    """What other scanners said of assets of the estate; none of it counts in our own verdicts."""
    rows = content.foreign
    intro = trn(
        "{n} finding of another scanner is about an asset of this estate.",
        "{n} findings of other scanners are about assets of this estate.",
        len(rows),
    )
    sheet.section(
        tr("Findings of other scanners"), "foreign", intro=intro.format(n=words.number(len(rows))), fresh=False
    )
    sheet.paragraph(
        tr(
            "They stand here as those scanners put them. They are not verdicts of this report, and no count includes"
            " them."
        )
    )
    if content.foreign_hidden:
        text = trn(
            "{n} finding of another scanner is left out of this copy: it names what is hidden here.",
            "{n} findings of other scanners are left out of this copy: they name what is hidden here.",
            content.foreign_hidden,
        )
        sheet.paragraph(text.format(n=words.number(content.foreign_hidden)))
    if content.foreign_apart:
        text = trn(
            "{n} more finding is not listed: what it names is no asset of this estate, or more than one.",
            "{n} more findings are not listed: what they name is no asset of this estate, or more than one.",
            content.foreign_apart,
        )
        sheet.paragraph(text.format(n=words.number(content.foreign_apart)))
    for product in sorted({row.product for row in rows}):
        sheet.subsection(product)
        table = sheet.table(
            [
                Column(tr("Asset"), 160),
                Column(tr("What it says"), 220),
                Column(tr("Status"), 60),
                Column(tr("When"), 60),
            ],
            size=7.6,
        )
        for row in (r for r in rows if r.product == product):
            table.row(
                [
                    Cell(row.subject.name, note=words.kind(row.subject.kind) if row.subject.kind else ""),
                    Cell(row.title, note=row.rule),
                    Cell(row.status, note=row.severity),
                    Cell(row.seen_at[:10]),
                ]
            )
        table.end()


def inventory(sheet: Surface, content: ReportContent) -> None:
    """Every asset, one to a row."""
    rows = content.inventory
    intro = trn("{n} asset.", "{n} assets.", len(rows)).format(n=words.number(len(rows)))
    sheet.section(tr("Inventory"), "inventory", intro=intro, fresh=False)
    table = sheet.table(
        [Column(tr("Asset"), 200), Column(tr("Kind"), 100), Column(tr("Class"), 76), Column(tr("Place"), 124)], size=7
    )
    for row in rows:
        account = f"{words.provider(row.provider)} {row.account}".strip()
        table.row(
            [
                Cell(row.name, note=words.notes(account, words.stale(row.stale))),
                Cell(words.kind(row.kind)),
                Cell(words.data_class(row.data_class)),
                Cell(words.place(row.place, content.countries)),
            ]
        )
    table.end()


def statement(sheet: Surface, content: ReportContent) -> None:
    """How much was looked at, by connection and result."""
    sheet.section(tr("Statement"), "statement", intro=sentences.scope(content))
    cells: Counter[str] = Counter()
    for line in content.coverage:
        cells[line.status] += line.cells
    total = sum(cells.values())
    read = cells["collected"] + cells["empty"]
    sheet.paragraph(
        tr(
            "Coverage is kept for each combination of connection, account, region, service and kind of asset. Of {n},"
            " {k} were read to the end. What was not read is never counted as in order."
        ).format(n=words.count(total, "such cell", "such cells"), k=words.number(read))
    )
    table = sheet.table([Column(tr("Result"), 200), Column(tr("Cells"), 60, right=True)], full=False)
    for status, number in sorted(cells.items(), key=lambda c: -c[1]):
        good = status in ("collected", "empty")
        table.row(
            [Cell(words.coverage_status(status), mark="pass" if good else "not_checked"), Cell(words.number(number))]
        )
    table.end()
    sheet.subsection(tr("By connection"))
    table = sheet.table([Column(tr("Connection"), 250), Column(tr("Complete"), 60), Column(tr("Why not"), 180)])
    for connection in content.head.scan.connections:
        table.row(
            [
                Cell(connection.name, note=words.provider(connection.provider)),
                Cell(
                    tr("yes") if connection.complete else tr("no"),
                    mark="pass" if connection.complete else "not_checked",
                ),
                Cell(connection.reason),
            ]
        )
    table.end()
    sheet.subsection(tr("By result of each check"))
    verdicts = content.summary.verdicts
    table = sheet.table([Column(tr("Verdict"), 200), Column(tr("Checks"), 60, right=True)], full=False)
    for name in ("fail", "not_checked", "accepted", "pass", "not_applicable"):
        table.row([Cell(words.verdicts(name), mark=name), Cell(words.number(verdicts.get(name, 0)))])
    table.end()
