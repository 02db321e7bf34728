"""The pages that are plain tables: data flows, what could not be read."""

from app.desktop.pages.listing import Listing
from app.desktop.pages.sheet import Sheet
from app.desktop.snapshot import CoverageRow, FlowRow, Snapshot
from app.desktop.table import Column
from app.desktop.theme import Colours, mark
from app.report import words
from app.texts import tr, trn


def flows_page(theme: Colours) -> Listing:
    """Where data go, and on what basis."""
    signs = {name: mark(verdict, theme) for name, verdict in _SIGNS.items()}
    columns = [
        Column(tr("Basis"), _basis, icon=lambda r: signs.get(r.status), width=150),
        Column(tr("From"), lambda r: r.source, width=170),
        Column(tr("Place"), lambda r: r.source_place, width=100),
        Column(tr("To"), lambda r: r.target, width=170),
        Column(tr("Place"), lambda r: r.target_place, width=110),
        Column(tr("Data"), lambda r: r.data_class, width=110),
        Column(tr("Kind"), lambda r: r.kind, width=160, extra=True),
        Column(tr("Legal instrument"), lambda r: r.mechanism, width=180, extra=True),
    ]

    def sentence(snapshot: Snapshot) -> str:
        leaving = [r for r in snapshot.flows if r.status]
        bare = sum(r.status in ("uncovered", "expired") for r in leaving)
        return tr(
            "{all} flows were found; {leaving} lead or may lead outside the EEA, "
            "{bare} of them without a valid basis on record."
        ).format(all=words.number(len(snapshot.flows)), leaving=words.number(len(leaving)), bare=words.number(bare))

    return Listing(tr("Data flows"), theme, columns, lambda s: s.flows, sentence, _flow)


_SIGNS = {
    "uncovered": "fail",
    "expired": "fail",
    "unknown": "not_checked",
    "decision_needed": "not_checked",
    "covered": "pass",
}


def _basis(row: FlowRow) -> str:
    return words.transfer_status(row.status) if row.status else tr("no transfer")


def _flow(sheet: Sheet, row: FlowRow) -> None:
    sheet.title(f"{row.source} → {row.target}")
    sheet.quiet(row.kind)
    sheet.heading(tr("From"))
    sheet.say(f"{row.source}\n{row.source_place}")
    sheet.heading(tr("To"))
    sheet.say(f"{row.target}\n{row.target_place}")
    sheet.heading(tr("Basis"))
    sheet.say(words.transfer_status(row.status) if row.status else tr("not counted as a transfer"))
    sheet.pairs([(tr("Data class"), row.data_class), (tr("Legal instrument"), row.mechanism)])


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
