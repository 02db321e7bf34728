"""How do we stand? The first page, and the first steps before there is anything to show."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.desktop.pages.page import Page, plain_label
from app.desktop.snapshot import Snapshot
from app.desktop.theme import Colours, mark, sized
from app.report import words
from app.texts import tr, trn

_VERDICTS = (
    ("fail", "violations"),
    ("not_checked", "not checked"),
    ("accepted", "accepted"),
    ("pass", "passed"),
)
_MOST_DECISIONS = 5


class Overview(Page):
    """The opening sentence, counts with signs, facts, and the decisions that verdicts wait for."""

    sample_wanted = Signal()
    files_wanted = Signal()
    folder_wanted = Signal()
    findings_wanted = Signal(str)
    policy_wanted = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Overview"), theme)
        self._body = QWidget()
        self._lines = QVBoxLayout(self._body)
        self._lines.setContentsMargins(0, 8, 0, 0)
        self._lines.setSpacing(8)
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(self._body)
        self.rows.addWidget(room, 1)
        buttons = QHBoxLayout()
        self.files = QPushButton(tr("Read exported files…"))
        self.files.setObjectName("first")
        self.sample = QPushButton(tr("Explore the sample estate"))
        self.folder = QPushButton(tr("Read a folder…"))
        self.files.clicked.connect(self.files_wanted)
        self.folder.clicked.connect(self.folder_wanted)
        self.sample.clicked.connect(self.sample_wanted)
        buttons.addWidget(self.files)
        buttons.addWidget(self.folder)
        buttons.addWidget(self.sample)
        buttons.addStretch(1)
        self.rows.addLayout(buttons)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Fill the page."""
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        if snapshot is None:
            self.sentence.setText(tr("Nothing has been audited yet."))
            for text in (
                tr(
                    "1.  Ask your platform team for an export: an AWS Config snapshot, an Azure Resource Graph result, "
                    "a Cloud Asset Inventory export, or kubectl lists. No access to the clouds is needed."
                ),
                tr("2.  Read the files here, or drop them onto this window. They are kept on this computer only."),
                tr("3.  Look at the findings, decide, then save the report as PDF."),
            ):
                self._add(text)
            self._lines.addSpacing(8)
            self._add(tr("To look around first, explore the sample estate: an invented company, marked as SAMPLE."))
            self._lines.addStretch(1)
            return
        self.sentence.setText(snapshot.sentence)
        self._lines.addWidget(self._counts(snapshot))
        for fact in (snapshot.changes, *snapshot.facts):
            if fact:
                self._add(fact)
        if snapshot.decisions:
            heading = plain_label(tr("Decisions needed from you"))
            heading.setFont(sized(12, bold=True))
            heading.setContentsMargins(0, 12, 0, 0)
            self._lines.addWidget(heading)
            for decision in snapshot.decisions[:_MOST_DECISIONS]:
                self._add(decision)
            rest = len(snapshot.decisions) - _MOST_DECISIONS
            more = trn("Show {n} more on the Policy page", "Show {n} more on the Policy page", rest).format(n=rest)
            button = QPushButton(more if rest > 0 else tr("Show them on the Policy page"))
            button.setObjectName("link")
            button.clicked.connect(self.policy_wanted)
            line = QHBoxLayout()
            line.addWidget(button)
            line.addStretch(1)
            holder = QWidget()
            holder.setLayout(line)
            line.setContentsMargins(0, 0, 0, 0)
            self._lines.addWidget(holder)
        self._lines.addStretch(1)

    def _add(self, text: str) -> None:
        label = plain_label(text)
        label.setWordWrap(True)
        label.setMaximumWidth(self.fontMetrics().averageCharWidth() * 110)
        self._lines.addWidget(label)

    def _wanted(self, verdict: str, on: bool = False) -> None:
        del on
        self.findings_wanted.emit(verdict)

    def _counts(self, snapshot: Snapshot) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 4, 0, 12)
        line.setSpacing(10)
        for verdict, word in _VERDICTS:
            sign = plain_label("")
            sign.setPixmap(mark(verdict, self.theme, 20).pixmap(20, 20))
            sign.setAccessibleName(tr(word))
            line.addWidget(sign)
            text = f"{words.number(snapshot.counts.get(verdict, 0))} {tr(word)}"
            if verdict == "pass":
                count: QWidget = plain_label(text)
            else:
                count = QPushButton(text)
                count.setObjectName("link")
                count.clicked.connect(partial(self._wanted, verdict))
            count.setFont(sized(12))
            line.addWidget(count)
            line.addSpacing(18)
        line.addStretch(1)
        return holder
