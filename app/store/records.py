"""What the store tells: scans, judgements, rows of findings, differences. Plain values, no database."""

from datetime import date, datetime

from msgspec import Struct

from rules.judgement import Finding, Summary
from scanners.model import Asset, Location


class ScanInfo(Struct, frozen=True):
    """One scan. Times in UTC. `state`: running, complete, partial, cancelled, failed, interrupted, abandoned.

    `assets` counts what the scan saw, `added`, `changed`, `gone`, `stale` what became of it; `duplicates` were given
    more than once with nothing new. `warnings` are sentences. `manifest` is the SHA-256 over the digests of all assets
    that the scan stands for.
    """

    id: int
    state: str
    started: datetime
    ended: datetime | None
    program: str
    connections: tuple[str, ...]
    assets: int = 0
    relations: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0
    stale: int = 0
    duplicates: int = 0
    merged: int = 0
    warnings: tuple[str, ...] = ()
    manifest: str | None = None

    @property
    def finished(self) -> bool:
        """Whether it can be judged."""
        return self.state in FINISHED


FINISHED = ("complete", "partial", "cancelled", "failed")


class JudgementHeader(Struct, frozen=True):
    """What a judgement is made with: version of the program, digests of pack, catalogue, policy (None: none given)."""

    as_of: date
    program: str
    pack: str
    catalogue: str
    policy: str | None = None


class JudgementInfo(Struct, frozen=True):
    """One stored judgement. `state`: running, complete, interrupted."""

    id: int
    scan: int
    made: datetime
    state: str
    header: JudgementHeader
    summary: Summary | None


class AssetRow(Struct, frozen=True):
    """An asset at a scan. `since`: the scan that first saw it like this. `stale`: known from before, not seen then."""

    asset: Asset
    since: int
    stale: bool = False


class FindingRow(Struct, frozen=True):
    """A finding with what a list shows of its asset (of the flow's source, where the finding is about a flow)."""

    id: int
    finding: Finding
    provider: str | None = None
    account: str | None = None
    kind: str | None = None
    native_type: str | None = None
    name: str | None = None
    location: Location | None = None
    stale: bool = False


class Acceptance(Struct, frozen=True):
    """A recorded decision to live with a finding of `rule` on `asset` (uid) or `flow` (id), by `owner`, `until`."""

    id: str
    rule: str
    why: str
    owner: str
    until: date
    made: datetime
    asset: str | None = None
    flow: str | None = None
    second_person: str | None = None
    revoked: datetime | None = None
    revoked_by: str | None = None
    revoked_why: str | None = None


class LogRow(Struct, frozen=True):
    """One entry of the log of decisions as it is kept: its number, its JSON, and its digest in hexadecimal."""

    number: int
    body: str
    digest: str


class AssetChange(Struct, frozen=True):
    """One asset between two scans. `change`: added, removed, changed, stale. `attributes`: names of what changed."""

    uid: str
    kind: str
    account: str
    name: str
    change: str
    attributes: tuple[str, ...] = ()


class FindingChange(Struct, frozen=True):
    """One finding between two judgements. `change`: new, worse, better, gone.

    `because` of what is gone: `resolved` (the subject is still there), `asset_gone`, or `not_asked` (the later scan did
    not look there, so nothing is known to be better).
    """

    rule: str
    change: str
    asset: str | None = None
    flow: str | None = None
    before: tuple[str, str] | None = None
    after: tuple[str, str] | None = None
    because: str | None = None
