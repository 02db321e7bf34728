"""Types of relations that this program does not know: a newer one may have stored them."""

from estates import AS_OF, asset, rel

from rules.catalogue import Catalogue
from rules.estate import MemoryEstate
from rules.policy import Policy
from rules.world import World
from scanners.model import Relation


def test_relations_of_a_type_that_is_not_known_leave_the_others_as_they_are():
    told = [
        Relation("a", "admires", "b", {"use": "files"}),
        rel("a", "replicates_to", "b", role="continuous"),
        Relation("b", "admires", "a"),
        rel("b", "reads", "a", use="connection"),
        rel("b", "writes", "e"),
    ]
    catalogue = Catalogue.load()
    graphs = []
    for relations in (told, [r for r in told if r.type != "admires"]):
        estate = MemoryEstate([asset("a"), asset("b")], relations)
        graphs.append(World(estate, Policy.parse("", catalogue, AS_OF), catalogue, AS_OF).graph)
    with_them, without = graphs
    assert len(with_them) == len(without) == 3
    for name in ("source", "target", "type", "attributes"):
        assert getattr(with_them, name) == getattr(without, name)
    assert with_them.attributes == {0: {"role": "continuous"}, 1: {"use": "connection"}}
