"""What judging yields: findings, flows, transfers and the count of verdicts."""

from datetime import date
from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class Verdict(StrEnum):
    """The five answers a rule can give about a subject."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NOT_CHECKED = "not_checked"
    NOT_APPLICABLE = "not_applicable"
    ACCEPTED = "accepted"


class Severity(StrEnum):
    """How grave a failure is, gravest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Missing(Struct, frozen=True, omit_defaults=True, gc=False):
    """One thing that a verdict would have needed.

    `what` is the attribute (`asset.encrypted`), the policy field (`policy.allowed_countries`) or the relation.
    `reason` is one of `not_read`, `not_exported`, `denied`, `unknown_place`, `decision_needed`, `not_collected` or
    another coverage status. `permission` would show it, where known. `decision` names the policy field to decide.
    """

    what: str
    reason: str
    permission: str | None = None
    decision: str | None = None


class Finding(Struct, omit_defaults=True, gc=False):
    """One verdict of one rule on one asset or one flow.

    `why` is the sub-term of the condition that decided, with the values it saw, as text. `reads` are the attributes
    that were read. `evidence` are the digests of the documents that these came from. `related` are the rules that this
    one stands for. `potential` marks a failure that rests on data whose class nobody stated..
    """

    rule: str
    verdict: Verdict
    severity: Severity
    asset: str | None = None
    flow: str | None = None
    why: str = ""
    missing: tuple[Missing, ...] = ()
    reads: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    potential: bool = False
    acceptance: str | None = None


class Flow(Struct, omit_defaults=True, gc=False):
    """Data moving from one asset's place to another's.

    `id` is stable across judgements (a digest of kind, source and target). Countries are as of the judgement's date;
    empty countries: an unknown place. `via` are uids on the way (job, agent, intermediate store). `external` marks a
    target that no connected account holds.
    """

    id: str
    kind: str
    source: str
    target: str
    source_countries: tuple[str, ...] = ()
    target_countries: tuple[str, ...] = ()
    source_status: str = "unknown"
    target_status: str = "unknown"
    data_class: str = "unclassified"
    via: tuple[str, ...] = ()
    continuous: bool | None = None
    external: bool = False
    evidence: tuple[str, ...] = ()


class Transfer(Struct, omit_defaults=True, gc=False):
    """A flow that leaves the EEA, with its legal mechanism or the lack of one.

    `status`: `covered`, `expired`, `uncovered`, `decision_needed` (no register was ever given) or `unknown` (a place or
    a class could not be seen). `mechanism`: adequacy, dpf, scc, bcr, adhoc, derogation, or None.
    """

    flow: str
    country: str
    status: str
    importer: str | None = None
    mechanism: str | None = None
    register_entry: str | None = None
    tia_date: date | None = None
    expires: date | None = None


class Decision(Struct):
    """One thing the organisation has to decide, with the number of verdicts that wait for it."""

    decision: str
    waiting: int
    rules: tuple[str, ...] = ()


class Summary(Struct):
    """Counts of one judgement.

    `verdicts`, `by_family` and `by_rule` count every verdict, passes included (family or rule → verdict → number);
    `by_severity` counts failures, by their severity after raising and lowering. `decisions`: most waited for first.
    """

    as_of: date
    verdicts: dict[str, int] = {}
    by_severity: dict[str, int] = {}
    by_family: dict[str, dict[str, int]] = {}
    by_rule: dict[str, dict[str, int]] = {}
    decisions: list[Decision] = []


class Sink(Protocol):
    """Takes what judging yields, in batches."""

    def findings(self, batch: list[Finding]) -> None:
        """Findings that fail, are not checked or are accepted; passes only where the caller asked for them."""
        ...

    def flows(self, batch: list[Flow]) -> None:
        """Flows, each once."""
        ...

    def transfers(self, batch: list[Transfer]) -> None:
        """Transfers, each once per flow and country."""
        ...


class Acceptance(Struct, frozen=True, omit_defaults=True):
    """A recorded decision to live with a failure: which rule, of which asset or flow, why, who answers, until when.

    `asset` is a uid, `flow` the id of a flow; `*` in place of the asset stands for every subject of the rule. `until`
    is the last day on which it counts.
    """

    id: str
    rule: str
    justification: str
    owner: str
    until: date
    asset: str | None = None
    flow: str | None = None
