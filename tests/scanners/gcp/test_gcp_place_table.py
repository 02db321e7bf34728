"""Every place that the catalogue lists for Google is recognised in the spelling that Google uses."""

import csv
from pathlib import Path

import pytest

from scanners.gcp.places import place
from scanners.model import LocationKind

CATALOGUE = Path(__file__).parents[3] / "resources" / "catalogue"


def rows(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["provider"] == "gcp"]


REGIONS = [row["region_id"] for row in rows("regions.csv")]
_CHOSEN = ("configurable-dual-region", "<region>")
MULTI = [
    (row["service"], row["location_id"])
    for row in rows("multiregions.csv")
    if not row["service"].startswith("sovereign-") and row["location_id"] not in _CHOSEN
]
"""Without what stands for names that customers or programmes choose."""


@pytest.mark.parametrize("region", REGIONS)
def test_regions_and_their_zones(region: str) -> None:
    for spelled in (region, region.upper(), f"projects/p/locations/{region}", f" {region} "):
        found = place(spelled)
        assert (found.kind, found.region) == (LocationKind.REGION, region)
    if not region.startswith(("aws-", "azure-")):
        zone = place(f"https://www.googleapis.com/compute/v1/projects/p/zones/{region}-a")
        assert (zone.kind, zone.region, zone.zone) == (LocationKind.ZONE, region, f"{region}-a")


@pytest.mark.parametrize(("service", "location"), MULTI)
def test_multi_regions_as_each_service_spells_them(service: str, location: str) -> None:
    if location == "global":
        assert place(location, service).kind is LocationKind.GLOBAL
        return
    for spelled in (location, location.lower(), location.upper()):
        found = place(spelled, service)
        assert (found.kind, found.region, found.service) == (LocationKind.MULTI_REGION, location, service)


def test_there_are_regions_and_multi_regions() -> None:
    assert len(REGIONS) > 40
    assert len(MULTI) > 20
