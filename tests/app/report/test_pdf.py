"""The PDF: complete, linked, in reading order, the same each time, and deaf to markup."""

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from report_estate import DUBLIN, FRANKFURT, LONG, VIRGINIA, InventedSource, head, large, telling

from app.report.build import build_content
from app.report.content import ReportContent
from app.report.files import ReportNotWrittenError
from app.report.pdf.writer import write_pdf
from rules.judgement import Severity


@cache
def words_of(path: Path) -> str:
    """All text of a PDF with its white space folded."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def test_every_section_is_there_in_order(pdf: Path) -> None:
    text = words_of(pdf)
    titles = [
        "Contents",
        "Summary",
        "Map of places",
        "Where your data are",
        "Where your data are processed",
        "Your GPU estate",
        "Who holds the keys",
        "Transfer register",
        "Findings",
        "What could not be checked",
        "Decisions needed from you",
        "Accepted findings",
        "What passed",
        "Law that the findings cite",
        "Method and limits",
        "Evidence",
        "Calls that were made",
        "Chain of scans",
        "Appendix: what was read",
    ]
    outline = [entry.title for entry in PdfReader(pdf).outline if not isinstance(entry, list)]
    assert outline == ["Cover", *titles]
    for title in titles:
        assert title in text


def test_every_page_but_the_cover_says_its_number_of_the_total(pdf: Path) -> None:
    pages = PdfReader(pdf).pages
    for number, page in enumerate(pages[1:], start=2):
        assert re.search(rf"Page {number} of\s+{len(pages)}\b", page.extract_text())


def test_the_contents_name_the_pages_that_the_outline_leads_to(pdf: Path) -> None:
    reader = PdfReader(pdf)
    contents = reader.pages[1].extract_text()
    for entry in reader.outline:
        if not isinstance(entry, list) and entry.title not in ("Cover", "Contents"):
            page = reader.get_destination_page_number(entry)
            assert page is not None
            assert re.search(rf"{re.escape(str(entry.title))}\s*{page + 1}\b", contents), entry.title


def test_text_of_a_finding_reads_in_order(pdf: Path) -> None:
    text = words_of(pdf)
    places = [
        text.index(part, text.index("Critical 3 findings"))
        for part in (
            "Personal data is stored in a country",
            "The data already lie",
            "GDPR Art. 44",
            "Copy the objects",
            "train-faces",
        )
    ]
    assert places == sorted(places)


def test_findings_lead_to_assets_law_and_transfers_and_no_link_is_dead(pdf: Path, content: ReportContent) -> None:
    reader = PdfReader(pdf)
    numbers = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages) if page.indirect_reference}
    starts = {e.title: reader.get_destination_page_number(e) for e in reader.outline if not isinstance(e, list)}
    leads: set[tuple[int, int]] = set()
    for here, page in enumerate(reader.pages):
        for annotation in page.get("/Annots") or []:
            item = annotation.get_object()
            if "/Dest" in item:
                leads.add((here, numbers[item["/Dest"][0].idnum]))
            else:
                assert item["/A"]["/URI"].startswith("https://")
    findings = range(starts["Findings"], starts["What could not be checked"])
    for title in ("Where your data are", "Law that the findings cite", "Transfer register"):
        assert any((here, starts[title]) in leads for here in findings), title
    for title in ("Where your data are", "Transfer register", "Summary"):
        assert any((starts[title], there) in leads for there in findings), title


def test_names_of_every_script_and_length_are_whole(pdf: Path) -> None:
    text = words_of(pdf)
    assert LONG in text.replace(" ", "")
    for name in (
        "Δεδομένα-ακτινογραφιών",
        "обучение-модель-снимки",
        "report⟨U+202E⟩gpj.exe",
        "<b>bold</b>",
        "数据集-肺部",
    ):
        assert name in text


def test_what_this_scan_did_not_see_is_marked(pdf: Path) -> None:
    text = words_of(pdf)
    assert "known from an earlier scan" in text[text.index("old-backup") :][:200]
    assert "1 asset is known from an earlier scan; this one could not look where it lies." in text


def test_the_sample_is_marked_on_the_cover_and_on_each_page(pdf: Path, tmp_path: Path) -> None:
    pages = PdfReader(pdf).pages
    assert all("SAMPLE" in page.extract_text() for page in pages)
    real = tmp_path / "real.pdf"
    write_pdf(build_content(telling(sample=False)), real)
    assert "SAMPLE" not in words_of(real)


def test_the_same_content_gives_the_same_bytes(pdf: Path, tmp_path: Path, content: ReportContent) -> None:
    again = tmp_path / "again.pdf"
    write_pdf(content, again)
    assert again.read_bytes() == pdf.read_bytes()


def test_every_font_is_embedded(pdf: Path) -> None:
    for page in PdfReader(pdf).pages:
        fonts = page["/Resources"]["/Font"]
        used = set(re.findall(r"/(F\d+\S*) [\d.]+ Tf", page.get_contents().get_data().decode("latin-1")))
        for name in used:
            font = fonts["/" + name]
            assert "/FontDescriptor" in font, font["/BaseFont"]
            assert "/FontFile2" in font["/FontDescriptor"]


def test_an_empty_estate_makes_a_report(tmp_path: Path) -> None:
    path = tmp_path / "empty.pdf"
    write_pdf(build_content(InventedSource(head())), path)
    assert "No place that holds data was seen in what could be read." in words_of(path)


def test_no_row_is_left_out_of_a_long_report(tmp_path: Path) -> None:
    source = large(700)
    path = tmp_path / "long.pdf"
    write_pdf(build_content(source), path)
    text = words_of(path)
    for number in (0, 99, 350, 640):
        assert f"asset.gpu_count = {number};" in text


def test_a_cell_longer_than_a_page_goes_on_on_the_next(tmp_path: Path) -> None:
    source = InventedSource(head())
    item = source.add("a", "storage.bucket", FRANKFURT)
    source.fail("SIT-RES-001", item, " ".join(f"word{n}" for n in range(3000)), Severity.CRITICAL)
    path = tmp_path / "cell.pdf"
    write_pdf(build_content(source), path)
    text = words_of(path)
    assert all(f"word{n}" in text for n in (0, 1500, 2999))


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_may_stand_in_any_name(tmp_path: Path, name: str, other: str) -> None:
    source = InventedSource(head())
    a = source.add(name, "storage.bucket", FRANKFURT, data_class="personal", operator=other)
    b = source.add(other + "x", "key", DUBLIN, custody="customer", attributes={"state": "enabled"})
    c = source.add(name + "y", "compute.cluster", VIRGINIA, gpu_model=other)
    flow = source.flow(a, c, "replication", "uncovered", importer=name, register_entry=other)
    for about in (a, b, c, flow):
        source.fail("SIT-RES-001", about, other)
    path = tmp_path / "any.pdf"
    write_pdf(build_content(source), path)
    assert path.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    "name",
    [
        '<img src="file:///etc/passwd"/>',
        "<b>x",
        '<a href="javascript:alert(1)">x</a>',
        "&lt;&amp;",
        ") Tj ET /JS (x",
        "\\251\\",
        "((((",
    ],
)
def test_markup_in_names_is_plain_text(tmp_path: Path, name: str) -> None:
    source = InventedSource(head())
    source.fail("SIT-RES-001", source.add(name, "storage.bucket", FRANKFURT), name)
    path = tmp_path / "markup.pdf"
    write_pdf(build_content(source), path)
    assert name.replace(" ", "") in words_of(path).replace(" ", "")
    assert b"/JavaScript" not in path.read_bytes()
    assert not any(
        "/URI" in str(a.get_object().get("/A", "")) and "javascript" in str(a.get_object()["/A"])
        for p in PdfReader(path).pages
        for a in p.get("/Annots") or []
    )


def test_an_old_file_survives_a_failed_write(
    tmp_path: Path, content: ReportContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"old")

    def locked(self: Path, target: Path) -> Path:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(ReportNotWrittenError, match=r"may be open in another program.*unchanged"):
        write_pdf(content, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
