"""Accelerators of machine types, and operators of clouds."""

import pytest

from rules.catalogue import Catalogue

CATALOGUE = Catalogue.load()


@pytest.mark.parametrize(
    ("provider", "instance_type", "count"),
    [
        ("aws", "p5.48xlarge", 8),
        ("aws", "ml.p4d.24xlarge", 8),
        ("aws", "g6f.large", 1),  # a share of one
        ("aws", "p2.16xlarge", 16),
        ("aws", "m5.large", 0),
        ("aws", "ml.m5.xlarge", 0),
        ("aws", "p99.large", None),
        ("aws", "p5.unheard-of", None),  # the family has accelerators, how many is not known
        ("aws", "f1.2xlarge", None),
        ("aws", "m5", None),
        ("aws", "", None),
        ("azure", "STANDARD_NC24ADS_A100_V4", 1),
        ("azure", "Standard_ND96isr_H100_v5", 8),
        ("azure", "Standard_D4s_v5", 0),
        ("azure", "Standard_E4-2s_v5", 0),
        ("azure", "standard_dc4as_cc_v5", 0),
        ("azure", "Standard_NP10s", None),
        ("azure", "Standard_NC999", None),
        ("gcp", "a2-highgpu-1g", 1),
        ("gcp", "projects/p/zones/europe-west4-a/machineTypes/a3-highgpu-8g", 8),
        ("gcp", "n2-standard-4", 0),
        ("gcp", "n2-custom-4-8192", 0),
        ("gcp", "n1-standard-4", None),  # accelerators can be attached
        ("gcp", "custom-4-8192", None),
        ("coreweave", "gd-8xh100ib-i128", 8),
        ("nobody", "m5.large", None),
    ],
)
def test_gpu_count(provider: str, instance_type: str, count: int | None) -> None:
    assert CATALOGUE.gpu_count(provider, instance_type) == count


def test_accelerator_has_its_figures_with_their_confidence() -> None:
    found = CATALOGUE.accelerator("aws", "P5.48XLARGE")
    assert found is not None
    assert (found.vendor, found.count) == ("NVIDIA", 8)
    assert "H100" in found.model
    assert found.memory
    assert found.peak_tflops
    assert found.tflops_confidence in ("verified", "recalled")
    assert found.source
    assert CATALOGUE.accelerator("aws", "m5.large") is None
    share = CATALOGUE.accelerator("aws", "g6f.large")
    assert share is not None
    assert share.count == 0.125


@pytest.mark.parametrize(
    ("provider", "partition", "found", "control"),
    [
        ("aws", "aws", "aws", "no"),
        ("aws", "aws-eusc", "aws-eusc", "unclear"),
        ("aws", "aws-cn", "aws-cn", "no"),
        ("azure", "AzureCloud", "azure", "no"),
        ("azure", "azurecloud", "azure", "no"),
        ("azure", "AzureBleuCloud", "bleu", "yes"),
        ("gcp", "gcp", "gcp", "no"),
        ("gcp", "gcp-s3ns", "gcp-s3ns", "yes"),
        ("gcp", "s3nsapis.fr", "gcp-s3ns", "yes"),
        ("oci", "oc19", "oci-eu-sovereign", "unclear"),
        ("hetzner", None, "hetzner", "yes"),
    ],
)
def test_operator(provider: str, partition: str | None, found: str, control: str) -> None:
    operator = CATALOGUE.operator(provider, partition)
    assert operator is not None
    assert (operator.id, operator.eu_controlled) == (found, control)
    if partition:
        assert CATALOGUE.operator("", partition) == operator


@pytest.mark.parametrize(("provider", "partition"), [("aws", None), ("aws", "mars"), ("nobody", None), ("aws", "gcp")])
def test_an_operator_that_cannot_be_told_is_none(provider: str, partition: str | None) -> None:
    assert CATALOGUE.operator(provider, partition) is None
