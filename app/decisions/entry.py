"""One entry of the log, and what it is made from."""

import getpass
import platform
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from app.store import Store
    from app.store.records import LogRow

LONGEST: Final = 4_000
"""Characters of a reason or comment."""


class DecisionError(Exception):
    """A decision cannot be recorded as asked; the text is a sentence for people."""


class Actor(Struct, frozen=True):
    """Who decides: the name and role that the person gave, and the login of this computer."""

    name: str
    role: str = ""
    login: str = ""

    @classmethod
    def here(cls, name: str, role: str = "") -> "Actor":
        """The person at this computer. Raises DecisionError without a name."""
        if not name.strip():
            from app.texts import tr

            raise DecisionError(tr("A decision needs the name of the person who takes it."))
        try:
            user = getpass.getuser()
        except (OSError, KeyError, ImportError):
            user = "?"
        return cls(name.strip()[:200], role.strip()[:200], f"{user}@{platform.node()}"[:200])


def same_person(one: str, other: str) -> bool:
    """Whether two names are one to the eye: whatever their case, spaces, invisible characters and forms of letters."""
    return _seen(one) == _seen(other)


def _seen(name: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf")
    return " ".join(plain.casefold().split())


class Subject(Struct, frozen=True):
    """What is decided about: a rule on one asset (uid) or one flow (id)."""

    rule: str
    asset: str | None = None
    flow: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Rule and subject, as findings are told apart."""
        return self.rule, self.asset or self.flow or ""


class Entry(Struct, frozen=True, omit_defaults=True):
    """One entry. `kind` is one of `KINDS`; members that a kind does not use are left out.

    `batch`: number of the first entry that was recorded together with it. `second`: who is said to have agreed,
    without a key; empty: nobody; None: entries of earlier versions do not say. `number` and `digest` come from the log.
    """

    kind: str
    made: datetime
    who: str
    role: str = ""
    login: str = ""
    batch: int = 0
    rule: str = ""
    asset: str | None = None
    flow: str | None = None
    text: str = ""
    acceptance: str = ""
    until: date | None = None
    second: str | None = None
    assignee: str = ""
    due: date | None = None
    undoes: tuple[int, ...] = ()
    confirms: int = 0
    on: bool | None = None
    file: str = ""
    before: str = ""
    after: str = ""
    changes: tuple[str, ...] = ()
    key: str = ""
    signature: str = ""

    @property
    def subject(self) -> tuple[str, str]:
        """Rule and subject, as findings are told apart."""
        return self.rule, self.asset or self.flow or ""


KINDS: Final = (
    "accept",
    "not_applicable",
    "revoke",
    "assign",
    "comment",
    "undo",
    "confirm",
    "policy",
    "person",
    "two_people",
    "report",
    "forget",
)


class Logged(Struct, frozen=True):
    """An entry with its place in the log."""

    number: int
    digest: str
    entry: Entry


def now() -> datetime:
    """This moment in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def by(actor: Actor, kind: str, **members: object) -> Entry:
    """An entry of this person, made now."""
    return Entry(kind, now(), actor.name, actor.role, actor.login, **members)  # pyright: ignore[reportArgumentType]


def record(store: "Store", entries: "list[Entry]") -> list[Logged]:
    """Put entries into the log, as one batch."""
    first = next_number(store)
    bodies = [
        msgspec.json.encode(msgspec.structs.replace(e, batch=e.batch or first), order="sorted").decode()
        for e in entries
    ]
    return [read(row) for row in store.log(bodies)]


def next_number(store: "Store") -> int:
    """The number that the next entry will have."""
    return max((row.number for row in store.logged()), default=0) + 1


def read(row: "LogRow") -> Logged:
    """An entry of the log. Raises DecisionError where its text is no entry."""
    try:
        return Logged(row.number, row.digest, msgspec.json.decode(row.body, type=Entry))
    except msgspec.DecodeError as error:
        from app.texts import tr

        raise DecisionError(
            tr("Entry {n} of the log of decisions cannot be read: {reason}.").format(n=row.number, reason=error)
        ) from error


def read_log(store: "Store") -> Iterator[Logged]:
    """Every entry, oldest first. Raises DecisionError at one that cannot be read."""
    for row in store.logged():
        yield read(row)
