"""The pins of a lock file without the packages that only the window needs, on standard output."""

import sys
from pathlib import Path

WINDOW = ("pypdfium2", "pyside6", "shiboken6")


def kept(lines: list[str]) -> list[str]:
    """The lines whose package is not one of the window's. A pin goes on over indented lines."""
    found: list[str] = []
    dropping = False
    for line in lines:
        if line[:1].strip() and not line.startswith("#"):
            dropping = line.lower().startswith(WINDOW)
        if not dropping:
            found.append(line)
    return found


if __name__ == "__main__":
    sys.stdout.write("\n".join(kept(Path(sys.argv[1]).read_text("utf-8").splitlines())) + "\n")
