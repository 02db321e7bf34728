"""The leased GPU cluster in Helsinki and the small one that serves a hospital in London, as `kubectl get -A -o json` lists."""

from collections.abc import Iterator
from typing import Any, Final

from identity import Document, Scan, identifier, moment

STUDIES: Final = {"data-class": "pseudonymised", "ropa-id": "vvt-02"}
CLUSTER_UIDS: Final = {
    "imaging-hel": "7f0c5f2e-7a54-4c52-8a6e-0d7a7fd1c001",
    "reading-lon": "7f0c5f2e-7a54-4c52-8a6e-0d7a7fd1c002",
}


def _when(name: str) -> str:
    return moment(f"k8s/{name}").strftime("%Y-%m-%dT%H:%M:%SZ")


def _thing(kind: str, version: str, name: str, namespace: str | None, labels: dict[str, str], **parts: Any) -> Document:
    metadata: Document = {
        "name": name,
        "uid": identifier(f"k8s/{kind}/{namespace}/{name}"),
        "creationTimestamp": _when(f"{kind}/{name}"),
        "labels": labels,
    }
    if namespace is not None:
        metadata["namespace"] = namespace
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **parts}


def _node(name: str, region: str, plan: str, gpus: tuple[str, int] | None) -> Document:
    labels = {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": plan,
        "topology.kubernetes.io/region": region,
    }
    capacity = {"cpu": "96", "memory": "1056464Ki", "pods": "110"}
    if gpus is not None:
        labels |= {"nvidia.com/gpu.product": gpus[0], "nvidia.com/gpu.count": str(gpus[1])}
        capacity["nvidia.com/gpu"] = str(gpus[1])
    spec = {"providerID": f"upcloud:////{identifier(f'node/{name}')}"}
    status = {
        "capacity": capacity,
        "allocatable": capacity,
        "addresses": [{"type": "InternalIP", "address": "10.20.0.11"}, {"type": "Hostname", "address": name}],
        "nodeInfo": {"osImage": "Ubuntu 24.04 LTS", "kubeletVersion": "v1.33.4"},
    }
    return _thing("Node", "v1", name, None, labels, spec=spec, status=status)


def _namespaces(cluster: str, *names: str) -> Iterator[Document]:
    for name in ("kube-system", *names):
        found = _thing("Namespace", "v1", name, None, {"kubernetes.io/metadata.name": name})
        if name == "kube-system":
            found["metadata"]["uid"] = CLUSTER_UIDS[cluster]
        yield found


def _pod(image: str, gpus: int, arguments: list[str]) -> Document:
    resources = {"limits": {"nvidia.com/gpu": str(gpus)}, "requests": {"nvidia.com/gpu": str(gpus)}}
    container = {"name": "main", "image": image, "args": arguments, "resources": resources}
    return {"containers": [container], "restartPolicy": "Never"}


def _job(name: str, reads: str, writes: str, *, pods: int = 2, running: bool = False) -> Document:
    arguments = [f"--train-data={reads}", f"--checkpoint-dir={writes}", "--epochs=30"]
    pod = {
        "metadata": {"labels": {"job-name": name}},
        "spec": _pod("registry.lumenar-imaging.example/train:4", 8, arguments),
    }
    status: Document = {"startTime": "2026-10-05T06:00:00Z"}
    if running:
        status["active"] = pods
    else:
        status |= {
            "completionTime": "2026-10-07T18:00:00Z",
            "succeeded": pods,
            "conditions": [{"type": "Complete", "status": "True", "lastTransitionTime": "2026-10-07T18:00:00Z"}],
        }
    spec = {"parallelism": pods, "completions": pods, "template": pod}
    return _thing("Job", "batch/v1", name, "training", STUDIES, spec=spec, status=status)


def _volume(
    name: str, region: str, claim: str, namespace: str, labels: dict[str, str], phase: str = "Bound"
) -> Document:
    terms = [{"matchExpressions": [{"key": "topology.kubernetes.io/region", "operator": "In", "values": [region]}]}]
    spec = {
        "capacity": {"storage": "2Ti"},
        "accessModes": ["ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": "Delete",
        "storageClassName": "upcloud-block-storage-maxiops",
        "claimRef": {"kind": "PersistentVolumeClaim", "namespace": namespace, "name": claim},
        "csi": {"driver": "storage.csi.upcloud.com", "volumeHandle": identifier(f"volume/{name}")},
        "nodeAffinity": {"required": {"nodeSelectorTerms": terms}},
    }
    return _thing("PersistentVolume", "v1", name, None, labels, spec=spec, status={"phase": phase})


def _serving(name: str, namespace: str, weights: str) -> Document:
    container = {
        "name": "server",
        "image": "registry.lumenar-imaging.example/serve:9",
        "args": [f"--model={weights}"],
        "resources": {"limits": {"nvidia.com/gpu": "1"}},
    }
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template}
    return _thing("Deployment", "apps/v1", name, namespace, STUDIES | {"app": name}, spec=spec)


def _service(name: str, namespace: str) -> Document:
    spec = {"type": "ClusterIP", "selector": {"app": name}, "ports": [{"port": 443}]}
    return _thing("Service", "v1", name, namespace, {}, spec=spec)


def helsinki(scan: Scan) -> Iterator[Document]:
    """The leased cluster: eight machines with H100 accelerators."""
    cluster, region = "imaging-hel", "fi-hel2"
    yield from _namespaces(cluster, "training", "serving")
    for number in range(1, 9 if scan.second else 7):
        yield _node(f"hel-h100-{number}", region, "GPU-32xCPU-384GB-8xH100", ("NVIDIA-H100-80GB-HBM3", 8))
    for number in (1, 2, 3):
        yield _node(f"hel-system-{number}", region, "8xCPU-32GB", None)
    yield _job(
        "chest-foundation", "s3://lumenar-studies-ct/chest/", "s3://lumenar-checkpoints-segmentation/chest/", pods=6
    )
    yield _job(
        "brain-mr-encoder", "s3://lumenar-studies-mr/brain/", "s3://lumenar-checkpoints-detection/brain/", pods=4
    )
    yield _job("mammo-triage", "s3://lumenar-studies-mammo/", "s3://lumenar-checkpoints-triage/mammo/", pods=2)
    yield _job(
        "xray-report", "s3://lumenar-studies-xray/", "s3://lumenar-checkpoints-report-drafting/xray/", running=True
    )
    yield _job("cardiac-overflow", "s3://lumenar-studies-mr/cardiac/", "s3://lumenar-checkpoints-overflow/cardiac/")
    for number in range(1, 7):
        yield _volume(f"pvc-scratch-{number}", region, f"scratch-{number}", "training", STUDIES)
    yield _serving("triage-preview", "serving", "s3://lumenar-models-triage/v4/")
    yield _service("triage-preview", "serving")


def london(scan: Scan) -> Iterator[Document]:
    """The reading room of a hospital in London: models come from Frankfurt, studies stay in the hospital."""
    cluster, region = "reading-lon", "uk-lon1"
    yield from _namespaces(cluster, "reading-room")
    for number in (1, 2):
        yield _node(f"lon-l4-{number}", region, "GPU-8xCPU-64GB-1xL4", ("NVIDIA-L4", 1))
    yield _serving("lung-reading", "reading-room", "s3://lumenar-models-detection/v4/")
    yield _service("lung-reading", "reading-room")
