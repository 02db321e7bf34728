"""Scans one connection to Google Cloud: projects, the inventory, every service that it does not show, the coverage.

First who is there; then, side by side, the inventory of each scope and, in each project, what the inventory never
shows; then what depends on both, and the services themselves for projects whose inventory could not be read; last who
may use keys of which nothing told it yet, and what all levels of policies together let others read.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from scanners.coverage import Book, MissedError, Part
from scanners.gcp.live.declare import Collector
from scanners.gcp.live.discovery import OPERATIONS, SERVICES, Discovery, Found, enabled, regions, wanted
from scanners.gcp.live.door import open_door
from scanners.gcp.live.failures import missed
from scanners.gcp.live.inventory import RESOURCE, Told, tasks
from scanners.gcp.live.login import Login
from scanners.gcp.live.pace import Minutes, Pace
from scanners.gcp.live.reach import PROVIDER, GcpReach, GcpRun, GcpSite, Known, Project
from scanners.gcp.live.registry import collectors, waiting
from scanners.guard import CallLog
from scanners.live.collect import Scanned
from scanners.live.credentials import Network
from scanners.live.door import RestDoor
from scanners.model import Asset, Coverage, CoverageStatus
from scanners.runner import NORMAL, Manners, Sink, Task, Work, run_tasks

_STOPPED: Final = "The scan was stopped before this was read."
_DISCOVERY: Final = Collector("cloudresourcemanager", (), (*OPERATIONS, RESOURCE), lambda _: ())
_SERVICES: Final = Collector("serviceusage", (), (SERVICES,), enabled)


class _Scan:
    """One scan at work."""

    def __init__(
        self, login: Login, door: RestDoor, manners: Manners, used: tuple[Collector, ...], most_projects: int | None
    ) -> None:
        self.login, self.door, self.manners, self.used = login, door, manners, used
        self.most_projects = most_projects
        self.book = Book(login.name, PROVIDER)
        self.known = Known(self.book)
        self.minutes = Minutes()
        self.found = Found()
        self.told: list[Told] = []
        self.cells: list[Coverage] = []
        self.accounts: tuple[str, ...] = ()

    def site(self, holder: str) -> GcpSite:
        limits = Pace(self.manners.operation_width, self.minutes)
        return GcpSite(self.login.name, holder, self.door, self.book, limits, missed, self.known, regions(self.login))

    def enter(self, work: Work, progress: Callable[[str, int, int], None] | None) -> None:
        """Finds out who is there."""
        discovery = Discovery(self.login, self.known)
        reach = GcpReach(GcpRun(self.site("*"), _DISCOVERY), work)
        for item in discovery.items(reach):
            if isinstance(item, Asset):
                part = Part(item.account, "*", "cloudresourcemanager", item.kind)
                self.book.plan([part])
                self.book.answered([part])
                self.book.saw(part)
                self.book.ended([part])
                if progress is not None:
                    progress(item.account, 0, 0)
            work.emit(item)
        work.flush()
        self.found = found = discovery.found
        self.known.folders = {f: above for f, above in discovery.chains() if above}
        self.accounts = tuple(p.id for p in found.projects)
        if self.most_projects is not None:
            del found.projects[self.most_projects :]
            kept = {p.id for p in found.projects}
            found.scopes = [(s, tuple(i for i in inside if i in kept)) for s, inside in found.scopes]
            found.scopes = [pair for pair in found.scopes if not pair[0].startswith("projects/") or pair[1]]
        for account, miss in found.missed.items():
            self.cell(account, "*", "*", miss)
        for miss in found.gaps:
            self.cell("*", "cloudresourcemanager", "account", miss)

    def cell(self, account: str, service: str, kind: str, miss: MissedError) -> None:
        """Adds a cell of the coverage."""
        self.cells.append(
            Coverage(
                self.login.name,
                PROVIDER,
                account,
                "*",
                service,
                kind,
                miss.status,
                missing_permission=miss.permission,
                denied_by=miss.denied_by,
                detail=miss.detail,
            )
        )

    def first(self) -> Iterable[Task]:
        """The inventory of each scope, and in each project what it never shows."""
        ask = wanted(self.login)
        for scope, inside in self.found.scopes:
            yield from self._inventory(scope, inside, ask)
        for organization in self.found.organizations:
            site = self.site(organization)
            for collector in self.used:
                if collector.scope == "organization" and collector.silent:
                    yield GcpRun(site, collector).task(collector.run)
        for project in self.found.projects:
            site = self.site(project.id)
            run = GcpRun(site, _SERVICES)
            yield run.task(lambda reach, s=site, p=project: self._opened(reach, s, p))

    def _inventory(self, scope: str, inside: tuple[str, ...], ask: Callable[[str], bool]) -> Iterable[Task]:
        told = Told(scope, inside)
        self.told.append(told)
        site = self.site(inside[0] if scope.startswith("projects/") else scope)
        return tasks(site, told, ask)

    def _opened(self, reach: GcpReach, site: GcpSite, project: Project) -> Iterable[Asset]:
        with suppress(MissedError):  # where it is not known which services are on, all are asked
            list(enabled(reach))
        for collector in self.used:
            if collector.silent and not collector.late and not collector.turn and collector.scope == "project":
                task = self._task(site, project, collector)
                if task is not None:
                    reach.follow(task)
        return ()

    def _task(self, site: GcpSite, project: Project, collector: Collector) -> Task | None:
        """The task of a collector in a project; a cell instead where its service is switched off."""
        off = project.enabled is not None and collector.api and collector.api not in project.enabled
        if off and collector.needless:
            return None
        if off:
            sentence = f"{collector.api} is not enabled in {project.id}."
            parts = [Part(project.id, "*", collector.service, kind) for kind in collector.kinds]
            self.book.plan(parts)
            self.book.missed(parts, MissedError(CoverageStatus.DISABLED, sentence), collector.api)
            self.book.ended(parts)
            return None
        return GcpRun(site, collector, lane=collector.api).task(collector.run)

    def second(self) -> Iterable[Task]:
        """The inventory project by project, where that of their organisation was refused."""
        ask = wanted(self.login)
        for told in list(self.told):
            refused = told.bodies is not None and told.bodies.status is CoverageStatus.DENIED
            if refused and not told.scope.startswith("projects/"):
                for identifier in told.projects:
                    yield from self._inventory(f"projects/{identifier}", (identifier,), ask)

    def third(self) -> Iterable[Task]:
        """What depends on all that was seen, and the services themselves where there is no inventory."""
        read = {p for told in self.told if told.bodies is None for p in told.projects}
        ungranted = {p for told in self.told if told.grants is not None for p in told.projects}
        for project in self.found.projects:
            site = self.site(project.id)
            for row in waiting(project.id in read):
                sentence = f"This version of Situs does not read {row.what} yet."
                self.cell(project.id, row.service, row.kind, MissedError(CoverageStatus.NOT_ASKED, sentence))
            for collector in self.used:
                due = collector.late if collector.silent else project.id not in read
                due = due or (collector.grants and project.id in ungranted)
                if due and not collector.turn and collector.scope == "project":
                    task = self._task(site, project, collector)
                    if task is not None:
                        yield task
        said: set[str] = set()
        for told in self.told:
            for account in told.projects or (told.scope,):
                if told.bodies is not None and account not in said and account not in read:
                    said.add(account)
                    self.cell(account, "cloudasset", "identity", told.bodies)
        yield from self._above()

    def _turn(self, turn: int) -> Iterable[Task]:
        for project in self.found.projects:
            for collector in self.used:
                if collector.turn == turn:
                    task = self._task(self.site(project.id), project, collector)
                    if task is not None:
                        yield task

    def fourth(self) -> Iterable[Task]:
        """What only the services tell of things that are known by now."""
        return self._turn(1)

    def fifth(self) -> Iterable[Task]:
        """What is weighed once everything was read."""
        return self._turn(2)

    def _above(self) -> Iterable[Task]:
        """What the interfaces of an organisation tell, as far as its inventory did not."""
        by_scope = {told.scope: told for told in self.told}
        for organization in self.found.organizations:
            told = by_scope.get(organization)
            site = self.site(organization)
            for collector in self.used:
                if collector.scope != "organization" or collector.silent:
                    continue
                gap = told is None or (told.perimeters if collector.service == "accesscontextmanager" else told.bodies)
                if gap:
                    yield GcpRun(site, collector).task(collector.run)

    def stopped(self) -> None:
        """Notes what a scan that was stopped did not come to."""
        for project in self.found.projects:
            self.cell(project.id, "*", "*", MissedError(CoverageStatus.NOT_ASKED, _STOPPED))


def scan(
    login: Login,
    sink: Sink,
    log: CallLog,
    *,
    manners: Manners = NORMAL,
    network: Network | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    chosen: tuple[Collector, ...] | None = None,
    most_projects: int | None = None,
) -> Scanned:
    """Reads everything that is declared from one connection into the sink, coverage last.

    Raises LoginError where nobody could be logged in. `chosen` limits the collectors, `most_projects` how many projects
    are gone through (a connection test).
    """
    door = open_door(login, log, network or Network())
    work = _Scan(login, door, manners, collectors() if chosen is None else chosen, most_projects)
    entering = Task(login.name, "login", "login", lambda w: work.enter(w, progress))
    if not run_tasks([entering], sink, cancelled=cancelled):  # a login that hangs must not delay a person who stops
        return Scanned(False, (), [])
    finished = True
    for phase in (work.first, work.second, work.third, work.fourth, work.fifth):
        finished = finished and run_tasks(list(phase()), sink, manners=manners, progress=progress, cancelled=cancelled)
    if not finished:
        work.stopped()
    sink(list(work.known.rest()))
    cells = [*work.cells, *work.book.cells()]
    sink(cells)
    return Scanned(finished, work.accounts, cells, tuple(p.id for p in work.found.projects))
