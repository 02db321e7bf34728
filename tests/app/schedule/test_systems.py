"""What each operating system is given, held against its own checker or published schema where that is here."""

import os
import plistlib
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from schedule_world import schedule

from app.program import Program
from app.schedule import launchd, systemd, taskscheduler
from app.schedule.errors import ScheduleError
from app.schedule.plan import Timing

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
PROGRAM = Program(r"C:\Users\Zoë & Söhne\AppData\Local\Programs\Situs\situs-window.exe", (), r"C:\Users\Zoë & Söhne")
UNIX = Program('/opt/Situs 1.0/100% "x"$HOME/situs', (), "/opt/Situs 1.0/100%")
SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
TIMINGS = [
    Timing("day", "06:00"),
    Timing("week", "23:59", ("mon", "thu", "sun")),
    Timing("month", "00:00", ("1", "28", "last")),
    Timing("week", "06:00", ("mon",), "UTC"),
]


def task(tmp_path: Path, timing: Timing, **more: object) -> bytes:
    return taskscheduler.document(schedule(tmp_path, timing=timing, **more), PROGRAM, "HOUSE\\zoë", NOW)


# Windows


@pytest.mark.parametrize("timing", TIMINGS)
def test_the_task_is_valid_by_the_elements_that_we_use_of_the_published_schema(tmp_path: Path, timing: Timing) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("task.xsd"))))
    schema.assertValid(etree.fromstring(task(tmp_path, timing)))


@pytest.mark.skipif(
    "SITUS_TASK_SCHEMA" not in os.environ, reason="SITUS_TASK_SCHEMA names no copy of Microsoft's schema"
)
@pytest.mark.parametrize("timing", TIMINGS)
def test_the_task_is_valid_by_the_whole_published_schema(tmp_path: Path, timing: Timing) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(etree.parse(os.environ["SITUS_TASK_SCHEMA"]))
    schema.assertValid(etree.fromstring(task(tmp_path, timing)))


def test_the_schema_refuses_what_windows_would(tmp_path: Path) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("task.xsd"))))
    good = task(tmp_path, TIMINGS[0]).decode("utf-16")
    for wrong in (
        good.replace("<RunLevel>LeastPrivilege", "<RunLevel>Lowest"),
        good.replace('Context="User"', 'Context="Nobody"'),
        good.replace('version="1.3"', 'version="1.9"'),
        good.replace("<DaysInterval>1<", "<DaysInterval>0<"),
        good.replace("<Command>", "<Commando>").replace("</Command>", "</Commando>"),
        good.replace("PT16H", "16 hours"),
    ):
        assert wrong != good
        assert not schema.validate(etree.fromstring(wrong.encode("utf-16")))


def test_what_the_task_says(tmp_path: Path) -> None:
    root = ElementTree.fromstring(task(tmp_path, TIMINGS[1], on_battery=True, wake=False))  # noqa: S314 - our own
    told = {e.tag.removeprefix(SPACE): e.text for e in root.iter() if e.text and e.text.strip()}
    assert told["LogonType"] == "InteractiveToken"
    assert told["RunLevel"] == "LeastPrivilege"
    assert told["UserId"] == "HOUSE\\zoë"
    assert told["StartWhenAvailable"] == "true"
    assert told["WakeToRun"] == "false"
    assert told["DisallowStartIfOnBatteries"] == "false"
    assert told["RunOnlyIfNetworkAvailable"] == "false"  # files only
    assert told["Command"] == PROGRAM.path
    assert told["Arguments"] == "schedule run weekly --by clock"
    assert told["StartBoundary"] == "2026-11-29T23:59:00"  # a Sunday, by the computer's own clock
    assert {e.tag.removeprefix(SPACE) for e in root.iter(f"{SPACE}DaysOfWeek").__next__()} == {
        "Monday",
        "Thursday",
        "Sunday",
    }


def test_universal_time_ends_in_z_and_other_zones_are_refused(tmp_path: Path) -> None:
    assert "<StartBoundary>2026-11-30T06:00:00Z<" in task(tmp_path, TIMINGS[3]).decode("utf-16")
    with pytest.raises(ScheduleError, match="leave the time zone out"):
        task(tmp_path, Timing("day", "06:00", (), "Europe/Berlin"))


def test_hidden_programs_are_not_started_by_too_long_a_path(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match="too long"):
        taskscheduler.document(schedule(tmp_path, timing=TIMINGS[0]), Program("C:\\" + "x" * 300, (), "C:\\"), "u", NOW)


# systemd


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this computer")
@pytest.mark.parametrize("timing", [*TIMINGS, Timing("week", "02:30", ("sun",), "Europe/Berlin")])
def test_systemd_verifies_the_units(tmp_path: Path, timing: Timing) -> None:
    program = tmp_path / "a folder" / "100% $HOME" / "situs"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    wanted = schedule(tmp_path, timing=timing)
    files = [tmp_path / "situs-weekly.service", tmp_path / "situs-weekly.timer"]
    files[0].write_text(systemd.service(wanted, Program(str(program), (), str(program.parent))), "utf-8")
    files[1].write_text(systemd.timer(wanted, NOW), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    ours = [line for line in done.stderr.splitlines() if "situs" in line]
    assert (done.returncode, ours) == (0, [])
    for line in files[1].read_text("utf-8").splitlines():
        if line.startswith("OnCalendar="):
            subprocess.run(["systemd-analyze", "calendar", line[11:]], check=True, capture_output=True, timeout=60)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this computer")
def test_systemd_and_we_agree_on_the_next_time_also_when_the_clocks_leave_it_out(tmp_path: Path) -> None:
    from app.schedule.plan import next_runs

    before = datetime(2027, 3, 21, 12, 0, tzinfo=UTC)
    timing = Timing("week", "02:30", ("sun",), "Europe/Berlin")
    lines = [
        x[11:] for x in systemd.timer(schedule(tmp_path, timing=timing), NOW).splitlines() if x[:11] == "OnCalendar="
    ]
    said: list[datetime] = []
    for line in lines:
        told = subprocess.run(
            ["systemd-analyze", "calendar", f"--base-time={before:%Y-%m-%d %H:%M:%S} UTC", line],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
        ).stdout
        when = next(x for x in told.splitlines() if "Next elapse:" in x).split(":", 1)[1].strip()
        if when != "never":
            said.append(datetime.strptime(when, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC))
    assert min(said) == next_runs(timing, before, 1)[0] == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_units_quote_what_systemd_would_expand(tmp_path: Path) -> None:
    text = systemd.service(schedule(tmp_path), UNIX)
    assert 'ExecStart="/opt/Situs 1.0/100%% \\"x\\"$HOME/situs" schedule run weekly --by clock' in text


# launchd


def test_the_agent(tmp_path: Path) -> None:
    told = plistlib.loads(launchd.document(schedule(tmp_path, timing=TIMINGS[1]), UNIX))
    assert told["Label"] == "io.situs.audit.weekly"
    assert told["ProgramArguments"] == [UNIX.path, "schedule", "run", "weekly", "--by", "clock"]
    assert told["StartCalendarInterval"] == [
        {"Hour": 23, "Minute": 59, "Weekday": 1},
        {"Hour": 23, "Minute": 59, "Weekday": 4},
        {"Hour": 23, "Minute": 59, "Weekday": 7},
    ]
    monthly = plistlib.loads(launchd.document(schedule(tmp_path, timing=Timing("month", "06:00", ("1", "15"))), UNIX))
    assert [d["Day"] for d in monthly["StartCalendarInterval"]] == [1, 15]


@pytest.mark.parametrize(
    "timing", [Timing("day", "06:00", (), "UTC"), Timing("month", "06:00", ("last",))], ids=["zone", "last day"]
)
def test_what_launchd_cannot_do_is_refused(tmp_path: Path, timing: Timing) -> None:
    with pytest.raises(ScheduleError, match="macOS"):
        launchd.document(schedule(tmp_path, timing=timing), UNIX)
