"""Scans one connection to AWS: accounts, regions, every collector, and the coverage of it all."""

from collections.abc import Callable, Hashable
from fnmatch import fnmatchcase
from functools import partial
from typing import Final, cast

from msgspec import Struct

from scanners.aws.live.declare import Collector
from scanners.aws.live.door import Door, guard_of
from scanners.aws.live.login import HOME, Account, Login, Logins, Network, regions_of
from scanners.aws.live.reach import CollectorRun, Site
from scanners.aws.live.registry import collectors, operations, waiting
from scanners.coverage import Book, MissedError
from scanners.guard import CallLog
from scanners.live.collect import Scanned
from scanners.live.limits import Limits
from scanners.model import Asset, Coverage, CoverageStatus, Location, LocationKind
from scanners.runner import NORMAL, Manners, Sink, Task, Work, run_tasks

PROVIDER: Final = "aws"
_OFF: Final = frozenset({"DISABLED", "not-opted-in"})


class _Place(Struct):
    """One region of one account that will be gone through; `where` is "" for what has no region."""

    site: Site
    where: str


class _Plan(Struct):
    login: Login
    used: tuple[Collector, ...]
    book: Book
    manners: Manners
    most_regions: int | None
    places: list[_Place] = []
    doors: dict[str, Door] = {}
    cells: list[Coverage] = []


def scan(
    login: Login,
    sink: Sink,
    log: CallLog,
    *,
    manners: Manners = NORMAL,
    network: Network | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    ask_mfa: Callable[[str], str] | None = None,
    chosen: tuple[Collector, ...] | None = None,
    most_regions: int | None = None,
) -> Scanned:
    """Reads everything that is declared from one connection into the sink, coverage last.

    Raises LoginError where nobody could be logged in. `chosen` limits the collectors, `most_regions` how many regions
    of each account are gone through (a connection test).
    """
    logins = Logins(login, guard_of(operations()), log, network or Network(), ask_mfa)
    used = collectors() if chosen is None else chosen
    plan = _Plan(login, used, Book(login.name, PROVIDER), manners, most_regions)

    def enter(work: Work) -> None:
        for way in logins.open():
            work.spawn(Task(login.name, "account", "login", partial(_enter, way, plan)))

    # a login that hangs must not delay a person who stops
    entering = Task(login.name, "login", "login", enter)
    if not run_tasks([entering], sink, manners=manners, progress=_begun(progress), cancelled=cancelled):
        return Scanned(False, (), [])
    plan.places.sort(key=lambda place: (not place.site.own, place.site.account))  # stable: regions stay in order

    def group_done(group: Hashable) -> None:
        name, region = cast("tuple[str, str]", group)
        plan.doors[name].drop(region)

    opened: set[int] = set()
    finished = run_tasks(
        [_opening(plan, 0, opened)] if plan.places else [],
        sink,
        manners=manners,
        progress=progress,
        cancelled=cancelled,
        group_done=group_done,
        expected=sum(1 + len(_of(used, place)) for place in plan.places),
    )
    for number, place in enumerate(plan.places):
        if number not in opened:
            stopped = MissedError(CoverageStatus.NOT_ASKED, "The scan was stopped before this was read.")
            _cells(login, place.site.account, plan)(place.where or "global", "*", "*", stopped)
    cells = [*plan.cells, *plan.book.cells()]
    sink(cells)
    accounts = dict.fromkeys(place.site.account for place in plan.places)
    regions = dict.fromkeys(place.where for place in plan.places if place.where)
    return Scanned(finished, tuple(accounts), cells, tuple(regions), logins.identity)


def _begun(progress: Callable[[str, int, int], None] | None) -> Callable[[str, int, int], None]:
    """Progress while accounts are entered: that something happens, and no number yet."""

    def told(name: str, done: int, total: int) -> None:
        if progress is not None:
            progress(name, 0, 0)

    return told


def _of(used: tuple[Collector, ...], place: _Place) -> list[Collector]:
    return [c for c in used if (c.scope == "region") == bool(place.where)]


def _opening(plan: _Plan, number: int, opened: set[int]) -> Task:
    """The task that begins one place and hands on to the next: what is planned of an organisation with hundreds of
    accounts is never in memory all at once, and a place is begun as soon as the last one leaves threads idle."""
    place = plan.places[number]
    site = place.site

    def begin(work: Work) -> None:
        opened.add(number)
        if number + 1 < len(plan.places):
            work.spawn(_opening(plan, number + 1, opened))  # spawned tasks go first: this one waits behind the others
        home = HOME.get(site.partition, "us-east-1")
        # an organisation may forbid regions it does not use
        near = home if home in site.regions or not site.regions else site.regions[0]
        runs = [
            CollectorRun(site, c, place.where or (near if c.scope == "account_wide" else home)).task(c.run)
            for c in _of(plan.used, place)
        ]
        for task in reversed(runs):
            work.spawn(task)

    name = f"{site.account} · {place.where or 'global'}"
    return Task(name, (site.account, place.where, "open"), (site.account, place.where or "global"), begin)


def _enter(way: Callable[[], Account], plan: _Plan, work: Work) -> None:
    """Enters one account, plans its regions, and yields the account itself."""
    login, account = plan.login, way()
    cell = _cells(login, account.id, plan)
    if account.door is None:
        cell("*", "*", "*", cast(MissedError, account.missed))
        return
    listed, miss = regions_of(account)
    if miss is not None:
        cell("global", "account", "account", miss)
    regions: list[str] = []
    for region, status in listed:
        if status in _OFF:
            cell(region, "*", "*", MissedError(CoverageStatus.DISABLED, f"{region} is not enabled for this account."))
        elif any(fnmatchcase(region, pattern) for pattern in login.regions):
            regions.append(region)
        else:
            sentence = f"This connection does not ask {region}."
            cell(region, "*", "*", MissedError(CoverageStatus.NOT_ASKED, sentence))
    known = {region for region, _ in listed}
    regions += [r for r in login.regions if "*" not in r and r not in known]
    order = {name: number for number, name in enumerate(login.regions)}
    regions.sort(key=lambda name: order.get(name, len(order)))  # those that a person named first come first
    whole = miss is None and {r for r, status in listed if status not in _OFF} <= set(regions)
    regions = regions[: plan.most_regions]
    for row in waiting():
        sentence = f"This version of Situs does not read {row.what} yet."
        cell("*", row.service, row.kind, MissedError(CoverageStatus.NOT_ASKED, sentence))
    limits = Limits(plan.manners.operation_width)
    site = Site(login.name, account.id, account.partition, account.door, plan.book, limits)
    site.regions, site.own = tuple(regions), account.own
    site.everywhere = whole and plan.most_regions is None
    plan.doors[account.id] = account.door
    plan.places += [_Place(site, where) for where in ("", *regions)]
    work.emit(
        Asset(
            uid=f"arn:{account.partition}:iam::{account.id}:root",
            provider=PROVIDER,
            account=account.id,
            kind="account",
            native_type="AWS::Organizations::Account",
            name=account.name or account.id,
            location=Location(LocationKind.GLOBAL),
            attributes={"id": account.id, "regions": [{"region": r, "opt_status": s} for r, s in listed]},
            partition=account.partition,
        )
    )


def _cells(login: Login, account: str, plan: _Plan) -> Callable[[str, str, str, MissedError], None]:
    def add(region: str, service: str, kind: str, miss: MissedError) -> None:
        plan.cells.append(
            Coverage(
                login.name,
                PROVIDER,
                account,
                region,
                service,
                kind,
                miss.status,
                missing_permission=miss.permission,
                denied_by=miss.denied_by,
                detail=miss.detail,
            )
        )

    return add
