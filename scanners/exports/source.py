"""A file that is being read: what it looks like, how it begins, and what is to be told about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from scanners.documents import Origin
from scanners.model import Location

MOST_WARNINGS: Final = 100
"""Warnings kept for one file; further ones are counted."""


class ExportError(Exception):
    """A file that cannot be read, in one sentence for people: what happened, which file, what was kept, what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. Sizes in bytes.

    `expanded` and `ratio` hold for compressed content only: no more than so many bytes in all, and, after the first 64
    MiB, no more than `ratio` expanded bytes for each compressed one.
    """

    element: int = 16 << 20
    depth: int = 64
    expanded: int = 8 << 30
    ratio: int = 200
    text: int = 16 << 20
    workbook: int = 64 << 20
    members: int = 20_000


class Shape(StrEnum):
    """What a file looks like on the outside."""

    OBJECT = "object"  # one JSON object, or several after one another
    ARRAY = "array"  # a JSON array
    LINES = "lines"  # one JSON value on each line
    TABLE = "table"  # CSV with a header; separated by comma, semicolon or tab
    TEXT = "text"  # other text, such as YAML
    WORKBOOK = "workbook"  # an .xlsx file


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, for telling what it is.

    `name` is the file's name as people know it (`a.zip › b.json` inside an archive); a format never decides by it.
    `text` is at most the first 65,536 characters, decoded. `keys` are the top-level members of the first JSON object as
    far as the text shows. `first` is the first complete object among the elements (of the array, of the lines, of the
    first list of objects among the members of an object, or the object itself), None where the text holds none.
    `columns` is the header of a table. `sheets` names the sheets of a workbook.
    """

    name: str
    shape: Shape
    text: str
    keys: tuple[str, ...] = ()
    first: Mapping[str, Any] | None = None
    columns: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()


class State(StrEnum):
    """How much of a file was read."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    REFUSED = "refused"


class KnownCluster(Struct, frozen=True):
    """What an import tells of the Kubernetes cluster of a file beside that file: its name by folders and file names,
    and what other files of the same name say of it, the uid and its place and owner by all its nodes."""

    name: str = ""
    uid: str = ""
    place: Location | None = None
    provider: str = ""


@dataclass(slots=True)
class SourceFile:
    """One file that is being read, and what is to be told about it.

    `connection` goes into every `Coverage` and `Origin`. `places` is shared by all files of one import: sites that were
    declared say there where a Kubernetes context (`kubernetes:CONTEXT`) or an Arc machine (`arc:MACHINE`) stands.
    `cluster` is what the whole import tells of the Kubernetes cluster that a list is of, `paged` whether the other
    pages of the same query are in other files of the import.
    """

    name: str
    connection: str
    places: dict[str, Location] = field(default_factory=dict[str, Location])
    warnings: list[str] = field(default_factory=list[str])
    more_warnings: int = 0
    ended_early: str | None = None
    format: str = ""
    cluster: KnownCluster = field(default_factory=KnownCluster)
    paged: bool = False

    def warn(self, text: str) -> None:
        """Notes one sentence about something in the file that was skipped or corrected; it should say where it is."""
        if text in self.warnings:
            return
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(text)
        else:
            self.more_warnings += 1

    def incomplete(self, text: str) -> None:
        """Notes that not all of the file could be used: coverage becomes partial. The first reason is kept."""
        self.ended_early = self.ended_early or text
        self.warn(text)

    def cut_short(self, text: str) -> None:
        """Notes that the file could not be read to its end: told before all else, however many warnings there are."""
        self.ended_early = text
        if text not in self.warnings:
            self.warnings.insert(0, text)

    def origin(
        self, where: str, *, account: str | None = None, region: str | None = None, seen_at: datetime | None = None
    ) -> Origin:
        """The origin of a document at `where` in this file (`item 17`, `line 4`)."""
        return Origin(self.connection, f"{self.name}, {where}", self.format, account, region, seen_at)
