"""Several processes at one store at the same moment: nothing is lost or mixed, and nobody meets a traceback."""

import json
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from backends import Places
from msgspec.structs import replace
from store_world import NOON, bucket, cell, document, scan

from app.decisions.checking import check_log
from app.store import KnownStoreError, Store
from app.store.driver import Database, Where
from app.store.errors import known
from scanners.model import Coverage, CoverageStatus, merged

pytestmark = pytest.mark.every_store
PEOPLE = 2


def at_once(program: str, *words: list[str]) -> list[str]:
    """Runs a program in several processes that begin at the same moment; what each printed."""
    begin = "import sys\nprint('ready', flush=True)\nsys.stdin.readline()\n"
    source = begin + textwrap.dedent(program)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", source, *w],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for w in words
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * len(words), [err for _, err in told]
    return [out for out, _ in told]


def test_a_new_store_is_made_once_though_several_open_it(store_place: Places) -> None:
    program = "from app.store import Store\nStore.open(sys.argv[1]).close()\n"
    at_once(program, *([[store_place()]] * 3))
    with Store.open(store_place(), create=False) as store:
        assert store.scans() == []


def test_two_people_decide_at_the_same_time(store_place: Places) -> None:
    Store.open(store_place()).close()
    program = """
    from datetime import date
    from app.decisions import Actor, Subject, actions
    from app.store import Store
    me = Actor(sys.argv[2])
    with Store.open(sys.argv[1]) as store:
        for n in range(15):
            actions.accept(store, me, [Subject("SIT-A-001", f"{sys.argv[2]}:{n}")], "why", date(2027, 1, 1))
            actions.comment(store, me, [Subject("SIT-A-001", f"{sys.argv[2]}:{n}")], f"said {n}")
    """
    at_once(program, [store_place(), "Ann"], [store_place(), "Bob"])
    with Store.open(store_place()) as store:
        made = store.acceptances()
        assert sorted(int(a.id.removeprefix("ACC-")) for a in made) == list(range(1, 31))
        assert sorted(a.asset or "" for a in made) == sorted(f"{who}:{n}" for who in ("Ann", "Bob") for n in range(15))
        assert all((a.asset or "").startswith(f"{a.owner}:") for a in made)
        log = list(store.logged())
        assert [row.number for row in log] == list(range(1, 61))
        assert check_log(store).problems == []


def test_what_one_takes_back_the_other_cannot_take_back_again(store_place: Places) -> None:
    with Store.open(store_place()) as store:
        for n in range(10):
            store.accept("SIT-A-001", asset=f"a{n}", why="w", owner="o", until=date(2027, 1, 1))
    program = """
    from app.decisions import Actor, actions
    from app.store import KnownStoreError, Store
    won = 0
    with Store.open(sys.argv[1]) as store:
        for n in range(1, 11):
            try:
                actions.revoke(store, Actor(sys.argv[2]), [f"ACC-{n:04}"], "no longer")
                won += 1
            except KnownStoreError as error:
                assert "already" in str(error), error
    print(won)
    """
    told = at_once(program, [store_place(), "Ann"], [store_place(), "Bob"])
    assert sum(map(int, told)) == 10
    with Store.open(store_place()) as store:
        said = [json.loads(row.body) for row in store.logged()]
        assert len(said) == 10
        assert {a.id: a.revoked_by for a in store.acceptances(revoked=True)} == {
            e["acceptance"]: e["who"] for e in said
        }


def test_the_same_document_is_kept_once_though_two_bring_it(store_place: Places) -> None:
    Store.open(store_place()).close()
    program = """
    from app.store import Store
    with Store.open(sys.argv[1]) as store:
        for n in range(40):
            store.attach(f"policy:{n}", "policy", b"x" * 1000)
    """
    at_once(program, *([[store_place()]] * 2))
    with Store.open(store_place()) as store:
        assert all(store.attachment(f"policy:{n}", "policy") == b"x" * 1000 for n in range(40))


def test_audits_of_two_connections_at_once_keep_apart(store_place: Places) -> None:
    """On a server one waits for the other; with a file it is told, and comes again."""
    Store.open(store_place()).close()
    program = """
    import time
    from datetime import UTC, datetime
    sys.path.insert(0, sys.argv[3])
    from msgspec.structs import replace
    from store_world import bucket, cell, document
    from app import audit
    from app.store import Store
    from app.store.errors import StoreBusyError
    name = sys.argv[2]
    by = audit.yardstick(None, None)
    waits = []
    with Store.open(sys.argv[1]) as store:
        for turn in range(4):
            while True:
                try:
                    writer = store.begin_scan(
                        [name], started=datetime.now(UTC), program="t", waiting=lambda: waits.append(1)
                    )
                    break
                except StoreBusyError:
                    assert not store.where.server
                    time.sleep(0.05)
            items = []
            for n in range(60):
                paper = document({"of": name, "n": n, "turn": turn if n < 5 else 0})
                asset = bucket(f"{name}-{n}", account=name)
                items += [paper, replace(asset, evidence=(paper.digest,))]
            writer.write([*items, cell(connection=name, account=name)])
            info = writer.finish("complete", datetime.now(UTC))
            assert (info.assets, info.gone) == (60, 0), info
            while True:
                try:
                    audit.judge_scan(store, info.id, by)
                    break
                except StoreBusyError:
                    assert not store.where.server
                    time.sleep(0.05)
    """
    at_once(program, *([store_place(), name, str(Path(__file__).parent)] for name in ("north", "south")))
    with Store.open(store_place()) as store:
        scans = store.scans()
        assert [s.state for s in scans] == ["complete"] * 8
        assert sorted(c for s in scans for c in s.connections) == ["north"] * 4 + ["south"] * 4
        assert store.check_chain() == []
        assert len(store.judgements()) == 8
        for info in scans:
            (name,) = info.connections
            rows, _ = store.assets_page(info.id, account=name, limit=500)
            assert sorted(r.asset.name or "" for r in rows) == sorted(f"{name}-{n}" for n in range(60))
            papers = [store.evidence(d) for r in rows for d in r.asset.evidence]
            assert {json.loads(p.body)["of"] for p in papers} == {name}
            assert {c.connection for c in store.coverage(info.id)} == {name}


NASTY = "a\0b\x01'\"\\%_?{}–ßİ\U0001f600\u202e\n;--"


def test_the_strangest_texts_are_kept_alike(store_place: Places, tmp_path: Path) -> None:
    odd = bucket(NASTY, account=NASTY, at=NASTY, note=NASTY, nested=[{"text": NASTY, "n": 10**17, "f": 0.1}])
    strange = document({"text": "x"}, datetime(2026, 3, 29, 1, 30, tzinfo=UTC), NASTY)
    gap = Coverage(NASTY, "aws", NASTY, NASTY, NASTY, NASTY, CoverageStatus.DENIED)
    gap = replace(gap, missing_permission=NASTY, denied_by="iam", detail=NASTY)

    def held(where: str) -> object:
        with Store.open(where) as store:
            writer = store.begin_scan([NASTY], started=NOON, program=NASTY)
            writer.write([strange, merged(odd, odd), gap])
            info = writer.finish("partial", NOON)
            store.accept(NASTY, asset=NASTY, why=NASTY, owner=NASTY, until=date(2027, 1, 1))
            store.attach(f"scan:{info.id}", "x", NASTY.encode("utf-8", "replace"))
            store.log([json.dumps({"a": NASTY})])
            rows, _ = store.assets_page(info.id)
            (kept,) = store.acceptances()
            return (
                [(r.asset.uid, r.asset.name, r.asset.attributes, r.asset.location, r.asset.account) for r in rows],
                store.coverage(info.id),
                store.evidence(strange.digest),
                (kept.rule, kept.asset, kept.why),
                [r.body for r in store.logged()],
                store.scan(info.id).connections,
            )

    assert held(store_place()) == held(str(tmp_path / "plain.db"))


def test_letters_of_either_case_are_found_in_every_alphabet(store_place: Places) -> None:
    with Store.open(store_place()) as store:
        info = scan(store, [bucket("Ärzte-SCANS"), bucket("other_x"), bucket("otherYx"), cell()])

        def found(text: str) -> list[str]:
            return sorted(r.asset.name or "" for r in store.assets_page(info.id, text=text)[0])

        assert found("Ärzte") == found("ärzte") == found("ÄRZTE-scans") == ["Ärzte-SCANS"]
        assert found("r_x") == ["other_x"]


def test_a_server_without_a_store_is_said_and_stays_as_it_was(postgresql: str) -> None:
    with pytest.raises(KnownStoreError, match="There is no store at"):
        Store.open(postgresql, create=False)
    with psycopg.connect(postgresql) as raw:
        assert raw.execute("SELECT 1 FROM pg_tables WHERE schemaname = current_schema()").fetchall() == []


def test_reading_only_holds_on_a_server_too(postgresql: str) -> None:
    Store.open(postgresql).close()
    db = Database(Where.of(postgresql), read_only=True)
    with pytest.raises(KnownStoreError, match="refuses to work"):
        db.run("DELETE FROM scan")
    db.close()


def test_transactions_that_waited_for_each_other_are_a_sentence(postgresql: str) -> None:
    error = known(psycopg.errors.DeadlockDetected("deadlock detected"), "here")
    assert error is not None
    assert "at the same moment; nothing was changed" in str(error)
