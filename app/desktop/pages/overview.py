"""How do we stand? The first page, and the first steps before there is anything to show."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.desktop.pages.page import Page, plain_label
from app.desktop.snapshot import Snapshot
from app.desktop.theme import Colours, mark, sized
from app.texts import tr

_VERDICTS = (
    ("fail", "violations"),
    ("not_checked", "not checked"),
    ("accepted", "accepted"),
    ("pass", "passed"),
)


class Overview(Page):
    """The opening sentence, counts with signs, facts, and the decisions that verdicts wait for."""

    sample_wanted = Signal()
    files_wanted = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Overview"), theme)
        self._body = QWidget()
        self._lines = QVBoxLayout(self._body)
        self._lines.setContentsMargins(0, 8, 0, 0)
        self._lines.setSpacing(8)
        self._lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rows.addWidget(self._body)
        self.rows.addStretch(1)
        buttons = QHBoxLayout()
        self.files = QPushButton(tr("Read exported files…"))
        self.files.setObjectName("first")
        self.sample = QPushButton(tr("Explore the sample estate"))
        self.files.clicked.connect(self.files_wanted)
        self.sample.clicked.connect(self.sample_wanted)
        buttons.addWidget(self.files)
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
                tr("1.  Ask your platform team for an export: an AWS Config snapshot, an Azure Resource Graph result,"),
                tr("     a Cloud Asset Inventory export, or kubectl lists. No access to the clouds is needed."),
                tr("2.  Read the files here. They are kept on this computer only."),
                tr("3.  Look at the findings, then save the report as PDF."),
            ):
                self._lines.addWidget(plain_label(text))
            return
        self.sentence.setText(snapshot.sentence)
        self._lines.addWidget(self._counts(snapshot))
        for fact in snapshot.facts:
            label = plain_label(fact)
            label.setWordWrap(True)
            self._lines.addWidget(label)
        if snapshot.decisions:
            heading = plain_label(tr("Decisions needed from you"))
            heading.setFont(sized(12, bold=True))
            heading.setContentsMargins(0, 12, 0, 0)
            self._lines.addWidget(heading)
            for decision in snapshot.decisions:
                label = plain_label(decision)
                label.setWordWrap(True)
                self._lines.addWidget(label)

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
            count = plain_label(f"{snapshot.counts.get(verdict, 0):,} {tr(word)}")
            count.setFont(sized(12))
            line.addWidget(count)
            line.addSpacing(18)
        line.addStretch(1)
        return holder
