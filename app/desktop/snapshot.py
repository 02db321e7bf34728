"""What the window shows of one judgement: plain rows, read once from the store by a worker."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FindingRow:
    """One finding as the table and the detail panel need it; every text is as it came, unescaped."""

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


@dataclass(frozen=True)
class AssetRow:
    """One asset."""

    uid: str
    name: str
    kind: str
    provider: str
    account: str
    place: str
    data_class: str
    encryption: str


@dataclass(frozen=True)
class FlowRow:
    """One flow, with its transfer where it is one."""

    kind: str
    source: str
    target: str
    source_place: str
    target_place: str
    data_class: str
    mechanism: str
    status: str


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
class Snapshot:
    """Everything the pages show. `scope` is the line on every page, `sentence` answers "how do we stand?"."""

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
