"""Runs: done, failed, skipped, missed and overlapping ones are records with their reasons, and nothing runs twice."""

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from schedule_world import MONDAY, Pretended, book, schedule

from app.exclusive import held
from app.progress import Step
from app.schedule import CLOCK, ScheduleError, run
from app.schedule.book import Book, store_of
from app.schedule.history import DONE, FAILED, INTERRUPTED, MISSED, RUNNING, SKIPPED


def states(kept: Book) -> list[tuple[str, str]]:
    return [(r.state, r.reason) for r in kept.history.runs()]


def test_a_run_by_the_clock_stands_for_its_due_time_and_runs_once(tmp_path: Path, export: str) -> None:
    kept, clock, computer = book(tmp_path, MONDAY + timedelta(minutes=1))
    kept.add(schedule(tmp_path, export))
    done = run(kept, "weekly", by=CLOCK)
    assert (done.state, done.status, done.due) == (DONE, 0, MONDAY)
    assert done.outcome is not None
    assert done.outcome.scan == 1
    assert run(kept, "weekly", by=CLOCK).id == done.id  # fired twice: the second hour of the night in October
    assert len(kept.history.runs()) == 1
    computer.time += timedelta(days=7)
    assert run(kept, "weekly", by=CLOCK).due == MONDAY + timedelta(days=7)
    assert clock.entries["weekly"][1].path


def test_a_person_may_run_it_at_any_time(tmp_path: Path, export: str) -> None:
    kept, _, computer = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    assert run(kept, "weekly", by=CLOCK).due == MONDAY
    computer.time += timedelta(hours=3)
    by_hand = run(kept, "weekly")
    assert (by_hand.state, by_hand.due, by_hand.by) == (DONE, None, "person")
    assert by_hand.outcome.compared_with == 1


def test_what_was_missed_while_the_computer_was_off_is_recorded_once(tmp_path: Path, export: str) -> None:
    kept, _, computer = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    computer.time = MONDAY + timedelta(days=21, hours=2)  # three Mondays later, two hours late
    computer.on_since = computer.time - timedelta(minutes=30)
    (found,) = kept.overview()
    assert found.late == MONDAY + timedelta(days=21)
    assert [(r.state, r.due) for r in kept.history.runs()] == [
        (MISSED, MONDAY + timedelta(days=14)),
        (MISSED, MONDAY + timedelta(days=7)),
        (MISSED, MONDAY),
    ]
    assert all("switched off" in r.reason for r in kept.history.runs())
    assert kept.reconcile() == []
    made_up = run(kept, "weekly", by=CLOCK)
    assert (made_up.due, made_up.state) == (MONDAY + timedelta(days=21), DONE)
    assert kept.overview()[0].late is None


def test_a_due_time_that_nobody_made_up_for_within_a_day_is_missed(tmp_path: Path, export: str) -> None:
    kept, clock, computer = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    clock.entries.clear()
    computer.time = MONDAY + timedelta(hours=25)
    (record,) = kept.reconcile()
    assert record.state == MISSED
    assert "had no entry" in record.reason


def test_a_computer_that_travels_has_missed_nothing(tmp_path: Path, export: str, monkeypatch) -> None:
    import time

    from app.schedule.plan import Timing

    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of a process cannot be changed here")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        kept, _, computer = book(tmp_path)
        kept.add(schedule(tmp_path, export, timing=Timing("week", "06:00", ("mon",))))
        for week in range(3):
            computer.time = MONDAY + timedelta(days=7 * week, minutes=1)
            assert run(kept, "weekly", by=CLOCK).state == DONE
        monkeypatch.setenv("TZ", "America/New_York")
        time.tzset()
        computer.time += timedelta(days=2)
        assert kept.reconcile() == [] or [r.state for r in kept.reconcile()] == []
        assert [r.state for r in kept.history.runs()].count(DONE) == 3
        computer.time = MONDAY + timedelta(days=21, hours=6, minutes=1)  # 06:01 in New York
        assert run(kept, "weekly", by=CLOCK).due == MONDAY + timedelta(days=21, hours=6)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_clock_that_fires_before_anything_is_due_starts_nothing(tmp_path: Path, export: str) -> None:
    kept, _, computer = book(tmp_path, MONDAY - timedelta(days=4))
    kept.add(schedule(tmp_path, export))
    record = run(kept, "weekly", by=CLOCK)
    assert (record.state, record.reason) == (SKIPPED, "Nothing was due.")
    assert not (tmp_path / "situs.db").exists()
    computer.time = MONDAY
    assert run(kept, "weekly", by=CLOCK).state == DONE


def test_nothing_was_missed_before_it_was_added(tmp_path: Path, export: str) -> None:
    kept, _, computer = book(tmp_path)
    kept.add(schedule(tmp_path, export, made=MONDAY + timedelta(days=1)))
    computer.time = MONDAY + timedelta(days=3)
    assert kept.reconcile() == []


def test_battery_and_network_are_waited_for_and_then_it_is_skipped_with_the_reason(tmp_path: Path, export: str) -> None:
    kept, _, computer = book(tmp_path)
    kept.add(schedule(tmp_path, export, wait_hours=2))
    computer.battery = True
    told: list[Step] = []
    skipped = run(kept, "weekly", by=CLOCK, progress=told.append)
    assert (skipped.state, skipped.status) == (SKIPPED, None)
    assert skipped.reason == "The computer runs on battery. It was waited for 2 hours."
    assert computer.naps == 120
    assert told[0].text == "The computer runs on battery."
    assert not (tmp_path / "situs.db").exists()
    computer.time += timedelta(days=7)
    computer.sleep = lambda seconds: setattr(computer, "battery", False)
    assert run(kept, "weekly", by=CLOCK).state == DONE


def test_a_person_is_not_kept_waiting_for_mains_power(tmp_path: Path, export: str) -> None:
    kept, _, computer = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    computer.battery = True
    assert run(kept, "weekly").state == DONE


def test_files_need_no_network_and_clouds_do(tmp_path: Path, export: str) -> None:
    from msgspec.structs import replace

    kept, _, computer = book(tmp_path)
    plain = schedule(tmp_path, export, wait_hours=0)
    computer.network = False
    kept.add(plain)
    assert run(kept, "weekly", by=CLOCK).state == DONE
    kept.add(replace(plain, name="clouds", job=replace(plain.job, connections=str(tmp_path / "connections.toml"))))
    skipped = run(kept, "clouds", by=CLOCK)
    assert (skipped.state, skipped.reason[:29]) == (SKIPPED, "The computer has no network. ")


def test_two_runs_on_one_store_do_not_overlap(tmp_path: Path, export: str) -> None:
    from msgspec.structs import replace

    kept, _, computer = book(tmp_path)
    first = schedule(tmp_path, export)
    kept.add(first)
    kept.add(replace(first, name="second"))
    number = kept.history.begin("weekly", store_of(first), CLOCK, MONDAY, MONDAY)
    with held(kept.lock_of(store_of(first))):
        skipped = run(kept, "second", by=CLOCK)
    assert skipped.state == SKIPPED
    assert skipped.reason == f"Run {number} (weekly) on the same store was under way since 2026-11-23 05:00 UTC."
    assert kept.history.run(number).state == RUNNING
    computer.time += timedelta(minutes=1)
    (left,) = kept.reconcile()  # nobody holds the lock any more
    assert (left.id, left.state) == (number, INTERRUPTED)


def test_a_store_that_someone_writes_by_hand_is_an_overlap_too(tmp_path: Path, export: str) -> None:
    from app.store import Store

    kept, _, _ = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    with Store.open(tmp_path / "situs.db") as store:
        writer = store.begin_scan(["a"], started=datetime.now(UTC), program="test")
        skipped = run(kept, "weekly", by=CLOCK)
        writer.abandon()
    assert skipped.state == SKIPPED
    assert "Another Situs is writing to this store" in skipped.reason


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ("none.ndjson", 1, "none.ndjson"),
        ("policy", 2, "policy.toml"),
    ],
)
def test_what_fails_is_recorded_with_the_sentence(
    tmp_path: Path, export: str, what: str, status: int, words: str
) -> None:
    from msgspec.structs import replace

    kept, _, _ = book(tmp_path)
    wanted = schedule(tmp_path, export if what == "policy" else str(tmp_path / what))
    if what == "policy":
        (tmp_path / "policy.toml").write_text("allowed_countries = [", "utf-8")
        wanted = replace(wanted, job=replace(wanted.job, policy=str(tmp_path / "policy.toml")))
    kept.add(wanted)
    record = run(kept, "weekly", by=CLOCK)
    assert (record.state, record.status) == (FAILED, status)
    assert words in record.reason
    lines = [json.loads(x) for x in (tmp_path / "data" / "logs" / "weekly.jsonl").read_text("utf-8").splitlines()]
    assert [line["event"] for line in lines][-2:] == ["failed", "ended"]


def test_a_run_that_takes_too_long_is_ended_and_recorded(
    tmp_path: Path, export: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.progress import CancelledByUser

    kept, _, computer = book(tmp_path)
    kept.add(schedule(tmp_path, export, limit_hours=1))

    def slow(store, prepared, *, progress, cancelled, person):
        computer.time += timedelta(minutes=59)
        assert not cancelled()
        computer.time += timedelta(minutes=2)
        if cancelled():
            raise CancelledByUser

    monkeypatch.setattr("app.schedule.running.perform", slow)
    record = run(kept, "weekly", by=CLOCK)
    assert (record.state, record.reason[:29]) == (FAILED, "It took longer than it may. W")


def test_a_fault_of_the_program_is_a_record_too(tmp_path: Path, export: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a value that may be secret")

    monkeypatch.setattr("app.schedule.running.perform", broken)
    kept, _, _ = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    record = run(kept, "weekly", by=CLOCK)
    assert record.reason == "Something went wrong inside the program (ZeroDivisionError)."
    assert record.status == 1


def test_a_killed_run_is_recorded_as_interrupted(tmp_path: Path, export: str) -> None:
    kept, _, _ = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    program = (
        "import os, sys; sys.path[:0] = sys.argv[2:]\n"
        "import app.schedule.running as running\n"
        "from schedule_world import book\nfrom pathlib import Path\n"
        "running.perform = lambda *a, **k: os.kill(os.getpid(), 9) if os.name == 'posix' else os._exit(9)\n"
        "running.run(book(Path(sys.argv[1]))[0], 'weekly', by='clock')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), *map(str, (Path(__file__).parent, Path.cwd()))],
        check=False,
        timeout=60,
    )
    assert done.returncode in (-9, 9)
    assert states(kept)[0][0] == RUNNING
    (record,) = kept.reconcile()
    assert (record.state, record.due) == (INTERRUPTED, MONDAY)


def test_the_exit_status_of_a_gate_is_kept(tmp_path: Path, export: str) -> None:
    from msgspec.structs import replace

    kept, _, _ = book(tmp_path)
    wanted = schedule(tmp_path, export)
    kept.add(replace(wanted, job=replace(wanted.job, require_complete=True)))
    record = run(kept, "weekly", by=CLOCK)
    assert (record.state, record.status) == (DONE, 4)


# The book


def test_a_schedule_that_the_system_refuses_is_not_kept(tmp_path: Path, export: str) -> None:
    kept, clock, _ = book(tmp_path)
    clock.refuses = True
    with pytest.raises(ScheduleError, match="refused"):
        kept.add(schedule(tmp_path, export))
    assert kept.schedules() == []
    clock.refuses = False
    kept.add(schedule(tmp_path, export))
    clock.refuses = True
    with pytest.raises(ScheduleError, match="refused"):
        kept.add(schedule(tmp_path, export, limit_hours=1))
    assert kept.get("weekly").limit_hours == 12


def test_a_removed_schedule_keeps_its_history(tmp_path: Path, export: str) -> None:
    kept, clock, _ = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    run(kept, "weekly")
    kept.remove("weekly")
    assert (kept.schedules(), clock.entries) == ([], {})
    assert len(kept.history.runs("weekly")) == 1
    with pytest.raises(ScheduleError, match="no schedule 'weekly'"):
        kept.remove("weekly")


@pytest.mark.parametrize("name", ["", "Weekly", "a b", "../x", "-a", "a-", "con", "ä", "x" * 41])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    kept, _, _ = book(tmp_path)
    with pytest.raises(ScheduleError, match="cannot name a schedule"):
        kept.add(schedule(tmp_path, name=name))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"name": "weekly"}', "\0"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    kept, _, _ = book(tmp_path)
    kept.folder.mkdir(parents=True)
    (kept.folder / "weekly.json").write_text(text, "utf-8")
    with pytest.raises(ScheduleError, match=r"weekly\.json is damaged"):
        kept.schedules()


def test_an_external_schedule_needs_no_entry_with_the_system(tmp_path: Path, export: str) -> None:
    kept, clock, _ = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    kept.add(schedule(tmp_path, export, external=True))
    assert clock.entries == {}
    assert kept.overview()[0].trouble == ""
    assert run(kept, "weekly", by=CLOCK).state == DONE


def test_many_runs_at_once_leave_one_record_each_and_no_trouble(tmp_path: Path, export: str) -> None:
    kept, _, _ = book(tmp_path)
    kept.add(schedule(tmp_path, export))
    found: list[object] = []

    def go() -> None:
        other = Book(kept.folder, kept.clock, Pretended(MONDAY))
        found.append(run(other, "weekly", by=CLOCK))

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert [r.state for r in kept.history.runs()] == [DONE]


def test_paths_of_a_new_schedule_are_absolute_and_passwords_are_refused(tmp_path: Path, monkeypatch) -> None:
    from app.job import Job
    from app.schedule import Timing, new

    monkeypatch.chdir(tmp_path)
    made = new("weekly", Timing("day", "06:00"), Job(files=("a",), policy="p.toml", store="s.db", folder="r"))
    assert made.job.files == (str(tmp_path / "a"),)
    assert made.job.store == str(tmp_path / "s.db")
    for store in ("postgresql://u:geheim@h/d", "postgresql://h/d?password=geheim", "postgresql://[::1/d"):
        with pytest.raises(ScheduleError, match="never holds a password") as caught:
            new("weekly", Timing("day", "06:00"), Job(store=store))
        assert "geheim" not in str(caught.value)
    assert new("weekly", Timing("day", "06:00"), Job(store="postgresql://u:vault:pg@h/d")).job.store
