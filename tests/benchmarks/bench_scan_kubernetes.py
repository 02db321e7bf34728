"""A scan of a large cluster beside a bare loop that fetches and decodes the same lists: wall, processor time, memory.

    python tests/benchmarks/bench_scan_kubernetes.py [--nodes 2000] [--pods 20000] [--latency 0 20] [--runs 2]

The simulated API server runs in a process of its own and gives pages that were encoded beforehand; so do the scan and
the loop, each fresh, and only what follows the imports is measured. The loop asks one page after the other, by
itself with urllib3, and does nothing with what it got: no program that reads the same could do less.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "cloud")]
LISTS = (
    *("/api/v1/nodes", "/api/v1/pods", "/api/v1/services", "/api/v1/persistentvolumes", "/apis/batch/v1/jobs"),
    *("/apis/apps/v1/deployments", "/apis/networking.k8s.io/v1/networkpolicies", "/apis/kubeflow.org/v1/pytorchjobs"),
)


def serve(nodes: int, pods: int, latency: float) -> None:
    """Runs a cluster whose objects are as large as those of real ones: nodes 14 kB (most of it images), pods 5 kB."""
    from kubernetes_cluster import ClusterServer, serving
    from kubernetes_estate import REGION, node, pod_spec, thing
    from loopback import Asked, Reply

    class Encoded(ClusterServer):
        """Pages are encoded once, before the time is taken."""

        pages: ClassVar[dict[tuple[str, str], Reply]] = {}

        def __call__(self, asked: Asked) -> Reply:
            if latency:
                time.sleep(latency / 1000)
            path = f"/{asked.host}{asked.path}"
            key = (path, str(asked.one("continue")))
            if key not in self.pages:
                reply = super().__call__(asked)
                if reply.status != 200 or path not in LISTS:
                    return reply
                body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                self.pages[key] = Reply(body)
            return self.pages[key]

    cluster = Encoded()
    images = [{"names": [f"registry.example/{'x' * 60}@sha256:{n:064d}"], "sizeBytes": n} for n in range(50)]
    conditions = [{"type": f"C{n}", "status": "False", "reason": "x" * 40, "message": "y" * 80} for n in range(6)]
    status = {"images": images, "conditions": conditions}
    for n in range(nodes):
        labels = {**REGION, "cloud.google.com/gke-nodepool": f"pool-{n % 20}"}
        found = node(f"node-{n}", f"gce://proj/europe-west4-a/node-{n}", labels, nvidia_com__gpu="8")
        found["status"] |= status
        cluster.add(found)
    marks = {f"label-{n}": "v" * 20 for n in range(8)}
    filler = {"managedFields": [{"manager": "kubelet", "fieldsV1": {"f:status": {"f:" + "z" * 30: {}}}}] * 8}
    for n in range(pods):
        spec = pod_spec(8 if n < nodes else 0, "s3://bucket/x", nodeName=f"node-{n % nodes}")
        spec["containers"][0]["env"] += [{"name": f"V{m}", "value": "w" * 40} for m in range(20)]
        owner = [{"kind": "Job", "name": f"job-{n // 8}", "controller": True}]
        meta = {"labels": marks, "ownerReferences": owner, **filler}
        cluster.add(thing("Pod", f"pod-{n}", namespace="ml", metadata=meta, spec=spec, status={"phase": "Running"}))
    for n in range(nodes // 8):
        cluster.add(thing("Job", f"job-{n}", "batch/v1", "ml", spec={"template": {"spec": pod_spec(8, "s3://b/x")}}))
    for n in range(200):
        spec = {"replicas": 2, "template": {"metadata": {"labels": {"app": f"s{n}"}}, "spec": pod_spec(1)}}
        cluster.add(thing("Deployment", f"serve-{n}", "apps/v1", "web", spec=spec))
        cluster.add(thing("Service", f"serve-{n}", namespace="web", spec={"selector": {"app": f"s{n}"}}))
    for n in range(1000):
        csi = {"driver": "pd.csi.storage.gke.io", "volumeHandle": f"projects/p/zones/europe-west4-a/disks/d{n}"}
        cluster.add(thing("PersistentVolume", f"pv-{n}", spec={"csi": csi}, status={"phase": "Bound"}))
    with serving(cluster) as running:
        print(running.endpoint, flush=True)
        sys.stdin.readline()


def situs(endpoint: str) -> dict[str, Any]:
    """One scan."""
    from kubernetes_cluster import TOKEN, kubeconfig

    from scanners.guard import CallLog
    from scanners.kubernetes.live.login import Login
    from scanners.kubernetes.live.scan import scan
    from scanners.model import Asset

    log, assets = CallLog(), 0

    def sink(items: Any) -> None:
        nonlocal assets
        assets += sum(isinstance(item, Asset) for item in items)

    with tempfile.TemporaryDirectory() as folder:
        path = kubeconfig(Path(folder) / "config", {"c": ({"server": endpoint}, {"token": TOKEN})})
        wall, cpu = time.perf_counter(), time.process_time()
        scan(Login("b", path), sink, log)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall": wall, "cpu": cpu, "calls": log.total, "assets": assets, "memory": _memory()}


def bare(endpoint: str) -> dict[str, Any]:
    """The same lists, one page after the other."""
    import msgspec
    import urllib3
    from kubernetes_cluster import TOKEN

    pool, calls, objects = urllib3.PoolManager(), 0, 0
    wall, cpu = time.perf_counter(), time.process_time()
    for path in LISTS:
        token = ""
        while True:
            url = f"{endpoint}{path}?limit=500" + (f"&continue={token}" if token else "")
            answer = pool.request("GET", url, headers={"authorization": f"Bearer {TOKEN}"})
            calls += 1
            if answer.status != 200:
                break
            body = msgspec.json.decode(answer.data)
            objects += len(body["items"])
            token = body["metadata"].get("continue", "")
            if not token:
                break
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall": wall, "cpu": cpu, "calls": calls, "assets": objects, "memory": _memory()}


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
    parser.add_argument("--latency", type=float, nargs="*", default=[0, 20])
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--pods", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("part", nargs="*")
    options = parser.parse_args()
    if options.part:
        name, *rest = options.part
        if name == "serve":
            serve(int(rest[0]), int(rest[1]), float(rest[2]))
        else:
            print(json.dumps(situs(rest[0]) if name == "situs" else bare(rest[0])))
        return
    for latency in options.latency:
        words = [sys.executable, __file__, "serve", str(options.nodes), str(options.pods), str(latency)]
        server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            endpoint = server.stdout.readline().strip()
            _child("bare", endpoint)  # encodes the pages
            ours = [_child("situs", endpoint) for _ in range(options.runs)]
            theirs = [_child("bare", endpoint) for _ in range(options.runs)]
        finally:
            server.stdin.close()
            server.wait(30)
        a = {k: min(row[k] for row in ours) for k in ours[0]}
        b = {k: min(row[k] for row in theirs) for k in theirs[0]}
        print(f"{options.nodes} nodes, {options.pods} pods, {latency:.0f} ms added; best of {options.runs}")
        for key, unit in (("wall", "s"), ("cpu", "s"), ("calls", ""), ("memory", "MB")):
            ratio = a[key] / b[key] if b[key] else float("nan")
            print(f"  {key:<7} situs {a[key]:8.2f} {unit:<2}  bare {b[key]:8.2f} {unit:<2}  ratio {ratio:.2f}")
        print(f"  assets  situs {a['assets']:8}     objects {b['assets']:5}")


if __name__ == "__main__":
    main()
