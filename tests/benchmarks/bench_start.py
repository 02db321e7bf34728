"""What starting costs: `situs --help` beside the bare interpreter, and `situs demo`, each in processes of their own.

    python tests/benchmarks/bench_start.py [RUNS]

Prints processor time where the system tells it (not on Windows), else wall time, as the least of several runs.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def spent() -> float:
    """Processor seconds of all child processes so far, or the clock where the system does not tell them."""
    times = os.times()
    children = times.children_user + times.children_system
    return children if children or sys.platform != "win32" else time.perf_counter()


def cost(words: list[str], runs: int) -> tuple[float, float]:
    """Least (processor, wall) seconds of several runs of this command."""
    found: list[tuple[float, float]] = []
    for _ in range(runs):
        before, clock = spent(), time.perf_counter()
        subprocess.run(words, check=True, capture_output=True, cwd=ROOT)
        found.append((spent() - before, time.perf_counter() - clock))
    return min(f[0] for f in found), min(f[1] for f in found)


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    bare = cost([sys.executable, "-c", "pass"], runs)
    shown = cost([sys.executable, "-m", "app.cli.main", "--help"], runs)
    print(f"bare interpreter:  {bare[0] * 1000:6.0f} ms of processor time, {bare[1] * 1000:6.0f} ms wall")
    print(f"situs --help:      {shown[0] * 1000:6.0f} ms of processor time, {shown[1] * 1000:6.0f} ms wall")
    print(f"difference:        {(shown[0] - bare[0]) * 1000:6.0f} ms; ratio {shown[0] / max(bare[0], 1e-3):.1f}")
    with tempfile.TemporaryDirectory(prefix="situs-bench-") as folder:
        demo = cost([sys.executable, "-m", "app.cli.main", "demo", "--out", folder], max(1, runs // 3))
    print(
        f"situs demo:        {demo[0]:6.2f} s of processor time, {demo[1]:6.2f} s wall, {demo[0] / shown[0]:.0f} × help"
    )


if __name__ == "__main__":
    main()
