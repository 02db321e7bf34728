"""Workbooks for CISO Assistant's data import: findings to follow up, and processings with their transfers.

Columns and allowed values as in its guide "Data import wizard" and its import code (community edition, August 2026).
A transfer has to belong to a processing: flows that no entry of the record names go with one of our own.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from app.report import words
from app.report.content import Activity
from app.report.files import replacing
from app.report.machine.facts import Fact, Facts
from app.report.machine.lines import identifier
from app.report.machine.saving import save
from app.report.machine.workbook import text_cell
from app.report.source import Head, ReportSource

FINDINGS: Final = (
    "ref_id", "name", "description", "severity", "status", "filtering_labels", "priority", "observation",
)  # fmt: skip
PROCESSINGS: Final = ("ref_id", "name", "description", "status")
TRANSFERS: Final = ("name", "description", "processing", "country", "transfer_mechanism", "guarantees")
UNNAMED: Final = "SITUS-FLOWS"
_SEVERITY: Final = {"critical": "critical", "high": "high", "medium": "medium", "low": "low", "info": "low"}
_PRIORITY: Final = {"critical": 1, "high": 2, "medium": 3, "low": 4, "info": 4}
_MECHANISMS: Final = {
    "adequacy": "privacy_adequacy_decision",
    "dpf": "privacy_adequacy_decision",
    "scc": "privacy_standard_contractual_clauses",
    "bcr": "privacy_binding_corporate_rules",
    "adhoc": "privacy_appropriate_safeguards",
    "derogation": "privacy_derogation",
}
_NAME: Final = 200


def write_findings(source: ReportSource, path: Path) -> None:
    """Failures and accepted failures, one to a row. Raises `app.report.files.ReportNotWrittenError`."""
    rows = (_finding(fact) for fact in Facts(source) if fact.finding.verdict.value in ("fail", "accepted"))
    _write(path, source.head(), [("Findings", FINDINGS, rows)])


def write_transfers(source: ReportSource, activities: Sequence[Activity], path: Path) -> None:
    """Processings of the record, and every transfer that has a country. Raises ReportNotWrittenError."""
    processings = [
        (a.record, _cut(a.purpose or a.record), "; ".join(a.classes), "privacy_draft") for a in activities if a.record
    ]
    processings.append(
        (UNNAMED, "Flows that no entry of the record of processing names", "Made by Situs", "privacy_draft")
    )
    sheets = [("Processing", PROCESSINGS, processings), ("Transfers", TRANSFERS, _transfers(source, activities))]
    _write(path, source.head(), sheets)


def _finding(fact: Fact) -> Sequence[object]:
    finding, record = fact.finding, fact.record
    severity = finding.severity.value
    labels = [record["provider"] or "", finding.rule, *(n.label for n in fact.law[:3])]
    place = record["location"] or ", ".join(record["countries"])
    about = f"{record['name'] or fact.subject} ({record['kind'] or 'flow'}; {place or 'place not known'})"
    return (
        identifier("finding", finding.rule, fact.key),
        _cut(f"{fact.title}: {record['name'] or fact.subject}"),
        f"{fact.rule.explanation if fact.rule is not None else fact.title} {about}".strip(),
        _SEVERITY[severity],
        "dismissed" if finding.verdict.value == "accepted" else "identified",
        "|".join(label.replace("|", "/").replace(",", " ") for label in labels if label),
        _PRIORITY[severity],
        f"{fact.subject}\n{finding.why}\nSHA-256 {', '.join(finding.evidence[:3])}\n{fact.remedy}".strip(),
    )


def _transfers(source: ReportSource, activities: Sequence[Activity]) -> Iterator[Sequence[object]]:
    flows = {f.id: f for f in source.flows()}
    belongs = {uid: a.record for a in activities if a.record for uid in a.assets}
    for transfer in source.transfers():
        flow = flows.get(transfer.flow)
        if flow is None or len(transfer.country) != 2:
            continue  # "any country" and "not known" have no place in the importer's list of countries
        parts = [transfer.register_entry or "", words.transfer_status(transfer.status)]
        if transfer.expires is not None:
            parts.append(transfer.expires.isoformat())
        yield (
            _cut(f"{words.end(flow.source)} -> {words.end(flow.target)} ({transfer.country})"),
            words.flow_kind(flow.kind),
            belongs.get(flow.source, UNNAMED),
            transfer.country,
            _MECHANISMS.get(transfer.mechanism or "", ""),
            "; ".join(p for p in (*parts, transfer.importer or "") if p),
        )


def _cut(text: str) -> str:
    """A name as long as the importer takes; the end of an address tells most."""
    return text if len(text) <= _NAME else words.short(text, _NAME)


def _write(path: Path, head: Head, sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[object]]]]) -> None:
    from openpyxl import Workbook

    book: Any = Workbook(write_only=True)
    for name, heads, rows in sheets:
        page = book.create_sheet(name)
        page.append(list(heads))
        for row in rows:
            page.append([text_cell(page, value) for value in row])
    with replacing(path) as target:
        save(book, target, head)
