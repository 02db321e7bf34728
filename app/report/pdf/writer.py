"""Puts the pages together and writes the file."""

import tempfile
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from app.report.build import build_content
from app.report.choice import Choice
from app.report.content import Extras, ReportContent
from app.report.csvform import stream_findings
from app.report.files import replacing
from app.report.jsonform import stream_json
from app.report.kinds import KINDS, Kind, document_title, entries
from app.report.logo import read_logo
from app.report.pdf import cover, keys, style
from app.report.pdf.document import Sheet
from app.report.pdf.finish import Enclosed, Packer, enclose, finish, lock
from app.report.pdf.tags import Tags
from app.report.proof import EVIDENCE, MANIFEST, evidence_list, manifest_of
from app.report.redaction import Redacted
from app.report.source import ReportSource
from app.texts import language, tr

if TYPE_CHECKING:
    from app.report.produce import Sealing


def write_pdf(content: ReportContent, path: Path, kind: Kind = KINDS["full"]) -> None:
    """Writes the pages alone; the file appears whole or not at all. The same content gives the same bytes.

    Raises `app.report.files.ReportNotWrittenError` with a sentence for people where the file cannot be written.
    """
    with replacing(path) as target, tempfile.TemporaryDirectory(prefix="situs-") as folder:
        raw = Path(folder) / "pages.pdf"
        tags = paint(content, raw, kind)
        finish(raw, target, (), _made(content), tags, archival=False)


def write_report(source: ReportSource, extras: Extras, path: Path, choice: Choice, sealing: "Sealing") -> None:
    """Writes the whole report: the pages, and inside the file the same as JSON and CSV, and the manifest.

    The file appears whole, signed and locked as wanted, or not at all; before signing the same input gives the same
    bytes. Raises ReportNotWrittenError or SigningError.
    """
    content = build_content(source, extras)
    logo = read_logo(Path(choice.logo)) if choice.logo else None
    with replacing(path) as target, tempfile.TemporaryDirectory(prefix="situs-") as folder:
        raw = Path(folder) / "pages.pdf"
        tags = paint(content, raw, KINDS[choice.kind], logo)
        # What a validator has not seen is not claimed: it knows no faces of this machine.
        archival = style.only_own_faces()
        finish(raw, target, _enclosed(source, extras, choice), _made(content), tags, archival=archival)
        if sealing.key is not None:
            from app.signing.sign import sign_pdf

            body = sign_pdf(
                target.read_bytes(), sealing.key, reason=sealing.reason, time_stamp_server=sealing.server,
                seal=KINDS[choice.kind].cover,
            )  # fmt: skip
            target.write_bytes(body)
        elif sealing.password:
            lock(target, sealing.password)


def _made(content: ReportContent) -> datetime:
    """The date of the document: when the scan ended."""
    head = content.head
    return head.scan.ended or head.scan.started or datetime.combine(head.as_of, time(), UTC)


def _enclosed(source: ReportSource, extras: Extras, choice: Choice) -> list[Enclosed]:
    json = Packer()
    stream_json(source, json.stream, with_passes=choice.with_passes, extras=extras)
    table = Packer()
    stream_findings(source, table.stream, with_passes=choice.with_passes)
    files = [
        json.enclosed("situs-report.json", "application/json", tr("Everything in this report, for programs")),
        table.enclosed("situs-findings.csv", "text/csv", tr("The findings as a table")),
    ]
    proof = source.proof()
    evidence = evidence_list(proof.evidence if proof is not None else ())
    files.append(
        enclose(EVIDENCE, "text/plain", tr("SHA-256 of every document that the scan rests on"), evidence, "Supplement")
    )
    scope = source.scope(choice.scope) if isinstance(source, Redacted) else choice.scope
    told = {"kind": choice.kind, "language": language(), "redacted": choice.redact, "scope": scope.text}
    manifest = manifest_of(source.head(), proof, told, [f.attached for f in files], evidence)
    about = tr("What this report was made from: digests, versions, and the chain of scans")
    files.append(enclose(MANIFEST, "application/json", about, manifest, "Supplement"))
    return files


def paint(content: ReportContent, target: Path, kind: Kind, logo: bytes | None = None) -> Tags:
    """Paints the pages of a kind of report into a new file, and returns their structure; `logo` as `read_logo` gave
    it."""
    from app.report import words

    head = content.head
    who = head.organisation or ""
    title = document_title(kind, content)
    running = f"{who}  ·  {words.day(head.as_of)}" if who else words.day(head.as_of)
    if head.sample:
        running = f"{tr('SAMPLE: an invented estate').partition(':')[0]}  ·  {running}"
    sheet = Sheet(
        target,
        title=title,
        author=who or "Situs",
        running=running,
        foot=tr("Situs, scan {id}").format(id=head.scan.id),
    )
    chapters = [c for c in kind.chapters if c.there(content)]
    sheet.plan |= keys.plan(content, {c.key for c in chapters})
    if kind.cover:
        cover.cover(sheet, content, kind, logo)
        cover.contents(sheet, entries(kind, content))
    for chapter in chapters:
        chapter.paint(sheet, content)
    sheet.finish()
    return sheet.tags
