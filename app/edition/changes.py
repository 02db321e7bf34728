"""What another edition says otherwise, fact by fact, and which findings of the latest judgement that changes."""

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
from msgspec import Struct

from app.edition.file import Edition
from rules.catalogue.tables import FILES

if TYPE_CHECKING:
    from app.audit import Yardstick
    from app.store import Store
    from app.store.records import JudgementInfo
    from app.whatif import Difference

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "regions.csv": ("provider", "region_id"),
    "edge_zones.csv": ("provider", "zone"),
    "zone_patterns.csv": ("provider", "pattern"),
    "region_names.csv": ("provider", "spelling"),
    "multiregions.csv": ("provider", "service", "location_id"),
    "value_groups.csv": ("provider", "group"),
    "service_names.csv": ("provider", "spelling"),
    "jurisdictions.csv": ("iso2",),
    "membership.csv": ("country", "group", "valid_from"),
    "adequacy.csv": ("country", "valid_from"),
    "providers.csv": ("provider_id",),
    "gpus.csv": ("provider", "instance_type"),
    "machine_families.csv": ("provider", "family"),
}
"""What tells the rows of a file apart."""


class FactChange(Struct):
    """One fact that is new, gone or changed. `cells`: column → value before and after, where both are there."""

    file: str
    key: str
    change: str
    cells: dict[str, tuple[str, str]] = {}


class Preview(Struct):
    """What an edition would change: facts, and findings of the latest judgement (None where nothing was judged)."""

    version: str
    as_of: str
    signed_by: str
    facts: list[FactChange]
    findings: "Difference | None" = None


def facts(before: Edition, after: Edition) -> list[FactChange]:
    """The facts that differ, file by file, in the order of their keys."""
    found: list[FactChange] = []
    for name in FILES:
        found += _rows(name, before.files[name], after.files[name])
    found += _compared("law.yaml", _provisions(before.files["law.yaml"]), _provisions(after.files["law.yaml"]))
    return found


def _rows(name: str, before: bytes, after: bytes) -> Iterator[FactChange]:
    """Changes of rows, in the columns that both files have: one that is new to the program is no change of facts."""

    def read(body: bytes) -> "csv.DictReader[str]":
        return csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""))

    def keyed(body: bytes) -> dict[str, dict[str, str]]:
        return {
            " ".join(row.get(k) or "" for k in KEYS[name]): {c: v for c, v in row.items() if c in both}
            for row in read(body)
        }

    if before != after:
        both = {*(read(before).fieldnames or ())} & {*(read(after).fieldnames or ())}
        yield from _compared(name, keyed(before), keyed(after))


def _provisions(body: bytes) -> dict[str, dict[str, str]]:
    """Provisions by id, and dates on which the law of a country changed by country and day."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    document: Any = yaml.load(body, Loader=loader)  # noqa: S506 - builds strings, lists and maps only
    entries = cast("list[dict[str, str]]", document["provisions"])
    found = {str(entry.get("id")): {k: str(v) for k, v in entry.items()} for entry in entries}
    for entry in cast("list[dict[str, str]]", document["dates"]):
        if "country" in entry:
            found[f"{entry['country']} {entry['date']} {entry['what']}"] = {k: str(v) for k, v in entry.items()}
    return found


def _compared(name: str, before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> Iterator[FactChange]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            yield FactChange(name, key, "new" if old is None else "gone")
            continue
        cells = {c: (old.get(c, ""), new.get(c, "")) for c in {**old, **new} if old.get(c, "") != new.get(c, "")}
        if cells:
            yield FactChange(name, key, "changed", cells)


def findings(store: "Store", judged: "JudgementInfo", by: "Yardstick", after: Edition) -> "Difference":
    """The findings of a judgement that would be others under another edition, everything else alike."""
    from app.whatif import WhatIf
    from rules.policy import Policy

    catalogue = after.catalogue()
    policy = Policy.none() if by.policy_text is None else Policy.parse(by.policy_text, catalogue, by.as_of)
    return WhatIf(store, judged, by).against(msgspec.structs.replace(by, catalogue=catalogue, policy=policy))


def preview(store: "Store | None", after: Edition) -> Preview:
    """What an edition would change here. Raises CatalogueError or PolicyError where it cannot be judged by it."""
    from app import audit
    from app.edition.installed import edition

    catalogue = after.catalogue()
    found = Preview(catalogue.version, catalogue.as_of.isoformat(), after.key, facts(edition(), after))
    judged = None if store is None else store.judgement()
    if store is not None and judged is not None:
        found.findings = findings(store, judged, audit.yardstick_of(store, judged.id), after)
    return found
