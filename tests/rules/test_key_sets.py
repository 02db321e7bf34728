"""A disk encryption set stands between a disk and its key: what the key is, or suffers, reaches the disk."""

from estates import TAGS, asset, rel, run

from rules.catalogue import Catalogue
from rules.rulefile import load_rules
from scanners.model import Asset, Coverage, CoverageStatus

STORES = ("storage.volume", "storage.bucket", "database.instance")
POLICY = 'allowed_countries = ["EEA"]\ntrusted_accounts = []\n[required_custody]\npersonal = "customer_hsm"\n' + TAGS
EDGES = [rel("disk", "encrypted_by", "set"), rel("set", "encrypted_by", "key")]


def estate(**key: object) -> list[Asset]:
    return [
        asset("disk", "storage.volume", "westeurope", data="personal", provider="azure", account="s", encrypted=True),
        asset("set", "key", "westeurope", provider="azure", account="s", rotatable=True),
        asset("key", "key", "westeurope", provider="azure", account="s", **key),
    ]


def verdict(rule: str, about: str, assets: list[Asset]) -> str | None:
    wanted = [r for r in load_rules(catalogue=Catalogue.load()) if r.id == rule]
    cells = [Coverage("c", "azure", "s", "*", "x", kind, CoverageStatus.COLLECTED) for kind in STORES]
    found, *_ = run(wanted, assets, EDGES, policy=POLICY, coverage=cells, with_passes=True)
    return next((str(f.verdict) for f in found if f.asset == about), None)


def test_the_disk_is_in_the_custody_of_the_key_behind_the_set() -> None:
    assert verdict("SIT-KEY-002", "disk", estate(custody="customer_hsm")) == "pass"
    assert verdict("SIT-KEY-002", "disk", estate(custody="customer")) == "fail"
    assert verdict("SIT-KEY-002", "disk", estate()) == "not_checked"


def test_a_disabled_key_that_protects_disks_through_a_set_is_no_idle_key() -> None:
    assert verdict("SIT-KEY-007", "key", estate(state="disabled")) == "fail"
    assert verdict("SIT-KEY-007", "key", estate(state="enabled")) == "pass"


def test_material_abroad_matters_for_what_lies_behind_the_set() -> None:
    abroad = [{"kind": "region", "region": "eastus"}]
    assert verdict("SIT-KEY-004", "key", estate(replica_locs=abroad)) == "fail"
    assert verdict("SIT-KEY-004", "key", estate(replica_locs=[])) == "pass"
