"""Accelerators, owners and workloads of Kubernetes objects."""

from typing import Any

import pytest
from msgspec import UNSET

from scanners.documents import Origin, observe
from scanners.kubernetes import document_types, native_type
from scanners.kubernetes.accelerators import of_node, of_pod, of_slice, quantity
from scanners.kubernetes.providers import aliases_of, owner_of, volume_alias
from scanners.model import Asset, Location, LocationKind, Relation, problems

ORIGIN = Origin("test", "here", "test", account="c")


def produced(document: dict[str, Any]) -> tuple[list[Asset], set[tuple[str, str]]]:
    kind = document_types()[native_type(document["apiVersion"], document["kind"])]
    items = list(observe(document | {"cluster": {"id": "c"}}, kind, ORIGIN))
    found = [i for i in items if isinstance(i, Asset)]
    for asset in found:
        assert problems(asset.kind, asset.attributes) == []
        assert asset.kind in kind.kinds
    return found, {(i.type, i.target) for i in items if isinstance(i, Relation)}


@pytest.mark.parametrize(
    ("labels", "capacity", "expected"),
    [
        ({}, {"nvidia.com/gpu": "8"}, (8, None)),
        ({"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}, {"nvidia.com/gpu": "8"}, (8, "NVIDIA-H100-80GB-HBM3")),
        ({"nvidia.com/gpu.count": "4"}, {"nvidia.com/gpu": "16"}, (4, None)),  # time-slicing: 4 devices, 16 shares
        ({"nvidia.com/gpu.count": "2"}, {"nvidia.com/mig-1g.10gb": "14"}, (2, None)),
        ({}, {"nvidia.com/mig-1g.10gb": "14"}, (None, None)),  # partitions do not tell the devices
        ({"cloud.google.com/gke-accelerator": "nvidia-l4"}, {"cpu": "8"}, (None, "nvidia-l4")),  # plug-in not ready
        ({}, {"amd.com/gpu": "8"}, (8, None)),
        ({"cloud.google.com/gke-tpu-accelerator": "tpu-v5p-slice"}, {"google.com/tpu": "4"}, (4, "tpu-v5p-slice")),
        ({}, {"cpu": "8"}, (0, None)),
        ({}, {"cpu": "8", "rdma/hca_shared_devices": "63", "devices.kubevirt.io/kvm": "1k"}, (0, None)),
        ({}, {"cambricon.com/mlu": "8"}, (None, None)),  # accelerators of a maker that is not listed
        ({}, {"nvidia.com/GH100_H100_PCIE": "2"}, (None, None)),  # handed through to virtual machines
        ({}, {"nvidia.com/gpu": "several"}, (None, None)),
        ({}, {"maker.example/rdu": "8"}, (None, None)),  # a device of which nobody knows what it is
        ({}, {"maker.example/ATOM": "0"}, (0, None)),
        ({}, {"maker.example/neptune": "8"}, (None, None)),  # whatever words it may hold
        ({}, {"maker.example/seven-unicorns": "8"}, (None, None)),
        ({}, {"maker.example/mlxnics": "2", "maker.example/dev-tun": "1", "maker.example/efa": "32"}, (0, None)),
        ({}, {"nvidia.com/gpu": "4", "nvidia.com/mig-2g.20gb": "12"}, (None, None)),  # some whole, some cut up
        (
            {},
            dict.fromkeys(
                (
                    *("vpc.amazonaws.com/pod-eni", "smarter-devices/fuse", "sgx.intel.com/epc", "rdma/hca_shared_a"),
                    *("attachable-volumes-aws-ebs", "kubernetes.io/batch-cpu", "devices.kubevirt.io/tun", "cpu"),
                ),
                "4",
            ),
            (0, None),
        ),
        ({"feature.node.kubernetes.io/pci-1200_1e52.present": "true"}, {"cpu": "8"}, (None, None)),  # by its class
        ({"feature.node.kubernetes.io/pci-0380_1002.present": "true"}, {"cpu": "8"}, (None, None)),
        ({"feature.node.kubernetes.io/amd-gpu": "true"}, {"cpu": "8"}, (None, None)),
        ({"intel.feature.node.kubernetes.io/gaudi": "true"}, {"cpu": "8"}, (None, None)),
        ({"doks.digitalocean.com/gpu-model": "h100"}, {"cpu": "8"}, (None, "h100")),
        (
            {"eks.amazonaws.com/instance-gpu-count": "8", "eks.amazonaws.com/instance-gpu-name": "h200"},
            {"cpu": "8"},
            (8, "h200"),
        ),
        ({"karpenter.k8s.aws/instance-accelerator-count": "16"}, {"cpu": "8"}, (16, None)),
        ({"karpenter.azure.com/sku-gpu-count": "0"}, {"cpu": "8"}, (0, None)),
        ({"karpenter.azure.com/sku-gpu-count": "0"}, {"amd.com/gpu": "8"}, (8, None)),  # what is there counts
        ({"karpenter.azure.com/sku-gpu-count": "0"}, None, (0, None)),
        ({"feature.node.kubernetes.io/pci-0200_15b3.present": "true"}, {"cpu": "8"}, (0, None)),  # a network card
        ({"nvidia.com/gpu.present": "true"}, {"nvidia.com/gpu": "0"}, (None, None)),  # plug-in not ready
        ({"feature.node.kubernetes.io/pci-0302_10de.present": "true"}, {"cpu": "8"}, (None, None)),
        ({}, None, (None, None)),
    ],
)
def test_accelerators_of_a_node(labels: dict[str, str], capacity: Any, expected: tuple[int | None, str | None]) -> None:
    assert of_node({"metadata": {"labels": labels}, "status": {"capacity": capacity}}) == expected


@pytest.mark.parametrize(
    ("labels", "provider_id", "count"),
    [
        ({"node.kubernetes.io/instance-type": "p5.48xlarge"}, "aws:///eu-west-1a/i-0123456789abcdef0", None),
        ({"node.kubernetes.io/instance-type": "Standard_ND96isr_H100_v5"}, "azure:///subscriptions/s/x", None),
        ({"node.kubernetes.io/instance-type": "k3s"}, "k3s://hall-7", 0),
        ({}, None, 0),
        ({"node.kubernetes.io/instance-type": "BM.GPU.X900.8"}, "ocid1.instance.oc1.eu-frankfurt-1.abc", None),
        ({"node.kubernetes.io/instance-type": "H200-2-141G"}, "scaleway://instance/fr-par-2/x", None),
        ({"node.kubernetes.io/instance-type": "s-2vcpu-4gb"}, "digitalocean://1", 0),
        (
            {"node.kubernetes.io/instance-type": "a9-highgpu-8g", "cloud.google.com/gke-nodepool": "p"},
            "gce://p/europe-west4-a/n",
            None,
        ),
        (
            {"node.kubernetes.io/instance-type": "n1-standard-4", "cloud.google.com/gke-nodepool": "p"},
            "gce://p/europe-west4-a/n",
            0,  # GKE writes a label on every node with accelerators
        ),
    ],
)
def test_no_plug_in_is_no_proof_that_a_machine_of_a_cloud_has_no_accelerators(
    labels: dict[str, str], provider_id: str | None, count: int | None
) -> None:
    document = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": labels}}
    [machine], _ = produced(document | {"spec": {"providerID": provider_id}, "status": {"capacity": {"cpu": "8"}}})
    assert machine.attributes.get("gpu_count") == count


@pytest.mark.parametrize(
    ("region", "provider_id", "expected"),
    [
        ("eu-central-1", "aws:///us-east-1a/i-0123456789abcdef0", None),
        ("europe-west4", "gce://p/us-central1-a/n", None),
        ("europe-west4", "gce://p/europe-west4-b/n", "europe-west4"),
        ("eu-central-1", "aws:///eu-central-1b/i-0123456789abcdef0", "eu-central-1"),
        ("hall-7", "vsphere://4217", "hall-7"),
    ],
)
def test_a_label_that_the_cloud_contradicts_is_no_place(region: str, provider_id: str, expected: str | None) -> None:
    marks = {"topology.kubernetes.io/region": region}
    document = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": marks}}
    [machine], _ = produced(document | {"spec": {"providerID": provider_id}})
    assert machine.location.region == expected


def test_accelerators_of_a_pod() -> None:
    assert of_pod({"containers": [{"resources": {"limits": {"cambricon.com/mlu": "8", "memory": "1Gi"}}}]}) == 1
    gpu = {"resources": {"limits": {"nvidia.com/gpu": "2"}}}
    assert of_pod({"containers": [gpu, gpu], "initContainers": [gpu]}) == 4
    assert of_pod({"containers": [{}], "resourceClaims": [{"name": "gpu"}]}) == 1
    assert of_pod({"containers": [{"resources": {"limits": {"cpu": "2"}}}]}) == 0
    assert quantity("500m") is None
    assert quantity(True) is None


@pytest.mark.parametrize(
    ("provider_id", "owner", "aliases"),
    [
        ("aws:///eu-central-1a/i-0123456789abcdef0", "aws", ("aws-instance:i-0123456789abcdef0",)),
        (
            "aws:///use1-az4/sagemaker/cluster/hyperpod-abc-i-0123456789abcdef0",
            "aws",
            ("aws-instance:i-0123456789abcdef0",),
        ),
        ("gce://p/europe-west4-a/n", "gcp", ("//compute.googleapis.com/projects/p/zones/europe-west4-a/instances/n",)),
        (
            "azure:///subscriptions/S/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/VM",
            "azure",
            ("/subscriptions/s/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm",),
        ),
        ("digitalocean://297829090", "digitalocean", ("digitalocean-droplet:297829090",)),
        ("eks-hybrid:///eu-west-1/c/n", "on_prem", ()),
        ("baremetal://10.0.0.2", "on_prem", ()),
        ("moc://kva-4711", "on_prem", ()),
        ("openstack:///6f0f", None, ()),
        ("", None, ()),
        ("k3s://n", None, ()),
    ],
)
def test_whose_machine_a_node_is(provider_id: str, owner: str | None, aliases: tuple[str, ...]) -> None:
    assert owner_of(provider_id) == owner
    assert aliases_of(provider_id) == aliases


def test_labels_of_one_provider_tell_the_owner_too() -> None:
    assert owner_of(None, {"eks.amazonaws.com/nodegroup": "g"}) == "aws"
    assert owner_of(None, {"kubernetes.io/os": "linux"}) is None


@pytest.mark.parametrize("label", ["cloud.google.com/gke-nodepool", "kubernetes.azure.com/mode"])
def test_what_a_cloud_sells_for_other_halls_does_not_make_them_the_clouds(label: str) -> None:
    assert owner_of("baremetal://10.0.0.2", {label: "x"}) == "on_prem"
    assert owner_of("newhall://10.0.0.2", {label: "x"}) is None
    assert owner_of("newhall://x", {"node.coreweave.cloud/class": "gpu"}) == "coreweave"


def test_a_local_zone_in_a_provider_id_is_a_place() -> None:
    document = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}
    [machine], _ = produced(document | {"spec": {"providerID": "aws:///us-east-1-bue-1a/i-0123456789abcdef0"}})
    assert machine.location == Location(LocationKind.EDGE, region="us-east-1", zone="us-east-1-bue-1a")


@pytest.mark.parametrize(
    ("driver", "attributes", "expected"),
    [
        ("gaudi.intel.com", {"model": {"string": "Gaudi3"}}, (2, "Gaudi3")),
        ("npu.maker.example", {"type": {"string": "npu"}}, (2, None)),
        ("gpu.nvidia.com", {"type": {"string": "gpu"}, "productName": {"string": "NVIDIA B200"}}, (2, "NVIDIA B200")),
        ("gpu.nvidia.com", {"type": {"string": "mig"}}, (0, None)),
        ("compute-domain.nvidia.com", {"type": {"string": "daemon"}}, (0, None)),
        ("dra.cpu", {}, (0, None)),
    ],
)
def test_devices_of_drivers(driver: str, attributes: dict[str, Any], expected: tuple[int, str | None]) -> None:
    devices = [{"name": "a", "attributes": attributes}, {"name": "b", "basic": {"attributes": attributes}}]
    assert of_slice({"spec": {"driver": driver, "devices": devices}}) == expected


def test_volumes_of_clouds_have_the_clouds_names() -> None:
    assert volume_alias("ebs.csi.aws.com", "vol-1") == "aws-volume:vol-1"
    assert volume_alias("efs.csi.aws.com", "fs-1::fsap-2") == "aws-filesystem:fs-1"
    assert volume_alias("disk.csi.azure.com", "/subscriptions/S/x") == "/subscriptions/s/x"
    assert volume_alias("other.example", "x") is None


def pod(resources: dict[str, str], owner: str = "") -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": "p-0", "namespace": "ml", "labels": {"a": "b"}}
    if owner:
        metadata["ownerReferences"] = [{"kind": owner, "name": "run-7", "controller": True}]
    container = {"resources": {"limits": resources}, "args": ["--data", "s3://patients"]}
    spec = {"nodeName": "n", "containers": [container]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def test_a_pod_with_devices_that_nobody_knows_is_a_job_with_nobody_knows_how_many_accelerators() -> None:
    [job], told = produced(pod({"maker.example/rdu": "8", "cpu": "4"}))
    assert (job.uid, job.kind, "gpu_count" in job.attributes) == ("k8s://c/pod/ml/p-0", "training.job", False)
    assert ("runs_on", "k8s://c/node//n") in told
    assert produced(pod({"devices.kubevirt.io/kvm": "1", "cpu": "4"})) == ([], set())
    [known], _ = produced(pod({"maker.example/rdu": "8", "nvidia.com/gpu": "2"}))
    assert known.attributes["gpu_count"] == 2


def test_a_claim_does_not_say_how_many_devices_it_is_for() -> None:
    document = pod({"cpu": "4"})
    document["spec"]["resourceClaims"] = [{"name": "devices", "resourceClaimTemplateName": "eight-of-them"}]
    [job], _ = produced(document)
    assert (job.kind, "gpu_count" in job.attributes, job.attributes["node_count"]) == ("training.job", False, 1)


def test_what_is_not_read_itself_is_told_by_its_pods() -> None:
    [job], told = produced(pod({"nvidia.com/gpu": "8"}, "WorkloadOfAVendor"))
    assert (job.uid, job.kind, job.name) == ("k8s://c/workloadofavendor/ml/run-7", "training.job", "ml/run-7")
    assert (job.attributes, job.tags) == ({}, UNSET)
    assert {("runs_on", "k8s://c/node//n"), ("reads", "arn:aws:s3:::patients")} <= told
    assert produced(pod({"nvidia.com/gpu": "8"}, "Job")) == ([], {("runs_on", "k8s://c/node//n")})
    assert produced(pod({"cpu": "8"}, "WorkloadOfAVendor")) == ([], set())


TEMPLATE = {
    "spec": {
        "containers": [
            {
                "resources": {"limits": {"nvidia.com/gpu": 4}},
                "args": ["--ckpt-dir=s3://ckpt", "--data-path", "abfss://c@acct.dfs.core.windows.net/d"],
            }
        ]
    }
}


@pytest.mark.parametrize(
    ("version", "kind", "spec", "nodes", "gpus"),
    [
        (
            "kubeflow.org/v1",
            "PyTorchJob",
            {
                "pytorchReplicaSpecs": {
                    "Master": {"replicas": 1, "template": TEMPLATE},
                    "Worker": {"replicas": 3, "template": TEMPLATE},
                }
            },
            4,
            16,
        ),
        (
            "kubeflow.org/v2beta1",
            "MPIJob",
            {"mpiReplicaSpecs": {"Worker": {"replicas": 2, "template": TEMPLATE}}},
            2,
            8,
        ),
        (
            "jobset.x-k8s.io/v1alpha2",
            "JobSet",
            {"replicatedJobs": [{"replicas": 2, "template": {"spec": {"parallelism": 4, "template": TEMPLATE}}}]},
            8,
            32,
        ),
        ("batch.volcano.sh/v1alpha1", "Job", {"tasks": [{"replicas": 2, "template": TEMPLATE}]}, 2, 8),
        (
            "ray.io/v1",
            "RayJob",
            {
                "rayClusterSpec": {
                    "headGroupSpec": {"template": {"spec": {"containers": []}}},
                    "workerGroupSpecs": [{"replicas": 2, "template": TEMPLATE}],
                }
            },
            3,
            8,
        ),
    ],
)
def test_training_operators(version: str, kind: str, spec: dict[str, Any], nodes: int, gpus: int) -> None:
    document = {"apiVersion": version, "kind": kind, "metadata": {"name": "j", "namespace": "ml"}, "spec": spec}
    found, told = produced(document)
    assert [a.kind for a in found] == ["training.job"]
    assert (found[0].attributes["node_count"], found[0].attributes["gpu_count"]) == (nodes, gpus)
    assert ("writes", "arn:aws:s3:::ckpt") in told
    assert ("reads", "azure-storage:acct") in told


def test_a_train_job_reads_its_dataset_and_starts_from_its_model() -> None:
    document = {
        "apiVersion": "trainer.kubeflow.org/v1alpha1",
        "kind": "TrainJob",
        "metadata": {"name": "j", "namespace": "ml"},
        "spec": {
            "trainer": {"numNodes": 4, "resourcesPerNode": {"limits": {"nvidia.com/gpu": 8}}},
            "initializer": {"dataset": {"storageUri": "s3://scans/x"}, "model": {"storageUri": "hf://org/model"}},
        },
    }
    found, told = produced(document)
    assert found[0].attributes["gpu_count"] == 32
    assert ("reads", "arn:aws:s3:::scans") in told
    assert any(type_ == "trained_from" for type_, _ in told)


def test_finished_and_running_jobs() -> None:
    job: dict[str, Any] = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "j", "namespace": "ml"},
        "spec": {"template": TEMPLATE},
        "status": {"startTime": "2026-03-01T00:00:00Z", "completionTime": "2026-03-02T00:00:00Z"},
    }
    found, _ = produced(job)
    assert found[0].attributes["ended_at"] == "2026-03-02T00:00:00Z"
    del job["status"]["completionTime"]
    found, _ = produced(job)
    assert found[0].attributes["ended_at"] is None
    del job["status"]
    found, _ = produced(job)
    assert "ended_at" not in found[0].attributes
