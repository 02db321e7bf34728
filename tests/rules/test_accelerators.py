"""Accelerators of clusters, pools and machines are counted once."""

from typing import Any

from estates import AS_OF, TAGS, asset, read, rel

from rules.accelerators import Accelerators
from rules.catalogue import Catalogue
from rules.estate import MemoryEstate
from rules.policy import Policy
from rules.related import Records
from rules.world import World
from scanners.model import Asset, Relation


def counted(assets: list[Asset], *relations: Relation) -> tuple[dict[str, int | None], dict[str, str], set[str]]:
    estate = MemoryEstate(assets, relations, read())
    catalogue = Catalogue.load()
    world = World(estate, Policy.parse(TAGS, catalogue, AS_OF), catalogue, AS_OF)
    found = Accelerators(world, Records(world))
    names = estate.uid
    return (
        {names(n): count for n, count in found.counted.items()},
        {names(n): names(whole) for n, whole in found.within.items()},
        {names(n) for n in found.by_parts},
    )


def cluster(uid: str = "c", **more: Any) -> Asset:
    return asset(uid, "compute.cluster", **more)


def pool(uid: str, **more: Any) -> Asset:
    return asset(uid, "compute.nodegroup", **more)


def node(uid: str, **more: Any) -> Asset:
    return asset(uid, "compute.instance", **more)


def test_a_cluster_without_a_number_is_counted_by_its_parts():
    assets = [cluster(), pool("p", gpu_count=16), pool("q", gpu_count=0), pool("r", instance_type="zz9")]
    found = counted(assets, *(rel(p, "member_of", "c") for p in "pqr"))
    assert found == ({"p": 16, "r": None}, {}, {"c"})


def test_nodes_and_pools_of_one_cluster_are_the_same_machines():
    assets = [cluster(), pool("p", gpu_count=16), node("m", gpu_count=8), node("n", gpu_count=8)]
    relations = [rel(x, "member_of", "c") for x in "pmn"]
    assert counted(assets, *relations) == ({"m": 8, "n": 8}, {"p": "c"}, {"c"})
    assert counted(assets[:3], *relations[:2]) == ({"p": 16}, {"m": "c"}, {"c"})


def test_machines_of_a_pool_are_in_its_number():
    assets = [cluster(), pool("p", gpu_count=16), pool("s", gpu_count=16), node("m", gpu_count=8)]
    relations = [rel("p", "member_of", "c"), rel("s", "member_of", "p"), rel("m", "member_of", "s")]
    assert counted(assets, *relations) == ({"p": 16}, {"s": "p", "m": "p"}, {"c"})


def test_a_pool_that_grows_is_counted_by_its_machines():
    machine = {"instance_type": "p5.48xlarge"}
    assets = [pool("p", **machine), node("m", **machine), node("n", **machine)]
    relations = [rel(x, "member_of", "p") for x in "mn"]
    assert counted(assets, *relations) == ({"m": 8, "n": 8}, {}, {"p"})
    assert counted(assets[:1]) == ({"p": None}, {}, set())


def test_reserved_machines_are_counted_with_the_reservation():
    assets = [cluster(), pool("r", gpu_count=16), node("m", gpu_count=8)]
    found = counted(assets, rel("m", "runs_on", "r"), rel("m", "member_of", "c"))
    assert found == ({"r": 16}, {"m": "r"}, {"c"})


def test_a_declared_cluster_holds_its_nodes():
    assets = [cluster(gpu_count=64), node("m", gpu_count=8)]
    assert counted(assets, rel("m", "member_of", "c")) == ({"c": 64}, {"m": "c"}, set())


def test_relations_in_a_circle_lose_nothing():
    assets = [pool("p", gpu_count=4), pool("q", gpu_count=4)]
    found, _, _ = counted(assets, rel("p", "member_of", "q"), rel("q", "member_of", "p"))
    assert found == {"p": 4, "q": 4}


def test_a_group_without_machines_has_no_accelerators() -> None:
    sleeping = pool("sleeping", instance_type="p5.48xlarge", node_count=0)
    awake = pool("awake", instance_type="p5.48xlarge", node_count=2)
    assert counted([sleeping, awake])[0] == {"awake": 16}


def test_the_scaling_group_behind_a_node_group_is_not_counted_again() -> None:
    group = pool("nodes", instance_type="p4d.24xlarge", node_count=2)
    behind = pool("behind", instance_type="p4d.24xlarge", node_count=2)
    found, within, _ = counted([group, behind], rel("behind", "member_of", "nodes"))
    assert found == {"nodes": 16}
    assert within == {"behind": "nodes"}
