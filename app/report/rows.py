"""Rows of the annexes, and the order of things that have numbers in their names."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest

from app.report import words
from app.report.content import CoverageLine, EvidenceRow, PassRow, Subject
from app.report.source import EvidenceNote, ReportSource
from rules.judgement import Finding, Summary
from scanners.model import Coverage


def evidence_rows(
    source: ReportSource, findings: Iterable[Finding], identities: Mapping[str, str]
) -> list[EvidenceRow]:
    """The documents that failures rest on. `identities`: connection → who asked.

    A document that was asked for names the service, not the connection: it has an identity where there was only one.
    """
    files = {f.name for f in source.files()}
    alone = next(iter(identities.values())) if len(identities) == 1 else ""
    rules: dict[str, dict[str, None]] = {}
    for finding in findings:
        for digest in finding.evidence:
            rules.setdefault(digest, {})[finding.rule] = None
    rows: list[EvidenceRow] = []
    for digest, named in rules.items():
        note = source.evidence(digest)
        if note is None:
            rows.append(EvidenceRow(digest, "", "", None, tuple(named)))
            continue
        identity = "" if note.source.split(",")[0] in files else identities.get(note.source, alone)
        rows.append(EvidenceRow(digest, note.operation, note.source, note.seen_at, tuple(named), identity))
    rows.sort(key=lambda r: (r.operation, _numbered(r.source), r.digest))
    return rows


def told(note: EvidenceNote) -> str:
    """A document for people: which call or export gave it, when, from where."""
    source = words.short(note.source, 48)  # the annex of evidence has the whole name
    parts = [note.operation, "" if note.seen_at is None else f"{note.seen_at:%Y-%m-%d %H:%M} UTC", source]
    return ", ".join(p for p in parts if p)


def pass_rows(
    source: ReportSource,
    summary: Summary,
    passes: Mapping[str, Sequence[Finding]],
    about: Callable[[Finding], Subject],
) -> list[PassRow]:
    """Rules with how often they passed, and the subjects where passes were listed."""
    rows: list[PassRow] = []
    for rule_id, verdicts in summary.by_rule.items():
        number = verdicts.get("pass", 0)
        if number:
            rule = source.rule(rule_id)
            subjects = [about(f) for f in passes.get(rule_id, ())]
            subjects.sort(key=lambda s: (s.provider, s.account, s.name, s.key))
            rows.append(PassRow(rule_id, rule.title if rule else rule_id, number, subjects))
    rows.sort(key=lambda r: (family_order(r.rule), r.rule))
    return rows


def coverage_lines(cells: Iterable[Coverage]) -> list[CoverageLine]:
    """Cells of one connection, account and status together."""
    grouped: dict[tuple[str, str, str, str], list[Coverage]] = defaultdict(list)
    for cell in cells:
        grouped[cell.connection, cell.provider, cell.account, cell.status.value].append(cell)
    lines: list[CoverageLine] = []
    for (connection, provider, account, status), members in sorted(grouped.items()):
        services = tuple(sorted({c.service for c in members}))
        permissions = tuple(sorted({c.missing_permission for c in members if c.missing_permission}))
        details = tuple(sorted({c.detail for c in members if c.detail}))
        lines.append(CoverageLine(connection, provider, account, status, len(members), services, permissions, details))
    return lines


_FAMILIES = ("RES", "XFER", "EXPO", "KEY", "AI", "SOV", "GOV", "ACC", "RET", "CLS", "RSL")


def family_order(rule_id: str) -> int:
    """Where the family of a rule stands."""
    parts = rule_id.split("-")
    family = parts[1] if len(parts) > 2 else ""
    return _FAMILIES.index(family) if family in _FAMILIES else len(_FAMILIES)


_LAW = ("gdpr", "edpb", "cjeu")


def law_order(law_id: str) -> int:
    """Where a law stands."""
    first = law_id.split(".")[0]
    return _LAW.index(first) if first in _LAW else len(_LAW)


def natural(text: str) -> list[tuple[int, str]]:
    """Order of a text with numbers in it."""
    pieces = text.replace("art", ".").split(".")
    return [(int(p), "") if p.isdecimal() and p.isascii() and len(p) < 9 else (-1, p) for p in pieces]


def _numbered(text: str) -> list[tuple[str, int]]:
    """Order of the places in files: item 9 before item 10."""
    pieces = re.split(r"(\d{1,9})", text)
    return [(word, int(number or 0)) for word, number in zip_longest(pieces[::2], pieces[1::2], fillvalue="")]
