"""What Google's collectors work with: the shared way to REST interfaces, and what is particular to Google's answers.

Members of an answer that say "this is not all" (`unreachable`, `unreachables`, `missingZones`, `warning`, `warnings`)
become gaps of the coverage, whatever the request. An element that is no object, or that names nothing, does too.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from scanners.coverage import Book, MissedError, Part
from scanners.gcp import document_types
from scanners.gcp.envelope import from_service
from scanners.gcp.live.declare import Collector
from scanners.gcp.projects import Projects
from scanners.live.collect import Collecting, CollectorRun, Declared
from scanners.live.door import NoAnswerError, RestDoor
from scanners.live.limits import Limits
from scanners.live.reach import UNREAD, RestReach, RestSite
from scanners.live.rest import RestOperation
from scanners.members import member, record, records, text
from scanners.model import Asset, CoverageStatus, Item
from scanners.runner import Task, Work

PROVIDER: Final = "gcp"
_SILENCES: Final = ("unreachable", "unreachables", "missingZones", "failedLocations")
_NO_NEWS: Final = frozenset({"NO_RESULTS_ON_PAGE", "DEPRECATED_RESOURCE_USED", "EXPERIMENTAL_TYPE_USED"})
_MOST_NAMED: Final = 12
_MOST_STORES: Final = 20_000
"""Stores of one project that the audit configuration is held against; further ones stay unread."""


@dataclass(slots=True)
class Project:
    """One project: `id`, `number` where known, and what is above it, nearest first (None: not known)."""

    id: str
    number: str | None = None
    ancestors: tuple[str, ...] | None = None
    enabled: frozenset[str] | None = None
    """Names of the services that are switched on; None where Google did not say."""

    @property
    def names(self) -> tuple[str, ...]:
        """`projects/…`, by number and by id."""
        return tuple(f"projects/{p}" for p in (self.number, self.id) if p)


class Known:
    """What the whole connection shares: names of projects, places that others state, what the inventory said."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.lock = threading.Lock()
        self.projects: dict[str, Project] = {}
        self.vertex: tuple[str, ...] | None = None
        """Regions of Vertex AI, once asked."""
        self.vertex_lock = threading.Lock()
        self.policies: dict[str, dict[str, dict[str, Any]]] = {}
        """Holder (`folders/1`) → constraint → the policy that is set there, where policies were read."""
        self.audits: dict[str, list[Any]] = {}
        """Holder → its audit configuration, where its IAM policy was read."""
        self.places: dict[str, set[str]] = {}
        """Project → places of its buckets and warehouses, in lower case."""
        self.folders: dict[str, tuple[str, ...]] = {}
        """Folder → itself and everything above it."""
        self.sinks: dict[str, list[dict[str, Any]]] = {}
        """Holder → its sinks, where all of them were read."""
        self.stores: dict[str, dict[str, str]] = {}
        """Project → buckets and databases of whose reads nothing is known yet, with their types."""
        self.machines: dict[str, list[dict[str, Any]]] = {}
        """Project → what decides which ports of its machines are open."""
        self.rules: dict[str, list[dict[str, Any]]] = {}
        """Network → its firewall rules about incoming traffic."""
        self.overriding = False
        """Whether a firewall policy decides before the rules of networks do."""
        self.whole: set[str] = set()
        """Projects whose inventory was read to the end."""
        self.warehouses: dict[str, set[str]] = {}
        """Project → places of its warehouses, in lower case."""
        self.whole_policies: set[str] = set()
        """Scopes whose policies were read to the end."""
        self._names = Projects()

    def add(self, project: Project) -> None:
        """Notes a project by both of its names."""
        self.projects[project.id] = project
        if project.number:
            body = {"projectId": project.id, "projectNumber": project.number}
            name = f"//cloudresourcemanager.googleapis.com/projects/{project.number}"
            with self.lock:
                self._names.learn({"name": name, "assetType": "/Project", "data": body})

    def id_of(self, project: str) -> str:
        """The id of a project that is written either way."""
        with self.lock:
            return self._names.account(f"projects/{project}", [])

    def learn(self, envelope: Mapping[str, Any]) -> None:
        """Notes what an entry of the inventory says about the names of its project."""
        with self.lock:
            self._names.learn(envelope)

    def settle(self, item: Item, service: str) -> list[Item]:
        """The items that are ready now: one name for their project, and a place where another document tells it."""
        with self.lock:
            ready = [found for found, _ in self._names.settle(item, (service, True))]
            for found in ready:
                if isinstance(found, Asset):
                    self._remember(found)
        return ready

    def grants(self, project: str) -> list[dict[str, Any]]:
        """What is granted above the things of a project, where all levels were read."""
        with self.lock:
            return list(self._names.grants(project))

    def unread_keys(self, project: str) -> tuple[list[str], list[str]]:
        """(key rings, keys) of a project of which nothing told yet who may use them."""
        with self.lock:
            return self._names.unread(project)

    def _remember(self, asset: Asset) -> None:
        if asset.kind in ("warehouse", "storage.bucket") and asset.location.region:
            self.places.setdefault(asset.account, set()).add(asset.location.region.lower())
        if asset.kind == "warehouse" and asset.location.region:
            self.warehouses.setdefault(asset.account, set()).add(asset.location.region.lower())
        elif asset.kind in ("storage.bucket", "database.instance") and asset.attributes.get("read_logging") is not True:
            stores = self.stores.setdefault(asset.account, {})
            if len(stores) < _MOST_STORES:
                stores[asset.uid] = asset.native_type

    def rest(self) -> Iterator[Item]:
        """What waited to the end; counted in the coverage here."""
        with self.lock:
            held = list(self._names.rest())
        for item, (service, _) in held:
            if isinstance(item, Asset):
                self.book.saw(Part(item.account, "*", service, item.kind))
            yield item


class GcpSite(RestSite):
    """One project, or one organisation or folder, of one connection."""

    def __init__(
        self,
        connection: str,
        holder: str,
        door: RestDoor,
        book: Book,
        limits: Limits,
        missed: "Callable[[NoAnswerError, RestOperation, str], MissedError]",
        known: Known,
        regions: Callable[[str], bool],
    ) -> None:
        super().__init__(
            connection,
            PROVIDER,
            holder,
            door,
            book,
            limits,
            lambda error, operation, _: missed(error, operation, holder),
        )
        self.known = known
        self.wanted = regions

    @property
    def project(self) -> Project:
        """The project. Raises KeyError for an organisation."""
        return self.known.projects[self.account]


class GcpRun(CollectorRun[GcpSite]):
    """A collector at work in one project or organisation.

    Most lists know no region, so coverage names none. A collector that asks place by place is about nothing itself:
    each of its places is a run of its own, with `place`. What it misses before it knows them is about all of them.
    """

    def __init__(
        self, site: GcpSite, collector: Collecting, *, lane: str = "", place: str = "", shown: str = ""
    ) -> None:
        self.whole = collector
        self.facets = isinstance(collector, Collector) and collector.facets
        self.spreads = isinstance(collector, Collector) and collector.regional and not place
        super().__init__(
            site,
            replace(collector, kinds=()) if self.spreads and isinstance(collector, Collector) else collector,
            place or "global",
            shown=shown or place or "*",
            reach=GcpReach,
            lane=(site.account, lane or collector.service),
        )

    def saw(self, asset: Asset) -> None:
        """An asset was seen; one that another run counts is not counted again."""
        if not self.facets:
            super().saw(asset)

    def note(self, operation: Declared, miss: MissedError, accounts: Sequence[str] = ()) -> None:
        """A call was not answered."""
        if not self.spreads or operation.optional:
            super().note(operation, miss, accounts)
            return
        parts = [Part(self.site.account, "*", self.whole.service, kind) for kind in self.whole.kinds]
        self.site.book.plan(parts)
        self.site.book.missed(parts, miss, operation.key)
        self.site.book.ended(parts)


class GcpReach(RestReach[GcpSite]):
    """One task's way to one project, folder or organisation."""

    def __init__(self, run: CollectorRun[GcpSite], work: Work) -> None:
        super().__init__(run, work)
        self.known = self.site.known
        self.values = {"project": self.account}

    @property
    def collector(self) -> Collector:
        """The collector whose task this is."""
        return cast(Collector, self._run.collector)

    def each(self, operation: RestOperation, **more: Any) -> Iterator[Any]:
        """Every object of a list, page by page; what a page leaves out is noted as a gap."""
        for page in self.pages(operation, **more):
            yield from self.objects(operation, page)

    def objects(self, operation: RestOperation, page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The objects of one page."""
        if set(page) == {"value"} or "error" in page:  # a body that is no object is wrapped as `value`
            self.miss(operation, CoverageStatus.ERROR, "the answer is none of this interface: it holds no list")
            return
        self.silences(operation, page)
        found = member(page, operation.elements)
        if isinstance(found, Mapping):  # Compute: zone → {instances: […]}, or a warning
            for place, part in cast("Mapping[str, Any]", found).items():
                if isinstance(part, Mapping):
                    self.silences(operation, cast("Mapping[str, Any]", part), place)
                    for value in cast("Mapping[str, Any]", part).values():
                        if isinstance(value, list):
                            yield from self._objects(operation, cast("list[Any]", value))
        elif isinstance(found, list):
            yield from self._objects(operation, cast("list[Any]", found))
        elif found is not None:
            self.miss(operation, CoverageStatus.ERROR, "the answer holds no list where one belongs")

    def _objects(self, operation: RestOperation, found: list[Any]) -> Iterator[dict[str, Any]]:
        for element in found:
            if isinstance(element, dict):
                yield cast("dict[str, Any]", element)
            else:
                self.miss(operation, CoverageStatus.ERROR, "the answer holds an element that is no object")

    def silences(self, operation: RestOperation, page: Mapping[str, Any], place: str = "") -> None:
        """Notes what an answer says that it does not show."""
        for name in _SILENCES:
            silent = page.get(name)
            if isinstance(silent, list) and silent:
                named = [str(s)[:100] for s in cast("list[Any]", silent)[:_MOST_NAMED]]
                self.miss(operation, CoverageStatus.ERROR, f"these places did not answer: {', '.join(named)}")
        warnings = [record(page, "warning"), *(records(page, "warnings") or [])]
        for warning in warnings:
            code = text(warning, "code")
            if warning and code not in _NO_NEWS:
                where = place or text(warning, "region") or "some place"
                said = (code or text(warning, "message") or "a warning")[:100]
                self.miss(operation, CoverageStatus.ERROR, f"{where} did not answer ({said})")

    def miss(self, operation: RestOperation, status: CoverageStatus, what: str) -> None:
        """Notes that something of an answer is missing: one sentence without its subject."""
        self._run.note(operation, MissedError(status, f"{operation.key} in {self.account}: {what}."))

    def see(
        self,
        asset_type: str,
        body: Any,
        by: RestOperation,
        name: str | None = None,
        **envelope: Any,
    ) -> Iterator[Item]:
        """What a service's own answer about one thing says; `name` where the body does not name it in full.

        `envelope` are further members of the envelope (`ancestors`, `location`, `iamPolicy`).
        """
        made = from_service(body, asset_type, name)
        if made is None:
            self.miss(by, CoverageStatus.ERROR, "the answer describes something without naming it")
            return
        made.update(envelope)
        yield from self.told(made, by)

    def told(self, envelope: dict[str, Any], by: RestOperation) -> Iterator[Item]:
        """What one envelope says."""
        kind = document_types()[str(envelope["assetType"])]
        for item in self.observe(kind, envelope, source=by.host, by=by.key):
            yield from self.known.settle(item, kind.service)

    def spawn(self, run: "Callable[[Any], Iterable[Item]]", *, region: str | None = None) -> None:
        """Runs a part of the work as a task of its own. With `region`, caps and call log are those of that place."""

        def there(reach: GcpReach) -> Iterable[Item]:
            reach.region = region or reach.region
            return run(reach)

        super().spawn(there, region=region)

    def asks(self, location: str, operation: RestOperation) -> bool:
        """Whether the connection asks this place (a region, zone, multi-region, `global`); noted where it does not."""
        if self.site.wanted(location):
            return True
        sentence = f"This connection does not ask {location} and other places outside its regions."
        self._run.note(operation, MissedError(CoverageStatus.NOT_ASKED, sentence))
        return False

    def maybe(self, operation: RestOperation, **values: Any) -> Any:
        """One answer; None where there is no such thing (any more), UNREAD where it was not answered, once noted."""
        try:
            return self.answer(operation, **values)
        except MissedError:
            return UNREAD

    def quietly(self, operation: RestOperation, **values: str) -> Iterator[dict[str, Any]] | None:
        """The pages of a list that another can stand for; None, and nothing noted, where the first is refused."""
        first = self.answer(operation, query=None, refused=(*_UNKNOWN, *_CLOSED), **values)
        return None if first is None else self._pages_from(first, operation, None, values)

    def whole(self) -> bool:
        """Whether nothing that this run is about was missed, so far."""
        return self.site.book.whole(self._run.parts.values())

    def in_place(self, location: str, run: "Callable[[Any], Iterable[Item]]", shown: str = "") -> None:
        """Runs what a collector does in one place, as a run of its own; noted where the connection does not ask it.

        `shown` is the place as assets spell it.
        """
        ours = cast(GcpRun, self._run)
        there = GcpRun(self.site, ours.whole, lane=self.collector.api, place=location, shown=shown)
        if self.site.wanted(location):
            self._work.spawn(there.task(run, location))
            return
        sentence = f"This connection does not ask {location}."
        self.site.book.missed(there.parts.values(), MissedError(CoverageStatus.NOT_ASKED, sentence), location)
        self.site.book.ended(there.parts.values())

    def follow(self, task: Task) -> None:
        """Adds a task of another run, to begin after this point."""
        self._work.spawn(task)

    def trial(
        self, operation: RestOperation, *, query: Mapping[str, Any] | None = None, **values: str
    ) -> Iterator[dict[str, Any]] | None:
        """The pages of a list, or None where Google does not know the request in this form.

        Only the first page is on trial: a later one that is refused is a gap, and never an end.
        """
        first = self.answer(operation, query=query, refused=_UNKNOWN, **values)
        return None if first is None else self._pages_from(first, operation, query, values)

    def _pages_from(
        self,
        first: dict[str, Any],
        operation: RestOperation,
        query: Mapping[str, Any] | None,
        values: Mapping[str, str],
    ) -> Iterator[dict[str, Any]]:
        yield first
        paging = operation.paging
        token = text(first, paging.member) if paging else None
        if paging and token:
            yield from self.pages(operation, query={**(query or {}), paging.parameter: token}, **values)


_CLOSED: Final = ("SERVICE_DISABLED", "accessNotConfigured", "PERMISSION_DENIED", "IAM_PERMISSION_DENIED", "forbidden")
_UNKNOWN: Final = (
    *("INVALID_ARGUMENT", "UNIMPLEMENTED", "NOT_FOUND"),
    *("badRequest", "invalid", "invalidParameter", "notFound"),
)

__all__ = ["GcpReach", "GcpRun", "GcpSite", "Known", "Project"]
