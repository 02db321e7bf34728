"""What one source cannot show and another one of the same scan does is not missing."""

from collections.abc import Iterable
from typing import Final

from scanners.model.entities import Coverage, CoverageStatus

_EVERYWHERE: Final = frozenset({"*", "global"})
_Key = tuple[str, str, str, str]


class Shown:
    """Remembers which cells were read, so as to tell which of those that a source cannot show are missing."""

    def __init__(self, cells: Iterable[Coverage] = ()) -> None:
        self._regions: dict[_Key, set[str]] = {}
        for cell in cells:
            self.note(cell)

    def note(self, cell: Coverage) -> None:
        """Remember a cell if it was read."""
        if cell.status.read:
            self._regions.setdefault(_key(cell), set()).add(cell.region)

    def __contains__(self, cell: Coverage) -> bool:
        """Whether the same service and kind were read in the account: in the cell's region, or everywhere.

        A cell that stands for all regions is one of a provider whose lists show the whole account.
        """
        regions = self._regions.get(_key(cell))
        if not regions:
            return False
        return cell.region in _EVERYWHERE or cell.region in regions or not regions.isdisjoint(_EVERYWHERE)


def _key(cell: Coverage) -> _Key:
    return cell.provider, cell.account, cell.service, cell.kind


def missing_apart(cells: Iterable[Coverage]) -> list[Coverage]:
    """The cells without those `not_exported` ones that another cell shows."""
    known = list(cells)
    if not any(cell.status is CoverageStatus.NOT_EXPORTED for cell in known):
        return known
    shown = Shown(known)
    return [cell for cell in known if cell.status is not CoverageStatus.NOT_EXPORTED or cell not in shown]
