"""What could be seen: coverage cells by account, and whether the absence of something means that there is none."""

from collections.abc import Container, Iterable
from typing import Final

from rules.judgement import Missing
from scanners.model import KINDS, Coverage, missing_apart

_STORES: Final = tuple(k for k in KINDS if k.startswith(("storage.", "database.")) or k == "warehouse")

SHOWN_BY_TARGET: Final[dict[str, tuple[str, ...]]] = {
    "backs_up_to": ("backup.vault",),
    "trained_from": ("training.job", "ai.customization"),
    "deployed_as": ("ai.endpoint",),
    "logs_to": ("log.trail",),
    "replicates_to": ("replication",),
    "peers_with": ("network.peering",),
}
"""Relation → kinds that show it, where it is not (only) the asset's own document that does."""

SHOWN_BY_SOURCE: Final[dict[str, tuple[str, ...]]] = {
    "encrypted_by": _STORES,
    "reads": ("training.job", "transfer.job", "training.notebook"),
    "writes": ("training.job", "transfer.job"),
    "replicates_to": (*_STORES, "replication"),
    "backs_up_to": _STORES,
    "trained_from": ("ai.model",),
    "deployed_as": ("ai.model", "ai.endpoint"),
    "runs_on": ("training.job", "ai.endpoint"),
    "logs_to": ("log.trail", "ai.endpoint", "account"),
    "member_of": (),
    "shared_with": (),
    "overflows_to": ("ai.endpoint",),
    "peers_with": ("network.vpc", "network.peering"),
    "trusts": ("identity",),
}
"""Relation → kinds whose assets may have it to the one asked about."""

ABOUT: Final[dict[str, str]] = {"cloudtrail.dataevents": "read_logging", "config.types": "", "cloudasset.types": ""}
"""Services of cells that say something beside what was read. With the name of an attribute, the cell speaks of that
alone; else it says that a file holds nothing of a kind, and may have left it out. Rules say so once for each account;
what else is known of the kind stands."""

Key = tuple[str, str]
_CLUSTERS: Final = "kubernetes"


def _order(cell: Coverage) -> tuple[str, ...]:
    place = (cell.provider, cell.account, cell.kind, cell.service, cell.region)
    return (*place, str(cell.status), cell.missing_permission or "", cell.detail or "", cell.connection)


class Seen:
    """Coverage of a scan, by (provider, account) and kind.

    A service or region that is switched off counts as not read, as any other that did not answer: what was made before
    it was switched off may still be there.
    """

    def __init__(self, cells: Iterable[Coverage]) -> None:
        self.cells: dict[Key, dict[str, list[Coverage]]] = {}
        for cell in sorted(missing_apart(cells), key=_order):  # one order, whatever was read first
            self.cells.setdefault((cell.provider, cell.account), {}).setdefault(cell.kind, []).append(cell)

    def around(self, key: Key) -> dict[str, list[Coverage]]:
        """The cells that speak about an account, by kind. Machines in a cluster have the provider that owns them, and
        the cells of the cluster speak about them."""
        return self.cells.get(key) or self.cells.get((_CLUSTERS, key[1])) or {}

    def of(self, key: Key, kind: str) -> list[Coverage]:
        """The cells that speak about a kind in an account."""
        kinds = self.around(key)
        return [*kinds.get(kind, ()), *kinds.get("*", ())] if kinds else []

    def gaps(self, key: Key, kind: str) -> list[Coverage]:
        """Cells of a kind in an account that were not (wholly) read."""
        return [cell for cell in self.of(key, kind) if not cell.status.read]

    def read(self, key: Key, kinds: Iterable[str]) -> bool:
        """Whether all of these kinds were read in an account, so that what was not seen does not exist."""
        for kind in kinds:
            cells = self.of(key, kind)
            if not cells or not all(c.status.read for c in cells):
                return False
        return True

    def asked(self, key: Key, kinds: Iterable[str], beside: Container[str] = ()) -> bool:
        """Whether no cell of these kinds is a gap, and at least one was read. Cells of the services `beside` do not
        count: what they show of these kinds does not answer the question."""
        found = False
        for kind in kinds:
            for cell in self.of(key, kind):
                if cell.service in beside or cell.service in ABOUT:
                    continue
                if not cell.status.read:
                    return False
                found = True
        return found

    def why(self, key: Key, kind: str, region: str | None, what: str) -> Missing:
        """Why an attribute of an asset was not read: a gap in the coverage if there is one, else `not_read`."""
        gaps = [cell for cell in self.gaps(key, kind) if cell.service not in ABOUT]
        here = [c for c in gaps if region is not None and c.region in (region, "*")] or gaps
        if not here:
            return Missing(what, "not_read")
        cell = here[0]
        return Missing(what, str(cell.status), cell.missing_permission)
