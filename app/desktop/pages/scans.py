"""Scans: what was read when, and what changed between two of them."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.desktop.pages.flowing import Flowing
from app.desktop.pages.listing import table_of
from app.desktop.pages.page import Page, plain_label
from app.desktop.pages.schedules import Schedules
from app.desktop.snapshot import ScanRow, Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr, trn

_STATES = {
    "complete": "finished",
    "partial": "read in part",
    "cancelled": "cancelled",
    "failed": "failed",
    "interrupted": "interrupted",
    "abandoned": "nothing usable",
    "running": "running",
    "forgotten": "deleted on record",
}
_CHANGES = {
    "added": "added",
    "removed": "removed",
    "changed": "changed",
    "stale": "not seen any more",
    "new": "new",
    "worse": "worse",
    "unseen": "no longer checked",
    "accepted": "accepted since",
    "better": "less grave",
    "gone": "gone",
}
_BECAUSE = {"resolved": "resolved", "asset_gone": "the asset is gone", "not_asked": "the later scan did not look there"}
MOST_CHANGES = 20_000


@dataclass(frozen=True)
class Change:
    """One difference between two scans."""

    sort: str
    change: str
    what: str
    name: str
    detail: str


def compare(where: str | Path, first: ScanRow, second: ScanRow) -> tuple[list[Change], str]:
    """Differences, and a sentence about them; runs in a worker. Raises KnownStoreError."""
    from app.report.changed import became
    from app.store import Store

    found: list[Change] = []
    counts: Counter[str] = Counter()

    def keep(sort: str, change: str, what: str, name: str, detail: str) -> None:
        counts[f"{sort}:{change}"] += 1
        if len(found) < MOST_CHANGES:
            found.append(Change(sort, change, what, name, detail))

    with Store.open(where, create=False, read_only=True) as store:
        for a in store.diff(first.id, second.id):
            names = ", ".join(words.attribute(n) for n in a.attributes)
            keep("asset", a.change, words.kind(a.kind), a.name, names)
        judged = bool(first.judgement and second.judgement)
        if judged:
            for f in store.diff_findings(first.judgement, second.judgement):
                keep(
                    "finding",
                    became(f.change, f.after),
                    f.rule,
                    f.asset or f.flow or "",
                    tr(_BECAUSE.get(f.because or "", "")) or _step(f),
                )
    nouns = {"asset": tr("assets"), "finding": tr("findings")}
    told = [
        f"{words.number(n)} {nouns[sort]} {tr(_CHANGES[change])}"
        for (sort, _, change), n in ((key.partition(":"), n) for key, n in counts.items())
    ]
    sentence = ", ".join(told) + "." if told else tr("Nothing changed between these two scans.")
    if not judged:
        sentence += " " + tr("Findings cannot be compared: one of the two scans was never judged.")
    if sum(counts.values()) > len(found):
        sentence += " " + tr("The table holds the first {n}.").format(n=words.number(len(found)))
    return found, sentence


def _step(change: object) -> str:
    before, after = getattr(change, "before", None), getattr(change, "after", None)
    told = [f"{v[0].replace('_', ' ')} {v[1]}" for v in (before, after) if v]
    return " → ".join(told)


def _state(row: ScanRow) -> str:
    return tr(_STATES.get(row.state, row.state))


def _change(row: Change) -> str:
    return tr(_CHANGES.get(row.change, row.change))


class Scans(Page):
    """The list above, the comparison below."""

    compare_wanted = Signal(object, object)
    schedules_shown = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Scans"), theme)
        self.model = Rows(
            [
                Column(tr("Scan"), lambda s: str(s.id), sort=lambda s: s.id, figure=True, width=60),
                Column(tr("Begun"), lambda s: s.started, sort=lambda s: s.id, width=210),
                Column(tr("State"), _state, width=120, whole=True),
                Column(tr("Assets"), lambda s: words.number(s.assets), sort=lambda s: s.assets, figure=True, width=80),
                Column(tr("New"), lambda s: words.number(s.added), sort=lambda s: s.added, figure=True, width=70),
                Column(
                    tr("Changed"), lambda s: words.number(s.changed), sort=lambda s: s.changed, figure=True, width=80
                ),
                Column(tr("Gone"), lambda s: words.number(s.gone), sort=lambda s: s.gone, figure=True, width=70),
                Column(tr("Not seen"), lambda s: words.number(s.stale), sort=lambda s: s.stale, figure=True, width=80),
                Column(tr("Judged"), lambda s: tr("yes") if s.judgement else tr("no"), width=70),
                Column(tr("What was read"), lambda s: s.what, width=300, extra=True),
            ]
        )
        self.table = table_of(self.model, tr("Scans"), theme)
        self.changes = Rows(
            [
                Column(tr("Change"), _change, width=130),
                Column(tr("What"), lambda c: c.what, width=210),
                Column(tr("Name"), lambda c: c.name, width=360),
                Column(tr("Detail"), lambda c: c.detail, width=300),
            ]
        )
        self.change_table = table_of(self.changes, tr("What changed"), theme)
        line = Flowing()
        self.first, self.second = QComboBox(), QComboBox()
        self.go = QPushButton(tr("Compare"))
        self.go.clicked.connect(self._compare)
        self.told = plain_label("")
        self.told.setWordWrap(True)
        for text, box in ((tr("From"), self.first), (tr("to"), self.second)):
            box.setAccessibleName(tr("Compare {which}").format(which=text))
            label = plain_label(text)
            label.setBuddy(box)
            line.addWidget(label)
            line.addWidget(box)
        line.addWidget(self.go)
        line.addWidget(self.told, 1)
        self.schedules = Schedules(theme)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(tr("Scans"))
        kept = QWidget()
        lines = QVBoxLayout(kept)
        lines.setContentsMargins(0, 12, 0, 0)
        lines.addLayout(line)
        self.tabs.addTab(kept, tr("Scans that are stored"))
        self.tabs.addTab(self.schedules, tr("Schedule"))
        self.tabs.currentChanged.connect(self._tab_changed)
        self.rows.addWidget(self.tabs, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.change_table)
        split.setSizes([200, 320])
        lines.addWidget(split, 1)
        self._scans: list[ScanRow] = []

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """The scans in the store, newest first."""
        scans = snapshot.scans if snapshot else ()
        self.model.show(scans)
        self.changes.show([])
        self.told.setText("")
        self._scans = [s for s in scans if s.state in ("complete", "partial", "cancelled", "failed")]
        for box in (self.first, self.second):
            box.clear()
            box.addItems([f"{s.id} · {s.started}" for s in self._scans])
            box.setEnabled(bool(self._scans))
        if len(self._scans) > 1:
            self.first.setCurrentIndex(1)
        self.go.setEnabled(len(self._scans) > 1)
        if not scans:
            self.sentence.setText(tr("There is no scan yet. The Overview page has the first step."))
            return
        text = trn("{n} scan is in the store.", "{n} scans are in the store.", len(scans)).format(
            n=words.number(len(scans))
        )
        latest = scans[0]
        text += " " + tr("The latest began on {when} and is {state}.").format(when=latest.started, state=_state(latest))
        unread = len(snapshot.coverage) if snapshot is not None and snapshot.scan == latest.id else 0
        if unread:
            text += " " + trn("One area could not be read.", "{n} areas could not be read.", unread).format(
                n=words.number(unread)
            )
        self.sentence.setText(text)

    def _tab_changed(self, number: int) -> None:
        if number == 1:
            self.schedules_shown.emit()

    def show_schedules(self) -> None:
        """The part about audits that run by themselves, read anew."""
        if self.tabs.currentIndex() == 1:
            self.schedules_shown.emit()
        self.tabs.setCurrentIndex(1)

    def show_changes(self, changes: list[Change], sentence: str) -> None:
        """What a comparison found."""
        self.changes.show(changes)
        self.told.setText(sentence)

    def _compare(self) -> None:
        first, second = self.first.currentIndex(), self.second.currentIndex()
        if min(first, second) < 0:
            return
        a, b = sorted((self._scans[first], self._scans[second]), key=lambda s: s.id)
        self.told.setText(tr("Comparing"))
        self.compare_wanted.emit(a, b)
