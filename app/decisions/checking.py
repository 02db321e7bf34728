"""Is the log of decisions still what was written? Digests, signatures, acceptances, and what was noted before."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct

from app.decisions.entry import DecisionError, Logged, read
from app.decisions.people import wrong_signatures
from app.decisions.state import state_of
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.store import Store

_NOTED: Final = "noted.json"
_LARGEST: Final = 1 << 20


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
    problems: list[str] = []
    rows = {a.id: a for a in store.acceptances(revoked=True)}
    # Acceptances are older than the log: those made before its first entry are none of its business.
    begun = min((e.entry.made for e in logged), default=None)
    problems += [
        tr("The acceptance {id} is not in the log.").format(id=a.id)
        for a in rows.values()
        if begun is not None and a.made >= begun and a.id not in known
    ]
    gone = {e.entry.acceptance for e in logged if e.entry.kind == "revoke"}
    undone = {n for e in logged for n in e.entry.undoes}
    for one in logged:
        e = one.entry
        if e.kind not in ("accept", "not_applicable"):
            continue
        row = rows.get(e.acceptance)
        if row is None:
            problems.append(tr("The acceptance {id} was removed from the store.").format(id=e.acceptance))
        elif (row.rule, row.asset, row.flow, row.why, row.until) != (e.rule, e.asset, e.flow, e.text, e.until):
            problems.append(tr("The acceptance {id} was changed after it was recorded.").format(id=e.acceptance))
        elif row.revoked is not None and e.acceptance not in gone and one.number not in undone:
            problems.append(tr("The acceptance {id} was revoked past the log.").format(id=e.acceptance))
    return problems


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
