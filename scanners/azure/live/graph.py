"""Azure Resource Graph: whole tables of all subscriptions, page by page, checked for completeness."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from scanners.azure.live.clouds import HOST
from scanners.azure.live.reach import Reach
from scanners.azure.rows import rows_of_table
from scanners.coverage import MissedError
from scanners.live.door import Answer
from scanners.live.rest import RestOperation
from scanners.members import member, number, text
from scanners.model import CoverageStatus

GRAPH: Final = RestOperation(
    "Microsoft.ResourceGraph/resources",
    HOST,
    "/providers/Microsoft.ResourceGraph/resources",
    "Microsoft.ResourceGraph/resources/read",
    (("api-version", "2021-03-01"),),
    method="POST",
    optional=True,  # where it is refused, the lists of Resource Manager take its place, and coverage speaks of those
)
CONTAINERS: Final = RestOperation(
    "Microsoft.ResourceGraph/resourcecontainers",
    HOST,
    "/providers/Microsoft.ResourceGraph/resources",
    "Microsoft.ResourceGraph/resources/read",
    (("api-version", "2021-03-01"),),
    method="POST",
    optional=True,  # names and order of management groups; nothing rests on them alone
)
STATES: Final = RestOperation(
    "Microsoft.ResourceGraph/policyresources",
    HOST,
    "/providers/Microsoft.ResourceGraph/resources",
    "Microsoft.PolicyInsights/policyStates/queryResults/read",
    (("api-version", "2021-03-01"),),
    method="POST",
    optional=True,
)
STATES_QUERY: Final = (
    "policyresources | where type =~ 'microsoft.policyinsights/policystates'"
    " | where properties.complianceState =~ 'NonCompliant'"
    " | summarize violations = count() by id = tolower(tostring(properties.policyAssignmentId)) | order by id asc"
)
PAGE: Final = 1000
MOST_SUBSCRIPTIONS: Final = 1000
"""Subscriptions that one query is asked for."""
_MOST_PAGES: Final = 20_000


@dataclass(slots=True)
class Table:
    """One walk through a table: rows seen, and in `missing` what is known not to have come."""

    query: str
    subscriptions: list[str]
    operation: RestOperation = GRAPH
    rows: int = 0
    total: int | None = None
    missing: list[MissedError] = field(default_factory=list[MissedError])


def walk(reach: Reach, table: Table) -> Iterator[Mapping[str, Any]]:
    """Every row of a table. Raises MissedError where a page cannot be had.

    What Resource Graph leaves out is told in `table.missing`: an answer that it cut off, fewer rows than it counted, or
    subscriptions beyond those that it looks at.
    """
    options: dict[str, Any] = {"resultFormat": "objectArray", "$top": PAGE}
    seen: set[str] = set()
    coming = _Coming(reach, table, options)
    for _ in range(_MOST_PAGES):
        answer = coming.answer()
        page: Any = answer.body
        rows = _rows(page)
        if rows is None:
            raise MissedError(CoverageStatus.ERROR, f"{table.operation.key}: the answer holds no rows.")
        table.rows += len(rows)
        total = number(page, "totalRecords")
        if total is not None:
            table.total = max(total, table.total or 0)
        if answer.headers.get("x-ms-tenant-subscription-limit-hit", "").lower() == "true":
            _miss(table, "Resource Graph looked at some of the subscriptions only")
        token = text(page, "$skipToken")
        if token is not None and token not in seen:  # the next page is on its way while this one is worked on
            coming = _Coming(reach, table, {**options, "$skipToken": token})
        yield from rows
        if token is None or token in seen:
            if token is not None or str(member(page, "resultTruncated") or "").lower() == "true":
                _miss(table, "Resource Graph cut its answer off and gave no way to the rest")
            break
        seen.add(token)
    if table.total is not None and table.rows < table.total:
        _miss(table, f"Resource Graph counted {table.total:,} resources and showed {table.rows:,}")


class _Coming:
    """One page, asked for in a thread of its own."""

    def __init__(self, reach: Reach, table: Table, options: dict[str, Any]) -> None:
        self._reach, self._operation = reach, table.operation
        self._body = {"subscriptions": table.subscriptions, "query": table.query, "options": options}
        self._found: Answer | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._ask, name="situs-graph", daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        try:
            self._found = self._reach.ask(self._operation, self._body)
        except BaseException as error:  # raised where the page is taken
            self._error = error

    def answer(self) -> Answer:
        """The page. Raises MissedError where there is none, StoppedError where the scan was stopped."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return cast(Answer, self._found)


def _miss(table: Table, what: str) -> None:
    sentence = f"{table.operation.key}: {what}; those that it showed were kept."
    table.missing.append(MissedError(CoverageStatus.PARTIAL, sentence))


def _rows(page: Any) -> list[Mapping[str, Any]] | None:
    """The rows of an answer, in both forms that the interface has."""
    data = member(page, "data")
    if isinstance(data, Mapping):
        return list(rows_of_table(cast("Mapping[str, Any]", data)))
    if not isinstance(data, list):
        return None
    return [cast("Mapping[str, Any]", row) for row in cast("list[Any]", data) if isinstance(row, Mapping)]
