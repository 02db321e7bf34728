"""`situs rules`: list, explain and test the rules."""

import argparse
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.errors import UsageError
from app.cli.terminal import put, put_bytes, say
from app.texts import tr

if TYPE_CHECKING:
    from rules.rule import Rule


def list_rules(options: argparse.Namespace) -> int:
    """Print every rule, by family."""
    rules = _load([])
    if options.format == "json":
        import msgspec

        rows = [{"id": r.id, "title": r.title, "family": r.family, "severity": r.severity} for r in rules]
        put_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
        return 0
    for rule in rules:
        put(f"{rule.id:<13} {rule.severity:<9} {rule.title}")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print one rule in full: what it asks, why, on what law, and what to do."""
    from app.edition.installed import current

    wanted = str(options.rule).upper()
    rules = {r.id: r for r in _load([])}
    rule = rules.get(wanted) or rules.get(f"SIT-{wanted}")
    if rule is None:
        raise UsageError(tr("there is no rule {rule}. `situs rules list` names them all.").format(rule=options.rule))
    catalogue = current()
    put(f"{rule.id}  {rule.title}")
    put(f"{tr('Severity')}: {rule.severity}. {rule.rationale}\n")
    _block(tr("Why it matters"), rule.explanation)
    for check in rule.checks:
        _block(tr("Asks about"), ", ".join(check.names))
        if check.where:
            _block(tr("Only where"), check.where.text)
        _block(tr("Fails when"), check.condition.text)
    _block(tr("Not checked when"), rule.not_checked_when)
    law = [f"{p.citation} — {p.title}" for p in (catalogue.provision(i) for i in rule.law) if p is not None]
    _block(tr("Law"), "\n".join(law))
    for provider, text in rule.remediation.items():
        _block(f"{tr('What to do')} ({provider})", text)
    if rule.replaces:
        _block(tr("Stands for"), ", ".join(rule.replaces))
    if rule.unverified:
        _block(tr("Unverified"), "; ".join(rule.unverified))
    return 0


def test(options: argparse.Namespace) -> int:
    """Run every rule's own cases; exit status 1 where one does not give what it expects."""
    from app.edition.installed import current
    from rules.selftest import run_cases

    rules = _load(options.pack)
    results = run_cases(rules, current())
    wrong = [r for r in results if r.problem is not None]
    for result in wrong:
        say(f"{result.file}, line {result.line}: {result.rule}, case “{result.case}”: {result.problem}")
    put(
        tr("{rules} rules, {cases} cases: {right} as expected, {wrong} not.").format(
            rules=len(rules), cases=len(results), right=len(results) - len(wrong), wrong=len(wrong)
        )
    )
    return 1 if wrong else 0


def _load(packs: list[Path]) -> "list[Rule]":
    from app.edition.installed import current
    from rules.rulefile import PACK, load_rules

    return load_rules([PACK, *packs], current())


def _block(heading: str, text: str) -> None:
    lines = [w for line in text.splitlines() for w in (textwrap.wrap(line, 92) or [""])]
    put(f"{heading}:")
    for line in lines:
        put(f"    {line}")
