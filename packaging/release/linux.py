"""For Linux: a Debian package, an AppImage where its tool is here, and an archive."""

import os
import shutil
import tarfile
from pathlib import Path

from release import version
from release.freeze import size
from release.steps import ReleaseError, run, step, tool

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "packaging" / "linux"
ICONS = ROOT / "packaging" / "icons"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}
NEEDS = (
    "libc6 (>= 2.35), libdbus-1-3, libegl1, libfontconfig1, libfreetype6, libgl1, libglib2.0-0t64 | libglib2.0-0, "
    "libx11-6, libx11-xcb1, libxcb-cursor0, libxcb-icccm4, libxcb-keysyms1, libxkbcommon-x11-0, libxkbcommon0"
)
"""What Qt takes from the system: it must fit the computer's own graphics, so it is not part of the package."""


def debian_version(version_: str) -> str:
    """`1.2.3rc1` → `1.2.3~rc1`, which sorts before `1.2.3`."""
    for stage in ("rc", "a", "b"):
        head, found, tail = version_.partition(stage)
        if found:
            return f"{head}~{stage}{tail}"
    return version_.replace(".post", "+post")


def control(installed_kib: int, machine: str) -> str:
    """The control file of the package. Raises ReleaseError for a machine that no package is made for."""
    if machine not in ARCHITECTURE:
        raise ReleaseError(f"no Debian package is made for {machine}")
    text = (HERE / "control.in").read_text(encoding="utf-8")
    values = {
        "VERSION": debian_version(version.current()),
        "ARCHITECTURE": ARCHITECTURE[machine],
        "SIZE": str(installed_kib),
        "DEPENDS": NEEDS,
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _laid_out(folder: Path, root: Path) -> None:
    """The program and what the desktop needs to find it, under `root`."""
    shutil.copytree(folder, root / "opt" / "situs", symlinks=True)
    binaries = root / "usr" / "bin"
    binaries.mkdir(parents=True)
    for name in ("situs", "situs-window"):
        (binaries / name).symlink_to(f"/opt/situs/{name}")
    shared = root / "usr" / "share"
    places = {
        HERE / "situs.desktop": shared / "applications" / "situs.desktop",
        HERE / "situs.metainfo.xml": shared / "metainfo" / "situs.metainfo.xml",
        ROOT / "resources" / "icons" / "situs.svg": shared / "icons" / "hicolor" / "scalable" / "apps" / "situs.svg",
        folder / "LICENCES.txt": shared / "doc" / "situs" / "copyright",
    }
    for size_ in (48, 256):
        places[ICONS / f"situs-{size_}.png"] = shared / "icons" / "hicolor" / f"{size_}x{size_}" / "apps" / "situs.png"
    for source, target in places.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def deb(folder: Path, out: Path) -> Path:
    """The Debian package. Raises ReleaseError."""
    step("Debian package")
    builder = tool("dpkg-deb", "Install the package dpkg.")
    machine = os.uname().machine
    root = out / "work" / "deb"
    shutil.rmtree(root, ignore_errors=True)
    _laid_out(folder, root)
    about = root / "DEBIAN"
    about.mkdir()
    (about / "control").write_text(control(size(root) // 1024, machine), encoding="utf-8")
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    made = out / f"situs_{debian_version(version.current())}_{ARCHITECTURE[machine]}.deb"
    run([builder, "--build", "--root-owner-group", "-Zxz", root, made], quiet=True)
    return made


def appimage(folder: Path, out: Path) -> Path | None:
    """The AppImage, or None where appimagetool is not here. Raises ReleaseError."""
    builder = shutil.which("appimagetool")
    root = appdir(folder, out)
    if builder is None:
        step(f"no AppImage: appimagetool is not here; {root} is what it would be made of")
        return None
    step("AppImage")
    machine = os.uname().machine
    made = out / f"Situs-{version.current()}-{machine}.AppImage"
    run([builder, "--no-appstream", root, made], env={"ARCH": machine})
    return made


def appdir(folder: Path, out: Path) -> Path:
    """The folder that an AppImage is made of."""
    root = out / "work" / "Situs.AppDir"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(folder, root / "opt" / "situs", symlinks=True)
    start = root / "AppRun"
    shutil.copyfile(HERE / "AppRun", start)
    start.chmod(0o755)
    shutil.copyfile(HERE / "situs.desktop", root / "situs.desktop")
    shutil.copyfile(ICONS / "situs-256.png", root / "situs.png")
    (root / ".DirIcon").symlink_to("situs.png")
    metainfo = root / "usr" / "share" / "metainfo"
    metainfo.mkdir(parents=True)
    shutil.copyfile(HERE / "situs.metainfo.xml", metainfo / "situs.metainfo.xml")
    return root


def archive(folder: Path, out: Path) -> Path:
    """The folder as it is, packed: for computers without a package manager."""
    step("archive")
    made = out / f"Situs-{version.current()}-linux-{os.uname().machine}.tar.xz"
    with tarfile.open(made, "w:xz", preset=6) as packed:
        packed.add(folder, arcname=f"Situs-{version.current()}", filter=_of_nobody)
    return made


def _of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry
