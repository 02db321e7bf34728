"""Persistent volumes, and the classes that they are made from."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.kubernetes.nodes import REGION, ZONE, stated_place
from scanners.kubernetes.objects import Thing, k8s_type
from scanners.kubernetes.providers import volume_alias
from scanners.members import date_text, put, record, records, text, texts, word
from scanners.model import Asset, Location, LocationKind, Relation
from scanners.references import uid_of

_FILES: Final = frozenset(
    {"efs.csi.aws.com", "fsx.csi.aws.com", "file.csi.azure.com", "filestore.csi.storage.gke.io", "nfs.csi.k8s.io"}
)
_OWNERS: Final = {
    "ebs.csi.aws.com": "aws",
    "efs.csi.aws.com": "aws",
    "fsx.csi.aws.com": "aws",
    "s3.csi.aws.com": "aws",
    "disk.csi.azure.com": "azure",
    "file.csi.azure.com": "azure",
    "blob.csi.azure.com": "azure",
    "pd.csi.storage.gke.io": "gcp",
    "filestore.csi.storage.gke.io": "gcp",
    "gcsfuse.csi.storage.gke.io": "gcp",
    "dobs.csi.digitalocean.com": "digitalocean",
    "csi.hetzner.cloud": "hetzner",
    "csi.scaleway.com": "scaleway",
    "storage.csi.upcloud.com": "upcloud",
}

_ANYWHERE: Final = frozenset(
    {
        *("nfs.csi.k8s.io", "smb.csi.k8s.io", "s3.csi.aws.com", "blob.csi.azure.com", "gcsfuse.csi.storage.gke.io"),
        *("csi.juicefs.com", "ru.yandex.s3.csi", "com.nutanix.csi-files"),
    }
)
"""Drivers of what can be anywhere."""
_ALWAYS: Final = frozenset(
    {"pd.csi.storage.gke.io", "filestore.csi.storage.gke.io", "disk.csi.azure.com", "file.csi.azure.com"}
)
"""Drivers whose cloud encrypts every disk and share at rest; it cannot be switched off."""


def _volume(thing: Thing) -> Iterator[Asset | Relation]:
    document = thing.document
    driver = text(document, "spec.csi.driver")
    server = text(document, "spec.nfs.server")
    files = server is not None or driver in _FILES
    bucket = text(document, "spec.csi.volumeAttributes.bucketName")
    kind = "storage.filesystem" if files or bucket else "storage.volume"
    attributes: dict[str, Any] = {}
    stated = word(document, "spec.csi.volumeAttributes.encrypted")
    if stated in ("true", "false"):
        attributes["encrypted"] = stated == "true"
    elif driver in _ALWAYS:
        attributes["encrypted"] = True
    phase = text(document, "status.phase")
    if phase in ("Bound", "Available", "Released"):
        attributes["attached"] = phase == "Bound"
        if phase == "Bound":
            attributes["idle_since"] = None
        else:
            put(attributes, "idle_since", date_text(document, "status.lastPhaseTransitionTime"))
    asset = thing.asset(kind, _place(thing), attributes, _OWNERS.get(driver or ""))
    found = [volume_alias(driver, text(document, "spec.csi.volumeHandle"))]
    claim = text(document, "spec.claimRef.name")
    if claim:
        namespace = text(document, "spec.claimRef.namespace") or "default"
        found.append(thing.other("PersistentVolumeClaim", claim, namespace))
    asset.aliases = tuple(dict.fromkeys(a for a in found if a))
    yield asset
    for address in [f"nfs://{server}/" if server else None, f"s3://{bucket}" if bucket else None]:
        target = uid_of(address) if address else None
        if target:
            yield Relation(thing.uid, "reads", target, {"role": "mount"})


def is_elsewhere(document: Any) -> bool:
    """Whether an object is a volume that stands for a file server or a bucket: these can be anywhere, while a disk is
    where the machines are that it can be attached to."""
    if text(document, "kind") != "PersistentVolume":
        return False
    shared = record(document, "spec.nfs") or text(document, "spec.csi.volumeAttributes.bucketName")
    return shared is not None or text(document, "spec.csi.driver") in _ANYWHERE


def _place(thing: Thing) -> Location:
    """Where a volume may be mounted, by its node affinity; else where its cluster is."""
    if is_elsewhere(thing.document):
        return Location.unknown()
    declared = thing.location()
    if declared.evidence == "declared":
        return declared
    marks: dict[str, set[str]] = {}
    for term in records(thing.document, "spec.nodeAffinity.required.nodeSelectorTerms") or []:
        for expression in records(term, "matchExpressions") or []:
            key = text(expression, "key") or ""
            part = REGION[0] if key in REGION else ZONE[0] if key in ZONE or key.endswith("/zone") else None
            if part and text(expression, "operator") == "In":
                marks.setdefault(part, set()).update(texts(expression, "values") or [])
    single = {part: next(iter(values)) for part, values in marks.items() if len(values) == 1}
    if REGION[0] in single:
        return stated_place(single)
    if ZONE[0] in single and declared.region and single[ZONE[0]].lower().startswith(declared.region):
        return Location(LocationKind.ZONE, region=declared.region, zone=single[ZONE[0]].lower())
    return declared


def _snapshot(thing: Thing) -> Iterator[Asset | Relation]:
    """A snapshot that a CSI driver made or took over. Where it is kept the cluster does not say."""
    driver = text(thing.document, "spec.driver")
    source = volume_alias(driver, text(thing.document, "spec.source.volumeHandle"))
    attributes: dict[str, Any] = {}
    put(attributes, "source_uid", source)
    if driver in _ALWAYS:
        attributes["encrypted"] = True
    asset = thing.asset("storage.snapshot", Location.unknown(), attributes, _OWNERS.get(driver or ""))
    own = volume_alias(driver, text(thing.document, "status.snapshotHandle"))
    asset.aliases = (own,) if own and own.startswith(("//", "/subscriptions/")) else ()
    yield asset
    if source is not None:
        yield Relation(source, "backs_up_to", thing.uid)


def _class(thing: Thing) -> Iterator[Asset | Relation]:
    """A storage class: the key that new volumes get."""
    for name in ("kmsKeyId", "diskEncryptionSetID", "disk-encryption-kms-key", "csi.storage.k8s.io/kms-key"):
        parameters = record(thing.document, "parameters") or {}
        key = parameters.get(name)
        target = uid_of(key) if isinstance(key, str) and key.startswith(("arn:", "/subscriptions/", "//")) else None
        if name == "disk-encryption-kms-key" and isinstance(key, str) and key.startswith("projects/"):
            target = f"//cloudkms.googleapis.com/{key}"
        if target:
            yield Relation(thing.uid, "encrypted_by", target)


TYPES: tuple[DocumentType, ...] = (
    k8s_type(
        "PersistentVolume",
        ("storage.volume", "storage.filesystem"),
        (
            *(
                "spec.capacity",
                "spec.claimRef.name",
                "spec.claimRef.namespace",
                "spec.csi.driver",
                "spec.csi.volumeHandle",
            ),
            *("spec.csi.volumeAttributes.bucketName", "spec.csi.volumeAttributes.encrypted", "spec.nodeAffinity"),
            *("spec.nfs", "spec.persistentVolumeReclaimPolicy", "spec.storageClassName", "status.phase"),
            "status.lastPhaseTransitionTime",
        ),
        _volume,
    ),
    k8s_type(
        "snapshot.storage.k8s.io/VolumeSnapshotContent",
        ("storage.snapshot",),
        (
            *("spec.driver", "spec.source.volumeHandle", "spec.deletionPolicy", "status.snapshotHandle"),
            *("spec.volumeSnapshotRef.name", "spec.volumeSnapshotRef.namespace", "status.readyToUse"),
        ),
        _snapshot,
    ),
    k8s_type(
        "storage.k8s.io/StorageClass",
        (),
        (
            *("parameters.kmsKeyId", "parameters.diskEncryptionSetID", "parameters.disk-encryption-kms-key"),
            *("parameters.encrypted", "parameters.type", "provisioner", "reclaimPolicy", "allowedTopologies"),
        ),
        _class,
    ),
)
