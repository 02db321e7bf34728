"""The rules of the program against what was promised: which there are, what each carries, and what it cites."""

import re

import pytest

from rules.catalogue import Catalogue
from rules.rulefile import PACK as PACK_FOLDER
from rules.rulefile import load_rules
from rules.selftest import run_cases

FAMILIES = {
    "RES": (12, "Where does data rest, and may it?"),
    "XFER": (15, "Where does it flow, on what basis?"),
    "KEY": (11, "Who can decrypt?"),
    "EXPO": (9, "Who can reach it?"),
    "AI": (18, "Where do AI services compute, keep and reuse it?"),
    "SOV": (10, "Which operator and whose law can compel access, and what brakes exist?"),
    "GOV": (8, "Would a mistake be prevented?"),
    "ACC": (9, "Could you prove it, and would you notice a breach?"),
    "RET": (7, "Is it kept longer than needed?"),
    "CLS": (4, "Is it labelled truthfully?"),
    "RSL": (7, "Can you recover and leave?"),
}
"""Family → how many rules it has, and the question it answers."""

IDS = [f"SIT-{family}-{n:03}" for family, (count, _) in FAMILIES.items() for n in range(1, count + 1)]
SEVERITIES = {"critical": 13, "high": 55, "medium": 38, "low": 2, "info": 2}
CATALOGUE = Catalogue.load()
PACK = {rule.id: rule for rule in load_rules(catalogue=CATALOGUE)}
EVERY = pytest.mark.parametrize("rule", PACK.values(), ids=PACK)

WITHOUT_EXCEPTION = {"SIT-XFER-011"}
"""Jobs that are switched off move nothing, so that no flow is left which the rule would not apply to."""

_CODE = re.compile(r"\b(asset|policy|flow|relation)\.[a-z]|==|&&|TODO")


def test_every_rule_of_the_catalogue_is_there_and_no_other():
    assert len(IDS) == 110
    assert sorted(PACK) == sorted(IDS)


def test_severities_are_those_of_the_catalogue():
    counted = dict.fromkeys(SEVERITIES, 0)
    for rule in PACK.values():
        counted[rule.severity] += 1
    assert counted == SEVERITIES


def test_families_ask_their_question():
    for path in sorted(PACK_FOLDER.glob("*.yaml")):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        family = first.removeprefix("# ").split(":")[0]
        assert first.casefold() == f"# {family}: {FAMILIES[family][1]}".casefold()


def test_titles_differ():
    titles = [rule.title.casefold() for rule in PACK.values()]
    assert sorted(titles) == sorted(set(titles))


@EVERY
def test_its_cases_give_what_they_promise(rule):
    assert [f"{r.case}: {r.problem}" for r in run_cases([rule], CATALOGUE) if r.problem] == []


@EVERY
def test_it_fails_passes_and_says_when_it_could_not_tell(rule):
    assert {"fail", "pass", "not_checked"} <= {c.expect for c in rule.cases}
    filtered = [check for check in rule.checks if check.where is not None]
    if len(filtered) == len(rule.checks) and rule.id not in WITHOUT_EXCEPTION:
        assert "not_applicable" in {c.expect for c in rule.cases}


@EVERY
def test_what_it_cites_and_stands_for_exists(rule):
    assert all(CATALOGUE.provision(law) for law in rule.law)
    assert set(rule.replaces) <= PACK.keys() - {rule.id}
    for other in rule.replaces:
        assert rule.id not in PACK[other].replaces, "two rules stand for each other"


@EVERY
def test_its_text_is_for_people(rule):
    sentences = (rule.rationale, rule.explanation, rule.not_checked_when, *rule.remediation.values())
    for text in (rule.title, *sentences):
        assert text == text.strip()
        assert text[0].isupper()
        assert not _CODE.search(text), text
    assert all(text.endswith(".") for text in sentences)
