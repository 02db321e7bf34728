"""The schema that everything speaks: assets, relations, coverage, evidence, kinds and their attributes.

Two values are never mixed up. An attribute that was *not read* is absent from `Asset.attributes`; an attribute that
was read and turned out to be "there is none" is present with `None`, `False`, `"none"` or an empty list, whichever
the schema in `kinds` says. No class here has a default that would turn the first into the second.
"""

from scanners.model.entities import (
    UNREAD,
    Asset,
    Coverage,
    CoverageStatus,
    Evidence,
    Item,
    Location,
    LocationKind,
    Relation,
    canonical,
    digest,
)
from scanners.model.identity import one_of, same
from scanners.model.kinds import ATTRIBUTES, CORE, KINDS, RELATIONS, Attribute, Kind, attributes_of, problems
from scanners.model.merging import merged
from scanners.model.shown import Shown, missing_apart

__all__ = [
    "ATTRIBUTES",
    "CORE",
    "KINDS",
    "RELATIONS",
    "UNREAD",
    "Asset",
    "Attribute",
    "Coverage",
    "CoverageStatus",
    "Evidence",
    "Item",
    "Kind",
    "Location",
    "LocationKind",
    "Relation",
    "Shown",
    "attributes_of",
    "canonical",
    "digest",
    "merged",
    "missing_apart",
    "one_of",
    "problems",
    "same",
]
