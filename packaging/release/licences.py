"""One text file with every licence of what is shipped, collected from the distributions themselves."""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from release.lockfile import normal

ROOT = Path(__file__).resolve().parents[2]
_NAMES = ("licen", "copying", "notice", "copyright", "authors")
_LINE = "=" * 100
_LARGEST = 1 << 20
_KNOWN = {
    "pyside6-essentials": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
    "shiboken6": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
}
"""Where the distribution states its licence in words only, or lists several as one text."""

_QT = """Qt and Qt for Python are used under the GNU Lesser General Public License, version 3; its text is in the folder
`licences`. Their libraries are separate files in the program's folder (`_internal/PySide6`) and may be replaced by
others of the same interface. Their source code is published by the Qt Project under the version number stated above;
on request the publisher of Situs hands it out."""


def statement(one: Distribution) -> str:
    """The licence as the distribution states it: SPDX expression, else its field, else its classifiers; "" if none."""
    data = one.metadata
    known = _KNOWN.get(normal(one))
    if known:
        return known
    expression = data.get("License-Expression")
    if expression:
        return str(expression)
    field = str(data.get("License") or "").strip()
    if field and "\n" not in field and len(field) < 100 and field != "UNKNOWN":
        return field
    classes = [c.rsplit(" :: ", 1)[-1] for c in data.get_all("Classifier") or [] if c.startswith("License ::")]
    return ", ".join(c for c in classes if c != "OSI Approved")


def texts(one: Distribution) -> Iterator[tuple[str, str]]:
    """Name and content of each licence file that the distribution carries."""
    seen: set[str] = set()
    for path in one.files or ():
        name = path.name.lower()
        in_metadata = any(part.endswith(".dist-info") for part in path.parts)
        if not name.startswith(_NAMES) or not (in_metadata or len(path.parts) <= 2) or name.endswith((".py", ".pyc")):
            continue
        real = Path(str(path.locate()))
        if not real.is_file() or real.stat().st_size > _LARGEST:
            continue
        text = real.read_text(encoding="utf-8", errors="replace").strip()
        if text and text not in seen:
            seen.add(text)
            yield path.name, text


def collected(found: Iterable[Distribution]) -> str:
    """The whole file. Raises LookupError where a distribution states no licence and carries none."""
    parts = [
        "Situs contains the parts below, each under its own licence. Situs itself: Apache License 2.0, in LICENSE.",
        *_own_data(),
        _python(),
        *_bootloader(),
    ]
    silent: list[str] = []
    for one in found:
        said, carried = statement(one), list(texts(one))
        if not said and not carried:
            silent.append(normal(one))
        head = f"{one.metadata['Name']} {one.version}\nLicence: {said or 'see below'}"
        if normal(one) in {"pyside6-essentials", "shiboken6"}:
            head += "\n" + _QT
        parts.append("\n\n".join([head, *(f"--- {name}\n{text}" for name, text in carried)]))
    if silent:
        raise LookupError("no licence is stated by: " + ", ".join(silent))
    return f"\n{_LINE}\n".join(parts) + "\n"


def of_system_libraries(folder: Path) -> str:
    """Licences of the libraries that a build on Debian takes from the system (`libxcb.so.1` and its like), as their
    packages state them; "" on other systems, where none is taken. Raises LookupError where one states none."""
    dpkg = shutil.which("dpkg")
    if sys.platform != "linux" or not dpkg:
        return ""
    owners: set[str] = set()
    for path in sorted((folder / "_internal").glob("*.so*")):
        done = subprocess.run([dpkg, "-S", f"*/{path.name}"], check=False, capture_output=True, text=True)
        owners.update(line.split(":", 1)[0] for line in done.stdout.splitlines() if line.endswith(path.name))
    parts: list[str] = []
    for owner in sorted(owners):
        stated = Path("/usr/share/doc") / owner / "copyright"
        if not stated.is_file():
            raise LookupError(f"the package {owner} states no licence in {stated}")
        parts.append(f"{owner}\n\n{stated.read_text(encoding='utf-8', errors='replace').strip()}")
    return "".join(f"{_LINE}\n{part}\n" for part in parts)


def _own_data() -> Iterator[str]:
    for path in sorted((ROOT / "resources").rglob("LICENSE*")):
        yield f"{path.relative_to(ROOT).as_posix()}\n\n{path.read_text(encoding='utf-8').strip()}"


def _python() -> str:
    version = ".".join(str(part) for part in sys.version_info[:3])
    for folder in (sysconfig.get_path("stdlib"), sys.base_prefix):
        for name in ("LICENSE.txt", "LICENSE"):
            path = Path(folder) / name
            if path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace").strip()
                return f"Python {version}\nLicence: PSF-2.0\n\n{text}"
    raise LookupError("this Python carries no licence file; use one that does, as those of python.org and Debian do")


def _bootloader() -> Iterator[str]:
    try:
        one = distribution("pyinstaller")
    except PackageNotFoundError:
        return
    yield (
        f"PyInstaller {one.version}: the start of the programs (bootloader)\n"
        "Licence: GPL-2.0-or-later WITH Bootloader-exception: programs made with it may be under any licence."
    )
