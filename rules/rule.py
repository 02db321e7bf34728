"""A rule as it was read: plain data, the same in every process."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal, TypeAlias

from scanners.model import Asset, Coverage, Relation

SubjectKind: TypeAlias = Literal["asset", "flow", "relation"]

FLOW_KINDS: Final[dict[str, str]] = {
    "training_read": "data read by a training job, notebook or customisation",
    "training_write": "output, checkpoints or scratch data of training",
    "deploy": "model served by an endpoint",
    "inference": "requests computed elsewhere than at the endpoint's own place",
    "replication": "copy kept in step",
    "backup": "backup, snapshot or image",
    "transfer_job": "data moved by a transfer job or pipeline",
    "share": "data that another party may read",
    "log": "log entries delivered to their store",
}
"""Kind of flow → meaning."""

SEVERITIES: Final = ("critical", "high", "medium", "low", "info")
"""Gravest first."""

PROVIDERS: Final = ("aws", "azure", "gcp", "kubernetes", "on_prem")
"""Providers that remediation can be written for."""

EXPECTATIONS: Final = ("fail", "pass", "not_checked", "not_applicable", "accepted")


class RuleError(Exception):
    """A rule file that cannot be used. The text is one sentence: file, line, what is wrong, what was meant."""

    def __init__(self, file: str, line: int, message: str, suggestion: str | None = None) -> None:
        hint = f' Did you mean "{suggestion}"?' if suggestion else ""
        super().__init__(f"{file}, line {line}: {message}{hint}")
        self.file = file
        self.line = line
        self.message = message
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a condition and where it stands."""

    text: str
    file: str = "rule"
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Check:
    """What is asked of which subjects.

    `names` are kinds of assets, kinds of flows or types of relations, after `*` was resolved. `severity` None: the
    rule's. The first of `severity_when` that is true gives the severity of a failure.
    """

    subject: SubjectKind
    names: tuple[str, ...]
    condition: Source
    where: Source | None = None
    severity: str | None = None
    severity_when: tuple[tuple[Source, str], ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every condition in it."""
        return (self.condition, *((self.where,) if self.where else ()), *(s for s, _ in self.severity_when))


@dataclass(frozen=True, slots=True)
class Case:
    """One example that a rule carries, and what it expects of it.

    `policy` is the text of a policy file (TOML), or None for no policy. `about` is a uid, or `kind: source > target`.
    """

    name: str
    expect: str
    about: str | None
    assets: tuple[Asset, ...]
    relations: tuple[Relation, ...]
    coverage: tuple[Coverage, ...]
    policy: str | None
    as_of: date
    severity: str | None = None
    potential: bool | None = None
    missing: str | None = None
    accepted_until: date | None = None
    file: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `raise_for_special` and `potential_when_unclassified` are resolved to their defaults already.

    `replaces_flows`: where a rule over assets stands for rules over flows, the kinds of flow for which it does, and
    only where they start at the asset; empty: all flows from and to it.
    `also_reads`: kinds beside its subjects without which it may overlook a subject; where they were not read in an
    account, it says so once.
    """

    id: str
    family: str
    title: str
    severity: str
    rationale: str
    checks: tuple[Check, ...]
    law: tuple[str, ...]
    explanation: str
    remediation: dict[str, str]
    not_checked_when: str
    replaces: tuple[str, ...] = ()
    replaces_flows: tuple[str, ...] = ()
    also_reads: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    raise_for_special: bool = False
    potential_when_unclassified: bool = False
    unverified: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    file: str = ""
    line: int = 1
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of assets that are its subjects; empty where only flows or relations are."""
        return frozenset(name for check in self.checks if check.subject == "asset" for name in check.names)


def graded(rules: Iterable[Rule], severities: Mapping[str, str]) -> list[Rule]:
    """The rules with the severities that an organisation sets for some of them (rule → severity).

    Such a severity takes the place of every one that the rule states, also of those that depend on the case. The steps
    up for special categories of data and down for unclassified ones stay. The explanation says so.
    """

    def set_to(rule: Rule, word: str) -> Rule:
        checks = tuple(replace(check, severity=None, severity_when=()) for check in rule.checks)
        note = f"The organisation's policy sets the severity to {word}; the rule itself says {rule.severity}."
        return replace(rule, severity=word, checks=checks, explanation=f"{rule.explanation} {note}".strip())

    return [set_to(rule, severities[rule.id]) if rule.id in severities else rule for rule in rules]
