"""Names of Google Cloud things: links, relative names and full resource names, and what can be read from them.

A full resource name (`//storage.googleapis.com/bucket`) is the uid of an asset. Google writes the same thing as a link
(`https://www.googleapis.com/compute/v1/projects/…`), as a relative name (`projects/…`) and with the project's id or its
number; the functions here bring all of them to the one form that Cloud Asset Inventory uses.
"""

import re
from typing import Final

LONGEST: Final = 2048
"""Names longer than this are not names."""

_SPACE: Final = re.compile(r"\s")
_LINK: Final = re.compile(r"^https?://(?P<host>[A-Za-z0-9.-]+)(?::\d+)?/(?P<path>.+)$")
_START: Final = re.compile(r"(?:^|/)((?:projects|folders|organizations|accessPolicies|billingAccounts)/.+)$")
_PROJECT: Final = re.compile(r"(?:^|/)projects/([^/]+)")
_HOLDER: Final = re.compile(r"(?:^|/)((?:folders|organizations)/[^/]+)")
_PLACE: Final = re.compile(r"/(?:locations|regions|zones)/([^/]+)")
_KEY: Final = re.compile(
    r"^(projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+)(?:/cryptoKeyVersions/[^/]+)?$"
)
_HOSTS: Final = {
    "sql": "cloudsql.googleapis.com",
    "sqladmin.googleapis.com": "cloudsql.googleapis.com",
    "bigtableadmin.googleapis.com": "bigtable.googleapis.com",
}


def full_name(name: str | None, service: str | None = None, project: str | None = None) -> str | None:
    """The full resource name of a link, a relative name or a full name; None for text that is none of them.

    `service` is the host for relative names (`compute.googleapis.com`); `project` completes names such as
    `zones/z/disks/d`.
    """
    if not name or len(name) > LONGEST or _SPACE.search(name):
        return None
    if name.startswith("//"):
        return name.rstrip("/") if "/" in name[2:].rstrip("/") else None
    link = _LINK.match(name)
    if link:
        host, path = link["host"].lower(), link["path"].split("?")[0].rstrip("/")
        found = _START.search(path)
        if host in ("www.googleapis.com", "storage.googleapis.com") and (
            bucket := re.search(r"storage/v1/b/([^/]+)", path)
        ):
            return f"//storage.googleapis.com/{bucket[1]}"
        return None if found is None else f"//{_host(host, path)}/{found[1]}"
    if service is None:
        return None
    relative = name.strip("/")
    if relative.startswith(("projects/", "folders/", "organizations/", "accessPolicies/")):
        return f"//{service}/{relative}"
    if project and relative.startswith(("zones/", "regions/", "global/", "locations/")):
        return f"//{service}/projects/{project}/{relative}"
    return None


def bigquery_name(address: str | None) -> str | None:
    """The dataset's full resource name of `bq://project.dataset.table`; None for other text or a bare project."""
    parts = (address or "").removeprefix("bq://").replace(":", ".").split(".")
    if not (address or "").startswith("bq://") or len(parts) < 2 or not all(parts[:2]):
        return None
    return f"//bigquery.googleapis.com/projects/{parts[0]}/datasets/{parts[1]}"


def project_in(name: str | None) -> str | None:
    """The project (id or number, as written) in a name or link; None where there is none."""
    found = _PROJECT.search(name) if name else None
    return found[1] if found else None


def holder_in(name: str | None) -> str | None:
    """`folders/N` or `organizations/N` in a name that belongs to no project."""
    found = _HOLDER.search(name) if name else None
    return found[1] if found else None


def place_in(name: str | None) -> str | None:
    """The location, region or zone that a name states; `global` for global compute names."""
    if not name:
        return None
    found = _PLACE.search(name)
    if found:
        return found[1]
    return "global" if "/global/" in name else None


def last(name: str | None) -> str | None:
    """The last segment of a name or link."""
    return (name.rstrip("/").rsplit("/", 1)[-1] or None) if name else None


def key_name(name: str | None) -> str | None:
    """Full resource name of the key of a key or key version, as encryption members write it; None for anything else."""
    if not name or len(name) > LONGEST:
        return None
    relative = name.removeprefix("//cloudkms.googleapis.com/")
    link = _LINK.match(relative)
    if link and (start := _START.search(link["path"])):
        relative = start[1]
    found = _KEY.match(relative)
    return f"//cloudkms.googleapis.com/{found[1]}" if found else None


def is_number(project: str | None) -> bool:
    """Whether a project is written as its number."""
    return bool(project) and str(project).isdigit()


def with_project(name: str, old: str, new: str) -> str:
    """The name with one spelling of its project in place of the other."""
    return name.replace(f"/projects/{old}/", f"/projects/{new}/", 1)


def _host(host: str, path: str) -> str:
    first = path.split("/", 1)[0]
    if host == "www.googleapis.com":
        return _HOSTS.get(first, f"{first}.googleapis.com")
    if host.endswith("-aiplatform.googleapis.com"):
        return "aiplatform.googleapis.com"
    if host.endswith(".rep.googleapis.com"):
        return f"{host.split('.', 1)[0]}.googleapis.com"
    return _HOSTS.get(host, host)
