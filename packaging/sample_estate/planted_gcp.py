"""Problems planted on Google Cloud. What each must lead to stands in `problems`."""

from collections.abc import Iterator
from typing import Final

from estate_gcp import FIGURES, STUDIES, TECHNICAL, K
from gcpentries import HOME, bucket, custom_job, dataset, disk, endpoint, key, key_name, model, plain, snapshot, sql
from identity import ANALYTICS, TRAIN, Document, Scan

US: Final = key_name("studies-us", "us-central1")
US_MULTI: Final = key_name("trial", "us")
HEALTH: Final = {"data-class": "health", "ropa-id": "vvt-01", "owner": "clinical-data"}


def resources(scan: Scan) -> Iterator[Document]:
    """Entries of the content type RESOURCE."""
    yield from key("studies-us", "us-central1", level="HSM")
    yield from key("trial", "us")
    if scan.second:
        yield custom_job(
            "oncology-retrain", "us-central1", US, "s3://lumenar-dicom-leipzig/oncology/",
            "gs://lumenar-train-checkpoints/oncology/", machines=4, ended=None,
        )  # fmt: skip
        yield bucket("lumenar-trial-archive", location="US", key=US_MULTI, labels=STUDIES)
        yield _transfer()
    yield bucket("lumenar-weights-us", location="US-CENTRAL1", key=US, labels=STUDIES)
    yield model("oncology-grading", "us-central1", US, "gs://lumenar-weights-us/oncology/1/", STUDIES)
    yield endpoint("oncology-demo", "us-central1", US, "oncology-grading", STUDIES)
    public = {"data-class": "public", "owner": "research"}
    yield model("bone-age-open", HOME, K, "gs://lumenar-train-models/bone-age/1/", public)
    partner = {"role": "READER", "domain": "radiology-insights.example"}
    yield dataset("partner_benchmark", ANALYTICS, HOME, key=FIGURES, labels=STUDIES, readers=(partner,))
    yield dataset("reading_history", ANALYTICS, HOME, key=FIGURES, labels=STUDIES, expire_days=None)
    zone = "europe-west3-a"
    yield snapshot(
        "workbench-1-copy", "workbench-1", zone, "us", key_name("machines"), STUDIES, "2026-10-18T02:00:00.000Z"
    )
    yield from key("foreign-manager", level="EXTERNAL", manager="keys.cipherline.example")
    yield bucket("lumenar-train-external", key=key_name("foreign-manager"), labels=HEALTH, expire=3650)
    yield from key("short-lived", destroy_days=1)
    yield sql("legacy-dashboards", ANALYTICS, FIGURES, STUDIES, tls=False)
    relative = f"projects/{ANALYTICS}/locations/{HOME}/buckets/short"
    yield plain(
        "logging.googleapis.com/LogBucket", relative, ANALYTICS, HOME, {"lifecycleState": "ACTIVE", "retentionDays": 30}
    )
    yield disk(
        "old-preprocess", TRAIN, zone, key_name("machines"), STUDIES, used=False, detached="2026-05-04T09:00:00.000Z"
    )
    forgotten = STUDIES | {"data-role": "checkpoint"}
    yield bucket("lumenar-train-checkpoints-summer", key=K, labels=forgotten, expire=None)
    yield custom_job(
        "summer-school", HOME, None, "gs://lumenar-train-studies/summer/", "gs://lumenar-train-checkpoints-summer/run/",
        machines=1, ended="2026-09-02T10:00:00.000Z",
    )  # fmt: skip
    yield model("summer-school", HOME, None, "gs://lumenar-train-models/summer/1/", STUDIES)
    yield endpoint("bone-age-open-demo", HOME, K, "bone-age", TECHNICAL, private=False)


def _transfer() -> Document:
    own = "transferJobs/7319904412563388127"
    spec = {
        "awsS3DataSource": {"bucketName": "lumenar-studies-pet", "roleArn": "arn:aws:iam::111122223333:role/sts"},
        "gcsDataSink": {"bucketName": "lumenar-trial-archive"},
    }
    data: Document = {
        "name": own,
        "projectId": TRAIN,
        "description": "PET studies for the trial",
        "status": "ENABLED",
        "creationTime": "2026-11-02T09:12:00.000Z",
        "schedule": {"scheduleStartDate": {"year": 2026, "month": 11, "day": 2}, "repeatInterval": "86400s"},
        "transferSpec": spec,
    }
    found = plain("storagetransfer.googleapis.com/TransferJob", f"projects/{TRAIN}/{own}", TRAIN, "global", data)
    found["resource"]["data"]["name"] = own
    return found
