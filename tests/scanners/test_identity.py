"""Several views of one thing are one asset; things that only share a loose name are not."""

from typing import Any

from scanners.model import UNREAD, Asset, Location, LocationKind, one_of, same

INSTANCE = "arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc"
NODE = "k8s://u/Node//n1"
ARC = "/subscriptions/s/resourcegroups/g/providers/microsoft.hybridcompute/machines/m"


def view(uid: str, kind: str = "compute.instance", provider: str = "aws", **members: Any) -> Asset:
    core = {n: members.pop(n) for n in ("aliases", "tags", "evidence", "location") if n in members}
    place = core.pop("location", Location(LocationKind.REGION, "eu-central-1"))
    return Asset(uid, provider, "a", kind, kind, uid, place, members, **core)


def groups(*claims: tuple[str, str, str]) -> list[tuple[str, ...]]:
    """(uid, kind, name) of each claim → groups of uids."""
    uids = list(dict.fromkeys(uid for uid, _, _ in claims))
    kinds = {uid: kind for uid, kind, _ in claims}
    named: dict[str, list[int]] = {}
    for uid, _, name in claims:
        named.setdefault(name, []).append(uids.index(uid))
    return [tuple(uids[n] for n in group) for group in same(named, uids.__getitem__, lambda n: kinds[uids[n]])]


def test_the_cloud_names_what_several_see():
    machine = "compute.instance"
    found = groups(
        (NODE, machine, "aws-instance:i-0abc"),
        (NODE, machine, "machine-uuid:1"),
        (ARC, machine, "machine-uuid:1"),
        (INSTANCE, machine, "aws-instance:i-0abc"),
    )
    assert found == [(INSTANCE, ARC, NODE)]


def test_a_name_of_another_family_joins_nothing():
    assert groups(("arn:a", "storage.bucket", "x"), ("k8s://u/Node//n", "compute.instance", "x")) == []


def test_names_that_two_things_can_have_join_nothing():
    instance, cluster = "compute.instance", "compute.cluster"
    assert groups(("k8s://a", cluster, "k8s://kubectl"), ("k8s://b", cluster, "k8s://kubectl")) == []
    server = "storage.filesystem"
    shared = "filestore-instance:eu-a/fs"
    assert groups(("//file/p1/fs", server, shared), ("//file/p2/fs", server, shared)) == []
    twice = "machine-uuid:03000200"
    assert groups(("k8s://a/Node//1", instance, twice), ("k8s://a/Node//2", instance, twice)) == []


def test_volumes_of_two_clusters_are_the_one_file_server_behind_them():
    shared = "filestore-instance:eu-a/fs"
    volumes = [(f"k8s://{c}/PersistentVolume//v", "storage.volume", shared) for c in "ab"]
    assert groups(*volumes, ("//file/p1/fs", "storage.filesystem", shared))[0][0] == "//file/p1/fs"


def test_the_cloud_counts_and_the_cluster_adds():
    cloud = view(INSTANCE, instance_type="p5.48xlarge", public_ip=False, tags={"team": "x"}, evidence=("1",))
    node = view(
        NODE,
        provider="kubernetes",
        location=Location(LocationKind.ON_PREM, country="DE", evidence="declared"),
        gpu_count=8,
        public_ip=True,
        tags={"pool": "gpu", "team": "y"},
        aliases=("aws-instance:i-0abc",),
        evidence=("2", "1"),
    )
    one = one_of((cloud, node))
    assert (one.uid, one.provider, one.location.region) == (INSTANCE, "aws", "eu-central-1")
    assert one.attributes == {"instance_type": "p5.48xlarge", "public_ip": False, "gpu_count": 8}
    assert one.tags == {"team": "x", "pool": "gpu"}
    assert one.aliases == (NODE, "aws-instance:i-0abc")
    assert one.evidence == ("1", "2")


def test_the_place_of_a_record_gives_way_and_unread_tags_stay_unread():
    record = Location(LocationKind.REGION, "westeurope", evidence="metadata_only")
    arc = view(ARC, provider="on_prem", location=record, managed_by="azure-arc", tags=UNREAD)
    declared = Location(LocationKind.ON_PREM, country="NO", evidence="declared")
    node = view(NODE, provider="kubernetes", location=declared, tags=UNREAD)
    one = one_of((arc, node))
    assert (one.location, one.provider, one.tags) == (declared, "on_prem", UNREAD)
    assert one.attributes["managed_by"] == "azure-arc"
