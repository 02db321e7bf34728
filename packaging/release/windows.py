"""For Windows: the installer for one person by Inno Setup, and the MSI by WiX 3 (or wixl, for a check elsewhere)."""

import hashlib
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from release import version
from release.steps import ReleaseError, run, step, tool

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "packaging" / "windows"
ICON = ROOT / "packaging" / "icons" / "situs.ico"
_NAMESPACE = uuid.UUID("5d2a4e80-2f63-4d2c-8d5e-0b8a57a4f0c3")
_WIX = "http://schemas.microsoft.com/wix/2006/wi"
_NAMED_APART = {"situs.exe", "situs-window.exe"}
_PROGRAMS = tuple(
    Path(os.environ.get(name, "")) for name in ("PROGRAMFILES(X86)", "PROGRAMFILES") if os.environ.get(name)
)


def setup(folder: Path, out: Path, *, signed: bool) -> Path:
    """The installer for one person. `signed`: Inno Setup calls back to sign its uninstaller. Raises ReleaseError."""
    step("Inno Setup")
    compiler = tool(
        "ISCC", "Install Inno Setup 6.3 or newer.", *(place / "Inno Setup 6" / "ISCC.exe" for place in _PROGRAMS)
    )
    run([compiler, *setup_words(folder, out, signed=signed)])
    made = out / f"Situs-{version.current()}-setup.exe"
    if not made.is_file():
        raise ReleaseError(f"Inno Setup made no {made}")
    return made


def setup_words(folder: Path, out: Path, *, signed: bool) -> list[str]:
    """What the compiler of Inno Setup is given. The certificate is not among it: the callback takes it from the
    environment."""
    numbers = ".".join(str(n) for n in version.numbers(version.current()))
    words = [
        "/Qp",
        f"/DVersion={version.current()}",
        f"/DNumbers={numbers}",
        f"/DSource={folder}",
        f"/DOutput={out}",
    ]
    if signed:
        words += ["/DSign", f"/Ssitus=$q{sys.executable}$q $q{ROOT / 'packaging' / 'build.py'}$q sign $f"]
    return [*words, str(HERE / "situs.iss")]


def msi(folder: Path, out: Path) -> Path:
    """The MSI, by candle and light of WiX 3, else by wixl. Raises ReleaseError."""
    step("MSI")
    work = out / "work" / "msi"
    work.mkdir(parents=True, exist_ok=True)
    parts = work / "folder.wxs"
    parts.write_bytes(fragment(folder))
    made = out / f"Situs-{version.current()}.msi"
    values = {
        "Version": version.installer(version.current()),
        "Source": folder.as_posix(),
        "Icon": ICON.as_posix(),
    }
    sources = [HERE / "situs.wxs", parts]
    wixl = shutil.which("wixl") if sys.platform != "win32" else None
    if wixl:  # it takes paths only that do not begin at the root
        values |= {name: value.lstrip("/") for name, value in values.items()} | {"OnPath": "no"}
        given = [word for name, value in values.items() for word in ("-D", f"{name}={value}")]
        run([wixl, "--arch", "x64", *given, "-o", made, *sources], cwd=Path("/"))
        return made
    places = [place for root in _PROGRAMS for place in sorted(root.glob("WiX Toolset v3*/bin"), reverse=True)]
    candle = tool("candle", "Install the WiX Toolset 3.14.", *(place / "candle.exe" for place in places))
    light = tool("light", "Install the WiX Toolset 3.14.", *(place / "light.exe" for place in places))
    given = [f"-d{name}={value}" for name, value in {**values, "OnPath": "yes"}.items()]
    run([candle, "-nologo", "-arch", "x64", *given, "-out", f"{work}{os.sep}", *sources])
    objects = [work / f"{path.stem}.wixobj" for path in sources]
    run([light, "-nologo", "-spdb", "-out", made, *objects])
    return made


def fragment(folder: Path) -> bytes:
    """WiX source of every file in the folder but the two programs: one component a file, its GUID made from its path,
    so that the same file is the same component in every version."""
    ElementTree.register_namespace("", _WIX)
    wix = ElementTree.Element(f"{{{_WIX}}}Wix")
    places = ElementTree.SubElement(ElementTree.SubElement(wix, f"{{{_WIX}}}Fragment"), f"{{{_WIX}}}DirectoryRef")
    places.set("Id", "INSTALLDIR")
    names: list[str] = []
    _directory(folder, folder, places, names)
    group = ElementTree.SubElement(ElementTree.SubElement(wix, f"{{{_WIX}}}Fragment"), f"{{{_WIX}}}ComponentGroup")
    group.set("Id", "Folder")
    for name in names:
        ElementTree.SubElement(group, f"{{{_WIX}}}ComponentRef").set("Id", name)
    ElementTree.indent(wix)
    return ElementTree.tostring(wix, encoding="utf-8", xml_declaration=True)


def _directory(top: Path, folder: Path, parent: ElementTree.Element, names: list[str]) -> None:
    for path in _sorted(folder):
        relative = path.relative_to(top).as_posix()
        mark = hashlib.sha256(relative.encode()).hexdigest()[:32]
        if path.is_dir():
            place = ElementTree.SubElement(parent, f"{{{_WIX}}}Directory")
            place.set("Id", f"d{mark}")
            place.set("Name", path.name)
            _directory(top, path, place, names)
            continue
        if relative in _NAMED_APART:
            continue
        component = ElementTree.SubElement(parent, f"{{{_WIX}}}Component")
        component.set("Id", f"c{mark}")
        component.set("Guid", str(uuid.uuid5(_NAMESPACE, relative)).upper())
        component.set("Win64", "yes")
        file = ElementTree.SubElement(component, f"{{{_WIX}}}File")
        file.set("Id", f"f{mark}")
        file.set("Source", f"$(var.Source)/{relative}")
        file.set("KeyPath", "yes")
        names.append(f"c{mark}")


def _sorted(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.iterdir(), key=lambda path: path.name)
