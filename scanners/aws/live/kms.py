"""Keys of the Key Management Service, live (rows G1 and G3 of the collection plan)."""

from collections.abc import Iterator
from typing import Any, Final, cast

from scanners.aws.kms import TYPES
from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.model import Item

KEYS: Final = pages("kms", "ListKeys", "Keys", page=1000)
KEY: Final = op("kms", "DescribeKey", none=("NotFoundException",))
ROTATION: Final = op("kms", "GetKeyRotationStatus")
POLICY: Final = op("kms", "GetKeyPolicy")
_KEY: Final = TYPES[0]


def keys(reach: Reach) -> Iterator[Item]:
    """Every key of a region, those that AWS manages too: which key is whose is what custody is about."""
    for entry in reach.each(KEYS):
        identity = str(entry["KeyId"])
        reach.spawn(lambda r, i=identity: one(r, i))
    yield from ()


def one(reach: Reach, identity: str) -> Iterator[Item]:
    """One key with its rotation and its policy; what AWS manages itself has neither to look at."""
    document: dict[str, Any] = reach.call(KEY, KeyId=identity)["KeyMetadata"]
    if document.get("KeyManager") == "CUSTOMER":
        if document.get("Origin") == "AWS_KMS" and document.get("KeySpec") == "SYMMETRIC_DEFAULT":
            rotation = reach.detail(document, "Rotation", ROTATION, KeyId=identity)
            if isinstance(rotation, dict):
                document.update(cast("dict[str, Any]", rotation))
        reach.detail(document, "Policy", POLICY, "Policy", KeyId=identity, PolicyName="default")
        reach.tag(document, str(document["Arn"]))
    yield from reach.see(_KEY, document, by=KEY)


COLLECTORS: Final = (Collector("kms", ("key",), (KEYS, KEY, ROTATION, POLICY), keys, types=TYPES),)

WAITING: Final = (
    Waiting("kms", "key", "grants of keys and custom key stores"),
    Waiting("cloudhsmv2", "key", "CloudHSM clusters and their backups"),
)
