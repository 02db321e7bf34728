"""Training compute, levels of sovereignty and the edition of law and facts in reports: ranges, gaps and ages, never a
figure that nobody saw."""

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import jsonschema
import msgspec
import pytest
from openpyxl import load_workbook
from report_estate import InventedSource, head

from app import audit as job
from app import sample
from app.frameworks import LevelShown, Shown, View
from app.report import csvform, figures
from app.report.build import build_content
from app.report.choice import Choice, Scope
from app.report.content import ComputeNote, ComputeRow, Extras
from app.report.fromhistory import chosen
from app.report.html.writer import write_html
from app.report.jsonform import SCHEMA_FILE
from app.report.kinds import KINDS
from app.report.produce import produce
from app.report.source import Edition
from app.store import Store
from app.texts import speaking

ROWS = [
    ComputeRow("atlas", True, 3, 90_000.0, 6.8e24, 1.2e25, "above"),
    ComputeRow("<b>orbit</b>", True, 2, 900.0, 1e22, 2.5e22, "incomplete", (("hours", 1),)),
    ComputeRow("night-run", False, 1, None, None, None, "incomplete", (("peak", 1),)),
    ComputeRow("idle", True, 1, 0.0, 0.0, 0.0, "below"),
]
NOTE = ComputeNote(0.25, 0.55, 1e23, 1e25, ROWS)


def page(folder: Path, kind: str, extras: Extras, edition: Edition | None = None) -> str:
    source = InventedSource(msgspec.structs.replace(head(), edition=edition))
    write_html(build_content(source, extras), folder / "report.html", KINDS[kind])
    text = re.sub(r"<style.*?</style>", " ", (folder / "report.html").read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("computing") / "situs.db"
    started, files = sample.SCANS[-1]
    with Store.open(path) as opened:
        scan = job.import_files(opened, [files], started=started).scan
        job.judge_scan(opened, scan.id, job.yardstick(sample.POLICY, sample.AS_OF))
        yield opened


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0, "0 %"),
        (0.00001, "< 0.01 %"),
        (0.0068, "0.68 %"),
        (0.015, "1.5 %"),
        (0.25, "25 %"),
        (1.2, "120 %"),
    ],
)
def test_shares_are_percent(value: float, told: str) -> None:
    assert figures.share(value).replace("\u202f", " ") == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0, "0"), (1e25, "10²⁵"), (6.81e22, "6.8 × 10²²"), (9.99e22, "1.0 × 10²³"), (1.5, "1.5 × 10⁰")],
)
def test_large_numbers_are_powers_of_ten(value: float, told: str) -> None:
    assert figures.power(value) == told


def test_figures_in_german_have_a_comma() -> None:
    with speaking("de"):
        assert (figures.share(0.0068), figures.power(6.81e22)) == ("0,68\u202f%", "6,8 × 10²²")


def test_the_chapter_says_what_is_assumed_and_what_is_a_lower_bound(tmp_path: Path) -> None:
    text = page(tmp_path, "full", Extras(compute=NOTE))
    assert "a utilisation of 25\u202f% to 55\u202f%".replace("\u202f", " ") in text.replace("\u202f", " ")
    assert "6.8 × 10²⁴ – 1.2 × 10²⁵" in text
    assert "may exceed 10²⁵" in text
    assert "a lower bound" in text
    assert "<b>orbit</b>" in text
    assert "1 job: its start, end or number of accelerators was not read" in text


def test_nothing_known_is_no_zero(tmp_path: Path) -> None:
    only = msgspec.structs.replace(NOTE, rows=[ROWS[2]])
    text = page(tmp_path, "full", Extras(compute=only))
    assert "no model named; job night-run" in text
    assert text.count("not known") >= 3


def test_an_estate_without_training_says_so_only_where_it_is_asked(tmp_path: Path) -> None:
    empty = msgspec.structs.replace(NOTE, rows=[])
    assert "The scan holds no training job." in page(tmp_path, "framework", Extras(compute=empty))
    assert "Training compute" not in page(tmp_path, "full", Extras())


def test_kinds_and_scopes_that_show_training_compute(store: Store) -> None:
    judged = store.judgement()
    assert judged is not None

    def shown(choice: Choice) -> ComputeNote | None:
        return chosen(store, judged.id, choice)[1].compute

    whole = shown(Choice())
    assert whole is not None
    assert whole == shown(Choice("framework", framework="aiact"))
    assert shown(Choice("framework", framework="gdpr")) is None
    assert shown(Choice("transfers")) is None
    assert shown(Choice("cloud", scope=Scope(providers=("gcp",)))) is None  # a part says too little of a model
    assert [r.high or 0 for r in whole.rows] == sorted((r.high or 0 for r in whole.rows), reverse=True)
    assert {r.high for r in whole.rows if r.missing and r.jobs == 1} == {None}  # not read is no nought
    assert not any(r.high == 0 or r.hours == 0 for r in whole.rows)  # one job ended before it began: not nought either
    names = {r.name for r in whole.rows}
    assert "volume-encoder" in names or not any("/" in name for name in names)
    hidden = shown(Choice(redact=True))
    assert hidden is not None
    assert not names & {r.name for r in hidden.rows}
    assert [r.high for r in hidden.rows] == [r.high for r in whole.rows]


def test_levels_stand_side_by_side_with_their_reasons(tmp_path: Path) -> None:
    levels = [
        LevelShown("SEAL-1", "Jurisdictional", "supported", ["R"], "No failure of: R."),
        LevelShown("SEAL-2", "Data", "contradicted", ["S"], "Failures: S."),
    ]
    item = Shown("SOV-2", "Legal", "Law.", "failed", {"fail": 1}, [], "recalled", "contracts", levels, "SEAL-1")
    view = View("ecsf", "Sovereignty", "1.2.1", "", "A yardstick.", "read", "recalled", [item], [])
    text = page(tmp_path, "framework", Extras(view=view))
    for told in ("Which level evidence speaks for", "supported", "contradicted", "Failures: S.", "SEAL-1", "contracts"):
        assert told in text


@pytest.mark.parametrize(
    ("edition", "told"),
    [
        (Edition("2026.11", "ab12", date(2026, 11, 15)), "7 days before the day of judgement. It came with"),
        (Edition("2026.11", "ab12", date(2026, 11, 21), "Office <x>"), "of judgement. It is signed by Office <x>"),
        (Edition("2026.11", "ab12", date(2026, 12, 1)), "The day of judgement is not later than that."),
        (Edition("2025.1", "ab12", date(2025, 1, 1), "", True), "older than your policy allows"),
        (Edition("2025.1", "ab12", None), "Another edition counts on this computer now"),
    ],
)
def test_the_edition_and_its_age_are_told(edition: Edition, told: str, tmp_path: Path) -> None:
    text = page(tmp_path, "transfers", Extras(), edition)
    assert told in text
    assert "ab12" in text


def test_a_stored_judgement_knows_its_edition(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.report.fromstore import StoreSource

    judged = store.judgement()
    assert judged is not None
    source = StoreSource(store, judged.id)
    edition = source.head().edition
    assert edition is not None
    assert edition.day == source.by.catalogue.as_of
    assert edition.digest == source.by.catalogue.digest
    assert (edition.signer, edition.too_old) == ("", False)
    monkeypatch.setattr(source.by.catalogue, "digest", "another")
    other = source.head().edition
    assert other is not None
    assert other.day is None


def test_every_form_for_programs_has_the_same_figures(store: Store, tmp_path: Path) -> None:
    judged = store.judgement()
    assert judged is not None
    _, extras = chosen(store, judged.id, Choice())
    note = extras.compute
    assert note is not None
    known = [row for row in note.rows if row.low is not None]
    assert known
    assert len(known) < len(note.rows)

    produce(store, judged.id, tmp_path / "r.json")
    told = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(told)
    models = told["training_compute"]["models"]
    assert [(m["name"], m["operations_low"], m["operations_high"], m["state"]) for m in models] == [
        (row.name, row.low, row.high, row.state) for row in note.rows
    ]
    assert all((m["operations_low"] is None) <= (not m["complete"]) for m in models)

    produce(store, judged.id, tmp_path / "r.xlsx")
    sheet = load_workbook(tmp_path / "r.xlsx", read_only=True)["Training compute"]
    heads, *lines = list(sheet.iter_rows(values_only=True))
    assert heads == csvform.COMPUTE
    assert [(line[0], line[4] is None) for line in lines] == [(row.name, row.low is None) for row in note.rows]

    csvform.write_compute(note, tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text(encoding="utf-8-sig").count("\n") == len(note.rows) + 1


def test_a_part_of_an_estate_tells_no_training_compute(store: Store, tmp_path: Path) -> None:
    judged = store.judgement()
    assert judged is not None
    produce(store, judged.id, tmp_path / "r.json", Choice(scope=Scope(providers=("aws",))))
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["training_compute"] is None
