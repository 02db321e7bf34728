"""When the program itself fails: a report without the customer's data, and where to go on at the next start.

The report holds the kind of error, the lines of code that were running, versions, and the page; never a value, a name
or a message of the error, since those may come from an estate.
"""

import os
import platform
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

_MOST_REPORTS: Final = 20
_PLACE: Final = "page.txt"


def report_of(error: BaseException, page: str = "") -> str:
    """The text of a crash report."""
    from app import __version__

    lines = [
        "Situs crash report. It holds no names, values or messages of your estate.",
        f"time     {datetime.now(UTC).isoformat(timespec='seconds')}",
        f"program  {__version__}",
        f"python   {platform.python_version()} {platform.machine()}",
        f"system   {platform.system()} {platform.release()}",
        f"qt       {_qt()}",
        f"page     {page}",
    ]
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"error    {type(current).__module__}.{type(current).__qualname__}")
        frames = traceback.extract_tb(current.__traceback__)
        lines += [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
        current = current.__cause__ or current.__context__
    return "\n".join(lines) + "\n"


def _qt() -> str:
    try:
        from PySide6.QtCore import qVersion
    except ImportError:
        return "?"
    return qVersion()


def _short(file: str) -> str:
    """The file below its package: a path may hold the name of a user."""
    parts = Path(file).parts
    for top in ("app", "scanners", "rules", "site-packages"):
        if top in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(top) - 1 :])
    return parts[-1] if parts else "?"


def keep(folder: Path, text: str) -> Path | None:
    """Write a report into the user's data folder; the oldest of many go. None where it cannot be written."""
    place = folder / "crashes"
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
        path.write_text(text, encoding="utf-8")
        for old in sorted(place.glob("crash-*.txt"))[:-_MOST_REPORTS]:
            old.unlink(missing_ok=True)
        return path
    return None


def watch(folder: Path, page: Callable[[], str], tell: Callable[[str], object]) -> None:
    """From now on an error that nobody caught leaves a report, and the window says so and goes on."""
    telling = [False]

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        path = keep(folder, report_of(error, page()))
        if os.environ.get("SITUS_DEBUG"):
            sys.__excepthook__(kind, error, trace)
        if telling[0]:
            return  # an error while telling of an error
        telling[0] = True
        try:
            tell(str(path) if path else "")
        finally:
            telling[0] = False

    sys.excepthook = hook


def remember(folder: Path, page: str) -> None:
    """Note which page is shown: the next start after a crash opens it."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _PLACE).write_text(page, encoding="utf-8")


def left(folder: Path) -> str:
    """The page on which the program ended without being closed; empty where it was closed."""
    try:
        return (folder / _PLACE).read_text(encoding="utf-8")[:40]
    except (OSError, UnicodeDecodeError):
        return ""


def closed(folder: Path) -> None:
    """The window was closed as it should be."""
    with suppress(OSError):
        (folder / _PLACE).unlink(missing_ok=True)
