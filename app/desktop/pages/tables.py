"""The page that is a plain table: what could not be read."""

from app.desktop.pages.listing import Listing
from app.desktop.pages.sheet import Sheet
from app.desktop.snapshot import CoverageRow, Snapshot
from app.desktop.table import Column
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr, trn


def coverage_page(theme: Colours) -> Listing:
    """What could not be read, and what would show it."""
    columns = [
        Column(tr("What"), _what, width=240),
        Column(tr("Account"), lambda r: r.account, width=180),
        Column(tr("Region"), _region, width=110, extra=True),
        Column(tr("Why not"), lambda r: words.coverage_status(r.status), width=130),
        Column(tr("Details"), lambda r: r.needed, width=260),
    ]

    def sentence(snapshot: Snapshot) -> str:
        n = len(snapshot.coverage)
        if not n:
            return tr("Everything that was asked for could be read.")
        return trn("One area could not be read.", "{n} areas could not be read.", n).format(n=words.number(n))

    return Listing(tr("Not seen"), theme, columns, lambda s: s.coverage, sentence, _cell)


def _what(row: CoverageRow) -> str:
    return f"{row.kind} · {row.service}"


def _region(row: CoverageRow) -> str:
    return tr("all regions") if row.region == "*" else row.region


def _cell(sheet: Sheet, row: CoverageRow) -> None:
    sheet.title(_what(row))
    sheet.quiet(words.coverage_status(row.status))
    sheet.heading(tr("Details"))
    sheet.say(row.needed)
    sheet.heading(tr("Where"))
    sheet.pairs(
        [
            (tr("Provider"), row.provider),
            (tr("Account"), row.account),
            (tr("Region"), _region(row)),
            (tr("Connection"), row.connection),
        ]
    )
