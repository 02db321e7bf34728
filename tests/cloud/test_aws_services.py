"""A scan of databases, notebooks, jobs, clusters and secrets of a simulated AWS: every planted problem is found."""

from datetime import date
from pathlib import Path

import msgspec
import pytest
from aws_estate import FOREIGN, AwsCloud
from aws_services_estate import FAR, HOME, plant_services

from app.audit import judge_scan, yardstick
from app.connections import Connection
from app.scanning import scan
from app.store import Store
from scanners.aws.live.login import Network

POLICY = """allowed_countries = ["EEA"]
transfer_register = []
[tag_map.data-classification]
personal = "personal"
[required_custody]
personal = "customer"
"""


@pytest.fixture(scope="module")
def services(cloud: AwsCloud) -> dict[str, str]:
    cloud.reset()
    return plant_services(cloud)


def test_every_planted_problem_is_found(
    services: dict[str, str], connection: Connection, tmp_path: Path, hasty: Network
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    with Store.open(tmp_path / "s.db") as store:
        done = scan(store, [msgspec.structs.replace(connection, regions=(HOME, FAR))], network=hasty)
        info = judge_scan(store, done.scan.id, yardstick(policy, date(2026, 11, 29)))
        rows = [row.finding for row in store.findings(info.id, verdict="fail")]
        page, _ = store.assets_page(done.scan.id, limit=1000)
        assets = {row.asset.uid: row.asset for row in page}
        relations = [row[3] for batch in store.estate(done.scan.id).relations() for row in batch]
    fails = {(f.rule, f.asset) for f in rows}
    for rule, what in (
        ("SIT-KEY-001", "open database"),
        ("SIT-EXPO-002", "public database snapshot"),
        ("SIT-RES-001", "table in the United States"),
        ("SIT-KEY-002", "table in the United States"),
        ("SIT-KEY-001", "open warehouse"),
        ("SIT-EXPO-005", "open notebook"),
        ("SIT-KEY-011", "corpus"),
        ("SIT-KEY-009", "training job"),
        ("SIT-EXPO-006", "training job"),
        ("SIT-ACC-002", "open cluster"),
        ("SIT-KEY-001", "plain file system"),
        ("SIT-ACC-006", "log group"),
    ):
        assert (rule, services[what]) in fails, (rule, what)
    flows = [f.rule for f in rows if f.flow]
    assert "SIT-XFER-009" in flows, "what is trained goes to the United States"
    secret = assets[services["secret copied abroad"]].attributes
    assert secret["secondary_loc"] == {"kind": "region", "region": FAR}
    shared = {(r.source, r.target) for r in relations if r.type == "shared_with"}
    assert (services["shared registry"], f"account:{FOREIGN}") in shared
    assert assets[services["sleeping group"]].attributes == {"instance_type": "p5.48xlarge", "node_count": 0}
    kept = (tmp_path / "s.db").read_bytes()
    for secret_text in (b"hunter2", b"hf_secret_token", b"aHVudGVyMg"):
        assert secret_text not in kept
