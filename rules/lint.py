"""Everything that is wrong, or could be better, with a folder of rules."""

from pathlib import Path
from typing import Final

from msgspec import Struct

from rules.catalogue import Catalogue
from rules.members import nearest
from rules.rule import PROVIDERS, Rule, RuleError
from rules.rulefile import PACK, files_of, load_rules, read_each
from rules.selftest import run_cases
from rules.words import odd_words

_CLOUDS: Final = tuple(p for p in PROVIDERS if p in ("aws", "azure", "gcp"))


class Remark(Struct):
    """One remark: where, how grave (`error`: the rules cannot be used; `warning`), and what."""

    file: str
    line: int
    level: str
    rule: str
    message: str


def lint(folder: Path, catalogue: Catalogue) -> tuple[int, list[Remark]]:
    """How many rules of the folder can be used, and every remark, in the order of files and lines.

    Raises RuleError only where there is no such folder.
    """
    remarks: list[Remark] = []
    rules: list[Rule] = []
    for path in files_of([folder]):
        found, wrong = read_each(path, catalogue)
        rules += found
        remarks += [_error(error) for error in wrong]
    if not rules and not remarks:
        remarks.append(Remark(str(folder), 1, "warning", "", "there is no rule file (*.yaml) in this folder."))
    built_in = {rule.id: rule for rule in load_rules([PACK], catalogue)}
    first: dict[str, Rule] = {}
    for rule in rules:
        before = first.setdefault(rule.id, rule)
        if before is not rule:
            _add(remarks, rule, "error", f"is there already ({before.file}, line {before.line}).")
        if rule.id in built_in and Path(rule.file).parent.resolve() != PACK.resolve():
            _add(remarks, rule, "error", "is a rule of the program; choose your own prefix.")
        for word in dict.fromkeys(w for check in rule.checks for s in check.sources for w in odd_words(s, catalogue)):
            _add(remarks, rule, "error", word)
        _style(remarks, rule, {*built_in, *(r.id for r in rules)})
    for result in run_cases(rules, catalogue):
        if result.problem is not None:
            message = f"case “{result.case}”: {result.problem}"
            remarks.append(Remark(result.file, result.line, "error", result.rule, message))
    return len(rules), sorted(remarks, key=lambda r: (r.file, r.line, r.level, r.message))


def _error(error: RuleError) -> Remark:
    hint = f' Did you mean "{error.suggestion}"?' if error.suggestion else ""
    return Remark(error.file, error.line, "error", "", error.message + hint)


def _add(remarks: list[Remark], rule: Rule, level: str, message: str) -> None:
    remarks.append(Remark(rule.file, rule.line, level, rule.id, message))


def _style(remarks: list[Remark], rule: Rule, known: set[str]) -> None:
    """What could be better in a rule that can be used."""
    for other in rule.replaces:
        if other not in known:
            near = nearest(other, known)
            hint = f' Did you mean "{near}"?' if near else ""
            _add(remarks, rule, "warning", f"replaces {other}, which does not exist.{hint}")
    if rule.id in rule.replaces:
        _add(remarks, rule, "warning", "replaces itself.")
    expected = {case.expect for case in rule.cases}
    if any(check.where is not None for check in rule.checks) and "not_applicable" not in expected:
        _add(remarks, rule, "warning", "has a `where`, but no case expects not_applicable.")
    missing = [p for p in _CLOUDS if p not in rule.remediation]
    if missing and not any(check.where is not None for check in rule.checks):
        _add(remarks, rule, "warning", f"applies to every provider, but says nothing to do for {', '.join(missing)}.")
    for placeholder in ("What to do.", "Why it is as grave as that", "Why it matters, in one"):
        if any(placeholder in text for text in (rule.rationale, rule.explanation, *rule.remediation.values())):
            _add(remarks, rule, "warning", f"still has the words of the skeleton (“{placeholder}”).")
