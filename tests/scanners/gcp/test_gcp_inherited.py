"""Grants on a project, a folder or the organisation: who may read a bucket by them, and when the list is complete."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from scanners.exports.read import read_exports
from scanners.gcp.inherited import may_read
from scanners.model import Asset, Item, Relation, merged, problems

ORG, FOLDER, PROJECT = "organizations/5", "folders/9", "projects/123456789012"
LEVELS = {"Project": PROJECT, "Folder": FOLDER, "Organization": ORG}
BUCKET = "//storage.googleapis.com/patients"
SET = "//bigquery.googleapis.com/projects/imaging-prod/datasets/cohorts"
RING = "//cloudkms.googleapis.com/projects/imaging-prod/locations/europe-west4/keyRings/ring"
KEY = f"{RING}/cryptoKeys/data"
OWN = (
    *("group:admins@hospital.example", "deleted:user:x@vendor.example?uid=1"),
    *("serviceAccount:trainer@imaging-prod.iam.gserviceaccount.com",),
    *("serviceAccount:123456789012-compute@developer.gserviceaccount.com",),
    *("serviceAccount:123456789012@cloudservices.gserviceaccount.com",),
    *("serviceAccount:service-123456789012@compute-system.iam.gserviceaccount.com",),
    "serviceAccount:service-org-5@security-center-api.iam.gserviceaccount.com",
)
READER = "roles/storage.objectViewer"
VENDOR = "user:a@vendor.example"


def entry(name: str, type_: str, ancestors: list[str], **more: Any) -> dict[str, Any]:
    return {"name": name, "assetType": type_, "ancestors": ancestors, **more}


def estate(
    grants: dict[str, list[dict[str, Any]]], *, without: str = "", own: Any = None, body: Any = None
) -> list[dict[str, Any]]:
    """An export of an organisation with one bucket and one dataset; `grants`: level → further bindings."""
    chain = [PROJECT, FOLDER, ORG]
    manager = "cloudresourcemanager.googleapis.com"
    found = [
        entry(
            f"//{manager}/{PROJECT}",
            f"{manager}/Project",
            chain,
            resource={"data": {"projectId": "imaging-prod", "projectNumber": "123456789012"}},
        ),
        entry(
            f"//{manager}/{ORG}",
            f"{manager}/Organization",
            [ORG],
            resource={"data": {"name": ORG, "displayName": "hospital.example"}},
        ),
        entry(
            BUCKET,
            "storage.googleapis.com/Bucket",
            chain,
            resource={
                "data": {
                    "name": "patients",
                    "projectNumber": "123456789012",
                    "location": "EU",
                    "storageClass": "STANDARD",
                    "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}, **(body or {})},
                }
            },
        ),
        entry(BUCKET, "storage.googleapis.com/Bucket", chain, iamPolicy={"bindings": own or []}),
        entry(
            SET,
            "bigquery.googleapis.com/Dataset",
            chain,
            resource={
                "data": {
                    "datasetReference": {"projectId": "imaging-prod", "datasetId": "cohorts"},
                    "location": "EU",
                    "access": [{"role": "OWNER", "specialGroup": "projectOwners"}],
                }
            },
        ),
    ]
    for at, (level, holder) in enumerate(LEVELS.items()):
        bindings = [{"role": "roles/owner", "members": list(OWN)}, *grants.get(level, [])]
        if level != without:
            policy = {"bindings": bindings}
            found.append(entry(f"//{manager}/{holder}", f"{manager}/{level}", chain[at:], iamPolicy=policy))
    return found


def read(path: Path, entries: list[dict[str, Any]]) -> tuple[dict[str, Asset], set[tuple[str, str]]]:
    """The assets as the store puts them together, and who shares the bucket and the dataset."""
    path.write_text("".join(json.dumps(e) + "\n" for e in entries), encoding="utf-8")
    items: list[Item] = []
    read_exports([path], items.extend)
    found: dict[str, Asset] = {}
    for item in items:
        if isinstance(item, Asset):
            assert problems(item.kind, item.attributes) == []
            found[item.uid] = merged(found[item.uid], item) if item.uid in found else item
    shared = [i for i in items if isinstance(i, Relation) and i.type == "shared_with"]
    return found, {(i.source, i.target) for i in shared if i.source in (BUCKET, SET, KEY)}


def whole(found: dict[str, Asset], uid: str = BUCKET) -> bool:
    """Whether the list of who shares it is said to be complete."""
    return "shared_with" in found[uid].attributes["relations_read"]


def bound(role: str, *members: str) -> list[dict[str, Any]]:
    return [{"role": role, "members": list(members)}]


def test_only_own_people_above_leave_nothing_unsaid(tmp_path: Path) -> None:
    for turned in (False, True):  # entries come in any order
        entries = estate({})
        found, shared = read(tmp_path / f"{turned}.ndjson", entries[::-1] if turned else entries)
        assert (whole(found), whole(found, SET), shared) == (True, True, set())
        assert found[BUCKET].location.region == "EU"


@pytest.mark.parametrize(
    ("level", "role"),
    [*itertools.product(LEVELS, [READER, "roles/editor"]), ("Folder", "roles/owner"), ("Project", "roles/viewer")],
)
def test_an_outsider_who_may_read_by_a_role_from_above_shares_the_bucket(level: str, role: str, tmp_path: Path) -> None:
    found, shared = read(tmp_path / "e.ndjson", estate({level: bound(role, VENDOR, *OWN)}))
    assert (BUCKET, "domain:vendor.example") in shared
    assert {target for _, target in shared} == {"domain:vendor.example"}
    assert whole(found)
    assert ((SET, "domain:vendor.example") in shared) is (role != READER)
    assert whole(found, SET) is (role != READER)  # a reader of buckets may read tables over them: it cannot be told


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_that_was_not_read_leaves_the_list_open(level: str, tmp_path: Path) -> None:
    found, shared = read(tmp_path / "e.ndjson", estate({}, without=level))
    assert (whole(found), whole(found, SET), shared) == (False, False, set())


def test_open_to_nobody_is_said_only_where_all_levels_were_read(tmp_path: Path) -> None:
    def said(name: str, entries: list[dict[str, Any]]) -> list[Any]:
        found, _ = read(tmp_path / f"{name}.ndjson", entries)
        return [found[uid].attributes.get("public_access") for uid in (BUCKET, SET)]

    assert said("all", estate({})) == ["none", "none"]
    for level in LEVELS:
        assert said(level, estate({}, without=level)) == [None, None]
    assert said("guarded", estate({}, without="Folder", body={"publicAccessPrevention": "enforced"})) == ["none", None]
    assert said("lists", estate({}, body={"uniformBucketLevelAccess": {}})) == [None, "none"]
    assert said("own", estate({}, own=bound(READER, "allUsers"))) == ["public", "none"]
    assert said("above", estate({"Organization": bound("roles/viewer", "allUsers")}))[1] == "public"
    assert said("unweighed", estate({"Folder": bound("roles/made.upTomorrow", "allUsers")})) == [None, None]
    assert said("outsider", estate({"Folder": bound("roles/made.upTomorrow", VENDOR)})) == ["none", "none"]
    # A project of no organisation has nothing above it, and cannot let in everyone itself.
    alone = [e | {"ancestors": [PROJECT]} for e in estate({}) if e["ancestors"][0] == PROJECT]
    assert said("alone", alone) == ["none", "none"]


@pytest.mark.parametrize("role", [f"{ORG}/roles/helper", "roles/dataflow.worker", "roles/made.upTomorrow", ""])
def test_a_role_of_an_outsider_that_cannot_be_weighed_leaves_the_list_open(role: str, tmp_path: Path) -> None:
    found, shared = read(tmp_path / "e.ndjson", estate({"Folder": bound(role, VENDOR)}))
    assert (whole(found), shared) == (False, set())
    found, _ = read(tmp_path / "o.ndjson", estate({"Folder": bound(role, *OWN)}))
    assert whole(found)


def test_a_role_that_reads_nothing_changes_nothing(tmp_path: Path) -> None:
    found, shared = read(tmp_path / "e.ndjson", estate({"Organization": bound("roles/browser", VENDOR, "new:form")}))
    assert (whole(found), shared) == (True, set())


@pytest.mark.parametrize(
    "members", [["principalSet://iam.googleapis.com/locations/global/workforcePools/p/*"], "everybody", [7, None]]
)
def test_a_member_of_an_unknown_form_leaves_the_list_open(members: Any, tmp_path: Path) -> None:
    binding = {"role": READER, "members": members}
    found, shared = read(tmp_path / "e.ndjson", estate({"Project": [binding]}))
    assert (whole(found), shared) == (False, set())


def test_another_project_counts_as_it_does_in_the_bucket_itself(tmp_path: Path) -> None:
    robot = "serviceAccount:bot@other-project.iam.gserviceaccount.com"
    _, above = read(tmp_path / "e.ndjson", estate({"Project": bound(READER, robot)}))
    _, own = read(tmp_path / "o.ndjson", estate({}, own=bound(READER, robot)))
    assert (BUCKET, "account:other-project") in above & own


def test_everyone_above_is_public_unless_the_bucket_keeps_everyone_out(tmp_path: Path) -> None:
    grants = {"Folder": bound(READER, "allAuthenticatedUsers")}
    found, shared = read(tmp_path / "e.ndjson", estate(grants))
    assert found[BUCKET].attributes["public_access"] == "public"
    assert (BUCKET, "public") in shared
    found, shared = read(tmp_path / "g.ndjson", estate(grants, body={"publicAccessPrevention": "enforced"}))
    assert found[BUCKET].attributes["public_access"] == "none"
    assert (BUCKET, "public") not in shared


def test_what_the_buckets_own_policy_leaves_open_stays_open(tmp_path: Path) -> None:
    found, shared = read(tmp_path / "e.ndjson", estate({"Folder": bound(READER, VENDOR)}, own=bound(READER, "x:y")))
    assert (whole(found), shared) == (False, {(BUCKET, "domain:vendor.example")})


@pytest.mark.parametrize("uniform", [{}, {"enabled": False}])
def test_access_lists_of_objects_leave_the_list_open(uniform: dict[str, Any], tmp_path: Path) -> None:
    found, _ = read(tmp_path / "e.ndjson", estate({}, body={"uniformBucketLevelAccess": uniform}))
    assert (whole(found), whole(found, SET)) == (False, True)


def keyed(ring: Any, *, own: Any = (), ring_name: str = RING, **more: Any) -> list[dict[str, Any]]:
    """The estate with a key, its policy, and what the inventory shows as the policy of its ring (None: nothing)."""
    chain, kms = [PROJECT, FOLDER, ORG], "cloudkms.googleapis.com"
    body = {"name": KEY.removeprefix(f"//{kms}/"), "purpose": "ENCRYPT_DECRYPT"}
    found = [*estate(more.pop("grants", {}), **more), entry(KEY, f"{kms}/CryptoKey", chain, resource={"data": body})]
    found.append(entry(KEY, f"{kms}/CryptoKey", chain, iamPolicy={"bindings": list(own)}))
    found.append(entry(ring_name, f"{kms}/KeyRing", chain, resource={"data": {"name": "ring"}}))
    return found if ring is None else [*found, entry(ring_name, f"{kms}/KeyRing", chain, iamPolicy=ring)]


CRYPT = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


@pytest.mark.parametrize("ring", [{"etag": "ACAB"}, {"bindings": []}, {"bindings": bound(CRYPT, *OWN)}])
def test_a_key_has_a_complete_list_of_users_where_its_ring_was_read(ring: Any, tmp_path: Path) -> None:
    for turned in (False, True):
        entries = keyed(ring)
        found, shared = read(tmp_path / f"{turned}.ndjson", entries[::-1] if turned else entries)
        assert (whole(found, KEY), shared) == (True, set())


def test_a_ring_is_found_by_the_number_of_its_project(tmp_path: Path) -> None:
    ring = {"bindings": bound(CRYPT, VENDOR)}
    name = RING.replace("imaging-prod", "123456789012")
    found, shared = read(tmp_path / "e.ndjson", keyed(ring, ring_name=name))
    assert (whole(found, KEY), shared) == (True, {(KEY, "domain:vendor.example")})


@pytest.mark.parametrize("ring", [None, {}, {"bindings": "none"}, {"bindings": [7]}])
def test_a_ring_that_was_not_read_leaves_the_list_of_its_keys_open(ring: Any, tmp_path: Path) -> None:
    found, shared = read(tmp_path / "e.ndjson", keyed(ring))
    assert (whole(found, KEY), whole(found), shared) == (False, True, set())
    assert not whole(read(tmp_path / "o.ndjson", keyed({"etag": "A"}, ring_name=f"{RING}2"))[0], KEY)


@pytest.mark.parametrize("role", [CRYPT, "roles/cloudkms.admin", f"{ORG}/roles/helper"])
def test_who_has_a_role_on_the_ring_has_it_on_the_key(role: str, tmp_path: Path) -> None:
    _, own = read(tmp_path / "o.ndjson", keyed({"etag": "A"}, own=bound(role, VENDOR)))
    found, shared = read(tmp_path / "e.ndjson", keyed({"bindings": bound(role, VENDOR, *OWN)}))
    assert (whole(found, KEY), shared) == (True, own)
    assert own == {(KEY, "domain:vendor.example")}
    found, shared = read(tmp_path / "l.ndjson", keyed({"bindings": bound(role, VENDOR)}, without="Folder"))
    assert (whole(found, KEY), shared) == (False, own)  # what was read counts, though a level was not


@pytest.mark.parametrize("level", LEVELS)
def test_a_key_needs_all_levels_as_well_as_its_ring(level: str, tmp_path: Path) -> None:
    found, shared = read(tmp_path / "e.ndjson", keyed({"etag": "A"}, without=level))
    assert (whole(found, KEY), shared) == (False, set())
    found, shared = read(tmp_path / "g.ndjson", keyed({"etag": "A"}, grants={level: bound(CRYPT, VENDOR)}))
    assert (whole(found, KEY), shared) == (True, {(KEY, "domain:vendor.example")})


def test_somebody_unknown_on_the_ring_leaves_the_list_open(tmp_path: Path) -> None:
    found, _ = read(tmp_path / "e.ndjson", keyed({"bindings": bound(CRYPT, "principalSet://x/y")}))
    assert not whole(found, KEY)
    found, shared = read(tmp_path / "p.ndjson", keyed({"bindings": bound(CRYPT, "allUsers")}))
    assert (whole(found, KEY), shared) == (True, {(KEY, "public")})


def test_roles_are_weighed_by_what_a_service_holds() -> None:
    assert may_read("roles/bigquery.dataViewer", "bigquery.googleapis.com/Dataset") is True
    assert may_read("roles/bigquery.dataViewer", "storage.googleapis.com/Bucket") is None
    assert may_read("roles/bigquery.jobUser", "bigquery.googleapis.com/Dataset") is False
    assert may_read("roles/viewer", "cloudkms.googleapis.com/CryptoKey") is None
    assert may_read("roles/owner", "cloudkms.googleapis.com/CryptoKey") is True
