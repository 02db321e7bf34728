"""The reader of policies for tables: problems name the row and the heading, as they stand in the file."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from app.texts import tr
from rules.catalogue import Catalogue
from rules.policy.lines import Lines
from rules.policy.reading import PolicyError, Reader, Wrong

_MOST_PROBLEMS: Final = 20

At = tuple[str | int, ...]


class TableReader(Reader):
    """Checks entries made from rows. `rows`: number of the row of each entry; `headings`: column → heading there."""

    def __init__(
        self, where: str, rows: Sequence[int], headings: Mapping[str, str], catalogue: Catalogue, as_of: date
    ) -> None:
        super().__init__(where, Lines(""), catalogue, as_of)
        self._rows = rows
        self._headings = headings

    def wrong(self, at: At, what: str, value: object = None) -> Wrong:
        """Notes a problem at a cell and gives the exception to raise. Raises PolicyError when there are too many."""
        del value
        number = at[1] if len(at) > 1 and isinstance(at[1], int) else 0
        row = self._rows[number] if number < len(self._rows) else 1
        place = f"{self._name}, {tr('line')} {row}"
        column = at[2] if len(at) > 2 else ""
        if column:
            place += ", " + tr("column “{column}”").format(column=self._headings.get(str(column), str(column))[:60])
        self.problems.append(f"{place}: {what}")
        if len(self.problems) >= _MOST_PROBLEMS:
            raise PolicyError(
                [*self.problems, tr("{file}: there may be more; these come first.").format(file=self._name)]
            )
        return Wrong()

    def no_column(self, heading: str, at: At, known: Iterable[str]) -> Wrong:
        """Notes a heading that names no column."""
        names = list(known)
        close = difflib.get_close_matches(heading[:60].lower().replace("-", "_"), names, n=1, cutoff=0.6)
        said = tr("there is no such column.") + " "
        said += (
            tr("Did you mean “{name}”?").format(name=close[0])
            if close
            else tr("The columns are: {names}.").format(names=", ".join(names))
        )
        return self.wrong(at, said)
