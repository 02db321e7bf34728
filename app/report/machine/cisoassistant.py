"""Workbooks for CISO Assistant's data import: findings to follow up, and processings with their transfers.

Columns and allowed values as in its guide "Data import wizard" and its import code (community edition, August 2026).
A transfer has to belong to a processing: flows that no entry of the record names go with one of our own.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from app.report import words
from app.report.content import Activity
from app.report.files import replacing
from app.report.machine.facts import Fact, Facts
from app.report.machine.lines import identifier
from app.report.machine.saving import save
from app.report.machine.workbook import LONGEST, text_cell
from app.report.source import Head, ReportSource
from rules.judgement import Flow, Transfer

FINDINGS: Final = (
    "ref_id", "name", "description", "severity", "status", "filtering_labels", "priority", "observation",
)  # fmt: skip
PROCESSINGS: Final = ("ref_id", "name", "description", "status")
TRANSFERS: Final = ("name", "description", "processing", "country", "transfer_mechanism", "guarantees")
UNNAMED: Final = "SITUS-FLOWS"
_SEVERITY: Final = {"critical": "critical", "high": "high", "medium": "medium", "low": "low", "info": "info"}
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


class _Names:
    """Names that differ, whatever their case: the importer takes a second thing of one name for the first."""

    def __init__(self) -> None:
        self._met: Counter[str] = Counter()

    def of(self, text: str) -> str:
        """The name as long as the importer takes it, with a number where it was met before."""
        name = _cut(text)
        self._met[name.casefold()] += 1
        while (number := self._met[name.casefold()]) > 1:
            tail = f" ({number})"
            name = f"{_cut(text, _NAME - len(tail))}{tail}"
            self._met[name.casefold()] += 1
        return name


def write_findings(source: ReportSource, path: Path) -> None:
    """Failures and accepted failures, one to a row. Raises `app.report.files.ReportNotWrittenError`."""
    names = _Names()
    rows = (_finding(fact, names) for fact in Facts(source) if fact.finding.verdict.value in ("fail", "accepted"))
    _write(path, source.head(), [("Findings", FINDINGS, rows)])


def write_transfers(source: ReportSource, activities: Sequence[Activity], path: Path) -> None:
    """Processings of the record, and every transfer that has a country. Raises ReportNotWrittenError."""
    names = _Names()
    processings = [
        (a.record, names.of(a.purpose or a.record), "; ".join(a.classes), "privacy_draft")
        for a in activities
        if a.record
    ]
    processings.append(
        (UNNAMED, names.of("Flows that no entry of the record of processing names"), "Made by Situs", "privacy_draft")
    )
    sheets = [("Processing", PROCESSINGS, processings), ("Transfers", TRANSFERS, _transfers(source, activities))]
    _write(path, source.head(), sheets)


def _finding(fact: Fact, names: _Names) -> Sequence[object]:
    finding, record = fact.finding, fact.record
    severity = finding.severity.value
    labels = [record["provider"] or "", finding.rule, *(n.label for n in fact.law[:3])]
    place = record["location"] or ", ".join(record["countries"])
    about = f"{record['name'] or fact.subject} ({record['kind'] or 'flow'}; {place or 'place not known'})"
    return (
        identifier("finding", finding.rule, fact.key),
        names.of(f"{fact.title}: {record['name'] or fact.subject}"),
        f"{fact.rule.explanation if fact.rule is not None else fact.title} {about}".strip(),
        _SEVERITY[severity],
        "dismissed" if finding.verdict.value == "accepted" else "identified",
        "|".join(dict.fromkeys(_label(label) for label in labels if label)),
        _PRIORITY[severity],
        f"{fact.subject}\n{finding.why}\nSHA-256 {', '.join(finding.evidence[:3])}\n{fact.remedy}".strip(),
    )


def _transfers(source: ReportSource, activities: Sequence[Activity]) -> Iterator[Sequence[object]]:
    """One row for each processing and country: the importer takes a second one for the first, and stops.

    The mechanism is told where every flow has the same and all are covered; else the guarantees tell it flow by flow.
    """
    flows = {f.id: f for f in source.flows()}
    belongs = {uid: a.record for a in activities if a.record for uid in a.assets}
    together: dict[tuple[str, str], list[tuple[Flow, Transfer]]] = {}
    for transfer in source.transfers():
        flow = flows.get(transfer.flow)
        if flow is not None and len(transfer.country) == 2:  # "any country" and "not known" have no place in its list
            together.setdefault((belongs.get(flow.source, UNNAMED), transfer.country), []).append((flow, transfer))
    for (processing, country), members in sorted(together.items(), key=lambda m: m[0]):
        used = {t.mechanism if t.status == "covered" else None for _, t in members}
        mechanism = _MECHANISMS.get(next(iter(used)) or "", "") if len(used) == 1 else ""
        number = words.count(len(members), "flow", "flows")
        yield (
            _cut(f"{processing}: {country} ({number})"),
            _lines(f"{words.end(f.source)} -> {words.end(f.target)}: {words.flow_kind(f.kind)}" for f, _ in members),
            processing,
            country,
            mechanism,
            _lines(_guarantee(flow, transfer) for flow, transfer in members),
        )


def _guarantee(flow: Flow, transfer: Transfer) -> str:
    """What one flow rests on."""
    parts = [words.transfer_status(transfer.status, transfer.mechanism)]
    if transfer.mechanism is not None:
        parts.append(words.mechanism(transfer.mechanism))
    parts += [p for p in (transfer.register_entry, transfer.importer) if p]
    if transfer.expires is not None:
        parts.append(transfer.expires.isoformat())
    return f"{words.end(flow.source)}: {'; '.join(parts)}"


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(texts)[:LONGEST]


def _label(text: str) -> str:
    """A label as the importer takes it: letters, digits, `_` and `-`, at most 36; it drops any other silently."""
    return re.sub(r"[^\w]+", "-", text).strip("-")[:36].strip("-")


def _cut(text: str, most: int = _NAME) -> str:
    """A name as long as the importer takes; the end of an address tells most."""
    return text if len(text) <= most else words.short(text, most)


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
