"""Data Factory: factories, the pipelines that move data, and what they link to."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import CREATED, ENVELOPE, arm_asset, encrypted_by, key_in_vault, member_of, parent_of
from scanners.azure.cognitive import connection_target
from scanners.azure.regions import region
from scanners.documents import DocumentType, Origin
from scanners.members import put, record, records, text, word
from scanners.model import Asset, Relation
from scanners.references import uid_of

_FACTORY: Final = "microsoft.datafactory/factories"
_WORKSPACES: Final = (_FACTORY, "microsoft.synapse/workspaces")


def factory(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A factory: the place where its pipelines are kept and, unless a runtime says otherwise, run."""
    asset = arm_asset(document, origin, "transfer.job")
    if asset is None:
        return
    yield asset
    vault, name = text(document, "properties.encryption.vaultBaseUrl"), text(document, "properties.encryption.keyName")
    yield from encrypted_by(asset.uid, key_in_vault(vault, name))


def pipeline(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A pipeline; its activities name the datasets they read and write."""
    asset = arm_asset(document, origin, "transfer.job")
    if asset is None:
        return
    yield asset
    yield member_of(asset)
    ends: set[tuple[str, str]] = set()
    for activity in records(document, "properties.activities") or []:
        for type_, side in (("reads", "inputs"), ("writes", "outputs")):
            for reference in records(activity, side) or []:
                name = word(reference, "referenceName")
                if name is not None:
                    ends.add((type_, f"{parent_of(asset.uid)}/datasets/{name}"))
    for type_, uid in sorted(ends):
        yield Relation(asset.uid, type_, uid)


def dataset(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A dataset: a name for data behind a linked service. No asset, only what it is a part of.

    A linked service for Amazon S3 or Google Cloud Storage names no bucket: the dataset does.
    """
    asset = arm_asset(document, origin, "transfer.job")
    linked = word(document, "properties.linkedServiceName.referenceName")
    if asset is None:
        return
    place, bucket = _bucket(document)
    scheme = next((s for start, s in _BUCKETS if place.startswith(start)), None)
    target = uid_of(f"{scheme}://{bucket}") if scheme is not None and bucket is not None else None
    if target is not None:
        yield Relation(asset.uid, "member_of", target, {"use": "files"})
    elif linked is not None:
        yield Relation(asset.uid, "member_of", f"{parent_of(asset.uid)}/linkedservices/{linked}", {"use": "files"})


def _bucket(document: Mapping[str, Any]) -> tuple[str, str | None]:
    """(type of the place, bucket) of a dataset in another cloud; datasets of the older form are such places."""
    settings = record(document, "properties.typeProperties")
    at = record(settings, "location")
    if at is not None:
        return word(at, "type") or "", text(at, "bucketName")
    return word(document, "properties.type") or "", text(settings, "bucketName")


_BUCKETS: Final = (("amazons3location", "s3"), ("amazons3object", "s3"), ("googlecloudstorage", "gs"))
"""Start of the type of a place or dataset → scheme of its addresses."""


def linked_service(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A linked service: the address of a store or service. No asset, only what its name stands for."""
    asset = arm_asset(document, origin, "transfer.job")
    if asset is None:
        return
    settings = record(document, "properties.typeProperties")
    for name in ("url", "serviceEndpoint", "serviceUri", "accountEndpoint", "endpoint", "host", "server", "domain"):
        target = connection_target(text(settings, name))
        if target is not None:
            yield Relation(asset.uid, "member_of", target, {"use": "files"})
            return


def runtime(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An integration runtime: where pipelines compute. `AutoResolve` leaves the region to Azure."""
    place = text(document, "properties.typeProperties.computeProperties.location")
    automatic = place is None or place.lower().replace(" ", "") == "autoresolve"
    asset = arm_asset(document, origin, "compute.nodegroup", location=None if automatic else region(place))
    if asset is None:
        return
    yield asset
    yield member_of(asset)


def trigger(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A trigger: the pipelines that it starts run again and again while it is on."""
    asset = arm_asset(document, origin, "transfer.job")
    if asset is None:
        return
    state = word(document, "properties.runtimeState")
    if state in ("started", "stopped", "disabled"):
        asset.attributes["enabled"] = state == "started"
    kind = word(document, "properties.type")
    if kind in ("scheduletrigger", "tumblingwindowtrigger"):
        asset.attributes["continuous"] = True
        put(asset.attributes, "schedule", text(document, "properties.typeProperties.recurrence.frequency"))
    yield asset
    yield member_of(asset)
    for item in records(document, "properties.pipelines") or []:
        name = word(item, "pipelineReference.referenceName")
        if name is not None:
            yield Relation(f"{parent_of(asset.uid)}/pipelines/{name}", "member_of", asset.uid, {"use": "trigger"})


def _children(parent: str) -> tuple[DocumentType, ...]:
    service = parent.split("/")[0].split(".")[1]
    return (
        DocumentType(
            f"{parent}/pipelines",
            service,
            ("transfer.job",),
            (*ENVELOPE, "properties.activities[].inputs", "properties.activities[].outputs"),
            pipeline,
        ),
        DocumentType(
            f"{parent}/datasets",
            service,
            (),
            (
                *("id", "name", "type", "properties.type", "properties.linkedServiceName.referenceName"),
                "properties.typeProperties.location.type",
                "properties.typeProperties.location.bucketName",
                "properties.typeProperties.bucketName",
            ),
            dataset,
        ),
        DocumentType(
            f"{parent}/linkedservices",
            service,
            (),
            (
                *("id", "name", "type", "properties.type"),
                *(
                    f"properties.typeProperties.{name}"
                    for name in (
                        "url",
                        "serviceEndpoint",
                        "serviceUri",
                        "accountEndpoint",
                        "endpoint",
                        "host",
                        "server",
                        "domain",
                    )
                ),
            ),
            linked_service,
        ),
        DocumentType(
            f"{parent}/integrationruntimes",
            service,
            ("compute.nodegroup",),
            (*ENVELOPE, "properties.type", "properties.typeProperties.computeProperties.location"),
            runtime,
        ),
        DocumentType(
            f"{parent}/triggers",
            service,
            ("transfer.job",),
            (
                *ENVELOPE,
                "properties.type",
                "properties.runtimeState",
                "properties.typeProperties.recurrence.frequency",
                "properties.pipelines[].pipelineReference.referenceName",
            ),
            trigger,
        ),
    )


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        _FACTORY,
        "datafactory",
        ("transfer.job",),
        (
            *ENVELOPE,
            *CREATED,
            "properties.encryption.keyName",
            "properties.encryption.vaultBaseUrl",
            "properties.publicNetworkAccess",
        ),
        factory,
    ),
    *(item for parent in _WORKSPACES for item in _children(parent)),
)
