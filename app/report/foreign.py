"""Findings of other scanners that name assets of the estate. They are shown apart and judged by nobody here."""

from typing import TYPE_CHECKING

from app.report.choice import Scope
from app.report.content import ForeignRow
from app.report.fromstore import StoreSource

if TYPE_CHECKING:
    from app.store import Store


def rows(store: "Store", source: StoreSource, scope: Scope) -> list[ForeignRow]:
    """Findings of other scanners about assets in the scope."""
    return []
