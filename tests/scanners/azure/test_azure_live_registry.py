"""Contracts of what Azure's live scanner declares: read-only, permitted, covered, and known to normalisers."""

import re
from itertools import pairwise
from typing import Any

import pytest

from scanners.azure import document_types
from scanners.azure.arm import native_type_of
from scanners.azure.live.clouds import CLOUDS
from scanners.azure.live.door import AzureDoor
from scanners.azure.live.governance import FACTS
from scanners.azure.live.lists import LISTS
from scanners.azure.live.pace import Bucket, clock_span
from scanners.azure.live.permissions import actions, role
from scanners.azure.live.registry import collectors, operations, waiting
from scanners.azure.live.subscriptions import Rights
from scanners.guard import CallLog, RefusedError
from scanners.live.credentials import Network
from scanners.live.rest import RestOperation, guard_of
from scanners.model import KINDS

VERSION = re.compile(r"^20\d\d-\d\d-\d\d(-preview)?$")
SECRET = re.compile(r"list[a-z]*keys|credential|secret|regenerate|connectionstring|sas\b|token|password", re.IGNORECASE)
ABOVE = {"microsoft.resources/subscriptions"}


def test_every_request_only_reads() -> None:
    for operation in operations():
        assert operation.method == "GET" or operation.path == "/providers/Microsoft.ResourceGraph/resources"
        assert operation.permission.endswith("/read"), operation.key
        assert not SECRET.search(operation.path), operation.key
        versions = dict(operation.query)
        assert VERSION.match(versions["api-version"]), operation.key
        assert operation.path.startswith("/")
        assert operation.host == "management.{cloud}.{ending}"


def test_the_role_holds_exactly_what_is_asked() -> None:
    granted = {action.lower() for action in role()["Actions"]}
    assert granted == {operation.permission.lower() for operation in operations()}
    assert len(actions()) == len(granted)
    assert "microsoft.compute/virtualmachines/read" in granted  # Resource Graph shows types by their own permission


def test_every_type_that_resource_graph_shows_has_a_list_that_takes_its_place() -> None:
    top = {name for name in document_types() if name.count("/") == 1 and name.startswith("microsoft.")}
    elsewhere = {
        "microsoft.resources/subscriptions",
        "microsoft.management/managementgroups",
        "microsoft.insights/diagnosticsettings",
        "microsoft.authorization/policyassignments",
    }
    assert top - elsewhere <= set(LISTS)
    for native_type, operation in LISTS.items():
        assert operation.key.lower() == native_type


def test_every_child_type_has_a_collector() -> None:
    read = {kind.native_type for collector in collectors() for kind in collector.types}
    children = {name for name in document_types() if name.count("/") > 1}
    inline = {
        "microsoft.containerservice/managedclusters/agentpools",  # in the cluster's own document
        "microsoft.compute/virtualmachinescalesets/virtualmachines",  # counted by the scale set
        "microsoft.machinelearningservices/workspaces/data",  # its versions say where the data are
        "microsoft.dbforpostgresql/servers/databases",
        "microsoft.dbformysql/servers/databases",
        "microsoft.dbformariadb/servers/databases",
    }
    synapse = {name for name in children if name.startswith("microsoft.synapse/")}
    assert children - read - inline - synapse == set()


def test_collectors_are_of_known_parents_and_kinds() -> None:
    types = document_types()
    frames = {
        "microsoft.compute/capacityreservationgroups",
        "microsoft.compute/hostgroups",
        "microsoft.netapp/netappaccounts/capacitypools",
    }
    for collector in collectors():
        assert collector.parent in types or collector.parent in frames | ABOVE, collector
        assert collector.kinds == tuple(dict.fromkeys(collector.kinds))
        assert set(collector.kinds) <= {*KINDS, *FACTS}
        for kind in collector.types:
            assert set(kind.kinds) <= set(collector.kinds) or kind.service != collector.service, collector.service
    for native_type, row in waiting():
        assert native_type in types
        assert row.kind in KINDS


@pytest.mark.parametrize("cloud", CLOUDS.values(), ids=CLOUDS)
def test_addresses_are_those_of_the_cloud(cloud: Any) -> None:
    given = {**cloud.slots, "subscription": "s", "group": "Rg-1.(x)", "a": "one", "b": "two", "c": "three"}
    given |= {
        "name": "n",
        "scope": "subscriptions/s",
        "resource": "subscriptions/s/resourceGroups/g/providers/Microsoft.X/y/z",
        "tenant": "t",
    }
    given["location"] = "westeurope"
    guard = guard_of(operations())
    for operation in operations():
        url = operation.url(given)
        assert url.startswith(f"https://{cloud.manager}/")
        guard.permit(operation, url)


def test_names_cannot_lead_elsewhere() -> None:
    operation = next(o for o in operations() if o.key == "Microsoft.KeyVault/vaults/keys")
    given = {**CLOUDS["public"].slots, "subscription": "s", "group": "g"}
    for name in ("../../x", "a/b", "a?b", "a#b", "..", "", "a\\b", "a b\n", "a%2fb"):
        with pytest.raises(RefusedError):
            operation.url({**given, "a": name})


def test_no_other_host_and_nothing_undeclared_is_sent() -> None:
    door = AzureDoor(
        CLOUDS["public"], guard_of(operations()), CallLog(), lambda *, renew=False: {}, network=Network(), endpoint=None
    )
    operation = LISTS["microsoft.storage/storageaccounts"]
    wait = {"account": "s", "region": "global", "pause": lambda _: None}
    for host in ("management.usgovcloudapi.net", "management.azure.com.example.org", "graph.microsoft.com"):
        url = f"https://{host}/subscriptions/s/providers/Microsoft.Storage/storageAccounts?api-version=2026-09-01"
        with pytest.raises(RefusedError):
            door.send(operation, url, **wait)
    path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/listKeys"
    with pytest.raises(RefusedError):
        door.send(operation, f"https://management.azure.com{path}?api-version=2026-09-01", **wait)
    with pytest.raises(ValueError, match="cannot be declared"):
        RestOperation("keys", "management.azure.com", path, "x/read", method="POST")
    with pytest.raises(ValueError, match="cannot be declared"):
        RestOperation("keys", "management.azure.com", path, "x/read")


def test_ids_name_their_type() -> None:
    for collector in collectors():
        for operation in collector.operations:
            if "{a}" in operation.path:
                filled = re.sub(r"\{[a-z]+\}", "x", operation.path)
                parent = native_type_of(filled.lower().rsplit("/", 1)[0])
                assert parent, operation.key


def test_a_bucket_lets_through_what_the_quota_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("scanners.azure.live.pace.time.monotonic", lambda: now[0])
    bucket = Bucket(250, 25)
    waits = [bucket.take() for _ in range(300)]
    assert waits[:250] == [0.0] * 250
    assert waits[-1] == pytest.approx(2.0)
    assert all(later >= earlier for earlier, later in pairwise(waits))
    now[0] = 100.0
    assert bucket.take() == 0.0
    bucket.left(0)
    assert bucket.take() == pytest.approx(0.04)
    bucket.empty_for(5)
    assert bucket.take() == pytest.approx(5.04)


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:00:05", 5), ("01:00:00.5", 3600.5), ("5", None), ("", None), ("a:b:c", None)]
)
def test_spans_of_time(text: str, seconds: float | None) -> None:
    assert clock_span(text) == seconds


def test_rights() -> None:
    reader = Rights([{"actions": ["*/read"], "notActions": ["Microsoft.KeyVault/*"]}])
    assert reader.may("Microsoft.Compute/disks/read")
    assert not reader.may("Microsoft.KeyVault/vaults/keys/read")
    both = Rights([{"actions": ["microsoft.compute/*/read"]}, {"actions": ["*"], "notActions": ["*/write"]}])
    assert both.may("Microsoft.Storage/storageAccounts/read")
    assert not Rights([{"actions": []}]).may("Microsoft.Compute/disks/read")
    assert not Rights(None).known
