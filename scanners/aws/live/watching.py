"""Secrets, GuardDuty, Macie and log groups, live (rows G5 and J2 to J5 of the collection plan)."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import listed
from scanners.aws.regions import DETECTORS
from scanners.aws.watching import FINDINGS, LOG_GROUP, SESSION
from scanners.members import number, records, text
from scanners.model import Item

_MACIE_OFF: Final = ("Macie is not enabled",)
SECRETS: Final = pages("secretsmanager", "ListSecrets", "SecretList", page=100)
SECRET: Final = op("secretsmanager", "DescribeSecret", none=("ResourceNotFoundException",))
SECRET_POLICY: Final = op("secretsmanager", "GetResourcePolicy", none=("ResourceNotFoundException",))
DETECTOR_IDS: Final = pages("guardduty", "ListDetectors", "DetectorIds", page=50)
DETECTOR: Final = op("guardduty", "GetDetector")
MACIE: Final = op("macie2", "GetMacieSession", off=_MACIE_OFF)
FOUND: Final = pages("macie2", "ListFindings", "findingIds", page=50, off=_MACIE_OFF)
FINDING: Final = op("macie2", "GetFindings", off=_MACIE_OFF)
LOOKED_INTO: Final = pages("macie2", "DescribeBuckets", "buckets", page=50, off=_MACIE_OFF)
LOG_GROUPS: Final = pages("logs", "DescribeLogGroups", "logGroups", page=50)

_PERSONAL: Final = frozenset({"PERSONAL_INFORMATION", "FINANCIAL_INFORMATION"})
_UNKNOWN: Final = 50
"""Macie's score of a bucket that it has not looked into; below it nothing was found, above it something was."""

_SENSITIVE: Final[dict[str, Any]] = {"criterion": {"category": {"eq": ["CLASSIFICATION"]}}}


def _secret(reach: Reach, document: dict[str, Any]) -> None:
    """Copies are only told by the description: a list that names no primary region does not say that there are none."""
    identity = document["ARN"]
    document.setdefault("Tags", [])
    reach.detail(document, "ReplicationStatus", SECRET, "ReplicationStatus", SecretId=identity)
    reach.detail(document, "ResourcePolicy", SECRET_POLICY, "ResourcePolicy", SecretId=identity)


def detectors(reach: Reach) -> Iterator[Item]:
    """Threat detection of a region, also where there is none: that is what a rule asks for."""
    found: list[Any] = []
    for identity in reach.each(DETECTOR_IDS):
        answer = reach.call(DETECTOR, DetectorId=identity)
        found.append({"DetectorId": identity, **answer})
    yield from reach.see(DETECTORS, {"Detectors": found}, by=DETECTOR_IDS)


def discovery(reach: Reach) -> Iterator[Item]:
    """Whether Macie looks for personal data here, and in which buckets it found some. Names of objects are dropped."""
    yield from reach.see(SESSION, reach.call(MACIE), by=MACIE)
    hits: Counter[str] = Counter()
    rest = iter(reach.each(FOUND, findingCriteria=_SENSITIVE))
    while some := [str(identity) for identity in islice(rest, 50)]:
        for finding in records(reach.call(FINDING, findingIds=some), "findings") or []:
            data = records(finding, "classificationDetails.result.sensitiveData") or []
            bucket = text(finding, "resourcesAffected.s3Bucket.arn")
            if bucket is not None and any(text(part, "category") in _PERSONAL for part in data):
                hits[bucket] += 1
    for bucket, count in sorted(hits.items()):
        yield from reach.see(FINDINGS, {"bucketArn": bucket, "Findings": count}, by=FINDING)
    for document in reach.each(LOOKED_INTO):
        arn, score = text(document, "bucketArn"), number(document, "sensitivityScore")
        if arn not in hits and score is not None and 1 <= score < _UNKNOWN:
            found = {"bucketArn": arn, "Findings": 0, "sensitivityScore": score}
            yield from reach.see(FINDINGS, found, by=LOOKED_INTO)


COLLECTORS: Final = (
    listed(
        document_types()["AWS::SecretsManager::Secret"],
        SECRETS,
        nulls=("KmsKeyId", "DeletedDate"),
        more=_secret,
        operations=(SECRET, SECRET_POLICY),
    ),
    Collector("guardduty", DETECTORS.kinds, (DETECTOR_IDS, DETECTOR), detectors, types=(DETECTORS,)),
    Collector("macie2", SESSION.kinds, (MACIE, FOUND, FINDING, LOOKED_INTO), discovery, types=(SESSION,)),
    listed(LOG_GROUP, LOG_GROUPS, nulls=("retentionInDays", "kmsKeyId")),
)

WAITING: Final[tuple[Waiting, ...]] = ()
