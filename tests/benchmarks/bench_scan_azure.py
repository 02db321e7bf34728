"""A scan of a large simulated Azure beside the least time that Azure's quotas and the network allow.

    python tests/benchmarks/bench_scan_azure.py [--assets 10000] [--subscriptions 20] [--latency 50] [--parents 30]

The simulated Azure runs in a process of its own. What is printed: calls of Resource Graph (one for each 1,000 rows of a
table) and of Resource Manager (one for each parent and list), and the floor: what the quotas allow (in a subscription
250 reads at once and 25 a second; 15 queries of Resource Graph at once and 3 a second), and what the network allows on
the 32 connections that a scan may use. `bare` are the same requests replayed by a plain pool that knows them all.
"""

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "cloud")]


def serve(assets: int, subscriptions: int, latency: float, parents: int) -> None:
    from azure_cloud import Azure, azure_cloud
    from loopback import Asked, Reply

    azure = Azure()
    each = assets // subscriptions
    for n in range(subscriptions):
        identity = f"b0000000-0000-4000-8000-{n:012d}"
        azure.subscription(identity, f"Team {n}")
        group = f"/subscriptions/{identity}/resourceGroups/rg/providers"
        for k in range(each):
            name = f"n{n:02d}x{k:05d}"
            if k < parents:
                account = f"{group}/Microsoft.Storage/storageAccounts/{name}"
                azure.add(account, "westeurope", kind="StorageV2", sku={"name": "Standard_ZRS"}, tags={}, properties={})
                azure.add(f"{account}/blobServices/default", properties={})
                azure.add(f"{account}/blobServices/default/containers/c", properties={"publicAccess": "None"})
            elif k < parents * 2:
                vault = f"{group}/Microsoft.KeyVault/vaults/{name}"
                azure.add(vault, "westeurope", tags={}, properties={"vaultUri": f"https://{name}.vault.azure.net/"})
                azure.add(f"{vault}/keys/k", properties={"kty": "RSA", "attributes": {"enabled": True}})
            elif k % 3:
                kind = {"encryption": {"type": "EncryptionAtRestWithPlatformKey"}, "diskState": "Attached"}
                azure.add(f"{group}/Microsoft.Compute/disks/{name}", "westeurope", tags={"team": "x"}, properties=kind)
            else:
                size = {"hardwareProfile": {"vmSize": "Standard_ND96isr_H100_v5"}}
                azure.add(f"{group}/Microsoft.Compute/virtualMachines/{name}", "westeurope", tags={}, properties=size)
    index: dict[str, list[dict[str, Any]]] = {}
    for key, document in azure.documents.items():
        index.setdefault(key.rsplit("/", 1)[0], []).append(document)
    rows = [azure._row(d) for k, d in sorted(azure.documents.items()) if d["type"].lower() in _shown()]
    pages = [rows[n : n + 1000] for n in range(0, len(rows), 1000)]

    def children(parent: str, last: str, between: str = "") -> list[dict[str, Any]]:
        return index.get(f"{parent}{between}" if between else f"{parent}/{last}", [])

    def resources(asked: Asked, path: str) -> Reply:
        if not asked.body["query"].startswith("resources "):
            return Reply({"totalRecords": 0, "count": 0, "data": [], "resultTruncated": "false"})
        n = int((asked.body.get("options") or {}).get("$skipToken") or 0)
        answer: dict[str, Any] = {"totalRecords": len(rows), "count": len(pages[n]), "data": pages[n]}
        if n + 1 < len(pages):
            answer["$skipToken"] = str(n + 1)
        return Reply(answer)

    azure._children, azure._graph = children, resources  # type: ignore[method-assign]

    def delayed(asked: Asked) -> Reply:
        time.sleep(latency / 1000)
        return azure(asked)

    with azure_cloud(delayed) as server:  # type: ignore[arg-type]
        print(server.endpoint, flush=True)
        sys.stdin.readline()


def _shown() -> set[str]:
    from azure_cloud import GRAPH_TYPES

    return set(GRAPH_TYPES)


def situs(endpoint: str, record: Path | None) -> dict[str, Any]:
    from azure_cloud import TOKEN

    from scanners.azure.live.door import AzureDoor
    from scanners.azure.live.login import Login
    from scanners.azure.live.registry import operations
    from scanners.azure.live.scan import scan
    from scanners.guard import CallLog
    from scanners.live.credentials import Network, Secret
    from scanners.model import Asset

    operations()
    sent: list[tuple[str, str, Any]] = []
    if record is not None:
        plain = AzureDoor._once

        def recorded(self: Any, operation: Any, url: str, payload: Any, renew: bool) -> Any:
            sent.append((operation.method, self._placed(url), payload))
            return plain(self, operation, url, payload, renew)

        AzureDoor._once = recorded  # type: ignore[method-assign]
    log, assets = CallLog(), 0

    def sink(items: Any) -> None:
        nonlocal assets
        assets += sum(isinstance(item, Asset) for item in items)

    login = Login("b", "token", secret=Secret(TOKEN), endpoint=endpoint)
    wall, cpu = time.perf_counter(), time.process_time()
    scan(login, sink, log, network=Network(attempts=1, read_timeout=60))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if record is not None:
        record.write_bytes(pickle.dumps(sent))
    graph = sum(c.calls for c in log.counts() if c.operation.startswith("Microsoft.ResourceGraph/"))
    by_account: dict[str, int] = {}
    for count in log.counts():
        if count.account != "*":
            by_account[count.account] = by_account.get(count.account, 0) + count.calls
    return {
        "wall": wall,
        "cpu": cpu,
        "calls": log.total,
        "graph": graph,
        "most": max(by_account.values(), default=0),
        "assets": assets,
        "memory": _memory(),
    }


def bare(endpoint: str, record: Path) -> dict[str, Any]:
    from concurrent.futures import ThreadPoolExecutor

    import urllib3
    from azure_cloud import TOKEN

    del endpoint
    sent = pickle.loads(record.read_bytes())  # noqa: S301 - written by ourselves a moment ago
    pool = urllib3.PoolManager(maxsize=32, block=False, retries=False)
    lock = threading.Lock()
    size = 0

    def run(request: tuple[str, str, Any]) -> None:
        nonlocal size
        method, url, payload = request
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
        answer = pool.request(method, url, body=payload, headers=headers)
        json.loads(answer.data)
        with lock:
            size += len(answer.data)

    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(32) as threads:
        list(threads.map(run, sent))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall": wall, "cpu": cpu, "calls": len(sent), "memory": _memory()}


def _memory() -> float:
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _child(*words: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, *words], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def floor(row: dict[str, Any], latency: float, workers: int = 32) -> tuple[float, float]:
    """(seconds that the quotas need, seconds that the network needs on this many connections)."""
    quota = max((row["most"] - 250) / 25, (row["graph"] - 15) / 3, 0.0)
    return quota, row["calls"] * latency / 1000 / workers


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--subscriptions", type=int, default=20)
    parser.add_argument("--latency", type=float, default=50)
    parser.add_argument("--parents", type=int, default=30)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("part", nargs="*")
    options = parser.parse_args()
    if options.part:
        name, *rest = options.part
        if name == "serve":
            serve(int(rest[0]), int(rest[1]), float(rest[2]), int(rest[3]))
        else:
            path = Path(rest[1]) if rest[1:] else None
            print(json.dumps(situs(rest[0], path) if name == "situs" else bare(rest[0], path or Path())))
        return
    os.environ["PYTHONUTF8"] = "1"
    words = [str(options.assets), str(options.subscriptions), str(options.latency), str(options.parents)]
    server = subprocess.Popen(
        [sys.executable, __file__, "serve", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        endpoint = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder) / "calls"
            ours = [_child("situs", endpoint, str(record)) for _ in range(options.runs)]
            theirs = [_child("bare", endpoint, str(record)) for _ in range(options.runs)]
    finally:
        server.stdin.close()
        server.wait(30)
    a = min(ours, key=lambda row: row["wall"])
    b = min(theirs, key=lambda row: row["wall"])
    quota, network = floor(a, options.latency)
    print(f"{a['assets']} assets in {options.subscriptions} subscriptions, {options.latency:.0f} ms for each call")
    print(f"  calls    {a['calls']}: {a['graph']} of Resource Graph, at most {a['most']} in one subscription")
    print(f"  floor    quota {quota:.1f} s, network {network:.1f} s on 32 connections")
    most = max(quota, network)
    print(f"  wall     situs {a['wall']:.1f} s  bare {b['wall']:.1f} s  situs / floor {a['wall'] / most:.2f}")
    print(f"  cpu      situs {a['cpu']:.1f} s  bare {b['cpu']:.1f} s  ratio {a['cpu'] / b['cpu']:.2f}")
    print(f"  memory   situs {a['memory']:.0f} MB  bare {b['memory']:.0f} MB")


if __name__ == "__main__":
    main()
