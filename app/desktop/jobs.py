"""Work that the window starts: a child process that reports progress as JSON lines, and a worker thread that reads."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QRunnable, QThreadPool, Signal, Slot

from app.program import this_program
from app.texts import tr

_MOST_OUTPUT = 16 << 20


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


_FOR_PEOPLE = (
    "KnownStoreError",
    "SettingsError",
    "PolicyError",
    "RuleError",
    "CatalogueError",
    "UnknownCountry",
    "DecisionError",
    "ConnectionsError",
    "VaultError",
    "LoginError",
    "ScheduleError",
    "SigningError",
    "RegisterError",
    "WhatIfError",
    "ReportNotWrittenError",
)


class _Answer(QObject):
    """Carries the answer to the thread of the window, and lives until it was delivered there."""

    ready = Signal(object, str)

    def __init__(self, then: Callable[[object, str], None]) -> None:
        super().__init__()
        self._then = then
        self.ready.connect(self.deliver)
        _waiting.add(self)

    @Slot(object, str)
    def deliver(self, found: object, wrong: str) -> None:
        _waiting.discard(self)
        self._then(found, wrong)


_waiting: set[_Answer] = set()


def _tell(signal: Any, *what: object) -> None:
    """Sends an answer to the window; nobody is left to tell where the program has ended meanwhile."""
    with suppress(RuntimeError):
        signal.emit(*what)


class Reading(QRunnable):
    """A function run in a worker thread; its answer, or the sentence of what went wrong, comes back to the window."""

    def __init__(self, work: Callable[[], object], then: Callable[[object, str], None]) -> None:
        super().__init__()
        self._work = work
        self._answer = _Answer(then)

    def run(self) -> None:
        """Runs in the worker thread."""
        try:
            found, wrong = self._work(), ""
        except Exception as error:  # every error becomes a sentence in the window
            found, wrong = None, sentence(error)
        _tell(self._answer.ready, found, wrong)

    def start(self) -> None:
        """Run it."""
        QThreadPool.globalInstance().start(self)


class Streaming(QRunnable):
    """As `Reading`, for work that gives several answers: each comes back to the window as soon as it is known."""

    def __init__(self, work: Callable[[], Iterator[object]], then: Callable[[object, str], None]) -> None:
        super().__init__()
        self._work, self._then = work, then

    def run(self) -> None:
        """Runs in the worker thread."""
        try:
            for found in self._work():
                _tell(self._answers.ready, found, "")
        except Exception as error:  # every error becomes a sentence in the window
            _tell(self._answers.ready, None, sentence(error))
        _tell(self._answers.over)

    def start(self) -> None:
        """Run it."""
        self._answers = _Answers(self._then)
        QThreadPool.globalInstance().start(self)


class _Answers(QObject):
    """Carries several answers to the thread of the window, and lives until the last was delivered there."""

    ready = Signal(object, str)
    over = Signal()

    def __init__(self, then: Callable[[object, str], None]) -> None:
        super().__init__()
        self._then = then
        self.ready.connect(self.deliver)
        self.over.connect(self.done)
        _several.add(self)

    @Slot(object, str)
    def deliver(self, found: object, wrong: str) -> None:
        """In the window's thread."""
        self._then(found, wrong)

    @Slot()
    def done(self) -> None:
        """Nothing more comes."""
        _several.discard(self)


_several: set[_Answers] = set()
