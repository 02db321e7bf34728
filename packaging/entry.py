"""Start of the frozen programs: `situs` with a console and `situs-window` without one are the same code.

Without words both open the window, with words both run the command. The window program has no console to write to: what
it would say there is kept, and shown in a box of the operating system where it ends with an error.
"""

import multiprocessing
import os
import sys
from io import StringIO
from pathlib import Path

_SHOWN = 4000


def main() -> int:
    """Exit status of the command, or of the window."""
    multiprocessing.freeze_support()  # a child of a process pool starts here too, and goes no further
    kept = _streams()
    from app.cli.language import speak
    from app.cli.main import main as situs

    speak()
    status = situs(sys.argv[1:])
    if kept is not None and status and len(sys.argv) == 1:
        _tell(kept.getvalue()[-_SHOWN:])
    return status


def _streams() -> StringIO | None:
    """Streams where there are none, as in a Windows program without a console. What goes to stderr is kept."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open for the whole run
    if sys.stderr is not None:
        return None
    kept = StringIO()
    sys.stderr = kept
    return kept


def _tell(text: str) -> None:
    if sys.platform == "win32" and text.strip():
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "Situs", 0x10)  # a box with the sign of an error


if __name__ == "__main__":
    raise SystemExit(main())
