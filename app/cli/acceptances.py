"""`situs acceptances`: recorded decisions to live with a finding."""

import argparse
import re
from typing import TYPE_CHECKING

from app.cli.errors import UsageError
from app.cli.latest import day_of, put_json, today
from app.cli.terminal import put, say
from app.settings import data_folder, store_location
from app.texts import tr

if TYPE_CHECKING:
    from app.store import Store

_RULE = re.compile(r"[A-Z]{2,12}-[A-Z]{2,8}-[0-9]{3}")


def list_them(options: argparse.Namespace) -> int:
    """Print acceptances, oldest first, with what became of each."""
    from app.decisions import state_of
    from app.decisions.entry import read_log
    from app.store import Store

    with Store.open(store_location(options.store), create=False, read_only=True) as store:
        found = store.acceptances(revoked=options.revoked)
        known = state_of(read_log(store)) if found else None
    if options.format == "json":
        put_json(found)
        return 0
    if not found:
        put(tr("Nothing was accepted."))
    day = today()
    for a in found:
        waits = known is not None and known.waits(a.id)
        holds = tr("waits") if waits else tr("in force")
        state = tr("revoked") if a.revoked else holds if a.until >= day else tr("expired")
        second = tr(", agreed by {name}").format(name=a.second_person) if a.second_person else ""
        span = tr("recorded {first}, until {last}").format(first=a.made.date(), last=a.until)
        put(f"{a.id}  {state:<9} {span}  {a.rule}  {a.asset or a.flow}")
        put(f"          {a.owner}{second}: {a.why}")
        if waits and not a.revoked and a.until >= day:
            put("          " + _waiting(a.id))
    return 0


def _waiting(number: str) -> str:
    return tr(
        "It counts once a second person has agreed with a key of their own: `situs decide agree {id} --by NAME`."
    ).format(id=number)


def add(options: argparse.Namespace) -> int:
    """Record one. It overrides failures only, and ends by itself after its day."""
    from app.decisions import Actor, Subject, state_of
    from app.decisions.actions import accept
    from app.decisions.checking import note
    from app.decisions.entry import read_log, same_person
    from app.store import Store

    rule = str(options.rule).strip().upper()
    until = day_of("--until", options.until)
    for option in ("why", "owner"):
        if not str(getattr(options, option)).strip():
            raise UsageError(tr("--{option} is empty; an acceptance needs a reason and a name.").format(option=option))
    if until is None or until < today():
        raise UsageError(tr("--until {day} is over already; it is the last day that counts.").format(day=until))
    second = options.second_person
    if second is not None and not second.strip():
        raise UsageError(tr("--second-person is empty; leave it out where nobody has agreed."))
    if second is not None and same_person(second, options.owner):
        raise UsageError(tr("--second-person must be somebody else than --owner."))
    with Store.open(store_location(options.store), create=False) as store:
        check(store, rule, options.asset, options.flow)
        subject = Subject(rule, options.asset, options.flow)
        done = accept(store, Actor.here(options.owner), [subject], options.why, until, second_person=second)
        made = next(a for a in store.acceptances() if a.id == done[0].entry.acceptance)
        waits = state_of(read_log(store)).waits(made.id)
        note(data_folder(), store)
    if options.format == "json":
        put_json(made)
    else:
        said = (
            tr("Recorded as {id}, until {day}.")
            if waits
            else tr("Recorded as {id}, until {day}. It counts from the next judgement on.")
        )
        put(said.format(id=made.id, day=until) + (" " + _waiting(made.id) if waits else ""))
    return 0


def known_rule(store: "Store", rule: str) -> int | None:
    """The number of the latest judgement, None where there is none. Raises UsageError for a rule that is not there."""
    from app.audit import yardstick_of

    judged = store.judgement()
    if judged is None:
        if not _RULE.fullmatch(rule):
            raise UsageError(tr("{rule} is no id of a rule.").format(rule=rule[:60]))
        return None
    if rule not in {r.id for r in yardstick_of(store, judged.id).rules}:
        raise UsageError(tr("there is no rule {rule}. `situs rules list` names them all.").format(rule=rule[:60]))
    return judged.id


def check(store: "Store", rule: str, asset: str | None, flow: str | None) -> None:
    """Refuses a rule that does not exist; says where the subject has no failure of that rule. Raises UsageError."""
    judgement = known_rule(store, rule)
    if judgement is None or asset == "*":
        return
    found = [r.finding for r in store.findings(judgement, rule=rule)]
    of_subject = [f for f in found if (f.flow == flow if flow is not None else f.asset == asset)]
    if not any(f.verdict.value in ("fail", "accepted") for f in of_subject):
        if any(f.verdict.value == "not_checked" for f in of_subject):
            say(
                tr(
                    "Note: the latest judgement could not check {rule} there. An acceptance overrides failures only; "
                    "what was not checked stays so."
                ).format(rule=rule)
            )
        else:
            say(tr("Note: the latest judgement has no failure of {rule} there.").format(rule=rule))


def revoke(options: argparse.Namespace) -> int:
    """Take one back; it stays on record."""
    from app.decisions import Actor, actions
    from app.decisions.checking import note
    from app.store import Store

    if not options.by.strip() or not options.why.strip():
        raise UsageError(tr("--by and --why must not be empty."))
    with Store.open(store_location(options.store), create=False) as store:
        number = options.acceptance.strip().upper()
        actions.revoke(store, Actor.here(options.by), [number], options.why)
        note(data_folder(), store)
    put(tr("{id} is revoked; the failure comes back with the next judgement.").format(id=number))
    return 0
