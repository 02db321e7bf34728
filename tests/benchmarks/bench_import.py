"""How fast snapshots of AWS Config are imported, and in how much memory: `bench_import.py [ITEMS]`.

Makes a synthetic snapshot with a fixed seed, reads it in a process of its own with evidence, assets and relations, and
prints items per second, peak memory, and the ratio to a plain `json.load` of the same file in the same run. Then the
whole way from files (the one, and the same in four) into a store, read by one process and by as many as there are
processors, with the processor time that each took: on a busy machine only that tells.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
)


def item(number: int, dice: random.Random) -> dict[str, Any]:
    """One configuration item: a volume, an instance, a bucket or a database."""
    region = dice.choice(REGIONS)
    account = f"{210000000000 + dice.randrange(20):012d}"
    sort = dice.choices(("Volume", "Instance", "Bucket", "DBInstance"), (40, 40, 15, 5))[0]
    key = f"arn:aws:kms:{region}:{account}:key/00000000-0000-0000-0000-{dice.randrange(50):012d}"
    zone = region + dice.choice("abc")
    supplement: dict[str, Any] = {}
    if sort == "Volume":
        identity, native = f"vol-{number:017x}", "AWS::EC2::Volume"
        configuration: dict[str, Any] = {
            "attachments": [
                {"attachTime": "2026-01-01T00:00:00.000Z", "instanceId": f"i-{number:017x}", "state": "attached"}
            ],
            "availabilityZone": zone,
            "createTime": "2026-01-01T00:00:00.000Z",
            "encrypted": True,
            "kmsKeyId": key,
            "size": 500,
            "snapshotId": "snap-0123",
            "state": "in-use",
            "volumeId": identity,
            "iops": 3000,
            "tags": [{"key": "Name", "value": f"disk {number}"}],
            "volumeType": "gp3",
            "multiAttachEnabled": False,
        }
        arn = f"arn:aws:ec2:{region}:{account}:volume/{identity}"
    elif sort == "Instance":
        identity, native = f"i-{number:017x}", "AWS::EC2::Instance"
        interface = {
            "attachment": {"attachTime": "2026-01-01T00:00:00.000Z", "attachmentId": "eni-attach-1", "deviceIndex": 0},
            "groups": [{"groupId": "sg-1", "groupName": "default"}],
            "ipv6Addresses": [],
            "macAddress": "0a:ff:f7:28:26:05",
            "networkInterfaceId": f"eni-{number:017x}",
            "privateIpAddresses": [{"primary": True, "privateIpAddress": "10.0.0.1"}],
        }
        configuration = {
            **{f"member{n}": f"value {n} of {number}" for n in range(25)},
            "instanceId": identity,
            "instanceType": dice.choice(("p5.48xlarge", "g5.xlarge", "m5.large")),
            "imageId": "ami-0123",
            "launchTime": "2026-01-01T00:00:00.000Z",
            "placement": {"availabilityZone": zone, "tenancy": "default"},
            "publicDnsName": "",
            "publicIpAddress": None,
            "vpcId": "vpc-1",
            "subnetId": "subnet-1",
            "blockDeviceMappings": [
                {"deviceName": "/dev/xvda", "ebs": {"volumeId": f"vol-{number:017x}", "status": "attached"}}
            ],
            "networkInterfaces": [interface],
            "enclaveOptions": {"enabled": False},
            "tags": [{"key": "Name", "value": f"node {number}"}],
        }
        arn = f"arn:aws:ec2:{region}:{account}:instance/{identity}"
    elif sort == "Bucket":
        identity, native = f"bucket-{number}", "AWS::S3::Bucket"
        configuration = {"name": identity, "owner": {"id": "0" * 64}, "creationDate": "2026-01-01T00:00:00.000Z"}
        rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": key}}
        supplement = {
            "BucketPolicy": {"policyText": POLICY},
            "BucketVersioningConfiguration": {"status": "Enabled", "isMfaDeleteEnabled": None},
            "BucketLoggingConfiguration": {"destinationBucketName": "logs", "logFilePrefix": ""},
            "ServerSideEncryptionConfiguration": {"rules": [rule]},
            "PublicAccessBlockConfiguration": dict.fromkeys(
                ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"), True
            ),
        }
        arn = f"arn:aws:s3:::{identity}"
    else:
        identity, native = f"database-{number}", "AWS::RDS::DBInstance"
        arn = f"arn:aws:rds:{region}:{account}:db:{identity}"
        configuration = {
            "dBInstanceIdentifier": identity,
            "dBInstanceArn": arn,
            "engine": "postgres",
            "storageEncrypted": True,
            "kmsKeyId": key,
            "publiclyAccessible": False,
            "multiAZ": True,
            "backupRetentionPeriod": 7,
            "availabilityZone": zone,
            "instanceCreateTime": "2026-01-01T00:00:00.000Z",
        }
    return {
        "relatedEvents": [],
        "relationships": [
            {"resourceId": f"vpc-{number}", "resourceType": "AWS::EC2::VPC", "name": "Is contained in Vpc"}
        ],
        "configuration": configuration,
        "supplementaryConfiguration": supplement,
        "tags": {"Name": f"thing {number}", "data-classification": dice.choice(("personal", "public"))},
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": "2026-10-01T00:00:00.000Z",
        "configurationStateId": number,
        "awsAccountId": account,
        "configurationItemStatus": "OK",
        "resourceType": native,
        "resourceId": identity,
        "resourceName": identity,
        "ARN": arn,
        "awsRegion": region,
        "availabilityZone": zone,
        "configurationStateMd5Hash": "",
        "resourceCreationTime": "2026-01-01T00:00:00.000Z",
    }


def write_snapshot(path: Path, count: int, part: int = 0) -> None:
    """A snapshot on one line, as AWS delivers it; each part names other things."""
    dice = random.Random(20260101 + part)  # noqa: S311 - made-up names, nothing to guard
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '{"fileVersion":"1.0","configSnapshotId":"00000000-0000-0000-0000-000000000000","configurationItems":['
        )
        for number in range(part * count, part * count + count):
            file.write(("," if number > part * count else "") + json.dumps(item(number, dice), separators=(",", ":")))
        file.write("]}")


READ = """
import sys, time
from pathlib import Path
from scanners.exports import read_exports
from scanners.model import Asset
counts = [0, 0]
def sink(batch):
    counts[0] += sum(isinstance(i, Asset) for i in batch)
    counts[1] += len(batch)
start = time.perf_counter()
[file] = read_exports([Path(sys.argv[1])], sink)
took = time.perf_counter() - start
print(took, counts[0], counts[1], file.state, *file.warnings, sep="\\t")
"""
WHOLE = """
import os, sys, tempfile, time
from datetime import UTC, datetime
from pathlib import Path
from app.store import Store
from scanners.exports import read_exports
def main():
    workers = int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "s.db") as store:
        start = time.perf_counter()
        writer = store.begin_scan([], started=datetime.now(UTC), program="bench")
        read_exports([Path(sys.argv[1])], writer.write, workers=workers)
        scan = writer.finish("complete", datetime.now(UTC))
        took = time.perf_counter() - start
    used = os.times()
    print(took, scan.assets, used.user + used.system, used.children_user + used.children_system, sep="\\t")
if __name__ == "__main__":
    main()
"""
LOAD = """
import json, sys, time
start = time.perf_counter()
with open(sys.argv[1], encoding="utf-8") as file:
    json.load(file)
print(time.perf_counter() - start)
"""
PEAK = """
import sys
if sys.platform == "win32":
    import ctypes, ctypes.wintypes as w
    class Counters(ctypes.Structure):
        _fields_ = [("cb", w.DWORD), ("faults", w.DWORD)] + [(n, ctypes.c_size_t) for n in "abcdefgh"]
    c = Counters(); c.cb = ctypes.sizeof(c)
    ctypes.windll.psapi.GetProcessMemoryInfo(ctypes.c_void_p(-1), ctypes.byref(c), c.cb)
    print(c.a)
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def run(code: str, path: Path) -> tuple[list[str], int]:
    """(what the code printed, peak memory in bytes) of a process of its own."""
    root = Path(__file__).resolve().parents[2]
    output = subprocess.run(
        [sys.executable, "-c", code + PEAK, str(path)], cwd=root, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return output[0].split("\t"), int(output[-1])


def whole(path: Path, workers: int) -> tuple[float, int, float, float]:
    """(seconds, assets, processor seconds here, processor seconds of other processes) from files into a store."""
    root = Path(__file__).resolve().parents[2]
    script = path.parent / "whole.py"  # a file: processes that are started afresh must find their main module
    script.write_text(WHOLE, encoding="utf-8")
    output = subprocess.run(
        [sys.executable, str(script), str(path), str(workers)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    ).stdout.split("\t")
    return float(output[0]), int(output[1]), float(output[2]), float(output[3])


def main() -> None:
    """Makes the file, reads it both ways, prints the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot.json"
        began = time.perf_counter()
        write_snapshot(path, count)
        size = path.stat().st_size
        print(f"snapshot: {count:,} items, {size / 1e6:.0f} MB, made in {time.perf_counter() - began:.1f} s")
        loaded, loaded_peak = run(LOAD, path)
        read, read_peak = run(READ, path)
        took, plain = float(read[0]), float(loaded[0])
        print(
            f"read_exports: {took:.2f} s, {int(read[1]) / took:,.0f} assets/s, {size / took / 1e6:.0f} MB/s, "
            f"{int(read[2]):,} items, peak {read_peak / 1e6:.0f} MB, {read[3]}"
        )
        print(f"json.load:    {plain:.2f} s, peak {loaded_peak / 1e6:.0f} MB")
        print(f"ratio to json.load: {took / plain:.2f} × the time, {read_peak / loaded_peak:.2f} × the memory")
        parts = Path(folder) / "parts"
        parts.mkdir()
        for number in range(4):
            write_snapshot(parts / f"{number}.json", count // 4, number)
        for files in (path, parts):
            alone = 0.0
            for workers in dict.fromkeys((1, min(os.cpu_count() or 1, 4))):
                took, assets, here, others = whole(files, workers)
                alone = alone or took
                print(
                    f"{'four files' if files == parts else 'one file'} into a store, {workers} reading: {took:.2f} s, "
                    f"{assets / took:,.0f} assets/s, {alone / took:.2f} × as fast as one; processor time {here:.2f} s "
                    f"here, {others:.2f} s in others"
                )


if __name__ == "__main__":
    main()
