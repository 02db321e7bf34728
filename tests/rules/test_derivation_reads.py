"""What an attribute is worked out from is what `READS` says: assets of equal values there are taken for alike."""

from typing import Any

from estates import AS_OF, read
from msgspec.structs import replace
from test_memory_of_results import POLICY, estate

from rules.catalogue import Catalogue
from rules.derivations import DERIVERS, OF_PLACE, READS, from_whole, places
from rules.derive import Plan, record_of
from rules.estate import MemoryEstate
from rules.placed import PLACE_LISTS, PLACE_RECORDS, PLACES
from rules.policy import Policy
from rules.world import World
from scanners.model import KINDS, Asset


class Watched(dict[str, Any]):
    """A record or a document that notes which of its attributes were looked at."""

    def __init__(self, values: dict[str, Any], seen: set[str]) -> None:
        super().__init__(values)
        self.seen = seen

    def get(self, key: str, default: Any = None) -> Any:
        self.seen.add(key)
        return super().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        self.seen.add(key)
        return super().setdefault(key, default)

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.seen.add(str(key))
        return super().__contains__(key)


OPERATORS = """
[[key_operators]]
match = "*"
name = "Anyone"
country = "DE"
owner_third_country = false
"""
ALWAYS = {"uid", "provider", "account", "kind", "loc", "@n"}


def test_what_works_attributes_out_reads_what_is_written_down():
    seen: dict[Any, set[str]] = {derive: set() for derive in READS}
    for seed in range(5):
        assets, relations = estate(seed)
        world = World(
            MemoryEstate(assets, relations, read("111122223333")),
            Policy.parse(POLICY + OPERATORS, Catalogue.load(), AS_OF),
            Catalogue.load(),
            AS_OF,
        )
        for node, asset in enumerate(assets):
            if node in world.wholes:
                continue
            told = {"instance_type": "p4d.24xlarge", "started_at": "2026-11-01T00:00:00"}
            asset.attributes.update((name, value) for name, value in told.items() if name in asset.attributes)
            record = record_of(world, asset, node, Plan(asset.kind, ()))
            for derive in READS:
                watched: Asset = replace(asset, attributes=Watched(asset.attributes, seen[derive]))
                derive(world, Watched(record, seen[derive]), watched, node)
    assert seen.keys() >= {derive for _, derive in DERIVERS} | {from_whole, places}
    own = {name for kind in KINDS for name in (*PLACES[kind], *PLACE_LISTS[kind], *PLACE_RECORDS[kind])}
    for derive, names in seen.items():
        assert names - ALWAYS - (own if derive is places else set()) == set(READS[derive]) & names - ALWAYS, derive
        assert set(READS[derive]) <= names, derive
    assert {derive for derive, names in seen.items() if "loc" in names} == OF_PLACE
