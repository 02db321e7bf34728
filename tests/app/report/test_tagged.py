"""The PDF for those who do not see it: everything marked, a structure that reads in order, tables that are tables."""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pikepdf
import pytest
from report_estate import FRANKFURT, InventedSource, head, large
from structure import Node, Structure, amiss

from app.report.build import build_content
from app.report.pdf.tree import put_structure
from app.report.pdf.writer import write_pdf
from rules.judgement import Severity

POPPLER = pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="pdfinfo of poppler-utils is not installed")


@pytest.fixture(scope="module")
def told(pdf: Path) -> Structure:
    return Structure(pdf)


def held_to_rules(told: Structure) -> None:
    """What holds of every report, whatever is in it."""
    assert told.marked
    assert told.tabs == {"/S"}
    assert told.bare == []
    nodes = told.root.walk()
    content = told.root.content()
    assert len(content) == len(set(content))
    assert set(content) == set(told.text)
    owners = {at: node for node in nodes for at in node.kids if isinstance(at, tuple)}
    for number, key in enumerate(told.keys):
        elements = told.parents[key]
        for sequence, element in enumerate(elements):
            assert owners[number, sequence].data["id"] == element
            assert owners[number, sequence].kind == told.tags[number, sequence]
    links = {told.parents[key]: about for key, about in told.links.values()}
    assert {n.data["id"] for n in nodes if n.kind == "Link"} == set(links)
    assert all(about.strip() for about in links.values())
    for node in nodes:
        if node.kind == "Figure":
            assert str(node.data["/Alt"]).strip()
        if node.kind == "Table":
            top, body = node.kids
            assert (top.kind, body.kind) == ("THead", "TBody")
            columns = len(top.kids[0].kids)
            assert columns >= 2
            assert all(len(row.kids) == columns for row in body.kids)
            assert {row.kids[0].kind for row in body.kids} == {"TH"}
            assert {str(cell.data["/A"].Scope) for cell in top.kids[0].kids} == {"/Column"}
    level = 0
    for node in nodes:
        if re.fullmatch(r"H\d", node.kind):
            assert int(node.kind[1]) <= level + 1
            level = int(node.kind[1])


def of_kind(node: Node, kind: str) -> list[Node]:
    return [n for n in node.walk() if n.kind == kind]


def test_everything_is_marked_and_every_mark_has_its_place(told: Structure) -> None:
    held_to_rules(told)


def test_headings_are_those_of_the_outline_and_read_in_order(told: Structure, pdf: Path) -> None:
    heads = [told.said(node).strip() for node in of_kind(told.root, "H1")]
    with pikepdf.open(pdf) as file, file.open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
    assert heads[1:] == titles[1:]
    rules = [told.said(node) for node in of_kind(told.root, "H3")]
    assert any(title.startswith("Personal data is stored in a country") for title in rules)


def test_pages_read_from_top_to_bottom(told: Structure) -> None:
    """No row of this report goes over a page, so the order of the structure is that of the pages."""
    pages = [number for number, _ in told.root.content()]
    assert pages == sorted(pages)


@POPPLER
def test_another_reader_finds_the_same_text_in_the_same_order(told: Structure, pdf: Path) -> None:
    shown = subprocess.run(
        ["pdfinfo", "-struct-text", str(pdf)], capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout
    said = "".join(re.findall(r'^\s*"(.*)"$', shown, re.MULTILINE))
    own = "".join(told.text[at] for at in told.root.content())
    bare = re.compile(r"[\s\u00ad]+")
    assert bare.sub("", said) == bare.sub("", own)


@POPPLER
def test_what_is_read_aloud_and_what_is_passed_over_is_all_that_is_on_the_pages(told: Structure, pdf: Path) -> None:
    shown = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    both = Counter("".join([*told.text.values(), *told.artifacts]))
    seen = Counter(shown)
    for sign in (*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",):
        assert both[sign] == seen[sign], sign


def test_nothing_but_running_heads_repeated_heads_and_signs_is_passed_over(told: Structure) -> None:
    known = re.compile(r"Page \d+ of( \d+)?|Situs, scan .*|SAMPLE.*|.*continued|\?|\d+|")
    heads = {told.said(node).strip() for node in (*of_kind(told.root, "TH"), *of_kind(told.root, "H1"))}
    heads |= {line for head in heads for line in head.split()}
    for text in told.artifacts:
        assert known.fullmatch(text.strip()) or text.strip() in heads or set(text.split()) <= heads, text


def test_a_table_over_many_pages_is_one_table_with_one_head(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    write_pdf(build_content(large(300)), path)
    long = Structure(path)
    held_to_rules(long)
    table = max(of_kind(long.root, "Table"), key=lambda t: len(t.kids[1].kids))
    pages = {number for number, _ in table.content()}
    assert len(pages) >= 3
    assert {number for number, _ in table.kids[0].content()} == {min(pages)}
    assert any("continued" in text for text in long.artifacts)


def test_a_cell_that_goes_over_pages_is_one_cell(tmp_path: Path) -> None:
    source = InventedSource(head())
    item = source.add("a", "storage.bucket", FRANKFURT)
    source.fail("SIT-RES-001", item, " ".join(f"word{n}" for n in range(2000)), Severity.CRITICAL)
    path = tmp_path / "cell.pdf"
    write_pdf(build_content(source), path)
    told = Structure(path)
    held_to_rules(told)
    cell = next(c for c in of_kind(told.root, "TD") if "word1999" in told.said(c))
    assert len({number for number, _ in cell.content()}) >= 3
    assert told.said(cell).split() == [f"word{n}" for n in range(2000)]


def test_lines_that_end_at_a_space_keep_it_for_those_who_listen(told: Structure) -> None:
    text = next(told.said(n) for n in of_kind(told.root, "P") if "Situs reports configuration facts" in told.said(n))
    assert "possible infringements. The legal" in text
    intro = [told.said(n) for n in of_kind(told.root, "LBody")]
    assert not any(re.search(r"[a-z][.][A-Z][a-z]+ [a-z]", line) for line in intro)


def test_names_written_from_the_right_are_read_as_they_are_spelt(tmp_path: Path) -> None:
    source = InventedSource(head())
    source.fail("SIT-RES-001", source.add("سلام", "storage.bucket", FRANKFURT), "because")
    path = tmp_path / "arabic.pdf"
    write_pdf(build_content(source), path)
    told = Structure(path)
    assert any("سلام" in told.said(cell) for cell in of_kind(told.root, "TH"))


def test_what_is_not_in_the_language_of_the_report_says_so(told: Structure) -> None:
    for node in of_kind(told.root, "H3"):
        assert str(node.data["/Lang"]) == "en"


def test_the_map_says_in_words_what_it_shows(told: Structure) -> None:
    maps = [str(n.data["/Alt"]) for n in of_kind(told.root, "Figure") if str(n.data["/Alt"]).startswith("Map: ")]
    assert maps
    assert any("Frankfurt" in text for text in maps)


def test_names_of_every_script_and_any_length_conform_as_well(pdf: Path) -> None:
    """The claim is that of whole reports; the pages alone claim nothing, and nothing else may be amiss."""
    assert [told for told in amiss(pdf) if "-ID-" not in told[0]] == []


def test_a_structure_is_never_put_onto_other_pages(pdf: Path, tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    from app.report.pdf.tags import Tags

    tags = Tags(Canvas(str(tmp_path / "x.pdf")))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not those that were tagged"):
        put_structure(pdf, tags)
