"""What can be declared as a request, and what the guard lets through."""

import json
import re
from pathlib import Path

import googleapiclient
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.guard import RefusedError
from scanners.live.rest import Paging, RestOperation, guard_of

ARM = "management.azure.com"
DISKS = RestOperation(
    "compute/disks",
    ARM,
    "/subscriptions/{subscription}/providers/Microsoft.Compute/disks",
    "Microsoft.Compute/disks/read",
    query=(("api-version", "2026-03-02"),),
    elements="value",
    paging=Paging("link", "nextLink"),
)
SUBSCRIPTION = "8d4a5b6c-0000-4444-8888-000000000001"


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (ARM, "/{+account}/listKeys"),
        (ARM, "/{+account}/listSecrets"),
        (ARM, "/{+account}/listConnectionStrings"),
        (ARM, "/{+account}/regenerateKey"),
        ("storage.googleapis.com", "/storage/v1/b/{bucket}/o/{object}"),
        ("storage.googleapis.com", "/storage/v1/b/{bucket}/objects"),
        ("secretmanager.googleapis.com", "/v1/{+secret}/versions/{version}:access"),
        ("bigquery.googleapis.com", "/bigquery/v2/projects/{p}/datasets/{d}/tables/{t}/tabledata"),
        ("bigquery.googleapis.com", "/bigquery/v2/projects/{p}/datasets/{d}/tables/{t}/data"),
        ("{host}", "/api/v1/secrets"),
        ("{host}", "/api/v1/namespaces/{namespace}/secrets/{name}"),
        ("{host}", "/api/v1/configmaps"),
        ("{host}", "/api/v1/namespaces/{namespace}/pods/{pod}/log"),
        ("{host}", "/api/v1/namespaces/{namespace}/pods/{pod}/exec"),
        ("{host}", "/api/v1/nodes/{node}/proxy"),
    ],
)
def test_contents_cannot_be_declared(host: str, path: str) -> None:
    with pytest.raises(ValueError, match="contents of data"):
        RestOperation("x", host, path, "x")


def test_media_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="alt=media"):
        RestOperation("x", "storage.googleapis.com", "/storage/v1/b/{bucket}", "x", query=(("alt", "media"),))


def test_post_only_to_known_questions() -> None:
    RestOperation("graph", ARM, "/providers/Microsoft.ResourceGraph/resources", "x", method="POST")
    with pytest.raises(ValueError, match="only GET"):
        RestOperation("start", ARM, "/{+vm}/start", "x", method="POST")


def test_an_address_is_made_of_the_declaration() -> None:
    url = DISKS.url({"subscription": SUBSCRIPTION})
    assert url == f"https://{ARM}/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/disks?api-version=2026-03-02"
    guard_of([DISKS]).permit(DISKS, url)


@given(st.text(max_size=40))
def test_no_value_leads_to_another_address(value: str) -> None:
    try:
        url = DISKS.url({"subscription": value})
    except RefusedError:
        return
    guard_of([DISKS]).permit(DISKS, url)
    assert url.startswith(f"https://{ARM}/subscriptions/")
    assert url.endswith("/providers/Microsoft.Compute/disks?api-version=2026-03-02")
    assert url.count("/") == 7


@pytest.mark.parametrize("value", ["evil.example/x", "evil.example#", "a@evil.example", "x.y", "", "-a", "a\nb"])
def test_a_host_takes_one_label_only(value: str) -> None:
    regional = RestOperation("v", "{location}-aiplatform.googleapis.com", "/v1/{+parent}/models", "x")
    with pytest.raises(RefusedError):
        regional.url({"location": value, "parent": "projects/p/locations/l"})


@pytest.mark.parametrize("value", ["a/../../b", "a/./b", "..", "a//b", "a?b", "a#b", "a%2fb", "a\\b"])
def test_a_path_never_climbs(value: str) -> None:
    under = RestOperation("k", ARM, "/{+vault}/keys", "x")
    with pytest.raises(RefusedError):
        under.url({"vault": value})


def test_an_undeclared_or_altered_operation_is_refused() -> None:
    guard = guard_of([DISKS])
    url = DISKS.url({"subscription": SUBSCRIPTION})
    twin = RestOperation("compute/disks", ARM, "/subscriptions/{subscription}/providers/Microsoft.Compute/vms", "x")
    for operation, address in (
        (twin, twin.url({"subscription": SUBSCRIPTION})),
        (DISKS, url.replace("disks", "virtualMachines")),
        (DISKS, url.replace(ARM, "evil.example")),
        (DISKS, url.replace("https", "http")),
    ):
        with pytest.raises(RefusedError):
            guard.permit(operation, address)


@pytest.mark.parametrize(
    ("link", "follows"),
    [
        (f"https://{ARM}/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/disks?$skiptoken=x", True),
        (f"https://{ARM}:443/SUBSCRIPTIONS/{SUBSCRIPTION}/providers/microsoft.compute/disks?x", True),
        (f"https://evil.example/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/disks", False),
        (f"http://{ARM}/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/disks", False),
        (f"https://{ARM}/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/disks/x/listKeys", False),
        (f"https://user@{ARM}/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/disks", False),
        ("https://[", False),
    ],
)
def test_links_are_followed_to_the_same_place_only(link: str, follows: bool) -> None:
    assert DISKS.follows(link, {"subscription": SUBSCRIPTION}) is follows


RING = "/v1/{+ring}:getIamPolicy"


def policy(path: str = RING, method: str = "GET") -> RestOperation:
    return RestOperation("policy", "cloudkms.googleapis.com", path, "cloudkms.keyRings.getIamPolicy", method=method)  # type: ignore[arg-type]


def test_who_may_use_a_thing_can_be_asked_by_get() -> None:
    found = policy().url({"ring": "projects/p/locations/eu/keyRings/r"})
    assert found == "https://cloudkms.googleapis.com/v1/projects/p/locations/eu/keyRings/r:getIamPolicy"
    guard_of([policy()]).permit(policy(), found)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", ""])
def test_no_other_method_asks_for_it(method: str) -> None:
    with pytest.raises(ValueError, match="cannot be declared"):
        policy(method=method)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/{+ring}:getiampolicy",
        "/v1/{+ring}:GetIamPolicy",
        "/v1/{+ring}/getIamPolicy",
        "/v1/{+ring}:getIamPolicy/more",
        "/v1/{+ring}:getIamPolicy:setIamPolicy",
        "/v1/{+ring}:setIamPolicy:getIamPolicy",
        "/v1beta1/{+ring}:getIamPolicy",
        "/{+ring}:getIamPolicy",
        "/v1/:getIamPolicy",
        "/v1/{+ring}?x=:getIamPolicy",
    ],
)
def test_it_has_one_form_only(path: str) -> None:
    with pytest.raises(ValueError, match=r"declared|only reads"):
        policy(path)


def _verbs() -> list[tuple[str, str]]:
    """(method, verb) of every request of Google that has a verb of its own at the end of its path."""
    found: set[tuple[str, str]] = set()
    for file in sorted((Path(googleapiclient.__file__).parent / "discovery_cache" / "documents").glob("*.json")):
        stack = [json.loads(file.read_text(encoding="utf-8"))]
        while stack:
            part = stack.pop()
            stack += (part.get("resources") or {}).values()
            for method in (part.get("methods") or {}).values():
                verb = re.search(r":([A-Za-z]+)$", method.get("flatPath") or method["path"])
                if verb:
                    found.add((method["httpMethod"], verb[1]))
    return sorted(found)


READS = {"calculate", "compute", "getEffectivePolicy", "getIamPolicy", "search", "searchAllResources"}


def test_no_other_verb_of_google_can_be_declared() -> None:
    verbs = _verbs()
    assert len(verbs) > 500
    assert {"setIamPolicy", "testIamPermissions", "access", "encrypt", "decrypt"} <= {verb for _, verb in verbs}
    for method, verb in verbs:
        for path in (f"/v1/{{+ring}}:{verb}", f"/v3/{{+resource}}:{verb}", f"/v1/projects/{{project}}/keys:{verb}"):
            if method == "GET" and verb in READS:
                policy(path)
                with pytest.raises(ValueError, match="be declared"):
                    policy(path, "POST")
                continue
            # Asked for by another method than Google's own it is no less refused: the verb itself is.
            for sent in ("GET", method):
                if verb in READS and sent == "GET":
                    continue
                if (sent, path) == ("POST", "/v3/{+resource}:testIamPermissions"):
                    continue  # the one question that is sent with a body: it tells what the login may do
                with pytest.raises(ValueError, match=r"be declared|only reads"):
                    policy(path, sent)


@pytest.mark.parametrize(
    "address",
    [
        "https://cloudkms.googleapis.com/v1/projects/p/keyRings/r:GETIAMPOLICY",
        "https://cloudkms.googleapis.com/v1/projects/p:setIamPolicy/x:getIamPolicy",
        "https://cloudkms.googleapis.com/v1/projects/p/keyRings/r:setIamPolicy",
        "https://cloudkms.googleapis.com/v1/projects/p/keyRings/r:getIamPolicy:setIamPolicy",
        "https://cloudkms.googleapis.com/v1/projects/p/keyRings/r",
    ],
)
def test_the_guard_looks_at_the_address_too(address: str) -> None:
    with pytest.raises(RefusedError):
        guard_of([policy()]).permit(policy(), address)
