"""OCSF, OSCAL, SARIF and the workbook: valid against the published schemas, and saying what the report says."""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openpyxl import load_workbook
from report_estate import FRANKFURT, InventedSource, head, telling

from app import audit as job
from app import sample
from app.report import words
from app.report.fromstore import StoreSource
from app.report.machine.cisoassistant import write_findings, write_transfers
from app.report.machine.ocsf import stream_ocsf
from app.report.machine.oscal import stream_oscal
from app.report.machine.sarif import stream_sarif
from app.report.machine.workbook import write_workbook
from app.report.source import ReportSource
from app.store import Store
from rules.judgement import Severity

SCHEMAS = Path(__file__).parent / "schemas"
EVIL = [
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "<script>alert(1)</script>",
    "a\u202eb",
    "a\x00b\x07c",
    "😀" * 50,
    "x" * 40_000,
    "half \ud83d pair",
    "\ufffe\uffff",
    "Äß 数据 עברית",
]


def schema(name: str) -> Any:
    text = (SCHEMAS / name).read_text(encoding="utf-8")
    if name.startswith("oscal"):  # classes of Unicode letters in ECMA's spelling, which Python's engine lacks
        text = text.replace("\\\\p{L}", "[^\\\\W\\\\d_]").replace("\\\\p{N}", "\\\\d")
    whole = json.loads(text)
    kind = jsonschema.validators.validator_for(whole)
    kind.check_schema(whole)
    return kind(whole)


def made(stream: Callable[..., None], source: ReportSource, **more: bool) -> Any:
    out = io.BytesIO()
    stream(source, out, **more)
    return json.loads(out.getvalue().decode("utf-8"))


@pytest.fixture(scope="module")
def sample_source(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("machine") / "situs.db"
    by = job.yardstick(sample.POLICY, sample.AS_OF)
    with Store.open(path) as store:
        for started, files in sample.SCANS:
            scan = job.import_files(store, [files], started=started).scan
            judged = job.judge_scan(store, scan.id, by, with_passes=True)
        yield StoreSource(store, judged.id)


@pytest.mark.parametrize("with_passes", [False, True])
def test_ocsf_events_are_valid(sample_source: StoreSource, with_passes: bool) -> None:
    check = schema("ocsf-1.5.0-compliance_finding-cloud.schema.json")
    events = made(stream_ocsf, sample_source, with_passes=with_passes)
    troubles = [error.message for event in events for error in check.iter_errors(event)]
    assert troubles == []
    verdicts = Counter(f.verdict.value for f in sample_source.findings(with_passes=with_passes))
    told = Counter(event["unmapped"]["verdict"] for event in events)
    assert told == verdicts
    statuses = {(e["unmapped"]["verdict"], e["compliance"]["status_id"]) for e in events}
    assert statuses <= {("fail", 3), ("not_checked", 0), ("accepted", 3), ("pass", 1), ("not_applicable", 99)}
    uids = [e["finding_info"]["uid"] for e in events]
    assert len(set(uids)) == len(uids)


def test_oscal_is_valid_and_unknown_is_never_satisfied(sample_source: StoreSource) -> None:
    check = schema("oscal-1.0.4-assessment-results.schema.json")
    whole = made(stream_oscal, sample_source)
    assert [e.message for e in check.iter_errors(whole)] == []
    result = whole["assessment-results"]["results"][0]
    by_rule = sample_source.summary().by_rule
    for finding in result["findings"]:
        counts = by_rule[finding["target"]["target-id"]]
        satisfied = finding["target"]["status"]["state"] == "satisfied"
        assert satisfied == (not (counts.get("fail") or counts.get("accepted") or counts.get("not_checked")))
    subjects = {i["uuid"] for i in result["local-definitions"]["inventory-items"]}
    observations = {o["uuid"] for o in result["observations"]}
    assert {s["subject-uuid"] for o in result["observations"] for s in o["subjects"]} == subjects
    assert {
        r["observation-uuid"] for f in result["findings"] for r in f.get("related-observations", ())
    } <= observations
    assert all("sha256" in {p["name"] for e in o["relevant-evidence"] for p in e["props"]}
               for o in result["observations"] if "relevant-evidence" in o)  # fmt: skip


@pytest.mark.parametrize("with_passes", [False, True])
def test_sarif_is_valid(sample_source: StoreSource, with_passes: bool) -> None:
    check = schema("sarif-2.1.0-errata01.schema.json")
    whole = made(stream_sarif, sample_source, with_passes=with_passes)
    assert [e.message for e in check.iter_errors(whole)] == []
    run = whole["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert (result["kind"] == "fail") == (result["level"] != "none")
    kinds = Counter(r["kind"] for r in run["results"])
    verdicts = Counter(f.verdict.value for f in sample_source.findings(with_passes=with_passes))
    assert kinds["open"] == verdicts["not_checked"]
    assert kinds["fail"] == verdicts["fail"] + verdicts["accepted"]
    assert kinds["pass"] == verdicts["pass"]


@pytest.mark.parametrize(
    ("stream", "name"),
    [
        (stream_ocsf, "ocsf-1.5.0-compliance_finding-cloud.schema.json"),
        (stream_oscal, "oscal-1.0.4-assessment-results.schema.json"),
        (stream_sarif, "sarif-2.1.0-errata01.schema.json"),
    ],
)
def test_the_invented_estates_are_valid_too(stream: Callable[..., None], name: str) -> None:
    check = schema(name)
    for source in (telling(), InventedSource(head()), evil()):
        whole = made(stream, source)
        for item in whole if isinstance(whole, list) else [whole]:
            assert [e.message for e in check.iter_errors(item)] == []


def evil() -> InventedSource:
    """An estate whose names are meant to hurt whoever shows them."""
    source = InventedSource(head())
    for name in EVIL:
        placed = source.add(name, "storage.bucket", FRANKFURT)
        source.fail("SIT-KEY-001", placed, f"asset.name is {name!r}", Severity.HIGH)
    return source


def test_workbook_holds_texts_only(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    write_workbook(evil(), path)
    book = load_workbook(path)
    assert book.sheetnames == ["About", "Findings", "Assets", "Transfers", "Coverage"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert book["Assets"].max_row == len(EVIL) + 1
    names = [row[1].value for row in book["Assets"].iter_rows(min_row=2)]
    assert not [name for name in names if name[:1] in ("=", "+", "-", "@", "\t", "＝")]
    assert any("⟨U+0007⟩" in name for name in names)
    assert max(len(name) for name in names) <= 32_767
    with zipfile.ZipFile(path) as parts:
        assert not [n for n in parts.namelist() if b"<f>" in parts.read(n)]


@pytest.mark.parametrize(
    "write", [write_workbook, write_findings, lambda source, path: write_transfers(source, [], path)]
)
def test_a_workbook_is_the_same_bytes_again(
    write: Callable[[ReportSource, Path], None], sample_source: StoreSource, tmp_path: Path
) -> None:
    """Nothing in it tells the time of day: its dates are those of the scan."""
    for name in ("a.xlsx", "b.xlsx"):
        write(sample_source, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    ended = sample_source.head().scan.ended
    assert ended is not None
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert {m.date_time for m in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {m.create_system for m in book.infolist()} == {3}
        assert book.testzip() is None
    told = load_workbook(tmp_path / "a.xlsx").properties
    assert told.created == told.modified == ended.replace(tzinfo=None, microsecond=0)
    assert told.creator == "Situs"


def test_workbook_says_what_the_report_says(sample_source: StoreSource, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    write_workbook(sample_source, path)
    book = load_workbook(path, read_only=True)
    assert sum(1 for _ in book["Findings"].iter_rows()) - 1 == sum(1 for _ in sample_source.findings())
    assert sum(1 for _ in book["Coverage"].iter_rows()) - 1 == sum(1 for _ in sample_source.coverage())
    book.close()


def rows_of(path: Path, sheet: str) -> list[dict[str, Any]]:
    book = load_workbook(path)
    heads, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_ciso_assistant_takes_the_findings(sample_source: StoreSource, tmp_path: Path) -> None:
    """Held against what its guide and its import code ask for."""
    path = tmp_path / "f.xlsx"
    write_findings(sample_source, path)
    rows = rows_of(path, load_workbook(path).sheetnames[0])
    assert len(rows) == sum(f.verdict.value in ("fail", "accepted") for f in sample_source.findings())
    for row in rows:
        assert row["name"]
        assert len(row["name"]) <= 200
        assert row["severity"] in ("info", "low", "medium", "high", "critical")
        assert row["status"] in ("identified", "dismissed")
        assert 1 <= row["priority"] <= 4
        labels = row["filtering_labels"].split("|")
        assert len(labels) == len(set(labels)) >= 2
        assert all(re.fullmatch(r"[\w-]{1,36}", label) for label in labels), labels  # its validator of labels
    assert len({row["ref_id"] for row in rows}) == len(rows)
    # It looks for what it has by number and then by name, case ignored: a second one of a name stops the import.
    assert len({row["name"].casefold() for row in rows}) == len(rows)


def test_ciso_assistant_takes_processings_and_transfers(sample_source: StoreSource, tmp_path: Path) -> None:
    from app.report.choice import Choice
    from app.report.fromhistory import chosen

    path = tmp_path / "t.xlsx"
    source, extras = chosen(sample_source._store, sample_source.info.id, Choice())
    write_transfers(source, extras.activities, path)
    processings = rows_of(path, "Processing")
    transfers = rows_of(path, "Transfers")
    known = {row["ref_id"] for row in processings}
    assert all(row["name"] and row["status"] == "privacy_draft" for row in processings)
    flows = {f.id: f for f in source.flows()}
    told = [t for t in source.transfers() if len(t.country) == 2]
    assert sum(row["guarantees"].count("\n") + 1 for row in transfers) == len(told)
    assert {row["country"] for row in transfers} == {t.country for t in told}
    # It knows a transfer by processing and country: a second one of the two stops the import.
    assert len({(row["processing"], row["country"]) for row in transfers}) == len(transfers)
    bare = {(words.end(flows[t.flow].source), t.country) for t in told if t.status != "covered"}
    assert bare
    for row in transfers:
        ends = [line.partition("; ")[0].rpartition(": ")[0] for line in row["guarantees"].split("\n")]
        uncovered = [end for end in ends if (end, row["country"]) in bare]
        assert not (uncovered and row["transfer_mechanism"])
    mechanisms = {
        "privacy_adequacy_decision", "privacy_standard_contractual_clauses", "privacy_appropriate_safeguards",
        "privacy_binding_corporate_rules", "privacy_derogation", None,
    }  # fmt: skip
    for row in transfers:
        assert row["processing"] in known
        assert len(row["country"]) == 2
        assert row["transfer_mechanism"] in mechanisms
        assert len(row["name"]) <= 200
