"""What every page has: a sentence that answers its question, then the evidence for it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.desktop.snapshot import Snapshot
from app.desktop.theme import Colours, sized


class Page(QWidget):
    """A page with a heading, one opening sentence, and room below for its content."""

    def __init__(self, title: str, theme: Colours) -> None:
        super().__init__()
        self.title = title
        self.theme = theme
        self.setAccessibleName(title)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(24, 20, 24, 16)
        self.rows.setSpacing(12)
        heading = plain_label(title)
        heading.setFont(sized(16, bold=True))
        self.rows.addWidget(heading)
        self.sentence = plain_label("")
        self.sentence.setFont(sized(12))
        self.sentence.setWordWrap(True)
        self.rows.addWidget(self.sentence)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show this judgement, or the empty state."""
        raise NotImplementedError

    def regions(self) -> list[QWidget]:
        """What F6 goes through on this page."""
        return [self]

    def start(self) -> QWidget | None:
        """Where work on this page begins for the keyboard; None: at its first field."""
        return None

    def paragraph(self, text: str) -> QLabel:
        """A text of people's length: it wraps, and its lines are never longer than 75 characters or so."""
        label = plain_label(text)
        label.setWordWrap(True)
        label.setMaximumWidth(self.fontMetrics().averageCharWidth() * 86)
        return label


def hairline() -> QFrame:
    """A thin line between parts."""
    line = QFrame()
    line.setObjectName("hairline")
    return line


def plain_label(text: str) -> QLabel:
    """A label that shows its text as it is: what comes from a cloud never becomes markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label
