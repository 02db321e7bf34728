"""Words of the commands about what the organisation decides and records, and about rule files."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.texts import languages, tr

MakeVerb = Callable[..., argparse.ArgumentParser]


def organisation(verbs: Any, verb: MakeVerb) -> None:
    """`register`, `what-if`, `acceptances`, `decisions` and `frameworks`."""
    _registers(
        _group(verbs, "register", tr("transfers out of the EEA and other registers: export, import, what ends")), verb
    )
    _what_if(verb(verbs, "what-if", "app.cli.whatifs:what_if", tr("which findings another decision would change")))
    _acceptances(_group(verbs, "acceptances", tr("recorded decisions to live with a finding")), verb)
    decisions = verb(verbs, "decisions", "app.cli.decisions:decisions", tr("what the organisation must decide"))
    _form(decisions)
    from app.cli.decidewords import words_of_decide, words_of_log

    words_of_decide(_group(verbs, "decide", tr("work on findings: accept, assign, comment, agree, undo")), verb)
    words_of_log(_group(verbs, "log", tr("the log of decisions: who decided what, and is it still whole")), verb)
    _frameworks(_group(verbs, "frameworks", tr("the same verdicts, grouped by law or standard")), verb)
    _compute(
        verb(verbs, "compute", "app.cli.compute:compute", tr("training compute of each model (AI Act, Article 51)"))
    )
    from app.cli.cataloguewords import words

    words(_group(verbs, "catalogue", tr("law and facts about places: which edition counts, and its renewal")), verb)


def _group(verbs: Any, name: str, summary: str) -> Any:
    return verbs.add_parser(name, help=summary, description=summary).add_subparsers(
        title=tr("commands"), metavar="COMMAND", required=True
    )


def _form(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--format", choices=["text", "json"], default="text", help=tr("what to print on stdout"))


def _policy(verb: argparse.ArgumentParser, text: str, required: bool = False) -> None:
    verb.add_argument("--policy", type=Path, metavar="FILE", required=required, help=text)


def _registers(verbs: Any, verb: MakeVerb) -> None:
    run = "app.cli.registers"
    export = verb(verbs, "export", f"{run}:export", tr("write every flow out of the EEA of the latest judgement"))
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr(".xlsx, .csv or .json"))
    export.add_argument("--article-30", action="store_true", help=tr("rows for the record of processing as well"))
    load = verb(verbs, "import", f"{run}:load", tr("put entries of a file into the policy"), store=False)
    load.add_argument("file", type=Path, metavar="FILE", help=tr(".xlsx, .csv or .json, as the template or the export"))
    _policy(load, tr("policy file to change; its present content is kept as FILE.bak"), required=True)
    load.add_argument("--sheet", metavar="NAME", help=tr("which table it is, where the columns do not say"))
    load.add_argument("--whole", action="store_true", help=tr("remove entries that the file does not name"))
    load.add_argument("--dry-run", action="store_true", help=tr("check and count only"))
    _form(load)
    empty = verb(verbs, "template", f"{run}:template", tr("write a workbook to fill in"), store=False)
    empty.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr(".xlsx, .csv or .json"))
    _policy(empty, tr("fill it with the entries of this policy"))
    empty.add_argument(
        "--sites", action="store_true", help=tr("the workbook of your own sites instead, which `situs import` reads")
    )
    empty.add_argument("--lang", choices=languages(), help=tr("language of its headings (default: the one in use)"))
    due = verb(verbs, "due", f"{run}:coming", tr("what ends soon, or ended"))
    due.add_argument("--within", type=int, default=14, metavar="DAYS", help=tr("days ahead (default: 14)"))
    due.add_argument("--as-of", metavar="DATE", help=tr("counted from this day (default: today)"))
    _policy(due, tr("policy to look into (default: that of the latest judgement)"))
    _form(due)


def _what_if(verb: argparse.ArgumentParser) -> None:
    verb.formatter_class = argparse.RawDescriptionHelpFormatter
    verb.epilog = tr(
        "The latest judgement is compared with what would be found instead; nothing is stored. Several suppositions\n"
        "count together.\n\n"
        "  situs what-if --allow CH US                    data may lie in these countries too\n"
        "  situs what-if --as-of 2027-06-30               the law, and what has run out, on that day\n"
        "  situs what-if --mechanism SCC-1=none           this entry of the transfer register is gone\n"
        "  situs what-if --move my-bucket=eu-central-1    a store moves; also to a country: my-bucket=DE"
    )
    verb.add_argument("--as-of", metavar="DATE", help=tr("judge by the law of this day"))
    _policy(verb, tr("this policy instead of the one that was judged by"))
    verb.add_argument(
        "--allow",
        nargs="+",
        action="extend",
        default=[],
        metavar="CC",
        help=tr("allow these countries as well: codes such as CH, or EU, EEA, ADEQUATE"),
    )
    verb.add_argument(
        "--mechanism",
        nargs="+",
        action="extend",
        default=[],
        metavar="ENTRY=TOOL",
        help=tr("entry of the register: rests on adequacy, dpf, scc, bcr, adhoc or derogation; none: is gone"),
    )
    verb.add_argument(
        "--move",
        nargs="+",
        action="extend",
        default=[],
        metavar="ASSET=REGION",
        help=tr("asset (uid or name) lies in this region or country"),
    )
    verb.add_argument("--most", type=int, metavar="N", help=tr("name so many differences at most; all are counted"))
    verb.add_argument(
        "--listen",
        action="store_true",
        help=tr("answer questions from stdin, each a line with a JSON list of these options, until it ends"),
    )
    _form(verb)


def _compute(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--as-of", metavar="DATE", help=tr("running jobs count until this day"))
    _policy(verb, tr("policy to take the utilisation from (default: that of the latest judgement)"))
    verb.add_argument("--format", choices=["text", "json", "csv"], default="text", help=tr("what to print on stdout"))


def _acceptances(verbs: Any, verb: MakeVerb) -> None:
    run = "app.cli.acceptances"
    listing = verb(verbs, "list", f"{run}:list_them", tr("all acceptances, expired ones included"))
    listing.add_argument("--revoked", action="store_true", help=tr("revoked ones as well"))
    _form(listing)
    add = verb(verbs, "add", f"{run}:add", tr("record one; it overrides failures only, until its day"))
    add.add_argument("--rule", required=True, metavar="RULE")
    subject = add.add_mutually_exclusive_group(required=True)
    subject.add_argument("--asset", metavar="UID", help=tr("the asset; * for every subject of the rule"))
    subject.add_argument("--flow", metavar="ID", help=tr("the flow, by its id in the report"))
    add.add_argument("--why", required=True, metavar="TEXT")
    add.add_argument("--owner", required=True, metavar="NAME", help=tr("who answers for it"))
    add.add_argument("--until", required=True, metavar="DATE", help=tr("last day on which it counts"))
    add.add_argument("--second-person", metavar="NAME", help=tr("who agreed"))
    _form(add)
    revoke = verb(verbs, "revoke", f"{run}:revoke", tr("take one back; it stays on record"))
    revoke.add_argument("acceptance", metavar="ID")
    revoke.add_argument("--by", required=True, metavar="NAME")
    revoke.add_argument("--why", required=True, metavar="TEXT")


def _frameworks(verbs: Any, verb: MakeVerb) -> None:
    run = "app.cli.frameworks"
    listing = verb(verbs, "list", f"{run}:list_them", tr("which frameworks there are"), store=False)
    _form(listing)
    show = verb(verbs, "show", f"{run}:show", tr("verdicts of the latest judgement by requirement"))
    show.add_argument("framework", metavar="NAME")
    show.add_argument("--format", choices=["text", "json", "csv"], default="text", help=tr("what to print on stdout"))


def rule_files(verbs: Any, verb: MakeVerb) -> None:
    """`rules new`, `rules lint`, `rules try`, `rules docs` and `rules schema`."""
    run = "app.cli.rulefiles"
    new = verb(verbs, "new", f"{run}:new", tr("write the skeleton of a rule with its cases"), store=False)
    new.add_argument("rule", metavar="ID", help=tr("such as ACME-RES-001"))
    new.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("folder of your own rules"))
    lint = verb(
        verbs, "lint", f"{run}:lint", tr("check a folder of rules, and say everything that is wrong"), store=False
    )
    lint.add_argument("folder", type=Path, metavar="DIR")
    _form(lint)
    attempt = verb(verbs, "try", "app.cli.ruletry:attempt", tr("what your own rules would find in the current data"))
    attempt.add_argument("folder", type=Path, metavar="DIR")
    _form(attempt)
    docs = verb(verbs, "docs", f"{run}:docs", tr("write pages about every rule and every attribute"), store=False)
    docs.add_argument("--out", type=Path, required=True, metavar="DIR")
    docs.add_argument("--pack", type=Path, nargs="+", default=[], metavar="DIR", help=tr("further rule folders"))
    verb(verbs, "schema", f"{run}:schema", tr("print the JSON Schema of rule files, for editors"), store=False)
