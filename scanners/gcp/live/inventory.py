"""Cloud Asset Inventory, live: bodies, IAM policies, organisation policies and perimeters of a whole scope.

One scope is an organisation, a folder or a project. What the inventory refuses at the first page is left to the
services themselves (`Told.bodies` says so); what breaks off later makes every part of the scope partial.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from scanners.coverage import MissedError, Part
from scanners.gcp import document_types
from scanners.gcp.envelope import from_inventory, is_deleted, parts
from scanners.gcp.firewalls import machine_of, network_of, overrides, rule_of
from scanners.gcp.live.declare import Collector, listing
from scanners.gcp.live.reach import GcpReach, GcpRun, GcpSite, Known
from scanners.gcp.names import holder_in, project_in
from scanners.live.rest import RestOperation
from scanners.members import flag, member, record, text, texts
from scanners.model import UNREAD, Asset, CoverageStatus, Item, Location
from scanners.runner import Task

HOST: Final = "cloudasset.googleapis.com"
_PATH: Final = "/v1/{+scope}/assets"
_PAGE: Final = ("pageSize", 1000)
_RATE: Final = 100 / 60
_INSTANCE: Final = "compute.googleapis.com/Instance"
_FIREWALL: Final = "compute.googleapis.com/Firewall"
_WAYS_IN: Final = (_INSTANCE, _FIREWALL, "compute.googleapis.com/FirewallPolicy")
_MOST_MACHINES: Final = 20_000
"""Machines of one project whose ports are looked at; those of further ones stay unread."""
_MOST_ASIDE: Final = 3
"""Pages that may wait to be worked off while further ones are asked for."""


def _content(name: str, permission: str) -> RestOperation:
    return listing(
        f"cloudasset.assets.list {name}",
        HOST,
        _PATH,
        "assets",
        f"cloudasset.assets.{permission}",
        size=_PAGE,
        query=(("contentType", name),),
        free=("assetTypes",),
        rate=_RATE,
    )


RESOURCE: Final = _content("RESOURCE", "listResource")
IAM: Final = _content("IAM_POLICY", "listIamPolicy")
ORG: Final = _content("ORG_POLICY", "listOrgPolicy")
ACCESS: Final = _content("ACCESS_POLICY", "listAccessPolicy")
SEARCH: Final = listing(
    "cloudasset.searchAllResources",
    HOST,
    "/v1/{+scope}:searchAllResources",
    "results",
    "cloudasset.assets.searchAllResources",
    query=(("readMask", "name,assetType,project,folders,organization,location,kmsKeys"),),
    free=("query",),
    rate=400 / 60,
    optional=True,
)
OPERATIONS: Final = (RESOURCE, IAM, ORG, ACCESS, SEARCH)

_SILENT: Final = frozenset(
    {
        *(f"aiplatform.googleapis.com/{n}" for n in ("TuningJob", "NotebookRuntime", "PersistentResource")),
        *(f"aiplatform.googleapis.com/{n}" for n in ("ReasoningEngine", "RagCorpus", "CachedContent")),
        *(f"aiplatform.googleapis.com/{n}" for n in ("FeatureOnlineStore", "DeploymentResourcePool")),
        *("notebooks.googleapis.com/Instance", "storagetransfer.googleapis.com/TransferJob"),
        *(
            "lustre.googleapis.com/Instance",
            "parallelstore.googleapis.com/Instance",
            "tpu.googleapis.com/QueuedResource",
        ),
        *("netapp.googleapis.com/Volume", "netapp.googleapis.com/Replication"),
        *("hypercomputecluster.googleapis.com/Cluster", "orgpolicy.googleapis.com/Policy"),
        *("logging.googleapis.com/LogBucket", "logging.googleapis.com/LogSink"),
        *("bigqueryconnection.googleapis.com/Connection", "backupdr.googleapis.com/BackupPlanAssociation"),
        *("firestore.googleapis.com/BackupSchedule", "spanner.googleapis.com/BackupSchedule"),
        *("essentialcontacts.googleapis.com/Contacts", "aiplatform.googleapis.com/CacheConfig"),
        *("monitoring.googleapis.com/TimeSeries", "iam.googleapis.com/AuditConfig"),
        "iam.googleapis.com/InheritedGrants",
        *("compute.googleapis.com/Firewalls", "dlp.googleapis.com/FileStoreDataProfile"),
        *("dlp.googleapis.com/TableDataProfile", "logging.googleapis.com/OperatorAccessExport"),
        *("iam.googleapis.com/WorkloadIdentityPool", "iam.googleapis.com/WorkloadIdentityPoolProvider"),
        *(
            "accesscontextmanager.googleapis.com/ServicePerimeter",
            "accessapproval.googleapis.com/AccessApprovalSettings",
        ),
    }
)
"""Types that the inventory is not known to list; the services are asked for them. Asking for a type that the inventory
does not know makes it refuse the whole request."""


def shown_types() -> list[str]:
    """The types that the inventory is asked for."""
    return sorted({*_WAYS_IN, *(name for name in document_types() if name not in _SILENT)})


def shown_parts() -> list[tuple[str, str]]:
    """(service, kind) of everything that the inventory shows."""
    kinds = document_types()
    return sorted({(kinds[n].service, kind) for n in shown_types() if n in kinds for kind in kinds[n].kinds})


@dataclass
class Told:
    """What the inventory of one scope gave: why bodies or policies were refused, None where they were not."""

    scope: str
    projects: tuple[str, ...]
    bodies: MissedError | None = None
    grants: MissedError | None = None
    policies: MissedError | None = None
    perimeters: MissedError | None = None
    closed_buckets: set[str] = field(default_factory=set[str])
    """Buckets whose objects have no access lists of their own."""


_COLLECTOR: Final = Collector("cloudasset", (), OPERATIONS, lambda _: ())


class InventoryRun(GcpRun):
    """One content type of one scope. It is about nothing until the first page is there, then about every project.

    With `facets` it tells more about assets that another run counts.
    """

    facets = False

    def begin(self, accounts: Iterable[str], about: Sequence[tuple[str, str]]) -> None:
        """Plans a part for each account and (service, kind)."""
        asked = {
            (account, f"{service} {kind}"): Part(account, "*", service, kind)
            for account in accounts
            for service, kind in about
        }
        with self._lock:
            new = {key: part for key, part in asked.items() if key not in self.parts}
            self.parts = {**self.parts, **new}  # other threads may be going through the old one
        self.site.book.plan(new.values())
        self.site.book.answered(new.values())

    def saw(self, asset: Asset) -> None:
        """An asset was seen, of a project that is known or of one that nobody named before."""
        kind = document_types().get(asset.native_type)
        if kind is None or self.facets:
            return
        key = (asset.account, f"{kind.service} {asset.kind}")
        if key not in self.parts:
            self.begin([asset.account], [(kind.service, asset.kind)])
        self.site.book.saw(self.parts[key])


def tasks(site: GcpSite, told: Told, wanted: Callable[[str], bool]) -> list[Task]:
    """The tasks that read one scope. `wanted` says whether a project is asked for."""
    reading = _Reading(told, wanted)
    found = [reading.task(site, reading.bodies), reading.task(site, reading.policies)]
    if told.scope.startswith("organizations/"):
        found.append(reading.task(site, reading.perimeters))
    return found


class _Reading:
    def __init__(self, told: Told, wanted: Callable[[str], bool]) -> None:
        self.told, self.wanted = told, wanted
        self._accounts = list(told.projects) or [told.scope]
        self._aside = threading.Semaphore(_MOST_ASIDE)
        self._lock = threading.Lock()
        self._open = 1  # the listing itself, and each page that is worked off beside it

    def task(self, site: GcpSite, read: "Callable[[GcpReach, InventoryRun], Iterator[Item]]") -> Task:
        run = InventoryRun(site, _COLLECTOR, lane="cloudasset")
        run.facets = read in (self.granted, self.keys)
        return run.task(lambda reach: read(reach, run))

    def bodies(self, reach: GcpReach, run: InventoryRun) -> Iterator[Item]:
        """Bodies of everything; then, as runs of their own, who may use it and keys that only the search knows."""
        pages = self._begun(reach, RESOURCE, {"assetTypes": shown_types()}, {})
        if isinstance(pages, MissedError):
            self.told.bodies = pages
            return
        run.begin(self._accounts, shown_parts())
        if not self.told.scope.startswith("projects/"):
            run.begin([self.told.scope], [("cloudresourcemanager", "account")])
        for page in self._pages(reach, RESOURCE, pages):
            if self._aside.acquire(blocking=False):
                self._count(1)
                reach.spawn(lambda r, p=page: self._page(r, p))
            else:  # enough pages wait: this one is worked off before the next is asked for
                yield from self._bodies_of(reach, page)
        self._finished(reach)

    def _page(self, reach: GcpReach, page: dict[str, Any]) -> Iterator[Item]:
        """A page that is worked off while the next is on its way."""
        try:
            yield from self._bodies_of(reach, page)
        finally:
            self._aside.release()
            self._finished(reach)

    def _bodies_of(self, reach: GcpReach, page: dict[str, Any]) -> Iterator[Item]:
        for envelope in self._of_page(reach, RESOURCE, page):
            for part in parts(envelope):
                kind = text(part, "assetType")
                if kind in _WAYS_IN:
                    _note_ways_in(reach.known, str(kind), part)
                if kind in document_types():
                    self._note_lists(part)
                    yield from reach.told(part, RESOURCE)

    def _count(self, change: int) -> int:
        with self._lock:
            self._open += change
            return self._open

    def _finished(self, reach: GcpReach) -> None:
        """Goes on to who may use what, once every page was worked off."""
        if not self._count(-1):
            if reach.whole():
                reach.known.whole.update(self._accounts)
            reach.follow(self.task(reach.site, self.granted))
            reach.follow(self.task(reach.site, self.keys))

    def _begun(
        self, reach: GcpReach, operation: RestOperation, *queries: dict[str, Any]
    ) -> Iterator[dict[str, Any]] | MissedError:
        """The pages of the first of these questions that Google understands, or why there is no first page."""
        try:
            for query in queries or ({},):
                pages = reach.trial(operation, scope=self.told.scope, query=query)
                if pages is not None:
                    return pages
        except MissedError as miss:
            return miss
        sentence = f"{operation.key} in {self.told.scope}: Google does not know this request."
        return MissedError(CoverageStatus.ERROR, sentence)

    def _entries(
        self, reach: GcpReach, operation: RestOperation, pages: Iterator[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """The envelopes of pages."""
        for page in self._pages(reach, operation, pages):
            yield from self._of_page(reach, operation, page)

    def _pages(
        self, reach: GcpReach, operation: RestOperation, pages: Iterator[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """The pages. One that cannot be had, once noted, ends them."""
        try:
            yield from pages
        except MissedError as miss:
            if operation is IAM:
                self._cannot(reach, miss)

    def _of_page(self, reach: GcpReach, operation: RestOperation, page: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for raw in reach.objects(operation, page):
            envelope = from_inventory(raw)
            if envelope is not None:
                reach.known.learn(envelope)
                if self._wants(reach, envelope):
                    yield envelope
            elif not is_deleted(raw):
                reach.miss(operation, CoverageStatus.ERROR, "an entry has no name or no type")

    def _wants(self, reach: GcpReach, envelope: Mapping[str, Any]) -> bool:
        """Whether an entry belongs to a project that is asked for; folders and organisations always do."""
        ancestors = texts(envelope, "ancestors") or []
        names = [*ancestors[:1], text(envelope, "name"), text(envelope, "project")]
        project = next((found for name in names if (found := project_in(name))), None)
        return project is None or self.wanted(reach.known.id_of(project))

    def _note_lists(self, part: Mapping[str, Any]) -> None:
        """Notes a bucket that access lists of its objects could open, whatever its policy says."""
        uniform = flag(part, "data.iamConfiguration.uniformBucketLevelAccess.enabled")
        if uniform is True and text(part, "assetType") == "storage.googleapis.com/Bucket":
            self.told.closed_buckets.add(str(part["name"]))

    def granted(self, reach: GcpReach, run: InventoryRun) -> Iterator[Item]:
        """Who may use what: facets of assets that the bodies describe."""
        del run
        pages = self._begun(reach, IAM, {"assetTypes": shown_types()}, {})
        if isinstance(pages, MissedError):
            self._cannot(reach, pages)
            return
        for envelope in self._entries(reach, IAM, pages):
            if text(envelope, "assetType") not in document_types() or member(envelope, "iamPolicy") is None:
                continue
            _note_audit(reach, envelope)
            for item in reach.told(envelope, IAM):
                if isinstance(item, Asset) and item.uid in self.told.closed_buckets:
                    item.attributes.setdefault("public_access", "none")  # no access list, and nobody at large named
                yield item

    def _cannot(self, reach: GcpReach, miss: MissedError) -> None:
        """Who may use what could not be read: said once for each project."""
        self.told.grants = miss
        cells = [Part(account, "*", "iam", "identity") for account in self._accounts]
        book = reach.site.book
        book.plan(cells)
        book.missed(cells, miss, IAM.key)
        book.ended(cells)

    def keys(self, reach: GcpReach, run: InventoryRun) -> Iterator[Item]:
        """Keys of things whose own description does not name them."""
        del run
        pages = self._begun(reach, SEARCH, {"query": "kmsKeys:cryptoKeys"}, {})
        if isinstance(pages, MissedError):
            return  # a key that nobody names stays unread in the asset
        for envelope in self._entries(reach, SEARCH, pages):
            if text(envelope, "assetType") not in document_types() or not texts(envelope, "kmsKeys"):
                continue
            for item in reach.told(envelope, SEARCH):
                if isinstance(item, Asset):  # a facet: the body tells place and labels
                    item.location, item.tags = Location.unknown(), UNREAD
                yield item

    def policies(self, reach: GcpReach, run: InventoryRun) -> Iterator[Item]:
        """The organisation policies that are set in the scope, each where it is set."""
        pages = self._begun(reach, ORG)
        if isinstance(pages, MissedError):
            self.told.policies = pages
            return
        holders = [] if self.told.scope.startswith("projects/") else [self.told.scope]
        run.begin(dict.fromkeys([*self._accounts, *holders]), [("orgpolicy", "governance.policy")])
        for envelope in self._entries(reach, ORG, pages):
            for part in parts(envelope):
                if text(part, "assetType") == "orgpolicy.googleapis.com/Policy":
                    yield from set_policy(reach, part, ORG)
        if reach.site.book.whole(run.parts.values()):
            reach.known.whole_policies.add(self.told.scope)

    def perimeters(self, reach: GcpReach, run: InventoryRun) -> Iterator[Item]:
        """Service perimeters of an organisation."""
        pages = self._begun(reach, ACCESS)
        if isinstance(pages, MissedError):
            self.told.perimeters = pages
            return
        run.begin([self.told.scope], [("accesscontextmanager", "governance.policy")])
        for envelope in self._entries(reach, ACCESS, pages):
            for part in parts(envelope):
                if text(part, "assetType") == "accesscontextmanager.googleapis.com/ServicePerimeter":
                    yield from reach.told(part, ACCESS)


def _note_ways_in(known: Known, kind: str, part: Mapping[str, Any]) -> None:
    """Remembers machines, rules and policies: only together they tell which ports are open."""
    data = record(part, "data")
    if data is None:
        return
    with known.lock:
        if kind == _INSTANCE:
            machine = machine_of(str(part["name"]), data)
            machines = known.machines.setdefault(project_in(machine["name"]) or "", [])
            if len(machines) < _MOST_MACHINES:
                machines.append(machine)
        elif kind == _FIREWALL:
            network, rule = network_of(text(data, "network")), rule_of(data)
            if network:
                known.rules.setdefault(network, []).extend([rule] if rule else [])
        elif overrides(data):
            known.overriding = True


def _note_audit(reach: GcpReach, envelope: Mapping[str, Any]) -> None:
    """Remembers which reads a project, folder or organisation logs; none are listed where none are."""
    if not (text(envelope, "assetType") or "").startswith("cloudresourcemanager.googleapis.com/"):
        return
    holder = (text(envelope, "name") or "").removeprefix("//cloudresourcemanager.googleapis.com/")
    if project := project_in(holder):
        holder = f"projects/{reach.known.id_of(project)}"
    configs = member(envelope, "iamPolicy.auditConfigs")
    reach.known.audits[holder] = configs if isinstance(configs, list) else []


def set_policy(reach: GcpReach, envelope: dict[str, Any], by: RestOperation) -> Iterator[Item]:
    """A policy where it is set, under the id of its project; its effect is remembered for what lies below."""
    attached = str(envelope["name"]).removeprefix("//orgpolicy.googleapis.com/").partition("/policies/")
    holder = attached[0]
    if project := project_in(holder):
        holder = f"projects/{reach.known.id_of(project)}"
    envelope = {**envelope, "name": f"//orgpolicy.googleapis.com/{holder}/policies/{attached[2]}"}
    for item in reach.told(envelope, by):
        if isinstance(item, Asset):
            effects = reach.known.policies.setdefault(holder_in(holder) or holder, {})
            effects[attached[2]] = dict(item.attributes)
        yield item
