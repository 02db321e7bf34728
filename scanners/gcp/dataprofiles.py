"""Sensitive Data Protection: what Google's discovery found in buckets and tables. Only its results, never the data."""

from collections.abc import Iterator
from typing import Final

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, last
from scanners.gcp.subject import Subject, gcp_type
from scanners.members import records, text
from scanners.model import Asset, Location, Relation

_HOST: Final = "dlp.googleapis.com"
_TELLING: Final = ("SENSITIVITY_MODERATE", "SENSITIVITY_HIGH")
_FOUND: Final = ("fileStoreInfoTypeSummaries", "predictedInfoTypes", "otherInfoTypes")


def _profile(subject: Subject) -> Iterator[Asset | Relation]:
    """How many sorts of personal data were found; none where Google calls the content of low sensitivity."""
    data = subject.data
    uid = full_name(text(data, "fullResource"))
    score = text(data, "sensitivityScore.score")
    if uid is None or text(data, "state") not in (None, "DONE") or score is None or score.endswith("UNKNOWN"):
        return
    sorts = {w for at in _FOUND for s in records(data, at) or [] if (w := text(s, "infoType.name"))}
    kind, native = ("storage.bucket", "storage.googleapis.com/Bucket")
    if uid.startswith("//bigquery"):
        kind, native = ("database.table", "bigquery.googleapis.com/Table")
    elif not uid.startswith("//storage.googleapis.com/"):
        return
    hits = len(sorts) if score in _TELLING else 0
    facet = subject.asset(kind, Location.unknown(), {"discovery_hits": hits}, name=last(uid), labels_at=None)
    facet.uid, facet.native_type, facet.aliases, facet.created_at = uid, native, (), None
    yield facet


_MEMBERS: Final = (
    *("fullResource", "name", "profileLastGenerated", "projectId", "sensitivityScore.score", "state"),
    *(f"{at}[].infoType.name" for at in _FOUND),
)
TYPES: tuple[DocumentType, ...] = (
    gcp_type(f"{_HOST}/FileStoreDataProfile", "dlp", ("storage.bucket",), _MEMBERS, _profile),
    gcp_type(f"{_HOST}/TableDataProfile", "dlp", ("database.table",), _MEMBERS, _profile),
)
