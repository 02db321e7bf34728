"""Laws and standards as views of one judgement: the same verdicts, grouped by requirement.

A requirement takes the rules that cite its provisions (or points of them) and those it names. Nothing is judged here.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from app.texts import tr
from resources import ROOT
from rules.judgement import Summary
from rules.members import Members, nearest
from rules.rule import Rule, RuleError
from rules.yamlread import YamlError, read

FOLDER: Final = ROOT / "frameworks"
"""One file for each framework."""

NO_EVIDENCE: Final = "no_automated_evidence"
CONFIDENCE: Final = ("verified", "recalled")
_ARTICLE: Final = re.compile(r"(art\d+[a-z]?|annex)(\.[0-9a-z]+)*")
_VERDICTS: Final = ("fail", "not_checked", "accepted", "pass", "not_applicable")


class FrameworkError(Exception):
    """There is no such framework, or its file cannot be used; the text is one sentence."""


class Evidence(Struct, frozen=True):
    """What speaks for one level: rules, and the least `sovereign_level` of the policy at which they speak for it."""

    level: str
    rules: tuple[str, ...]
    least_sovereign_level: int = 0


class Requirement(Struct, frozen=True):
    """One requirement, with the provisions and rules it takes its verdicts from. `missing`: what no estate shows."""

    id: str
    title: str
    text: str
    provisions: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    confidence: str = "recalled"
    missing: str = ""
    evidence: tuple[Evidence, ...] = ()


class Framework(Struct, frozen=True):
    """One law or standard. `levels` are those that it awards, lowest first; empty where it awards none."""

    id: str
    name: str
    version: str
    url: str
    note: str
    source: str
    confidence: str
    requirements: tuple[Requirement, ...]
    levels: tuple[tuple[str, str], ...] = ()


class RuleCount(Struct):
    """One rule under a requirement, with the number of its verdicts."""

    rule: str
    title: str
    verdicts: dict[str, int]


class LevelShown(Struct):
    """What the estate says of one level: supported, contradicted, not_shown or no_automated_evidence, and why."""

    level: str
    name: str
    state: str
    rules: list[str]
    why: str


class Shown(Struct):
    """One requirement with its verdicts.

    `state`: failed, not_shown (something could not be checked), accepted, no_failure_found, not_applicable (nothing of
    that sort in the estate) or no_automated_evidence (no rule looks at it). `supports` is the highest level up to which
    evidence speaks for every level that has evidence at all; None where none does.
    """

    id: str
    title: str
    text: str
    state: str
    verdicts: dict[str, int]
    rules: list[RuleCount]
    confidence: str
    missing: str = ""
    levels: list[LevelShown] = []
    supports: str | None = None


class View(Struct):
    """A framework over one judgement. `other_rules` have verdicts but no requirement of this framework."""

    framework: str
    name: str
    version: str
    url: str
    note: str
    source: str
    confidence: str
    requirements: list[Shown]
    other_rules: list[str]


def label(requirement: str) -> str:
    """How the law itself writes the id of a requirement: `Art. 5(1)(b)`, `Annex XI`; other ids stay as they are."""
    parts = requirement.split(".")
    if parts[0] == "annex" and len(parts) == 2:
        return tr("Annex {number}").format(number=parts[1].upper())
    if not _ARTICLE.fullmatch(requirement):
        return requirement
    return f"Art. {parts[0].removeprefix('art')}" + "".join(f"({part})" for part in parts[1:])


def _numbers(requirement: str) -> list[tuple[int, str]]:
    """Order of articles; annexes stand behind them."""
    if requirement.startswith("annex"):
        return [(10**6, requirement)]
    pieces = re.findall(r"\d+|[a-z]+", requirement.removeprefix("art"))
    return [(int(piece), "") if piece.isdecimal() else (0, piece) for piece in pieces]


def names() -> list[str]:
    """Ids of the frameworks there are."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name: str) -> Framework:
    """A framework by its id. Raises FrameworkError."""
    wanted = name.strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    if wanted not in names():
        near = nearest(wanted, names())
        hint = tr(" Did you mean {name}?").format(name=near) if near else ""
        raise FrameworkError(
            tr("there is no framework {name}; there are: {list}.").format(name=name[:60], list=", ".join(names()))
            + hint
        )
    return read_framework(FOLDER / f"{wanted}.yaml")


def read_framework(path: Path) -> Framework:
    """The framework in a file. Raises FrameworkError with file and line."""
    try:
        members = Members(path.name, "framework", read(path))
        levels: list[tuple[str, str]] = []
        for item in members.list("levels"):
            levels.append((str(item.text("id", 20)), str(item.text("name", 100))))
            item.finish()
        confidence = members.word("confidence", CONFIDENCE)
        found = Framework(
            str(members.text("id", 20)),
            str(members.text("name", 100)),
            str(members.text("version", 500)),
            str(members.text("url", 500)),
            str(members.text("note", 500)),
            str(members.text("source", 500)),
            confidence,
            tuple(
                _requirement(item, confidence, [level for level, _ in levels]) for item in members.list("requirements")
            ),
            tuple(levels),
        )
        members.finish()
    except (RuleError, YamlError) as error:
        raise FrameworkError(str(error)) from error
    ids = [r.id for r in found.requirements]
    twice = next((i for i in ids if ids.count(i) > 1), None)
    if twice is not None:
        raise FrameworkError(f"{path.name}: the requirement {twice} is there twice.")
    return found


def _requirement(members: Members, confidence: str, levels: Sequence[str]) -> Requirement:
    id_ = str(members.text("id", 40))
    members.what = id_
    evidence: list[Evidence] = []
    for item in members.list("evidence"):
        least = item.word("least_sovereign_level", [str(n) for n in range(5)], "0")
        evidence.append(Evidence(item.word("level", levels), tuple(map(str, item.texts("rules"))), int(least)))
        item.finish()
    found = Requirement(
        id_,
        str(members.text("title", 300)),
        str(members.text("text", 1000)),
        tuple(map(str, members.texts("provisions"))),
        tuple(map(str, members.texts("rules"))),
        members.word("confidence", CONFIDENCE, confidence),
        str(members.maybe("missing") or ""),
        tuple(evidence),
    )
    members.finish()
    return found


def view(framework: Framework, rules: Sequence[Rule], summary: Summary, sovereign_level: int | None = None) -> View:
    """The verdicts of a judgement by requirement. `sovereign_level` is what the policy asks for; None: not decided."""
    by_requirement = assigned(framework, rules)
    known = {rule.id: rule for rule in rules}
    shown = [
        _shown(framework, r, by_requirement[r.id], known, summary, sovereign_level) for r in framework.requirements
    ]
    used = {rule for ids in by_requirement.values() for rule in ids}
    if all(_ARTICLE.fullmatch(item.id) for item in shown):
        shown.sort(key=lambda item: _numbers(item.id))
    return View(
        framework.id,
        framework.name,
        framework.version,
        framework.url,
        framework.note,
        framework.source,
        framework.confidence,
        shown,
        [rule.id for rule in rules if rule.id not in used],
    )


def assigned(framework: Framework, rules: Iterable[Rule]) -> dict[str, list[str]]:
    """Requirement → its rules, in order. A cited point belongs to the requirement that names it most exactly."""
    named = {provision: r.id for r in framework.requirements for provision in r.provisions}
    found: dict[str, set[str]] = {
        r.id: {*r.rules, *(rule for e in r.evidence for rule in e.rules)} for r in framework.requirements
    }
    there: set[str] = set()
    for rule in rules:
        there.add(rule.id)
        for law in rule.law:
            requirement = _nearest(law, named)
            if requirement is not None:
                found[requirement].add(rule.id)
    return {requirement: sorted(ids & there) for requirement, ids in found.items()}


def _nearest(law: str, named: dict[str, str]) -> str | None:
    steps = law.lower().replace("-", ".").split(".")
    if steps[0] == "ecsf":
        steps[:1] = ["ec", "csf"]
    for length in range(len(steps), 0, -1):
        requirement = named.get(".".join(steps[:length]))
        if requirement is not None:
            return requirement
    return None


def _shown(
    framework: Framework,
    requirement: Requirement,
    ids: Sequence[str],
    known: dict[str, Rule],
    summary: Summary,
    sovereign_level: int | None,
) -> Shown:
    counts = [RuleCount(i, known[i].title, dict(summary.by_rule.get(i, {}))) for i in ids]
    total = {v: n for v in _VERDICTS if (n := sum(c.verdicts.get(v, 0) for c in counts))}
    levels = _levels(framework, requirement, summary, sovereign_level)
    return Shown(
        requirement.id,
        requirement.title,
        requirement.text,
        _state(total, bool(ids)),
        total,
        counts,
        requirement.confidence,
        requirement.missing,
        levels,
        _supported(levels),
    )


def _state(verdicts: dict[str, int], any_rules: bool) -> str:
    if not any_rules:
        return NO_EVIDENCE
    for verdict, state in (
        ("fail", "failed"),
        ("not_checked", "not_shown"),
        ("accepted", "accepted"),
        ("pass", "no_failure_found"),
    ):
        if verdicts.get(verdict):
            return state
    return "not_applicable"


def _levels(
    framework: Framework, requirement: Requirement, summary: Summary, sovereign_level: int | None
) -> list[LevelShown]:
    by_level = {e.level: e for e in requirement.evidence}
    found: list[LevelShown] = []
    for level, name in framework.levels[1:]:  # the lowest asks for nothing
        evidence = by_level.get(level)
        if evidence is None:
            found.append(LevelShown(level, name, NO_EVIDENCE, [], tr("No rule speaks for this level.")))
            continue
        state, why = _level(evidence, summary, sovereign_level)
        found.append(LevelShown(level, name, state, list(evidence.rules), why))
    return found


def _level(evidence: Evidence, summary: Summary, sovereign_level: int | None) -> tuple[str, str]:
    def with_verdict(*verdicts: str) -> list[str]:
        return [r for r in evidence.rules if any(summary.by_rule.get(r, {}).get(v) for v in verdicts)]

    if evidence.least_sovereign_level and (sovereign_level is None or sovereign_level < evidence.least_sovereign_level):
        return "not_shown", tr(
            "Your policy does not ask for level {n} of control over operators, so nothing was held to it."
        ).format(n=evidence.least_sovereign_level)
    failing = with_verdict("fail", "accepted")  # an accepted failure is a failure that someone answers for
    if failing:
        return "contradicted", tr("Failures: {rules}.").format(rules=", ".join(failing))
    unread = with_verdict("not_checked")
    if unread:
        return "not_shown", tr("Could not be checked: {rules}.").format(rules=", ".join(unread))
    passing = with_verdict("pass")
    if not passing:
        return "not_shown", tr("Nothing in the estate that these rules look at.")
    return "supported", tr("No failure of: {rules}.").format(rules=", ".join(passing))


def _supported(levels: Sequence[LevelShown]) -> str | None:
    highest = None
    for level in levels:
        if level.state == "supported":
            highest = level.level
        elif level.state != NO_EVIDENCE:
            break
    return highest
