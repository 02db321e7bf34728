"""What became of findings and assets from one scan to a later one, within the scope of a report."""

from typing import TYPE_CHECKING

from app.report import words
from app.report.choice import ChoiceError, Scope
from app.report.content import Changed, Changes
from app.report.fromstore import StoreSource
from app.report.source import PlacedAsset
from app.report.spoken import Spoken
from app.texts import tr

if TYPE_CHECKING:
    from app.store import Store
    from app.store.records import JudgementInfo

_Assets = dict[str, PlacedAsset]


def changes(
    store: "Store", source: StoreSource, earlier: int | None, scope: Scope, rules: frozenset[str] | None = None
) -> Changes:
    """Changes from a scan (None: the one before) to that of the source, of what lies in the scope then or now.

    `rules`: only findings of these; None: of all. Raises ChoiceError where there is no earlier scan.
    """
    later = source.scan
    before = [s for s in store.scans() if s.finished and s.id < later.id]
    if earlier is not None:
        before = [s for s in before if s.id == earlier]
    if not before:
        raise ChoiceError(tr("There is no earlier scan to compare with; `situs scans` lists what there is."))
    first = before[-1]
    judged = store.judgement(scan_id=first.id)
    told = _Told(store, source, judged, scope)
    assets = [
        Changed(
            c.change,
            words.kind(c.kind),
            c.name,
            after=", ".join(words.attribute(a) for a in c.attributes[:6]),
            uid=c.uid,
            place=told.place(c.uid),
        )
        for c in store.diff(first.id, later.id)
        if told.holds(c.uid)
    ]
    findings = None if judged is None else [f for f in told.findings(judged) if rules is None or f.rule in rules]
    return Changes(f"{first.id} ({first.started:%Y-%m-%d})", f"{later.id} ({later.started:%Y-%m-%d})", findings, assets)


class _Told:
    """Assets of both judgements by uid: what they are called, where they lie, and whether the scope holds them."""

    def __init__(self, store: "Store", source: StoreSource, judged: "JudgementInfo | None", scope: Scope) -> None:
        self._store = store
        self._source = source
        self._scope = scope
        self._spoken = Spoken(source)
        self._now = _by_uid(source)
        known = judged is not None and judged.summary is not None
        self._then: _Assets | None = _by_uid(StoreSource(store, judged.id)) if judged is not None and known else None

    def holds(self, uid: str) -> bool:
        """Whether an asset is in the scope, as it was or as it is. One that was never judged stays: what nobody can
        tell must not vanish."""
        if self._scope.everything:
            return True
        now = self._now.get(uid)
        then = None if self._then is None else self._then.get(uid)
        found = [placed for placed in (now, then) if placed is not None]
        return any(map(self._scope.holds, found)) if found else self._then is None

    def place(self, uid: str) -> str:
        """Where an asset lies, or lay."""
        placed = self._now.get(uid) or (self._then or {}).get(uid)
        if placed is None:
            return ""
        names = {code: tr(self._source.country(code) or code) for code in placed.place.countries}
        return words.place(self._spoken.place(placed.place), names)

    def name(self, uid: str) -> str:
        """What an asset or an end of a flow is called."""
        placed = self._now.get(uid) or (self._then or {}).get(uid)
        return words.end(uid) if placed is None else placed.asset.name

    def findings(self, before: "JudgementInfo") -> list[Changed]:
        """Findings that are new, worse, no longer checked, accepted, less grave or gone."""
        store, source = self._store, self._source
        found: list[Changed] = []
        flows = {f.id: f for j in (before.id, source.info.id) for f in store.flows(j)}
        for c in store.diff_findings(before.id, source.info.id):
            graver = c.after or c.before
            if graver is not None and graver[0] == "not_checked" and (c.before is None or c.before[0] == "not_checked"):
                continue  # what could not be checked stands in its own chapter
            flow = flows.get(c.flow) if c.flow is not None else None
            ends = [flow.source, flow.target] if flow is not None else [c.asset] if c.asset is not None else []
            if ends and not any(map(self.holds, ends)):
                continue
            rule = source.rule(c.rule)
            found.append(
                Changed(
                    became(c.change, c.after),
                    rule.title if rule is not None else c.rule,
                    " → ".join(map(self.name, ends)) or c.flow or "",
                    _verdict(c.before),
                    _verdict(c.after),
                    "flow_gone" if c.change == "gone" and c.flow is not None else c.because or "",
                    c.rule,
                    c.asset or c.flow or "",
                )
            )
        return found


def became(change: str, after: tuple[str, str] | None) -> str:
    """What became of a finding: one that can no longer be checked (`unseen`) or that somebody lives with (`accepted`)
    is not `better`."""
    if change == "better" and after is not None:
        return {"not_checked": "unseen", "accepted": "accepted"}.get(after[0], change)
    return change


def _by_uid(source: StoreSource) -> _Assets:
    return {uid: placed for placed in source.assets() for uid in (placed.asset.uid, *placed.asset.aliases)}


def _verdict(verdict: tuple[str, str] | None) -> str:
    if verdict is None:
        return ""
    name, severity = verdict
    return f"{words.verdict(name)}, {words.severity(severity).lower()}" if name == "fail" else words.verdict(name)
