"""The commands of a compliance officer, from "no access" to the first report."""

import json
from pathlib import Path

import pytest
from aws_wire import denied
from backends import Backend, main
from fault_proxy import FaultProxy

from app.connections import Connection


@pytest.fixture
def file(connection: Connection, proxy: FaultProxy, tmp_path: Path) -> Path:
    path = tmp_path / "connections.toml"
    path.write_text(
        '[[connection]]\nname = "research"\nprovider = "aws"\nauth = "keys"\naccess_key_id = "testing"\n'
        f'secret_env = "SITUS_TEST_SECRET"\nregions = ["eu-central-1", "eu-west-1"]\nendpoint = "{proxy.endpoint}"\n',
        encoding="utf-8",
    )
    return path


def test_the_connection_test_says_what_is_granted_and_what_to_ask_for(
    estate: dict[str, str], file: Path, proxy: FaultProxy, capsys: pytest.CaptureFixture[str]
) -> None:
    proxy.strike(**denied("s3.GetBucketPolicy"))
    assert main(["connect", "--connections", str(file), "--format", "json"]) == 1
    [table] = json.loads(capsys.readouterr().out)
    states = {row["permission"]: row["state"] for row in table["permissions"]}
    assert states["s3:GetBucketPolicy"] == "denied"
    assert states["s3:ListAllMyBuckets"] == "allowed"
    assert states["kms:GetKeyRotationStatus"] == "allowed"
    assert states["organizations:ListAccounts"] == "unused"
    assert main(["connect", "--connections", str(file)]) == 1
    said = capsys.readouterr().out
    assert "To send to your cloud administrator" in said
    assert said.rstrip().index("s3:GetBucketPolicy") > 0


def test_audit_of_a_connection_and_an_exported_file_together(
    backend: Backend, estate: dict[str, str], file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = tmp_path / "sites.yaml"
    sites.write_text("sites:\n  - {id: hall, name: Hall, country: DE, city: Bonn}\n", encoding="utf-8")
    report = tmp_path / "r.json"
    words = ["audit", "--connections", str(file), "--import", str(sites), "--store", backend.place()]
    assert main([*words, "--report", str(report), "--require-complete"]) == 4
    found = json.loads(report.read_text(encoding="utf-8"))
    providers = {asset["provider"] for asset in found["assets"]}
    assert {"aws", "on_prem"} <= providers
    said = capsys.readouterr()
    assert "all read-only" in said.err
    assert "violation" in said.out


def test_scan_prints_what_was_called(
    backend: Backend, estate: dict[str, str], file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["scan", "--connections", str(file), "--store", backend.place(), "--gentle", "--format", "json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["operation"] for row in found["calls"]} >= {"s3.ListBuckets", "kms.ListKeys", "sts.GetCallerIdentity"}
    assert found["scan"]["connections"] == ["research"]


@pytest.mark.parametrize("verb", ["audit", "scan"])
def test_a_command_with_nothing_to_read_is_a_usage_error(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb]) == 2
    assert "--connections FILE, --import FILE, or both" in capsys.readouterr().err
