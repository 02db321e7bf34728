"""Whole scans of a simulated Google Cloud over real HTTP: what is planted is found, what fails is never nothing."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aws_estate import AwsCloud
from backends import Backend, scan
from gcp_cloud import TOKEN, GcpCloud, denied, disabled, error, gcp_cloud, old_error
from gcp_estate import DATA, FOLDER, NUMBERS, ORG, TRAIN, above, asset, bucket, plant, project
from loopback import Asked, Reply

from app.audit import Yardstick, judge_scan, yardstick
from app.connections import Connection
from app.progress import CancelledByUser
from app.store import Store
from scanners.gcp.live.registry import operations
from scanners.live.credentials import LoginError, Network
from scanners.model import Asset, Coverage, CoverageStatus, problems

POLICY = """allowed_countries = ["EEA"]
transfer_register = []
[tag_map.data-classification]
personal = "personal"
"""
HASTY = Network(attempts=1, connect_timeout=5, read_timeout=15)
SET_ABOVE = ("guardrail of the organisation", "perimeter")


@pytest.fixture(scope="module")
def by(tmp_path_factory: pytest.TempPathFactory) -> Yardstick:
    path = tmp_path_factory.mktemp("policy") / "policy.toml"
    path.write_text(POLICY, encoding="utf-8")
    return yardstick(path, date(2026, 11, 22))


@pytest.fixture
def store(backend: Backend) -> Any:
    with backend.open() as opened:
        yield opened


@pytest.fixture
def google() -> GcpCloud:
    """The planted organisation; tests spoil it."""
    return GcpCloud()


@pytest.fixture
def planted(google: GcpCloud) -> dict[str, str]:
    return plant(google)


@pytest.fixture
def connected(google: GcpCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    monkeypatch.setenv("SITUS_TEST_TOKEN", TOKEN)
    with gcp_cloud(google) as server:
        yield Connection(
            "research", "gcp", "token", endpoint=server.endpoint, options={"secret": "env:SITUS_TEST_TOKEN"}
        )


def assets(store: Store, scan_id: int) -> dict[str, Asset]:
    rows, cursor = store.assets_page(scan_id, limit=1000)
    assert cursor is None
    return {row.asset.uid: row.asset for row in rows}


def cells(store: Store, scan_id: int, service: str, kind: str, account: str = TRAIN) -> list[Coverage]:
    return [c for c in store.coverage(scan_id) if (c.service, c.kind, c.account) == (service, kind, account)]


def only(store: Store, scan_id: int, service: str, kind: str, account: str = TRAIN) -> Coverage:
    (found,) = cells(store, scan_id, service, kind, account)
    return found


def judged(store: Store, scan_id: int, by: Yardstick) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(rule, subject) of all failures and of all passes."""
    info = judge_scan(store, scan_id, by, with_passes=True)
    found: dict[str, set[tuple[str, str]]] = {"fail": set(), "pass": set()}
    for verdict, pairs in found.items():
        for row in store.findings(info.id, verdict=verdict):
            pairs.add((row.finding.rule, row.finding.asset or row.finding.flow or ""))
    return found["fail"], found["pass"]


@pytest.mark.every_backend
def test_an_audit_finds_every_planted_problem(
    planted: dict[str, str], connected: Connection, store: Store, by: Yardstick
) -> None:
    done = scan(store, [connected], network=HASTY)
    found = assets(store, done.scan.id)
    assert set(planted.values()) <= set(found)
    for one in found.values():
        assert problems(one.kind, one.attributes) == [], one.uid
    fails, _ = judged(store, done.scan.id, by)
    for rule, what in (
        ("SIT-RES-004", "patients in the US"),
        ("SIT-EXPO-001", "open"),
        ("SIT-KEY-006", "key without rotation"),
        ("SIT-KEY-011", "open database"),
        ("SIT-RES-004", "cohorts in the US"),
        ("SIT-GOV-002", "guardrail let loose"),
        ("SIT-KEY-011", "cluster"),
        ("SIT-EXPO-004", "endpoint"),
        ("SIT-EXPO-005", "workbench"),
        ("SIT-EXPO-005", "notebook"),
        ("SIT-ACC-006", "log store"),
        ("SIT-EXPO-007", "GPUs in Iowa"),
    ):
        assert (rule, planted[what]) in fails, what
    assert any(rule.startswith("SIT-XFER") for rule, _ in fails)
    attributes = {what: found[uid].attributes for what, uid in planted.items()}
    assert attributes["GPUs in Iowa"]["open_ports"] == [{"from": "any", "port": 8888}]
    assert attributes["GPUs in Eemshaven"]["open_ports"] == [{"from": "0.0.0.0/0", "port": 8888}]
    assert attributes["scans"]["read_logging"] is True
    assert attributes["external key"]["custody"] == "external"
    assert attributes["external key"]["allowed_reasons"] == ["CUSTOMER_INITIATED_SUPPORT"]
    assert attributes["scans"]["public_access"] == "none"
    assert attributes["queued TPUs"] == {
        "instance_type": "v6e-8", "node_count": 1, "gpu_model": "TPU v6e", "gpu_count": 8,
    }  # fmt: skip
    assert attributes["tuning everywhere"]["processing_scope"] == "global"
    assert found[planted["database of records"]].location.region == "eur6"
    assert found[planted["snapshot in the US"]].location.region == "US"
    train = found[f"//cloudresourcemanager.googleapis.com/projects/{NUMBERS[TRAIN]}"]
    assert (train.account, train.attributes["organisation"]) == (TRAIN, ORG)
    assert train.attributes["endpoint_locations"] == ["global"]
    assert train.attributes["operator_approval"] == "off"
    assert train.attributes["operator_log_exported"] is False
    assert attributes["models"]["discovery_hits"] == 2
    states = {c.status for c in store.coverage(done.scan.id)}
    assert states == {CoverageStatus.COLLECTED, CoverageStatus.EMPTY}
    assert done.scan.state == "complete"
    relations = [row[3] for batch in store.estate(done.scan.id).relations() for row in batch]
    trusts = {(r.source, r.target) for r in relations if r.type == "trusts"}
    assert trusts == {
        (planted["account that a vendor may act as"], "account:vendor-project"),
        (planted["foreign identities"], "account:999988887777"),
        ("arn:aws:iam::111122223333:role/omni", planted["connection to AWS"]),
    }


def test_without_the_inventory_the_services_say_the_same(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    whole = assets(store, scan(store, [connected], network=HASTY).scan.id)
    google.strike(r"^cloudasset", disabled("cloudasset.googleapis.com"))
    done = scan(store, [connected], network=HASTY)
    alone = {row.asset.uid: row.asset for row in store.assets_page(done.scan.id, limit=1000)[0] if not row.stale}
    for what, uid in planted.items():
        if what in SET_ABOVE:
            continue
        assert uid in alone, what
        first, second = whole[uid], alone[uid]
        assert (first.kind, first.native_type, first.account, first.location) == (
            *(second.kind, second.native_type, second.account, second.location),
        ), what
        shared = (first.attributes.keys() & second.attributes.keys()) - {"relations_read"}
        told = [set(one.attributes.get("relations_read", ())) for one in (first, second)]
        assert told[1] == told[0] - {"shared_with"}, what  # only the inventory shows what is granted above
        assert {n: first.attributes[n] for n in shared} == {n: second.attributes[n] for n in shared}, what
    assert alone[planted["open"]].attributes["public_access"] == "public"
    cell = only(store, done.scan.id, "cloudasset", "identity")
    assert cell.status is CoverageStatus.DISABLED
    assert "cloudasset.googleapis.com is not enabled" in str(cell.detail)
    assert only(store, done.scan.id, "storage", "storage.bucket", DATA).status is CoverageStatus.COLLECTED
    assert done.scan.gone == 0


@pytest.mark.parametrize("third", [0, 1, 2])
def test_denied_permissions_give_no_pass_that_the_full_run_does_not_give(
    backend: Backend,
    third: int,
    google: GcpCloud,
    planted: dict[str, str],
    connected: Connection,
    store: Store,
    by: Yardstick,
    tmp_path: Path,
) -> None:
    _, passes = judged(store, scan(store, [connected], network=HASTY).scan.id, by)
    assert len(passes) > 50
    paths = [o for n, o in enumerate(operations()) if n % 3 == third and not o.key.startswith("resourcemanager")]

    def refuse(asked: Asked) -> Reply | None:
        for o in paths:
            fits = o.like.match(asked.path) and asked.host.endswith(o.host.partition("}")[2] or o.host)
            wanted = dict(o.query).get("contentType")
            if fits and wanted in (None, asked.one("contentType")):
                return denied(o.permission)
        return None

    google.strike(".", refuse)
    with backend.open("less.db") as other:
        less = scan(other, [connected], network=HASTY)
        _, fewer = judged(other, less.scan.id, by)
        denials = [c for c in other.coverage(less.scan.id) if c.missing_permission]
    inherited = f"//orgpolicy.googleapis.com/projects/{DATA}/policies/gcp.resourceLocations"
    assert {
        p for p in fewer - passes if p[1] != inherited
    } == set()  # told by the project where the top may not be read
    assert denials


@pytest.mark.parametrize(
    ("reply", "status", "words"),
    [
        (denied("tpu.nodes.list"), "denied", "tpu.nodes.list is not granted"),
        (disabled("tpu.googleapis.com"), "disabled", "tpu.googleapis.com is not enabled in projects/1000000001"),
        (old_error(403, "accessNotConfigured", "off"), "disabled", "is not enabled"),
        (error(403, "PERMISSION_DENIED", "x", "BILLING_DISABLED"), "disabled", "billing"),
        (error(403, "PERMISSION_DENIED", "x", "SECURITY_POLICY_VIOLATED"), "denied", "service perimeter"),
        (error(403, "PERMISSION_DENIED", "x", "USER_PROJECT_DENIED"), "denied", "serviceusage.services.use"),
        (error(403, "X", "The API requires a quota project, which", "SERVICE_DISABLED"), "denied", "set-quota-project"),
        (error(429, "RESOURCE_EXHAUSTED", "x", "RATE_LIMIT_EXCEEDED"), "throttled", "quota"),
        (old_error(403, "rateLimitExceeded", "x"), "throttled", "quota"),
        (error(503, "UNAVAILABLE", "x"), "error", "fault of its own"),
        (error(504, "DEADLINE_EXCEEDED", "x"), "timeout", "in time"),
        (error(501, "UNIMPLEMENTED", "x"), "unsupported", "does not offer"),
        (Reply(b"<html>Error 404 (Not Found)!!1</html>", 404), "unsupported", "does not offer"),
        (Reply(b"<html>Log in to the proxy</html>", 200), "error", "cut off"),
        (Reply(b'{"queuedResources": [{"name": "pro', 200), "error", "cut off"),
        (Reply({"queuedResources": "none"}, 200), "partial", "no list"),
        (Reply({"queuedResources": [1]}, 200), "partial", "no object"),
        (Reply({"queuedResources": [{"state": {}}]}, 200), "partial", "without naming it"),
        (Reply({"unreachable": ["projects/p/locations/us-east5-a"]}, 200), "partial", "us-east5-a"),
        (Reply([], 200), "partial", "no list"),
        (Reply({"error": {"code": 403}}, 200), "partial", "no list"),
        (Reply(None, 302, {"location": "https://evil.example/"}), "error", "never followed"),
    ],
)  # fmt: skip
def test_every_failure_has_its_status_and_none_is_empty(
    reply: Reply,
    status: str,
    words: str,
    google: GcpCloud,
    planted: dict[str, str],
    connected: Connection,
    store: Store,
) -> None:
    google.strike(rf"^tpu.*/projects/{TRAIN}/locations(/[^/]+/queuedResources)?$", reply)
    google.checked = False
    done = scan(store, [connected], network=HASTY)
    found = only(store, done.scan.id, "tpu", "compute.nodegroup")
    assert found.status == status
    assert not found.status.read
    assert words in str(found.detail)
    assert only(store, done.scan.id, "tpu", "compute.nodegroup", DATA).status is CoverageStatus.EMPTY
    assert (planted["queued TPUs"] in assets(store, done.scan.id)) is False


@pytest.mark.parametrize(
    ("address", "body", "service", "kind"),
    [
        (
            "container.googleapis.com/v1/projects/{p}/locations/-/clusters",
            {"missingZones": ["europe-west4-c"]},
            *("container", "compute.cluster"),
        ),
        (
            "storage.googleapis.com/storage/v1/b",
            {"unreachable": ["projects/_/buckets/lost"]},
            *("storage", "storage.bucket"),
        ),
        (
            "sqladmin.googleapis.com/v1/projects/{p}/instances",
            {"warnings": [{"code": "REGION_UNREACHABLE", "region": "us-east1"}]},
            *("sqladmin", "database.instance"),
        ),
        (
            "compute.googleapis.com/compute/v1/projects/{p}/aggregated/instances",
            {"items": {"zones/a": {"warning": {"code": "UNREACHABLE"}}}},
            *("compute", "compute.instance"),
        ),
        (
            "compute.googleapis.com/compute/v1/projects/{p}/aggregated/instances",
            {"unreachables": ["zones/us-east1-b"]},
            *("compute", "compute.instance"),
        ),
    ],
)
def test_what_an_answer_leaves_out_is_a_gap(
    address: str,
    body: dict[str, Any],
    service: str,
    kind: str,
    google: GcpCloud,
    planted: dict[str, str],
    connected: Connection,
    store: Store,
) -> None:
    google.strike(r"^cloudasset", disabled("cloudasset.googleapis.com"))
    google.strike(f"^{address.format(p=TRAIN)}$", lambda a: Reply(body) if a.one("project") in (None, TRAIN) else None)
    done = scan(store, [connected], network=HASTY)
    found = only(store, done.scan.id, service, kind)
    assert found.status is CoverageStatus.PARTIAL
    assert "did not answer" in str(found.detail)


def test_zones_without_results_are_no_gap(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    google.strike(r"^cloudasset", disabled("cloudasset.googleapis.com"))
    done = scan(store, [connected], network=HASTY)
    assert only(store, done.scan.id, "compute", "compute.instance").status is CoverageStatus.COLLECTED


def test_a_service_that_names_no_place_was_not_read(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    google.wilds.add("notebooks")
    done = scan(store, [connected], network=HASTY)
    found = only(store, done.scan.id, "notebooks", "training.notebook")
    assert found.status is CoverageStatus.PARTIAL
    assert "names no place" in str(found.detail)
    google.put(f"notebooks.googleapis.com/v2/projects/{TRAIN}/locations", "locations", {"locationId": "us-central1-b"})
    again = scan(store, [connected], network=HASTY)
    assert only(store, again.scan.id, "notebooks", "training.notebook").status is CoverageStatus.COLLECTED
    assert planted["workbench"] in assets(store, again.scan.id)


def test_pages_before_a_failure_are_kept_and_nothing_is_gone(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    google.page = 4
    scan(store, [connected], network=HASTY)

    def broken(asked: Asked) -> Reply | None:
        late = asked.one("pageToken") and asked.one("contentType") == "RESOURCE"
        return error(500, "INTERNAL", "x") if late else None

    google.strike(r"^cloudasset.*assets$", broken)
    part = scan(store, [connected], network=HASTY)
    found = only(store, part.scan.id, "storage", "storage.bucket", DATA)
    assert (found.status, found.count) == (CoverageStatus.PARTIAL, 2)
    assert part.scan.gone == 0
    assert part.scan.stale > 3


def test_a_page_token_that_expires_is_a_gap_and_not_the_end(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    google.page = 4
    google.strike(
        r"^cloudasset.*assets$", lambda a: error(400, "INVALID_ARGUMENT", "page token") if a.one("pageToken") else None
    )
    done = scan(store, [connected], network=HASTY)
    assert only(store, done.scan.id, "storage", "storage.bucket", DATA).status is CoverageStatus.PARTIAL


def test_an_organisation_that_may_not_be_read_is_read_project_by_project(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    google.strike(rf"^cloudasset.*/v1/{ORG}", denied("cloudasset.assets.listResource"))
    done = scan(store, [connected], network=HASTY)
    found = assets(store, done.scan.id)
    missing = {what for what, uid in planted.items() if uid not in found}
    assert missing == set(SET_ABOVE)
    assert {c.account for c in store.coverage(done.scan.id)} == {TRAIN, DATA, ORG, FOLDER}
    assert google.calls["cloudasset RESOURCE"] == 2
    assert google.calls["storage.buckets.list"] == 0
    assert only(store, done.scan.id, "storage", "storage.bucket", DATA).status is CoverageStatus.COLLECTED


def test_an_unknown_type_makes_the_inventory_list_everything(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    google.strike(
        r"^cloudasset.*assets$", lambda a: error(400, "INVALID_ARGUMENT", "type") if "assetTypes" in a.query else None
    )
    found = assets(store, scan(store, [connected], network=HASTY).scan.id)
    assert set(planted.values()) <= set(found)


def test_who_may_read_is_unknown_without_iam_policies(
    backend: Backend, google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store, tmp_path: Path
) -> None:
    google.strike(
        r"^cloudasset",
        lambda a: denied("cloudasset.assets.listIamPolicy") if a.one("contentType") == "IAM_POLICY" else None,
    )
    done = scan(store, [connected], network=HASTY)
    found = assets(store, done.scan.id)  # the buckets tell it themselves, databases do not
    assert found[planted["open"]].attributes["public_access"] == "public"
    assert "public_access" not in found[planted["scans"]].attributes  # a folder may let in everyone
    google.strike(r"^storage.*/iam$", denied("storage.buckets.getIamPolicy"))
    with backend.open("less.db") as other:
        less = scan(other, [connected], network=HASTY)
        assert "public_access" not in assets(other, less.scan.id)[planted["open"]].attributes
        told = only(other, less.scan.id, "storage", "storage.bucket", DATA)
    assert (told.status, told.missing_permission) == (CoverageStatus.PARTIAL, "storage.buckets.getIamPolicy")
    cell = only(store, done.scan.id, "iam", "identity", DATA)
    assert (cell.status, cell.missing_permission) == (CoverageStatus.PARTIAL, "cloudasset.assets.listIamPolicy")
    assert only(store, done.scan.id, "storage", "storage.bucket", DATA).status is CoverageStatus.COLLECTED


def test_an_empty_project_is_empty_and_a_service_that_is_off_is_off(
    google: GcpCloud, connected: Connection, store: Store
) -> None:
    project(google, "bare", "1000000009", ORG, apis=("storage", "cloudasset"))
    done = scan(store, [connected], network=HASTY)
    assert only(store, done.scan.id, "storage", "storage.bucket", "bare").status is CoverageStatus.EMPTY
    off = only(store, done.scan.id, "storagetransfer", "transfer.job", "bare")
    assert (off.status, off.detail) == ("disabled", "storagetransfer.googleapis.com is not enabled in bare.")
    assert google.calls["storagetransfer.transferJobs.list"] == 0


def test_only_projects_that_are_asked_for_are_read(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    one = Connection(**{f: getattr(connected, f) for f in connected.__struct_fields__} | {"accounts": ("med-t*",)})
    done = scan(store, [one], network=HASTY)
    assert {a.account for a in assets(store, done.scan.id).values()} <= {TRAIN, ORG, FOLDER}
    google.strike(rf"^cloudresourcemanager.*/projects/{DATA}$", denied("resourcemanager.projects.get"))
    google.lists["cloudresourcemanager.googleapis.com/v3/projects:search"][1].pop()
    two = Connection(**{f: getattr(connected, f) for f in connected.__struct_fields__} | {"accounts": (TRAIN, DATA)})
    less = scan(store, [two], network=HASTY)
    (cell,) = cells(store, less.scan.id, "*", "*", DATA)
    assert (cell.status, cell.missing_permission) == ("denied", "resourcemanager.projects.get")


def test_a_folder_confines_the_scan(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    project(google, "outside", "1000000009", ORG)
    options = {**connected.options, "folders": (FOLDER.removeprefix("folders/"),)}
    inside = Connection("research", "gcp", "token", endpoint=connected.endpoint, options=options)
    done = scan(store, [inside], network=HASTY)
    accounts = {a.account for a in assets(store, done.scan.id).values()}
    assert {TRAIN, DATA} <= accounts
    assert "outside" not in accounts


def test_each_place_has_a_part_of_its_own_where_places_are_asked_one_by_one(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    google.strike(rf"^europe-west4-aiplatform.*/projects/{TRAIN}/", denied("aiplatform.tuningJobs.list"))
    done = scan(store, [connected], network=HASTY)
    states = {c.region: str(c.status) for c in cells(store, done.scan.id, "aiplatform.tuningJobs", "ai.customization")}
    assert states == {"europe-west4": "denied", "us-central1": "collected", "global": "collected"}
    changed = {f: getattr(connected, f) for f in connected.__struct_fields__} | {"regions": ("europe-*",)}
    less = scan(store, [Connection(**changed)], network=HASTY)
    states = {c.region: str(c.status) for c in cells(store, less.scan.id, "aiplatform.tuningJobs", "ai.customization")}
    assert states == {"europe-west4": "denied", "us-central1": "not_asked", "global": "collected"}
    assert less.scan.gone == 0
    assert planted["tuning"] in {row.asset.uid for row in store.assets_page(less.scan.id, limit=1000)[0] if row.stale}


def test_cancelling_takes_two_seconds_at_most_and_claims_nothing(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    def slow(_: Asked) -> Reply | None:
        time.sleep(20)
        return None

    google.strike(r"^notebooks", slow)
    asked: list[float] = []

    def cancelled() -> bool:
        if google.calls["notebooks.projects.locations.instances.list"] and not asked:
            asked.append(time.monotonic())
        return bool(asked)

    with pytest.raises(CancelledByUser):
        scan(store, [connected], cancelled=cancelled)
    assert time.monotonic() - asked[0] < 2
    info = store.scans()[-1]
    assert info.state == "cancelled"
    told = [c for c in store.coverage(info.id) if c.service == "notebooks"]
    assert not any(c.status.read for c in told)
    assert {c.status for c in store.coverage(info.id) if c.service == "*"} == {CoverageStatus.NOT_ASKED}


def test_a_token_that_expired_is_one_sentence(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITUS_TEST_TOKEN", "ya29.old")
    with pytest.raises(LoginError, match=r"^research: could not log in to Google Cloud\.") as caught:
        scan(store, [connected], network=HASTY)
    assert "\n" not in str(caught.value)
    assert "ya29" not in str(caught.value)


def test_a_token_that_expires_midway_is_coverage(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    google.strike(r"^storagetransfer", error(401, "UNAUTHENTICATED", "x"))
    done = scan(store, [connected], network=HASTY)
    assert only(store, done.scan.id, "storagetransfer", "transfer.job", DATA).status is CoverageStatus.EXPIRED


def test_a_quota_that_is_used_up_is_waited_for(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    google.strike(r"^storagetransfer", error(429, "RESOURCE_EXHAUSTED", "x", "RATE_LIMIT_EXCEEDED"), times=2)
    done = scan(store, [connected], network=Network(attempts=2, connect_timeout=5, read_timeout=15))
    assert only(store, done.scan.id, "storagetransfer", "transfer.job", DATA).status is CoverageStatus.COLLECTED


def test_no_secret_reaches_the_store(
    backend: Backend, planted: dict[str, str], connected: Connection, tmp_path: Path
) -> None:
    with backend.open("x.db") as store:
        scan(store, [connected], network=HASTY)
    raw = backend.place.raw("x.db")
    assert TOKEN.encode() not in raw
    assert b"not-kept" not in raw  # an argument of a training job
    assert b"billing@hospital.example" not in raw


def test_a_copy_from_another_cloud_is_one_flow_with_the_ends_that_are_known(
    backend: Backend,
    google: GcpCloud,
    connected: Connection,
    store: Store,
    by: Yardstick,
    cloud: AwsCloud,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    cloud.reset()
    cloud.client("s3", "eu-central-1").create_bucket(
        Bucket="scans-frankfurt", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    planted = plant(google, "scans-frankfurt")
    monkeypatch.setenv("SITUS_TEST_SECRET", "not-a-real-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    keys: dict[str, str | tuple[str, ...]] = {"access_key_id": "testing", "secret": "env:SITUS_TEST_SECRET"}
    aws = Connection("lab", "aws", "keys", ("*",), ("eu-central-1",), cloud.endpoint, keys)

    def copies(opened: Store, connections: list[Connection]) -> list[Any]:
        done = scan(opened, connections, network=HASTY)
        info = judge_scan(opened, done.scan.id, by)
        return [f for f in opened.flows(info.id) if planted["copy from S3"] in f.via]

    (alone,) = copies(store, [connected])
    assert alone.target == planted["patients in the US"]
    assert alone.source_countries == ()
    with backend.open("both.db") as other:
        (both,) = copies(other, [connected, aws])
    assert (both.source, both.target) == ("arn:aws:s3:::scans-frankfurt", planted["patients in the US"])
    assert both.source_countries == ("DE",)
    assert both.target_countries == ("US",)


def test_open_ports_are_unknown_where_a_policy_may_decide_first(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    policy = {"name": "1", "rules": [{"direction": "INGRESS", "action": "deny", "priority": 1}]}
    uid = "//compute.googleapis.com/locations/global/firewallPolicies/1"
    asset(google, "compute.googleapis.com/FirewallPolicy", uid, policy, TRAIN)
    found = assets(store, scan(store, [connected], network=HASTY).scan.id)
    assert "open_ports" not in found[planted["GPUs in Iowa"]].attributes


def test_ids_and_numbers_of_projects_are_one_account(
    google: GcpCloud, planted: dict[str, str], connected: Connection, store: Store
) -> None:
    body = bucket("by-number", "EU", NUMBERS[DATA])
    asset(google, "storage.googleapis.com/Bucket", "//storage.googleapis.com/by-number", body, DATA)
    assert above(DATA)[0].endswith(NUMBERS[DATA])
    found = assets(store, scan(store, [connected], network=HASTY).scan.id)
    assert {a.account for a in found.values()} <= {TRAIN, DATA, ORG, FOLDER}
    assert found["//storage.googleapis.com/by-number"].account == DATA
