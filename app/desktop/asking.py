"""Questions that a page asks a child process while the window goes on: one at a time, answered as JSON, cancelled."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import shiboken6

from app.desktop.jobs import ChildJob
from app.texts import language, tr

if TYPE_CHECKING:
    from app.desktop.desk import Desk

Answered = Callable[[Any, str], None]


def spoken(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child process that is to speak as the window does. `more`: secrets it is given."""
    return {"SITUS_LANGUAGE": language(), **(more or {})}


class Asking:
    """Runs one command that only reads. A new question ends the one before it, unanswered."""

    def __init__(self, desk: "Desk") -> None:
        self._window = desk.window
        self._job: ChildJob | None = None
        desk.window.closing.connect(self.stop)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._job is not None

    def ask(self, words: list[str], then: Answered, secrets: Mapping[str, str] | None = None) -> None:
        """Run `situs WORDS`, and call `then` with what it wrote as JSON, or with the sentence of what went wrong.

        `secrets` go to it by its environment, never as words.
        """
        self.stop()
        self._job = job = ChildJob([words], self._window, capture=True, environment=spoken(secrets))
        job.ended.connect(partial(self._ended, job, then))
        job.start()

    def stop(self) -> None:
        """End what runs; nobody is told."""
        job, self._job = self._job, None
        if job is not None:
            job.stop()
            job.wait()

    def _ended(self, job: ChildJob, then: Answered, good: bool, said: str) -> None:
        mine = self._job is job
        if mine:
            self._job = None
        job.deleteLater()
        if mine and shiboken6.isValid(self._window):
            then(*_understood(job.output, good, said))


def _understood(output: bytes, good: bool, said: str) -> tuple[Any, str]:
    if not good:
        return None, said or tr("The work ended without saying why. What was stored before stays.")
    try:
        return json.loads(output), ""
    except ValueError:
        return None, tr("The work ended without an answer that can be read. What was stored before stays.")
