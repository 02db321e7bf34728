"""Entries of the log as sentences."""

from collections.abc import Callable
from datetime import date

from app.decisions.entry import Entry
from app.texts import tr

DayWords = Callable[[date | None], str]
"""How a day is written for people."""


def told(entry: Entry, day: DayWords | None = None) -> str:
    """What an entry says, in one line; `day` writes a date for people (default: ISO 8601)."""
    write = day or _iso
    about = f"{entry.rule} · {entry.asset or entry.flow}" if entry.rule else ""
    who = f"{entry.who} ({entry.role})" if entry.role else entry.who
    return f"{who}: {_what(entry, write)}" + (f" — {about}" if about else "")


def short(entry: Entry, day: DayWords | None = None) -> str:
    """What was done, without who did it and about what."""
    return _what(entry, day or _iso)


def _what(e: Entry, write: DayWords) -> str:
    match e.kind:
        case "accept":
            return tr("accepted until {day} as {id}: {why}").format(day=write(e.until), id=e.acceptance, why=e.text)
        case "not_applicable":
            return tr("does not apply, until {day}, as {id}: {why}").format(
                day=write(e.until), id=e.acceptance, why=e.text
            )
        case "revoke":
            return tr("revoked {id}: {why}").format(id=e.acceptance, why=e.text)
        case "assign" if not e.assignee:
            return tr("took the work back")
        case "assign":
            said = tr("gave the work to {name}").format(name=e.assignee)
            said += " " + tr("until {day}").format(day=write(e.due)) if e.due else ""
            return said + (f": {e.text}" if e.text else "")
        case "comment":
            return tr("said: {text}").format(text=e.text)
        case "undo":
            return tr("undid entry {n}").format(n=", ".join(map(str, e.undoes)))
        case "confirm":
            return tr("agreed to entry {n}, signed with their own key").format(n=e.confirms)
        case "policy":
            return tr("changed the policy {file} ({n} lines)").format(file=e.file, n=len(e.changes))
        case "person":
            return tr("registered the key {key}").format(key=e.text)
        case "two_people":
            return tr("acceptances need a second person") if e.on else tr("acceptances need no second person")
        case "report":
            return tr("signed the report {file}").format(file=e.file)
        case "forget":
            return tr("deleted for good: {what}").format(what=e.text)
        case _:
            return e.kind


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
