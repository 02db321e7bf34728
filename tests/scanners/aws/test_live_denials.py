"""Whatever permissions are missing, nothing passes that does not pass when everything is read."""

import random
from datetime import date
from functools import cache
from typing import Any

import pytest
from made_answers import answers_of
from simulated_aws import DENIED, Played, play

from app.audit import yardstick
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.policy import Policy
from scanners.aws.live.registry import collectors, operations
from scanners.live.limits import Limits
from scanners.model import Asset, Relation

DAY = date(2026, 11, 22)
POLICY = """
allowed_countries = ["EEA"]
transfer_register = []
ropa = []
approved_ai_services = ["bedrock"]
confidential_required_for = ["personal"]
external_key_classes = ["special_category"]
[tag_map.a-key]
a-value = "personal"
[[classify]]
name = "*"
data_class = "personal"
[required_custody]
personal = "customer"
[retention_days]
personal = 30
"""
OTHER_SOURCES = {"ec2.DescribeInstanceTypes", "sagemaker.Search"}
"""Where these are refused another source speaks: the shipped table of types, and descriptions, which say more."""

KEYS = sorted({o.key for o in operations()} - {"sts.GetCallerIdentity"} - OTHER_SOURCES)


@cache
def answers() -> dict[str, Any]:
    """One filled answer of every operation."""
    found: dict[str, Any] = {}
    for collector in collectors():
        found.update(answers_of(collector))
    return found


class Passes:
    """Takes what judging gives; keeps (rule, subject) of all passes."""

    def __init__(self) -> None:
        self.found: set[tuple[str, str]] = set()

    def flows(self, batch: Any) -> None:
        """Not needed."""

    def transfers(self, batch: Any) -> None:
        """Not needed."""

    def findings(self, batch: Any) -> None:
        """Keeps passes."""
        self.found |= {(f.rule, f.asset or f.flow or "") for f in batch if str(f.verdict) == "pass"}


@cache
def judged_by() -> tuple[Any, ...]:
    yard = yardstick(None, DAY)
    return yard.rules, Policy.parse(POLICY, yard.catalogue, DAY), yard.catalogue


def passes(run: Played) -> set[tuple[str, str]]:
    rules, policy, catalogue = judged_by()
    relations = [item for item in run.items if isinstance(item, Relation)]
    sink = Passes()
    judge(
        MemoryEstate(run.assets.values(), relations, run.cells), rules, policy, catalogue, DAY, sink, with_passes=True
    )
    return sink.found


@pytest.fixture(scope="module", autouse=True)
def unhurried() -> Any:
    """Declared rates would only make the tests slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Limits, "pause", lambda *_: 0.0)
        yield


@cache
def whole() -> frozenset[tuple[str, str]]:
    return frozenset(passes(play(collectors(), answers())))


def test_a_full_run_passes_much() -> None:
    assert len(whole()) > 200
    assert len({rule for rule, _ in whole()}) > 25


def test_no_made_up_thing_is_of_two_kinds() -> None:
    """Otherwise the kind that is met first would decide what is judged, and a pass of its own would prove nothing."""
    kinds: dict[str, set[str]] = {}
    for item in play(collectors(), answers()).items:
        if isinstance(item, Asset):
            kinds.setdefault(item.uid, set()).add(item.kind)
    assert {uid: found for uid, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("seed", range(5))
def test_a_third_of_the_permissions_denied_gives_no_pass_of_its_own(seed: int) -> None:
    refused = random.Random(seed).sample(KEYS, len(KEYS) // 3)  # noqa: S311 - picks test cases
    fewer = passes(play(collectors(), {**answers(), **dict.fromkeys(refused, DENIED)}))
    assert fewer - whole() == set()
    assert len(fewer) < len(whole())


@pytest.mark.parametrize(
    "refused",
    ["s3.GetBucketPolicy", "kms.GetKeyPolicy", "ecs.DescribeContainerInstances", "organizations.ListPolicies"],
)
def test_one_denied_permission_gives_no_pass_of_its_own(refused: str) -> None:
    assert passes(play(collectors(), {**answers(), refused: DENIED})) - whole() == set()
