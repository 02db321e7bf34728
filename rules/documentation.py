"""Pages about every rule, every attribute and every setting of the policy, made from the files themselves."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from rules.catalogue import Catalogue
from rules.policy.fields import SETTINGS
from rules.rule import FLOW_KINDS, PROVIDERS, Check, Rule, RuleError
from rules.scope import SIGNATURES
from scanners.model import ATTRIBUTES, CORE, KINDS, RELATIONS, Attribute

_MARKUP: Final = str.maketrans(
    {**{c: f"\\{c}" for c in "\\`*_[]|#~"}, "<": "&lt;", ">": "&gt;", "&": "&amp;", "\r": " ", "\n": " "}
)


def write_pages(rules: Sequence[Rule], catalogue: Catalogue, folder: Path) -> list[Path]:
    """Write the pages as Markdown; returns their paths. The same rules give the same bytes.

    Raises RuleError where the folder cannot be written.
    """
    families: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda r: r.id):
        families.setdefault(rule.family, []).append(rule)
    pages = {"README.md": _index(families), "attributes.md": _attributes(), "policy.md": _policy()}
    for family, members in families.items():
        pages[f"rules-{family.lower()}.md"] = _family(family, members, catalogue)
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in sorted(pages.items()):
            path = folder / name
            path.write_bytes(text.encode("utf-8", "replace"))
            written.append(path)
    except OSError as error:
        raise RuleError(str(folder), 1, f"the pages cannot be written ({error.strerror or error}).") from error
    return written


def _index(families: dict[str, list[Rule]]) -> str:
    rows = [
        (f"[{rule.id}](rules-{family.lower()}.md#{rule.id.lower()})", rule.severity, plain(rule.title))
        for family, rules in families.items()
        for rule in rules
    ]
    return _page(
        "Rules",
        "What each rule asks, on what law, and what to do. The attributes that conditions read are in "
        "[attributes.md](attributes.md), what the organisation decides in [policy.md](policy.md).",
        _table(("rule", "severity", "what is wrong"), rows),
    )


def _family(family: str, rules: Iterable[Rule], catalogue: Catalogue) -> str:
    return _page(f"Rules {family}", *(_rule(rule, catalogue) for rule in rules))


def _rule(rule: Rule, catalogue: Catalogue) -> str:
    parts = [
        f"## {rule.id}",
        f"**{plain(rule.title)}**",
        f"Severity: {rule.severity}. {plain(rule.rationale)}",
        plain(rule.explanation),
        *(_check(check) for check in rule.checks),
        f"Not checked when: {plain(rule.not_checked_when)}",
    ]
    marks = [
        text
        for given, text in (
            (rule.raise_for_special, "one step graver for special-category data"),
            (rule.potential_when_unclassified, "marked as potential where nobody stated the class of the data"),
        )
        if given
    ]
    if marks:
        parts.append(f"Severity and marks: {'; '.join(marks)}.")
    if rule.needs:
        parts.append(f"Needs decisions: {', '.join(f'`{need}`' for need in rule.needs)}.")
    law: list[str] = []
    for law_id in rule.law:
        provision = catalogue.provision(law_id)
        law.append(f"- `{law_id}`" + (f": {plain(f'{provision.citation}, {provision.title}')}" if provision else ""))
    parts.append("Law:\n\n" + "\n".join(law))
    parts.append(
        "What to do:\n\n"
        + "\n".join(f"- {p}: {plain(rule.remediation[p])}" for p in PROVIDERS if p in rule.remediation)
    )
    if rule.replaces:
        parts.append(f"Stands for: {', '.join(rule.replaces)}.")
    if rule.unverified:
        parts.append("Unverified:\n\n" + "\n".join(f"- {plain(text)}" for text in rule.unverified))
    cases = [(plain(case.name), case.expect.replace("_", " ")) for case in rule.cases]
    parts.append(_table(("case", "expected"), cases))
    return "\n\n".join(parts)


def _check(check: Check) -> str:
    what = {"asset": "Assets", "flow": "Flows", "relation": "Relations"}[check.subject]
    lines = [f"{what}: {', '.join(f'`{name}`' for name in check.names)}."]
    if check.where is not None:
        lines.append("Only where:\n\n" + _code(check.where.text))
    lines.append("Fails when:\n\n" + _code(check.condition.text))
    lines += [f"{word.capitalize()} when:\n\n{_code(source.text)}" for source, word in check.severity_when]
    return "\n\n".join(lines)


def _attributes() -> str:
    kinds = [(f"`{name}`", plain(label)) for name, label in sorted(KINDS.items())]
    relations = [(f"`{name}`", plain(meaning)) for name, meaning in sorted(RELATIONS.items())]
    flows = [(f"`{name}`", plain(meaning)) for name, meaning in sorted(FLOW_KINDS.items())]
    functions = [
        (f"`{name}`", len(parameters), ", ".join(f"`{read}`" for read in reads if not read.startswith("$")))
        for name, (parameters, _, reads) in sorted(SIGNATURES.items())
    ]
    head = ("attribute", "type", "kinds", "meaning")
    return _page(
        "Attributes",
        "What conditions may read. An attribute that was not read is absent, and a condition that needs it answers "
        "“not checked”; `null`, `false` and `none` mean that it was read and there is none. Those marked † are "
        "worked out at judgement.",
        "## Of every asset\n\n" + _table(head, [_attribute(a, False) for a in CORE.values()]),
        "## Of some kinds\n\n" + _table(head, [_attribute(a, True) for a in ATTRIBUTES.values()]),
        "## Kinds of assets\n\n" + _table(("kind", "what it is"), kinds),
        "## Relations\n\n" + _table(("relation", "from → to"), relations),
        "## Flows\n\n" + _table(("flow", "what moves"), flows),
        "## Functions of conditions\n\n" + _table(("function", "parameters", "rests on"), functions),
    )


def _attribute(attribute: Attribute, with_kinds: bool) -> tuple[str, str, str, str]:
    mark = " †" if attribute.by_judgement else ""
    kinds = ", ".join(f"`{kind}`" for kind in sorted(attribute.kinds)) if with_kinds else "all"
    type_ = attribute.type.replace("|", " or ")
    return f"`{attribute.name}`{mark}", f"`{type_}`", kinds, plain(attribute.meaning)


def _policy() -> str:
    decisions = [(f"`{s.name}`", f"`{s.type}`", plain(s.sentence)) for s in SETTINGS.values() if s.decision]
    thresholds = [
        (f"`{s.name}`", f"`{s.type}`", plain(str(s.default)), plain(s.sentence))
        for s in SETTINGS.values()
        if not s.decision
    ]
    return _page(
        "Policy",
        "## Decisions\n\nThey have no default: left out, the rules that need them answer “decision needed”.\n\n"
        + _table(("decision", "type", "question"), decisions),
        "## Thresholds\n\n" + _table(("threshold", "type", "default", "why"), thresholds),
    )


def plain(text: str) -> str:
    """A text that no reader of Markdown takes for markup."""
    return " ".join(text.translate(_MARKUP).split())


def _code(text: str) -> str:
    return "\n".join(f"    {line.rstrip()}" for line in text.strip().splitlines())


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(str(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", *parts]) + "\n"
