"""What a collector works with: calls, pages, details of one thing, and handing work to other threads."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, cast

from scanners.aws.live.declare import Collector, Operation, pages
from scanners.aws.live.door import Door
from scanners.aws.live.failures import code_of, missed
from scanners.coverage import Book, MissedError, Part
from scanners.documents import Document, DocumentType, Origin, observe
from scanners.guard import RefusedError
from scanners.members import member
from scanners.model import Asset, CoverageStatus, Item
from scanners.runner import StoppedError, Task, Work

UNREAD: Final = object()
"""What a detail is where the call was not answered: the member stays absent."""

TAGGED: Final = pages(
    "resourcegroupstaggingapi", "GetResources", "ResourceTagMappingList", action="tag:GetResources", page=100
)
"""Tags of all resources of a region, so that none needs a call of its own. Any collector may use it."""

TAGGED_TYPES: Final = (
    "s3",
    "kms:key",
    "sagemaker",
    "bedrock",
    "dynamodb:table",
    "backup",
    "ecr:repository",
    "glue:job",
    "datasync:task",
    "es:domain",
    "kinesis:stream",
    "firehose:deliverystream",
    "athena:workgroup",
    "dms",
)
"""Types whose documents carry no tags of their own and that `TAGGED` is asked for."""

_MOST_PAGES: Final = 20_000
_ERROR: Final = CoverageStatus.ERROR


class Limits:
    """Caps of one account: calls of one operation in flight in one region, and calls per second where declared."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lock = threading.Lock()
        self._slots: dict[tuple[str, str], threading.BoundedSemaphore] = {}
        self._next: dict[tuple[str, str], float] = {}

    def slot(self, operation: Operation, region: str) -> threading.BoundedSemaphore:
        """The slots of an operation in a region: one where a rate is declared."""
        key = (operation.key, region)
        with self._lock:
            if key not in self._slots:
                self._slots[key] = threading.BoundedSemaphore(1 if operation.rate else self._width)
            return self._slots[key]

    def pause(self, operation: Operation, region: str) -> float:
        """Seconds to wait before the next call, so that the declared rate is kept."""
        if operation.rate is None:
            return 0.0
        key = (operation.key, region)
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next.get(key, 0.0))
            self._next[key] = at + 1 / operation.rate
            return at - now


class Once:
    """Answers that several tasks of an account need, each read once; who comes meanwhile waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._found: dict[str, Any] = {}

    def of(self, name: str, read: Callable[[], Any]) -> Any:
        """The answer, or the MissedError that took its place."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._found:
                self._found[name] = read()
            return self._found[name]


class Site:
    """One account of one connection: login, guard and caps that all its collectors share."""

    def __init__(self, connection: str, account: str, partition: str, door: Door, book: Book, limits: Limits) -> None:
        self.connection = connection
        self.account = account
        self.partition = partition
        self.door = door
        self.book = book
        self.limits = limits
        self.once = Once()
        self.shared: dict[str, Any] = {}
        self.regions: tuple[str, ...] = ()


class CollectorRun:
    """One collector at work in one place, with all that it spawned."""

    def __init__(self, site: Site, collector: Collector, region: str) -> None:
        """`region` is where calls go; coverage names it "global" or "*" where the collector's scope says so."""
        self.site, self.collector, self.region = site, collector, region
        self.shown = {"region": region, "account": "global", "account_wide": "*"}[collector.scope]
        self.parts = {kind: Part(site.account, self.shown, collector.service, kind) for kind in collector.kinds}
        self._lock = threading.Lock()
        self._open = 0
        self._allowed = {TAGGED.key, *(o.key for o in collector.operations)}
        self._types = {t.native_type for t in collector.types}
        site.book.plan(self.parts.values())

    def task(self, run: Callable[["Reach"], Iterable[Item]], region: str | None = None) -> Task:
        """The task that runs a function of this collector; `region` is where it will call, if elsewhere."""
        with self._lock:
            self._open += 1
        site = self.site
        where = region or self.region
        lane = (site.account, where, self.collector.client)

        def work(work: Work) -> None:
            reach = Reach(self, work)
            try:
                for item in run(reach):
                    if isinstance(item, Asset):
                        self.saw(item.kind)
                    work.emit(item)
                work.flush()
            except MissedError:
                pass  # noted where it happened
            except StoppedError:
                raise
            except Exception as error:  # one answer that does not fit must neither end the scan nor look like nothing
                detail = f"{self.collector.service} in {self.region}: an answer could not be used ({error!r:.120})."
                site.book.missed(self.parts.values(), MissedError(_ERROR, detail), "answer")
            self.done()

        return Task(f"{self.collector.service} · {where}", lane, (site.account, where), work)

    def done(self) -> None:
        """One task is over."""
        with self._lock:
            self._open -= 1
            last = not self._open
        if last:
            self.site.book.ended(self.parts.values())

    def saw(self, kind: str) -> None:
        """An asset of a kind was seen; kinds that are not declared are counted nowhere and are an error of the code."""
        part = self.parts.get(kind)
        if part is not None:
            self.site.book.saw(part)

    def permit(self, operation: Operation) -> None:
        """Raises RefusedError for an operation that this collector does not declare."""
        if operation.key not in self._allowed:
            raise RefusedError(f"{operation.key} is not declared by the collector of {self.collector.service}.")


class Reach:
    """One task's way to one account and region."""

    def __init__(self, run: CollectorRun, work: Work) -> None:
        self._run = run
        self._work = work
        self.site = run.site
        self.account = run.site.account
        self.partition = run.site.partition
        self.region = run.region

    # -- calls ---------------------------------------------------------------------------------------------------

    def call(self, operation: Operation, *, region: str | None = None, **parameters: Any) -> dict[str, Any]:
        """One answer. Raises MissedError, after noting it in the coverage, where there is none."""
        answer = self.answer(operation, region=region, **parameters)
        if answer is None:
            raise MissedError(_ERROR, f"{operation.key} in {self.region}: there is no such thing.")
        return answer

    def answer(self, operation: Operation, *, region: str | None = None, **parameters: Any) -> dict[str, Any] | None:
        """One answer, or None where AWS says with a code of `operation.none` that nothing is configured."""
        where = operation.region or region or self.region
        return self._send(operation, where, parameters)

    def each(self, operation: Operation, *, region: str | None = None, **parameters: Any) -> Iterator[Any]:
        """Every element of a list, page by page. Raises MissedError where a page cannot be had; those before it were
        yielded, and the coverage is then partial."""
        for answer in self.pages(operation, region=region, **parameters):
            found = member(answer, operation.elements)
            if isinstance(found, list):
                yield from cast("list[Any]", found)

    def pages(self, operation: Operation, *, region: str | None = None, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page of a list."""
        where = operation.region or region or self.region
        inputs, outputs, more, limit = self._paging(operation, where)
        if operation.page is not None and limit:
            parameters = {limit: operation.page, **parameters}
        last: list[Any] | None = None
        for _ in range(_MOST_PAGES):
            answer = self._send(operation, where, parameters)
            if answer is None:
                return
            yield answer
            if more and not member(answer, more):
                return
            tokens = [_first(answer, name) for name in outputs]
            if not any(tokens):
                return
            if tokens == last:
                break
            last = tokens
            given = {name: token for name, token in zip(inputs, tokens, strict=False) if token}
            parameters = {**{k: v for k, v in parameters.items() if k not in inputs}, **given}
        miss = MissedError(_ERROR, f"{operation.key} in {where}: the pages do not end; those read so far were kept.")
        self._note(operation, miss)
        raise miss

    def detail(
        self,
        document: dict[str, Any],
        into: str,
        operation: Operation,
        take: str = "",
        *,
        region: str | None = None,
        **parameters: Any,
    ) -> Any:
        """Puts a member of an answer (`take`, or the whole answer) into the document as `into`.

        The member becomes null where AWS says that nothing is configured, and stays absent where the call was not
        answered, which the coverage then says. Returns the value, None, or UNREAD.
        """
        try:
            answer = self.answer(operation, region=region, **parameters)
        except MissedError:
            return UNREAD
        if answer is None:
            document[into] = None
            return None
        if take:
            value = member(answer, take)
        else:
            value = {name: part for name, part in answer.items() if name != "ResponseMetadata"}
        document[into] = value
        return value

    def tag(self, document: dict[str, Any], arn: str, *, region: str | None = None) -> None:
        """Puts the tags of a resource into the document as `Tags`: one paged call for a whole region serves all.

        Only for resources of `TAGGED_TYPES`. `Tags` stays absent where the call was not answered.
        """
        where = region or self.region

        def read() -> dict[str, list[Any]]:
            found = self.each(TAGGED, region=where, ResourceTypeFilters=list(TAGGED_TYPES))
            return {entry["ResourceARN"]: entry["Tags"] for entry in found}

        try:
            tags = self.once(f"tags:{where}", TAGGED, read)
        except MissedError:
            return
        document["Tags"] = tags.get(arn, [])

    def once(self, name: str, operation: Operation, read: Callable[[], Any]) -> Any:
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
            self._note(operation, found)
            raise found
        return found

    # -- results -------------------------------------------------------------------------------------------------

    def see(
        self, kind: DocumentType, document: Document, *, region: str | None = None, by: Operation
    ) -> Iterator[Item]:
        """Evidence, assets and relations of a document; `by` is the operation that showed it."""
        site = self.site
        where = region or (self.region if self._run.collector.scope == "region" else None)
        source = f"{by.client}.{where or 'global'}"
        origin = Origin(site.connection, source, by.permission, site.account, where, datetime.now(UTC))
        return observe(_plain(document), kind, origin)

    def spawn(self, run: "Callable[[Reach], Iterable[Item]]", *, region: str | None = None) -> None:
        """Runs a part of the work as a task of its own; the coverage waits for it. `region`: where it will call, if
        elsewhere, so that caps are those of that region."""
        self._work.spawn(self._run.task(run, region))

    def gap(self, status: Any, detail: str) -> None:
        """Notes in the coverage that something of this collector was deliberately not read."""
        self.site.book.missed(self._run.parts.values(), MissedError(status, detail), detail)

    # -- inside --------------------------------------------------------------------------------------------------

    def _send(self, operation: Operation, region: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
        self._run.permit(operation)
        limits = self.site.limits
        pause = limits.pause(operation, region)
        if pause:
            self._work.sleep(pause)
        self._work.check()
        try:
            with limits.slot(operation, region):
                self._work.check()
                answer = self.site.door.method(operation, region)(**parameters)
        except StoppedError:
            raise
        except Exception as error:  # whatever botocore raises becomes a cell of the coverage
            if operation.none and code_of(error) in operation.none:
                self.site.book.answered(self._run.parts.values())
                return None
            miss = missed(error, operation, region)
            self._note(operation, miss)
            raise miss from None
        self.site.book.answered(self._run.parts.values())
        return answer

    def _note(self, operation: Operation, miss: MissedError) -> None:
        if not operation.optional:
            self.site.book.missed(self._run.parts.values(), miss, operation.key)

    def _paging(self, operation: Operation, region: str) -> tuple[list[str], list[str], str, str]:
        """(parameters, members of the answer, member that says whether there is more, parameter of the page size)."""
        if operation.token is not None:
            return [operation.token[0]], [operation.token[1]], "", operation.limit
        if not operation.paged:
            return [], [], "", ""
        key = f"paging:{operation.key}"
        found = self.site.shared.get(key)
        if found is None:
            try:
                client = self.site.door.client(operation.client, region)
                model = client.get_paginator(_snake(client, operation.name))._pagination_cfg
            except Exception as error:
                miss = missed(error, operation, region)
                self._note(operation, miss)
                raise miss from None
            found = (
                _names(model["input_token"]),
                _names(model["output_token"]),
                str(model.get("more_results", "")),
                str(model.get("limit_key", "")),
            )
            self.site.shared[key] = found
        return found


def _names(value: Any) -> list[str]:
    return [str(one) for one in cast("list[Any]", value)] if isinstance(value, list) else [str(value)]


def _first(answer: dict[str, Any], names: str) -> Any:
    """botocore writes `A || B` for a token that may be in either place."""
    for name in names.split("||"):
        found = member(answer, name.strip())
        if found:
            return found
    return None


def _snake(client: Any, operation: str) -> str:
    return next(python for python, api in client.meta.method_to_api_mapping.items() if api == operation)


def _plain(document: Document) -> Document:
    return document if isinstance(document, dict) else dict(document)
