"""Care for the store: backup, restore, moving to another computer, how long scans are kept, and deleting for good."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFormLayout,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop import clock
from app.desktop.pages.flowing import Flowing, modest
from app.desktop.pages.later import LaterPage
from app.desktop.pages.numberfield import number_field
from app.desktop.pages.page import hairline, plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.snapshot import Snapshot
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.storecare import Status

LONGEST = 36_500
"""Days that scans can be kept at most."""


class StorePage(LaterPage):
    """Of the user's own store, also while the sample estate is shown. Everything here asks; the desk does.

    `foresee_wanted` and `forget_wanted` carry words of the command line, the latter with the reason and who decides.
    """

    backup_wanted = Signal()
    restore_wanted = Signal()
    keep_wanted = Signal(int)
    foresee_wanted = Signal(list)
    forget_wanted = Signal(list)

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Store"), theme)
        self.sentence.setText(
            tr("The store holds what was seen, and personal data itself: keep a backup, and no more.")
        )
        self._foreseen: list[str] = []
        self.box: QMessageBox | None = None

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """The store is the user's own whatever is shown."""

    def build(self) -> None:
        """Two tabs."""
        self.facts = plain_label("")
        self.facts.setObjectName("quiet")
        self.facts.setWordWrap(True)
        self.rows.addWidget(self.facts)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.title)
        self.tabs.addTab(self._moving(), tr("Backup and moving"))
        self.tabs.addTab(self._deleting(), tr("Keeping and deleting"))
        self.rows.addWidget(self.tabs, 1)
        self.show_status(None, 0, [], [], "")

    def _moving(self) -> QWidget:
        self.backup = QPushButton(tr("Write a backup…"))
        self.backup.setObjectName("first")
        self.restore = QPushButton(tr("Restore a backup…"))
        self.backup.clicked.connect(self.backup_wanted)
        self.restore.clicked.connect(self.restore_wanted)
        bar = Flowing()
        bar.addWidget(self.backup)
        bar.addWidget(self.restore)
        bar.addStretch(1)
        self.moving = Sheet(self.theme, tr("To move to another computer"))
        part = QWidget()
        lines = QVBoxLayout(part)
        lines.setContentsMargins(0, 12, 0, 0)
        lines.addWidget(
            self.paragraph(
                tr(
                    "A backup holds the store, your settings and your schedules in one file that only its passphrase"
                    " opens. Keep it somewhere else than this computer. Secrets are never in it."
                )
            )
        )
        lines.addLayout(bar)
        lines.addWidget(self.moving, 1)
        return part

    def _deleting(self) -> QWidget:
        part = QWidget()
        lines = QVBoxLayout(part)
        lines.setContentsMargins(0, 12, 0, 0)
        self.days = number_field(0, LONGEST, tr("for ever"))
        self.days.setSuffix(" " + tr("days"))
        self.days.setAccessibleName(tr("Keep scans for"))
        self.keep = QPushButton(tr("Keep this"))
        self.keep.setAccessibleName(tr("Keep how long scans are kept"))
        self.keep.clicked.connect(lambda: self.keep_wanted.emit(self.days.value()))
        self.overdue = plain_label("")
        self.overdue.setWordWrap(True)
        label = plain_label(tr("Keep scans for"))
        label.setBuddy(self.days)
        row = Flowing()
        for widget in (label, self.days, self.keep):
            row.addWidget(widget)
        row.addStretch(1)
        lines.addLayout(row)
        lines.addWidget(self.overdue)
        lines.addWidget(hairline())
        lines.addLayout(self._form())
        self.look, self.delete = QPushButton(tr("Show what would be deleted")), QPushButton(tr("Delete for good…"))
        self.look.clicked.connect(lambda: self.foresee_wanted.emit(self.chosen()))
        self.delete.clicked.connect(self._confirm)
        bar = Flowing()
        bar.addWidget(self.look)
        bar.addWidget(self.delete)
        bar.addStretch(1)
        lines.addLayout(bar)
        self.answer = Sheet(
            self.theme,
            tr("What would be deleted"),
            tr("Nothing is deleted by itself. First look at what would go, then delete it."),
        )
        lines.addWidget(self.answer, 1)
        return part

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.what, self.connection = QComboBox(), QComboBox()
        modest(self.what, self.connection)
        self.what.addItem(tr("scans that began before a day"), "before")
        self.what.addItem(tr("what only one connection has shown"), "connection")
        self.day = QDateEdit(QDate.currentDate().addYears(-2))
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("d MMMM yyyy")
        self.why, self.who = QLineEdit(), QLineEdit()
        self.why.setMaxLength(4000)
        self.who.setMaxLength(200)
        self.why.setPlaceholderText(tr("such as: kept for two years, as our retention schedule says"))
        for name, field in (
            (tr("Delete"), self.what),
            (tr("Began before"), self.day),
            (tr("Connection"), self.connection),
            (tr("Reason, for the record"), self.why),
            (tr("Your name and role"), self.who),
        ):
            field.setAccessibleName(name)
            label = plain_label(name)
            label.setBuddy(field)
            form.addRow(label, field)
        self.what.currentIndexChanged.connect(self._changed)
        self.connection.currentIndexChanged.connect(self._changed)
        self.day.dateChanged.connect(self._changed)
        self.why.textChanged.connect(self._enable)
        self.who.textChanged.connect(self._enable)
        self._rows = form
        return form

    def regions(self) -> list[QWidget]:
        """The tabs, and the parts of the one that is shown."""
        self.ready()
        return [self.tabs.tabBar(), self.backup, self.moving, self.days, self.what, self.look, self.answer]

    # What is shown

    def show_status(
        self, found: "Status | None", keep: int, secrets: Sequence[str], schedules: Sequence[str], wrong: str
    ) -> None:
        """How the store stands; None: there is none yet. `secrets`, `schedules`: what is set anew after moving."""
        self._found = found
        self.days.setValue(min(keep, LONGEST))
        chosen = self.connection.currentText()
        self.connection.blockSignals(True)
        self.connection.clear()
        self.connection.addItems(list(found.connections) if found else [])
        self.connection.setCurrentIndex(max(0, self.connection.findText(chosen)))
        self.connection.blockSignals(False)
        if wrong:
            self.sentence.setText(wrong)
            self.facts.setText("")
        else:
            self.sentence.setText(_sentence(found))
            self.facts.setText(_facts(found))
        self.overdue.setText(_overdue(found, keep))
        self.backup.setEnabled(found is not None and not found.server)
        self._tell_moving(secrets, schedules)
        self._show_rows()
        self._enable()

    def _tell_moving(self, secrets: Sequence[str], schedules: Sequence[str]) -> None:
        sheet = self.moving
        sheet.clear()
        sheet.heading(tr("To move to another computer"))
        sheet.say("1. " + tr("Write a backup here, and carry the file over."))
        sheet.say(
            "2. " + tr("Install Situs there, open this page, and restore the backup with settings and schedules.")
        )
        if secrets:
            sheet.say("3. " + tr("Set these secrets again; they never leave the vault of this computer:"))
            sheet.code("\n".join(secrets))
        else:
            sheet.say("3. " + tr("There is no secret to set again: the vault of this computer is empty."))
        if schedules:
            sheet.say("4. " + tr("Add these schedules again, so that the other computer starts them:"))
            sheet.code("\n".join(schedules))
        else:
            sheet.say("4. " + tr("There is no schedule to add again."))
        sheet.say(
            "5. "
            + tr("When everything is there, remove Situs here and let it delete its data, if nobody uses it here.")
        )
        sheet.top()

    def start(self) -> QWidget | None:
        """The tabs."""
        self.ready()
        return self.tabs

    def set_name(self, name: str) -> None:
        """Who decides on this computer."""
        if not self.who.text():
            self.who.setText(name)

    def chosen(self) -> list[str]:
        """What is to be deleted, in words of the command line."""
        if self.what.currentData() == "connection":
            return ["--connection", self.connection.currentText()]
        day = self.day.date().toPython()
        return ["--before", day.isoformat() if isinstance(day, date) else ""]

    def show_foreseen(self, words_: list[str], found: Any, wrong: str, names: dict[int, str]) -> None:
        """What would be deleted; `names`: number of a scan → when it began."""
        self.answer.clear()
        self._foreseen = [] if wrong else words_
        if wrong:
            self.answer.say(wrong, self.theme.not_checked)
        else:
            self._numbers = numbers(found)
            self.answer.heading(tr("This would be deleted for good"))
            self.answer.say(self._numbers)
            for title, key in (
                (tr("Scans that go"), "scans"),
                (tr("Scans over other connections too, which stay without it"), "thinned"),
            ):
                if found.get(key):
                    self.answer.heading(title)
                    self.answer.say("\n".join(f"{n}  {names.get(n, '')}".rstrip() for n in found[key]))
            self.answer.quiet(
                tr("Backups and reports that were made before still hold it. The newest scan always stays.")
            )
        self.answer.top()
        self._enable()

    def show_forgotten(self, found: Any) -> None:
        """What was deleted."""
        self._foreseen = []
        self.answer.clear()
        self.answer.heading(tr("Deleted for good"))
        self.answer.say(numbers(found))
        self.answer.say(tr("The deletion is in the log of decisions."))
        if found.get("thinned"):
            self.answer.say(tr("Scans that lost a part have to be judged anew."))
        self.why.clear()
        self._enable()

    def _show_rows(self) -> None:
        before = self.what.currentData() == "before"
        self._rows.setRowVisible(self.day, before)
        self._rows.setRowVisible(self.connection, not before)

    def _changed(self) -> None:
        """Something else is chosen: what was looked at is of no use any more."""
        self._show_rows()
        self._foreseen = []
        self.answer.clear()
        self._enable()

    def _enable(self) -> None:
        there = self._found is not None and bool(self.chosen()[1])
        self.look.setEnabled(there)
        seen = there and self._foreseen == self.chosen()
        self.delete.setEnabled(seen and bool(self.why.text().strip()) and bool(self.who.text().strip()))

    def _confirm(self) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "Situs", "", QMessageBox.StandardButton.Cancel, self)
        box.setTextFormat(box.textFormat().PlainText)
        box.setText(tr("Delete this for good?") + "\n\n" + self._numbers)
        box.setInformativeText(tr("It cannot be brought back. Write a backup first if you are not sure."))
        yes = box.addButton(tr("Delete for good"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        yes.clicked.connect(self._delete)
        box.finished.connect(box.deleteLater)
        self.box = box
        box.open()

    def _delete(self) -> None:
        self.forget_wanted.emit([*self.chosen(), "--why", self.why.text().strip(), "--by", self.who.text().strip()])


def numbers(found: Any) -> str:
    """What goes, in one sentence."""
    told = [
        trn("{n} scan", "{n} scans", len(found["scans"])).format(n=words.number(len(found["scans"]))),
        trn("{n} judgement", "{n} judgements", found["judgements"]).format(n=words.number(found["judgements"])),
        trn("{n} finding", "{n} findings", found["findings"]).format(n=words.number(found["findings"])),
        trn("{n} version of assets", "{n} versions of assets", found["assets"]).format(n=words.number(found["assets"])),
    ]
    last = (
        trn("{n} document", "{n} documents", found["documents"]).format(n=words.number(found["documents"]))
        if found.get("documents")
        else tr("the documents that only they rest on")
    )
    return words.join([*told, last]) + "."


def size(count: int) -> str:
    """A size in megabytes, for people."""
    return tr("{n} MB").format(n=f"{count / 1e6:,.1f}".replace(",", "\u202f"))


def _sentence(found: "Status | None") -> str:
    if found is None:
        return tr("There is no store yet: it is made by the first audit, or by restoring a backup.")
    told = trn("The store holds {n} scan", "The store holds {n} scans", found.scans).format(n=words.number(found.scans))
    inside = f" {tr('in {size}.').format(size=size(found.bytes))}" if found.bytes is not None else "."
    if not found.server:
        return told + inside
    return f"{told} {tr('on a server; back it up there.')}" + (
        f" {tr('Size: {size}').format(size=size(found.bytes))}." if found.bytes is not None else ""
    )


def _facts(found: "Status | None") -> str:
    if found is None:
        return ""
    parts = [tr("In {where}").format(where=found.where)]
    if found.oldest and found.newest:
        parts.append(tr("from {a} to {b}").format(a=clock.moment(found.oldest), b=clock.moment(found.newest)))
    n = found.judgements
    parts.append(trn("{n} judgement", "{n} judgements", n).format(n=words.number(n)))
    if found.forgotten:
        n = found.forgotten
        parts.append(trn("{n} scan was deleted on record", "{n} scans were deleted on record", n).format(n=n))
    return " · ".join(parts)


def _overdue(found: "Status | None", keep: int) -> str:
    if not keep:
        return tr("Scans are kept for ever. Data protection law wants an end: decide how long you need them.")
    n = len(found.overdue) if found else 0
    if not n or found is None:
        return tr("No scan is older than that, the newest left aside.")
    return trn(
        "{n} of {all} scans is older than that. Nothing is deleted until you do it below.",
        "{n} of {all} scans are older than that. Nothing is deleted until you do it below.",
        n,
    ).format(n=words.number(n), all=words.number(found.scans))
