"""launchd: an agent of this user, in ~/Library/LaunchAgents.

Rests on launchd.plist(5): StartCalendarInterval goes by the clock of the computer; a time that passes while it sleeps
is made up for once when it wakes, one that passes while it is off is not (the next run records it as missed).
"""

import os
import plistlib
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from app.program import Program
from app.schedule.errors import ScheduleError
from app.schedule.plan import DAYS, LAST, Schedule
from app.texts import tr

_SECONDS: Final = 60


def document(schedule: Schedule, program: Program) -> bytes:
    """The property list of the agent. Raises ScheduleError for what launchd cannot do."""
    timing = schedule.timing
    if timing.zone:
        raise ScheduleError(tr("macOS runs agents by the clock of the computer only; leave the time zone out."))
    if LAST in timing.days:
        raise ScheduleError(tr("macOS cannot start an agent on the last day of the month; name a day from 1 to 28."))
    hour, minute = (int(part) for part in timing.at.split(":"))
    at: dict[str, int] = {"Hour": hour, "Minute": minute}
    when: list[dict[str, int]] = {
        "day": lambda: [at],
        "week": lambda: [{**at, "Weekday": DAYS.index(d) + 1} for d in timing.days],  # 1 is Monday, 7 Sunday
        "month": lambda: [{**at, "Day": int(d)} for d in timing.days],
    }[timing.every]()
    told: dict[str, Any] = {
        "Label": label(schedule.name),
        "ProgramArguments": list(program.line("schedule", "run", schedule.name, "--by", "clock")),
        "WorkingDirectory": program.folder,
        "StartCalendarInterval": when,
        "ProcessType": "Background",
        "LowPriorityIO": True,
        "RunAtLoad": False,
        "Umask": 0o077,
    }
    return plistlib.dumps(told)


def label(name: str) -> str:
    """The agent's label."""
    return f"io.situs.audit.{name}"


class Launchd:
    """Agents by `launchctl`."""

    name = "launchd"

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path.home() / "Library" / "LaunchAgents"

    def install(self, schedule: Schedule, program: Program) -> None:
        """Write the agent and load it. Raises ScheduleError; then nothing is left behind."""
        body = document(schedule, program)
        file = self._file(schedule.name)
        if self.installed(schedule.name):
            self.remove(schedule.name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        except OSError as error:
            raise ScheduleError(
                tr("{file} cannot be written: {reason}.").format(file=error.filename, reason=error.strerror)
            ) from error
        try:
            _launchctl("bootstrap", _domain(), str(file))
        except ScheduleError:
            file.unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> None:
        """Unload the agent and remove its file; what is gone already is no error. Raises ScheduleError."""
        file = self._file(name)
        if file.exists():
            _launchctl("bootout", f"{_domain()}/{label(name)}")
            file.unlink(missing_ok=True)

    def installed(self, name: str) -> bool:
        """Whether the agent's file is there."""
        return self._file(name).exists()

    def note(self) -> str:
        """What people should know."""
        return tr("It runs while you are logged in. A time that passes while the Mac sleeps is made up for on waking.")

    def _file(self, name: str) -> Path:
        return self.folder / f"{label(name)}.plist"


def _domain() -> str:
    return f"gui/{getattr(os, 'getuid', lambda: 0)()}"


def _launchctl(*words: str) -> None:
    program = shutil.which("launchctl")
    if program is None:
        raise ScheduleError(tr("This computer has no launchctl."))
    try:
        done = subprocess.run(  # noqa: S603 - words in a list
            [program, *words], capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScheduleError(tr("launchctl cannot be run: {reason}.").format(reason=type(error).__name__)) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().replace("\n", " ")
        raise ScheduleError(tr("launchd refused: {said}").format(said=said[:300]))
