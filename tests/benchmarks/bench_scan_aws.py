"""A scan of AWS beside a bare boto3 thread pool that makes the same calls: wall, processor time, number of calls.

    python tests/benchmarks/bench_scan_aws.py [--latency 0 50] [--buckets 60] [--machines 10]

The simulated AWS and its proxy run in a process of their own; so do the scan and the pool, each fresh, and only what
follows the imports is measured. The pool replays the calls of a scan, all at once and in the best order, without
knowing that some need the answers of others: no program that has to find out what there is could be quicker with them.
"""

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "cloud")]
WORKERS = 32


def serve(buckets: int, latency: float, machines: int) -> None:
    from aws_estate import REGIONS, aws_cloud, bucket
    from fault_proxy import fault_proxy

    with aws_cloud() as cloud, fault_proxy(cloud.endpoint) as proxy:
        for n in range(buckets):
            bucket(cloud, f"bucket-{n}", REGIONS[n % len(REGIONS)])
        for region in REGIONS:
            ec2, kms = cloud.client("ec2", region), cloud.client("kms", region)
            for _ in range(8):
                kms.create_key()
            for _ in range(20):
                ec2.create_volume(AvailabilityZone=f"{region}a", Size=1)
            for n in range(0, machines, 500):  # each with a disk of its own
                some = min(500, machines - n)
                ec2.run_instances(ImageId="ami-12345678", MinCount=some, MaxCount=some)
        proxy.latency = latency / 1000
        print(proxy.endpoint, flush=True)
        sys.stdin.readline()


def situs(endpoint: str, record: Path | None) -> dict[str, Any]:
    from aws_estate import REGIONS

    import scanners.aws.live.registry as registry
    from scanners.aws.live import door as doors
    from scanners.aws.live.login import Login, Network, Secret
    from scanners.aws.live.scan import scan
    from scanners.guard import CallLog
    from scanners.model import Asset

    registry.operations()
    calls: list[Any] = []
    if record is not None:
        plain = doors.Door.method

        def recorded(self: Any, operation: Any, region: str) -> Any:
            method = plain(self, operation, region)

            def call(**parameters: Any) -> Any:
                calls.append((operation.client, method.__name__, region, parameters))
                return method(**parameters)

            return call

        doors.Door.method = recorded  # type: ignore[method-assign]
    login = Login("b", "keys", access_key_id="k", secret=Secret("s"), regions=REGIONS, endpoint=endpoint)
    log, assets = CallLog(), 0

    def sink(items: Any) -> None:
        nonlocal assets
        assets += sum(isinstance(item, Asset) for item in items)

    wall, cpu = time.perf_counter(), time.process_time()
    scan(login, sink, log, network=Network(attempts=1, read_timeout=60))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if record is not None:
        record.write_bytes(pickle.dumps(calls))
    return {"wall": wall, "cpu": cpu, "calls": log.total, "assets": assets, "memory": _memory()}


def bare(endpoint: str, record: Path) -> dict[str, Any]:
    import threading
    from concurrent.futures import ThreadPoolExecutor

    import boto3
    from botocore.config import Config

    found = pickle.loads(record.read_bytes())  # noqa: S301 - written by ourselves a moment ago
    unique = {repr(call): call for call in found}
    session = boto3.Session(aws_access_key_id="k", aws_secret_access_key="s")  # noqa: S106 - the simulated cloud takes any
    config = Config(retries={"total_max_attempts": 1, "mode": "standard"}, max_pool_connections=16, read_timeout=60)
    clients: dict[tuple[str, str], Any] = {}
    lock = threading.Lock()

    def run(call: Any) -> None:
        service, method, region, parameters = call
        with lock:
            if (service, region) not in clients:
                clients[service, region] = session.client(
                    service, region_name=region, endpoint_url=endpoint, config=config
                )
            client = clients[service, region]
        try:
            getattr(client, method)(**parameters)
        except Exception:  # what the simulated cloud does not offer
            return

    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(run, [c for c in unique.values() if c[0] != "s3control"]))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall": wall, "cpu": cpu, "calls": len(unique), "memory": _memory()}


def _memory() -> float:
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _child(*words: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, *words], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, nargs="*", default=[0, 50])
    parser.add_argument("--buckets", type=int, default=60)
    parser.add_argument("--machines", type=int, default=10, help="in each region; 1000 make about 10,000 assets")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("part", nargs="*")
    options = parser.parse_args()
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    if options.part:
        name, *rest = options.part
        if name == "serve":
            serve(int(rest[0]), float(rest[1]), int(rest[2]))
        else:
            path = Path(rest[1]) if rest[1:] else None
            print(json.dumps(situs(rest[0], path) if name == "situs" else bare(rest[0], path or Path())))
        return
    for latency in options.latency:
        words = [sys.executable, __file__, "serve", str(options.buckets), str(latency), str(options.machines)]
        server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            endpoint = server.stdout.readline().strip()
            with tempfile.TemporaryDirectory() as folder:
                record = Path(folder) / "calls"
                _child("situs", endpoint, str(record))
                ours = [_child("situs", endpoint) for _ in range(options.runs)]
                theirs = [_child("bare", endpoint, str(record)) for _ in range(options.runs)]
        finally:
            server.stdin.close()
            server.wait(30)
        a = {k: min(row[k] for row in ours) for k in ours[0]}
        b = {k: min(row[k] for row in theirs) for k in theirs[0]}
        print(f"{latency:.0f} ms added; {a['assets']} assets in five regions; best of {options.runs}")
        for key, unit in (("wall", "s"), ("cpu", "s"), ("calls", ""), ("memory", "MB")):
            ratio = a[key] / b[key] if b[key] else float("nan")
            print(f"  {key:<7} situs {a[key]:8.2f} {unit:<2}  bare {b[key]:8.2f} {unit:<2}  ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
