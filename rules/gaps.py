"""What could not be listed: one not_checked for each rule and account, so that silence is never taken for order."""

import re
from collections.abc import Iterator
from typing import Final

from rules.graph import KIND_NUMBER
from rules.judgement import Finding, Missing, Severity, Verdict
from rules.program import CompiledCheck, compile_rule
from rules.rule import Rule
from rules.seen import ABOUT, SHOWN_BY_SOURCE, Key
from rules.world import World
from scanners.model import Coverage, CoverageStatus

_SHOWN_BY: Final[dict[str, tuple[str, ...]]] = {
    "training_read": ("training.job", "training.notebook", "ai.customization"),
    "training_write": ("training.job", "training.notebook", "ai.customization"),
    "deploy": ("ai.model", "ai.endpoint"),
    "inference": ("ai.endpoint", "ai.inference_profile"),
    "replication": ("replication", "storage.bucket", "database.instance"),
    "backup": ("backup.vault", "storage.snapshot", "storage.image"),
    "transfer_job": ("transfer.job",),
    "share": ("storage.bucket", "storage.snapshot", "warehouse", "database.table"),
    "log": ("log.trail", "log.group"),
}
"""Kind of flow → kinds of assets that show it."""

_MOST_MISSING: Final = 8
_CLOUDS: Final = frozenset({"aws", "azure", "gcp"})
_OWN: Final = re.compile(r"(?!unknown$)[A-Za-z0-9][A-Za-z0-9.:_-]*")
"""Names of accounts, subscriptions and projects; what holds several of them has a slash in its name."""


class Gaps:
    """Finds what rules ask for and coverage says was not read."""

    def __init__(self, world: World, rules: list[Rule], functions: object) -> None:
        self._world = world
        self._rules = rules
        self._functions = functions

    def findings(self) -> Iterator[tuple[int, Finding]]:
        """One finding for each rule, provider and account with cells that were not read, in order."""
        accounts = sorted(self._world.seen.cells)
        gaps: dict[tuple[Key, str], list[Coverage]] = {
            (key, "account"): [_nameless(key)] for key in nameless(self._world)
        }
        for number, rule in enumerate(self._rules):
            kinds = _kinds(rule)
            compiled: list[CompiledCheck] | None = None
            failing: dict[tuple[str, str], bool] = {}  # nothing but kind and provider is known of what is not there
            for key in accounts:
                cells: list[Coverage] = []
                for kind in kinds:
                    if (key, kind) not in gaps:
                        gaps[(key, kind)] = self._world.seen.gaps(key, kind)
                    if gaps[(key, kind)]:
                        compiled = compiled or compile_rule(rule, self._functions)  # pyright: ignore[reportArgumentType]
                        about = kind, key[0]
                        if about not in failing:
                            failing[about] = kind in rule.also_reads or self._may_fail(compiled, *about)
                        if failing[about]:
                            cells += (cell for cell in gaps[(key, kind)] if _concerns(cell, rule))
                if cells:
                    yield number, self._finding(rule, key, cells)

    def _may_fail(self, checks: list[CompiledCheck], kind: str, provider: str) -> bool:
        """Whether an asset of this kind and provider could fail at all (a rule for one provider cannot elsewhere)."""
        for compiled in checks:
            if compiled.check.subject != "asset":
                return True
            if kind not in compiled.check.names:
                continue
            asset = {"provider": provider, "kind": kind}
            variables = {"asset": asset, "policy": self._world.variables, "now": self._world.today}
            try:
                if compiled.where is not None and compiled.where.test_exactly(variables) is False:
                    continue
                if compiled.condition.test_exactly(variables) is not False:
                    return True
            except KeyError:  # a function asked for more than kind and provider: it cannot be ruled out
                return True
        return False

    def _finding(self, rule: Rule, key: Key, cells: list[Coverage]) -> Finding:
        missing: dict[tuple[str, str, str | None], Missing] = {}
        regions: dict[tuple[str, str], set[str]] = {}
        for cell in cells:
            what = cell.service if cell.kind == "*" else cell.kind
            missing.setdefault(
                (what, cell.status, cell.missing_permission), Missing(what, str(cell.status), cell.missing_permission)
            )
            regions.setdefault((what, str(cell.status)), set()).add(cell.region)
        parts = [
            f"{what} ({status}{'' if where == {'*'} or len(where) > 3 else ' in ' + ', '.join(sorted(where))})"
            for (what, status), where in sorted(regions.items())
        ]
        detail = next((cell.detail for cell in cells if cell.detail), None)
        why = f"{key[0]} {key[1]}: not read: {'; '.join(parts[:6])}" + (f". {detail}" if detail else "")
        return Finding(
            rule=rule.id,
            verdict=Verdict.NOT_CHECKED,
            severity=Severity(rule.severity),
            why=why[:600],
            missing=tuple(missing.values())[:_MOST_MISSING],
        )


def nameless(world: World) -> Iterator[Key]:
    """Accounts of clouds of which there is no asset, though something of them was read, and nobody asked for one: an
    export of some types only. An account always is there, so that none was read says nothing of it."""
    numbers, number = world.account_of, KIND_NUMBER["account"]
    there: set[Key] = set()
    at = world.kinds.find(number)
    while at >= 0:
        there.add(world.tables.account_keys[numbers[at]])
        at = world.kinds.find(number, at + 1)
    for key in world.seen.cells:
        if key[0] in _CLOUDS and _OWN.fullmatch(key[1]) and key not in there and not world.seen.of(key, "account"):
            yield key


def _nameless(key: Key) -> Coverage:
    detail = "What is set for the account itself is not in what was read."
    return Coverage("", key[0], key[1], "*", "account", "account", CoverageStatus.NOT_ASKED, detail=detail)


def _concerns(cell: Coverage, rule: Rule) -> bool:
    """Whether a rule looks at what a cell speaks of."""
    name = ABOUT.get(cell.service)
    return not name or any(f".{name}" in source.text for check in rule.checks for source in check.sources)


def _kinds(rule: Rule) -> list[str]:
    """The kinds of assets that a rule's subjects come from, in order, each once."""
    found: dict[str, None] = {}
    for check in rule.checks:
        if check.subject == "asset":
            found.update(dict.fromkeys(check.names))
        else:
            shown = _SHOWN_BY if check.subject == "flow" else SHOWN_BY_SOURCE
            for name in check.names:
                found.update(dict.fromkeys(shown.get(name, ())))
    found.update(dict.fromkeys(rule.also_reads))
    return list(found)
