"""What an export format is, and which formats there are."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final, Protocol, cast

from scanners.exports.cover import Collected
from scanners.exports.source import ExportError, Head, Shape, SourceFile, State
from scanners.exports.stream import Element, ExportStream
from scanners.model import Item

__all__ = [
    "Collected",
    "Element",
    "ExportError",
    "ExportFormat",
    "ExportStream",
    "Head",
    "Shape",
    "Sink",
    "SourceFile",
    "State",
    "formats",
]


class ExportFormat(Protocol):
    """One format. Instances are stateless: everything about a file is in the stream and the source file."""

    @property
    def name(self) -> str:
        """Name for people: `AWS Config snapshot`."""
        ...

    @property
    def provider(self) -> str:
        """Provider id: aws, azure, gcp, kubernetes, on_prem."""
        ...

    @property
    def early(self) -> bool:
        """Whether files of this format are read before all others, because they declare places."""
        ...

    def recognises(self, head: Head) -> float:
        """How sure it is that the file is its own, 0.0 to 1.0. The surest format at 0.5 or above reads the file."""
        ...

    def items(self, stream: ExportStream, file: SourceFile) -> Iterator[Item]:
        """Evidence, assets, relations and at the end coverage; raises `ExportError` where nothing can be used."""
        ...


_MODULES: Final = ("awsconfig", "resourcegraph", "cloudasset", "kubectl", "sites", "otherscanners")


def formats() -> tuple[ExportFormat, ...]:
    """Every format there is. Each module of a format offers `FORMATS`, a tuple of instances."""
    found: list[ExportFormat] = []
    for name in _MODULES:
        module = import_module(f"scanners.exports.{name}")
        found.extend(cast("tuple[ExportFormat, ...]", module.FORMATS))
    return tuple(found)


Sink = Callable[[list[Item]], None]
"""Takes a batch of items, in order."""
