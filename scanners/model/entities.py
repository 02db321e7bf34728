"""Asset, relation, coverage and evidence: what a scanner yields and the store keeps."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Struct, UnsetType

UNREAD: Final = UNSET
"""Stands for "was not read" in the few optional fields below; never stored as a value."""


class LocationKind(StrEnum):
    """What sort of place a provider named."""

    REGION = "region"
    ZONE = "zone"
    MULTI_REGION = "multi_region"
    GLOBAL = "global"
    EDGE = "edge"
    ON_PREM = "on_prem"
    UNKNOWN = "unknown"


class Location(Struct, frozen=True, omit_defaults=True, gc=False):
    """A place exactly as the provider names it; which country that is, the catalogue says at judgement.

    `region` and `zone` are in the catalogue's spelling (lower case, `westeurope`, `europe-west4-a`); multi-regions keep
    the provider's spelling (`EU`, `eur4`) and name the `service` whose table they belong to. `members` are regions that
    the provider itself lists (a custom dual-region, the regions of a Cosmos account). `country` is set only where the
    provider or a declaration states it (Azure Arc `locationData`, a declared site), as an ISO 3166 alpha-2 code.
    `evidence`: `native` (the provider says so), `declared` (the organisation says so), `metadata_only` (the place of a
    record about the thing, not of the thing).
    """

    kind: LocationKind
    region: str | None = None
    zone: str | None = None
    service: str | None = None
    members: tuple[str, ...] = ()
    country: str | None = None
    site: str | None = None
    evidence: str = "native"

    @classmethod
    def unknown(cls) -> "Location":
        """The place of something whose place nobody stated."""
        return cls(kind=LocationKind.UNKNOWN)


class Asset(Struct, omit_defaults=True, gc=False):
    """One thing in a cloud, cluster or site.

    `uid`: AWS the ARN; Azure the ARM id in lower case; Google the full resource name (`//storage.googleapis.com/…`);
    Kubernetes `k8s://CLUSTER-UID/kind/namespace/name`; declared sites `site:ID`. `provider`: `aws`, `azure`, `gcp`,
    `kubernetes`, `on_prem` or a provider id of the catalogue (`coreweave`): the owner of the hardware where known.
    `account`: account id, subscription id, project id, cluster uid or site id. `tags` is `UNREAD` where the source
    cannot show tags. `attributes`: names and types as `ATTRIBUTES` declares for the kind; absent = not read.
    `evidence`: digests of the documents this asset was made from, the describing one first.
    """

    uid: str
    provider: str
    account: str
    kind: str
    native_type: str
    name: str
    location: Location
    attributes: dict[str, Any] = {}
    tags: dict[str, str] | UnsetType = UNSET
    partition: str | None = None
    created_at: datetime | None = None
    aliases: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


class Relation(Struct, omit_defaults=True, gc=False):
    """A directed, typed fact between two assets. `target` may be a uid that no connected account holds.

    `attributes` describe the edge (`delete_propagation`, `role`, `continuous`, `content_logged`, `enabled`). `evidence`
    is the digest of the document that states it.
    """

    source: str
    type: str
    target: str
    attributes: dict[str, Any] = {}
    evidence: str | None = None


class CoverageStatus(StrEnum):
    """What became of one attempt to read. Only the first two count as read."""

    COLLECTED = "collected"
    EMPTY = "empty"
    PARTIAL = "partial"
    DENIED = "denied"
    DISABLED = "disabled"
    UNSUPPORTED = "unsupported"
    THROTTLED = "throttled"
    TIMEOUT = "timeout"
    EXPIRED = "expired"
    ERROR = "error"
    NOT_EXPORTED = "not_exported"
    NOT_ASKED = "not_asked"

    @property
    def read(self) -> bool:
        """Whether the absence of assets in such a cell means that there are none."""
        return self in (CoverageStatus.COLLECTED, CoverageStatus.EMPTY)


class Coverage(Struct, omit_defaults=True, gc=False):
    """One cell of the answer to "what could be seen": connection × account × region × service × kind.

    `kind` is a kind of asset or `*`. `missing_permission` names what would have to be granted, in the provider's words;
    `detail` is one sentence for people. `denied_by` is `iam`, `scp` or `rbac` where the status is `denied`.
    """

    connection: str
    provider: str
    account: str
    region: str
    service: str
    kind: str
    status: CoverageStatus
    count: int = 0
    missing_permission: str | None = None
    denied_by: str | None = None
    detail: str | None = None


class Evidence(Struct, omit_defaults=True, gc=False):
    """The provider's answer about one thing: canonical JSON of the declared members, addressed by its SHA-256.

    `operation` is the API call or the export that it came from; `source` is the connection or the file and line;
    `seen_at` is when the provider gave the answer (an export's own time where it states one), in UTC.
    """

    digest: str
    body: bytes
    operation: str
    source: str
    seen_at: datetime | None = None


Item: TypeAlias = Asset | Relation | Coverage | Evidence
"""What a scanner yields, in any order; an asset's evidence precedes the asset."""


def canonical(document: Any) -> bytes:
    """UTF-8 JSON of a document with sorted keys and no white space: equal documents give equal bytes."""
    return msgspec.json.encode(document, order="sorted")


def digest(body: bytes) -> str:
    """SHA-256 of exactly these bytes, in lower-case hexadecimal."""
    return hashlib.sha256(body).hexdigest()
