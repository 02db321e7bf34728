"""Work that the window starts: a child process that reports progress as JSON lines, and a worker thread that reads."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QRunnable, QThreadPool, Signal


class ChildJob(QObject):
    """One run of the `situs` command in a process of its own."""

    progressed = Signal(str)
    ended = Signal(bool, str)

    def __init__(self, words: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._said: list[str] = []
        self._rest = b""
        self._process = QProcess(self)
        self._process.readyReadStandardError.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)

    def start(self) -> None:
        """Start the process; it answers with signals."""
        frozen = getattr(sys, "frozen", False)
        before = [] if frozen else ["-X", "utf8", "-m", "app.cli.main"]
        if not frozen:
            self._process.setWorkingDirectory(str(Path(__file__).resolve().parents[2]))
        self._process.start(sys.executable, [*before, *self._words, "--progress", "json"])

    def stop(self) -> None:
        """End the process at once; what was stored before stays."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(2000)

    def _read(self) -> None:
        self._rest += self._process.readAllStandardError().data()
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            text = line.decode("utf-8", "replace").strip()
            step = _step(text)
            if step is None:
                if text:
                    self._said.append(text)
            else:
                self.progressed.emit(step)

    def _finished(self, status: int, how: QProcess.ExitStatus) -> None:
        self._read()
        good = how == QProcess.ExitStatus.NormalExit and status == 0
        self.ended.emit(good, "\n".join(self._said[-8:]))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.ended.emit(False, self._process.errorString())


def _step(line: str) -> str | None:
    if not line.startswith("{"):
        return None
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    text = str(found.get("text", ""))[:200]
    done, total = found.get("done"), found.get("total")
    if isinstance(done, int) and isinstance(total, int) and total > 0:
        return f"{text} — {min(100, done * 100 // total)} %"
    return text


class _Answer(QObject):
    ready = Signal(object, str)


class Reading(QRunnable):
    """A function run in a worker thread; its answer, or the sentence of what went wrong, comes as a signal."""

    def __init__(self, work: Callable[[], object], then: Callable[[object, str], None]) -> None:
        super().__init__()
        self._work = work
        self._answer = _Answer()
        self._answer.ready.connect(then)

    def run(self) -> None:
        """Runs in the worker thread."""
        try:
            found, wrong = self._work(), ""
        except Exception as error:  # every error becomes a sentence in the window
            found, wrong = None, str(error) or type(error).__name__
        self._answer.ready.emit(found, wrong)

    def start(self) -> None:
        """Run it."""
        QThreadPool.globalInstance().start(self)
