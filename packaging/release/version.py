"""The version of the program, in the forms that each system wants. It is written once: `app.__version__`."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PUBLISHER = "The Situs authors"
PROGRAMS = {"situs": "Situs command line", "situs-window": "Situs"}
_STAGES = {"a": 0, "b": 1, "rc": 2}
_FORM = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+)|\.post(\d+))?")


@cache
def current() -> str:
    """The version as `app/__init__.py` states it. Raises ValueError where it states none."""
    text = (ROOT / "app" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("app/__init__.py states no __version__")
    numbers(found[1])
    return found[1]


def numbers(version: str) -> tuple[int, int, int, int]:
    """Four numbers that grow with every release: `1.2.3rc1` < `1.2.3` < `1.2.3.post1`. Raises ValueError.

    Windows compares nothing else, and an installer that thinks an older version newer refuses to upgrade.
    """
    found = _FORM.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is not a version of the form 1.2.3, 1.2.3rc1 or 1.2.3.post1")
    major, minor, patch = (int(part) for part in found.group(1, 2, 3))
    if found[4]:
        last = _STAGES[found[4]] * 1000 + int(found[5])
        if int(found[5]) > 999:
            raise ValueError(f"{version!r}: at most 999 of a stage")
    else:
        last = 10_000 + int(found[6] or 0)
    if max(major, minor) > 255 or patch > 65_535 or last > 65_535:
        raise ValueError(f"{version!r}: Windows Installer knows 255.255.65535 at most")
    return major, minor, patch, last


def installer(version: str) -> str:
    """What Windows Installer compares: it looks at three numbers only."""
    return ".".join(str(n) for n in numbers(version)[:3])


def resource(program: str, version: str | None = None) -> str:
    """The version resource of a Windows program, as PyInstaller reads it. Raises KeyError for an unknown program."""
    version = version or current()
    four = numbers(version)
    said = {
        "CompanyName": PUBLISHER,
        "FileDescription": PROGRAMS[program],
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": f"{PUBLISHER}. Apache License 2.0.",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "Situs",
        "ProductVersion": version,
    }
    lines = ",\n".join(f"          StringStruct({name!r}, {value!r})" for name, value in said.items())
    return f"""VSVersionInfo(
  ffi=FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0),
  kids=[
    StringFileInfo([
      StringTable("040904B0", [
{lines}
      ])
    ]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])])
  ]
)
"""
