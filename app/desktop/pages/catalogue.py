"""Law and updates: which edition of law and facts counts, another by a signed file, and the program's own version."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.desktop.pages.editionwords import (
    MOST,
    VERDICTS,
    Fact,
    Finding,
    cells_told,
    edition_told,
    fact_change,
    finding_change,
    origin_told,
    preview_told,
    step_told,
)
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.later import LaterPage
from app.desktop.pages.listing import table_of
from app.desktop.pages.page import plain_label
from app.desktop.snapshot import Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours, mark
from app.texts import tr

if TYPE_CHECKING:
    from app.edition.installed import Standing
    from app.edition.keys import TrustedKey


class CataloguePage(LaterPage):
    """Everything here asks; the desk does. `install_wanted`: whether the edition is older than the one that counts."""

    look_wanted = Signal()
    install_wanted = Signal(bool)
    remove_wanted = Signal()
    judge_wanted = Signal()
    trust_wanted = Signal()
    distrust_wanted = Signal(str)
    address_kept = Signal(str)
    ask_wanted = Signal(str)
    page_wanted = Signal(str)

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Law and updates"), theme)
        self.sentence.setText(tr("Law changes. An edition says for which day its facts were checked."))
        self.box: QMessageBox | None = None
        self._names: Mapping[str, str] = {}
        self._day: date | None = None
        self._standing: Standing | None = None
        self._seen: Mapping[str, Any] = {}
        self._link = ""

    def build(self) -> None:
        """Three tabs."""
        self.facts_told = plain_label("")
        self.facts_told.setObjectName("quiet")
        self.facts_told.setWordWrap(True)
        self.rows.addWidget(self.facts_told)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.title)
        self.tabs.addTab(self._edition(), tr("Edition of law and facts"))
        self.tabs.addTab(self._keys(), tr("Trusted keys"))
        self.tabs.addTab(self._program(), tr("The program"))
        self.rows.addWidget(self.tabs, 1)
        self.show_edition(None, [], None, "")
        self.show_preview({}, "")

    def _edition(self) -> QWidget:
        self.look = QPushButton(tr("Look at another edition…"))
        self.look.setObjectName("first")
        self.install, self.remove = QPushButton(tr("Make it count…")), QPushButton(tr("Back to the program’s edition…"))
        self.judge = QPushButton(tr("Judge again"))
        self.look.clicked.connect(self.look_wanted)
        self.install.clicked.connect(self._install)
        self.remove.clicked.connect(self._remove)
        self.judge.clicked.connect(self.judge_wanted)
        self.judge.hide()
        bar = _bar(self.look, self.install, self.remove, self.judge)
        self.told = _wrapped("")
        self.facts = Rows(
            [
                Column(tr("Change"), fact_change, width=110),
                Column(tr("Table"), lambda f: f.file, width=130),
                Column(tr("Fact"), lambda f: f.key, width=170),
                Column(tr("From … to"), lambda f: f.step, width=330),
            ]
        )
        self.fact_table = table_of(self.facts, tr("Facts that differ"), self.theme)
        signs = {verdict: mark(verdict, self.theme) for verdict in VERDICTS}
        self.findings = Rows(
            [
                Column(tr("Finding"), finding_change, icon=lambda c: signs.get(c.sign)),
                Column(tr("Rule"), lambda c: c.rule, width=110, whole=True),
                Column(tr("What is wrong"), lambda c: c.title, width=280),
                Column(tr("Where"), lambda c: self._names.get(c.subject, c.subject), width=200),
                Column(tr("From … to"), lambda c: c.step, width=200),
            ]
        )
        self.finding_table = table_of(self.findings, tr("Findings that would change"), self.theme)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.fact_table)
        split.addWidget(self.finding_table)
        return _part(bar, self.told, split)

    def _keys(self) -> QWidget:
        self.keys = Rows(
            [
                Column(tr("Name"), lambda k: k.name, width=220),
                Column(tr("Trusted since"), lambda k: k.since, width=120),
                Column(tr("Fingerprint (SHA-256)"), lambda k: k.fingerprint, width=460),
            ]
        )
        self.key_table = table_of(self.keys, tr("Trusted keys"), self.theme)
        self.key_table.selectionModel().currentRowChanged.connect(self._enable)
        self.trust, self.distrust = QPushButton(tr("Trust a key…")), QPushButton(tr("Trust it no longer…"))
        self.trust.clicked.connect(self.trust_wanted)
        self.distrust.clicked.connect(self._distrust)
        note = self.paragraph(
            tr(
                "An edition counts only if one of these keys has signed it. Compare the fingerprint with what the owner"
                " of the key tells you, by a way that is not the file itself."
            )
        )
        return _part(note, self.key_table, _bar(self.trust, self.distrust))

    def _program(self) -> QWidget:
        self.version = plain_label(tr("This is Situs {version}.").format(version=__version__))
        self.address = QLineEdit()
        self.address.setMaxLength(500)
        self.address.setPlaceholderText("https://…")
        self.address.setAccessibleName(tr("Address that is asked for newer versions"))
        label = _wrapped(tr("Address that is asked for newer versions"))
        label.setBuddy(self.address)
        self.keep, self.ask = QPushButton(tr("Keep the address")), QPushButton(tr("Ask now"))
        self.open = QPushButton(tr("Open its page"))
        self.keep.clicked.connect(lambda: self.address_kept.emit(self.address.text().strip()))
        self.ask.clicked.connect(lambda: self.ask_wanted.emit(self.address.text().strip()))
        self.open.clicked.connect(lambda: self.page_wanted.emit(self._link))
        self.address.textChanged.connect(self._enable)
        self.address.returnPressed.connect(lambda: self.ask.isEnabled() and self.ask.click())
        self.answer = _wrapped("")
        note = self.paragraph(
            tr(
                "Situs only tells: it downloads nothing and changes nothing. Where no address stands here, nobody is"
                " asked. Your IT or the publisher names one. Nothing is sent but the request itself."
            )
        )
        part = _part(self.version, label, self.address, _bar(self.ask, self.keep, self.open), self.answer, note)
        layout = part.layout()
        if isinstance(layout, QVBoxLayout):
            layout.addStretch(1)
        self.show_answer("", "")
        return part

    def start(self) -> QWidget | None:
        """Where work begins for the keyboard."""
        self.ready()
        return self.look

    def regions(self) -> list[QWidget]:
        """The tabs, and the parts of the one that is shown."""
        self.ready()
        shown = [self.look, self.fact_table, self.finding_table, self.key_table, self.trust, self.address, self.ask]
        return [self.tabs.tabBar(), *shown]

    # What is shown

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Names of what findings are about, and the day that is judged by."""
        if snapshot is None:
            self._names = {}
        else:
            self._names = {a.uid: a.name for a in snapshot.assets} | {
                f.id: f"{f.source} → {f.target}" for f in snapshot.flows
            }
        if self.built:
            self.judge.hide()
            self._enable()

    def show_edition(
        self, found: "Standing | None", keys: "Sequence[TrustedKey]", today: date | None, wrong: str
    ) -> None:
        """Which edition counts, whose keys are trusted; `wrong`: why none can be used."""
        self._standing = found
        self.keys.show(list(keys))
        if keys:
            self.key_table.selectRow(0)
        if wrong:
            self.sentence.setText(wrong)
            self.facts_told.setText("")
        elif found is not None:
            self.sentence.setText(edition_told(found, today))
            self.facts_told.setText(origin_told(found, keys))
        self._broken = bool(wrong)
        self._enable()

    def show_address(self, address: str) -> None:
        """Who is asked for newer versions."""
        if not self.address.text():
            self.address.setText(address)
        self._enable()

    def show_preview(self, found: Mapping[str, Any], file: str) -> None:
        """What an edition would change; an empty answer: nothing was looked at."""
        self._seen = found
        facts = [
            Fact(str(f["change"]), str(f["file"]), str(f["key"]), cells_told(f.get("cells", {})))
            for f in found.get("facts", [])[:MOST]
        ]
        difference: Mapping[str, Any] = found.get("findings") or {}
        findings = [
            Finding(
                c["change"],
                c["rule"],
                c["title"],
                c.get("asset") or c.get("flow") or "",
                step_told(c),
                c["after"][0] if c.get("after") else "pass",
            )
            for c in difference.get("changes", [])[:MOST]
        ]
        self.facts.show(facts)
        self.findings.show(findings)
        if not found:
            self.told.setText(
                tr("A newer edition comes as one signed file. Look at what it would change before it counts.")
            )
        else:
            self.told.setText(preview_told(found, file, len(found["facts"])))
        self._enable()

    def installed(self, text: str) -> None:
        """Another edition counts now."""
        self.show_preview({}, "")
        self.told.setText(text)
        self.judge.setVisible(bool(self._names))

    def show_answer(self, text: str, link: str) -> None:
        """What the address has said."""
        self.answer.setText(text)
        self._link = link
        self.open.setVisible(bool(link))

    def asking(self, on: bool) -> None:
        """Whether an answer is awaited."""
        self._asking = on
        self._enable()

    _broken = _asking = False

    def _older(self) -> bool:
        now = self._standing
        return bool(now and self._seen and date.fromisoformat(str(self._seen["as_of"])) < now.as_of)

    def _enable(self) -> None:
        self.install.setEnabled(bool(self._seen))
        own = self._standing is not None and not self._standing.key and not self._standing.set_aside
        self.remove.setEnabled(self._broken or (self._standing is not None and not own))
        self.distrust.setEnabled(bool(self._chosen_key()))
        if hasattr(self, "ask"):
            self.ask.setEnabled(bool(self.address.text().strip()) and not self._asking)

    def _chosen_key(self) -> "TrustedKey | None":
        index = self.key_table.selectionModel().currentIndex()
        return self.keys.row(index) if index.isValid() and index.row() < self.keys.count() else None

    def _install(self) -> None:
        older = self._older()
        text = tr("Make edition {version} count from now on?").format(version=self._seen.get("version", ""))
        if older:
            text += " " + tr("It is older than the one that counts now.")
        more = tr("What was judged before stays as it was; judge again to see what changes.")
        self._ask(text, more, tr("Make it count"), lambda: self.install_wanted.emit(older))

    def _remove(self) -> None:
        text = tr("Go back to the edition that came with the program?")
        more = tr("The signed file leaves this computer’s data folder; keep it if you may want it again.")
        self._ask(text, more, tr("Go back"), self.remove_wanted.emit)

    def _distrust(self) -> None:
        key = self._chosen_key()
        if key is not None:
            text = tr("Trust editions signed by {name} no longer?").format(name=key.name)
            more = tr("If one of them counts now, it stops counting.")
            self._ask(text, more, tr("Trust it no longer"), lambda: self.distrust_wanted.emit(key.fingerprint))

    def _ask(self, text: str, more: str, yes: str, then: Any) -> None:
        box = QMessageBox(QMessageBox.Icon.Question, "Situs", "", QMessageBox.StandardButton.Cancel, self)
        box.setTextFormat(box.textFormat().PlainText)
        box.setText(text)
        box.setInformativeText(more)
        button = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        button.clicked.connect(lambda: then())
        box.finished.connect(box.deleteLater)
        self.box = box
        box.open()


def _bar(*buttons: QPushButton) -> Flowing:
    line = Flowing()
    line.setSpacing(8)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return line


def _wrapped(text: str) -> QLabel:
    label = plain_label(text)
    label.setWordWrap(True)
    return label


def _part(*items: QWidget | Flowing) -> QWidget:
    part = QWidget()
    lines = QVBoxLayout(part)
    lines.setContentsMargins(0, 12, 0, 0)
    for item in items:
        if isinstance(item, QWidget):
            lines.addWidget(item, 1 if isinstance(item, QSplitter) else 0)
        else:
            lines.addLayout(item)
    return part
