"""Puts the HTML page together."""

from pathlib import Path
from typing import Final

from app.report import sentences, texts, words
from app.report.content import ReportContent
from app.report.files import replacing
from app.report.html.marked import outside, plain
from app.report.html.sheet import HtmlSheet
from app.report.kinds import Kind, document_title, entries
from app.report.pdf import keys
from app.texts import language, tr
from resources import ROOT

_STYLE: Final = ROOT / "report" / "report.css"


def write_html(content: ReportContent, path: Path, kind: Kind) -> None:
    """Writes the page; the file appears whole or not at all. Raises `app.report.files.ReportNotWrittenError`."""
    with replacing(path) as target, target.open("w", encoding="utf-8", newline="\n", errors="backslashreplace") as out:
        chapters = [c for c in kind.chapters if c.there(content)]
        sheet = HtmlSheet(out, keys.plan(content, {c.key for c in chapters}))
        _head(sheet, content, kind)
        for chapter in chapters:
            chapter.paint(sheet, content)
        sheet.close()
        sheet.put("</main>\n</body>\n</html>\n")


def _head(sheet: HtmlSheet, content: ReportContent, kind: Kind) -> None:
    head = content.head
    title = document_title(kind, content)
    sheet.put(
        f'<!doctype html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="generator" content="Situs {plain(head.versions.program)}">\n'
        f"<title>{plain(title)}</title>\n<style>{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">{plain(tr("Skip to the content"))}</a>\n<header>\n'
    )
    if head.sample:
        sheet.put(f'<p class="sample">{plain(tr("SAMPLE: an invented estate"))}</p>\n')
    sheet.put(f"<h1>{outside(title)}</h1>\n")
    if content.note:
        sheet.paragraph(content.note)
    versions = head.versions
    facts = [
        (tr("Law as of"), words.day(head.as_of)),
        (tr("Scan"), f"{head.scan.id}  ·  {words.moment(head.scan.started)}"),
        (tr("Completeness"), sentences.scope(content)),
        (tr("Program"), f"Situs {versions.program}"),
        (tr("Rules"), f"{versions.pack_name}  SHA-256 {versions.pack}"),
        (tr("Catalogue"), f"{versions.catalogue_name}  SHA-256 {versions.catalogue}"),
        (
            tr("Policy"),
            f"{versions.policy_name}  SHA-256 {versions.policy}" if versions.policy else tr("none was given"),
        ),
    ]
    sheet.put('<dl class="facts">')
    for name, value in facts:
        sheet.put(f"<dt>{plain(name)}</dt><dd>{outside(value)}</dd>\n")
    sheet.put("</dl>\n")
    if language() != "en":
        sheet.paragraph(tr(texts.RULES_IN_ENGLISH))
    sheet.paragraph(tr(texts.NO_VERDICT_OF_LAW))
    sheet.put(f'</header>\n<nav aria-label="{plain(tr("Contents"))}">\n<h2>{plain(tr("Contents"))}</h2>\n<ol>\n')
    for level, text, key in entries(kind, content):
        if level == 0:
            sheet.put(f'<li><a href="#{plain(key)}">{plain(text)}</a></li>\n')
    sheet.put('</ol>\n</nav>\n<main id="main">\n')
