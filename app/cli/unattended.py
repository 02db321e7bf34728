"""Words of the commands that keep an audit running by itself: secrets, schedules, notifications, care of the store."""

import argparse
from pathlib import Path
from typing import Any

from app.cli.verbs import MakeVerb
from app.texts import tr


def unattended(verbs: Any, verb: MakeVerb) -> None:
    """`vault`."""
    _vault(_group(verbs, "vault", tr("secrets that no single sign-on or role can spare, encrypted")), verb)


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
        title="commands", metavar="COMMAND", required=True
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


def _protect(verb: argparse.ArgumentParser, text: str) -> None:
    verb.add_argument("--protect", choices=["keyring", "passphrase"], help=text)
