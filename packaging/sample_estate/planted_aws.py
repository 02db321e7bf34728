"""Problems planted on AWS. What each must lead to stands in `problems`."""

from collections.abc import Iterator
from typing import Final

from awsitems import REGION, arn, bucket, item, key, key_arn
from awsplatforms import cluster, recovery_point, trail, transfer_task, vault
from awsservices import (
    database,
    database_snapshot,
    file_system,
    machine,
    table,
    volume,
)
from estate_aws import HEALTH, LAB, OPERATIONS, PERSONAL, PSEUDO, PUBLIC, STAFF, STUDIES, TECHNICAL, XKS
from identity import DATA, RESEARCH, Document, Scan

INC: Final = "222233334444"
ANNOTATA: Final = "888899990000"
RADIOLYTICS: Final = "555566667777"
SOUTHERN: Final = "121212121212"
NOBODY: Final = "909090909090"

AMERICA: Final = key_arn("america", DATA, "us-east-1")
INDIA: Final = key_arn("india", DATA, "ap-south-1")
SINGAPORE: Final = key_arn("singapore", DATA, "ap-southeast-1")
MULTI: Final = key_arn("reader-studies", multi_region=True)


def frankfurt(scan: Scan) -> Iterator[Document]:
    """In the data account's home region."""
    yield from _copies(scan)
    yield from _parties()
    yield from _keys(scan)
    yield from _retention(scan)
    yield bucket("lumenar-inbox-misc", key=OPERATIONS, expire=400)
    anonymous = {"data-class": "anonymous", "owner": "Research"}
    yield bucket("lumenar-anonymised-export", key=PSEUDO, tags=anonymous)
    yield bucket("lumenar-annual-statistics", key=PSEUDO, tags=anonymous)
    yield bucket("lumenar-complaints", key=PERSONAL, tags={"data-class": "personal", "owner": "Quality"})
    yield bucket("lumenar-visitor-registry", key=PERSONAL, tags=STAFF | {"ropa-id": "vvt-99"})
    blocked: Document = dict.fromkeys(
        ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"), False
    )
    yield item("AWS::S3::AccountPublicAccessBlock", DATA, REGION, DATA, blocked)
    if scan.second:
        yield bucket("lumenar-reader-demo", key=PSEUDO, tags=STUDIES, blocked=False, public=True)
    yield bucket("lumenar-partner-dropzone", key=PSEUDO, tags=STUDIES, shared_with=(NOBODY,))
    yield file_system("consent-scans", DATA, XKS, HEALTH | {"critical": "true"}, backed_up=False)
    yield bucket("lumenar-plain-transport", key=PSEUDO, tags=STUDIES, tls=False)
    yield cluster("annotation", DATA, OPERATIONS, public=("0.0.0.0/0",), audited=False)


def _copies(scan: Scan) -> Iterator[Document]:
    yield bucket(
        "lumenar-trial-readings", key=PSEUDO, tags=STUDIES, copies_to=(("lumenar-trial-readings-us", DATA, AMERICA),)
    )
    reference = {"re-identification": "lumenar-trial-readings"}
    yield table("pseudonym-map", key=PERSONAL, tags=STAFF | reference, replicas=("us-east-1",))
    yield bucket(
        "lumenar-annotation-queue", key=PSEUDO, tags=STUDIES, copies_to=(("lumenar-annotation-mirror", DATA, INDIA),)
    )
    yield bucket(
        "lumenar-teaching-source", key=PSEUDO, tags=STUDIES, copies_to=(("lumenar-teaching-cases", DATA, PSEUDO),)
    )
    yield bucket("lumenar-teaching-cases", key=PSEUDO, tags=PUBLIC)
    yield bucket("lumenar-trial-outbox", key=PSEUDO, tags=STUDIES)
    schedule = "cron(0 3 * * ? *)"
    yield from transfer_task(
        "trial-exchange", DATA, "s3://lumenar-trial-outbox/", "s3://lumenar-trial-exchange/", schedule
    )
    yield database("trial-registry", key=PSEUDO, tags=STUDIES | {"critical": "true"})


def _parties() -> Iterator[Document]:
    yield bucket("lumenar-annotation-exchange", key=PSEUDO, tags=STUDIES, shared_with=(ANNOTATA,))
    yield bucket("lumenar-annotator-contacts", key=PERSONAL, tags=STAFF, shared_with=(ANNOTATA,))
    yield bucket("lumenar-sales-reference", key=PSEUDO, tags=STUDIES, shared_with=(INC,))
    yield bucket("lumenar-second-reads", key=PSEUDO, tags=STUDIES, shared_with=(RADIOLYTICS,))
    yield bucket("lumenar-night-reads", key=PSEUDO, tags=STUDIES, shared_with=(SOUTHERN,))


def _keys(scan: Scan) -> Iterator[Document]:
    yield database("legacy-ris", key=None, tags=STAFF)
    yield bucket("lumenar-support-tickets", tags=STAFF)
    yield bucket("lumenar-dicom-pilot", key=PSEUDO, tags=HEALTH, expire=3650)
    yield key("reader-studies", replicas=("us-east-1",), purpose="Reader studies, multi-region")
    yield bucket("lumenar-reader-archive", key=MULTI, tags=STUDIES)
    yield key("exchange", shared_with=(NOBODY,), purpose="Exchange with a partner of 2024")
    yield bucket("lumenar-exchange-2024", key=key_arn("exchange"), tags=STUDIES)
    yield key("legacy", rotated=False, purpose="Before the key policy")
    yield bucket("lumenar-legacy-uploads", key=key_arn("legacy"), tags=STUDIES)
    yield key("retired-pacs", state="PendingDeletion", purpose="The PACS that was replaced")
    yield volume("retired-pacs", DATA, key_arn("retired-pacs"), STUDIES)


def _retention(scan: Scan) -> Iterator[Document]:
    yield bucket("lumenar-research-backlog", key=PSEUDO, tags=STUDIES, expire=None)
    yield bucket("lumenar-versions-forever", key=PSEUDO, tags=STUDIES, old_versions=None)
    yield bucket("lumenar-locked-contracts", key=PERSONAL, tags=STAFF, lock_days=4000)
    yield bucket("lumenar-study-orion", key=PSEUDO, tags=STUDIES | {"retain-until": "2026-06-30"})
    own = PSEUDO
    yield database_snapshot("annotations-before-migration", "annotations", own, "2025-03-02T08:00:00.000Z")
    if scan.second:
        yield database_snapshot(
            "annotations-for-audit", "annotations", own, "2026-11-03T08:00:00.000Z", shared_with=(NOBODY,)
        )


def virginia(scan: Scan) -> Iterator[Document]:
    """us-east-1 of the data account, where nothing ought to be."""
    yield key("america", DATA, "us-east-1", purpose="Copies in Virginia")
    yield _replica_key()
    yield bucket("lumenar-trial-readings-us", region="us-east-1", key=AMERICA, tags=STUDIES, logs=None)
    yield table(
        "pseudonym-map",
        "us-east-1",
        key=AMERICA,
        tags=STAFF | {"re-identification": "lumenar-trial-readings"},
        replicas=(REGION,),
    )
    yield bucket("lumenar-trial-exchange", region="us-east-1", key=AMERICA, tags=STUDIES, logs=None)
    yield vault("trial-us", AMERICA, region="us-east-1")
    source = arn("rds", REGION, DATA, "db:trial-registry")
    yield recovery_point("trial-registry-weekly", source, "trial-us", AMERICA, STUDIES, region="us-east-1")


def _replica_key() -> Document:
    found = key("reader-studies", DATA, "us-east-1", replicas=("us-east-1",), purpose="Reader studies, replica")
    configuration = found["configuration"]["multiRegionConfiguration"]
    configuration["multiRegionKeyType"] = "REPLICA"
    configuration["primaryKey"] = {"arn": MULTI, "region": REGION}
    return found


def mumbai(scan: Scan) -> Iterator[Document]:
    """ap-south-1: the annotators' mirror."""
    yield key("india", DATA, "ap-south-1", purpose="Mirror for annotators")
    onward = (("lumenar-annotation-onward", DATA, SINGAPORE),)
    yield bucket("lumenar-annotation-mirror", region="ap-south-1", key=INDIA, tags=STUDIES, logs=None, copies_to=onward)


def singapore(scan: Scan) -> Iterator[Document]:
    """ap-southeast-1: where the mirror is mirrored again."""
    yield key("singapore", DATA, "ap-southeast-1", purpose="Mirror of the mirror")
    yield bucket("lumenar-annotation-onward", region="ap-southeast-1", key=SINGAPORE, tags=STUDIES, logs=None)


def research(scan: Scan) -> Iterator[Document]:
    """In the research account's home region."""
    yield trail("before-the-move", RESEARCH, "lumenar-trails-before-the-move", LAB, digests=False)
    if scan.first:
        yield bucket("lumenar-hackathon", RESEARCH, key=LAB, tags=STUDIES, expire=None)


def research_virginia(scan: Scan) -> Iterator[Document]:
    """us-east-1 of the research account."""
    own = key_arn("research-us", RESEARCH, "us-east-1")
    yield key("research-us", RESEARCH, "us-east-1", purpose="Capacity in Virginia")
    yield bucket("lumenar-trails-before-the-move", RESEARCH, "us-east-1", key=own, tags=TECHNICAL, logs=None, expire=400,
                 lock_days=30, lock_mode="GOVERNANCE")  # fmt: skip
    yield bucket("lumenar-checkpoints-overflow", RESEARCH, "us-east-1", key=own, tags=STUDIES, logs=None)
    yield from machine("gpu-us-1", RESEARCH, "p4d.24xlarge", region="us-east-1", key=own, tags=STUDIES)
    yield from machine(
        "edge-santiago", RESEARCH, "c5.2xlarge", region="us-east-1", zone="us-east-1-scl-1a", key=own, tags=STUDIES
    )
