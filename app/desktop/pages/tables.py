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
        Column(tr("What"), lambda r: f"{r.service} · {r.kind}", width=240),
        Column(tr("Account"), lambda r: r.account, width=180),
        Column(tr("Region"), lambda r: r.region, width=110),
        Column(tr("Why not"), lambda r: words.coverage_status(r.status), width=130),
        Column(tr("What would show it"), lambda r: r.needed, width=260),
    ]

    def sentence(snapshot: Snapshot) -> str:
        n = len(snapshot.coverage)
        if not n:
            return tr("Everything that was asked for could be read.")
        return trn("One area could not be read.", "{n} areas could not be read.", n).format(n=words.number(n))

    return Listing(tr("Not seen"), theme, columns, lambda s: s.coverage, sentence, _cell)


def _cell(sheet: Sheet, row: CoverageRow) -> None:
    sheet.title(f"{row.service} · {row.kind}")
    sheet.quiet(words.coverage_status(row.status))
    sheet.heading(tr("What would show it"))
    sheet.say(row.needed)
    sheet.heading(tr("Where"))
    sheet.pairs(
        [
            (tr("Provider"), row.provider),
            (tr("Account"), row.account),
            (tr("Region"), row.region),
            (tr("Connection"), row.connection),
        ]
    )
