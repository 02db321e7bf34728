"""Findings: what is wrong, what could not be checked, what was accepted; and the decision about each."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from app.desktop.pages.chips import Chip, Choice
from app.desktop.pages.decision import FindingPanel, overdue
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.listing import Listing, chosen_rows
from app.desktop.pages.sheet import Sheet
from app.desktop.pages.views import Views
from app.desktop.record import Record
from app.desktop.regions import in_order
from app.desktop.savedviews import View
from app.desktop.snapshot import DecisionMade, FindingRow, Snapshot
from app.desktop.table import Column
from app.desktop.theme import Colours, mark
from app.report import words
from app.texts import tr, trn

_ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}
_WORDS = {"fail": "Violation", "not_checked": "Not checked", "accepted": "Accepted", "pass": "Pass"}
_VERDICTS = (("fail", "Violations"), ("not_checked", "Not checked"), ("accepted", "Accepted"))


_WORK = (
    ("new", "new or worse since the last scan"),
    ("nobody", "nobody works on it"),
    ("assigned", "somebody works on it"),
    ("overdue", "overdue"),
    ("waiting", "waits for a second person"),
)


class Findings(Listing):
    """What is wrong comes first; what could not be checked is never mixed with it."""

    asked = Signal(object)

    def __init__(self, theme: Colours) -> None:
        self.record = Record()
        signs = {verdict: mark(verdict, theme) for verdict in _WORDS}
        self.panel = FindingPanel(theme)
        columns = [
            Column(tr("Verdict"), _verdict, icon=lambda r: signs.get(r.verdict), width=118),
            Column(tr("Severity"), _severity, sort=lambda r: _ORDER.get(r.severity, 9), width=86, whole=True),
            Column(tr("What is wrong"), lambda r: r.title, width=300),
            Column(tr("Where"), lambda r: r.name, width=170),
            Column(tr("Place"), lambda r: r.place, width=150),
            Column(tr("Works on it"), self._assignee, width=110, quiet=True, extra=True),
            Column(tr("Rule"), lambda r: r.rule, width=106, quiet=True, extra=True),
        ]
        super().__init__(tr("Findings"), theme, columns, lambda s: s.findings, _sentence, _elsewhere)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.selectionModel().selectionChanged.connect(self._selection_changed)
        self._history: tuple[DecisionMade, ...] = ()
        self.verdicts: dict[str, Chip] = {}
        line = Flowing()
        line.setSpacing(8)
        for verdict, word in _VERDICTS:
            chip = Chip(tr(word), signs[verdict])
            chip.toggled.connect(self._narrow)
            self.verdicts[verdict] = chip
            line.addWidget(chip)
        line.addSpacing(8)
        self.severity, self.family, self.provider = Choice(tr("Severity")), Choice(tr("Family")), Choice(tr("Provider"))
        self.work = Choice(tr("Show"))
        self.work.offer((value, tr(word)) for value, word in _WORK)
        for choice in (self.severity, self.family, self.provider, self.work):
            choice.changed.connect(self._narrow)
            if choice is not self.work:
                line.addWidget(choice)
        self.views = Views(self.view, self.show_view)
        self.tools.addWidget(self.work)
        self.tools.addWidget(self.views)
        line.addStretch(1)
        self.rows.insertLayout(3, line)
        self._look()
        self.model.keep_if(self._wants)
        self.verdicts["fail"].setChecked(True)
        narrowing = (*self.verdicts.values(), self.severity, self.family, self.provider)
        in_order(self.filter, self.work, self.views, *narrowing, self.table, self.panel)
        self.panel.asked.connect(self.asked)

    def beside(self) -> QWidget:
        """The finding in full, with the decision about it."""
        return self.panel

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show its findings; the filters stay as they are."""
        kept, number = self.current(), self.table.currentIndex().row()
        self.record = snapshot.record if snapshot else Record()
        for verdict, chip in self.verdicts.items():
            chip.count(snapshot.counts.get(verdict, 0) if snapshot else None)
        severities: Collection[str] = snapshot.severities if snapshot else ()
        families: Sequence[str] = snapshot.families if snapshot else ()
        providers: Sequence[str] = snapshot.providers if snapshot else ()
        for choice, values in (
            (self.severity, [(s, words.severity(s)) for s in _ORDER if s in severities]),
            (self.family, [(f, f"{f} · {_family(f)}") for f in families]),
            (self.provider, [(p, p) for p in providers]),
        ):
            before = choice.value
            choice.blockSignals(True)  # the rows are asked once, below, and not for each choice
            choice.offer(values)
            choice.choose(before)
            choice.blockSignals(False)
        self._look()
        super().show_snapshot(snapshot)
        self._history = snapshot.history if snapshot else ()
        self.panel.show_history(self._history, self.record)
        self.panel.show_rows([])
        if kept is not None and not self.reselect(kept) and self.model.count():
            self.table.selectRow(min(number, self.model.count() - 1))  # what was decided has left: the next one

    def view(self) -> View:
        """The filters as they are."""
        return {
            "filter": self.filter.text(),
            "verdicts": [v for v, chip in self.verdicts.items() if chip.isChecked()],
            "severity": self.severity.value,
            "family": self.family.value,
            "provider": self.provider.value,
            "work": self.work.value,
        }

    def show_view(self, view: View) -> None:
        """Set the filters; what this page does not know is left out."""
        verdicts = view.get("verdicts", [])
        for verdict, chip in self.verdicts.items():
            chip.setChecked(verdict in verdicts)
        choices = {"severity": self.severity, "family": self.family, "provider": self.provider, "work": self.work}
        for name, choice in choices.items():
            choice.choose(str(view.get(name, "")))
        self.filter.setText(str(view.get("filter", "")))

    def show_record(self, record: Record) -> None:
        """Who works on what has changed; the rows are the same."""
        self.record = record
        self.panel.show_history(self._history, record)
        last = self.model.index(self.model.rowCount() - 1, self.model.columnCount() - 1)
        self.model.dataChanged.emit(self.model.index(0, 0), last)
        self.panel.show_rows(self.chosen())

    def recorded(self) -> None:
        """A decision is on record: its form closes, and keys go to the rows again."""
        focus = QApplication.focusWidget()
        inside = focus is not None and self.panel.form.isAncestorOf(focus)
        if inside:  # before the form goes, else the focus leaves the page with it
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.panel.close_form()

    def _assignee(self, row: FindingRow) -> str:
        work = self.record.of(row.rule, row.asset or row.flow or "")
        if not work.assignee:
            return ""
        return f"{work.assignee} · {words.day(work.due)}" if work.due else work.assignee

    def reselect(self, row: FindingRow) -> bool:
        """Choose the finding of the same rule and subject; whether it is still shown."""
        number = self.model.find(lambda r: (r.rule, r.asset, r.flow) == (row.rule, row.asset, row.flow))
        if number >= 0:
            self.table.selectRow(number)
        return number >= 0

    def current(self) -> FindingRow | None:
        """The chosen finding."""
        chosen = self.chosen()
        return chosen[0] if chosen else None

    def chosen(self) -> list[FindingRow]:
        """Every chosen finding."""
        return chosen_rows(self.table, self.model)

    def show_all(self) -> None:
        """Take every filter away."""
        super().show_all()
        for chip in self.verdicts.values():
            chip.setChecked(True)
        for choice in (self.severity, self.family, self.provider, self.work):
            choice.choose("")

    def _look(self) -> None:
        self._verdicts = {verdict for verdict, chip in self.verdicts.items() if chip.isChecked()} or set(self.verdicts)
        self._chosen_values = (self.severity.value, self.family.value, self.provider.value)

    def _wants(self, row: FindingRow) -> bool:
        severity, family, provider = self._chosen_values
        return (
            row.verdict in self._verdicts
            and (self.narrowed is None or self.narrowed.finding(row))
            and severity in ("", row.severity)
            and family in ("", row.family)
            and provider in ("", row.provider)
            and self._fits(row)
        )

    def _fits(self, row: FindingRow) -> bool:
        match self.work.value:
            case "new":
                return bool(row.change)
            case "nobody":
                return not self.record.of(row.rule, row.asset or row.flow or "").assignee
            case "assigned":
                return bool(self.record.of(row.rule, row.asset or row.flow or "").assignee)
            case "overdue":
                return overdue(self.record, row)
            case "waiting":
                return (row.rule, row.asset or row.flow or "") in self.record.unconfirmed
            case _:
                return True

    def _narrow(self) -> None:
        self._look()
        self.model.again()
        self.panel.show_rows([])

    def _filter_changed(self, text: str) -> None:
        super()._filter_changed(text)
        self.panel.show_rows([])

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        del current, previous  # the selection tells, since several rows can be chosen

    def _selection_changed(self, added: QItemSelection, removed: QItemSelection) -> None:
        del added, removed
        self.panel.show_rows(self.chosen())


def _elsewhere(sheet: Sheet, row: FindingRow) -> None:
    """The panel shows what is chosen."""
    del sheet, row


def _verdict(row: FindingRow) -> str:
    return tr(_WORDS.get(row.verdict, row.verdict))


def _severity(row: FindingRow) -> str:
    return words.severity(row.severity)


def _sentence(snapshot: Snapshot) -> str:
    n = snapshot.counts.get("fail", 0)
    text = trn("One violation was found.", "{n} violations were found.", n).format(n=words.number(n))
    missed = snapshot.counts.get("not_checked", 0)
    if missed:
        text += " " + trn("One check could not be made.", "{n} checks could not be made.", missed).format(
            n=words.number(missed)
        )
    if snapshot.all_findings > len(snapshot.findings):
        text += " " + tr("The table holds the gravest {n}; the reports hold all.").format(
            n=words.number(len(snapshot.findings))
        )
    return text


_FAMILIES = {
    "RES": "where data rest",
    "XFER": "transfers",
    "KEY": "keys",
    "EXPO": "who can reach it",
    "ACC": "proof",
    "AI": "AI services",
    "CLS": "classes of data",
    "GOV": "guard rails",
    "RSL": "resilience",
    "RET": "retention",
    "SOV": "sovereignty",
}


def _family(code: str) -> str:
    return tr(_FAMILIES.get(code, "rules"))
