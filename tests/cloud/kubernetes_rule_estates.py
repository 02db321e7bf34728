"""Clusters as API servers tell of them: one in which all is well, and one in which rules find what they look for."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from kubernetes_cluster import UID, ClusterServer
from kubernetes_estate import node, pod_spec, thing

PLACES = {
    "eu": ("eu-central-1", "eu-central-1a"),
    "us": ("us-east-1", "us-east-1a"),
    "uk": ("eu-west-2", "eu-west-2a"),
}
SNP = {"amd.feature.node.kubernetes.io/snp": "true"}
OPENSHIFT = "config.openshift.io/v1"


BASE = """
allowed_countries = ["EEA"]
confidential_required_for = ["special_category"]
mandatory_services = ["batch"]
{head}
[tag_map.data]
personal = "personal"
health = "special_category"
anonymous = "anonymous"
public = "public"
[required_custody]
personal = "customer"
special_category = "customer"
[[classify]]
name = "results*"
role = "checkpoint"
{tables}
"""

KNOWN = [
    *(f"//storage.googleapis.com/{name}" for name in ("cohort", "results")),
    f"k8s://{UID}/persistentvolume//share",
]
RECORDS = f"""
[[ropa]]
id = "research"
resources = {json.dumps(KNOWN)}
countries = ["EEA"]
[[anonymity_assessments]]
resource = "k8s://{UID}/persistentvolume//old"
date = 2026-10-01
result = "anonymous"
"""
PASSING = (BASE.format(head="transfer_register = []", tables=RECORDS),)


def _entry(expires: str) -> str:
    """An entry of the register for one job."""
    named = f'assets = ["k8s://{UID}/job/ml/abroad"]\nexpires = {expires}\ntia_date = 2026-07-01'
    return (
        f'[[transfer_register]]\nid = "e"\nimporter = "Elsewhere"\ncountry = "US"\ntool = "scc"\n{named}\n'
        'data_classes = ["special_category"]\n'
    )


_SHARES = 'criticality_metric = "assets"\nmax_provider_share = 0.01\n'
_NONE = "ropa = []\nanonymity_assessments = []\n"
FAILING = (
    BASE.format(head=f"{_NONE}transfer_register = []", tables=""),
    BASE.format(head=_NONE, tables=_entry("2026-01-01")).replace('["EEA"]', '["EEA", "US"]'),
    BASE.format(head=_NONE + _SHARES, tables=_entry("2030-01-01")).replace('["EEA"]', '["EEA", "US"]'),
)


def place(where: str) -> dict[str, str]:
    """Labels of a node in a place."""
    region, zone = PLACES[where]
    return {"topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone}


def bucket(name: str, where: str, **labels: str) -> dict[str, Any]:
    """A bucket of Google Cloud as its asset inventory exports it."""
    region = {"eu": "europe-west4", "us": "us-east4"}[where]
    data = {"name": name, "location": region.upper(), "locationType": "region", "labels": labels}
    return {
        "name": f"//storage.googleapis.com/{name}",
        "assetType": "storage.googleapis.com/Bucket",
        "resource": {"location": region, "data": data},
    }


EXPORT = "\n".join(
    json.dumps(line)
    for line in (
        bucket("cohort", "eu", data="health"),
        bucket("results", "eu", data="health"),
        bucket("open", "eu", data="public"),
        bucket("cohort-us", "us", data="health"),
        bucket("results-us", "us", data="health"),
    )
)
"""Stores that are read beside the cluster: what its jobs read and write."""


def volume(name: str, driver: str, where: str, phase: str, since: str, **how: Any) -> dict[str, Any]:
    """A persistent volume."""
    region, zone = PLACES[where]
    attributes = {"encrypted": how["encrypted"]} if "encrypted" in how else {}
    named = (("region", region), ("zone", zone))
    terms = [{"key": f"topology.kubernetes.io/{key}", "operator": "In", "values": [value]} for key, value in named]
    spec: dict[str, Any] = {
        "csi": {"driver": driver, "volumeHandle": f"vol-{name}", "volumeAttributes": attributes},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": terms}]}},
    }
    if "nfs" in how:
        spec = {"nfs": {"server": how["nfs"], "path": "/x"}}
    return thing(
        "PersistentVolume", name, spec=spec, status={"phase": phase, "lastPhaseTransitionTime": since},
        metadata={"labels": how.get("labels", {})},
    )  # fmt: skip


def job(name: str, reads: str, writes: str, spec: dict[str, Any] | None = None, pods: int = 2) -> dict[str, Any]:
    """A training job of two pods with accelerators."""
    template = {"metadata": {"labels": {"app": name}}, "spec": spec or pod_spec(8, reads, env={"OUTPUT_DIR": writes})}
    times = {"startTime": "2026-11-01T00:00:00Z", "completionTime": "2026-11-02T00:00:00Z"}
    return thing("Job", name, "batch/v1", "ml", spec={"parallelism": pods, "template": template}, status=times)


def closed(namespace: str, app: str) -> dict[str, Any]:
    """A policy that keeps pods from opening connections to other networks."""
    inside = [{"to": [{"namespaceSelector": {}}]}]
    spec = {"podSelector": {"matchLabels": {"app": app}}, "policyTypes": ["Egress"], "egress": inside}
    return thing("NetworkPolicy", app, "networking.k8s.io/v1", namespace, spec=spec)


def control_plane(encryption: str, audit: str) -> dict[str, Any]:
    """How OpenShift's control plane is set up."""
    spec = {"encryption": {"type": encryption}, "audit": {"profile": audit}}
    return thing("APIServer", "cluster", OPENSHIFT, spec=spec)


def passing() -> ClusterServer:
    """A cluster in the Netherlands in which nothing is wrong."""
    cluster = ClusterServer()
    gpu = place("eu") | {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/cc.mode.state": "on"}
    snp = SNP | {"data": "health"}
    quiet = pod_spec(8, "gs://cohort/x", env={"OUTPUT_DIR": "gs://results/x"}, runtimeClassName="kata-cc-isolation")
    cluster.add(
        node("gpu-1", "aws:///eu-central-1a/i-0a", gpu | snp, nvidia_com__gpu="8"),
        node("cpu-1", "aws:///eu-central-1a/i-0b", place("eu")),
        job("train", "", "", quiet),
        closed("ml", "train"),
        control_plane("aescbc", "Default"),
        thing("FelixConfiguration", "default", "crd.projectcalico.org/v1", spec={"wireguardEnabled": True}),
        volume("data", "ebs.csi.aws.com", "eu", "Bound", "2026-11-01T00:00:00Z", encrypted="true",
               labels={"data": "personal", "retain-until": "2031-01-01"}),
        volume("old", "ebs.csi.aws.com", "eu", "Released", "2026-11-20T00:00:00Z", labels={"data": "anonymous"}),
        volume("share", "efs.csi.aws.com", "eu", "Bound", "2026-11-01T00:00:00Z", encrypted="true",
               labels={"data": "personal"}),
    )  # fmt: skip
    return cluster


def failing() -> ClusterServer:
    """A cluster in the United States that trains on data of patients, open on all sides."""
    cluster = ClusterServer()
    gpu = place("us") | {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/cc.mode.state": "off"}
    cluster.add(
        node("gpu-1", "aws:///us-east-1a/i-0c", gpu | {"data": "health"} | SNP, nvidia_com__gpu="8"),
        job("train", "gs://cohort/x", "gs://results-us/x"),
        job("train-far", "gs://cohort-us/x", "gs://results-us/y"),
        job("abroad", "gs://cohort/x", "gs://results-us/z"),
        control_plane("identity", "None"),
        volume("data", "ebs.csi.aws.com", "us", "Bound", "2026-11-01T00:00:00Z", encrypted="false",
               labels={"data": "personal", "retain-until": "2024-01-01"}),
        volume("old", "ebs.csi.aws.com", "us", "Released", "2025-01-01T00:00:00Z", labels={"data": "anonymous"}),
        volume("share", "efs.csi.aws.com", "us", "Bound", "2026-11-01T00:00:00Z", encrypted="false",
               labels={"data": "personal"}),
        volume("british", "ebs.csi.aws.com", "uk", "Bound", "2026-11-01T00:00:00Z", labels={"data": "personal"}),
        thing("Deployment", "serve", "apps/v1", "web",
              spec={"replicas": 1, "template": {"metadata": {"labels": {"app": "s"}},
                                                "spec": pod_spec(1, "gs://results/x")}}),
        volume("untold", "efs.csi.aws.com", "us", "Bound", "2026-11-01T00:00:00Z"),
        volume("nfs", "", "us", "Bound", "2026-11-01T00:00:00Z", nfs="files.example", labels={"data": "personal"}),
    )  # fmt: skip
    return cluster


def policy_of(copies: Sequence[Callable[[str], str]]) -> str:
    """The policy of the passing estate, for copies of it: each function renames a text for one of them."""
    records = "".join(rename(RECORDS.replace('"research"', f'"research-{UID}"')) for rename in copies)
    return BASE.format(head="transfer_register = []", tables=records)
