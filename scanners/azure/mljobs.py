"""Jobs of Azure Machine Learning: what they run on, read and write, and what they have from their workspace."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import arm_asset, enabled, member_of, target_of
from scanners.azure.mlreferences import workspace_of, workspace_reference
from scanners.azure.sizes import confidential
from scanners.documents import Origin
from scanners.members import is_null, number, put, record, text, word
from scanners.model import Asset, Location, Relation


def job(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A job: what it runs on, what it reads and writes. A fine-tuning job is a customisation of a model."""
    fine_tuning = word(document, "properties.jobType") == "finetuning"
    asset = arm_asset(document, origin, "ai.customization" if fine_tuning else "training.job")
    if asset is None:
        return
    compute_uid = target_of(document, "properties.computeId")
    if compute_uid is not None:
        asset.location = Location.unknown()  # that of the compute, which may be another region than the workspace's
    if not fine_tuning:
        size = text(document, "properties.resources.instanceType")
        put(asset.attributes, "instance_type", size)
        put(asset.attributes, "confidential", confidential(size))
        put(asset.attributes, "node_count", number(document, "properties.resources.instanceCount"))
        _framed(document, asset.attributes)
    put(asset.attributes, "model", text(document, "properties.fineTuningDetails.model.uri"))
    yield asset
    yield member_of(asset)
    if compute_uid is not None:
        yield Relation(asset.uid, "runs_on", compute_uid)
    home = workspace_of(asset.uid)
    reads = _addresses(document, "inputs") | _task_inputs(document)
    for type_, addresses in (("reads", reads), ("writes", _addresses(document, "outputs"))):
        for uid in sorted({uid for uri in addresses if (uid := workspace_reference(uri, home)) is not None}):
            yield Relation(asset.uid, type_, uid)


_ISOLATED: Final = {"allowonlyapprovedoutbound": True, "allowinternetoutbound": False, "disabled": False}


def isolation_of(document: Mapping[str, Any]) -> bool | None:
    """Whether the workspace beside a document keeps what runs in it from other networks; None where it is not there."""
    return _ISOLATED.get(word(document, "workspace.managedNetwork.isolationMode") or "")


def _framed(document: Mapping[str, Any], attributes: dict[str, Any]) -> None:
    """What a job has from its workspace: the network that managed computes run in, and who holds the key.

    A scan puts these settings of the workspace, and the network of the compute that it names, beside the job; a list of
    jobs alone does not state them.
    """
    put(attributes, "network_isolated", isolation_of(document))
    if is_null(document, "compute.subnet"):
        attributes["vpc"] = None
    put(attributes, "vpc", target_of(document, "compute.subnet.id"))
    # A key of the workspace encrypts what the service keeps of it; that it reaches the disks of computes is not said.
    if enabled(document, "workspace.encryption.status") is False:
        attributes["volume_custody"] = "provider"


def _addresses(document: Mapping[str, Any], side: str) -> set[str]:
    """The `uri` of each input or output of the job, and of the steps of a pipeline."""
    maps = [record(document, f"properties.{side}")]
    steps = record(document, "properties.jobs") or {}
    maps += [record(step, side) for step in steps.values()]
    return {uri for found in maps for item in (found or {}).values() if (uri := text(item, "uri")) is not None}


def _task_inputs(document: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for task in ("taskDetails", "fineTuningDetails"):
        for data in ("trainingData", "validationData", "testData"):
            uri = text(document, f"properties.{task}.{data}.uri")
            if uri is not None:
                found.add(uri)
    return found
