"""What checks lacked, grouped: of a million findings that were not checked nothing else is kept."""

from collections import defaultdict
from collections.abc import Iterable

from app.report import words
from app.report.content import MissingGroup
from rules.judgement import Finding
from scanners.model import Coverage


class _Gap:
    """What one missing thing keeps from being checked."""

    __slots__ = ("checks", "permissions", "rules", "subjects")

    def __init__(self) -> None:
        self.permissions: set[str] = set()
        self.rules: set[str] = set()
        self.subjects: set[int] = set()
        self.checks = 0


class Gaps:
    """Counts what each check lacked."""

    def __init__(self) -> None:
        self._gaps: dict[tuple[str, str], _Gap] = {}
        self._same: dict[str, str] = {}
        self._told: dict[str, str] = {}

    def miss(self, finding: Finding) -> None:
        """Counts what a check lacked; of a million such findings nothing else is kept."""
        for missing in finding.missing:
            if missing.reason == "decision_needed":
                continue
            gap = self._gaps.setdefault((missing.reason, self._said(missing.what)), _Gap())
            if missing.permission:
                gap.permissions.add(missing.permission)
            gap.checks += 1
            gap.subjects.add(hash(finding.asset or finding.flow))
            gap.rules.add(finding.rule)

    def _said(self, what: str) -> str:
        """The first of the names that are told in the same words: rules reach one thing by several ways."""
        first = self._same.get(what)
        if first is None:
            first = self._same[what] = self._told.setdefault(words.attribute(what), what)
        return first

    def groups(self, coverage: Iterable[Coverage]) -> list[MissingGroup]:
        """What is missing, that which most checks wait for first; `coverage` tells whose permission it is."""
        blamed: dict[str, set[str]] = defaultdict(set)
        for cell in coverage:
            if not cell.status.read and cell.missing_permission:
                blamed[cell.missing_permission].add(cell.connection)
        groups = [
            MissingGroup(
                reason,
                what,
                tuple(sorted(gap.permissions)),
                gap.checks,
                len(gap.subjects),
                tuple(sorted(gap.rules)),
                tuple(sorted({c for p in gap.permissions for c in blamed.get(p, ())})),
            )
            for (reason, what), gap in self._gaps.items()
        ]
        groups.sort(key=lambda g: (-g.checks, g.reason, g.what))
        return groups
