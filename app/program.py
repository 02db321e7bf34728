"""How this program is started again: by the operating system's scheduler, or as a child process."""

import sys
from pathlib import Path

from msgspec import Struct


class Program(Struct, frozen=True):
    """The file to start, the words before the command's own, and the folder to start in."""

    path: str
    before: tuple[str, ...]
    folder: str

    def line(self, *words: str) -> tuple[str, ...]:
        """The whole command line for `situs WORDS`."""
        return (self.path, *self.before, *words)


def this_program(*, quiet: bool = False) -> Program:
    """This very program. `quiet`: on Windows the one without a console window, which would flash up on a schedule."""
    here = Path(sys.executable)
    if getattr(sys, "frozen", False):
        name = "situs-window.exe" if quiet and sys.platform == "win32" else None
        path = here.with_name(name) if name and here.with_name(name).exists() else here
        if not quiet and path.stem == "situs-window":
            path = path.with_name("situs" + path.suffix)
        return Program(str(path), (), str(here.parent))
    if quiet and sys.platform == "win32" and here.with_name("pythonw.exe").exists():
        here = here.with_name("pythonw.exe")
    return Program(str(here), ("-X", "utf8", "-m", "app.cli.main"), str(Path(__file__).resolve().parents[1]))
