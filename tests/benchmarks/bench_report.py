"""Times reports of 1,000 and 10,000 findings in every form, and an annex of 100,000 assets, each in its own process.

Run: `python tests/benchmarks/bench_report.py`.

Limits: the PDF of 1,000 findings in 5 s, of 10,000 in 40 s and at most 12 times the processor time of 1,000, at most
400 MB of memory. Exit status 1 where one is broken. Wall time stands beside processor time: the machine may be shared.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent / "app" / "report")]

from report_estate import large  # noqa: E402 - after the path to it

FORMS = ("pdf", "html", "json", "csv", "xlsx", "ocsf", "oscal", "sarif")
LIMITS = {1_000: 5.0, 10_000: 40.0}
MEMORY = 400


def one(findings: int, form: str, inventory: int) -> None:
    """Writes one report, and prints processor time, wall time, memory and size as JSON."""
    from app.report.choice import Choice
    from app.report.content import Extras
    from app.report.forms import FORMS as ENDINGS
    from app.report.produce import write

    source = large(findings)
    if inventory:
        from report_estate import FRANKFURT

        for number in range(inventory):
            source.add(f"asset {number}", "network.address", FRANKFURT)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report{ENDINGS[form]}"
        extras = Extras(with_inventory=bool(inventory))
        cpu, wall = time.process_time(), time.perf_counter()
        write(source, extras, path, Choice(inventory=bool(inventory)), form=form)
        taken = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "size": path.stat().st_size}
    sys.stdout.write(json.dumps({**taken, "memory": _peak()}))


def _peak() -> int:
    """The most memory that this process had, in MB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(findings: int, form: str, inventory: int = 0) -> dict[str, float]:
    """One report in a process of its own."""
    command = [sys.executable, __file__, "--one", str(findings), form, str(inventory)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def main() -> int:
    """Prints one line for each size and form; returns the exit status."""
    broken = False
    cpu: dict[int, float] = {}
    for findings, limit in LIMITS.items():
        for form in FORMS:
            told = measured(findings, form)
            if form == "pdf":
                cpu[findings] = told["cpu"]
                broken |= told["cpu"] > limit or told["memory"] > MEMORY
            _say(f"{findings:>7,} findings, {form:<5}", told)
    growth = cpu[10_000] / cpu[1_000]
    sys.stdout.write(f"ten times the findings take {growth:.1f} times the processor time\n")
    _say("100,000 assets as annex, pdf ", measured(1_000, "pdf", 100_000))
    return 1 if broken or growth > 12 else 0


def _say(what: str, told: dict[str, float]) -> None:
    sys.stdout.write(
        f"{what}: processor {told['cpu']:6.2f} s, wall {told['wall']:6.2f} s, "
        f"memory {told['memory']:.0f} MB, file {told['size'] / 1e6:.1f} MB\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        sys.exit(main())
