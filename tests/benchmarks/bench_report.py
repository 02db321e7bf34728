"""Times a report of 1,000 and of 10,000 findings: content, PDF, JSON, CSV.

Run: `python tests/benchmarks/bench_report.py`.

Limits: 1,000 findings in 5 s, 10,000 in 40 s and at most 12 times the time of 1,000. Exit status 1 where one is broken.
"""

import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent / "app" / "report")]

from report_estate import large  # noqa: E402 - after the path to it

from app.report.build import build_content  # noqa: E402
from app.report.csvform import write_findings  # noqa: E402
from app.report.jsonform import write_json  # noqa: E402
from app.report.pdf.writer import write_pdf  # noqa: E402

LIMITS = {1_000: 5.0, 10_000: 40.0}


def main() -> int:
    """Prints one line for each size; returns the exit status."""
    taken: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        write_pdf(build_content(large(50)), Path(folder) / "first.pdf")  # faces and map are read once
        for findings, limit in LIMITS.items():
            source = large(findings)
            start = time.perf_counter()
            content = build_content(source)
            built = time.perf_counter()
            write_pdf(content, Path(folder) / "report.pdf")
            painted = time.perf_counter()
            write_json(source, Path(folder) / "report.json")
            streamed = time.perf_counter()
            write_findings(source, Path(folder) / "report.csv")
            end = time.perf_counter()
            taken[findings] = painted - start
            size = (Path(folder) / "report.pdf").stat().st_size / 1e6
            sys.stdout.write(
                f"{findings:>7,} findings: content {built - start:.2f} s, PDF {painted - built:.2f} s ({size:.1f} MB; "
                f"limit {limit:.0f} s), JSON {streamed - painted:.2f} s, CSV {end - streamed:.2f} s\n"
            )
    growth = taken[10_000] / taken[1_000]
    sys.stdout.write(f"ten times the findings take {growth:.1f} times the time\n")
    late = [n for n, limit in LIMITS.items() if taken[n] > limit]
    return 1 if late or growth > 12 else 0


if __name__ == "__main__":
    sys.exit(main())
