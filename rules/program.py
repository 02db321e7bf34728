"""Rules made ready for one judgement: compiled conditions, grouped by what they judge."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from rules.condition import Condition, Where, compile_condition
from rules.derive import Plan
from rules.rule import Check, Rule, Source
from rules.scope import Callables, scope_of
from scanners.model import KINDS

CHECKS: Final = 100
"""A check has the number of its rule times this, and its place among the checks of the rule, for its key."""

_WALK: Final = re.compile(r"\b(targets|sources)\s*\(\s*asset\s*,\s*[\"']([a-z_]+)[\"']\s*\)")
_COPIES: Final = re.compile(r"\bcopies\s*\(\s*asset\s*\)")
_ACCOUNT: Final = re.compile(r"\baccount\s*\.|\(\s*account\b|\baccount\s*,")
ATTRIBUTE: Final = re.compile(r"\basset\s*\.\s*([a-z_0-9]+)")


@dataclass(slots=True)
class CompiledCheck:
    """One check of one rule, ready to run. `number` is the rule's place in the program."""

    number: int
    rule: Rule
    check: Check
    condition: Condition
    where: Condition | None
    severity_when: tuple[tuple[Condition, str], ...]
    severity: str
    key: int
    told_by: tuple[str, ...] | None
    by_entry: bool
    by_account: bool
    by_place: bool
    by_origin: bool
    walks: tuple[str, ...]
    where_told_by: tuple[str, ...] | None
    walked: tuple[tuple[str, str], ...]

    # `told_by`: the attributes that an explanation depends on beside class, place and account; None if on more.
    # `by_entry`, `by_origin`, `walks`: whether also on entries that name the asset, on its origin, on its relations.
    # `by_account`, `by_place`: whether a failure depends on its account, or on its place.
    # `walked`: what all of its conditions walk to, as (targets or sources, type of relation).
    # `where_told_by`: the attributes on which, beside the policy, its `where` depends; None if on more.


_PLAIN: Final = frozenset(
    {"pd", "sc", "pd_or_unclassified", "third", "eea", "eea_or_adequate", "outside", "worse", "third_country", "rank"}
    | {"scope_rank", "class_rank", "days", "basis", "entry", "has_critical", "uses_genai", "has_pd", "has_pd_or_ai"}
    | {"inherits_pd", "anonymity_ok", "targets", "guardrail", "known_guardrail", "ropa"}
)
"""Functions whose result follows from class, place, account and the attributes that the condition names."""

_OWN: Final = frozenset({"uid", "name", "tags", "created_at", "idle_since", "started_at", "ended_at", "retain_until"})
"""Attributes that differ from asset to asset: nothing is gained by remembering results for them."""

_OF_ACCOUNT: Final = frozenset(
    {"has_pd", "has_pd_or_ai", "uses_genai", "pd_or_unclassified", "guardrail", "known_guardrail"}
)
"""Functions that look at an account through the record of an asset."""

_BY_ACCOUNT: Final = _OF_ACCOUNT | {"basis", "entry", "has_critical"}
_BY_PLACE: Final = frozenset({"third", "outside", "eea", "eea_or_adequate", "worse", "basis", "entry"})
_AT: Final = re.compile(r"\bloc\b|\blocation\b")

_OTHER: Final = re.compile(r"\b(?:account|location|flow|relation)\b")
_CALL: Final = re.compile(r"[a-z_]\s*\(")
_NOW: Final = re.compile(r"\bnow\b")


def _told_by(condition: Condition, check: Check) -> tuple[str, ...] | None:
    text = condition.source
    if check.subject != "asset" or not _PLAIN.issuperset(condition.functions) or _OTHER.search(text):
        return None
    names = set(ATTRIBUTE.findall(text))
    if _OF_ACCOUNT & set(condition.functions):
        names |= {"id", "ai_services_used", "used_models", "organisation"}
    if "ropa" in condition.functions:
        names.add("ropa_id")
    if "has_critical" in condition.functions:
        names.add("provider")
    return None if names & _OWN else tuple(sorted(names - {"loc", "account", "dc"}))


def _where_told_by(check: Check) -> tuple[str, ...] | None:
    text = check.where.text if check.where is not None and check.subject == "asset" else "now"
    names = set(ATTRIBUTE.findall(text))
    if _CALL.search(text) or _OTHER.search(text) or _NOW.search(text) or names & (_OWN | {"loc", "account"}):
        return None
    return tuple(sorted(names))


class _Unbound(Callables):
    def __call__(self, name: str) -> Callable[..., Any]:
        def call(*_: Any) -> Any:
            raise RuntimeError(f"{name} was compiled for checking only")

        return call


_UNBOUND: Final = _Unbound()


def compile_rule(
    rule: Rule, functions: Callable[[str], Callable[..., Any]] | None, number: int = 0
) -> list[CompiledCheck]:
    """The checks of a rule. Raises ConditionError for a faulty condition."""
    found: list[CompiledCheck] = []
    for check in rule.checks:
        scope = scope_of(check, functions or _UNBOUND)

        def made(source: Source, scope: Any = scope) -> Condition:
            return compile_condition(source.text, scope, Where(source.file, source.line, source.column))

        condition = made(check.condition)
        found.append(
            CompiledCheck(
                number,
                rule,
                check,
                condition,
                made(check.where) if check.where is not None else None,
                tuple((made(source), word) for source, word in check.severity_when),
                check.severity or rule.severity,
                number * CHECKS + len(found),
                _told_by(condition, check),
                bool({"basis", "entry", "anonymity_ok", "ropa"} & set(condition.functions)),
                bool(_BY_ACCOUNT & set(condition.functions)),
                bool(_BY_PLACE & set(condition.functions)) or _AT.search(condition.source) is not None,
                "inherits_pd" in condition.functions,
                tuple(sorted({m[2] for m in _WALK.finditer(condition.source)})),
                _where_told_by(check),
                walked("\n".join(source.text for source in check.sources)),
            )
        )
    return found


def walked(text: str) -> tuple[tuple[str, str], ...]:
    """What conditions walk to from the asset, as (targets or sources, type of relation)."""
    walks = {(m[1], m[2]) for m in _WALK.finditer(text)}
    if _COPIES.search(text):
        walks |= {("targets", "replicates_to"), ("targets", "backs_up_to")}
    return tuple(sorted(walks))


class KindProgram:
    """What is asked of assets of one kind."""

    __slots__ = ("account", "checks", "plan")

    def __init__(self, kind: str, checks: list[CompiledCheck]) -> None:
        self.checks = checks
        sources = [source.text for c in checks for source in c.check.sources]
        text = "\n".join(sources)
        self.plan = Plan(kind, _wanted(text))
        self.account = _ACCOUNT.search(text) is not None


# What functions read of the record they are given, beside its node.
_BY_FUNCTION: Final[dict[str, tuple[str, ...]]] = {
    "ropa": ("ropa_id",),
    "basis_all": ("processing_countries",),
    "targets": ("custody",),
    "uses_genai": ("ai_services_used", "used_models"),
    "operator_fact": ("partition",),
    "reid_assets": ("name",),
}


def _wanted(text: str) -> set[str]:
    """Attributes that conditions name, or that the functions they call read."""
    wanted = set(ATTRIBUTE.findall(text))
    for name, attributes in _BY_FUNCTION.items():
        if re.search(rf"\b{name}\s*\(", text):
            wanted.update(attributes)
    return wanted


class Program:
    """All rules, by subject. Rules keep their number; `by_kind`, `by_flow` and `by_relation` hold what to run."""

    def __init__(
        self, rules: Iterable[Rule], functions: Callable[[str], Callable[..., Any]], kinds: Iterable[str] = KINDS
    ) -> None:
        self.rules = list(rules)
        present = set(kinds)
        by_kind: dict[str, list[CompiledCheck]] = {}
        self.by_flow: dict[str, list[CompiledCheck]] = {}
        self.by_relation: dict[str, list[CompiledCheck]] = {}
        for number, rule in enumerate(self.rules):
            taken: set[tuple[str, str]] = set()
            for compiled in self._compiled(rule, functions, number, present):
                check = compiled.check
                groups = {"asset": by_kind, "flow": self.by_flow, "relation": self.by_relation}[check.subject]
                for name in check.names:
                    # A subject gets the verdict of the first check of a rule that names it.
                    if (check.subject, name) not in taken and (check.subject != "asset" or name in present):
                        taken.add((check.subject, name))
                        groups.setdefault(name, []).append(compiled)
        self.by_kind = {kind: KindProgram(kind, checks) for kind, checks in by_kind.items()}

    @staticmethod
    def _compiled(
        rule: Rule, functions: Callable[[str], Callable[..., Any]], number: int, present: set[str]
    ) -> list[CompiledCheck]:
        if rule.kinds and all(c.subject == "asset" for c in rule.checks) and not rule.kinds & present:
            return []  # no such asset: compiling would be for nothing
        return compile_rule(rule, functions, number)
