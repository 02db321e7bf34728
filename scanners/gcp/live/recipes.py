"""How most lists of Google are read: one request for a project, one for all its places, or one for each place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from scanners.coverage import MissedError
from scanners.documents import DocumentType
from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, listing
from scanners.gcp.live.reach import GcpReach
from scanners.live.rest import RestOperation
from scanners.members import text
from scanners.model import CoverageStatus, Item

Named = Callable[[GcpReach, Mapping[str, Any]], str | None]
"""The full name of a thing whose body does not tell it."""
More = Callable[[GcpReach, dict[str, Any]], Iterator[Item]]
"""What lies below one thing, read after it."""


def places_of(api: str, version: str, permission: str = "") -> RestOperation:
    """The request for the places in which a service can be used by a project."""
    service = api.partition(".")[0]
    return listing(
        f"{service}.locations.list",
        api,
        f"/{version}/projects/{{project}}/locations",
        "locations",
        permission or f"{service}.locations.list",
    )


def listed(
    asset_type: str,
    operation: RestOperation,
    *,
    api: str = "",
    named: Named | None = None,
    more: More | None = None,
    below: Sequence[RestOperation] = (),
    kinds: tuple[str, ...] = (),
    silent: bool = False,
    query: Callable[[GcpReach], Mapping[str, Any]] | None = None,
) -> Collector:
    """A collector of one list of a project. `below` are requests of `more`, `kinds` what `more` shows besides."""
    kind = document_types()[asset_type]

    def run(reach: GcpReach) -> Iterator[Item]:
        for body in reach.each(operation, query=query(reach) if query else None):
            yield from one(reach, asset_type, body, operation, named, more)

    return _collector(kind, (operation, *below), run, api or operation.host, silent, kinds)


def placed(
    asset_type: str,
    operation: RestOperation,
    *,
    places: RestOperation | None = None,
    api: str = "",
    named: Named | None = None,
    more: More | None = None,
    below: Sequence[RestOperation] = (),
    kinds: tuple[str, ...] = (),
    silent: bool = False,
) -> Collector:
    """A collector of a list that is asked for all places at once (`-`), or, where Google does not take that, for each
    of them."""
    kind = document_types()[asset_type]

    def run(reach: GcpReach) -> Iterator[Item]:
        try:
            pages = reach.trial(operation, location="-")
        except MissedError:
            return
        if pages is not None:
            for page in _pages(pages):
                for body in reach.objects(operation, page):
                    yield from one(reach, asset_type, body, operation, named, more)
            return
        yield from everywhere(
            reach, operation, places, lambda r, body: one(r, asset_type, body, operation, named, more)
        )

    operations = (operation, *([places] if places else []), *below)
    return _collector(kind, operations, run, api or operation.host, silent, kinds)


def everywhere(
    reach: GcpReach,
    operation: RestOperation,
    places: RestOperation | None,
    told: Callable[[GcpReach, dict[str, Any]], Iterator[Item]],
) -> Iterator[Item]:
    """One task for each place that the service names and the connection asks for."""
    if places is None:
        reach.miss(operation, CoverageStatus.ERROR, "Google does not list all places at once, nor which there are")
        return
    named = False
    for entry in reach.each(places):
        named = True
        location = text(entry, "locationId") or (text(entry, "name") or "").rpartition("/")[2]
        if not location:
            reach.miss(places, CoverageStatus.ERROR, "a place has no name")
        elif reach.asks(location, operation):
            reach.spawn(lambda r, at=location: _at(r, operation, at, told), region=location)
    if not named:
        reach.miss(places, CoverageStatus.ERROR, "Google names no place, so none could be asked")
    yield from ()


def _at(
    reach: GcpReach,
    operation: RestOperation,
    location: str,
    told: Callable[[GcpReach, dict[str, Any]], Iterator[Item]],
) -> Iterator[Item]:
    for body in reach.each(operation, location=location):
        yield from told(reach, body)


def one(
    reach: GcpReach,
    asset_type: str,
    body: dict[str, Any],
    operation: RestOperation,
    named: Named | None,
    more: More | None,
) -> Iterator[Item]:
    """What one body says, and what lies below it."""
    yield from reach.see(asset_type, body, operation, named(reach, body) if named else None)
    if more is not None:
        yield from more(reach, body)


def _pages(pages: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    try:
        yield from pages
    except MissedError:
        return  # noted where it happened


def _collector(
    kind: DocumentType,
    operations: tuple[RestOperation, ...],
    run: Callable[[GcpReach], Iterator[Item]],
    api: str,
    silent: bool,
    kinds: tuple[str, ...],
) -> Collector:
    shown = tuple(dict.fromkeys((*kind.kinds, *kinds)))
    return Collector(kind.service, shown, operations, run, api, silent=silent, types=(kind,))
