"""A scan of Google Cloud beside the least time that its calls and Google's quotas allow, and beside a bare pool.

    python tests/benchmarks/bench_scan_gcp.py [--assets 10000] [--projects 50] [--vertex 5] [--latency 50]

The simulated Google Cloud runs in a process of its own, and so does the scan. `--vertex` projects use Vertex AI, which
has to be asked region by region. The floor is what no scan with these calls could beat: the longest chain of pages, one
call after another; all calls over as many workers as a scan has; and the quota of 100 calls of ListAssets a minute. On
a busy machine not even bare threads reach that: so a pool of as many threads repeats the same calls, all at once,
without reading what they answer.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "cloud")]
TYPES = 4
QUOTA = 100


def serve(assets: int, projects: int, vertex: int, latency: float) -> None:
    from gcp_cloud import GcpCloud, gcp_cloud
    from gcp_estate import APIS, NUMBERS, ORG, asset, bucket, grant, instance, project

    from scanners.gcp.live.vertex import _TABLE

    cloud = GcpCloud(checked=False)
    crm = "cloudresourcemanager.googleapis.com"
    cloud.put(f"{crm}/v3/organizations:search", "organizations", {"name": ORG, "displayName": "big", "state": "ACTIVE"})
    plain = tuple(a for a in APIS if a != "aiplatform")
    for n in range(projects):
        identifier, number = f"project-{n:03}", str(2_000_000_000 + n)
        NUMBERS[identifier] = number
        project(cloud, identifier, number, ORG, APIS if n < vertex else plain)
        if n < vertex:
            places = [{"name": f"projects/{number}/locations/{r}", "locationId": r} for r in _TABLE]
            cloud.put(f"aiplatform.googleapis.com/v1/projects/{identifier}/locations", "locations", *places)
        for k in range(assets // projects):
            if k % 4:
                name = f"vm-{k}"
                uid = f"//compute.googleapis.com/projects/{identifier}/zones/europe-west4-a/instances/{name}"
                body = instance(name, "europe-west4-a", "g2-standard-12", identifier, disks=[{"source": "x"}])
                asset(cloud, "compute.googleapis.com/Instance", uid, body, identifier, "europe-west4-a")
            else:
                body = bucket(f"bucket-{n}-{k}", "EUROPE-WEST4", number, labels={"data-classification": "personal"})
                uid = f"//storage.googleapis.com/{body['name']}"
                asset(cloud, "storage.googleapis.com/Bucket", uid, body, identifier, "europe-west4")
                grant(cloud, "storage.googleapis.com/Bucket", uid, identifier, roles__viewer=["group:a@b.example"])
    cloud.latency = latency / 1000
    with gcp_cloud(cloud) as server:
        print(server.endpoint, flush=True)
        sys.stdin.readline()


def situs(endpoint: str, record: Path) -> dict[str, Any]:
    from gcp_cloud import TOKEN

    from scanners.gcp.live.login import Login
    from scanners.gcp.live.registry import operations
    from scanners.gcp.live.scan import scan
    from scanners.guard import CallLog
    from scanners.live.credentials import Network, Secret
    from scanners.live.door import RestDoor
    from scanners.model import Asset

    operations()
    log = CallLog()
    seen: set[str] = set()
    sent: list[str] = []
    plain = RestDoor._once

    def once(self: Any, operation: Any, url: str, payload: Any, renew: bool) -> Any:
        sent.append(self._placed(url))
        return plain(self, operation, url, payload, renew)

    RestDoor._once = once  # type: ignore[method-assign]

    def sink(items: Any) -> None:
        seen.update(item.uid for item in items if isinstance(item, Asset) and item.kind != "account")

    wall, cpu = time.perf_counter(), time.process_time()
    login = Login("b", "token", secret=Secret(TOKEN), endpoint=endpoint)
    done = scan(login, sink, log, network=Network(attempts=1, read_timeout=60))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    calls: dict[str, int] = {}
    for count in log.counts():
        calls[count.operation] = calls.get(count.operation, 0) + count.calls
    gaps = sorted({f"{c.status}: {c.detail}" for c in done.cells if c.status not in ("collected", "empty", "disabled")})
    record.write_text("\n".join(sent), encoding="utf-8")
    return {"wall": wall, "cpu": cpu, "assets": len(seen), "memory": _memory(), "calls": calls, "gaps": gaps[:3]}


def bare(record: Path) -> dict[str, Any]:
    from concurrent.futures import ThreadPoolExecutor

    import urllib3
    from gcp_cloud import TOKEN

    pool = urllib3.PoolManager(maxsize=32)
    login = {"authorization": f"Bearer {TOKEN}", "accept-encoding": "gzip"}
    sent = record.read_text(encoding="utf-8").splitlines()
    chained = [url for url in sent if "pageToken" in url]
    free = [url for url in sent if "pageToken" not in url]
    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(32) as workers:
        pages = workers.submit(lambda: [pool.request("GET", url, headers=login).data for url in chained])
        list(workers.map(lambda url: pool.request("GET", url, headers=login).data, free))
        pages.result()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


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
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--projects", type=int, default=50)
    parser.add_argument("--vertex", type=int, default=5)
    parser.add_argument("--latency", type=float, default=50)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("part", nargs="*")
    options = parser.parse_args()
    if options.part:
        name, *rest = options.part
        if name == "serve":
            serve(int(rest[0]), int(rest[1]), int(rest[2]), float(rest[3]))
        else:
            print(json.dumps(bare(Path(rest[0])) if name == "bare" else situs(rest[0], Path(rest[1]))))
        return
    words = [options.assets, options.projects, options.vertex, options.latency]
    server = subprocess.Popen(
        [sys.executable, __file__, "serve", *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin is not None
    assert server.stdout is not None
    rows: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    try:
        endpoint = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            record = str(Path(folder) / "calls")
            for n in range(options.runs):
                if n:
                    time.sleep(61)  # the minute of the quota
                rows.append(_child("situs", endpoint, record))
                others.append(_child("bare", record))
    finally:
        server.stdin.close()
        server.wait(30)
    best = min(rows, key=lambda row: row["wall"])
    total = sum(best["calls"].values())
    listed = {k: v for k, v in best["calls"].items() if k.startswith("cloudasset.assets.list")}
    seconds = options.latency / 1000
    chain = 4 + max(listed.values())  # who is there, then pages
    floor = max(
        chain * seconds,
        total * seconds / 32,
        60 * (math.ceil(sum(listed.values()) / QUOTA) - 1),
    )
    most = math.ceil(options.assets / 1000)
    pool = min(row["wall"] for row in others)
    even = 60 / QUOTA * (sum(listed.values()) - 1)
    print(f"{best['assets']} assets, {options.projects} projects, {options.latency:.0f} ms a call; best of {len(rows)}")
    print(f"  wall {best['wall']:.2f} s; floor {floor:.2f} s, ratio {best['wall'] / floor:.2f}")
    print(f"  floor at an even 100 calls a minute {even:.2f} s, ratio {best['wall'] / even:.2f}")
    print(f"  bare pool {pool:.2f} s, ratio {best['wall'] / pool:.2f}; processor {best['cpu']:.2f} s")
    print(f"  memory {best['memory']:.0f} MB (300 allowed); gaps: {', '.join(best['gaps']) or 'none'}")
    for name, calls in sorted(listed.items()):
        print(f"  {name:<44} {calls:>5} calls, {most} allowed")
    for name, calls in sorted(best["calls"].items(), key=lambda pair: -pair[1]):
        if name not in listed:
            print(f"  {name:<44} {calls:>5} calls")
    print(f"  all {total} calls")


if __name__ == "__main__":
    main()
