"""Words of the commands that keep an audit running by itself: secrets, schedules, notifications, care of the store."""

import argparse
from pathlib import Path
from typing import Any

from app.cli.verbs import MakeVerb
from app.texts import tr


def unattended(verbs: Any, verb: MakeVerb) -> None:
    """`vault`, `schedule`, `notify` and `store`."""
    _vault(_group(verbs, "vault", tr("secrets that no single sign-on or role can spare, encrypted")), verb)
    _schedule(_group(verbs, "schedule", tr("audits that the operating system starts")), verb)
    _notify(_group(verbs, "notify", tr("who is told about audits, and whether messages arrive")), verb)
    _store(_group(verbs, "store", tr("backup, restore, deletion on record")), verb)


def alone(verb: argparse.ArgumentParser) -> None:
    """Options for an audit that nobody watches."""
    verb.add_argument("--notify", action="store_true", help=tr("tell whom `situs notify show` names"))
    verb.add_argument(
        "--log", metavar="FILE", help=tr("what was done, as JSON lines, with rotation (-: on standard error)")
    )


def reports_to(verb: argparse.ArgumentParser) -> None:
    """Options for reports that are named by themselves."""
    verb.add_argument(
        "--report-folder",
        type=Path,
        metavar="DIR",
        help=tr("folder or share that gets a report with date and number of the scan in its name"),
    )
    verb.add_argument(
        "--forms",
        nargs="+",
        default=["pdf", "json"],
        metavar="FORM",
        help=tr("forms of the reports in that folder (default: pdf json)"),
    )


def _group(verbs: Any, name: str, summary: str) -> Any:
    return verbs.add_parser(name, help=summary, description=summary).add_subparsers(
        title=tr("commands"), metavar="COMMAND", required=True
    )


def _form(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--format", choices=["text", "json"], default="text", help=tr("what to print on stdout"))


def _vault(verbs: Any, verb: MakeVerb) -> None:
    run = "app.cli.vaults"
    keep = verb(
        verbs, "set", f"{run}:put_secret", tr("store a secret, read from a prompt or standard input"), store=False
    )
    keep.add_argument("name", metavar="NAME")
    keep.add_argument("--expires", metavar="DATE", help=tr("day it ends, to be warned before"))
    keep.add_argument("--note", metavar="TEXT", help=tr("what it is for"))
    _protect(keep, tr("what protects a new vault (default: keyring)"))
    _form(verb(verbs, "list", f"{run}:names", tr("names and dates of what is stored, never secrets"), store=False))
    verb(verbs, "remove", f"{run}:remove", tr("remove a secret"), store=False).add_argument("name", metavar="NAME")
    rotate = verb(verbs, "rotate", f"{run}:rotate", tr("encrypt everything anew under a new key"), store=False)
    _protect(rotate, tr("what protects the vault from now on (default: as before)"))
    _form(verb(verbs, "status", f"{run}:status", tr("how it is protected, and what ends soon"), store=False))
    verb(verbs, "export", f"{run}:export", tr("refused, with what to do instead"), store=False)


def _schedule(verbs: Any, verb: MakeVerb) -> None:
    from app.cli.arguments import gates, judging, sources

    run = "app.cli.schedules"
    add = verb(verbs, "add", f"{run}:add", tr("add a schedule, or replace the one of this name"))
    add.add_argument("name", metavar="NAME", help=tr("lower-case letters, digits and hyphens"))
    when = add.add_mutually_exclusive_group()
    when.add_argument("--daily", action="store_true", help=tr("every day"))
    when.add_argument("--weekly", nargs="+", metavar="DAY", help=tr("mon tue wed thu fri sat sun (default: mon)"))
    when.add_argument("--monthly", nargs="+", metavar="DAY", help=tr("1 to 28, or last"))
    add.add_argument("--at", default="06:00", metavar="HH:MM", help=tr("default: 06:00"))
    add.add_argument("--timezone", default="", metavar="ZONE", help=tr("as Europe/Berlin (default: this computer's)"))
    sources(add)
    judging(add)
    gates(add)
    reports_to(add)
    add.add_argument("--on-battery", action="store_true", help=tr("run without mains power too"))
    add.add_argument("--no-wake", action="store_true", help=tr("do not wake the computer (Windows)"))
    add.add_argument("--limit", type=int, default=12, metavar="HOURS", help=tr("end it after so long (default: 12)"))
    add.add_argument(
        "--wait", type=int, default=4, metavar="HOURS", help=tr("wait for power and network so long (default: 4)")
    )
    add.add_argument(
        "--external", action="store_true", help=tr("another scheduler starts it: `situs schedule run NAME --by clock`")
    )
    add.add_argument("--quiet", action="store_true", help=tr("send no notifications about it"))
    add.add_argument("--dry-run", action="store_true", help=tr("check, and print what the system would be given"))
    _form(verb(verbs, "list", f"{run}:listing", tr("schedules, their next runs and the last one"), store=False))
    gone = verb(verbs, "remove", f"{run}:remove", tr("remove a schedule; its history stays"), store=False)
    which = gone.add_mutually_exclusive_group(required=True)
    which.add_argument("name", metavar="NAME", nargs="?")
    which.add_argument("--all", action="store_true", help=tr("every schedule, before the program is removed"))
    now = verb(verbs, "run", f"{run}:run", tr("run one now"), store=False)
    now.add_argument("name", metavar="NAME")
    now.add_argument("--by", choices=["person", "clock"], default="person", help=argparse.SUPPRESS)
    history = verb(verbs, "history", f"{run}:history", tr("what became of every time one was due"), store=False)
    history.add_argument("name", metavar="NAME", nargs="?")
    history.add_argument("--limit", type=int, default=50, metavar="N", help=tr("default: 50"))
    _form(history)


def _notify(verbs: Any, verb: MakeVerb) -> None:
    run = "app.cli.notifying"
    test = verb(verbs, "test", f"{run}:test", tr("send a test message"), store=False)
    test.add_argument("--channel", metavar="NAME", help=tr("desktop, email or the name of a webhook (default: all)"))
    _form(verb(verbs, "show", f"{run}:show", tr("who is told what, or an example of the settings"), store=False))


def _store(verbs: Any, verb: MakeVerb) -> None:
    run = "app.cli.storecare"
    out = verb(verbs, "backup", f"{run}:backup", tr("write the store with settings and schedules into one file"))
    out.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("file, or a folder for a dated one"))
    out.add_argument("--in-the-clear", action="store_true", help=tr("do not encrypt it by a passphrase"))
    back = verb(verbs, "restore", f"{run}:restore", tr("put the store of a backup in its place"))
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--replace", action="store_true", help=tr("where there is a store already; it is kept beside"))
    back.add_argument("--settings", action="store_true", help=tr("settings and schedules too, where there are none"))
    back.add_argument("--look", action="store_true", help=tr("only check the backup and say what is in it"))
    _form(back)
    gone = verb(verbs, "forget", f"{run}:forget", tr("delete for good, with a reason, on record"))
    gone.add_argument("--before", metavar="DATE", help=tr("scans that began before this day"))
    gone.add_argument("--older-than", type=int, metavar="DAYS", help=tr("scans that began longer ago"))
    gone.add_argument("--connection", metavar="NAME", help=tr("what only this connection has shown, in every scan"))
    gone.add_argument("--why", default="", metavar="TEXT", help=tr("the reason, for the record"))
    gone.add_argument("--by", metavar="NAME", help=tr("who decides (default: the name in the settings)"))
    gone.add_argument("--yes", action="store_true", help=tr("delete; it cannot be brought back"))
    gone.add_argument("--dry-run", action="store_true", help=tr("only say what would be deleted"))
    _form(gone)
    stand = verb(verbs, "status", f"{run}:status", tr("size, age, and what is older than it should be kept"))
    stand.add_argument("--keep", type=int, metavar="DAYS", help=tr("days that scans are to be kept"))
    _form(stand)
    roles = verb(verbs, "roles", f"{run}:roles", tr("roles on a PostgreSQL server: reader, reviewer, auditor"))
    roles.add_argument("--prefix", default="situs", metavar="NAME", help=tr("begins the names of the roles"))
    roles.add_argument("--apply", action="store_true", help=tr("make them; else print the statements for an owner"))


def _protect(verb: argparse.ArgumentParser, text: str) -> None:
    verb.add_argument("--protect", choices=["keyring", "passphrase"], help=text)
