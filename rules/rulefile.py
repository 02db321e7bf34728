"""Rule files → rules. Everything is checked on loading: a mistake names its file, line and what was meant."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol

from rules.cases import read_case
from rules.members import Members, nearest
from rules.rule import FLOW_KINDS, PROVIDERS, SEVERITIES, Case, Check, Rule, RuleError, Source, SubjectKind
from rules.yamlread import Mapping, Text, YamlError, read
from scanners.model import KINDS, RELATIONS

PACK: Final = Path(__file__).parent / "pack"
"""The folder of the rules that come with the program."""

_ID: Final = re.compile(r"SIT-([A-Z]{2,8})-([0-9]{3})")
_OWN_ID: Final = re.compile(r"[A-Z]{2,12}-([A-Z]{2,8})-([0-9]{3})")
_LAW: Final = re.compile(r"[a-z0-9]+(\.[A-Za-z0-9_-]+)+")
_NEEDS: Final = re.compile(r"policy\.[a-z_]+")
_CLASS: Final = re.compile(
    r"\b(?:pd|sc|pd_any|pd_or_unclassified|has_pd|has_pd_or_ai|inherits_pd|class_rank)\s*\(|\.dc(?:_source)?\b"
)
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_MOST_RULES: Final = 2000
_MOST_FILES: Final = 500
_RULE_MEMBERS: Final = ("id", "title", "severity", "rationale", "law", "explanation", "remediation", "cases")


class Law(Protocol):
    """What a catalogue must offer here."""

    def provision(self, law_id: str) -> object | None:
        """The provision of a legal id, or None."""
        ...


def load_rules(folders: Iterable[Path] = (PACK,), catalogue: Law | None = None) -> list[Rule]:
    """The rules of these folders (`*.yaml`, `*.yml`), in the order of their ids.

    Without a catalogue legal ids are checked for their form only. Raises RuleError for the first mistake, and for a
    folder without a rule file.
    """
    rules: dict[str, Rule] = {}
    folders = list(folders)
    for folder in folders:
        if not files_of([folder]):
            raise RuleError(str(folder), 1, "there is no rule file (*.yaml) in this folder.")
    for path in files_of(folders):
        for rule in read_rules(path, catalogue):
            first = rules.get(rule.id)
            if first is not None:
                raise RuleError(rule.file, rule.line, f"{rule.id} is there already ({first.file}, line {first.line}).")
            rules[rule.id] = rule
            if len(rules) > _MOST_RULES:
                raise RuleError(rule.file, rule.line, f"there are more than {_MOST_RULES} rules.")
    for rule in rules.values():
        for other in rule.replaces:
            if other not in rules and catalogue is not None and rule.id.startswith("SIT-") != other.startswith("SIT-"):
                raise RuleError(rule.file, rule.line, f"{rule.id}: no rule {other}.", nearest(other, rules))
    return [rules[name] for name in sorted(rules)]


def pack_version(folder: Path = PACK) -> str:
    """The version a pack states in its file VERSION; empty where there is none."""
    path = folder / "VERSION"
    return path.read_text(encoding="utf-8").strip()[:40] if path.is_file() else ""


def pack_digest(rules: Sequence[Rule]) -> str:
    """SHA-256 over everything in the rules that bears on a verdict or its text, in hexadecimal."""
    state = hashlib.sha256()
    for rule in rules:
        parts: list[str] = [
            rule.id,
            rule.title,
            rule.severity,
            rule.explanation,
            *rule.law,
            *rule.replaces,
            *rule.replaces_flows,
            *rule.also_reads,
            *rule.needs,
        ]
        parts += [str(rule.raise_for_special), str(rule.potential_when_unclassified)]
        for check in rule.checks:
            parts += [check.subject, *check.names, check.severity or "", *(s.text for s in check.sources)]
            parts += [word for _, word in check.severity_when]
        parts += [f"{provider}:{text}" for provider, text in sorted(rule.remediation.items())]
        state.update("\0".join(parts).encode("utf-8") + b"\1")
    return state.hexdigest()


def files_of(folders: Iterable[Path]) -> list[Path]:
    """The rule files of some folders, in order. Raises RuleError for a folder that is not there."""
    found: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise RuleError(str(folder), 1, "there is no such folder of rules.")
        found += sorted(p for p in folder.iterdir() if p.suffix.lower() in (".yaml", ".yml") and p.is_file())
        if len(found) > _MOST_FILES:
            raise RuleError(str(folder), 1, f"there are more than {_MOST_FILES} rule files.")
    return found


def read_rules(path: Path, catalogue: Law | None = None) -> list[Rule]:
    """The rules of one file. Raises RuleError for the first mistake."""
    rules, wrong = read_each(path, catalogue, most=1)
    if wrong:
        raise wrong[0]
    return rules


def read_each(path: Path, catalogue: Law | None = None, most: int = 100) -> tuple[list[Rule], list[RuleError]]:
    """The rules of one file that can be used, and the first mistake in each of the others, up to `most`."""
    rules: list[Rule] = []
    wrong: list[RuleError] = []
    try:
        members = Members(str(path), "rule file", read(path))
        policy = members.maybe("policy")
        members.maybe("version")
        if not members.has("rules"):
            members.wrong(None, '"rules" is missing.')
        for item in members.list("rules"):
            try:
                rules.append(_rule(item, None if policy is None else str(policy), catalogue))
            except RuleError as error:
                wrong.append(error)
                if len(wrong) >= most:
                    return rules, wrong
        members.finish()
    except YamlError as error:
        wrong.append(RuleError(error.file, error.line, error.message))
    except RuleError as error:
        wrong.append(error)
    return rules, wrong


def _rule(members: Members, policy: str | None, catalogue: Law | None) -> Rule:
    id_ = str(members.text("id", 40))
    match = _OWN_ID.fullmatch(id_)
    if match is None:
        members.wrong("id", f'"{id_}" is no id of a rule; write SIT-FAMILY-001, or your own prefix instead of SIT.')
    members.what = id_
    title = _title(members)
    severity = members.word("severity", SEVERITIES)
    checks = _checks(members)
    text = " ".join(_QUOTED.sub("''", source.text) for check in checks for source in check.sources)
    by_class = _CLASS.search(text) is not None
    special = members.flag("raise_for_special")
    potential = members.flag("potential_when_unclassified")
    rule = Rule(
        id=id_,
        family=match[1],
        title=title,
        severity=severity,
        rationale=str(members.text("rationale", 400)),
        checks=checks,
        law=_law(members, catalogue),
        explanation=str(members.text("explanation", 600)),
        remediation=_remediation(members),
        not_checked_when=str(members.text("not_checked_when", 400)),
        replaces=_ids(members, "replaces"),
        replaces_flows=_expanded(members, "replaces_flows", FLOW_KINDS) if members.has("replaces_flows") else (),
        needs=_needs(members),
        also_reads=_expanded(members, "also_reads", KINDS) if members.has("also_reads") else (),
        raise_for_special=by_class if special is None else special,
        potential_when_unclassified=by_class if potential is None else potential,
        unverified=tuple(str(t) for t in members.texts("unverified")),
        cases=tuple(read_case(item, policy) for item in members.list("cases")),
        file=members.file,
        line=members.line,
    )
    members.finish(("subject", "flow", "relation", "condition", "where", "severity_when", "checks"))
    _check_cases(members, rule.cases)
    compile_check(rule)
    return rule


def compile_check(rule: Rule) -> None:
    """Compile every condition of a rule once, to find its mistakes. Raises RuleError."""
    from rules.condition import ConditionError
    from rules.program import compile_rule

    try:
        compile_rule(rule, None)
    except ConditionError as error:
        raise RuleError(error.file, error.line, f"{rule.id}: {error.message}", error.suggestion) from error


def _title(members: Members) -> str:
    title = str(members.text("title", 150))
    if title.lower().startswith("ensure"):
        members.wrong("title", 'a title says what is wrong; it does not start with "Ensure".')
    if title.endswith("."):
        members.wrong("title", "a title ends without a full stop.")
    return title


def _checks(members: Members) -> tuple[Check, ...]:
    if members.has("checks"):
        for name in ("subject", "flow", "relation", "condition", "where", "severity_when"):
            if members.has(name):
                members.wrong(name, f'"{name}" belongs into "checks" where those are given.')
        checks = tuple(_check(item) for item in members.list("checks"))
        if not checks:
            members.wrong("checks", '"checks" is empty.')
        return checks
    return (_check(members, of_rule=True),)


def _check(members: Members, of_rule: bool = False) -> Check:
    given = [name for name in ("subject", "flow", "relation") if members.has(name)]
    if len(given) != 1:
        members.wrong(given[1] if given else None, 'give exactly one of "subject", "flow" and "relation".')
    subject: SubjectKind
    if given[0] == "subject":
        subject, names = "asset", _expanded(members, "subject", KINDS)
    elif given[0] == "flow":
        subject, names = "flow", _expanded(members, "flow", FLOW_KINDS)
    else:
        subject, names = "relation", _expanded(members, "relation", RELATIONS)
    when: list[tuple[Source, str]] = []
    for item in members.list("severity_when"):
        when.append((_source(item, "when"), item.word("severity", SEVERITIES)))
        item.finish()
    severity = members.word("severity", SEVERITIES) if not of_rule and members.has("severity") else None
    check = Check(
        subject,
        names,
        _source(members, "condition"),
        _source(members, "where") if members.has("where") else None,
        severity,
        tuple(when),
    )
    if not of_rule:
        members.finish()
    return check


def _source(members: Members, name: str) -> Source:
    text = members.text(name, 20_000)
    # A block starts in the line below its indicator; its own indentation is gone, so columns are those of the text.
    return Source(str(text), members.file, text.line + 1 if text.block else text.line, 1 if text.block else text.column)


def _expanded(members: Members, name: str, known: dict[str, str]) -> tuple[str, ...]:
    found: set[str] = set()
    for pattern in members.texts(name):
        if pattern.endswith("*"):
            matches = {word for word in known if word.startswith(pattern[:-1])}
            if not matches:
                members.wrong(name, f'nothing matches "{pattern[:60]}".', nearest(pattern, known))
            found |= matches
        else:
            members.known(name, pattern, known)
            found.add(str(pattern))
    if not found:
        members.wrong(name, f'"{name}" is empty.')
    return tuple(sorted(found))


def _law(members: Members, catalogue: Law | None) -> tuple[str, ...]:
    found = tuple(str(t) for t in members.texts("law"))
    if not found:
        members.wrong("law", '"law" must name at least one provision.')
    for law_id in found:
        if not _LAW.fullmatch(law_id):
            members.wrong("law", f'"{law_id[:60]}" is no legal id; write them like gdpr.art46.1.')
        if catalogue is not None and catalogue.provision(law_id) is None:
            members.wrong("law", f'the catalogue has no provision "{law_id[:60]}", nor one above it.')
    return found


def _remediation(members: Members) -> dict[str, str]:
    part = members.part("remediation")
    if not isinstance(part, Mapping) or not part:
        members.wrong("remediation", '"remediation" must be a mapping of provider to text, with at least one provider.')
    for provider, text in part.items():
        members.known("remediation", provider, PROVIDERS)
        if not isinstance(text, Text) or not text.strip() or len(text) > 600:
            members.wrong("remediation", f'the text for "{provider}" is missing or longer than 600 characters.')
    return {provider: str(text).strip() for provider, text in part.items()}


def _ids(members: Members, name: str) -> tuple[str, ...]:
    found = tuple(str(t) for t in members.texts(name))
    for id_ in found:
        if not (_ID.fullmatch(id_) or _OWN_ID.fullmatch(id_)):
            members.wrong(name, f'"{id_[:60]}" is no id of a rule.')
    return found


def _needs(members: Members) -> tuple[str, ...]:
    from rules.scope import POLICY

    found = tuple(str(t) for t in members.texts("needs"))
    for need in found:
        field = need.removeprefix("policy.")
        if not _NEEDS.fullmatch(need) or field not in POLICY.fields:
            members.wrong("needs", f'"{need[:60]}" is no field of the policy.', nearest(field, POLICY.fields))
    return found


def _check_cases(members: Members, cases: tuple[Case, ...]) -> None:
    expected = {case.expect for case in cases}
    for word in ("fail", "pass", "not_checked"):
        if word not in expected:
            members.wrong("cases", f'at least one case must expect "{word}".')
    names = [case.name for case in cases]
    for case in cases:
        if names.count(case.name) > 1:
            members.wrong("cases", f'two cases are called "{case.name}".')
