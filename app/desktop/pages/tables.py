"""The pages that are tables: findings, data flows, inventory, what could not be read."""

from app.desktop.pages.listing import Listing
from app.desktop.snapshot import AssetRow, CoverageRow, FindingRow, FlowRow, Snapshot
from app.desktop.table import Column
from app.desktop.theme import Colours, mark
from app.texts import tr, trn

_ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}
_WORDS = {
    "fail": "Violation",
    "not_checked": "Not checked",
    "accepted": "Accepted",
    "pass": "Pass",
    "not_applicable": "Not applicable",
}


def findings_page(theme: Colours) -> Listing:
    """What is wrong, gravest first; what could not be checked has a page of its own."""
    signs = {verdict: mark(verdict, theme) for verdict in _WORDS}
    columns = [
        Column(tr("Verdict"), lambda r: tr(_WORDS[r.verdict]), icon=lambda r: signs[r.verdict], width=120),
        Column(tr("Severity"), lambda r: tr(r.severity), sort=lambda r: _ORDER.get(r.severity, 9), width=80),
        Column(tr("What is wrong"), lambda r: r.title, width=330),
        Column(tr("Where"), lambda r: r.name, width=180),
        Column(tr("Place"), lambda r: r.place, width=160),
        Column(tr("Rule"), lambda r: r.rule, width=110),
    ]

    def sentence(snapshot: Snapshot) -> str:
        n = sum(r.verdict == "fail" for r in snapshot.findings)
        return trn("One violation was found.", "{n} violations were found.", n).format(n=f"{n:,}")

    return Listing(tr("Findings"), theme, columns, lambda s: s.findings, sentence, _finding)


def _finding(row: FindingRow) -> str:
    parts = [
        row.title,
        f"{row.rule} · {row.severity}" + (f" · {tr('potential')}" if row.potential else ""),
        "",
        tr("What we saw"),
        row.why or row.missing,
        f"{row.kind} {row.name}\n{row.provider} · {row.account} · {row.place}",
        row.subject,
        "",
        tr("Why it matters"),
        row.explanation,
        row.law,
        "",
        tr("What to do"),
        row.remediation,
    ]
    return "\n".join(parts)


def flows_page(theme: Colours) -> Listing:
    """Where data go, and on what basis."""
    columns = [
        Column(tr("From"), lambda r: r.source, width=200),
        Column(tr("Place"), lambda r: r.source_place, width=110),
        Column(tr("To"), lambda r: r.target, width=200),
        Column(tr("Place"), lambda r: r.target_place, width=110),
        Column(tr("Kind"), lambda r: r.kind.replace("_", " "), width=110),
        Column(tr("Data"), lambda r: r.data_class.replace("_", " "), width=110),
        Column(tr("Legal basis"), lambda r: r.mechanism, width=140),
        Column(tr("Status"), lambda r: r.status.replace("_", " "), width=120),
    ]

    def sentence(snapshot: Snapshot) -> str:
        leaving = [r for r in snapshot.flows if r.status]
        bare = sum(r.status in ("uncovered", "expired") for r in leaving)
        return tr(
            "{all} flows were found; {leaving} leave the EEA, {bare} of them without a valid recorded basis."
        ).format(all=f"{len(snapshot.flows):,}", leaving=f"{len(leaving):,}", bare=f"{bare:,}")

    return Listing(tr("Data flows"), theme, columns, lambda s: s.flows, sentence, _flow)


def _flow(row: FlowRow) -> str:
    return (
        f"{row.source}\n  {row.source_place}\n↓ {row.kind.replace('_', ' ')}\n{row.target}\n  {row.target_place}\n\n"
        f"{tr('Data class')}: {row.data_class.replace('_', ' ')}\n{tr('Legal basis')}: {row.mechanism}\n"
        f"{tr('Status')}: {row.status.replace('_', ' ')}"
    )


def inventory_page(theme: Colours) -> Listing:
    """Everything that was seen."""
    columns = [
        Column(tr("Name"), lambda r: r.name, width=230),
        Column(tr("Kind"), lambda r: r.kind, width=170),
        Column(tr("Place"), lambda r: r.place, width=190),
        Column(tr("Data"), lambda r: r.data_class.replace("_", " "), width=120),
        Column(tr("Key held by"), lambda r: r.encryption.replace("_", " "), width=120),
        Column(tr("Provider"), lambda r: r.provider, width=90),
        Column(tr("Account"), lambda r: r.account, width=160),
    ]

    def sentence(snapshot: Snapshot) -> str:
        n = len(snapshot.assets)
        return trn("One asset is on record.", "{n} assets are on record.", n).format(n=f"{n:,}")

    return Listing(tr("Inventory"), theme, columns, lambda s: s.assets, sentence, _asset)


def _asset(row: AssetRow) -> str:
    return (
        f"{row.name}\n{row.kind}\n\n{row.uid}\n\n{tr('Place')}: {row.place}\n{tr('Provider')}: {row.provider}\n"
        f"{tr('Account')}: {row.account}\n{tr('Data class')}: {row.data_class.replace('_', ' ')}\n"
        f"{tr('Key held by')}: {row.encryption.replace('_', ' ')}"
    )


def coverage_page(theme: Colours) -> Listing:
    """What could not be read, and what would show it."""
    columns = [
        Column(tr("What"), lambda r: f"{r.service} · {r.kind}", width=240),
        Column(tr("Account"), lambda r: r.account, width=180),
        Column(tr("Region"), lambda r: r.region, width=110),
        Column(tr("Why not"), lambda r: r.status.replace("_", " "), width=110),
        Column(tr("What would show it"), lambda r: r.needed, width=260),
    ]

    def sentence(snapshot: Snapshot) -> str:
        n = len(snapshot.coverage)
        if not n:
            return tr("Everything that was asked for could be read.")
        return trn("One area could not be read.", "{n} areas could not be read.", n).format(n=f"{n:,}")

    return Listing(tr("Not seen"), theme, columns, lambda s: s.coverage, sentence, _cell)


def _cell(row: CoverageRow) -> str:
    return (
        f"{row.service} · {row.kind}\n{row.provider} · {row.account} · {row.region}\n{row.connection}\n\n"
        f"{tr('Why not')}: {row.status.replace('_', ' ')}\n{tr('What would show it')}: {row.needed}"
    )
