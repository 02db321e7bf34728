"""Secret Manager: secrets without their values, which no operation here can read."""

from collections.abc import Iterator
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.places import place
from scanners.gcp.subject import Subject, days, gcp_type, put_any
from scanners.members import has, record, records, text
from scanners.model import Asset, Location, LocationKind, Relation


def _secret(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    replicas = records(data, "replication.userManaged.replicas")
    keys = [text(data, "replication.automatic.customerManagedEncryption.kmsKeyName")]
    keys += [text(data, "customerManagedEncryption.kmsKeyName")]
    keys += [text(r, "customerManagedEncryption.kmsKeyName") for r in replicas or []]
    yield from subject.encryption("secret", attributes, *keys, shown=has(data, "replication"))
    put_any(attributes, destroy_delay_days=days(data, "versionDestroyTtl"))
    if "destroy_delay_days" not in attributes and has(data, "replication") and not has(data, "versionDestroyTtl"):
        attributes["destroy_delay_days"] = 0  # without that member a destroyed version is gone at once
    if "destroy_delay_days" in attributes:
        attributes["purge_protection"] = attributes["destroy_delay_days"] > 0
    yield subject.asset("secret", _location(subject, replicas), attributes)


def _location(subject: Subject, replicas: list[Any] | None) -> Location:
    if replicas:
        regions = [r for replica in replicas if (r := text(replica, "location"))]
        return place(regions[0]) if len(regions) == 1 else place(None, "secret-manager", regions)
    if record(subject.data, "replication.automatic") is not None:
        return Location(LocationKind.GLOBAL, region="global")  # Google chooses the places
    return subject.place()  # regional secrets have their location in the name


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "secretmanager.googleapis.com/Secret",
        "secretmanager",
        ("secret",),
        ("createTime", "customerManagedEncryption", "expireTime", "labels", "name", "replication", "versionDestroyTtl"),
        _secret,
    ),
)
