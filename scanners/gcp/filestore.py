"""File systems: Filestore, NetApp Volumes, Managed Lustre, Parallelstore."""

from collections.abc import Iterator
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, last, place_in
from scanners.gcp.subject import Subject, gcp_type, put_any
from scanners.members import has, records, text
from scanners.model import Asset, Relation

_KIND = "storage.filesystem"
_FILE = "file.googleapis.com"


def _instance(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    key = text(data, "kmsKeyName") or text(data, "kmsKey")
    yield from subject.encryption(_KIND, attributes, key, shown=has(data, "createTime") or has(data, "tier"))
    if text(data, "tier") in ("ENTERPRISE", "REGIONAL"):
        attributes["cross_zone"] = True
    asset = subject.asset(_KIND, subject.place(), attributes)
    if subject.native_type.startswith(_FILE):
        # The name that volumes of Kubernetes know it by.
        asset.aliases = (*asset.aliases, f"filestore-instance:{place_in(subject.uid)}/{last(subject.uid)}")
    yield asset
    standby = text(data, "replication.role") == "STANDBY"
    for replica in records(data, "replication.replicas") or []:
        peer = full_name(text(replica, "peerInstance"), _FILE)
        if peer:
            ends = (peer, subject.uid) if standby else (subject.uid, peer)
            yield Relation(ends[0], "replicates_to", ends[1], {"continuous": True})


def _backup(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    key = text(data, "kmsKey") or text(data, "kmsKeyName")
    yield from subject.encryption("storage.snapshot", attributes, key, shown=has(data, "state"))
    source = full_name(text(data, "sourceInstance"), _FILE)
    put_any(attributes, source_uid=source)
    yield subject.asset("storage.snapshot", subject.place(), attributes)
    if source:
        yield Relation(source, "backs_up_to", subject.uid)


def _netapp(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {"encrypted": True}
    kind = text(data, "encryptionType")
    if kind == "SERVICE_MANAGED":
        attributes |= {"encryption": "Google-managed key", "custody": "provider"}
    elif kind == "CLOUD_KMS":
        attributes["encryption"] = "customer-managed key"
        policy = full_name(text(data, "kmsConfig"), "netapp.googleapis.com")
        if policy:
            yield subject.relation("encrypted_by", policy)
    yield subject.asset(_KIND, subject.place(), attributes)


def _netapp_replication(subject: Subject) -> Iterator[Asset | Relation]:
    source = full_name(text(subject.data, "sourceVolume"), "netapp.googleapis.com")
    target = full_name(text(subject.data, "destinationVolume"), "netapp.googleapis.com")
    if source and target:
        yield Relation(source, "replicates_to", target, {"continuous": True})


_INSTANCE = ("createTime", "kmsKey", "kmsKeyName", "labels", "name", "replication", "state", "tier", "network")

TYPES: tuple[DocumentType, ...] = (
    *(
        gcp_type(name, name.split(".", 1)[0], (_KIND,), _INSTANCE, _instance)
        for name in (f"{_FILE}/Instance", "lustre.googleapis.com/Instance", "parallelstore.googleapis.com/Instance")
    ),
    gcp_type(
        f"{_FILE}/Backup",
        "file",
        ("storage.snapshot",),
        ("createTime", "kmsKey", "kmsKeyName", "labels", "name", "sourceInstance", "state"),
        _backup,
    ),
    gcp_type(
        "netapp.googleapis.com/Volume",
        "netapp",
        (_KIND,),
        ("createTime", "encryptionType", "hasReplication", "kmsConfig", "labels", "name", "network", "zone"),
        _netapp,
    ),
    gcp_type(
        "netapp.googleapis.com/Replication",
        "netapp",
        (),
        ("destinationVolume", "name", "replicationSchedule", "role", "sourceVolume", "state"),
        _netapp_replication,
    ),
)
