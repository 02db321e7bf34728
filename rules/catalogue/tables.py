"""Reading the fact files: CSV rows with every cell present, and a digest over all files."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from rules.catalogue.records import CatalogueError

Row: TypeAlias = dict[str, str]

FILES: Final[dict[str, tuple[str, ...]]] = {
    "regions.csv": ("provider", "region_id", "display_name", "city", "country_iso2", "latitude", "longitude"),
    "edge_zones.csv": ("provider", "zone", "parent_region", "city", "country_iso2", "latitude", "longitude"),
    "zone_patterns.csv": ("provider", "pattern"),
    "region_names.csv": ("provider", "spelling", "region_id"),
    "multiregions.csv": ("provider", "service", "location_id", "kind", "members", "countries"),
    "value_groups.csv": ("provider", "group", "countries"),
    "service_names.csv": ("provider", "spelling", "service"),
    "jurisdictions.csv": ("iso2", "name", "other_names", "gdpr_status"),
    "membership.csv": ("country", "group", "valid_from", "valid_until", "act"),
    "adequacy.csv": ("country", "decision", "valid_from", "valid_until", "partial", "ended_by"),
    "providers.csv": ("provider_id", "name", "partitions", "parent_country", "eu_controlled"),
    "gpus.csv": ("provider", "instance_type", "accelerator_model", "accelerator_count"),
    "machine_families.csv": ("provider", "family"),
}
"""Each CSV file of the catalogue with the columns that the program reads, beside `source` and `confidence`."""

OTHER_FILES: Final = ("law.yaml", "meta.toml")

_LARGEST: Final = 8 * 1024 * 1024


def read_files(folder: Path) -> dict[str, bytes]:
    """The bytes of every fact file, with Windows line ends made plain. Raises CatalogueError for a missing file."""
    found: dict[str, bytes] = {}
    for name in (*FILES, *OTHER_FILES):
        try:
            body = (folder / name).read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise CatalogueError(f"The catalogue is incomplete: {folder / name} cannot be read ({reason}).") from error
        if len(body) > _LARGEST:
            raise CatalogueError(f"The catalogue file {folder / name} is larger than {_LARGEST} bytes.")
        found[name] = body.replace(b"\r\n", b"\n")
    return found


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the names and contents of all files, in lower-case hexadecimal; line ends do not matter."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()


def rows(name: str, body: bytes) -> list[Row]:
    """The rows of one CSV file. Raises CatalogueError that names the line for a short, long or unsourced row."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CatalogueError(f"The catalogue file {name} is not UTF-8 text (byte {error.start}).") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    header: list[str] = next(reader, list[str]())
    absent = [column for column in (*FILES[name], "source", "confidence") if column not in header]
    if absent:
        raise CatalogueError(f"The catalogue file {name} has no column {', '.join(absent)}.")
    width, found = len(header), list[Row]()
    for cells in reader:
        if len(cells) != width:
            raise CatalogueError(f"The catalogue file {name}, line {reader.line_num}: {len(cells)} cells, not {width}.")
        row = dict(zip(header, cells, strict=True))
        if not row["source"] or row["confidence"] not in ("verified", "recalled"):
            raise CatalogueError(f"The catalogue file {name}, line {reader.line_num}: no source or no confidence.")
        found.append(row)
    return found


def as_date(name: str, text: str) -> date | None:
    """The date in a cell, None for an empty one. Raises CatalogueError for anything else."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CatalogueError(
            f"The catalogue file {name} holds {text!r}, which is not a date like 2026-01-31."
        ) from error


def as_number(name: str, text: str) -> float | None:
    """The number in a cell, None for an empty one. Raises CatalogueError for anything else."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise CatalogueError(f"The catalogue file {name} holds {text!r}, which is not a number.") from error


def unique(name: str, keys: Iterable[object]) -> None:
    """Raises CatalogueError when a key occurs twice in a file."""
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            raise CatalogueError(f"The catalogue file {name} lists {key} twice.")
        seen.add(key)
