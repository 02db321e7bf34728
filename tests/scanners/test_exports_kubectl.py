"""Lists of Kubernetes objects: recorded ones, and a made cluster with accelerators."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scanners.exports.clusternames import cluster_name
from scanners.exports.read import ImportedFile, read_exports
from scanners.exports.source import State
from scanners.model import Asset, Coverage, CoverageStatus, Evidence, Item, LocationKind, Relation, merged, problems

RECORDINGS = os.environ.get("SITUS_RECORDINGS")
recorded = pytest.mark.skipif(not RECORDINGS, reason="SITUS_RECORDINGS names no folder of recordings")


def read(path: Path, content: Any) -> tuple[list[Item], ImportedFile]:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    items: list[Item] = []
    return items, read_exports([path], items.extend)[0]


def assets(items: list[Item]) -> dict[str, Asset]:
    found: dict[str, Asset] = {}
    for item in items:
        if isinstance(item, Asset):
            found[item.uid] = merged(found[item.uid], item) if item.uid in found else item
    return found


def edges(items: list[Item]) -> set[tuple[str, str, str]]:
    return {(i.source, i.type, i.target) for i in items if isinstance(i, Relation)}


def thing(kind: str, name: str, version: str = "v1", namespace: str | None = None, **rest: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name} | ({"namespace": namespace} if namespace else {})
    metadata |= rest.pop("metadata", {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def mixed(*things: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "items": list(things), "kind": "List", "metadata": {"resourceVersion": ""}}


def node(name: str, provider_id: str, capacity: dict[str, str], **marks: str) -> dict[str, Any]:
    labels = {
        f"topology.kubernetes.io/{k}" if k in ("region", "zone") else k.replace("__", "/"): v for k, v in marks.items()
    }
    return thing(
        "Node",
        name,
        metadata={"labels": labels},
        spec={"providerID": provider_id},
        status={"capacity": capacity, "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]},
    )


POD = {
    "containers": [
        {
            "name": "main",
            "image": "registry.example/train:1",
            "resources": {"limits": {"nvidia.com/gpu": 8, "cpu": "64"}},
            "args": ["--data=s3://scans/train", "--api-key=hunter2", "--output-dir", "gs://ckpt/run1"],
            "env": [{"name": "TOKEN", "value": "t0ps3cret"}, {"name": "VAL", "value": "s3://scans-val/x"}],
            "volumeMounts": [{"name": "scratch"}],
        }
    ],
    "volumes": [{"name": "scratch", "persistentVolumeClaim": {"claimName": "scratch"}}],
}
UID = "0f0f0f0f-1111-2222-3333-444455556666"


def cluster() -> dict[str, Any]:
    return mixed(
        node(
            "g1",
            "gce://proj/europe-west4-a/g1",
            {"cpu": "96", "nvidia.com/gpu": "8"},
            region="europe-west4",
            zone="europe-west4-a",
        ),
        node("g2", "gce://proj/europe-west4-b/g2", {"cpu": "4"}, region="europe-west4", zone="europe-west4-b"),
        thing("Namespace", "kube-system", metadata={"uid": UID}),
        thing("Job", "train", "batch/v1", "ml", spec={"parallelism": 2, "template": {"metadata": {}, "spec": POD}}),
        thing("Job", "plain", "batch/v1", "ml", spec={"template": {"spec": {"containers": [{"image": "x"}]}}}),
        thing(
            "Deployment",
            "serve",
            "apps/v1",
            "web",
            spec={"replicas": 3, "template": {"metadata": {"labels": {"app": "s"}}, "spec": POD | {"volumes": []}}},
        ),
        thing(
            "Service",
            "serve",
            namespace="web",
            spec={"type": "LoadBalancer", "selector": {"app": "s"}, "ports": [{"port": 443}]},
        ),
        thing(
            "NetworkPolicy",
            "deny",
            "networking.k8s.io/v1",
            "ml",
            spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        ),
        thing(
            "PersistentVolume",
            "pv1",
            spec={
                "csi": {
                    "driver": "pd.csi.storage.gke.io",
                    "volumeHandle": "projects/proj/zones/europe-west4-a/disks/d1",
                },
                "claimRef": {"namespace": "ml", "name": "scratch"},
            },
            status={"phase": "Bound"},
        ),
        thing(
            "Pod",
            "train-abc",
            namespace="ml",
            spec=POD | {"nodeName": "g1"},
            metadata={"ownerReferences": [{"kind": "Job", "name": "train", "controller": True}]},
        ),
        thing("Secret", "s", namespace="ml", data={"password": "aHVudGVyMg=="}),
        thing("ConfigMap", "c", namespace="ml", data={"key": "configured"}),
        thing("Widget", "w", "example.com/v1"),
    )


def test_a_cluster_with_accelerators(tmp_path: Path) -> None:
    items, file = read(tmp_path / "prod.json", cluster())
    assert file.state is State.COMPLETE
    assert [w for w in file.warnings if "of kind" not in w] == []
    found = assets(items)
    assert all(problems(a.kind, a.attributes) == [] for a in found.values())
    machine = found[f"k8s://{UID}/node//g1"]
    assert (machine.provider, machine.account, machine.kind) == ("gcp", UID, "compute.instance")
    assert machine.attributes["gpu_count"] == 8
    assert machine.aliases == ("//compute.googleapis.com/projects/proj/zones/europe-west4-a/instances/g1",)
    assert (machine.location.region, machine.location.zone) == ("europe-west4", "europe-west4-a")
    assert found[f"k8s://{UID}/node//g2"].attributes["gpu_count"] == 0
    job = found[f"k8s://{UID}/job/ml/train"]
    assert job.kind == "training.job"
    assert (job.attributes["gpu_count"], job.attributes["node_count"]) == (16, 2)
    assert job.attributes["network_isolated"] is True
    assert (job.location.region, job.provider) == ("europe-west4", "gcp")
    serve = found[f"k8s://{UID}/deployment/web/serve"]
    assert (serve.kind, serve.attributes) == ("ai.endpoint", {"gpu_count": 24, "public_network": True})
    volume = found[f"k8s://{UID}/persistentvolume//pv1"]
    assert "//compute.googleapis.com/projects/proj/zones/europe-west4-a/disks/d1" in volume.aliases
    assert f"k8s://{UID}/persistentvolumeclaim/ml/scratch" in volume.aliases
    whole = found[f"k8s://{UID}"]
    assert (whole.kind, whole.attributes, whole.aliases) == ("compute.cluster", {"node_count": 2}, ("k8s://prod",))
    assert f"k8s://{UID}/job/ml/plain" not in found
    told = edges(items)
    assert (job.uid, "reads", "arn:aws:s3:::scans") in told
    assert (job.uid, "reads", "arn:aws:s3:::scans-val") in told
    assert (job.uid, "writes", "//storage.googleapis.com/ckpt") in told
    assert (job.uid, "reads", f"k8s://{UID}/persistentvolumeclaim/ml/scratch") in told
    assert (job.uid, "runs_on", machine.uid) in told
    assert (machine.uid, "member_of", whole.uid) in told


def test_nothing_of_secrets_arguments_and_variables_is_kept(tmp_path: Path) -> None:
    items, file = read(tmp_path / "prod.json", cluster())
    kept = b"".join(e.body for e in items if isinstance(e, Evidence))
    for secret in (b"hunter2", b"t0ps3cret", b"aHVudGVyMg", b"configured"):
        assert secret not in kept
    for kind in ("Secret", "ConfigMap"):
        assert any(f"1 objects of kind {kind}" in w and "prod.json" in w for w in file.warnings)


def test_what_is_not_understood_or_not_in_the_file_is_told(tmp_path: Path) -> None:
    items, _ = read(tmp_path / "prod.json", cluster())
    cells = {(c.service, c.kind, c.status) for c in items if isinstance(c, Coverage)}
    assert ("kubernetes", "*", CoverageStatus.NOT_ASKED) in cells
    assert ("controlplane", "compute.cluster", CoverageStatus.NOT_EXPORTED) in cells
    items, _ = read(tmp_path / "b-nodes.json", {"apiVersion": "v1", "kind": "NodeList", "metadata": {}, "items": []})
    cells = {(c.service, c.kind, c.status) for c in items if isinstance(c, Coverage)}
    assert ("kubernetes", "training.job", CoverageStatus.NOT_EXPORTED) in cells


def test_a_cluster_without_regions_asks_for_a_declaration(tmp_path: Path) -> None:
    items, file = read(tmp_path / "lab-nodes.json", mixed(node("n", "", {"nvidia.com/gpu": "4"})))
    assert assets(items)["k8s://lab/node//n"].location.kind is LocationKind.UNKNOWN
    assert assets(items)["k8s://lab/node//n"].provider == "kubernetes"
    assert any("declare a site" in w and "'lab'" in w for w in file.warnings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prod-nodes.json", "prod"),
        ("gpu-hall.json", "gpu-hall"),
        ("nodes.json", "kubectl"),
        ("x.zip › cluster-a/nodes.json", "cluster-a"),
        ("doks-fra1-api_v1_nodes.1.json", "doks-fra1"),
        ("apis_apps_v1_statefulsets.json", "kubectl"),
        ("my cluster.json.gz", "my-cluster"),
    ],
)
def test_the_name_of_a_file_names_the_cluster(name: str, expected: str) -> None:
    assert cluster_name(name) == expected


def lists(folder: Path, names: dict[str, str]) -> list[str]:
    """Lists of nodes and pods in these files; each node is called the same and lies in the region given."""
    found: list[str] = []
    for name, region in names.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if region:
            entry = node("n", f"aws:///{region}a/i-0123456789abcdef0", {"nvidia.com/gpu": "4"}, region=region)
        else:
            entry = thing("Pod", "p", namespace=path.parent.name, spec={"nodeName": "n", "containers": [GPU]})
        path.write_text(json.dumps(mixed(entry)), encoding="utf-8")
        found.append(name)
    return found


GPU: dict[str, Any] = {"resources": {"limits": {"nvidia.com/gpu": "1"}}}


def places(paths: list[Path], workers: int = 1) -> dict[str, str | None]:
    items: list[Item] = []
    read_exports(paths, items.extend, workers=workers)
    return {
        uid: a.location.region for uid, a in assets(items).items() if a.kind in ("compute.instance", "training.job")
    }


TWO = {"eu/nodes.json": "eu-central-1", "us/nodes.json": "us-east-1", "us/pods.json": ""}
APART = {"k8s://eu/node//n": "eu-central-1", "k8s://us/node//n": "us-east-1", "k8s://us/pod/us/p": "us-east-1"}


def test_lists_of_the_same_name_in_two_folders_are_two_clusters(tmp_path: Path) -> None:
    names = lists(tmp_path, TWO)
    assert places([tmp_path]) == APART
    assert places([tmp_path / "eu", tmp_path / "us"]) == APART
    assert places([tmp_path / name for name in names]) == APART
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        for name in names:
            archive.write(tmp_path / name, name)
    assert places([tmp_path / "both.zip"]) == APART


def test_a_folder_names_the_cluster_of_files_that_have_no_name_in_common(tmp_path: Path) -> None:
    lists(tmp_path, {"hall/nodes.json": "eu-central-1", "desk/pods.json": ""})
    found = places([tmp_path])
    assert found == {"k8s://hall/node//n": "eu-central-1", "k8s://desk/pod/desk/p": None}


def test_processes_of_their_own_know_the_clusters_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanners.exports.read._LARGE", 1)
    lists(tmp_path, TWO)
    assert places([tmp_path], 2) == APART


JOB = "k8s://kubectl/pod/d/p"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_list_of_namespaces_names_the_cluster_of_the_lists_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr("scanners.exports.read._LARGE", 1)
    lists(tmp_path / "d", {"nodes.json": "eu-central-1", "pods.json": ""})
    whole = [thing("Namespace", name, metadata={"uid": f"uid-of-{name}"}) for name in ("default", "kube-system")]
    (tmp_path / "d" / "namespaces.json").write_text(json.dumps(mixed(*whole)), encoding="utf-8")
    items: list[Item] = []
    files = read_exports([tmp_path / "d"], items.extend, workers=workers)
    assert {f.state for f in files} == {State.COMPLETE}
    found = assets(items)
    assert {a.account for a in found.values()} == {"uid-of-kube-system"}
    cluster = found["k8s://uid-of-kube-system"]
    assert (cluster.location.region, cluster.provider, cluster.aliases) == ("eu-central-1", "aws", ("k8s://kubectl",))
    job = found["k8s://uid-of-kube-system/pod/d/p"]
    assert (job.location.region, job.provider) == ("eu-central-1", "aws")


def test_a_list_of_nodes_that_stops_in_its_middle_places_nothing(tmp_path: Path) -> None:
    lists(tmp_path / "d", {"nodes.json": "eu-central-1", "pods.json": ""})
    text = (tmp_path / "d" / "nodes.json").read_text(encoding="utf-8")
    (tmp_path / "d" / "nodes.json").write_text(text[:-3], encoding="utf-8")
    assert places([tmp_path / "d"])[JOB] is None


def test_lists_of_nodes_that_contradict_one_another_place_nothing(tmp_path: Path) -> None:
    lists(tmp_path / "d", {"nodes.json": "eu-central-1", "pods.json": "", "list.json": "us-east-1"})
    assert places([tmp_path / "d"])[JOB] is None


def test_objects_in_files_of_their_own_are_of_the_cluster_whose_folder_they_are_in(tmp_path: Path) -> None:
    for hall, region, names in (("eu", "eu-central-1", ("n1", "n2")), ("us", "us-east-1", ("n1",))):
        (tmp_path / hall / "nodes").mkdir(parents=True)
        for name in names:
            document = node(name, f"aws:///{region}a/i-0123456789abcdef0", {"nvidia.com/gpu": "4"}, region=region)
            (tmp_path / hall / "nodes" / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    items: list[Item] = []
    read_exports([tmp_path], items.extend)
    found = assets(items)
    nodes = {uid: a.location.region for uid, a in found.items() if a.kind == "compute.instance"}
    assert nodes == {
        "k8s://eu/node//n1": "eu-central-1",
        "k8s://eu/node//n2": "eu-central-1",
        "k8s://us/node//n1": "us-east-1",
    }
    clusters = {uid: a for uid, a in found.items() if a.kind == "compute.cluster"}
    assert set(clusters) == {"k8s://eu", "k8s://us"}
    # One node by itself does not say where all of them are, nor how many there are.
    assert all(a.location.kind is LocationKind.UNKNOWN and a.attributes == {} for a in clusters.values())


@pytest.mark.parametrize(
    ("names", "uids"),
    [
        (["prod.json", "kube-system.json"], {"prod.json": "U"}),
        (["prod.json", "prod-kube-system.json", "desk.json"], {"prod.json": "U", "desk.json": "desk"}),
        (["prod.json", "kube-system.json", "desk.json"], {"prod.json": "prod", "desk.json": "desk"}),
        (["a/prod.json", "a/namespace.json", "b/desk.json"], {"a/prod.json": "U", "b/desk.json": "desk"}),
        (["desk.json", "prod-kube-system.json"], {"desk.json": "desk"}),
    ],
)
def test_the_namespace_by_itself_names_the_cluster_beside_it(
    tmp_path: Path, names: list[str], uids: dict[str, str]
) -> None:
    system = thing("Namespace", "kube-system", metadata={"uid": "U"})
    for name in names:
        (tmp_path / "x" / name).parent.mkdir(parents=True, exist_ok=True)
        machine = node(Path(name).stem, "aws:///eu-central-1a/i-0123456789abcdef0", {}, region="eu-central-1")
        document = mixed(machine) if name in uids else system
        (tmp_path / "x" / name).write_text(json.dumps(document), encoding="utf-8")
    items: list[Item] = []
    read_exports([tmp_path / "x"], items.extend)
    nodes = {a.name: a.account for a in assets(items).values() if a.kind == "compute.instance"}
    assert nodes == {Path(name).stem: uid for name, uid in uids.items()}


def test_one_node_by_itself_is_not_all_nodes(tmp_path: Path) -> None:
    alone = node("n1", "aws:///eu-central-1a/i-0123456789abcdef0", {}, region="eu-central-1")
    items, _ = read(tmp_path / "gpu-hall.json", alone)
    found = assets(items)
    assert found["k8s://gpu-hall/node//n1"].location.region == "eu-central-1"
    assert found["k8s://gpu-hall"].location.kind is LocationKind.UNKNOWN
    items, _ = read(tmp_path / "gpu-hall.json", mixed(alone))
    assert assets(items)["k8s://gpu-hall"].location.region == "eu-central-1"


def test_a_dump_with_a_folder_for_each_namespace_is_one_cluster(tmp_path: Path) -> None:
    lists(tmp_path, {"nodes.json": "eu-central-1", "default/pods.json": "", "kube-system/pods.json": ""})
    assert places([tmp_path]) == {
        "k8s://kubectl/node//n": "eu-central-1",
        "k8s://kubectl/pod/default/p": "eu-central-1",
        "k8s://kubectl/pod/kube-system/p": "eu-central-1",
    }
    with zipfile.ZipFile(tmp_path / "prod.zip", "w") as archive:
        for name in ("nodes.json", "default/pods.json"):
            archive.write(tmp_path / name, name)
    assert {uid.split("/")[2] for uid in places([tmp_path / "prod.zip"])} == {"prod"}


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "Node", "apiVersion": 3, "metadata": {"name": "x y"}},
        {"kind": "Node", "apiVersion": "v1", "metadata": None},
        {
            "kind": "Job",
            "apiVersion": "batch/v1",
            "metadata": {"name": "j"},
            "spec": {"template": {"spec": {"containers": 3}}},
        },
        {"kind": ["Node"], "apiVersion": "v1"},
        {"apiVersion": "v1"},
    ],
)
def test_mangled_objects_do_no_harm(tmp_path: Path, entry: dict[str, Any]) -> None:
    good = node("n", "aws:///eu-central-1a/i-0123456789abcdef0", {"nvidia.com/gpu": "4"}, region="eu-central-1")
    items, file = read(tmp_path / "c.json", mixed(good, entry))
    assert assets(items)["k8s://c/node//n"].aliases == ("aws-instance:i-0123456789abcdef0",)
    assert file.state is not State.REFUSED


@recorded
def test_recorded_lists(tmp_path: Path) -> None:
    base = Path(RECORDINGS or "") / "kubernetes"
    bodies = {f: json.loads(f.read_text(encoding="utf-8"))["body"] for f in sorted(base.glob("*/*.json"))}
    items, file = read(tmp_path / "doks-fra1-nodes.json", bodies[base / "doks-fra1" / "api_v1_nodes.1.json"])
    found = assets(items)
    assert file.warnings == []
    assert found["k8s://doks-fra1/node//helm2-cjhg1"].location.region == "fra1"
    assert found["k8s://doks-fra1/node//helm2-cjhg1"].provider == "digitalocean"
    assert found["k8s://doks-fra1/node//helm2-cjhg1"].attributes == {
        "instance_type": "s-2vcpu-4gb",
        "gpu_count": 0,
        "public_ip": True,
    }
    assert found["k8s://doks-fra1"].location.region == "fra1"
    items, _ = read(tmp_path / "vks.json", bodies[base / "gpu-evidence" / "ResourceSlice.1.json"])
    sliced = [a for a in assets(items).values() if a.kind == "compute.instance"]
    assert [a.attributes for a in sliced] == [{"gpu_count": 1, "gpu_model": "GRID A100-10C"}] * 2
    items, _ = read(tmp_path / "shift.json", bodies[base / "openshift" / "machinesets.1.json"])
    sets = [a for a in assets(items).values() if a.kind == "compute.nodegroup"]
    assert [(a.provider, a.attributes) for a in sets] == [("gcp", {"node_count": 1, "instance_type": "n1-standard-4"})]
    for file_, body in bodies.items():
        if isinstance(body, dict) and body.get("kind"):
            items, imported = read(tmp_path / file_.name, body)
            assert imported.state is State.COMPLETE, file_
            assert all(problems(a.kind, a.attributes) == [] for a in assets(items).values())
