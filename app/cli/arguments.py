"""The words of the `situs` command."""

import argparse
import sys
from pathlib import Path
from typing import Any, Final, NoReturn

from app.cli.console import write
from app.cli.unattended import alone, reports_to, unattended
from app.cli.updating import words as updates
from app.texts import tr, trn
from scanners.live import PROVIDERS

_SEVERITIES = ("critical", "high", "medium", "low", "info")
_READ = ("app.cli.audits:audit", "app.cli.connect:scan", "app.cli.schedules:add")
_FORMS = ("policy", "cloudformation", "terraform", "role", "commands", "text")
_FOLLOWING: Final = argparse.SUPPRESS
_EXITS: Final = """exit status:
  0 done    1 failed, or a check found something wrong    2 wrong usage, configuration or policy
  3 findings at or above --fail-on    4 coverage incomplete under --require-complete (4 wins over 3)"""


class _Words(argparse.ArgumentParser):
    """Says which words are to follow, where one of them is missing."""

    def error(self, message: str) -> NoReturn:
        """Prints the usage and ends with status 2."""
        if message == tr("the following arguments are required: %s") % "COMMAND":
            known = [name for action in self._actions for name in (action.choices or ()) if action.dest == _FOLLOWING]
            message = tr("say what to do: {prog} {words}").format(prog=self.prog, words=" | ".join(known))
        super().error(message)

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            write(file or sys.stderr, message)


def _own(message: str | None) -> str | None:
    return tr(message) if message else message


def parser() -> argparse.ArgumentParser:
    """The whole command line, in the language in use."""
    setattr(argparse, "_", _own)  # noqa: B010 - argparse looks its own words up by these names when it needs them
    setattr(argparse, "ngettext", trn)  # noqa: B010
    top = _Words(
        prog="situs",
        description=tr(
            "Where are the data, the GPUs and the keys of an AI-training estate, whose law reaches them, and how do "
            "you know? Without a command, situs opens its window."
        ),
        epilog=tr(_EXITS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument(
        "--version", action="version", version=_version(), help=tr("show program's version number and exit")
    )
    top.add_argument(
        "--self-test", action="store_true", help=tr("open the window, visit every page on the sample estate, and leave")
    )
    top.add_argument("--first-window", action="store_true", help=argparse.SUPPRESS)  # to measure how soon it is there
    verbs = top.add_subparsers(title=tr("commands"), metavar="COMMAND")

    demo = _verb(verbs, "demo", "app.cli.audits:demo", tr("audit the bundled sample estate"), store=False)
    demo.add_argument("--out", type=Path, default=Path("situs-demo"), metavar="DIR", help=tr("folder to write to"))
    demo.add_argument("--format", choices=["text", "json"], default="text")

    audit = _verb(verbs, "audit", "app.cli.audits:audit", tr("read, judge and report in one go"))
    sources(audit)
    judging(audit)
    gates(audit)
    audit.add_argument(
        "--report",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help=tr(
            "reports to write; the form follows the ending: .pdf .html .xlsx .csv .json .ocsf.json .oscal.json .sarif"
        ),
    )
    reports_to(audit)
    alone(audit)
    audit.add_argument("--format", choices=["text", "json"], default="text", help=tr("what to print on stdout"))

    scan = _verb(verbs, "scan", "app.cli.connect:scan", tr("read connected clouds into the store"))
    sources(scan)
    scan.add_argument("--format", choices=["text", "json"], default="text")

    connect = _verb(verbs, "connect", "app.cli.connect:connect", tr("test connections and permissions"), store=False)
    _connections(connect, required=True)
    connect.add_argument("--format", choices=["text", "json"], default="text")

    grants = _verb(
        verbs, "permissions", "app.cli.connect:permissions", tr("print the permissions that a scan needs"), store=False
    )
    grants.add_argument("provider", choices=PROVIDERS, metavar="PROVIDER", help=", ".join(PROVIDERS))
    grants.add_argument("--form", choices=_FORMS, help=tr("policy or role for machines, text for people"))
    grants.add_argument("--scope", metavar="ID", help=tr("subscription, management group, organisation or project"))
    grants.add_argument("--principal", metavar="ARN", help=tr("who may act as the audit role"))
    grants.add_argument("--external-id", metavar="TEXT", help=tr("random text that the audit role asks for"))

    imports = _verb(verbs, "import", "app.cli.audits:import_files", tr("read exported files into the store"))
    imports.add_argument("files", type=Path, nargs="+", metavar="FILE")
    imports.add_argument("--format", choices=["text", "json"], default="text")

    judge = _verb(verbs, "judge", "app.cli.audits:judge", tr("judge what the store holds"))
    judge.add_argument("--scan", type=int, metavar="N", help=tr("number of the scan (default: the latest)"))
    judging(judge)
    gates(judge)
    judge.add_argument("--format", choices=["text", "json"], default="text")

    from app.cli.signverbs import report_options, signing

    report = _verb(verbs, "report", "app.cli.reports:report", tr("write a report of the latest judgement"))
    report_options(report)

    diff = _verb(verbs, "diff", "app.cli.compare:diff", tr("what changed between two scans"))
    diff.add_argument("--from", dest="earlier", type=int, metavar="SCAN", help=tr("default: the scan before"))
    diff.add_argument("--to", dest="later", type=int, metavar="SCAN", help=tr("default: the latest scan"))
    diff.add_argument("--format", choices=["text", "json"], default="text")

    scans = _verb(verbs, "scans", "app.cli.compare:scans", tr("list the scans in the store"))
    scans.add_argument("--format", choices=["text", "json"], default="text")

    from app.cli.verbs import organisation, rule_files

    organisation(verbs, _verb)
    unattended(verbs, _verb)
    signing(verbs, _verb)
    updates(verbs, _verb)
    rules = verbs.add_parser("rules", help=tr("list, explain, test and write rules")).add_subparsers(
        title=tr("commands"), metavar="COMMAND", required=True
    )
    listing = _verb(rules, "list", "app.cli.rulebook:list_rules", tr("all rules"), store=False)
    listing.add_argument("--format", choices=["text", "json"], default="text")
    show = _verb(rules, "show", "app.cli.rulebook:show", tr("one rule in full"), store=False)
    show.add_argument("rule", metavar="RULE")
    test = _verb(rules, "test", "app.cli.rulebook:test", tr("run every rule's own cases"), store=False)
    test.add_argument("--pack", type=Path, nargs="+", default=[], metavar="DIR", help=tr("further rule folders"))
    rule_files(rules, _verb)
    return top


def _verb(verbs: Any, name: str, run: str, summary: str, store: bool = True) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=summary, description=summary)
    verb.set_defaults(run=run)
    verb.add_argument("--progress", choices=["line", "json"], default="line", help=argparse.SUPPRESS)
    if store:
        verb.add_argument(
            "--store", metavar="PATH-or-URL", help=tr("where the scans are kept (default: your own data folder)")
        )
    return verb


def sources(verb: argparse.ArgumentParser) -> None:
    """Options for what is read."""
    _connections(verb, required=False)
    verb.add_argument(
        "--gentle", action="store_true", help=tr("ask more slowly: few calls at a time, for busy accounts")
    )
    verb.add_argument(
        "--workers",
        metavar="ADDRESS",
        help=tr("read account by account on workers: tcp://HOST:PORT of a Dask scheduler, or processes:N"),
    )
    verb.add_argument(
        "--import",
        dest="files",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help=tr("exported files or folders: AWS Config, Azure Resource Graph, Cloud Asset Inventory, kubectl, sites"),
    )


def check_sources(options: argparse.Namespace) -> None:
    """Leaves the program with the usage, as argparse does, where a command that reads was given nothing to read."""
    if getattr(options, "run", "") in _READ and not (options.files or options.connections):
        parser().error(tr("name what to read: --connections FILE, --import FILE, or both"))
    if getattr(options, "run", "") == "app.cli.reports:report" and not (options.out or options.list_kinds):
        parser().error(tr("name the file to write: --out FILE"))


def _connections(verb: argparse.ArgumentParser, required: bool) -> None:
    verb.add_argument(
        "--connections",
        type=Path,
        metavar="FILE",
        required=required,
        help=tr("clouds to read, and how to log in (TOML)"),
    )


def judging(verb: argparse.ArgumentParser) -> None:
    """Options for what it is judged by."""
    verb.add_argument("--policy", type=Path, metavar="FILE", help=tr("the organisation's policy (TOML)"))
    verb.add_argument(
        "--as-of", metavar="DATE", help=tr("judge by the law of this day, as 2026-11-22 (default: today)")
    )
    verb.add_argument("--pack", type=Path, nargs="+", default=[], metavar="DIR", help=tr("further rule folders"))


def gates(verb: argparse.ArgumentParser) -> None:
    """Options for the exit status."""
    verb.add_argument(
        "--fail-on",
        choices=_SEVERITIES,
        metavar="SEVERITY",
        help=tr("exit with 3 from this severity on: ") + ", ".join(_SEVERITIES),
    )
    verb.add_argument("--require-complete", action="store_true", help=tr("exit with 4 where something was not read"))
    verb.add_argument(
        "--only-new", action="store_true", help=tr("count and list only what is new or worse than last time")
    )


def _version() -> str:
    from app import __version__

    return f"situs {__version__}"
