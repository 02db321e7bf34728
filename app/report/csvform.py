"""Tables for a spreadsheet: findings, assets, transfers. UTF-8 with a mark that Excel knows, lines ended as it likes.

A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a line end as a formula. Such cells get an
apostrophe before them.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.report.content import ComputeNote, LawNote, law_note
from app.report.files import replacing
from app.report.jsonform import finding_record
from app.report.source import ReportSource

FINDINGS = (
    "severity", "verdict", "rule", "title", "name", "kind", "provider", "account", "location", "countries",
    "data class", "law", "why", "missing", "permission", "to do", "potential", "uid or flow", "evidence",
)  # fmt: skip
ASSETS = (
    "uid", "name", "kind", "provider", "account", "native type", "place", "countries", "GDPR status",
    "processing countries", "data class", "key held by", "key", "GPUs", "operator", "stale", "evidence",
)  # fmt: skip
TRANSFERS = (
    "flow", "kind", "from", "from countries", "to", "to country", "data class", "importer", "basis", "status",
    "register entry", "assessed", "expires",
)  # fmt: skip

COMPUTE = (
    "model", "named", "jobs", "accelerator hours", "operations low", "operations high", "share of presumption low",
    "share of presumption high", "state", "missing",
)  # fmt: skip

_FLUSH: Final = 1 << 16


def write_findings(source: ReportSource, path: Path, *, with_passes: bool = False) -> None:
    """Findings, one to a line. Raises `app.report.files.ReportNotWrittenError`."""
    _write(path, FINDINGS, findings_rows(source, with_passes))


def stream_findings(source: ReportSource, out: BinaryIO, *, with_passes: bool = False) -> None:
    """The same into an open binary stream."""
    _stream(out, FINDINGS, findings_rows(source, with_passes))


def write_assets(source: ReportSource, path: Path) -> None:
    """Assets, one to a line; an empty cell: not known. Raises `app.report.files.ReportNotWrittenError`."""
    _write(path, ASSETS, assets_rows(source))


def write_transfers(source: ReportSource, path: Path) -> None:
    """Transfers, one to a line. Raises `app.report.files.ReportNotWrittenError`."""
    _write(path, TRANSFERS, transfers_rows(source))


def guarded(value: object) -> str:
    """The text of a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\ufffd")
    return (
        f"'{text}"
        if text.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
        else text
    )


def findings_rows(source: ReportSource, with_passes: bool) -> Iterator[Sequence[object]]:
    known = finding_record(source, with_passes)
    classes = {p.asset.uid: p.data_class for p in source.assets()}
    classes |= {f.id: f.data_class for f in source.flows()}
    law: dict[str, str] = {}
    for finding in source.findings(with_passes=with_passes):
        record: dict[str, Any] = known.finding(finding)
        rule = source.rule(finding.rule)
        if finding.rule not in law:
            law[finding.rule] = "; ".join(n.label for n in _notes(source, rule.law if rule else ()))
        key = finding.flow or finding.asset or ""
        yield (
            record["severity"],
            record["verdict"],
            finding.rule,
            rule.title if rule else "",
            record["name"],
            record["kind"],
            record["provider"],
            record["account"],
            record["location"],
            " ".join(record["countries"]),
            classes.get(key),
            law[finding.rule],
            finding.why,
            "; ".join(f"{m.what}: {m.reason}" for m in finding.missing),
            "; ".join(sorted({m.permission for m in finding.missing if m.permission})),
            rule.remediation.get(record["provider"] or "", "") if rule else "",
            "yes" if finding.potential else "no",
            key,
            " ".join(finding.evidence),
        )


def assets_rows(source: ReportSource) -> Iterator[Sequence[object]]:
    for placed in source.assets():
        a = placed.asset
        elsewhere = placed.processing
        yield (
            a.uid,
            a.name,
            a.kind,
            a.provider,
            a.account,
            a.native_type,
            placed.place.name,
            "any" if placed.place.everywhere else " ".join(placed.place.countries),
            placed.place.status,
            None if elsewhere is None else "any" if elsewhere.everywhere else " ".join(elsewhere.countries),
            placed.data_class,
            placed.custody,
            placed.key,
            placed.gpu_count,
            placed.operator,
            "yes" if placed.stale else "no",
            " ".join(a.evidence),
        )


def transfers_rows(source: ReportSource) -> Iterator[Sequence[object]]:
    flows = {f.id: f for f in source.flows()}
    for transfer in source.transfers():
        flow = flows.get(transfer.flow)
        yield (
            transfer.flow,
            flow.kind if flow else None,
            flow.source if flow else None,
            " ".join(flow.source_countries) if flow else None,
            flow.target if flow else None,
            transfer.country,
            flow.data_class if flow else None,
            transfer.importer,
            transfer.mechanism,
            transfer.status,
            transfer.register_entry,
            transfer.tia_date,
            transfer.expires,
        )


def write_compute(note: ComputeNote, path: Path) -> None:
    """Training compute, one model to a line; an empty cell: not known. Raises ReportNotWrittenError."""
    _write(path, COMPUTE, compute_rows(note))


def compute_rows(note: ComputeNote) -> Iterator[Sequence[object]]:
    """One model to a row. Operations are floating-point operations, hours accelerator hours."""

    def told(value: float | None, form: str) -> str | None:
        return None if value is None else format(value, form)

    for row in note.rows:
        limits = (row.low, row.high)
        yield (
            row.name,
            "yes" if row.named else "no",
            row.jobs,
            told(row.hours, ".1f"),
            *(told(v, ".3e") for v in limits),
            *(told(None if v is None else v / note.presumption, ".2e") for v in limits),
            row.state,
            "; ".join(f"{what}: {jobs}" for what, jobs in row.missing),
        )


def _notes(source: ReportSource, ids: Iterable[str]) -> list[LawNote]:
    found: dict[str, LawNote] = {}
    for law_id in ids:
        provision = source.provision(law_id)
        if provision is not None:
            found.setdefault(provision.id, law_note(provision))
    return list(found.values())


def _write(path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with replacing(path) as target, target.open("wb") as file:
        _stream(file, heads, rows)


def _stream(out: BinaryIO, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes line by line; `out` needs nothing but `write`."""
    line = io.StringIO(newline="")
    table = csv.writer(line, lineterminator="\r\n")
    out.write(b"\xef\xbb\xbf")
    table.writerow(heads)
    for row in rows:
        table.writerow([guarded(cell) for cell in row])
        if line.tell() > _FLUSH:
            out.write(line.getvalue().encode("utf-8"))
            line.seek(0)
            line.truncate()
    out.write(line.getvalue().encode("utf-8"))
