"""Which sinks of Cloud Logging are known to take all records of administrative calls."""

from typing import Any

import pytest

from scanners.documents import Origin, observe
from scanners.gcp import document_types
from scanners.model import Asset

TYPE = "logging.googleapis.com/LogSink"
REQUIRED = (
    'LOG_ID("cloudaudit.googleapis.com/activity") OR LOG_ID("externalaudit.googleapis.com/activity") OR '
    'LOG_ID("cloudaudit.googleapis.com/system_event")'
)


def takes(condition: str | None, holder: str = "projects/p", **more: Any) -> Any:
    data = {"name": "s", "destination": "storage.googleapis.com/b", **more}
    if condition is not None:
        data["filter"] = condition
    envelope = {"name": f"//logging.googleapis.com/{holder}/sinks/s", "assetType": TYPE, "data": data}
    items = observe(envelope, document_types()[TYPE], Origin("c", "f", "o", "p", "global"))
    (sink,) = (item for item in items if isinstance(item, Asset))
    return sink.attributes.get("management_events")


@pytest.mark.parametrize(
    ("condition", "whole"),
    [
        (None, True),
        ("", True),
        (REQUIRED, True),
        ("logName:cloudaudit.googleapis.com", True),
        ('logName="projects/p/logs/cloudaudit.googleapis.com%2Factivity"', True),
        ('logName:"cloudaudit.googleapis.com%2Fdata_access"', None),
        ('logName="projects/p/logs/cloudaudit.googleapis.com"', None),
        (f"({REQUIRED}) AND severity>=ERROR", None),
        ('logName:"cloudaudit.googleapis.com" AND protoPayload.methodName="SetIamPolicy"', None),
        ('NOT LOG_ID("cloudaudit.googleapis.com/activity")', None),
        ('-logName:"cloudaudit.googleapis.com"', None),
        ('logName!="projects/p/logs/cloudaudit.googleapis.com%2Factivity"', None),
        ('resource.type="gce_instance"', None),
    ],
)
def test_a_filter_that_may_leave_something_out_takes_not_all(condition: str | None, whole: Any) -> None:
    assert takes(condition) is whole


def test_exclusions_and_what_lies_below_a_folder() -> None:
    out = [{"name": "x", "filter": 'protoPayload.serviceName="iam.googleapis.com"'}]
    assert takes(None, exclusions=out) is None
    assert takes(None, exclusions=[{**out[0], "disabled": True}]) is True
    assert takes(None, "folders/1") is None
    assert takes(None, "organizations/1", includeChildren=True) is True
