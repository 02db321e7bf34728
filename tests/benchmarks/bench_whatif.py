"""How fast a what-if question is answered on a large estate: the first one, and one after it in the same program.

    python tests/benchmarks/bench_whatif.py [ASSETS] [DENSE]

DENSE: further relations for each asset, as in `bench_judge.py`. The first question also works out what later ones
reuse; the window asks with that at hand. Target: a later question in 300 ms on 100,000 assets.
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from synthetic_estate import POLICY, SEEN, estate  # noqa: E402 - after the path to it

AS_OF = date(2026, 11, 22)
REGISTER = """
[[transfer_register]]
id = "SCC"
importer = "Example Imaging SE"
country = "US"
tool = "scc"
data_classes = ["personal", "special_category"]
expires = 2029-01-01
"""


def main() -> None:
    """Write, judge, ask, print."""
    from app.audit import judge_scan, yardstick
    from app.store import Store
    from app.whatif import Question, WhatIf

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    dense = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    with tempfile.TemporaryDirectory() as folder:
        path, policy = Path(folder) / "bench.db", Path(folder) / "policy.toml"
        policy.write_text(POLICY.replace("transfer_register = []", "") + REGISTER, "utf-8")
        with Store.open(path) as store:
            writer = store.begin_scan(["bench"], started=SEEN, program="bench")
            for batch in estate(count, dense=dense):
                writer.write(batch)
            writer.finish("complete", SEEN)
        by = yardstick(policy, AS_OF)
        with Store.open(path) as store:
            began = time.perf_counter()
            judged = judge_scan(store, 1, by)
            print(f"{count:,} assets judged with {len(by.rules)} rules in {time.perf_counter() - began:.2f} s")
            began = time.perf_counter()
            ask = WhatIf(store, judged, by).ask
            print(f"opened in {time.perf_counter() - began:.2f} s")
            some = next(store.estate(1).assets(None, 0, 1))[0][1]
            for name, question in (
                ("--allow US, the first question", Question(allow=("US",))),
                ("--allow US GB", Question(allow=("US", "GB"))),
                ("--allow CH", Question(allow=("CH",))),
                ("--as-of 2026-12-31", Question(as_of=date(2026, 12, 31))),
                ("--as-of 2031-12-28", Question(as_of=date(2031, 12, 28))),
                ("--mechanism SCC=none", Question(mechanism=(("SCC", "none"),))),
                ("--move one asset", Question(move=((some.uid, "eu-central-1"),))),
            ):
                began = time.process_time()
                answer = ask(question)
                used = time.process_time() - began
                print(
                    f"{name}: {answer.seconds:.2f} s, {used:.2f} s CPU ({answer.prepared:.2f} s for later questions), "
                    f"{answer.judged} rules, {len(answer.changes):,} changes"
                )


if __name__ == "__main__":
    main()
