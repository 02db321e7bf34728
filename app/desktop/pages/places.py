"""Places: the map with its layers, and the table that says the same."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSplitter, QToolButton, QWidget

from app.desktop.map import EUROPE, WORLD, PlaceMap, View, told_apart
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.listing import table_of
from app.desktop.pages.page import Page, plain_label
from app.desktop.regions import in_order
from app.desktop.snapshot import PlaceRow, Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr


class Places(Page):
    """Where data, GPUs and keys are. `narrowed` carries the places that other pages are narrowed down to."""

    narrowed = Signal(object)
    findings_wanted = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Places"), theme)
        line = Flowing()
        line.setSpacing(8)
        self.map = PlaceMap(theme)
        self.layers: dict[str, QToolButton] = {}
        for name, text in (("show_data", tr("Data")), ("show_gpus", tr("GPUs")), ("show_flows", tr("Flows"))):
            button = _switch(tr("Layer: {name}").format(name=text), text)
            button.setChecked(True)
            button.toggled.connect(partial(self._layer, name))
            self.layers[name] = button
            line.addWidget(button)
        line.addSpacing(16)
        self.europe, self.world = _switch(tr("Show Europe"), tr("Europe")), _switch(tr("Show the world"), tr("World"))
        for button, view in ((self.europe, EUROPE), (self.world, WORLD)):
            button.setAutoExclusive(True)
            button.clicked.connect(partial(self._look, view))
            line.addWidget(button)
        self.world.setChecked(True)
        line.addSpacing(16)
        self.only = QPushButton(tr("Show only this place"))
        self.only.clicked.connect(self._only)
        line.addWidget(self.only)
        self.findings = QPushButton(tr("Findings of this place"))
        self.findings.clicked.connect(self._findings)
        line.addWidget(self.findings)
        self.rows.addLayout(line)
        self.model = Rows(
            [
                Column(tr("Place"), lambda p: p.name, width=230),
                Column(tr("Country"), lambda p: p.countries, width=130, extra=True),
                Column(tr("Under the GDPR"), lambda p: words.status(p.status), width=120),
                Column(tr("Data stores"), lambda p: words.number(p.data), sort=lambda p: p.data, figure=True, width=95),
                Column(
                    tr("of them personal"),
                    lambda p: words.number(p.personal),
                    sort=lambda p: p.personal,
                    figure=True,
                    width=125,
                ),
                Column(tr("GPUs"), _gpus, sort=lambda p: p.gpus, figure=True, width=80),
                Column(tr("Keys"), lambda p: words.number(p.keys), sort=lambda p: p.keys, figure=True, width=70),
                Column(
                    tr("Violations"), lambda p: words.number(p.failing), sort=lambda p: p.failing, figure=True, width=90
                ),
            ]
        )
        self.table = table_of(self.model, tr("Places"), theme)
        self.table.setMinimumHeight(self.fontMetrics().height() * 8)  # some rows, however large the text is
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        self.table.activated.connect(self._findings)
        self.note = plain_label("")
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.map)
        split.addWidget(self.table)
        split.setSizes([400, 180])
        self.rows.addWidget(split, 1)
        self.rows.addWidget(self.note)
        self.map.picked.connect(self._picked)
        self.map.chosen.connect(self.narrowed)
        in_order(*self.layers.values(), self.europe, self.world, self.only, self.findings, self.table)
        self._enable()

    def start(self) -> QWidget | None:
        """The table, which says what the map shows."""
        return self.table

    def regions(self) -> list[QWidget]:
        """Layers, button, table."""
        return [self.layers["show_data"], self.findings, self.table]

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show its places; Europe first where most of them are."""
        places = snapshot.places if snapshot else ()
        self.model.show(places)
        self._enable()
        self.note.setText(told_apart(0, sum(p.longitude is None for p in places)))
        self.map.show_places(places, snapshot.arcs if snapshot else (), snapshot.allowed if snapshot else None)
        if snapshot is None:
            self.sentence.setText(tr("Nothing has been audited yet. The Overview page has the first step."))
        else:
            self.sentence.setText(snapshot.places_sentence or tr("No place of data, GPUs or keys was seen."))

    def _layer(self, name: str, on: bool) -> None:
        setattr(self.map, name, on)
        self.map.update()

    def _look(self, view: View, on: bool = True) -> None:
        del on
        self.map.look_at(view)

    def _picked(self, row: PlaceRow) -> None:
        number = self.model.find(lambda r: r is row)
        if number >= 0:
            self.table.selectRow(number)

    def _enable(self) -> None:
        there = self.table.selectionModel().currentIndex().isValid()
        for button in (self.only, self.findings):
            button.setEnabled(there)

    def _only(self) -> bool:
        index = self.table.selectionModel().currentIndex()
        if index.isValid():
            self.narrowed.emit((self.model.row(index),))
        return index.isValid()

    def _findings(self) -> None:
        if self._only():
            self.findings_wanted.emit()


def _gpus(row: PlaceRow) -> str:
    if not row.gpus_unknown:
        return words.number(row.gpus)
    return f"{words.number(row.gpus)} + ?" if row.gpus else "?"


def _switch(name: str, text: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("chip")
    button.setCheckable(True)
    button.setText(text)
    button.setAccessibleName(name)
    return button
