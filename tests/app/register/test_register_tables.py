"""Tables as offices keep them: titles above the header, formulas, capitals, `sep=`, cells too many."""

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from app.register.entries import read_register
from app.register.sheets import RegisterError
from rules.catalogue import Catalogue

DAY = date(2026, 11, 22)
CATALOGUE = Catalogue.load()
HEADER = ["id", "importer", "country", "tool", "data_classes", "expires"]
ENTRY = ["S-1", "Example Inc.", "US", "scc", "personal", date(2027, 3, 31)]


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "transfer_register"
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def entries(path: Path) -> list[dict[str, object]]:
    return read_register(path, CATALOGUE, DAY).parts[0].entries


def problem(path: Path) -> str:
    with pytest.raises(RegisterError) as caught:
        read_register(path, CATALOGUE, DAY)
    return str(caught.value)


def test_a_formula_whose_result_was_not_saved_is_not_an_empty_cell(tmp_path):
    path = workbook(tmp_path / "r.xlsx", [HEADER, [*ENTRY[:5], "=DATE(2027,3,31)"]])
    assert "line 2" in problem(path)
    assert "F2" in problem(path)


def test_a_formula_whose_result_was_saved_counts_as_its_result(tmp_path):
    path = workbook(tmp_path / "r.xlsx", [HEADER, ENTRY])
    changed = tmp_path / "formula.xlsx"
    with ZipFile(path) as old, ZipFile(changed, "w") as new:
        for item in old.infolist():
            body = old.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                assert b"<v>46477</v>" in body
                body = body.replace(b"<v>46477</v>", b"<f>DATE(2027,3,31)</f><v>46477</v>")
            new.writestr(item, body)
    assert entries(changed)[0]["expires"] == date(2027, 3, 31)


def test_a_title_above_the_header_is_no_header(tmp_path):
    path = workbook(tmp_path / "r.xlsx", [["Transfers of Example SE, 2026"], [], HEADER, ENTRY])
    assert entries(path)[0]["id"] == "S-1"
    text = (
        "Transfers of Example SE, 2026;;;;\nid;importer;country;tool;data_classes\nS-1;Example Inc.;US;scc;personal\n"
    )
    (tmp_path / "r.csv").write_text(text, "utf-8")
    assert entries(tmp_path / "r.csv")[0]["id"] == "S-1"


def test_the_line_with_the_separator_that_excel_reads_is_no_header(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("sep=;\nid;importer;country;tool;data_classes\nS-1;Example, Inc.;US;scc;personal\n", "utf-8")
    assert entries(path)[0]["importer"] == "Example, Inc."


def test_words_may_be_written_in_capitals(tmp_path):
    path = workbook(tmp_path / "r.xlsx", [HEADER, ["S-1", "Example Inc.", "us", "SCC", "Personal; Public", None]])
    [entry] = entries(path)
    assert (entry["tool"], entry["data_classes"], entry["country"]) == ("scc", ["personal", "public"], "US")


def test_a_row_with_more_cells_than_columns_is_not_cut_off(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("id,importer,country,tool,data_classes\nS-1,Example Inc.,US,scc,personal,pseudonymised\n", "utf-8")
    assert "line 2" in problem(path)
    assert "pseudonymised" in problem(path)
