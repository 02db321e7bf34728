"""The one content of a report, as plain records: every form (PDF, CSV, the window) shows these and adds nothing."""

from datetime import datetime

from msgspec import Struct

from app.frameworks import View
from app.register.due import Ends
from app.report.proof import ChainEntry
from app.report.source import Acceptance, FileRead, Head, Place, Provision
from rules.judgement import Flow, Severity, Summary, Transfer

SEVERITIES: tuple[str, ...] = tuple(s.value for s in Severity)
PERSONAL = frozenset({"special_category", "personal", "pseudonymised"})
_DATA_KINDS = ("storage.", "database.")
_DATA_EXACT = frozenset({"warehouse", "ai.model", "backup.vault", "log.group"})


class LawNote(Struct, frozen=True):
    """A provision as a report cites it: `GDPR Art. 44`, its heading, our paraphrase, its address.

    `status` is set where it is not plainly in force; `unverified` where its number or wording was not seen in a source.
    """

    id: str
    label: str
    title: str
    paraphrase: str
    url: str
    status: str = ""
    unverified: bool = False


class Subject(Struct):
    """What a finding is about. `key` is the uid or the flow's id; `flow` tells which. `place` None: not known."""

    key: str
    name: str
    kind: str
    provider: str
    account: str
    flow: bool
    place: Place | None
    data_class: str | None = None
    stale: bool = False


class FindingRow(Struct):
    """One finding under its rule. `evidence` are digests; `source` tells of the first which call gave it, when, from
    where."""

    subject: Subject
    severity: str
    why: str
    evidence: tuple[str, ...]
    source: str
    potential: bool = False
    related: tuple[str, ...] = ()


class RuleGroup(Struct):
    """A rule with the findings of one severity. `remediation`: only of the providers that occur in `rows`."""

    id: str
    severity: str
    title: str
    explanation: str
    law: tuple[LawNote, ...]
    remediation: tuple[tuple[str, str], ...]
    rows: list[FindingRow]


class DataRow(Struct):
    """One asset that holds data: the four facts about it side by side."""

    uid: str
    name: str
    kind: str
    provider: str
    account: str
    data_class: str
    data_class_source: str
    place: Place
    processing: Place | None
    custody: str | None
    key: str | None
    operator: str | None
    failing: int
    stale: bool = False


class GpuRow(Struct):
    """One part of the GPU estate. `counted_in`: name of the asset that its accelerators are counted in already."""

    uid: str
    name: str
    kind: str
    provider: str
    model: str | None
    count: int | None
    counted_in: str | None
    place: Place
    operator: str | None
    stale: bool = False


class KeyRow(Struct):
    """One key. `protects`: assets seen to be encrypted by it."""

    uid: str
    name: str
    provider: str
    custody: str | None
    state: str | None
    place: Place
    protects: int
    stale: bool = False


class TransferRow(Struct):
    """One entry of the transfer register with the flow it is for."""

    flow: Flow
    transfer: Transfer
    source: str
    target: str
    failing: bool


class PlaceCount(Struct):
    """One place with what is there. `gpus_unknown`: groups of machines whose accelerators are not known."""

    place: Place
    data: int = 0
    personal: int = 0
    gpus: int = 0
    gpus_unknown: int = 0
    keys: int = 0
    failing: int = 0


class MissingGroup(Struct):
    """One thing that was missing, and what waits for it. `permissions` would show it."""

    reason: str
    what: str
    permissions: tuple[str, ...]
    checks: int
    subjects: int
    rules: tuple[str, ...]
    connections: tuple[str, ...]


class CoverageLine(Struct):
    """Coverage of one connection, account and status: cells and the services with their missing permissions."""

    connection: str
    provider: str
    account: str
    status: str
    cells: int
    services: tuple[str, ...]
    permissions: tuple[str, ...]
    details: tuple[str, ...]


class AcceptedRow(Struct):
    """A finding that somebody decided to live with. `acceptance` None: its record was not found."""

    rule: str
    title: str
    subject: Subject
    severity: str
    acceptance: Acceptance | None


class DecisionRow(Struct):
    """A decision the organisation has to take, and how many checks wait for it."""

    decision: str
    waiting: int
    rules: tuple[str, ...]


class EvidenceRow(Struct):
    """One document that findings rest on: the call or export, where from, when, and the rules it speaks for."""

    digest: str
    operation: str
    source: str
    seen_at: datetime | None
    rules: tuple[str, ...]
    identity: str = ""


class CallRow(Struct):
    """Calls of one operation that ended alike. `status`: ok or how it failed."""

    operation: str
    status: str
    calls: int
    accounts: int
    regions: int


class PassRow(Struct):
    """One rule with how often it passed; `subjects` where passes were listed."""

    rule: str
    title: str
    number: int
    subjects: list[Subject]


class ForeignRow(Struct):
    """A finding of another scanner about an asset of the estate, as that scanner put it."""

    product: str
    title: str
    status: str
    severity: str
    subject: Subject
    rule: str = ""
    seen_at: str = ""


class AssetLine(Struct):
    """One asset of the inventory."""

    uid: str
    name: str
    kind: str
    provider: str
    account: str
    data_class: str
    place: Place
    stale: bool = False


class Changed(Struct):
    """One finding or asset that changed. `before` and `after` are words for people; `uid` is the asset's, or the
    flow's id; `place` where an asset lies."""

    change: str
    what: str
    about: str
    before: str = ""
    after: str = ""
    because: str = ""
    rule: str = ""
    uid: str = ""
    place: str = ""


class Changes(Struct):
    """What became of findings and assets from one scan to a later one; `findings` None: they cannot be compared."""

    earlier: str
    later: str
    findings: list[Changed] | None
    assets: list[Changed]


class Activity(Struct):
    """One row for the record of processing (Article 30): the cells, as the register names them."""

    record: str
    purpose: str
    classes: tuple[str, ...]
    assets: tuple[str, ...]
    recipients: tuple[str, ...]
    countries: tuple[str, ...]
    safeguards: tuple[str, ...]
    open: tuple[str, ...]
    erasure: tuple[str, ...]
    custody: tuple[str, ...]


class ComputeRow(Struct):
    """Training of one model. `name`: the model's where `named`, else the job's. Hours are accelerator hours, `low` and
    `high` operations, of the jobs that tell them; None where none does. `state` as in `rules.compute`; `missing`: what
    jobs do not tell, and how many."""

    name: str
    named: bool
    jobs: int
    hours: float | None
    low: float | None
    high: float | None
    state: str
    missing: tuple[tuple[str, int], ...] = ()


class ComputeNote(Struct):
    """Training compute of an estate: the utilisation assumed, both limits in operations, models largest first."""

    low: float
    high: float
    notice: float
    presumption: float
    rows: list[ComputeRow]


class Extras(Struct):
    """What only a store can tell; empty where none stands behind the report.

    Of other scanners' findings `foreign_apart` name no asset known for certain, `foreign_hidden` are left out of
    a redacted copy.
    """

    calls: list[CallRow] = []
    chain: list[ChainEntry] = []
    foreign: list[ForeignRow] = []
    foreign_apart: int = 0
    foreign_hidden: int = 0
    activities: list[Activity] = []
    identities: dict[str, str] = {}
    view: View | None = None
    changes: Changes | None = None
    compute: ComputeNote | None = None
    ends: Ends | None = None
    note: str = ""
    with_passes: bool = False
    with_inventory: bool = False


class ReportContent(Struct):
    """Everything a report shows. `note` tells on the cover what was left out or hidden."""

    head: Head
    summary: Summary
    places: list[PlaceCount]
    data: list[DataRow]
    computing: list[DataRow]
    gpus: list[GpuRow]
    keys: list[KeyRow]
    flows: list[Flow]
    transfers: list[TransferRow]
    groups: list[RuleGroup]
    missing: list[MissingGroup]
    decisions: list[DecisionRow]
    accepted: list[AcceptedRow]
    coverage: list[CoverageLine]
    files: list[FileRead]
    law: list[LawNote]
    countries: dict[str, str]
    assets: int
    stale: int
    titles: dict[str, str]
    note: str = ""
    evidence: list[EvidenceRow] = []
    calls: list[CallRow] = []
    identities: dict[str, str] = {}
    chain: list[ChainEntry] = []
    passed: list[PassRow] = []
    foreign: list[ForeignRow] = []
    foreign_apart: int = 0
    foreign_hidden: int = 0
    inventory: list[AssetLine] = []
    activities: list[Activity] = []
    view: View | None = None
    changes: Changes | None = None
    compute: ComputeNote | None = None
    ends: Ends | None = None


def law_note(provision: Provision) -> LawNote:
    """A provision as a report cites it."""
    return LawNote(
        provision.id,
        provision.citation,
        provision.title,
        provision.paraphrase,
        provision.url,
        provision.status,
        provision.unverified,
    )


def holds_data(kind: str) -> bool:
    """Whether assets of this kind hold data of their own."""
    return kind.startswith(_DATA_KINDS) or kind in _DATA_EXACT
