"""One finding in full: what we saw, why it matters, what to do, your decision, history."""

from collections.abc import Sequence

from PySide6.QtCore import QDate, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QDateEdit,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.desktop.pages.page import plain_label
from app.desktop.snapshot import DecisionMade, FindingRow
from app.desktop.theme import Colours, sized
from app.report import words
from app.texts import tr, trn

_YEAR = 365
_LONGEST = 3 * _YEAR


class FindingPanel(QScrollArea):
    """The detail panel. It only asks; `decided` (why, owner, until) and `revoked` (acceptances, by, why) tell."""

    decided = Signal(str, str, object)
    revoked = Signal(list, str, str)

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._rows: list[FindingRow] = []
        self._history: tuple[DecisionMade, ...] = ()
        body = QWidget()
        lines = QVBoxLayout(body)
        lines.setContentsMargins(16, 0, 8, 0)
        lines.setSpacing(8)
        self.text = QTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setAccessibleName(tr("Finding in full"))
        self.text.setPlaceholderText(tr("Choose a row to see it in full. Several rows can be decided together."))
        self.text.setMinimumHeight(220)
        lines.addWidget(self.text, 1)
        copies = QHBoxLayout()
        self.copy = QPushButton(tr("Copy what to do"))
        self.copy.clicked.connect(self._copy)
        self.copied = plain_label("")
        self.copied.setObjectName("quiet")
        copies.addWidget(self.copy)
        copies.addWidget(self.copied)
        copies.addStretch(1)
        lines.addLayout(copies)
        heading = plain_label(tr("Your decision"))
        heading.setFont(sized(10, bold=True))
        lines.addWidget(heading)
        self.state = plain_label("")
        self.state.setWordWrap(True)
        lines.addWidget(self.state)
        lines.addWidget(self._form())
        past = plain_label(tr("History"))
        past.setFont(sized(10, bold=True))
        lines.addWidget(past)
        self.past = plain_label("")
        self.past.setWordWrap(True)
        lines.addWidget(self.past)
        self.setWidget(body)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(4000)
        self._forget.timeout.connect(lambda: self.copied.setText(""))
        self.show_rows([])

    def _form(self) -> QWidget:
        holder = QWidget()
        form = QFormLayout(holder)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.why = QLineEdit()
        self.why.setMaxLength(2000)
        self.why.setPlaceholderText(tr("Why can it stay as it is?"))
        self.owner = QLineEdit()
        self.owner.setMaxLength(200)
        self.owner.setPlaceholderText(tr("Your name and role"))
        self.until = QDateEdit()
        self.until.setCalendarPopup(True)
        self.until.setDisplayFormat("d MMMM yyyy")
        today = QDate.currentDate()
        self.until.setDateRange(today.addDays(1), today.addDays(_LONGEST))
        self.until.setDate(today.addDays(_YEAR // 2))
        self.accept_button = QPushButton(tr("Record decision"))
        self.revoke_button = QPushButton(tr("Revoke"))
        for label, field in ((tr("Reason"), self.why), (tr("Who"), self.owner), (tr("Until"), self.until)):
            field.setAccessibleName(label)
            name = plain_label(label)
            name.setBuddy(field)
            form.addRow(name, field)
        buttons = QHBoxLayout()
        buttons.addWidget(self.accept_button)
        buttons.addWidget(self.revoke_button)
        buttons.addStretch(1)
        form.addRow(buttons)
        for field in (self.why, self.owner):
            field.textChanged.connect(self._enable)
        self.accept_button.clicked.connect(self._accept)
        self.revoke_button.clicked.connect(self._revoke)
        return holder

    def set_name(self, name: str) -> None:
        """Who decides on this computer; what was typed is kept."""
        if not self.owner.text():
            self.owner.setText(name)

    def show_history(self, history: Sequence[DecisionMade]) -> None:
        """Every decision on record."""
        self._history = tuple(history)

    def show_rows(self, rows: Sequence[FindingRow]) -> None:
        """Show one finding, or how many are chosen."""
        self._rows = list(rows)
        self.text.clear()
        self.copied.setText("")
        if len(rows) == 1:
            self._tell(rows[0])
        elif rows:
            self._write(
                trn("{n} finding is chosen.", "{n} findings are chosen.", len(rows)).format(n=words.number(len(rows))),
                12,
                True,
            )
            for row in rows[:200]:
                self._write(f"{row.rule}  {row.name}", 10, False)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self._tell_decision()
        self._enable()

    def _tell(self, row: FindingRow) -> None:
        self._write(row.title, 12, True)
        self._write(
            " · ".join(
                [row.rule, words.severity(row.severity)]
                + ([tr("potential: nobody stated the class of data")] if row.potential else [])
            ),
            9,
            False,
            quiet=True,
        )
        self._heading(tr("What we saw"))
        self._write(row.why or row.missing, 10, False)
        if row.why and row.missing:
            self._write(tr("Missing: {what}").format(what=row.missing), 10, False)
        self._write("\n".join(p for p in (f"{row.kind} {row.name}".strip(), _where(row), row.subject) if p), 10, False)
        if row.source:
            self._write(row.source, 9, False, quiet=True)
        self._heading(tr("Why it matters"))
        self._write(row.explanation or tr("The rule pack of this program no longer has this rule."), 10, False)
        if row.law:
            self._write(row.law, 10, False)
        self._heading(tr("What to do"))
        self._write(row.remediation or tr("Ask for the missing reading, then audit again."), 10, False)

    def _heading(self, text: str) -> None:
        self._write("", 4, False)
        self._write(text, 10, True)

    def _write(self, text: str, points: int, bold: bool, quiet: bool = False) -> None:
        """Add a paragraph as it is: inserted text is never taken for markup."""
        form = QTextCharFormat()
        form.setFontPointSize(points)
        form.setFontWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        form.setForeground(self._colour(quiet))
        cursor = self.text.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text + "\n", form)

    def _colour(self, quiet: bool) -> QBrush:
        return QBrush(QColor(self.theme.quiet if quiet else self.theme.ink))

    def _tell_decision(self) -> None:
        fails = [r for r in self._rows if r.verdict == "fail"]
        accepted = [r for r in self._rows if r.verdict == "accepted"]
        known = {d.id: d for d in self._history}
        if not self._rows:
            text = tr("No finding is chosen.")
        elif len(accepted) == 1 and not fails and accepted[0].acceptance in known:
            made = known[accepted[0].acceptance]
            text = tr("Accepted until {day} by {who}: {why}").format(
                day=words.day(made.until), who=made.owner, why=made.why
            )
        elif accepted or fails:
            text = trn("{n} violation can be accepted", "{n} violations can be accepted", len(fails)).format(
                n=words.number(len(fails))
            )
            text += "; " + trn("{n} is accepted.", "{n} are accepted.", len(accepted)).format(
                n=words.number(len(accepted))
            )
        else:
            text = tr("What could not be checked cannot be accepted: what it would show is not known.")
        self.state.setText(text)
        self.past.setText("\n".join(_told(d) for d in self._matching()) or tr("No decision is on record."))

    def _matching(self) -> list[DecisionMade]:
        keys = {(r.rule, r.asset or r.flow or "") for r in self._rows}
        return [d for d in self._history if (d.rule, d.subject) in keys][-50:]

    def _enable(self) -> None:
        said = bool(self.why.text().strip() and self.owner.text().strip())
        self.accept_button.setEnabled(said and any(r.verdict == "fail" for r in self._rows))
        self.revoke_button.setEnabled(said and any(r.acceptance for r in self._rows if r.verdict == "accepted"))
        self.copy.setEnabled(len(self._rows) == 1)

    def _copy(self) -> None:
        if len(self._rows) != 1:
            return
        row = self._rows[0]
        QGuiApplication.clipboard().setText(
            f"{row.title}\n\n{row.kind} {row.name}\n{_where(row)}\n{row.subject}\n\n{row.why or row.missing}\n\n"
            f"{tr('What to do')}:\n{row.remediation}\n\n{row.rule} · {row.law}\n"
        )
        self.copied.setText(tr("Copied"))
        self._forget.start()

    def _accept(self) -> None:
        day = self.until.date().toPython()
        self.decided.emit(self.why.text().strip(), self.owner.text().strip(), day)

    def _revoke(self) -> None:
        numbers = sorted({r.acceptance for r in self._rows if r.verdict == "accepted" and r.acceptance})
        self.revoked.emit(numbers, self.owner.text().strip(), self.why.text().strip())


def _where(row: FindingRow) -> str:
    return " · ".join(p for p in (row.provider, row.account, row.place) if p)


def _told(made: DecisionMade) -> str:
    text = tr("{id}: accepted on {made} until {until} by {who}: {why}").format(
        id=made.id, made=made.made, until=words.day(made.until), who=made.owner, why=made.why
    )
    if made.revoked:
        text += "\n" + tr("{id}: revoked on {day} by {who}: {why}").format(
            id=made.id, day=made.revoked, who=made.revoked_by, why=made.revoked_why
        )
    return text
