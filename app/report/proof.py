"""What ties a report to its scan: digests of the evidence, the findings and the chain of scans, as a manifest.

The manifest and the list of digests go into the PDF as attached files, so that a signature of the PDF covers them.
Everything in them can be checked with `sha256sum`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from app.report.source import Head
    from app.store.chain import Link

SCHEMA: Final = "situs-manifest-1"
MANIFEST: Final = "situs-manifest.json"
EVIDENCE: Final = "situs-evidence.txt"
"""One digest to a line, in ascending order, each line ended by a line feed."""


class ChainEntry(Struct, frozen=True):
    """One scan of the chain as a report names it. `digest` is that of its link, `previous` that of the link before."""

    scan: int
    started: str
    state: str
    assets: str
    coverage: str
    previous: str | None
    digest: str
    later: bool = False


class Judged(Struct, frozen=True):
    """The judgement a report shows: how many findings other than passes, and the SHA-256 over them."""

    id: int
    findings: int
    sha256: str


class Digests(Struct, frozen=True):
    """How many documents, and the SHA-256 of the list of their digests (`situs-evidence.txt`)."""

    count: int
    sha256: str


class Attached(Struct, frozen=True):
    """One file inside the report."""

    name: str
    bytes: int
    sha256: str


class Proof(Struct):
    """What a store says of one judgement: the chain up to its scan, its findings, the documents it rests on."""

    chain: list[ChainEntry]
    judged: Judged
    evidence: list[str]


class Manifest(Struct):
    """What a report was made from. `report` tells its kind, language and what was left out or hidden."""

    schema: str
    report: dict[str, Any]
    as_of: str
    versions: dict[str, str | None]
    scan: int | None
    chain: list[ChainEntry]
    judgement: Judged | None
    evidence: Digests
    files: list[Attached]


def entry_of(link: "Link") -> ChainEntry:
    """A link of the store as a report names it."""
    return ChainEntry(
        link.scan, link.started, link.state, link.assets, link.coverage, link.previous, link.digest, link.later
    )


def findings_digest(verdicts: Iterable[tuple[tuple[str, str, str], tuple[str, str]]]) -> tuple[int, str]:
    """How many, and SHA-256 over one line of JSON each: [rule, asset, flow, verdict, severity], in steady order."""
    whole = hashlib.sha256()
    count = 0
    for (rule, asset, flow), (verdict, severity) in verdicts:
        whole.update(_line([rule, asset, flow, verdict, severity]))
        count += 1
    return count, whole.hexdigest()


def evidence_list(digests: Iterable[str]) -> bytes:
    """The list of digests as it is attached."""
    return "".join(f"{digest}\n" for digest in sorted(set(digests))).encode("ascii", "backslashreplace")


def manifest_of(
    head: "Head", proof: Proof | None, report: Mapping[str, Any], files: Iterable[Attached], evidence: bytes
) -> bytes:
    """The manifest as JSON for people and programs: two spaces to a level, a line feed at the end."""
    versions = head.versions
    made = Manifest(
        SCHEMA,
        dict(report),
        head.as_of.isoformat(),
        {
            "program": versions.program,
            "pack": versions.pack,
            "catalogue": versions.catalogue,
            "policy": versions.policy,
        },
        proof.chain[-1].scan if proof and proof.chain else None,
        proof.chain if proof else [],
        proof.judged if proof else None,
        Digests(evidence.count(b"\n"), hashlib.sha256(evidence).hexdigest()),
        list(files),
    )
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def read_manifest(body: bytes) -> Manifest:
    """The manifest of a report. Raises ValueError where it is none, or one of a later version."""
    try:
        found = msgspec.json.decode(body, type=Manifest)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
    if found.schema != SCHEMA:
        raise ValueError(found.schema[:60])
    return found


def _line(items: list[str]) -> bytes:
    try:
        return msgspec.json.encode(items) + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair in a name
        return msgspec.json.encode([i.encode("utf-8", "backslashreplace").decode() for i in items]) + b"\n"
