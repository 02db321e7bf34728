"""How fast a what-if question is answered on a large estate: cold, and warm.

    python tests/benchmarks/bench_whatif.py [ASSETS] [DENSE]

DENSE: further relations for each asset, as in `bench_judge.py`. Cold: the first question in a program, which works out
what all later ones use; so the command line asks. Warm: asked for the first time, with that at hand; so the window asks
from its second question on. Another day has something more of its own to prepare, which is printed apart. The ratio is
that of judging the whole estate in the same run, in seconds of the processor. At most 200 differences are named, as
both doors do at first; all are counted. Target: 0.3 s warm on 100,000 assets. Last the command line is asked, which
starts the program as well.
"""

import os
import subprocess
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
            began = time.process_time()
            judged = judge_scan(store, 1, by)
            whole = time.process_time() - began
            print(f"{count:,} assets judged with {len(by.rules)} rules and stored in {whole:.2f} s CPU")

            def ask(asked: WhatIf, name: str, question: Question) -> None:
                began, clock = time.process_time(), time.perf_counter()
                answer = asked.ask(question, 200)
                used, passed = time.process_time() - began, time.perf_counter() - clock
                print(
                    f"{name}: {used:.2f} s CPU, {passed:.2f} s, 1/{whole / max(used, 0.001):,.0f} of judging; "
                    f"{answer.judged} rules, {sum(answer.counts.values()):,} changes"
                )

            asked = WhatIf(store, judged, by)
            some = next(store.estate(1).assets(None, 0, 1))[0][1]
            ask(asked, "cold, --allow NO", Question(allow=("NO",)))
            ask(asked, "preparation of other days, with --as-of 2026-11-23", Question(as_of=date(2026, 11, 23)))
            for name, question in (
                ("--allow CH", Question(allow=("CH",))),
                ("--allow AU", Question(allow=("AU",))),
                ("--allow US", Question(allow=("US",))),
                ("--as-of 2026-12-31", Question(as_of=date(2026, 12, 31))),
                ("--as-of 2031-12-28", Question(as_of=date(2031, 12, 28))),
                ("--mechanism SCC=none", Question(mechanism=(("SCC", "none"),))),
                ("--mechanism SCC=bcr", Question(mechanism=(("SCC", "bcr"),))),
                ("--move one asset", Question(move=((some.uid, "us-east-1"),))),
                ("--as-of 2027-01-31 --allow US", Question(as_of=date(2027, 1, 31), allow=("US",))),
            ):
                ask(asked, f"warm, {name}", question)
        for words in (["--allow", "US"], ["--as-of", "2026-12-31"]):
            from_the_command_line(path, words)


def from_the_command_line(path: Path, words: list[str]) -> None:
    """Ask another process that begins with nothing."""
    began, clock = os.times(), time.perf_counter()
    command = [sys.executable, "-m", "app.cli.main", "what-if", "--store", str(path), *words]
    subprocess.run(command, cwd=HERE.parents[1], check=True, capture_output=True)
    ended = os.times()
    used = ended.children_user + ended.children_system - began.children_user - began.children_system
    print(f"situs what-if {' '.join(words)}: {used:.2f} s CPU, {time.perf_counter() - clock:.2f} s")


if __name__ == "__main__":
    main()
