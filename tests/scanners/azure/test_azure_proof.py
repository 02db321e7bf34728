"""What must never be taken for an answer: places of jobs, keys of an HSM, filters of networks, who reads a store."""

from typing import Any

import pytest

from scanners.azure.childplaces import ChildPlaces, through_of
from scanners.azure.firewall import Filters, ports
from scanners.azure.keyvault import key
from scanners.azure.machinelearning import compute
from scanners.azure.mljobs import job
from scanners.azure.monitor import diagnostic_setting
from scanners.azure.sizes import confidential
from scanners.azure.storage import container
from scanners.documents import Origin
from scanners.model import Asset, Location, LocationKind, Relation

ORIGIN = Origin("import:test", "test, item 1", "test")
RG = "/subscriptions/s/resourceGroups/r/providers"
WORKSPACE = f"{RG}/Microsoft.MachineLearningServices/workspaces/w"
NIC, GROUP = f"{RG}/Microsoft.Network/networkInterfaces/n", f"{RG}/Microsoft.Network/networkSecurityGroups/g"
MACHINE = f"{RG}/Microsoft.Compute/virtualMachines/m"


def one(found: Any) -> Asset:
    return next(item for item in found if isinstance(item, Asset))


@pytest.mark.parametrize("job_first", [True, False])
def test_a_job_lies_where_its_compute_does_and_not_where_its_workspace_is(job_first: bool) -> None:
    places = ChildPlaces({f"azure:{WORKSPACE.lower()}": Location(LocationKind.REGION, region="westeurope")})
    gpu = {"id": f"{WORKSPACE}/computes/gpu", "properties": {"computeType": "AmlCompute", "computeLocation": "eastus"}}
    train = {
        "id": f"{WORKSPACE}/jobs/j",
        "properties": {"jobType": "Command", "computeId": f"{WORKSPACE}/computes/gpu"},
    }
    items = [list(job(train, ORIGIN)), list(compute(gpu, ORIGIN))]
    settled: list[Asset] = []
    for group in items if job_first else reversed(items):
        asset = one(group)
        if places.settled(asset, False, through_of(group).get(asset.uid)):
            settled.append(asset)
    settled += places.rest()
    assert {a.name: a.location.region for a in settled} == {"gpu": "eastus", "j": "eastus"}


def test_the_place_of_a_job_whose_compute_was_not_read_is_not_known() -> None:
    places = ChildPlaces({f"azure:{WORKSPACE.lower()}": Location(LocationKind.REGION, region="westeurope")})
    group = list(job({"id": f"{WORKSPACE}/jobs/j", "properties": {"computeId": f"{WORKSPACE}/computes/x"}}, ORIGIN))
    asset = one(group)
    assert not places.settled(asset, False, through_of(group)[asset.uid])
    assert [a.location.kind for a in places.rest()] == [LocationKind.UNKNOWN]


def test_keys_of_a_managed_hsm_are_in_all_its_regions() -> None:
    document = {
        "id": f"{RG}/Microsoft.KeyVault/managedHSMs/h/keys/k",
        "properties": {"kty": "RSA-HSM", "keyUri": "https://h.managedhsm.azure.net/keys/k"},
        "hsm": {"regions": [{"name": "westeurope", "isPrimary": True}, {"name": "East US", "isPrimary": False}]},
    }
    attributes = one(key(document, ORIGIN)).attributes
    assert attributes["replica_locs"] == [{"kind": "region", "region": "eastus"}]
    assert attributes["key_manager"] == "h.managedhsm.azure.net"
    del document["hsm"]
    assert "replica_locs" not in one(key(document, ORIGIN)).attributes


def let_in(*rules: dict[str, Any], interface: dict[str, Any] | None = None, named: tuple[str, ...] = (NIC,)) -> Any:
    """Attributes of a machine behind a filter with these rules."""
    filters = Filters()
    properties = {"networkProfile": {"networkInterfaces": [{"id": name} for name in named]}}
    filters.take("microsoft.compute/virtualmachines", MACHINE.lower(), {"properties": properties})
    inside = {
        "virtualMachine": {"id": MACHINE},
        "networkSecurityGroup": {"id": GROUP},
        "ipConfigurations": [{"properties": {"publicIPAddress": {"id": "/x"}}}],
    }
    shown = inside if interface is None else interface
    filters.take("microsoft.network/networkinterfaces", NIC.lower(), {"properties": shown})
    written = [{"properties": {"direction": "Inbound", "protocol": "Tcp", **rule}} for rule in rules]
    filters.take("microsoft.network/networksecuritygroups", GROUP.lower(), {"properties": {"securityRules": written}})
    [document] = filters.documents()
    return one(ports(document, ORIGIN)).attributes


ALLOW = {"access": "Allow", "priority": 200, "sourceAddressPrefix": "*", "destinationPortRange": "22"}
DENY = {"access": "Deny", "priority": 100, "sourceAddressPrefix": "*", "destinationPortRange": "22"}
OPEN = [{"from": "any", "port": 22}]


@pytest.mark.parametrize(
    "narrow",
    [
        {"destinationAddressPrefix": "10.0.0.5"},
        {"destinationAddressPrefixes": ["10.0.0.5", "10.0.0.6"]},
        {"sourcePortRange": "5000"},
        {"destinationApplicationSecurityGroups": [{"id": "/asg"}]},
    ],
)
def test_a_denial_for_some_addresses_shuts_no_port_for_others(narrow: dict[str, Any]) -> None:
    assert let_in(ALLOW, {**DENY, **narrow})["open_ports"] == OPEN
    assert let_in(ALLOW, {**DENY, "destinationAddressPrefix": "*", "sourcePortRange": "*"})["open_ports"] == []


def test_an_interface_that_was_not_read_leaves_the_machine_undecided() -> None:
    assert "open_ports" not in let_in(DENY, named=(NIC, f"{NIC}2"))
    closed = {"virtualMachine": {"id": MACHINE}, "networkSecurityGroup": {"id": GROUP}}
    found = let_in(DENY, interface=closed)  # a projection without the addresses
    assert "public_ip" not in found
    assert "open_ports" not in found


def test_a_setting_of_the_blob_service_speaks_about_the_account() -> None:
    store = f"{RG}/Microsoft.Storage/storageAccounts/a"
    setting = {
        "id": f"{store}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings/x",
        "properties": {"workspaceId": f"{RG}/Microsoft.OperationalInsights/workspaces/l", "logs": []},
    }
    [relation] = [item for item in diagnostic_setting(setting, ORIGIN) if isinstance(item, Relation)]
    assert relation.source == store.lower()


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"hasImmutabilityPolicy": False, "hasLegalHold": False}, False),
        ({"hasImmutabilityPolicy": True, "hasLegalHold": False}, True),
        ({"hasLegalHold": True}, True),
        ({"hasImmutabilityPolicy": False}, None),
        (
            {
                "hasImmutabilityPolicy": False,
                "hasLegalHold": False,
                "immutableStorageWithVersioning": {"enabled": True},
            },
            None,
        ),
    ],
)
def test_the_container_of_the_activity_log_speaks_for_its_account(properties: Any, expected: bool | None) -> None:
    above = f"{RG}/Microsoft.Storage/storageAccounts/a/blobServices/default/containers"
    found = list(container({"id": f"{above}/insights-activity-logs", "properties": properties}, ORIGIN))
    stated = {a.uid.rsplit("/", 1)[-1]: a.attributes.get("immutable") for a in found if isinstance(a, Asset)}
    whole = {} if expected is None else {"a": expected}
    assert stated == {"insights-activity-logs": expected, **whole}
    other = [i for i in container({"id": f"{above}/x", "properties": properties}, ORIGIN) if isinstance(i, Asset)]
    assert len(other) == 1


@pytest.mark.parametrize(
    ("size", "stated", "expected"),
    [
        ("Standard_NCC40ads_H100_v5", "ConfidentialVM", "gpu"),
        ("Standard_DC4as_v5", "ConfidentialVM", "cpu"),
        ("Standard_DC4as_v5", None, None),
        ("Standard_NC40ads_H100_v5", None, "none"),
        ("Standard_HC44rs", None, "none"),
        ("STANDARD_ND96ISR_H200_V5", "TrustedLaunch", "none"),
        ("STANDARD_ND96ISR_H200_V5", "Standard", "none"),
        ("STANDARD_ND96ISR_H200_V5", "ConfidentialVM2", None),  # a word that is not known is no "none"
        ("STANDARD_ND96ISR_H200_V5", 7, None),
        ("STANDARD_ND96ISR_H200_V5", "", None),
        (None, None, None),
    ],
)
def test_what_a_size_proves_about_protection_in_use(size: str | None, stated: Any, expected: str | None) -> None:
    document = {} if stated is None else {"securityProfile": {"securityType": stated}}
    assert confidential(size, document, "securityProfile") == expected
