"""What every rule said of simulated clouds, held against what the rule pack says that it covers.

A provider's proof is made of judged scans, each made over real HTTP: a *failing* estate with everything planted that
rules look for, a *passing* estate in which nothing is wrong, and a *silent* one in which permissions are missing. A
rule covers a provider where it tells how to mend it there (`remediation`). Over all runs of a provider each rule that
covers it must have failed, passed, and said that it could not check.

    failing = seen(store, scan_id, POLICY)
    passing = seen(store, scan_id, POLICY, STRICTER)   # one scan, judged by several policies
    assert unproved("azure", failing, passing, silent) == []
    assert wrongly_failed(passing, FAILS) == []
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import Estate
from rules.policy import Policy
from rules.rule import Rule
from rules.rulefile import load_rules
from rules.selftest import Collected

if TYPE_CHECKING:
    from app.store import Store

AS_OF = date(2026, 11, 29)
VERDICTS = ("fail", "pass", "not_checked")
ALL = frozenset(VERDICTS)


@dataclass(frozen=True)
class Exempt:
    """Verdicts that a rule does not reach on a provider, and one sentence that says why it cannot."""

    verdicts: frozenset[str]
    reason: str


def _none(*verdicts: str, why: str) -> Exempt:
    return Exempt(frozenset(verdicts), why)


EXEMPT_AWS: dict[str, Exempt] = {
    "SIT-GOV-008": _none(
        "pass",
        why="AI services of AWS are called without being set up: traces show that one is used, and none shows that "
        "another is not.",
    ),
    "SIT-RES-004": _none(
        "fail", why="Every store of AWS lies in one region: a place of another sort is one that was not read."
    ),
    "SIT-RES-006": _none(
        "fail",
        why="Keys of AWS lock only what lies in their own region, so that SIT-RES-007 reports every such copy instead.",
    ),
    "SIT-RES-011": _none("fail", "pass", why="That a machine is managed by Azure Arc is told by Azure and not by AWS."),
    "SIT-RET-003": _none("fail", why="EC2 does not say since when a disk is attached to nothing."),
    "SIT-RSL-006": _none(
        "fail", why="Bedrock names the data that a model was made from, and no answer says that they are gone."
    ),
    "SIT-XFER-015": _none(
        "pass",
        why="Keys of AWS lock only what lies in their own region, so that no copy abroad has a key in the EEA.",
    ),
}

EXEMPT_KUBERNETES: dict[str, Exempt] = {
    "SIT-ACC-004": _none("fail", "pass", why="The API of a cluster does not show where its logs are sent."),
    "SIT-AI-014": _none(
        "fail", "pass", why="A cluster has no objects for models, only for what trains and serves them."
    ),
    "SIT-AI-016": _none("fail", "pass", why="Objects that serve a model do not say who made it."),
    "SIT-AI-018": _none("fail", "pass", why="Jobs of a cluster do not say which model they make."),
    "SIT-EXPO-007": _none("fail", "pass", why="A cluster does not show the firewalls in front of its machines."),
    "SIT-KEY-002": _none("fail", why="A cluster does not say who holds the key of an encrypted volume."),
    "SIT-KEY-009": _none(
        "fail", "pass", why="A cluster does not say who holds the key of the disks of its machines and jobs."
    ),
    "SIT-RES-011": _none("fail", "pass", why="That a cluster is managed by Azure Arc is told by Azure."),
    "SIT-RSL-005": _none(
        "pass",
        why="No fact says who operates a cluster, so that no share of one country's operators is known to be small.",
    ),
    "SIT-XFER-006": _none(
        "fail", "pass", why="Copies of volumes are made by the storage behind them, not by the cluster."
    ),
    "SIT-XFER-010": _none("fail", "pass", why="A cluster has no objects for models, only for what serves them."),
}

_NO_EXTERNAL = "A key outside Azure has no form in Resource Manager: vaults and managed HSMs are Azure's own."
_NOT_GONE = "The provider states neither that a recipe nor that training data are gone."
_MORE_AI = "There are AI services that are not listed here, so that those that are seen are never known to be all."

EXEMPT_AZURE: dict[str, Exempt] = {
    "SIT-AI-014": _none("fail", why="A model that names no job may be a vendor's; its document does not tell."),
    "SIT-AI-018": _none("fail", "pass", why="Documents of jobs state neither start nor end, so no hours are known."),
    "SIT-CLS-004": _none("fail", "pass", why="Findings of sensitive data discovery are in no documented interface."),
    "SIT-GOV-008": _none("pass", why=_MORE_AI),
    "SIT-KEY-005": _none("fail", why="Roles decide who may use a key, and they name no foreign tenant."),
    "SIT-RES-006": _none(
        "fail", why="A copy abroad under a key of Azure is a finding of SIT-RES-007, which replaces it."
    ),
    "SIT-RES-010": _none("fail", why="Both extended zones of Azure lie in the country of their parent region."),
    "SIT-RET-004": _none("fail", why="Documents of jobs do not state when the jobs ended."),
    "SIT-RSL-006": _none("fail", why=_NOT_GONE),
    "SIT-SOV-003": _none("fail", why="Customer Lockbox is on or off for a whole tenant, and never partial."),
    "SIT-SOV-004": _none("pass", why=_NO_EXTERNAL),
    "SIT-SOV-008": _none("fail", why="Resource Manager states no sovereign boundary of a subscription."),
    "SIT-XFER-005": _none("pass", why="A pipeline without a trigger may be started again and again by anything else."),
    "SIT-XFER-015": _none("pass", why=_NO_EXTERNAL),
}

EXEMPT_GCP: dict[str, Exempt] = {
    "SIT-GOV-008": _none("pass", why=_MORE_AI),
    "SIT-KEY-001": _none("fail", why="Google encrypts everything at rest, and nothing can be left out of it."),
    "SIT-KEY-004": _none("fail", why="All places of a key's material are its own location, which SIT-KEY-003 judges."),
    "SIT-RES-010": _none("fail", "pass", why="Google Cloud has no local zones, and Distributed Cloud is not read."),
    "SIT-RES-011": _none("fail", "pass", why="Machines of Arc are seen in scans of Azure, and proved there."),
    "SIT-RSL-006": _none("fail", why=_NOT_GONE),
}

EXEMPT = {"aws": EXEMPT_AWS, "kubernetes": EXEMPT_KUBERNETES, "azure": EXEMPT_AZURE, "gcp": EXEMPT_GCP}
"""Provider → rule → what it does not reach there, and why: the one place for exceptions. One that is not needed any
more fails the proof."""


@dataclass
class Seen:
    """What was said in one or more judgements: (rule, verdict) → subjects (asset or flow, "" for an account)."""

    subjects: dict[tuple[str, str], set[str]] = field(default_factory=dict[tuple[str, str], set[str]])
    whys: dict[tuple[str, str, str], str] = field(default_factory=dict[tuple[str, str, str], str])

    def verdicts(self, rule: str) -> frozenset[str]:
        """The verdicts of a rule."""
        return frozenset(v for r, v in self.subjects if r == rule)

    def of(self, verdict: str) -> set[tuple[str, str]]:
        """(rule, subject) of everything that has a verdict."""
        return {(r, s) for (r, v), found in self.subjects.items() if v == verdict for s in found}

    def join(self, other: "Seen") -> None:
        """Adds what was said in other judgements."""
        for key, subjects in other.subjects.items():
            self.subjects.setdefault(key, set()).update(subjects)
        self.whys.update(other.whys)

    def add(self, findings: Collection[Any]) -> None:
        """Adds findings of a judgement."""
        for f in findings:
            subject = f.asset or f.flow or ""
            self.subjects.setdefault((f.rule, str(f.verdict)), set()).add(subject)
            missing = ", ".join(f"{m.what} {m.reason}" for m in f.missing)
            self.whys[f.rule, str(f.verdict), subject] = f"{f.why} [{missing}]" if missing else f.why


@cache
def catalogue() -> Catalogue:
    """The program's own catalogue."""
    return Catalogue.load()


@cache
def rules() -> tuple[Rule, ...]:
    """The program's own rules, without their cases."""
    return tuple(replace(rule, cases=()) for rule in load_rules())


@cache
def policy(text: str) -> Policy:
    """A policy, read once."""
    return Policy.parse(text, catalogue(), AS_OF)


def judged(estate: Estate, *policies: str) -> Seen:
    """What all rules say of an estate under each of these policies, passes included."""
    found = Seen()
    for text in policies:
        sink = Collected()
        judge(estate, rules(), policy(text), catalogue(), AS_OF, sink, with_passes=True)
        found.add(sink.all_findings)
    return found


def seen(store: "Store", scan_id: int, *policies: str) -> Seen:
    """What all rules say of a stored scan under each of these policies, passes included."""
    estate = store.estate(scan_id)
    try:
        return judged(estate, *policies)
    finally:
        estate.close()


def covering(provider: str) -> list[str]:
    """The rules that say that they cover a provider."""
    return [rule.id for rule in rules() if provider in rule.remediation]


def matrix(provider: str, *runs: Seen) -> dict[str, frozenset[str]]:
    """Rule that covers the provider → verdicts that it reached in any run."""
    return {rule: frozenset[str]().union(*(run.verdicts(rule) for run in runs)) & ALL for rule in covering(provider)}


def unproved(provider: str, *runs: Seen) -> list[str]:
    """One line for each verdict that a covering rule did not reach in any run and that nothing exempts it from, and for
    each exemption that is not needed."""
    exempt = EXEMPT[provider]
    reached = matrix(provider, *runs)
    lines = [f"{provider}: {rule} does not cover it, and needs no exemption" for rule in exempt.keys() - reached.keys()]
    for rule, found in reached.items():
        excused = exempt[rule].verdicts if rule in exempt else frozenset[str]()
        lines += [f"{provider}: {rule} never says {v}" for v in VERDICTS if v not in found | excused]
        lines += [f"{provider}: {rule} does say {v}: no exemption is needed" for v in VERDICTS if v in found & excused]
    return sorted(lines)


def wrongly_failed(passing: Seen, known: Collection[str] = ()) -> list[str]:
    """One line for each failure in an estate in which nothing is wrong; `known` rules cannot pass together with others
    in one estate."""
    return sorted(
        f"{rule} fails about {subject}: {passing.whys.get((rule, 'fail', subject), '')}"
        for rule, subject in passing.of("fail")
        if rule not in known
    )


def unearned(whole: Seen, less: Seen) -> list[str]:
    """One line for each pass that an estate gives of which less was read, and that was none with everything read."""
    passes, fails = whole.of("pass"), whole.of("fail")
    return sorted(
        f"{rule} passes about {subject}{', which fails' if (rule, subject) in fails else ''}"
        for rule, subject in less.of("pass") - passes
    )
