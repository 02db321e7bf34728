"""Decisions: the log of who decided what, whether it is whole, and second persons with their keys."""

import csv
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QPushButton,
)

from app.desktop.pages.flowing import Flowing
from app.desktop.pages.keydialog import KeyDialog
from app.desktop.pages.listing import Listing
from app.desktop.pages.page import plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.pages.tick import Tick
from app.desktop.record import LogLine, Record
from app.desktop.snapshot import Snapshot
from app.desktop.table import Column
from app.desktop.theme import Colours, mark
from app.texts import tr, trn

_KINDS = {
    "accept": "accepted",
    "not_applicable": "does not apply",
    "revoke": "revoked",
    "assign": "assigned",
    "comment": "comment",
    "undo": "undone",
    "confirm": "agreed",
    "policy": "policy",
    "person": "key",
    "two_people": "second person",
    "report": "report signed",
    "forget": "deleted for good",
}


class LogPage(Listing):
    """Nothing here can be changed: undoing is an entry of its own."""

    undo_wanted = Signal()
    two_wanted = Signal(bool)
    key_wanted = Signal(str, str)

    def __init__(self, theme: Colours) -> None:
        self._signs = {
            "accept": mark("accepted", theme),
            "not_applicable": mark("not_applicable", theme),
            "confirm": mark("pass", theme),
        }
        columns = [
            Column(tr("No."), lambda r: str(r.number), sort=lambda r: r.number, width=52, figure=True),
            Column(tr("When"), lambda r: r.when, sort=lambda r: r.number, width=190),
            Column(tr("Who"), lambda r: f"{r.who}, {r.role}" if r.role else r.who, width=170),
            Column(tr("Kind"), _kind, icon=lambda r: self._signs.get(r.kind), width=130),
            Column(tr("What"), lambda r: r.what, width=320),
            Column(tr("About"), lambda r: f"{r.rule} · {r.subject}" if r.rule else "", width=200, quiet=True),
        ]
        super().__init__(tr("Decisions"), theme, columns, lambda s: s.record.lines, _sentence, _entry)
        self.undo = QPushButton(tr("Undo the latest"))
        self.undo.clicked.connect(self.undo_wanted)
        self.export = QPushButton(tr("Save the log as CSV…"))
        self.export.clicked.connect(self._export)
        self.two = Tick(tr("An acceptance counts only once a second person agreed"))
        self.two.setAccessibleName(self.two.text())
        self.two.clicked.connect(self.two_wanted)
        self.new_key = QPushButton(tr("Key for a second person…"))
        self.new_key.clicked.connect(self.ask_key)
        self.told = plain_label("")
        self.told.setObjectName("quiet")
        self.told.setWordWrap(True)
        line = Flowing()
        line.setSpacing(8)
        for widget in (self.undo, self.export, self.new_key):
            line.addWidget(widget)
        line.addStretch(1)
        self.rows.addWidget(self.two, 0, Qt.AlignmentFlag.AlignLeft)
        self.rows.addWidget(self.told)
        self.rows.addLayout(line)
        self._record = Record()
        self.show_record(self._record)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show its log."""
        super().show_snapshot(snapshot)
        self.show_record(snapshot.record if snapshot else Record(), ready=snapshot is not None)

    def show_record(self, record: Record, *, ready: bool = True) -> None:
        """Show this log."""
        self._record = record
        self.model.show(record.lines)
        if ready:
            self.sentence.setText(_said(record))
            self.sentence.setObjectName("wrong" if record.problems else "")
            self.sentence.style().polish(self.sentence)
        self.undo.setEnabled(bool(record.last) and ready)
        self.export.setEnabled(bool(record.lines))
        self.two.setChecked(record.two_people)
        self.two.setEnabled(ready)
        self.told.setText(tr("To be undone next: {what}").format(what=record.last) if record.last else "")
        self.told.setVisible(bool(record.last))

    def ask_key(self) -> KeyDialog:
        """Name and passphrase of a second person's new key."""
        dialog = KeyDialog(
            self,
            tr("Key for a second person"),
            tr(
                "The second person types this. The key stays on this computer under the passphrase; nobody can use or "
                "restore it without. With it they agree to acceptances that others recorded."
            ),
            least=12,
        )
        dialog.given.connect(self.key_wanted)
        dialog.open()
        return dialog

    def _export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Save the log as CSV…"), "situs-decisions.csv", "CSV (*.csv)")
        if not name:
            return
        try:
            save_csv(Path(name), self._record)
        except OSError as error:
            self.told.setText(tr("{file} cannot be kept: {reason}.").format(file=name, reason=error.strerror))
            self.told.show()


def save_csv(path: Path, record: Record) -> None:
    """The log, oldest first, safe to open in a spreadsheet. Raises OSError."""
    from app.report.csvform import guarded

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "when", "who", "role", "kind", "what", "rule", "subject", "undone", "sha256"])
        for r in reversed(record.lines):
            texts = (r.when, r.who, r.role, r.kind, r.what, r.rule, r.subject, "yes" if r.undone else "no", r.digest)
            writer.writerow([r.number, *map(guarded, texts)])


def _kind(row: LogLine) -> str:
    word = tr(_KINDS.get(row.kind, row.kind))
    return f"{word} ({tr('undone')})" if row.undone else word


def _said(record: Record) -> str:
    if record.problems:
        return " ".join([tr("The log is not what was written:"), *record.problems[:4]])
    n = len(record.lines)
    if not n:
        return tr("Nothing was decided yet. What you decide about findings and the policy is recorded here.")
    return trn(
        "One decision is on record; the log is whole.", "{n} entries are on record; the log is whole.", n
    ).format(n=n)


def _sentence(snapshot: Snapshot) -> str:
    return _said(snapshot.record)


def _entry(sheet: Sheet, row: LogLine) -> None:
    sheet.title(_kind(row))
    sheet.quiet(f"{row.when} · {row.who}" + (f", {row.role}" if row.role else ""))
    sheet.heading(tr("What"))
    sheet.say(row.what)
    if row.rule:
        sheet.pairs([(tr("Rule"), row.rule)])
        sheet.code(row.subject)
    if row.detail:
        sheet.heading(tr("Lines that changed"))
        for line in row.detail:
            sheet.code(line)
    sheet.heading(tr("Place in the log"))
    sheet.code(f"{tr('entry')} {row.number}\nSHA-256 {row.digest}")
