"""Findings as OCSF 1.5.0 compliance findings (class 2003, profile `cloud`): one JSON array.

A check that could not be made has status `Unknown`, never `Pass`. An accepted finding keeps `Fail` and is suppressed.
Source: schema.ocsf.io, version 1.5.0; tests hold every event against that schema.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from app.report.machine.facts import Fact, Facts
from app.report.machine.lines import Writer, identifier
from app.report.source import ReportSource

VERSION: Final = "1.5.0"
_SEVERITY: Final = {
    "critical": (5, "Critical"),
    "high": (4, "High"),
    "medium": (3, "Medium"),
    "low": (2, "Low"),
    "info": (1, "Informational"),
}
_COMPLIANCE: Final = {
    "pass": (1, "Pass"),
    "fail": (3, "Fail"),
    "accepted": (3, "Fail"),
    "not_checked": (0, "Unknown"),
    "not_applicable": (99, "Other"),
}


def stream_ocsf(source: ReportSource, out: BinaryIO, *, with_passes: bool = False) -> None:
    """Writes the findings to an open binary stream."""
    writer = Writer(out)
    writer.items(None, _events(Facts(source, with_passes=with_passes)), last=True)
    writer.raw("\n")


def _events(facts: Facts) -> Iterator[dict[str, Any]]:
    for fact in facts:
        yield _event(fact, facts)


def _event(fact: Fact, facts: Facts) -> dict[str, Any]:
    finding, record = fact.finding, fact.record
    moment = int(facts.moment.timestamp() * 1000)
    severity_id, severity = _SEVERITY[finding.severity.value]
    status_id, status = (3, "Suppressed") if finding.verdict.value == "accepted" else (1, "New")
    event: dict[str, Any] = {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": moment,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": fact.title,
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "uid": identifier("event", facts.head.scan.id, finding.rule, fact.key),
            "product": {
                "name": "Situs",
                "vendor_name": "Situs",
                "version": facts.head.versions.program,
                "uid": "situs",
            },
        },
        "cloud": _cloud(record),
        "finding_info": {
            "uid": identifier("finding", finding.rule, fact.key),
            "title": fact.title,
            "desc": fact.rule.explanation if fact.rule is not None else "",
            "created_time": moment,
            "types": ["Compliance"],
            "src_url": next((n.url for n in fact.law if n.url.startswith("https://")), None),
        },
        "compliance": _compliance(fact),
        "resources": [_resource(fact)],
        "unmapped": {
            "rule": finding.rule,
            "verdict": finding.verdict.value,
            "as_of": facts.head.as_of,
            "law": [n.id for n in fact.law],
            "missing": record["missing"],
            "potential": finding.potential,
            "evidence_sha256": finding.evidence,
            "acceptance": finding.acceptance,
        },
    }
    if event["finding_info"]["src_url"] is None:
        del event["finding_info"]["src_url"]
    if fact.remedy:
        event["remediation"] = {"desc": fact.remedy, "references": [n.url for n in fact.law if n.url]}
    return event


def _cloud(record: dict[str, Any]) -> dict[str, Any]:
    cloud: dict[str, Any] = {"provider": record["provider"] or "unknown"}
    if record["account"]:
        cloud["account"] = {"uid": record["account"]}
    if record["location"]:
        cloud["region"] = record["location"]
    return cloud


def _compliance(fact: Fact) -> dict[str, Any]:
    status_id, status = _COMPLIANCE[fact.finding.verdict.value]
    details = [fact.finding.why] if fact.finding.why else []
    details += [f"{m.what}: {m.reason}" for m in fact.finding.missing]
    standards = dict.fromkeys(n.label.split(" Art. ")[0] for n in fact.law) or {"Situs": None}
    found: dict[str, Any] = {
        "control": fact.finding.rule,
        "desc": fact.title,
        "standards": list(standards),
        "requirements": [n.label for n in fact.law],
        "status_id": status_id,
        "status": status,
    }
    if details:
        found["status_details"] = details
    return found


def _resource(fact: Fact) -> dict[str, Any]:
    record = fact.record
    resource: dict[str, Any] = {
        "uid": fact.subject,
        "name": record["name"] or fact.subject,
        "type": record["kind"] or ("flow" if fact.finding.flow is not None else "unknown"),
    }
    if record["location"]:
        resource["region"] = record["location"]
    return resource
