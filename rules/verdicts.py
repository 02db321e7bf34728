"""From the result of a condition to a finding: severity, why, what is missing and who could show it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import UNSET

from rules.condition import Condition, Lack, Unknown
from rules.derive import Record
from rules.graph import PRESUMED, SPECIAL, UNCLASSIFIED, UNDECIDED
from rules.judgement import Acceptance, Finding, Missing, Severity, Verdict
from rules.program import CompiledCheck
from rules.rule import SEVERITIES, Rule
from rules.world import AI_KINDS, DATA_KINDS, World

PASS, FAIL, NOT_CHECKED, NOT_APPLICABLE, ACCEPTED = range(5)
VERDICTS: Final = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_CHECKED, Verdict.NOT_APPLICABLE, Verdict.ACCEPTED)
"""Verdicts by the number that counts use."""

_FAILED: Final = Verdict.FAIL
_UNCHECKED: Final = Verdict.NOT_CHECKED
_POLICY: Final = re.compile(r"policy\.([a-z_]+)")
_PLACE: Final = re.compile(r"(?:^|[._])locs?\b|^location\b|countries\b|\bcountry$")
_MOST_MISSING: Final = 6
MOST_WHY: Final = 600
_MOST_TOLD: Final = 20_000
_SEVERITY: Final = {word: number for number, word in enumerate(SEVERITIES)}
_ORDER: Final = tuple(Severity(word) for word in SEVERITIES)


def _of_policy(unknown: Unknown) -> bool:
    """Whether decisions are all that is missing: then it is missing for everything alike."""
    return all(lack.path.startswith("policy.") and lack.of is None for lack in unknown.lacks)


class Late(str):
    """An explanation that is worked out when it is asked for; empty until then."""

    __slots__ = ("_make",)
    _make: Callable[[], str]

    @classmethod
    def of(cls, make: Callable[[], str]) -> "Late":
        """What this makes."""
        found = cls()
        found._make = make
        return found

    @property
    def text(self) -> str:
        """The explanation."""
        return self._make()


class Verdicts:
    """Makes findings. One for each process; what it counts is added up at the end.

    `late`: findings say why only when asked, and neither what was read nor what is missing.
    """

    def __init__(
        self, world: World, rules: Sequence[Rule], acceptances: Iterable[Acceptance], late: bool = False
    ) -> None:
        self._world = world
        self._late = late
        self.rules = rules
        self.counts = [[0, 0, 0, 0, 0] for _ in rules]
        self.severities: list[dict[str, int]] = [{} for _ in rules]
        self.waiting: dict[str, int] = {}
        self.waiting_rules: dict[str, dict[str, int]] = {}  # decision → rule → verdicts that wait
        self._told: dict[tuple[Any, ...], tuple[str, tuple[str, ...], tuple[Missing, ...]]] = {}
        self._results: dict[tuple[Any, ...], bool | Unknown] = {}
        self._reads: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._missing: dict[tuple[Missing, ...], tuple[Missing, ...]] = {}
        entries = world.policy.transfer_register
        named = frozenset[str]() if entries is UNSET else frozenset(uid for e in entries for uid in e.assets)
        records = world.policy.ropa
        recorded = () if records is UNSET else (uid for record in records for uid in record.resources)
        self.named = named | world.assessed | frozenset(recorded)
        self._accepted: dict[tuple[str, str], Acceptance] = {}
        for acceptance in sorted(acceptances, key=lambda a: (a.until, a.id)):
            if acceptance.until >= world.as_of and acceptance.justification.strip() and acceptance.owner.strip():
                scope = acceptance.flow or acceptance.asset
                if scope:
                    self._accepted[(acceptance.rule, scope)] = acceptance
        self.singled_out = self.named.union(scope for _, scope in self._accepted)
        self._needs: list[tuple[Missing, ...]] = [
            tuple(
                Missing(need, "decision_needed", None, need.removeprefix("policy."))
                for need in rule.needs
                if world.policy.missing_decision(need.removeprefix("policy."))
            )
            for rule in rules
        ]

    def needs(self, number: int) -> tuple[Missing, ...]:
        """Decisions that a rule needs and that were not taken."""
        return self._needs[number]

    def finding(
        self,
        check: CompiledCheck,
        result: bool | Unknown,
        variables: Mapping[str, Any],
        node: int,
        *,
        of_where: bool = False,
        **subject: Any,
    ) -> Finding:
        """The finding for a failure or an unknown. `subject` are the fields that name the asset or flow.

        `of_where`: it is the rule's `where` that is unknown, so that this is what is explained.
        """
        unsure = isinstance(result, Unknown)
        key = (
            self._where_key(check, result, variables) if of_where else self._key(check, variables.get("asset"), unsure)
        )
        told = self._told.get(key) if key is not None else None
        if told is None:
            condition = check.where if of_where and check.where is not None else check.condition
            told = self._explained(condition, result, variables, None if of_where else result)
            if key is not None and len(self._told) < _MOST_TOLD:
                self._told[key] = told
        finding = Finding(
            rule=check.rule.id,
            verdict=Verdict.NOT_CHECKED if unsure else Verdict.FAIL,
            severity=_ORDER[_SEVERITY[check.severity]],
            why=told[0],
            reads=told[1],
            missing=told[2],
            **subject,
        )
        if unsure:
            return finding
        self._grade(finding, check, variables, node)
        accepted = self.accepted(finding)
        if accepted is not None:
            finding.verdict = Verdict.ACCEPTED
            finding.acceptance = accepted.id
        return finding

    def _explained(
        self,
        condition: Condition,
        result: bool | Unknown,
        variables: Mapping[str, Any],
        known: bool | Unknown | None,
    ) -> tuple[str, tuple[str, ...], tuple[Missing, ...]]:
        """Why, what was read and what is missing. `known`: the result, if it was found with all these variables."""
        if self._late:
            return Late.of(lambda: condition.explain(variables).text[:MOST_WHY]), (), ()
        trace = condition.explain(variables, known)
        reads = tuple(trace.reads)
        missing = self.missing(result.lacks, variables.get("asset")) if isinstance(result, Unknown) else ()
        # Equal tuples are one object: what is stored tells each of them once.
        return trace.text[:MOST_WHY], self._reads.setdefault(reads, reads), self._missing.setdefault(missing, missing)

    def undecided_where(self, check: CompiledCheck) -> Callable[..., bool | Unknown] | None:
        """A `where` that waits for decisions, answered once for each set of values that it reads; None for others.

        Takes the variables by position, as the quick form does.
        """
        names, where = check.where_told_by, check.where
        if names is None or where is None:
            return None
        if not any(self._world.policy.missing_decision(field) for field in _POLICY.findall(where.source)):
            return None
        known: dict[tuple[Any, ...], bool | Unknown] = {}

        def answer(record: Record, place: Any, account: Any, policy: Any, now: Any) -> bool | Unknown:
            key = tuple([record.get(name, "@absent") for name in names])
            found = known.get(key)
            if found is None:
                found = where.test_exactly({"asset": record, "policy": policy})
                if len(known) < _MOST_TOLD and (isinstance(found, bool) or _of_policy(found)):
                    known[key] = found
            return found

        return answer

    @staticmethod
    def _where_key(
        check: CompiledCheck, result: bool | Unknown, variables: Mapping[str, Any]
    ) -> tuple[Any, ...] | None:
        names, record = check.where_told_by, variables.get("asset")
        if names is None or record is None or not isinstance(result, Unknown) or not _of_policy(result):
            return None
        key = (check.key, "where", *[record.get(name, "@absent") for name in names])
        try:
            hash(key)
        except TypeError:
            return None
        return key

    def result(self, check: CompiledCheck, variables: Mapping[str, Any]) -> bool | Unknown:
        """The exact result of a condition whose quick form met something that is not there."""
        key = self._key(check, variables.get("asset"), True)
        known = self._results.get(key) if key is not None else None
        if known is None:
            known = check.condition.test_exactly(variables)
            if key is not None and len(self._results) < _MOST_TOLD:
                self._results[key] = known
        return known

    def _key(self, check: CompiledCheck, record: Record | None, unsure: bool) -> tuple[Any, ...] | None:
        """What a result and its explanation depend on; None where that is more than a few values of the asset.

        `unsure`: something was not read, so that account, kind and place tell why.
        """
        names = check.told_by
        if names is None or record is None:
            return None
        if check.by_entry and record["uid"] in self.named:
            return None
        node: int = record["@n"]
        world = self._world
        values: list[Any] = [record.get(name, "@absent") for name in names]
        if check.walks:
            if any(world.graph.targets(node, name) for name in check.walks):
                return None
            told: list[str] | None = record.get("relations_read")
            read = None if told is None else tuple(told)  # an empty list says another thing than none at all
            values += (read, record.get("custody"), "public_access" in record)
        of_keys = any(n in names and n not in record for n in ("custody", "volume_custody"))
        if of_keys and world.graph.targets(node, "encrypted_by"):
            return None  # what is missing is told of the key
        if check.by_origin:
            above = any(True for _ in world.graph.upstream(node))
            values += (world.ancestors[node], above, record.get("vendor_base"), record.get("model_vendor"))
        place = id(record["loc"]) if unsure or check.by_place else 0
        account = world.account_of[node] if unsure or check.by_account else -1
        key = (check.key, unsure, account, place, world.classes[node], record["kind"], *values)
        try:
            hash(key)
        except TypeError:
            return None
        return key

    def accepted(self, finding: Finding) -> Acceptance | None:
        """The acceptance in force for a failure."""
        if not self._accepted:
            return None
        for scope in (finding.flow, finding.asset, "*"):
            found = self._accepted.get((finding.rule, scope)) if scope else None
            if found is not None:
                return found
        return None

    def undecided(self, check: CompiledCheck, missing: tuple[Missing, ...], **subject: Any) -> Finding:
        """The finding of a rule that waits for a decision, whatever its condition."""
        why = "decision needed: " + ", ".join(m.what for m in missing)
        return Finding(
            check.rule.id, Verdict.NOT_CHECKED, Severity(check.severity), why=why, missing=missing, **subject
        )

    def _grade(self, finding: Finding, check: CompiledCheck, variables: Mapping[str, Any], node: int) -> None:
        """Severity of a failure: the rule's, one step up for special categories, one down for unclassified data."""
        rule = check.rule
        word = check.severity
        for condition, severity in check.severity_when:
            if condition.test(variables) is True:
                word = severity
                break
        rank = _SEVERITY[word]
        level = self.level(node)
        if level == SPECIAL and rule.raise_for_special:
            rank = max(0, rank - 1)
        elif level in (UNCLASSIFIED, UNDECIDED, PRESUMED) and rule.potential_when_unclassified:
            rank = min(len(_ORDER) - 1, rank + 1)
            finding.potential = True
        finding.severity = _ORDER[rank]

    def grade(self, node: int) -> int:
        """What the class that a failure rests on does to its severity: 2 may raise it, 1 may lower it."""
        level = self.level(node)
        return 2 if level == SPECIAL else int(level in (UNCLASSIFIED, UNDECIDED, PRESUMED))

    def level(self, node: int) -> int:
        """The class a failure rests on; 0 where the subject holds no data itself."""
        if node < 0 or self._world.kinds[node] not in DATA_KINDS | AI_KINDS:
            return 0
        level = self._world.classes[node]
        return max(level, self._world.ancestors[node]) if level <= PRESUMED else level

    def count(self, number: int, finding: Finding, times: int = 1) -> None:
        """Count a finding that is handed on, or so many that say the same."""
        verdict = finding.verdict
        if verdict is _FAILED:
            self.counts[number][FAIL] += times
            severities = self.severities[number]
            severities[finding.severity] = severities.get(finding.severity, 0) + times
        elif verdict is _UNCHECKED:
            self.counts[number][NOT_CHECKED] += times
            decisions = [m.decision for m in finding.missing if m.decision]
            for decision in sorted(set(decisions)) if decisions else ():
                self.waiting[decision] = self.waiting.get(decision, 0) + times
                rules = self.waiting_rules.setdefault(decision, {})
                rules[finding.rule] = rules.get(finding.rule, 0) + times
        else:
            self.counts[number][VERDICTS.index(verdict)] += times

    def reset(self) -> None:
        """Count from nothing again, in the same rows."""
        for row in self.counts:
            row[:] = [0] * len(row)
        self.severities = [{} for _ in self.rules]
        self.waiting = {}
        self.waiting_rules = {}

    def add(
        self,
        counts: list[list[int]],
        severities: list[dict[str, int]],
        waiting: dict[str, int],
        waiting_rules: dict[str, dict[str, int]],
    ) -> None:
        """Add what another process counted."""
        for row, more in zip(self.counts, counts, strict=True):
            row[:] = [a + b for a, b in zip(row, more, strict=True)]
        for own, other in zip(self.severities, severities, strict=True):
            for severity, number in other.items():
                own[severity] = own.get(severity, 0) + number
        for decision, number in waiting.items():
            self.waiting[decision] = self.waiting.get(decision, 0) + number
            rules = self.waiting_rules.setdefault(decision, {})
            for rule, waits in waiting_rules[decision].items():
                rules[rule] = rules.get(rule, 0) + waits

    def missing(self, lacks: Iterable[Lack], subject: Record | None) -> tuple[Missing, ...]:
        """What was missing, with the reason that coverage gives for it; each thing once."""
        found: dict[tuple[str, str], Missing] = {}
        for lack in lacks:
            missing = self._one(lack, subject)
            found.setdefault((missing.what, missing.reason), missing)
            if len(found) >= _MOST_MISSING:
                break
        return tuple(found.values())

    def _one(self, lack: Lack, subject: Record | None) -> Missing:
        decision = _POLICY.match(lack.path)
        if decision is not None:
            name = decision[1]
            needed = lack.reason == "decision_needed" or self._world.policy.missing_decision(name)
            return Missing(lack.path, "decision_needed" if needed else lack.reason, None, name if needed else None)
        if lack.reason == "unknown_place" or (lack.reason == "not_read" and _PLACE.search(lack.path)):
            place = lack.path if "." in lack.path else f"asset.{lack.path}"
            return Missing(place, "unknown_place")
        if lack.path.endswith("owner_country") and lack.reason in ("not_read", "decision_needed"):
            return Missing(lack.path, "decision_needed", None, "accounts")
        if lack.reason != "not_read":
            return Missing(lack.path, lack.reason)
        own = subject.get("uid") if subject else None
        uid = lack.of or own
        if subject is not None and uid == own:
            node: int | None = subject.get("@n")
        else:
            node = self._world.estate.node(uid) if uid else None
        if node is None:
            return Missing(lack.path, "not_read")
        return self._unread(lack.path, node)

    def _unread(self, path: str, node: int) -> Missing:
        world = self._world
        kind, account = world.kind(node), world.account(node)
        if kind is None or account is None:
            return Missing(f"{path} ({world.estate.uid(node)})", "not_collected")
        if path.endswith((".dc", ".dc_source")):
            path = path.rpartition(".")[0] + ".tags"
        if path.endswith("custody"):
            keys = [key for key in world.graph.targets(node, "encrypted_by") if not world.custody[key]]
            if keys:
                uid, key = min((world.estate.uid(key), key) for key in keys)
                return Missing(f"{path} (key {uid})", "not_collected" if world.kind(key) is None else "not_read")
        return world.seen.why(account, kind, world.place(node)["region"], path)
