"""Names of places in the document, so that findings, assets, law and transfers can lead to each other."""

import hashlib
from collections.abc import Collection

from app.report.content import ReportContent

MOST_ROWS = 600
"""Assets listed one by one in a table of the PDF; above that the table counts them, and JSON lists them."""


def asset(uid: str) -> str:
    """Key of an asset's row."""
    return "a-" + hashlib.sha256(uid.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def group(severity: str, rule: str) -> str:
    """Key of a rule's block."""
    return f"r-{severity}-{plain(rule)}"


def law(law_id: str) -> str:
    """Key of a provision."""
    return f"l-{plain(law_id)}"


def transfer(flow: str) -> str:
    """Key of the first transfer of a flow."""
    return "t-" + hashlib.sha256(flow.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def document(digest: str) -> str:
    """Key of a document in the annex of evidence."""
    return f"e-{digest[:24]}"


def plain(text: str) -> str:
    """The text as part of a key: letters, digits, hyphens and points."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-.") else f"_{ord(c):x}_" for c in text)


def plan(content: ReportContent, chapters: Collection[str]) -> set[str]:
    """Every key that painting these chapters (by their keys) of this content will make."""
    found = set(chapters)
    if "findings" in chapters:
        found |= {group(g.severity, g.id) for g in content.groups}
    if "law" in chapters:
        found |= {law(n.id) for n in content.law}
    if "transfers" in chapters:
        found |= {transfer(r.flow.id) for r in content.transfers}
    if "evidence" in chapters:
        found |= {document(r.digest) for r in content.evidence}
    listed = {"data": content.data, "processing": content.computing, "gpus": content.gpus, "keys": content.keys}
    for chapter, rows in listed.items():
        if chapter in chapters and len(rows) <= MOST_ROWS:
            found |= {asset(r.uid) for r in rows}
    return found
