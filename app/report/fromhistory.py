"""What only a store can tell a report: calls, chain, record of processing, changes, passes in a scope."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from app.register.due import Ends
from app.report.choice import Choice, ChoiceError
from app.report.content import Activity, CallRow, Changed, Changes, ComputeNote, Extras
from app.report.fromstore import StoreSource
from app.report.proof import entry_of
from app.report.redaction import Redacted
from app.report.source import ReportSource
from app.report.views import OfRules, Scoped
from app.texts import tr
from rules.judgement import Finding, Flow, Summary, Transfer, Verdict

if TYPE_CHECKING:
    from app.frameworks import View
    from app.register.transfers import OutFlow
    from app.store import Store

PSEUDONYMS: Final = "pseudonyms"
_OWNER: Final = "store"


def chosen(
    store: "Store", judgement_id: int, choice: Choice, only: set[tuple[str, str]] | None = None
) -> tuple[ReportSource, Extras]:
    """The source that a choice wants, and what the store adds to it. Raises ChoiceError."""
    choice.check()
    rules = _rules_of(store, judgement_id, choice.framework)
    whole = StoreSource(store, judgement_id, only=_narrowed(store, judgement_id, rules, only))
    source: ReportSource = whole if rules is None else OfRules(whole, rules)
    if not choice.scope.everything:
        scoped = Scoped(source, choice.scope, {})
        if not scoped.anything:
            raise ChoiceError(
                tr(
                    "Nothing in this scan lies in the scope “{scope}”: no report was written. Countries are named by "
                    "two letters (US, GB), kinds in full or by their beginning (storage.)."
                ).format(scope=choice.scope.text[:200])
            )
        counted = recounted(store, whole, scoped)
        passes = {rule: told for rule, told in counted.items() if rules is None or rule in rules}
        source = Scoped(source, choice.scope, passes)
    extras = _extras(store, whole, choice, source)
    if choice.redact:
        hidden = Redacted(source, _secret(store))
        return hidden, _without_names(extras, hidden, choice)
    return source, extras


def _rules_of(store: "Store", judgement_id: int, name: str) -> frozenset[str] | None:
    """The rules of a framework; None where none was chosen."""
    if not name:
        return None
    from app.audit import yardstick_of
    from app.frameworks import assigned, load

    named = assigned(load(name), yardstick_of(store, judgement_id).rules)
    return frozenset(rule for ids in named.values() for rule in ids)


def _narrowed(
    store: "Store", judgement_id: int, rules: frozenset[str] | None, only: set[tuple[str, str]] | None
) -> set[tuple[str, str]] | None:
    """The findings of these rules, as pairs of rule and subject."""
    if rules is None:
        return only
    found = {(rule, asset or flow or "") for (rule, asset, flow), _ in store.verdicts(judgement_id) if rule in rules}
    return found if only is None else found & only


class _Counting:
    """A sink that counts what judging does not store: passes and what did not apply, of subjects in a scope."""

    def __init__(self, scoped: Scoped) -> None:
        self._scoped = scoped
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)

    def findings(self, batch: list[Finding]) -> None:
        """Counts passes."""
        for finding in batch:
            if finding.verdict is Verdict.PASS and self._scoped.holds(finding):
                self.counts[finding.rule]["pass"] += 1

    def flows(self, batch: list[Flow]) -> None:
        """Nothing to count."""

    def transfers(self, batch: list[Transfer]) -> None:
        """Nothing to count."""


def recounted(store: "Store", source: StoreSource, scoped: Scoped) -> dict[str, dict[str, int]]:
    """Passes by rule of the subjects in a scope: judging is deterministic, so they are counted by judging again."""
    from app.decisions.actions import in_force
    from rules.engine import judge

    by = source.by
    accepted = in_force(store)
    sink = _Counting(scoped)
    estate = store.estate(source.scan.id)
    judge(estate, by.rules, by.policy, by.catalogue, by.as_of, sink, acceptances=accepted, with_passes=True)
    return {rule: dict(told) for rule, told in sink.counts.items()}


def _extras(store: "Store", source: StoreSource, choice: Choice, shown: ReportSource) -> Extras:
    from app.register.transfers import flows_out

    extras = Extras(with_passes=choice.with_passes, with_inventory=choice.inventory)
    scan = source.scan.id
    extras.calls = _calls(store, scan)
    extras.identities = _identities(store, scan)
    extras.chain = [entry_of(link) for link in store.chain() if link.scan <= scan]
    extras.note = _note(choice)
    out = flows_out(store, source.info.id, source.scan.id, source.by)
    extras.activities = _activities(store, source, out)
    extras.ends = _ends(store, source, out, shown)
    if not choice.scope.everything:
        inside = {uid for p in shown.assets() for uid in (p.asset.uid, *p.asset.aliases)}
        extras.activities = [a for a in extras.activities if not inside.isdisjoint(a.assets)]
    if choice.framework:
        extras.view = _view(source, choice.framework, shown.summary())
    extras.compute = _compute(store, source, choice)
    if choice.kind == "delta":
        from app.report.changed import changes

        extras.changes = changes(
            store, source, choice.earlier, choice.scope, _rules_of(store, source.info.id, choice.framework)
        )
    from app.report.foreign import rows as foreign_rows

    extras.foreign, extras.foreign_apart = foreign_rows(store, source, choice.scope)
    return extras


def _note(choice: Choice) -> str:
    """What was left out or hidden, for the cover."""
    parts: list[str] = []
    if not choice.scope.everything:
        parts.append(tr("Only {scope}.").format(scope=choice.scope.text))
        parts.append(tr("Calls, files and the chain of scans are told of the whole scan."))
    if choice.framework:
        parts.append(tr("Only rules that a requirement of this framework names."))
    if choice.redact:
        parts.append(tr("Names and accounts are hidden behind pseudonyms; the same thing has the same one throughout."))
    return " ".join(parts)


def _calls(store: "Store", scan: int) -> list[CallRow]:
    from app.scanning import CALLS

    body = store.attachment(f"scan:{scan}", CALLS)
    if body is None:
        return []
    counts = msgspec.json.decode(body, type=list[dict[str, str | int | float]])
    grouped: dict[tuple[str, str], list[dict[str, str | int | float]]] = defaultdict(list)
    for one in counts:
        grouped[str(one["operation"]), str(one["status"])].append(one)
    rows = [
        CallRow(
            operation,
            status,
            sum(int(m["calls"]) for m in members),
            len({m["account"] for m in members if m["account"]}),
            len({m["region"] for m in members if m["region"]}),
        )
        for (operation, status), members in grouped.items()
    ]
    rows.sort(key=lambda r: (r.operation, r.status))
    return rows


def _identities(store: "Store", scan: int) -> dict[str, str]:
    from app.scanning import IDENTITIES

    body = store.attachment(f"scan:{scan}", IDENTITIES)
    return {} if body is None else msgspec.json.decode(body, type=dict[str, str])


def _ends(store: "Store", source: StoreSource, out: "list[OutFlow]", shown: ReportSource) -> Ends:
    """What ends soon after the day of the judgement; of flows and acceptances only those that are shown."""
    from app.register.due import WITHIN, due

    flows, accepted = {f.id for f in shown.flows()}, {a.id for a in shown.acceptances()}
    day, by = source.info.header.as_of, source.by
    held = [a for a in store.acceptances() if a.id in accepted]
    rows = due(by.policy, by.catalogue, (o for o in out if o.transfer.flow in flows), held, day, WITHIN)
    return Ends(day, WITHIN, rows)


def _activities(store: "Store", source: StoreSource, out: "list[OutFlow]") -> list[Activity]:
    from app.register.transfers import record_rows

    rows: list[Activity] = []
    for row in record_rows(store, source.scan.id, out, source.by):
        number, _, purpose, *lists = row
        texts = [tuple(str(v) for v in one) for one in lists]
        if any(texts) or number:
            rows.append(Activity(number or "", purpose or "", *texts))
    return rows


def _view(source: StoreSource, name: str, summary: Summary) -> "View":
    from msgspec import UNSET

    from app.frameworks import load, view

    level = source.by.policy.sovereign_level
    return view(load(name), source.by.rules, summary, None if level is UNSET else level)


def _compute(store: "Store", source: StoreSource, choice: Choice) -> ComputeNote | None:
    """Training compute of the whole estate, for kinds that show it; a part of it would say too little of a model."""
    from app.report.kinds import KINDS, TRAINING

    by_act = choice.framework == "aiact"
    if TRAINING not in KINDS[choice.kind].chapters or not choice.scope.everything or (choice.framework and not by_act):
        return None
    from app.compute import training_compute
    from app.report.computed import compute_note

    found = training_compute(store, source.scan.id, source.by)
    return compute_note(found) if found.models or by_act else None


def _nameless(changes: Changes, hidden: Redacted) -> Changes:
    """The same changes about pseudonyms; of assets only their kinds: names of labels may be among what changed."""

    def nameless(change: Changed) -> Changed:
        about = " → ".join(map(hidden.pseudonym, change.about.split(" → ")))
        return msgspec.structs.replace(change, about=about, uid="", place="", after=change.after if change.rule else "")

    findings = None if changes.findings is None else [nameless(c) for c in changes.findings]
    return Changes(changes.earlier, changes.later, findings, [nameless(c) for c in changes.assets])


def _secret(store: "Store") -> bytes:
    """What pseudonyms are made with: made once for each store, and never in a report."""
    import secrets

    kept = store.attachment(_OWNER, PSEUDONYMS)
    if kept is None:
        kept = secrets.token_bytes(32)
        store.attach(_OWNER, PSEUDONYMS, kept)
    return kept


def _without_names(extras: Extras, hidden: Redacted, choice: Choice) -> Extras:
    """What a redacted copy keeps of these: counts and digests, and figures under pseudonyms."""
    from app.register.due import without_names as nameless_ends
    from app.report.computed import without_names

    compute = None if extras.compute is None else without_names(extras.compute, hidden.pseudonym)
    changes = None if extras.changes is None else _nameless(extras.changes, hidden)
    kept = msgspec.structs.replace(extras, identities={}, foreign=[], activities=[], changes=changes)
    if kept.ends is not None:
        kept.ends = nameless_ends(kept.ends)
    kept.foreign_hidden = len(extras.foreign)
    choice = msgspec.structs.replace(choice, scope=hidden.scope(choice.scope))
    return msgspec.structs.replace(kept, compute=compute, note=_note(choice))
