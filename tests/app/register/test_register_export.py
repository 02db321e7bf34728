"""Flows out of the EEA as a register, rows for the record of processing, and what ends soon."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from app.cli.main import main
from app.register.transfers import COLUMNS
from rules.catalogue import Catalogue
from rules.policy import Policy

GOOGLE = "//storage.googleapis.com/"


def exported(world, tmp_path, *words):
    out = tmp_path / "out.json"
    assert main(["register", "export", "--out", str(out), *words, *world[0]]) == 0
    return json.loads(out.read_text(encoding="utf-8"))


def test_every_flow_out_of_the_eea_is_there_with_its_mechanism(world, tmp_path, capsys):
    found = exported(world, tmp_path)
    rows = {row["destination_country"]: row for row in found["transfers"]}
    assert set(rows) == {"US", "GB", "IN"}
    assert all(tuple(row) == COLUMNS for row in found["transfers"])
    us, gb, india = rows["US"], rows["GB"], rows["IN"]
    assert (us["status"], us["mechanism"], us["register_entry"]) == ("covered", "scc", "SCC-1")
    assert (us["expires"], us["tia_date"], us["document"]) == ("2026-11-30", "2026-03-01", "=contract 17")
    assert (us["source"], us["destination"]) == (f"{GOOGLE}source", f"{GOOGLE}to-us")
    assert (gb["status"], gb["mechanism"], gb["expires"]) == ("covered", "adequacy", "2031-12-27")
    assert "2021/1772" in gb["document"]
    assert (india["status"], india["mechanism"], india["importer"]) == ("uncovered", None, None)
    assert "3 flows out of the EEA; one of them is not covered." in capsys.readouterr().out


def test_rows_for_the_record_of_processing(world, tmp_path):
    (row,) = exported(world, tmp_path, "--article-30")["article_30"]
    assert (row["record"], row["controller"], row["purpose"]) == ("VVT-1", "Example SE", "Training")
    assert row["recipients"] == ["Subsidiary", "Example Inc."]
    assert set(row["third_countries"]) == {"United States", "United Kingdom", "India"}
    told = "SCC-1, standard contractual clauses (Art. 46), =contract 17"
    assert any(told in text and "2026-03-01" in text for text in row["safeguards"])
    assert row["without_safeguards"] == ["India: no basis recorded"]


def rejudged(world, capsys, old, new):
    store, policy = world
    text = policy.read_text(encoding="utf-8")
    assert old in text
    policy.write_text(text.replace(old, new), encoding="utf-8")
    assert main(["judge", "--policy", str(policy), "--as-of", "2026-11-22", *store]) == 0
    capsys.readouterr()


def test_a_source_of_two_activities_is_a_transfer_of_both(world, tmp_path, capsys):
    second = '[[ropa]]\nid = "VVT-2"\nname = "Audit"\nresources = ["//storage.googleapis.com/source"]\n[[ropa]]'
    rejudged(world, capsys, "[[ropa]]", second)
    rows = {row["record"]: row for row in exported(world, tmp_path, "--article-30")["article_30"]}
    assert set(rows) == {"VVT-1", "VVT-2"}
    assert set(rows["VVT-1"]["third_countries"]) == set(rows["VVT-2"]["third_countries"])
    assert "India" in rows["VVT-1"]["third_countries"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tia_date = 2026-03-01", "result of the assessment not recorded"),
        ("", "no transfer impact assessment"),
        ('tia_date = 2026-03-01\ntia_result = "negative"', "safeguards do not hold"),
        ('tia_date = 2026-03-01\ntia_result = "measures_needed"', "further measures needed"),
        ('tia_date = 2024-03-01\ntia_result = "positive"', "older than 730 days"),
        ('tia_date = 2026-12-01\ntia_result = "positive"', "after 2026-11-22"),
    ],
)
def test_article_30_says_where_an_assessment_does_not_carry_the_clauses(world, tmp_path, capsys, line, said):
    rejudged(world, capsys, "tia_date = 2026-03-01", line)
    (row,) = exported(world, tmp_path, "--article-30")["article_30"]
    [text] = [t for t in row["safeguards"] if "SCC-1" in t]
    assert said in text


def test_article_30_has_nothing_to_add_to_a_current_positive_assessment(world, tmp_path, capsys):
    rejudged(world, capsys, "tia_date = 2026-03-01", 'tia_date = 2026-03-01\ntia_result = "positive"')
    (row,) = exported(world, tmp_path, "--article-30")["article_30"]
    [text] = [t for t in row["safeguards"] if "SCC-1" in t]
    assert text.endswith("transfer impact assessment of 2026-03-01, until 2026-11-30")


def test_the_controller_itself_is_no_recipient(world, tmp_path, capsys):
    rejudged(world, capsys, 'organisation = "Example SE"', 'organisation = "example inc."')
    (row,) = exported(world, tmp_path, "--article-30")["article_30"]
    assert row["recipients"] == ["Subsidiary"]


def test_spreadsheets_hold_no_formula(world, tmp_path):
    for form in ("xlsx", "csv"):
        assert main(["register", "export", "--out", str(tmp_path / f"o.{form}"), "--article-30", *world[0]]) == 0
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    assert book.sheetnames == ["transfers", "article_30"]
    assert not [c for page in book for row in page for c in row if c.data_type == "f"]
    rows = list(csv.DictReader((tmp_path / "o.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert "'=contract 17" in [row["document"] for row in rows]
    assert (tmp_path / "o.article_30.csv").exists()


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_the_exported_list_is_filled_in_and_becomes_entries(world, tmp_path, form, capsys):
    store, policy = world
    rows = exported(world, tmp_path)["transfers"]
    for row in rows:
        if row["destination_country"] == "IN":
            row |= {
                "register_entry": "SCC-IN",
                "importer": "Imaging India",
                "mechanism": "scc",
                "tia_date": "2026-10-01",
            }
    from app.register.tablefile import Sheet, write_tables

    file = tmp_path / f"filled.{form}"
    write_tables(file, [Sheet("transfers", COLUMNS, [[row[c] for c in COLUMNS] for row in rows])])
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    from datetime import date

    entries = {e.id: e for e in Policy.load(policy, Catalogue.load(), date(2026, 11, 22)).transfer_register}
    assert set(entries) == {"SCC-1", "SCC-IN"}
    assert entries["SCC-IN"].assets == (f"{GOOGLE}to-in",)
    assert entries["SCC-1"].importer == "Example Inc."
    capsys.readouterr()
    assert main(["judge", "--policy", str(policy), "--as-of", "2026-11-22", *store]) == 0
    assert {r["status"] for r in exported(world, tmp_path)["transfers"]} == {"covered"}


def test_what_the_filled_list_says_otherwise_of_a_known_entry_is_told(world, tmp_path, capsys):
    _, policy = world
    rows = exported(world, tmp_path)["transfers"]
    before = policy.read_bytes()
    from app.register.tablefile import Sheet, write_tables

    file = tmp_path / "filled.xlsx"
    write = [Sheet("transfers", COLUMNS, [[row[c] for c in COLUMNS] for row in rows])]
    write_tables(file, write)
    capsys.readouterr()
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    assert "otherwise" not in capsys.readouterr().err
    for row in rows:
        if row["destination_country"] == "US":
            row |= {"expires": "2028-01-31", "destination": f"{GOOGLE}other", "status": "uncovered"}
    write_tables(file, [Sheet("transfers", COLUMNS, [[row[c] for c in COLUMNS] for row in rows])])
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    said = capsys.readouterr().err
    assert policy.read_bytes() == before
    assert "SCC-1" in said
    assert "expires" in said
    assert "assets" in said


def test_rows_of_one_number_that_contradict_each_other_are_refused(world, tmp_path, capsys):
    rows = exported(world, tmp_path)["transfers"]
    for row in rows:
        if row["destination_country"] in ("IN", "US"):
            row |= {"register_entry": "SCC-7", "importer": "Imaging", "mechanism": "scc"}
    from app.register.tablefile import Sheet, write_tables

    file = tmp_path / "filled.csv"
    write_tables(file, [Sheet("transfers", COLUMNS, [[row[c] for c in COLUMNS] for row in rows])])
    capsys.readouterr()
    assert main(["register", "import", str(file), "--policy", str(world[1])]) == 2
    said = capsys.readouterr().err
    assert "SCC-7" in said
    assert "country" in said
    assert "IN" in said
    assert "US" in said


def test_due_names_what_ends_within_two_weeks_and_what_ended(world, capsys):
    def names(*words):
        assert main(["register", "due", "--format", "json", *words, *world[0]]) == 0
        return {(d["what"], d["name"]): d for d in json.loads(capsys.readouterr().out)["due"]}

    assert names("--as-of", "2026-11-15") == {}
    soon = names("--as-of", "2026-11-16")
    assert soon["entry", "SCC-1"]["left"] == 14
    assert soon["entry", "SCC-1"]["flows"] == 1
    assert names("--as-of", "2026-12-02")["entry", "SCC-1"]["left"] == -2
    later = names("--as-of", "2031-12-20")
    assert later["adequacy", "GB"]["day"] == "2031-12-27"
    assert later["adequacy", "GB"]["flows"] == 1
    assert later["assessment", "SCC-1"]["day"] == "2028-02-29"
    assert ("adequacy", "GB") in names("--as-of", "2026-11-22", "--within", "3000")


def due(world, capsys, *words):
    capsys.readouterr()
    assert main(["register", "due", "--format", "json", *words, *world[0]]) == 0
    return [d for d in json.loads(capsys.readouterr().out)["due"] if d["what"] == "law"]


def test_due_names_changes_of_law_with_the_flows_that_rest_on_them(world, capsys):
    [before] = due(world, capsys, "--as-of", "2026-06-01")
    assert (before["name"], before["day"], before["left"], before["flows"]) == (
        "US: FISA 702 statute lapses", "2026-06-12", 11, 1,
    )  # fmt: skip
    assert "us.fisa702" in before["text"]
    assert "verified" in before["text"]
    [after] = due(world, capsys, "--as-of", "2026-06-26")
    assert (after["left"], after["flows"]) == (-14, 1)
    assert due(world, capsys, "--as-of", "2026-06-27") == []
    assert due(world, capsys, "--as-of", "2026-05-28") == []
    assert main(["register", "due", "--as-of", "2026-06-01", *world[0]]) == 0
    assert "2026-06-12  in 11 days            Law of United States: FISA 702" in capsys.readouterr().out
    assert main(["register", "due", "--as-of", "2026-06-13", *world[0]]) == 0
    assert "one day ago" in capsys.readouterr().out


def test_a_change_of_law_on_which_no_flow_rests_is_left_out(world, capsys):
    rejudged(world, capsys, 'country = "US"\ntool = "scc"', 'country = "US"\ntool = "derogation"')
    assert due(world, capsys, "--as-of", "2026-06-01") == []


def test_dates_of_law_that_lie_ahead_are_told_without_flows(world, capsys):
    ahead = due(world, capsys, "--as-of", "2026-11-22", "--within", "60")
    assert [(d["day"], d["flows"]) for d in ahead] == [("2026-12-02", None), ("2027-01-12", None)]
    assert due(world, capsys, "--as-of", "2026-12-03") == []  # what has begun is no end
    assert not any("adequacy" in d["text"] for d in due(world, capsys, "--as-of", "2031-12-20"))


def test_notifications_and_warnings_tell_changes_of_law_with_flows_only(world, capsys):
    from app.audit import yardstick_of
    from app.notify.endings import endings
    from app.store import Store

    with Store.open(Path(world[0][1])) as store:
        judged = store.judgement()
        assert judged is not None
        by = yardstick_of(store, judged.id)
        assert [e.text for e in endings(store, by, date(2026, 6, 1)) if e.key.startswith("law:")] == [
            (
                "Law of United States: FISA 702 statute lapses (us.fisa702 (prismnews and peopleofinternet, "
                "June 2026), verified)"
            )
        ]
        assert not [e for e in endings(store, by, date(2026, 11, 25)) if e.key.startswith("law:")]
    words = ["judge", "--policy", str(world[1]), *world[0], "--as-of"]
    assert main([*words, "2026-06-01"]) == 0
    assert "1 entries, assessments, acceptances or adequacy decisions end or law changes" in capsys.readouterr().err
    assert main([*words, "2026-05-20"]) == 0
    assert "Within 14 days" not in capsys.readouterr().err


def test_due_names_acceptances(world, capsys):
    words = ["acceptances", "add", "--rule", "SIT-XFER-001", "--asset", "*", "--why", "w", "--owner", "o"]
    soon = datetime.now(UTC).date() + timedelta(days=3)
    assert main([*words, "--until", soon.isoformat(), *world[0]]) == 0
    capsys.readouterr()
    assert (
        main(["register", "due", "--as-of", datetime.now(UTC).date().isoformat(), "--format", "json", *world[0]]) == 0
    )
    assert "acceptance" in {d["what"] for d in json.loads(capsys.readouterr().out)["due"]}


def test_judging_warns_of_what_ends_within_two_weeks(world, capsys):
    store, policy = world
    for day, said in (("2026-11-15", False), ("2026-11-16", True), ("2026-12-02", True)):
        assert main(["judge", "--policy", str(policy), "--as-of", day, *store]) == 0
        assert ("`situs register due` lists them" in capsys.readouterr().err) is said


@pytest.mark.parametrize(("day", "said"), [("2031-12-12", False), ("2031-12-13", True), ("2031-12-28", False)])
def test_judging_warns_of_an_adequacy_decision_that_ends(world, capsys, day, said):
    rejudged(world, capsys, "expires = 2026-11-30", "")
    store, policy = world
    policy.write_text(policy.read_text(encoding="utf-8").replace("tia_date = 2026-03-01", ""), encoding="utf-8")
    assert main(["judge", "--policy", str(policy), "--as-of", day, *store]) == 0
    assert ("Within 14 days" in capsys.readouterr().err) is said


def test_the_last_day_that_there_is_can_be_judged(world, capsys):
    rejudged(world, capsys, "tia_date = 2026-03-01", "tia_date = 9999-12-30")
    assert main(["judge", "--policy", str(world[1]), "--as-of", "9999-12-31", *world[0]]) == 0
    assert main(["register", "due", "--as-of", "9999-12-31", *world[0]]) == 0


def test_article_30_says_until_when_a_recipient_is_certified(world, tmp_path, capsys):
    rejudged(world, capsys, 'tool = "scc"', 'tool = "dpf"\ndpf_certified_until = 2027-05-31')
    (row,) = exported(world, tmp_path, "--article-30")["article_30"]
    [text] = [t for t in row["safeguards"] if "SCC-1" in t]
    assert "certified until 2027-05-31" in text


def test_wrong_words_are_sentences(world, tmp_path, capsys):
    assert main(["register", "export", "--out", str(tmp_path / "x.doc"), *world[0]]) == 2
    assert ".xlsx, .csv or .json" in capsys.readouterr().err
    assert main(["register", "due", "--within", "-1", *world[0]]) == 2
    assert main(["register", "due", "--as-of", "soon", *world[0]]) == 2
    assert "2026-11-22" in capsys.readouterr().err
