"""What a person can decide. Each action is recorded whole or not at all, and named in the log by who took it."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from app.decisions.entry import LONGEST, Actor, DecisionError, Entry, Logged, Subject, by, read_log, record
from app.decisions.state import UNDOABLE, State, state_of
from app.store.intern import plain
from app.texts import tr

if TYPE_CHECKING:
    from app.store import Store
    from app.store.records import Acceptance
    from rules.judgement import Acceptance as Accepted


def _reason(text: str) -> str:
    text = plain(text).strip()  # as the store keeps it, so that the log and the store say the same
    if not text:
        raise DecisionError(tr("A decision needs a reason: in a year, somebody will ask why."))
    if len(text) > LONGEST:
        raise DecisionError(tr("The reason is longer than {n} characters.").format(n=LONGEST))
    return text


def accept(
    store: "Store",
    actor: Actor,
    subjects: Sequence[Subject],
    why: str,
    until: date,
    *,
    applies: bool = True,
    second_person: str | None = None,
) -> list[Logged]:
    """Live with these findings until a day. `applies=False`: the rule does not apply there.

    Both override failures only; what was not checked stays so. Raises DecisionError, KnownStoreError.
    """
    text = _reason(why)
    entries: list[Entry] = []
    with store.together():
        for one in subjects:
            made = store.accept(
                one.rule,
                asset=one.asset,
                flow=one.flow,
                why=text,
                owner=f"{actor.name}, {actor.role}" if actor.role else actor.name,
                until=until,
                second_person=second_person,
            )
            entries.append(
                by(
                    actor,
                    "accept" if applies else "not_applicable",
                    rule=one.rule,
                    asset=one.asset,
                    flow=one.flow,
                    text=text,
                    until=until,
                    second=made.second_person or "",
                    acceptance=made.id,
                )
            )
        return record(store, entries)


def revoke(store: "Store", actor: Actor, acceptances: Sequence[str], why: str) -> list[Logged]:
    """Take acceptances back; they stay on record. Raises DecisionError, KnownStoreError."""
    text = _reason(why)
    with store.together():
        return record(store, [_revoked(actor, store.revoke(n, by=actor.name, why=text), text) for n in acceptances])


def _revoked(actor: Actor, done: "Acceptance", text: str) -> Entry:
    return by(actor, "revoke", rule=done.rule, asset=done.asset, flow=done.flow, text=text, acceptance=done.id)


def assign(
    store: "Store", actor: Actor, subjects: Sequence[Subject], assignee: str, due: date | None, text: str = ""
) -> list[Logged]:
    """Give the work on findings to somebody, until a day; an empty name takes it back. Raises KnownStoreError."""
    name = plain(assignee).strip()[:200]
    return record(
        store,
        [
            by(
                actor,
                "assign",
                rule=s.rule,
                asset=s.asset,
                flow=s.flow,
                assignee=name,
                due=due if name else None,
                text=plain(text).strip()[:LONGEST],
            )
            for s in subjects
        ],
    )


def comment(store: "Store", actor: Actor, subjects: Sequence[Subject], text: str) -> list[Logged]:
    """Say something about findings. Raises DecisionError, KnownStoreError."""
    said = _reason(text)
    return record(store, [by(actor, "comment", rule=s.rule, asset=s.asset, flow=s.flow, text=said) for s in subjects])


def undo(store: "Store", actor: Actor, batch: Sequence[Logged]) -> list[Logged]:
    """Take back what was recorded together. The log keeps both. Raises DecisionError where something cannot be."""
    text = tr("Undone")
    entries: list[Entry] = []
    with store.together():
        known = state_of(read_log(store))
        for one in batch:
            e = one.entry
            if e.kind not in UNDOABLE:
                raise DecisionError(tr("What was recorded there cannot be undone; record another decision."))
            if one.number in known.undone:
                raise DecisionError(tr("This decision was undone already."))
            acceptance = ""
            if e.kind in ("accept", "not_applicable"):
                store.revoke(e.acceptance, by=actor.name, why=text)
                acceptance = e.acceptance
            elif e.kind == "revoke":
                acceptance = _again(store, e).id
            entries.append(
                by(
                    actor,
                    "undo",
                    rule=e.rule,
                    asset=e.asset,
                    flow=e.flow,
                    text=text,
                    undoes=(one.number,),
                    acceptance=acceptance,
                )
            )
        return record(store, entries)


def _again(store: "Store", e: Entry) -> "Acceptance":
    """What was revoked, recorded anew: an acceptance that was revoked stays revoked."""
    old = next((a for a in store.acceptances(revoked=True) if a.id == e.acceptance), None)
    if old is None:
        raise DecisionError(tr("There is no acceptance {id} any more.").format(id=e.acceptance))
    return store.accept(old.rule, asset=old.asset, flow=old.flow, why=old.why, owner=old.owner, until=old.until)


def require_two(store: "Store", actor: Actor, on: bool) -> list[Logged]:
    """From now on an acceptance counts only once a second person has agreed; or no longer so."""
    return record(store, [by(actor, "two_people", on=on)])


def policy_changed(store: "Store", actor: Actor, file: str, before: bytes | None, after: bytes) -> list[Logged]:
    """Note a change of the policy: both digests, what changed line by line; the old text is kept for undoing."""
    from difflib import unified_diff
    from hashlib import sha256

    first = "" if before is None else sha256(before).hexdigest()
    last = sha256(after).hexdigest()
    if first == last:
        return []
    lines = unified_diff(
        (before or b"").decode("utf-8", "replace").splitlines(), after.decode("utf-8", "replace").splitlines(), n=0
    )
    changes = tuple(line[:300] for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@")[:200]
    with store.together():
        for digest, text in ((first, before), (last, after)):
            if text is not None:
                store.attach(f"policy:{digest}", "policy", text)
        return record(store, [by(actor, "policy", file=file, before=first, after=last, changes=changes)])


def report_signed(store: "Store", actor: Actor, file: str, digest: str, key: str) -> list[Logged]:
    """Note that a report was signed: its name, the SHA-256 of the signed file, whom the key names."""
    return record(store, [by(actor, "report", file=plain(file), after=digest, text=plain(key))])


def in_force(store: "Store") -> "list[Accepted]":
    """Acceptances that count, as rules judge by them: not revoked, and agreed to where a second person is required.

    Each counts up to its last day, also where an earlier day is judged by: it is a decision about what was found, not a
    fact of that day, and reports and lists say when it was made.
    """
    from rules.judgement import Acceptance as Counting

    found = store.acceptances()
    if not found:
        return []
    known: State = state_of(read_log(store))
    return [Counting(a.id, a.rule, a.why, a.owner, a.until, a.asset, a.flow) for a in found if not known.waits(a.id)]
