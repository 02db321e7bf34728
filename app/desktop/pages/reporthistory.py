"""Reports that were written: opened, checked, and what a check found."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSize, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton, QVBoxLayout, QWidget

from app.desktop import clock
from app.desktop.opening import open_file
from app.desktop.pages.flowing import Flowing, Split
from app.desktop.pages.listing import table_of
from app.desktop.pages.sheet import Sheet
from app.desktop.pages.tick import Tick
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours
from app.desktop.written import Written
from app.report import words
from app.texts import tr

_SIGNS = {"ok": "✓", "note": "i", "wrong": "✕", "not_checked": "?"}


class ReportHistory(QWidget):
    """`verify_wanted` carries the path of a report to check. `folder`: where to begin looking for another one."""

    verify_wanted = Signal(str)

    def __init__(self, theme: Colours, folder: Callable[[], str]) -> None:
        super().__init__()
        self.theme, self._folder = theme, folder
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        self.model = Rows(
            [
                Column(tr("Report"), lambda w: w.path.name, width=260),
                Column(tr("Written"), lambda w: clock.moment(w.when), sort=lambda w: w.when, width=190),
                Column(tr("Signed by"), lambda w: w.signed_by, width=140),
                Column(tr("Estate"), lambda w: tr("SAMPLE") if w.sample else tr("yours"), width=80),
                Column(tr("Size"), lambda w: words.number(w.size), sort=lambda w: w.size, figure=True, width=90),
                Column("SHA-256", lambda w: w.digest, width=260, quiet=True, extra=True),
            ]
        )
        self.table = table_of(self.model, tr("Reports that were written"), theme)
        self.table.selectionModel().currentRowChanged.connect(self._enable_opening)
        self.table.activated.connect(self._open)
        self.sheet = Sheet(theme, tr("What the check found"), tr("Check a report to see whether it still holds."))
        split = Split()
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.sheet)
        split.setSizes([700, 340])
        lines.addWidget(split, 1)
        self.open, self.show_folder = QPushButton(tr("Open")), QPushButton(tr("Open its folder"))
        self.copy, self.verify = QPushButton(tr("Copy SHA-256")), QPushButton(tr("Check it"))
        self.other = QPushButton(tr("Check another file…"))
        self.online = Tick(tr("Ask the issuers whether certificates were revoked"))
        self.online.setToolTip(
            tr(
                "Calls the addresses that the certificates name, if you trust their issuers. Otherwise nobody is"
                " called."
            )
        )
        self.open.clicked.connect(lambda: self._open())
        self.show_folder.clicked.connect(self._open_folder)
        self.copy.clicked.connect(self._copy)
        self.verify.clicked.connect(self._verify)
        self.other.clicked.connect(self.choose)
        lines.addLayout(in_line(self.open, self.show_folder, self.copy, self.verify, self.other))
        lines.addWidget(self.online)
        self._enable_opening()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """No: else it would take as its least height the one that it likes best, from what stands above it."""
        return False

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """With all of its buttons."""
        least, layout = super().minimumSizeHint(), self.layout()
        if layout is None:
            return least
        return QSize(least.width(), layout.minimumHeightForWidth(max(self.width(), least.width())))

    def show_pdf(self, path: Path, *, passing: bool = False) -> QDialog:
        """Show a PDF in a window of its own. `passing`: with its folder it goes when that is closed."""
        from app.desktop.pages.pdfdialog import PdfDialog

        dialog = PdfDialog(path, self.theme, self, passing=passing)
        dialog.show()
        return dialog

    def show_verification(self, found: object) -> None:
        """What a check found, in sentences."""
        from app.verification import Verification

        self.sheet.clear()
        if not isinstance(found, Verification):
            return
        self.sheet.title(found.file)
        self.sheet.say(found.answer, "" if found.good else self.theme.fail)
        for check in found.checks:
            colour = self.theme.fail if check.outcome.value == "wrong" else ""
            self.sheet.say(f"{_SIGNS.get(check.outcome.value, '·')}  {check.text}", colour)
        self.sheet.code(f"SHA-256 {found.sha256}")
        self.sheet.top()

    def current(self) -> Written | None:
        """The chosen report."""
        index = self.table.selectionModel().currentIndex()
        return self.model.row(index) if index.isValid() and index.row() < self.model.count() else None

    def choose(self) -> None:
        """Ask for a report and check it."""
        name, _ = QFileDialog.getOpenFileName(self, tr("Check another file…"), self._folder())
        if name:
            self.verify_wanted.emit(name)

    def _enable_opening(self) -> None:
        for button in (self.open, self.show_folder, self.copy, self.verify):
            button.setEnabled(self.current() is not None)

    def _verify(self) -> None:
        if (one := self.current()) is not None:
            self.verify_wanted.emit(one.file)

    def _open(self, index: QModelIndex | None = None) -> None:
        del index
        if (one := self.current()) is None:
            return
        if one.path.suffix.lower() == ".pdf" and one.path.is_file():
            self.show_pdf(one.path)
        else:
            open_file(one.file, self)

    def _open_folder(self) -> None:
        if (one := self.current()) is not None:
            open_file(one.path.parent, self)

    def _copy(self) -> None:
        if (one := self.current()) is not None:
            QGuiApplication.clipboard().setText(f"{one.digest}  {one.path.name}")


def in_line(*buttons: QPushButton) -> Flowing:
    """Buttons beside each other."""
    line = Flowing()
    line.setSpacing(8)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return line
