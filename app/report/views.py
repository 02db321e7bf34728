"""The same source with something left out: what is outside a scope."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

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
from rules.judgement import Finding, Flow, Summary, Transfer
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


class Scoped(Passing):
    """Assets of a scope, findings about them, flows that begin or end at them, and their coverage.

    Counts are made anew. `passes` are the verdicts that were not stored (pass, not_applicable) of the subjects in the
    scope, by rule, as counted by judging again.
    """

    def __init__(self, source: ReportSource, scope: Scope, passes: Mapping[str, Mapping[str, int]]) -> None:
        super().__init__(source)
        self._scope = scope
        self._passes = passes
        self._in: set[str] = set()
        for placed in source.assets():
            if scope.holds(placed):
                self._in.update((placed.asset.uid, *placed.asset.aliases))
        self._flows = {f.id for f in source.flows() if f.source in self._in or f.target in self._in}

    def holds(self, finding: Finding) -> bool:
        """Whether a finding is about something in the scope."""
        return finding.flow in self._flows if finding.flow is not None else finding.asset in self._in

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
        whole = self.source.summary()
        by_rule: dict[str, Counter[str]] = {}
        severities: Counter[str] = Counter()
        for f in self.findings():
            by_rule.setdefault(f.rule, Counter())[f.verdict.value] += 1
            severities[f.severity.value] += f.verdict.value == "fail"
        for rule, told in self._passes.items():
            for verdict, number in told.items():
                by_rule.setdefault(rule, Counter())[verdict] += number
        verdicts: Counter[str] = Counter()
        families: dict[str, Counter[str]] = {}
        for rule, told in by_rule.items():
            verdicts.update(told)
            families.setdefault(rule.split("-")[1] if rule.count("-") > 1 else "", Counter()).update(told)
        return Summary(
            whole.as_of,
            dict(verdicts),
            {k: n for k, n in severities.items() if n},
            {k: dict(v) for k, v in sorted(families.items())},
            {k: dict(v) for k, v in sorted(by_rule.items())},
            whole.decisions,
        )
