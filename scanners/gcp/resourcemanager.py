"""Projects, folders and organisations; and what other services say of them: approval of access, sovereign boundary."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, is_number
from scanners.gcp.orgpolicy import GLOBAL
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.members import flag, has, member, record, records, text, texts
from scanners.model import Asset, Location, Relation

HOST: Final = "cloudresourcemanager.googleapis.com"
_MODES: Final = {
    "JUSTIFICATION_BASED_APPROVAL_ENABLED_ALL": "transparency",
    "JUSTIFICATION_BASED_APPROVAL_ENABLED_EXTERNAL_JUSTIFICATIONS": "streamlined",
    "JUSTIFICATION_BASED_APPROVAL_NOT_ENABLED": "required",
}


def _holder(subject: Subject) -> Iterator[Asset | Relation]:
    """A project, folder or organisation."""
    data = subject.data
    own = subject.uid.removeprefix(f"//{HOST}/")
    number = whole(data, "projectNumber")
    project = text(data, "projectId")
    identifier = project or (own if not own.startswith("projects/") else subject.account)
    attributes: dict[str, Any] = {}
    if data is not None or not is_number(identifier):  # a policy alone may name a project by its number
        attributes["id"] = identifier
    ancestors = texts(subject.document, "ancestors")
    parent = _parent(subject)
    if own.startswith("organizations/"):
        attributes["organisation"] = own
    elif ancestors is not None:
        attributes["organisation"] = next((a for a in ancestors if a.startswith("organizations/")), None)
    elif parent and parent.startswith("organizations/"):
        attributes["organisation"] = parent
    name = text(data, "name") or text(data, "displayName")
    shown = text(data, "displayName") or (None if name is None or "/" in name else name)
    asset = subject.asset("account", GLOBAL, attributes, name=shown or project)
    spelled = [
        f"//{HOST}/projects/{p}" for p in (project, number, subject.account) if p and own.startswith("projects/")
    ]
    stated = text(data, "name") or ""
    spelled += [f"//{HOST}/{stated}"] if stated.startswith(("projects/", "folders/", "organizations/")) else []
    asset.aliases = tuple(dict.fromkeys(n for n in spelled if n != subject.uid))
    if project:
        asset.account = project
    yield asset
    if parent:
        yield subject.relation("member_of", f"//{HOST}/{parent}")


def _parent(subject: Subject) -> str | None:
    """`folders/N` or `organizations/N` above it."""
    stated = member(subject.data, "parent")
    if isinstance(stated, str) and stated.startswith(("folders/", "organizations/")):
        return stated
    kind, number = text(subject.data, "parent.type"), text(subject.data, "parent.id")
    if kind in ("folder", "organization") and number:
        return f"{kind}s/{number}"
    ancestors = texts(subject.document, "ancestors") or []
    if len(ancestors) > 1 and ancestors[1].startswith(("folders/", "organizations/")):
        return ancestors[1]
    above = (text(subject.document, "parent") or "").removeprefix(f"//{HOST}/")
    return above if above.startswith(("folders/", "organizations/")) else None


def facet(subject: Subject, holder: str, attributes: dict[str, Any]) -> Iterator[Asset]:
    """What another document says of a project, folder or organisation, as a facet of its asset."""
    uid = full_name(f"//{HOST}/{holder}")
    if uid is None or not attributes:
        return
    asset = subject.asset("account", Location.unknown(), attributes, name=holder.rpartition("/")[2], labels_at=None)
    asset.uid, asset.native_type, asset.aliases, asset.created_at = uid, f"{HOST}/{_native(holder)}", (), None
    asset.account = holder.removeprefix("projects/")
    yield asset


def _native(holder: str) -> str:
    return {"projects": "Project", "folders": "Folder"}.get(holder.partition("/")[0], "Organization")


def _approval(subject: Subject) -> Iterator[Asset | Relation]:
    """Access Approval: Google's staff need the customer's consent."""
    data = subject.data
    name = subject.uid.partition("googleapis.com/")[2].removesuffix("/accessApprovalSettings")
    if data is None or not name.startswith(("projects/", "folders/", "organizations/")):
        return
    attributes: dict[str, Any] = {}
    enrolled = records(data, "enrolledServices")
    single = record(data, "enrolledServices")
    if enrolled is None and single is not None:
        enrolled = [single]
    above = records(data, "ancestorsEnrolledServices") or []
    products = [text(s, "cloudProduct") for s in [*(enrolled or []), *above]]
    if "all" in products:
        attributes["operator_approval"] = "on"
    elif products or flag(data, "enrolledAncestor") is True:
        attributes["operator_approval"] = "partial"
    elif enrolled == [] or not has(data, "enrolledServices"):
        attributes["operator_approval"] = "off"
    mode = text(data, "effectiveApprovalPolicy.justificationBasedApprovalPolicy")
    put_any(
        attributes, operator_approval_mode=_MODES.get(mode or ""), approval_key_invalid=flag(data, "invalidKeyVersion")
    )
    yield from facet(subject, name, attributes)


def _workload(subject: Subject) -> Iterator[Asset | Relation]:
    """An Assured Workloads folder: the sovereign boundary of the projects in it."""
    data = subject.data
    regime = text(data, "complianceRegime")
    if regime is None or regime.endswith("UNSPECIFIED"):
        return
    partner = text(data, "partner")
    boundary = regime if partner is None or partner.endswith("UNSPECIFIED") else f"{regime} ({partner})"
    attributes: dict[str, Any] = {"boundary": boundary}
    violations = whole(data, "complianceStatus.activeViolationCount")
    of_resources = whole(data, "complianceStatus.activeResourceViolationCount")
    if violations is not None or of_resources is not None:
        attributes["boundary_violations"] = (violations or 0) + (of_resources or 0)
    elif record(data, "complianceStatus") is not None:
        attributes["boundary_violations"] = 0  # Google leaves out what is zero
    put_any(attributes, disallowed_services=texts(data, "compliantButDisallowedServices"))
    for resource in records(data, "resources") or []:
        number = whole(resource, "resourceId")
        kind = {"CONSUMER_PROJECT": "projects", "CONSUMER_FOLDER": "folders", "ENCRYPTION_KEYS_PROJECT": "projects"}
        holder = kind.get(text(resource, "resourceType") or "")
        if holder and number is not None:
            yield from facet(subject, f"{holder}/{number}", dict(attributes))


def _perimeter(subject: Subject) -> Iterator[Asset | Relation]:
    """A service perimeter keeps the data services it restricts from being used from outside, public or not."""
    data = subject.data
    if text(data, "perimeterType") == "PERIMETER_TYPE_BRIDGE" or data is None:
        return
    guarded = texts(data, "status.restrictedServices") or []
    if not {"storage.googleapis.com", "bigquery.googleapis.com"} & set(guarded):
        return
    projects = texts(data, "status.resources") or []
    policy = subject.uid.removeprefix("//accesscontextmanager.googleapis.com/").partition("/servicePerimeters/")[0]
    attributes = {"type": "public_access", "enforced": bool(projects), "scope_path": policy}
    yield subject.asset("governance.policy", GLOBAL, attributes, name=text(data, "title"), labels_at=None)
    for project in projects[:1000]:
        if project.startswith("projects/"):
            yield Relation(f"//{HOST}/{project}", "member_of", subject.uid, {"role": "service perimeter"})


_PERIMETER: Final = (
    *("name", "perimeterType", "status.resources", "status.restrictedServices", "status.accessLevels", "title"),
    *("spec.resources", "spec.restrictedServices", "useExplicitDryRunSpec"),
)

TYPES: tuple[DocumentType, ...] = (
    *(
        gcp_type(
            f"{HOST}/{name}",
            "cloudresourcemanager",
            ("account",),
            (
                *(
                    "createTime",
                    "displayName",
                    "labels",
                    "lifecycleState",
                    "name",
                    "parent",
                    "projectId",
                    "projectNumber",
                ),
                "state",
            ),
            _holder,
        )
        for name in ("Project", "Folder", "Organization")
    ),
    gcp_type(
        "accessapproval.googleapis.com/AccessApprovalSettings",
        "accessapproval",
        ("account",),
        (
            *("ancestorsEnrolledServices", "approvalPolicy", "effectiveApprovalPolicy", "enrolledAncestor", "name"),
            *("enrolledServices", "invalidKeyVersion", "requireCustomerVisibleJustification"),
        ),
        _approval,
    ),
    gcp_type(
        "assuredworkloads.googleapis.com/Workload",
        "assuredworkloads",
        ("account",),
        (
            *("complianceRegime", "complianceStatus", "compliantButDisallowedServices", "createTime", "displayName"),
            *("kajEnrollmentState", "labels", "name", "partner", "resources"),
        ),
        _workload,
    ),
    gcp_type(
        "accesscontextmanager.googleapis.com/ServicePerimeter",
        "accesscontextmanager",
        ("governance.policy",),
        _PERIMETER,
        _perimeter,
    ),
)
