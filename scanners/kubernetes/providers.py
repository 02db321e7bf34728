"""Whose machine a node is: the `providerID` that the cloud's controller writes on it."""

import re
from collections.abc import Mapping
from typing import Final

from scanners.model import Location, LocationKind

_GCE: Final = re.compile(r"^gce://([^/]+)/([^/]+)/([^/]+)$")
_AWS: Final = re.compile(r"^aws:///[^/]*/(?:sagemaker/.*-)?(i-[0-9a-f]{8,17})$")
_AWS_ZONE: Final = re.compile(
    r"^aws:///(([a-z]{2,4}(?:-[a-z]+){1,3}-\d)(?:[a-z]|-[a-z0-9]+(?:-[a-z0-9]+)*-\d[a-z]))/i-[0-9a-f]{8,17}$"
)
_AZURE: Final = re.compile(r"^azure://(/subscriptions/.+)$", re.IGNORECASE)
_OWNERS: Final = {
    "aws": "aws",
    "azure": "azure",
    "gce": "gcp",
    "oci": "oci",
    "ocid1.instance": "oci",
    "ibm": "ibm",
    "ibmcloud": "ibm",
    "hcloud": "hetzner",
    "hetzner": "hetzner",
    "scaleway": "scaleway",
    "upcloud": "upcloud",
    "coreweave": "coreweave",
    "nebius": "nebius",
    "lambda": "lambda",
    "alicloud": "alibaba",
    "digitalocean": "digitalocean",
    "linode": "linode",
    "vultr": "vultr",
    "exoscale": "exoscale",
    "vsphere": "on_prem",
    "metal3": "on_prem",
    "baremetalhost": "on_prem",
    "nutanix": "on_prem",
    "proxmox": "on_prem",
    "tinkerbell": "on_prem",
    "baremetal": "on_prem",
    "moc": "on_prem",
    "eks-hybrid": "on_prem",
}
_SOLD_ELSEWHERE: Final = (
    ("eks.amazonaws.com/", "aws"),
    ("cloud.google.com/gke-", "gcp"),
    ("kubernetes.azure.com/", "azure"),
)
"""Labels of clouds that also sell their Kubernetes for other people's halls, where it writes the same labels."""
_HINTS: Final = (
    ("doks.digitalocean.com/", "digitalocean"),
    ("k8s.scaleway.com/", "scaleway"),
    ("node.coreweave.cloud/", "coreweave"),
)


def owner_of(provider_id: str | None, marks: Mapping[str, str] | None = None) -> str | None:
    """The provider of a node: from its `providerID`, else from labels that only one provider writes; else None.

    OpenStack is none of them: many providers run it, and only a declaration can say which.
    """
    scheme = (provider_id or "").partition("://")[0].lower()
    if scheme.startswith("ocid1.instance"):
        return "oci"
    found = _OWNERS.get(scheme)
    if found:
        return found
    for prefix, owner in _HINTS if scheme else (*_SOLD_ELSEWHERE, *_HINTS):
        if any(name.startswith(prefix) for name in marks or ()):
            return owner
    return None


def aliases_of(provider_id: str | None) -> tuple[str, ...]:
    """What the cloud calls the same machine.

    An ARN needs the account, which a node does not tell: for AWS an alias stands in that EC2 instances carry as well.
    """
    stated = provider_id or ""
    if gce := _GCE.match(stated):
        return (f"//compute.googleapis.com/projects/{gce[1]}/zones/{gce[2]}/instances/{gce[3]}",)
    if aws := _AWS.match(stated):
        return (f"aws-instance:{aws[1]}",)
    if azure := _AZURE.match(stated):
        return (azure[1].rstrip("/").lower(),)
    if stated.startswith("digitalocean://"):
        return (f"digitalocean-droplet:{stated.removeprefix('digitalocean://')}",)
    return ()


def place_of(provider_id: str | None) -> Location:
    """The place that a `providerID` states: Google and AWS write the zone into it; unknown for the others."""
    stated = provider_id or ""
    if aws := _AWS_ZONE.match(stated):
        edge = len(aws[1]) > len(aws[2]) + 1
        return Location(LocationKind.EDGE if edge else LocationKind.ZONE, region=aws[2], zone=aws[1])
    zone = gce[2].lower() if (gce := _GCE.match(stated)) else ""
    region = zone.rpartition("-")[0]
    if "-" not in region:
        return Location.unknown()
    return Location(LocationKind.ZONE, region=region, zone=zone)


def volume_alias(driver: str | None, handle: str | None) -> str | None:
    """What the cloud calls the disk or file system behind a CSI volume; None where that cannot be told."""
    if not driver or not handle or len(handle) > 1024:
        return None
    if driver == "pd.csi.storage.gke.io" and handle.startswith("projects/"):
        return f"//compute.googleapis.com/{handle}"
    if driver == "filestore.csi.storage.gke.io" and handle.count("/") >= 3:
        _, zone, instance = handle.split("/")[:3]
        return f"filestore-instance:{zone}/{instance}"
    if driver == "gcsfuse.csi.storage.gke.io":
        return f"//storage.googleapis.com/{handle.split('/')[0]}"
    if driver == "ebs.csi.aws.com" and handle.startswith("vol-"):
        return f"aws-volume:{handle}"
    if driver in ("efs.csi.aws.com", "fsx.csi.aws.com") and handle.startswith("fs-"):
        return f"aws-filesystem:{handle.split(':')[0]}"
    if driver in ("disk.csi.azure.com", "file.csi.azure.com") and handle.lower().startswith("/subscriptions/"):
        return handle.lower()
    return None
