"""From the rows of Resource Graph to assets and to the parents whose children are asked for."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure import document_types
from scanners.azure.arm import account_of, parent_of, target_of, type_of
from scanners.azure.coverage import FRAMES
from scanners.azure.firewall import Filters
from scanners.azure.live.declare import Collector, Parent
from scanners.azure.live.lists import LISTS
from scanners.azure.live.reach import Reach, Run, Site
from scanners.azure.live.recipes import parent_from
from scanners.azure.live.subscriptions import Rights
from scanners.azure.regions import region_id
from scanners.coverage import Book, MissedError, Part
from scanners.live.rest import RestOperation
from scanners.members import text
from scanners.model import CoverageStatus, Item
from scanners.runner import Work

PAIRED: Final = frozenset(
    {
        "microsoft.dbformariadb/servers",
        "microsoft.dbformysql/flexibleservers",
        "microsoft.dbformysql/servers",
        "microsoft.dbforpostgresql/flexibleservers",
        "microsoft.dbforpostgresql/servers",
        "microsoft.documentdb/databaseaccounts",
        "microsoft.recoveryservices/vaults",
        "microsoft.sql/managedinstances",
        "microsoft.sql/servers/databases",
    }
)
"""Types that say "geo-redundant" and not where: the copy is in the region that Azure pairs with theirs."""
_KEPT: Final = ("id", "name", "type", "kind", "location", "extendedLocation", "sku", "tags", "properties")


class Subscription:
    """One subscription at work: its collectors, the cells of what Resource Graph shows, and the rights in it."""

    def __init__(self, site: Site, rights: Rights, collectors: tuple[Collector, ...], book: Book) -> None:
        self.site, self.rights, self.book = site, rights, book
        self.runs: dict[str, list[Run]] = {}
        for collector in collectors:
            self.runs.setdefault(collector.parent, []).append(Run(site, collector))
        self.parts: dict[str, list[Part]] = {}
        for native_type in LISTS:
            kind = document_types().get(native_type)
            if kind is not None:
                self.parts[native_type] = [Part(site.account, "*", kind.service, name) for name in kind.kinds]
        book.plan(self._each())
        self.waiting: list[tuple[Run, Parent]] = []
        self.seen: set[str] = set()
        self.filters = Filters()
        self.unknown: Counter[str] = Counter()
        self.shown: set[tuple[str, str]] = set()

    def _each(self) -> set[Part]:
        return {part for parts in self.parts.values() for part in parts}

    def missed(self, miss: MissedError, native_type: str = "") -> None:
        """Something of what Resource Graph shows was not read: of one type, or of all."""
        types = [native_type] if native_type else list(self.parts)
        for name in types:
            self.book.missed(self.parts.get(name, ()), miss, miss.detail)
            for run in self.runs.get(name, ()):
                run.hears(miss)

    def read(self, native_type: str = "") -> None:
        """What Resource Graph (or the list of one type) shows was read; what the login may not read was not.

        A type that the login may not read in the whole subscription may have been shown in part: never "none".
        """
        for name in [native_type] if native_type else list(self.parts):
            permission = LISTS[name].permission
            if name not in self.parts:
                continue
            if self.rights.known and not self.rights.may(permission):
                sentence = f"No role of this login grants {permission} in the whole subscription."
                if name in self.seen:  # in some resource groups it does
                    self.book.answered(self.parts[name])
                self.missed(MissedError(CoverageStatus.DENIED, sentence, permission=permission, denied_by="rbac"), name)
                continue
            self.book.answered(self.parts[name])

    def end(self) -> None:
        """No further parent comes, and no further row."""
        self.book.ended(self._each())
        for runs in self.runs.values():
            for run in runs:
                run.done()


class Inventory:
    """All subscriptions of a scan while rows come in. Safe for several threads."""

    def __init__(
        self, found: Mapping[str, Subscription], pairs: Mapping[str, str], most_parents: int | None = None
    ) -> None:
        self.subscriptions = found
        self._pairs = pairs
        self._types = document_types()
        self._lock = threading.Lock()
        self._most_parents = most_parents
        self._asked: Counter[Run] = Counter()
        self._shown_by = {
            run.what.shown_by: run.what.shown_by.count("/") - run.what.parent.count("/")
            for subscription in found.values()
            for runs in subscription.runs.values()
            for run in runs
            if run.what.shown_by
        }

    def take(self, reach: Reach, work: Work, row: Mapping[str, Any], by: RestOperation) -> Iterator[Item]:
        """What one row yields; the collectors of its children begin."""
        uid = target_of(row, "id")
        subscription = None if uid is None else self.subscriptions.get(account_of(uid))
        if uid is None or subscription is None:
            return
        native_type = type_of(row) or "unknown"
        kind = self._types.get(native_type)
        if kind is None and native_type not in FRAMES:
            with self._lock:
                subscription.unknown[native_type] += 1
            return
        if kind is not None and native_type not in subscription.seen and native_type not in subscription.parts:
            account = subscription.site.account  # a child that Resource Graph shows, where its collector does not ask
            subscription.book.answered([Part(account, "*", kind.service, name) for name in kind.kinds])
        subscription.seen.add(native_type)
        subscription.filters.take(native_type, uid, row)
        if kind is not None and not self._told_instead(subscription, native_type, row):
            document = self._paired(row, native_type)
            items = reach.observe(kind, document, source=by.key, by=by.permission, account=subscription.site.account)
            yield from reach.place.settled.pass_on(items, uid, kind.service)
        levels = self._shown_by.get(native_type)
        if levels:
            with self._lock:
                subscription.shown.add((parent_of(uid, levels), native_type))
        self._children(subscription, row, native_type, work)

    @staticmethod
    def _told_instead(subscription: Subscription, native_type: str, row: Mapping[str, Any]) -> bool:
        """Whether a collector says more of this resource than its row does."""
        return any(
            run.what.instead and run.what.wanted is not None and run.what.wanted(row)
            for run in subscription.runs.get(native_type, ())
        )

    def _paired(self, row: Mapping[str, Any], native_type: str) -> Mapping[str, Any]:
        other = self._pairs.get(region_id(text(row, "location") or "")) if native_type in PAIRED else None
        return row if other is None else {**row, "pairedRegion": other}

    def _children(self, subscription: Subscription, row: Mapping[str, Any], native_type: str, work: Work) -> None:
        runs = subscription.runs.get(native_type)
        parent = parent_from({k: row[k] for k in _KEPT if k in row}, native_type) if runs else None
        if parent is None:
            return
        asked = subscription.site.settled.asks(parent.location)
        for run in runs or ():
            if not asked and not run.what.instead:
                continue
            if run.what.wanted is not None and not run.what.wanted(row):
                continue
            if run.what.late or run.what.shown_by:
                subscription.waiting.append((run, parent))
            else:
                self.begin(run, parent, work)

    def begin(self, run: Run, parent: Parent, work: Work) -> None:
        """Asks for the children of one parent."""
        if self._most_parents is not None:
            with self._lock:
                self._asked[run] += 1
                if self._asked[run] > self._most_parents:
                    return
        work.spawn(run.task(lambda reach: run.what.run(reach, parent)))

    def over(self, subscription: Subscription, reach: Reach, work: Work, by: RestOperation) -> Iterator[Item]:
        """All rows of a subscription came: what waited begins, unless Resource Graph showed it already.

        What filters let in to machines is known only now.
        """
        kind = self._types["situs/ports"]
        account = subscription.site.account
        try:
            for document in subscription.filters.documents():
                yield from list(reach.observe(kind, document, source=by.key, by=by.permission, account=account))
        except (UnicodeError, ValueError, TypeError) as error:
            sentence = f"Filters of {account} could not be used ({error!r:.120})."
            subscription.missed(MissedError(CoverageStatus.ERROR, sentence), "microsoft.compute/virtualmachines")
        for run, parent in subscription.waiting:
            if (parent.uid, run.what.shown_by) not in subscription.shown:
                self.begin(run, parent, work)
        subscription.waiting.clear()
        subscription.end()
