"""Frameworks as views: every file valid, every rule there, and no level or requirement better than its verdicts."""

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from app.cli.main import main
from app.frameworks import FOLDER, NO_EVIDENCE, FrameworkError, assigned, load, names, read_framework, view
from rules.catalogue import Catalogue
from rules.judgement import Summary
from rules.rulefile import load_rules

sys.path.insert(0, str(Path(__file__).parent / "register"))

from register_world import judged_store

RULES = load_rules()
IDS = [rule.id for rule in RULES]
CATALOGUE = Catalogue.load()


def summary(**by_rule):
    return Summary(date(2026, 11, 22), by_rule={k.replace("_", "-"): v for k, v in by_rule.items()})


def test_there_are_the_eight():
    assert names() == ["aiact", "c5", "dataact", "dora", "ecsf", "gdpr", "nis2", "secnumcloud"]


@pytest.mark.parametrize("name", names())
def test_files_name_rules_and_provisions_that_exist(name):
    framework = load(name)
    assert framework.id == name
    assert framework.source
    assert framework.confidence
    for requirement in framework.requirements:
        for rule in (*requirement.rules, *(r for e in requirement.evidence for r in e.rules)):
            assert rule in IDS, (requirement.id, rule)
        for provision in requirement.provisions:
            found = CATALOGUE.provision(provision)
            assert found is not None
            assert found.id == provision


@pytest.mark.parametrize("name", ["gdpr", "aiact", "nis2", "dora", "dataact", "ecsf"])
def test_every_provision_that_rules_cite_has_its_requirement(name):
    prefix = "ec.csf" if name == "ecsf" else name
    framework = load(name)
    by_requirement = assigned(framework, RULES)
    for rule in RULES:
        cited = [p.id for law in rule.law if (p := CATALOGUE.provision(law)) and p.id.startswith(f"{prefix}.")]
        for provision in cited:
            requirement = next(r for r in framework.requirements if provision in r.provisions)
            assert rule.id in by_requirement[requirement.id]


def test_a_point_belongs_to_the_requirement_that_names_it_most_exactly():
    by_requirement = assigned(load("gdpr"), RULES)
    exactly = {r.id for r in RULES if "gdpr.art28.3.a" in r.law}
    whole = {r.id for r in RULES if any(law.startswith("gdpr.art28.") and law != "gdpr.art28.3.a" for law in r.law)}
    assert set(by_requirement["art28.3.a"]) == exactly
    assert exactly - whole
    assert not (exactly - whole) & set(by_requirement["art28"])


def requirement(name, id_, counts, **more):
    return {r.id: r for r in view(load(name), RULES, counts, **more).requirements}[id_]


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ({"fail": 1, "pass": 9}, "failed"),
        ({"not_checked": 1, "pass": 9}, "not_shown"),
        ({"accepted": 1, "pass": 9}, "accepted"),
        ({"pass": 9}, "no_failure_found"),
        ({"not_applicable": 9}, "not_applicable"),
        ({}, "not_applicable"),
    ],
)
def test_the_worst_verdict_decides_the_state(verdicts, state):
    found = requirement("c5", "CRY-07", summary(SIT_KEY_006=verdicts))
    assert (found.state, found.verdicts) == (state, verdicts)


def test_a_requirement_without_a_rule_says_so():
    assert requirement("ecsf", "SOV-8", summary()).state == NO_EVIDENCE
    assert requirement("secnumcloud", "19.3", summary()).state == NO_EVIDENCE


def all_pass(*but):
    return {i: {"pass": 1} for i in IDS} | {i: {"fail": 1} for i in but}


def test_levels_are_supported_one_after_the_other_and_never_beyond_a_failure():
    good = Summary(date(2026, 11, 22), by_rule=all_pass())
    assert requirement("ecsf", "SOV-3", good).supports == "SEAL-4"
    bad = Summary(date(2026, 11, 22), by_rule=all_pass("SIT-RES-001"))
    found = requirement("ecsf", "SOV-3", bad)
    assert found.supports == "SEAL-1"
    assert [level.state for level in found.levels] == ["supported", "contradicted", "supported", "supported"]
    unread = Summary(date(2026, 11, 22), by_rule=all_pass() | {"SIT-KEY-001": {"pass": 5, "not_checked": 1}})
    assert requirement("ecsf", "SOV-3", unread).supports is None


def test_an_accepted_failure_supports_no_level():
    told = Summary(date(2026, 11, 22), by_rule=all_pass() | {"SIT-KEY-001": {"accepted": 1}})
    assert requirement("ecsf", "SOV-3", told).supports is None


def test_a_pass_under_a_policy_that_asks_for_less_supports_no_higher_level():
    good = Summary(date(2026, 11, 22), by_rule=all_pass())
    assert requirement("ecsf", "SOV-1", good, sovereign_level=None).supports is None
    assert requirement("ecsf", "SOV-1", good, sovereign_level=3).supports == "SEAL-3"
    assert requirement("ecsf", "SOV-1", good, sovereign_level=4).supports == "SEAL-4"


@pytest.mark.parametrize(
    "body",
    ["", "id: x\n", "- 1\n", "id: a\nname: b\nversion: c\nurl: d\nnote: e\nsource: f\nconfidence: sure\n"],
)
def test_a_file_that_cannot_be_used_is_a_sentence(tmp_path, body):
    path = tmp_path / "odd.yaml"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(FrameworkError, match=r"odd\.yaml, line"):
        read_framework(path)


def test_nothing_else_lies_in_the_folder():
    assert {p.suffix for p in FOLDER.iterdir()} == {".yaml"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return judged_store(tmp_path_factory.mktemp("frameworks"))


@pytest.mark.parametrize("name", names())
def test_every_framework_in_every_form(world, name, capsys):
    assert main(["frameworks", "show", name, "--format", "json", *world[0]]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["requirements"]
    assert found["as_of"] == "2026-11-22"
    assert main(["frameworks", "show", name, *world[0]]) == 0
    assert found["note"] in capsys.readouterr().out
    assert main(["frameworks", "show", name, "--format", "csv", *world[0]]) == 0
    assert capsys.readouterr().out.lstrip("\ufeff").startswith("framework,requirement")


def test_counts_are_those_of_the_judgement(world, capsys):
    assert main(["frameworks", "show", "gdpr", "--format", "json", *world[0]]) == 0
    found = {r["id"]: r for r in json.loads(capsys.readouterr().out)["requirements"]}
    assert found["art44"]["state"] == "failed"
    counted = {c["rule"]: c["verdicts"] for c in found["art44"]["rules"]}
    assert counted["SIT-RES-001"]["fail"] >= 1


def test_report_by_framework(world, tmp_path, capsys):
    for form in ("json", "csv", "pdf"):
        out = tmp_path / f"r.{form}"
        assert main(["report", "--framework", "gdpr", "--format", form, "--out", str(out), *world[0]]) == 0
        assert out.stat().st_size > 500
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["framework"] == "gdpr"
    capsys.readouterr()
    assert main(["report", "--framework", "gpdr", "--out", str(tmp_path / "x.pdf"), *world[0]]) == 2
    assert "Did you mean gdpr" in capsys.readouterr().err


def test_the_list(capsys):
    assert main(["frameworks", "list"]) == 0
    assert "ecsf" in capsys.readouterr().out
