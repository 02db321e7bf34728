"""Tables as offices in Germany keep them: merged cells, far cells, shortened numbers, Windows-1252, several sheets."""

import json
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from app.cli.main import main
from app.register.entries import Entry, read_register
from app.register.policyfile import merge
from app.register.sheets import RegisterError
from rules.catalogue import Catalogue
from rules.policy import Policy, PolicyError

DAY = date(2026, 11, 22)
CATALOGUE = Catalogue.load()
HEADER = ["id", "importer", "country", "tool", "data_classes", "accounts", "expires", "tia_date"]


def row(name: str = "S-1", **cells: object) -> list[object]:
    given = {"id": name, "importer": "Example Inc.", "country": "US", "tool": "scc", "data_classes": "personal"}
    return [{**given, **cells}.get(column) for column in HEADER]


def book_of(*rows: list[object], title: str = "transfer_register") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = title
    for cells in rows:
        page.append(cells)
    return book


def saved(book: openpyxl.Workbook, folder: Path) -> Path:
    path = folder / "r.xlsx"
    book.save(path)
    return path


def csv_of(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "r.csv"
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
    return path


def entries(path: Path, part: int = 0) -> list[Entry]:
    return read_register(path, CATALOGUE, DAY).parts[part].entries


def problem(path: Path, sheet: str | None = None) -> str:
    with pytest.raises(RegisterError) as caught:
        read_register(path, CATALOGUE, DAY, sheet)
    return str(caught.value)


def test_a_cell_merged_over_rows_counts_for_each_of_them(tmp_path):
    book = book_of(HEADER, row(expires=date(2026, 1, 31)), row("S-2"), row("S-3"))
    book.worksheets[0].merge_cells("G2:G3")
    found = entries(saved(book, tmp_path))
    assert [e.get("expires") for e in found] == [date(2026, 1, 31), date(2026, 1, 31), None]


def test_a_cell_merged_over_columns_is_not_one_value_and_an_empty_one(tmp_path):
    book = book_of(HEADER, row(expires=date(2026, 1, 31)))
    book.worksheets[0].merge_cells("G2:H2")
    said = problem(saved(book, tmp_path))
    assert "line 2" in said
    assert "G2:H2" in said


def test_merged_titles_above_the_header_and_merged_empty_rows_do_no_harm(tmp_path):
    book = book_of(["Transfers"], [], HEADER, row())
    book.worksheets[0].merge_cells("A1:H2")
    book.worksheets[0].merge_cells("D4:D9")
    assert len(entries(saved(book, tmp_path))) == 1


def test_a_row_below_many_empty_ones_is_read(tmp_path):
    book = book_of(HEADER, row())
    for column, value in enumerate(row("S-LAST"), 1):
        book.worksheets[0].cell(row=150_000, column=column, value=value)
    assert [e["id"] for e in entries(saved(book, tmp_path))] == ["S-1", "S-LAST"]


def test_a_column_far_to_the_right_is_read(tmp_path):
    book = book_of(HEADER, row())
    page = book.worksheets[0]
    page.cell(row=1, column=150, value="tia_result")
    page.cell(row=2, column=150, value="negative")
    assert entries(saved(book, tmp_path))[0]["tia_result"] == "negative"
    page.cell(row=1, column=150).value = None
    assert "negative" in problem(saved(book, tmp_path))


def test_more_rows_than_can_be_read_are_refused_wherever_they_stand(tmp_path, monkeypatch):
    monkeypatch.setattr("app.register.tablefile._MOST_ROWS", 20)
    rows = [[f"a-{n}", "Example SE", "DE"] for n in range(21)]
    head = [["Our accounts"], [], ["id", "entity", "country"]]
    assert len(entries(saved(book_of(*head, *rows[:20], title="accounts"), tmp_path))) == 20
    assert "more than 20 rows" in problem(saved(book_of(*head, *rows, title="accounts"), tmp_path))


@pytest.mark.parametrize("value", ["#N/A", "#REF!", "#NV", "#BEZUG!"])
def test_an_error_of_the_spreadsheet_is_no_text(tmp_path, value):
    said = problem(csv_of(tmp_path, "id;importer;country;tool;data_classes", f"S-1;{value};US;scc;personal"))
    assert "line 2" in said
    assert "importer" in said
    assert value in said


@pytest.mark.parametrize("value", ["1,23457E+11", "1.23457E+11", "1E+11"])
def test_a_number_that_the_spreadsheet_shortened_is_no_account(tmp_path, value):
    assert value in problem(csv_of(tmp_path, "id;entity;country", f"{value};Example SE;DE"))
    lines = "id;importer;country;tool;accounts", f"S-1;Example Inc.;US;scc;{value}"
    assert value in problem(csv_of(tmp_path, *lines))


def test_a_number_with_more_digits_than_excel_keeps_is_no_account(tmp_path):
    book = book_of(["id", "entity", "country"], [1234567890123456, "Example SE", "DE"], title="accounts")
    assert "line 2" in problem(saved(book, tmp_path))


def test_an_account_of_eleven_digits_in_csv_is_remarked_too(tmp_path):
    path = csv_of(tmp_path, "id;entity;country", "12345678901;Example SE;DE", "123456789012;Example SE;DE")
    remarks = read_register(path, CATALOGUE, DAY).remarks
    assert len(remarks) == 1
    assert "12345678901" in remarks[0]


def test_accounts_that_differ_only_in_case_are_the_same_account(tmp_path):
    lines = "id;entity;country", "sub-a;Example SE;DE", "SUB-A;Example Inc.;US"
    assert "is used twice" in problem(csv_of(tmp_path, *lines))
    with pytest.raises(PolicyError, match="used twice"):
        Policy.parse(
            '[[accounts]]\nid = "sub-a"\nentity = "A"\ncountry = "DE"\n'
            '[[accounts]]\nid = "SUB-A"\nentity = "B"\ncountry = "US"\n',
            CATALOGUE,
            DAY,
        )


def test_commas_in_a_list_are_remarked_where_no_name_would_hold_one(tmp_path):
    path = csv_of(tmp_path, "id;importer;country;tool;accounts", "S-1;Example Inc.;US;scc;111111111111, 222222222222")
    [remark] = read_register(path, CATALOGUE, DAY).remarks
    assert "111111111111, 222222222222" in remark


@pytest.mark.parametrize(("word", "value"), [("WAHR", True), ("falsch", False), ("J", True), ("n", False)])
def test_truth_as_german_spreadsheets_write_it(tmp_path, word, value):
    path = csv_of(tmp_path, "id;vendor;no_training_clause", f"P-1;Cloud;{word}")
    assert entries(path)[0]["no_training_clause"] is value


def test_what_is_no_truth_value_is_quoted_as_it_stands(tmp_path):
    assert "“Vielleicht”" in problem(csv_of(tmp_path, "id;vendor;no_training_clause", "P-1;Cloud;Vielleicht"))


def test_windows_1252_as_excel_writes_it_is_read_and_told(tmp_path):
    lines = "id;importer;country;tool", "S-1;Example Inc.;US;scc", "S-2;Schlüssel – KI GmbH;US;scc"
    read = read_register(csv_of(tmp_path, *lines, encoding="cp1252"), CATALOGUE, DAY)
    assert read.parts[0].entries[1]["importer"] == "Schlüssel – KI GmbH"
    [remark] = read.remarks
    assert "line 3" in remark
    assert "Schlüssel – KI GmbH" in remark


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_unicode_with_a_mark_is_read(tmp_path, encoding):
    path = csv_of(tmp_path, "id;importer;country;tool", "S-1;Schlüssel GmbH;US;scc", encoding=encoding)
    read = read_register(path, CATALOGUE, DAY)
    assert read.parts[0].entries[0]["importer"] == "Schlüssel GmbH"
    assert not read.remarks


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(b"id;importer;country;tool\r\nS-1;\xe4\x81;US;scc\r\n")
    assert "line 2" in problem(path)


def test_spaces_that_nobody_sees_are_plain_spaces_or_none(tmp_path):
    line = "S-1;Example\u00a0Inc.\u200b;\u00a0us;SCC\u00a0"
    [entry] = entries(csv_of(tmp_path, "\u00a0id;Importer\u00a0;country;tool", line))
    assert (entry["importer"], entry["country"], entry["tool"]) == ("Example Inc.", "US", "scc")


def test_the_same_entry_on_two_sheets_is_named(tmp_path):
    book = book_of(HEADER, row(), title="2025")
    second = book.create_sheet("2026")
    second.append(HEADER)
    second.append(row(tool="bcr"))
    said = problem(saved(book, tmp_path))
    assert "S-1" in said
    assert "2026" in said


def test_whole_keeps_what_another_sheet_of_the_same_kind_names(tmp_path):
    book = book_of(HEADER, row("S-1"), title="2025")
    second = book.create_sheet("2026")
    second.append(HEADER)
    second.append(row("S-2"))
    path, policy = saved(book, tmp_path), tmp_path / "policy.toml"
    for _ in range(2):
        merge(policy, read_register(path, CATALOGUE, DAY).parts, CATALOGUE, DAY, whole=True)
        kept = Policy.load(policy, CATALOGUE, DAY).transfer_register
        assert [e.id for e in kept] == ["S-1", "S-2"]


def test_a_sheet_that_is_no_register_may_look_as_it_likes(tmp_path):
    book = book_of(HEADER, row())
    other = book.create_sheet("Notes")
    other.append(["a", "a"])
    other.append([1, 2])
    read = read_register(saved(book, tmp_path), CATALOGUE, DAY)
    assert len(read.parts) == 1
    assert "Notes" in read.remarks[0]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ('{"transfer_register": {"id": "S-1"}, "accounts": [{"id": "1", "entity": "A", "country": "DE"}]}', "list"),
        ('[{"id": "1", "id": "2", "entity": "A", "country": "DE"}]', "twice"),
        ('[{"id": "1", "entity": "A", "ENTITY": "B", "country": "DE"}]', "twice"),
        ('[{"id": "S", "importer": "A", "country": "US", "tool": "scc", "accounts": [{"a": 1}]}]', "accounts"),
        ('[{"id": "S", "importer": "A", "country": "US", "tool": "scc", "accounts": [null]}]', "accounts"),
        ('[{"id": {"a": 1}, "entity": "A", "country": "DE"}]', "id"),
    ],
)
def test_json_that_would_lose_something_is_refused(tmp_path, document, said):
    path = tmp_path / "r.json"
    path.write_text(document, encoding="utf-8")
    assert said in problem(path)


def test_json_with_a_mark_and_headings_in_capitals_is_read(tmp_path):
    path = tmp_path / "r.json"
    path.write_text('\ufeff[{"ID": "1", "Entity": "A", "country": "DE"}]', encoding="utf-8")
    assert entries(path) == [{"id": "1", "entity": "A", "country": "DE"}]


def test_an_old_or_encrypted_workbook_is_told_apart_from_a_broken_one(tmp_path):
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))
    assert "password" in problem(path)


def test_a_day_where_a_number_was_meant_is_told(tmp_path):
    assert "2026-02-01" in problem(saved(book_of(HEADER, row(id=date(2026, 2, 1))), tmp_path))


def test_midnight_after_a_day_is_the_day(tmp_path):
    path = csv_of(tmp_path, "id;importer;country;tool;expires", "S-1;A;US;scc;2027-12-31 00:00:00")
    assert entries(path)[0]["expires"] == date(2027, 12, 31)


def test_entries_that_cover_nothing_are_told_at_the_import(tmp_path, capsys):
    policy = tmp_path / "policy.toml"
    policy.write_text('[[accounts]]\nid = "x"\nentity = "Example Inc."\ncountry = "US"\n', encoding="utf-8")
    lines = (
        "id;importer;country;tool;data_classes;accounts",
        "S-OWNED;example inc.;US;scc;personal;",
        "S-NAMED;Other;US;scc;personal;123456789012",
        "S-BARE;Exampel Inc.;US;scc;personal;",
        "S-NOCLASS;Example Inc.;US;scc;;",
    )
    words = ["register", "import", str(csv_of(tmp_path, *lines)), "--policy", str(policy)]
    assert main(words) == 0
    said = capsys.readouterr().err
    assert "S-BARE" in said
    assert "S-NOCLASS" in said
    assert "S-OWNED" not in said
    assert "S-NAMED" not in said
    assert main([*words, "--format", "json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


def test_the_number_that_a_spreadsheet_has_for_a_day_is_explained(tmp_path):
    said = problem(saved(book_of(HEADER, row(expires=46387)), tmp_path))
    assert "46387" in said
    assert "2026-12-31" in said


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "docProps/core.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("body", [b"", b"<a", b"<a>" * 3000, b"\x00\xff"])
def test_a_workbook_with_a_broken_part_is_a_sentence_or_read_whole(tmp_path, part, body):
    whole, broken = saved(book_of(HEADER, row()), tmp_path), tmp_path / "broken.xlsx"
    with ZipFile(whole) as old, ZipFile(broken, "w") as new:
        for item in old.infolist():
            new.writestr(item, body if item.filename == part else old.read(item))
    assert "broken.xlsx" in problem(broken)


def test_a_workbook_with_damaged_bytes_is_a_sentence(tmp_path):
    whole = saved(book_of(HEADER, row()), tmp_path).read_bytes()
    told: list[str] = []
    for at in range(40, len(whole), 150):
        damaged = bytearray(whole)
        damaged[at : at + 4] = bytes(b ^ 0xA5 for b in damaged[at : at + 4])
        (tmp_path / "damaged.xlsx").write_bytes(bytes(damaged))
        try:
            told.append(str(entries(tmp_path / "damaged.xlsx")[0]["id"]))
        except RegisterError as error:
            told.append(str(error))
    assert len(told) > 20
    assert [text for text in told if text != "S-1" and "damaged.xlsx" not in text] == []


def test_what_is_hidden_in_the_workbook_is_read_and_told(tmp_path):
    book = book_of(HEADER, row(), row("S-2"), row("S-3"))
    book.worksheets[0].row_dimensions[3].hidden = True
    old = book.create_sheet("old")
    old.append(["id", "entity", "country"])
    old.append(["x", "Example SE", "DE"])
    old.sheet_state = "hidden"
    notes = book.create_sheet("notes")
    notes.append(["a", "b"])
    notes.sheet_state = "hidden"
    read = read_register(saved(book, tmp_path), CATALOGUE, DAY)
    assert [len(part.entries) for part in read.parts] == [3, 1]
    rows, sheet = read.remarks
    assert "row 3" in rows
    assert "sheet old" in sheet


@pytest.mark.parametrize(
    "line", ['S-1;Example Inc.;US;scc;"see contract', 'S-1;Example Inc.;US;scc;"see" contract', 'S-1;"A;US;scc;"x"']
)
def test_a_quote_that_is_not_closed_does_not_swallow_the_rows_after_it(tmp_path, line):
    path = csv_of(tmp_path, "id;importer;country;tool;note", line, "S-2;Other;IN;scc;")
    said = problem(path)
    assert "r.csv" in said


def test_quotes_lines_and_separators_within_cells_are_text(tmp_path):
    path = csv_of(tmp_path, "id;importer;country;tool;note", 'S-1;"A; ""B"" Inc.";US;scc;"one\ntwo"', "S-2;C;IN;scc;d")
    first, second = entries(path)
    assert (first["importer"], first["note"], second["id"]) == ('A; "B" Inc.', "one\ntwo", "S-2")


def test_providers_may_be_written_in_capitals_and_are_the_same_then(tmp_path):
    assert entries(csv_of(tmp_path, "id;vendor;provider", "P-1;Cloud;AWS"))[0]["provider"] == "aws"
    lines = "provider;date;tested", "aws;1.11.2025;15.6.2026", "AWS;;1.1.2026"
    assert "is there twice" in problem(csv_of(tmp_path, *lines))
