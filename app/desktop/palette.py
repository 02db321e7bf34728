"""The command palette: pages, actions, findings and assets by a few letters. Ctrl+K."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.desktop.assetcache import AssetCache
from app.desktop.jobs import Streaming
from app.desktop.snapshot import AssetRow, Snapshot
from app.texts import tr

_MOST = 60
_LEAST_LETTERS = 2


@dataclass(frozen=True)
class Entry:
    """One thing to do or to go to."""

    text: str
    run: Callable[[], object]
    enabled: Callable[[], bool] = lambda: True


class Palette(QDialog):
    """A list that narrows while one types; Enter runs the chosen line, Escape closes."""

    def __init__(
        self,
        parent: QWidget,
        entries: Sequence[Entry],
        snapshot: Snapshot | None,
        to_finding: Callable[[object], object],
        to_asset: Callable[[object], object],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setWindowTitle(tr("Go to, do, or find"))
        self._entries, self._snapshot = list(entries), snapshot
        self._to_finding, self._to_asset = to_finding, to_asset
        self._found: list[Entry] = []
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Type a page, an action, an asset or a finding"))
        self.line.setAccessibleName(tr("Go to, do, or find"))
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("What fits"))
        self.list.setUniformItemSizes(True)
        self.list.itemActivated.connect(self._run)
        lines = QVBoxLayout(self)
        lines.addWidget(self.line)
        lines.addWidget(self.list, 1)
        self.resize(620, 420)
        self.line.textChanged.connect(self.narrow)
        self.line.returnPressed.connect(self._run)
        self.narrow("")

    def narrow(self, text: str) -> None:
        """Show what fits; findings and assets from the second letter on."""
        needle = text.casefold().strip()
        self._found = [e for e in self._entries if needle in e.text.casefold() and e.enabled()]
        if self._snapshot is not None and len(needle) >= _LEAST_LETTERS:
            self._find(needle, self._snapshot)
        self.list.clear()
        for entry in self._found[:_MOST]:
            self.list.addItem(QListWidgetItem(entry.text))
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows in the line move in the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)

    def _find(self, needle: str, snapshot: Snapshot) -> None:
        room = _MOST - len(self._found)
        for finding in snapshot.findings:
            if room <= 0:
                return
            if needle in f"{finding.rule} {finding.title} {finding.name}".casefold():
                text = tr("Finding: {rule} {title} — {name}").format(
                    rule=finding.rule, title=finding.title, name=finding.name
                )
                self._found.append(Entry(text, lambda finding=finding: self._to_finding(finding)))
                room -= 1
        if isinstance(snapshot.cache, AssetCache):
            self._find_among_many(needle, snapshot.cache)
            return
        room = max(room, 20)
        for asset in snapshot.assets:
            if room <= 0:
                return
            if needle in f"{asset.name} {asset.uid}".casefold():
                self._found.append(self._asset(asset))
                room -= 1

    def _asset(self, asset: AssetRow) -> Entry:
        text = tr("Asset: {name} — {kind}, {place}").format(name=asset.name, kind=asset.kind, place=asset.place)
        return Entry(text, lambda: self._to_asset(asset))

    def _find_among_many(self, needle: str, cache: AssetCache) -> None:
        """More assets than are held: a worker looks, and its first answer is put behind what is shown."""

        def first() -> "Iterator[object]":
            yield needle, next(cache.find(needle))[:20]

        def have(found: object, wrong: str) -> None:
            if wrong or not isinstance(found, tuple):
                return
            asked, ids = found  # pyright: ignore[reportUnknownVariableType]
            if asked != self.line.text().casefold().strip() or cache.closed:
                return
            for row in cache.rows(cast("array[int]", ids)):
                entry = self._asset(row)
                self._found.append(entry)
                self.list.addItem(QListWidgetItem(entry.text))

        Streaming(first, have, self).start()

    def _run(self) -> None:
        number = self.list.currentRow()
        if 0 <= number < len(self._found):
            entry = self._found[number]
            self.accept()
            entry.run()
