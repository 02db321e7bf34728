"""Findings as SARIF 2.1.0 (OASIS, errata 01), for tools that show and track results.

`kind` is `fail`, `pass`, `open` (could not be checked) or `notApplicable`; accepted findings carry a suppression.
Assets are logical locations: nothing in an estate has a file and a line.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from app.report.machine.facts import Fact, Facts
from app.report.machine.lines import Writer, identifier
from app.report.source import Acceptance, ReportSource

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL: Final = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
_SCORE: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "0.0"}
_KIND: Final = {
    "fail": "fail",
    "accepted": "fail",
    "not_checked": "open",
    "pass": "pass",
    "not_applicable": "notApplicable",
}


def stream_sarif(source: ReportSource, out: BinaryIO, *, with_passes: bool = False) -> None:
    """Writes one run to an open binary stream."""
    facts = Facts(source, with_passes=with_passes)
    used = sorted({f.rule for f in source.findings(with_passes=with_passes)})
    index = {rule: n for n, rule in enumerate(used)}
    accepted = {a.id: a for a in source.acceptances()}
    head = facts.head
    invocation: dict[str, Any] = {"executionSuccessful": True}
    for name, moment in (("startTimeUtc", head.scan.started), ("endTimeUtc", head.scan.ended)):
        if moment is not None:
            invocation[name] = f"{moment:%Y-%m-%dT%H:%M:%S}Z"
    writer = Writer(out)
    writer.raw("{")
    writer.member("$schema", SCHEMA)
    writer.member("version", "2.1.0")
    writer.raw('"runs": [{')
    driver = {
        "name": "Situs",
        "semanticVersion": head.versions.program,
        "version": head.versions.program,
        "properties": {"pack": head.versions.pack, "catalogue": head.versions.catalogue},
        "rules": [_rule(rule, facts) for rule in used],
    }
    writer.member("tool", {"driver": driver})
    writer.member("automationDetails", {"id": f"situs/scan/{head.scan.id}"})
    writer.member("invocations", [invocation])
    writer.member("columnKind", "unicodeCodePoints")
    writer.member("properties", {"asOf": head.as_of, "complete": head.scan.complete})
    writer.items("results", _results(facts, index, accepted), last=True)
    writer.raw("}]}\n")


def _rule(rule_id: str, facts: Facts) -> dict[str, Any]:
    rule = facts.source.rule(rule_id)
    if rule is None:
        return {"id": rule_id}
    law = facts.law(rule_id)
    severity = str(rule.severity)
    told = "\n".join(f"{provider}: {text}" for provider, text in sorted(rule.remediation.items()))
    found: dict[str, Any] = {
        "id": rule_id,
        "name": rule_id.replace("-", ""),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation or rule.title},
        "help": {"text": told or rule.title},
        "defaultConfiguration": {"level": _LEVEL.get(severity, "warning")},
        "properties": {
            "tags": [rule.family, *(n.label for n in law)],
            "security-severity": _SCORE.get(severity, "5.5"),
            "law": [n.id for n in law],
        },
    }
    url = next((n.url for n in law if n.url.startswith("https://")), None)
    if url is not None:
        found["helpUri"] = url
    return found


def _results(facts: Facts, index: dict[str, int], accepted: dict[str, Acceptance]) -> Iterator[dict[str, Any]]:
    for fact in facts:
        yield _result(fact, facts, index, accepted)


def _result(fact: Fact, facts: Facts, index: dict[str, int], accepted: dict[str, Acceptance]) -> dict[str, Any]:
    finding, record = fact.finding, fact.record
    kind = _KIND[finding.verdict.value]
    missing = "; ".join(f"{m.what}: {m.reason}" for m in finding.missing)
    text = ". ".join(t.rstrip(".") for t in (fact.title, finding.why, missing) if t) + "."
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "kind": kind,
        "level": _LEVEL[finding.severity.value] if kind == "fail" else "none",
        "message": {"text": text},
        "guid": identifier("result", facts.head.scan.id, finding.rule, fact.key),
        "correlationGuid": identifier("finding", finding.rule, fact.key),
        "partialFingerprints": {"ruleAndSubject/v1": identifier("finding", finding.rule, fact.key)},
        "locations": [
            {
                "logicalLocations": [
                    {
                        "name": record["name"] or fact.subject,
                        "fullyQualifiedName": fact.subject,
                        "kind": "flow" if finding.flow is not None else "resource",
                    }
                ]
            }
        ],
        "properties": {
            "severity": finding.severity.value,
            "verdict": finding.verdict.value,
            "provider": record["provider"],
            "account": record["account"],
            "assetKind": record["kind"],
            "place": record["location"],
            "countries": record["countries"],
            "law": [n.id for n in fact.law],
            "evidence": finding.evidence,
        },
    }
    if finding.verdict.value == "accepted":
        known = accepted.get(finding.acceptance or "")
        reason = f"{known.reason} ({known.by}, {known.until})" if known is not None else "accepted"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result
