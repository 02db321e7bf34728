"""What a collector works with: calls, pages, details of one thing, and handing work to other threads."""

from collections.abc import Iterator
from typing import Any, Final, cast

from scanners.aws.live.declare import Collector, Operation, pages
from scanners.aws.live.door import Door
from scanners.aws.live.failures import code_of, missed, not_offered
from scanners.coverage import Book, MissedError
from scanners.documents import Document, DocumentType
from scanners.live import collect as shared
from scanners.live.limits import Limits
from scanners.members import member
from scanners.model import CoverageStatus, Item
from scanners.runner import StoppedError, Work

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


class Site(shared.Site):
    """One account of one connection: login, guard and caps that all its collectors share."""

    def __init__(self, connection: str, account: str, partition: str, door: Door, book: Book, limits: Limits) -> None:
        super().__init__(connection, "aws", account, book, limits)
        self.partition = partition
        self.door = door
        self.regions: tuple[str, ...] = ()
        self.everywhere = False  # every region that is on for the account is asked: what is nowhere in them is nowhere
        self.own = True  # the account of the login itself, not one that a role was assumed in


class CollectorRun(shared.CollectorRun[Site]):
    """One collector at work in one place, with all that it spawned."""

    def __init__(self, site: Site, collector: Collector, region: str) -> None:
        """`region` is where calls go; coverage names it "global" or "*" where the collector's scope says so."""
        super().__init__(
            site,
            collector,
            region,
            shown={"region": region, "account": "global", "account_wide": "*"}[collector.scope],
            reach=Reach,
            lane=(site.account, collector.client),
            always=(TAGGED.key,),
        )
        self.scope = collector.scope


class Reach(shared.BaseReach[Site]):
    """One task's way to one account and region."""

    def __init__(self, run: shared.CollectorRun[Site], work: Work) -> None:
        super().__init__(run, work)
        self.partition = run.site.partition

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

    def listed(self, operation: Operation, **parameters: Any) -> Iterator[Any]:
        """As `each`, read once for the account's region though several collectors ask: each has copies of its own."""

        def read() -> tuple[list[Any], MissedError | None]:
            found: list[Any] = []
            try:
                found.extend(self.each(operation, **parameters))
            except MissedError as miss:
                return found, miss
            return found, None

        name = f"list:{operation.key}:{self.region}:{sorted(parameters.items())}"
        found, miss = cast("tuple[list[Any], MissedError | None]", self.site.once.of(name, read))
        for entry in found:
            yield dict(cast("dict[str, Any]", entry)) if isinstance(entry, dict) else entry
        if miss is not None:
            self._run.note(operation, miss)
            raise miss

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
        self._run.note(operation, miss)
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

    # -- results -------------------------------------------------------------------------------------------------

    def see(
        self, kind: DocumentType, document: Document, *, region: str | None = None, by: Operation
    ) -> Iterator[Item]:
        """Evidence, assets and relations of a document; `by` is the operation that showed it."""
        where = region or (self.region if self._run.shown == self.region else None)
        return self.observe(kind, document, source=f"{by.client}.{where or 'global'}", by=by.permission, region=where)

    # -- inside --------------------------------------------------------------------------------------------------

    def _send(self, operation: Operation, region: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
        self._run.permit(operation)
        limits = self.site.limits
        pause = limits.pause(operation, region)
        if pause:
            self._work.sleep(pause)
        self._work.check()
        try:
            standing = self.site.door.standing(operation.client, region)
            if standing != "there":
                raise not_offered(operation, region, standing == "absent")
            with limits.slot(operation, region):
                self._work.check()
                answer = self.site.door.method(operation, region)(**parameters)
        except StoppedError:
            raise
        except MissedError as miss:
            self._run.note(operation, miss)
            raise
        except Exception as error:  # whatever botocore raises becomes a cell of the coverage
            if operation.none and code_of(error) in operation.none:
                self._run.answered()
                return None
            miss = missed(error, operation, region)
            self._run.note(operation, miss)
            raise miss from None
        self._run.answered()
        return answer

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
                self._run.note(operation, miss)
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
