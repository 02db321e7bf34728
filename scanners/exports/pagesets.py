"""Pages of one query of Azure Resource Graph in files of their own: together they are the whole result."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from scanners.exports.source import Shape, SourceFile
from scanners.exports.stream import ExportStream
from scanners.members import number, text

LARGEST: Final = 32 << 20
"""Bytes of a file that is gone through for this before it is read. A page has at most a thousand rows."""
_TOTALS: Final = ("total_records", "totalRecords")
_NEXT: Final = ("skip_token", "$skipToken", "skipToken")


def join(contents: Sequence[tuple[SourceFile, ExportStream, int]]) -> None:
    """Sets `paged` of files that are together all pages of a query; the number is the size in bytes.

    Each page states the total of its query and whether another one follows. They are whole where as many rows as that
    total are in them, no resource twice, and one page alone is followed by none.
    """
    queries: dict[int, list[tuple[SourceFile, set[str], int, bool]]] = {}
    for file, stream, size in contents:
        if stream.shape is Shape.OBJECT and size <= LARGEST and set(stream.keys) & {*_TOTALS, *_NEXT}:
            total, ids, rows, continues = _page(file, stream)
            if total is not None and len(ids) == rows:
                queries.setdefault(total, []).append((file, ids, rows, continues))
    for total, pages in queries.items():
        last = sum(not continues for _, _, _, continues in pages)
        if len(pages) < 2 or last != 1 or sum(rows for _, _, rows, _ in pages) != total:
            continue
        if len({identity for _, ids, _, _ in pages for identity in ids}) == total:
            for file, _, _, _ in pages:
                file.paged = True


def _page(file: SourceFile, stream: ExportStream) -> tuple[int | None, set[str], int, bool]:
    """(total, resources, rows, whether another page follows) of a file with one page; no total of any other."""
    ids: set[str] = set()
    rows = 0
    envelopes: list[Mapping[str, Any]] = []
    for element in stream.elements("data", "value"):
        rows += 1
        if not envelopes or envelopes[-1] is not stream.envelope:
            envelopes.append(stream.envelope)
        value: Any = element.value
        identity = text(cast("Any", value), "id") if isinstance(value, dict) else None
        if element.member and identity:
            ids.add(identity.lower())
    whole = file.ended_early is None and len(envelopes) == 1
    file.warnings, file.more_warnings, file.ended_early = [], 0, None  # told when it is read
    said = stream.envelope
    total = next((found for name in _TOTALS if (found := number(said, name)) is not None), None)
    return total if whole else None, ids, rows, any(text(said, name) is not None for name in _NEXT)
