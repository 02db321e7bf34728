"""Azure Arc: machines and clusters outside Azure that Azure keeps a record of.

`location` is where that record is kept. It says nothing about where the hardware stands, so the location of every asset
here has the evidence `metadata_only`, unless the owner wrote a country into `locationData`. The provider is the owner
of the hardware: a cloud where the machine's agent recognised one, else `on_prem`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from scanners.azure.arm import CREATED, ENVELOPE, arm_asset, target_of
from scanners.azure.regions import place_of
from scanners.countries import country_of
from scanners.documents import DocumentType, Origin
from scanners.members import number, put, text, word
from scanners.model import Asset, Location, LocationKind, Relation
from scanners.references import machine_alias

_EC2: Final = re.compile(r"^i-[0-9a-f]{8,17}$")
_CLOUDS: Final = {"aws": "aws", "gcp": "gcp", "azure": "azure"}
_INFRASTRUCTURE: Final = {"aws": "aws", "gcp": "gcp", "azure": "azure"}
"""`infrastructure` of a connected cluster → provider; `azure_stack_hci`, `vsphere` and the like are the owner's own."""


def machine(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A server, and the country where its owner says it stands."""
    country = text(document, "properties.locationData.countryOrRegion")
    asset = arm_asset(document, origin, "compute.instance", location=_place(document, origin, country))
    if asset is None:
        return
    asset.provider = _CLOUDS.get(word(document, "properties.cloudMetadata.provider") or "", "on_prem")
    asset.attributes["managed_by"] = "azure-arc"
    put(asset.attributes, "physical_country", country_of(country))
    put(asset.attributes, "instance_type", text(document, "properties.detectedProperties.model"))
    aliases = [machine_alias(text(document, "properties.vmUuid"))]
    if asset.provider == "aws" and _EC2.match(asset.name):  # the multicloud connector names them so
        aliases.append(f"aws-instance:{asset.name}")
    asset.aliases = tuple(alias for alias in aliases if alias is not None)
    yield asset
    parent = target_of(document, "properties.parentClusterResourceId")
    if parent is not None:
        yield Relation(asset.uid, "member_of", parent)


def _place(document: Mapping[str, Any], origin: Origin, country: str | None) -> Location:
    """The record's place; where the owner stated a country, the site with that country.

    `countryOrRegion` is free text: a code or a name of the catalogue is that country, anything else is kept as the
    site's name for people and for the declared sites to explain.
    """
    record_place = place_of(document, origin.region)
    if country is None:
        return replace(record_place, evidence="metadata_only")
    site = text(document, "properties.locationData.name") or text(document, "properties.locationData.city") or country
    code = country_of(country)
    evidence = "declared" if code is not None else "metadata_only"
    return Location(LocationKind.ON_PREM, region=record_place.region, country=code, site=site, evidence=evidence)


def cluster(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A connected Kubernetes cluster; its record never says where it is."""
    location = replace(place_of(document, origin.region), evidence="metadata_only")
    asset = arm_asset(document, origin, "compute.cluster", location=location)
    if asset is None:
        return
    infrastructure = word(document, "properties.infrastructure")
    asset.provider = _INFRASTRUCTURE.get(infrastructure or "", "on_prem")
    asset.attributes["managed_by"] = "azure-arc"
    put(asset.attributes, "node_count", number(document, "properties.totalNodeCount"))
    yield asset


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.hybridcompute/machines",
        "arc",
        ("compute.instance",),
        (
            *ENVELOPE,
            *CREATED,
            "properties.cloudMetadata.provider",
            "properties.detectedProperties.manufacturer",
            "properties.detectedProperties.model",
            "properties.locationData.name",
            "properties.locationData.city",
            "properties.locationData.district",
            "properties.locationData.countryOrRegion",
            "properties.osType",
            "properties.parentClusterResourceId",
            "properties.vmUuid",
        ),
        machine,
    ),
    DocumentType(
        "microsoft.kubernetes/connectedclusters",
        "arc",
        ("compute.cluster",),
        (
            *ENVELOPE,
            *CREATED,
            "properties.distribution",
            "properties.infrastructure",
            "properties.kubernetesVersion",
            "properties.totalNodeCount",
        ),
        cluster,
    ),
)
