"""The shapes of most collectors: a list of children, one setting of a parent, and lists below such children."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scanners.azure import document_types
from scanners.azure.arm import uid_of
from scanners.azure.live.declare import Collector, Parent, Run
from scanners.azure.live.reach import Reach
from scanners.azure.regions import place_of
from scanners.coverage import MissedError, Part
from scanners.live.rest import RestOperation
from scanners.members import records, text
from scanners.model import Item

Wanted = Callable[[Mapping[str, Any]], bool]


def children(
    native_type: str,
    operation: RestOperation,
    *below: Collector,
    wanted: Wanted | None = None,
    shown_by: str = "",
    late: bool = False,
    query: Mapping[str, Any] | None = None,
    parent: str = "",
    single: RestOperation | None = None,
) -> Collector:
    """A collector of the children that a list gives whole; `below` are asked of each child in turn.

    `single` asks for the only child by its fixed name, for clouds that do not know the list (404).
    """
    kind = document_types()[native_type]
    further = tuple(o for c in below for o in c.operations)
    kinds = tuple(dict.fromkeys((*kind.kinds, *(k for c in below if c.service == kind.service for k in c.kinds))))

    def run(reach: Reach, above: Parent) -> Iterator[Item]:
        for document in _found(reach, above):
            yield from reach.see(kind, document, above, by=operation)
            child = parent_from(document, native_type, above)
            if child is None:
                continue
            for one in below:
                if one.wanted is None or one.wanted(document):
                    whole = one.run if one.service == kind.service else _apart(one)
                    reach.spawn(lambda r, c=child, w=whole: w(r, c))

    def _found(reach: Reach, above: Parent) -> Iterator[dict[str, Any]]:
        if single is None:
            yield from reach.documents(operation, query=query, **above.slots)
            return
        listed = reach.answer(operation, query=None, **above.slots)
        if listed is not None:
            yield from (dict(entry) for entry in records(listed, "value") or [])
            return
        found = reach.answer(single, query=None, **above.slots)
        if found is not None:
            yield found

    above = parent or native_type.rsplit("/", 1)[0]
    return Collector(
        kind.service,
        kinds,
        above,
        (operation, *((single,) if single is not None else ()), *further),
        run,
        types=(kind, *(t for c in below for t in c.types)),
        wanted=wanted,
        shown_by=shown_by,
        late=late,
    )


def _apart(collector: Collector) -> Run:
    """The run of a collector below another one whose coverage is a cell of its own; its operations are `optional`."""

    def run(reach: Reach, above: Parent) -> Iterator[Item]:
        parts = [Part(reach.account, "*", collector.service, kind) for kind in collector.kinds]
        book = reach.site.book
        try:
            yield from collector.run(reach, above)
            book.answered(parts)
        except MissedError as miss:
            book.missed(parts, miss, miss.detail)

    return run


def setting(
    native_type: str,
    operation: RestOperation,
    *,
    parent: str = "",
    wanted: Wanted | None = None,
    nothing: Callable[[Parent], dict[str, Any] | None] | None = None,
    kinds: tuple[str, ...] = (),
) -> Collector:
    """A collector of one document below each parent. `nothing` makes the document that says "there is none"."""
    kind = document_types()[native_type]

    def run(reach: Reach, above: Parent) -> Iterator[Item]:
        found = reach.answer(operation, query=None, **above.slots)
        document = found if found is not None else nothing(above) if nothing is not None else None
        if document is not None:
            document.setdefault("type", native_type)
            yield from reach.see(kind, document, above, by=operation)

    above = parent or native_type.rsplit("/", 1)[0]
    return Collector(kind.service, kinds or kind.kinds, above, (operation,), run, types=(kind,), wanted=wanted)


def parent_from(document: Mapping[str, Any], native_type: str, above: Parent | None = None) -> Parent | None:
    """A document as the parent of further ones; where it names no place, it lies where its own parent does."""
    written = text(document, "id")
    uid = uid_of(written)
    if written is None or uid is None:
        return None
    location = place_of(document, None if above is None else above.region)
    return Parent(written, uid, uid.rsplit("/", 1)[-1], native_type, location, document)
