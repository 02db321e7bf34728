"""What ends soon, in reports behind the transfer register: the rows of `situs register due` as of the judgement."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from app.cli.main import main
from app.register.due import Due, left_told
from app.report.choice import Choice, Scope
from app.report.fromhistory import chosen
from app.report.produce import produce
from app.store import Store
from app.texts import speaking

ENTRY = "Register: entry SCC-1 (scc, Example Inc., US)"


def report(world, tmp_path, **more) -> str:
    out = tmp_path / "report.html"
    with Store.open(Path(world[0][1])) as store:
        judged = store.judgement()
        assert judged is not None
        produce(store, judged.id, out, Choice("transfers", **more))
    return " ".join(re.sub(r"<[^>]+>", " ", out.read_text(encoding="utf-8")).split())


def ends(world, **more):
    with Store.open(Path(world[0][1])) as store:
        judged = store.judgement()
        assert judged is not None
        return chosen(store, judged.id, Choice("transfers", **more))[1].ends


def judge(world, day: str, capsys, **changes: str) -> None:
    store, policy = world
    text = policy.read_text(encoding="utf-8")
    for old, new in changes.items():
        text = re.sub(rf"^{old} = .*$", new, text, flags=re.MULTILINE)
    policy.write_text(text, encoding="utf-8")
    assert main(["judge", "--policy", str(policy), "--as-of", day, *store]) == 0
    capsys.readouterr()


@pytest.mark.parametrize("day", ["2026-11-22", "2026-12-03", "2026-06-05"])
def test_the_report_has_the_rows_of_the_command_line(world, tmp_path, capsys, day):
    judge(world, day, capsys)
    assert main(["register", "due", "--as-of", day, "--format", "json", *world[0]]) == 0
    told = json.loads(capsys.readouterr().out)
    found = ends(world)
    assert (found.day, found.within) == (date.fromisoformat(day), told["within"])
    assert [(r.day.isoformat(), r.text, r.flows) for r in found.rows] == [
        (d["day"], d["text"], d["flows"]) for d in told["due"]
    ]
    text = report(world, tmp_path)
    assert found.rows
    assert all(f"{left_told(r)} {r.text}" in text for r in found.rows)


def test_each_row_has_its_day_and_the_flows_that_rest_on_it(world, tmp_path):
    text = report(world, tmp_path)
    assert "What ended already, and what ends or changes within 14 days of 22 November 2026." in text
    assert f"30 November 2026 8 days left {ENTRY} 1" in text


def test_the_german_report_says_it_in_german(world, tmp_path):
    text = report(world, tmp_path, language="de")
    assert "Was bald endet" in text
    assert "30. November 2026 noch 8 Tage Verzeichnis: Eintrag SCC-1 (scc, Example Inc., US) 1" in text


@pytest.mark.parametrize(
    ("day", "english", "german"),
    [
        ("2026-11-28", "2 days left", "noch 2 Tage"),
        ("2026-11-29", "one day left", "noch ein Tag"),
        ("2026-11-30", "ends today", "endet heute"),
        ("2026-12-01", "ended one day ago", "vor einem Tag geendet"),
    ],
)
def test_the_command_line_says_how_far_off_the_last_day_is(world, capsys, day, english, german):
    assert main(["register", "due", "--as-of", day, *world[0]]) == 0
    assert f"2026-11-30  {english:<20}  {ENTRY}; one flow" in capsys.readouterr().out
    with speaking("de"):
        assert (
            left_told(Due("entry", "", date(2026, 11, 30), (date(2026, 11, 30) - date.fromisoformat(day)).days, ""))
            == german
        )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "As far as is recorded, nothing ends or changes within 14 days of 1 November 2026."),
        ("de", "Soweit verzeichnet, endet oder ändert sich innerhalb von 14 Tagen ab 1. November 2026 nichts."),
    ],
)
def test_where_nothing_ends_one_sentence_says_so(world, tmp_path, capsys, language, said):
    judge(world, "2026-11-01", capsys)
    assert main(["register", "due", "--as-of", "2026-11-01", *world[0]]) == 0
    assert "As far as is recorded, nothing ends or changes within 14 days of 2026-11-01." in capsys.readouterr().out
    text = report(world, tmp_path, language=language)
    assert said in text
    assert "What ends soon" not in text
    assert "Was bald endet" not in text


def test_flows_are_those_of_the_scope(world):
    """The entry covers the flow to the United States, which the scope of the United Kingdom leaves out."""
    whole, part = ends(world), ends(world, scope=Scope(countries=("GB",)))
    assert [r.flows for r in whole.rows if r.what == "entry"] == [1]
    assert [r.flows for r in part.rows if r.what == "entry"] == [0]


def test_a_copy_without_names_counts_what_it_leaves_out(world, tmp_path, capsys):
    assert [r.what for r in ends(world).rows] == ["entry", "law"]
    assert [r.what for r in ends(world, redact=True).rows] == ["law"]
    text = report(world, tmp_path, redact=True)
    assert "1 entry that names somebody or something is left out of this copy." in text
    assert "SCC-1 (" not in text
    judge(world, "2026-11-17", capsys)
    text = report(world, tmp_path, redact=True)
    assert "1 entry that names somebody or something is left out of this copy." in text
    assert "nothing ends" not in text
