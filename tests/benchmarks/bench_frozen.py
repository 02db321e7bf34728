"""The frozen program: its size, how soon its window is there, and the same from source in the same run.

    python tests/benchmarks/bench_frozen.py FOLDER [RUNS]

FOLDER holds the programs, as `packaging/build.py folder` makes it. Wall time counts from the start of the process to
the moment when the first window has been drawn; processor time is that of the whole process. Each is the least of
several runs, after one that is not counted; the window is drawn off screen unless QT_QPA_PLATFORM says otherwise.
Installers that lie beside the folder are measured; where there are none it is packed as they do it, which takes a
processor some minutes.
"""

import io
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MIB, MB = 1 << 20, 1_000_000
INSTALLERS = (".deb", ".AppImage", ".tar.xz", "-setup.exe", ".msi", ".dmg")


def first_window(words: list[str], home: str) -> tuple[float, float]:
    """Seconds from the start to the first window, and of processor time (0 where the system does not tell)."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LOCALAPPDATA": home, "XDG_DATA_HOME": home, "HOME": home}
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    before, clock = os.times(), time.perf_counter()
    with subprocess.Popen(
        [*words, "--first-window"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.strip() == b"window":
                break
        else:
            raise SystemExit(f"{words[0]} showed no window (status {child.wait()})")
        shown = time.perf_counter() - clock
    after = os.times()
    return shown, after.children_user + after.children_system - before.children_user - before.children_system


def packed(folder: Path) -> int:
    """Bytes of the folder in one xz archive: about what an installer by Inno Setup or a Debian package takes."""

    class Counted(io.RawIOBase):
        size = 0

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:
            self.size += len(data)
            return len(data)

    counted = Counted()
    with lzma.open(counted, "wb", preset=6) as small, tarfile.open(fileobj=small, mode="w|") as archive:
        archive.add(folder, arcname="Situs")
    return counted.size


def main() -> None:
    """Measure and print."""
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_dir():
        raise SystemExit((__doc__ or "").strip())
    folder = Path(sys.argv[1]).resolve()
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files)
    say(f"installed:            {size / MB:6.0f} MB ({size / MIB:.0f} MiB) in {len(files)} files; wanted: 250 at most")
    frozen = [str(folder / ("situs.exe" if sys.platform == "win32" else "situs"))]
    source = [sys.executable, "-m", "app.cli.main"]
    with tempfile.TemporaryDirectory(prefix="situs-bench-") as home:
        taken: dict[str, list[tuple[float, float]]] = {"frozen": [], "source": []}
        for turn in range(runs + 1):  # by turns, so that what else the computer does meets both
            for name, words in (("frozen", frozen), ("source", source)):
                one = first_window(words, home)
                if turn:
                    taken[name].append(one)
    least = {name: (min(t[0] for t in found), min(t[1] for t in found)) for name, found in taken.items()}
    for name, label in (("frozen", "frozen, first window:"), ("source", "source, first window:")):
        say(f"{label} {least[name][0]:6.2f} s wall, {least[name][1]:5.2f} s of processor time")
    say(f"ratio:                {least['frozen'][0] / least['source'][0]:6.2f} × wall, {_ratio(least):.2f} × processor")
    made = [path for path in sorted(folder.parent.iterdir()) if path.name.endswith(INSTALLERS)]
    for path in made:
        small = path.stat().st_size
        say(f"{path.name}: {small / MB:.0f} MB, {small / size:.0%} of it; wanted: 110 at most")
    if not made:
        small = packed(folder)
        say(f"packed with xz:       {small / MB:6.0f} MB, {small / size:.0%} of it; wanted: 110 at most")


def _ratio(least: dict[str, tuple[float, float]]) -> float:
    return least["frozen"][1] / least["source"][1] if least["source"][1] else float("nan")


def say(line: str) -> None:
    """Print at once: what was measured until then is there, whatever comes after."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
