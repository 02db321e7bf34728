"""A GPU cluster with planted problems, as its API server tells it."""

from typing import Any

from kubernetes_cluster import ClusterServer


def thing(kind: str, name: str, version: str = "v1", namespace: str | None = None, **rest: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "uid": f"uid-{kind}-{namespace}-{name}"}
    if namespace:
        metadata["namespace"] = namespace
    metadata |= rest.pop("metadata", {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def node(name: str, provider_id: str = "", labels: dict[str, str] | None = None, **capacity: str) -> dict[str, Any]:
    return thing(
        "Node",
        name,
        metadata={"labels": labels or {}, "annotations": {"secret": "hunter2"}},
        spec={"providerID": provider_id} if provider_id else {},
        status={
            "capacity": {"cpu": "96", **{k.replace("__", "/").replace("_", "."): v for k, v in capacity.items()}},
            "addresses": [{"type": "InternalIP", "address": "10.0.0.9"}],
            "nodeInfo": {"osImage": "Ubuntu", "systemUUID": ""},
        },
    )


def pod_spec(gpus: int, *arguments: str, env: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    limits = {"nvidia.com/gpu": str(gpus)} if gpus else {"cpu": "2"}
    container = {
        "name": "main",
        "image": "registry.example/train:1",
        "resources": {"limits": limits},
        "args": list(arguments),
        "env": [{"name": name, "value": value} for name, value in (env or {}).items()],
    }
    return {"containers": [container], **more}


REGION = {"topology.kubernetes.io/region": "europe-west4", "topology.kubernetes.io/zone": "europe-west4-a"}


def planted() -> ClusterServer:
    """A cluster in the Netherlands that trains on a bucket in the United States, and serves to the whole internet."""
    cluster = ClusterServer()
    h100 = REGION | {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "cloud.google.com/gke-nodepool": "h100"}
    cluster.add(
        node("gpu-1", "gce://proj/europe-west4-a/gpu-1", h100, nvidia_com__gpu="8"),
        node("gpu-2", "gce://proj/europe-west4-a/gpu-2", h100, nvidia_com__gpu="8"),
        node("mig-1", "gce://proj/europe-west4-a/mig-1", REGION | {"nvidia.com/gpu.count": "2"}, nvidia_com__mig="14"),
        node("tpu-1", "gce://proj/europe-west4-a/tpu-1", REGION, google_com__tpu="4"),
        node("cpu-1", "gce://proj/europe-west4-a/cpu-1", REGION),
        thing(
            "Job", "train", "batch/v1", "ml",
            spec={
                "parallelism": 2,
                "template": {
                    "metadata": {"labels": {"app": "train"}},
                    "spec": pod_spec(
                        8, "--data=gs://patients-us/train", "--api-key=hunter2", env={"OUT_DIR": "s3://ckpt/run"}
                    ),
                },
            },
            status={"startTime": "2026-03-01T00:00:00Z"},
        ),
        thing("Job", "plain", "batch/v1", "ml", spec={"template": {"spec": pod_spec(0, "s3://elsewhere/x")}}),
        thing(
            "PyTorchJob", "ddp", "kubeflow.org/v1", "ml",
            spec={"pytorchReplicaSpecs": {"Worker": {"replicas": 2, "template": {"spec": pod_spec(4)}}}},
        ),
        thing(
            "Deployment", "serve", "apps/v1", "web",
            spec={"replicas": 2, "template": {"metadata": {"labels": {"app": "s"}}, "spec": pod_spec(1)}},
        ),
        thing(
            "Service", "serve", namespace="web",
            spec={"type": "LoadBalancer", "selector": {"app": "s"}, "ports": [{"port": 443}]},
            status={"loadBalancer": {"ingress": [{"ip": "34.90.1.2"}]}},
        ),
        thing(
            "PersistentVolume", "pv-old",
            spec={
                "csi": {
                    "driver": "pd.csi.storage.gke.io",
                    "volumeHandle": "projects/proj/zones/europe-west4-a/disks/d1",
                },
                "claimRef": {"namespace": "ml", "name": "scratch"},
            },
            status={"phase": "Released", "lastPhaseTransitionTime": "2026-01-02T00:00:00Z"},
        ),
    )  # fmt: skip
    return cluster
