"""Whether all pages of a listing are in a file."""

from collections.abc import Mapping
from typing import Any, Final

from scanners.exports.source import SourceFile
from scanners.members import has, number, text, word

_TOTALS: Final = ("totalRecords", "total_records")
_NEXT: Final = ("$skipToken", "skip_token", "skipToken", "SkipToken", "nextLink", "@nextLink")


class Pages:
    """Watches the envelopes that go by, counts the rows in between, and says what is missing.

    A page that names a next one is followed by it, or the file is incomplete. At the last page of a listing that states
    a total, that many rows must have gone by.
    """

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._current: Mapping[str, Any] | None = None
        self._rows = 0
        self._continues = False
        self.graph = False

    def at(self, envelope: Mapping[str, Any]) -> None:
        """Says to which envelope the rows from now on belong. An envelope may fill while its rows go by."""
        if envelope is not self._current:
            if self._current is not None:
                self._close(self._current)
            self._current = envelope

    def row(self) -> None:
        """Counts a row."""
        self._rows += 1

    def end(self, envelope: Mapping[str, Any] | None) -> None:
        """The file is through; the last envelope is complete now."""
        if envelope is not None:
            self.at(envelope)
        if self._current is not None:
            self._close(self._current)
        if self._continues and not self._file.paged:
            self._file.incomplete(
                f"{self._file.name} ends with a page that is followed by another one, which is not in the file; "
                "what it holds was kept. Export all pages."
            )

    def _close(self, envelope: Mapping[str, Any]) -> None:
        total = next((found for name in _TOTALS if (found := number(envelope, name)) is not None), None)
        self.graph = self.graph or total is not None or has(envelope, "resultTruncated")
        # `resultTruncated` is the text "true" or "false" (recorded).
        if word(envelope, "resultTruncated") == "true" or envelope.get("resultTruncated") is True:
            self._file.incomplete(
                f"{self._file.name}: Azure says that the result was cut short (resultTruncated); "
                "what it holds was kept. Export it in parts, or with pages."
            )
        self._continues = any(text(envelope, name) is not None for name in _NEXT)
        if not self._continues:
            if total is not None and self._rows < total and not self._file.paged:
                self._file.incomplete(
                    f"{self._file.name} holds {self._rows:,} of the {total:,} rows of its query; what it holds was "
                    "kept. Export all pages (az graph query --first 1000, with --skip-token)."
                )
            self._rows = 0
