"""Registers as German offices fill them in: German headings, names of countries, days and words; nothing is guessed."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.main import main
from app.register import german
from app.register.entries import Entries, Entry, read_register
from app.register.policyfile import merge
from app.register.sheets import SHEETS, RegisterError
from app.register.template import write_template
from app.texts import speaking
from resources import ROOT
from rules.catalogue import Catalogue
from rules.policy.reading import parse
from rules.policy.records import CLASSES, TOOLS

DAY = date(2026, 11, 22)
CATALOGUE = Catalogue.load()
HEADINGS = german.HEADINGS["transfer_register"]
GERMAN = {
    "Nummer": "SCC-1",
    "Empfänger": "Beispiel AG",
    "Land": "Vereinigte Staaten",
    "Rechtsgrundlage": "Standardvertragsklauseln",
    "Datenklassen": "personenbezogen; besondere Kategorie",
    "Gültig bis": "31.12.2026",
    "Geltungsbereich bestätigt": "ja",
}


def csv_of(
    folder: Path, cells: dict[str, str], *, separator: str = ";", encoding: str = "utf-8-sig", name: str = "r.csv"
) -> Path:
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\r\n")
        writer.writerows([list(cells), list(cells.values())])
    return path


def first(path: Path) -> Entry:
    return read_register(path, CATALOGUE, DAY).parts[0].entries[0]


def problem(path: Path) -> str:
    with pytest.raises(RegisterError) as caught:
        read_register(path, CATALOGUE, DAY)
    return str(caught.value)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_german_table_is_read_as_an_english_one(tmp_path, separator, encoding):
    assert first(csv_of(tmp_path, GERMAN, separator=separator, encoding=encoding)) == {
        "id": "SCC-1",
        "importer": "Beispiel AG",
        "country": "US",
        "tool": "scc",
        "data_classes": ["personal", "special_category"],
        "expires": date(2026, 12, 31),
        "scope_confirmed": True,
    }


def test_headings_may_be_in_capitals_broken_over_lines_and_composed_otherwise(tmp_path):
    odd = {"NUMMER": "1", "Empfa\u0308nger": "A", "land": "CH", "Rechtsgrundlage": "scc", "GÜLTIG\nBIS": "01.02.2027"}
    found = first(csv_of(tmp_path, odd, separator=","))
    assert (found["importer"], found["expires"]) == ("A", date(2027, 2, 1))


def test_both_languages_in_one_table_are_read_but_not_one_column_twice(tmp_path):
    mixed = {"id": "1", "Empfänger": "A", "country": "IN", "tool": "scc"}
    assert first(csv_of(tmp_path, mixed))["country"] == "IN"
    assert "“country” is there twice" in problem(csv_of(tmp_path, {**mixed, "Land": "US"}))


@pytest.mark.parametrize(
    ("written", "code"),
    [("us", "US"), ("USA", "US"), ("ind", "IN"), ("Indien", "IN"), ("india", "IN"), ("Großbritannien", "GB")],
)
def test_a_country_may_be_written_by_its_codes_and_names(tmp_path, written, code):
    assert first(csv_of(tmp_path, {**GERMAN, "Land": written}))["country"] == code


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Kongo", ["Kongo", "CG (", "CD ("]),
        ("Georgia", ["GE (Georgia)", "US (United States)"]),
        ("St. Martin", ["MF (", "SX ("]),
        ("Irlandd", ["Irlandd", "Did you mean IE"]),
        ("Amerika", ["Amerika", "not a country code"]),
        ("EWR", ["EWR"]),
    ],
)
def test_an_unclear_country_is_refused_with_row_column_and_what_may_be_meant(tmp_path, written, said):
    text = problem(csv_of(tmp_path, {**GERMAN, "Land": written}))
    assert text.startswith("r.csv, line 2, column “Land”: ")
    assert all(part in text for part in said), text


def test_an_unclear_country_is_refused_by_an_older_edition_as_well(tmp_path):
    import shutil

    shutil.copytree(ROOT / "catalogue", tmp_path / "old")
    path = tmp_path / "old" / "jurisdictions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = [c for c in rows[0] if c not in ("iso3", "unclear_names", "names_source")]
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    old = Catalogue.load(tmp_path / "old")
    for written in ("Georgia", "Congo"):
        with pytest.raises(RegisterError, match=written):
            read_register(csv_of(tmp_path, {**GERMAN, "Land": written}), old, DAY)
    file = csv_of(tmp_path, {**GERMAN, "Land": "Indien"})
    assert read_register(file, old, DAY).parts[0].entries[0]["country"] == "IN"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("03/04/2026", "Which of the numbers is the month"),
        ("3-4-26", "Which of the numbers is the month"),
        ("31/12/2026", "is not a day"),
        ("31.12.26", "is not a day"),
        ("31.02.2027", "is not a day"),
    ],
)
def test_days_that_can_be_read_two_ways_are_refused(tmp_path, written, said):
    text = problem(csv_of(tmp_path, {**GERMAN, "Gültig bis": written}))
    assert "line 2, column “Gültig bis”" in text
    assert said in text
    assert written in text


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Vereinigte Staaten; Deutschland", ["US", "DE"]),
        ("Vereinigte Staaten, Deutschland\nEWR", ["US", "DE", "EEA"]),
        ("de fr EEA", ["DE", "FR", "EEA"]),
        ("Korea, Republic of; Congo, The Democratic Republic of the", ["KR", "CD"]),
        ("Bosnia and Herzegovina, AUT", ["BA", "AT"]),
    ],
)
def test_lists_of_countries_hold_names_of_several_words(tmp_path, written, wanted):
    cells = {"Nummer": "V-1", "Genutzte Objekte": "arn:aws:s3:::a", "Länder": written}
    assert first(csv_of(tmp_path, cells))["countries"] == wanted


@pytest.mark.parametrize("written", ["DE and FR", "Congo", "Papua Guinea", "Deutschland Frankreich", "New Jersey"])
def test_words_between_codes_are_no_codes(tmp_path, written):
    cells = {"Nummer": "V-1", "Genutzte Objekte": "arn:aws:s3:::a", "Länder": written}
    text = problem(csv_of(tmp_path, cells))
    assert "line 2, column “Länder”" in text
    assert written in text


def test_a_heading_that_is_none_is_told_with_the_nearest_german_one(tmp_path):
    text = problem(csv_of(tmp_path, {**GERMAN, "Bemerkungen": "x"}))
    assert "column “Bemerkungen”" in text
    assert "Did you mean “Bemerkung”?" in text


def test_every_mistake_of_a_table_is_told_at_once_in_the_order_of_its_rows(tmp_path):
    path = tmp_path / "r.csv"
    rows = ["1;A;Kongo;scc;03/04/2026", ";A;US;vertrag;01.02.2027", "3;;Germania;;ja"]
    path.write_text("\n".join(["Nummer;Empfänger;Land;Rechtsgrundlage;Gültig bis", *rows]), "utf-8")
    told = problem(path).split("\n")
    assert [line.partition(": ")[0].removeprefix("r.csv, ") for line in told] == [
        "line 2, column “Gültig bis”",
        "line 2, column “Land”",
        "line 3, column “Rechtsgrundlage”",
        "line 3",
        "line 4, column “Gültig bis”",
        "line 4, column “Land”",
        "line 4",
        "line 4",
    ]
    assert "`Nummer` is missing" in told[3]
    assert {"`Empfänger` is missing", "`Rechtsgrundlage` is missing"} == {line.split(": ")[1][:-1] for line in told[6:]}


def test_an_empty_template_is_told_to_be_empty(tmp_path):
    with speaking("de"):
        write_template(tmp_path / "r.xlsx", {})
    assert "no row is filled in" in problem(tmp_path / "r.xlsx")


def test_every_column_has_a_german_heading_of_its_own():
    assert set(german.HEADINGS) == set(german.SHEET_NAMES) == set(SHEETS)
    for name, headings in german.HEADINGS.items():
        assert tuple(headings) == SHEETS[name].columns
        assert len({h.lower() for h in headings.values()}) == len(headings)
    assert set(german.CLASSES.values()) == set(CLASSES)
    assert set(german.TOOLS.values()) <= set(TOOLS)


def test_german_words_are_those_of_german_reports():
    from app.report import words

    with speaking("de"):
        assert {words.data_class(c).lower(): c for c in CLASSES} == german.CLASSES
        for word, tool in german.TOOLS.items():
            assert words.mechanism(tool).lower().partition(" (")[0] == word


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_german_template_is_german_and_can_be_filled_in(tmp_path, form):
    out = tmp_path / f"vorlage.{form}"
    assert main(["register", "template", "--out", str(out), "--lang", "de"]) == 0
    if form == "csv":
        assert out.read_text(encoding="utf-8-sig").startswith("Nummer;Empfänger;Land;")
        return
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == [*german.SHEET_NAMES.values(), "Spalten"]
    page = book["Übermittlungsverzeichnis"]
    headings = [cell.value for cell in page[1]]
    for heading, value in GERMAN.items():
        page.cell(row=2, column=headings.index(heading) + 1, value=value)
    book.save(out)
    assert first(out)["country"] == "US"
    meanings = [[str(cell.value) for cell in row] for row in book["Spalten"].iter_rows(min_row=2)]
    english = " ".join(said for _, _, said in meanings)
    assert len(meanings) == sum(len(sheet.columns) for sheet in SHEETS.values())
    assert not any(word in english.split() for word in ("the", "of", "your", "Day", "Country", "Remarks."))


@pytest.mark.parametrize(("lang", "sheet"), [("de", "Standorte"), ("en", "Sites")])
def test_the_template_of_sites_is_there_in_both_languages(tmp_path, capsys, lang, sheet):
    out = tmp_path / "s.xlsx"
    assert main(["register", "template", "--sites", "--out", str(out), "--lang", lang]) == 0
    assert openpyxl.load_workbook(out).sheetnames[0] == sheet
    assert main(["register", "template", "--sites", "--out", str(tmp_path / "s.csv")]) == 2
    assert "ending .xlsx" in capsys.readouterr().err


def test_json_keeps_its_names_in_every_language(tmp_path):
    out = tmp_path / "t.json"
    assert main(["register", "template", "--out", str(out), "--lang", "de"]) == 0
    assert set(json.loads(out.read_text(encoding="utf-8"))) == set(SHEETS)


def _names() -> list[tuple[str, str]]:
    """Every spelling of every country with its code."""
    with (ROOT / "catalogue" / "jurisdictions.csv").open(encoding="utf-8", newline="") as file:
        return [
            (name, row["iso2"])
            for row in csv.DictReader(file)
            for name in (row["iso2"], row["iso3"], row["name"], *row["other_names"].split(";"))
            if name and CATALOGUE.country_code(name)
        ]


TEXTS = st.text(st.sampled_from("aZ09 äß-_.@'/&é=+"), min_size=1, max_size=12).map(str.strip).filter(bool)
DAYS = st.dates(date(2018, 5, 25), date(2090, 1, 1))
CODES = st.sampled_from(sorted(CATALOGUE.country_codes))
VALUES = {
    "text": TEXTS,
    "country": CODES,
    "bool": st.booleans(),
    "date": DAYS,
    "provider": st.sampled_from(["aws", "azure", "gcp", "on_prem"]),
    "list[text]": st.lists(TEXTS, min_size=1, max_size=3),
    "list[class]": st.lists(st.sampled_from(CLASSES), min_size=1, max_size=3, unique=True),
    "places": st.lists(CODES | st.sampled_from(["EU", "EEA", "ADEQUATE"]), min_size=1, max_size=4),
}


def entry_of(sheet: str) -> st.SearchStrategy[Entry]:
    """Any entry of a sheet that a policy may hold."""

    def of(column: str) -> st.SearchStrategy[Any]:
        type_ = SHEETS[sheet].type_of(column)
        words = type_[len("word(") : -1].split("|") if type_.startswith("word(") else []
        return st.sampled_from(words) if words else VALUES[type_]

    required, columns = SHEETS[sheet].required, SHEETS[sheet].columns
    return st.fixed_dictionaries(
        {column: of(column) for column in required},
        optional={column: of(column) for column in columns if column not in required},
    )


def entries_of(sheet: str) -> st.SearchStrategy[tuple[str, list[Entry]]]:
    """Entries of a sheet that differ by what names them."""
    differ = st.lists(
        entry_of(sheet), min_size=1, max_size=4, unique_by=lambda entry: str(entry[SHEETS[sheet].key]).casefold()
    )
    return differ.map(lambda entries: (sheet, entries))


ENTRIES = entry_of("transfer_register")


@settings(max_examples=100, derandomize=True)
@given(
    st.sampled_from(sorted(SHEETS)).flatmap(entries_of),
    st.sampled_from(["xlsx", "csv", "json"]),
    st.sampled_from(["en", "de"]),
)
def test_what_is_written_out_and_read_in_again_is_the_same_register(
    tmp_path_factory: Any, given_: tuple[str, list[Entry]], form: str, language: str
):
    name, entries = given_
    sheet = SHEETS[name]
    folder = tmp_path_factory.mktemp("round")
    policy, out = folder / "policy.toml", folder / f"r.{form}"
    merge(policy, [Entries(sheet, entries)], CATALOGUE, DAY)
    before = parse(policy.read_bytes(), "p")[0]
    with speaking(language):
        written = write_template(out, before)
    file = next((path for path in written if german.SHEET_NAMES[name] in path.name or name in path.name), out)
    read = read_register(file, CATALOGUE, DAY, name if form == "csv" else None)
    assert [part.entries for part in read.parts if part.entries] == [before[sheet.setting]]
    [told] = merge(policy, [part for part in read.parts if part.entries], CATALOGUE, DAY, whole=True)
    assert (told.added, told.changed, told.removed) == (0, 0, 0)


@settings(max_examples=80, derandomize=True)
@given(ENTRIES, st.data())
def test_an_edit_in_any_spelling_is_what_is_read(tmp_path_factory: Any, entry: Entry, data: st.DataObject):
    out = tmp_path_factory.mktemp("edit") / "r.xlsx"
    with speaking("de"):
        write_template(out, {"transfer_register": [entry]})
    name, code = data.draw(st.sampled_from(_names()))
    day = data.draw(DAYS)
    book = openpyxl.load_workbook(out)
    page = book[german.SHEET_NAMES["transfer_register"]]
    columns = [cell.value for cell in page[1]]
    page.cell(2, columns.index("Land") + 1).value = data.draw(st.sampled_from([name, name.upper(), f" {name} "]))
    page.cell(2, columns.index("Gültig bis") + 1).value = data.draw(
        st.sampled_from([day, day.isoformat(), f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year}"])
    )
    book.save(out)
    assert first(out) == {**entry, "country": code, "expires": day}
