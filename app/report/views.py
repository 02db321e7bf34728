"""The same source with something left out: what is outside a scope."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from msgspec.structs import replace

from app.report.choice import Scope
from app.report.proof import Proof
from app.report.source import (
    Acceptance,
    EvidenceNote,
    FileRead,
    Head,
    PlacedAsset,
    Provision,
    ReportSource,
    Rule,
)
from rules.judgement import Decision, Finding, Flow, Summary, Transfer, Verdict
from scanners.model import Coverage


class Passing:
    """A source that hands everything on; the views below change some of it."""

    def __init__(self, source: ReportSource) -> None:
        self.source = source

    def head(self) -> Head:
        """What stands on the cover."""
        return self.source.head()

    def summary(self) -> Summary:
        """Counts."""
        return self.source.summary()

    def assets(self) -> Iterable[PlacedAsset]:
        """Every asset."""
        return self.source.assets()

    def findings(self, with_passes: bool = False) -> Iterable[Finding]:
        """Findings."""
        return self.source.findings(with_passes=with_passes)

    def flows(self) -> Iterable[Flow]:
        """Every flow."""
        return self.source.flows()

    def transfers(self) -> Iterable[Transfer]:
        """Every transfer."""
        return self.source.transfers()

    def coverage(self) -> Iterable[Coverage]:
        """Every cell."""
        return self.source.coverage()

    def acceptances(self) -> Iterable[Acceptance]:
        """Acceptances."""
        return self.source.acceptances()

    def files(self) -> Iterable[FileRead]:
        """Files that were read."""
        return self.source.files()

    def rule(self, rule_id: str) -> Rule | None:
        """The rule."""
        return self.source.rule(rule_id)

    def provision(self, law_id: str) -> Provision | None:
        """The provision."""
        return self.source.provision(law_id)

    def country(self, code: str) -> str | None:
        """Name of a country."""
        return self.source.country(code)

    def evidence(self, digest: str) -> EvidenceNote | None:
        """Where a document came from."""
        return self.source.evidence(digest)

    def proof(self) -> Proof | None:
        """What ties the report to its scan."""
        return self.source.proof()


_WHOSE_IS_NOT_READ: Final = "kubernetes"
"""A cluster that was not read may be of any provider, so what is said of it stays in the scope of each."""


class Scoped(Passing):
    """Assets of a scope, findings about them, flows that begin or end at them, and their coverage.

    Counts, and the decisions that wait, are made anew. `passes` are the verdicts that were not stored (pass,
    not_applicable) of the subjects in the scope, by rule, as counted by judging again.
    """

    def __init__(self, source: ReportSource, scope: Scope, passes: Mapping[str, Mapping[str, int]]) -> None:
        super().__init__(source)
        self._scope = scope
        self._passes = passes
        self._in: set[str] = set()
        self._elsewhere: set[str] = set()
        for placed in source.assets():
            a = placed.asset
            if scope.providers and a.provider not in (*scope.providers, _WHOSE_IS_NOT_READ):
                self._elsewhere.add(a.provider)
            self._elsewhere.update([a.account] if scope.accounts and a.account not in scope.accounts else ())
            if scope.holds(placed):
                self._in.update((placed.asset.uid, *placed.asset.aliases))
        self._flows = {f.id for f in source.flows() if f.source in self._in or f.target in self._in}

    @property
    def anything(self) -> bool:
        """Whether the scope holds an asset, or a provider or account of which something was not read."""
        named = self._scope.providers or self._scope.accounts
        return bool(self._in) or bool(named and next(iter(self.coverage()), None))

    def holds(self, finding: Finding) -> bool:
        """Whether a finding is about something in the scope; one that is about no single thing is, unless it names
        another provider or account: what was not read must not vanish."""
        if finding.flow is not None:
            return finding.flow in self._flows
        if finding.asset is not None:
            return finding.asset in self._in
        provider, _, account = finding.why.partition(": not read")[0].partition(" ")
        return provider not in self._elsewhere and account not in self._elsewhere

    def head(self) -> Head:
        """The cover with the connections that saw the scope's providers and accounts."""
        head = self.source.head()
        saw = {c.connection.removeprefix("import:") for c in self.coverage()}
        kept = [c for c in head.scan.connections if c.name.removeprefix("import:") in saw]
        return replace(head, scan=replace(head.scan, connections=kept))

    def assets(self) -> Iterator[PlacedAsset]:
        """The assets of the scope."""
        return (p for p in self.source.assets() if p.asset.uid in self._in)

    def findings(self, with_passes: bool = False) -> Iterator[Finding]:
        """Findings about them."""
        return (f for f in self.source.findings(with_passes=with_passes) if self.holds(f))

    def flows(self) -> Iterator[Flow]:
        """Flows that begin or end at them."""
        return (f for f in self.source.flows() if f.id in self._flows)

    def transfers(self) -> Iterator[Transfer]:
        """Transfers by these flows."""
        return (t for t in self.source.transfers() if t.flow in self._flows)

    def coverage(self) -> Iterator[Coverage]:
        """Cells of the providers and accounts of the scope."""
        s = self._scope
        return (
            c
            for c in self.source.coverage()
            if (not s.providers or c.provider in s.providers) and (not s.accounts or c.account in s.accounts)
        )

    def acceptances(self) -> Iterator[Acceptance]:
        """Acceptances of something in the scope."""
        known = self._in | self._flows | {"*", ""}
        return (a for a in self.source.acceptances() if a.subject in known)

    def summary(self) -> Summary:
        """Counts over the scope."""
        by_rule: dict[str, Counter[str]] = {}
        for f in self.findings():
            by_rule.setdefault(f.rule, Counter())[f.verdict.value] += 1
        for rule, told in self._passes.items():
            for verdict, number in told.items():
                by_rule.setdefault(rule, Counter())[verdict] += number
        return _summed(self, self.source.summary().as_of, by_rule)


class OfRules(Passing):
    """What some rules say: their findings, which the source was narrowed to already, and their counts alone."""

    def __init__(self, source: ReportSource, rules: frozenset[str]) -> None:
        super().__init__(source)
        self._rules = rules

    def head(self) -> Head:
        """The cover, with as many rules as these."""
        return replace(self.source.head(), checks=len(self._rules))

    def summary(self) -> Summary:
        """Counts of these rules."""
        whole = self.source.summary()
        return _summed(self, whole.as_of, {r: told for r, told in whole.by_rule.items() if r in self._rules})


def _summed(source: ReportSource, as_of: date, by_rule: Mapping[str, Mapping[str, int]]) -> Summary:
    """Counts by rule added up; severities and decisions from the findings."""
    severities: Counter[str] = Counter()
    waiting: dict[str, Counter[str]] = {}
    for f in source.findings():
        if f.verdict is Verdict.FAIL:
            severities[f.severity.value] += 1
        elif f.verdict is Verdict.NOT_CHECKED:
            for decision in {m.decision for m in f.missing if m.decision}:
                waiting.setdefault(decision, Counter())[f.rule] += 1
    verdicts: Counter[str] = Counter()
    families: dict[str, Counter[str]] = {}
    for rule_id, told in by_rule.items():
        rule = source.rule(rule_id)
        verdicts.update(told)
        families.setdefault(rule.family if rule is not None else "", Counter()).update(told)
    decisions = [Decision(name, rules.total(), tuple(sorted(rules))) for name, rules in waiting.items()]
    return Summary(
        as_of,
        dict(verdicts),
        dict(severities),
        {k: dict(v) for k, v in sorted(families.items())},
        {k: dict(v) for k, v in sorted(by_rule.items())},
        sorted(decisions, key=lambda d: (-d.waiting, d.decision)),
    )
