"""A computer whose clock, power and network a test sets, and a scheduler that only remembers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.job import Job
from app.program import Program
from app.schedule.book import Book
from app.schedule.conditions import Computer
from app.schedule.errors import ScheduleError
from app.schedule.plan import Schedule, Timing

MONDAY = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 06:00 in Berlin
WEEKLY = Timing("week", "06:00", ("mon",), "Europe/Berlin")


class Pretended(Computer):
    """A computer as a test wants it."""

    def __init__(self, now: datetime) -> None:
        self.time = now
        self.battery = False
        self.network = True
        self.on_since: datetime | None = None
        self.naps = 0

    def on_battery(self) -> bool:
        return self.battery

    def has_network(self) -> bool:
        return self.network

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.naps += 1
        self.time += timedelta(seconds=seconds)

    def switched_on(self) -> datetime | None:
        return self.on_since


class Remembering:
    """A scheduler of no operating system."""

    name = "the test's scheduler"

    def __init__(self) -> None:
        self.entries: dict[str, tuple[Schedule, Program]] = {}
        self.refuses = False

    def install(self, schedule: Schedule, program: Program) -> None:
        if self.refuses:
            raise ScheduleError("refused")
        self.entries[schedule.name] = (schedule, program)

    def remove(self, name: str) -> None:
        self.entries.pop(name, None)

    def installed(self, name: str) -> bool:
        return name in self.entries

    def note(self) -> str:
        return "whenever"


def schedule(tmp_path: Path, file: str = "", made: datetime = MONDAY - timedelta(days=5), **more: object) -> Schedule:
    """A weekly audit of one file, into a store of its own."""
    settings = {"name": "weekly", "timing": WEEKLY, **more}
    job = Job(files=(file,), store=str(tmp_path / "situs.db"), as_of="2026-11-22", forms=("json",))
    return Schedule(job=job, made=made.isoformat(), **settings)


def book(tmp_path: Path, now: datetime = MONDAY) -> tuple[Book, Remembering, Pretended]:
    """An empty book of schedules."""
    clock, computer = Remembering(), Pretended(now)
    return Book(tmp_path / "data" / "schedules", clock, computer), clock, computer
