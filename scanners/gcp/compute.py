"""Compute Engine: machines, disks, snapshots, images, reserved capacity."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, last, place_in
from scanners.gcp.places import place
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.members import date_text, flag, has, labels, record, records, text, texts
from scanners.model import Asset, Location, Relation

_HOST: Final = "compute.googleapis.com"
_TYPE: Final = "compute.googleapis.com"
_CONFIDENTIAL_GPUS: Final = "a3-highgpu-1g"
"""The machine type whose GPU can work confidentially, with Intel TDX (Google's page on Confidential VM)."""
CONFIDENTIAL: Final = {"SEV": "cpu", "SEV_SNP": "cpu", "TDX": "cpu"}


def accelerators(found: Sequence[Mapping[str, Any]] | None) -> tuple[int | None, str | None]:
    """(count, model) of a list of `{acceleratorType, acceleratorCount}`; (None, None) where it states none."""
    counts = [whole(a, "acceleratorCount") for a in found or []]
    models = [last(text(a, "acceleratorType")) for a in found or []]
    if not counts or any(c is None for c in counts):
        return None, next((m for m in models if m), None)
    return sum(c for c in counts if c is not None), next((m for m in models if m), None)


def confidential(document: Any, path: str) -> str | None:
    """`cpu` or `none` as a confidential-computing member says; None where the member is absent or not understood."""
    stated = record(document, path)
    if stated is None:
        return None
    kind = text(stated, "confidentialInstanceType")
    if kind:
        return CONFIDENTIAL.get(kind)
    enabled = flag(stated, "enableConfidentialCompute")
    return None if enabled is None else "cpu" if enabled else "none"


def machine(properties: Any) -> dict[str, Any]:
    """Type and accelerators of a machine, an instance template or a reservation."""
    count, model = accelerators(records(properties, "guestAccelerators"))
    return put_any({}, instance_type=last(text(properties, "machineType")), gpu_count=count, gpu_model=model)


def _instance(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes = machine(data)
    confidential_ = confidential(data, "confidentialInstanceConfig")
    if confidential_ is None and has(data, "machineType") and not has(data, "confidentialInstanceConfig"):
        confidential_ = "none"  # Google leaves the member out where it was never set
    put_any(attributes, confidential=confidential_)
    if confidential_ is not None and (attributes.get("instance_type") or "").startswith(_CONFIDENTIAL_GPUS):
        attributes["gpu_confidential"] = confidential_ == "cpu"  # the GPU's mode follows the machine's
    interfaces = records(data, "networkInterfaces")
    if interfaces is not None:
        attributes["public_ip"] = any(_external(interface) for interface in interfaces)
        attributes["vpc"] = last(next((n for i in interfaces if (n := text(i, "network"))), None))
    yield subject.asset("compute.instance", subject.place("zone"), attributes, created_at="creationTimestamp")
    for disk in records(data, "disks") or []:
        yield from subject.links("reads", text(disk, "source"), service=_HOST, role="disk")
    pool = _pool_of(labels(data, "labels") or {}, subject.account)
    if pool is not None:
        yield subject.relation("member_of", pool)


def _pool_of(marks: Mapping[str, str], project: str) -> str | None:
    """The node pool of a machine that works in a GKE cluster, by the labels that GKE gives it."""
    cluster, place_, pool = (
        marks.get(f"goog-k8s-{name}") for name in ("cluster-name", "cluster-location", "node-pool-name")
    )
    if not (cluster and place_ and pool):
        return None
    return f"//container.googleapis.com/projects/{project}/locations/{place_}/clusters/{cluster}/nodePools/{pool}"


def _external(interface: Mapping[str, Any]) -> bool:
    return any(
        text(access, "natIP") or text(access, "externalIpv6") or text(access, "type") == "ONE_TO_ONE_NAT"
        for name in ("accessConfigs", "ipv6AccessConfigs")
        for access in records(interface, name) or []
    )


def _disk_key(subject: Subject, kind: str, attributes: dict[str, Any], at: str, full: bool) -> Iterator[Relation]:
    """Encryption of a disk, snapshot or image: by Google, by a key in Cloud KMS, or by a key the customer supplies."""
    key = text(subject.data, f"{at}.kmsKeyName")
    if not key and (text(subject.data, f"{at}.sha256") or text(subject.data, f"{at}.rsaEncryptedKey")):
        attributes |= {"encrypted": True, "encryption": "customer-supplied key", "custody": "customer"}
        return
    # An empty or partly shown record means a key that this answer does not name.
    shown = full and not has(subject.data, at)
    yield from subject.encryption(kind, attributes, key, shown=shown)


def _disk(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    yield from _disk_key(
        subject, "storage.volume", attributes, "diskEncryptionKey", has(data, "type") or has(data, "sizeGb")
    )
    if has(data, "sizeGb"):
        attributes["relations_read"] = ["replicates_to"]  # a full body names all its asynchronous copies
    users = texts(data, "users")
    if users is not None or (has(data, "status") and not has(data, "users")):
        attributes["attached"] = bool(users)  # Google leaves empty lists out
    if detached := date_text(data, "lastDetachTimestamp"):
        attributes["idle_since"] = detached if attributes.get("attached") is False else None
    yield subject.asset("storage.volume", subject.place("zone", "region"), attributes, created_at="creationTimestamp")
    for copy in (record(data, "asyncSecondaryDisks") or {}).values():
        target = text(copy, "asyncReplicationDisk.disk")
        yield from subject.links("replicates_to", target, service=_HOST, continuous=True)


def _stored(subject: Subject, kind: str, key: str, sources: tuple[str, ...]) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    yield from _disk_key(subject, kind, attributes, key, has(data, "status"))
    source = next((s for s in sources if text(data, s)), None)
    if source:
        name = full_name(text(data, source), _HOST, subject.account)
        put_any(attributes, source_uid=name)
        origin = place_in(name)
        if origin and origin != "global":
            attributes["source_region"] = place(origin).region
        if name and kind == "storage.snapshot":
            yield Relation(name, "backs_up_to", subject.uid)
    if kind == "storage.snapshot" and has(data, "status"):
        # Google leaves out what is false: a snapshot that no schedule made has neither member.
        scheduled = text(data, "sourceSnapshotSchedulePolicy") is not None
        attributes["managed_by_backup"] = flag(data, "autoCreated") is True or scheduled
    yield subject.asset(kind, _kept(subject), attributes, created_at="creationTimestamp")


def _kept(subject: Subject) -> Location:
    """Where a snapshot or image is kept: its storage locations, not the global scope of its name."""
    stated = texts(subject.data, "storageLocations") or []
    if len(stated) == 1:
        return place(stated[0], "cloud-storage")
    if stated:
        return place(None, "cloud-storage", stated)
    scope = place_in(subject.uid)
    # A global name says nothing of where the bytes are.
    return place(scope) if scope and scope != "global" else Location.unknown()


def _snapshot(subject: Subject) -> Iterator[Asset | Relation]:
    yield from _stored(subject, "storage.snapshot", "snapshotEncryptionKey", ("sourceDisk",))


def _image(subject: Subject) -> Iterator[Asset | Relation]:
    sources = ("sourceDisk", "sourceImage", "sourceSnapshot")
    yield from _stored(subject, "storage.image", "imageEncryptionKey", sources)


def _reservation(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    future = subject.native_type.endswith("FutureReservation")
    at = "specificSkuProperties" if future else "specificReservation"
    attributes = machine(record(data, f"{at}.instanceProperties"))
    count = whole(data, f"{at}.totalCount" if future else f"{at}.count")
    put_any(attributes, node_count=count)
    if count is not None and "gpu_count" in attributes:
        attributes["gpu_count"] *= count  # of the whole reservation, as its machines are
    end = date_text(data, "timeWindow.endTime") or date_text(data, "deleteAtTime")
    if end or (has(data, "status") and not future):
        attributes["reservation_end"] = end
    yield subject.asset("compute.nodegroup", subject.place("zone"), attributes, created_at="creationTimestamp")


def _template(subject: Subject) -> Iterator[Asset | Relation]:
    """A managed instance group: machines of one template, counted by its target size."""
    attributes: dict[str, Any] = {}
    put_any(attributes, node_count=whole(subject.data, "targetSize"))
    yield subject.asset(
        "compute.nodegroup", subject.place("zone", "region"), attributes, created_at="creationTimestamp"
    )


_DISK = (
    *("asyncPrimaryDisk", "asyncSecondaryDisks", "creationTimestamp", "diskEncryptionKey.kmsKeyName"),
    *(
        "diskEncryptionKey.sha256",
        "diskEncryptionKey.rsaEncryptedKey",
        "labels",
        "lastDetachTimestamp",
        "name",
        "region",
    ),
    *("replicaZones", "selfLink", "sizeGb", "sourceImage", "sourceSnapshot", "status", "type", "users", "zone"),
)


def _copied(key: str) -> tuple[str, ...]:
    return (
        *("creationTimestamp", f"{key}.kmsKeyName", f"{key}.sha256", f"{key}.rsaEncryptedKey", "diskSizeGb", "labels"),
        *("autoCreated", "sourceSnapshotSchedulePolicy"),
        *("name", "selfLink", "sourceDisk", "sourceImage", "sourceSnapshot", "status", "storageLocations", "family"),
    )


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_TYPE}/Instance",
        "compute",
        ("compute.instance",),
        (
            *(
                "confidentialInstanceConfig",
                "creationTimestamp",
                "disks[].source",
                "guestAccelerators",
                "labels",
                "name",
            ),
            *("machineType", "networkInterfaces[].accessConfigs[].natIP", "networkInterfaces[].accessConfigs[].type"),
            *(
                "networkInterfaces[].ipv6AccessConfigs[].externalIpv6",
                "networkInterfaces[].network",
                "selfLink",
                "zone",
            ),
            *("scheduling.provisioningModel", "scheduling.preemptible", "status"),
        ),
        _instance,
    ),
    gcp_type(f"{_TYPE}/Disk", "compute", ("storage.volume",), _DISK, _disk),
    gcp_type(f"{_TYPE}/RegionDisk", "compute", ("storage.volume",), _DISK, _disk),
    gcp_type(f"{_TYPE}/Snapshot", "compute", ("storage.snapshot",), _copied("snapshotEncryptionKey"), _snapshot),
    gcp_type(f"{_TYPE}/Image", "compute", ("storage.image",), _copied("imageEncryptionKey"), _image),
    *(
        gcp_type(
            f"{_TYPE}/{name}",
            "compute",
            ("compute.nodegroup",),
            (
                *("creationTimestamp", "deleteAtTime", "name", "selfLink", "status", "timeWindow.endTime", "zone"),
                *("specificReservation.count", "specificReservation.instanceProperties.guestAccelerators"),
                *("specificReservation.instanceProperties.machineType", "specificSkuProperties.totalCount"),
                *("specificSkuProperties.instanceProperties.guestAccelerators",),
                *("specificSkuProperties.instanceProperties.machineType",),
            ),
            _reservation,
        )
        for name in ("Reservation", "FutureReservation")
    ),
    gcp_type(
        f"{_TYPE}/InstanceGroupManager",
        "compute",
        ("compute.nodegroup",),
        ("creationTimestamp", "name", "region", "selfLink", "targetSize", "zone"),
        _template,
    ),
)
