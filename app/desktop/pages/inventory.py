"""Inventory: everything that was seen, also where it is more than fits into memory well."""

from array import array
from collections.abc import Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QPushButton

from app.desktop.assetcache import FIRST, AssetCache
from app.desktop.jobs import Streaming
from app.desktop.narrowed import Narrowed
from app.desktop.pages.chips import Choice
from app.desktop.pages.listing import Listing, chosen_rows
from app.desktop.pages.sheet import Sheet
from app.desktop.pages.views import Views
from app.desktop.regions import in_order
from app.desktop.savedviews import View
from app.desktop.snapshot import AssetRow, Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr, trn

_FIELDS = ("name", "kind", "place", "data_class", "encryption", "provider", "account")


class Assets(Rows):
    """Rows in memory, or rows of a cache by their numbers; sorting and filtering a cache is a worker's."""

    def __init__(self, columns: list[Column]) -> None:
        super().__init__(columns)
        self.cache: AssetCache | None = None
        self._ids: array[int] = array("I")
        self._order_by = ("", False)
        self._asked = 0
        self.waiting = False
        self.first = False

    def attach(self, cache: AssetCache | None) -> None:
        """Show the rows of this cache, or those in memory again."""
        if self.cache is not None and self.cache is not cache:
            self.cache.close()
        self.beginResetModel()
        self.cache = cache
        self._ids = array("I")
        self.endResetModel()
        if cache is not None:
            self._ask()

    def keep(self, needle: str) -> None:
        """Show only rows that hold this text."""
        if self.cache is None:
            super().keep(needle)
        else:
            self._needle = needle.strip()
            self._ask()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort all rows by a column."""
        if self.cache is None:
            super().sort(column, order)
        elif 0 <= column < len(_FIELDS):
            self._order_by = (_FIELDS[column], order == Qt.SortOrder.DescendingOrder)
            self._ask()

    def at(self, number: int) -> Any:
        """The row shown at this place."""
        return super().at(number) if self.cache is None else self.cache.row(self._ids, number)

    def count(self) -> int:
        """How many rows are shown."""
        return super().count() if self.cache is None else len(self._ids)

    def _ask(self) -> None:
        if self.cache is None:
            return
        self._asked += 1
        self.waiting = True
        self.first = False
        work = partial(self._found, self.cache, self._asked, self._needle, *self._order_by)
        Streaming(work, self._have, self).start()

    def _found(
        self, cache: AssetCache, asked: int, needle: str, order: str, descending: bool
    ) -> "Iterator[tuple[int, bool, array[int]]]":
        """Runs in a worker: the first rows, then all; ends early where something else was asked since."""
        last = array("I")
        for last in cache.find(needle, order, descending, lambda: asked == self._asked and not cache.closed):
            if asked != self._asked:
                return
            if len(last) <= FIRST:
                yield asked, False, last
        if asked != self._asked:
            return
        yield asked, True, last
        if not needle and not order:
            cache.prepare()

    def _have(self, found: object, wrong: str) -> None:
        if wrong or not isinstance(found, tuple) or self.cache is None:
            return
        asked, whole, ids = found  # pyright: ignore[reportUnknownVariableType]
        if asked != self._asked:
            return  # something else was asked since
        self.first = True
        self.waiting = not whole
        if len(ids) == len(self._ids) and ids.tobytes() == self._ids.tobytes():  # pyright: ignore
            return  # compared as numbers, a million would take two frames
        self.beginResetModel()
        self.cache.forget_pages()
        self._ids = ids if isinstance(ids, array) else array("I")
        self.endResetModel()


_MOST_LINES = 200


def _held(snapshot: Snapshot) -> "tuple[AssetRow, ...]":
    """The rows in memory; none where a cache has them all."""
    return snapshot.assets if snapshot.cache is None else ()


class Inventory(Listing):
    """Everything that was seen. `classify_wanted` carries lines for the policy, one for each chosen asset."""

    classify_wanted = Signal(list)

    def __init__(self, theme: Colours) -> None:
        columns = [
            Column(tr("Name"), lambda r: r.name, width=230),
            Column(tr("Kind"), lambda r: r.kind, width=170),
            Column(tr("Place"), lambda r: r.place, width=190),
            Column(tr("Data"), lambda r: r.data_class, width=120),
            Column(tr("Key held by"), lambda r: r.encryption, width=120),
            Column(tr("Provider"), lambda r: r.provider, width=90, extra=True),
            Column(tr("Account"), lambda r: r.account, width=160, extra=True),
        ]
        self.assets = Assets(columns)
        super().__init__(tr("Inventory"), theme, columns, _held, _sentence, _asset, self.assets)

        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.classify = QPushButton(tr("Say what it holds…"))
        self.classify.setEnabled(False)
        self.classify.clicked.connect(self._classify)
        self.table.selectionModel().selectionChanged.connect(self._enable)
        self.kinds = Choice(tr("Kind"))
        self.kinds.changed.connect(self._kind_chosen)
        self.views = Views(self.view, self.show_view)
        for widget in (self.kinds, self.views, self.classify):
            self.tools.addWidget(widget)
        in_order(self.filter, self.kinds, self.views, self.classify, self.table, self.detail)

    def _kind_chosen(self) -> None:
        self.filter.setText(self.kinds.value)

    def narrow(self, narrowed: Narrowed | None) -> None:
        """In memory by the assets themselves; in a cache by the name of the place."""
        before, self.narrowed = self.narrowed, narrowed
        if self.assets.cache is None:
            self.model.keep_if(None if narrowed is None else lambda r: r.uid in narrowed.uids)
        elif narrowed is not None:
            self.filter.setText(narrowed.names[0])
        elif before is not None:
            self.filter.clear()

    def view(self) -> View:
        """Filter and order as they are."""
        header = self.table.horizontalHeader()
        down = header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        return {"filter": self.filter.text(), "sort": str(header.sortIndicatorSection()), "down": "yes" if down else ""}

    def show_view(self, view: View) -> None:
        """Set filter and order."""
        self.filter.setText(str(view.get("filter", "")))
        column = str(view.get("sort", ""))
        order = Qt.SortOrder.DescendingOrder if view.get("down") else Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(int(column) if column.isdecimal() else -1, order)

    def find_uid(self, uid: str) -> None:
        """Show the asset of this uid, among however many."""
        self.filter.setText(uid)
        self.model.modelReset.connect(self._first, Qt.ConnectionType.SingleShotConnection)
        self._first()

    def _first(self) -> None:
        if self.model.count():
            self.table.selectRow(0)

    def _enable(self) -> None:
        self.classify.setEnabled(self.table.selectionModel().hasSelection())

    def chosen(self, most: int | None = None) -> list[AssetRow]:
        """The assets that are chosen, or the first of them."""
        return chosen_rows(self.table, self.model, most)

    def _classify(self) -> None:
        rows = self.chosen(_MOST_LINES)
        self.classify_wanted.emit([{"uid": r.uid, "note": r.name} for r in rows])

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show its assets: those in memory, or where there are more, those of its cache."""
        cache = snapshot.cache if snapshot else None
        if self.assets.cache is not cache:
            self.assets.attach(None)
        super().show_snapshot(snapshot)
        found = snapshot.kinds if snapshot else ()
        self.kinds.blockSignals(True)  # offering must not take a filter away
        self.kinds.offer((kind, kind) for kind in found)
        self.kinds.blockSignals(False)
        if isinstance(cache, AssetCache):
            self.assets.attach(cache)


def _sentence(snapshot: Snapshot) -> str:
    shown = len(snapshot.assets)
    n = max(snapshot.all_assets, shown)
    text = trn("One asset is on record.", "{n} assets are on record.", n).format(n=words.number(n))
    if n > shown and snapshot.cache is None:
        text += " " + tr("This table holds the first {n} of them; the JSON report holds all.").format(
            n=words.number(shown)
        )
    return text


def _asset(sheet: Sheet, row: AssetRow) -> None:
    sheet.title(row.name)
    sheet.quiet(row.kind)
    sheet.heading(tr("Where"))
    sheet.pairs([(tr("Place"), row.place), (tr("Provider"), row.provider), (tr("Account"), row.account)])
    sheet.heading(tr("Data and key"))
    sheet.pairs([(tr("Data class"), row.data_class), (tr("Key held by"), row.encryption)])
    sheet.heading(tr("Identifier"))
    sheet.code(row.uid)
