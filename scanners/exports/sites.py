"""Declared sites: on-premises halls and clouds without a scanner, as YAML, CSV or a filled-in workbook."""

import zlib
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any, Final
from zipfile import BadZipFile

from scanners.documents import DocumentType, Origin, observe
from scanners.exports import siterows
from scanners.exports.cover import Collected
from scanners.exports.declared import Problem, Site, from_rows, from_tree, twice_in
from scanners.exports.formats import ExportFormat, Head, Shape
from scanners.exports.plainyaml import NotPlain, tree_of
from scanners.exports.sheetparts import Formula
from scanners.exports.sitewords import SHEETS, column_of
from scanners.exports.source import ExportError, SourceFile
from scanners.exports.stream import ExportStream
from scanners.members import flag, number, put, records, text, texts
from scanners.model import Asset, Item, Location, LocationKind, Relation
from scanners.references import uid_of

PROVIDER: Final = "on_prem"
SERVICE: Final = "declared"
CLASS_TAG: Final = "situs:data-class"
"""The tag that carries a declared data class; the policy's tag map knows it without being told."""

_MOST_TEXT: Final = 2_000_000
_MOST_ROWS: Final = 20_000
_MOST_COLUMNS: Final = 60
_STORES: Final = {"bucket": "storage.bucket", "filesystem": "storage.filesystem", "volume": "storage.volume"}


class DeclaredSites:
    """Reads what the organisation declares about places that no cloud tells of."""

    name = "Declared sites"
    provider = PROVIDER
    early = True

    def recognises(self, head: Head) -> float:
        """Certain where the file has `sites`, or the columns of the template."""
        if head.shape is Shape.TEXT:
            return 0.95 if any(line.startswith("sites:") for line in head.text.splitlines()) else 0.0
        if head.shape is Shape.TABLE:
            return 0.95 if {"site", "country"} <= {column_of(c) for c in head.columns} else 0.0
        if head.shape is Shape.WORKBOOK:
            return 0.9 if {s.strip().lower() for s in head.sheets} & {*SHEETS} else 0.5
        return 0.8 if "sites" in head.keys else 0.0

    def items(self, stream: ExportStream, file: SourceFile) -> Iterator[Item]:
        """Sites, their clusters and stores, what these read and write, and coverage; notes the places they declare."""
        book = Collected(file, PROVIDER)
        found = list(_sites(stream, file))
        if not found and not any("no column 'site'" in warning for warning in file.warnings):
            file.warn(f"{file.name}: no site is declared in it.")
        for site in found:
            location = Location(
                LocationKind.ON_PREM,
                country=text(site.document, "country"),
                site=text(site.document, "id"),
                evidence="declared",
            )
            for kind, at in (("kubernetes", "kubernetes"), ("arc", "arc")):
                for name in texts(site.document, at) or []:
                    file.places[f"{kind}:{name}"] = location
                    file.places.setdefault(f"{kind}:{name.lower()}", location)
            for item in observe(site.document, SITE, file.origin(site.where)):
                if isinstance(item, Asset):
                    book.saw(item.account, item.account, SERVICE, item.kind)
                yield item
        yield from book.cells()


def _sites(stream: ExportStream, file: SourceFile) -> Iterator[Site]:
    def tell(problem: Problem) -> None:
        said = f"{file.name}, {problem.where}: {problem.text}"
        if problem.lost:
            file.incomplete(said)
        else:
            file.warn(said)

    rows: Iterator[tuple[str, dict[str, str]]]
    match stream.shape:
        case Shape.TEXT:
            content = stream.text()
            if len(content) > _MOST_TEXT:
                raise ExportError(
                    f"{file.name} is a declaration of {len(content):,} characters, more than the limit of "
                    f"{_MOST_TEXT:,}: nothing was read from it; split it."
                )
            try:
                yield from from_tree(tree_of(content), tell)
            except NotPlain as wrong:
                raise ExportError(f"{file.name}, {wrong}; nothing was read from it.") from wrong
        case Shape.WORKBOOK:
            rows = _workbook(stream, file)
            yield from from_rows(rows, tell)
        case Shape.TABLE:
            stream.western = "cp1252"
            rows = ((element.where, element.value) for element in stream.elements())
            yield from from_rows(rows, tell)
        case _:
            tree = {"sites": [element.value for element in stream.elements("sites")]}
            yield from from_tree(tree_of(tree), tell)


_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#NUM!", "#NULL!", "#NV", "#BEZUG!", "#WERT!"}
)
_DAMAGED: Final = (
    *(BadZipFile, KeyError, ValueError, TypeError, OSError, EOFError, AttributeError, IndexError),
    *(zlib.error, SyntaxError, NotImplementedError),  # the XML parser's faults are syntax errors
)


def _workbook(stream: ExportStream, file: SourceFile) -> Iterator[tuple[str, dict[str, str]]]:
    """(row, column → text) of the sheet `Sites`, or of the first sheet. Raises ExportError."""
    try:
        read = siterows.sheet_of(stream.workbook(), _MOST_ROWS + 1, _MOST_COLUMNS + 1)
        header: list[str] | None = None
        for row, cells in read.rows():
            values = _texts(cells)
            if header is None:
                header = [column_of(value) for value in values]
                if twice := twice_in(header):
                    raise ExportError(
                        f"{file.name}, row {row}: the column {twice!r} is there twice; keep one. Nothing was read."
                    )
                continue
            if row > _MOST_ROWS:
                file.incomplete(f"{file.name} has more than {_MOST_ROWS:,} rows; those after it were not read.")
                break
            if len(values) > _MOST_COLUMNS and values[_MOST_COLUMNS]:
                file.incomplete(f"{file.name}, row {row}: only the first {_MOST_COLUMNS} columns are read.")
            wrong_cells = [value for value in values if value in _ERRORS]
            if wrong_cells:
                file.incomplete(
                    f"{file.name}, row {row}: {wrong_cells[0]} is an error of the spreadsheet; it was left out."
                )
                continue
            below = zip_longest(header, values[:_MOST_COLUMNS], fillvalue="")
            beside = next((value for name, value in below if value and not name), None)
            if beside is not None:
                file.incomplete(f"{file.name}, row {row}: {beside!r} stands below no heading; it was not read.")
            yield f"row {row}", {name: value for name, value in zip(header, values, strict=False) if name}
        if read.problems:
            raise ExportError(
                f"{file.name} was not read: what these cells hold cannot be told. {' '.join(read.problems)}"
            )
    except _DAMAGED as wrong:
        raise ExportError(
            f"{file.name} is a workbook that cannot be read; nothing was kept of it: save it again as .xlsx."
        ) from wrong


def _texts(cells: Iterable[Any]) -> list[str]:
    return ["" if cell is None or isinstance(cell, Formula) else str(cell)[:4096].strip() for cell in cells]


def _describe(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A site, its clusters and their stores."""
    del origin
    site = text(document, "id")
    if site is None:
        return
    country = text(document, "country")
    location = Location(LocationKind.ON_PREM, country=country, site=site, evidence="declared")
    provider = text(document, "provider") or PROVIDER
    attributes: dict[str, Any] = {}
    for name in ("country", "city", "operator", "operator_country"):
        put(attributes, name, text(document, name))
    uid = f"site:{site}"
    yield Asset(uid, provider, site, "site", "site", text(document, "name") or site, location, attributes, tags={})
    for cluster in records(document, "clusters") or []:
        own = text(cluster, "name")
        if own:
            yield from _cluster(cluster, own, uid, site, provider, location)
    yield from _stores(document, uid, site, provider, location)
    yield from _flows(document, uid)


def _cluster(
    cluster: Any, name: str, site_uid: str, site: str, provider: str, location: Location
) -> Iterator[Asset | Relation]:
    attributes: dict[str, Any] = {}
    gpus = records(cluster, "gpus")
    if gpus is not None:
        counts = [number(gpu, "count") for gpu in gpus]
        if None not in counts:
            attributes["gpu_count"] = sum(count for count in counts if count is not None)
        models = dict.fromkeys(model for gpu in gpus if (model := text(gpu, "model")))
        put(attributes, "gpu_model", ", ".join(models) or None)
    put(attributes, "node_count", number(cluster, "nodes"))
    put(attributes, "physical_country", location.country)
    uid = f"{site_uid}/cluster/{name}"
    yield Asset(uid, provider, site, "compute.cluster", "cluster", name, location, attributes, tags={})
    yield Relation(uid, "member_of", site_uid)
    yield from _stores(cluster, uid, site, provider, location)
    yield from _flows(cluster, uid)


def _stores(holder: Any, holder_uid: str, site: str, provider: str, location: Location) -> Iterator[Asset | Relation]:
    for store in records(holder, "stores") or []:
        name = text(store, "name")
        if name is None:
            continue
        attributes: dict[str, Any] = {}
        put(attributes, "encrypted", flag(store, "encrypted"))
        put(attributes, "custody", text(store, "custody"))
        if attributes.get("encrypted") is False:
            attributes.setdefault("custody", "none")
        tags = {CLASS_TAG: value} if (value := text(store, "data_class")) else {}
        kind = _STORES.get(text(store, "kind") or "", "storage.filesystem")
        uid = f"{holder_uid}/store/{name}"
        yield Asset(uid, provider, site, kind, "store", name, location, attributes, tags=tags)
        yield Relation(uid, "member_of", holder_uid)


def _flows(holder: Any, uid: str) -> Iterator[Relation]:
    for type_ in ("reads", "writes"):
        for address in texts(holder, type_) or []:
            target = uid_of(address)
            if target:
                yield Relation(uid, type_, target, {"declared": True})


SITE: Final = DocumentType(
    "site",
    SERVICE,
    ("site", "compute.cluster", *_STORES.values()),
    (
        *("arc", "city", "clusters", "country", "id", "kubernetes", "name", "operator", "operator_country", "provider"),
        *("reads", "stores", "writes"),
    ),
    _describe,
)

FORMATS: tuple[ExportFormat, ...] = (DeclaredSites(),)
