"""The tables. Numbers are given out by the one writer, so that rows can be written in bulk without asking back.

History is kept as intervals of scans: a row holds from scan `first` up to, but not including, scan `until`; `OPEN`
while it still holds. `asset_version.id` is `node * SCANS + first`: all versions of an asset lie together, in the order
of nodes, without an index.
"""

import re
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from app.store.intervals import SCANS

_WORDS: Final = re.compile("[A-Z][a-z]+")


def _key() -> Any:
    # On SQLite only a column called INTEGER is the row's own number and needs no index.
    kind = BigInteger().with_variant(Integer, "sqlite")
    return Field(sa_column=Column(kind, primary_key=True, autoincrement=False))


def _blob(nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=nullable))


def _big(index: bool = False, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(BigInteger, nullable=nullable, index=index))


class Table(SQLModel):
    """Names each table after its class: `AssetVersion` is `asset_version`."""

    @declared_attr  # pyright: ignore[reportArgumentType]
    def __tablename__(cls) -> str:  # noqa: N805  # pyright: ignore[reportIncompatibleVariableOverride]
        return "_".join(_WORDS.findall(cls.__name__)).lower()


class Meta(Table, table=True):
    """Facts about the store itself: `schema`, `created`."""

    key: str = Field(primary_key=True)
    value: str


class Word(Table, table=True):
    """Texts that recur: names of connections, services, regions, types, operations."""

    id: int = _key()
    text: str = Field(unique=True)


class Account(Table, table=True):
    """An account, subscription, project, cluster or site."""

    id: int = _key()
    provider: str
    account: str


class Scope(Table, table=True):
    """Account × region × kind: the unit in which a scan can say that nothing else is there."""

    id: int = _key()
    account: int
    region: str
    kind: str


class Witness(Table, table=True):
    """Who has shown assets of a scope: only when all of them have read it again can an asset be called gone."""

    scope: int = Field(primary_key=True)
    origin: int = Field(primary_key=True)
    service: int = Field(primary_key=True)


class Scan(Table, table=True):
    """One scan. Times are ISO 8601 in UTC; `connections`, `accounts`, `counts`, `warnings` are JSON."""

    id: int = _key()
    started: str
    ended: str | None = None
    state: str
    program: str
    connections: str
    accounts: str = "[]"
    counts: str = "{}"
    warnings: str = "[]"
    manifest: str | None = None
    marks: str = "{}"


class Node(Table, table=True):
    """A uid (or alias, or external end) and its number."""

    id: int = _key()
    uid: str = Field(unique=True)


class AssetVersion(Table, table=True):
    """An asset as it was over an interval of scans. `body` is the asset as canonical JSON."""

    __table_args__ = (
        Index("asset_version_scope", "scope", "until"),
        # SQLite finds the versions of a node by the range of their numbers; see `Database.versions`.
        Index("asset_version_node", text(f"(id / {SCANS})")).ddl_if(dialect="postgresql"),
    )
    id: int = _key()
    scope: int
    until: int
    name: str
    body: bytes = _blob()


class Stale(Table, table=True):
    """An asset that scans from `first` on looked for in its account, did not see, and could not call gone."""

    node: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    first: int = Field(primary_key=True)
    until: int


class RelationVersion(Table, table=True):
    """A relation over an interval of scans. `scope` is that of the document which states it, 0 if unknown."""

    id: int = _key()
    source: int = _big(index=True)
    type: int
    target: int = _big(index=True)
    scope: int
    evidence: int | None = _big(nullable=True)
    body: bytes | None = _blob(nullable=True)
    first: int
    until: int


class Coverage(Table, table=True):
    """A cell of coverage over an interval of scans of its connection. `detail` is JSON."""

    id: int = _key()
    connection: int
    account: int
    region: int
    service: int
    kind: int
    status: str
    count: int
    detail: str
    first: int
    until: int


class Evidence(Table, table=True):
    """Where a document is kept (`size` bytes from `start` in the unpacked block), and where it was first seen."""

    id: int = _key()
    digest: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    block: int = _big()
    start: int
    size: int
    operation: int
    source: str
    seen_at: str | None = None


class EvidenceBlock(Table, table=True):
    """Documents one after another, compressed together (zlib)."""

    id: int = _key()
    size: int
    body: bytes = _blob()


class Judgement(Table, table=True):
    """One judgement of a scan as of a date, with what it was made with. `summary` is JSON."""

    id: int = _key()
    scan: int
    as_of: str
    made: str
    state: str
    program: str
    pack: str
    catalogue: str
    policy: str | None = None
    summary: str = "{}"
    marks: str = "{}"


class Outcome(Table, table=True):
    """What many findings of one judgement have in common. `profile` is JSON: missing, reads, related."""

    id: int = _key()
    judgement: int = Field(index=True)
    rule: str
    verdict: str
    severity: str
    potential: bool
    profile: str


class Finding(Table, table=True):
    """One finding. `id` is `judgement * 2^32 + number`. `evidence` null: that of the asset itself."""

    id: int = _key()
    outcome: int = _big()
    node: int | None = _big(nullable=True)
    flow: int | None = _big(nullable=True)
    why: int = _big()
    acceptance: str | None = None
    evidence: bytes | None = _blob(nullable=True)


class Why(Table, table=True):
    """Texts of findings."""

    id: int = _key()
    text: str


class Flow(Table, table=True):
    """One flow of a judgement. `id` as in findings; `body` is the flow as JSON."""

    id: int = _key()
    key: str
    kind: str
    source: int | None = _big(nullable=True)
    target: int | None = _big(nullable=True)
    body: bytes | None = _blob(nullable=True)


class Transfer(Table, table=True):
    """One transfer of a judgement; `body` is the transfer as JSON."""

    id: int = _key()
    flow: str
    country: str
    status: str
    body: bytes = _blob()


class Acceptance(Table, table=True):
    """A recorded decision to live with a finding. Never deleted: revoked."""

    id: int | None = Field(default=None, primary_key=True)
    rule: str
    asset: str | None = None
    flow: str | None = None
    why: str
    owner: str
    until: str
    second_person: str | None = None
    made: str
    revoked: str | None = None
    revoked_by: str | None = None
    revoked_why: str | None = None


class Decision(Table, table=True):
    """One entry of the log of decisions. `body`: canonical JSON; `digest`: SHA-256 over it and the digest before it."""

    id: int = _key()
    body: str
    digest: str


class Attachment(Table, table=True):
    """A document of a scan (`scan:3`) or judgement (`judgement:5`) as a whole, compressed. `size`: bytes before."""

    owner: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    size: int
    body: bytes = _blob()
