"""One finding in full: what we saw, why it matters, what to do, your decision, history."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton, QVBoxLayout, QWidget

from app.desktop.decide import Wanted
from app.desktop.pages.decisionform import DecisionForm
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.page import hairline, plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.record import Record
from app.desktop.snapshot import DecisionMade, FindingRow
from app.desktop.theme import Colours, sized
from app.report import words
from app.texts import tr, trn

_KINDS = (
    ("accept", "Accept"),
    ("not_applicable", "Does not apply"),
    ("assign", "Assign"),
    ("comment", "Comment"),
    ("revoke", "Revoke"),
    ("agree", "Agree as second person"),
)
_LONGEST_MAIL = 1_800

_MOST_TOLD = 200


class FindingPanel(QWidget):
    """The detail panel. It only asks: `asked` carries a `Wanted` for the findings that are chosen."""

    asked = Signal(object)

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.theme = theme
        self._rows: list[FindingRow] = []
        self._history: tuple[DecisionMade, ...] = ()
        self._record = Record()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(12, 0, 0, 0)
        lines.setSpacing(8)
        self.text = Sheet(
            theme, tr("Finding in full"), tr("Choose a row to see it in full. Several rows can be decided together.")
        )
        self.text.readable()
        lines.addWidget(self.text, 1)
        copies = Flowing()
        self.copy = QPushButton(tr("Copy what to do"))
        self.copy.clicked.connect(self._copy)
        self.mail = QPushButton(tr("Mail it…"))
        self.mail.clicked.connect(self._mail)
        self.copied = plain_label("")
        self.copied.setObjectName("quiet")
        for widget in (self.copy, self.mail, self.copied):
            copies.addWidget(widget)
        copies.addStretch(1)
        lines.addLayout(copies)
        lines.addWidget(hairline())
        heading = plain_label(tr("Your decision"))
        heading.setFont(sized(10, bold=True))
        lines.addWidget(heading)
        self.state = plain_label("")
        self.state.setWordWrap(True)
        lines.addWidget(self.state)
        self.kinds: dict[str, QToolButton] = {}
        choices = (Flowing(), Flowing())
        for number, (kind, word) in enumerate(_KINDS):
            button = QToolButton()
            button.setObjectName("chip")
            button.setCheckable(True)
            button.setText(tr(word))
            button.setAccessibleName(tr(word))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(partial(self._choose, kind))
            self.kinds[kind] = button
            choices[number > 3].addWidget(button)
        for line in choices:
            line.setSpacing(6)
            line.addStretch(1)
            lines.addLayout(line)
        self.form = DecisionForm()
        self.form.recorded.connect(self._ask)
        lines.addWidget(self.form)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(4000)
        self._forget.timeout.connect(lambda: self.copied.setText(""))
        self.show_rows([])

    def set_name(self, name: str, keys: Sequence[Path] = ()) -> None:
        """Who decides on this computer; what was typed is kept."""
        self.form.set_name(name, keys)

    def show_history(self, history: Sequence[DecisionMade], record: Record) -> None:
        """Every decision on record."""
        self._history, self._record = tuple(history), record

    def show_rows(self, rows: Sequence[FindingRow]) -> None:
        """Show one finding, or how many are chosen."""
        self._rows = list(rows)
        self.text.clear()
        self.copied.setText("")
        if len(rows) == 1:
            self._tell(rows[0])
        elif rows:
            self.text.title(
                trn("{n} finding is chosen.", "{n} findings are chosen.", len(rows)).format(n=words.number(len(rows)))
            )
            self.text.say("\n".join(f"{row.rule}  {row.name}" for row in rows[:_MOST_TOLD]))
            more = len(rows) - _MOST_TOLD
            if more > 0:
                self.text.say(trn("and {n} more", "and {n} more", more).format(n=words.number(more)))
        self.text.top()
        self._tell_decision()
        self._offer()

    def _tell(self, row: FindingRow) -> None:
        sheet = self.text
        sheet.title(row.title)
        sheet.quiet(
            " · ".join(
                [words.severity(row.severity), row.rule]
                + ([tr("potential: nobody stated the class of data")] if row.potential else [])
            )
        )
        sheet.heading(tr("What we saw"))
        sheet.say(row.why or row.missing)
        if row.why and row.missing:
            sheet.say(tr("Missing: {what}").format(what=row.missing), self.theme.not_checked)
        sheet.pairs([(tr("Where"), f"{row.kind} {row.name}".strip()), (tr("Place"), _where(row))])
        sheet.code(row.subject)
        if row.source:
            sheet.code(row.source)
        sheet.heading(tr("Why it matters"))
        sheet.say(row.explanation or tr("The rule pack of this program no longer has this rule."))
        sheet.pairs([(tr("Law"), row.law)])
        sheet.heading(tr("What to do"))
        sheet.say(row.remediation or tr("Ask for the missing reading, then audit again."))
        past = [*(_told(d) for d in self._matching()), *self._work_told(row)]
        sheet.heading(tr("History"))
        for line in past or [tr("No decision is on record.")]:
            sheet.say(line)

    def _work_told(self, row: FindingRow) -> list[str]:
        work = self._record.of(row.rule, row.asset or row.flow or "")
        return [
            f"{h.when}, {h.who}: {h.what}" + (f" ({tr('undone')})" if h.undone else "")
            for h in work.history
            if h.kind in ("assign", "comment", "confirm", "undo")
        ]

    def _tell_decision(self) -> None:
        fails = [r for r in self._rows if r.verdict == "fail"]
        accepted = [r for r in self._rows if r.verdict == "accepted"]
        known = {d.id: d for d in self._history}
        if not self._rows:
            text = tr("No finding is chosen.")
        elif len(accepted) == 1 and not fails and accepted[0].acceptance in known:
            made = known[accepted[0].acceptance]
            said = (
                tr("Does not apply, until {day}, says {who}: {why}")
                if made.id in self._record.applies_not
                else tr("Accepted until {day} by {who}: {why}")
            )
            text = said.format(day=words.day(made.until), who=made.owner, why=made.why)
        elif accepted or fails:
            told = (
                trn("{n} violation can be accepted.", "{n} violations can be accepted.", len(fails)).format(
                    n=words.number(len(fails))
                )
                if fails
                else "",
                trn("{n} is accepted.", "{n} are accepted.", len(accepted)).format(n=words.number(len(accepted)))
                if accepted
                else "",
            )
            text = " ".join(part for part in told if part)
        else:
            text = tr("What could not be checked cannot be accepted: what it would show is not known.")
        if len(self._rows) == 1:
            row = self._rows[0]
            work = self._record.of(row.rule, row.asset or row.flow or "")
            if work.assignee:
                due = " " + tr("until {day}").format(day=words.day(work.due)) if work.due else ""
                text += "\n" + tr("{name} works on it{due}.").format(name=work.assignee, due=due)
        if self._record.two_people and self._waiting():
            text += "\n" + tr("An acceptance waits for a second person and does not count yet.")
        self.state.setText(text)

    def _waiting(self) -> list[FindingRow]:
        if not self._record.unconfirmed:
            return []
        return [r for r in self._rows if (r.rule, r.asset or r.flow or "") in self._record.unconfirmed]

    def _matching(self) -> list[DecisionMade]:
        keys = {(r.rule, r.asset or r.flow or "") for r in self._rows}
        return [d for d in self._history if (d.rule, d.subject) in keys][-50:]

    def _offer(self) -> None:
        fails = any(r.verdict == "fail" for r in self._rows)
        offered = {
            "accept": fails,
            "not_applicable": fails,
            "assign": bool(self._rows),
            "comment": bool(self._rows),
            "revoke": any(r.acceptance for r in self._rows if r.verdict == "accepted"),
            "agree": bool(self._waiting()),
        }
        for kind, button in self.kinds.items():
            button.setEnabled(offered[kind])
            if kind in ("revoke", "agree"):
                button.setVisible(offered[kind])
            button.setChecked(button.isChecked() and offered[kind])
        self._kind_changed()
        self.copy.setEnabled(len(self._rows) == 1)
        self.mail.setEnabled(len(self._rows) == 1)

    def choose(self, kind: str) -> None:
        """Open the form of this decision."""
        self.kinds[kind].setChecked(True)
        self._choose(kind)

    def close_form(self) -> None:
        """What was asked for is on record: nothing of it slips into the next decision."""
        self.form.clear()
        for button in self.kinds.values():
            button.setChecked(False)
        self._kind_changed()

    def _choose(self, kind: str, clicked: bool = False) -> None:
        del clicked
        on = self.kinds[kind].isChecked()
        for name, button in self.kinds.items():
            button.setChecked(on and name == kind)
        self._kind_changed()
        if on:
            self.form.begin()

    def _kind_changed(self) -> None:
        kind = next((k for k, b in self.kinds.items() if b.isChecked()), "")
        self.form.setVisible(bool(kind))
        if kind:
            self.form.show_kind(kind, enabled=self.kinds[kind].isEnabled())

    def _ask(self, wanted: Wanted) -> None:
        rows = self._rows
        if wanted.kind in ("accept", "not_applicable"):
            rows = [r for r in rows if r.verdict == "fail"]
        elif wanted.kind == "revoke":
            rows = [r for r in rows if r.verdict == "accepted" and r.acceptance]
        elif wanted.kind == "agree":
            rows = self._waiting()
        if rows:
            from dataclasses import replace

            self.asked.emit(replace(wanted, rows=tuple(rows)))

    def _letter(self) -> tuple[str, str]:
        row = self._rows[0]
        return row.title, (
            f"{row.title}\n\n{row.kind} {row.name}\n{_where(row)}\n{row.subject}\n\n{row.why or row.missing}\n\n"
            f"{tr('What to do')}:\n{row.remediation}\n\n{row.rule} · {row.law}\n"
        )

    def _copy(self) -> None:
        if len(self._rows) == 1:
            QGuiApplication.clipboard().setText(self._letter()[1])
            self.copied.setText(tr("Copied"))
            self._forget.start()

    def _mail(self) -> None:
        if len(self._rows) == 1:
            subject, body = self._letter()
            url = QUrl(f"mailto:?subject={quote(subject)}&body={quote(body[:_LONGEST_MAIL])}")
            if not QDesktopServices.openUrl(url):
                self._copy()
                self.copied.setText(tr("No mail program answered. The text was copied instead."))


def overdue(record: Record, row: FindingRow) -> bool:
    """Whether the day by which somebody was to deal with a finding is over."""
    due = record.of(row.rule, row.asset or row.flow or "").due
    return due is not None and due < datetime.now(UTC).astimezone().date()


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
