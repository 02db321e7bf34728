"""What governs projects: effective organisation policies, approval of access, contacts, caches, usage, boundaries."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from scanners.coverage import MissedError
from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, get, listing
from scanners.gcp.live.inventory import IAM, RESOURCE
from scanners.gcp.live.reach import GcpReach
from scanners.gcp.live.vertex import CACHE, cache_config
from scanners.gcp.names import project_in
from scanners.gcp.orgpolicy import GUARDS
from scanners.live.reach import UNREAD
from scanners.members import text
from scanners.model import Asset, Item

EFFECTIVE: Final = get(
    "orgpolicy.policies.getEffectivePolicy",
    "orgpolicy.googleapis.com",
    "/v2/projects/{project}/policies/{constraint}:getEffectivePolicy",
    "orgpolicy.policy.get",
    missing=True,
)
APPROVAL: Final = get(
    "accessapproval.settings.get",
    "accessapproval.googleapis.com",
    "/v1/projects/{project}/accessApprovalSettings",
    missing=True,
    none=("FAILED_PRECONDITION",),
)
OWN_CONTACTS: Final = listing(
    "essentialcontacts.contacts.list own",
    "essentialcontacts.googleapis.com",
    "/v1/projects/{project}/contacts",
    "contacts",
    "essentialcontacts.contacts.list",
    size=("pageSize", 100),
)
CONTACTS: Final = listing(
    "essentialcontacts.contacts.list",
    "essentialcontacts.googleapis.com",
    "/v1/projects/{project}/contacts:compute",
    "contacts",
    size=("pageSize", 100),
    query=tuple(("notificationCategories", word) for word in ("SECURITY", "LEGAL", "TECHNICAL")),
)
USAGE: Final = listing(
    "monitoring.timeSeries.list",
    "monitoring.googleapis.com",
    "/v3/projects/{project}/timeSeries",
    "timeSeries",
    size=("pageSize", 1000),
    query=(
        ("filter", 'metric.type="aiplatform.googleapis.com/publisher/online_serving/model_invocation_count"'),
        ("view", "HEADERS"),
    ),
    free=("interval.startTime", "interval.endTime"),
)
DETECTION: Final = get(
    "securitycenter.eventThreatDetectionSettings.calculate",
    "securitycenter.googleapis.com",
    "/v1beta2/projects/{project}/eventThreatDetectionSettings:calculate",
    "securitycenter.eventthreatdetectionsettings.calculate",
)
WORKLOAD_PLACES: Final = listing(
    "assuredworkloads.workloads.list",
    "assuredworkloads.googleapis.com",
    "/v1/{+holder}/locations/{location}/workloads",
    "workloads",
    "assuredworkloads.workload.list",
)
POLICIES: Final = listing(
    "accesscontextmanager.policies.list",
    "accesscontextmanager.googleapis.com",
    "/v1/accessPolicies",
    "accessPolicies",
    "accesscontextmanager.policies.list",
    size=("pageSize", 100),
    free=("parent",),
)
PERIMETERS: Final = listing(
    "accesscontextmanager.servicePerimeters.list",
    "accesscontextmanager.googleapis.com",
    "/v1/{+policy}/servicePerimeters",
    "servicePerimeters",
    size=("pageSize", 100),
)
_DAYS: Final = 30
_REGION: Final = "gcp.resourceLocations"
_WORKLOADS: Final = (
    "us",
    "eu",
    "us-central1",
    "us-east4",
    "us-west1",
    "europe-west1",
    "europe-west3",
    "europe-west9",
    "ca",
    "au",
    "jp",
)
"""Places in which Assured Workloads keeps its records, where nobody lists them."""


def policies(reach: GcpReach) -> Iterator[Item]:
    """The policies that are in force in a project after inheritance, where they differ from what is set above it.

    Where every level up to the organisation was read, only constraints that are set below it, and that on locations,
    need to be asked for.
    """
    project = reach.site.project
    above = project.ancestors
    chain = [*project.names, *(a for a in above or () if not a.startswith("projects/"))]
    read = above is not None and any(a in reach.known.whole_policies for a in above if a.startswith("organizations/"))
    asked = {_REGION} if read else set(GUARDS)
    for holder in chain:
        if not holder.startswith("organizations/"):
            asked |= reach.known.policies.get(holder, {}).keys()
    for constraint in sorted(asked):
        body = reach.maybe(EFFECTIVE, constraint=constraint)
        if not isinstance(body, dict):
            continue
        name = f"//orgpolicy.googleapis.com/projects/{project.id}/policies/{constraint}"
        found = list(reach.see("orgpolicy.googleapis.com/Policy", body, EFFECTIVE, name))
        if any(isinstance(i, Asset) and _new(reach, i, chain, constraint) for i in found):
            yield from found


def _new(reach: GcpReach, asset: Asset, chain: list[str], constraint: str) -> bool:
    """Whether what is in force is not what the nearest level says that sets it, and restricts anything at all."""
    nearest = next(
        (e for holder in chain if (e := reach.known.policies.get(holder, {}).get(constraint)) is not None), None
    )
    effect = {name: asset.attributes.get(name) for name in ("enforced", "allowed_regions")}
    if nearest is None:
        return effect["enforced"] is True
    return any(nearest.get(name) != value for name, value in effect.items())


def approval(reach: GcpReach) -> Iterator[Item]:
    """Whether Google's staff need consent. Google answers 404, or a failed precondition, where nobody enrolled."""
    body = reach.maybe(APPROVAL)
    if body is UNREAD:
        return
    name = f"//accessapproval.googleapis.com/projects/{reach.account}/accessApprovalSettings"
    yield from reach.see("accessapproval.googleapis.com/AccessApprovalSettings", body or {}, APPROVAL, name)


def contacts(reach: GcpReach) -> Iterator[Item]:
    """Who is told of incidents of the project, inherited contacts with them.

    Where Google does not work that out, the project's own contacts are listed: if there are none, nothing is known.
    """
    pages = reach.trial(CONTACTS)
    by = CONTACTS if pages is not None else OWN_CONTACTS
    found = [c for page in pages or reach.pages(OWN_CONTACTS) for c in reach.objects(by, page)]
    if found or by is CONTACTS:
        name = f"//essentialcontacts.googleapis.com/projects/{reach.account}/contacts"
        yield from reach.see("essentialcontacts.googleapis.com/Contacts", {"contacts": found}, by, name)


def caches(reach: GcpReach) -> Iterator[Item]:
    """Whether Vertex AI keeps prompts for a day."""
    body = cache_config(reach)
    if body is not None:
        name = f"//aiplatform.googleapis.com/projects/{reach.account}/cacheConfig"
        yield from reach.see("aiplatform.googleapis.com/CacheConfig", body, CACHE, name)


def detection(reach: GcpReach) -> Iterator[Item]:
    """Whether Security Command Center watches a project for threats, by what is in force there after inheritance."""
    body = reach.maybe(DETECTION)
    if isinstance(body, dict):
        name = f"//securitycenter.googleapis.com/projects/{reach.account}/eventThreatDetectionSettings"
        yield from reach.see("securitycenter.googleapis.com/EventThreatDetectionSettings", body, DETECTION, name)


def usage(reach: GcpReach) -> Iterator[Item]:
    """Which models of publishers were called within thirty days, and where: such calls leave nothing else behind."""
    now = datetime.now(UTC).replace(microsecond=0)
    span = {
        "interval.startTime": (now - timedelta(days=_DAYS)).isoformat().replace("+00:00", "Z"),
        "interval.endTime": now.isoformat().replace("+00:00", "Z"),
    }
    document: dict[str, Any] = {}
    if reach.listed(document, "timeSeries", USAGE, query=span) is not UNREAD:
        name = f"//monitoring.googleapis.com/projects/{reach.account}/timeSeries"
        yield from reach.see("monitoring.googleapis.com/TimeSeries", document, USAGE, name)


def workloads(reach: GcpReach) -> Iterator[Item]:
    """Sovereign folders of an organisation."""
    for location in _WORKLOADS:
        if reach.asks(location, WORKLOAD_PLACES):
            for body in reach.each(WORKLOAD_PLACES, holder=reach.account, location=location):
                yield from reach.see("assuredworkloads.googleapis.com/Workload", body, WORKLOAD_PLACES)


def perimeters(reach: GcpReach) -> Iterator[Item]:
    """Service perimeters of an organisation."""
    for policy in reach.each(POLICIES, query={"parent": reach.account}):
        name = text(policy, "name")
        if name is None:
            continue
        try:
            for body in reach.each(PERIMETERS, policy=name):
                yield from reach.see("accesscontextmanager.googleapis.com/ServicePerimeter", body, PERIMETERS)
        except MissedError:
            continue


def audit_configs(reach: GcpReach) -> Iterator[Item]:
    """Which reads are logged, by the audit configuration of a project and of everything above it."""
    project = reach.site.project
    if project.ancestors is None:
        return
    levels = [f"projects/{project.id}", *(a for a in project.ancestors if not a.startswith("projects/"))]
    known = reach.known
    chain = [{"holder": level, "auditConfigs": known.audits[level]} for level in levels if level in known.audits]
    complete = len(chain) == len(levels) and levels[-1].startswith("organizations/")
    if chain:
        stores = [{"name": uid, "type": native} for uid, native in sorted(known.stores.get(project.id, {}).items())]
        body = {"chain": chain, "complete": complete, "stores": stores}
        name = f"//iam.googleapis.com/projects/{project.id}/auditConfigs"
        yield from reach.see("iam.googleapis.com/AuditConfig", body, IAM, name)


def inherited(reach: GcpReach) -> Iterator[Item]:
    """Who may read what a project holds by roles that are granted on it or above it."""
    for document in reach.known.grants(reach.site.project.id):
        yield from reach.observe(_TYPES[str(document["assetType"])], document, source=IAM.host, by=IAM.key)


def ways_in(reach: GcpReach) -> Iterator[Item]:
    """Which ports of machines are open: where machines, rules and policies were all read, and no policy overrides."""
    known, project = reach.known, reach.site.project
    machines = known.machines.get(project.id, []) + (known.machines.get(project.number or "", []))
    networks = {n for m in machines for n in m["networks"]}
    owners = {known.id_of(project_in(n) or "") for n in networks}
    if known.overriding or not machines or not owners | {project.id} <= known.whole:
        return
    document = {"machines": machines, "rules": [r for n in sorted(networks) for r in known.rules.get(n, ())]}
    name = f"//compute.googleapis.com/projects/{project.id}/global/firewalls"
    yield from reach.see("compute.googleapis.com/Firewalls", document, RESOURCE, name)


_TYPES: Final = document_types()


def _facts(type_: str, operation: Any, run: Any, api: str, **more: Any) -> Collector:
    kind = _TYPES[type_]
    return Collector(kind.service, kind.kinds, (operation,), run, api, silent=True, types=(kind,), **more)


COLLECTORS: Final[tuple[Collector, ...]] = (
    _facts("orgpolicy.googleapis.com/Policy", EFFECTIVE, policies, "", late=True),
    _facts("accessapproval.googleapis.com/AccessApprovalSettings", APPROVAL, approval, "accessapproval.googleapis.com"),
    Collector(
        "essentialcontacts", ("account",), (CONTACTS, OWN_CONTACTS), contacts, "essentialcontacts.googleapis.com",
        silent=True, types=(_TYPES["essentialcontacts.googleapis.com/Contacts"],),
    ),
    _facts("aiplatform.googleapis.com/CacheConfig", CACHE, caches, "aiplatform.googleapis.com", needless=True),
    _facts("monitoring.googleapis.com/TimeSeries", USAGE, usage, "aiplatform.googleapis.com", needless=True),
    Collector(
        "securitycenter", ("threat_detection",), (DETECTION,), detection, "securitycenter.googleapis.com",
        silent=True, types=(_TYPES["securitycenter.googleapis.com/EventThreatDetectionSettings"],),
    ),
    Collector(
        "compute", (), (), ways_in, silent=True, late=True, types=(_TYPES["compute.googleapis.com/Firewalls"],)
    ),
    Collector("iam", (), (), audit_configs, silent=True, late=True, types=(_TYPES["iam.googleapis.com/AuditConfig"],)),
    Collector("iam", (), (), inherited, silent=True, turn=2, types=(_TYPES["iam.googleapis.com/InheritedGrants"],)),
    Collector(
        "assuredworkloads", ("account",), (WORKLOAD_PLACES,), workloads, "", "organization",
        types=(_TYPES["assuredworkloads.googleapis.com/Workload"],),
    ),
    Collector(
        "accesscontextmanager", ("governance.policy",), (POLICIES, PERIMETERS), perimeters, "", "organization",
        types=(_TYPES["accesscontextmanager.googleapis.com/ServicePerimeter"],),
    ),
)  # fmt: skip

WAITING: Final = ()
