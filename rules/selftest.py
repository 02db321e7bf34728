"""Runs the examples that rules carry, each as a small estate judged by its own rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.flows import flow_id
from rules.judgement import Acceptance, Finding, Flow, Transfer, Verdict
from rules.policy import Policy, PolicyError
from rules.rule import Case, Rule


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case; `problem` is one sentence, None where it did what it promised."""

    rule: str
    case: str
    file: str
    line: int
    problem: str | None


class Collected:
    """A sink that keeps everything, for cases, what-if and tests."""

    def __init__(self) -> None:
        self.all_findings: list[Finding] = []
        self.all_flows: list[Flow] = []
        self.all_transfers: list[Transfer] = []

    def findings(self, batch: list[Finding]) -> None:
        """Keep findings."""
        self.all_findings += batch

    def flows(self, batch: list[Flow]) -> None:
        """Keep flows."""
        self.all_flows += batch

    def transfers(self, batch: list[Transfer]) -> None:
        """Keep transfers."""
        self.all_transfers += batch


def run_cases(rules: Iterable[Rule], catalogue: Catalogue) -> list[CaseResult]:
    """The result of every case of these rules, in order. Raises nothing for a case that fails."""
    return [_run(rule, case, catalogue) for rule in rules for case in rule.cases]


def _run(rule: Rule, case: Case, catalogue: Catalogue) -> CaseResult:
    problem: str | None
    try:
        policy = Policy.none() if case.policy is None else Policy.parse(case.policy, catalogue, case.as_of)
    except PolicyError as error:
        problem = f"its policy is not valid: {error}"
    else:
        problem = _judged(rule, case, policy, catalogue)
    return CaseResult(rule.id, case.name, case.file, case.line, problem)


def _judged(rule: Rule, case: Case, policy: Policy, catalogue: Catalogue) -> str | None:
    estate = MemoryEstate(case.assets, case.relations, case.coverage)
    acceptances: tuple[Acceptance, ...] = ()
    if case.accepted_until is not None:
        acceptances = (Acceptance("case", rule.id, "as the case says", "nobody", case.accepted_until, asset="*"),)
    sink = Collected()
    summary = judge(estate, [rule], policy, catalogue, case.as_of, sink, acceptances=acceptances, with_passes=True)
    about = _about(case, sink.all_flows)
    findings = [f for f in sink.all_findings if about is None or about in (f.asset, f.flow)]
    if case.expect == "not_applicable":
        if findings:
            return f"expected not_applicable, got {_shown(findings)}"
        return None if summary.verdicts["not_applicable"] else "no subject was met: nothing in the case fits the rule"
    # Kinds that were not read give findings about accounts; they count where the case names nothing else.
    own = [f for f in findings if f.asset or f.flow] or findings
    met = {str(f.verdict) for f in own}
    if case.expect not in met and about is None and met <= {"pass"}:
        own = [f for f in findings if str(f.verdict) == case.expect] or own
        met = {str(f.verdict) for f in own}
    if case.expect not in met:
        counted = ", ".join(f"{n} {v}" for v, n in summary.verdicts.items() if n) or "nothing"
        return f"expected {case.expect}, got {_shown(own) if own else counted}"
    if about is None and len(met) > 1:
        return f"expected {case.expect} only, got {_shown(own)}; name the subject with about"
    return _details(case, [f for f in own if str(f.verdict) == case.expect])


def _about(case: Case, flows: Sequence[Flow]) -> str | None:
    """The uid or the id of the flow that a case is about; None where it names nothing."""
    if case.about is None or ">" not in case.about:
        return case.about
    kind, _, ends = case.about.partition(":")
    source, _, target = ends.partition(">")
    ends_ = (kind.strip(), source.strip(), target.strip())
    for flow in flows:
        if (flow.kind, flow.source, flow.target) == ends_:
            return flow.id
    return flow_id(*ends_)


def _details(case: Case, findings: Sequence[Finding]) -> str | None:
    finding = findings[0]
    if case.severity is not None and str(finding.severity) != case.severity:
        return f"expected severity {case.severity}, got {finding.severity}"
    if case.potential is not None and finding.potential is not case.potential:
        return f"expected potential {str(case.potential).lower()}, got {str(finding.potential).lower()}"
    if case.missing is not None:
        named = [m.what for f in findings for m in f.missing]
        if not any(what == case.missing or what.startswith(case.missing) for what in named):
            return f'expected "{case.missing}" to be missing, got {", ".join(named) or "nothing"}'
    return None


def _shown(findings: Sequence[Finding]) -> str:
    parts = [
        f"{f.verdict}{' for ' + (f.asset or f.flow or 'an account')}"
        + (f" ({f.why[:160]})" if f.verdict is not Verdict.PASS and f.why else "")
        for f in findings[:4]
    ]
    return "; ".join(parts) + (" …" if len(findings) > 4 else "")
