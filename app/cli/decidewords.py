"""Words of `situs decide` and `situs log`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.texts import tr

_RUN = "app.cli.deciding"
_MakeVerb = Callable[..., argparse.ArgumentParser]


def words_of_decide(verbs: Any, verb: _MakeVerb) -> None:
    """The words of `situs decide`."""
    no = verb(verbs, "not-applicable", f"{_RUN}:not_applicable", tr("the rule does not apply to this asset or flow"))
    _about(no)
    no.add_argument("--why", required=True, metavar="TEXT")
    no.add_argument("--until", required=True, metavar="DATE", help=tr("last day on which it counts"))
    give = verb(verbs, "assign", f"{_RUN}:assign", tr("give the work on a finding to somebody"))
    _about(give)
    give.add_argument("--to", required=True, metavar="NAME", help=tr("who works on it; an empty text takes it back"))
    give.add_argument("--due", metavar="DATE", help=tr("until when"))
    say = verb(verbs, "comment", f"{_RUN}:comment", tr("say something about a finding"))
    _about(say)
    say.add_argument("--text", required=True, metavar="TEXT")
    back = verb(verbs, "undo", f"{_RUN}:undo", tr("take back the latest decision; the log keeps both"))
    _by(back)
    two = verb(verbs, "two-people", f"{_RUN}:two_people", tr("let acceptances count only once a second person agreed"))
    two.add_argument("state", choices=["on", "off"])
    _by(two)
    new = verb(verbs, "new-key", f"{_RUN}:new_key", tr("make the key of a second person"), store=False)
    _by(new)
    agree = verb(verbs, "agree", f"{_RUN}:agree", tr("agree to acceptances, as the second person"))
    agree.add_argument("acceptances", nargs="+", metavar="ID", help=tr("such as ACC-0003"))
    agree.add_argument("--key", type=Path, metavar="FILE", help=tr("default: the key made for this name"))
    _by(agree)


def words_of_log(verbs: Any, verb: _MakeVerb) -> None:
    """The words of `situs log`."""
    for name, run, text in (
        ("list", "list_log", tr("every decision and change of the policy, oldest first")),
        ("verify", "verify", tr("check that nothing in the log was changed, removed or put in")),
    ):
        one = verb(verbs, name, f"{_RUN}:{run}", text)
        one.add_argument("--format", choices=["text", "json"], default="text", help=tr("what to print on stdout"))


def _by(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--by", required=True, metavar="NAME", help=tr("who decides"))
    verb.add_argument("--role", default="", metavar="TEXT", help=tr("in which role, such as data protection officer"))


def _about(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--rule", required=True, metavar="RULE")
    subject = verb.add_mutually_exclusive_group(required=True)
    subject.add_argument("--asset", metavar="UID", help=tr("the asset"))
    subject.add_argument("--flow", metavar="ID", help=tr("the flow, by its id in the report"))
    _by(verb)
