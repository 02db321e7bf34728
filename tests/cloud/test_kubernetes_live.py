"""A simulated cluster read live: what is found, and what each gap becomes in the coverage."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kubernetes_cluster import TOKEN, UID, ClusterServer, kubeconfig, serving
from kubernetes_estate import node, planted, pod_spec, thing
from loopback import Asked, Loopback, Reply, loopback

from scanners.guard import CallLog
from scanners.kubernetes.live.login import Login
from scanners.kubernetes.live.scan import scan
from scanners.live.collect import Scanned
from scanners.live.credentials import LoginError, Network
from scanners.model import Asset, Coverage, Evidence, Item, Location, LocationKind, Relation, merged, problems

HASTY = Network(attempts=2, connect_timeout=2, read_timeout=2, longest_wait=1)


@dataclass
class Found:
    """What a scan gave."""

    scanned: Scanned
    log: CallLog
    items: list[Item] = field(default_factory=list[Item])

    @property
    def assets(self) -> dict[str, Asset]:
        found: dict[str, Asset] = {}
        for item in self.items:
            if isinstance(item, Asset):
                key = item.uid.removeprefix(f"k8s://{item.account}") or "/"
                found[key] = merged(found[key], item) if key in found else item
        return found

    @property
    def edges(self) -> set[tuple[str, str, str]]:
        edges = (i for i in self.items if isinstance(i, Relation))
        return {(e.source.split("/", 3)[-1], e.type, e.target) for e in edges}

    def cell(self, service: str, kind: str = "*") -> Coverage:
        [cell] = [c for c in self.scanned.cells if c.service == service and c.kind == kind]
        return cell


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Path]:
    def write(*servers: str, user: dict[str, Any] | None = None) -> Path:
        token = {"token": TOKEN} if user is None else user
        contexts = {f"ctx-{n}" if n else "gpu-hall": ({"server": s}, token) for n, s in enumerate(servers)}
        return kubeconfig(tmp_path / "config", contexts)

    return write


def read(path: Path, network: Network = HASTY, **more: Any) -> Found:
    items: list[Item] = []
    log = CallLog()
    login = Login("hall", path, **{k: more.pop(k) for k in ("contexts", "accounts", "endpoint", "exec") if k in more})
    return Found(scan(login, items.extend, log, network=network, **more), log, items)


@pytest.fixture
def estate() -> ClusterServer:
    return planted()


@pytest.fixture
def server(estate: ClusterServer) -> Iterator[Loopback]:
    with serving(estate) as running:
        yield running


@pytest.mark.parametrize("aggregated", [True, False])
def test_the_planted_cluster(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path], aggregated: bool
) -> None:
    estate.aggregated = aggregated
    found = read(config(server.endpoint))
    assets = found.assets
    for asset in assets.values():
        assert problems(asset.kind, asset.attributes) == []
    assert found.scanned.accounts == (UID,)
    assert {k: v.attributes["gpu_count"] for k, v in assets.items() if k.startswith("/node//")} == {
        "/node//gpu-1": 8,
        "/node//gpu-2": 8,
        "/node//mig-1": 2,
        "/node//tpu-1": 4,
        "/node//cpu-1": 0,
    }
    first = assets["/node//gpu-1"]
    assert first.attributes["gpu_model"] == "NVIDIA-H100-80GB-HBM3"
    assert (first.provider, first.location.region, first.location.zone) == ("gcp", "europe-west4", "europe-west4-a")
    assert first.aliases == ("//compute.googleapis.com/projects/proj/zones/europe-west4-a/instances/gpu-1",)
    assert assets["/nodepool//h100"].attributes == {"node_count": 2}
    job = assets["/job/ml/train"]
    assert (job.attributes["gpu_count"], job.attributes["network_isolated"]) == (16, False)
    assert ("job/ml/train", "reads", "//storage.googleapis.com/patients-us") in found.edges
    assert ("job/ml/train", "writes", "arn:aws:s3:::ckpt") in found.edges
    assert assets["/pytorchjob/ml/ddp"].attributes["gpu_count"] == 8
    assert "/job/ml/plain" not in assets
    served = assets["/deployment/web/serve"].attributes
    assert (served["public_network"], served["private_endpoint"]) == (True, False)
    volume = assets["/persistentvolume//pv-old"].attributes
    assert (volume["attached"], volume["idle_since"]) == (False, "2026-01-02T00:00:00Z")
    whole = assets["/"]
    assert (whole.kind, whole.name, whole.location.region) == ("compute.cluster", "gpu-hall", "europe-west4")
    assert {a.location.region for a in assets.values()} == {"europe-west4"}


def test_nothing_secret_is_kept_and_nothing_secret_is_asked(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path]
) -> None:
    found = read(config(server.endpoint))
    text = repr(found.items) + "".join(i.body.decode() for i in found.items if isinstance(i, Evidence))
    for word in ("hunter2", TOKEN):
        assert word not in text
    assert not [path for path in estate.asked if "secret" in path or "configmap" in path]
    told = {i.digest for i in found.items if isinstance(i, Evidence)}
    assert found.assets["/"].evidence
    assert {digest for a in found.assets.values() for digest in a.evidence} <= told


def test_what_is_not_there_is_proven_by_discovery(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path]
) -> None:
    found = read(config(server.endpoint))
    assert found.cell("ray.io", "training.job").status == "empty"
    assert found.cell("kubeflow.org", "training.job").status == "collected"
    assert not [path for path in estate.asked if "ray.io" in path]
    assert found.cell("controlplane", "compute.cluster").status == "unsupported"


def test_a_refusal_names_verb_and_resource(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path]
) -> None:
    estate.denied |= {"nodes", "pytorchjobs.kubeflow.org", "services"}
    found = read(config(server.endpoint))
    cell = found.cell("core", "compute.instance")
    assert (cell.status, cell.denied_by, cell.missing_permission) == ("denied", "rbac", "list nodes")
    jobs = found.cell("kubeflow.org", "training.job")
    assert (jobs.status, jobs.missing_permission) == ("partial", "list pytorchjobs.kubeflow.org")
    ways = found.cell("core", "ai.endpoint")
    assert (ways.status, ways.missing_permission) == ("denied", "list services")
    whole = found.assets["/"]
    assert "node_count" not in whole.attributes
    assert whole.location.kind is LocationKind.UNKNOWN
    assert "public_network" not in found.assets["/deployment/web/serve"].attributes


@pytest.mark.parametrize("how", ["refused", "away", "nonsense"])
def test_without_discovery_nothing_is_called_empty(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path], how: str
) -> None:
    if how == "refused":
        estate.denied |= {"/api", "/apis"}
    elif how == "away":
        estate.missing |= {"/api", "/apis"}
    else:
        plain = estate.__class__.__call__

        class Odd(ClusterServer):
            def __call__(self, asked: Asked) -> Reply:
                return Reply({"hello": 1}) if asked.host + asked.path in ("api/", "apis/") else plain(estate, asked)

        server.answer = Odd()
    found = read(config(server.endpoint))
    assert found.cell("core", "compute.instance").status == "collected"
    assert found.cell("batch", "training.job").status == "collected"
    assert found.assets["/pytorchjob/ml/ddp"].attributes["gpu_count"] == 8  # found by asking all the same
    missing = found.cell("ray.io", "training.job")
    assert missing.status == ("denied" if how == "refused" else "error")
    assert found.cell("kubeflow.org", "training.job").status == "partial"  # its other lists: nobody knows


def test_a_group_whose_server_was_away_is_not_empty(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path]
) -> None:
    estate.serve("ray.io", "v1", "RayJob")
    estate.stale.add("ray.io")
    estate.missing.add("/apis/ray.io/v1/rayclusters")
    found = read(config(server.endpoint))
    assert found.cell("ray.io", "compute.cluster").status == "error"


def test_a_list_that_a_group_does_not_have_is_looked_up(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path]
) -> None:
    estate.aggregated = False
    found = read(config(server.endpoint))
    assert found.cell("kubeflow.org", "training.notebook").status == "empty"
    assert estate.asked["/apis/kubeflow.org/v1"] >= 1


def test_pages_and_a_list_that_is_forgotten_on_the_way(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path]
) -> None:
    estate.largest, estate.forgotten = 2, 1
    found = read(config(server.endpoint))
    nodes = [i for i in found.items if isinstance(i, Asset) and "/node//" in i.uid]
    assert len(nodes) == 5  # none twice, though the list was begun again
    assert found.cell("core", "compute.instance").status == "collected"
    assert found.cell("core", "compute.instance").count == 5
    estate.forgotten = 1000
    cell = read(config(server.endpoint)).cell("core", "compute.instance")
    assert cell.status == "partial"
    assert "kept changing" in str(cell.detail)


def test_names_of_clusters(estate: ClusterServer, server: Loopback, config: Callable[..., Path]) -> None:
    estate.denied.add("namespaces")
    found = read(config(server.endpoint))
    [account] = found.scanned.accounts
    assert account.startswith("address-")
    cell = found.cell("cluster", "compute.cluster")
    assert (cell.status, cell.denied_by, cell.missing_permission) == ("partial", "rbac", "get namespaces")
    assert "named after its address" in str(cell.detail)
    assert read(config(server.endpoint)).scanned.accounts == (account,)


def test_the_name_is_found_in_the_list_of_namespaces_too(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path]
) -> None:
    estate.uid = None
    estate.add(thing("Namespace", "kube-system", metadata={"uid": "abc-1"}))
    assert read(config(server.endpoint)).scanned.accounts == ("abc-1",)


def test_several_contexts(estate: ClusterServer, server: Loopback, config: Callable[..., Path], tmp_path: Path) -> None:
    other = ClusterServer(uid="other-uid")
    other.add(node("n1"))
    with serving(other) as second:
        path = config(server.endpoint, second.endpoint, "http://127.0.0.1:9", server.endpoint)
        found = read(path)
        assert found.scanned.accounts == (UID, "other-uid")  # the fourth leads to the first again
        [dead] = [c for c in found.scanned.cells if c.service == "*"]
        assert (dead.account, dead.kind, dead.status) == ("ctx-2", "*", "error")
        assert read(path, contexts=("gpu-*",)).scanned.accounts == (UID,)
        assert read(path, accounts=("other-uid",), contexts=("gpu-hall", "ctx-1")).scanned.accounts == ("other-uid",)
        unknown = read(path, contexts=("gpu-hall", "nowhere"))
        assert [c.account for c in unknown.scanned.cells if "no context 'nowhere'" in str(c.detail)] == ["nowhere"]


def test_a_login_that_is_not_accepted(estate: ClusterServer, server: Loopback, config: Callable[..., Path]) -> None:
    with pytest.raises(LoginError, match="login was not accepted") as caught:
        read(config(server.endpoint, user={"token": "old"}))
    assert caught.value.status == "expired"
    with pytest.raises(LoginError, match="connection broke") as caught:
        read(config("http://127.0.0.1:9"))
    assert caught.value.status == "error"


def test_the_endpoint_takes_the_place_of_the_server(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path]
) -> None:
    estate.hosted = "api.gpu.example:6443"
    found = read(config("https://api.gpu.example:6443"), endpoint=server.endpoint)
    assert found.scanned.accounts == (UID,)
    assert "external:https://api.gpu.example:6443" in found.assets["/"].aliases
    assert all(asked.split()[1].startswith("api.gpu.example:6443/") for asked in server.seen)


def test_a_token_file_is_read_again(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path], tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n", encoding="ascii")
    path = config(server.endpoint, user={"tokenFile": "token"})
    assert read(path).scanned.accounts == (UID,)
    turned = threading.Event()
    plain = estate.__class__.__call__

    class Turning(ClusterServer):
        def __call__(self, asked: Asked) -> Reply:
            if asked.path.startswith("/v1/nodes") and not turned.is_set():
                turned.set()
                estate.tokens = {"another"}
                file.write_text("another", encoding="ascii")
            return plain(estate, asked)

    server.answer = Turning()
    assert read(path).cell("core", "compute.instance").status == "collected"


def test_places(estate: ClusterServer, server: Loopback, config: Callable[..., Path]) -> None:
    for found in estate.objects["", "v1", "nodes"]:
        found["metadata"]["labels"] = {}
        found["spec"] = {}
    bare = read(config(server.endpoint))
    assert {a.location.kind for a in bare.assets.values()} == {LocationKind.UNKNOWN}
    hall = Location(LocationKind.ON_PREM, country="NO", site="hall", evidence="declared")
    for name in ("gpu-hall", UID, "gpu-hall-cluster"):
        declared = read(config(server.endpoint), places={f"kubernetes:{name}": hall})
        assert {a.location.country for a in declared.assets.values()} == {"NO"}
    estate.objects["", "v1", "nodes"][0]["spec"] = {"providerID": "aws:///eu-central-1b/i-0123456789abcdef0"}
    own = read(config(server.endpoint)).assets["/node//gpu-1"]
    assert (own.location.region, own.location.zone) == ("eu-central-1", "eu-central-1b")


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (Reply({"kind": "Table", "rows": []}), "partial"),
        (Reply({"items": "many"}), "partial"),
        (Reply({"kind": "NodeList", "items": None}), "empty"),
        (Reply(b'{"kind": "NodeList", "items": [', 200), "error"),
        (Reply(b"<html>Sign in</html>", 200, {"content-type": "text/html"}), "error"),
        (Reply(None, 302, {"location": "https://evil.example/"}), "error"),
        (Reply({"kind": "Status", "reason": "TooManyRequests"}, 429, {"retry-after": "900"}), "throttled"),
        (Reply({"kind": "NodeList", "items": [17, {}, {"metadata": {"name": "../x"}}]}), "partial"),
        (Reply({"kind": "NodeList", "items": [], "metadata": {"continue": "round"}}), "partial"),
        (Reply({"kind": "Status"}, 404), "error"),
        (Reply(b"", 500), "error"),
    ],
)
def test_no_answer_that_does_not_fit_is_emptiness(
    estate: ClusterServer, server: Loopback, config: Callable[..., Path], reply: Reply, status: str
) -> None:
    def play(asked: Asked) -> Reply:
        return reply if f"{asked.host}{asked.path}" == "api/v1/nodes" else estate(asked)

    server.answer = play
    found = read(config(server.endpoint), Network(attempts=1, connect_timeout=2, read_timeout=2, longest_wait=1))
    assert found.cell("core", "compute.instance").status == status


def test_stopping_keeps_what_was_read(estate: ClusterServer, server: Loopback, config: Callable[..., Path]) -> None:
    stop = threading.Event()

    def play(asked: Asked) -> Reply:
        if asked.path.startswith("/v1/pods"):
            stop.set()
            threading.Event().wait(1.5)
        return estate(asked)

    server.answer = play
    found = read(config(server.endpoint), cancelled=stop.is_set)
    assert not found.scanned.finished
    assert found.assets["/"].kind == "compute.cluster"
    assert found.cell("core", "training.job").status in ("not_asked", "partial")


def test_a_long_list_is_read_to_its_end(server: Loopback, config: Callable[..., Path]) -> None:
    large = ClusterServer(largest=500)
    large.add(*(node(f"n{n}", nvidia_com__gpu="1") for n in range(3_210)))
    server.answer = large
    found = read(config(server.endpoint))
    assert found.cell("core", "compute.instance").count == 3_210
    assert large.asked["/api/v1/nodes"] == 7


def test_the_only_requests_are_gets(estate: ClusterServer, server: Loopback, config: Callable[..., Path]) -> None:
    found = read(config(server.endpoint))
    assert {asked.split()[0] for asked in server.seen} == {"GET"}
    assert all(c.operation.startswith(("get ", "list ")) for c in found.log.counts())
    assert found.log.total == sum(server.seen.values())


def test_devices_by_allocation_and_partitions(server: Loopback, config: Callable[..., Path]) -> None:
    cluster = ClusterServer()
    device = {"attributes": {"type": {"string": "gpu"}, "productName": {"string": "NVIDIA B200"}}}
    spec = {"driver": "gpu.nvidia.com", "nodeName": "n1", "devices": [device, device]}
    cluster.add(
        node("n1"),
        thing("ResourceSlice", "s1", "resource.k8s.io/v1", spec=spec),
        thing("ResourceSlice", "s2", "resource.k8s.io/v1", spec=spec),
    )
    server.answer = cluster
    found = read(config(server.endpoint)).assets["/node//n1"].attributes
    assert (found["gpu_count"], found["gpu_model"]) == (4, "NVIDIA B200")


def test_work_that_is_sent_to_another_cluster(server: Loopback, config: Callable[..., Path]) -> None:
    cluster = ClusterServer()
    job = thing("Job", "j", "batch/v1", "ml", spec={"template": {"spec": pod_spec(8)}})
    owner = [{"kind": "Job", "name": "j", "controller": True}]
    cluster.add(
        node("n1", labels={"topology.kubernetes.io/region": "eu-north-1"}),
        job,
        thing("MultiKueueCluster", "us-east", "kueue.x-k8s.io/v1beta2"),
        thing(
            "Workload", "w", "kueue.x-k8s.io/v1beta2", "ml",
            metadata={"ownerReferences": owner}, status={"clusterName": "us-east"},
        ),
    )  # fmt: skip
    server.answer = cluster
    found = read(config(server.endpoint))
    remote = found.assets["/multikueuecluster//us-east"]
    assert (remote.kind, remote.location.kind) == ("compute.cluster", LocationKind.UNKNOWN)
    assert ("job/ml/j", "runs_on", f"k8s://{UID}/multikueuecluster//us-east") in found.edges


def test_a_cluster_that_runs_its_own_control_plane(server: Loopback, config: Callable[..., Path]) -> None:
    cluster = ClusterServer()
    command = ["kube-apiserver", "--etcd-servers=https://127.0.0.1:2379", "--service-account-key-file=/x"]

    def api_server(name: str, *flags: str) -> dict[str, Any]:
        spec = {"containers": [{"name": "kube-apiserver", "command": [*command, *flags]}]}
        return thing(
            "Pod", name, namespace="kube-system", metadata={"labels": {"component": "kube-apiserver"}}, spec=spec
        )

    audit = ("--audit-policy-file=/p", "--audit-log-path=/var/log/a")
    cluster.add(
        node("n1"), api_server("a", *audit, "--encryption-provider-config=/secret/path"), api_server("b", *audit)
    )
    server.answer = cluster
    found = read(config(server.endpoint))
    whole = found.assets["/"].attributes
    assert (whole["secrets_encrypted"], whole["audit_logging"]) == (False, True)  # the second one encrypts nothing
    assert not [c for c in found.scanned.cells if c.service == "controlplane"]
    assert "/secret/path" not in "".join(i.body.decode() for i in found.items if isinstance(i, Evidence))
    cluster.objects["", "v1", "pods"].pop()
    whole = read(config(server.endpoint)).assets["/"].attributes
    assert "secrets_encrypted" not in whole  # a file is named, and nobody knows what it says


def test_openshift_says_more(server: Loopback, config: Callable[..., Path]) -> None:
    cluster = ClusterServer()
    platform = {"type": "AWS", "aws": {"region": "eu-west-1"}}
    cluster.add(
        node("n1"),
        thing("APIServer", "cluster", "config.openshift.io/v1", spec={"encryption": {"type": "aescbc"}}),
        thing("Infrastructure", "cluster", "config.openshift.io/v1", status={"platformStatus": platform}),
    )
    server.answer = cluster
    whole = read(config(server.endpoint)).assets["/"]
    assert (whole.attributes["secrets_encrypted"], whole.attributes["audit_logging"]) == (True, True)
    assert whole.location.region == "eu-west-1"


def test_two_servers_are_two_logins(config: Callable[..., Path]) -> None:
    """A redirect to another host is not followed, and no token goes there."""
    asked: list[Asked] = []

    def evil(request: Asked) -> Reply:
        asked.append(request)
        return Reply({})

    with loopback(evil) as other:
        bounce = Reply(None, 307, {"location": f"{other.endpoint}/api/v1/nodes"})
        with loopback(lambda request: bounce) as first, pytest.raises(LoginError):
            read(config(first.endpoint))
    assert not asked
