"""Data flows: where data go, the way they take, on what basis; and the entry of the register, edited in place."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.lineage import Lineage, chain, in_words
from app.desktop.pages.dayfield import Day
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.listing import Listing
from app.desktop.pages.page import hairline, plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.pages.tick import Tick
from app.desktop.regions import in_order
from app.desktop.snapshot import FlowRow, Snapshot, Ways
from app.desktop.table import Column
from app.desktop.theme import Colours, mark
from app.report import words
from app.report.meanings import meaning
from app.texts import tr
from rules.policy.records import CLASSES, TOOLS

_STARTS = Qt.MatchFlag.MatchStartsWith
_LOOKED_AT = 5_000
"""Rows that are looked through for the chosen one."""
_SIGNS = {
    "uncovered": "fail",
    "expired": "fail",
    "unknown": "not_checked",
    "decision_needed": "not_checked",
    "covered": "pass",
}


class Flows(Listing):
    """`entry_wanted` carries an entry of the register (and the id that it replaces); the desk saves it."""

    entry_wanted = Signal(object, str)
    export_wanted = Signal(str)
    import_wanted = Signal(str)
    findings_wanted = Signal(str)

    def __init__(self, theme: Colours) -> None:
        signs = {name: mark(verdict, theme) for name, verdict in _SIGNS.items()}
        self._ways = Ways()
        self._found: frozenset[str] = frozenset()
        self._register: list[Mapping[str, Any]] = []
        self._row: FlowRow | None = None
        self.theme = theme
        columns = [
            Column(tr("Basis"), _basis, icon=lambda r: signs.get(r.status), width=150),
            Column(tr("From"), lambda r: r.source, width=170),
            Column(tr("Place"), lambda r: r.source_place, width=100),
            Column(tr("To"), lambda r: r.target, width=170),
            Column(tr("Place"), lambda r: r.target_place, width=110),
            Column(tr("Data"), lambda r: r.data_class, width=110),
            Column(tr("Kind"), lambda r: r.kind, width=160, extra=True),
            Column(tr("Legal instrument"), lambda r: r.mechanism, width=180, extra=True),
        ]
        self._made = self._panel(theme)
        super().__init__(tr("Data flows"), theme, columns, lambda s: s.flows, _sentence, _elsewhere)
        self.only = Tick(tr("only what leaves the EEA"))
        self.only.setAccessibleName(self.only.text())
        self.only.setChecked(True)
        self.only.toggled.connect(self.model.again)
        self.tools.addWidget(self.only)
        self.model.keep_if(self._wants)
        self.model.modelReset.connect(self._rearranged)
        self.way = Lineage(theme)
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setObjectName("way")
        room.setFixedHeight(self.way.sizeHint().height() + 12)
        room.setWidget(self.way)
        room.setAccessibleName(tr("The way of the data"))
        self.rows.addWidget(room)
        self.export, self.load = QPushButton(tr("Save the register…")), QPushButton(tr("Take over a register…"))
        self.export.clicked.connect(self._export)
        self.load.clicked.connect(self._import)
        line = Flowing()
        line.setSpacing(8)
        line.addWidget(self.export)
        line.addWidget(self.load)
        line.addStretch(1)
        self.rows.addLayout(line)
        in_order(self.filter, self.only, self.table, self._made, room, self.export, self.load)
        self._tell(None)

    def _panel(self, theme: Colours) -> QWidget:
        holder = QWidget()
        lines = QVBoxLayout(holder)
        lines.setContentsMargins(12, 0, 0, 0)
        self.sheet = Sheet(theme, tr("Details of the chosen row"), tr("Choose a row to see it in full."))
        self.sheet.readable()
        lines.addWidget(self.sheet, 1)
        self.findings = QPushButton(tr("Show its findings"))
        self.findings.clicked.connect(self._findings)
        beside = Flowing()
        beside.addWidget(self.findings)
        beside.addStretch(1)
        lines.addLayout(beside)
        lines.addWidget(hairline())
        self.edit = QToolButton()
        self.edit.setObjectName("chip")
        self.edit.setCheckable(True)
        self.edit.setText(tr("Entry of the transfer register"))
        self.edit.setAccessibleName(self.edit.text())
        self.edit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        lines.addWidget(self.edit)
        body = QWidget()
        form = QFormLayout(body)
        form.setContentsMargins(0, 0, 8, 0)
        room = QScrollArea()  # the form is higher than a small screen
        room.setWidgetResizable(True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setWidget(body)
        room.setVisible(False)
        self.edit.toggled.connect(room.setVisible)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.entry, self.tool = QComboBox(), QComboBox()
        self.number, self.importer, self.country = QLineEdit(), QLineEdit(), QLineEdit()
        for tool in TOOLS:
            self.tool.addItem(words.mechanism(tool), tool)
        self.expires, self.assessed, self.result = Day(), Day(), QComboBox()
        for result in (None, "positive", "measures_needed", "negative"):
            self.result.addItem(
                tr("not recorded") if result is None else meaning("tia_result", result) or result, result
            )
        self.covers = Tick(tr("It covers this destination by name"))
        for name, field in (
            (tr("Entry"), self.entry),
            (tr("Number"), self.number),
            (tr("Importer"), self.importer),
            (tr("Country"), self.country),
            (tr("Basis"), self.tool),
            (tr("Holds until"), self.expires),
            (tr("Assessed on"), self.assessed),
            (tr("Result"), self.result),
        ):
            field.setAccessibleName(name)
            label = plain_label(name)
            label.setBuddy(field)
            form.addRow(label, field)
        self.covers.setAccessibleName(self.covers.text())
        grid = QGridLayout()
        self.classes: dict[str, QCheckBox] = {}
        for n, code in enumerate(CLASSES):
            box = Tick(words.data_class(code))
            box.setAccessibleName(f"{tr('Classes of data')}: {words.data_class(code)}")
            box.toggled.connect(self._enable)
            self.classes[code] = box
            grid.addWidget(box, n // 2, n % 2)
        form.addRow(plain_label(tr("Data")), grid)
        form.addRow(self.covers)
        lines.addWidget(room, 3)
        self.wrong = plain_label("")
        self.wrong.setObjectName("wrong")
        self.wrong.setWordWrap(True)
        self.save = QPushButton(tr("Record in the register"))
        self.save.setObjectName("first")
        self.save.clicked.connect(self._save)
        form.addRow(self.wrong)
        form.addRow(self.save)
        room.setMinimumWidth(body.minimumSizeHint().width() + 24)
        self.entry.currentIndexChanged.connect(self._entry_changed)
        for line in (self.number, self.importer, self.country):
            line.textChanged.connect(self._enable)
        return holder

    def beside(self) -> QWidget:
        """The flow in full, with its entry."""
        return self._made

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show its flows; the chosen one stays chosen."""
        kept = self._row.id if self._row else ""
        self._ways = snapshot.ways if snapshot else Ways()
        self._found = frozenset(f.flow for f in snapshot.findings if f.flow) if snapshot else frozenset()
        super().show_snapshot(snapshot)
        self.export.setEnabled(bool(snapshot and snapshot.flows))
        self._tell(None)
        number = self.model.find(lambda r: bool(kept) and r.id == kept)
        if number >= 0:
            self.table.selectRow(number)

    def show_register(self, entries: Sequence[Mapping[str, Any]], *, editable: bool) -> None:
        """The register as the policy file has it; where that is what is shown already, what is being typed stays."""
        if self._register == list(entries) and self._editable == editable:
            return
        self._register = list(entries)
        self._editable = editable
        self._tell(self._row)

    _editable = False

    def _chosen(self, current: Any, previous: Any) -> None:
        del previous
        self._tell(self.model.row(current) if current.isValid() else None)

    def _rearranged(self) -> None:
        """Nothing is told of a flow that the filter hides; one that has only moved stays chosen."""
        if self._row is None:
            return
        row, count = self._row, min(self.model.count(), _LOOKED_AT)
        number = next((n for n in range(count) if self.model.at(n) is row), -1)
        if number >= 0:
            self.table.selectRow(number)
        else:
            self._tell(None)

    def _tell(self, row: FlowRow | None) -> None:
        self._row = row
        self.findings.setEnabled(row is not None and row.id in self._found)
        self.sheet.clear()
        way = chain(self._ways, row) if row is not None else []
        self.way.show_way(way, row.id if row else "")
        self.entry.blockSignals(True)
        self.entry.clear()
        self.entry.addItem(tr("a new entry"), None)
        for entry in self._register:
            self.entry.addItem(f"{entry.get('id')} · {entry.get('importer')}", entry)
        at = self.entry.findText(row.entry, _STARTS) if row is not None and row.entry else -1
        self.entry.setCurrentIndex(max(0, at))
        self.entry.blockSignals(False)
        if row is not None:
            self._spell_out(row, way)
        self._entry_changed()

    def _wants(self, row: FlowRow) -> bool:
        leaves = bool(row.status) or not self.only.isChecked()
        return leaves and (self.narrowed is None or self.narrowed.flow(row))

    def _findings(self) -> None:
        if self._row is not None:
            self.findings_wanted.emit(f"{self._row.source} → {self._row.target}")

    def _spell_out(self, row: FlowRow, way: Sequence[FlowRow]) -> None:
        sheet = self.sheet
        sheet.title(f"{row.source} → {row.target}")
        sheet.quiet(row.kind)
        sheet.heading(tr("Basis"))
        bare = _SIGNS.get(row.status) == "fail"
        sheet.say(row.basis or tr("not counted as a transfer"), self.theme.fail if bare else "")
        sheet.pairs(
            [
                (tr("From"), f"{row.source}, {row.source_place}"),
                (tr("To"), f"{row.target}, {row.target_place}"),
                (tr("Data class"), row.data_class),
                (tr("Legal instrument"), row.mechanism),
                (tr("Entry"), row.entry),
                (tr("Importer"), row.importer),
            ]
        )
        if len(way) > 1:
            sheet.heading(tr("The way of the data"))
            sheet.say(in_words(way))
        sheet.heading(tr("Identifier"))
        sheet.code(f"{row.source_uid}\n{row.target_uid}")
        sheet.top()

    def _entry_changed(self) -> None:
        entry = self.entry.currentData()
        row = self._row
        if isinstance(entry, dict):
            known: dict[str, Any] = entry  # pyright: ignore[reportUnknownVariableType]
            assets: list[Any] = list(known.get("assets") or [])
            self.number.setText(str(known.get("id", "")))
            self.importer.setText(str(known.get("importer", "")))
            self.country.setText(str(known.get("country", "")))
            self.tool.setCurrentIndex(max(0, self.tool.findData(known.get("tool"))))
            self.expires.put(known.get("expires"))
            self.assessed.put(known.get("tia_date"))
            self.result.setCurrentIndex(max(0, self.result.findData(known.get("tia_result"))))
            self.covers.setChecked(row is not None and row.target_uid in assets)
            self._tick(list(known.get("data_classes") or []))
        else:
            self.number.setText(_free(self._register))
            self.importer.setText(row.importer if row else "")
            self.country.setText(row.target_codes[0] if row and row.target_codes else "")
            self.tool.setCurrentIndex(self.tool.findData("scc"))
            self.expires.put(None)
            self.assessed.put(None)
            self.result.setCurrentIndex(0)
            self.covers.setChecked(True)
            self._tick([row.class_code] if row else [])
        self._enable()

    def _tick(self, codes: Sequence[str]) -> None:
        for code, box in self.classes.items():
            box.setChecked(code in codes)

    def _enable(self) -> None:
        self.wrong.setText("")
        given = all(f.text().strip() for f in (self.number, self.importer, self.country))
        given = given and any(box.isChecked() for box in self.classes.values())
        self.save.setEnabled(self._editable and self._row is not None and given)

    def _save(self) -> None:
        if self._row is None:
            return
        before = self.entry.currentData()
        entry: dict[str, Any] = dict(before) if isinstance(before, dict) else {}  # pyright: ignore[reportUnknownArgumentType]
        old = str(entry.get("id", ""))
        entry |= {
            "id": self.number.text().strip(),
            "importer": self.importer.text().strip(),
            "country": self.country.text().strip().upper(),
            "tool": str(self.tool.currentData()),
            "data_classes": [code for code, box in self.classes.items() if box.isChecked()],
            "expires": self.expires.value(),
            "tia_date": self.assessed.value(),
            "tia_result": self.result.currentData(),
        }
        named: list[Any] = list(entry.get("assets") or [])
        assets = [str(a) for a in named if a != self._row.target_uid]
        if self.covers.isChecked():
            assets.append(self._row.target_uid)
        entry["assets"] = assets
        self.save.setEnabled(False)
        self.entry_wanted.emit({k: v for k, v in entry.items() if v not in (None, "", [])}, old)

    def show_wrong(self, text: str) -> None:
        """Why the entry was not recorded."""
        self.wrong.setText(text)
        self.save.setEnabled(True)

    def _export(self) -> None:
        forms = "Excel (*.xlsx);;CSV (*.csv);;JSON (*.json)"
        name, _ = QFileDialog.getSaveFileName(self, tr("Save the register…"), "transfers.xlsx", forms)
        if name:
            self.export_wanted.emit(name)

    def _import(self) -> None:
        forms = tr("Registers") + " (*.xlsx *.csv *.json)"
        name, _ = QFileDialog.getOpenFileName(self, tr("Take over a register…"), "", forms)
        if name:
            self.import_wanted.emit(name)


def _free(register: Sequence[Mapping[str, Any]]) -> str:
    known = {str(e.get("id")) for e in register}
    year = QDate.currentDate().year()
    return next(f"T-{year}-{n:02}" for n in range(1, 1000) if f"T-{year}-{n:02}" not in known)


def _basis(row: FlowRow) -> str:
    return row.basis or tr("no transfer")


def _sentence(snapshot: Snapshot) -> str:
    leaving = [r for r in snapshot.flows if r.status]
    bare = sum(r.status in ("uncovered", "expired") for r in leaving)
    return tr(
        "{all} flows were found; {leaving} lead or may lead outside the EEA, "
        "{bare} of them without a valid basis on record."
    ).format(all=words.number(len(snapshot.flows)), leaving=words.number(len(leaving)), bare=words.number(bare))


def _elsewhere(sheet: Sheet, row: FlowRow) -> None:
    """The panel shows what is chosen."""
    del sheet, row
