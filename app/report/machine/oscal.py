"""The scan as OSCAL assessment results (NIST, model 1.0.4): an observation for each finding, a finding for each rule.

OSCAL knows `satisfied` and `not-satisfied` only. A rule none of whose checks failed, but some of which could not be
made, is `not-satisfied` with reason `other` and a remark that says so: unknown is never satisfied.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from app.report.machine.facts import Fact, Facts
from app.report.machine.lines import Writer, identifier
from app.report.source import ReportSource

VERSION: Final = "1.0.4"
NAMESPACE: Final = "urn:situs:oscal"


def stream_oscal(source: ReportSource, out: BinaryIO, *, with_passes: bool = False) -> None:
    """Writes the assessment results to an open binary stream."""
    facts = Facts(source, with_passes=with_passes)
    head = facts.head
    scan = head.scan.id
    organisation = head.organisation or "Organisation not named"
    plan = identifier("plan", scan, head.versions.pack)
    party = identifier("party", organisation)
    moment = _moment(facts)
    writer = Writer(out)
    writer.raw('{"assessment-results": {\n')
    writer.member("uuid", identifier("results", scan, head.as_of, head.versions.pack, head.versions.policy))
    writer.member(
        "metadata",
        {
            "title": f"Situs: configuration facts of scan {scan}, judged as of {head.as_of.isoformat()}",
            "last-modified": moment,
            "version": str(scan) or "1",
            "oscal-version": VERSION,
            "props": [
                _prop("program", head.versions.program),
                _prop("rule-pack-sha256", head.versions.pack),
                _prop("catalogue-sha256", head.versions.catalogue),
                *([_prop("policy-sha256", head.versions.policy)] if head.versions.policy else []),
            ],
            "roles": [{"id": "assessed", "title": "Organisation whose estate was looked at"}],
            "parties": [{"uuid": party, "type": "organization", "name": _text(organisation)}],
            "responsible-parties": [{"role-id": "assessed", "party-uuids": [party]}],
        },
    )
    writer.member("import-ap", {"href": f"#{plan}"})
    writer.raw('"results": [{\n')
    writer.member("uuid", identifier("result", scan, head.as_of))
    writer.member("title", "Automated look at configurations")
    complete = "Everything that was asked for was read." if head.scan.complete else "Not everything could be read."
    writer.member("description", f"Law as of {head.as_of.isoformat()}. {complete}")
    writer.member("start", moment if head.scan.started is None else _stamp(head.scan.started))
    writer.member("end", moment)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    observed: dict[str, list[str]] = defaultdict(list)
    first = {rule: dict(told) for rule, told in source.summary().by_rule.items()}
    rules = sorted({*first, *(f.rule for f in source.findings(with_passes=with_passes))})
    writer.member(
        "reviewed-controls",
        {
            "description": "Rules of the pack, by their ids.",
            "control-selections": [{"description": "Every rule that was applied.", "include-all": {}}],
        },
    )
    subjects: dict[str, dict[str, Any]] = {}
    writer.items("observations", _observations(facts, counts, observed, subjects))
    found = list(_findings(facts, rules, first, counts, observed))
    writer.member("local-definitions", {"inventory-items": list(subjects.values())} if subjects else {}, last=not found)
    if found:
        writer.items("findings", found, last=True)
    writer.raw("\n}],\n")
    resource = {
        "uuid": plan,
        "title": f"Rule pack {head.versions.pack_name or head.versions.pack[:12]} and policy of the organisation",
        "description": "The rules stand in the program; situs rules show RULE prints each with its tests.",
    }
    writer.member("back-matter", {"resources": [resource]}, last=True)
    writer.raw("}}\n")


def _observations(
    facts: Facts,
    counts: dict[str, Counter[str]],
    observed: dict[str, list[str]],
    subjects: dict[str, dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    for fact in facts:
        verdict = fact.finding.verdict.value
        counts[fact.finding.rule][verdict] += 1
        key = identifier("observation", facts.head.scan.id, fact.finding.rule, fact.key)
        if verdict != "pass":
            observed[fact.finding.rule].append(key)
        yield _observation(key, fact, facts, subjects)
    if not counts:
        yield {
            "uuid": identifier("observation", facts.head.scan.id, "none"),
            "description": "No check failed, and none was left open.",
            "methods": ["TEST"],
            "collected": _moment(facts),
        }


def _observation(key: str, fact: Fact, facts: Facts, subjects: dict[str, dict[str, Any]]) -> dict[str, Any]:
    finding, record = fact.finding, fact.record
    item = identifier("subject", fact.subject)
    if item not in subjects:
        subjects[item] = {
            "uuid": item,
            "description": _text(record["name"] or fact.subject),
            "props": [
                _prop("uid", fact.subject),
                *(_prop(n, record[n]) for n in ("kind", "provider", "account", "location") if record[n]),
            ],
        }
    missing = "; ".join(f"{m.what}: {m.reason}" for m in finding.missing)
    seen = fact.evidence.seen_at if fact.evidence is not None else None
    observation: dict[str, Any] = {
        "uuid": key,
        "title": _text(fact.title),
        "description": _text(finding.why or missing or fact.title),
        "props": [_prop("rule", finding.rule), _prop("verdict", finding.verdict.value),
                  _prop("severity", finding.severity.value)],
        "methods": ["TEST"],
        "types": ["finding"] if finding.verdict.value in ("fail", "accepted") else ["control-objective"],
        "subjects": [{"subject-uuid": item, "type": "inventory-item"}],
        "collected": _moment(facts) if seen is None else _stamp(seen),
    }  # fmt: skip
    if finding.evidence:
        told = fact.evidence
        observation["relevant-evidence"] = [
            {
                "description": _text(f"{told.operation}: {told.source}" if told else "document in the store"),
                "props": [_prop("sha256", digest) for digest in finding.evidence[:20]],
            }
        ]
    return observation


def _findings(
    facts: Facts,
    rules: list[str],
    summary: dict[str, dict[str, int]],
    counts: dict[str, Counter[str]],
    observed: dict[str, list[str]],
) -> Iterator[dict[str, Any]]:
    for rule_id in rules:
        told: dict[str, int] = {**summary.get(rule_id, {}), **counts.get(rule_id, Counter())}
        rule = facts.source.rule(rule_id)
        number = {v: told.get(v, 0) for v in ("fail", "not_checked", "accepted", "pass")}
        if not any(number.values()):
            continue
        title = rule.title if rule is not None else rule_id
        status: dict[str, Any] = {"state": "not-satisfied", "reason": "fail"}
        if not number["fail"] and not number["accepted"]:
            status = (
                {"state": "not-satisfied", "reason": "other", "remarks": "Could not be checked; it may be in order."}
                if number["not_checked"]
                else {"state": "satisfied", "reason": "pass"}
            )
        told_counts = ", ".join(f"{n} {v.replace('_', ' ')}" for v, n in number.items() if n)
        found: dict[str, Any] = {
            "uuid": identifier("finding", facts.head.scan.id, rule_id),
            "title": _text(title),
            "description": _text(f"{rule.explanation if rule is not None else title} ({told_counts})"),
            "props": [_prop("law", note.id) for note in facts.law(rule_id)] or [_prop("rule", rule_id)],
            "target": {"type": "objective-id", "target-id": rule_id, "status": status},
        }
        if observed.get(rule_id):
            found["related-observations"] = [{"observation-uuid": key} for key in observed[rule_id]]
        yield found


def _prop(name: str, value: object) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": _text(value)}


def _text(value: object) -> str:
    """One line with something in it: OSCAL allows neither empty texts nor white space at the ends."""
    return " ".join(str(value).split()) or "-"


def _moment(facts: Facts) -> str:
    return _stamp(facts.moment)


def _stamp(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
