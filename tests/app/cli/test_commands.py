"""The main job from the command line: reports, exit statuses, and one clear sentence for everything that goes wrong."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.cli.main import main

BUCKET = {
    "name": "//storage.googleapis.com/scans",
    "assetType": "storage.googleapis.com/Bucket",
    "ancestors": ["projects/123", "organizations/9"],
    "resource": {
        "data": {
            "name": "scans",
            "location": "US",
            "locationType": "multi-region",
            "storageClass": "STANDARD",
            "metageneration": "1",
            "labels": {"data-class": "personal"},
            "iamConfiguration": {"publicAccessPrevention": "enforced"},
        }
    },
}
KEPT = {**BUCKET, "name": "//storage.googleapis.com/kept"}
KEPT["resource"] = {
    "data": {**BUCKET["resource"]["data"], "name": "kept", "location": "EUROPE-WEST3", "locationType": "region"}
}
POLICY = """
allowed_countries = ["EEA"]
transfer_register = []
[tag_map.data-class]
personal = "personal"
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "Äkten 数据" / "assets.ndjson"
    path.parent.mkdir()
    path.write_text(json.dumps(BUCKET) + "\n" + json.dumps(KEPT) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.fixture
def store(store_place) -> list[str]:
    return ["--store", store_place("store of the laptop/situs.db")]


def audit(*words: object) -> int:
    return main(["audit", *map(str, words), "--as-of", "2026-11-22"])


def test_audit_writes_every_form(export, policy, store, tmp_path, capsys):
    reports = [tmp_path / f"report.{form}" for form in ("pdf", "json", "csv")]
    assert audit("--import", export, "--policy", policy, *store, "--report", *reports) == 0
    assert reports[0].read_bytes().startswith(b"%PDF")
    found = json.loads(reports[1].read_text(encoding="utf-8"))
    fails = {(f["rule"], f["asset"]) for f in found["findings"] if f["verdict"] == "fail"}
    assert ("SIT-RES-004", BUCKET["name"]) in fails
    assert not [f for f in fails if f[1] == KEPT["name"] and f[0].startswith("SIT-RES")]
    rows = list(csv.reader(io.StringIO(reports[2].read_text(encoding="utf-8-sig"))))
    assert any("SIT-RES-004" in row for row in rows)
    assert "violation" in capsys.readouterr().out


def test_json_on_standard_output_is_the_report(export, policy, store, capsysbinary):
    assert audit("--import", export, "--policy", policy, *store, "--format", "json") == 0
    found = json.loads(capsysbinary.readouterr().out)
    assert found["as_of"] == "2026-11-22"
    assert {a["uid"] for a in found["assets"]} >= {BUCKET["name"], KEPT["name"]}


def test_without_a_policy_decisions_are_named_and_nothing_that_needs_them_passes(export, store, capsysbinary):
    assert audit("--import", export, *store, "--format", "json") == 0
    found = json.loads(capsysbinary.readouterr().out)
    assert "allowed_countries" in {d["decision"].removeprefix("policy.") for d in found["decisions"]}
    residency = [f for f in found["findings"] if f["rule"] == "SIT-RES-002"]
    assert residency
    assert {f["verdict"] for f in residency} == {"not_checked"}


@pytest.mark.parametrize(("severity", "status"), [("critical", 0), ("high", 3), ("info", 3)])
def test_fail_on(export, policy, store, severity, status):
    # London: an adequacy decision, but not among the countries that the policy allows: high, not critical.
    data = {**KEPT["resource"]["data"], "location": "EUROPE-WEST2"}
    export.write_text(json.dumps({**KEPT, "resource": {"data": data}}), encoding="utf-8")
    assert audit("--import", export, "--policy", policy, *store, "--fail-on", severity) == status


def test_incomplete_wins_over_findings(export, policy, store):
    assert audit("--import", export, "--policy", policy, *store, "--fail-on", "info", "--require-complete") == 4


def test_only_new_counts_what_is_new(export, policy, store):
    assert audit("--import", export, "--policy", policy, *store, "--fail-on", "high") == 3
    assert audit("--import", export, "--policy", policy, *store, "--fail-on", "high", "--only-new") == 0


def test_parts_of_the_audit_one_by_one(export, policy, store, tmp_path, capsys):
    assert main(["import", str(export), *store]) == 0
    assert main(["judge", "--policy", str(policy), "--as-of", "2026-11-22", *store]) == 0
    out = tmp_path / "late.pdf"
    assert main(["report", "--out", str(out), *store]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    capsys.readouterr()
    export.write_text(json.dumps(KEPT) + "\n", encoding="utf-8")
    assert main(["audit", "--import", str(export), "--policy", str(policy), "--as-of", "2026-11-22", *store]) == 0
    capsys.readouterr()
    assert main(["diff", "--format", "json", *store]) == 0
    changes = json.loads(capsys.readouterr().out)
    assert {c["uid"]: c["change"] for c in changes["assets"]}[BUCKET["name"]] in ("removed", "stale")
    assert main(["scans", *store]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_rules_list_show_test(capsys):
    assert main(["rules", "list", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"id", "title", "family", "severity"} == set(listed[0])
    assert {r["family"] for r in listed} == {
        "RES",
        "XFER",
        "KEY",
        "EXPO",
        "AI",
        "SOV",
        "GOV",
        "ACC",
        "RET",
        "CLS",
        "RSL",
    }
    assert main(["rules", "show", "SIT-RES-001"]) == 0
    assert "GDPR Art. 44" in capsys.readouterr().out
    assert main(["rules", "test"]) == 0
    assert " 0 not." in capsys.readouterr().out
    assert main(["rules", "show", "SIT-NO-999"]) == 2


def deep() -> str:
    return "[" * 200 + "]" * 200


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    """Name → (file, a word that its sentence must hold)."""

    def put(name: str, body: bytes) -> Path:
        path = folder / name
        path.write_bytes(body)
        return path

    whole = gzip.compress((json.dumps(BUCKET) + "\n").encode() * 50)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.json", "w") as inside:
        for _ in range(400):
            inside.write(b" " * (1 << 20))
    return {
        "truncated gzip": (put("cut.json.gz", whole[: len(whole) // 2]), "cut.json.gz"),
        "deep json": (put("deep.json", deep().encode()), "deep.json"),
        "binary": (put("picture.png", bytes(range(256)) * 40), "picture.png"),
        "empty": (put("empty.json", b""), "empty.json"),
        "zip bomb": (put("bomb.zip", bomb.getvalue()), "bomb"),
        "something else": (put("state.json", b'{"version": 4, "terraform_version": "1.9"}'), "state.json"),
        "no json": (put("broken.json", b'{"value": [ {"id": '), "broken.json"),
        "missing": (folder / "not-there.json", "not-there.json"),
    }


@pytest.mark.parametrize(
    "name", ["truncated gzip", "deep json", "binary", "empty", "zip bomb", "something else", "no json", "missing"]
)
def test_bad_files_get_one_sentence_and_keep_what_is_stored(name, export, policy, store, tmp_path, capsys):
    assert audit("--import", export, "--policy", policy, *store) == 0
    capsys.readouterr()
    path, word = bad_files(tmp_path)[name]
    status = audit("--import", path, "--policy", policy, *store)
    said = capsys.readouterr().err
    assert status in (0, 1)
    assert word in said
    assert "Traceback" not in said
    assert "inside the program" not in said
    capsys.readouterr()
    assert main(["scans", "--format", "json", *store]) == 0
    assert json.loads(capsys.readouterr().out)[0]["assets"] >= 2


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('allowed_countries = ["Germny"]', "Germ"),
        ('allowed_contries = ["DE"]', "allowed_countries"),
        ("allowed_countries = [", "line 1"),
        ('[required_custody]\npersonal = "custmer"', "customer"),
    ],
)
def test_a_wrong_policy_names_the_line_and_stores_nothing(text, word, export, store_place, store, tmp_path, capsys):
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    assert audit("--import", export, "--policy", path, *store) == 2
    said = capsys.readouterr().err
    assert "wrong.toml" in said
    assert word in said
    assert store_place.untouched("store of the laptop/situs.db")


def test_a_rule_with_a_typo_names_file_line_and_attribute(export, store, tmp_path, capsys):
    from rules.rulefile import PACK

    pack = tmp_path / "own"
    pack.mkdir()
    text = (PACK / "keys.yaml").read_text(encoding="utf-8")
    begin = text.index("  - id: SIT-KEY-001")
    own = "rules:\n" + text[begin : text.index("  - id: SIT-KEY-002")].replace("SIT-KEY-001", "SIT-KEY-901").replace(
        "asset.encrypted == false", "asset.encripted == false"
    )
    (pack / "own.yaml").write_text(own, encoding="utf-8")
    assert audit("--import", export, *store, "--pack", pack) == 2
    said = capsys.readouterr().err
    assert "own.yaml, line" in said
    assert "encrypted" in said


def test_words_that_lead_nowhere(store, tmp_path, capsys):
    assert main(["judge", *store]) == 1
    assert main(["report", "--out", str(tmp_path / "x.pdf"), *store]) == 1
    assert audit("--import", tmp_path / "x", "--report", tmp_path / "x.doc", *store) == 2
    assert ".pdf" in capsys.readouterr().err
    assert main(["audit", "--import", "x", "--as-of", "yesterday", *store]) == 2
    assert main(["audit", "--import", "x", "--as-of", "2017-01-01", *store]) == 2


def test_the_program_as_people_start_it(export, policy, tmp_path):
    env = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "app.cli.main",
            "audit",
            "--import",
            str(export),
            "--policy",
            str(policy),
            "--store",
            str(tmp_path / "s.db"),
            "--format",
            "json",
        ],
        capture_output=True,
        env=env,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert json.loads(done.stdout.decode("utf-8"))["schema"]
