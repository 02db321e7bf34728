"""How do we stand? The first page, and the first steps before there is anything to show."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.desktop.pages.counts import Count
from app.desktop.pages.flowing import Columns, Flowing
from app.desktop.pages.page import Page, hairline, plain_label
from app.desktop.pages.wrapped import WrappedButton
from app.desktop.regions import in_order
from app.desktop.snapshot import FindingRow, Glance, Snapshot
from app.desktop.theme import Colours, mark, sized
from app.report import words
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.desktop.pages.ending import Ending
    from app.register.due import Ends

_VERDICTS = (
    ("fail", "violations"),
    ("not_checked", "not checked"),
    ("accepted", "accepted"),
    ("pass", "passed"),
)
_MOST_DECISIONS = 5
_MOST_FINDINGS = 5


class Overview(Page):
    """The opening sentence, counts with signs, the gravest findings, facts, and decisions that verdicts wait for."""

    sample_wanted = Signal()
    own_wanted = Signal()
    files_wanted = Signal()
    folder_wanted = Signal()
    connections_wanted = Signal()
    findings_wanted = Signal(str)
    finding_wanted = Signal(object)
    policy_wanted = Signal(str)
    again_wanted = Signal()
    newer_wanted = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Overview"), theme)
        self._body = QWidget()
        self._leading: list[QWidget] = []
        self._in_sample = False
        self._counts = _Counts(theme)
        self._counts.hide()
        self._counts.wanted.connect(self.findings_wanted)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        all_lines = QVBoxLayout(self._body)
        all_lines.setContentsMargins(0, 8, 12, 0)
        all_lines.setSpacing(8)
        all_lines.addWidget(self._counts)
        all_lines.addLayout(self._lines)
        self.ending: Ending | None = None
        self._below = QVBoxLayout()
        all_lines.addLayout(self._below)
        all_lines.addStretch(1)
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setWidget(self._body)
        room.setMinimumHeight(self.fontMetrics().height() * 8)
        self.rows.addWidget(room, 1)
        buttons = Flowing()
        self.connect_cloud = QPushButton(tr("Connect a cloud…"))
        self.files = QPushButton(tr("Read exported files…"))
        self.folder = QPushButton(tr("Read a folder…"))
        self.sample = QPushButton(tr("Explore the sample estate"))
        self.files.setObjectName("first")
        self.files.clicked.connect(self.files_wanted)
        self.folder.clicked.connect(self.folder_wanted)
        self.sample.clicked.connect(lambda: (self.own_wanted if self._in_sample else self.sample_wanted).emit())
        self.connect_cloud.clicked.connect(self.connections_wanted)
        for button in (self.files, self.folder, self.connect_cloud, self.sample):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.rows.addLayout(buttons)

    def start(self) -> QWidget | None:
        """What needs a decision; before the first audit, its buttons."""
        return self._leading[0] if self._leading else self.files

    def regions(self) -> list[QWidget]:
        """What needs a decision; the buttons below."""
        return [self._body, self.files]

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Fill the page."""
        _empty(self._lines)
        self._may_read(True)
        self._leading.clear()
        self._counts.setVisible(snapshot is not None)
        self._in_sample = snapshot is not None and snapshot.sample
        self.sample.setText(tr("Leave the sample estate") if self._in_sample else tr("Explore the sample estate"))
        if snapshot is None:
            self._first_steps()
        else:
            self._standing(snapshot)
        self._show_ends(None if snapshot is None else snapshot.ends)
        self._order()

    def _show_ends(self, ends: "Ends | None") -> None:
        if ends is not None and self.ending is None:
            from app.desktop.pages.ending import Ending  # the first window waits for what it loads

            self.ending = Ending()
            self.ending.grown.connect(self._order)
            self._below.addWidget(self.ending)
        if self.ending is not None:
            self.ending.show_ends(ends)

    def _order(self) -> None:
        more = [] if self.ending is None else [self.ending.more]
        in_order(*self._leading, *more, self.files, self.folder, self.connect_cloud, self.sample)

    def glimpse(self, glance: Glance) -> None:
        """The counts of verdicts are known before the rest is."""
        _empty(self._lines)
        self._leading.clear()
        self._show_ends(None)
        self.sentence.setText(tr("The store is being read. Its latest judgement counted:"))
        self._counts.show_counts(glance.counts)
        self._counts.show()

    def hinder(self, why: str) -> None:
        """Why the store cannot be read, and what to do; nothing may be read into it."""
        from app.desktop.pages.hindered import Hindered  # seldom needed, and the first window waits for what it loads

        _empty(self._lines)
        self._counts.hide()
        self._show_ends(None)
        self.sentence.setText(tr("The store cannot be read, so no page shows anything."))
        told = Hindered(self, why)
        told.again.connect(self.again_wanted)
        told.newer.connect(self.newer_wanted)
        self._lines.addWidget(told)
        self._may_read(False)
        in_order(self._body, self.sample)

    def _may_read(self, may: bool) -> None:
        for button in (self.files, self.folder, self.connect_cloud):
            button.setVisible(may)

    def _first_steps(self) -> None:
        self.sentence.setText(tr("Nothing has been audited yet."))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(18)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)  # what is free lies beside the text, not between its number and it
        steps = (
            (
                tr("Get something to read"),
                tr(
                    "Ask your platform team for an export: an AWS Config snapshot, an Azure Resource Graph result, "
                    "a Cloud Asset Inventory export, or kubectl lists. No access to the clouds is needed. "
                    "Or connect a cloud with a read-only role; the Connections page writes the request for you."
                ),
            ),
            (
                tr("Read it"),
                tr("Read the files here, or drop them onto this window. They are kept on this computer only."),
            ),
            (
                tr("Say what your organisation has decided"),
                tr("The Policy page asks in which countries data may lie, who must hold keys, and what tags mean."),
            ),
            (tr("Look, decide, report"), tr("Look at the findings, decide, then save the report as PDF and sign it.")),
        )
        for number, (title, text) in enumerate(steps):
            figure = plain_label(str(number + 1))
            figure.setFont(sized(22))
            figure.setObjectName("quiet")
            grid.addWidget(figure, number, 0, Qt.AlignmentFlag.AlignTop)
            box = QVBoxLayout()
            box.setSpacing(2)
            heading = plain_label(title)
            heading.setFont(sized(12, bold=True))
            box.addWidget(heading)
            box.addWidget(self.paragraph(text))
            grid.addLayout(box, number, 1)
        self._lines.addLayout(grid)
        self._lines.addSpacing(12)
        self._lines.addWidget(
            self.paragraph(
                tr("To look around first, explore the sample estate: an invented company, marked as SAMPLE.")
            )
        )

    def _standing(self, snapshot: Snapshot) -> None:
        self.sentence.setText(snapshot.sentence)
        self._counts.show_counts(snapshot.counts)
        self._leading += self._counts.leading
        self._lines.addWidget(hairline())
        columns = Columns()
        left, right = QVBoxLayout(), QVBoxLayout()
        for side in (left, right):
            side.setSpacing(6)
        self._gravest(left, snapshot)
        self._decisions(left, snapshot)
        left.addStretch(1)
        right.addWidget(_heading(tr("What is known")))
        for fact in (snapshot.changes, *snapshot.facts):
            if fact:
                right.addWidget(self.paragraph(fact))
        right.addStretch(1)
        columns.add(left, 3)
        columns.add(right, 2)
        self._lines.addLayout(columns)

    def _gravest(self, lines: QVBoxLayout, snapshot: Snapshot) -> None:
        chosen = list(_one_of_each_rule(snapshot))[:_MOST_FINDINGS]
        if not chosen:
            return
        lines.addWidget(_heading(tr("What needs your decision")))
        for row, more in chosen:
            where = " · ".join(p for p in (row.name, row.place) if p)
            if more:
                where += " " + trn("and {n} more", "and {n} more", more).format(n=words.number(more))
            button = WrappedButton(row.title, where, mark("fail", self.theme), self.theme)
            button.setAccessibleName(f"{words.severity(row.severity)}: {row.title}. {where}")
            button.clicked.connect(partial(self._one_wanted, row))
            lines.addWidget(button)
            self._leading.append(button)

    def _decisions(self, lines: QVBoxLayout, snapshot: Snapshot) -> None:
        if not snapshot.decisions:
            return
        lines.addSpacing(10)
        lines.addWidget(_heading(tr("Decisions needed from you")))
        open_rows = [r for r in snapshot.policy if r.decision and r.waiting]
        for number, decision in enumerate(snapshot.decisions[:_MOST_DECISIONS]):
            question, _, waiting = decision.partition(" — ")
            button = WrappedButton(question, waiting, mark("not_checked", self.theme), self.theme)
            button.setAccessibleName(decision)
            name = open_rows[number].name if number < len(open_rows) else ""
            button.clicked.connect(partial(self._policy_wanted, name))
            lines.addWidget(button)
            self._leading.append(button)
        rest = len(snapshot.decisions) - _MOST_DECISIONS
        if rest > 0:
            more = trn("Show {n} more on the Policy page", "Show {n} more on the Policy page", rest).format(n=rest)
            button = QPushButton(more)
            button.setObjectName("link")
            button.clicked.connect(partial(self._policy_wanted, ""))
            lines.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self._leading.append(button)

    def _one_wanted(self, row: FindingRow, on: bool = False) -> None:
        del on
        self.finding_wanted.emit(row)

    def _policy_wanted(self, name: str, on: bool = False) -> None:
        del on
        self.policy_wanted.emit(name)


class _Counts(QWidget):
    """How many checks ended how. Made once: what lies in a layout written in Python is held until the program ends."""

    wanted = Signal(str)

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        line = Flowing(self)
        line.setSpacing(4)
        self._counts: dict[str, Count] = {}
        for verdict, word in _VERDICTS:
            count = self._counts[verdict] = Count(verdict, tr(word), "", theme, leads=verdict != "pass")
            count.clicked.connect(partial(self._one_wanted, verdict))
            line.addWidget(count)
        line.addStretch(1)

    @property
    def leading(self) -> list[QWidget]:
        """Those that lead to a list."""
        return [count for verdict, count in self._counts.items() if verdict != "pass"]

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Of a judgement."""
        all_of = sum(counts.get(v, 0) for v, _ in _VERDICTS)
        notes = {
            "fail": trn("of {n} check", "of {n} checks", all_of).format(n=words.number(all_of)),
            "not_checked": tr("neither good nor bad: not read"),
            "accepted": tr("you decided to live with"),
            "pass": tr("read, and in order"),
        }
        for verdict, count in self._counts.items():
            count.count(counts.get(verdict, 0), notes[verdict])

    def _one_wanted(self, verdict: str, on: bool = False) -> None:
        del on
        self.wanted.emit(verdict)


def _one_of_each_rule(snapshot: Snapshot) -> Iterator[tuple[FindingRow, int]]:
    """The first violation of each rule, the gravest rule first, and how many more there are of it."""
    found: dict[str, list[FindingRow]] = {}
    for row in snapshot.findings:
        if row.verdict == "fail":
            found.setdefault(row.rule, []).append(row)
    for rows in found.values():
        yield rows[0], len(rows) - 1


def _heading(text: str) -> QWidget:
    label = plain_label(text)
    label.setFont(sized(12, bold=True))
    label.setContentsMargins(0, 6, 0, 2)
    return label


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            _empty(inner)
