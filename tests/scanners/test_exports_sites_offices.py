"""Declared sites as German offices fill them in: headings, names of countries, merged cells, formulas, Windows-1252."""

import csv
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from scanners.exports.read import ImportedFile, read_exports
from scanners.exports.sitewords import COLUMNS
from scanners.exports.source import State
from scanners.model import Asset, Item

HEADER = ["Standort", "Land", "Cluster am Standort", "GPU-Modell", "Anzahl der GPUs", "Speicher", "Verschlüsselt"]
ROWS: list[list[Any]] = [
    ["halle-1", "Deutschland", "c", "H100", 8, "s", "ja"],
    ["halle-2", "NOR", "d", "A100", 4, "t", "nein"],
]


def book_of(rows: list[list[Any]], title: str = "Standorte") -> Workbook:
    book = Workbook()
    book.worksheets[0].title = title
    for row in rows:
        book.worksheets[0].append(row)
    return book


def read(path: Path) -> tuple[dict[str, Asset], ImportedFile]:
    items: list[Item] = []
    [file] = read_exports([path], items.extend)
    return {a.uid: a for a in items if isinstance(a, Asset)}, file


def saved(book: Workbook, folder: Path) -> Path:
    path = folder / "standorte.xlsx"
    book.save(path)
    return path


def check(found: dict[str, Asset]) -> None:
    assert found["site:halle-1"].location.country == "DE"
    assert found["site:halle-2"].location.country == "NO"
    assert found["site:halle-1/cluster/c"].attributes["gpu_count"] == 8
    assert found["site:halle-1/cluster/c/store/s"].attributes["encrypted"] is True
    assert found["site:halle-2/cluster/d/store/t"].attributes["encrypted"] is False


def test_a_german_workbook_is_read_as_an_english_one(tmp_path: Path) -> None:
    found, file = read(saved(book_of([HEADER, *ROWS]), tmp_path))
    assert (file.state, file.warnings) == (State.COMPLETE, [])
    check(found)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_german_table_is_read_in_any_encoding_of_excel(tmp_path: Path, separator: str, encoding: str) -> None:
    path = tmp_path / "standorte.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator, lineterminator="\r\n").writerows([HEADER, *ROWS])
    found, told = read(path)
    assert told.state is State.COMPLETE
    check(found)
    assert [("Windows-1252" in w, "line 1" in w, "Verschlüsselt" in w) for w in told.warnings] == (
        [(True, True, True)] if encoding == "cp1252" else []
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("A2:A3", "Row 3, column 'Standort': the cells A2:A3 are merged"),
        ("D2:E2", "Row 2, column 'GPU-Modell': the cells D2:E2 are merged"),
        ("A1:B1", "Row 1, column 'Standort': the cells A1:B1 are merged"),
    ],
)
def test_merged_cells_are_refused_with_row_and_column(tmp_path: Path, cells: str, said: str) -> None:
    book = book_of([HEADER, *ROWS])
    book.worksheets[0].merge_cells(cells)
    found, file = read(saved(book, tmp_path))
    assert not found
    assert file.state is State.REFUSED
    assert any(said in warning for warning in file.warnings)


def test_merged_titles_and_merged_empty_rows_do_no_harm(tmp_path: Path) -> None:
    book = book_of([["Unsere Standorte"], [], HEADER, *ROWS, []])
    book.worksheets[0].merge_cells("A1:G1")
    book.worksheets[0].merge_cells("A7:C9")
    found, file = read(saved(book, tmp_path))
    assert (file.state, file.warnings) == (State.COMPLETE, [])
    check(found)


def test_a_formula_without_a_saved_result_is_refused_with_row_and_column(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS]
    rows[1][4] = "=2+2"
    found, file = read(saved(book_of([HEADER, *rows]), tmp_path))
    assert not found
    assert file.state is State.REFUSED
    assert any("Row 3, column 'Anzahl der GPUs': E3 is a formula" in warning for warning in file.warnings)


def test_a_formula_whose_result_was_saved_counts_as_its_result(tmp_path: Path) -> None:
    import zipfile

    rows = [list(row) for row in ROWS]
    rows[1][4], rows[1][6] = "=2+2", '=IF(A1="","ja","")'
    bare = saved(book_of([HEADER, *rows]), tmp_path)
    path = tmp_path / "mit.xlsx"
    with zipfile.ZipFile(bare) as source, zipfile.ZipFile(path, "w") as out:
        for name in source.namelist():
            body = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert body.count(b"<v />") + body.count(b"<v></v>") + body.count(b"<v/>") == 2
                body = body.replace(b"<f>2+2</f><v />", b"<f>2+2</f><v>4</v>").replace(
                    b"<f>2+2</f><v></v>", b"<f>2+2</f><v>4</v>"
                )
                body = body.replace(b'<c r="G3">', b'<c r="G3" t="str">')  # an empty text is a result
            out.writestr(name, body)
    found, file = read(path)
    assert (file.state, file.warnings) == (State.COMPLETE, [])
    assert found["site:halle-2/cluster/d"].attributes["gpu_count"] == 4
    assert "encrypted" not in found["site:halle-2/cluster/d/store/t"].attributes


def test_a_cell_below_no_heading_is_told(tmp_path: Path) -> None:
    found, file = read(saved(book_of([HEADER, [*ROWS[0], "vergessen"], ROWS[1]]), tmp_path))
    assert file.state is State.PARTIAL
    assert any("row 2" in warning and "vergessen" in warning for warning in file.warnings)
    check(found)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_one_column_in_both_languages_is_refused(tmp_path: Path, form: str) -> None:
    rows = [["Standort", "Land", "country"], ["halle-1", "DE", "US"]]
    if form == "xlsx":
        path = saved(book_of(rows), tmp_path)
    else:
        path = tmp_path / "s.csv"
        path.write_text("".join(f"{';'.join(row)}\n" for row in rows), encoding="utf-8")
    found, file = read(path)
    assert not found
    assert file.state is not State.COMPLETE
    assert any("'country' is there twice" in warning for warning in file.warnings)


@pytest.mark.parametrize("written", ["Kongo", "Georgia", "St. Martin", "Deutschlnd", "XX", "EU"])
def test_an_unclear_place_stays_unknown_and_is_told(tmp_path: Path, written: str) -> None:
    found, file = read(saved(book_of([["Standort", "Land"], ["halle-1", written]]), tmp_path))
    assert found["site:halle-1"].location.country is None
    assert any("row 2" in warning and written in warning for warning in file.warnings)


def test_numbers_with_a_comma_are_whole_or_refused(tmp_path: Path) -> None:
    rows = [
        ["Standort", "Land", "Cluster am Standort", "Maschinen"],
        ["a", "DE", "c", "8,0"],
        ["b", "DE", "c", "1.000"],
    ]
    found, file = read(saved(book_of(rows), tmp_path))
    assert found["site:a/cluster/c"].attributes["node_count"] == 8
    assert "node_count" not in found["site:b/cluster/c"].attributes
    assert any("row 3" in warning and "1.000" in warning for warning in file.warnings)


def test_every_column_has_a_german_heading_of_its_own() -> None:
    assert len({heading.lower() for heading in COLUMNS.values()}) == len(COLUMNS)
    assert not {heading.lower() for heading in COLUMNS.values()} & set(COLUMNS)


def test_the_german_template_can_be_filled_in(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    from scanners.exports.sitestemplate import write_template

    path = tmp_path / "standorte.xlsx"
    write_template(path, german=True)
    book = load_workbook(path)
    assert book.sheetnames == ["Standorte", "Spalten"]
    columns = [cell.value for cell in book["Standorte"][1]]
    assert columns == list(COLUMNS.values())
    for number, row in enumerate(ROWS, 2):
        for heading, value in zip(HEADER, row, strict=True):
            book["Standorte"].cell(number, columns.index(heading) + 1).value = value
    book["Standorte"].cell(2, columns.index("Datenklasse") + 1).value = "Besondere Kategorie"
    book["Standorte"].cell(2, columns.index("Schlüssel bei") + 1).value = "eigenes HSM"
    book["Standorte"].cell(2, columns.index("Art des Speichers") + 1).value = "Dateisystem"
    book.save(path)
    found, file = read(path)
    assert (file.state, file.warnings) == (State.COMPLETE, [])
    check(found)
    store = found["site:halle-1/cluster/c/store/s"]
    assert (store.kind, store.attributes["custody"]) == ("storage.filesystem", "dedicated_hsm")
    assert store.tags == {"situs:data-class": "special_category"}
