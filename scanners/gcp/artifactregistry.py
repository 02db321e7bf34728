"""Artifact Registry repositories."""

from collections.abc import Iterator
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.subject import Subject, gcp_type
from scanners.members import has, text
from scanners.model import Asset, Relation


def _repository(subject: Subject) -> Iterator[Asset | Relation]:
    attributes: dict[str, Any] = {}
    key = text(subject.data, "kmsKeyName")
    yield from subject.encryption("storage.registry", attributes, key, shown=has(subject.data, "format"))
    yield subject.asset("storage.registry", subject.place(service="artifact-registry"), attributes)


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "artifactregistry.googleapis.com/Repository",
        "artifactregistry",
        ("storage.registry",),
        ("createTime", "format", "kmsKeyName", "labels", "mode", "name"),
        _repository,
    ),
)
