"""Forms for lists of entries: the transfer register, accounts, processors, tags and classes, lines that classify."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.desktop.pages.editors import PROVIDERS, buttons, day
from app.desktop.pages.tick import Tick
from app.report import words
from app.texts import tr
from rules.policy.fields import RECORDS
from rules.policy.records import CLASSES

_HEADINGS = {
    "id": "Id",
    "importer": "Importer",
    "country": "Country",
    "tool": "Basis",
    "data_classes": "Classes of data",
    "accounts": "Accounts",
    "assets": "Assets",
    "expires": "Ends",
    "tia_date": "Assessment of",
    "tia_result": "Result",
    "dpf_certified_until": "DPF until",
    "scope_confirmed": "Scope confirmed",
    "document": "Document",
    "note": "Note",
    "entity": "Legal entity",
    "vendor": "Vendor",
    "provider": "Provider",
    "no_training_clause": "No training on content",
    "name": "Name",
    "resources": "Assets",
    "countries": "Countries",
    "recipients": "Recipients",
    "ends": "Ends",
    "resource": "Asset",
    "date": "Date",
    "result": "Result",
    "tested": "Tested",
    "match": "Pattern",
    "owner_third_country": "Owner in a third country",
    "account": "Account",
    "kind": "Kind",
    "uid": "Identifier",
    "data_class": "Class of data",
    "owner": "Owner",
    "critical": "Critical",
    "ropa_id": "Record no.",
    "retain_until": "Keep until",
    "purpose": "Purpose",
    "role": "Role",
    "retention_declared": "Retention",
    "ai_act_high_risk": "High-risk AI",
    "tag": "Tag",
    "value": "Value",
    "caught": "Assets",
}


class Records(QWidget):
    """A table that can be edited; each row is an entry. `counts` fills the last column, read-only."""

    changed = Signal()
    chosen = Signal(int)

    def __init__(
        self, name: str, types: Mapping[str, str], value: Sequence[Mapping[str, Any]] | None, *, counted: bool = False
    ) -> None:
        super().__init__()
        self._types, self._decided = dict(types), value is not None
        self._counted = counted
        self._first = 1 if counted else 0
        columns = [*(["caught"] if counted else []), *self._types]
        self.table = QTableWidget(0, len(columns))
        self.table.setAccessibleName(name)
        self.table.setTabKeyNavigation(False)
        self.table.setHorizontalHeaderLabels(
            [tr(_HEADINGS.get(c, c)) + (" *" if self._types.get(c, "").endswith("!") else "") for c in columns]
        )
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAlternatingRowColors(True)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.setItemDelegate(_Choices(self.table, columns, self._types))
        self.table.setMinimumHeight(self.fontMetrics().height() * 8)
        self.add, self.remove = QPushButton(tr("Add line")), QPushButton(tr("Remove line"))
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.none = Tick(tr("decided: there is none"))
        self.none.setAccessibleName(self.none.text())
        self.none.setChecked(self._decided and not value)
        self.none.toggled.connect(self.changed)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.table, 1)
        bar = buttons(self.add, self.remove)
        if not counted:
            bar.addWidget(self.none)
        lines.addLayout(bar)
        for entry in value or []:
            self._row(entry)
        self.table.resizeColumnsToContents()
        for n in range(len(columns)):
            self.table.setColumnWidth(n, min(240, max(90, self.table.columnWidth(n) + 12)))
        self.table.itemChanged.connect(self._edited)
        self.table.currentCellChanged.connect(self._moved)

    def widget(self) -> QWidget:
        """The form itself."""
        return self

    def add_entry(self, entry: Mapping[str, Any]) -> None:
        """Put an entry behind the others and go to it."""
        self._row(entry)
        self.table.setCurrentCell(self.table.rowCount() - 1, self._first)
        self.changed.emit()

    def value(self) -> Any:
        """The entries; an empty list where it was decided that there is none; None: not decided."""
        found: list[dict[str, Any]] = []
        for row in range(self.table.rowCount()):
            entry: dict[str, Any] = {}
            for n, (column, type_) in enumerate(self._types.items(), self._first):
                text = self._text(row, n)
                if text:
                    entry[column] = _read(type_.removesuffix("!"), text)
            if entry:
                found.append(entry)
        return found or ([] if self.none.isChecked() else None)

    def show_counts(self, counts: Sequence[int]) -> None:
        """How many assets each line catches."""
        if not self._counted:
            return
        self.table.blockSignals(True)
        filled = [r for r in range(self.table.rowCount()) if self._filled(r)]
        for row, count in zip(filled, counts, strict=False):
            item = QTableWidgetItem(words.number(count))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, 0, item)
        self.table.blockSignals(False)

    def _filled(self, row: int) -> bool:
        return any(self._text(row, n) for n in range(self._first, self.table.columnCount()))

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item is not None else ""

    def _row(self, entry: Mapping[str, Any]) -> None:
        row = self.table.rowCount()
        self.table.blockSignals(True)
        self.table.insertRow(row)
        if self._counted:
            unknown = QTableWidgetItem("")
            unknown.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.table.setItem(row, 0, unknown)
        for n, column in enumerate(self._types, self._first):
            self.table.setItem(row, n, QTableWidgetItem(_shown(entry.get(column))))
        self.table.blockSignals(False)

    def _add(self) -> None:
        self.none.setChecked(False)
        self._row({})
        self.table.setCurrentCell(self.table.rowCount() - 1, self._first)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self.table.removeRow(row)
            self.changed.emit()

    def _moved(self, row: int) -> None:
        self.chosen.emit(row)

    def _edited(self, item: QTableWidgetItem) -> None:
        if item.column() >= self._first:
            self.changed.emit()


class _Choices(QStyledItemDelegate):
    """Words are chosen from a list, everything else is typed."""

    def __init__(self, parent: QWidget, columns: Sequence[str], types: Mapping[str, str]) -> None:
        super().__init__(parent)
        self._offered = [_offered(types.get(c, "").removesuffix("!")) for c in columns]

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """A list of words, or a line."""
        offered = self._offered[index.column()]
        if not offered:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        box.setEditable(False)
        box.addItems(["", *offered])
        return box

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802
        """Begin with what is there."""
        if isinstance(editor, QComboBox):
            text = str(index.data() or "")
            if editor.findText(text) < 0:
                editor.addItem(text)  # a word that the list does not offer stays what it is
            editor.setCurrentText(text)
        else:
            super().setEditorData(editor, index)

    def setModelData(  # noqa: N802 - Qt's name
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Keep what was chosen."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        else:
            super().setModelData(editor, model, index)


def _offered(type_: str) -> Sequence[str]:
    if type_.startswith("word("):
        return type_[5:-1].split("|")
    known: dict[str, Sequence[str]] = {"class": CLASSES, "provider": PROVIDERS, "bool": ("true", "false")}
    return known.get(type_, ())


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    return str(value)


def _read(type_: str, text: str) -> Any:
    """What a cell stands for; the text itself where it stands for nothing: checking the policy says what is wrong."""
    if type_ == "bool":
        return {"true": True, "false": False}.get(text.casefold(), text)
    if type_ == "date":
        try:
            return day(text)
        except ValueError:
            return text
    if type_ == "places" or type_.startswith("list["):
        return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
    return text.upper() if type_ == "country" and len(text) == 2 else text


def tag_rows(value: Mapping[str, Mapping[str, str]] | None) -> list[dict[str, str]] | None:
    """The map of tags as rows."""
    if value is None:
        return None
    return [{"tag": t, "value": v, "data_class": c} for t, known in value.items() for v, c in known.items()]


def tag_map(rows: Sequence[Mapping[str, Any]] | None) -> dict[str, dict[str, str]] | None:
    """Rows as the map of tags."""
    if rows is None:
        return None
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(str(row.get("tag", "")), {})[str(row.get("value", ""))] = str(row.get("data_class", ""))
    return found


TAGS = {"tag": "text!", "value": "text!", "data_class": "class!"}
"""Columns of the map of tags."""
CLASSIFY = {
    name: type_
    for name, type_ in RECORDS["ClassifyLine"].items()
    if name in ("account", "provider", "kind", "name", "uid", "data_class", "owner", "note")
} | RECORDS["ClassifyLine"]
"""Columns of the lines of classification, those that people need most first."""
