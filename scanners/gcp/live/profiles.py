"""What Sensitive Data Protection found, live, in the places where a project has buckets and datasets."""

from collections.abc import Iterator
from typing import Final

from scanners.coverage import MissedError
from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, listing
from scanners.gcp.live.reach import GcpReach
from scanners.live.rest import RestOperation
from scanners.model import Item

_HOST: Final = "dlp.googleapis.com"


def _profiles(collection: str, permission: str) -> RestOperation:
    return listing(
        f"dlp.{collection}.list",
        _HOST,
        f"/v2/projects/{{project}}/locations/{{location}}/{collection}",
        collection,
        permission,
        optional=True,
    )


FILES: Final = _profiles("fileStoreDataProfiles", "dlp.fileStoreProfiles.list")
TABLES: Final = _profiles("tableDataProfiles", "dlp.tableDataProfiles.list")
_TYPES: Final = document_types()


def profiles(reach: GcpReach) -> Iterator[Item]:
    """Profiles of stores. A store without one was not looked into, and nothing is said of it."""
    for location in sorted(reach.known.places.get(reach.account, ())):
        for operation, type_ in ((FILES, "FileStoreDataProfile"), (TABLES, "TableDataProfile")):
            try:
                for page in reach.trial(operation, location=location) or ():
                    for body in reach.objects(operation, page):
                        yield from reach.see(f"{_HOST}/{type_}", body, operation)
            except MissedError:
                continue


COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector(
        "dlp", (), (FILES, TABLES), profiles, _HOST, silent=True, late=True, needless=True,
        types=(_TYPES[f"{_HOST}/FileStoreDataProfile"], _TYPES[f"{_HOST}/TableDataProfile"]),
    ),
)  # fmt: skip

WAITING: Final = ()
