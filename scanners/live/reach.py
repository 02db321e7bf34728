"""What a collector of a REST interface works with: requests, pages, details of one thing, and the coverage of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from scanners.coverage import Book, MissedError
from scanners.guard import RefusedError
from scanners.live.collect import BaseReach, CollectorRun, Site
from scanners.live.credentials import LoginError
from scanners.live.door import Answer, NoAnswerError, RestDoor
from scanners.live.limits import Limits
from scanners.live.rest import RestOperation
from scanners.members import member
from scanners.model import CoverageStatus
from scanners.runner import Work

UNREAD: Final = object()
"""What a detail is where the request was not answered: the member stays absent."""

Missed = Callable[[NoAnswerError, RestOperation, str], MissedError]
"""What a provider's refusal means for coverage: the failure, the operation, and where it was asked."""

_MOST_PAGES: Final = 20_000


class RestSite(Site):
    """One account (subscription, project, cluster) of one connection, with the door to it.

    `missed` is the provider's reading of its own errors; what it does not know is read by `common_failure`.
    """

    def __init__(
        self, connection: str, provider: str, account: str, door: RestDoor, book: Book, limits: Limits, missed: Missed
    ) -> None:
        super().__init__(connection, provider, account, book, limits)
        self.door, self.missed = door, missed


S = TypeVar("S", bound=RestSite)


class RestReach(BaseReach[S]):
    """One task's way to one account.

    Slots of an operation's host and path are given as keyword arguments; parameters that it leaves free as `query`.
    """

    def __init__(self, run: CollectorRun[S], work: Work) -> None:
        super().__init__(run, work)
        self.values: dict[str, str] = {}
        """Slots that are the same for every call of this account."""

    def answer(
        self,
        operation: RestOperation,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        accounts: Sequence[str] = (),
        refused: Sequence[str] = (),
        **values: str,
    ) -> dict[str, Any] | None:
        """One answer, or None where the provider says that nothing is configured. Raises MissedError, once noted.

        `refused` are codes of errors that give None as well: the caller then asks in another way.
        """
        given = {**self.values, **values}
        found = self._send(operation, self._url(operation, given, query), body, accounts, refused)
        return None if found is None else _map(found.body)

    def call(self, operation: RestOperation, **more: Any) -> dict[str, Any]:
        """One answer. Raises MissedError, after noting it in the coverage, where there is none."""
        found = self.answer(operation, **more)
        if found is None:
            raise MissedError(CoverageStatus.ERROR, f"{operation.key}: there is no such thing.")
        return found

    def each(self, operation: RestOperation, **more: Any) -> Iterator[Any]:
        """Every element of a list, page by page. Raises MissedError where a page cannot be had; those before it were
        yielded, and the coverage is then partial."""
        for page in self.pages(operation, **more):
            found = member(page, operation.elements)
            if isinstance(found, list):
                yield from cast("list[Any]", found)

    def pages(
        self,
        operation: RestOperation,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        accounts: Sequence[str] = (),
        **values: str,
    ) -> Iterator[dict[str, Any]]:
        """Every page of a list."""
        given = {**self.values, **values}
        paging = operation.paging
        url = self._url(operation, given, query)
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            answer = self._send(operation, url, body, accounts)
            if answer is None:
                return
            page = _map(answer.body)
            yield page
            token = member(page, paging.member) if paging is not None else None
            if paging is None or not isinstance(token, str) or not token:
                return
            if token in seen:
                break
            seen.add(token)
            if paging.style == "link":
                url = self.site.door.link(token)
                if not operation.follows(url, given):
                    miss = MissedError(
                        CoverageStatus.ERROR,
                        f"{operation.key}: the next page was said to be at another address; it was not asked.",
                    )
                    self._run.note(operation, miss, accounts)
                    raise miss
            elif paging.style == "query":
                url = operation.url(given, {**(query or {}), paging.parameter: token})
            else:
                body = _with(body, paging.parameter, token)
        miss = MissedError(CoverageStatus.ERROR, f"{operation.key}: the pages do not end; those read were kept.")
        self._run.note(operation, miss, accounts)
        raise miss

    def detail(self, document: dict[str, Any], into: str, operation: RestOperation, take: str = "", **more: Any) -> Any:
        """Puts a member of an answer (`take`, or the whole answer) into the document as `into`.

        The member becomes null where the provider says that nothing is configured, and stays absent where the request
        was not answered, which the coverage then says. Returns the value, None, or UNREAD.
        """
        try:
            found = self.answer(operation, **more)
        except MissedError:
            return UNREAD
        document[into] = None if found is None else member(found, take) if take else found
        return document[into]

    def listed(self, document: dict[str, Any], into: str, operation: RestOperation, **more: Any) -> Any:
        """Puts a whole list into the document as `into`; it stays absent where a page could not be had."""
        try:
            document[into] = list(self.each(operation, **more))
        except MissedError:
            return UNREAD
        return document[into]

    def _url(self, operation: RestOperation, values: Mapping[str, str], query: Mapping[str, Any] | None) -> str:
        try:
            return operation.url(values, query)
        except RefusedError as error:
            miss = MissedError(CoverageStatus.ERROR, str(error))
            self._run.note(operation, miss)
            raise miss from None

    def _send(
        self, operation: RestOperation, url: str, body: Any, accounts: Sequence[str], refused: Sequence[str] = ()
    ) -> Answer | None:
        try:
            return self._sent(operation, url, body, refused)
        except MissedError as miss:
            self._run.note(operation, miss, accounts)
            raise

    def _sent(self, operation: RestOperation, url: str, body: Any, refused: Sequence[str] = ()) -> Answer | None:
        """The answer, or None where the provider says that nothing is configured. A MissedError is noted nowhere."""
        self._run.permit(operation)
        site = self.site
        pause = site.limits.pause(operation, self.region)
        if pause:
            self._work.sleep(pause)
        self._work.check()
        try:
            with site.limits.slot(operation, self.region):
                self._work.check()
                answer = site.door.send(
                    operation, url, account=self.account, region=self.region, pause=self._work.sleep, body=body
                )
        except NoAnswerError as error:
            if (error.status == 404 and operation.missing) or (error.code and error.code in operation.none):
                self._run.answered()
                return None
            if error.code and error.code in refused:
                return None
            raise site.missed(error, operation, self.region) from None
        except LoginError as error:
            raise MissedError(CoverageStatus.EXPIRED, f"{operation.key}: {error}") from None
        self._run.answered()
        return answer


def common_failure(error: NoAnswerError, operation: RestOperation, where: str) -> MissedError:
    """What a failure means for coverage whatever the provider: never "there is nothing"."""
    at = f"{operation.key} in {where}"
    code = f" ({error.code})" if error.code else ""
    if any(mark == error.code or mark in error.message for mark in operation.off):
        return MissedError(CoverageStatus.DISABLED, f"{at}: the interface is not switched on there.")
    if error.failure == "timeout" or error.status in (408, 504):
        return MissedError(CoverageStatus.TIMEOUT, f"{at}: no answer in time.")
    if error.status == 429:
        return MissedError(CoverageStatus.THROTTLED, f"{at}: still throttled after all tries{code}.")
    if error.status == 401:
        return MissedError(
            CoverageStatus.EXPIRED, f"{at}: the login was not accepted; it expired, or was revoked{code}."
        )
    if error.status == 403:
        sentence = f"{at}: {operation.permission} is not granted{code}."
        return MissedError(CoverageStatus.DENIED, sentence, permission=operation.permission, denied_by="iam")
    if error.failure:
        sentences = {
            "unresolved": "the name of the host is unknown to the network; check network and proxy",
            "tls": "the certificate of the host is not trusted here",
            "broken": "the connection broke",
            "garbled": "the answer was cut off, or is no answer of this interface",
            "redirect": "the answer led to another address, which is never followed",
            "too_large": "the answer is larger than 64 MB and was not read",
        }
        sentence = f"{at}: {sentences.get(error.failure, error.failure)}."
        return MissedError(CoverageStatus.ERROR, sentence, unresolved=error.failure == "unresolved")
    if error.status >= 500:
        return MissedError(CoverageStatus.ERROR, f"{at}: the provider answered with a fault of its own{code}.")
    if error.status == 404:
        return MissedError(CoverageStatus.ERROR, f"{at}: the provider does not know this address{code}.")
    return MissedError(CoverageStatus.ERROR, f"{at}: the provider refused the request, status {error.status}{code}.")


def _map(body: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {"value": body}


def _with(body: Any, path: str, value: str) -> dict[str, Any]:
    """A copy of a body with a dotted member set."""
    copy: dict[str, Any] = dict(cast("dict[str, Any]", body) or {})
    head, _, rest = path.partition(".")
    copy[head] = _with(copy.get(head) or {}, rest, value) if rest else value
    return copy
