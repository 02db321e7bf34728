"""What the window shows of one judgement: plain rows, read once from the store by a worker.

Rows of which there are many hold texts only, so that the collector of garbage, which stops every thread, passes by.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from app.desktop.record import Record

if TYPE_CHECKING:
    from app.register.due import Ends


class FindingRow(Struct, frozen=True, gc=False):
    """One finding as the table and the detail panel need it; every text is as it came, unescaped.

    `asset` or `flow` is what a decision is recorded for. `source` says where the evidence came from and when.
    `acceptance` is the number of the acceptance that covers it. `change` is `new` or `worse` against the scan before.
    """

    rule: str
    title: str
    severity: str
    verdict: str
    subject: str
    name: str
    kind: str
    provider: str
    account: str
    place: str
    law: str
    why: str
    missing: str
    explanation: str
    remediation: str
    potential: bool = False
    asset: str | None = None
    flow: str | None = None
    source: str = ""
    acceptance: str = ""
    change: str = ""

    @property
    def family(self) -> str:
        """`RES` of `SIT-RES-001`."""
        parts = self.rule.split("-")
        return parts[1] if len(parts) > 2 else ""


@dataclass(frozen=True)
class Glance:
    """What is known of a judgement before it is read: when its scan was, and how many verdicts of which kind."""

    scope: str
    counts: dict[str, int]


@dataclass(frozen=True)
class DecisionMade:
    """An acceptance as the history of a finding shows it."""

    id: str
    rule: str
    subject: str
    why: str
    owner: str
    until: date
    made: str
    revoked: str = ""
    revoked_by: str = ""
    revoked_why: str = ""


class AssetRow(Struct, frozen=True, gc=False):
    """One asset."""

    uid: str
    name: str
    kind: str
    provider: str
    account: str
    place: str
    data_class: str
    encryption: str


class FlowRow(Struct, frozen=True, gc=False):
    """One flow, with its transfer where it is one; `basis` says in words what the register tells of that."""

    kind: str
    source: str
    target: str
    source_place: str
    target_place: str
    data_class: str
    mechanism: str
    status: str
    id: str = ""
    source_uid: str = ""
    target_uid: str = ""
    target_codes: tuple[str, ...] = ()
    entry: str = ""
    importer: str = ""
    class_code: str = ""
    basis: str = ""


@dataclass(frozen=True)
class CoverageRow:
    """One thing that could not be read."""

    connection: str
    provider: str
    account: str
    region: str
    service: str
    kind: str
    status: str
    needed: str


@dataclass(frozen=True)
class PlaceRow:
    """One place with what is there. Degrees are None where no single point would be true."""

    name: str
    countries: str
    status: str
    data: int
    personal: int
    gpus: int
    gpus_unknown: int
    keys: int
    failing: int
    codes: tuple[str, ...] = ()
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True)
class Arc:
    """Flows from one country to another; `bare`: at least one has no valid basis on record."""

    source: str
    target: str
    count: int
    bare: bool


@dataclass(frozen=True)
class PolicyRow:
    """One setting of the policy. `value` is empty for a decision that was not taken; `waiting` verdicts wait for it."""

    name: str
    question: str
    value: str
    decision: bool
    waiting: int = 0
    rules: tuple[str, ...] = ()
    threshold: bool = False


@dataclass(frozen=True)
class ScanRow:
    """One scan; `judgement` is the newest of it, 0 where it was never judged."""

    id: int
    started: str
    state: str
    assets: int
    added: int
    changed: int
    gone: int
    stale: int
    what: str
    judgement: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleRow:
    """One rule with what the latest judgement found by it."""

    id: str
    title: str
    severity: str
    law: str
    explanation: str
    remediation: tuple[str, ...]
    not_checked_when: str
    conditions: tuple[str, ...]
    cases: int
    own: bool = False
    fails: int = 0
    unchecked: int = 0
    accepted: int = 0
    passed: int = 0


@dataclass(frozen=True)
class Snapshot:
    """Everything the pages show. `scope` is the line on every page, `sentence` answers "how do we stand?".

    Tables are cut: `all_findings` and `all_assets` count what there is. `allowed` is None where the policy does not say
    in which countries data may be kept. `cache`: an `AssetCache` with all assets, where `assets` holds not all.
    """

    scope: str
    sentence: str
    facts: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    assets: tuple[AssetRow, ...] = ()
    flows: tuple[FlowRow, ...] = ()
    coverage: tuple[CoverageRow, ...] = ()
    sample: bool = False
    counts: dict[str, int] = field(default_factory=dict[str, int])
    complete: bool = True
    scan: int = 0
    judgement: int = 0
    as_of: str = ""
    all_findings: int = 0
    all_assets: int = 0
    history: tuple[DecisionMade, ...] = ()
    places: tuple[PlaceRow, ...] = ()
    arcs: tuple[Arc, ...] = ()
    allowed: frozenset[str] | None = None
    policy: tuple[PolicyRow, ...] = ()
    policy_name: str = ""
    places_sentence: str = ""
    scans: tuple[ScanRow, ...] = ()
    changes: str = ""
    cache: object = None
    record: Record = field(default_factory=Record)
    rules: tuple[RuleRow, ...] = ()
    ends: "Ends | None" = None

    @cached_property
    def severities(self) -> frozenset[str]:
        """Those that findings have."""
        return frozenset(row.severity for row in self.findings)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Those of the rules that found something."""
        return tuple(sorted({row.family for row in self.findings} - {""}))

    @cached_property
    def providers(self) -> tuple[str, ...]:
        """Those that findings are about."""
        return tuple(sorted({row.provider for row in self.findings} - {""}))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Those of assets."""
        return tuple(sorted({row.kind for row in self.assets}))

    @cached_property
    def names(self) -> dict[str, str]:
        """What assets and flows are called, by uid and id."""
        return {a.uid: a.name for a in self.assets} | {f.id: f"{f.source} → {f.target}" for f in self.flows}

    @cached_property
    def ways(self) -> "Ways":
        """Flows by where they begin and where they end."""
        found = Ways()
        for flow in self.flows:
            found.into.setdefault(flow.target_uid, []).append(flow)
            found.out.setdefault(flow.source_uid, []).append(flow)
        return found

    def work_out(self) -> "Snapshot":
        """Everything that pages ask for and that takes long; for the worker that reads."""
        for name in ("severities", "families", "providers", "kinds", "names", "ways"):
            getattr(self, name)
        return self


@dataclass
class Ways:
    """Flows by the uid of what they lead into, and of what they lead out of."""

    into: dict[str, list[FlowRow]] = field(default_factory=dict[str, list[FlowRow]])
    out: dict[str, list[FlowRow]] = field(default_factory=dict[str, list[FlowRow]])
