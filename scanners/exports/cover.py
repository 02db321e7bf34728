"""What a file showed, what it cannot show, and where it ended early, as coverage cells."""

from collections.abc import Iterator

from scanners.exports.source import SourceFile
from scanners.model import Coverage, CoverageStatus


class Collected:
    """Counts what one file showed, cell by cell.

    A cell is account × region × service × kind. What was seen is `collected`, or `partial` where the file ended early:
    then nobody knows what else it would have held.
    """

    def __init__(self, file: SourceFile, provider: str) -> None:
        self._file = file
        self._provider = provider
        self._seen: dict[tuple[str, str, str, str], int] = {}
        self._cannot: dict[tuple[str, str, str, str], str] = {}

    def saw(self, account: str, region: str, service: str, kind: str, count: int = 1) -> None:
        """Counts assets of a cell; a count of 0 notes that the cell was read and held none."""
        key = (account, region, service, kind)
        self._seen[key] = self._seen.get(key, 0) + count

    def cannot(self, account: str, region: str, service: str, kind: str, detail: str) -> None:
        """Notes that this kind of file cannot show a cell; `detail` is one sentence for people."""
        self._cannot.setdefault((account, region, service, kind), detail)

    def scopes(self) -> set[tuple[str, str]]:
        """Every (account, region) of which anything was seen."""
        return {(account, region) for account, region, _, _ in self._seen}

    def kinds(self, account: str | None = None) -> set[str]:
        """Every kind of which anything is known, of one account or of all: what was seen, and what cannot be."""
        return {kind for name, _, _, kind in (*self._seen, *self._cannot) if account in (None, name)}

    def cells(self) -> Iterator[Coverage]:
        """The cells, in a fixed order. What cannot be shown gives way to what was seen all the same."""
        file = self._file
        for key, count in sorted(self._seen.items()):
            account, region, service, kind = key
            if file.ended_early is not None:
                status = CoverageStatus.PARTIAL
            else:
                status = CoverageStatus.COLLECTED if count else CoverageStatus.EMPTY
            yield Coverage(
                file.connection, self._provider, account, region, service, kind, status, count, detail=file.ended_early
            )
        for key, detail in sorted(self._cannot.items()):
            if key not in self._seen:
                account, region, service, kind = key
                status = CoverageStatus.NOT_EXPORTED
                yield Coverage(file.connection, self._provider, account, region, service, kind, status, detail=detail)
