"""Decisions: recorded whole, told in the log, taken back, agreed to; and whatever was changed afterwards shows."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cli.main import main
from app.decisions import Actor, DecisionError, Subject, actions, state_of
from app.decisions.checking import check_log, note
from app.decisions.entry import read_log
from app.decisions.people import confirm, fingerprint, key_files, make_key
from app.store import Store
from app.store.errors import KnownStoreError

ANN = Actor("Ann Example", "DPO", "ann@laptop")
BOB = Actor("Bob Second", "CISO", "ann@laptop")
UNTIL = date.today() + timedelta(days=90)  # noqa: DTZ011
ONE, TWO = Subject("SIT-RES-001", asset="arn:aws:s3:::a"), Subject("SIT-XFER-001", flow="f1")
WORDS = "correct horse battery"


pytestmark = pytest.mark.every_store


@pytest.fixture
def store(store_place):
    with Store.open(store_place()) as opened:
        yield opened


def whole(store):
    return check_log(store).problems == []


def test_acceptances_are_recorded_together_with_the_log(store):
    done = actions.accept(store, ANN, [ONE, TWO], " Contract ends ", UNTIL)
    assert [e.entry.acceptance for e in done] == ["ACC-0001", "ACC-0002"]
    assert {e.entry.batch for e in done} == {1}
    rows = store.acceptances()
    assert [(a.rule, a.asset, a.flow, a.why, a.owner) for a in rows] == [
        ("SIT-RES-001", "arn:aws:s3:::a", None, "Contract ends", "Ann Example, DPO"),
        ("SIT-XFER-001", None, "f1", "Contract ends", "Ann Example, DPO"),
    ]
    assert whole(store)


def test_nothing_is_half_recorded(store):
    actions.accept(store, ANN, [ONE], "why", UNTIL)
    with pytest.raises(KnownStoreError):
        actions.revoke(store, ANN, ["ACC-0001", "ACC-0009"], "no")
    assert [a.id for a in store.acceptances()] == ["ACC-0001"]
    assert len(list(store.logged())) == 1


@pytest.mark.parametrize("why", ["", "  ", "x" * 5000])
def test_a_decision_without_a_usable_reason_is_refused(store, why):
    with pytest.raises(DecisionError):
        actions.accept(store, ANN, [ONE], why, UNTIL)
    assert list(store.logged()) == []
    with pytest.raises(DecisionError):
        Actor.here("  ")


def test_assignments_and_comments_come_to_a_state(store):
    actions.assign(store, ANN, [ONE, TWO], "Platform team", date(2027, 1, 31))
    actions.comment(store, BOB, [ONE], "asked <b>them</b>")
    actions.assign(store, ANN, [TWO], "", None)
    state = state_of(read_log(store))
    assert (state.of(*ONE.key).assignee, state.of(*ONE.key).due) == ("Platform team", date(2027, 1, 31))
    assert state.of(*TWO.key).assignee == ""
    assert [c.entry.text for c in state.of(*ONE.key).comments] == ["asked <b>them</b>"]
    assert state.of("SIT-RES-001", "other").history == []


def test_everything_can_be_undone_and_stays_on_record(store):
    actions.assign(store, ANN, [ONE], "First", None)
    second = actions.assign(store, ANN, [ONE], "Second", None)
    actions.undo(store, ANN, second)
    assert state_of(read_log(store)).of(*ONE.key).assignee == "First"
    accepted = actions.accept(store, ANN, [ONE, TWO], "why", UNTIL)
    assert [e.number for e in state_of(read_log(store)).last_batch()] == [e.number for e in accepted]
    actions.undo(store, ANN, accepted)
    assert store.acceptances() == []
    with pytest.raises(DecisionError, match="undone already"):
        actions.undo(store, ANN, accepted)
    third = actions.accept(store, ANN, [ONE], "again", UNTIL)
    gone = actions.revoke(store, ANN, ["ACC-0003"], "no")
    actions.undo(store, ANN, gone)
    assert [(a.id, a.why) for a in store.acceptances()] == [("ACC-0004", "again")]
    assert third[0].entry.acceptance == "ACC-0003"
    assert len(store.acceptances(revoked=True)) == 4
    assert whole(store)


def test_an_acceptance_counts_only_once_a_second_person_agreed(store, tmp_path):
    actions.require_two(store, ANN, True)
    made = actions.accept(store, ANN, [ONE], "why", UNTIL)
    assert actions.in_force(store) == []
    key = make_key(tmp_path, "Bob Second", WORDS)
    assert [k.name for k in key_files(tmp_path)] == ["Bob Second"]
    assert WORDS.encode() not in key.read_bytes()
    with pytest.raises(DecisionError, match="does not open"):
        confirm(store, BOB, key, "wrong words here", made)
    with pytest.raises(DecisionError, match="somebody else"):
        confirm(store, ANN, key, WORDS, made)
    confirm(store, BOB, key, WORDS, made)
    assert [a.id for a in actions.in_force(store)] == ["ACC-0001"]
    assert store.acceptances()[0].second_person.startswith("Bob Second (")
    with pytest.raises(DecisionError, match="agreed"):
        confirm(store, BOB, key, WORDS, made)
    with pytest.raises(DecisionError, match="belongs to Bob"):
        confirm(store, Actor("Carl"), key, WORDS, actions.accept(store, ANN, [TWO], "why", UNTIL))
    assert [e.entry.acceptance for e in state_of(read_log(store)).unconfirmed] == ["ACC-0002"]
    assert whole(store)


@pytest.mark.parametrize("name", ["ann", "ANN ", "A\u200bnn", "\uff21nn"])
def test_the_same_name_written_otherwise_is_no_second_person(store, tmp_path, name):
    actor = Actor("Ann")
    made = actions.accept(store, actor, [ONE], "why", UNTIL)
    with pytest.raises(DecisionError, match="somebody else"):
        confirm(store, Actor(name), make_key(tmp_path, "other", WORDS), WORDS, made)


def test_a_key_needs_a_long_passphrase_and_is_never_overwritten(tmp_path):
    with pytest.raises(DecisionError, match="12 characters"):
        make_key(tmp_path, "Bob", "short")
    with pytest.raises(DecisionError, match="needs a name"):
        make_key(tmp_path, "../..", WORDS)
    path = make_key(tmp_path, "Ångström / Bøb", WORDS)
    assert path.parent == tmp_path / "people"
    with pytest.raises(DecisionError, match="already"):
        make_key(tmp_path, "Ångström / Bøb", WORDS)
    assert len(fingerprint(b"x").split(":")) == 8


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE decision SET body = replace(body, 'Ann Example', 'Eve Example') WHERE id = 2", "Entry 2"),
        ("DELETE FROM decision WHERE id = 2", "Entries 2 to 2 are missing"),
        ("DELETE FROM decision WHERE id = (SELECT max(id) FROM decision)", "shorter than it was"),
        ("UPDATE acceptance SET why = 'else' WHERE id = 1", "ACC-0001 was changed"),
        ("UPDATE acceptance SET until = '2099-01-01' WHERE id = 1", "ACC-0001 was changed"),
        ("DELETE FROM acceptance WHERE id = 1", "ACC-0001 was removed"),
        ("UPDATE acceptance SET revoked = '2026-01-01' WHERE id = 1", "past the log"),
        (
            """INSERT INTO acceptance (id, rule, asset, why, owner, until, made)
            VALUES (9, 'R', 'a', 'w', 'o', '2099-01-01', '2099-01-01T00:00:00+00:00')""",
            "ACC-0009 is not in the log",
        ),
        ("UPDATE decision SET body = '{]' WHERE id = 3", "Entry 3"),
    ],
)
def test_what_was_changed_past_the_program_shows(store_place, tmp_path, sql, said):
    path = store_place()
    with Store.open(path) as store:
        made = actions.accept(store, ANN, [ONE], "why", UNTIL)
        actions.comment(store, ANN, [ONE], "a")
        actions.comment(store, ANN, [ONE], "b")
        confirm(store, BOB, make_key(tmp_path, "Bob Second", WORDS), WORDS, made)
        note(tmp_path, store)
        assert check_log(store, tmp_path).whole
    store_place.sql(sql)
    with Store.open(path) as store:
        assert any(said in problem for problem in check_log(store, tmp_path).problems)


def test_a_log_that_was_written_anew_shows_by_what_was_noted_and_by_signatures(store_place, tmp_path):
    from app.store.decisions import BEGIN, chained

    path = store_place()
    with Store.open(path) as store:
        made = actions.accept(store, ANN, [ONE], "why", UNTIL)
        confirm(store, BOB, make_key(tmp_path, "Bob Second", WORDS), WORDS, made)
        note(tmp_path, store)
    before = BEGIN
    for number, body in store_place.sql("SELECT id, body FROM decision ORDER BY id"):
        forged = body.replace('"why"', '"forged"')
        before = chained(number, before, forged)
        store_place.sql("UPDATE decision SET body = ?, digest = ? WHERE id = ?", (forged, before, number))
    store_place.sql("UPDATE acceptance SET why = 'forged'")
    with Store.open(path) as store:
        said = " ".join(check_log(store, tmp_path).problems)
    assert "written anew" in said
    assert "signature of the second person does not fit" in said


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(texts=st.lists(st.text(min_size=1, max_size=60).filter(str.strip), min_size=1, max_size=6))
def test_any_text_comes_back_as_it_was_and_keeps_the_log_whole(store_place, texts):
    with Store.open(store_place()) as store:
        before = len(state_of(read_log(store)).of(*ONE.key).comments)
        for text in texts:
            actions.comment(store, ANN, [ONE], text)
        assert whole(store)
        said = [c.entry.text for c in state_of(read_log(store)).of(*ONE.key).comments[before:]]
        assert said == [t.replace("\0", "\ufffd").strip() for t in texts]


def test_a_change_of_the_policy_is_noted_line_by_line(store):
    done = actions.policy_changed(store, ANN, "policy.toml", b"a = 1\n", b"a = 2\nb = 3\n")
    assert done[0].entry.changes == ("-a = 1", "+a = 2", "+b = 3")
    assert store.attachment(f"policy:{done[0].entry.before}", "policy") == b"a = 1\n"
    assert actions.policy_changed(store, ANN, "policy.toml", b"a", b"a") == []


def test_an_older_store_gets_its_log(store_place, tmp_path):
    path = store_place()
    Store.open(path).close()
    store_place.sql("DROP TABLE decision")
    store_place.sql("UPDATE meta SET value = '1' WHERE key = 'schema'")
    with Store.open(path) as store:
        actions.comment(store, ANN, [ONE], "said")
        assert whole(store)
    assert store_place.server or list(tmp_path.glob("s.schema1-*.db"))


def test_deciding_on_the_command_line(store_place, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("app.cli.deciding.data_folder", lambda: tmp_path / "home")
    monkeypatch.setattr("app.cli.acceptances.data_folder", lambda: tmp_path / "home")
    monkeypatch.setenv("SITUS_PASSPHRASE", WORDS)
    path = store_place()
    Store.open(path).close()
    at = ["--store", path]
    about = ["--rule", "SIT-RES-001", "--asset", "a"]
    assert main(["decide", "two-people", "on", "--by", "Ann", *at]) == 0
    assert main(["acceptances", "add", *about, "--why", "w", "--owner", "Ann", "--until", str(UNTIL), *at]) == 0
    assert main(["decide", "assign", *about, "--to", "Team", "--due", "2027-01-01", "--by", "Ann", *at]) == 0
    assert main(["decide", "comment", *about, "--text", "hm", "--by", "Ann", "--role", "DPO", *at]) == 0
    assert main(["decide", "agree", "ACC-0001", "--by", "Bob", *at]) == 2
    assert main(["decide", "new-key", "--by", "Bob"]) == 0
    assert main(["decide", "agree", "ACC-0001", "--by", "Bob", *at]) == 0
    assert main(["decide", "undo", "--by", "Ann", *at]) == 0
    with Store.open(path) as store:
        assert [a.id for a in actions.in_force(store)] == ["ACC-0001"]
    capsys.readouterr()
    assert main(["log", "list", *at]) == 0
    said = capsys.readouterr().out
    assert "Ann: gave the work to Team until 2027-01-01 — SIT-RES-001 · a" in said
    assert "Bob: agreed to entry 2" in said
    assert main(["log", "verify", *at]) == 0
    store_place.sql("UPDATE decision SET body = replace(body, 'hm', 'ok')")
    assert main(["log", "verify", *at]) == 1
    assert "was changed after it was written" in capsys.readouterr().out


INSERTED = "INSERT INTO acceptance (id, rule, asset, why, owner, until, made) VALUES"
TAMPERED = [
    ("UPDATE acceptance SET revoked = NULL, revoked_by = NULL, revoked_why = NULL WHERE id = 1", "count again"),
    ("UPDATE acceptance SET owner = 'Bob' WHERE id = 2", "ACC-0002 was changed"),
    ("UPDATE acceptance SET second_person = 'Bob' WHERE id = 2", "ACC-0002 was changed"),
    ("UPDATE acceptance SET second_person = 'Eve' WHERE id = 3", "ACC-0003 was changed"),
    ("UPDATE acceptance SET second_person = 'Eve' WHERE id = 4", "ACC-0004 was changed"),
    ("UPDATE acceptance SET made = '2020-01-01T00:00:00+00:00' WHERE id = 2", "ACC-0002 was changed"),
    ("UPDATE acceptance SET until = '2099-01-01' WHERE id = 6", "ACC-0006 was changed"),
    ("DELETE FROM acceptance WHERE id = 6", "ACC-0006 was removed"),
    (
        f"{INSERTED} (99, 'SIT-RES-001', '*', 'x', 'y', '2099-01-01', '2020-01-01T00:00:00+00:00')",
        "ACC-0099 is not in the log",
    ),
    (
        f"{INSERTED} (0, 'SIT-RES-001', '*', 'x', 'y', '2099-01-01', '2020-01-01T00:00:00+00:00')",
        "ACC-0000 is not in the log",
    ),
]


@pytest.mark.parametrize(("sql", "said"), TAMPERED)
def test_whatever_is_changed_of_an_acceptance_past_the_log_shows(tmp_path, sql, said):
    path = tmp_path / "situs.db"
    with Store.open(path) as store:
        actions.accept(store, ANN, [ONE], "revoked later", UNTIL)
        actions.accept(store, ANN, [ONE], "plain", UNTIL)
        actions.accept(store, ANN, [ONE], "agreed by word", UNTIL, second_person="Carl")
        signed = actions.accept(store, ANN, [ONE], "agreed by key", UNTIL)
        confirm(store, BOB, make_key(tmp_path, "Bob Second", WORDS), WORDS, signed)
        actions.revoke(store, ANN, ["ACC-0001"], "over")
        actions.accept(store, ANN, [TWO], "undone and back", UNTIL)
        actions.undo(store, ANN, actions.revoke(store, ANN, ["ACC-0005"], "by mistake"))
        assert [a.id for a in store.acceptances()] == ["ACC-0002", "ACC-0003", "ACC-0004", "ACC-0006"]
        assert whole(store)
    with closing(sqlite3.connect(path)) as changed:
        assert changed.execute(sql).rowcount == 1
        changed.commit()
    with Store.open(path) as store:
        assert any(said in problem for problem in check_log(store).problems)
