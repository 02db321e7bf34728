"""Reports: choose the forms and the place, save, see what was written with its digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QModelIndex, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton

from app.desktop.pages.listing import table_of
from app.desktop.pages.page import Page, plain_label
from app.desktop.snapshot import Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr, trn

_FORMS = (
    (".pdf", "PDF, to read and to file"),
    (".json", "JSON, everything for other programs"),
    (".csv", "CSV, the findings as a table"),
)


@dataclass(frozen=True)
class Written:
    """One report that was written."""

    path: Path
    size: int
    digest: str
    when: datetime
    sample: bool


class Reports(Page):
    """Save the report of what the other pages show."""

    wanted = Signal(list)

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Reports"), theme)
        self._snapshot: Snapshot | None = None
        self._written: list[Written] = []
        forms = QHBoxLayout()
        self.forms: dict[str, QCheckBox] = {}
        for ending, text in _FORMS:
            box = QCheckBox(tr(text))
            box.setAccessibleName(tr(text))
            box.setChecked(ending == ".pdf")
            box.toggled.connect(self._enable)
            self.forms[ending] = box
            forms.addWidget(box)
            forms.addSpacing(16)
        forms.addStretch(1)
        self.rows.addLayout(forms)
        place = QHBoxLayout()
        self.folder = QLineEdit()
        self.folder.setAccessibleName(tr("Folder for reports"))
        self.folder.textChanged.connect(self._enable)
        self.browse = QPushButton(tr("Choose folder…"))
        self.browse.clicked.connect(self._browse)
        label = plain_label(tr("Save in"))
        label.setBuddy(self.folder)
        place.addWidget(label)
        place.addWidget(self.folder, 1)
        place.addWidget(self.browse)
        self.rows.addLayout(place)
        self.partial = QCheckBox(tr("Save it although the scan does not show everything; the cover says so"))
        self.partial.setAccessibleName(self.partial.text())
        self.partial.toggled.connect(self._enable)
        self.rows.addWidget(self.partial)
        buttons = QHBoxLayout()
        self.save = QPushButton(tr("Save report"))
        self.save.setObjectName("first")
        self.save.clicked.connect(self._save)
        buttons.addWidget(self.save)
        buttons.addStretch(1)
        self.rows.addLayout(buttons)
        self.model = Rows(
            [
                Column(tr("Report"), lambda w: w.path.name, width=300),
                Column(tr("Written"), lambda w: f"{w.when:%H:%M:%S}", width=90),
                Column(tr("Size"), lambda w: words.number(w.size), sort=lambda w: w.size, figure=True, width=100),
                Column(tr("Estate"), lambda w: tr("SAMPLE") if w.sample else tr("yours"), width=90),
                Column("SHA-256", lambda w: w.digest, width=420),
            ]
        )
        self.table = table_of(self.model, tr("Reports written since the window was opened"), theme)
        self.table.selectionModel().currentRowChanged.connect(self._enable_opening)
        self.table.activated.connect(self._open)
        self.rows.addWidget(self.table, 1)
        after = QHBoxLayout()
        self.open = QPushButton(tr("Open"))
        self.open.clicked.connect(self._open)
        self.show_folder = QPushButton(tr("Open its folder"))
        self.show_folder.clicked.connect(self._open_folder)
        self.copy = QPushButton(tr("Copy SHA-256"))
        self.copy.clicked.connect(self._copy)
        for button in (self.open, self.show_folder, self.copy):
            after.addWidget(button)
        after.addStretch(1)
        self.rows.addLayout(after)
        self._enable_opening()

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Say which scan the report would be of."""
        self._snapshot = snapshot
        self.partial.setVisible(snapshot is not None and not snapshot.complete)
        if snapshot is None:
            self.sentence.setText(tr("A report needs a scan: read exported files on the Overview page first."))
        elif snapshot.sample:
            self.sentence.setText(tr("The report is of the sample estate, and marked SAMPLE on every page."))
        else:
            self.sentence.setText(
                tr("The report is of what the other pages show: {scope}").format(scope=snapshot.scope)
            )
        self._enable()

    def paths(self) -> list[Path]:
        """The files that would be written."""
        if self._snapshot is None:
            return []
        name = f"situs-{'sample-' if self._snapshot.sample else ''}{self._snapshot.as_of}-{self._snapshot.judgement}"
        folder = Path(self.folder.text().strip())
        return [folder / f"{name}{ending}" for ending, box in self.forms.items() if box.isChecked()]

    def add(self, found: Sequence[tuple[Path, int, str]]) -> None:
        """Reports that were written just now."""
        sample = self._snapshot is not None and self._snapshot.sample
        now = datetime.now().astimezone()
        self._written = [Written(p, size, digest, now, sample) for p, size, digest in found] + self._written
        self.model.show(self._written)
        self.table.selectRow(0)
        self.sentence.setText(
            trn("{n} report was written.", "{n} reports were written.", len(found)).format(n=len(found))
        )

    def current(self) -> Written | None:
        """The chosen report."""
        index = self.table.selectionModel().currentIndex()
        return self.model.row(index) if index.isValid() else None

    def _enable(self) -> None:
        allowed = self._snapshot is not None and (self._snapshot.complete or self.partial.isChecked())
        self.save.setEnabled(allowed and bool(self.folder.text().strip()) and bool(self.paths()))

    def _enable_opening(self) -> None:
        for button in (self.open, self.show_folder, self.copy):
            button.setEnabled(self.current() is not None)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder for reports"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def _save(self) -> None:
        self.wanted.emit(self.paths())

    def _open(self, index: QModelIndex | None = None) -> None:
        del index
        if (one := self.current()) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(one.path)))

    def _open_folder(self) -> None:
        if (one := self.current()) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(one.path.parent)))

    def _copy(self) -> None:
        if (one := self.current()) is not None:
            QGuiApplication.clipboard().setText(f"{one.digest}  {one.path.name}")
