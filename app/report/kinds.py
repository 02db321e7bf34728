"""The kinds of report, each a list of chapters over the same content."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from app.report import words
from app.report.chapters import annex, assessments, closing, comparison, computing, estate, requirements, transfers
from app.report.content import ReportContent
from app.report.surface import Surface
from app.texts import tr

Paint = Callable[[Surface, ReportContent], None]


class Chapter(Struct, frozen=True):
    """One chapter: its key, its title in English, what paints it, and whether there is one for a content."""

    key: str
    title: str
    paint: Paint
    there: Callable[[ReportContent], bool] = lambda content: True


class Kind(Struct, frozen=True):
    """One kind of report. `cover`: it has a cover and contents; `about` says whom it is for."""

    id: str
    title: str
    about: str
    chapters: tuple[Chapter, ...]
    cover: bool = True


def _special(name: str) -> Paint:
    return lambda surface, content: surface.special(name, content)


_SUMMARY: Final = Chapter("summary", "Summary", _special("summary"))
_MAP: Final = Chapter("map", "Map of places", _special("map"))
_DATA: Final = Chapter("data", "Where your data are", estate.data)
_PROCESSING: Final = Chapter("processing", "Where your data are processed", estate.processing)
_GPUS: Final = Chapter("gpus", "Your GPU estate", estate.gpus)
TRAINING: Final = Chapter("training", "Training compute", computing.training, lambda c: c.compute is not None)
_KEYS: Final = Chapter("keys", "Who holds the keys", estate.key_estate)
_TRANSFERS: Final = Chapter("transfers", "Transfer register", transfers.register)
_ARTICLE_30: Final = Chapter("article30", "Annex to the record of processing (Article 30)", transfers.article_30)
_FINDINGS: Final = Chapter("findings", "Findings", _special("findings"))
_UNCHECKED: Final = Chapter("unchecked", "What could not be checked", closing.unchecked)
_DECISIONS: Final = Chapter("decisions", "Decisions needed from you", closing.decisions)
_ACCEPTED: Final = Chapter("accepted", "Accepted findings", closing.acceptances)
_PASSED: Final = Chapter("passed", "What passed", annex.passed)
_FOREIGN: Final = Chapter(
    "foreign",
    "Findings of other scanners",
    annex.foreign,
    lambda c: bool(c.foreign or c.foreign_apart or c.foreign_hidden),
)
_LAW: Final = Chapter("law", "Law that the findings cite", closing.law)
_METHOD: Final = Chapter("method", "Method and limits", closing.method)
_EVIDENCE: Final = Chapter("evidence", "Evidence", annex.evidence)
_CALLS: Final = Chapter("calls", "Calls that were made", annex.calls)
_CHAIN: Final = Chapter("chain", "Chain of scans", annex.chain)
_INVENTORY: Final = Chapter("inventory", "Inventory", annex.inventory, lambda c: bool(c.inventory))
_READ: Final = Chapter("appendix", "Appendix: what was read", closing.appendix)

_WHOLE: Final = (
    _SUMMARY, _MAP, _DATA, _PROCESSING, _GPUS, TRAINING, _KEYS, _TRANSFERS, _FINDINGS, _UNCHECKED, _DECISIONS,
    _ACCEPTED, _PASSED, _FOREIGN, _LAW, _METHOD, _EVIDENCE, _CALLS, _CHAIN, _INVENTORY, _READ,
)  # fmt: skip

KINDS: Final[Mapping[str, Kind]] = {
    kind.id: kind
    for kind in (
        Kind("full", "Governance report", "Everything, for auditors and authorities.", _WHOLE),
        Kind(
            "summary",
            "Summary for the board",
            "Two pages: the answer, what is gravest, where things are, what waits for a decision.",
            (_SUMMARY, Chapter("map", "Map of places", _special("glance"))),
            cover=False,
        ),
        Kind("cloud", "Report on one provider", "Everything about the assets of one provider.", _WHOLE),
        Kind(
            "framework",
            "Report by requirement",
            "The same verdicts by the requirements of a law or standard.",
            (
                _SUMMARY,
                Chapter("requirements", "Requirements", requirements.requirements),
                TRAINING,
                _FINDINGS,
                _UNCHECKED,
                _DECISIONS,
                _ACCEPTED,
                _LAW,
                _METHOD,
                _EVIDENCE,
                _CHAIN,
                _READ,
            ),
        ),
        Kind(
            "transfers",
            "Transfer register",
            "Every transfer out of the EEA with its basis, and rows for the record of processing (Article 30).",
            (_TRANSFERS, _MAP, _ARTICLE_30, _UNCHECKED, _METHOD, _CHAIN, _READ),
        ),
        Kind(
            "dpia",
            "Facts for a data protection impact assessment",
            "What Article 35(7) asks to describe, as far as settings show it.",
            (
                Chapter("systems", "Systems and data", assessments.systems),
                _DATA,
                _PROCESSING,
                _TRANSFERS,
                Chapter("measures", "Safeguards that were seen", assessments.measures),
                Chapter("risks", "Risks that were seen", assessments.risks),
                _UNCHECKED,
                _DECISIONS,
                _METHOD,
                _CHAIN,
                _READ,
            ),
        ),
        Kind(
            "tia",
            "Facts for transfer impact assessments",
            "Each country outside the EEA: what goes there, on what basis, and who could read it.",
            (
                Chapter("countries", "Countries of destination", assessments.countries),
                _TRANSFERS,
                _KEYS,
                _UNCHECKED,
                _METHOD,
                _CHAIN,
                _READ,
            ),
        ),
        Kind(
            "evidence",
            "Evidence annex",
            "What each finding rests on: document, call, moment, identity, digest.",
            (_EVIDENCE, _CALLS, _CHAIN, _READ),
        ),
        Kind(
            "coverage",
            "Coverage statement",
            "What was looked at, what was not, and who can change that.",
            (Chapter("statement", "Statement", annex.statement), _UNCHECKED, _CALLS, _READ),
        ),
        Kind(
            "delta",
            "What changed between two scans",
            "Findings and assets that are new, changed or gone.",
            (Chapter("changes", "Changes", comparison.changes), _METHOD, _CHAIN, _READ),
        ),
    )
}


def document_title(kind: Kind, content: ReportContent) -> str:
    """What the document is called: its kind, the law or standard where it goes by one, and whose it is."""
    title = tr(kind.title) + (f" ({content.view.name})" if content.view is not None else "")
    return title + (f": {content.head.organisation}" if content.head.organisation else "")


def entries(kind: Kind, content: ReportContent) -> list[tuple[int, str, str]]:
    """The contents of a report: (level, title, key)."""
    found: list[tuple[int, str, str]] = []
    for chapter in kind.chapters:
        if not chapter.there(content):
            continue
        found.append((0, tr(chapter.title), chapter.key))
        if chapter.key == "findings":
            found += _severities(content)
    return found


def _severities(content: ReportContent) -> list[tuple[int, str, str]]:
    counts: dict[str, int] = {}
    for group in content.groups:
        counts[group.severity] = counts.get(group.severity, 0) + len(group.rows)
    return [(1, f"{words.severity(s)} ({words.number(n)})", f"severity-{s}") for s, n in counts.items()]
