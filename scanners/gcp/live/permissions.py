"""The permissions that the declared requests need, in the forms in which administrators of Google Cloud take them.

Google's access tokens know no scope "read only" for most interfaces, so that nothing can be changed has to come from
IAM: a role of its own that holds permissions to list and get, and nothing else.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from scanners.gcp.live.registry import operations

_KNOWN: Final = Path(__file__).parents[3] / "resources" / "permissions" / "gcp_permissions.csv"
_OF_ORGANISATIONS: Final = (
    *("accesscontextmanager.", "assuredworkloads.", "resourcemanager.folders.", "resourcemanager.organizations."),
    "cloudasset.assets.listAccessPolicy",
)
_TITLE: Final = "Situs read-only audit"
_ROLE: Final = "situsReadOnly"
_READS: Final = re.compile(r"\.(?:list[A-Za-z]*|get[A-Za-z]*|search[A-Za-z]*|use)$")
# Reads under another verb, each named in full. "calculate" asks by GET, without a body, which settings are in effect
# after inheritance; Google logs the permission as ADMIN_READ ("Security Command Center audit logging", method
# CalculateEventThreatDetectionSettings), and its role "Security Center Settings Viewer" holds it.
_READS_BY_NAME: Final = frozenset({"securitycenter.eventthreatdetectionsettings.calculate"})
_NEVER: Final = frozenset(
    {
        *("storage.objects.get", "storage.objects.list", "secretmanager.versions.access", "bigquery.tables.getData"),
        *("logging.logEntries.list", "logging.privateLogEntries.list", "iam.serviceAccounts.getAccessToken"),
    }
)
_ENABLED: Final = " ".join(
    f"{name}.googleapis.com" for name in ("cloudasset", "cloudresourcemanager", "serviceusage", "orgpolicy")
)
_SCOPE: Final = re.compile(r"^(organizations|folders|projects)/[A-Za-z0-9:.-]+$")
_NO_ROLE: Final = frozenset({"serviceusage.services.use"})


@cache
def known_permissions() -> frozenset[str]:
    """Permissions that Google has, as its predefined roles show; a role with another name cannot be made."""
    lines = _KNOWN.read_text(encoding="utf-8").splitlines()
    return frozenset(line.split(",")[0] for line in lines[1:] if line and not line.startswith("#"))


def names(project: bool = False) -> list[str]:
    """Every permission that a scan uses, sorted; for a role of one `project` without those of organisations.

    Raises ValueError for one that does not merely read settings, or that Google is not known to have.
    """
    found = sorted({o.permission for o in operations()} | _NO_ROLE)
    reads = [n for n in found if (_READS.search(n) or n in _READS_BY_NAME) and n not in _NEVER]
    wrong = [n for n in found if n not in reads or n not in known_permissions()]
    if wrong:
        raise ValueError(f"not known to be read-only: {', '.join(wrong)}")
    return [name for name in found if not (project and name.startswith(_OF_ORGANISATIONS))]


def render(form: str, scope: str | None = None, principal: str | None = None) -> str:
    """The permissions in one of the forms, ending with a line break. Raises ValueError for another form."""
    where = scope or "organizations/ORGANIZATION-NUMBER"
    if scope is not None and not _SCOPE.match(scope):
        where = f"{'organizations' if scope.isdigit() else 'projects'}/{re.sub(r'[^A-Za-z0-9:.-]', '', scope)}"
    who = re.sub(r"[^A-Za-z0-9@:/._-]", "", principal or "serviceAccount:situs@PROJECT-ID.iam.gserviceaccount.com")
    if form == "policy":
        return _role(where)
    if form == "role":
        return _commands(where, who)
    if form == "terraform":
        return _terraform(where, who)
    if form == "text":
        return _text(where, who)
    raise ValueError(f"unknown form {form!r}")


def _role(where: str) -> str:
    """The role as `gcloud iam roles create --file` takes it; JSON is YAML."""
    role = {
        "title": _TITLE,
        "description": "Lists and gets settings; cannot read contents of data or change anything",
        "stage": "GA",
        "includedPermissions": names(where.startswith("projects/")),
    }
    return json.dumps(role, indent=2) + "\n"


def _flag(where: str) -> tuple[str, str]:
    """(option for roles, command group for bindings). Folders take the role of their organisation."""
    kind, _, number = where.partition("/")
    if kind == "projects":
        return f"--project={number}", f"gcloud projects add-iam-policy-binding {number}"
    if kind == "folders":
        return "--organization=ORGANIZATION-NUMBER", f"gcloud resource-manager folders add-iam-policy-binding {number}"
    return f"--organization={number}", f"gcloud organizations add-iam-policy-binding {number}"


def _commands(where: str, who: str) -> str:
    option, bind = _flag(where)
    holder = "projects" if option.startswith("--project") else "organizations"
    number = option.partition("=")[2]
    return "\n".join(
        [
            "# 1. The role, from the file that `situs permissions gcp --form policy` prints",
            f"situs permissions gcp --form policy --scope {where} > situs-role.yaml",
            f"gcloud iam roles create {_ROLE} {option} --file=situs-role.yaml",
            "# 2. The account of the audit gets this role, and no other",
            f"{bind} --member={who} --role={holder}/{number}/roles/{_ROLE} --condition=None",
            "# 3. The inventory has to be switched on in the project that the account belongs to",
            f"gcloud services enable {_ENABLED} --project=PROJECT-ID",
            "",
        ]
    )


def _terraform(where: str, who: str) -> str:
    option, _ = _flag(where)
    kind, _, number = where.partition("/")
    project = kind == "projects"
    sort = "project" if project else "organization"
    binding = {"projects": "project", "folders": "folder"}.get(kind, "organization")
    key = {"project": "project", "folder": "folder", "organization": "org_id"}[binding]
    lines = [
        f'resource "google_{sort}_iam_custom_role" "situs" {{',
        f"  {'project' if project else 'org_id'}      = {json.dumps(option.partition('=')[2])}",
        f'  role_id     = "{_ROLE}"',
        f'  title       = "{_TITLE}"',
        "  permissions = [",
        *(f"    {json.dumps(name)}," for name in names(project)),
        "  ]",
        "}",
        "",
        f'resource "google_{binding}_iam_member" "situs" {{',
        f"  {key} = {json.dumps(where if binding == 'folder' else number)}",
        f"  member = {json.dumps(who)}",
        f"  role = google_{sort}_iam_custom_role.situs.name",
        "}",
        "",
    ]
    return "\n".join(lines)


def _text(where: str, who: str) -> str:
    """A message to a cloud administrator, with the commands."""
    by_service: dict[str, list[str]] = {}
    granted = names(where.startswith("projects/"))
    for name in granted:
        service, _, rest = name.partition("/" if "/" in name else ".")
        by_service.setdefault(service, []).append(rest)
    rows = [f"  {service}: {', '.join(rest)}" for service, rest in by_service.items()]
    return "\n".join(
        [
            "For an audit of where our AI training data, machines and keys are, please give the auditor's account",
            f"the role below, best on the whole organisation. It holds {len(granted)} permissions; each only lists or",
            "gets settings. None returns the contents of data: no objects, secrets, log lines or rows. Access tokens",
            "of Google cannot be confined to reading for most interfaces, so it is this role that keeps the audit from",
            "changing anything: please give the account no other role, above all no Owner, Editor or Viewer.",
            "",
            _commands(where, who),
            "The permissions:",
            *rows,
            "",
        ]
    )
