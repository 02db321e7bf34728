"""Makes the release for the system it runs on, by one command:

    python -m pip install --require-hashes -r packaging/requirements.lock
    python -m pip install --require-hashes -r packaging/tools.lock
    python packaging/build.py                # everything, into artefacts/
    python packaging/build.py folder         # the folder of the program only, tried on the sample estate
    python packaging/build.py installers     # from a folder that is there already
    python packaging/build.py sign FILE      # sign one Windows file (Inno Setup calls this)

Windows: installer for one person (Inno Setup), MSI (WiX 3). macOS: disk image. Linux: deb, AppImage, archive.
Certificates and keys come from the environment and are never printed: see `release/signing.py`, `macos.py`, `sums.py`.
"""

import argparse
import shutil
import sys
from pathlib import Path

from release import freeze, linux, macos, signing, sums, windows
from release.steps import ReleaseError, step

ROOT = Path(__file__).resolve().parents[1]
MIB = 1 << 20


def folder(out: Path) -> Path:
    """The folder of the program, complete and tried; on Windows the two programs are signed."""
    made = freeze.frozen(out)
    freeze.completed(made)
    freeze.tried(made)
    if sys.platform == "win32":
        signing.sign([freeze.program(made, name) for name in ("situs", "situs-window")])
    step(f"{made}: {freeze.size(made) / MIB:.0f} MiB")
    return made


def installers(made: Path, out: Path) -> list[Path]:
    """Everything for this system that is made of the folder."""
    if not freeze.program(made, "situs").is_file():
        raise ReleaseError(f"there is no program in {made}: run `python packaging/build.py folder` first")
    if sys.platform == "win32":
        with_certificate = signing.named()
        found = [windows.setup(made, out, signed=with_certificate), windows.msi(made, out)]
        if with_certificate:
            signing.sign(found)
        return found
    if sys.platform == "darwin":
        app = macos.bundle(made, out)
        macos.signed(app)
        image = macos.image(app, out)
        macos.notarised(image)
        return [image]
    several = [linux.deb(made, out), linux.appimage(made, out), linux.archive(made, out)]
    return [path for path in several if path is not None]


def main() -> int:
    """Exit status 0, or 1 with a sentence of what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="all", choices=["all", "folder", "installers", "sign"])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files to sign")
    parser.add_argument("--out", type=Path, default=ROOT / "artefacts", metavar="DIR", help="default: artefacts")
    options = parser.parse_args()
    out: Path = options.out.resolve()
    try:
        if options.what == "sign":
            signing.sign(options.files)
            return 0
        out.mkdir(parents=True, exist_ok=True)
        made = folder(out) if options.what in ("all", "folder") else out / "Situs"
        if options.what != "folder":
            found = installers(made, out)
            bill = shutil.copy2(made / "sbom.cdx.json", out / "sbom.cdx.json")
            written = sums.write(out, [*found, Path(bill)])
            sums.signed(written)
            for path in found:
                step(f"{path.name}: {path.stat().st_size / MIB:.0f} MiB")
    except (ReleaseError, LookupError, OSError) as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
