"""The log of decisions as the window shows it: who works on what, what was decided, and whether the log is whole.

Runs in a worker thread, imports no Qt.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.store import Store

Key = tuple[str, str]


@dataclass(frozen=True)
class LogLine:
    """One entry of the log in words."""

    number: int
    when: str
    who: str
    role: str
    what: str
    kind: str
    rule: str
    subject: str
    undone: bool = False
    detail: tuple[str, ...] = ()
    digest: str = ""


@dataclass(frozen=True)
class WorkRow:
    """Work on one finding."""

    assignee: str = ""
    due: date | None = None
    history: tuple[LogLine, ...] = ()


@dataclass(frozen=True)
class Record:
    """Everything in the log. `waiting`: acceptances that do not count until a second person agrees.

    `last`: what would be undone next, in words; empty where there is nothing.
    """

    lines: tuple[LogLine, ...] = ()
    work: dict[Key, WorkRow] = field(default_factory=dict[Key, WorkRow])
    waiting: frozenset[str] = frozenset()
    unconfirmed: dict[Key, str] = field(default_factory=dict[Key, str])
    applies_not: frozenset[str] = frozenset()
    two_people: bool = False
    problems: tuple[str, ...] = ()
    last: str = ""
    head: str = ""

    def of(self, rule: str, subject: str) -> WorkRow:
        """The work on one finding."""
        return self.work.get((rule, subject)) or _NONE


_NONE = WorkRow()


def read_record(store: "Store", folder: Path | None) -> Record:
    """The log of a store. `folder`: where this computer noted the last digest it saw."""
    from app.decisions import state_of
    from app.decisions.checking import check_log
    from app.decisions.entry import DecisionError, Logged, read
    from app.decisions.wording import short
    from app.desktop import clock
    from app.report import words

    checked = check_log(store, folder)
    logged: list[Logged] = []
    for row in store.logged():
        try:
            logged.append(read(row))
        except DecisionError:
            continue  # the check has told it
    state = state_of(logged)

    def day(when: date | None) -> str:
        return words.day(when) if when else ""

    lines = {
        one.number: LogLine(
            one.number,
            clock.moment(one.entry.made),
            one.entry.who,
            one.entry.role,
            short(one.entry, day),
            one.entry.kind,
            one.entry.rule,
            one.entry.asset or one.entry.flow or "",
            one.number in state.undone,
            one.entry.changes,
            one.digest,
        )
        for one in logged
    }
    waiting = [made for made in state.unconfirmed if state.two_people]
    last = state.last_batch()
    return Record(
        tuple(reversed(lines.values())),
        {
            key: WorkRow(work.assignee, work.due, tuple(lines[h.number] for h in work.history))
            for key, work in state.work.items()
        },
        frozenset(made.entry.acceptance for made in waiting),
        {made.entry.subject: made.entry.acceptance for made in state.unconfirmed},
        frozenset(a for a, made in state.accepted.items() if made.entry.kind == "not_applicable"),
        state.two_people,
        tuple(checked.problems),
        f"{lines[last[0].number].who}: {lines[last[0].number].what}" if last else "",
        checked.head,
    )


def load_record(where: str | Path, folder: Path | None) -> Record:
    """The log of a store by its place. Raises KnownStoreError."""
    from app.store import Store

    with Store.open(where, create=False) as store:
        return read_record(store, folder)
