"""A PDF in a window of its own: pages, zoom, search, and the question for its password where it is locked."""

import shutil
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.desktop.jobs import Reading, Streaming
from app.desktop.opening import open_file
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.page import plain_label
from app.desktop.pages.pdfview import PdfView
from app.desktop.pdf import MOST_HITS, PREVIEWS, Hit, Locked, Pdf, Unreadable, worker
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr

_OLD: Final = 86_400


class PdfDialog(QDialog):
    """Shows the file at `path`. `passing`: it lies in a folder of its own that goes when this window is closed, unless
    another program was asked to show it."""

    def __init__(self, path: Path, theme: Colours, parent: QWidget, *, passing: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setWindowTitle(tr("Preview") if passing else path.name)
        self._passing = passing
        self._pdf = Pdf(path)
        self._hits: list[Hit] = []
        self._chosen = -1
        self._searched = ""
        self.view = PdfView(theme, self)
        self.message = plain_label(tr("The file is being opened."))
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._places = QStackedLayout()
        self._places.addWidget(self.message)
        self._places.addWidget(self._asking())
        self._places.addWidget(self.view)
        lines = QVBoxLayout(self)
        self._bar = QWidget()
        bars = QVBoxLayout(self._bar)
        bars.setContentsMargins(0, 0, 0, 0)
        bars.addLayout(self._moving())
        bars.addLayout(self._finding())
        lines.addWidget(self._bar)
        lines.addLayout(self._places, 1)
        lines.addLayout(self._leaving())
        self._bar.setEnabled(False)
        self._keys()
        room = self.screen().availableGeometry()
        self.resize(min(900, room.width() - 40), min(1000, room.height() - 80))
        self._open("")

    # What is there

    def _moving(self) -> Flowing:
        self.number = QSpinBox()
        self.number.setRange(1, 1)
        self.number.setKeyboardTracking(False)
        self.number.setAccessibleName(tr("Page"))
        self.number.valueChanged.connect(self._go_to)
        label = plain_label(tr("Page"))
        label.setBuddy(self.number)
        self.count = plain_label("")
        self.smaller, self.larger = QPushButton("−"), QPushButton("+")
        self.size_now = plain_label("")
        self.fit = QPushButton(tr("Fit width"))
        for button, name, keys, run in (
            (self.smaller, tr("Smaller"), "Ctrl+-", partial(self.view.zoom, -1)),
            (self.larger, tr("Larger"), "Ctrl++", partial(self.view.zoom, 1)),
            (self.fit, tr("Fit width"), "Ctrl+0", self.view.fit_width),
        ):
            button.setAccessibleName(name)
            shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{name} ({shown})")
            button.setAutoDefault(False)
            button.clicked.connect(run)
        self.view.page_changed.connect(self._page_changed)
        self.view.zoom_changed.connect(self._zoomed)
        line = Flowing()
        line.setSpacing(8)
        for one in (label, self.number, self.count):
            line.addWidget(one)
        line.addStretch(1)
        for one in (self.smaller, self.size_now, self.larger, self.fit):
            line.addWidget(one)
        return line

    def _finding(self) -> Flowing:
        self.wanted = QLineEdit()
        self.wanted.setAccessibleName(tr("Find in the report"))
        self.wanted.setPlaceholderText(tr("Find in the report"))
        self.wanted.setClearButtonEnabled(True)
        self.wanted.textChanged.connect(self._forget_hits)
        self.wanted.returnPressed.connect(partial(self.search, 1))
        self.before, self.after = QPushButton(tr("Previous place")), QPushButton(tr("Next place"))
        self.before.clicked.connect(partial(self.search, -1))
        self.after.clicked.connect(partial(self.search, 1))
        self.found = plain_label("")
        self.found.setObjectName("quiet")
        line = Flowing()
        line.setSpacing(8)
        line.addWidget(self.wanted, 1)
        for button in (self.before, self.after):
            button.setAutoDefault(False)
            line.addWidget(button)
        line.addWidget(self.found)
        self._forget_hits()
        return line

    def _asking(self) -> QWidget:
        holder = QWidget()
        lines = QVBoxLayout(holder)
        self.question: QLabel = plain_label(tr("This file is locked. Its password opens it here; it is not kept."))
        self.question.setWordWrap(True)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName(tr("Password of the file"))
        self.unlock = QPushButton(tr("Open"))
        self.unlock.setAutoDefault(False)
        self.unlock.setEnabled(False)
        self.password.textChanged.connect(self._typed)
        self.password.returnPressed.connect(self._unlock)
        self.unlock.clicked.connect(self._unlock)
        line = Flowing()
        line.addWidget(self.password, 1)
        line.addWidget(self.unlock)
        lines.addStretch(1)
        lines.addWidget(self.question)
        lines.addLayout(line)
        lines.addStretch(2)
        return holder

    def _leaving(self) -> Flowing:
        self.outside, self.leave = QPushButton(tr("Open in another program")), QPushButton(tr("Close"))
        self.outside.setToolTip(tr("In the program that shows PDFs on this computer"))
        self.outside.clicked.connect(self._hand_over)
        self.leave.clicked.connect(self.reject)
        self.finished.connect(self._left)
        line = Flowing()
        line.addWidget(self.outside)
        line.addStretch(1)
        line.addWidget(self.leave)
        for button in (self.outside, self.leave):
            button.setAutoDefault(False)
        return line

    def _keys(self) -> None:
        standard = QKeySequence.StandardKey
        for keys, run in (
            (QKeySequence(standard.ZoomIn), partial(self.view.zoom, 1)),
            (QKeySequence("Ctrl+="), partial(self.view.zoom, 1)),
            (QKeySequence(standard.ZoomOut), partial(self.view.zoom, -1)),
            (QKeySequence("Ctrl+0"), self.view.fit_width),
            (QKeySequence(standard.Find), self._to_search),
            (QKeySequence("F3"), partial(self.search, 1)),
            (QKeySequence("Shift+F3"), partial(self.search, -1)),
        ):
            QShortcut(keys, self).activated.connect(run)

    # Opening and closing

    def _open(self, password: str) -> None:
        Reading(partial(self._pdf.open, password), self._opened, self).start(worker())

    def _opened(self, hindered: object, wrong: str) -> None:
        if isinstance(hindered, Locked):
            self._places.setCurrentIndex(1)
            if hindered.tried:
                self.question.setText(tr("That was not the password of this file. Nothing was changed; try again."))
            self.password.setFocus()
            self.password.selectAll()
        elif wrong or isinstance(hindered, Unreadable):
            self._places.setCurrentIndex(0)
            self.message.setText(wrong or self._why(isinstance(hindered, Unreadable) and hindered.missing))
            self.leave.setFocus()
        else:
            self._show()

    def _why(self, missing: bool) -> str:
        if missing:
            return tr("{file} is not there any more: it was moved or deleted.").format(file=self._pdf.path)
        return tr(
            "{file} cannot be shown: it is damaged, or is no PDF. Write the report again, or open the file in another"
            " program."
        ).format(file=self._pdf.path)

    def _typed(self) -> None:
        self.unlock.setEnabled(bool(self.password.text()))

    def _unlock(self) -> None:
        if self.password.text():
            self._open(self.password.text())

    def _show(self) -> None:
        self.password.clear()
        self._bar.setEnabled(True)
        self.number.setRange(1, len(self._pdf.sizes))
        self.count.setText(tr("of {count}").format(count=words.number(len(self._pdf.sizes))))
        self._places.setCurrentWidget(self.view)
        self.view.show_pages(self._pdf)
        self.view.setFocus()
        self._listen(0)

    def _hand_over(self) -> None:
        if open_file(self._pdf.path, self):
            self._passing = False  # the other program has it now

    def _left(self) -> None:
        """Let go of the file, and of what does not stay."""
        self._pdf.gone = True
        self.view.forget()
        folder = self._pdf.path.parent if self._passing else None
        Reading(partial(_let_go, self._pdf, folder), _nobody).start(worker())

    # Moving and searching

    def _go_to(self, number: int) -> None:
        self.view.go_to(number - 1)

    def _zoomed(self, percent: int) -> None:
        self.size_now.setText(f"{percent} %")

    def _page_changed(self, number: int) -> None:
        self.number.blockSignals(True)
        self.number.setValue(number + 1)
        self.number.blockSignals(False)
        self._listen(number)

    def _listen(self, number: int) -> None:
        """What the page says goes to those who listen to the window instead of looking at it."""

        def heard(text: object, wrong: str) -> None:
            if self.view.page == number and not wrong:
                self.view.setAccessibleDescription(str(text))

        if QAccessible.isActive():
            Reading(partial(self._pdf.text, number), heard, self.view).start(worker())

    def _to_search(self) -> None:
        self.wanted.setFocus()
        self.wanted.selectAll()

    def _forget_hits(self) -> None:
        self._hits, self._chosen, self._searched = [], -1, ""
        self.found.setText("")
        self.view.show_hits([], None)
        for button in (self.before, self.after):
            button.setEnabled(bool(self.wanted.text().strip()))

    def search(self, step: int) -> None:
        """The next place (1) where the wanted text stands, or the one before (-1)."""
        text = self.wanted.text().strip()
        if not text or not self._pdf.sizes:
            self._to_search()
        elif text != self._searched:
            self._searched = text
            self.found.setText(tr("Searching"))

            def still() -> bool:
                return self._searched == text

            Streaming(partial(self._pdf.find, text, still), partial(self._came, text), self).start(worker())
        elif self._hits:
            self._choose((self._chosen + step) % len(self._hits))

    def _came(self, text: str, hits: object, wrong: str) -> None:
        if text != self._searched:
            return
        if wrong or not isinstance(hits, list):
            self.found.setText(wrong)
            return
        more = cast("list[Hit]", hits)
        self._hits += more
        if more and self._chosen < 0:
            page = self.view.page
            first = next((n for n, hit in enumerate(self._hits) if hit.page >= page), -1)
            if first >= 0:
                self._choose(first)
        elif not more and self._hits and self._chosen < 0:
            self._choose(0)
        elif not self._hits:
            self.found.setText(tr("Nothing found"))
        else:
            self._say_which()

    def _choose(self, number: int) -> None:
        self._chosen = number
        self._say_which()
        self.view.show_hits(self._hits, self._hits[number])

    def _say_which(self) -> None:
        n, count = words.number(self._chosen + 1), words.number(len(self._hits))
        more = "+" if len(self._hits) >= MOST_HITS else ""
        self.found.setText(tr("{n} of {count}").format(n=n, count=f"{count}{more}"))


def _nobody(found: object, wrong: str) -> None:
    """Nobody is left to be told."""


def _let_go(pdf: Pdf, folder: Path | None) -> None:
    """Runs in the thread of PDFs, after all that was asked of this one."""
    pdf.close()
    if folder is None:
        return
    shutil.rmtree(folder, ignore_errors=True)
    for other in Path(tempfile.gettempdir()).glob(f"{PREVIEWS}*"):  # of windows that ended before they could do this
        with suppress(OSError):
            if other.is_dir() and other.stat().st_mtime < time.time() - _OLD:
                shutil.rmtree(other, ignore_errors=True)
