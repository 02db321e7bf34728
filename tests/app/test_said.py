"""Sentences made in English where no language is known: every form is said in German, and nothing of it is lost."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.main import main
from app.said import said
from app.saidforms import FORMS
from app.texts import speaking, tr
from rules.catalogue import Catalogue
from rules.policy import Policy, PolicyError

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Catalogue.load()
SOURCES = [
    "rules/policy/reading.py",
    "rules/policy/policy.py",
    "scanners/exports/sites.py",
    "scanners/exports/siterows.py",
    "scanners/exports/declared.py",
    *(f"scanners/exports/{name}.py" for name in ("awsconfig", "cloudasset", "kubectl", "pages", "otherscanners")),
    *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "app" / "store").rglob("*.py")),
]
MAKERS = ("wrong", "PolicyError", "KnownStoreError", "Problem", "_wrong", "warn", "incomplete", "UnknownCountry")
WHAT = {
    "reading.py": {
        "what": [
            "a whole number of days",
            "a level from 0 to 4",
            "a share from 0 to 1, such as 0.8",
            "a number above 0",
        ],
        "word": ["data class", "level of key custody", "provider", "word that is allowed here"],
    }
}


def stand_in(source: str, quoted: bool) -> str:
    """What stands for an expression within a sentence."""
    if source in ("hint", "quoted") or source.startswith(("_near(", "f', not")) or "if identity" in source:
        return ""
    if source in ("what", "said"):
        return "‹what›"
    if source.startswith("_column("):
        return "column X9"
    return "'X9'" if quoted else "X9"


def sample(node: ast.expr) -> str | None:
    """A sentence as the code would make it, with X9 for what changes and nothing for hints."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts: list[str] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            parts.append(stand_in(ast.unparse(part.value), part.conversion == ord("r")))
    return "".join(parts)


def sentences() -> Iterator[tuple[str, str]]:
    for source in SOURCES:
        for node in ast.walk(ast.parse((ROOT / source).read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in MAKERS:
                continue
            for given_ in node.args:
                for one in given_.elts if isinstance(given_, ast.List) else [given_]:
                    text = sample(one)
                    if text and " " in text and text.strip()[-1] in ".?":
                        yield source, text


def filled(source: str, text: str) -> list[str]:
    if "‹what›" not in text:
        return [text]
    if source.endswith("reading.py"):
        kind = "word" if "Allowed" in text else "what"
        return [text.replace("‹what›", what) for what in WHAT["reading.py"][kind]]
    ends = ["may mean more than one country; write DE or FR", "a site needs an id of letters, digits, dots and dashes"]
    ends += ["is not a country code (ISO 3166) such as DE or NOR, and no name of a country that is listed"]
    fit = {"‹what›; the site was skipped.": ends[1:2]}
    return [text.replace("‹what›", end) for end in fit.get(text, [ends[0], ends[2]])]


def test_every_sentence_of_policies_stores_and_sites_has_a_german_form():
    found = [(source, text) for source, one in sentences() for text in filled(source, one)]
    assert len(found) > 80
    with speaking("de"):
        english = [f"{source}: {text}" for source, text in found if said(text) == text]
    assert english == []


def test_every_form_is_translated_with_the_same_names():
    with speaking("de"):
        for form in FORMS:
            german = tr(form)
            assert german != form
            assert sorted(re.findall(r"\{\w+\}", german)) == sorted(re.findall(r"\{\w+\}", form)), form


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            'allowed_countries = ["EEA", "Germny"]',
            "policy.toml, Zeile 1: allowed_countries[2]: „Germny“ ist kein Ländercode",
        ),
        ('allowed_countries = ["Germny"]', "Meinten Sie DE (Deutschland)?"),
        (
            'allowed_countries = ["Kongo"]',
            "kann mehr als ein Land meinen; schreiben Sie CD (Kongo-Kinshasa) oder CG (Kongo-Brazzaville).",
        ),
        ("sovereign_level = 5", "Zeile 1: sovereign_level: 5 muss eine Stufe von 0 bis 4 sein"),
        (
            "allowed_countres = []",
            "`allowed_countres` ist keine Einstellung der Richtlinie. Meinten Sie `allowed_countries`?",
        ),
        ("[tags]\nzzz = ['x']", "`zzz` ist keine Einstellung der Richtlinie. Hier gibt es: critical"),
        ("zzz = 1", "Einstellungen sind: accounts"),
        ("unclassified_as = 'Personal'", "Meinten Sie „personal“?"),
        ("unclassified_as = x", "Zeile 1: das ist kein gültiges TOML"),
        ("[[accounts]]\nid='1'\nentity='X'", "`country` fehlt."),
    ],
)
def test_mistakes_in_a_policy_are_told_in_german(text, wanted):
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text, CATALOGUE, date(2026, 11, 22), "policy.toml")
    with speaking("de"):
        assert wanted in said(str(caught.value))
    with speaking("en"):
        assert said(str(caught.value)) == str(caught.value)


def test_a_mistake_in_a_german_register_is_told_in_german(tmp_path, capsys):
    file = tmp_path / "r.csv"
    file.write_text("Nummer;Empfänger;Land;Rechtsgrundlage\n1;A;Kongo;scc\n2;;US;vertrag\n3;A;Germania;scc\n", "utf-8")
    with speaking("de"):
        assert main(["register", "import", str(file), "--policy", str(tmp_path / "p.toml")]) == 2
    told = capsys.readouterr().err
    assert "r.csv, Zeile 2, Spalte „Land“: „Kongo“ kann mehr als ein Land meinen" in told
    assert "r.csv, Zeile 3: `Empfänger` fehlt." in told
    assert 'r.csv, Zeile 3, Spalte „Rechtsgrundlage“: "vertrag" ist hier nicht erlaubt. Erlaubt sind: adequacy' in told
    assert "„Germania“ ist kein Ländercode" in told
    assert not re.search(r"\b(?:line|is not|must|allowed)\b", told)


def test_a_store_that_is_not_there_and_sites_with_mistakes_are_told_in_german(tmp_path, capsys):
    sites = tmp_path / "s.csv"
    sites.write_text("Standort;Land;Farbe\nh;Kongo;rot\n", "utf-8")
    with speaking("de"):
        assert main(["decisions", "--store", str(tmp_path / "none.db")]) == 1
        assert "ist kein Speicher; lesen Sie erst etwas ein" in capsys.readouterr().err
        main(["import", str(sites), "--store", str(tmp_path / "x.db")])
    told = capsys.readouterr().err
    assert "s.csv, Zeile 2: unbekannte Spalte 'farbe'; sie wurde nicht gelesen." in told
    assert "s.csv, Zeile 2: country 'Kongo' kann mehr als ein Land meinen; schreiben Sie CD oder CG" in told


@settings(max_examples=200, derandomize=True)
@given(st.text(st.sampled_from("aB: ,.\n“”\"'line 3{}()[]must bé"), max_size=120), st.sampled_from(FORMS))
def test_any_text_is_said_somehow_and_other_texts_stay(text: str, form: str):
    with speaking("de"):
        assert isinstance(said(text), str)
        value = "w1; x, y"
        whole = re.sub(r"\{\w+\}", value, form)
        german = said(whole)
        assert german != whole
        assert german.count(value) >= 1 or "{" not in form
        assert said(f"no sentence that is known {text}").startswith("no sentence that is known ")


def test_numbers_in_sentences_get_german_marks_and_other_values_stay():
    with speaking("de"):
        told = said(
            "a.json holds 1,000 of the 12,345 rows of its query; what it holds was kept. Export all pages (az graph "
            "query --first 1000, with --skip-token)."
        )
        assert told.startswith(
            "a.json enthält 1.000 der 12.345 Zeilen seiner Abfrage; was darin steht, wurde behalten."
        )
        assert said("1,2.json: the list holds no objects.") == "1,2.json: die Liste enthält keine Objekte."


def test_long_texts_are_left_alone_at_once():
    with speaking("de"):
        long = "x: " * 2_000
        assert said(long) == long
        many = "a must be true or false, without quotes.\n" * 150
        assert said(many).count("ohne") == 100
