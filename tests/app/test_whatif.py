"""What another decision would change: held against judging the whole estate again with that decision written down."""

import json
import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "register"))

from register_world import judged_store

from app.audit import judge_scan, yardstick
from app.cli.main import main
from app.store import Store
from app.texts import use
from app.whatif import Question, WhatIf, WhatIfError

GOOGLE = "//storage.googleapis.com/"
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> tuple[list[str], Path]:
    return judged_store(tmp_path_factory.mktemp("whatif"))


def asked(world, question):
    from app.audit import yardstick_of

    with Store.open(world[0][1], create=False, read_only=True) as store:
        judged = store.judgement()
        return WhatIf(store, judged, yardstick_of(store, judged.id)).ask(question)


def outcome(changes):
    return {(c.rule, c.asset or "", c.flow or "", c.before, c.after) for c in changes}


def compared(world, tmp_path, change_policy, as_of=DAY):
    """The difference between two whole judgements, the second with the policy changed."""
    import shutil

    where = tmp_path / "copy.db"
    shutil.copy(world[0][1], where)
    policy = tmp_path / "policy.toml"
    policy.write_text(change_policy(world[1].read_text(encoding="utf-8")), encoding="utf-8")
    with Store.open(where) as store:
        before = store.judgement()
        after = judge_scan(store, before.scan, yardstick(policy, as_of))
        old, new = dict(store.verdicts(before.id)), dict(store.verdicts(after.id))
    return {(*k, old.get(k), new.get(k)) for k in old.keys() | new.keys() if old.get(k) != new.get(k)}


@pytest.mark.parametrize(
    ("question", "change_policy"),
    [
        (Question(allow=("US", "IN")), lambda p: p.replace('["EEA"]', '["EEA", "US", "IN"]')),
        (Question(allow=("GB",)), lambda p: p.replace('["EEA"]', '["EEA", "GB"]')),
        (Question(mechanism=(("SCC-1", "derogation"),)), lambda p: p.replace('"scc"', '"derogation"')),
        (
            Question(mechanism=(("SCC-1", "none"),)),
            lambda p: "transfer_register = []\n" + p[: p.index("[[transfer")] + p[p.index("[[ropa") :],
        ),
    ],
)
def test_judging_part_of_the_rules_gives_what_judging_everything_gives(world, tmp_path, question, change_policy):
    answer = asked(world, question)
    assert answer.changes
    assert answer.judged < answer.rules
    assert outcome(answer.changes) == compared(world, tmp_path, change_policy)


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2031, 12, 28)])
def test_another_day(world, tmp_path, day):
    answer = asked(world, Question(as_of=day))
    assert 0 < answer.judged <= answer.rules
    assert outcome(answer.changes) == compared(world, tmp_path, lambda p: p, day)
    about_uk = [c for c in answer.changes if c.asset == f"{GOOGLE}to-gb" and c.rule == "SIT-RES-001"]
    assert [c.change for c in about_uk] == (["new"] if day.year == 2031 else [])


def test_moving_an_asset_home_takes_its_findings_away(world):
    answer = asked(world, Question(move=((f"{GOOGLE}to-in", "europe-west3"),)))
    gone = {c.rule for c in answer.changes if c.change == "gone" and c.asset == f"{GOOGLE}to-in"}
    assert {"SIT-RES-001", "SIT-RES-002"} & gone
    assert not [c for c in answer.changes if c.change == "new"]
    assert not [c for c in answer.changes if c.asset == f"{GOOGLE}to-us"]
    assert any("copies, keys and jobs" in remark for remark in answer.remarks)


def test_moving_by_name_and_abroad(world):
    answer = asked(world, Question(move=(("to-de", "asia-south1"),)))
    assert f"{GOOGLE}to-de" in {c.asset for c in answer.changes if c.change == "new"}


def test_nothing_is_stored_and_several_questions_reuse_what_was_worked_out(world):
    from app.audit import yardstick_of

    with Store.open(world[0][1], create=False) as store:
        judged = store.judgement()
        ask = WhatIf(store, judged, yardstick_of(store, judged.id)).ask
        first, again = ask(Question(allow=("US",))), ask(Question(allow=("US",)))
        assert ask(Question(allow=("DE",))).changes == []
        assert outcome(first.changes) == outcome(again.changes)
        assert [j.id for j in store.judgements()] == [judged.id]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question(mechanism=(("SCC-11", "scc"),)), "no such entry. Did you mean SCC-1"),
        (Question(mechanism=(("SCC-1", "magic"),)), "write one of adequacy"),
        (Question(move=(("nowhere-at-all", "europe-west3"),)), "holds no such asset"),
        (Question(move=(("to-de", "moon-1"),)), "knows no region moon-1 of gcp"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(world, question, said):
    with pytest.raises(WhatIfError, match=said):
        asked(world, question)


def test_from_the_command_line(world, capsys):
    assert main(["what-if", "--allow", "US", "--format", "json", *world[0]]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counts"]["gone"] == sum(c["change"] == "gone" for c in found["changes"]) > 0
    assert main(["what-if", "--mechanism", "SCC-1=none", "--as-of", "2027-01-01", *world[0]]) == 0
    out = capsys.readouterr()
    assert "Judged as of 2027-01-01" in out.out
    assert "nothing was stored" in out.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say what to suppose"),
        (["--allow", "Atlantis"], "not a country code"),
        (["--move", "to-de"], "write ASSET=REGION"),
        (["--mechanism", "SCC-1"], "write ENTRY=TOOL"),
        (["--mechanism", "Q7=scc"], "It has: "),
        (["--move", "to-de=Frankfurt"], "eu-central-1"),
        (["--as-of", "1999-01-01"], "situs: "),
        (["--as-of", "soon"], "2026-11-22"),
    ],
)
def test_wrong_words_are_sentences(world, capsys, words, said):
    assert main(["what-if", *words, *world[0]]) == 2
    assert said in capsys.readouterr().err


def test_one_question_after_another_is_answered_with_a_line_each(world, capsysbinary, monkeypatch):
    questions = (["--allow", "US"], ["--allow", "US", "--most", "1"], ["--move", "to-de=moon-1"], ["--as-of", "soon"])
    lines = [json.dumps(question) + "\n" for question in (*questions, ["--nonsense"])]
    monkeypatch.setattr("sys.stdin", iter(lines))
    assert main(["what-if", "--listen", *world[0]]) == 0
    every, first, *wrong = (json.loads(line) for line in capsysbinary.readouterr().out.splitlines())
    assert len(every["changes"]) == sum(every["counts"].values()) > 1
    assert first["changes"] == every["changes"][:1]
    assert first["counts"] == every["counts"]
    assert first["prepared"] < every["seconds"]
    assert ["moon-1" in wrong[0]["wrong"], "2026-11-22" in wrong[1]["wrong"], "understood" in wrong[2]["wrong"]] == [
        True,
        True,
        True,
    ]


def test_verdicts_and_flows_are_said_in_the_language_in_use(world, capsys, monkeypatch):
    monkeypatch.setenv("SITUS_LANGUAGE", "de")
    try:
        assert main(["what-if", "--as-of", "2031-12-28", *world[0]]) == 0
        out = capsys.readouterr().out
    finally:
        use("en")
    assert "Rechtsstand 2031-12-28" in out
    assert "(Verstoß, " in out or "(nicht geprüft, " in out
    assert "fail" not in {
        word for line in out.splitlines() if line.endswith(")") for word in line.split("(")[-1].split()
    }


def test_a_day_for_which_the_facts_are_too_old_is_said(world):
    old = asked(world, Question(as_of=date(2031, 12, 28)))
    assert any("more than 180 days old" in remark for remark in old.remarks)
    assert not asked(world, Question(as_of=date(2026, 12, 28))).remarks
