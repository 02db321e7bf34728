"""A child process that stays: it keeps in memory what it worked out, and answers one question after another."""

import json
from typing import Final, cast

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from app.program import this_program
from app.texts import tr

_IDLE: Final = 10 * 60 * 1000
"""Milliseconds after which a process that is asked nothing ends, and gives its memory back."""

_MOST: Final = 64 << 20


class Standing(QObject):
    """The `situs` command, started with these words, that answers each line on its standard input with a line."""

    answered = Signal(bytes)
    gone = Signal(str)

    def __init__(self, words: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._line = bytearray()
        self._said: list[str] = []
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._hear)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE)
        self._idle.timeout.connect(self.end)

    @property
    def words(self) -> list[str]:
        """What it was started with."""
        return self._words

    @property
    def running(self) -> bool:
        """Whether it is there to be asked."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def ask(self, question: list[str]) -> None:
        """Send a question, and start the process where it is not there yet."""
        if not self.running:
            self._line.clear()
            self._said = []
            program = this_program()
            if program.before:
                self._process.setWorkingDirectory(program.folder)
            self._process.start(program.path, [*program.before, *self._words])
        self._idle.stop()
        self._process.write(json.dumps(question).encode("ascii") + b"\n")

    def end(self) -> None:
        """End the process once it has nothing to answer; it notices that nobody will ask again."""
        if self.running:
            self._process.closeWriteChannel()

    def stop(self) -> None:
        """End the process at once."""
        self._process.kill()

    def leave(self) -> None:
        """End the process at once; this object goes when it is gone."""
        if self.running:
            self.gone.connect(self.deleteLater)
            self.stop()
        else:
            self.deleteLater()

    def wait(self) -> None:
        """Wait until a stopped process is gone."""
        if self.running:
            self._process.waitForFinished(3000)

    def _read(self) -> None:
        self._line += self._process.readAllStandardOutput().data()
        if len(self._line) > _MOST:
            self.stop()
            return
        while (at := self._line.find(b"\n")) >= 0:
            line = bytes(self._line[:at])
            del self._line[: at + 1]
            self._idle.start()
            self.answered.emit(line)

    def _hear(self) -> None:
        text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        said = (line.strip().removeprefix("situs: ")[:2000] for line in text.splitlines())
        self._said = [*self._said, *(line for line in said if line)][-200:]

    def _finished(self) -> None:
        self._hear()
        self._idle.stop()
        self.gone.emit("\n".join(self._said))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.gone.emit(self._process.errorString())


class Asked(QObject):
    """One question to a standing process, as a job of the desk (see `ChildJob`). To stop it ends the process."""

    progressed = Signal(str, int)
    ended = Signal(bool, str)

    def __init__(self, standing: Standing, question: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._standing = standing
        self._question = question
        self._done = False
        self.output = b""
        self.stopped = False

    def start(self) -> None:
        """Ask; `ended` follows."""
        self.progressed.emit(tr("Working out what would be"), -1)
        self._standing.answered.connect(self._answered)
        self._standing.gone.connect(self._gone)
        self._standing.ask(self._question)

    def stop(self) -> None:
        """Wait for no answer any more."""
        self.stopped = True
        self._standing.stop()

    def wait(self) -> None:
        """Wait until a stopped process is gone."""
        self._standing.wait()

    def _answered(self, line: bytes) -> None:
        self.output = bytes(line)
        try:
            found: object = json.loads(self.output)
        except ValueError:
            found = None
        wrong = cast("dict[str, object]", found).get("wrong") if isinstance(found, dict) else ""
        if wrong is not None:
            self.output = b""
        self._end(wrong is None, str(wrong or ""))

    def _gone(self, said: str) -> None:
        self._end(False, said)

    def _end(self, good: bool, said: str) -> None:
        if self._done:
            return
        self._done = True
        self._standing.answered.disconnect(self._answered)
        self._standing.gone.disconnect(self._gone)
        self.ended.emit(good, said)
