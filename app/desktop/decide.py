"""Recording decisions in the store; runs in a worker thread, imports no Qt."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.desktop.record import Record, read_record
from app.desktop.snapshot import FindingRow

if TYPE_CHECKING:
    from app.decisions import Actor
    from app.desktop.written import Written
    from app.store import Store

JUDGED_ANEW: Final = ("accept", "not_applicable", "revoke", "agree", "undo", "two_people")
"""Decisions after which verdicts change."""


@dataclass(frozen=True)
class Wanted:
    """A decision that somebody asked for.

    `kind`: accept, not_applicable, revoke, agree, assign, comment, undo, two_people. `who`: name, and role after a
    comma. `until`: last day of an acceptance, or day by which work is due.
    """

    kind: str
    rows: tuple[FindingRow, ...] = ()
    who: str = ""
    text: str = ""
    until: date | None = None
    assignee: str = ""
    passphrase: str = ""
    key: Path | None = None
    on: bool = False

    @property
    def actor(self) -> "Actor":
        """The person. Raises DecisionError without a name."""
        from app.decisions import Actor

        name, _, role = self.who.partition(",")
        return Actor.here(name, role)


def record(where: str | Path, folder: Path, wanted: Wanted) -> tuple[int, Record]:
    """Do what was asked for; how many entries were recorded, and the log after it.

    Raises KnownStoreError or DecisionError with a sentence for people; then nothing was recorded.
    """
    from app.decisions.checking import note
    from app.store import Store

    with Store.open(where, create=False) as store:
        done = _recorded(store, wanted)
        note(folder, store)
        return done, read_record(store, folder)


def _recorded(store: "Store", wanted: Wanted) -> int:
    from app.decisions import Subject, actions, state_of
    from app.decisions.entry import DecisionError, read_log
    from app.decisions.people import confirm
    from app.texts import tr

    actor = wanted.actor
    subjects = [Subject(r.rule, r.asset, r.flow) for r in wanted.rows]
    match wanted.kind:
        case "accept" | "not_applicable" if wanted.until is not None:
            done = actions.accept(store, actor, subjects, wanted.text, wanted.until, applies=wanted.kind == "accept")
        case "assign":
            done = actions.assign(store, actor, subjects, wanted.assignee, wanted.until, wanted.text)
        case "comment":
            done = actions.comment(store, actor, subjects, wanted.text)
        case "revoke":
            numbers = sorted({r.acceptance for r in wanted.rows if r.acceptance})
            done = actions.revoke(store, actor, numbers, wanted.text)
        case "agree" if wanted.key is not None:
            keys = {s.key for s in subjects}
            waiting = [e for e in state_of(read_log(store)).unconfirmed if e.entry.subject in keys or not subjects]
            done = confirm(store, actor, wanted.key, wanted.passphrase, waiting)
        case "two_people":
            done = actions.require_two(store, actor, wanted.on)
        case "undo":
            batch = state_of(read_log(store)).last_batch()
            if not batch:
                raise DecisionError(tr("There is no decision that could be undone."))
            done = actions.undo(store, actor, batch)
        case _:
            raise ValueError(wanted.kind)
    return len(done)


def report_signed(where: str | Path, folder: Path, who: str, made: "Sequence[Written]") -> Record:
    """Note signed reports in the log; the log after it. Raises KnownStoreError."""
    from app.decisions import Actor, actions
    from app.decisions.checking import note
    from app.store import Store

    name, _, role = who.partition(",")
    with Store.open(where, create=False) as store:
        for one in made:
            actions.report_signed(store, Actor.here(name, role), one.path.name, one.digest, one.signed_by)
        note(folder, store)
        return read_record(store, folder)


def digests(paths: Sequence[Path]) -> list[tuple[Path, int, str]]:
    """Each file with its size in bytes and its SHA-256. Raises OSError."""
    found: list[tuple[Path, int, str]] = []
    for path in paths:
        with path.open("rb") as file:
            found.append((path, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()))
    return found
