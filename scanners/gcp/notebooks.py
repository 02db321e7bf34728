"""Notebooks: Workbench instances (both versions of the API) and Colab Enterprise runtimes."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import last
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.members import flag, has, record, records, text
from scanners.model import Asset, Relation

_KIND: Final = "training.notebook"
_RUNS: Final = {"ACTIVE": True, "STOPPED": False, "SUSPENDED": False, "RUNNING": True}


def _workbench(subject: Subject) -> Iterator[Asset | Relation]:
    """A Workbench instance: `gceSetup` in version 2 of the API, the same members at the top in version 1."""
    data = subject.data
    setup = record(data, "gceSetup") or data
    attributes: dict[str, Any] = {}
    disks = [record(setup, "bootDisk"), *(records(setup, "dataDisks") or [])]
    keys = [text(disk, "kmsKey") for disk in disks] + [text(data, "kmsKey")]
    stated = [text(disk, "diskEncryption") for disk in disks] + [text(data, "diskEncryption")]
    yield from subject.encryption(_KIND, attributes, *keys, shown="GMEK" in stated and "CMEK" not in stated)
    accelerators = records(setup, "acceleratorConfigs") or [a for a in [record(data, "acceleratorConfig")] if a]
    counts = [whole(a, "coreCount") for a in accelerators]
    put_any(
        attributes,
        instance_type=last(text(setup, "machineType")),
        gpu_model=next((m for a in accelerators if (m := text(a, "type"))), None),
        gpu_count=sum(c for c in counts if c) if counts and None not in counts else None,
        vpc=last(text(setup, "network") or text((records(setup, "networkInterfaces") or [None])[0], "network")),
        attached=_RUNS.get(text(data, "state") or ""),
    )
    closed = flag(setup, "disablePublicIp")
    if closed is None:
        closed = flag(data, "noPublicIp")
    interfaces = records(setup, "networkInterfaces")
    if closed is not None:
        attributes["public_ip"] = not closed
    elif interfaces is not None:
        attributes["public_ip"] = any(records(i, "accessConfigs") for i in interfaces)
    if attributes.get("public_ip") is False:
        attributes["internet_access"] = False  # no direct way: what a gateway lets out is the network's affair
    elif attributes.get("public_ip"):
        attributes["internet_access"] = True
    metadata = record(setup, "metadata")
    if metadata is not None:
        # Root is on unless it was switched off.
        attributes["root_access"] = metadata.get("notebook-disable-root") not in ("true", "TRUE", "True", True)
    proxy = flag(data, "disableProxyAccess")
    if proxy is None and (text(data, "proxyUri") or text(data, "thirdPartyProxyUrl")):
        proxy = False
    if proxy is not None:
        attributes["public_network"] = not proxy  # Google's proxy answers on the internet, behind a sign-in
    yield subject.asset(_KIND, subject.place(), attributes)


def _runtime(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    shown = has(data, "machineSpec") or has(data, "encryptionSpec")
    yield from subject.encryption(_KIND, attributes, text(data, "encryptionSpec.kmsKeyName"), shown=shown)
    internet = flag(data, "networkSpec.enableInternetAccess")
    if (
        internet is None
        and record(data, "networkSpec") is not None
        and not has(data, "networkSpec.enableInternetAccess")
    ):
        internet = False  # Google leaves out what is false
    put_any(
        attributes,
        instance_type=text(data, "machineSpec.machineType"),
        gpu_count=whole(data, "machineSpec.acceleratorCount"),
        gpu_model=text(data, "machineSpec.acceleratorType"),
        internet_access=internet,
        vpc=last(text(data, "networkSpec.network")),
        attached=_RUNS.get(text(data, "runtimeState") or ""),
    )
    if internet is False:
        attributes["public_ip"] = False
    yield subject.asset(_KIND, subject.place(), attributes, name=text(data, "displayName"))


_SETUP: Final = (
    *("acceleratorConfigs", "bootDisk", "dataDisks", "disablePublicIp", "machineType"),
    *(
        "networkInterfaces[].network",
        "networkInterfaces[].accessConfigs[].externalIp",
        "metadata.notebook-disable-root",
    ),
)

TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "notebooks.googleapis.com/Instance",
        "notebooks",
        (_KIND,),
        (
            *(f"gceSetup.{m}" for m in _SETUP),
            *(
                "acceleratorConfig",
                "createTime",
                "diskEncryption",
                "disableProxyAccess",
                "kmsKey",
                "labels",
                "machineType",
            ),
            *(
                "metadata.notebook-disable-root",
                "name",
                "network",
                "noPublicIp",
                "proxyUri",
                "state",
                "thirdPartyProxyUrl",
            ),
        ),
        _workbench,
    ),
    gcp_type(
        "aiplatform.googleapis.com/NotebookRuntime",
        "aiplatform",
        (_KIND,),
        (
            *("createTime", "displayName", "encryptionSpec", "expirationTime", "labels", "machineSpec", "name"),
            *("networkSpec", "notebookRuntimeType", "runtimeState"),
        ),
        _runtime,
    ),
)
