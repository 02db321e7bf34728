"""Scans one connection to Azure: subscriptions, Resource Graph, what hangs on each resource, and the coverage."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from scanners.azure import document_types
from scanners.azure.firewall import NETWORK
from scanners.azure.live.declare import Collector, Parent
from scanners.azure.live.door import AzureDoor
from scanners.azure.live.governance import SUBSCRIPTION
from scanners.azure.live.graph import CONTAINERS, MOST_SUBSCRIPTIONS, Table, walk
from scanners.azure.live.inventory import Inventory, Subscription
from scanners.azure.live.lists import LISTS
from scanners.azure.live.login import Login, Tokens
from scanners.azure.live.reach import PROVIDER, Reach, Run, Site
from scanners.azure.live.registry import collectors, operations, waiting
from scanners.azure.live.settled import Settled
from scanners.azure.live.subscriptions import RESOURCES, SUBSCRIPTIONS, Found, Rights, pairs, rights, subscriptions
from scanners.coverage import Book, MissedError, Part
from scanners.guard import CallLog
from scanners.live.collect import Scanned
from scanners.live.credentials import NOBODY, Network, Person
from scanners.live.limits import Limits, Once
from scanners.live.rest import RestOperation, guard_of
from scanners.members import records
from scanners.model import Asset, Coverage, CoverageStatus, Item, Location, LocationKind
from scanners.runner import NORMAL, Manners, Sink, StoppedError, Task, Work, run_tasks

QUERY: Final = "resources | order by id asc"
CONTAINERS_QUERY: Final = "resourcecontainers | order by id asc"


def scan(
    login: Login,
    sink: Sink,
    log: CallLog,
    *,
    manners: Manners = NORMAL,
    network: Network | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    person: Person = NOBODY,
    chosen: tuple[Collector, ...] | None = None,
    most_subscriptions: int | None = None,
    most_parents: int | None = None,
    told_rights: Callable[[Rights], None] | None = None,
) -> Scanned:
    """Reads everything that is declared from one connection into the sink, coverage last.

    Raises LoginError where nobody could be logged in. `chosen` limits the collectors; `most_subscriptions` and
    `most_parents` how far they go (a connection test), which `told_rights` is told the rights in.
    """
    job = _Scan(login, sink, log, manners, network or Network(), person, chosen, most_subscriptions, most_parents)
    return job.run(progress, cancelled, told_rights)


def names(login: Login, log: CallLog, network: Network) -> list[str]:
    """The subscriptions that the connection asks for. Raises LoginError where nobody could be logged in."""
    job = _Scan(login, lambda _: None, log, NORMAL, network, NOBODY, (), None, None)
    return job.names()


class _Scan:
    def __init__(
        self,
        login: Login,
        sink: Sink,
        log: CallLog,
        manners: Manners,
        network: Network,
        person: Person,
        chosen: tuple[Collector, ...] | None,
        most_subscriptions: int | None,
        most_parents: int | None,
    ) -> None:
        self._login, self._sink, self._manners = login, sink, manners
        self._chosen = collectors() if chosen is None else chosen
        self._most_subscriptions, self._most_parents = most_subscriptions, most_parents
        self._book = Book(login.name, PROVIDER)
        self._settled = Settled(login.place.partition, login.regions, self._saw)
        gentle = manners.operation_width < NORMAL.operation_width
        self._door = AzureDoor(
            login.place,
            guard_of(operations()),
            log,
            Tokens(login, person, network, log),
            network=network,
            endpoint=login.endpoint,
            connections=manners.workers,
            gentle=gentle,
        )
        self._found: list[Found] = []
        self._rights: dict[str, Rights] = {}
        self._pairs: dict[str, str] = {}
        self._cells: list[Coverage] = []
        self._once = Once()

    def _saw(self, account: str, service: str, kind: str) -> None:
        self._book.saw(Part(account, "*", service, kind))

    def run(
        self,
        progress: Callable[[str, int, int], None] | None,
        cancelled: Callable[[], bool] | None,
        told_rights: Callable[[Rights], None] | None,
    ) -> Scanned:
        """The scan; see `scan`."""
        begin = Task(self._login.name, "login", "login", self._enter)
        if not run_tasks([begin], self._sink, progress=progress, cancelled=cancelled):
            return Scanned(False, (), [])
        self._refused()
        chosen = [found for found in self._found if found.miss is None][: self._most_subscriptions]
        before = [Task(f.id, f.id, f.id, lambda work, f=f: self._look(f, work)) for f in chosen]
        before += [Task("locations", "locations", "locations", self._locations)] if chosen else []
        if not run_tasks(before, self._sink, manners=self._manners, progress=progress, cancelled=cancelled):
            return Scanned(False, (), [])
        if told_rights is not None:
            for found in chosen:
                told_rights(self._rights[found.id])
        held = {f.id: self._subscription(f) for f in chosen}
        inventory = Inventory(held, self._pairs, self._most_parents)
        tasks = [*self._tables(inventory, list(held)), *self._own(held, chosen)]
        finished = run_tasks(
            tasks, self._sink, manners=self._manners, progress=progress, cancelled=cancelled, fair=True
        )
        self._sink(self._settled.rest())
        cells = [*self._cells, *self._book.cells(), *self._leftovers(inventory)]
        self._sink(cells)
        return Scanned(finished, tuple(held), cells)

    def names(self) -> list[str]:
        """Subscriptions by id, those that nobody may read included."""
        run_tasks([Task(self._login.name, "login", "login", self._enter)], self._sink)
        return [found.id for found in self._found]

    # -- before ---------------------------------------------------------------------------------------------------

    def _enter(self, work: Work) -> None:
        self._found = list(subscriptions(self._login, self._door, work.sleep))

    def _look(self, found: Found, work: Work) -> None:
        self._rights[found.id] = rights(self._login, self._door, found.id, work.sleep)

    def _locations(self, work: Work) -> None:
        first = next(found.id for found in self._found if found.miss is None)
        self._pairs.update(pairs(self._login, self._door, first, work.sleep))

    def _refused(self) -> None:
        for found in self._found:
            if found.miss is not None:
                self._cells.append(self._cell(found.id, "*", "*", found.miss))

    def _cell(self, account: str, service: str, kind: str, miss: MissedError, region: str = "*") -> Coverage:
        return Coverage(
            self._login.name,
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

    def _site(self, account: str) -> Site:
        limits = Limits(self._manners.operation_width)
        login = self._login
        site = Site(login.name, account, login.place, self._door, self._book, limits, self._settled)
        site.once = self._once  # what a tenant has once is asked once
        site.everyone = tuple(found.id for found in self._found if found.miss is None)[:MOST_SUBSCRIPTIONS]
        return site

    def _subscription(self, found: Found) -> Subscription:
        return Subscription(self._site(found.id), self._rights[found.id], self._chosen, self._book)

    # -- tables ---------------------------------------------------------------------------------------------------

    def _tables(self, inventory: Inventory, names: list[str]) -> Iterator[Task]:
        collector = Collector("resourcegraph", (), "", (CONTAINERS, *operations()), lambda reach, parent: ())
        run = Run(self._site("*"), collector)
        for first in range(0, len(names), MOST_SUBSCRIPTIONS):
            some = names[first : first + MOST_SUBSCRIPTIONS]
            for table, read in (
                (Table(CONTAINERS_QUERY, some, CONTAINERS), self._containers),
                (Table(QUERY, some), self._resources),
            ):
                yield Task(
                    f"Resource Graph, {table.query.split()[0]}",
                    ("graph", first, table.query),
                    "graph",
                    lambda work, t=table, r=read: self._emitted(r(inventory, t, Reach(run, work), work), work),
                )

    @staticmethod
    def _emitted(items: Iterator[Item], work: Work) -> None:
        for item in items:
            work.emit(item)
        work.flush()

    def _containers(self, inventory: Inventory, table: Table, reach: Reach, work: Work) -> Iterator[Item]:
        """Names of management groups, and which subscription is in which. Nothing rests on them alone."""
        try:
            for row in walk(reach, table):
                kind = document_types().get(str(row.get("type", "")).lower())
                if kind is not None:
                    yield from list(reach.observe(kind, row, source=table.operation.key, by=table.operation.permission))
        except MissedError:
            return
        except (msgspec.MsgspecError, UnicodeError, ValueError, TypeError):
            return  # names that cannot be kept

    def _resources(self, inventory: Inventory, table: Table, reach: Reach, work: Work) -> Iterator[Item]:
        held = [inventory.subscriptions[name] for name in table.subscriptions]
        try:
            for row in walk(reach, table):
                yield from _taken(inventory, reach, work, row, table.operation, table.missing)
        except MissedError as miss:
            if not table.rows:
                for subscription in held:
                    work.spawn(self._instead(inventory, subscription, reach))
                return
            table.missing.append(miss)
        for subscription in held:
            if not subscription.seen and self._holds_something(subscription, work):
                work.spawn(self._instead(inventory, subscription, reach))
                continue
            subscription.read()
            for miss in table.missing:
                subscription.missed(miss)
            if subscription.rights.refused:
                sentence = "Whether this login may read the whole subscription could not be told."
                permission = "Microsoft.Authorization/permissions/read"
                subscription.missed(MissedError(CoverageStatus.DENIED, sentence, permission=permission))
            yield from inventory.over(subscription, reach, work, table.operation)

    def _holds_something(self, subscription: Subscription, work: Work) -> bool:
        """Whether a subscription of which Resource Graph showed nothing holds something after all.

        New resources take minutes to appear there, and whole subscriptions may be missing.
        """
        asked = Run(subscription.site, Collector("resources", (), "", (RESOURCES,), _nothing))
        try:
            found = Reach(asked, work).answer(RESOURCES)
        except MissedError:
            return False
        return bool(records(found, "value"))

    def _instead(self, inventory: Inventory, subscription: Subscription, reach: Reach) -> Task:
        """Resource Graph was refused: the lists of Resource Manager, one for each type."""
        account = subscription.site.account

        def work_through(work: Work) -> None:
            for native_type, operation in LISTS.items():
                parts = subscription.parts.get(native_type, [])
                service = parts[0].service if parts else "network/filters"
                kinds = tuple(part.kind for part in parts)
                run = Run(subscription.site, Collector(service, kinds, "", (operation,), lambda reach, parent: ()))
                one = Reach(run, work)
                unused: list[MissedError] = []
                try:
                    for entry in one.documents(operation):
                        self._emitted(_taken(inventory, one, work, entry, operation, unused), work)
                    subscription.read(native_type)
                    for miss in unused:
                        subscription.missed(miss, native_type)
                except MissedError as miss:
                    subscription.missed(miss, native_type)
                run.done()
            self._emitted(inventory.over(subscription, reach, work, LISTS[NETWORK]), work)

        return Task(f"Lists of {account}", account, account, work_through)

    # -- of subscriptions -----------------------------------------------------------------------------------------

    def _own(self, held: dict[str, Subscription], chosen: list[Found]) -> Iterator[Task]:
        """What hangs on the subscription itself, and the subscription as an asset."""
        kind = document_types()[SUBSCRIPTION]
        for found in chosen:
            subscription = held[found.id]
            identity = f"/subscriptions/{found.id}"
            document = {"id": identity, **found.document, "type": SUBSCRIPTION}
            parent = Parent(identity, identity, found.id, SUBSCRIPTION, Location(LocationKind.GLOBAL), document)
            runs = subscription.runs.pop(SUBSCRIPTION, [])
            described = Run(subscription.site, Collector("subscriptions", ("account",), "", (SUBSCRIPTIONS,), _nothing))
            described.answered()

            def describe(reach: Any, d: dict[str, Any] = document) -> Iterator[Item]:
                for item in reach.see(kind, d, by=SUBSCRIPTIONS):
                    if isinstance(item, Asset) and item.kind == "account":
                        item.partition = self._login.place.partition
                    yield item

            yield described.task(describe)
            described.done()
            for run in runs:
                yield run.task(lambda reach, r=run, p=parent: r.what.run(reach, p))
                run.done()

    def _leftovers(self, inventory: Inventory) -> Iterator[Coverage]:
        """What is there and is not looked at: counted, so that it never drops out of sight."""
        for account, subscription in sorted(inventory.subscriptions.items()):
            for native_type, row in waiting():
                if native_type in subscription.seen:
                    miss = MissedError(CoverageStatus.NOT_ASKED, f"Situs does not read {row.what}.")
                    yield self._cell(account, row.service, row.kind, miss)
            for native_type, count in sorted(subscription.unknown.items()):
                miss = MissedError(CoverageStatus.NOT_ASKED, "type not known to Situs")
                cell = self._cell(account, native_type, native_type, miss)
                cell.count = count
                yield cell
        for (account, region), count in sorted(self._settled.left_out.items()):
            sentence = f"This connection does not ask {region}; {count:,} assets there were left out."
            cell = self._cell(account, "*", "*", MissedError(CoverageStatus.NOT_ASKED, sentence), region)
            cell.count = count
            yield cell


def _taken(
    inventory: Inventory,
    reach: Reach,
    work: Work,
    row: Mapping[str, Any],
    by: RestOperation,
    unused: list[MissedError],
) -> Iterator[Item]:
    """What one row yields. One that does not fit must neither end the scan nor look like nothing."""
    try:
        yield from list(inventory.take(reach, work, row, by))
    except StoppedError:
        raise
    except Exception as error:  # whatever a row can hold
        unused.append(MissedError(CoverageStatus.ERROR, f"{by.key}: a row could not be used ({error!r:.120})."))


def _nothing(reach: Reach, parent: Parent) -> Iterator[Item]:
    del reach, parent
    yield from ()
