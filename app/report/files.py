"""Writing a report so that it is there whole or not at all, and an older one is never lost."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from app.texts import tr


class ReportNotWrittenError(Exception):
    """A report could not be written; the text is a sentence for people."""


def check_places(paths: Iterable[Path]) -> None:
    """Raises ReportNotWrittenError for a place where no report can be written, before any work is done."""
    for path in map(Path, paths):
        above = next((p for p in path.parents if p.exists()), path.parent)
        if path.is_dir() or not above.is_dir():
            raise ReportNotWrittenError(_sentence(path, NotADirectoryError()) + " " + tr("Nothing was done."))


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A temporary file beside `path`, which takes its place when the block ends well; else it is removed.

    Raises ReportNotWrittenError where the folder, the disk or another program stands in the way.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".part", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise ReportNotWrittenError(_sentence(path, error)) from error
    target = Path(name)
    try:
        try:
            yield target
            with target.open("rb+") as file:
                os.fsync(file.fileno())
            _open_to_others(target)
            target.replace(path)
        except OSError as error:
            raise ReportNotWrittenError(_sentence(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)


def _open_to_others(target: Path) -> None:
    """Gives the file the rights that a new file would have; a temporary one is private."""
    if os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        target.chmod(0o666 & ~mask)


def _sentence(path: Path, error: OSError) -> str:
    kept = tr("An older file of that name is unchanged.")
    if error.errno == errno.ENOSPC:
        return tr("The disk is full: “{path}” was not written.").format(path=path) + " " + kept
    if isinstance(error, PermissionError):
        text = tr(
            "“{path}” cannot be replaced: it may be open in another program, or the folder is read-only."
            " Close it or choose another name."
        )
        return text.format(path=path) + " " + kept
    if isinstance(error, NotADirectoryError | FileNotFoundError | FileExistsError | IsADirectoryError):
        return tr("“{path}” cannot be written: there is no such folder, or a folder has that name.").format(path=path)
    return tr("“{path}” was not written: {reason}.").format(path=path, reason=error.strerror or error) + " " + kept
