"""No pass that evidence did not earn: over every rule and case, with each attribute, relation and kind taken away.

For each attribute of each asset of a case: if there is a value with which the rule fails about the same subject, the
rule does not pass, and is not called not applicable, while that value was not read. Likewise for tags and place, for
the relations of an asset and for the kinds that could not be listed, where the case itself fails.
"""

import copy
import tomllib
from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace as replace_struct

from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.policy import Policy
from rules.policy.fields import SETTINGS
from rules.rule import Case, Rule
from rules.rulefile import load_rules
from rules.seen import SHOWN_BY_SOURCE, SHOWN_BY_TARGET
from rules.selftest import Collected
from scanners.model import ATTRIBUTES, KINDS, Asset, Coverage, CoverageStatus, Location, LocationKind

CATALOGUE = Catalogue.load()
RULES = load_rules()
SUBJECT = tuple[str | None, str | None]
OWN_WORDS = ("member_of", "overflows_to", "runs_on", "logs_to")
"""Relations that an asset's own document names or not: whoever read the document read them."""

SETTLED = {("SIT-KEY-009", "tags"), ("SIT-GOV-006", "id"), ("SIT-AI-002", "processing_locs")}
"""What does not bear on a rule though values of it do: the class of a job whose tags were not read is that of its
source; the id of an account asset is that of its account, which every asset has; the data zone of a deployment that
names no places follows from the country of its account."""


def seen_values() -> dict[str, list[Any]]:
    """Every value that a case gives to an attribute."""
    found: dict[str, list[Any]] = {}
    for rule in RULES:
        for case in rule.cases:
            for asset in case.assets:
                for name, value in asset.attributes.items():
                    values = found.setdefault(name, [])
                    if value not in values:
                        values.append(value)
    return found


SEEN = seen_values()
TAGS = [{}, {"class": "personal"}, {"class": "health"}, {"class": "public"}, {"class": "personal", "critical": "true"}]
PLACES = [Location(LocationKind.REGION, region=r) for r in ("us-east-1", "eastus", "us-central1")]


def values(name: str) -> list[Any]:
    """What an attribute may well be."""
    type_ = ATTRIBUTES[name].type
    if "|" in type_ and not type_.startswith(("list[", "{")):
        return type_.split("|")
    by_type: dict[str, list[Any]] = {
        "bool": [True, False, None],
        "int": [0, 1, 100_000, None],
        "float": [0.0, 1e9, None],
    }
    more = by_type.get(type_, [None, []] if type_.startswith("list[") else [None])
    return [*SEEN.get(name, []), *(v for v in more if v not in SEEN.get(name, []))]


class Trial:
    """One case with its policy read."""

    def __init__(self, rule: Rule, case: Case) -> None:
        self.rule = replace(rule, cases=(), replaces=())
        self.case = case
        self.policy = Policy.none() if case.policy is None else Policy.parse(case.policy, CATALOGUE, case.as_of)
        first = self.verdicts(case)
        about = [s for s, v in first.items() if v == case.expect and (s[0] == case.about or s[1] or not case.about)]
        self.subject = about[0] if about else (case.about, None)
        self.expected = case.expect

    def verdicts(self, case: Case) -> dict[SUBJECT, str]:
        """What the rule says of each subject; of accounts that were not wholly read under (None, None)."""
        sink = Collected()
        estate = MemoryEstate(case.assets, case.relations, case.coverage)
        judge(estate, [self.rule], self.policy, CATALOGUE, case.as_of, sink, with_passes=True)
        return {(f.asset, f.flow): str(f.verdict) for f in sink.all_findings}

    def verdict(self, case: Case) -> str:
        """What the rule says of the case's subject."""
        found = self.verdicts(case)
        return found.get(self.subject) or ("not_checked" if "not_checked" in found.values() else "silent")

    def with_policy(self, policy: Policy) -> str:
        """What the rule says of the case's subject under another policy."""
        kept, self.policy = self.policy, policy
        try:
            return self.verdict(self.case)
        finally:
            self.policy = kept

    def with_asset(self, number: int, change: Asset) -> Case:
        return replace(self.case, assets=(*self.case.assets[:number], change, *self.case.assets[number + 1 :]))


def changed(asset: Asset, **members: Any) -> Asset:
    found = copy.copy(asset)
    for name, value in members.items():
        setattr(found, name, value)
    return found


def trials(rule: Rule) -> list[Trial]:
    return [Trial(rule, case) for case in rule.cases if case.accepted_until is None]


def without(asset: Asset, name: str) -> Asset:
    return changed(asset, attributes={k: v for k, v in asset.attributes.items() if k != name})


def attributes_taken(trial: Trial) -> Iterator[str]:
    """For each attribute that was taken away and was missed without need: what passed, and the value that fails."""
    for number, asset in enumerate(trial.case.assets):
        for name in sorted(asset.attributes.keys() - {"relations_read"}):
            if name not in ATTRIBUTES or (trial.rule.id, name) in SETTLED:
                continue
            found = trial.verdict(trial.with_asset(number, without(asset, name)))
            if found not in ("pass", "silent"):
                continue
            for value in values(name):
                other = changed(asset, attributes={**asset.attributes, name: value})
                if trial.verdict(trial.with_asset(number, other)) == "fail":
                    yield f'"{trial.case.name}": {found} without {asset.uid}.{name}, but fails with {value!r}'
                    break


def tags_and_places_taken(trial: Trial) -> Iterator[str]:
    for number, asset in enumerate(trial.case.assets):
        for member, nothing, others in (("tags", UNSET, TAGS), ("location", Location.unknown(), PLACES)):
            if (trial.rule.id, member) in SETTLED:
                continue
            found = trial.verdict(trial.with_asset(number, changed(asset, **{member: nothing})))
            if found not in ("pass", "silent"):
                continue
            for value in (getattr(asset, member), *others):
                other = changed(asset, **{member: value})
                if trial.verdict(trial.with_asset(number, other)) == "fail":
                    yield f'"{trial.case.name}": {found} without {member} of {asset.uid}, but fails with {value!r}'
                    break


def denied(case: Case, kinds: Set[str]) -> tuple[Coverage, ...]:
    """The coverage of a case where these kinds could not be read anywhere."""
    return tuple(replace_status(c) if c.kind in kinds else c for c in case.coverage)


def replace_status(cell: Coverage) -> Coverage:
    found = copy.copy(cell)
    found.status = CoverageStatus.DENIED
    return found


def relations_taken(trial: Trial) -> Iterator[str]:
    """A failing case whose relations of one type were not read, from whichever side they are shown."""
    case = trial.case
    for source, type_ in sorted({(r.source, r.type) for r in case.relations if r.type not in OWN_WORDS}):
        shown = {*SHOWN_BY_TARGET.get(type_, ()), *SHOWN_BY_SOURCE.get(type_, ())}
        assets = tuple(
            changed(
                a,
                attributes={
                    **a.attributes,
                    "relations_read": [t for t in a.attributes["relations_read"] if t != type_],
                },
            )
            if a.uid == source
            else a
            for a in case.assets
        )
        left = tuple(r for r in case.relations if (r.source, r.type) != (source, type_))
        found = trial.verdict(replace(case, assets=assets, relations=left, coverage=denied(case, shown)))
        if found == "pass":
            yield f'"{case.name}": passes without the relations {type_} of {source}'


def kinds_taken(trial: Trial) -> Iterator[str]:
    """A failing case in which the assets of one kind could not be listed, or all kinds that it has no assets of."""
    case = trial.case
    present = {a.kind for a in case.assets}
    for kinds in (*({kind} for kind in sorted(present)), KINDS.keys() - present):
        gone = {a.uid for a in case.assets if a.kind in kinds}
        assets = tuple(a for a in case.assets if a.kind not in kinds)
        relations = tuple(r for r in case.relations if r.source not in gone)
        found = trial.verdict(replace(case, assets=assets, relations=relations, coverage=denied(case, kinds)))
        if found not in ("fail", "not_checked"):
            yield f'"{case.name}": {found} while {", ".join(sorted(kinds)[:3])} could not be listed'


UNDECIDED = {"SIT-ACC-009": "thresholds only", "SIT-XFER-006": "while no account is named, those that were read count"}
"""Rules that may pass without a decision, and why."""


def decisions_taken(trial: Trial) -> Iterator[str]:
    """A failing case whose policy lacks one decision, or all: nobody decided, so that nothing passes."""
    if trial.case.policy is None or trial.rule.id in UNDECIDED:
        return
    document = tomllib.loads(trial.case.policy)
    for names in (*({name} for name in document), set(document)):
        if all(name in SETTINGS and SETTINGS[name].decision for name in names):
            found = trial.with_policy(without_decisions(trial.policy, names))
            if found not in ("fail", "not_checked"):
                yield f'"{trial.case.name}": {found} without {", ".join(sorted(names))}'
    if trial.with_policy(Policy.none()) == "pass":
        yield f'"{trial.case.name}": passes without any policy'


def without_decisions(policy: Policy, names: Set[str]) -> Policy:
    return replace_struct(policy, **dict.fromkeys(names, UNSET), given=policy.given - names)


EMPTY: dict[str, Any] = {"allowed_countries": frozenset(), "trusted_accounts": (), "accounts": (), "processors": ()}
EMPTY |= {"ropa": (), "anonymity_assessments": (), "exit_plans": (), "transfer_register": (), "required_boundary": {}}
EMPTY |= {"external_key_classes": (), "confidential_required_for": (), "approved_ai_services": (), "key_operators": ()}
EMPTY |= {"required_custody": {}, "retention_days": {}, "tag_map": {}}
LIMITS = {("SIT-RET-001", "retention_days")} | {
    (rule, "required_custody") for rule in ("SIT-AI-012", "SIT-GOV-007", "SIT-KEY-009", "SIT-KEY-010")
}
"""A requirement that is one of several: declared empty, that part asks for nothing and the others decide."""


def decisions_emptied(trial: Trial) -> Iterator[str]:
    """A failing case in which one decision is declared empty: it fails, waits, or does not apply, but does not pass."""
    for name, nothing in EMPTY.items():
        if trial.case.policy is None or (trial.rule.id, name) in LIMITS:
            continue
        policy = replace_struct(trial.policy, **{name: nothing}, given=trial.policy.given | {name})
        found = trial.with_policy(policy)
        if found == "pass":
            yield f'"{trial.case.name}": {found} where {name} is declared empty'


@pytest.mark.parametrize("rule", RULES, ids=[r.id for r in RULES])
def test_no_rule_passes_because_a_list_is_empty(rule):
    assert [line for t in trials(rule) if t.expected == "fail" for line in decisions_emptied(t)] == []


@pytest.mark.parametrize("rule", RULES, ids=[r.id for r in RULES])
def test_no_rule_passes_because_nobody_decided(rule):
    assert [line for t in trials(rule) if t.expected == "fail" for line in decisions_taken(t)] == []


@pytest.mark.parametrize("rule", RULES, ids=[r.id for r in RULES])
def test_no_attribute_is_missed(rule):
    found = [line for t in trials(rule) for line in (*attributes_taken(t), *tags_and_places_taken(t))]
    assert found == []


@pytest.mark.parametrize("rule", RULES, ids=[r.id for r in RULES])
def test_a_failure_does_not_become_a_pass_by_reading_less(rule):
    failing = [t for t in trials(rule) if t.expected == "fail"]
    assert failing
    assert [line for t in failing for line in (*relations_taken(t), *kinds_taken(t))] == []
