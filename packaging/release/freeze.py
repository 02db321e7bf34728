"""The folder of the program: frozen, completed with licences and bill of materials, and tried."""

import filecmp
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from release import licences, lockfile, sbom
from release.steps import ReleaseError, python, run, step

ROOT = Path(__file__).resolve().parents[2]
LICENCE_TEXTS = ROOT / "packaging" / "licences"


def program(folder: Path, name: str) -> Path:
    """One of the two programs in the folder."""
    return folder / (f"{name}.exe" if sys.platform == "win32" else name)


def frozen(out: Path) -> Path:
    """Freeze; returns the folder `Situs`, without licences yet. Raises ReleaseError, LookupError."""
    lockfile.shipped()
    work = out / "work"
    step("freeze (this takes minutes)")
    python(
        *("-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", out, "--workpath", work),
        ROOT / "packaging" / "situs.spec",
        env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"},
    )
    folder = out / "Situs"
    if sys.platform == "linux":
        slimmed(folder)
        joined(folder)
    return folder


def joined(folder: Path) -> None:
    """Keep one of the two programs, and a link: without a console's switch, which Linux has not, they are the same
    bytes. Raises ReleaseError where they are not."""
    console, window = program(folder, "situs"), program(folder, "situs-window")
    if window.is_symlink():
        return
    if not filecmp.cmp(console, window, shallow=False):
        raise ReleaseError("situs and situs-window differ, so one cannot stand for the other")
    window.unlink()
    window.symlink_to(console.name)


def slimmed(folder: Path) -> None:
    """Take what only debuggers read out of Python's own library and modules: most of them, where Python was built from
    source. Libraries of wheels are left alone: some were patched in a way that `strip` breaks."""
    tool = shutil.which("strip")
    inner = folder / "_internal"
    for path in [*inner.glob("libpython3*.so*"), *inner.glob("python3.*/lib-dynload/*.so")]:
        if tool and not path.is_symlink():
            run([tool, "--strip-unneeded", path])


def completed(folder: Path) -> None:
    """Put licences and bill of materials beside the programs. Raises ReleaseError, LookupError."""
    step("licences and bill of materials")
    shipped = lockfile.shipped()
    shutil.copy2(ROOT / "LICENSE", folder / "LICENSE.txt")
    text = licences.collected(shipped) + licences.of_system_libraries(folder)
    (folder / "LICENCES.txt").write_text(text, encoding="utf-8", newline="\n")
    kept = folder / "licences"
    kept.mkdir(exist_ok=True)
    for path in sorted(LICENCE_TEXTS.glob("*.txt")):
        shutil.copy2(path, kept / path.name)
    bill = sbom.of_shipped(sbom.whole_environment(), shipped, lockfile.LOCK.read_text(encoding="utf-8"))
    text = json.dumps(bill, indent=2, ensure_ascii=False) + "\n"
    (folder / "sbom.cdx.json").write_text(text, encoding="utf-8", newline="\n")


def tried(folder: Path) -> None:
    """Run both programs on the sample estate, away from this Python. Raises ReleaseError."""
    step("try both programs")
    with tempfile.TemporaryDirectory(prefix="situs-try-", ignore_cleanup_errors=True) as name:
        env = {"PYTHONPATH": "", "PYTHONHOME": "", "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
        cwd = Path(name)
        said = run([program(folder, "situs"), "--version"], quiet=True, env=env, cwd=cwd)
        if not said.startswith("situs "):
            raise ReleaseError(f"situs --version said {said!r}")
        run([program(folder, "situs"), "demo", "--out", cwd / "Prüfung demo"], env=env, cwd=cwd)
        for written in ("report.pdf", "report.json", "situs.db"):
            if not (cwd / "Prüfung demo" / written).is_file():
                raise ReleaseError(f"situs demo wrote no {written}")
        for provider in ("aws", "azure", "gcp", "kubernetes"):
            run([program(folder, "situs"), "permissions", provider], quiet=True, env=env, cwd=cwd)
        run([program(folder, "situs"), "rules", "test"], quiet=True, env=env, cwd=cwd)
        for name in ("situs", "situs-window"):  # as a person starts it, and then page by page
            run([program(folder, name), "--first-window"], quiet=True, env=env, cwd=cwd)
        run([program(folder, "situs-window"), "--self-test"], env=env, cwd=cwd)


def size(folder: Path) -> int:
    """Bytes of all files in the folder; a link counts as nothing."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
