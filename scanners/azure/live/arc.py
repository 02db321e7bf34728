"""Machines of Azure Arc whose row in Resource Graph does not say where they stand."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from scanners.azure import document_types
from scanners.azure.live.declare import Collector, Parent, one
from scanners.azure.live.reach import Reach
from scanners.coverage import MissedError
from scanners.members import has
from scanners.model import Item

_T: Final = "microsoft.hybridcompute/machines"
MACHINE: Final = one(
    "Microsoft.HybridCompute/machines/{a}", "2026-07-15", name="Microsoft.HybridCompute/machines/one", optional=True
)


def lacks_place(document: Mapping[str, Any]) -> bool:
    """Whether a row has no `locationData`: Resource Graph leaves out what may be personal, and null is an answer."""
    return not has(document, "properties.locationData")


def machine(reach: Reach, row: Parent) -> Iterator[Item]:
    """A machine by its own document; by its row where that cannot be had."""
    document: Mapping[str, Any] = row.document
    with suppress(MissedError):
        document = reach.call(MACHINE, **row.slots)
    yield from reach.see(document_types()[_T], document, row, by=MACHINE)


COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector("arc", ("compute.instance",), _T, (MACHINE,), machine, wanted=lacks_place, instead=True),
)
