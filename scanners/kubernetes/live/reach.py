"""How one list of a cluster is read: versions, pages, lists that went stale on the way, and what each failure means."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from scanners.coverage import Book, MissedError
from scanners.guard import RefusedError
from scanners.kubernetes.live.discovery import Served, lacks
from scanners.kubernetes.live.resources import PAGE, Listing
from scanners.kubernetes.objects import is_name
from scanners.live.door import NoAnswerError, RestDoor
from scanners.live.limits import Limits
from scanners.live.reach import RestReach, RestSite, common_failure
from scanners.live.rest import RestOperation
from scanners.members import member, text
from scanners.model import CoverageStatus

_GONE: Final = 410
_ABSENT: Final = 404
_MOST_STARTS: Final = 4


class GoneError(MissedError):
    """The rest of a list is not to be had any more: the server forgot the state that the pages before belong to."""


class AbsentError(MissedError):
    """The server knows no such address."""


class ClusterSite(RestSite):
    """One cluster of one connection."""

    def __init__(
        self, connection: str, cluster: str, door: RestDoor, book: Book, limits: Limits, served: Served, context: str
    ) -> None:
        super().__init__(connection, "kubernetes", cluster, door, book, limits, failure)
        self.served = served
        self.context = context


def explain(status: int, body: Any) -> tuple[str, str]:
    """(reason, message) of a `Status` object, which is how an API server refuses."""
    if text(body, "kind") == "Status" or text(body, "status") == "Failure":
        return text(body, "reason") or "", text(body, "message") or ""
    return ("" if status != _GONE else "Expired"), ""


def failure(error: NoAnswerError, operation: RestOperation, where: str) -> MissedError:
    """What a refusal means for coverage."""
    at = f"{operation.key} in {where}"
    if error.status == _GONE or (error.status == 400 and error.code == "Expired"):
        return GoneError(CoverageStatus.ERROR, f"{at}: the list kept changing while it was read.")
    if error.status == _ABSENT:
        return AbsentError(CoverageStatus.ERROR, f"{at}: the cluster does not know this address.")
    if error.status == 403:
        sentence = f"{at}: the cluster's RBAC does not grant “{operation.permission}”."
        return MissedError(CoverageStatus.DENIED, sentence, permission=operation.permission, denied_by="rbac")
    return common_failure(error, operation, where)


class ClusterReach(RestReach[ClusterSite]):
    """One task's way to one list of one cluster."""

    def objects(self, listing: Listing) -> Iterator[dict[str, Any]]:
        """Every object of a list, each once, with its `kind` and `apiVersion`. Yields nothing where the cluster proves
        that it has no such list. Raises MissedError, once noted, where the list could not be read to its end."""
        served = self.site.served
        versions = served.versions(listing)
        if not versions:
            self.proven()
            return
        last: MissedError | None = None
        for version in versions:
            try:
                yield from self._version(listing, version)
                return
            except AbsentError as absent:
                last = absent
        known = served.miss(listing.group)
        if known is None and listing.group not in served.groups:
            self.proven()  # discovery did not name it, and it is not there
            return
        whole = listing.group in served.groups and listing.group not in served.stale
        if whole and all(lacks(self.asked, served, listing, version) for version in versions):
            self.proven()
            return
        miss = known or last
        assert miss is not None  # noqa: S101 - there was at least one version
        self._run.note(listing.operation, miss)
        raise miss

    def asked(self, operation: RestOperation, *, query: Mapping[str, Any] | None = None, **values: str) -> Any:
        """Body of an answer. A failure is raised as MissedError and noted nowhere: whoever asked decides."""
        try:
            answer = self._sent(operation, operation.url(values, query), None)
        except RefusedError as error:
            raise MissedError(CoverageStatus.ERROR, str(error)) from None
        return None if answer is None else answer.body

    def proven(self) -> None:
        """Discovery answered for this list: there is none."""
        self._run.answered()

    def _version(self, listing: Listing, version: str) -> Iterator[dict[str, Any]]:
        """One version of a list; begins again where the server forgot it on the way, with what is new only."""
        seen: set[str] | None = None
        given: list[str] = []
        for start in range(_MOST_STARTS):
            useless = 0
            try:
                for page in self.listed_pages(listing, version):
                    for item in page:
                        own = text(item, "metadata.name")
                        if not is_name(own):
                            useless += 1
                            continue
                        name = f"{text(item, 'metadata.namespace') or ''}/{own}"
                        if seen is not None and name in seen:
                            continue
                        given.append(name)
                        yield item
                if useless:
                    sentence = f"{listing.operation.key} in {self.site.context}: {useless} elements are no objects."
                    raise self._noted(listing.operation, MissedError(CoverageStatus.ERROR, sentence))
                return
            except GoneError as gone:
                if start == _MOST_STARTS - 1:
                    self._run.note(listing.operation, gone)
                    raise
                seen = set(given)

    def listed_pages(self, listing: Listing, version: str) -> Iterator[list[dict[str, Any]]]:
        """The pages of one version. Raises GoneError and AbsentError without noting them."""
        operation = listing.operation
        stated = f"{listing.group}/{version}" if listing.group else version
        token: str | None = None
        tokens: set[str] = set()
        while True:
            query = {"limit": PAGE} if token is None else {"limit": PAGE, "continue": token}
            body = self._page(operation, version, query, first=token is None)
            kind = text(body, "kind") or ""
            items = member(body, "items")
            if items is None and kind.endswith("List"):
                items = []
            if not isinstance(items, list):
                sentence = f"{operation.key} in {self.site.context}: the answer is no list of objects."
                raise self._noted(operation, MissedError(CoverageStatus.ERROR, sentence))
            page: list[dict[str, Any]] = []
            for item in cast("list[Any]", items):
                document: dict[str, Any] = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
                document["kind"], document["apiVersion"] = listing.kind, stated
                page.append(document)
            yield page
            token = text(body, "metadata.continue")
            if token is None:
                return
            if token in tokens:
                sentence = f"{operation.key} in {self.site.context}: the pages do not end; those read were kept."
                raise self._noted(operation, MissedError(CoverageStatus.ERROR, sentence))
            tokens.add(token)

    def _page(self, operation: RestOperation, version: str, query: dict[str, Any], first: bool) -> Any:
        try:
            return self.asked(operation, query=query, version=version)
        except AbsentError as absent:
            if first:
                raise
            raise self._noted(operation, absent) from None
        except GoneError:
            raise
        except MissedError as miss:
            raise self._noted(operation, miss) from None

    def _noted(self, operation: RestOperation, miss: MissedError) -> MissedError:
        self._run.note(operation, miss)
        return miss
