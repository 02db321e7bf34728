"""Scans of a simulated Azure over real HTTP: what is there is found, and what failed is never taken for nothing."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from azure_cloud import HOST, TENANT, Azure, azure_cloud, denied, error
from azure_estate import CLOSED, HIDDEN, PARTNER, PRODUCTION, RESEARCH, base, storage
from azure_fixtures import Tenant, tenant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import Asked, Reply

from scanners.azure.live.connect import accounts
from scanners.azure.live.scan import scan
from scanners.guard import CallLog
from scanners.live.credentials import LoginError, Network, Secret
from scanners.model import CoverageStatus as Status
from scanners.model import problems

__all__ = ["tenant"]
ROW = ("id", "name", "type", "kind", "location", "sku", "tags", "properties", "managedBy", "zones", "extendedLocation")
IDS = st.sampled_from(
    [
        f"/subscriptions/{RESEARCH}/resourceGroups/g/providers/{name}"
        for name in (
            "Microsoft.Storage/storageAccounts/a",
            "Microsoft.Sql/servers/s/databases/d",
            "Microsoft.X/y/z",
            "M",
        )
    ]
    + [f"/subscriptions/{RESEARCH}", f"/subscriptions/{RESEARCH}/providers/Microsoft.KeyVault/vaults/v", "/", "", "x"]
)
JUNK = st.recursive(
    IDS | st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
DEPLOYMENTS = "/accounts/gpt-research/deployments"


def test_everything_that_was_planted_is_found(tenant: Tenant) -> None:
    found = tenant.scan()
    assert found.done.finished
    assert found.done.accounts == (RESEARCH, PRODUCTION)
    missing = {what for what, uid in tenant.planted.items() if uid not in found.assets and what != "exemption"}
    assert missing == set()
    for asset in found.assets.values():
        assert problems(asset.kind, asset.attributes) == [], asset.uid
    broken = [c for c in found.cells if c.status in (Status.ERROR, Status.PARTIAL, Status.DENIED)]
    assert broken == []


def test_places_scopes_and_keys(tenant: Tenant) -> None:
    found, planted = tenant.scan(), tenant.planted

    def asset(what: str) -> Any:
        return found.assets[planted[what]]

    singapore = asset("machine in Singapore")
    assert (singapore.location.country, singapore.location.region, singapore.location.evidence) == (
        "SG",
        "westeurope",
        "declared",
    )
    assert asset("machine whose place the graph leaves out").location.country == "NO"
    assert asset("machine nowhere").location.evidence == "metadata_only"
    assert (asset("machine at AWS").provider, asset("machine at AWS").aliases) == (
        "aws",
        ("aws-instance:i-0abc1234def567890",),
    )
    scopes = {
        name: asset(f"deployment {name}").attributes.get("processing_scope") for name in ("global", "zone", "here")
    }
    assert scopes == {"global": "global", "zone": "zone", "here": "region"}
    assert "processing_scope" not in asset("deployment novel").attributes
    assert asset("compute in the US").location.region == "eastus"
    assert asset("datastore").location.region == "centralindia"
    assert asset("image in the US").location.members == ("eastus", "westeurope")
    assert asset("vault").attributes["secondary_loc"] == {"kind": "region", "region": "southcentralus"}
    assert asset("postgres").attributes["backup_loc"] == {"kind": "region", "region": "northeurope"}
    assert asset("GPU machine").attributes["open_ports"] == [{"from": "any", "port": 8888}]
    assert asset("key in the HSM").attributes["custody"] == "dedicated_hsm"
    assert asset("own model").attributes["vendor_base"] is False
    assert asset("database").attributes["encrypted"] is False
    assert asset("store").attributes["expire_days"] == 365
    assert asset("copied account").attributes["expire_days"] is None
    assert (asset("store").attributes["read_logging"], asset("copied account").attributes["read_logging"]) == (
        True,
        False,
    )
    kept = asset("backup kept for years")
    assert (kept.location.region, kept.attributes["source_uid"]) == ("westeurope", planted["database"])
    assert asset("container without an end").attributes["expire_days"] is None
    assert asset("container that forgets").attributes["expire_days"] == 2
    here = (planted["deployment here"], "overflows_to", planted["deployment global"])
    assert here in found.relations
    assert (planted["copied account"], "replicates_to", planted["account in India"]) in found.relations
    assert (planted["GPU machine"], "backs_up_to", planted["vault"]) in found.relations
    network = f"{base(PRODUCTION, 'rg-prod')}/microsoft.network/virtualnetworks/prod".lower()
    partner = f"{base(PARTNER, 'x')}/microsoft.network/virtualnetworks/partner".lower()
    assert (network, "peers_with", partner) in found.relations


def test_what_is_inherited_counts_for_every_subscription_below(tenant: Tenant) -> None:
    found = tenant.scan()
    policy = found.assets[tenant.planted["policy"]]
    assert policy.attributes["allowed_regions"] == ["swedencentral", "westeurope"]
    assert policy.attributes["enforced"] is True
    assert policy.attributes["boundary_violations"] == 3
    assert found.assets[tenant.planted["AI policy"]].attributes["boundary_violations"] == 0
    scope = found.assets[tenant.planted["AI policy"]].attributes
    assert (scope["type"], scope["enforced"], scope["exceptions"]) == ("ai_scope", True, [])
    group = "/providers/microsoft.management/managementgroups/corp"
    for subscription in (RESEARCH, PRODUCTION):
        assert (f"/subscriptions/{subscription}", "member_of", group) in found.relations
    account = found.assets[f"/subscriptions/{RESEARCH}"]
    assert account.attributes["operator_approval"] == "on"
    assert account.attributes["operator_log_exported"] is True
    assert account.attributes["contacts"] == [{"type": "security"}]
    assert {"enabled": True, "covers": ["storage"]} in account.attributes["detectors"]
    assert found.assets[f"/subscriptions/{PRODUCTION}"].attributes["contacts"] == []


def test_calls_are_one_for_each_thousand_rows_and_one_for_each_parent_and_list(tenant: Tenant) -> None:
    tenant.azure.rows = 10
    found = tenant.scan()
    graph = sum(
        1
        for key in tenant.azure.documents.values()
        if tenant.azure._shown(key["id"].lower(), key, {RESEARCH, PRODUCTION})
    )
    counts: dict[str, int] = {}
    for row in found.log.counts():
        counts[row.operation] = counts.get(row.operation, 0) + row.calls
    assert counts["Microsoft.ResourceGraph/resources"] == -(-graph // 10)
    accounts = sum(d["type"] == "Microsoft.Storage/storageAccounts" for d in tenant.azure.documents.values())
    assert counts["Microsoft.Storage/storageAccounts/managementPolicies"] == accounts
    assert "Microsoft.Sql/servers/databases" not in counts  # Resource Graph showed them
    assert "Microsoft.Compute/galleries/images" not in counts


def test_pages_of_lists_are_all_read(tenant: Tenant) -> None:
    tenant.azure.page = 1
    found = tenant.scan()
    assert {what for what, uid in tenant.planted.items() if uid not in found.assets} == {"exemption"}


def test_a_disabled_subscription_is_not_an_empty_one(tenant: Tenant) -> None:
    cell = tenant.scan().cell(CLOSED, "*", "*")
    assert cell.status is Status.DISABLED


def test_a_subscription_that_may_not_be_listed_is_denied(tenant: Tenant) -> None:
    found = tenant.scan(accounts=(RESEARCH, HIDDEN, "No such name"))
    assert found.done.accounts == (RESEARCH,)
    for name in (HIDDEN, "no such name"):
        cell = found.cell(name, "*", "*")
        assert (cell.status, cell.missing_permission) == (Status.DENIED, "Microsoft.Resources/subscriptions/read")


def test_subscriptions_that_are_named_are_read_though_the_list_is_refused(tenant: Tenant) -> None:
    def refused(asked: Asked) -> Reply | None:
        return denied("Microsoft.Resources/subscriptions/read") if asked.path == "/subscriptions" else None

    tenant.fault("/subscriptions", refused)
    assert tenant.scan(accounts=(RESEARCH,)).done.accounts == (RESEARCH,)
    with pytest.raises(LoginError, match="could not list the subscriptions"):
        tenant.scan()


def test_subscriptions_are_chosen_by_name_too(tenant: Tenant) -> None:
    assert tenant.scan(accounts=("prod*",)).done.accounts == (PRODUCTION,)


def test_a_refused_list_is_denied_with_the_permission_that_azure_names(tenant: Tenant) -> None:
    tenant.fault(DEPLOYMENTS, denied("Microsoft.CognitiveServices/accounts/deployments/read"))
    found = tenant.scan()
    cell = found.cell(RESEARCH, "cognitiveservices", "ai.endpoint")
    assert cell.status in (Status.DENIED, Status.PARTIAL)  # applications of projects were read
    assert cell.missing_permission == "Microsoft.CognitiveServices/accounts/deployments/read"
    assert cell.denied_by == "rbac"


def test_a_refused_list_alone_is_denied_and_not_partial(tenant: Tenant) -> None:
    tenant.fault("/vaults/corpkeys/keys", denied("Microsoft.KeyVault/vaults/keys/read"))
    tenant.fault("/managedhsms/corphsm/keys", denied("Microsoft.KeyVault/managedHSMs/keys/read"))
    cell = tenant.scan().cell(RESEARCH, "keyvault", "key")
    assert (cell.status, cell.denied_by, cell.count) == (Status.DENIED, "rbac", 0)


def test_what_the_role_does_not_see_is_never_empty(tenant: Tenant) -> None:
    """Resource Graph leaves out silently what a login may not read."""
    tenant.azure.actions = ["Microsoft.Storage/*/read", "Microsoft.Authorization/*/read"]
    found = tenant.scan()
    machines = found.cell(PRODUCTION, "compute", "compute.instance")
    assert (machines.status, machines.count) == (Status.DENIED, 0)
    assert "Microsoft.Compute/virtualMachines/read" in (machines.missing_permission or "")
    assert found.cell(RESEARCH, "keyvault", "key").status is Status.DENIED
    assert found.cell(RESEARCH, "storage", "storage.bucket").status is Status.COLLECTED


def test_a_login_that_may_not_read_its_own_rights_proves_nothing(tenant: Tenant) -> None:
    tenant.fault("/microsoft.authorization/permissions", denied("Microsoft.Authorization/permissions/read"))
    cell = tenant.scan().cell(PRODUCTION, "netapp", "storage.filesystem")
    assert cell.status is Status.PARTIAL
    assert cell.missing_permission == "Microsoft.Authorization/permissions/read"


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (409, "MissingSubscriptionRegistration", "The subscription is not registered to use namespace 'X'."),
        (403, "AuthorizationFailed", "The subscription is not registered to use namespace 'Microsoft.X'."),
        (403, "Forbidden", "Subscription x is not registered with Microsoft.Security."),
    ],
)
def test_a_provider_that_is_not_registered_is_switched_off(
    tenant: Tenant, status: int, code: str, message: str
) -> None:
    tenant.fault("/microsoft.security/pricings", error(status, code, message))
    assert tenant.scan().cell(RESEARCH, "security", "threat_detection").status is Status.DISABLED


def test_throttling_that_ends_is_waited_for(tenant: Tenant) -> None:
    left = [1]

    def once(_: Asked) -> Reply | None:
        if not left:
            return None
        left.pop()
        return error(429, "SubscriptionRequestsThrottled", "Too many.", **{"Retry-After": "1"})

    tenant.fault(DEPLOYMENTS, once)
    began = time.monotonic()
    cell = tenant.scan().cell(RESEARCH, "cognitiveservices", "ai.endpoint")
    assert cell.status is Status.COLLECTED
    assert time.monotonic() - began >= 1


def test_throttling_that_does_not_end_is_said(tenant: Tenant) -> None:
    tenant.fault("/datastores", error(429, "TooManyRequests", "Too many.", **{"Retry-After": "1"}))
    assert tenant.scan().cell(RESEARCH, "machinelearning/datastores", "storage.bucket").status is Status.THROTTLED


def test_a_wait_that_is_too_long_is_throttling(tenant: Tenant) -> None:
    tenant.fault("/datastores", error(429, "TooManyRequests", "Too many.", **{"Retry-After": "3600"}))
    assert tenant.scan().cell(RESEARCH, "machinelearning/datastores", "storage.bucket").status is Status.THROTTLED


def test_rows_that_resource_graph_counts_and_does_not_show_make_it_partial(tenant: Tenant) -> None:
    tenant.azure.lose = 3
    cell = tenant.scan().cell(RESEARCH, "storage", "storage.bucket")
    assert cell.status is Status.PARTIAL
    assert "counted" in (cell.detail or "")


def test_a_truncated_answer_without_a_way_on_is_partial(tenant: Tenant) -> None:
    tenant.azure.rows, tenant.azure.cut = 10, True
    found = tenant.scan()
    cell = found.cell(RESEARCH, "arc", "compute.instance")
    assert cell.status is Status.PARTIAL
    assert "cut its answer off" in (cell.detail or "")
    assert found.cell(RESEARCH, "keyvault", "key").status is Status.PARTIAL  # of vaults that were not shown


def test_resource_graph_looking_at_some_subscriptions_only_is_partial(tenant: Tenant) -> None:
    plain = tenant.azure._graph

    def limited(asked: Asked) -> Reply:
        reply = plain(asked, "/providers/Microsoft.ResourceGraph/resources")
        return Reply(reply.body, reply.status, {**reply.headers, "x-ms-tenant-subscription-limit-hit": "true"})

    tenant.fault("microsoft.resourcegraph", limited)
    assert tenant.scan().cell(RESEARCH, "storage", "storage.bucket").status is Status.PARTIAL


@pytest.mark.parametrize(
    "reply",
    [denied("Microsoft.ResourceGraph/resources/read"), error(400, "BadRequest", "ParserFailure"), Reply({}), Reply([])],
)
def test_where_resource_graph_is_refused_the_lists_of_resource_manager_take_its_place(
    tenant: Tenant, reply: Reply
) -> None:
    tenant.fault("microsoft.resourcegraph", reply)
    tenant.fault("/microsoft.kusto/clusters", error(409, "MissingSubscriptionRegistration", "not registered"))
    found = tenant.scan()
    assert {what for what, uid in tenant.planted.items() if uid not in found.assets} == {"exemption"}
    assert found.cell(RESEARCH, "storage", "storage.bucket").status is Status.COLLECTED
    assert found.cell(RESEARCH, "kusto", "warehouse").status is Status.DISABLED
    assert found.assets[tenant.planted["GPU machine"]].attributes["open_ports"] == [{"from": "any", "port": 8888}]


def test_resource_graph_that_fails_midway_is_partial_and_keeps_what_came(tenant: Tenant) -> None:
    tenant.azure.rows = 10

    def second(asked: Asked) -> Reply | None:
        later = "$skipToken" in (asked.body.get("options") or {}) and asked.body["query"].startswith("resources ")
        return error(500, "InternalServerError", "x") if later else None

    tenant.fault("microsoft.resourcegraph", second)
    found = tenant.scan()
    assert len(found.assets) > 5
    assert found.cell(RESEARCH, "storage", "storage.bucket").status is Status.PARTIAL
    # Of this one nothing had come yet, so that its lists could take the place of Resource Graph.
    assert found.cell(PRODUCTION, "sql", "database.instance").status is Status.COLLECTED


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": {}}, [], "text", b'{"value": [', b"<html>"])
def test_an_answer_without_a_list_is_no_empty_list(tenant: Tenant, body: Any) -> None:
    tenant.fault("/datastores", Reply(body))
    assert tenant.scan().cell(RESEARCH, "machinelearning/datastores", "storage.bucket").status is Status.ERROR


@pytest.mark.parametrize(
    "entry", [None, 7, "text", {"id": None, "name": None, "properties": None}, {"properties": {"x": 1}}]
)
def test_an_entry_that_names_nothing_is_no_empty_list(tenant: Tenant, entry: Any) -> None:
    tenant.fault("/datastores", Reply({"value": [entry]}))
    cell = tenant.scan().cell(RESEARCH, "machinelearning/datastores", "storage.bucket")
    assert cell.status is Status.PARTIAL
    assert "names nothing" in (cell.detail or "")


@pytest.mark.parametrize("body", [{}, {"isOptedIn": None}, {"value": []}])
def test_an_answer_about_lockbox_that_says_nothing_is_no_answer(tenant: Tenant, body: Any) -> None:
    tenant.fault("customerlockbox", Reply(body))
    assert tenant.scan().cell(RESEARCH, "customerlockbox", "operator_approval").status is Status.PARTIAL


def test_a_next_page_at_another_address_is_not_asked(tenant: Tenant) -> None:
    page = {"value": [], "nextLink": f"https://{HOST}.example.org/subscriptions/x?api-version=2023-04-01"}
    tenant.fault("/datastores", Reply(page))
    found = tenant.scan()
    cell = found.cell(RESEARCH, "machinelearning/datastores", "storage.bucket")
    assert cell.status is Status.PARTIAL
    assert "another address" in (cell.detail or "")


def test_an_older_version_is_taken_where_the_newest_is_not_offered(tenant: Tenant) -> None:
    """Sovereign clouds lag behind, and say which versions they have."""
    plain = tenant.azure._below
    seen: list[str | None] = []

    def behind(asked: Asked) -> Reply | None:
        if not asked.path.endswith("/keys"):
            return None
        seen.append(asked.one("api-version"))
        if seen[-1] == "2026-05-15":
            words = (
                "No registered resource provider found for location 'x' and API version '2026-05-15' for type 'y'. The "
                "supported api-versions are '2015-06-01, 2024-11-01, 2026-06-01-preview'. The supported locations are "
                "'x'."
            )
            return error(400, "NoRegisteredProviderFound", words)
        return plain(Asked(asked.method, asked.host, asked.path, {"api-version": ["2026-05-15"]}, {}, None), asked.path)

    tenant.fault("/vaults/corpkeys/keys", behind)
    found = tenant.scan()
    assert seen == ["2026-05-15", "2024-11-01"]
    assert tenant.planted["key data"] in found.assets


def test_a_version_that_nobody_offers_is_unsupported(tenant: Tenant) -> None:
    tenant.fault("/datastores", error(400, "InvalidApiVersionParameter", "The api-version is invalid."))
    cell = tenant.scan().cell(RESEARCH, "machinelearning/datastores", "storage.bucket")
    assert cell.status is Status.UNSUPPORTED


def test_optional_answers_may_be_missing(tenant: Tenant) -> None:
    """Locations, rights, containers and approval are not needed for the rest."""
    nothing = error(404, "NotFound", "No HTTP resource was found.")
    for part in ("/microsoft.authorization/permissions", "/tenantoptedin/"):
        tenant.fault(part, nothing)
    tenant.fault("/locations", lambda a: nothing if a.path.endswith("/locations") else None)
    tenant.fault("microsoft.resourcegraph", lambda a: None if a.body["query"].startswith("resources ") else nothing)
    found = tenant.scan()
    assert {what for what, uid in tenant.planted.items() if uid not in found.assets} == {"exemption"}
    assert found.cell(RESEARCH, "storage", "storage.bucket").status is Status.COLLECTED
    assert "boundary_violations" not in found.assets[tenant.planted["policy"]].attributes
    assert "operator_approval" not in found.assets[f"/subscriptions/{RESEARCH}"].attributes
    assert not found.cell(RESEARCH, "customerlockbox", "operator_approval").status.read


def test_a_subscription_that_resource_graph_does_not_know_yet_is_read_by_its_lists(tenant: Tenant) -> None:
    def silent(asked: Asked) -> Reply | None:
        if not asked.body["query"].startswith("resources "):
            return None
        return Reply({"totalRecords": 0, "count": 0, "data": [], "facets": [], "resultTruncated": "false"})

    tenant.fault("microsoft.resourcegraph", silent)
    found = tenant.scan()
    assert {what for what, uid in tenant.planted.items() if uid not in found.assets} == {"exemption"}


def test_a_cloud_that_knows_a_setting_by_its_name_only_is_read_too(tenant: Tenant) -> None:
    nothing = error(404, "NotFound", "No HTTP resource was found.")
    for part in ("blobservices", "encryptionprotector", "transparentdataencryption", "auditingsettings"):
        tenant.fault(part, lambda a, p=part: nothing if a.path.lower().endswith(p) else None)
    found = tenant.scan()
    assert found.assets[tenant.planted["store"]].attributes["soft_delete_days"] == 14
    assert found.assets[tenant.planted["server"]].attributes["custody"] == "provider"
    assert found.assets[tenant.planted["database"]].attributes["encrypted"] is False
    assert found.cell(RESEARCH, "storage/blobservices", "storage.bucket").status is Status.EMPTY


def test_a_key_that_cannot_be_described_is_known_by_its_list(tenant: Tenant) -> None:
    tenant.fault("/keys/still", denied("Microsoft.KeyVault/vaults/keys/read"))
    found = tenant.scan()
    still, data = (found.assets[tenant.planted[f"key {name}"]].attributes for name in ("still", "data"))
    assert "custody" not in still
    assert "rotation_state" not in still
    assert (data["custody"], data["rotation_days"]) == ("customer_hsm", 90)


def test_a_machine_that_cannot_be_described_is_known_by_its_row(tenant: Tenant) -> None:
    tenant.fault("/machines/osl-01", denied("Microsoft.HybridCompute/machines/read"))
    machine = tenant.scan().assets[tenant.planted["machine whose place the graph leaves out"]]
    assert (machine.location.region, machine.location.evidence) == ("westeurope", "metadata_only")


def test_exemptions_that_cannot_be_read_leave_assignments_standing(tenant: Tenant) -> None:
    tenant.fault("/policyexemptions", denied("Microsoft.Authorization/policyExemptions/read"))
    found = tenant.scan()
    assert "exceptions" not in found.assets[tenant.planted["policy"]].attributes
    assert found.cell(RESEARCH, "policy", "governance.policy").status.read
    assert found.cell(RESEARCH, "policy", "exemption").status is Status.DENIED


def test_subscription_by_subscription_is_the_same_as_all_at_once(tenant: Tenant) -> None:
    whole = tenant.scan()
    logins = accounts(tenant.login(), CallLog())
    assert [login.accounts for login in logins] == [(RESEARCH,), (PRODUCTION,), (CLOSED,)]
    parts = [tenant.scan(accounts=login.accounts) for login in logins]
    assert set().union(*(part.assets for part in parts)) == set(whole.assets)
    cells = {(c.account, c.service, c.kind): c.status for part in parts for c in part.cells}
    assert cells == {(c.account, c.service, c.kind): c.status for c in whole.cells}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.dictionaries(st.sampled_from(ROW), JUNK), min_size=1, max_size=6))
def test_rows_of_any_form_end_no_scan(rows: list[dict[str, Any]]) -> None:
    azure = Azure()
    azure.subscription(RESEARCH, "Research")
    azure.subscriptions += [{"subscriptionId": "a/../b"}, {"id": 7}, {"subscriptionId": RESEARCH.upper(), "state": 3}]
    good = {"id": f"{base()}/Microsoft.Compute/disks/d", "type": "microsoft.compute/disks", "location": "westeurope"}
    page = {"totalRecords": len(rows) + 1, "data": [*rows, good], "resultTruncated": "false"}
    with azure_cloud(azure) as server:
        planted = Tenant(azure, server, {})
        planted.fault("microsoft.resourcegraph", lambda a: Reply(page) if a.body["query"].startswith("reso") else None)
        found = planted.scan()
        server.wrong.clear()  # junk asks for children of junk
    assert found.done.finished
    assert good["id"].lower() in found.assets


def test_a_text_that_cannot_be_kept_is_no_end_of_the_scan(tenant: Tenant) -> None:
    tenant.azure.add(f"{base()}/Microsoft.Compute/disks/odd", "westeurope", tags={"x": "\ud800"}, properties={})
    found = tenant.scan()
    assert found.done.finished
    assert tenant.planted["store"] in found.assets
    assert not found.cell(RESEARCH, "compute", "storage.volume").status.read


def test_unknown_types_are_counted_and_not_judged(tenant: Tenant) -> None:
    cell = tenant.scan().cell(PRODUCTION, "microsoft.quantum/workspaces", "microsoft.quantum/workspaces")
    assert (cell.status, cell.count) == (Status.NOT_ASKED, 1)


def test_regions_that_are_not_asked_are_left_out_and_said(tenant: Tenant) -> None:
    found = tenant.scan(regions=("westeurope", "swedencentral"))
    assert tenant.planted["account in India"] not in found.assets
    assert tenant.planted["store"] in found.assets
    [cell] = [c for c in found.cells if (c.account, c.region) == (RESEARCH, "centralindia")]
    assert (cell.status, cell.count) == (Status.NOT_ASKED, 1)


def test_nothing_is_asked_twice_and_nothing_but_get_and_questions(tenant: Tenant) -> None:
    tenant.scan()
    twice = {
        key: n for key, n in tenant.azure.asked.items() if n > 1 and "resourcegraph" not in key and "situs" not in key
    }
    assert twice == {}
    posts = {key for key in tenant.azure.asked if not key.startswith("GET ")}
    assert posts == {"POST /providers/microsoft.resourcegraph/resources"}


def test_an_expired_token_is_a_sentence_without_the_token(tenant: Tenant) -> None:
    with pytest.raises(LoginError, match="did not accept the token") as raised:
        tenant.scan(secret=Secret("wrong-token-value"))
    assert "wrong-token-value" not in str(raised.value)


def test_a_token_that_expires_during_the_scan_ends_in_its_own_status(tenant: Tenant) -> None:
    tenant.fault("/datastores", error(401, "ExpiredAuthenticationToken", "The access token expiry is before now."))
    assert tenant.scan().cell(RESEARCH, "machinelearning/datastores", "storage.bucket").status is Status.EXPIRED


def test_an_account_without_subscriptions_is_no_success(tenant: Tenant) -> None:
    tenant.azure.subscriptions.clear()
    assert tenant.scan().done.accounts == ()


def test_cancelling_takes_less_than_two_seconds(tenant: Tenant) -> None:
    tenant.fault("/blobservices/default/containers", lambda _: time.sleep(30) or Reply({"value": []}))
    stop = threading.Event()
    stopped: list[float] = []

    def cancelled() -> bool:
        if stop.is_set() and not stopped:
            stopped.append(time.monotonic())
        return stop.is_set()

    threading.Timer(1.0, stop.set).start()
    found = tenant.scan(cancelled=cancelled)
    assert time.monotonic() - stopped[0] < 2
    assert not found.done.finished
    assert not found.cell(RESEARCH, "storage/containers", "storage.bucket").status.read


def test_quotas_that_azure_states_are_kept() -> None:
    """Five pages with a quota of two queries that is refilled each second. Only queries that are under way before the
    first answer tells of the quota can be refused."""
    azure = Azure()
    azure.subscription(RESEARCH, "Research")
    for n in range(50):
        azure.add(f"{base()}/Microsoft.Compute/disks/d{n}", "westeurope", properties={})
    azure.rows = 10
    plain, left = azure._graph, [2]
    at, refused = [time.monotonic()], [0]

    def metered(asked: Asked, path: str) -> Reply:
        if time.monotonic() - at[0] >= 1:
            at[0], left[0] = time.monotonic(), 2
        if not left[0]:
            refused[0] += 1
            return error(429, "RateLimiting", "Please slow down.", **{"Retry-After": "1"})
        left[0] -= 1
        reply = plain(asked, path)
        headers = {"x-ms-user-quota-remaining": str(left[0]), "x-ms-user-quota-resets-after": "00:00:01"}
        return Reply(reply.body, reply.status, {**reply.headers, **headers})

    azure._graph = metered  # type: ignore[method-assign]
    with azure_cloud(azure) as server:
        planted = Tenant(azure, server, {})
        patient = Network(attempts=8, connect_timeout=5, read_timeout=15, longest_wait=2)
        cell = planted.scan(patient).cell(RESEARCH, "compute", "storage.volume")
    assert (cell.status, cell.count) == (Status.COLLECTED, 50)
    assert refused[0] <= 4  # of ten and more queries


@pytest.fixture
def large() -> Iterator[Tenant]:
    azure = Azure()
    azure.subscription(RESEARCH, "Research")
    for n in range(3000):
        azure.add(
            f"{base()}/Microsoft.Compute/disks/d{n}",
            "westeurope",
            tags={"x": "y" * 200},
            properties={
                "diskState": "Attached",
                "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
                "noise": "z" * 2000,
            },
        )
    with azure_cloud(azure) as server:
        yield Tenant(azure, server, {})


def test_memory_does_not_grow_with_the_estate(large: Tenant) -> None:
    """Rows are let go as they are passed on: at most some pages are held."""
    import tracemalloc

    log, peak, count = CallLog(), 0, 0

    def sink(items: Any) -> None:
        nonlocal count
        count += len(list(items))

    tracemalloc.start()
    try:
        scan(large.login(), sink, log)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count > 6000
    assert peak < 60_000_000  # the server of the test, which holds everything, is in it as well


def test_secrets_show_nowhere(tenant: Tenant) -> None:
    login = tenant.login()
    assert "token-of-the" not in repr(login)
    with pytest.raises((TypeError, ValueError)):
        msgspec.json.encode(login)


def test_only_the_cloud_of_the_connection_is_asked(tenant: Tenant) -> None:
    login = tenant.login(cloud="usgov")
    with pytest.raises(LoginError):
        scan(login, lambda _: None, CallLog(), network=Network(attempts=1))
    assert all("management.usgovcloudapi.net" in key for key in tenant.server.seen)
    tenant.server.wrong.clear()  # the simulated cloud plays the public one


def test_storage_of_other_groups_is_found_by_its_name(tenant: Tenant) -> None:
    storage(tenant.azure, "later")
    found = tenant.scan()
    assert found.assets[f"{base()}/microsoft.storage/storageaccounts/later".lower()].aliases == ("azure-storage:later",)
    assert TENANT in {a.attributes.get("organisation") for a in found.assets.values()}
