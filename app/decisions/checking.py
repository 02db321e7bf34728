"""Is the log of decisions still what was written? Digests, signatures, acceptances, and what was noted before."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct

from app.decisions.entry import DecisionError, Entry, Logged, read
from app.decisions.people import agreed_by, wrong_signatures
from app.decisions.state import state_of
from app.store.intern import plain
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.store import Store
    from app.store.records import Acceptance

_NOTED: Final = "noted.json"
_LARGEST: Final = 1 << 20
_ACCEPTING: Final = ("accept", "not_applicable")
_SAME_MOMENT: Final = 120
"""Seconds between an acceptance and its entry at most: they are recorded together."""


class Checked(Struct):
    """What was found: how many entries, the digest of the last one, and a sentence for each thing that is wrong."""

    entries: int
    head: str
    problems: list[str]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check_log(store: "Store", folder: Path | None = None) -> Checked:
    """Go through the whole log. `folder`: the user's data folder, where the last digest seen was noted."""
    from app.store.decisions import BEGIN, chained

    problems: list[str] = []
    before, expected = BEGIN, 1
    logged: list[Logged] = []
    digests: dict[int, str] = {}
    for row in store.logged():
        if row.number != expected:
            problems.append(
                tr("Entries {first} to {last} are missing.").format(first=expected, last=row.number - 1)
                if row.number > expected
                else tr("Entry {n} is there twice.").format(n=row.number)
            )
        if chained(row.number, before, row.body) != row.digest:
            problems.append(tr("Entry {n} or one before it was changed after it was written.").format(n=row.number))
        before, expected = row.digest, row.number + 1
        digests[row.number] = row.digest
        try:
            logged.append(read(row))
        except DecisionError as error:
            problems.append(str(error))
    state = state_of(logged)
    problems += [
        tr("Entry {n}: the signature of the second person does not fit.").format(n=n) for n in wrong_signatures(state)
    ]
    problems += _acceptances(store, {e.entry.acceptance for e in logged if e.entry.acceptance}, logged)
    if folder is not None:
        problems += _noted(folder, store.where.label, digests)
    return Checked(len(digests), before, problems)


def _acceptances(store: "Store", known: set[str], logged: list[Logged]) -> list[str]:
    """Acceptances that the log knows otherwise."""
    rows = {a.id: a for a in store.acceptances(revoked=True)}
    problems = _unlogged(list(rows), rows, known, logged)
    confirmed = {e.entry.confirms: e.entry for e in logged if e.entry.kind == "confirm"}
    undone = {n for e in logged for n in e.entry.undoes}
    gone = {e.entry.acceptance for e in logged if e.entry.kind == "revoke"}
    gone |= {e.entry.acceptance for e in logged if e.number in undone and e.entry.kind in _ACCEPTING}
    by_number = {e.number: e.entry for e in logged}
    for one in logged:
        e = one.entry
        again = _taken_back(e, by_number)
        if e.kind not in _ACCEPTING and again is None:
            continue
        row = rows.get(e.acceptance)
        if row is None:
            problems.append(tr("The acceptance {id} was removed from the store.").format(id=e.acceptance))
            continue
        said = (e.rule, e.asset, e.flow, e.text, e.until, plain(f"{e.who}, {e.role}" if e.role else e.who))
        if again is not None:  # it says what the one said that was revoked, which is looked at itself
            old = rows.get(again)
            said = None if old is None else (old.rule, old.asset, old.flow, old.why, old.until, old.owner)
        agreed = confirmed.get(one.number)
        second = (
            agreed_by(agreed) if agreed is not None else row.second_person if e.second is None else e.second or None
        )
        changed = said is not None and said != (row.rule, row.asset, row.flow, row.why, row.until, row.owner)
        if changed or second != row.second_person or abs((row.made - e.made).total_seconds()) > _SAME_MOMENT:
            problems.append(tr("The acceptance {id} was changed after it was recorded.").format(id=e.acceptance))
        elif row.revoked is not None and e.acceptance not in gone:
            problems.append(tr("The acceptance {id} was revoked past the log.").format(id=e.acceptance))
        elif row.revoked is None and e.acceptance in gone:
            problems.append(
                tr("The acceptance {id} was revoked, and made to count again past the log.").format(id=row.id)
            )
    return problems


def _unlogged(ids: list[str], rows: "Mapping[str, Acceptance]", known: set[str], logged: list[Logged]) -> list[str]:
    """Acceptances that are not in the log. Those before its first entry are none of its business."""
    begun = min((e.entry.made for e in logged), default=None)
    first = min((_number(i) for i in known), default=None)
    return [
        tr("The acceptance {id} is not in the log.").format(id=i)
        for i in ids
        if i not in known
        and begun is not None
        and (rows[i].made >= begun or _number(i) < 1 or (first is not None and _number(i) > first))
    ]


def _number(acceptance: str) -> int:
    text = acceptance.rpartition("ACC-")[2]
    return int(text) if text.lstrip("-").isdecimal() else 0


def _taken_back(entry: Entry, by_number: Mapping[int, Entry]) -> str | None:
    """Of an entry that made a revoked acceptance count anew: the one that was revoked."""
    if entry.kind != "undo" or not entry.acceptance:
        return None
    undid = [by_number[n] for n in entry.undoes if n in by_number]
    return next((e.acceptance for e in undid if e.kind == "revoke"), None)


def note(folder: Path, store: "Store") -> None:
    """Remember the last digest of a store's log, so that a log cut short or written anew shows."""
    last = None
    for row in store.logged():
        last = row
    if last is None:
        return
    known = _read(folder)
    known[store.where.label] = {"number": last.number, "digest": last.digest}
    path = folder / _NOTED
    part = path.with_name(f"{_NOTED}.{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(known, indent=1, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)  # a note that cannot be kept must not stop a decision


def _read(folder: Path) -> dict[str, dict[str, object]]:
    path = folder / _NOTED
    try:
        if path.stat().st_size > _LARGEST:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, dict[str, object]]", found) if isinstance(found, dict) else {}


def _noted(folder: Path, label: str, digests: dict[int, str]) -> list[str]:
    noted = _read(folder).get(label)
    if not noted:
        return []
    number = noted.get("number")
    if not isinstance(number, int):
        return []
    if number > len(digests):
        n = number - len(digests)
        return [
            trn(
                "The log is shorter than it was: {n} entry is missing.",
                "The log is shorter than it was: {n} entries are missing.",
                n,
            ).format(n=n)
        ]
    if digests.get(number) != noted.get("digest"):
        return [tr("The log was written anew: entry {n} is another one than this computer noted.").format(n=number)]
    return []
