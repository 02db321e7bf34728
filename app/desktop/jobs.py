"""Work that the window starts: a child process that reports progress as JSON lines, and a worker thread that reads."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

import shiboken6
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Qt, Signal, Slot

from app.program import this_program
from app.texts import tr
from app.troubles import FAILED, WRONG

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

Then = Callable[[object, str], None]
"""Told an answer, or the sentence of what went wrong."""

_MOST_OUTPUT: Final = 16 << 20
_THREADS: Final = 4


class ChildJob(QObject):
    """One or several runs of the `situs` command, one after the other, each in a process of its own.

    `progressed`: a sentence, and how far in percent (-1: not known). `ended`: whether all went well, and what the
    program said. `output`: what the program wrote on its standard output, where that was to be captured.
    """

    progressed = Signal(str, int)
    ended = Signal(bool, str)

    def __init__(
        self,
        runs: list[list[str]],
        parent: QObject | None = None,
        *,
        capture: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = list(runs)
        self.output = b""
        self._said: list[str] = []
        self._rest = b""
        self.stopped = False
        self._process = QProcess(self)
        if environment:  # a secret goes to the child this way, never as an argument
            both = QProcessEnvironment.systemEnvironment()
            for name, value in environment.items():
                both.insert(name, value)
            self._process.setProcessEnvironment(both)
        if capture:
            self._process.readyReadStandardOutput.connect(self._keep)
        else:
            self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.readyReadStandardError.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)

    def start(self) -> None:
        """Start the first process; the job answers with signals."""
        words = self._runs.pop(0)
        program = this_program()  # the one with a console: a program without has no streams to speak on
        if program.before:  # from source, Python finds the program in its folder
            self._process.setWorkingDirectory(program.folder)
        self._process.start(program.path, [*program.before, *words, "--progress", "json"])

    def stop(self) -> None:
        """End the process at once; what was stored before stays. `ended` follows."""
        self.stopped = True
        self._runs.clear()
        self._process.kill()

    def wait(self) -> None:
        """Wait until a stopped process is gone; for the moment before the program ends."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.waitForFinished(3000)

    def _keep(self) -> None:
        if len(self.output) < _MOST_OUTPUT:
            self.output += self._process.readAllStandardOutput().data()
        else:
            self._process.readAllStandardOutput()

    def _read(self) -> None:
        self._rest += self._process.readAllStandardError().data()
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            self._hear(line)

    def _hear(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip()
        step = _step(text)
        if step is not None:
            self.progressed.emit(*step)
        elif text:
            self._said = [*self._said[-199:], text.removeprefix("situs: ")[:2000]]

    def _finished(self, status: int, how: QProcess.ExitStatus) -> None:
        self._read()
        self._hear(self._rest)
        if self._process.bytesAvailable():
            self._keep()
        self._rest = b""
        good = how == QProcess.ExitStatus.NormalExit and status == 0
        if good and self._runs:
            self.start()
        else:
            self.ended.emit(good, "\n".join(self._said))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.ended.emit(False, self._process.errorString())


def reasons(said: str) -> str:
    """Of what a child process said when it failed: why, before what it had done; no lines of the program."""
    for mark in ("Exception ignored in", "Traceback (most recent"):
        said = said.partition(mark)[0]
    done = tr("Written: {path}").partition("{")[0]
    lines = said.strip().splitlines()
    return "\n".join(sorted(lines, key=lambda line: line.startswith((done, "Written: "))))


def _step(line: str) -> tuple[str, int] | None:
    if not line.startswith("{"):
        return None
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    text = str(found.get("text", ""))[:200]
    done, total = found.get("done"), found.get("total")
    if isinstance(done, int) and isinstance(total, int) and total > 0:
        return text, min(100, done * 100 // total)
    return text, -1


def sentence(error: Exception) -> str:
    """An error for people: its own words where it was made for them, else that the program is at fault."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if any(cls.__name__ in _FOR_PEOPLE for cls in type(error).__mro__):
        return str(error)
    return tr("Something went wrong inside the program ({kind}). What was stored before stays.").format(
        kind=type(error).__name__
    )


_FOR_PEOPLE = WRONG | FAILED | {"SettingsError"}


class _Post(QObject):
    """Brings what workers find to the thread of the window; there is one, and it lives as long as the program.

    It keeps what a worker runs and who is told until the last answer was delivered: both may hold parts of the window,
    which must never be let go in another thread than the window's.
    """

    came = Signal(int, object, str)
    over = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[int, tuple[Callable[[], Iterable[object]], Then, QObject | None]] = {}
        self._last = 0
        self.came.connect(self.deliver, Qt.ConnectionType.QueuedConnection)
        self.over.connect(self.forget, Qt.ConnectionType.QueuedConnection)

    def keep(self, work: Callable[[], Iterable[object]], then: Then, asker: QObject | None) -> int:
        """A number for this piece of work."""
        self._last += 1
        self.kept[self._last] = (work, then, asker)
        return self._last

    @Slot(int, object, str)
    def deliver(self, number: int, found: object, wrong: str) -> None:
        """In the window's thread; nobody is told where the part of the window that asked is gone."""
        known = self.kept.get(number)
        if known is not None and (known[2] is None or shiboken6.isValid(known[2])):
            known[1](found, wrong)

    @Slot(int)
    def forget(self, number: int) -> None:
        """Nothing more comes."""
        self.kept.pop(number, None)


_post: list[_Post] = []


def _run(post: _Post, number: int) -> None:
    """Runs in the worker thread."""
    work = post.kept[number][0]
    found: object = None
    try:
        for found in work():
            _tell(post, "came", number, found, "")
    except Exception as error:  # every error becomes a sentence in the window
        _tell(post, "came", number, None, sentence(error))
    del work, found
    _tell(post, "over", number)


def _tell(post: _Post, signal: str, *what: object) -> None:
    """Sends an answer to the window; nobody is left to tell where the program has ended meanwhile."""
    with suppress(RuntimeError):
        getattr(post, signal).emit(*what)


@cache
def _workers() -> "ThreadPoolExecutor":
    """Threads for reading. Not Qt's: it may delete a runnable before Python's side has handed it over, and what the
    runnable holds, such as a whole window, then stays for ever."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="situs-reading")


class Streaming:
    """A function run in a worker thread; each of its answers, or the sentence of what went wrong, comes back to the
    window as soon as it is known, unless `asker` is gone by then."""

    def __init__(self, work: Callable[[], Iterable[object]], then: Then, asker: QObject | None = None) -> None:
        self._work, self._then, self._asker = work, then, asker

    def start(self, workers: "ThreadPoolExecutor | None" = None) -> None:
        """Run it; to be called in the window's thread. `workers`: instead of the threads that all readers share."""
        if not _post:
            _post.append(_Post())
        number = _post[0].keep(self._work, self._then, self._asker)
        (workers or _workers()).submit(_run, _post[0], number)


class Reading(Streaming):
    """As `Streaming`, for work that has one answer."""

    def __init__(self, work: Callable[[], object], then: Then, asker: QObject | None = None) -> None:
        super().__init__(partial(_once, work), then, asker)


def _once(work: Callable[[], object]) -> Iterator[object]:
    yield work()


def reading() -> bool:
    """Whether some answer is still to come."""
    return bool(_post and _post[0].kept)
