"""The fact files: complete, sourced, consistent with each other, and refused with a sentence when they are not."""

import csv
import shutil
import time
from datetime import date
from pathlib import Path

import pytest

from resources import ROOT
from rules.catalogue import Catalogue, CatalogueError
from rules.catalogue.tables import FILES, rows

FOLDER = ROOT / "catalogue"
CATALOGUE = Catalogue.load()
STATUSES = {"eea", "adequate", "adequate_partial", "third_country"}

LEFT_OUT = {"aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"}
"""AWS's isolated partitions: their customers are governments outside the EU, and their places are not published."""

# Latitude and longitude of a rough box around each country: south, north, west, east.
BOXES = {
    "AE": (22, 26.5, 51, 56.6),
    "AR": (-56, -21, -74, -53),
    "AT": (46.3, 49.1, 9.5, 17.2),
    "AU": (-44, -10, 112, 154),
    "BD": (20.5, 26.7, 88, 92.7),
    "BE": (49.4, 51.6, 2.5, 6.5),
    "BG": (41.2, 44.3, 22.3, 28.7),
    "BH": (25.5, 26.5, 50.3, 50.9),
    "BR": (-34, 5.5, -74, -34),
    "CA": (41.6, 70, -141, -52),
    "CH": (45.8, 47.9, 5.9, 10.6),
    "CL": (-56, -17, -76, -66),
    "CN": (18, 54, 73, 135),
    "CO": (-4.5, 13, -79.5, -66),
    "DE": (47.2, 55.1, 5.8, 15.1),
    "DK": (54.5, 57.8, 8, 15.3),
    "ES": (35.9, 43.9, -9.4, 4.4),
    "FI": (59.7, 70.1, 20.5, 31.6),
    "FR": (41.3, 51.2, -5.2, 9.6),
    "GB": (49.8, 60.9, -8.2, 1.8),
    "GR": (34.8, 41.8, 19.3, 29.7),
    "HK": (22.1, 22.6, 113.8, 114.5),
    "HR": (42.3, 46.6, 13.4, 19.5),
    "HU": (45.7, 48.6, 16.1, 22.9),
    "ID": (-11, 6, 95, 141),
    "IE": (51.4, 55.4, -10.6, -5.9),
    "IL": (29.4, 33.4, 34.2, 35.9),
    "IN": (6.5, 35.6, 68, 97.5),
    "IS": (63.2, 66.6, -24.6, -13.4),
    "IT": (36.6, 47.1, 6.6, 18.6),
    "JP": (24, 45.6, 122.9, 146),
    "KR": (33.1, 38.7, 125.8, 129.7),
    "MA": (21, 36, -17.1, -1),
    "MX": (14.5, 32.8, -117.2, -86.7),
    "MY": (0.8, 7.4, 99.6, 119.3),
    "NG": (4, 14, 2.6, 14.7),
    "NL": (50.7, 53.6, 3.3, 7.3),
    "NO": (57.9, 71.2, 4.5, 31.2),
    "NZ": (-47.4, -34.3, 166.3, 178.6),
    "OM": (16.6, 26.5, 51.9, 59.9),
    "PE": (-18.4, 0, -81.4, -68.6),
    "PH": (4.5, 21.2, 116.9, 126.7),
    "PL": (49, 54.9, 14.1, 24.2),
    "QA": (24.4, 26.2, 50.7, 51.7),
    "RS": (42.2, 46.2, 18.8, 23),
    "SA": (16.3, 32.2, 34.5, 55.7),
    "SE": (55.3, 69.1, 11, 24.2),
    "SG": (1.1, 1.5, 103.6, 104.1),
    "SN": (12.3, 16.7, -17.6, -11.3),
    "TH": (5.6, 20.5, 97.3, 105.7),
    "TR": (35.8, 42.2, 25.6, 44.9),
    "TW": (21.8, 25.4, 119.3, 122.1),
    "US": (18.9, 49.4, -160, -66.9),
    "VN": (8.3, 23.4, 102, 109.6),
    "ZA": (-34.9, -22.1, 16.4, 32.9),
}


def table(name: str) -> list[dict[str, str]]:
    return rows(name, (FOLDER / name).read_bytes())


def test_every_region_that_the_aws_sdk_knows_is_there() -> None:
    botocore_session = pytest.importorskip("botocore.session")
    partitions = botocore_session.get_session().get_data("partitions")["partitions"]
    names = {p["id"] for p in partitions}
    assert names >= LEFT_OUT  # a partition that is gone must not stay excused
    listed = {(r["partition"], r["region_id"]) for r in table("regions.csv") if r["provider"] == "aws"}
    wanted = {
        (partition["id"], region)
        for partition in partitions
        if partition["id"] not in LEFT_OUT
        for region in partition["regions"]
        if not region.endswith("-global")
    }
    assert wanted - listed == set()
    assert len(wanted) > 35


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_source_and_confidence(name: str) -> None:
    found = table(name)
    assert found
    assert all(row["source"].strip() and row["confidence"] in ("verified", "recalled") for row in found)


@pytest.mark.parametrize("name", ["regions.csv", "edge_zones.csv"])
def test_countries_are_known_and_coordinates_lie_in_them(name: str) -> None:
    for row in table(name):
        country = row["country_iso2"]
        assert country in CATALOGUE.country_codes
        if row["latitude"]:
            south, north, west, east = BOXES[country]
            assert south <= float(row["latitude"]) <= north, row
            assert west <= float(row["longitude"]) <= east, row


def test_every_edge_zone_has_a_listed_parent_and_a_pattern_apart_from_ordinary_zones() -> None:
    for row in table("edge_zones.csv"):
        assert row["parent_region"] in CATALOGUE.regions(row["provider"])
        if row["kind"] == "extended_zone":  # Azure names them after their city
            continue
        assert row["zone"].startswith(row["parent_region"] + "-")
        assert row["zone"][-1].isdigit() == (row["kind"] == "local_zone")


def test_members_of_multi_regions_are_listed_regions_in_the_stated_countries() -> None:
    countries = {(r["provider"], r["region_id"]): r["country_iso2"] for r in table("regions.csv")}
    eu = CATALOGUE.countries("EU", date(2026, 11, 22))
    seen = 0
    for row in table("multiregions.csv"):
        stated = set(row["countries"].split(";"))
        assert stated & {"*", "?", "*EU"} or all(c in CATALOGUE.country_codes for c in stated), row
        members = [m for m in row["members"].split(";") if m]
        known = [m for m in members if (row["provider"], m) in countries]
        if not known:
            continue
        assert known == members, row  # one member that is a region: all are
        seen += 1
        found = {countries[row["provider"], m] for m in members}
        assert stated in ({"?"}, {"*"}) or found == stated, row
        if row["eu_only"] == "yes":
            assert found <= eu, row
    assert seen > 25


def test_paired_regions_exist() -> None:
    for row in table("regions.csv"):
        if row["paired_region"]:
            assert row["paired_region"] in CATALOGUE.regions(row["provider"]), row
    assert CATALOGUE.paired_region("azure", "West Europe") == "northeurope"
    assert CATALOGUE.paired_region("azure", "brazilsouth") == "southcentralus"  # leaves the country
    assert CATALOGUE.paired_region("azure", "nowhere") is None


def test_jurisdictions_agree_with_the_decisions_on_the_day_of_the_files() -> None:
    for row in table("jurisdictions.csv"):
        assert row["gdpr_status"] in STATUSES
        found = CATALOGUE.jurisdiction(row["iso2"], CATALOGUE.as_of)
        assert found.status == row["gdpr_status"], row["iso2"]
        if row["adequacy_decision"] and found.status.startswith("adequate"):
            assert found.decision, row["iso2"]
            assert not row["valid_until"] or found.valid_until == date.fromisoformat(row["valid_until"])


def test_eu_control_is_never_claimed_against_the_rest_of_the_row() -> None:
    eea = CATALOGUE.countries("EEA", CATALOGUE.as_of)
    for operator in CATALOGUE.operators:
        assert {operator.us_cloud_act, operator.us_fisa_702, operator.eu_controlled} <= {"yes", "no", "unclear"}
        if operator.eu_controlled == "yes":
            assert operator.parent_country in eea
            assert operator.us_cloud_act == "no"
        if operator.us_cloud_act == "yes":
            assert operator.eu_controlled == "no"


def test_partitions_of_regions_have_an_operator_or_are_realms_of_one_provider() -> None:
    for row in table("regions.csv"):
        if row["provider"] in ("aws", "azure", "gcp"):
            assert CATALOGUE.operator(row["provider"], row["partition"]), row


def test_examples_of_families_and_zones_answer_as_the_tables_say() -> None:
    for row in table("machine_families.csv"):
        assert CATALOGUE.gpu_count(row["provider"], row["example"]) == 0, row
    for row in table("gpus.csv"):
        assert CATALOGUE.gpu_count(row["provider"], row["instance_type"]) != 0, row


def copy(folder: Path) -> Path:
    shutil.copytree(FOLDER, folder / "catalogue")
    return folder / "catalogue"


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("regions.csv", b"aws,af-south-1,", b"aws,", "line 2: 15 cells, not 16"),
        ("regions.csv", b"aws,ap-east-1,", b"aws,af-south-1,", "lists ('aws', 'af-south-1') twice"),
        ("regions.csv", b"-33.920", b"south", "'south', which is not a number"),
        ("adequacy.csv", b"2026-01-26", b"26.1.2026", "not a date like 2026-01-31"),
        ("adequacy.csv", b"partial", b"half", "no column partial"),
        ("multiregions.csv", b",FI;NL,", b",FI;XX,", "names the country 'XX'"),
        ("jurisdictions.csv", b",verified", b",sure", "no source or no confidence"),
        ("meta.toml", b"version", b"edition", "needs a version"),
        ("membership.csv", b"AT,EU,1995-01-01", b"AT,NATO,1995-01-01", "no group NATO"),
    ],
)
def test_a_spoiled_file_is_refused_with_a_sentence(
    tmp_path: Path, name: str, old: bytes, new: bytes, sentence: str
) -> None:
    folder = copy(tmp_path)
    body = (folder / name).read_bytes()
    assert old in body
    (folder / name).write_bytes(body.replace(old, new, 1))
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(folder)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "gpus.csv").unlink()
    with pytest.raises(CatalogueError, match=r"gpus\.csv cannot be read"):
        Catalogue.load(folder)


def test_the_digest_follows_the_contents_and_not_the_line_ends(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    assert Catalogue.load(folder).digest == CATALOGUE.digest
    body = (folder / "adequacy.csv").read_bytes()
    (folder / "adequacy.csv").write_bytes(body.replace(b"\n", b"\r\n"))
    assert Catalogue.load(folder).digest == CATALOGUE.digest
    (folder / "adequacy.csv").write_bytes(body.replace(b"2031-12-27", b"2031-12-26"))
    assert Catalogue.load(folder).digest != CATALOGUE.digest


def test_the_shipped_catalogue_is_read_once_and_quickly() -> None:
    assert Catalogue.load() is CATALOGUE
    started = time.process_time()
    Catalogue.load(FOLDER)
    assert time.process_time() - started < 0.15


def test_age_counts_from_the_day_of_the_files() -> None:
    assert CATALOGUE.version
    assert CATALOGUE.age_days(CATALOGUE.as_of) == 0
    assert CATALOGUE.age_days(date(2027, 11, 22)) == (date(2027, 11, 22) - CATALOGUE.as_of).days
    assert CATALOGUE.age_days(date(2020, 1, 1)) == 0


def test_norway_is_a_text_in_every_file() -> None:
    with (FOLDER / "jurisdictions.csv").open(encoding="utf-8", newline="") as file:
        assert "NO" in {row["iso2"] for row in csv.DictReader(file)}
    assert CATALOGUE.country_name("NO") == "Norway"
