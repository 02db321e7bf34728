"""Every rule on all clouds that it helps with: each case carried over to another cloud gives the same verdict."""

import copy
import re
from dataclasses import replace
from typing import Any

import pytest

from rules.catalogue import Catalogue
from rules.rule import Case, Rule
from rules.rulefile import load_rules
from rules.selftest import run_cases
from scanners.model import Asset, Coverage, Location, LocationKind

CATALOGUE = Catalogue.load()
CLOUDS = ("aws", "azure", "gcp")
REGIONS = [
    ("eu-west-1", "northeurope", "europe-west1"),
    ("eu-west-3", "francecentral", "europe-west9"),
    ("eu-central-1", "germanywestcentral", "europe-west3"),
    ("eu-central-2", "switzerlandnorth", "europe-west6"),
    ("eu-north-1", "swedencentral", "europe-north2"),
    ("eu-west-2", "uksouth", "europe-west2"),
    ("us-east-1", "eastus", "us-east4"),
    ("us-east-2", "eastus2", "us-east5"),
    ("us-west-2", "westus2", "us-west1"),
    ("ap-south-1", "centralindia", "asia-south1"),
    ("ap-southeast-1", "southeastasia", "asia-southeast1"),
    ("ap-northeast-2", "koreacentral", "asia-northeast3"),
    ("ca-central-1", "canadacentral", "northamerica-northeast1"),
    ("eu-south-1", "italynorth", "europe-west8"),
    ("il-central-1", "israelcentral", "me-west1"),
    ("ap-northeast-1", "japaneast", "asia-northeast1"),
    ("sa-east-1", "brazilsouth", "southamerica-east1"),
]
"""Regions of AWS, Azure and Google Cloud that lie in the same country, but for one: Ireland stands for Belgium."""

OTHERS = {"westeurope": 0, "europe-west4": 0, "us-central1": 6, "southcentralus": 6}
"""Further regions of the cases, and the line above that stands for them."""

NOWHERE_ELSE = {"norwayeast"}
"""Regions in whose country the other clouds have none."""

OWN = {
    "SIT-RES-010": "local zones are those of one cloud",
    "SIT-RES-011": "Arc is Azure's",
    "SIT-SOV-001": "each cloud has its own operators",
    "SIT-SOV-008": "each cloud has its own boundary",
    "SIT-RSL-005": "it is about several providers at once",
    "SIT-RSL-007": "plans are made for one provider",
    "SIT-AI-018": "types of machines are those of one cloud",
    "SIT-ACC-002": "only AWS has trails of an organisation",
    "SIT-RET-005": "only AWS lets a copy keep what its source deletes",
    "SIT-GOV-004": "only at AWS and Google Cloud models can be called that nobody deployed",
}
ON_PREMISES = {"SIT-RES-011"}
"""Rules about hardware outside the clouds that one of them manages."""

_LISTED = re.compile(r"asset\.provider in \[[^\]]*\]")
RULES = {rule.id: rule for rule in load_rules()}


def region(name: str, cloud: str) -> str | None:
    """The region of a cloud that stands for this one; None if there is none."""
    line = OTHERS.get(name)
    if line is None:
        line = next((n for n, names in enumerate(REGIONS) if name in names), None)
    return None if line is None else REGIONS[line][CLOUDS.index(cloud)]


def carried(value: Any, cloud: str) -> Any:
    """A value of an attribute with the places in it carried over. Raises LookupError where one has no counterpart."""
    if isinstance(value, dict):
        return {k: place_name(v, cloud) if k == "region" else carried(v, cloud) for k, v in value.items()}
    if isinstance(value, list):
        return [carried(v, cloud) for v in value]
    if isinstance(value, str) and value.startswith("in:"):
        raise LookupError(value)  # a group of regions that only Google Cloud knows
    known = isinstance(value, str) and (value in OTHERS or any(value in names for names in REGIONS))
    if known or (isinstance(value, str) and value in NOWHERE_ELSE):
        return place_name(value, cloud)
    return value


def place_name(name: str, cloud: str) -> str:
    found = region(name, cloud)
    if found is None:
        raise LookupError(name)
    return found


def carried_asset(asset: Asset, cloud: str) -> Asset:
    if asset.provider not in CLOUDS or asset.provider == cloud:
        return asset
    found = copy.copy(asset)
    found.provider = cloud
    place = asset.location
    if place.kind is LocationKind.REGION:
        name = place.region or ""
        known = name in OTHERS or any(name in names for names in REGIONS)
        found.location = Location(LocationKind.REGION, region=place_name(name, cloud) if known else name)
    elif place.members:
        found.location = Location(place.kind, members=tuple(place_name(m, cloud) for m in place.members))
    elif place.kind not in (LocationKind.GLOBAL, LocationKind.UNKNOWN, LocationKind.ON_PREM):
        raise LookupError(place.kind)
    found.attributes = carried(asset.attributes, cloud)
    return found


def carried_case(case: Case, cloud: str) -> Case | None:
    """The case on another cloud, as far as it can be carried over."""
    cells: list[Coverage] = []
    for cell in case.coverage:
        found = copy.copy(cell)
        found.provider = cloud if cell.provider in CLOUDS else cell.provider
        cells.append(found)
    try:
        assets = tuple(carried_asset(a, cloud) for a in case.assets)
    except LookupError:
        return None
    return replace(case, assets=assets, coverage=tuple(cells))


def alike(rule: Rule) -> list[str]:
    """Clouds between which a rule makes no difference: all, or those that its `where` names together."""
    if rule.id in OWN:
        return []
    text = " ".join(source.text for check in rule.checks for source in check.sources)
    together = set(_LISTED.findall(text))
    if "asset.provider" not in _LISTED.sub("", text) and len(together) < 2:
        named = [cloud for cloud in CLOUDS if not together or f'"{cloud}"' in next(iter(together))]
        return [cloud for cloud in named if cloud in rule.remediation]
    return []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_its_cases_hold_on_every_cloud_that_it_helps_with(rule):
    clouds = alike(rule)
    for cloud in clouds:
        on_others = [c for c in rule.cases if all(a.provider in clouds for a in c.assets)]
        cases = [found for case in on_others if (found := carried_case(case, cloud)) is not None]
        results = run_cases([replace(rule, cases=tuple(cases))], CATALOGUE)
        assert [f"{cloud}: {r.case}: {r.problem}" for r in results if r.problem] == []
        assert {"fail", "pass", "not_checked"} <= {c.expect for c in cases}


@pytest.mark.parametrize("rule", [r for r in RULES.values() if not alike(r)], ids=lambda r: r.id)
def test_where_clouds_differ_each_has_a_case_of_its_own(rule):
    if rule.id in ON_PREMISES:
        return
    for cloud in CLOUDS:
        if cloud in rule.remediation:
            own = {c.expect for c in rule.cases if any(a.provider == cloud for a in c.assets)}
            assert own & {"fail", "pass", "not_checked"}, f"no case for {cloud}"
