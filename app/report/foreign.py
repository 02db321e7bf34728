"""Findings of other scanners that name assets of the estate. They are shown apart; no rule sees them."""

from typing import TYPE_CHECKING

from app.report.choice import Scope
from app.report.content import ForeignRow, Subject
from app.report.fromstore import StoreSource
from app.report.source import PlacedAsset
from scanners.exports.otherscanners import Told, told_of

if TYPE_CHECKING:
    from app.store import Store


def rows(store: "Store", source: StoreSource, scope: Scope) -> tuple[list[ForeignRow], int]:
    """Findings of other scanners about assets in the scope, from the newest scan up to this one that brought any; and
    how many name no asset of the estate, or more than one."""
    told = _newest(store, source.scan.id)
    if not told:
        return [], 0
    wanted = {key for one in told for key in _keys(one)}
    known: dict[str, PlacedAsset | None] = {}
    for placed in source.assets():
        _learn(placed, wanted, known)
    found: list[ForeignRow] = []
    apart = 0
    for one in told:
        asset = next((a for key in _keys(one) if (a := known.get(key)) is not None), None)
        if asset is None:
            apart += 1
        elif scope.holds(asset):
            found.append(_row(one, asset))
    found.sort(key=lambda r: (r.product, r.subject.name, r.title))
    return found, apart


def _newest(store: "Store", scan: int) -> list[Told]:
    for info in reversed([s for s in store.scans() if s.finished and s.id <= scan]):
        digests = store.foreign(info.id)
        if digests:
            bodies = [store.evidence(digest).body for digest in digests]
            return [one for body in bodies if (one := told_of(body)) is not None]
    return []


def _keys(one: Told) -> list[str]:
    """What an asset may be found by: its address as it stands, in lower case, or account and name together."""
    keys = [one.resource, one.resource.lower()]
    last = one.name or one.resource
    if one.account and last:
        keys.append(f"{one.account}\x1f{last}")
    return keys


def _learn(placed: PlacedAsset, wanted: set[str], known: dict[str, PlacedAsset | None]) -> None:
    asset = placed.asset
    for uid in (asset.uid, *asset.aliases):
        for key in (uid, uid.lower()):
            if key in wanted:
                known.setdefault(key, placed)
    key = f"{asset.account}\x1f{asset.name}"
    if key in wanted:
        known[key] = None if key in known else placed  # two of one name: neither is meant for certain


def _row(one: Told, placed: PlacedAsset) -> ForeignRow:
    a = placed.asset
    subject = Subject(
        a.uid, a.name, a.kind, a.provider, a.account, False, placed.place, placed.data_class, placed.stale
    )
    return ForeignRow(one.product, one.title, one.status, one.severity, subject, one.rule, one.moment)
