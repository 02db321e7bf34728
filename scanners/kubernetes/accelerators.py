"""Accelerators as Kubernetes counts them: extended resources, partitions, labels and dynamic resource allocation."""

import re
from collections.abc import Mapping
from typing import Any, Final

from scanners.members import labels, member, record, records, text

DEVICES: Final = frozenset(
    {
        *("nvidia.com/gpu", "nvidia.com/gpu.shared", "amd.com/gpu", "google.com/tpu", "habana.ai/gaudi"),
        *("gpu.intel.com/i915", "gpu.intel.com/xe", "aws.amazon.com/neuron", "aws.amazon.com/neurondevice"),
        *("huawei.com/Ascend910", "tenstorrent.com/n150", "furiosa.ai/npu", "cloud-tpus.google.com/v3"),
    }
)
_LIKELY: Final = re.compile(
    r"^(?!.*/.*(?:rdma|hostdev|sriov|nic))"
    r"(?:nvidia\.com/|habana\.ai/|.*/.*(?:gpu|npu|tpu|xpu|ipu|mlu|dcu|qaic|ascend|gaudi|neuron|accelerator))",
    re.IGNORECASE,
)
"""Resources that are accelerators or parts of some by their name, and do not tell how many devices there are."""
_OTHERS: Final = re.compile(
    r"^(?:[^/]*$|(?:[^/]*\.)?kubernetes\.io/|(?:requests|limits)\.)"
    r"|^(?:vpc\.amazonaws\.com|networking\.gke\.io(?:\.networks)?|openshift\.io|devices\.kubevirt\.io"
    r"|[^/]*\.kubevirt\.io|(?:power|bridge|ovs-cni)\.[^/]*|(?:epc\.|epc-)?sgx\.intel\.com|(?:qat|dsa|iaa|dlb|fpga)\.intel\.com"
    r"|cpu\.intel\.com|cmk\.intel\.com|xilinx\.com)/"
    r"|^[^/]*/[^/]*(?:rdma|infiniband|hostdev|sriov|netdevice|vhost)"
    r"|^[^/]*/(?:[^/]*[^a-z/])?(?:mlx\w*|hca|roce|nic|vlan|eni|efa|ipv?[46]|kvm|tun|fuse|loop|snd|video|serial|usb|tty"
    r"|fpga|qat|sgx|sev|tpm|tdx|cpu|memory|storage|disk|volume)s?(?![a-z])",
    re.IGNORECASE,
)
"""Resources that are surely no accelerators: what Kubernetes counts itself, networks, virtualisation, small devices."""
_PRESENT: Final = re.compile(
    r"^(?:nvidia\.com/gpu\.present"
    r"|feature\.node\.kubernetes\.io/pci-(?:(?:[0-9a-f]{4}_)?(?:10de|1da3)|(?:1200|0302)_[0-9a-f]{4}|0380_1002)"
    r"(?:_.*)?\.present"
    r"|feature\.node\.kubernetes\.io/amd-v?gpu|intel\.feature\.node\.kubernetes\.io/(?:gpu|gaudi))$"
)
"""Labels that say that a device of a maker of accelerators is plugged in, or one of a class that only these have: 1200
processing accelerator, 0302 3D controller, and 0380 of AMD, other display controller (classes of the PCI ID list). The
last ones are those of AMD's and Intel's operators."""
_TYPES: Final = re.compile(
    r"gpu|tpu|npu|gaudi|hpu|neuron|trainium|inferentia|accelerat"
    r"|(?<![a-z0-9])(?:\d{1,2}x)?(?:a10g?|a16|a30|a40|a100|l4|l40s?|t4|v100s?|p100|h100|h200|h800|h20|gh200|b100|b200|b300"
    r"|gb200|gb300|vr200|r100|mi\d{2,3}x?|rtx\w*)(?![a-z0-9])",
    re.IGNORECASE,
)
"""Names of machine types that tell of accelerators, whoever offers them."""
_QUANTITY: Final = re.compile(r"^(\d{1,9})$")
_DRIVERS: Final = re.compile(
    r"(?:^|[.-])(?:v?gpu|tpu|npu|xpu|neuron|gaudi|accelerator)s?(?:[.-]|$)|gpu|tenstorrent|habana"
)
"""Drivers of dynamic resource allocation whose devices are accelerators."""
_MODELS: Final = (
    *("nvidia.com/gpu.product", "cloud.google.com/gke-accelerator", "cloud.google.com/gke-tpu-accelerator"),
    *("k8s.amazonaws.com/accelerator", "karpenter.k8s.aws/instance-gpu-name", "amd.com/gpu.product-name"),
    *("gpu.nvidia.com/class", "gpu.nvidia.com/model", "beta.amd.com/gpu.product-name", "gpu.intel.com/product"),
    *("karpenter.k8s.aws/instance-accelerator-name", "eks.amazonaws.com/instance-gpu-name"),
    *("eks.amazonaws.com/instance-accelerator-name", "karpenter.azure.com/sku-gpu-name"),
    "doks.digitalocean.com/gpu-model",
)
_PHYSICAL: Final = (
    *("nvidia.com/gpu.count", "karpenter.k8s.aws/instance-gpu-count", "gpu.nvidia.com/count"),
    *("karpenter.k8s.aws/instance-accelerator-count", "eks.amazonaws.com/instance-gpu-count"),
    *("eks.amazonaws.com/instance-accelerator-count", "karpenter.azure.com/sku-gpu-count"),
)


def quantity(value: Any) -> int | None:
    """A whole quantity, as a number or as text; None for anything else (`500m`, `1Gi`)."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value
    found = _QUANTITY.match(value) if isinstance(value, str) else None
    return int(found[1]) if found else None


def of_resources(resources: Mapping[str, Any] | None) -> tuple[int, bool]:
    """(whole accelerators, whether there are some that cannot be counted: partitions, unknown ones) in resources."""
    whole, uncounted = 0, False
    for name, value in (resources or {}).items():
        count = quantity(value)
        if count == 0:
            continue
        if name in DEVICES and count is not None:
            whole = max(whole, count)  # one device may be listed under more than one name
        elif name in DEVICES or _LIKELY.match(name):
            uncounted = True
    return whole, uncounted


def hints(machine_type: str | None) -> bool:
    """Whether the name of a machine type tells of accelerators; a name that does not proves nothing."""
    return bool(_TYPES.search((machine_type or "")[:200]))


def of_node(document: Any) -> tuple[int | None, str | None]:
    """(accelerators, model) of a node: labels count the hardware, the capacity counts what pods may ask for.

    The count is 0 where the capacity was read and neither it nor a label shows an accelerator, nor a device that may be
    one.
    """
    marks = labels(document, "metadata.labels") or {}
    model = next((marks[m] for m in _MODELS if marks.get(m)), None)
    physical = next((n for m in _PHYSICAL if (n := quantity(marks.get(m))) is not None), None)
    capacity = record(document, "status.capacity")
    if physical or capacity is None:
        return physical, model
    whole, uncounted = of_resources(capacity)
    there = {name for name, value in capacity.items() if quantity(value) != 0}
    if whole:  # devices that are cut into partitions are counted apart
        return (None if any(name.startswith("nvidia.com/mig-") for name in there) else whole), model
    uncounted = uncounted or any(not _OTHERS.search(name) for name in there)
    present = any(value == "true" and _PRESENT.match(name) for name, value in marks.items())
    return (None if uncounted or model or present else 0), model


def of_pod(spec: Any) -> int:
    """Accelerators that the containers of a pod ask for; init containers run before and count only if larger."""
    total, first = 0, 0
    for at in ("containers", "initContainers"):
        for container in records(spec, at) or []:
            asked = 0
            for part in ("resources.limits", "resources.requests"):
                whole, uncounted = of_resources(record(container, part))
                asked = max(asked, whole, 1 if uncounted else 0)
            if at == "containers":
                total += asked
            else:
                first = max(first, asked)
    claims = len(records(spec, "resourceClaims") or [])
    return max(total, first, claims)


def asks_unknown(spec: Any) -> bool:
    """Whether a container of a pod asks for a device of which nobody knows whether it is an accelerator."""
    return any(
        quantity(value) != 0 and name not in DEVICES and not _LIKELY.match(name) and not _OTHERS.search(name)
        for at in ("containers", "initContainers")
        for container in records(spec, at) or []
        for part in ("resources.limits", "resources.requests")
        for name, value in (record(container, part) or {}).items()
    )


def of_slice(document: Any) -> tuple[int, str | None]:
    """(devices, product) of a ResourceSlice of an accelerator driver; (0, None) for other drivers."""
    if not _DRIVERS.search(text(document, "spec.driver") or ""):
        return 0, None
    count, model = 0, None
    for device in records(document, "spec.devices") or []:
        at = "basic.attributes" if record(device, "basic") is not None else "attributes"
        kind = member(device, f"{at}.type.string")
        if kind in ("mig", "vfio"):
            continue  # a partition of a device that is listed itself, or the same device another way
        count += 1
        model = model or next((m for n in ("productName", "model") if (m := text(device, f"{at}.{n}.string"))), None)
    return count, model
