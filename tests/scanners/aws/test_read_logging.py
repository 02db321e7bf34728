"""Whether CloudTrail logs reads of buckets and tables: each form of selector, and what was not read."""

from pathlib import Path
from typing import Any

import pytest
from simulated_aws import ACCOUNT, DENIED, REGION, Played, play, recorded

from scanners.aws.live import reach
from scanners.aws.live.databases import COLLECTORS as DATABASES
from scanners.aws.live.s3 import COLLECTORS as BUCKETS
from scanners.aws.readlogging import Watched, reads_logged

BUCKET = Watched.bucket("arn:aws:s3:::b")
TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/t"
TABLE = Watched.table(TABLE_ARN)
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"
STORE = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:eventdatastore/e"
OBJECTS, TABLES = "AWS::S3::Object", "AWS::DynamoDB::Table"


def basic(*values: str, kind: str = OBJECTS, reads: str = "All") -> dict[str, Any]:
    """A trail that logs, with one simple selector."""
    chosen = {"ReadWriteType": reads, "DataResources": [{"Type": kind, "Values": list(values)}]}
    return {"TrailARN": TRAIL, "IsLogging": True, "EventSelectors": [chosen]}


def fields(kind: str = OBJECTS, **more: dict[str, list[str]]) -> list[dict[str, Any]]:
    """An advanced selector of data events; `more` is operator by field, the dots of which are written `__`."""
    stated = {"eventCategory": {"Equals": ["Data"]}, "resources.type": {"Equals": [kind]}}
    stated |= {name.replace("__", "."): value for name, value in more.items()}
    return [{"Field": name, **value} for name, value in stated.items()]


def advanced(*selectors: list[dict[str, Any]]) -> dict[str, Any]:
    """A trail that logs, with advanced selectors."""
    return {
        "TrailARN": TRAIL,
        "IsLogging": True,
        "AdvancedEventSelectors": [{"FieldSelectors": selector} for selector in selectors],
    }


def logged(store: Watched, *watchers: dict[str, Any], read: bool = True) -> bool | None:
    return reads_logged({"Watchers": list(watchers), "WatchersRead": read}, store, REGION)


@pytest.mark.parametrize(
    ("watcher", "is_logged"),
    [
        (basic("arn:aws:s3"), True),
        (basic("arn:aws:s3:::"), True),
        (basic("arn:aws:s3:::b/"), True),
        (basic("arn:aws:s3:::b/", reads="ReadOnly"), True),
        (basic("arn:aws:s3:::a/", "arn:aws:s3:::b/"), True),
        (basic("arn:aws:s3:::b/", reads="WriteOnly"), False),
        (basic("arn:aws:s3:::b/", reads=""), None),
        (basic("arn:aws:s3:::b/images"), None),
        (basic("arn:aws:s3:::bb/"), False),
        (basic("arn:aws:lambda", kind="AWS::Lambda::Function"), False),
        (basic(), False),
        (advanced(fields()), True),
        (advanced(fields(TABLES)), False),
        (advanced(fields(readOnly={"Equals": ["true"]})), True),
        (advanced(fields(readOnly={"Equals": ["false"]})), False),
        (advanced(fields(readOnly={"NotEquals": ["false"]})), None),
        (advanced(fields(resources__ARN={"StartsWith": ["arn:aws:s3:::b/"]})), True),
        (advanced(fields(resources__ARN={"StartsWith": ["arn:aws:s3:::a/", "arn:aws:s3:::"]})), True),
        (advanced(fields(resources__ARN={"StartsWith": ["arn:aws:s3:::b/raw/"]})), None),
        (advanced(fields(resources__ARN={"Equals": ["arn:aws:s3:::b/one"]})), None),
        (advanced(fields(resources__ARN={"StartsWith": ["arn:aws:s3:::c/"]})), False),
        (advanced(fields(resources__ARN={"NotStartsWith": ["arn:aws:s3:::c/"]})), None),
        (advanced(fields(resources__ARN={})), None),
        (advanced(fields(eventName={"Equals": ["GetObject"]})), None),
        (advanced(fields(eventName={"Equals": ["Get"]}, resources__ARN={"StartsWith": ["arn:aws:s3:::c/"]})), False),
        (advanced(fields(TABLES), fields()), True),
        (advanced([{"Field": "eventCategory", "Equals": ["Management"]}]), False),
        (advanced([{"Field": "eventCategory", "Equals": ["Data"]}]), None),
        ({**basic("arn:aws:s3"), "IsLogging": False}, False),
        ({**basic("arn:aws:s3"), "LatestDeliveryError": "AccessDenied"}, False),
        ({"TrailARN": TRAIL, "EventSelectors": basic("arn:aws:s3")["EventSelectors"]}, None),
        ({"TrailARN": TRAIL, "IsLogging": True}, None),
        ({"TrailARN": TRAIL, "IsLogging": False}, False),
    ],
)  # fmt: skip
def test_what_a_trail_logs_of_a_bucket(watcher: dict[str, Any], is_logged: bool | None) -> None:
    assert logged(BUCKET, watcher) is is_logged
    assert logged(BUCKET, watcher, read=False) is (is_logged or None)  # another one may log it: a no is not known
    assert logged(BUCKET, watcher, basic("arn:aws:s3")) is True


@pytest.mark.parametrize(
    ("watcher", "is_logged"),
    [
        (basic("arn:aws:dynamodb", kind=TABLES), True),
        (basic(TABLE_ARN, kind=TABLES), True),
        (basic(f"{TABLE_ARN}s", kind=TABLES), None),
        (basic("arn:aws:s3"), False),
        (advanced(fields(TABLES)), True),
        (advanced(fields(TABLES, resources__ARN={"Equals": [TABLE_ARN]})), True),
        (advanced(fields(TABLES, resources__ARN={"Equals": [f"{TABLE_ARN[:-1]}other"]})), False),
    ],
)
def test_what_a_trail_logs_of_a_table(watcher: dict[str, Any], is_logged: bool | None) -> None:
    assert logged(TABLE, watcher) is is_logged


@pytest.mark.parametrize(
    ("state", "is_logged"),
    [
        ({"Status": "ENABLED", "MultiRegionEnabled": True}, True),
        ({"Status": "ENABLED", "MultiRegionEnabled": False}, False),  # it is kept in another region
        ({"Status": "ENABLED"}, None),
        ({"Status": "STOPPED_INGESTION", "MultiRegionEnabled": True}, False),
        ({"Status": "STARTING_INGESTION", "MultiRegionEnabled": True}, None),
    ],
)
def test_what_an_event_data_store_logs(state: dict[str, Any], is_logged: bool | None) -> None:
    chosen = advanced(fields())["AdvancedEventSelectors"]
    assert logged(BUCKET, {"EventDataStoreArn": STORE, "AdvancedEventSelectors": chosen, **state}) is is_logged


def test_without_any_answer_nothing_is_known() -> None:
    assert reads_logged({}, BUCKET, REGION) is None
    assert logged(BUCKET) is False
    assert logged(BUCKET, read=False) is None


def test_a_recorded_trail_of_writes_logs_no_reads(recordings: Path) -> None:
    written = {"TrailARN": TRAIL, "IsLogging": True, **recorded(recordings, "cloudtrail/GetEventSelectors.2")}
    bucket = Watched.bucket("arn:aws:s3:::bucket-with-data-events")
    assert logged(bucket, written) is False
    chosen = written["EventSelectors"][0]
    assert logged(bucket, {**written, "EventSelectors": [{**chosen, "ReadWriteType": "All"}]}) is True
    assert logged(BUCKET, {**written, "EventSelectors": [{**chosen, "ReadWriteType": "All"}]}) is False
    management = {"TrailARN": TRAIL, "IsLogging": True, **recorded(recordings, "cloudtrail/GetEventSelectors.1")}
    assert logged(bucket, management) is False


def answers(**more: Any) -> dict[str, Any]:
    """A bucket and a table, and a trail of another region that logs the reads of both."""
    trail = basic("arn:aws:s3")["EventSelectors"] + basic("arn:aws:dynamodb", kind=TABLES)["EventSelectors"]
    says: dict[str, Any] = {
        "s3control.GetPublicAccessBlock": ("NoSuchPublicAccessBlockConfiguration", "none"),
        "s3.ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": REGION}]},
        "dynamodb.ListTables": [{"TableNames": ["t"]}],
        "dynamodb.DescribeTable": {"Table": {"TableName": "t", "TableArn": TABLE_ARN}},
        "cloudtrail.DescribeTrails": {"trailList": [{"TrailARN": TRAIL, "HomeRegion": "us-east-1"}]},
        "cloudtrail.GetTrailStatus": {"IsLogging": True},
        "cloudtrail.GetEventSelectors": {"EventSelectors": trail},
    }
    return {**says, **{name.replace("__", "."): value for name, value in more.items()}}


def stores(run: Played) -> list[bool | None]:
    return [run.assets[uid].attributes.get("read_logging") for uid in ("arn:aws:s3:::b", TABLE_ARN)]


NO_TRAIL: dict[str, Any] = {"cloudtrail__DescribeTrails": {"trailList": []}}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, [True, True]),
        (NO_TRAIL, [False, False]),
        ({"cloudtrail__GetTrailStatus": {"IsLogging": False}}, [False, False]),
        ({"cloudtrail__DescribeTrails": DENIED}, [None, None]),
        ({"cloudtrail__GetTrailStatus": DENIED}, [None, None]),
        ({"cloudtrail__GetEventSelectors": DENIED}, [None, None]),
        ({**NO_TRAIL, "cloudtrail__ListEventDataStores": DENIED}, [None, None]),
        ({"cloudtrail__DescribeTrails": {"trailList": [{"Name": "nameless"}]}}, [None, None]),
        ({**NO_TRAIL, "cloudtrail__ListEventDataStores": {"EventDataStores": [{}]}}, [None, None]),
        ({**NO_TRAIL, "s3__GetBucketLogging": DENIED}, [None, False]),
        ({**NO_TRAIL, "s3__GetBucketLogging": {"LoggingEnabled": {"TargetBucket": "logs"}}}, [True, False]),
    ],
)
def test_reads_are_told_of_buckets_and_tables(
    more: dict[str, Any], told: list[bool | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = reach.Site.__init__

    def whole(self: reach.Site, *given: Any) -> None:
        made(self, *given)
        self.everywhere = True

    monkeypatch.setattr(reach.Site, "__init__", whole)
    run = play((*BUCKETS, *DATABASES), answers(**more))
    assert stores(run) == told
    assert run.calls["cloudtrail.DescribeTrails"] == 1  # for all stores of the region
    assert run.parameters["cloudtrail.DescribeTrails"] == [{"includeShadowTrails": True}]


def test_a_region_that_is_not_asked_may_hold_what_logs_them() -> None:
    assert stores(play((*BUCKETS, *DATABASES), answers())) == [True, True]
    assert stores(play((*BUCKETS, *DATABASES), answers(**NO_TRAIL))) == [None, None]


def test_event_stores_log_reads_as_well() -> None:
    chosen = advanced(fields(), fields(TABLES))["AdvancedEventSelectors"]
    kept = {"Status": "ENABLED", "MultiRegionEnabled": True, "AdvancedEventSelectors": chosen}
    more = {
        **NO_TRAIL,
        "cloudtrail__ListEventDataStores": {"EventDataStores": [{"EventDataStoreArn": STORE}]},
        "cloudtrail__GetEventDataStore": kept,
    }
    assert stores(play((*BUCKETS, *DATABASES), answers(**more))) == [True, True]
    more["cloudtrail__GetEventDataStore"] = DENIED
    assert stores(play((*BUCKETS, *DATABASES), answers(**more))) == [None, None]


def test_what_cannot_be_read_of_trails_is_no_gap_of_the_stores() -> None:
    refused = {f"cloudtrail__{name}": DENIED for name in ("DescribeTrails", "ListEventDataStores")}
    run = play((*BUCKETS, *DATABASES), answers(**refused))
    for cell in run.cells:
        assert cell.status.read, cell
