"""Every flow out of the EEA of a judgement as rows of a register, and as rows of the record of processing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET, Struct

from app.report import words
from app.report.meanings import meaning
from app.texts import tr
from rules.judgement import Flow, Transfer

if TYPE_CHECKING:
    from app.audit import Yardstick
    from app.store import Store
    from rules.policy import RecordOfProcessing, TransferEntry

COLUMNS: Final = (
    "flow",
    "kind",
    "source",
    "source_countries",
    "destination",
    "destination_country",
    "destination_country_name",
    "importer",
    "data_class",
    "mechanism",
    "register_entry",
    "document",
    "tia_date",
    "expires",
    "status",
)
"""Columns of the list of flows out of the EEA."""

RECORD_COLUMNS: Final = (
    "record",
    "controller",
    "purpose",
    "data_classes",
    "assets",
    "recipients",
    "third_countries",
    "safeguards",
    "without_safeguards",
    "erasure",
    "key_custody_required",
)
"""Columns of the rows for the record of processing: Article 30(1)(a) to (e) and, as far as known, (f) and (g)."""

_ADEQUATE: Final = "adequate"
_HARMLESS: Final = ("anonymous", "public")
ANYWHERE: Final = "*"
ASSESSED: Final = ("scc", "bcr", "adhoc")
"""Tools that carry a transfer only together with an assessment of the destination's law and practice."""


class OutFlow(Struct):
    """One flow out of the EEA to one country. `country` `*`: the provider may choose any; empty: not known."""

    flow: Flow | None
    transfer: Transfer
    country_name: str
    document: str | None

    def row(self) -> tuple[Any, ...]:
        """The cells, as `COLUMNS` names them."""
        f, t = self.flow, self.transfer
        return (
            t.flow,
            None if f is None else f.kind,
            None if f is None else f.source,
            None if f is None else list(f.source_countries),
            None if f is None else f.target,
            t.country or None,
            self.country_name,
            t.importer,
            None if f is None else f.data_class,
            t.mechanism,
            t.register_entry,
            self.document,
            t.tia_date,
            t.expires,
            t.status,
        )


def flows_out(store: "Store", judgement_id: int, scan_id: int, by: "Yardstick") -> list[OutFlow]:
    """Every flow of a judgement (of this scan) that leaves the EEA, one for each country it may go to.

    Flows that need an entry of the register come as they were judged. Flows to countries with a full adequacy decision
    need none: they are listed with that decision. Flows of anonymous or public data are left out.
    """
    return out_of(store.flows(judgement_id), store.transfers(judgement_id), by, _owners(store, scan_id, by))


def out_of(
    flows: Iterable[Flow],
    transfers: Iterable[Transfer],
    by: "Yardstick",
    owner: Callable[[str], str | None] = lambda uid: None,
) -> list[OutFlow]:
    """The same of flows and transfers that were read already. `owner` tells the importer by the uid of a target."""
    known = {flow.id: flow for flow in flows}
    entries = _entries(by)
    found = [
        OutFlow(known.get(t.flow), t, _name(by, t.country), _document(entries.get(t.register_entry or "")))
        for t in transfers
    ]
    told = {(out.transfer.flow, out.transfer.country) for out in found}
    for flow in known.values():
        found += _adequate(flow, by, told, owner)
    found.sort(key=lambda out: (out.flow.source if out.flow else "", out.transfer.flow, out.transfer.country))
    return found


def _adequate(
    flow: Flow, by: "Yardstick", told: set[tuple[str, str]], owner: Callable[[str], str | None]
) -> Iterator[OutFlow]:
    """Rows for the countries of a flow's target that an adequacy decision covers wholly."""
    if flow.data_class in _HARMLESS or flow.source_status != "eea":
        return
    for country in flow.target_countries:
        standing = by.catalogue.jurisdiction(country, by.as_of)
        if standing.status != _ADEQUATE or (flow.id, country) in told:
            continue
        yield OutFlow(
            flow,
            Transfer(
                flow.id,
                country,
                "covered",
                importer=owner(flow.target),
                mechanism="adequacy",
                expires=standing.valid_until,
            ),
            standing.name,
            standing.decision or None,
        )


def _owners(store: "Store", scan_id: int, by: "Yardstick") -> Callable[[str], str | None]:
    """Looks up the legal entity that owns what a uid names, by the policy; None where the policy does not say."""
    accounts = by.policy.accounts
    known = {} if accounts is UNSET else {a.id.casefold(): a.entity for a in accounts}

    def owner(uid: str) -> str | None:
        if not known:
            return None
        row = store.asset(uid, scan_id)
        return known.get((row.asset.account if row else uid.partition(":")[2]).casefold())

    return owner


def _entries(by: "Yardstick") -> "dict[str, TransferEntry]":
    register = by.policy.transfer_register
    return {} if register is UNSET else {entry.id: entry for entry in register}


def _document(entry: "TransferEntry | None") -> str | None:
    return None if entry is None else entry.document or entry.note


def _name(by: "Yardstick", country: str) -> str:
    if country == ANYWHERE:
        return tr("anywhere in the provider's regions")
    return by.catalogue.country_name(country) if country else tr("not known")


def record_rows(store: "Store", scan_id: int, out: Iterable[OutFlow], by: "Yardstick") -> list[tuple[Any, ...]]:
    """One row for each entry of the record of processing, and one for flows that no entry names (record is None).

    A flow belongs to every entry that names its source, or whose number the source carries as a tag or by policy.
    """
    records = by.policy.ropa
    known: dict[str, RecordOfProcessing] = {} if records is UNSET else {r.id: r for r in records}
    by_asset = defaultdict[str, list[str]](list)
    for record in known.values():
        for uid in record.resources:
            by_asset[uid].append(record.id)
    groups: dict[str | None, list[OutFlow]] = {name: [] for name in known}
    numbers: dict[str, list[str | None]] = {}
    for item in out:
        source = item.flow.source if item.flow else ""
        if source not in numbers:
            tagged = _tagged(store, scan_id, source, by)
            named = [*by_asset[source], *([] if tagged is None else [tagged])]
            numbers[source] = list(dict.fromkeys(named)) or [None]
        for number in numbers[source]:
            groups.setdefault(number, []).append(item)
    return [_record(name, known.get(name or ""), items, by) for name, items in groups.items()]


def _tagged(store: "Store", scan_id: int, uid: str, by: "Yardstick") -> str | None:
    row = store.asset(uid, scan_id) if uid else None
    if row is None:
        return None
    number = by.policy.classify(row.asset).ropa_id
    return number if isinstance(number, str) else None


def _record(
    name: str | None, record: "RecordOfProcessing | None", items: list[OutFlow], by: "Yardstick"
) -> tuple[Any, ...]:
    classes = _ordered(i.flow.data_class for i in items if i.flow)
    covered = [i for i in items if i.transfer.status == "covered"]
    entries = _entries(by)
    return (
        name,
        by.policy.organisation,
        None if record is None else record.name,
        classes,
        _ordered([*(record.resources if record else ()), *(i.flow.source for i in items if i.flow)]),
        _recipients(record, items, by),
        _ordered(tr(i.country_name) for i in items),
        _ordered(_safeguard(i, entries.get(i.transfer.register_entry or ""), by) for i in covered),
        _ordered(
            f"{tr(i.country_name)}: {words.transfer_status(i.transfer.status, i.transfer.mechanism)}"
            for i in items
            if i.transfer.status != "covered"
        ),
        _erasure(record, classes, by),
        _custody(classes, by),
    )


def _recipients(record: "RecordOfProcessing | None", items: list[OutFlow], by: "Yardstick") -> list[str]:
    """Whom the record names and who receives; without the controller, whose own accounts abroad are no recipient."""
    own = (by.policy.organisation or "").casefold()
    importers = (i.transfer.importer for i in items)
    return _ordered([*(record.recipients if record else ()), *(n for n in importers if n and n.casefold() != own)])


def _safeguard(item: OutFlow, entry: "TransferEntry | None", by: "Yardstick") -> str:
    t = item.transfer
    parts = [t.register_entry, words.mechanism(t.mechanism) if t.mechanism else None, item.document]
    if t.tia_date:
        parts.append(tr("transfer impact assessment of {day}").format(day=t.tia_date))
    if entry is not None and entry.tool in ASSESSED:
        parts += _weak(entry, by)
    if entry is not None and entry.dpf_certified_until:
        parts.append(tr("certified until {day}").format(day=entry.dpf_certified_until))
    if t.expires:
        parts.append(tr("until {day}").format(day=t.expires))
    return f"{tr(item.country_name)}: {', '.join(p for p in parts if p)}"


def _weak(entry: "TransferEntry", by: "Yardstick") -> Iterator[str]:
    """What keeps the assessment of an entry from carrying its clauses."""
    most = by.policy.tia_max_age_days
    if entry.tia_date is None:
        yield tr("no transfer impact assessment")
        return
    if entry.tia_date > by.as_of:
        yield tr("made after {day}").format(day=by.as_of)
    elif (by.as_of - entry.tia_date).days > most:
        yield tr("older than {n} days").format(n=most)
    if entry.tia_result is None:
        yield tr("result of the assessment not recorded")
    elif entry.tia_result != "positive":
        yield meaning("tia_result", entry.tia_result) or entry.tia_result


def _erasure(record: "RecordOfProcessing | None", classes: list[str], by: "Yardstick") -> list[str]:
    limits = by.policy.retention_days
    found = [] if record is None or record.ends is None else [tr("purpose ends {day}").format(day=record.ends)]
    if limits is not UNSET:
        found += [
            tr("{data_class}: {n} days").format(data_class=words.data_class(c), n=limits[c])
            for c in classes
            if c in limits
        ]
    return found


def _custody(classes: list[str], by: "Yardstick") -> list[str]:
    custody = by.policy.required_custody
    return (
        []
        if custody is UNSET
        else [f"{words.data_class(c)}: {words.custody(custody[c])}" for c in classes if c in custody]
    )


def _ordered(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
