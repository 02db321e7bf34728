"""What every page has: a sentence that answers its question, then the evidence for it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.desktop.snapshot import Glance, Snapshot
from app.desktop.theme import Colours, sized
from app.texts import tr

_NOTHING_YET = (
    "Nothing has been audited yet. The Overview page has the first step.",
    "A report needs a scan: read exported files on the Overview page first.",
)
_NOT_YET_READ = (
    *_NOTHING_YET,
    "No decision is taken yet. Each can be taken now, before anything is read.",
    "There is no scan yet. The Overview page has the first step.",
)


class Page(QWidget):
    """A page with a heading, one opening sentence, and room below for its content."""

    def __init__(self, title: str, theme: Colours) -> None:
        super().__init__()
        self.title = title
        self.hindered = ""
        self.awaited: Glance | None = None
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

    def hinder(self, why: str) -> None:
        """There is a store, but it cannot be read: no page may say that nothing was audited yet."""
        self.hindered = why
        if self.sentence.text() in (tr(text) for text in _NOTHING_YET):
            self.sentence.setText(
                tr("The store cannot be read, so nothing is shown here. The Overview page says why, and what to do.")
            )

    def glimpse(self, glance: Glance) -> None:
        """A store is being read: until then no page may say that there is nothing. `glance`: what is known of it."""
        self.awaited = glance
        if self.sentence.text() in (tr(text) for text in _NOT_YET_READ):
            self.sentence.setText(tr("The store is being read. What it holds is shown here when that is done."))

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
