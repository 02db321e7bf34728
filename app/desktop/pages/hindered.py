"""What the first page says where there is a store that cannot be read: what happened, what was lost, what to do."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.desktop.pages.flowing import Flowing
from app.desktop.pages.page import Page, plain_label
from app.desktop.theme import sized
from app.texts import tr


class Hindered(QWidget):
    """`again`: read it once more; `newer`: ask for a newer version of the program. `text`: why it cannot be read."""

    again = Signal()
    newer = Signal()

    def __init__(self, page: Page, text: str) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        for heading, said in (
            (tr("What happened"), text),
            (tr("What was lost"), tr("Nothing. The store is as it was, and nothing is written to it.")),
            (
                tr("What to do"),
                tr(
                    "Was it written by a newer version of Situs: install that version, and the same store opens there."
                    " Otherwise see to what is named above, or restore a backup on the Store page, then try again."
                ),
            ),
        ):
            title = plain_label(heading)
            title.setFont(sized(12, bold=True))
            lines.addWidget(title)
            lines.addWidget(page.paragraph(said))
        self.retry, self.ask = QPushButton(tr("Try again")), QPushButton(tr("Ask for a newer version…"))
        self.copy = QPushButton(tr("Copy details"))
        self.retry.clicked.connect(self.again)
        self.ask.clicked.connect(self.newer)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        buttons = Flowing()
        for button in (self.retry, self.ask, self.copy):
            buttons.addWidget(button)
        buttons.addStretch(1)
        lines.addLayout(buttons)
