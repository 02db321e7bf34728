"""Forms for lists of entries: the transfer register, accounts, processors, tags and classes, lines that classify."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.desktop.pages.editors import buttons
from app.desktop.pages.recordcells import RULE, Choices, Meaning
from app.desktop.pages.tick import Tick
from app.report import words
from app.texts import tr
from rules.policy.fields import RECORDS
from rules.rule import SEVERITIES

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
    "rule": "Rule",
    "severity": "Severity",
}


class Records(QWidget):
    """A table that can be edited; each row is an entry. `counts` fills the first column, read-only.

    `open_`: no entry may mean that nothing was decided. `rules`: ids and titles, for columns that name rules.
    """

    changed = Signal()
    chosen = Signal(int)

    def __init__(
        self,
        name: str,
        types: Mapping[str, str],
        value: Sequence[Mapping[str, Any]] | None,
        *,
        counted: bool = False,
        open_: bool = True,
        rules: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._types, self._decided = dict(types), value is not None
        self._counted = counted
        self._first = 1 if counted else 0
        columns = [*(["caught"] if counted else []), *self._types]
        self._meanings = {c: Meaning(c, type_, rules or {}) for c, type_ in self._types.items()}
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
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setItemDelegate(Choices(self.table, [self._meanings.get(c) for c in columns]))
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
        self.none.setVisible(open_ and not counted)
        if open_ and not counted:
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
            for n, column in enumerate(self._types, self._first):
                text = self._text(row, n)
                if text:
                    entry[column] = self._meanings[column].read(text)
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
            self.table.setItem(row, n, QTableWidgetItem(self._meanings[column].shown(entry.get(column))))
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


class Severities:
    """A table of rules with their severities, whose value is a table of texts."""

    def __init__(self, name: str, value: Mapping[str, str] | None, rules: Mapping[str, str]) -> None:
        rows = [{"rule": rule, "severity": severity} for rule, severity in (value or {}).items()]
        self._form = Records(name, SEVERITY_OF_RULE, rows, open_=False, rules=rules)
        header = self._form.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._form.table.setColumnWidth(1, self._form.fontMetrics().averageCharWidth() * 18)
        self.changed = self._form.changed

    def widget(self) -> Records:
        """The form itself."""
        return self._form

    def value(self) -> Any:
        """Rule → severity, of lines that say both; None where there is none: each rule says it itself."""
        rows: list[dict[str, Any]] = self._form.value() or []
        return {str(r["rule"]): str(r["severity"]) for r in rows if "rule" in r and "severity" in r} or None


SEVERITY_OF_RULE = {"rule": f"{RULE}!", "severity": f"word({'|'.join(SEVERITIES)})!"}
"""Columns of the severities that an organisation sets."""
TAGS = {"tag": "text!", "value": "text!", "data_class": "class!"}
"""Columns of the map of tags."""
CLASSIFY = {
    name: type_
    for name, type_ in RECORDS["ClassifyLine"].items()
    if name in ("account", "provider", "kind", "name", "uid", "data_class", "owner", "note")
} | RECORDS["ClassifyLine"]
"""Columns of the lines of classification, those that people need most first."""
