"""What became of each part of a live scan, gathered from many threads into coverage cells."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from scanners.model import Coverage, CoverageStatus

_MOST_SENTENCES: Final = 4


class MissedError(Exception):
    """A call gave no answer: which status that is, which permission is missing, and one sentence for people."""

    def __init__(
        self,
        status: CoverageStatus,
        detail: str,
        *,
        permission: str | None = None,
        denied_by: str | None = None,
        unresolved: bool = False,
        absent: bool = False,
    ) -> None:
        """`unresolved`: the name of the endpoint is unknown, which a broken network can cause as well. `absent`: the
        provider's own table says, too, that the service is not offered there."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.permission = permission
        self.denied_by = denied_by
        self.unresolved = unresolved
        self.absent = absent


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what is asked: a coverage cell without its result."""

    account: str
    region: str
    service: str
    kind: str


@dataclass(slots=True)
class _State:
    open: int = 0  # runs that have begun, or were planned, and not ended
    answers: int = 0
    count: int = 0
    misses: dict[tuple[str, str], MissedError] = field(default_factory=dict[tuple[str, str], MissedError])


class Book:
    """The parts of one connection's scan. Safe for several threads.

    A part that was planned but never ended is `not_asked`; one where some calls were answered and some were not is
    `partial`; one where none was answered has the status of its failure. Nothing that failed is ever `empty`.
    """

    def __init__(self, connection: str, provider: str) -> None:
        self._connection = connection
        self._provider = provider
        self._lock = threading.Lock()
        self._parts: dict[Part, _State] = {}
        self._answered: set[tuple[str, str]] = set()

    def plan(self, parts: Iterable[Part]) -> None:
        """Notes parts that will be read, once for each run that reads them."""
        with self._lock:
            for part in parts:
                self._parts.setdefault(part, _State()).open += 1

    def answered(self, parts: Iterable[Part]) -> None:
        """A call about these parts was answered."""
        with self._lock:
            for part in parts:
                self._parts.setdefault(part, _State()).answers += 1
                self._answered.add((part.account, part.region))

    def saw(self, part: Part) -> None:
        """An asset of this part was seen."""
        with self._lock:
            self._parts.setdefault(part, _State()).count += 1

    def missed(self, parts: Iterable[Part], miss: MissedError, what: str) -> None:
        """A call about these parts was not answered; `what` names the operation."""
        with self._lock:
            for part in parts:
                self._parts.setdefault(part, _State()).misses.setdefault((what, miss.status), miss)

    def ended(self, parts: Iterable[Part]) -> None:
        """A run over these parts is over, whatever became of it."""
        with self._lock:
            for part in parts:
                self._parts[part].open -= 1

    def whole(self, parts: Iterable[Part]) -> bool:
        """Whether all these parts were answered and none of their calls was missed, so far."""
        with self._lock:
            states = [self._parts.get(part) for part in parts]
            return bool(states) and all(s is not None and s.answers and not s.misses for s in states)

    def cells(self) -> list[Coverage]:
        """The cells, sorted."""
        with self._lock:
            order = sorted(self._parts.items(), key=lambda pair: (pair[0].account, pair[0].region, pair[0].service))
            return [self._cell(part, state) for part, state in order]

    def _cell(self, part: Part, state: _State) -> Coverage:
        cell = Coverage(
            self._connection,
            self._provider,
            part.account,
            part.region,
            part.service,
            part.kind,
            CoverageStatus.COLLECTED if state.count else CoverageStatus.EMPTY,
            state.count,
        )
        misses = list(state.misses.values())
        if misses:
            first = misses[0]
            offline = first.unresolved and (part.account, part.region) not in self._answered
            cell.status = CoverageStatus.ERROR if offline else first.status
            if state.answers:
                cell.status = CoverageStatus.PARTIAL
            elif not offline and all(miss.absent for miss in misses):
                cell.status = CoverageStatus.EMPTY  # what is not offered somewhere holds nothing there
            cell.missing_permission = ", ".join(sorted({m.permission for m in misses if m.permission})) or None
            cell.denied_by = next((m.denied_by for m in misses if m.denied_by), None)
            sentences = list(dict.fromkeys(m.detail for m in misses))
            more = len(sentences) - _MOST_SENTENCES
            cell.detail = " ".join(sentences[:_MOST_SENTENCES]) + (f" And {more} more." if more > 0 else "")
        if state.open > 0:
            cell.status = CoverageStatus.PARTIAL if state.answers else CoverageStatus.NOT_ASKED
            cell.detail = " ".join(filter(None, ("The scan was stopped before this was read.", cell.detail)))
        return cell
