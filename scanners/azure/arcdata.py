"""Azure Arc beyond machines and clusters: custom locations, databases in the organisation's own halls, Azure Local.

As with machines, `location` is where the record is kept, not where the thing stands.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from scanners.azure.arm import CREATED, ENVELOPE, arm_asset, target_of
from scanners.azure.regions import place_of
from scanners.documents import DocumentType, Normaliser, Origin
from scanners.members import put, records, text
from scanners.model import Asset, Relation


def _recorded(document: Mapping[str, Any], origin: Origin, kind: str) -> Asset | None:
    location = replace(place_of(document, origin.region), evidence="metadata_only")
    asset = arm_asset(document, origin, kind, location=location)
    if asset is not None:
        asset.provider = "on_prem"
        asset.attributes["managed_by"] = "azure-arc"
    return asset


def custom_location(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A custom location: a cluster of the organisation's own as a target for Azure's services."""
    asset = _recorded(document, origin, "site")
    if asset is None:
        return
    asset.name = text(document, "properties.displayName") or asset.name
    yield asset
    host = target_of(document, "properties.hostResourceId")
    if host is not None:
        yield Relation(asset.uid, "runs_on", host)


def database(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A database that Azure manages in the organisation's own halls, or a SQL Server that it keeps a record of."""
    asset = _recorded(document, origin, "database.instance")
    if asset is None:
        return
    yield asset
    place = target_of(document, "extendedLocation.name")
    if place is not None:
        yield Relation(asset.uid, "member_of", place)
    machine = target_of(document, "properties.containerResourceId")
    if machine is not None:
        yield Relation(asset.uid, "runs_on", machine)


def local_cluster(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A cluster of Azure Local (Azure Stack HCI): the organisation's own machines."""
    asset = _recorded(document, origin, "compute.cluster")
    if asset is None:
        return
    nodes = records(document, "properties.reportedProperties.nodes")
    put(asset.attributes, "node_count", None if nodes is None else len(nodes))
    models = {model for node in nodes or [] if (model := text(node, "model")) is not None}
    if len(models) == 1:
        asset.attributes["instance_type"] = models.pop()
    yield asset


def _type(native: str, kind: str, normalise: Normaliser, *members: str) -> DocumentType:
    kept = (*ENVELOPE, *CREATED, *(f"properties.{member}" for member in members))
    return DocumentType(native, "arc", (kind,), kept, normalise)


_DATA: Final = ("provisioningState", "containerResourceId", "version", "edition")

TYPES: tuple[DocumentType, ...] = (
    _type("microsoft.extendedlocation/customlocations", "site", custom_location, "displayName", "hostResourceId"),
    _type("microsoft.azurearcdata/sqlmanagedinstances", "database.instance", database, *_DATA),
    _type("microsoft.azurearcdata/postgresinstances", "database.instance", database, *_DATA),
    _type("microsoft.azurearcdata/sqlserverinstances", "database.instance", database, *_DATA),
    _type(
        "microsoft.azurestackhci/clusters",
        "compute.cluster",
        local_cluster,
        "reportedProperties.nodes[].manufacturer",
        "reportedProperties.nodes[].model",
        "reportedProperties.nodes[].name",
    ),
)
