"""`situs decide` and `situs log`: work on findings, and the record of it."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.cli.acceptances import check, known_rule
from app.cli.errors import UsageError
from app.cli.latest import day_of, put_json, today
from app.cli.terminal import put
from app.settings import data_folder, store_location
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.decisions import Actor, Subject
    from app.decisions.entry import Logged


def _actor(options: argparse.Namespace) -> "Actor":
    from app.decisions import Actor

    return Actor.here(options.by, options.role)


def _subject(options: argparse.Namespace) -> "Subject":
    from app.decisions import Subject

    return Subject(str(options.rule).strip().upper(), options.asset, options.flow)


def _recorded(options: argparse.Namespace, work: "Callable[[Any], list[Logged]]") -> int:
    from app.decisions.checking import note
    from app.store import Store

    with Store.open(store_location(options.store), create=False) as store:
        done = work(store)
        note(data_folder(), store)
    numbers = ", ".join(str(one.number) for one in done)
    put(tr("Recorded as entry {n} of the log.").format(n=numbers))
    return 0


def not_applicable(options: argparse.Namespace) -> int:
    """The rule does not apply there. It overrides failures only, until its day."""
    from app.decisions import actions

    until = day_of("--until", options.until)
    if until is None or until < today():
        raise UsageError(tr("--until {day} is over already; it is the last day that counts.").format(day=until))

    def work(store: Any) -> "list[Logged]":
        one = _subject(options)
        check(store, one.rule, one.asset, one.flow)
        return actions.accept(store, _actor(options), [one], options.why, until, applies=False)

    return _recorded(options, work)


def assign(options: argparse.Namespace) -> int:
    """Give the work to somebody."""
    from app.decisions import actions

    due = day_of("--due", options.due)

    def work(store: Any) -> "list[Logged]":
        known_rule(store, _subject(options).rule)
        return actions.assign(store, _actor(options), [_subject(options)], options.to, due)

    return _recorded(options, work)


def comment(options: argparse.Namespace) -> int:
    """Say something."""
    from app.decisions import actions

    def work(store: Any) -> "list[Logged]":
        known_rule(store, _subject(options).rule)
        return actions.comment(store, _actor(options), [_subject(options)], options.text)

    return _recorded(options, work)


def undo(options: argparse.Namespace) -> int:
    """Take back the latest decision."""
    from app.decisions import actions, state_of
    from app.decisions.entry import read_log

    def work(store: Any) -> "list[Logged]":
        batch = state_of(read_log(store)).last_batch()
        if not batch:
            raise UsageError(tr("There is no decision that could be undone."))
        if batch[0].entry.kind == "policy":
            raise UsageError(tr("The latest decision changed the policy: undo it in the window, or edit the file."))
        return actions.undo(store, _actor(options), batch)

    return _recorded(options, work)


def two_people(options: argparse.Namespace) -> int:
    """Require a second person, or no longer."""
    from app.decisions import actions

    return _recorded(options, lambda s: actions.require_two(s, _actor(options), options.state == "on"))


def new_key(options: argparse.Namespace) -> int:
    """Make a key. The passphrase is asked for, or taken from SITUS_PASSPHRASE."""
    from app.decisions.people import make_key

    path = make_key(data_folder(), options.by, _passphrase())
    put(tr("The key is {file}. Without its passphrase nobody can use it, and nobody can restore it.").format(file=path))
    return 0


def agree(options: argparse.Namespace) -> int:
    """Agree to acceptances with one's own key."""
    from app.decisions import state_of
    from app.decisions.entry import read_log
    from app.decisions.people import confirm, key_files

    key = options.key or next((k.path for k in key_files(data_folder()) if k.name == options.by.strip()), None)
    if key is None:
        raise UsageError(tr("There is no key of {name}; `situs decide new-key` makes one.").format(name=options.by))
    passphrase = _passphrase()

    def work(store: Any) -> "list[Logged]":
        known = state_of(read_log(store))
        wanted = [str(n).strip().upper() for n in options.acceptances]
        missing = [n for n in wanted if n not in known.accepted]
        if missing:
            raise UsageError(tr("The log has no acceptance {id}.").format(id=", ".join(missing)))
        return confirm(store, _actor(options), key, passphrase, [known.accepted[n] for n in wanted])

    return _recorded(options, work)


def _passphrase() -> str:
    given = os.environ.get("SITUS_PASSPHRASE")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError(tr("There is nobody to ask for the passphrase; put it into SITUS_PASSPHRASE."))
    return getpass.getpass(tr("Passphrase: "))


def list_log(options: argparse.Namespace) -> int:
    """Print the log."""
    from app.decisions.entry import read_log
    from app.decisions.wording import told
    from app.store import Store

    with Store.open(store_location(options.store), create=False) as store:
        found = list(read_log(store))
    if options.format == "json":
        put_json(found)
        return 0
    if not found:
        put(tr("Nothing was decided yet."))
    for one in found:
        put(f"{one.number:>5}  {one.entry.made:%Y-%m-%d %H:%M}  {told(one.entry)}")
    return 0


def verify(options: argparse.Namespace) -> int:
    """Check the log. Exit status 1 where something is wrong."""
    from app.decisions.checking import check_log
    from app.store import Store

    with Store.open(store_location(options.store), create=False) as store:
        found = check_log(store, data_folder())
    if options.format == "json":
        put_json(found)
    else:
        for problem in found.problems:
            put(problem)
        if found.whole:
            put(
                trn("The log is whole: one entry.", "The log is whole: {n} entries.", found.entries).format(
                    n=found.entries
                )
                + f" SHA-256 {found.head}"
            )
    return 0 if found.whole else 1
