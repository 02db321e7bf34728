"""A collector at work: what it may call, what of it is covered, and how it hands work to other threads.

Every provider declares `Collector`s; a provider's own `Reach` adds how its interfaces are called.
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from scanners.coverage import Book, MissedError, Part
from scanners.documents import Document, DocumentType, Origin, observe
from scanners.guard import RefusedError
from scanners.live.limits import Limited, Limits, Once
from scanners.model import Asset, CoverageStatus, Item
from scanners.runner import StoppedError, Task, Work

_ERROR: Final = CoverageStatus.ERROR


class Declared(Limited, Protocol):
    """An operation that a service declares: what guard, permissions and coverage need to know of it."""

    @property
    def permission(self) -> str:
        """The provider's name of the permission that it needs."""
        ...

    @property
    def optional(self) -> bool:
        """Whether its refusal is left out of coverage."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that this version does not read yet; the report says so. `what` is a noun in the plural."""

    service: str
    kind: str
    what: str


class Site:
    """One account of one connection: what all its collectors share."""

    def __init__(self, connection: str, provider: str, account: str, book: Book, limits: Limits) -> None:
        self.connection = connection
        self.provider = provider
        self.account = account
        self.book = book
        self.limits = limits
        self.once = Once()
        self.shared: dict[str, Any] = {}


class Collecting(Protocol):
    """What a run needs to know of a collector."""

    @property
    def service(self) -> str:
        """The name that coverage uses."""
        ...

    @property
    def kinds(self) -> Sequence[str]:
        """Every kind that it shows."""
        ...

    @property
    def operations(self) -> Sequence[Declared]:
        """All that it may call."""
        ...


S = TypeVar("S", bound=Site)
R = TypeVar("R")


class CollectorRun(Generic[S]):
    """One collector at work in one place, with all that it spawned.

    `region` is where calls go, `shown` what coverage names it ("*" for all regions of an account, "global").
    `accounts` are the accounts that it shows; default the site's own. `always` are operations that it may call besides
    those that its collector declares. `lane` is the unit, besides the region, that concurrency is capped by. Tasks of
    one account and region are one group: when all are over, what they shared can go.
    """

    def __init__(
        self,
        site: S,
        collector: Collecting,
        region: str,
        *,
        shown: str,
        reach: "Callable[[CollectorRun[S], Work], Any]",
        lane: Hashable,
        accounts: Sequence[str] = (),
        always: Iterable[str] = (),
    ) -> None:
        self.site, self.collector, self.region, self.shown = site, collector, region, shown
        self._reach, self._lane = reach, lane
        self.parts: dict[tuple[str, str], Part] = {
            (account, kind): Part(account, shown, collector.service, kind)
            for account in (accounts or (site.account,))
            for kind in collector.kinds
        }
        """What this run is about, by account and kind (or what else a provider tells parts apart by)."""
        self._lock = threading.Lock()
        self._open = 0
        self._allowed = {*always, *(o.key for o in collector.operations)}
        site.book.plan(self.parts.values())

    def task(self, run: Callable[[Any], Iterable[Item]], region: str | None = None) -> Task:
        """The task that runs a function of this collector; `region` is where it will call, if elsewhere."""
        with self._lock:
            self._open += 1
        where = region or self.region

        def work(work: Work) -> None:
            reach = self._reach(self, work)
            try:
                for item in run(reach):
                    if isinstance(item, Asset):
                        self.saw(item)
                    work.emit(item)
                work.flush()
            except MissedError:
                pass  # noted where it happened
            except StoppedError:
                raise
            except Exception as error:  # one answer that does not fit must neither end the scan nor look like nothing
                detail = f"{self.collector.service} in {self.region}: an answer could not be used ({error!r:.120})."
                self.site.book.missed(self.parts.values(), MissedError(_ERROR, detail), "answer")
            self.done()

        return Task(f"{self.collector.service} · {where}", (self._lane, where), (self.site.account, where), work)

    def done(self) -> None:
        """One task is over."""
        with self._lock:
            self._open -= 1
            last = not self._open
        if last:
            self.site.book.ended(self.parts.values())

    def saw(self, asset: Asset) -> None:
        """An asset was seen. Kinds that are not declared are counted nowhere and are an error of the code."""
        part = self.parts.get((asset.account, asset.kind)) or self.parts.get((self.site.account, asset.kind))
        if part is not None:
            self.site.book.saw(part)

    def permit(self, operation: Declared) -> None:
        """Raises RefusedError for an operation that this collector does not declare."""
        if operation.key not in self._allowed:
            raise RefusedError(f"{operation.key} is not declared by the collector of {self.collector.service}.")

    def answered(self) -> None:
        """A call was answered."""
        self.site.book.answered(self.parts.values())

    def note(self, operation: Declared, miss: MissedError, accounts: Sequence[str] = ()) -> None:
        """A call was not answered: the coverage of this run, or of some of its accounts, says so."""
        if not operation.optional:
            parts = [p for (account, _), p in self.parts.items() if not accounts or account in accounts]
            self.site.book.missed(parts, miss, operation.key)


class BaseReach(Generic[S]):
    """One task's way to one account: what does not depend on how a provider is called."""

    def __init__(self, run: CollectorRun[S], work: Work) -> None:
        self._run = run
        self._work = work
        self.site = run.site
        self.account = run.site.account
        self.region = run.region

    def once(self, name: str, operation: Declared, read: Callable[[], R]) -> R:
        """What `read` returns, read once for the account though several tasks ask. `read` calls `operation`.

        Raises MissedError, noted for each that asked, where it could not be read.
        """

        def attempt() -> Any:
            try:
                return read()
            except MissedError as miss:
                return miss

        found = self.site.once.of(name, attempt)
        if isinstance(found, MissedError):
            self._run.note(operation, found)
            raise found
        return found

    def observe(
        self,
        kind: DocumentType,
        document: Document,
        *,
        source: str,
        by: str,
        account: str | None = None,
        region: str | None = None,
    ) -> Iterator[Item]:
        """Evidence, assets and relations of a document, seen now."""
        site = self.site
        origin = Origin(site.connection, source, by, account or site.account, region, datetime.now(UTC))
        return observe(document if isinstance(document, dict) else dict(document), kind, origin)

    def spawn(self, run: Callable[[Any], Iterable[Item]], *, region: str | None = None) -> None:
        """Runs a part of the work as a task of its own; the coverage waits for it. `region`: where it will call, if
        elsewhere, so that caps are those of that region."""
        self._work.spawn(self._run.task(run, region))

    def gap(self, status: CoverageStatus, detail: str) -> None:
        """Notes in the coverage that something of this collector was deliberately not read."""
        self.site.book.missed(self._run.parts.values(), MissedError(status, detail), detail)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What became of a connection: whether it was gone through to the end, the accounts read, the cells, the regions
    asked, and who the provider says that we were (empty: it was not asked)."""

    finished: bool
    accounts: tuple[str, ...]
    cells: list[Any]
    regions: tuple[str, ...] = ()
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission: `allowed`, `denied`, `failed` (neither is known) or `unused` (there was nothing to use it on)."""

    permission: str
    state: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """Result of a connection test. `region` is where regional permissions were tried."""

    accounts: tuple[str, ...]
    region: str
    permissions: tuple[Permission, ...] = field(default_factory=tuple)


Options = Mapping[str, Any]
"""The keys of a connection's way of logging in; secrets as `Secret`."""
