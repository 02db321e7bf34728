"""The reader of policies for tables: problems name the row and the heading, as they stand in the file."""

import difflib
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Final

from app.register.cells import heading
from app.register.sheets import Sheet
from app.texts import tr
from rules.catalogue import Catalogue
from rules.policy.lines import Lines
from rules.policy.reading import PolicyError, Reader, Wrong

_MOST_PROBLEMS: Final = 20

At = tuple[str | int, ...]


class TableReader(Reader):
    """Checks entries made from rows. `rows`: number of the row of each entry; `headings`: column → heading there.

    Headings of columns that a table does not have are those of the template in its language.
    """

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

    def row(self, sheet: Sheet, number: int, entry: Mapping[str, Any], wrong: Container[str]) -> None:
        """Checks the cells of a row, but for those that are `wrong` already, and whether any is missing."""
        for column, value in entry.items():
            if column not in wrong:
                with suppress(Wrong):  # it has noted the problem
                    self.read(sheet.type_of(column), value, (sheet.setting, number, column))
        for column in sheet.required:
            if column not in entry:
                name = self._headings.get(column, column)
                self.wrong((sheet.setting, number), tr("`{name}` is missing.").format(name=name))

    def twice(self, sheet: Sheet, entries: Sequence[Mapping[str, Any]]) -> None:
        """Checks that entries differ by what names them."""
        with suppress(Wrong):  # it has noted the problem
            self._differ(sheet.record, list(entries), (sheet.setting,))
        seen: set[str] = set()
        for number, entry in enumerate(entries if sheet.setting == "exit_plans" else ()):
            if entry[sheet.key] in seen:
                self.wrong((sheet.setting, number, sheet.key), tr("is there twice; keep one row for each."))
            seen.add(entry[sheet.key])

    def no_column(self, name: str, at: At, known: Sequence[str]) -> Wrong:
        """Notes a heading that names no column; `known` are those that do."""
        headings = {heading(one): one for one in known}
        close = difflib.get_close_matches(heading(name).replace("-", "_"), headings, n=1, cutoff=0.6)
        said = tr("there is no such column.") + " "
        said += (
            tr("Did you mean “{name}”?").format(name=headings[close[0]])
            if close
            else tr("The columns are: {names}.").format(names=", ".join(known))
        )
        return self.wrong(at, said)
