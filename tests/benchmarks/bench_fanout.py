"""What spreading a scan costs: thousands of accounts that are read in no time, on threads, processes and a cluster.

    python tests/benchmarks/bench_fanout.py [ACCOUNTS]

Prints seconds and the ratio to calling the same function in a loop, in the same run: what is left is the cost of
handing accounts out, packing and unpacking what they gave, and keeping it on disk for a scan that is interrupted.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import app.fanout.spread as spreading
from app.connections import Connection
from app.fanout import Spread, Unit, Yield, engine
from app.fanout.unit import packed, unpacked
from app.progress import never, silent
from scanners.model import Asset, Coverage, CoverageStatus, Evidence, Location, LocationKind, canonical, digest

ASSETS = 200
HERE = Location(LocationKind.REGION, "eu-west-1")


def read(unit: Unit) -> Yield:
    """An account with some assets and their documents, made up on the spot."""
    items: list[Asset | Coverage | Evidence] = []
    for n in range(ASSETS):
        name = f"{unit.account}-{n}"
        body = canonical({"name": name, "padding": "x" * 300, "number": n})
        document = Evidence(digest(body), body, "s3:Get", "x", None)
        asset = Asset(f"uid:{name}", "aws", unit.account or "", "storage.bucket", "AWS::S3::Bucket", name, HERE)
        items += [document, asset]
    items.append(
        Coverage("c", "aws", unit.account or "", "eu-west-1", "s3", "storage.bucket", CoverageStatus.COLLECTED)
    )
    return Yield((unit.account or "",), True, False, [packed(items)], [])


def timed(name: str, work: Callable[[], int], base: float | None) -> float:
    begun, cpu = time.perf_counter(), time.process_time()
    count = work()
    seconds, used = time.perf_counter() - begun, time.process_time() - cpu
    ratio = "" if base is None else f"   {seconds / base:5.2f} times a loop"
    print(f"{name:<34} {count:>9,} items   wall {seconds:6.2f} s   this process {used:6.2f} s{ratio}", flush=True)
    return seconds


def main() -> None:
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    connection = Connection("c", "aws", "default")
    units = [Unit(connection, (connection,), f"{n:012}") for n in range(accounts)]
    spreading.read_unit = read

    def loop() -> int:
        return sum(1 for unit in units for chunk in read(unit).items for _ in unpacked(chunk))

    def spread(made: Executor, shelf: Path | None) -> int:
        job = Spread(made, [connection], shelf)
        found = 0
        for _, given in job.run(units, silent, never):
            assert isinstance(given, Yield), given
            found += sum(1 for chunk in given.items for _ in unpacked(chunk))
        return found

    base = timed("a loop", loop, None)
    with ThreadPoolExecutor(2) as pool:
        timed("two threads", lambda: spread(pool, None), base)
    with tempfile.TemporaryDirectory() as name:
        with engine("processes:2") as pool:
            timed("two processes, kept on disk", lambda: spread(pool, Path(name)), base)
        size = sum(p.stat().st_size for p in Path(name).rglob("*.part"))
        with ThreadPoolExecutor(1) as pool:
            timed("resumed from disk", lambda: spread(pool, Path(name)), base)
        print(f"kept for resuming: {size / accounts / 1024:.0f} KB an account of {ASSETS} assets")
    try:
        from distributed import LocalCluster
    except ImportError:
        print("no cluster: distributed is not installed")
        return
    with LocalCluster(2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50) as cluster:
        pool = engine(cluster.scheduler_address)
        timed("a cluster of two workers", lambda: spread(pool, None), base)
        pool.shutdown()


if __name__ == "__main__":
    main()
