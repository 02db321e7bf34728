"""What only a whole cluster shows: isolation, ways in, places, classes. Nothing is claimed on half a view."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.documents import Origin
from scanners.kubernetes import document_types, native_type
from scanners.kubernetes.gather import Gathering
from scanners.model import Asset, Evidence, Item, LocationKind, Relation, merged, problems

ORIGIN = Origin("test", "here", "test", account="c")


def thing(kind: str, name: str, version: str = "v1", namespace: str | None = None, **rest: Any) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **rest.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def gathered(
    *things: dict[str, Any], read: Callable[[str], bool] = lambda native: True, engines: bool | None = False
) -> tuple[dict[str, Asset], list[Item]]:
    whole = Gathering("c", "known-by")
    items: list[Item] = []
    for document in things:
        kind = document_types()[native_type(document["apiVersion"], document["kind"])]
        items += whole.take(document, kind, ORIGIN)
    items += whole.end(read, engines)
    assets: dict[str, Asset] = {}
    for item in items:
        if isinstance(item, Asset):
            key = item.uid.removeprefix("k8s://c")
            assets[key] = merged(assets[key], item) if key in assets else item
            assert problems(item.kind, item.attributes) == []
    return assets, items


def job(**labels: str) -> dict[str, Any]:
    containers = [{"resources": {"limits": {"nvidia.com/gpu": 1}}}]
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    return thing("Job", "j", "batch/v1", "ml", spec={"template": template})


def policy(name: str, selector: Any, *rules: Any, kinds: tuple[str, ...] = ("Egress",)) -> dict[str, Any]:
    spec = {"podSelector": selector, "policyTypes": list(kinds), "egress": list(rules)}
    return thing("NetworkPolicy", name, "networking.k8s.io/v1", "ml", spec=spec)


def test_pods_of_one_owner_that_is_not_read_tell_of_it_once() -> None:
    owner = {"ownerReferences": [{"kind": "Gang", "name": "g", "controller": True}]}
    spec = {"containers": [{"resources": {"limits": {"nvidia.com/gpu": "8"}}}]}
    pods = [thing("Pod", f"g-{n}", namespace="ml", spec={**spec, "nodeName": f"n{n}"}, metadata=owner) for n in (0, 1)]
    marks = {"labels": {"topology.kubernetes.io/region": "eu-central-1"}}
    nodes = [thing("Node", f"n{n}", spec={"providerID": "aws:///x"}, metadata=marks) for n in (0, 1)]
    assets, items = gathered(*pods, *nodes, thing("NetworkPolicy", "x", "networking.k8s.io/v1", "ml", spec={}))
    told = [i for i in items if isinstance(i, Asset) and i.uid.endswith("/gang/ml/g")]
    assert len(told) == 1
    assert assets["/gang/ml/g"].location.region == "eu-central-1"
    assert assets["/gang/ml/g"].attributes == {}
    placed = {i.target for i in items if isinstance(i, Relation) and i.type == "runs_on"}
    assert {"k8s://c/node//n0", "k8s://c/node//n1"} <= placed


DNS = {"to": [{"namespaceSelector": {}}], "ports": [{"port": 53}]}
VPC = {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}
ANYWHERE = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}}]}
OPEN = {"ports": [{"port": 443}]}


@pytest.mark.parametrize(
    ("policies", "isolated"),
    [
        ([], False),
        ([policy("deny", {})], True),
        ([policy("deny", {}), policy("dns", {}, DNS, VPC)], True),
        ([policy("deny", {}), policy("web", {}, OPEN)], False),
        ([policy("deny", {}), policy("web", {}, ANYWHERE)], False),
        ([policy("deny", {}, kinds=("Ingress",))], False),
        ([policy("mine", {"matchLabels": {"app": "t"}})], True),
        ([policy("other", {"matchLabels": {"app": "x"}})], None),  # an operator may add that label
        ([policy("deny", {}), policy("other", {"matchLabels": {"app": "x"}}, OPEN)], None),
        ([policy("in", {"matchExpressions": [{"key": "app", "operator": "In", "values": ["t", "u"]}]})], True),
        ([policy("not", {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["t"]}]})], None),
        ([policy("absent", {"matchExpressions": [{"key": "z", "operator": "DoesNotExist"}]})], None),
        ([thing("NetworkPolicy", "elsewhere", "networking.k8s.io/v1", "web", spec={"podSelector": {}})], False),
    ],
)
def test_isolation(policies: list[dict[str, Any]], isolated: bool | None) -> None:
    assets, _ = gathered(job(app="t"), *policies)
    assert assets["/job/ml/j"].attributes.get("network_isolated") is isolated


def test_isolation_is_not_denied_on_half_a_view() -> None:
    for read, engines in ((lambda n: n != "networking.k8s.io/NetworkPolicy", False), (lambda n: True, None)):
        assets, _ = gathered(job(), read=read, engines=engines)
        assert "network_isolated" not in assets["/job/ml/j"].attributes
    assets, _ = gathered(job(), engines=True)
    assert "network_isolated" not in assets["/job/ml/j"].attributes


def service(name: str = "s", **spec: Any) -> dict[str, Any]:
    rest = {k: spec.pop(k) for k in ("status", "metadata") if k in spec}
    return thing("Service", name, namespace="web", spec={"selector": {"app": "s"}, **spec}, **rest)


def ingress(**rest: Any) -> dict[str, Any]:
    rules = [{"http": {"paths": [{"backend": {"service": {"name": "s"}}}]}}]
    return thing("Ingress", "i", "networking.k8s.io/v1", "web", spec={"rules": rules}, **rest)


def balancer(**given: str) -> dict[str, Any]:
    return {"loadBalancer": {"ingress": [given]}}


INTERNAL = {"annotations": {"networking.gke.io/load-balancer-type": "Internal", "note": "hunter2"}}


@pytest.mark.parametrize(
    ("ways", "public", "private"),
    [
        ([], None, None),
        ([service()], False, True),
        ([service(type="LoadBalancer", status=balancer(ip="34.1.2.3"))], True, False),
        ([service(type="LoadBalancer", status=balancer(ip="10.1.2.3"))], False, True),
        ([service(type="LoadBalancer", status=balancer(hostname="x.elb.amazonaws.com"))], True, False),
        ([service(type="LoadBalancer", status=balancer(hostname="internal-x.elb.amazonaws.com"))], False, True),
        ([service(type="LoadBalancer", status={"loadBalancer": {}})], None, None),
        ([service(type="LoadBalancer", metadata=INTERNAL)], False, True),
        ([service(type="LoadBalancer", loadBalancerClass="service.k8s.aws/nlb")], None, None),
        (
            [service(type="LoadBalancer", loadBalancerSourceRanges=["203.0.113.0/24"], status=balancer(ip="34.1.2.3"))],
            None,
            None,
        ),
        (
            [service(type="LoadBalancer", loadBalancerSourceRanges=["0.0.0.0/0"], status=balancer(ip="34.1.2.3"))],
            True,
            False,
        ),
        (
            [service(type="LoadBalancer", loadBalancerSourceRanges=["203.0.113.0/24"], status=balancer(ip="10.1.2.3"))],
            False,
            True,
        ),
        ([service(type="NodePort")], None, None),
        ([service(externalIPs=["34.1.2.3"])], True, False),
        ([service(), ingress()], None, None),
        ([service(), ingress(status=balancer(ip="34.1.2.3"))], True, False),
        ([service(), ingress(status=balancer(ip="10.1.2.3"))], False, True),
        ([service("other", selector={"app": "x"}, type="LoadBalancer")], None, None),
        ([service("a", type="LoadBalancer", status=balancer(ip="34.1.2.3")), service("b")], True, True),
    ],
)
def test_ways_in(ways: list[dict[str, Any]], public: bool | None, private: bool | None) -> None:
    containers = [{"resources": {"limits": {"nvidia.com/gpu": 1}}}]
    template = {"metadata": {"labels": {"app": "s"}}, "spec": {"containers": containers}}
    serve = thing("Deployment", "d", "apps/v1", "web", spec={"replicas": 1, "template": template})
    assets, items = gathered(serve, *ways)
    found = assets["/deployment/web/d"].attributes
    assert (found.get("public_network"), found.get("private_endpoint")) == (public, private)
    assert b"hunter2" not in b"".join(i.body for i in items if isinstance(i, Evidence))
    half, _ = gathered(serve, *ways, read=lambda native: native != "networking.k8s.io/Ingress")
    assert half["/deployment/web/d"].attributes.get("public_network") in (True, None)


def test_evidence_of_a_facet_is_what_it_rests_on() -> None:
    containers = [{"resources": {"limits": {"nvidia.com/gpu": 1}}}]
    template = {"metadata": {"labels": {"app": "s"}}, "spec": {"containers": containers}}
    serve = thing("Deployment", "d", "apps/v1", "web", spec={"replicas": 1, "template": template})
    assets, items = gathered(serve, service(type="LoadBalancer", status=balancer(ip="34.1.2.3")))
    bodies = {i.digest: i.body for i in items if isinstance(i, Evidence)}
    assert any(b"34.1.2.3" in bodies[digest] for digest in assets["/deployment/web/d"].evidence)


def test_a_class_tells_of_its_volumes() -> None:
    volume = thing("PersistentVolume", "pv", spec={"csi": {"driver": "ebs.csi.aws.com"}, "storageClassName": "fast"})
    key = "arn:aws:kms:eu-central-1:123456789012:key/1"
    parameters = {"encrypted": "true", "kmsKeyId": key}
    assets, items = gathered(volume, thing("StorageClass", "fast", "storage.k8s.io/v1", parameters=parameters))
    assert assets["/persistentvolume//pv"].attributes["encrypted"] is True
    assert ("k8s://c/persistentvolume//pv", "encrypted_by", key) in {
        (i.source, i.type, i.target) for i in items if isinstance(i, Relation)
    }
    assets, _ = gathered(volume, thing("StorageClass", "fast", "storage.k8s.io/v1", parameters={}))
    assert "encrypted" not in assets["/persistentvolume//pv"].attributes  # the account's default may encrypt all


def node(name: str, region: str | None, pool: str | None = None, **rest: Any) -> dict[str, Any]:
    labels = {"topology.kubernetes.io/region": region} if region else {}
    labels |= {"eks.amazonaws.com/nodegroup": pool} if pool else {}
    return thing("Node", name, metadata={"labels": labels, **rest.pop("metadata", {})}, **rest)


def test_pools_and_places() -> None:
    assets, items = gathered(node("a", "eu-west-1", "gpu"), node("b", "eu-west-1", "gpu"), node("c", "eu-west-1"))
    pool = assets["/nodepool//gpu"]
    assert (pool.attributes, pool.location.region, pool.provider) == ({"node_count": 2}, "eu-west-1", "aws")
    edges = {(i.source, i.target) for i in items if isinstance(i, Relation) and i.type == "member_of"}
    assert ("k8s://c/node//a", "k8s://c/nodepool//gpu") in edges
    spread, _ = gathered(node("a", "eu-west-1"), node("b", "us-east-1"), job())
    assert spread[""].location.kind is LocationKind.MULTI_REGION
    assert spread[""].location.members == ("eu-west-1", "us-east-1")
    half, _ = gathered(node("a", "eu-west-1"), node("b", None))
    assert half[""].location.kind is LocationKind.UNKNOWN  # one of its nodes is nobody knows where
    cut, _ = gathered(node("a", "eu-west-1"), job(), read=lambda native: native != "Node")
    assert cut[""].location.kind is LocationKind.UNKNOWN  # the nodes that were not seen may be elsewhere
    assert cut["/job/ml/j"].location.kind is LocationKind.UNKNOWN
    assert "node_count" not in cut[""].attributes


def test_pools_of_karpenter() -> None:
    def needs(key: str, *values: str) -> dict[str, Any]:
        return {"key": key, "operator": "In", "values": list(values)}

    wanted = [needs("node.kubernetes.io/instance-type", "p5.48xlarge"), needs("topology.kubernetes.io/zone", "a", "b")]
    pool = thing("NodePool", "p5", "karpenter.sh/v1", spec={"template": {"spec": {"requirements": wanted}}})
    assets, _ = gathered(pool)
    assert assets["/nodepool//p5"].attributes == {"instance_type": "p5.48xlarge"}
    machine = thing("Node", "n", metadata={"labels": {"karpenter.sh/nodepool": "p5"}})
    assets, _ = gathered(pool, machine)
    assert assets["/nodepool//p5"].attributes == {"instance_type": "p5.48xlarge", "node_count": 1}


def test_encryption_between_nodes() -> None:
    keyed = {"annotations": {"network.cilium.io/wg-pub-key": "k"}}
    assets, items = gathered(node("a", None, metadata=keyed), node("b", None, metadata=keyed))
    assert assets[""].attributes["internode_encrypted"] is True
    assert b"wg-pub-key" not in b"".join(i.body for i in items if isinstance(i, Evidence))
    assets, _ = gathered(node("a", None, metadata=keyed), node("b", None))
    assert "internode_encrypted" not in assets[""].attributes


def test_notebooks_and_snapshots() -> None:
    containers = [{"resources": {"limits": {"nvidia.com/gpu": 1}}, "args": ["--data", "s3://scans/x"]}]
    book = thing("Notebook", "nb", "kubeflow.org/v1", "ml", spec={"template": {"spec": {"containers": containers}}})
    source = {"volumeHandle": "projects/p/zones/z/disks/d"}
    spec = {"driver": "pd.csi.storage.gke.io", "source": source}
    snap = thing("VolumeSnapshotContent", "s", "snapshot.storage.k8s.io/v1", spec=spec)
    assets, items = gathered(book, snap, policy("deny", {}))
    found = assets["/notebook/ml/nb"]
    assert found.kind == "training.notebook"
    assert found.attributes == {"gpu_count": 1, "network_isolated": True, "internet_access": False}
    edges = {(i.source, i.type, i.target) for i in items if isinstance(i, Relation)}
    disk = "//compute.googleapis.com/projects/p/zones/z/disks/d"
    assert (disk, "backs_up_to", "k8s://c/volumesnapshotcontent//s") in edges
    assert assets["/volumesnapshotcontent//s"].attributes == {"source_uid": disk, "encrypted": True}


def test_what_is_elsewhere_does_not_take_the_place_of_the_cluster() -> None:
    nfs = thing("PersistentVolume", "nfs", spec={"nfs": {"server": "files.example.com", "path": "/"}})
    bucket = {"driver": "s3.csi.aws.com", "volumeAttributes": {"bucketName": "us-data"}}
    mounted = thing("PersistentVolume", "s3", spec={"csi": bucket})
    disk = thing("PersistentVolume", "disk", spec={"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}})
    snap = thing("VolumeSnapshotContent", "snap", "snapshot.storage.k8s.io/v1", spec={"driver": "ebs.csi.aws.com"})
    assets, _ = gathered(node("a", "eu-west-1"), nfs, mounted, disk, snap)
    for name in ("/persistentvolume//nfs", "/persistentvolume//s3", "/volumesnapshotcontent//snap"):
        assert assets[name].location.kind is LocationKind.UNKNOWN
    assert assets["/persistentvolume//disk"].location.region == "eu-west-1"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "true", "s3://b/x", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["spec", "template", "containers", "labels", "egress", "to", "x"]), inner)
    ),
    max_leaves=12,
)


@given(st.sampled_from(sorted(document_types())), _JSON, _JSON, _JSON)
def test_no_object_does_harm(native: str, spec: Any, status: Any, metadata: Any) -> None:
    group, _, kind = native.rpartition("/")
    version = f"{group}/v1" if group else "v1"
    meta = {**(metadata if isinstance(metadata, dict) else {}), "name": "n", "namespace": "ml"}
    document = {"apiVersion": version, "kind": kind, "metadata": meta, "spec": spec, "status": status}
    gathered(document, job(), service())
