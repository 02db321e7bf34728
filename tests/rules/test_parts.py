"""Containers, tables and databases have place, class and facts of the store that they are a part of."""

from typing import Any

import pytest
from estates import AS_OF, TAGS, asset, place, rel, rule, run

from rules.catalogue import Catalogue
from rules.estate import MemoryEstate
from rules.policy import Policy
from rules.related import Records
from rules.rulefile import load_rules
from rules.world import World
from scanners.model import UNREAD, Asset, Coverage, CoverageStatus, Relation

ACCOUNT = "/subscriptions/s/storageaccounts/a"
CONTAINER = f"{ACCOUNT}/blobservices/default/containers/c"
IN = rel(CONTAINER, "member_of", ACCOUNT)


def azure(uid: str, region: str = "unknown", kind: str = "storage.bucket", **more: Any) -> Asset:
    return asset(uid, kind, region, provider="azure", account="s", **more)


def records(assets: list[Asset], *relations: Relation) -> dict[str, dict[str, Any]]:
    estate = MemoryEstate(assets, relations)
    catalogue = Catalogue.load()
    world = World(estate, Policy.parse(TAGS, catalogue, AS_OF), catalogue, AS_OF)
    made = Records(world)
    return {estate.uid(n): made.get(n) for n in range(estate.size)}


def verdicts(
    rule: str, assets: list[Asset], *relations: Relation, coverage: list[Coverage] | None = None
) -> dict[str, str]:
    wanted = [r for r in load_rules(catalogue=Catalogue.load()) if r.id == rule]
    findings, _, _, _ = run(wanted, assets, relations, coverage=coverage or [])
    return {f.asset or "": str(f.verdict) for f in findings}


def test_a_container_lies_where_its_account_does():
    assets = [azure(CONTAINER), azure(ACCOUNT, "westeurope")]
    found = records(assets, IN)[CONTAINER]
    assert found["loc"]["country"] == "NL"
    assert verdicts("SIT-RES-003", assets, IN) == {}


def test_a_place_that_was_not_read_is_no_unknown_place():
    """The account itself is not in the import: only what its blob service and its container say."""
    facet = azure(ACCOUNT, versioning=True)
    facet.tags = UNREAD
    assert verdicts("SIT-RES-003", [facet]) == {ACCOUNT: "not_checked"}
    assert verdicts("SIT-RES-003", [azure(CONTAINER)], IN) == {CONTAINER: "not_checked"}
    assert verdicts("SIT-RES-003", [azure(CONTAINER), facet], IN) == dict.fromkeys((ACCOUNT, CONTAINER), "not_checked")
    assert verdicts("SIT-RES-003", [azure(ACCOUNT)]) == {ACCOUNT: "fail"}


def test_a_disk_is_no_part_of_its_machine():
    disk = asset("v", "storage.volume", "unknown", tags={})
    machine = asset("i", "compute.instance", data="personal")
    found = records([disk, machine], rel("v", "member_of", "i"))["v"]
    assert found["loc"]["kind"] == "unknown"
    assert found["dc"] == "unclassified"


@pytest.mark.parametrize(
    ("own", "guard", "expected"),
    [
        ("public", "possible", "public"),
        ("public", "none", "none"),
        ("public", None, None),
        ("none", "possible", "none"),
        (None, "none", "none"),
        (None, "possible", None),
    ],
)
def test_public_access_needs_container_and_account(own: str | None, guard: str | None, expected: str | None):
    container = azure(CONTAINER, **({"public_access": own} if own else {}))
    account = azure(ACCOUNT, "westeurope", **({"public_access": guard} if guard else {}))
    assert records([container, account], IN)[CONTAINER].get("public_access") == expected


def test_public_access_of_an_account_that_nobody_read():
    assert "public_access" not in records([azure(CONTAINER, public_access="public")], IN)[CONTAINER]
    assert records([azure(CONTAINER, public_access="none")], IN)[CONTAINER]["public_access"] == "none"


@pytest.mark.parametrize("status", [CoverageStatus.COLLECTED, CoverageStatus.DENIED])
def test_an_account_whose_containers_were_not_read_may_be_public(status: CoverageStatus):
    """The account lets its containers be public; whether one of them is, they would have said."""
    account = azure(ACCOUNT, "westeurope", public_access="possible", data="personal")
    rows = [Coverage("c", "azure", account.account, "*", "storage", "storage.bucket", status)]
    found = run(
        [rule("T-ONE-001", 'pd(asset) && asset.public_access == "public"')], [account], policy=TAGS, coverage=rows
    )[3]
    read = status is CoverageStatus.COLLECTED
    assert found.verdicts["pass"] == (1 if read else 0)
    assert found.verdicts["not_checked"] > 0 or read


def test_facts_and_marks_come_from_the_whole():
    account = azure(ACCOUNT, "westeurope", encrypted=True, soft_delete_days=7, https_only=True, tags={"owner": "Lab"})
    key = azure("k", "westeurope", "key", custody="customer")
    container = azure(CONTAINER, https_only=False)
    found = records([container, account, key], IN, rel(ACCOUNT, "encrypted_by", "k"))[CONTAINER]
    assert (found["encrypted"], found["soft_delete_days"], found["https_only"]) == (True, 7, False)
    assert found["custody"] == "customer"
    assert found["owner"] == "Lab"


def test_a_place_that_a_part_has_of_its_whole_is_a_place_there_too():
    account = azure(
        ACCOUNT, "brazilsouth", data="personal", secondary_loc={"kind": "region", "region": "southcentralus"}
    )
    container = azure(CONTAINER, data="personal")
    assert records([container, account], IN)[CONTAINER]["secondary_loc"]["countries"] == ("US",)
    wanted = [r for r in load_rules(catalogue=Catalogue.load()) if r.id == "SIT-RES-005"]
    findings, *_ = run(wanted, [container, account], [IN], policy='allowed_countries = ["BR"]\n' + TAGS, coverage=[])
    assert {f.asset: str(f.verdict) for f in findings} == dict.fromkeys((ACCOUNT, CONTAINER), "fail")


def test_a_key_of_its_own_that_was_not_read_is_not_that_of_the_whole():
    dataset = asset("d", "warehouse", custody="customer", encrypted=True)
    table = asset("d/tables/t", "database.table")
    relations = [rel("d/tables/t", "member_of", "d"), rel("d/tables/t", "encrypted_by", "unread")]
    assert "custody" not in records([dataset, table], *relations)["d/tables/t"]
    assert records([dataset, table], relations[0])["d/tables/t"]["custody"] == "customer"


def test_the_class_of_the_whole_is_that_of_its_parts():
    server, database = asset("s", "database.instance", data="health"), asset("s/db", "database.instance")
    own = asset("s/open", "database.instance", data="public")
    relations = [rel(x, "member_of", "s") for x in ("s/db", "s/open")]
    found = records([server, database, own], *relations)
    assert (found["s/db"]["dc"], found["s/db"]["dc_source"]) == ("special_category", "inherited")
    assert (found["s/open"]["dc"], found["s"]["dc"]) == ("public", "special_category")


def test_what_a_job_writes_counts_before_a_weaker_class_of_the_whole():
    assets = [asset("w", data="public"), asset("w/p"), asset("j", "training.job"), asset("in", data="personal")]
    relations = [rel("w/p", "member_of", "w"), rel("j", "reads", "in"), rel("j", "writes", "w/p")]
    assert records(assets, *relations)["w/p"]["dc"] == "personal"


def test_the_class_of_a_whole_that_nobody_read_is_not_known():
    assert "dc" not in records([azure(CONTAINER)], IN)[CONTAINER]


def test_many_parts_are_read_in_batches():
    wholes = [asset(f"w{n}", encrypted=bool(n % 2)) for n in range(600)]
    parts = [asset(f"w{n}/p") for n in range(600)]
    found = records([*parts, *wholes], *(rel(f"w{n}/p", "member_of", f"w{n}") for n in range(600)))
    assert all(found[f"w{n}/p"]["encrypted"] is bool(n % 2) for n in range(600))
    assert place("unknown").kind == "unknown"
