"""Machines name the pools and the other views that they are one with."""

from typing import Any

import pytest

from scanners import azure, gcp, kubernetes
from scanners.documents import DocumentType, Origin, observe
from scanners.model import Asset, Relation
from scanners.references import machine_alias

RG = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/RG-1/providers"
UUID = "5F020CE3-dea9-4f2b-893a-48d560aecfa8"


def seen(kinds: dict[str, DocumentType], native: str, document: dict[str, Any]) -> tuple[Asset, set[tuple[str, str]]]:
    items = list(observe(document, kinds[native], Origin("test", "here", "test", account="c")))
    [asset] = [i for i in items if isinstance(i, Asset)]
    return asset, {(i.type, i.target) for i in items if isinstance(i, Relation)}


def test_a_scale_set_stands_behind_the_pool_that_its_tags_name():
    tags = {"aks-managed-cluster-name": "AI", "aks-managed-cluster-rg": "Group", "aks-managed-poolName": "gpu"}
    native = "microsoft.compute/virtualmachinescalesets"
    document = {"id": f"{RG}/Microsoft.Compute/virtualMachineScaleSets/s", "name": "s", "type": native}
    pool = (
        "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/group/providers/"
        "microsoft.containerservice/managedclusters/ai/agentpools/gpu"
    )
    assert seen(azure.document_types(), native, {**document, "tags": tags})[1] == {("member_of", pool)}
    assert seen(azure.document_types(), native, {**document, "tags": {"aks-managed-poolName": "gpu"}})[1] == set()


def test_a_gke_machine_names_its_pool():
    marks = {"goog-k8s-cluster-name": "c", "goog-k8s-cluster-location": "europe-west4", "goog-k8s-node-pool-name": "p"}
    native = "compute.googleapis.com/Instance"
    name = "//compute.googleapis.com/projects/x/zones/europe-west4-a/instances/i"
    document = {"name": name, "assetType": native, "data": {"name": "i", "labels": marks}}
    _, relations = seen(gcp.document_types(), native, document)
    assert relations == {
        (
            "member_of",
            "//container.googleapis.com/projects/x/locations/europe-west4/clusters/c/nodePools/p",
        )
    }


def test_arc_and_kubernetes_name_a_machine_by_the_same_number():
    native = "microsoft.hybridcompute/machines"
    document = {"id": f"{RG}/Microsoft.HybridCompute/machines/m", "name": "m", "properties": {"vmUuid": UUID}}
    arc, _ = seen(azure.document_types(), native, document)
    node, _ = seen(
        kubernetes.document_types(),
        "Node",
        {
            "kind": "Node",
            "apiVersion": "v1",
            "cluster": {"id": "c"},
            "metadata": {"name": "m"},
            "status": {"nodeInfo": {"systemUUID": UUID.lower()}},
        },
    )
    assert arc.aliases == node.aliases == (f"machine-uuid:{UUID.lower()}",)


@pytest.mark.parametrize("uuid", [None, "", "x", "00000000-0000-0000-0000-000000000000", f"{UUID}0"])
def test_numbers_that_name_no_machine(uuid: str | None):
    assert machine_alias(uuid) is None
