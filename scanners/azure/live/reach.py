"""What a collector of Azure works with: requests below one subscription, and documents on their way to the sink."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from scanners.azure.arm import target_of
from scanners.azure.live.clouds import Cloud
from scanners.azure.live.declare import Collector, Parent
from scanners.azure.live.door import AzureDoor
from scanners.azure.live.failures import missed
from scanners.azure.live.settled import Settled
from scanners.coverage import Book, MissedError
from scanners.documents import DocumentType
from scanners.live import collect as shared
from scanners.live.door import Answer
from scanners.live.limits import Limits
from scanners.live.reach import RestReach, RestSite
from scanners.live.rest import RestOperation
from scanners.model import Asset, CoverageStatus, Item
from scanners.runner import Work

PROVIDER: Final = "azure"
_NAMELESS: Final = "an entry of the answer names nothing and could not be used"


class Site(RestSite):
    """One subscription of one connection."""

    def __init__(
        self, connection: str, account: str, cloud: Cloud, door: AzureDoor, book: Book, limits: Limits, settled: Settled
    ) -> None:
        super().__init__(connection, PROVIDER, account, door, book, limits, missed)
        self.cloud, self.settled = cloud, settled
        self.everyone: tuple[str, ...] = (account,)
        """All subscriptions of the scan, for questions that are asked of them together."""


class Run(shared.CollectorRun[Site]):
    """One collector at work in one subscription. Held open until it is known that no further parent comes."""

    def __init__(self, site: Site, collector: Collector) -> None:
        super().__init__(site, collector, site.account, shown="*", reach=Reach, lane=site.account)
        self.what = collector
        self._open = 1  # released by whoever finds the parents

    def saw(self, asset: Asset) -> None:
        """Counted where documents are settled."""

    def hears(self, miss: MissedError) -> None:
        """Its parents could not be listed, or not all of them."""
        self.site.book.missed(self.parts.values(), miss, "parents")


class Reach(RestReach[Site]):
    """One task's way to one subscription."""

    def __init__(self, run: shared.CollectorRun[Site], work: Work) -> None:
        super().__init__(run, work)
        self.place: Site = run.site
        self.values = {**self.place.cloud.slots, "subscription": self.account}

    def ask(self, operation: RestOperation, body: Any) -> Answer:
        """An answer with its headers. Raises MissedError, once noted."""
        found = self._send(operation, self._url(operation, self.values, None), body, ())
        if found is None:
            raise MissedError(CoverageStatus.ERROR, f"{operation.key}: there is no such thing.")
        return found

    def documents(self, operation: RestOperation, **more: Any) -> Iterator[dict[str, Any]]:
        """Every element of a list that is an object; any other one is noted as missing."""
        for entry in self.each(operation, **more):
            if isinstance(entry, dict):
                yield cast("dict[str, Any]", entry)
            else:
                self.says_nothing(operation, _NAMELESS)

    def says_nothing(self, operation: RestOperation, what: str = "the answer says nothing that could be used") -> None:
        """Notes that an answer came and does not hold what was asked for."""
        self._run.note(operation, MissedError(CoverageStatus.ERROR, f"{operation.key}: {what}."))

    def see(
        self,
        kind: DocumentType,
        document: Mapping[str, Any],
        parent: Parent | None = None,
        *,
        by: RestOperation,
    ) -> Iterator[Item]:
        """Evidence, assets and relations of a document; a child without a place lies where its parent does."""
        if target_of(document, "id") is None:
            self.says_nothing(by, _NAMELESS)
            return
        region = None if parent is None else parent.region
        items = self.observe(kind, document, source=f"{by.key} {self.account}", by=by.permission, region=region)
        yield from self.place.settled.pass_on(items, target_of(document, "id"), kind.service)
