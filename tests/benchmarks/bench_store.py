"""How fast the store takes and gives, and what it costs: run as a program, prints figures.

    python tests/benchmarks/bench_store.py [ASSETS] [--store PATH-or-URL]

The yardstick is `sqlite3.executemany` of rows of the same bytes into two plain tables, in the same run.
"""

import argparse
import hashlib
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from app.store import Store
from app.store.records import JudgementHeader
from rules.judgement import Finding, Missing, Severity, Summary, Verdict
from scanners.model import Asset, Coverage, CoverageStatus, Evidence, Item, Location, LocationKind, Relation, canonical

REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "ap-southeast-2"]
KINDS = ["storage.bucket", "storage.volume", "compute.instance", "database.instance", "key", "training.job"]
BATCH = 500
clock = time.perf_counter


def estate(count: int, seed: int = 7) -> Iterator[list[Item]]:
    """An invented estate: one document (about 900 bytes) and 0.7 relations for each asset."""
    dice = random.Random(seed)  # noqa: S311
    seen = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
    items: list[Item] = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        region = REGIONS[(number // 7) % len(REGIONS)]
        account = f"{100000000000 + number // 5000:012d}"
        uid = f"arn:aws:service:{region}:{account}:{kind.replace('.', '/')}/{dice.getrandbits(64):016x}"
        tags = {"owner": f"team-{number % 40}", "data-classification": dice.choice(["personal", "none", "health"])}
        document = {
            "arn": uid,
            "awsRegion": region,
            "accountId": account,
            "resourceType": "AWS::Service::Thing",
            "configuration": {
                "name": f"thing-{number}",
                "encryption": {"type": "aws:kms", "key": f"arn:aws:kms:{region}:{account}:key/{number % 50:08x}"},
                "created": f"2025-0{number % 9 + 1}-1{number % 9}T10:00:00Z",
                "settings": [{"id": f"{dice.getrandbits(64):016x}", "enabled": bool(number % 3), "days": number % 90}]
                * 3,
                "network": {"vpcId": f"vpc-{dice.getrandbits(32):08x}", "public": False, "ports": [22, 443, 8443]},
                "policy": {"version": "2012-10-17", "rules": [{"effect": "Allow", "to": f"role-{number % 200}"}] * 2},
            },
            "tags": tags,
        }
        body = canonical(document)
        key = hashlib.sha256(body).hexdigest()
        items.append(Evidence(key, body, "config:snapshot", f"export-1.json:{number}", seen))
        items.append(
            Asset(
                uid,
                "aws",
                account,
                kind,
                "AWS::Service::Thing",
                f"thing-{number}",
                Location(LocationKind.REGION, region),
                {
                    "encrypted": True,
                    "encryption": "aws:kms",
                    "versioning": bool(number % 3),
                    "expire_days": number % 90,
                },
                tags,
                created_at=seen,
                evidence=(key,),
            )
        )
        if dice.random() < 0.7:
            items.append(
                Relation(uid, "encrypted_by", f"arn:aws:kms:{region}:{account}:key/{number % 50:08x}", {}, key)
            )
        if len(items) >= BATCH:
            yield items
            items = []
    accounts = {f"{100000000000 + n:012d}" for n in range((count - 1) // 5000 + 1)}
    items += [
        Coverage("import:export-1.json", "aws", a, r, "config", k, CoverageStatus.COLLECTED)
        for a in sorted(accounts)
        for r in REGIONS
        for k in KINDS
    ]
    yield items


def size_of(path: Path) -> int:
    """Bytes of the store after everything is in the file proper."""
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return path.stat().st_size


def scan(store: Store, batches: list[list[Item]] | Iterator[list[Item]]) -> tuple[float, int]:
    """Seconds for one scan, making the items not counted, and its number."""
    spent = 0.0
    writer = store.begin_scan(["import:export-1.json"], started=datetime.now(UTC), program="bench")
    for batch in batches:
        begin = clock()
        writer.write(batch)
        spent += clock() - begin
    begin = clock()
    info = writer.finish("complete", datetime.now(UTC))
    return spent + clock() - begin, info.id


def bare(folder: Path, count: int) -> float:
    """Seconds of a bare executemany of the same asset and evidence bytes, with the two unique keys."""
    raw = sqlite3.connect(folder / "bare.db", isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=NORMAL")
    raw.execute("CREATE TABLE asset (id INTEGER PRIMARY KEY, uid TEXT UNIQUE, body BLOB)")
    raw.execute("CREATE TABLE evidence (id INTEGER PRIMARY KEY, digest BLOB UNIQUE, body BLOB)")
    spent = 0.0
    for batch in estate(count):
        assets = [(None, i.uid, canonical(i)) for i in batch if isinstance(i, Asset)]
        documents = [(None, bytes.fromhex(i.digest), i.body) for i in batch if isinstance(i, Evidence)]
        begin = clock()
        raw.execute("BEGIN")
        raw.executemany("INSERT INTO asset VALUES (?, ?, ?)", assets)
        raw.executemany("INSERT INTO evidence VALUES (?, ?, ?)", documents)
        raw.execute("COMMIT")
        spent += clock() - begin
    raw.close()
    return spent


def judged(store: Store, scan_id: int) -> None:
    """Open, read and judge (three findings for each second asset) and print the figures."""
    begin = clock()
    view = store.estate(scan_id)
    opened = clock() - begin
    begin = clock()
    count = sum(len(batch) for batch in view.assets())
    read = clock() - begin
    begin = clock()
    edges = sum(len(batch) for batch in view.relations())
    related = clock() - begin
    begin = clock()
    some = sum(len(batch) for batch in view.assets(kinds={"key"}))
    one_kind = clock() - begin
    print(f"open estate {opened:.2f} s; assets {count / read:,.0f}/s; relations {edges / related:,.0f}/s")
    print(f"one kind of six: {some / one_kind:,.0f} assets/s")
    header = JudgementHeader(date(2026, 6, 1), "bench", "p", "c")
    spent = 0.0
    written = 0
    with store.save_judgement(scan_id, header, estate=view) as sink:
        for batch in view.assets():
            made = [
                Finding(
                    f"SIT-ENC-00{n}",
                    Verdict.FAIL if n else Verdict.NOT_CHECKED,
                    Severity.HIGH,
                    asset.uid,
                    why=f"asset.expire_days is {asset.attributes['expire_days']}",
                    missing=(Missing("asset.tls_min_below_12", "not_read"),) if not n else (),
                    reads=("asset.expire_days",),
                    evidence=asset.evidence,
                )
                for node, asset in batch
                if node % 2
                for n in range(3)
            ]
            written += len(made)
            begin = clock()
            sink.findings(made)
            spent += clock() - begin
        begin = clock()
        info = sink.finish(Summary(date(2026, 6, 1)))
        spent += clock() - begin
    begin = clock()
    listed = sum(1 for _ in store.findings(info.id))
    out = clock() - begin
    print(
        f"findings stored {written / spent:,.0f}/s ({spent:.2f} s for {written:,}); "
        f"read with facts {listed / out:,.0f}/s"
    )


def main() -> None:
    """Print the figures."""
    global clock
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assets", nargs="?", type=int, default=100_000)
    parser.add_argument("--store")
    parser.add_argument("--cpu", action="store_true", help="processor time: for a machine that is busy otherwise")
    arguments = parser.parse_args()
    count: int = arguments.assets
    if arguments.cpu:
        clock = time.process_time
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "situs.db"
        with Store.open(arguments.store or path) as store:
            first, _ = scan(store, estate(count))
            size = 0 if arguments.store else size_of(path)
            second, number = scan(store, estate(count))
            grown = 0 if arguments.store else size_of(path)
            plain = bare(folder, count)
            print(f"{count:,} assets: first scan {first:.2f} s, {count / first:,.0f} assets/s with evidence")
            print(f"  bare executemany of the same bytes {plain:.2f} s: ratio {first / plain:.2f}")
            print(f"  second, identical scan {second:.2f} s, {count / second:,.0f} assets/s")
            if size:
                print(f"  {size / count:,.0f} bytes an asset; second scan adds {100 * (grown - size) / size:.3f} %")
            judged(store, number)
    print(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
