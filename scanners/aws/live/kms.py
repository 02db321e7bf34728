"""Keys of the Key Management Service, live (rows G1 and G3 of the collection plan)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, cast

from scanners.aws.kms import TYPES
from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.vaults import HSM_BACKUP, HSM_CLUSTER, KEY_STORE
from scanners.coverage import MissedError
from scanners.model import Item

GRANTED: Final = pages("kms", "ListGrants", "Grants", page=1000)
STORES: Final = pages("kms", "DescribeCustomKeyStores", "CustomKeyStores", page=100, rate=4.0)
HSMS: Final = pages("cloudhsmv2", "DescribeClusters", "Clusters", action="cloudhsm:DescribeClusters", page=25)
HSM_BACKUPS: Final = pages("cloudhsmv2", "DescribeBackups", "Backups", action="cloudhsm:DescribeBackups", page=50)
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
        _granted(reach, document)
        store = document.get("CustomKeyStoreId")
        if store is not None:
            yield from _stored(reach, document, str(store))
    yield from reach.see(_KEY, document, by=KEY)


def _granted(reach: Reach, document: dict[str, Any]) -> None:
    """Grants of a key; absent where they may not be listed."""
    with suppress(MissedError):
        document["Grants"] = list(reach.each(GRANTED, KeyId=document["KeyId"]))


def _stored(reach: Reach, document: dict[str, Any], store: str) -> Iterator[Item]:
    """The key store that a key lies in; one call shows those of a region."""

    def read() -> dict[str, Any]:
        return {str(entry["CustomKeyStoreId"]): entry for entry in reach.each(STORES)}

    try:
        found = reach.once(f"key-stores:{reach.region}", STORES, read).get(store)
    except MissedError:
        return
    if found is not None:
        yield from reach.see(KEY_STORE, {**found, "Keys": [{"Arn": document["Arn"]}]}, by=STORES)


def modules(reach: Reach) -> Iterator[Item]:
    """Clusters of hardware modules, and backups that were copied here. First passwords are dropped unseen."""
    for document in reach.each(HSMS):
        yield from reach.see(HSM_CLUSTER, {**document, "Tags": document.get("TagList", [])}, by=HSMS)
    for document in reach.each(HSM_BACKUPS):
        yield from reach.see(HSM_BACKUP, document, by=HSM_BACKUPS)


COLLECTORS: Final = (
    Collector("kms", ("key",), (KEYS, KEY, ROTATION, POLICY, GRANTED, STORES), keys, types=(_KEY, KEY_STORE)),
    Collector("cloudhsmv2", ("key",), (HSMS, HSM_BACKUPS), modules, types=(HSM_CLUSTER, HSM_BACKUP)),
)

WAITING: Final[tuple[Waiting, ...]] = ()
