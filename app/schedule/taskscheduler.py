"""Windows Task Scheduler: a task of this user, without administrator rights and without a stored password.

The XML follows the published Task Scheduler schema (namespace `…/windows/2004/02/mit/task`, version 1.3), whose
sequences fix the order of elements: in a trigger `Enabled` comes before `StartBoundary`. A boundary without an offset
is the time on the computer's own clock, in summer and winter; one that ends in Z is universal time.
"""

import ctypes
import getpass
import os
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from app.program import Program
from app.schedule.errors import ScheduleError
from app.schedule.plan import DAYS, LAST, Schedule, due_between, in_words, left_out, local
from app.texts import tr

_SPACE: Final = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_DAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LONGEST_PATH: Final = 260
_SECONDS: Final = 60


def document(schedule: Schedule, program: Program, user: str, now: datetime) -> bytes:
    """The task as UTF-16 XML, as `schtasks /Create /XML` takes it. Raises ScheduleError for a zone it cannot keep."""
    zone = schedule.timing.zone
    if zone not in ("", "UTC", "Etc/UTC"):
        raise ScheduleError(
            tr(
                "Windows runs tasks by the clock of the computer or by UTC, not by {zone}; leave the time zone out, "
                "or use UTC."
            ).format(zone=zone)
        )
    if len(program.path) > _LONGEST_PATH or len(program.folder) > _LONGEST_PATH:
        raise ScheduleError(tr("The path of the program is too long for the Task Scheduler: install it higher up."))
    task = ElementTree.Element("Task", {"version": "1.3", "xmlns": _SPACE})
    about = _child(task, "RegistrationInfo")
    _child(about, "Date", f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _child(about, "Author", user)
    _child(about, "Description", f"Situs: {in_words(schedule.timing)}")
    _triggers(_child(task, "Triggers"), schedule, now)
    settings = _child(task, "Settings")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", _flag(not schedule.on_battery)),
        ("StopIfGoingOnBatteries", "false"),
        ("AllowHardTerminate", "true"),
        ("StartWhenAvailable", "true"),
        ("RunOnlyIfNetworkAvailable", _flag(schedule.job.connections is not None)),
        ("WakeToRun", _flag(schedule.wake)),
        ("Enabled", "true"),
        ("ExecutionTimeLimit", f"PT{schedule.limit_hours + schedule.wait_hours}H"),
        ("Priority", "7"),
    ):
        _child(settings, name, value)
    principal = _child(_child(task, "Principals"), "Principal", id="User")
    _child(principal, "UserId", user)
    _child(principal, "LogonType", "InteractiveToken")
    _child(principal, "RunLevel", "LeastPrivilege")
    action = _child(_child(task, "Actions", Context="User"), "Exec")
    _child(action, "Command", program.path)
    words = [*program.before, "schedule", "run", schedule.name, "--by", "clock"]
    _child(action, "Arguments", subprocess.list2cmdline(words))
    _child(action, "WorkingDirectory", program.folder)
    ElementTree.indent(task)
    text = '<?xml version="1.0" encoding="UTF-16"?>\n' + ElementTree.tostring(task, "unicode") + "\n"
    return b"\xff\xfe" + text.encode("utf-16-le")


def _triggers(triggers: ElementTree.Element, schedule: Schedule, now: datetime) -> None:
    timing = schedule.timing
    first = next(due_between(timing, now, now.replace(year=now.year + 1)))
    trigger = _child(triggers, "CalendarTrigger")
    _child(trigger, "Enabled", "true")
    _child(trigger, "StartBoundary", _boundary(schedule, first, timing.at))
    if timing.every == "day":
        _child(_child(trigger, "ScheduleByDay"), "DaysInterval", "1")
    elif timing.every == "week":
        weekly = _child(trigger, "ScheduleByWeek")
        _child(weekly, "WeeksInterval", "1")
        days = _child(weekly, "DaysOfWeek")
        for n, day in enumerate(DAYS):
            if day in timing.days:
                _child(days, _DAY_NAMES[n])
    else:
        monthly = _child(trigger, "ScheduleByMonth")
        days = _child(monthly, "DaysOfMonth")
        for day in timing.days:
            _child(days, "Day", "Last" if day == LAST else day)
        months = _child(monthly, "Months")
        for month in _MONTHS:
            _child(months, month)
    for moved in left_out(timing, now):  # what the clocks leave out would else not run at all
        once = _child(triggers, "TimeTrigger")
        _child(once, "Enabled", "true")
        _child(once, "StartBoundary", f"{moved:%Y-%m-%dT%H:%M:%S}")


def _boundary(schedule: Schedule, first: datetime, at: str) -> str:
    there = local(schedule.timing, first)
    return f"{there:%Y-%m-%d}T{at}:00" + ("Z" if schedule.timing.zone else "")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _child(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name, attributes)
    if text is not None:
        made.text = text
    return made


class TaskScheduler:
    """Tasks by `schtasks.exe`, which every Windows has."""

    name = "Windows Task Scheduler"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def task(self, name: str) -> str:
        """The task's name: in the root, where every user may make one, and with the user in it."""
        return f"Situs {name} ({getpass.getuser()})"

    def install(self, schedule: Schedule, program: Program) -> None:
        """Make or replace the task. Raises ScheduleError."""
        body = document(schedule, program, account(), datetime.now(UTC))
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".xml", "task-", self._folder)
        file = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(body)
            _schtasks("/Create", "/XML", str(file), "/TN", self.task(schedule.name), "/F")
        finally:
            file.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Remove the task; one that is gone already is no error. Raises ScheduleError."""
        if self.installed(name):
            _schtasks("/Delete", "/TN", self.task(name), "/F")

    def installed(self, name: str) -> bool:
        """Whether the Task Scheduler has the task."""
        try:
            if self.task(name) in _schtasks("/Query", "/TN", self.task(name), "/FO", "CSV"):
                return True
        except ScheduleError:
            return False
        root = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"))
        try:
            return (root / "System32" / "Tasks" / self.task(name)).exists()
        except OSError:
            return False

    def note(self) -> str:
        """What people should know."""
        return tr(
            "It runs while you are logged in, also with the screen locked; a run missed meanwhile is made up for when "
            "the computer is on again."
        )


def account() -> str:
    """The security identifier of this user (S-1-5-…): right also where the name is one of a cloud directory."""
    windll = getattr(ctypes, "windll", None)
    if windll is not None:
        size, domain_size, use = ctypes.c_ulong(256), ctypes.c_ulong(256), ctypes.c_ulong()
        sid, domain = ctypes.create_string_buffer(256), ctypes.create_unicode_buffer(256)
        found = windll.advapi32.LookupAccountNameW(
            None, getpass.getuser(), sid, ctypes.byref(size), domain, ctypes.byref(domain_size), ctypes.byref(use)
        )
        text = ctypes.c_wchar_p()
        if found and windll.advapi32.ConvertSidToStringSidW(sid, ctypes.byref(text)) and text.value:
            told = text.value
            windll.kernel32.LocalFree(text)
            return told
    return f"{os.environ.get('USERDOMAIN', '')}\\{getpass.getuser()}".lstrip("\\")


def _schtasks(*words: str) -> str:
    """Run it; what it printed."""
    root = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"))
    try:
        done = subprocess.run(  # noqa: S603 - the system's own program, words in a list
            [str(root / "System32" / "schtasks.exe"), *words],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScheduleError(tr("schtasks.exe cannot be run: {reason}.").format(reason=type(error).__name__)) from error
    encoding = "oem" if os.name == "nt" else "utf-8"
    if done.returncode:
        said = (done.stderr or done.stdout).decode(encoding, "replace").strip()
        raise ScheduleError(
            tr("The Task Scheduler refused ({status}): {said}").format(status=done.returncode, said=said[:300])
        )
    return done.stdout.decode(encoding, "replace")
