"""Bigtable. An instance has no place of its own: its clusters have, and data are replicated between them."""

from collections.abc import Iterator
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.subject import Subject, gcp_type, put_any, tls_only
from scanners.members import has, text
from scanners.model import Asset, Location, Relation

_TYPE = "bigtableadmin.googleapis.com"


def _instance(subject: Subject) -> Iterator[Asset | Relation]:
    attributes = put_any({"encrypted": True}, https_only=tls_only(subject))
    yield subject.asset("database.instance", Location.unknown(), attributes, name=text(subject.data, "displayName"))


def _cluster(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    key = text(data, "encryptionConfig.kmsKeyName")
    yield from subject.encryption("database.instance", attributes, key, shown=has(data, "location"))
    yield subject.asset("database.instance", subject.place("location"), attributes, labels_at=None)
    yield subject.relation("member_of", subject.uid.rsplit("/clusters/", 1)[0], role="replica")


def _table(subject: Subject) -> Iterator[Asset | Relation]:
    """Tables lie wherever their instance's clusters do, and state no more."""
    attributes = put_any({"encrypted": True}, https_only=tls_only(subject))
    yield subject.asset("database.table", Location.unknown(), attributes, labels_at=None)
    yield subject.relation("member_of", subject.uid.rsplit("/tables/", 1)[0])


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_TYPE}/Instance",
        "bigtableadmin",
        ("database.instance",),
        ("createTime", "displayName", "labels", "name", "state", "type"),
        _instance,
    ),
    gcp_type(
        f"{_TYPE}/Cluster",
        "bigtableadmin",
        ("database.instance",),
        ("encryptionConfig", "location", "name", "state"),
        _cluster,
    ),
    gcp_type(f"{_TYPE}/Table", "bigtableadmin", ("database.table",), ("name",), _table),
)
