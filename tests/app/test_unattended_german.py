"""Every sentence about schedules, the vault, messages and care of the store has its German, with the same slots."""

import ast
import gettext
import string
from pathlib import Path

import pytest

from app import texts
from resources import ROOT

APP = Path(__file__).parents[2] / "app"
FOLDER = ROOT / "translations" / "de" / "LC_MESSAGES"
PACKAGES = ("schedule", "notify", "vault", "storecare", "fanout", "edition")
FILES = (APP / "updates.py", APP / "compute.py", APP / "cli" / "updating.py")
CATALOGUES = ("unattended", "operations")


def literals() -> set[str]:
    found: set[str] = set()
    for paths in [*((APP / package).glob("*.py") for package in PACKAGES), FILES]:
        for path in paths:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "trn"):
                    found |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant)}
    return found


def known() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("situs", "report", "unattended", "operations"):
        with (FOLDER / f"{name}.mo").open("rb") as file:
            for key, text in gettext.GNUTranslations(file)._catalog.items():  # type: ignore[attr-defined]
                found.setdefault(key if isinstance(key, str) else key[0], text)
    return found


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_has_its_german() -> None:
    assert len(literals()) > 120
    assert sorted(literals() - known().keys()) == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_german_has_the_same_slots(name: str) -> None:
    with (FOLDER / f"{name}.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    for key, text in catalogue.items():
        source = key if isinstance(key, str) else key[0]
        if source:
            assert slots(text) <= slots(source) | {"n"}, source


@pytest.mark.parametrize("name", CATALOGUES)
def test_the_compiled_german_is_that_of_its_source(name: str) -> None:
    source = (FOLDER / f"{name}.po").read_text(encoding="utf-8")
    told = [ast.literal_eval(line.split(" ", 1)[1]) for line in source.splitlines() if line.startswith("msgstr")]
    with (FOLDER / f"{name}.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    assert {t for t in told if t} == {text for key, text in catalogue.items() if key}


def test_a_schedule_in_german() -> None:
    from app.schedule.plan import Timing, in_words

    with texts.speaking("de"):
        assert in_words(Timing("week", "06:00", ("mon", "thu"))) == "jede Woche am Montag, Donnerstag um 06:00"
