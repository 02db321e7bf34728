"""Documents that only a live scan makes: ways in, requests for TPUs, connections, contacts, grants, usage."""

from typing import Any

import pytest

from scanners.documents import Origin, observe
from scanners.gcp import document_types
from scanners.gcp.firewalls import machine_of, overrides, rule_of
from scanners.model import Asset, LocationKind, Relation, problems

ORIGIN = Origin("test", "t", "t")
NETWORK = "projects/p/global/networks/n"


def made(type_: str, data: Any, name: str = "//x.googleapis.com/projects/p/things/t") -> list[Asset | Relation]:
    """What one document yields, evidence left out."""
    document = {"name": name, "assetType": type_, "data": data}
    found = [i for i in observe(document, document_types()[type_], ORIGIN) if isinstance(i, Asset | Relation)]
    for item in found:
        if isinstance(item, Asset):
            assert problems(item.kind, item.attributes) == []
    return found


def ports(rules: list[dict[str, Any]], **machine: Any) -> list[tuple[str, int]]:
    """The open ports of one machine with an outer address."""
    one = {"name": "//compute.googleapis.com/m", "networks": [NETWORK], "tags": ["gpu"], "external": True, **machine}
    stated = [{"network": f"https://www.googleapis.com/compute/v1/{NETWORK}", **rule} for rule in rules]
    (asset,) = made("compute.googleapis.com/Firewalls", {"machines": [one], "rules": stated})
    assert isinstance(asset, Asset)
    return [(p["from"], p["port"]) for p in asset.attributes["open_ports"]]


def let(
    ports_: list[str] | None = None, source: str = "0.0.0.0/0", sort: str = "allowed", **more: Any
) -> dict[str, Any]:
    part = {"IPProtocol": "tcp"} | ({"ports": ports_} if ports_ else {})
    return {"sourceRanges": [source], sort: [part], **more}


def test_ports_that_rules_open() -> None:
    assert ports([let(["22", "8888-8889"])]) == [("any", 22), ("any", 8888), ("any", 8889)]
    assert ports([let(["22"])], external=False) == [("0.0.0.0/0", 22)]
    assert ports([let(["22"], "10.0.0.0/8")]) == [("10.0.0.0/8", 22)]
    assert ports([]) == []
    assert ("any", 8888) in ports([let()])
    assert ports([{"sourceRanges": ["0.0.0.0/0"], "allowed": [{"IPProtocol": "icmp"}]}]) == []


def test_rules_are_about_machines_that_they_name() -> None:
    assert ports([let(["22"], targetTags=["other"])]) == []
    assert ports([let(["22"], targetTags=["gpu"])]) == [("any", 22)]
    assert ports([let(["22"], targetServiceAccounts=["a@p"])]) == []
    assert ports([let(["22"], targetServiceAccounts=["a@p"])], accounts=["a@p"]) == [("any", 22)]
    assert ports([let(["22"], network="projects/p/global/networks/other")]) == []


def test_denials_count_by_their_number() -> None:
    deny = let(sort="denied", priority=900)
    assert ports([let(["22", "5000"]), deny]) == []
    assert ports([let(["22"], priority=800), deny]) == [("any", 22)]
    assert ports([let(["22"], priority=900), deny]) == []  # at the same number a denial wins
    assert ports([let(["22"], "10.0.0.0/8"), let(["22"], sort="denied", priority=1)]) == []
    assert ports([let(["22"]), let(["22"], "10.0.0.0/8", "denied", priority=1)]) == [("any", 22)]


def test_what_of_machines_and_rules_is_kept() -> None:
    data = {
        "networkInterfaces": [{"network": f"https://x/v1/{NETWORK}", "accessConfigs": [{}]}],
        "tags": {"items": ["a"]},
    }
    assert machine_of("u", data) == {
        "name": "u",
        "networks": [NETWORK],
        "tags": ["a"],
        "accounts": [],
        "external": True,
    }
    assert rule_of({"direction": "EGRESS"}) is None
    assert rule_of({"disabled": True}) is None
    assert overrides({"rules": [{"direction": "INGRESS", "action": "allow"}]})
    assert not overrides({"rules": [{"action": "goto_next"}, {"direction": "EGRESS", "action": "deny"}]})


def logs(service: str, kind: str, **more: Any) -> list[dict[str, Any]]:
    return [{"service": service, "auditLogConfigs": [{"logType": kind, **more}]}]


@pytest.mark.parametrize(
    ("chain", "complete", "said"),
    [
        ([logs("allServices", "DATA_READ")], True, {"invocation_logging": True}),
        ([[], logs("aiplatform.googleapis.com", "DATA_READ")], True, {"invocation_logging": True}),
        ([logs("allServices", "DATA_WRITE")], True, {"invocation_logging": False}),
        ([logs("storage.googleapis.com", "DATA_READ")], True, {"invocation_logging": False}),
        ([logs("allServices", "DATA_READ", exemptedMembers=["user:a"])], True, None),
        ([logs("allServices", "DATA_READ")], False, {"invocation_logging": True}),
        ([[]], False, None),
    ],
)
def test_logging_of_calls_is_known_where_every_level_is(chain: list[Any], complete: bool, said: Any) -> None:
    body = {"chain": [{"holder": str(n), "auditConfigs": c} for n, c in enumerate(chain)], "complete": complete}
    found = made("iam.googleapis.com/AuditConfig", body, "//iam.googleapis.com/projects/p/auditConfigs")
    assert [a.attributes for a in found if isinstance(a, Asset)] == ([] if said is None else [said])


def test_logging_of_reads_is_told_of_each_store() -> None:
    stores = [
        {"name": "//storage.googleapis.com/b", "type": "storage.googleapis.com/Bucket"},
        {"name": "//cloudsql.googleapis.com/projects/p/instances/i", "type": "sqladmin.googleapis.com/Instance"},
        {"name": "//redis.googleapis.com/projects/p/locations/l/instances/i", "type": "redis.googleapis.com/Instance"},
    ]
    chain = [{"holder": "projects/p", "auditConfigs": logs("cloudsql.googleapis.com", "DATA_READ")}]
    for complete in (True, False):
        body = {"chain": chain, "complete": complete, "stores": stores}
        found = made("iam.googleapis.com/AuditConfig", body, "//iam.googleapis.com/projects/p/auditConfigs")
        said = {a.uid: a.attributes for a in found if isinstance(a, Asset) and a.kind != "account"}
        assert said == {stores[1]["name"]: {"read_logging": True}} | (
            {stores[0]["name"]: {"read_logging": False}} if complete else {}
        )


def test_contacts_hold_no_address() -> None:
    type_ = "essentialcontacts.googleapis.com/Contacts"
    name = "//essentialcontacts.googleapis.com/projects/p/contacts"
    (asset,) = made(type_, {"contacts": [{"email": "a@b", "notificationCategorySubscriptions": ["SECURITY"]}]}, name)
    assert isinstance(asset, Asset)
    assert asset.attributes == {"contacts": [{"type": "security"}]}
    assert asset.uid == "//cloudresourcemanager.googleapis.com/projects/p"
    (none,) = made(type_, {"contacts": []}, name)
    assert isinstance(none, Asset)
    assert none.attributes == {"contacts": []}
    assert made(type_, {}, name) == []


def test_a_connection_to_another_cloud_is_an_identity_that_a_role_trusts() -> None:
    name = "//bigqueryconnection.googleapis.com/projects/p/locations/aws-eu-central-1/connections/c"
    role = "arn:aws:iam::111122223333:role/omni"
    asset, relation = made(
        "bigqueryconnection.googleapis.com/Connection", {"aws": {"accessRole": {"iamRoleId": role}}}, name
    )
    assert isinstance(asset, Asset)
    assert isinstance(relation, Relation)
    assert (asset.kind, relation.source, relation.type, relation.target) == ("identity", role, "trusts", name)
    assert (asset.location.kind, asset.location.region) == (LocationKind.REGION, "aws-eu-central-1")


@pytest.mark.parametrize(
    ("uri", "uid"),
    [
        ("s3://lake/x/*", "arn:aws:s3:::lake"),
        ("azure://lake.blob.core.windows.net/c/*", "azure-storage:lake"),
        ("gs://lake/x", "//storage.googleapis.com/lake"),
    ],
)
def test_external_tables_read_other_clouds(uri: str, uid: str) -> None:
    found = made("bigquery.googleapis.com/Table", {"externalDataConfiguration": {"sourceUris": [uri]}})
    assert [r.target for r in found if isinstance(r, Relation) and r.type == "reads"] == [uid]


def test_machines_that_say_nothing_of_confidential_computing_have_none() -> None:
    (plain,) = made("compute.googleapis.com/Instance", {"machineType": "a3-highgpu-1g", "zone": "europe-west4-a"})
    assert isinstance(plain, Asset)
    assert (plain.attributes["confidential"], plain.attributes["gpu_confidential"]) == ("none", False)
    body = {"machineType": "a3-highgpu-1g", "confidentialInstanceConfig": {"confidentialInstanceType": "TDX"}}
    (shut,) = made("compute.googleapis.com/Instance", body)
    assert isinstance(shut, Asset)
    assert (shut.attributes["confidential"], shut.attributes["gpu_confidential"]) == ("cpu", True)
    (unread,) = made("compute.googleapis.com/Instance", {})
    assert isinstance(unread, Asset)
    assert "confidential" not in unread.attributes


@pytest.mark.parametrize(
    ("sink", "above", "said"),
    [
        ({"name": "archive", "destination": "x"}, False, None),
        ({"name": "archive", "filter": 'logName:"cloudaudit.googleapis.com%2Faccess_transparency"'}, False, None),
        ({"name": "archive", "filter": "severity>=ERROR"}, False, False),
        ({"name": "archive", "disabled": True}, False, False),
        ({"name": "_Default"}, False, False),
        ({"name": "archive"}, True, False),
        ({"name": "archive", "includeChildren": True}, True, None),
    ],
)
def test_accesses_by_staff_are_known_not_to_be_exported_where_no_sink_takes_them(
    sink: dict[str, Any], above: bool, said: Any
) -> None:
    empty: list[dict[str, Any]] = []
    chain = [
        {"holder": "projects/p", "sinks": empty if above else [sink]},
        {"holder": "organizations/1", "sinks": [sink] if above else empty},
    ]
    name = "//logging.googleapis.com/projects/p/operatorAccessExport"
    found = made("logging.googleapis.com/OperatorAccessExport", {"chain": chain}, name)
    expected = [] if said is None else [{"operator_log_exported": said}]
    assert [a.attributes for a in found if isinstance(a, Asset)] == expected


@pytest.mark.parametrize(
    ("score", "state", "hits"),
    [
        ("HIGH", "DONE", 1),
        ("MODERATE", "DONE", 1),
        ("LOW", "DONE", 0),
        ("UNKNOWN", "DONE", None),
        ("HIGH", "RUNNING", None),
    ],
)
def test_what_discovery_found(score: str, state: str, hits: int | None) -> None:
    body = {
        "fullResource": "//storage.googleapis.com/b",
        "state": state,
        "sensitivityScore": {"score": f"SENSITIVITY_{score}"},
        "fileStoreInfoTypeSummaries": [{"infoType": {"name": "PERSON_NAME"}}, {"infoType": {"name": "PERSON_NAME"}}],
    }
    found = made("dlp.googleapis.com/FileStoreDataProfile", body)
    assert [a.attributes for a in found if isinstance(a, Asset)] == ([] if hits is None else [{"discovery_hits": hits}])
