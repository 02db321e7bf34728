"""What the Google scanner declares: only requests that Google has, only permissions that list or get."""

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "cloud"))
from gcp_discovery import method_of

from scanners.gcp import document_types
from scanners.gcp.live.inventory import shown_types
from scanners.gcp.live.pace import Minutes
from scanners.gcp.live.permissions import known_permissions, names, render
from scanners.gcp.live.registry import collectors, operations
from scanners.guard import RefusedError
from scanners.live.rest import RestOperation, guard_of

FILL = {
    "location": "europe-west4",
    "project": "p",
    "constraint": "gcp.resourceLocations",
    "dataset": "d",
    "table": "t",
    "bucket": "b",
}
PATHS = {
    "scope": "organizations/1", "instance": "projects/p/instances/i", "database": "projects/p/databases/d",
    "ring": "projects/p/locations/l/keyRings/r", "key": "projects/p/locations/l/keyRings/r/cryptoKeys/k",
    "volume": "projects/p/locations/l/volumes/v", "cluster": "projects/p/locations/l/clusters/c",
    "holder": "organizations/1",
    "pool": "projects/1/locations/global/workloadIdentityPools/w", "policy": "accessPolicies/1",
}  # fmt: skip


@pytest.mark.parametrize("operation", operations(), ids=lambda o: o.key)
def test_google_has_this_request(operation: RestOperation) -> None:
    url = operation.url(FILL | PATHS, dict.fromkeys(operation.free, "x"))
    host, _, rest = url.removeprefix("https://").partition("/")
    path, _, query = rest.partition("?")
    asked = {pair.partition("=")[0]: [pair.partition("=")[2]] for pair in query.split("&") if pair}
    method = method_of(host, f"/{path}", asked)
    if operation.paging is not None:
        assert {"pageToken"} <= method.query


def test_permissions_only_list_or_get() -> None:
    others = {name for name in names() if not re.search(r"\.(list|get|search|use)", name)}
    assert others == {"securitycenter.eventthreatdetectionsettings.calculate"}  # a GET that Google logs as ADMIN_READ
    assert not {"storage.objects.get", "secretmanager.versions.access", "bigquery.tables.getData"} & set(names())
    assert len(names()) > 80
    assert set(names()) == known_permissions()  # the file holds what is used, and nothing else
    of_a_project = set(names(project=True))
    assert "resourcemanager.organizations.get" in set(names()) - of_a_project
    assert "storage.buckets.list" in of_a_project


def test_the_printed_forms() -> None:
    role = json.loads(render("policy"))
    assert role["includedPermissions"] == names()
    commands = render("role", "organizations/123", "serviceAccount:a@p.iam.gserviceaccount.com")
    assert "gcloud iam roles create situsReadOnly --organization=123" in commands
    assert "--member=serviceAccount:a@p.iam.gserviceaccount.com" in commands
    assert "gcloud projects add-iam-policy-binding p1" in render("role", "projects/p1")
    assert "gcloud resource-manager folders add-iam-policy-binding 7" in render("role", "folders/7")
    assert "; rm" not in render("role", "p1; rm -rf /", "a; rm -rf /")
    assert 'google_folder_iam_member" "situs"' in render("terraform", "folders/7")
    assert "no Owner, Editor or Viewer" in render("text")
    with pytest.raises(ValueError, match="unknown form"):
        render("cloudformation")


def test_every_kind_that_is_known_is_read_somewhere() -> None:
    read = {kind.native_type for c in collectors() for kind in c.types} | set(shown_types())
    below = {"NodePool", "KeyRing", "Replication", "BackupSchedule", "Folder", "Organization", "Project", "Table"}
    left = {n for n in document_types() if n not in read and n.rpartition("/")[2] not in below}
    assert left == set()


def test_the_guard_lets_nothing_else_through() -> None:
    guard = guard_of(operations())
    other = RestOperation("x", "storage.googleapis.com", "/storage/v1/b/{bucket}", "x")
    with pytest.raises(RefusedError):
        guard.permit(other, other.url({"bucket": "b"}))


def test_no_more_turns_than_a_minute_takes() -> None:
    minutes = Minutes(window=60)
    waits = [minutes.turn("a", 3) for _ in range(7)]
    assert waits[:3] == [0, 0, 0]
    assert all(59 < w <= 60 for w in waits[3:6])
    assert 119 < waits[6] <= 120
    assert minutes.turn("b", 3) == 0
