"""Recording, listing and revoking acceptances from the command line, and the list of decisions."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli.main import main

UID = "//storage.googleapis.com/scans"
BUCKET = {
    "name": UID,
    "assetType": "storage.googleapis.com/Bucket",
    "ancestors": ["projects/123", "organizations/9"],
    "resource": {
        "data": {
            "name": "scans",
            "location": "US-EAST4",
            "locationType": "region",
            "storageClass": "STANDARD",
            "metageneration": "1",
            "labels": {"data-class": "personal"},
        }
    },
}
POLICY = 'allowed_countries = ["EEA"]\n[tag_map.data-class]\npersonal = "personal"\n'
TODAY = datetime.now(UTC).date()
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)


@pytest.fixture
def store(store_place, tmp_path: Path, monkeypatch, capsys) -> list[str]:
    monkeypatch.chdir(tmp_path)
    export, policy = tmp_path / "a.ndjson", tmp_path / "policy.toml"
    export.write_text(json.dumps(BUCKET) + "\n", encoding="utf-8")
    policy.write_text(POLICY, encoding="utf-8")
    words = ["--store", store_place()]
    assert main(["audit", "--import", str(export), "--policy", str(policy), *words]) == 0
    capsys.readouterr()
    return words


def add(store, *words):
    given = {
        "--rule": "SIT-RES-002",
        "--asset": UID,
        "--why": "moves in May",
        "--owner": "Ada",
        "--until": str(TOMORROW),
    }
    given |= dict(zip(words[::2], words[1::2], strict=True))
    return main(["acceptances", "add", *(w for pair in given.items() for w in pair), *store])


def verdict(store, capsys, *words):
    capsys.readouterr()
    assert main(["judge", "--policy", "policy.toml", "--format", "json", *words, *store]) == 0
    found = json.loads(capsys.readouterr().out)
    return {f["verdict"] for f in found["findings"] if f["rule"] == "SIT-RES-002" and f.get("asset") == UID}


def test_an_acceptance_overrides_the_failure_until_its_day_and_no_longer(store, capsys):
    assert verdict(store, capsys) == {"fail"}
    assert add(store) == 0
    assert verdict(store, capsys) == {"accepted"}
    assert verdict(store, capsys, "--as-of", str(TOMORROW + timedelta(days=1))) == {"fail"}


def test_it_counts_where_an_earlier_day_is_judged_by_and_says_when_it_was_recorded(store, capsys):
    assert add(store) == 0
    assert verdict(store, capsys, "--as-of", str(TODAY - timedelta(days=1))) == {"accepted"}
    assert verdict(store, capsys) == {"accepted"}
    assert verdict(store, capsys, "--as-of", str(TOMORROW + timedelta(days=1))) == {"fail"}
    capsys.readouterr()
    assert main(["acceptances", "list", *store]) == 0
    assert f"recorded {TODAY}, until {TOMORROW}" in capsys.readouterr().out


def test_days_may_be_written_in_german_but_not_so_that_they_are_two(store, capsys):
    assert add(store, "--until", f"{TOMORROW:%d.%m.%Y}") == 0
    assert f"until {TOMORROW}" in capsys.readouterr().out
    assert verdict(store, capsys, "--as-of", f"{TODAY:%d.%m.%Y}") == {"accepted"}
    for text in ("03/04/2099", "3-4-2099", "31.02.2099", "1.1.99"):
        assert add(store, "--until", text) == 2
        assert "a day is written as" in capsys.readouterr().err


def test_it_counts_for_its_subject_and_its_rule_only(store, capsys):
    assert add(store, "--asset", "//storage.googleapis.com/other") == 0
    assert add(store, "--rule", "SIT-RES-001") == 0
    assert verdict(store, capsys) == {"fail"}
    assert add(store, "--asset", "*") == 0
    assert verdict(store, capsys) == {"accepted"}


def test_revoking_brings_the_failure_back_and_stays_on_record(store, capsys):
    assert add(store, "--second-person", "Grace") == 0
    assert main(["acceptances", "revoke", "ACC-0001", "--by", "Ada", "--why", "moved", *store]) == 0
    assert verdict(store, capsys) == {"fail"}
    assert main(["acceptances", "list", "--format", "json", *store]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["acceptances", "list", "--revoked", *store]) == 0
    out = capsys.readouterr().out
    assert "revoked" in out
    assert "agreed by Grace" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--until", "2020-01-01"), "is over already"),
        (("--until", "May"), "a day is written as 2026-11-22"),
        (("--rule", "SIT-RES-999"), "there is no rule SIT-RES-999"),
        (("--why", "  "), "--why is empty"),
        (("--second-person", " ada "), "somebody else"),
        (("--second-person", " "), "--second-person is empty"),
        (("--owner", "Ada Lovelace", "--second-person", "ada\u00a0 Love\u200blace"), "somebody else"),
    ],
)
def test_what_cannot_be_recorded_is_a_sentence(store, capsys, words, said):
    assert add(store, *words) == 2
    assert said in capsys.readouterr().err
    main(["acceptances", "list", *store])
    assert "Nothing was accepted" in capsys.readouterr().out


def test_an_acceptance_that_waits_for_a_second_person_is_not_said_to_be_in_force(store, capsys):
    assert main(["decide", "two-people", "on", "--by", "Ada", *store]) == 0
    capsys.readouterr()
    assert add(store, "--second-person", "Grace") == 0
    assert "second person" in capsys.readouterr().out
    assert verdict(store, capsys) == {"fail"}
    assert main(["acceptances", "list", *store]) == 0
    out = capsys.readouterr().out
    assert "waits" in out
    assert "in force" not in out
    assert "situs decide agree ACC-0001" in out


@pytest.mark.parametrize(
    "words",
    [
        ["not-applicable", "--why", "x", "--until", str(TOMORROW)],
        ["assign", "--to", "Bob"],
        ["comment", "--text", "seen"],
    ],
)
def test_work_on_a_rule_that_does_not_exist_is_refused(store, capsys, words):
    words = ["decide", *words, "--by", "Ada", "--asset", UID, *store]
    assert main([*words, "--rule", "SIT-RES-999"]) == 2
    assert "there is no rule SIT-RES-999" in capsys.readouterr().err
    assert main(["log", "list", *store]) == 0
    assert "Nothing was decided" in capsys.readouterr().out
    assert main([*words, "--rule", "sit-res-002"]) == 0


def test_what_does_not_apply_where_nothing_failed_is_noted(store, capsys):
    words = ["decide", "not-applicable", "--why", "x", "--until", str(TOMORROW), "--by", "Ada", "--rule", "SIT-RES-002"]
    assert main([*words, "--asset", "nothing-there", *store]) == 0
    assert "no failure of SIT-RES-002 there" in capsys.readouterr().err


def test_a_subject_without_failure_is_noted(store, capsys):
    assert add(store, "--asset", "nothing-there") == 0
    assert "no failure of SIT-RES-002 there" in capsys.readouterr().err


def test_revoking_what_is_not_there_is_a_sentence(store, capsys):
    assert main(["acceptances", "revoke", "ACC-7", "--by", "Ada", "--why", "x", *store]) == 1
    assert "no acceptance ACC-7" in capsys.readouterr().err


def test_decisions_are_questions_with_the_number_of_waiting_verdicts(store, capsys):
    assert main(["decisions", "--format", "json", *store]) == 0
    found = {d["decision"]: d for d in json.loads(capsys.readouterr().out)["decisions"]}
    register = found["transfer_register"]
    assert register["waiting"] > 0
    assert register["rules"]
    assert register["question"].startswith("On what legal basis")
    assert "allowed_countries" not in found
    assert main(["decisions", *store]) == 0
    assert "On what legal basis" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["decisions"], ["acceptances", "list"], ["register", "due"]])
def test_without_a_store_there_is_a_sentence(tmp_path, capsys, words):
    assert main([*words, "--store", str(tmp_path / "none.db")]) in (1, 2)
    assert "situs: " in capsys.readouterr().err
