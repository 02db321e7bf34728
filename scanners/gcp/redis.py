"""Memorystore: Redis instances and clusters, Valkey instances."""

from collections.abc import Iterator
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, last
from scanners.gcp.subject import Subject, gcp_type, put_any
from scanners.members import has, records, text, word
from scanners.model import Asset, Relation

_KIND = "database.instance"


def _store(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    key = text(data, "customerManagedKey") or text(data, "kmsKey")
    full = has(data, "createTime") and not has(data, "encryptionInfo.kmsKeyVersions")
    yield from subject.encryption(_KIND, attributes, key, shown=full)
    mode = word(data, "transitEncryptionMode")
    if mode is not None and not mode.endswith("unspecified"):
        attributes["https_only"] = not mode.endswith("disabled")
    put_any(attributes, vpc=last(text(data, "authorizedNetwork")))
    tier = text(data, "tier")
    if tier in ("BASIC", "STANDARD_HA"):
        attributes["cross_zone"] = tier == "STANDARD_HA"
    # Memorystore has no public addresses.
    attributes["public_network"] = False
    yield subject.asset(_KIND, subject.place(), attributes, name=text(data, "displayName"))
    host = subject.uid[2:].split("/", 1)[0]
    replication = "crossClusterReplicationConfig"
    if text(data, f"{replication}.clusterRole") == "PRIMARY":
        for copy in records(data, f"{replication}.secondaryClusters") or []:
            yield from subject.links("replicates_to", text(copy, "cluster"), service=host, continuous=True)
    primary = full_name(text(data, f"{replication}.primaryCluster.cluster"), host)
    if primary and primary != subject.uid:
        yield Relation(primary, "replicates_to", subject.uid, {"continuous": True})


_MEMBERS = (
    *(
        "authorizedNetwork",
        "createTime",
        "crossClusterReplicationConfig",
        "customerManagedKey",
        "displayName",
        "kmsKey",
    ),
    *("encryptionInfo", "labels", "name", "tier", "transitEncryptionMode", "authorizationMode", "authEnabled"),
)

TYPES: tuple[DocumentType, ...] = tuple(
    gcp_type(name, name.split(".", 1)[0], (_KIND,), _MEMBERS, _store)
    for name in (
        "redis.googleapis.com/Instance",
        "redis.googleapis.com/Cluster",
        "memorystore.googleapis.com/Instance",
    )
)
