"""A cluster audited whole: over the command line, in the store, and together with what other scanners say of it."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from backends import Backend, main, scan
from kubernetes_cluster import TOKEN, UID, ClusterServer, kubeconfig, serving
from kubernetes_estate import node, planted
from loopback import Loopback

from app.audit import judge_scan, yardstick
from app.connections import Connection, ConnectionsError, load_connections, login_of
from app.store import Store
from scanners.kubernetes.live.permissions import render, rules
from scanners.kubernetes.live.resources import LISTINGS, operations
from scanners.live.credentials import LoginError
from scanners.model import Asset, LocationKind

POLICY = """allowed_countries = ["EEA"]
transfer_register = []
[[classify]]
name = "patients-*"
data_class = "special_category"
"""
BUCKET = {
    "name": "//storage.googleapis.com/patients-us",
    "assetType": "storage.googleapis.com/Bucket",
    "resource": {"location": "us", "data": {"name": "patients-us", "location": "US", "locationType": "multi-region"}},
}
FIRMWARE = "4c4c4544-0042-4410-8051-b4c04f4d5832"


@pytest.fixture
def estate() -> ClusterServer:
    return planted()


@pytest.fixture
def server(estate: ClusterServer) -> Iterator[Loopback]:
    with serving(estate) as running:
        yield running


@pytest.fixture
def file(server: Loopback, tmp_path: Path) -> Path:
    kubeconfig(tmp_path / "kube config", {"gpu-hall": ({"server": server.endpoint}, {"token": TOKEN})})
    path = tmp_path / "connections.toml"
    text = '[[connection]]\nname = "hall"\nprovider = "kubernetes"\nauth = "kubeconfig"\nkubeconfig = "kube config"\n'
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def connection(file: Path) -> Connection:
    [found] = load_connections(file)
    return found


@pytest.fixture
def store(backend: Backend) -> Iterator[Store]:
    with backend.open() as opened:
        yield opened


def everything(store: Store, scan_id: int) -> list[Asset]:
    """Assets as they are judged: each thing once."""
    return [asset for batch in store.estate(scan_id).assets() for _, asset in batch]


@pytest.mark.every_backend
def test_an_audit_finds_what_was_planted(
    backend: Backend, file: Path, tmp_path: Path, estate: ClusterServer, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, report = tmp_path / "policy.toml", tmp_path / "r.json"
    policy.write_text(POLICY, encoding="utf-8")
    (tmp_path / "assets.json").write_text(json.dumps(BUCKET) + "\n", encoding="utf-8")
    words = ["audit", "--connections", str(file), "--policy", str(policy), "--store", backend.place()]
    words += ["--import", str(tmp_path / "assets.json")]
    assert main([*words, "--report", str(report), "--as-of", "2026-11-29"]) == 0
    found = json.loads(report.read_text(encoding="utf-8"))
    failed = {(f["rule"], (f["asset"] or "").rpartition("/")[2]) for f in found["findings"] if f["verdict"] == "fail"}
    assert ("SIT-RET-003", "pv-old") in failed  # nobody uses the disk any more
    assert ("SIT-EXPO-006", "train") in failed  # reads health data and can reach the internet
    assert ("SIT-EXPO-004", "serve") in failed  # serves to the internet without a private way in
    machines = [a for a in found["assets"] if a["kind"] == "compute.instance"]
    assert {tuple(a["countries"]) for a in machines} == {("NL",)}
    assert TOKEN not in report.read_text(encoding="utf-8")
    assert "all read-only" in capsys.readouterr().err
    assert b"hunter2" not in backend.place.raw("s.db")


def test_denied_lists_are_in_the_report(backend: Backend, file: Path, tmp_path: Path, estate: ClusterServer) -> None:
    estate.denied.add("jobs.batch")
    report = tmp_path / "r.json"
    words = ["audit", "--connections", str(file), "--store", backend.place(), "--report", str(report)]
    assert main([*words, "--require-complete"]) == 4
    found = json.loads(report.read_text(encoding="utf-8"))
    [cell] = [c for c in found["coverage"] if c["service"] == "batch" and c["kind"] == "training.job"]
    assert (cell["status"], cell["missing_permission"]) == ("partial", "list jobs.batch")
    gaps = [f for f in found["findings"] if f["verdict"] == "not_checked" and "list jobs.batch" in json.dumps(f)]
    assert gaps


def test_a_cluster_that_does_not_answer_is_no_empty_cluster(
    backend: Backend, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kubeconfig(tmp_path / "dead", {"dead": ({"server": "http://127.0.0.1:9"}, {"token": TOKEN})})
    more = '[[connection]]\nname = "other"\nprovider = "kubernetes"\nkubeconfig = "dead"\n'
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    report = tmp_path / "r.json"
    words = ["audit", "--connections", str(file), "--store", backend.place(), "--report", str(report)]
    assert main([*words, "--require-complete"]) == 4
    [cell] = [c for c in json.loads(report.read_text(encoding="utf-8"))["coverage"] if c["connection"] == "other"]
    assert (cell["status"], cell["service"], cell["kind"]) == ("error", "*", "*")
    assert "the connection broke" in capsys.readouterr().err


def test_a_declared_site_gives_a_cluster_its_place(
    connection: Connection, store: Store, estate: ClusterServer, tmp_path: Path
) -> None:
    for found in estate.objects["", "v1", "nodes"]:
        found["metadata"]["labels"], found["spec"] = {}, {}
    bare = scan(store, [connection])
    assert {a.location.kind for a in everything(store, bare.scan.id)} == {LocationKind.UNKNOWN}
    sites = tmp_path / "sites.yaml"
    sites.write_text("sites:\n- {id: hall, name: Hall, country: SE, kubernetes: [GPU-Hall]}\n", encoding="utf-8")
    placed = scan(store, [connection], [sites])
    assert {a.location.country for a in everything(store, placed.scan.id)} == {"SE"}


def test_what_is_gone_is_gone_and_what_was_not_seen_is_not(
    connection: Connection, store: Store, estate: ClusterServer
) -> None:
    first = scan(store, [connection]).scan
    again = scan(store, [connection]).scan
    assert (again.assets, again.added, again.changed, again.gone) == (first.assets, 0, 0, 0)
    estate.objects["", "v1", "nodes"].pop(0)  # a machine whose owner is another provider than its cluster's
    estate.objects["batch", "v1", "jobs"].pop(0)
    assert scan(store, [connection]).scan.gone == 2
    estate.denied |= {"nodes", "jobs.batch"}
    denied = scan(store, [connection]).scan
    assert denied.gone == 0
    assert denied.stale >= 4


def test_a_machine_that_four_observers_see_is_one(
    connection: Connection, store: Store, estate: ClusterServer, tmp_path: Path
) -> None:
    """Kubernetes, its cloud and Azure Arc; and the same node in an exported file."""
    machine = node("gpu-1", "gce://proj/europe-west4-a/gpu-1", {}, nvidia_com__gpu="8")
    machine["status"]["nodeInfo"]["systemUUID"] = FIRMWARE.upper()
    estate.objects["", "v1", "nodes"][:] = [machine]
    cloud = {
        "name": "//compute.googleapis.com/projects/proj/zones/europe-west4-a/instances/gpu-1",
        "assetType": "compute.googleapis.com/Instance",
        "resource": {
            "location": "europe-west4-a",
            "data": {"name": "gpu-1", "machineType": "zones/europe-west4-a/machineTypes/a3-highgpu-8g"},
        },
    }
    (tmp_path / "assets.json").write_text(json.dumps(cloud) + "\n", encoding="utf-8")
    arc = {
        "id": "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/"
        "Microsoft.HybridCompute/machines/gpu-1",
        "name": "gpu-1",
        "type": "Microsoft.HybridCompute/machines",
        "location": "westeurope",
        "properties": {"vmUuid": FIRMWARE},
    }
    (tmp_path / "arm.json").write_text(json.dumps({"value": [arc]}), encoding="utf-8")
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": UID}}
    listed = {"apiVersion": "v1", "kind": "List", "items": [space, machine]}
    (tmp_path / "gpu-hall.json").write_text(json.dumps(listed), encoding="utf-8")
    done = scan(store, [connection], [tmp_path / n for n in ("assets.json", "arm.json", "gpu-hall.json")])
    [one] = [a for a in everything(store, done.scan.id) if a.kind == "compute.instance"]
    assert one.provider == "gcp"
    assert one.location.region == "europe-west4"
    assert one.attributes["gpu_count"] == 8
    assert {one.uid, *one.aliases} >= {cloud["name"], arc["id"].lower(), f"k8s://{UID}/node//gpu-1"}
    assert one.attributes["managed_by"] == "azure-arc"


@pytest.mark.parametrize(
    ("name", "content", "address"),
    [
        (
            "assets.json",
            {
                "name": "//container.googleapis.com/projects/p/locations/europe-west4/clusters/c",
                "assetType": "container.googleapis.com/Cluster",
                "resource": {"location": "europe-west4", "data": {"name": "c", "endpoint": "34.90.1.2"}},
            },
            "https://34.90.1.2",
        ),
        (
            "arm.json",
            {
                "value": [
                    {
                        "id": "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/"
                        "Microsoft.ContainerService/managedClusters/c",
                        "name": "c",
                        "type": "Microsoft.ContainerService/managedClusters",
                        "location": "westeurope",
                        "properties": {"fqdn": "c-dns-1.hcp.westeurope.azmk8s.io"},
                    }
                ]
            },
            "https://c-dns-1.hcp.westeurope.azmk8s.io:443",
        ),
    ],
)
def test_a_cluster_that_its_cloud_sees_too_is_one(
    store: Store, server: Loopback, estate: ClusterServer, tmp_path: Path, name: str, content: Any, address: str
) -> None:
    estate.hosted = address.removeprefix("https://")
    estate.objects["", "v1", "nodes"][:] = [node("n1", nvidia_com__gpu="8")]  # says nothing of its place
    config = kubeconfig(tmp_path / "config", {"ctx": ({"server": address}, {"token": TOKEN})})
    options: dict[str, Any] = {"kubeconfig": str(config)}
    connection = Connection("c", "kubernetes", "kubeconfig", endpoint=server.endpoint, options=options)
    (tmp_path / name).write_text(json.dumps(content) + "\n", encoding="utf-8")
    done = scan(store, [connection], [tmp_path / name])
    [one] = [a for a in everything(store, done.scan.id) if a.kind == "compute.cluster"]
    assert f"k8s://{UID}" in one.aliases
    assert one.location.region in ("europe-west4", "westeurope")
    assert one.attributes["node_count"] == 1


def test_the_connection_test(file: Path, estate: ClusterServer, capsys: pytest.CaptureFixture[str]) -> None:
    estate.denied |= {"pods", "pytorchjobs.kubeflow.org"}
    for reviews in (True, False):
        estate.reviews = reviews
        assert main(["connect", "--connections", str(file), "--format", "json"]) == 1
        [table] = json.loads(capsys.readouterr().out)
        states = {row["permission"]: row["state"] for row in table["permissions"]}
        assert table["accounts"] == [UID]
        assert states["list pods"] == states["list pytorchjobs.kubeflow.org"] == "denied"
        assert states["list nodes"] == states["get namespaces"] == "allowed"
        assert states["list rayjobs.ray.io"] == "unused"
    assert main(["connect", "--connections", str(file)]) == 1
    assert "situs permissions kubernetes" in capsys.readouterr().out
    estate.tokens = {"another"}
    assert main(["connect", "--connections", str(file), "--format", "json"]) == 1
    assert "login was not accepted" in json.loads(capsys.readouterr().out)[0]["failed"]


def test_what_is_granted_is_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["permissions", "kubernetes"]) == 0
    text = capsys.readouterr().out
    import yaml

    documents = list(yaml.safe_load_all(text))
    role = next(d for d in documents if d["kind"] == "ClusterRole")
    granted = {(g, r) for rule in role["rules"] for g in rule["apiGroups"] for r in rule["resources"]}
    assert granted == {(one.group, one.plural) for one in LISTINGS} | {("", "namespaces")}
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list"}
    for never in ("secrets", "configmaps", "watch", "*", "pods/log", "pods/exec"):
        assert never not in {r for _, r in granted}
    binding = next(d for d in documents if d["kind"] == "ClusterRoleBinding")
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "situs", "namespace": "situs"}]
    assert main(["permissions", "kubernetes", "--principal", "group:auditors"]) == 0
    bound = list(yaml.safe_load_all(capsys.readouterr().out))
    assert [d["kind"] for d in bound] == ["ClusterRole", "ClusterRoleBinding"]
    assert bound[1]["subjects"][0]["name"] == "auditors"
    with pytest.raises(LoginError, match="no principal of a cluster"):
        render("role", "auditors")
    for form in ("text", "terraform"):
        assert main(["permissions", "kubernetes", "--form", form]) == 0
        assert "nodes" in capsys.readouterr().out
    assert main(["permissions", "kubernetes", "--form", "cloudformation"]) == 2


def test_every_request_is_declared_and_reads_lists_only() -> None:
    for operation in operations():
        assert operation.method == "GET" or operation.path.endswith("/selfsubjectaccessreviews")
        assert "watch" not in operation.free
        assert not re.search(r"secrets|configmaps|/log|/exec|/proxy|/token", operation.path)
    assert {g for rule in rules() for g in rule["apiGroups"]} == {one.group for one in LISTINGS}


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ('regions = ["eu-west-1"]', "a cluster is read whole"),
        ('exec = "yes"', "a person agrees before a program runs"),
        ('token = "abc"', "is not a key of auth"),
    ],
)
def test_connections_that_cannot_be(file: Path, extra: str, words: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + extra + "\n", encoding="utf-8")
    with pytest.raises(ConnectionsError, match=words):
        login_of(*(lambda found: (found[0], found))(load_connections(file)))


def test_a_cluster_without_accelerators_is_judged_too(store: Store, connection: Connection, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    done = scan(store, [connection])
    info = judge_scan(store, done.scan.id, yardstick(policy, date(2026, 11, 29)), with_passes=True)
    assert any(True for _ in store.findings(info.id, verdict="pass"))
