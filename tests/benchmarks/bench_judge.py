"""How fast an estate is judged, beside what Google's CEL takes for conditions of the same kind in the same run.

    python tests/benchmarks/bench_judge.py [ASSETS] [--rules all] [--workers 1|2] [--order 0.8|0.4] [--alike 0.9|0]
        [--dense 3] [--keep FOLDER] [--each]

`--each` judges every asset and flow by itself, without classes of those that are alike: the plain way to compare with.

The estate (fixed seed) is written to a store; another process, with nothing else in memory, opens it and judges it:
reading, classes and places, rules, flows, storing what does not pass. Its time runs from opening the scan to the stored
judgement; loading the program and the rules is told apart. CPU time includes that of worker processes.

Targets: 100,000 assets with 40 rules in 2 s and 1,000,000 in 15 s, at most 300 MB; 100,000 assets with 300,000
relations (--dense 3) and all rules in 4 s, 1,000,000 with 3,000,000 in 40 s and 1 GB (2 cores).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from synthetic_estate import KINDS, POLICY, RULES, SEEN, estate  # noqa: E402 - after the path to it

AS_OF = date(2026, 11, 22)


def peaks() -> tuple[float, float]:
    """Most memory of this process and of its largest child, in MB."""
    if sys.platform == "win32":
        return 0.0, 0.0  # tests/benchmarks/bench_import.py shows how; the figures are taken elsewhere
    import resource

    own, children = (resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own / 1024, children / 1024


def cpu() -> float:
    """CPU seconds of this process and of children that ended."""
    import os

    found = os.times()
    return found.user + found.system + found.children_user + found.children_system


def itself(found: Any) -> Any:
    """An estate that was sent to another process has opened the store there."""
    return found


def write(path: Path, count: int, order: float, alike: float, dense: float) -> float:
    """Write the estate as one scan; seconds it took."""
    from app.store import Store

    began = time.perf_counter()
    with Store.open(path) as store:
        writer = store.begin_scan(["bench"], started=SEEN, program="bench")
        for batch in estate(count, order=order, alike=alike, dense=dense):
            writer.write(batch)
        writer.finish("complete", datetime.now(UTC))
    return time.perf_counter() - began


def judge_once(path: Path, which: str, workers: int, each: bool) -> dict[str, Any]:
    """Judge the newest scan and tell what it took."""
    began = time.perf_counter(), cpu()
    if each:
        from rules import movements, subjects

        subjects.FEW = movements.FEW = sys.maxsize
    from app.store import Store
    from app.store.records import JudgementHeader
    from rules.catalogue import Catalogue
    from rules.engine import judge
    from rules.parallel import Hands
    from rules.policy import Policy
    from rules.rulefile import load_rules

    catalogue = Catalogue.load()
    rules = [r for r in load_rules() if which == "all" or r.id in RULES]
    policy = Policy.parse(POLICY, catalogue, AS_OF)
    loaded = time.perf_counter() - began[0]
    with Store.open(path) as store:
        wall, used = time.perf_counter(), cpu()
        with Hands(workers) if workers > 1 else nullcontext() as hands:
            view = store.estate(1)
            header = JudgementHeader(AS_OF, "bench", "p", "c")
            with store.save_judgement(1, header, estate=view) as writer:
                opener = partial(itself, view)
                summary = judge(view, rules, policy, catalogue, AS_OF, writer, opener=opener, hands=hands)
                writer.finish(summary)
        wall, used = time.perf_counter() - wall, cpu() - used
        assets = view.asset_count
    own, children = peaks()
    return {
        "assets": assets,
        "rules": len(rules),
        "loaded": loaded,
        "wall": wall,
        "cpu": used,
        "own": own,
        "children": children,
        "verdicts": summary.verdicts,
    }


def shown(found: dict[str, Any], workers: int) -> str:
    """The figures of one judgement."""
    verdicts: dict[str, int] = found["verdicts"]
    total = sum(verdicts.values())
    wrong = verdicts["fail"] + verdicts["not_checked"]
    assets = found["assets"]
    return (
        f"{assets:,} assets, {found['rules']} rules, {workers} process{'es' if workers > 1 else ''}: "
        f"{found['wall']:.2f} s wall, {found['cpu']:.2f} s CPU ({found['cpu'] / assets * 1e6:.1f} µs for each asset)\n"
        f"  {total:,} verdicts ({total / assets:.1f} for each asset), {wrong / total:.1%} fail or not checked and "
        f"stored, {verdicts['not_applicable'] / total:.1%} not applicable\n"
        f"  {found['cpu'] / total * 1e6:.2f} µs for each verdict, everything included\n"
        f"  most memory {found['own']:.0f} MB, largest worker {found['children']:.0f} MB; "
        f"program and rules loaded in {found['loaded']:.2f} s before"
    )


def cel_beside(per_verdict: float) -> None:
    """What the same sort of conditions cost in Google's CEL, without reading, storing or anything else."""
    import bench_condition

    assets = bench_condition.estate(5_000)
    policy: dict[str, Any] = dict(bench_condition.POLICY)
    policy["allowed_countries"] = frozenset(policy["allowed_countries"])
    environment = bench_condition.cel.NewEnv(
        variables={"asset": bench_condition.cel.Type.DYN, "policy": bench_condition.cel.Type.DYN}
    )
    ours = theirs = 0.0
    for condition in bench_condition.compiled():
        expression = environment.compile(condition.source)
        ours += bench_condition.best(lambda c=condition: bench_condition.ours_fast(c, assets, policy), 2)
        theirs += bench_condition.best(lambda e=expression: bench_condition.googles(e, assets), 1)
    count = len(assets) * len(bench_condition.CONDITIONS)
    ours, theirs = ours / count * 1e6, theirs / count * 1e6
    print(
        f"conditions alone, same run: {ours:.2f} µs for each evaluation, cel-expr-python {theirs:.2f} µs "
        f"(ratio {theirs / ours:.1f}); a whole verdict beside its evaluation there: ratio {theirs / per_verdict:.1f}"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assets", nargs="?", type=int, default=100_000)
    parser.add_argument("--rules", choices=("forty", "all"), default="forty")
    parser.add_argument("--workers", type=int, choices=(1, 2), default=1)
    parser.add_argument("--order", type=float, default=0.8, help="share of things set up as they should be")
    parser.add_argument("--alike", type=float, default=0.9, help="share of assets with the settings of a module")
    parser.add_argument("--dense", type=float, default=0.0, help="further relations for each asset (3: about three)")
    parser.add_argument("--keep", type=Path, help="folder in which the store is kept for the next run")
    parser.add_argument("--no-cel", action="store_true")
    parser.add_argument("--each", action="store_true", help="judge each by itself (one process)")
    parser.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.judge:
        print(json.dumps(judge_once(arguments.judge, arguments.rules, arguments.workers, arguments.each)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = arguments.keep or Path(temporary)
        path = folder / f"judge-{arguments.assets}-{arguments.order}-{arguments.alike}-{arguments.dense}.db"
        if not path.exists():
            took = write(path, arguments.assets, arguments.order, arguments.alike, arguments.dense)
            print(f"estate of {len(KINDS)} kinds written in {took:.1f} s")
        command = [sys.executable, __file__, "--judge", str(path), "--rules", arguments.rules]
        command += ["--each"] if arguments.each else []
        output = subprocess.run(
            [*command, "--workers", str(arguments.workers)], check=True, capture_output=True, text=True
        ).stdout
        found = json.loads(output)
        print(shown(found, arguments.workers))
        if not arguments.no_cel:
            cel_beside(found["cpu"] / sum(found["verdicts"].values()) * 1e6)


if __name__ == "__main__":
    main()
