"""`situs compute`: training compute of each model, as a range, against the presumption of the AI Act."""

import argparse
import csv
import io
from typing import TYPE_CHECKING, Final

from app.cli.latest import day_of, judged_store, put_json, yardstick
from app.cli.terminal import put, put_bytes
from app.texts import figure, grouped, tr, trn

if TYPE_CHECKING:
    from app.compute import Compute

_MOST_JOBS: Final = 10


def compute(options: argparse.Namespace) -> int:
    """Print the training compute of each model in the latest judged scan."""
    from app.compute import COLUMNS, rows, training_compute

    with judged_store(options.store) as (store, judged):
        by = yardstick(store, judged, options.policy, day_of("--as-of", options.as_of))
        found = training_compute(store, judged.scan, by)
    if options.format == "json":
        put_json(found)
    elif options.format == "csv":
        from app.report.csvform import guarded

        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([[guarded(cell) for cell in row] for row in rows(found)])
        put_bytes(out.getvalue().encode("utf-8-sig"))
    else:
        _tell(found)
    return 0


def _tell(found: "Compute") -> None:
    from app.compute import known_hours, known_range, shown_missing, shown_name, shown_state

    if not found.models:
        put(tr("The scan holds no training job."))
        return
    put(
        tr(
            "Estimate: accelerators × hours × dense peak speed × a utilisation of {low} to {high} (assumed; the policy"
            " may say otherwise). The AI Act presumes systemic risk above {presumption} operations; your notice is"
            " {notice}."
        ).format(
            low=f"{found.low:.0%}",
            high=f"{found.high:.0%}",
            presumption=f"{found.presumption:.0e}",
            notice=f"{found.notice:.0e}",
        )
    )
    for m in found.models:
        n = len(m.jobs)
        put(f"\n{shown_name(m, found.names)}: {shown_state(m.state, known=known_range(m) is not None)}")
        hours, both = known_hours(m), known_range(m)
        told = tr("not known") if hours is None else grouped(hours)
        put(
            "  "
            + trn("{n} job, accelerator hours: {hours}", "{n} jobs, accelerator hours: {hours}", n).format(
                n=n, hours=told
            )
        )
        if both is None:
            put("  " + tr("operations: not known"))
        else:
            bound = "" if m.complete else " " + tr("(a lower bound: some jobs do not tell)")
            put(
                "  "
                + tr("{low} to {high} operations, {share_low} to {share_high} of 10²⁵").format(
                    low=figure(f"{both[0]:.2e}"),
                    high=figure(f"{both[1]:.2e}"),
                    share_low=figure(f"{both[0] / found.presumption:.2%}"),
                    share_high=figure(f"{both[1] / found.presumption:.2%}"),
                )
                + bound
            )
        for job in m.jobs[:_MOST_JOBS]:
            told = f"{job.accelerators or '?'} × {job.accelerator or '?'}, " + (
                f"{grouped(job.hours, 1)} h" if job.hours is not None else "? h"
            )
            peak = f", {grouped(job.peak)} TFLOP/s" if job.peak is not None else ""
            if job.running:
                peak += ", " + tr("still running")
            lack = shown_missing(job.missing)
            put(f"    {job.uid}: {told}{peak}" + (f" ({lack})" if lack else ""))
        if n > _MOST_JOBS:
            put(tr("    … and {n} more; --format json lists all.").format(n=n - _MOST_JOBS))
