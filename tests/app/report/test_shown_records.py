"""What a report tells of an asset is worked out alone as it is together with everything else."""

from app.report.fromstore import _SHOWN
from rules.catalogue import Catalogue
from rules.estate import MemoryEstate
from rules.policy import Policy
from rules.related import Records
from rules.rulefile import load_rules
from rules.world import World
from scanners.model import KINDS


def test_members_that_are_shown_do_not_need_the_others():
    catalogue = Catalogue.load()
    kinds: set[str] = set()
    told: set[str] = set()
    for rule in load_rules():
        for case in rule.cases:
            policy = Policy.none() if case.policy is None else Policy.parse(case.policy, catalogue, case.as_of)
            world = World(MemoryEstate(case.assets, case.relations, case.coverage), policy, catalogue, case.as_of)
            few, every = Records(world, names=_SHOWN), Records(world)
            for batch in world.estate.assets():
                for node, asset in batch:
                    shown, whole = few.full(asset, node), every.full(asset, node)
                    for name in (*_SHOWN, "dc"):
                        assert shown.get(name, "absent") == whole.get(name, "absent"), (rule.id, asset.uid, name)
                    kinds.add(asset.kind)
                    told.update(_SHOWN.intersection(whole))
    assert len(kinds) > len(KINDS) // 2
    assert told == _SHOWN
