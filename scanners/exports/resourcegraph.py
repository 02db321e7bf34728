"""Azure inventories: results of Resource Graph in every form they are saved in, and answers of Azure Resource Manager.

Forms of a Resource Graph result: the answer of the REST API (`{"totalRecords", "count", "data", "resultTruncated"}`,
`data` a list of objects or, from 2019 API versions, `{"columns", "rows"}`), the output of `az graph query`
(`{"count", "data", "skip_token", "total_records"}`), a plain list of rows, and the CSV of the portal, where objects are
JSON text. Forms of Resource Manager: `{"value": […], "nextLink"}`, one object, and the output of `az … list`, which
lifts the members of `properties` to the top. Pages may follow one another in one file.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import msgspec

from scanners.azure import document_types
from scanners.azure.arm import account_of, target_of, type_of
from scanners.azure.childplaces import ChildPlaces, through_of
from scanners.azure.coverage import FRAMES, Account, NotExported
from scanners.azure.rows import ID_COLUMNS, document_of_cells, from_row, is_flattened, is_of_cmdlet, rows_of_table
from scanners.documents import DocumentType, observe
from scanners.exports.cover import Collected
from scanners.exports.formats import Element, ExportError, ExportStream, Head, Shape, SourceFile
from scanners.exports.pages import Pages
from scanners.model import Asset, Coverage, CoverageStatus, Item, LocationKind

_ARM_ID: Final = re.compile(
    r'"(?:id|ID|Id|ResourceId)"\s*:\s*"/?(?:subscriptions/[^"/]|providers/[A-Za-z]+\.)', re.IGNORECASE
)
_TYPE: Final = re.compile(r"^microsoft\.[a-z]+/", re.IGNORECASE)
_GRAPH: Final = frozenset({"totalRecords", "total_records", "resultTruncated", "skip_token", "facets"})
_EMPTY: Final = frozenset({"value", "nextLink"})
_LISTS: Final = ("value", "data", "Data")
_PORTAL: Final = frozenset({"name", "type", "location", "subscription", "resourcegroup"})


class AzureInventory:
    """The format; see the module."""

    name = "Azure Resource Graph result or ARM list"
    provider = "azure"
    early = False

    def recognises(self, head: Head) -> float:
        """By the envelope of Resource Graph, else by the form of Azure's ids."""
        if head.shape is Shape.TABLE:
            columns = {_plain(column) for column in head.columns}
            if columns & ID_COLUMNS:
                return 0.95 if "/subscriptions/" in head.text.lower() else 0.0
            return 0.55 if columns >= _PORTAL else 0.0
        if head.shape not in (Shape.OBJECT, Shape.ARRAY, Shape.LINES):
            return 0.0
        keys = set(head.keys)
        if "data" in keys and keys & _GRAPH:
            return 1.0
        first = head.first
        if first is not None and any(target_of(first, name) is not None for name in ("id", "ResourceId", "Id")):
            return 0.95
        if head.shape is Shape.OBJECT and "id" in keys and _ARM_ID.search(head.text):
            return 0.9
        if first is not None and isinstance(first.get("type"), str) and _TYPE.match(first["type"]):
            return 0.8
        if first is not None and "data" in first and set(first) & _GRAPH:
            return 0.9  # pages in a list
        empty = first is None or set(first) <= _EMPTY  # of an empty list the object itself is the first one
        return 0.5 if keys and keys <= _EMPTY and empty else 0.0

    def items(self, stream: ExportStream, file: SourceFile) -> Iterator[Item]:
        """Evidence, assets and relations of every document; one account for each subscription; coverage at the end."""
        reading = _Reading(file, stream.shape)
        for element in stream.elements(*_LISTS):
            if stream.shape is Shape.OBJECT:
                reading.pages.at(stream.envelope)
            for document in reading.documents(element):
                yield from reading.take(document, element)
        reading.pages.end(stream.envelope if stream.shape is Shape.OBJECT else None)
        yield from reading.rest()


FORMATS: Final = (AzureInventory(),)


def _plain(column: str) -> str:
    return column.lower().replace(" ", "").replace("_", "")


class _Reading:
    """One file while it is read: what was seen, and what has to be said about it at the end."""

    def __init__(self, file: SourceFile, shape: Shape) -> None:
        self.pages = Pages(file)
        self._file = file
        self._table = shape is Shape.TABLE
        self._listed = shape is not Shape.OBJECT  # pages that are elements bring their envelopes themselves
        self._types = document_types()
        self._book = Collected(file, "azure")
        self._missing = NotExported()
        self._accounts: dict[str, Account] = {}
        self._unknown: dict[tuple[str, str], int] = {}
        self._places = ChildPlaces(file.places)
        self._names: set[str] = set()
        self._placeless: set[str] = set()
        self._without_id = 0
        self._flattened = self._cmdlet = False

    def documents(self, element: Element) -> Iterator[Mapping[str, Any]]:
        """The documents in an element: itself, the rows of a 2019 result, or those of a page in a list of pages."""
        value = element.value
        if not isinstance(value, Mapping):
            self._refuse(element)
            return
        row = cast("Mapping[str, Any]", value)
        if self._table:
            yield self._cells(row, element)
            return
        inner = row.get("data", row.get("value"))
        if is_of_cmdlet(row):
            self._of_cmdlet(element)
            yield from_row(row)
        elif element.member == "" and isinstance(inner, Mapping) and "columns" in inner:
            self._page(row)
            for found in rows_of_table(cast("Mapping[str, Any]", inner)):
                yield from_row(found)
        elif element.member == "" and isinstance(inner, list) and "id" not in row:
            self._page(row)
            for found in cast("list[Any]", inner):
                if isinstance(found, Mapping):
                    yield from_row(cast("Mapping[str, Any]", found))
        else:
            yield from_row(row)

    def _of_cmdlet(self, element: Element) -> None:
        if not self._cmdlet:
            self._cmdlet = True
            self._file.incomplete(
                f"{self._file.name}, {element.where}: this was written by a cmdlet of PowerShell, so only "
                "names, places, tags and properties as Azure writes them are read; export a Resource Graph result."
            )

    def _page(self, envelope: Mapping[str, Any]) -> None:
        if self._listed:
            self.pages.at(envelope)

    def _cells(self, row: Mapping[str, Any], element: Element) -> Mapping[str, Any]:
        document, problems = document_of_cells(row)
        for problem in problems:
            self._file.incomplete(f"{self._file.name}, {element.where}: {problem}")
        return document

    def take(self, document: Mapping[str, Any], element: Element) -> Iterator[Item]:
        """What one document yields."""
        self.pages.row()
        uid = target_of(document, "id")
        if uid is None:
            self._refuse(element)
            return
        native_type = type_of(document) or "unknown"
        if not self._flattened and is_flattened(document):
            self._flattened = True
            self._file.incomplete(
                f"{self._file.name}, {element.where}: nested properties were written as text, so their facts are "
                "missing; with PowerShell, save with ConvertTo-Json -Depth 100."
            )
        account = account_of(uid)
        if "subscriptionId" in document and uid.count("/") > 2:
            self.pages.graph = True  # no answer of Resource Manager repeats the subscription beside the id
        holder = self._accounts.setdefault(account, Account(account))
        holder.see(document)
        kind = self._types.get(native_type)
        if native_type in FRAMES:
            return
        if kind is None:
            key = (account, native_type)
            self._unknown[key] = self._unknown.get(key, 0) + 1
            return
        self._missing.saw(account, native_type)
        if native_type == "microsoft.resources/subscriptions":
            holder.described = True
        yield from self._observed(document, kind, element, account)

    def _observed(
        self, document: Mapping[str, Any], kind: DocumentType, element: Element, account: str
    ) -> Iterator[Item]:
        origin = self._file.origin(element.where, account=account)
        try:
            items = list(observe(document, kind, origin))
        except (msgspec.MsgspecError, UnicodeError, OverflowError, RecursionError) as error:
            self._file.incomplete(
                f"{self._file.name}, {element.where}: {kind.native_type} cannot be kept as evidence "
                f"({type(error).__name__}); it was left out."
            )
            return
        uid = target_of(document, "id")
        through = through_of(items)
        for item in items:
            if isinstance(item, Asset):
                facet = uid is not None and item.uid != uid and uid.startswith(item.uid)
                if item.uid in through and item.uid in self._names:
                    continue  # another version of the same data
                if item.uid in through:
                    self._names.add(item.uid)
                if not self._places.settled(item, facet, through.get(item.uid)):
                    continue
                if not facet or item.uid in through:  # a facet is no asset more
                    self._book.saw(item.account, _region(item), kind.service, item.kind)
                if item.location.kind is LocationKind.UNKNOWN and not facet:
                    self._warn_placeless(item, element)
            yield item

    def _warn_placeless(self, asset: Asset, element: Element) -> None:
        """Once for each type. Children have no place of their own."""
        child = asset.native_type.count("/") > 1
        if not child and asset.native_type not in self._placeless and asset.kind != "replication":
            self._placeless.add(asset.native_type)
            self._file.warn(
                f"{self._file.name}, {element.where}: {asset.uid} has no location; "
                f"keep the column `location` in the query, or its country stays unknown."
            )

    def _refuse(self, element: Element) -> None:
        self._without_id += 1
        if self._without_id == 1:
            self._file.incomplete(
                f"{self._file.name}, {element.where}: this is no Azure resource with an `id`; it was left out. "
                "Keep the columns id, type, location, tags, sku and properties in the query."
            )

    def rest(self) -> Iterator[Item]:
        """Accounts that were named and not described, and the coverage."""
        if self._without_id > 1:
            self._file.warn(f"{self._file.name}: {self._without_id:,} entries without an Azure id were left out.")
        if self._without_id and not self._accounts:
            raise ExportError(
                f"{self._file.name} holds {self._without_id:,} entries and none with an Azure resource id: nothing was "
                "kept. Export the result of a Resource Graph query that keeps the column `id`."
            )
        if not self._accounts and not self._without_id:
            self._file.warn(f"{self._file.name}: the list holds no resources.")
        for asset in self._places.rest():
            service = self._types[asset.native_type].service
            self._book.saw(asset.account, _region(asset), service, asset.kind)
            yield asset
        for account in sorted(self._accounts):
            asset = self._accounts[account].asset()
            if asset is not None:
                yield asset
        for account in sorted(self._accounts):
            for service, kind, detail in self._missing.cells(account, self.pages.graph or self._table):
                self._book.cannot(account, "*", service, kind, detail)
        yield from self._book.cells()
        yield from self._unknown_types()

    def _unknown_types(self) -> Iterator[Coverage]:
        """What is there and is not looked at: counted, so that it never drops out of sight."""
        if self._unknown:
            total = sum(self._unknown.values())
            types = sorted({native_type for _, native_type in self._unknown})
            shown = ", ".join(types[:5]) + (", …" if len(types) > 5 else "")
            self._file.warn(
                f"{self._file.name}: of types that Situs does not know, {total:,} "
                f"{'resource was' if total == 1 else 'resources were'} counted and not judged ({shown})."
            )
        for (account, native_type), count in sorted(self._unknown.items()):
            yield Coverage(
                self._file.connection,
                "azure",
                account,
                "*",
                native_type,
                "*",
                CoverageStatus.NOT_ASKED,
                count,
                detail="type not known to Situs",
            )


def _region(asset: Asset) -> str:
    location = asset.location
    if location.kind is LocationKind.GLOBAL:
        return "global"
    if location.region is not None:
        return location.region
    return location.members[0] if location.members else "*"
