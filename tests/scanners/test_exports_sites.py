"""Declared sites as YAML, CSV, workbook and JSON; what people get wrong in them; the places they give to clusters."""

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from resources import __file__ as resources_file
from scanners.exports.read import ImportedFile, read_exports
from scanners.exports.sitestemplate import write_template
from scanners.exports.source import State
from scanners.model import Asset, Coverage, Evidence, Item, LocationKind, Relation, problems

TEMPLATES = Path(resources_file).parent / "templates"


def declare(tmp_path: Path, text: str, name: str = "sites.yaml") -> tuple[dict[str, Asset], ImportedFile]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    items: list[Item] = []
    files = read_exports([path], items.extend)
    return {i.uid: i for i in items if isinstance(i, Asset)}, files[0]


@pytest.mark.parametrize("name", ["sites.yaml", "sites.csv"])
def test_the_templates_declare_what_they_show(name: str) -> None:
    items: list[Item] = []
    files = read_exports([TEMPLATES / name], items.extend)
    assert (files[0].state, files[0].warnings) == (State.COMPLETE, [])
    found = {i.uid: i for i in items if isinstance(i, Asset)}
    site = found["site:hall-1"]
    assert (site.provider, site.account, site.kind) == ("on_prem", "hall-1", "site")
    assert site.attributes == {
        "country": "DE",
        "city": "Leipzig",
        "operator": "Example Imaging GmbH",
        "operator_country": "DE",
    }
    assert site.location.kind is LocationKind.ON_PREM
    assert (site.location.country, site.location.site, site.location.evidence) == ("DE", "hall-1", "declared")
    cluster = found["site:hall-1/cluster/training"]
    assert (cluster.attributes["gpu_count"], cluster.attributes["gpu_model"]) == (64, "NVIDIA H100 80GB")
    store = found["site:hall-1/cluster/training/store/scratch"]
    assert store.tags == {"situs:data-class": "personal"}
    assert (store.attributes["encrypted"], store.attributes["custody"]) == (True, "customer")
    edges = {(i.source, i.type, i.target) for i in items if isinstance(i, Relation)}
    assert (cluster.uid, "reads", "arn:aws:s3:::example-datasets") in edges
    assert (cluster.uid, "writes", "//storage.googleapis.com/example-checkpoints") in edges
    assert (cluster.uid, "member_of", "site:hall-1") in edges
    assert all(problems(a.kind, a.attributes) == [] for a in found.values())
    assert {i.kind for i in items if isinstance(i, Coverage)} >= {"site", "compute.cluster", "storage.filesystem"}
    assert any(isinstance(i, Evidence) for i in items)


def test_the_workbook_template_is_the_generated_one_and_can_be_filled_in(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    made = tmp_path / "made.xlsx"
    write_template(made)
    shipped = load_workbook(TEMPLATES / "sites.xlsx")
    again = load_workbook(made)
    for sheet in ("Sites", "Columns"):
        rows = [[c.value for c in row] for row in shipped[sheet].iter_rows()]
        assert rows == [[c.value for c in row] for row in again[sheet].iter_rows()]
    again["Sites"].append(
        ["halle-2", "Halle 2", "NO", "Oslo", "Nordlys AS", "no", None, None, None, "a", 2, "H200", 8.0]
    )
    again.save(made)
    items: list[Item] = []
    files = read_exports([made], items.extend)
    assert (files[0].state, files[0].warnings) == (State.COMPLETE, [])
    found = {i.uid: i for i in items if isinstance(i, Asset)}
    assert found["site:halle-2"].location.country == "NO"
    assert found["site:halle-2"].attributes["operator_country"] == "NO"
    assert found["site:halle-2/cluster/a"].attributes["gpu_count"] == 8


def test_norway_stays_norway_and_unknown_stays_absent(tmp_path: Path) -> None:
    found, file = declare(tmp_path, "sites:\n  - id: oslo\n    country: NO\n    stores:\n      - name: archive\n")
    assert file.warnings == []
    assert found["site:oslo"].location.country == "NO"
    assert found["site:oslo/store/archive"].attributes == {}
    assert found["site:oslo/store/archive"].tags == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sites:\n  - id: a\n    country: Germania\n", "line 3: country 'Germania' is not a country code"),
        (
            "sites:\n  - id: a\n    country: Congo\n",
            "line 3: country 'Congo' may mean more than one country; write CD or CG",
        ),
        ("sites:\n  - id: a\n    contry: DE\n", "line 3: unknown member 'contry' (did you mean 'country'?)"),
        ("sites:\n  - id: a\n    country: DE\n  - id: a\n", "line 4: site 'a' was declared at line 2 already"),
        ("sites:\n  - name: x\n", "line 2: a site needs an id"),
        ("sites:\n  - id: a/b\n", "not 'a/b'"),
        ("sites: {}\n", "no site is declared"),
        (
            "sites:\n  - id: a\n    country: DE\n    stores:\n    - {name: s, custody: mine}\n",
            "custody 'mine' is none of",
        ),
        ("sites:\n  - id: a\n    country: DE\n    stores:\n    - {name: s, encrypted: perhaps}\n", "write yes or no"),
        ("sites:\n  - id: a\n    country: DE\n    clusters:\n    - {name: c, nodes: many}\n", "is not a whole number"),
        ("sites:\n  - just words\n", "must have named members"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, text: str, said: str) -> None:
    _, file = declare(tmp_path, text)
    assert file.state is not State.REFUSED
    assert any(said in warning for warning in file.warnings), file.warnings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sites:\n  - &x {id: a}\n  - *x\n", "line 2: anchors and aliases"),
        ("sites:\n  - id: a\n    id: b\n", "line 3: 'id' is given twice"),
        ("sites:\n  - !!python/object:os.system {id: a}\n", "line 2: tags (!)"),
        ("sites:\n  - id: [a\n", "this is not valid YAML"),
        ("sites:\n" + "".join("  " * n + "- \n" for n in range(1, 20)), "nested too deeply"),
    ],
)
def test_yaml_that_is_not_plain_is_refused_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    found, file = declare(tmp_path, text)
    assert found == {}
    assert file.state is State.REFUSED
    assert said in " ".join(file.warnings)


def test_rows_of_a_table_say_the_line_and_the_column(tmp_path: Path) -> None:
    text = (
        "site;country;cluster;gpu_model;gpu_count;region\r\nhall;DE;c;H100;8;x\r\nhall;FR;c;A100;4;\r\n;DE;;;;\r\n"
        "hall2;Teutonia;;;;\r\n"
    )
    found, file = declare(tmp_path, text, "hallen.csv")
    assert found["site:hall/cluster/c"].attributes["gpu_count"] == 12
    assert found["site:hall/cluster/c"].attributes["gpu_model"] == "H100, A100"
    assert found["site:hall"].location.country == "DE"
    assert found["site:hall2"].location.country is None
    assert file.state is State.PARTIAL
    told = " ".join(file.warnings)
    for said in (
        "unknown column 'region'",
        "line 3: country is 'FR' here, but 'DE' at line 2",
        "line 4: the column 'site'",
        "line 5: country 'Teutonia' is not a country code",
    ):
        assert said in told


def test_json_and_a_workbook_of_another_kind(tmp_path: Path) -> None:
    entry = {"sites": [{"id": "a", "country": "FR", "stores": [{"name": "s", "encrypted": False}]}]}
    found, _ = declare(tmp_path, json.dumps(entry), "sites.json")
    assert found["site:a/store/s"].attributes == {"encrypted": False, "custody": "none"}
    other = tmp_path / "budget.xlsx"
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["month", "sum"])
    sheet.append(["May", 3])
    book.save(other)
    items: list[Item] = []
    files = read_exports([other], items.extend)
    assert not [i for i in items if isinstance(i, Asset)]
    assert files[0].warnings


def test_a_site_gives_a_kubernetes_cluster_its_place(tmp_path: Path) -> None:
    (tmp_path / "z-sites.yaml").write_text(
        "sites:\n  - id: hall\n    country: DE\n    kubernetes: [gpu-hall]\n    arc: [ARC-7]\n", encoding="utf-8"
    )
    node = {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": "n1"},
        "status": {"capacity": {"nvidia.com/gpu": "8"}},
    }
    nodes = {"kind": "NodeList", "apiVersion": "v1", "metadata": {}, "items": [node]}
    (tmp_path / "gpu-hall-nodes.json").write_text(json.dumps(nodes), encoding="utf-8")
    items: list[Item] = []
    files = read_exports([tmp_path], items.extend)
    assert [w for f in files for w in f.warnings] == []
    found = {i.uid: i for i in items if isinstance(i, Asset)}
    for uid in ("k8s://gpu-hall/node//n1", "k8s://gpu-hall"):
        assert found[uid].location.country == "DE"
        assert found[uid].location.site == "hall"
        assert found[uid].location.evidence == "declared"


def _book(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_a_title_above_the_header_and_spaces_in_it_do_no_harm(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Our halls, 2026"],
        [],
        ["Site", "Country", "Cluster", "GPU count", "Store", "Data class"],
        ["hall-1", "DE", "c", 64, "s", "personal"],
    ]
    items: list[Item] = []
    [file] = read_exports([_book(tmp_path / "sites.xlsx", rows)], items.extend)
    assert (file.state, file.warnings) == (State.COMPLETE, [])
    found = {a.kind: a for a in items if isinstance(a, Asset)}
    assert found["compute.cluster"].attributes["gpu_count"] == 64
    assert list((found["storage.filesystem"].tags or {}).values()) == ["personal"]


@pytest.mark.parametrize(
    ("columns", "cells", "said"),
    [
        ("site,country,gpu_count", "hall-1,DE,64", "gpu_count"),
        ("site,country,nodes,store", "hall-1,DE,8,s", "nodes"),
        ("site,country,data_class,encrypted", "hall-1,DE,personal,yes", "data_class"),
    ],
)
def test_what_belongs_to_a_cluster_or_store_without_a_name_is_not_lost_silently(
    tmp_path: Path, columns: str, cells: str, said: str
) -> None:
    path = tmp_path / "sites.csv"
    path.write_text(f"{columns}\n{cells}\n", "utf-8")
    items: list[Item] = []
    [file] = read_exports([path], items.extend)
    assert file.state is State.PARTIAL
    assert said in " ".join(file.warnings)


HALLS: list[list[object]] = [["Site", "Country", "Store"], ["hall-1", "DE", "s"], ["hall-2", "FR", "t"]]


@pytest.mark.parametrize("part", range(40))
def test_a_damaged_workbook_is_refused_and_never_half_a_truth(tmp_path: Path, part: int) -> None:
    path = _book(tmp_path / "sites.xlsx", HALLS)
    body = bytearray(path.read_bytes())
    at = len(body) * part // 40
    body[at : at + 24] = bytes(255 - b for b in body[at : at + 24])
    path.write_bytes(body)
    items: list[Item] = []
    files = read_exports([path], items.extend)  # several where it still is a zip, and no workbook any more
    sites = {a.name for a in items if isinstance(a, Asset) and a.kind == "site"}
    assert sites in ({"hall-1", "hall-2"}, set()) or all(f.state is not State.COMPLETE for f in files)


@pytest.mark.parametrize("fault", [b"<sheetData><row>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b""])
def test_a_workbook_whose_sheet_is_no_xml_is_refused(tmp_path: Path, fault: bytes) -> None:
    import zipfile

    path = _book(tmp_path / "whole.xlsx", HALLS)
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "sites.xlsx", "w") as other:
        for name in whole.namelist():
            other.writestr(name, fault if name == "xl/worksheets/sheet1.xml" else whole.read(name))
    items: list[Item] = []
    [file] = read_exports([tmp_path / "sites.xlsx"], items.extend)
    assert file.state is not State.COMPLETE or any("no site" in w for w in file.warnings)
    assert not [a for a in items if isinstance(a, Asset)]


@pytest.mark.parametrize("fault", ["#N/A", "#REF!", "#BEZUG!"])
def test_an_error_of_the_spreadsheet_is_no_text(tmp_path: Path, fault: str) -> None:
    items: list[Item] = []
    [file] = read_exports([_book(tmp_path / "sites.xlsx", [*HALLS, ["hall-3", fault, "u"]])], items.extend)
    assert file.state is State.PARTIAL
    assert any("row 4" in w and fault in w for w in file.warnings)
    assert {a.name for a in items if isinstance(a, Asset) and a.kind == "site"} == {"hall-1", "hall-2"}


def test_columns_beyond_those_that_are_read_are_told(tmp_path: Path) -> None:
    wide: list[list[object]] = [[*HALLS[0], *[""] * 57, "Region"], [*HALLS[1], *[""] * 57, "north"]]
    [file] = read_exports([_book(tmp_path / "sites.xlsx", wide)], lambda _: None)
    assert any("60 columns" in w for w in file.warnings)
