"""Puts the pages together and writes the file."""

import tempfile
from datetime import UTC, datetime, time
from pathlib import Path

from app.report import words
from app.report.build import build_content
from app.report.content import ReportContent
from app.report.csvform import stream_findings
from app.report.files import replacing
from app.report.jsonform import stream_json
from app.report.pdf import closing, cover, estate, findings, keys, transfers
from app.report.pdf import map as places
from app.report.pdf.document import Sheet
from app.report.pdf.finish import Enclosed, Packer, enclose, finish
from app.report.proof import EVIDENCE, MANIFEST, evidence_list, manifest_of
from app.report.source import ReportSource
from app.texts import tr


def write_pdf(content: ReportContent, path: Path) -> None:
    """Writes the pages alone; the file appears whole or not at all. The same content gives the same bytes.

    Raises `app.report.files.ReportNotWrittenError` with a sentence for people where the file cannot be written.
    """
    with replacing(path) as target:
        paint(content, target)


def write_report(source: ReportSource, path: Path, *, with_passes: bool = False) -> None:
    """Writes the whole report: the pages, and inside the file the same as JSON and CSV, and the manifest.

    The file appears whole or not at all; the same input gives the same bytes. Raises ReportNotWrittenError.
    """
    content = build_content(source)
    head = content.head
    with replacing(path) as target, tempfile.TemporaryDirectory(prefix="situs-") as folder:
        raw = Path(folder) / "pages.pdf"
        paint(content, raw)
        enclosed = _enclosed(source, with_passes=with_passes)
        made = head.scan.ended or head.scan.started or datetime.combine(head.as_of, time(), UTC)
        finish(raw, target, enclosed, made)


def _enclosed(source: ReportSource, *, with_passes: bool) -> list[Enclosed]:
    json = Packer()
    stream_json(source, json.stream, with_passes=with_passes)
    table = Packer()
    stream_findings(source, table.stream, with_passes=with_passes)
    files = [
        json.enclosed("situs-report.json", "application/json", tr("Everything in this report, for programs")),
        table.enclosed("situs-findings.csv", "text/csv", tr("The findings as a table")),
    ]
    proof = source.proof()
    evidence = evidence_list(proof.evidence if proof is not None else ())
    files.append(
        enclose(EVIDENCE, "text/plain", tr("SHA-256 of every document that the scan rests on"), evidence, "Supplement")
    )
    manifest = manifest_of(source.head(), proof, {"kind": "full"}, [f.attached for f in files], evidence)
    about = tr("What this report was made from: digests, versions, and the chain of scans")
    files.append(enclose(MANIFEST, "application/json", about, manifest, "Supplement"))
    return files


def paint(content: ReportContent, target: Path) -> None:
    """Paints the pages into a new file."""
    head = content.head
    who = head.organisation or ""
    title = tr("Situs report") + (f": {who}" if who else "")
    running = f"{who}  ·  {words.day(head.as_of)}" if who else words.day(head.as_of)
    if head.sample:
        running = f"{tr('SAMPLE')}  ·  {running}"
    sheet = Sheet(
        target,
        title=title,
        author=who or "Situs",
        running=running,
        foot=tr("Situs, scan {id}").format(id=head.scan.id),
    )
    sheet.plan |= keys.plan(content) | {"decisions", "unchecked"}
    cover.cover(sheet, content)
    cover.contents(sheet, _entries(content))
    cover.summary(sheet, content)
    places.page(sheet, content)
    estate.data(sheet, content)
    estate.processing(sheet, content)
    estate.gpus(sheet, content)
    estate.key_estate(sheet, content)
    transfers.register(sheet, content)
    findings.findings(sheet, content)
    closing.unchecked(sheet, content)
    closing.decisions(sheet, content)
    closing.acceptances(sheet, content)
    closing.law(sheet, content)
    closing.method(sheet, content)
    closing.appendix(sheet, content)
    sheet.finish()


def _entries(content: ReportContent) -> list[tuple[int, str, str]]:
    entries = [
        (0, tr("Summary"), "summary"),
        (0, tr("Map of places"), "map"),
        (0, tr("Where your data are"), "data"),
        (0, tr("Where your data are processed"), "processing"),
        (0, tr("Your GPU estate"), "gpus"),
        (0, tr("Who holds the keys"), "keys"),
        (0, tr("Transfer register"), "transfers"),
        (0, tr("Findings"), "findings"),
    ]
    seen: set[str] = set()
    for group in content.groups:
        if group.severity not in seen:
            seen.add(group.severity)
            rows = sum(len(g.rows) for g in content.groups if g.severity == group.severity)
            entries.append(
                (1, f"{words.severity(group.severity)} ({words.number(rows)})", f"severity-{group.severity}")
            )
    return [
        *entries,
        (0, tr("What could not be checked"), "unchecked"),
        (0, tr("Decisions needed from you"), "decisions"),
        (0, tr("Accepted findings"), "accepted"),
        (0, tr("Law that the findings cite"), "law"),
        (0, tr("Method and limits"), "method"),
        (0, tr("Appendix: what was read"), "appendix"),
    ]
