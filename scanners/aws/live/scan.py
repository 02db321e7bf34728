"""Scans one connection to AWS: accounts, regions, every collector, and the coverage of it all."""

from collections.abc import Callable, Hashable, Iterator
from fnmatch import fnmatchcase
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
from scanners.model import Asset, Coverage, CoverageStatus, Item, Location, LocationKind
from scanners.runner import NORMAL, Manners, Sink, Task, Work, run_tasks

PROVIDER: Final = "aws"
_OFF: Final = frozenset({"DISABLED", "not-opted-in"})


class _Plan(Struct):
    tasks: list[Task]
    doors: dict[str, Door]
    cells: list[Coverage]
    accounts: list[str]
    regions: dict[str, None]
    most_regions: int | None


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
    book = Book(login.name, PROVIDER)
    logins = Logins(login, guard_of(operations()), log, network or Network(), ask_mfa)
    used = collectors() if chosen is None else chosen
    plan = _Plan([], {}, [], [], {}, most_regions)

    def enter(work: Work) -> None:
        for account in logins.open():
            if progress is not None:
                progress(account.id, 0, 0)
            for item in _account(login, account, used, book, manners, plan):
                work.emit(item)
            work.flush()

    # a login that hangs must not delay a person who stops
    if not run_tasks([Task(login.name, "login", "login", enter)], sink, cancelled=cancelled):
        return Scanned(False, (), [])

    def group_done(group: Hashable) -> None:
        name, region = cast("tuple[str, str]", group)
        plan.doors[name].drop(region)

    finished = run_tasks(
        plan.tasks, sink, manners=manners, progress=progress, cancelled=cancelled, group_done=group_done
    )
    cells = [*plan.cells, *book.cells()]
    sink(cells)
    return Scanned(finished, tuple(plan.accounts), cells, tuple(plan.regions), logins.identity)


def _account(
    login: Login, account: Account, used: tuple[Collector, ...], book: Book, manners: Manners, plan: _Plan
) -> Iterator[Item]:
    """Plans one account; yields the account itself."""
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
    regions = regions[: plan.most_regions]
    for row in waiting():
        sentence = f"This version of Situs does not read {row.what} yet."
        cell("*", row.service, row.kind, MissedError(CoverageStatus.NOT_ASKED, sentence))
    site = Site(login.name, account.id, account.partition, account.door, book, Limits(manners.operation_width))
    site.regions = tuple(regions)
    plan.doors[account.id] = account.door
    plan.accounts.append(account.id)
    plan.regions.update(dict.fromkeys(regions))
    home = HOME.get(account.partition, "us-east-1")
    near = home if home in regions or not regions else regions[0]  # an organisation may forbid regions it does not use
    for collector in used:
        if collector.scope != "region":
            where = near if collector.scope == "account_wide" else home
            plan.tasks.append(CollectorRun(site, collector, where).task(collector.run))
    for region in regions:
        for collector in used:
            if collector.scope == "region":
                plan.tasks.append(CollectorRun(site, collector, region).task(collector.run))
    yield Asset(
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
