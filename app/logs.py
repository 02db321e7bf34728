"""What a job did, as JSON lines: for a support case, a log collector or a CI system. Names and counts, no secrets.

Each line is an object with `time` (ISO 8601, UTC), `event`, and members of that event. A file that grows beyond 5 MB
is set aside as `.1` … `.4` and begun anew.
"""

import logging
import logging.handlers
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from app.progress import Progress, Step
from app.texts import tr

if TYPE_CHECKING:
    from app.job import Outcome

_MOST_BYTES: Final = 5 << 20
_KEPT: Final = 4
_LONGEST: Final = 2000


class LogError(Exception):
    """The log cannot be written; the text is a sentence for people."""


class JobLog:
    """The log of one job. A disk that fills up meanwhile does not end the job."""

    def __init__(self, handler: logging.Handler | None) -> None:
        self._handler = handler
        self._phase = ""

    def event(self, name: str, **members: Any) -> None:
        """Write one line."""
        if self._handler is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = msgspec.json.encode({"time": now, "event": name, **members}, enc_hook=str).decode("utf-8")
        self._handler.handle(logging.makeLogRecord({"msg": line, "levelno": logging.INFO}))

    def progress(self, inner: Progress) -> Progress:
        """Progress that also logs the beginning of each phase."""

        def step(told: Step) -> None:
            if told.phase != self._phase:
                self._phase = told.phase
                self.event("phase", phase=told.phase, text=told.text[:_LONGEST])
            inner(told)

        return step

    def judged(self, outcome: "Outcome") -> None:
        """Write what an audit amounted to: counts, paths of reports, the exit status."""
        for warning in outcome.warnings:
            self.event("warning", text=warning[:_LONGEST])
        self.event(
            "judged",
            scan=outcome.scan,
            judgement=outcome.judgement,
            complete=outcome.complete,
            verdicts=outcome.verdicts,
            new=outcome.new,
            unread=outcome.unread,
            reports=outcome.reports,
            status=outcome.status,
        )

    def failed(self, error: BaseException) -> None:
        """Write how the job failed: the sentence for people and the kind of error, no traceback with values in it."""
        self.event("failed", kind=type(error).__name__, text=str(error)[:_LONGEST])


@contextmanager
def log_to(where: str | Path | None) -> Generator[JobLog]:
    """A log in this file; `-` is standard error, None is nowhere. Raises LogError where the file cannot be opened."""
    if where is None:
        yield JobLog(None)
        return
    handler: logging.Handler
    if str(where) == "-":
        handler = logging.StreamHandler(sys.stderr)
    else:
        path = Path(where)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = _Quiet(path, maxBytes=_MOST_BYTES, backupCount=_KEPT, encoding="utf-8")
        except OSError as error:
            raise LogError(
                tr("The log {file} cannot be written: {reason}.").format(file=path, reason=error.strerror)
            ) from error
    try:
        yield JobLog(handler)
    finally:
        handler.close()


class _Quiet(logging.handlers.RotatingFileHandler):
    """A log that another program holds open, or a full disk, costs a line of the log and nothing else."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        del record
