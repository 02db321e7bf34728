"""Whole scans of a simulated AWS over real HTTP: what is planted is found, what fails is never taken for nothing."""

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aws_estate import ACCOUNT, FOREIGN, AwsCloud
from aws_wire import denied, error_body, operation_of
from backends import Backend, scan
from fault_proxy import FaultProxy

from app.audit import Yardstick, judge_scan, yardstick
from app.connections import Connection
from app.progress import CancelledByUser, Step
from app.store import Store
from scanners.aws.live.login import LoginError, Network
from scanners.aws.live.registry import collectors, operations
from scanners.model import Coverage, CoverageStatus

POLICY = """allowed_countries = ["EEA"]
[tag_map.data-classification]
personal = "personal"
anonymous = "anonymous"
"""
ABSENT = ("ec2.DescribeCapacityReservations", "cloudtrail.ListEventDataStores")
"""What the simulated cloud does not offer."""


@pytest.fixture(scope="module")
def by(tmp_path_factory: pytest.TempPathFactory) -> Yardstick:
    path = tmp_path_factory.mktemp("policy") / "policy.toml"
    path.write_text(POLICY, encoding="utf-8")
    return yardstick(path, date(2026, 11, 22))


@pytest.fixture
def store(backend: Backend) -> Any:
    with backend.open() as opened:
        yield opened


def judged(store: Store, scan_id: int, by: Yardstick) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(rule, subject) of all failures and of all passes."""
    info = judge_scan(store, scan_id, by, with_passes=True)
    found: dict[str, set[tuple[str, str]]] = {"fail": set(), "pass": set()}
    for verdict, pairs in found.items():
        for row in store.findings(info.id, verdict=verdict):
            pairs.add((row.finding.rule, row.finding.asset or row.finding.flow or ""))
    return found["fail"], found["pass"]


def cell(store: Store, scan_id: int, service: str, kind: str, region: str) -> Coverage:
    return next(c for c in store.coverage(scan_id) if (c.service, c.kind, c.region) == (service, kind, region))


def test_a_full_run_finds_what_was_planted(
    estate: dict[str, str], connection: Connection, store: Store, by: Yardstick, hasty: Network
) -> None:
    done = scan(store, [connection], network=hasty)
    fails, _ = judged(store, done.scan.id, by)
    for rule, what in (
        ("SIT-EXPO-001", "open bucket"),
        ("SIT-RES-002", "bucket in India"),
        ("SIT-EXPO-002", "public snapshot"),
        ("SIT-KEY-006", "key without rotation"),
        ("SIT-ACC-005", "silent trail"),
        ("SIT-RET-005", "copied bucket"),
        ("SIT-EXPO-002", "shared snapshot"),
    ):
        assert (rule, estate[what]) in fails, what
    assert any(rule.startswith("SIT-XFER") for rule, _ in fails)
    assets = {row.asset.uid: row.asset for row in _assets(store, done.scan.id)}
    assert assets[estate["plain disk"]].attributes["encrypted"] is False
    assert assets[estate["doomed key"]].attributes["state"] == "pending_destruction"
    machine = assets[estate["open notebook server"]].attributes
    assert machine["open_ports"] == [{"from": "10.0.0.0/8", "port": 22}, {"from": "any", "port": 8888}]
    assert assets[estate["image"]].attributes["public_access"] == "none"
    guardrail = assets[estate["region guardrail"]].attributes
    assert guardrail["allowed_regions"] == ["eu-central-1", "eu-west-1"]
    assert (guardrail["enforced"], guardrail["exceptions"]) == (True, [])
    relations = [row[3] for batch in store.estate(done.scan.id).relations() for row in batch]
    trusts = [r for r in relations if r.type == "trusts"]
    assert [(r.source, r.target) for r in trusts] == [(estate["vendor role"], f"account:{FOREIGN}")]


def _assets(store: Store, scan_id: int) -> list[Any]:
    rows, cursor = store.assets_page(scan_id, limit=1000)
    assert cursor is None
    return rows


@pytest.mark.every_backend
@pytest.mark.usefixtures("core")
def test_the_calls_are_kept_with_the_scan(
    estate: dict[str, str], connection: Connection, store: Store, proxy: FaultProxy, hasty: Network
) -> None:
    done = scan(store, [connection], network=hasty)
    kept = store.attachment(f"scan:{done.scan.id}", "calls")
    assert kept is not None
    rows = msgspec.json.decode(kept)
    assert sum(r["calls"] for r in rows if r["operation"] == "s3.GetBucketPolicy") == proxy.seen["s3.GetBucketPolicy"]
    assert sum(r["attempts"] for r in rows) == sum(proxy.seen.values())
    assert b"testing" not in kept
    assert b"not-a-real-secret" not in kept


@pytest.mark.usefixtures("core")
def test_no_secret_reaches_the_store(
    backend: Backend, estate: dict[str, str], connection: Connection, tmp_path: Path, hasty: Network
) -> None:
    with backend.open("x.db") as store:
        scan(store, [connection], network=hasty)
    assert b"not-a-real-secret" not in backend.place.raw("x.db")


@pytest.mark.parametrize("third", [0, 1, 2])
def test_denied_permissions_give_no_pass_that_the_full_run_does_not_give(
    backend: Backend,
    third: int,
    estate: dict[str, str],
    connection: Connection,
    store: Store,
    by: Yardstick,
    proxy: FaultProxy,
    hasty: Network,
    tmp_path: Path,
) -> None:
    whole = scan(store, [connection], network=hasty)
    _, passes = judged(store, whole.scan.id, by)
    assert len(passes) > 50
    keep = {"sts.GetCallerIdentity"}
    refused = {o.key for n, o in enumerate(operations()) if n % 3 == third} - keep
    proxy.strike(
        match=lambda request: operation_of(request) in refused,
        status=403,
        body=error_body("AccessDenied", "User: u is not authorized to perform this"),
    )
    with backend.open("less.db") as other:
        less = scan(other, [connection], network=hasty)
        _, fewer = judged(other, less.scan.id, by)
        denials = [c for c in other.coverage(less.scan.id) if c.missing_permission]
    assert fewer - passes == set()
    assert len(fewer) < len(passes)
    assert denials


@pytest.mark.usefixtures("core")
def test_an_organisation_that_forbids_is_told_from_a_missing_grant(
    estate: dict[str, str], connection: Connection, store: Store, proxy: FaultProxy, hasty: Network
) -> None:
    user = f"User: arn:aws:iam::{ACCOUNT}:user/a is not authorized to perform:"
    proxy.strike(**denied("kms.ListKeys", f"{user} kms:ListKeys with an explicit deny in a service control policy"))
    proxy.strike(**denied("ec2.DescribeVolumes", f"{user} ec2:DescribeVolumes because no identity-based policy allows"))
    proxy.strike(**denied("s3.GetBucketPolicy"))
    done = scan(store, [connection], network=hasty)
    keys = cell(store, done.scan.id, "kms", "key", "eu-central-1")
    assert (keys.status, keys.denied_by, keys.missing_permission) == ("denied", "scp", "kms:ListKeys")
    disks = cell(store, done.scan.id, "ec2", "storage.volume", "eu-west-1")
    assert (disks.status, disks.denied_by, disks.missing_permission) == ("denied", "iam", "ec2:DescribeVolumes")
    buckets = cell(store, done.scan.id, "s3", "storage.bucket", "*")
    assert (buckets.status, buckets.missing_permission, buckets.count) == ("partial", "s3:GetBucketPolicy", 6)
    assert done.scan.state == "partial"


@pytest.mark.usefixtures("core")
@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"status": 503, "body": error_body("InternalFailure", "sorry")}, CoverageStatus.ERROR),
        ({"status": 400, "body": error_body("ThrottlingException", "Rate exceeded")}, CoverageStatus.THROTTLED),
        ({"status": 400, "body": error_body("ExpiredTokenException", "expired")}, CoverageStatus.EXPIRED),
        ({"status": 400, "body": error_body("UnrecognizedClientException", "invalid")}, CoverageStatus.EXPIRED),
        ({"status": 403, "body": error_body("OptInRequired", "sign up")}, CoverageStatus.DISABLED),
        ({"status": 400, "body": error_body("UnknownOperationException", "?")}, CoverageStatus.UNSUPPORTED),
        ({"silence": 3.5}, CoverageStatus.TIMEOUT),
        ({"cut": True}, CoverageStatus.ERROR),
        ({"status": 200, "body": lambda _: ("application/json", b'{"Keys": [{')}, CoverageStatus.ERROR),
        ({"status": 200, "body": lambda _: ("text/html", b"<html>Log in</html>")}, CoverageStatus.ERROR),
    ],
    ids=["fault", "throttled", "expired", "region", "signup", "unsupported", "silent", "cut", "cut json", "portal"],
)
def test_every_failure_has_its_status_and_none_is_empty(
    fault: dict[str, Any],
    status: CoverageStatus,
    estate: dict[str, str],
    connection: Connection,
    store: Store,
    proxy: FaultProxy,
    hasty: Network,
) -> None:
    proxy.strike(match=lambda r: operation_of(r) == "kms.ListKeys", **fault)
    one = msgspec.structs.replace(connection, regions=("eu-west-2",))
    patience = Network(attempts=2, read_timeout=2) if "silence" in fault else hasty
    done = scan(store, [one], network=patience)
    found = cell(store, done.scan.id, "kms", "key", "eu-west-2")
    assert found.status is status
    assert not found.status.read
    assert found.detail
    assert cell(store, done.scan.id, "ec2", "network.vpc", "eu-west-2").status is CoverageStatus.COLLECTED


@pytest.mark.usefixtures("core")
def test_a_throttled_call_that_is_answered_later_leaves_no_gap(
    estate: dict[str, str], connection: Connection, store: Store, proxy: FaultProxy
) -> None:
    throttled = error_body("ThrottlingException", "Rate exceeded")
    proxy.strike(match=lambda r: operation_of(r) == "kms.ListKeys", status=400, body=throttled, times=2)
    one = msgspec.structs.replace(connection, regions=("eu-central-1",))
    done = scan(store, [one])
    found = cell(store, done.scan.id, "kms", "key", "eu-central-1")
    assert (found.status, found.count) == (CoverageStatus.COLLECTED, 2)
    assert proxy.seen["kms.ListKeys"] == 3


@pytest.mark.usefixtures("core")
def test_pages_before_a_failure_are_kept(
    estate: dict[str, str], connection: Connection, store: Store, proxy: FaultProxy, hasty: Network
) -> None:
    one = msgspec.structs.replace(connection, regions=("eu-west-1",))
    whole = scan(store, [one], network=hasty)
    assert cell(store, whole.scan.id, "ec2", "storage.volume", "eu-west-1").status is CoverageStatus.COLLECTED
    page = (
        "<DescribeVolumesResponse><volumeSet><item><volumeId>vol-1</volumeId></item></volumeSet>"
        "<nextToken>more</nextToken></DescribeVolumesResponse>"
    )
    proxy.strike(
        match=lambda r: b"DescribeVolumes" in r.body and b"NextToken" in r.body,
        status=500,
        body=error_body("InternalError", "sorry"),
    )
    proxy.strike(match=lambda r: b"DescribeVolumes" in r.body, status=200, body=lambda _: ("text/xml", page.encode()))
    part = scan(store, [one], network=hasty)
    found = cell(store, part.scan.id, "ec2", "storage.volume", "eu-west-1")
    assert (found.status, found.count) == (CoverageStatus.PARTIAL, 1)
    assert part.scan.gone == 0
    assert estate["plain disk"] in {row.asset.uid for row in _assets(store, part.scan.id) if row.stale}


@pytest.mark.usefixtures("core")
def test_pages_that_never_end_are_given_up(
    estate: dict[str, str], connection: Connection, store: Store, proxy: FaultProxy, hasty: Network
) -> None:
    one = msgspec.structs.replace(connection, regions=("eu-west-1",))
    page = "<DescribeVolumesResponse><volumeSet/><nextToken>more</nextToken></DescribeVolumesResponse>"
    proxy.strike(match=lambda r: b"DescribeVolumes" in r.body, status=200, body=lambda _: ("text/xml", page.encode()))
    done = scan(store, [one], network=hasty)
    assert cell(store, done.scan.id, "ec2", "storage.volume", "eu-west-1").status is CoverageStatus.PARTIAL
    assert proxy.seen["ec2.DescribeVolumes"] == 2


@pytest.mark.usefixtures("core")
def test_an_empty_account_is_empty_not_unknown(
    cloud: AwsCloud, connection: Connection, store: Store, hasty: Network
) -> None:
    cloud.reset()
    one = msgspec.structs.replace(connection, regions=("eu-west-2",))
    done = scan(store, [one], network=hasty)
    for service, kind in (("kms", "key"), ("ec2", "compute.instance"), ("ec2", "storage.volume")):
        assert cell(store, done.scan.id, service, kind, "eu-west-2").status is CoverageStatus.EMPTY
    assert cell(store, done.scan.id, "s3", "storage.bucket", "*").status is CoverageStatus.EMPTY
    unread = {(c.service, c.region) for c in store.coverage(done.scan.id) if c.status is CoverageStatus.NOT_ASKED}
    assert {service for service, _ in unread} == {"*"}, "nothing of the plan waits; only other regions were not asked"
    assert ("*", "eu-west-2") not in unread


@pytest.mark.usefixtures("core")
def test_cancelling_takes_two_seconds_at_most_and_keeps_what_was_read(
    backend: Backend, connection: Connection, store: Store, proxy: FaultProxy
) -> None:
    proxy.strike(match=lambda r: b"DescribeVolumes" in r.body, silence=30)
    asked: list[float] = []

    def cancelled() -> bool:
        if proxy.seen["ec2.DescribeVolumes"] and not asked:
            asked.append(time.monotonic())
        return bool(asked)

    with pytest.raises(CancelledByUser):
        scan(store, [connection], cancelled=cancelled)
    assert time.monotonic() - asked[0] < 2
    info = store.scans()[-1]
    assert info.state == "cancelled"
    told = {(c.service, c.kind): c.status for c in store.coverage(info.id)}
    states = {told["*", "*"] if backend.spread else told["ec2", "storage.volume"]}
    assert states == {CoverageStatus.NOT_ASKED}


def test_cancelling_a_login_that_hangs_does_not_wait_for_it(
    connection: Connection, store: Store, proxy: FaultProxy
) -> None:
    proxy.strike(match=lambda _: True, silence=30)
    begun = time.monotonic()
    with pytest.raises(CancelledByUser):
        scan(store, [connection], cancelled=lambda: time.monotonic() - begun > 1)
    assert time.monotonic() - begun < 3
    assert [info.state for info in store.scans()] == ["abandoned"]


def test_progress_has_a_total(backend: Backend, connection: Connection, store: Store, hasty: Network) -> None:
    steps: list[Step] = []
    scan(store, [connection], progress=steps.append, network=hasty)
    totals = [step.total for step in steps if step.phase == "scan" and step.total]
    regional = sum(c.scope == "region" for c in collectors())
    assert totals
    assert min(totals) >= (1 if backend.spread else regional * 5)  # workers are counted by account
    assert all(step.done <= (step.total or 0) for step in steps if step.total)


def test_a_killed_process_leaves_a_store_that_opens(
    backend: Backend, connection: Connection, proxy: FaultProxy, tmp_path: Path
) -> None:
    proxy.latency = 0.1
    config = tmp_path / "connections.toml"
    config.write_text(
        '[[connection]]\nname = "research"\nprovider = "aws"\nauth = "keys"\naccess_key_id = "testing"\n'
        f'secret_env = "SITUS_TEST_SECRET"\nregions = ["eu-central-1"]\nendpoint = "{proxy.endpoint}"\n',
        encoding="utf-8",
    )
    where = backend.place("killed.db")
    words = ["scan", "--connections", str(config), "--store", where, *backend.words]
    process = subprocess.Popen([sys.executable, "-m", "app.cli.main", *words], env={**os.environ})
    deadline = time.monotonic() + 30
    while sum(proxy.seen.values()) < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait(10)
    assert sum(proxy.seen.values()) >= 5
    with Store.open(where) as store:
        assert [info.state for info in store.scans()] == ["interrupted"]
        assert store.latest_scan() is None


def test_a_login_that_fails_is_one_sentence(
    connection: Connection, store: Store, proxy: FaultProxy, hasty: Network
) -> None:
    proxy.strike(match=lambda _: True, status=403, body=error_body("InvalidClientTokenId", "no such key"))
    with pytest.raises(LoginError, match=r"^research: could not log in to AWS\.") as caught:
        scan(store, [connection], network=hasty)
    assert "\n" not in str(caught.value)
    assert "testing" not in str(caught.value)
    assert [info.state for info in store.scans()] == ["abandoned"]


def test_no_call_is_made_that_is_not_declared(connection: Connection, store: Store, proxy: FaultProxy) -> None:
    scan(store, [connection], network=Network(attempts=1))
    assert set(proxy.seen) <= {o.key for o in operations()}
