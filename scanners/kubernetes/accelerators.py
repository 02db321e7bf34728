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
_PRESENT: Final = re.compile(
    r"^(?:nvidia\.com/gpu\.present|feature\.node\.kubernetes\.io/pci-(?:[0-9a-f]{4}_)?(?:10de|1da3)(?:_.*)?\.present)$"
)
"""Labels that say that a device of a maker of accelerators is plugged in."""
_QUANTITY: Final = re.compile(r"^(\d{1,9})$")
_MODELS: Final = (
    *("nvidia.com/gpu.product", "cloud.google.com/gke-accelerator", "cloud.google.com/gke-tpu-accelerator"),
    *("k8s.amazonaws.com/accelerator", "karpenter.k8s.aws/instance-gpu-name", "amd.com/gpu.product-name"),
    *("gpu.nvidia.com/class", "gpu.nvidia.com/model", "beta.amd.com/gpu.product-name"),
)
_PHYSICAL: Final = ("nvidia.com/gpu.count", "karpenter.k8s.aws/instance-gpu-count", "gpu.nvidia.com/count")


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


def of_node(document: Any) -> tuple[int | None, str | None]:
    """(accelerators, model) of a node: labels count the hardware, the capacity counts what pods may ask for.

    The count is 0 where the capacity was read and neither it nor a label shows an accelerator.
    """
    marks = labels(document, "metadata.labels") or {}
    model = next((marks[m] for m in _MODELS if marks.get(m)), None)
    physical = next((n for m in _PHYSICAL if (n := quantity(marks.get(m))) is not None), None)
    capacity = record(document, "status.capacity")
    if physical is not None:
        return physical, model
    if capacity is None:
        return None, model
    whole, uncounted = of_resources(capacity)
    if whole:
        return whole, model
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


def of_slice(document: Any) -> tuple[int, str | None]:
    """(devices, product) of a ResourceSlice of an accelerator driver; (0, None) for other drivers."""
    driver = text(document, "spec.driver") or ""
    if not driver.startswith(("gpu.", "tpu.", "neuron.")) and "gpu" not in driver:
        return 0, None
    count, model = 0, None
    for device in records(document, "spec.devices") or []:
        at = "basic.attributes" if record(device, "basic") is not None else "attributes"
        kind = member(device, f"{at}.type.string")
        if kind not in (None, "gpu", "tpu", "vgpu"):
            continue  # a partition of a device that is listed itself
        count += 1
        model = model or text(device, f"{at}.productName.string")
    return count, model
