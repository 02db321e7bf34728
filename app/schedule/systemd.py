"""systemd: a timer and a service of this user, in ~/.config/systemd/user.

Rests on systemd.timer(5), systemd.service(5), systemd.time(7). A calendar event that a change of the clocks leaves
out does not elapse at all (systemd 252), so those dates get lines of their own.
"""

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Final

from app.program import Program
from app.schedule.errors import ScheduleError
from app.schedule.plan import LAST, Schedule, in_words, left_out
from app.texts import tr

_SECONDS: Final = 60


def service(schedule: Schedule, program: Program) -> str:
    """The service unit: one audit. Findings (3) and gaps (4) are results, not failures of the service."""
    # Variables are expanded in arguments, not in the path of the program.
    words = [*program.line("schedule", "run", schedule.name, "--by", "clock")]
    return "\n".join(
        [
            "[Unit]",
            f"Description=Situs audit: {schedule.name}",
            "",
            "[Service]",
            "Type=oneshot",
            "ExecStart=" + " ".join([_quoted(words[0]), *(_quoted(w.replace("$", "$$")) for w in words[1:])]),
            "WorkingDirectory=" + program.folder.replace("%", "%%"),
            "SuccessExitStatus=3 4",
            f"TimeoutStartSec={schedule.limit_hours + schedule.wait_hours}h",
            "Nice=10",
            "NoNewPrivileges=yes",
            "UMask=0077",
            "",
        ]
    )


def timer(schedule: Schedule, now: datetime) -> str:
    """The timer unit. `Persistent`: a time missed while the computer was off is made up for once."""
    timing = schedule.timing
    zone = f" {timing.zone}" if timing.zone else ""
    days: list[str] = {
        "day": lambda: ["*-*-*"],
        "week": lambda: [",".join(d.capitalize() for d in timing.days) + " *-*-*"],
        "month": lambda: ["*-*~01" if d == LAST else f"*-*-{int(d):02}" for d in timing.days],
    }[timing.every]()
    lines = [f"OnCalendar={day} {timing.at}:00{zone}" for day in days]
    lines += [f"OnCalendar={moved:%Y-%m-%d %H:%M}:00{zone}" for moved in left_out(timing, now)]
    return "\n".join(
        [
            "[Unit]",
            f"Description=Situs audit: {schedule.name}, {in_words(timing)}".replace("%", "%%"),
            "",
            "[Timer]",
            *lines,
            "Persistent=true",
            "AccuracySec=10s",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )


def _quoted(word: str) -> str:
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{word}"' if not word or set(word) & set(" \t'\"\\;") else word


class Systemd:
    """Timers of this user by `systemctl --user`."""

    name = "systemd"

    def __init__(self, folder: Path | None = None) -> None:
        base = os.environ.get("XDG_CONFIG_HOME")
        self.folder = folder or (Path(base) if base else Path.home() / ".config") / "systemd" / "user"

    def install(self, schedule: Schedule, program: Program) -> None:
        """Write both units and start the timer. Raises ScheduleError; then nothing is left behind."""
        if any(c in word for word in program.line() for c in "\n\r\0"):
            raise ScheduleError(tr("The path of the program holds a line break; systemd cannot start it."))
        service_file, timer_file = self._files(schedule.name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            service_file.write_text(service(schedule, program), "utf-8")
            timer_file.write_text(timer(schedule, datetime.now().astimezone()), "utf-8")
        except OSError as error:
            raise ScheduleError(
                tr("{file} cannot be written: {reason}.").format(file=error.filename, reason=error.strerror)
            ) from error
        try:
            _systemctl("daemon-reload")
            _systemctl("enable", timer_file.name)
            _systemctl("restart", timer_file.name)
        except ScheduleError:
            for file in (service_file, timer_file):
                file.unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> None:
        """Stop the timer and remove both units; what is gone already is no error. Raises ScheduleError."""
        service_file, timer_file = self._files(name)
        if timer_file.exists():
            _systemctl("disable", "--now", timer_file.name)
        for file in (service_file, timer_file):
            file.unlink(missing_ok=True)
        _systemctl("daemon-reload")

    def installed(self, name: str) -> bool:
        """Whether the timer is enabled."""
        timer_file = self._files(name)[1]
        return timer_file.exists() and (self.folder / "timers.target.wants" / timer_file.name).is_symlink()

    def note(self) -> str:
        """What people should know."""
        return tr(
            "It runs while you are logged in. `loginctl enable-linger` lets it run when you are not; Linux does not "
            "wake a computer for it."
        )

    def _files(self, name: str) -> tuple[Path, Path]:
        return self.folder / f"situs-{name}.service", self.folder / f"situs-{name}.timer"


def _systemctl(*words: str) -> None:
    program = shutil.which("systemctl")
    if program is None:
        raise ScheduleError(tr("This computer has no systemd; start `situs schedule run NAME` by another scheduler."))
    try:
        done = subprocess.run(  # noqa: S603 - words in a list
            [program, "--user", *words], capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScheduleError(tr("systemctl cannot be run: {reason}.").format(reason=type(error).__name__)) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().replace("\n", " ")
        if "connect to bus" in said:
            raise ScheduleError(
                tr(
                    "systemd does not run for this user here. Add the schedule with --external, and let another "
                    "scheduler start `situs schedule run NAME --by clock`."
                )
            )
        raise ScheduleError(tr("systemd refused: {said}").format(said=said[:300]))
