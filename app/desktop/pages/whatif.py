"""What if: suppose another day, other countries, another basis, another place, and see the difference."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
)

from app.desktop import clock
from app.desktop.pages.flowing import Flowing, Split, modest
from app.desktop.pages.listing import table_of
from app.desktop.pages.page import Page, plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.pages.tick import Tick
from app.desktop.snapshot import Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours, mark
from app.report import words
from app.report.seen import seen
from app.texts import tr, trn
from rules.policy.records import TOOLS

_CHANGES = {"new": "would appear", "gone": "would vanish", "changed": "would change"}
_VERDICTS = {
    "fail": "violation",
    "not_checked": "not checked",
    "accepted": "accepted",
    "pass": "passed",
    "not_applicable": "not applicable",
}
_SIGNS = {"new": "fail", "gone": "pass", "changed": "not_checked"}


@dataclass(frozen=True)
class Supposed:
    """One finding that would be another."""

    change: str
    rule: str
    title: str
    subject: str
    before: tuple[str, str] | None
    after: tuple[str, str] | None
    why: str


class WhatIfPage(Page):
    """`asked` carries words of the command line; the desk asks a child process."""

    asked = Signal(list)
    all_wanted = Signal(list)
    countries_wanted = Signal(list)

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("What if"), theme)
        self.names: Mapping[str, str] = {}
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.other_day = Tick(tr("on another day"))
        self.other_day.setAccessibleName(self.other_day.text())
        self.day = QDateEdit(QDate.currentDate().addMonths(6))
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat(clock.day_format())
        self.day.setEnabled(False)
        self.day.setAccessibleName(tr("Judge by the law of"))
        self.other_day.toggled.connect(self.day.setEnabled)
        days = Flowing()
        days.addWidget(self.other_day)
        days.addWidget(self.day)
        days.addStretch(1)
        self.allow = QLineEdit()
        self.allow.setPlaceholderText(tr("codes, such as US, IN"))
        self.entry, self.tool = QComboBox(), QComboBox()
        modest(self.entry, self.tool)
        self.tool.addItem(tr("is gone"), "none")
        for tool in TOOLS:
            self.tool.addItem(tr("rests on: {basis}").format(basis=words.mechanism(tool)), tool)
        basis = Flowing()
        basis.addWidget(self.entry, 1)
        basis.addWidget(self.tool, 1)
        self.asset, self.region = QLineEdit(), QLineEdit()
        self.asset.setPlaceholderText(tr("name or identifier of an asset"))
        self.region.setPlaceholderText(tr("a region, such as eu-central-1"))
        move = Flowing()
        move.addWidget(self.asset, 1)
        move.addWidget(_between(tr("lies in")))
        move.addWidget(self.region, 1)
        for name, field, shown in (
            (tr("The law is judged"), self.other_day, days),
            (tr("These countries are allowed too"), self.allow, self.allow),
            (tr("An entry of the register"), self.entry, basis),
            (tr("An asset"), self.asset, move),
        ):
            label = plain_label(name)
            label.setBuddy(field)
            form.addRow(label, shown)
        self.allow.setAccessibleName(tr("These countries are allowed too"))
        self.entry.setAccessibleName(tr("An entry of the register"))
        self.tool.setAccessibleName(tr("What becomes of the entry"))
        self.asset.setAccessibleName(tr("An asset"))
        self.region.setAccessibleName(tr("lies in"))
        self.rows.addLayout(form)
        self.ask, self.take = QPushButton(tr("Show the difference")), QPushButton(tr("Take over into the policy"))
        self.ask.setObjectName("first")
        self.ask.clicked.connect(self._ask)
        self.take.clicked.connect(self._take)
        bar = Flowing()
        bar.addWidget(self.ask)
        bar.addWidget(self.take)
        self.all = QPushButton(tr("List all of them"))
        self.all.clicked.connect(self._all)
        self.all.hide()
        bar.addWidget(self.all)
        bar.addStretch(1)
        self.rows.addLayout(bar)
        self.answer = plain_label("")
        self.answer.setWordWrap(True)
        self.rows.addWidget(self.answer)
        signs = {change: mark(verdict, theme) for change, verdict in _SIGNS.items()}
        self.model = Rows(
            [
                Column(tr("Finding"), lambda c: tr(_CHANGES[c.change]), icon=lambda c: signs[c.change]),
                Column(tr("Rule"), lambda c: c.rule, width=110, whole=True),
                Column(tr("What is wrong"), lambda c: c.title, width=300),
                Column(tr("Where"), lambda c: self.names.get(c.subject, c.subject), width=220),
                Column(tr("From … to"), _step, width=200),
            ]
        )
        self.table = table_of(self.model, tr("The difference"), theme)
        self.detail = Sheet(theme, tr("Details of the chosen row"), tr("Choose a row to see it in full."))
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        split = Split()
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setSizes([700, 340])
        self.rows.addWidget(split, 1)
        for line in (self.allow, self.asset, self.region):
            line.textChanged.connect(self._enable)
            line.returnPressed.connect(self._enter)
        self.other_day.toggled.connect(self._enable)
        self.entry.currentIndexChanged.connect(self._enable)
        self._there = self._own = False
        self._question: list[str] = []
        self.show_snapshot(None)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """What can be supposed about the latest judgement."""
        self._there = snapshot is not None
        self._own = snapshot is not None and not snapshot.sample
        self.model.show([])
        self.answer.setText("")
        self.all.hide()
        self.names = {}
        if snapshot is None:
            self.sentence.setText(tr("Nothing has been audited yet. The Overview page has the first step."))
        else:
            self.sentence.setText(
                tr("Suppose something, and see which findings would appear or vanish. Nothing is stored.")
            )
            self.names = snapshot.names
        self._enable()

    def show_register(self, entries: list[str]) -> None:
        """Ids of the entries of the register."""
        self.entry.clear()
        self.entry.addItem(tr("as it is"), "")
        for entry in entries:
            self.entry.addItem(entry, entry)

    def show_answer(self, answer: Mapping[str, Any]) -> None:
        """The difference."""
        rows = supposed(answer)
        self.model.show(rows)
        day = date.fromisoformat(answer["as_of"]) if answer.get("as_of") else None
        judged = tr("Judged as of {day}.").format(day=words.day(day)) if day else ""
        told = [judged, in_numbers(answer)]
        counts: Mapping[str, int] = answer["counts"]
        more = len(rows) < sum(counts.values())
        self.all.setVisible(more)
        if more:
            told.append(tr("The first {n} are listed.").format(n=words.number(len(rows))))
        told += answer.get("remarks", [])
        self.answer.setText(" ".join(t for t in told if t))
        if rows:
            self.table.selectRow(0)

    def words(self) -> list[str]:
        """The question in words of the command line; empty where nothing is supposed."""
        found: list[str] = []
        day = self.day.date().toPython()
        if self.other_day.isChecked() and isinstance(day, date):
            found += ["--as-of", day.isoformat()]
        if countries := self.countries():
            found += ["--allow", *countries]
        if self.entry.currentData():
            found += ["--mechanism", f"{self.entry.currentData()}={self.tool.currentData()}"]
        if self.asset.text().strip() and self.region.text().strip():
            found += ["--move", f"{self.asset.text().strip()}={self.region.text().strip()}"]
        return found

    def countries(self) -> list[str]:
        """Codes of the countries that would be allowed too."""
        return [part.upper() for part in self.allow.text().replace(",", " ").split()]

    def _enable(self) -> None:
        self.ask.setEnabled(self._there and bool(self.words()))
        self.take.setEnabled(self._own and bool(self.countries()) and len(self.words()) == 1 + len(self.countries()))

    def _enter(self) -> None:
        if self.ask.isEnabled():
            self._ask()

    def _ask(self) -> None:
        self._question = self.words()
        self.asked.emit(self._question)

    def _all(self) -> None:
        self.all_wanted.emit(self._question)

    def _take(self) -> None:
        self.countries_wanted.emit(self.countries())

    def _chosen(self) -> None:
        index = self.table.selectionModel().currentIndex()
        self.detail.clear()
        if index.isValid() and index.row() < self.model.count():
            c: Supposed = self.model.row(index)
            self.detail.title(c.title)
            self.detail.quiet(f"{c.rule} · {tr(_CHANGES[c.change])}")
            self.detail.heading(tr("From … to"))
            self.detail.say(_step(c))
            if c.why:
                self.detail.heading(tr("Why"))
                self.detail.say(c.why)
            self.detail.heading(tr("Where"))
            self.detail.say(self.names.get(c.subject, ""))
            self.detail.code(c.subject)
            self.detail.top()


def supposed(answer: Mapping[str, Any]) -> list[Supposed]:
    """Each finding that would be another one."""
    return [
        Supposed(
            c["change"],
            c["rule"],
            c["title"],
            c.get("asset") or c.get("flow") or "",
            tuple(c["before"]) if c.get("before") else None,
            tuple(c["after"]) if c.get("after") else None,
            seen(c.get("why") or ""),
        )
        for c in answer["changes"]
    ]


def in_numbers(answer: Mapping[str, Any]) -> str:
    """How many findings would appear, vanish or change."""
    counts: Mapping[str, int] = answer["counts"]
    new = trn("{n} finding would appear,", "{n} findings would appear,", counts["new"]).format(
        n=words.number(counts["new"])
    )
    rest = tr("{gone} would vanish, {changed} would change.").format(
        gone=words.number(counts["gone"]), changed=words.number(counts["changed"])
    )
    return f"{new} {rest}"


def in_a_line(row: Supposed, names: Mapping[str, str]) -> str:
    """One of them for a list: what becomes of it, what it is, about what."""
    name = names.get(row.subject, row.subject)
    return f"{tr(_CHANGES[row.change])}: {row.title} · {name} ({_step(row)})"


def _step(row: Supposed) -> str:
    def told(state: tuple[str, str] | None) -> str:
        return f"{tr(_VERDICTS.get(state[0], state[0]))}, {words.severity(state[1])}" if state else tr("nothing")

    return f"{told(row.before)} → {told(row.after)}"


def _between(text: str) -> QLabel:
    """A word between two fields, which is never squeezed by them."""
    label = plain_label(text)
    label.setMinimumWidth(label.sizeHint().width() + 12)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
