"""Reports: choose kind, language and forms; preview, sign, save; what was written, and whether it still holds."""

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.pages.flowing import Columns, Flowing, modest
from app.desktop.pages.keydialog import KeyDialog
from app.desktop.pages.page import Page, plain_label
from app.desktop.pages.reporthistory import ReportHistory, in_line
from app.desktop.pages.tick import Tick
from app.desktop.regions import in_order
from app.desktop.snapshot import Snapshot
from app.desktop.theme import Colours
from app.desktop.written import Written
from app.texts import tr
from resources import ROOT

_FORMS = (
    (".pdf", "PDF"),
    (".html", "HTML"),
    (".xlsx", "Excel"),
    (".csv", "CSV"),
    (".json", "JSON"),
    (".oscal.json", "OSCAL"),
)
_KINDS = (
    ("full", "Governance report"),
    ("summary", "Summary for the board"),
    ("framework", "Report by requirement"),
    ("transfers", "Transfer register"),
    ("dpia", "Facts for a data protection impact assessment"),
    ("tia", "Facts for transfer impact assessments"),
    ("evidence", "Evidence annex"),
    ("coverage", "Coverage statement"),
    ("delta", "What changed between two scans"),
)
"""As `app.report.kinds` has them, which takes too long to load while a window opens; a test holds them together."""
_LANGUAGES = (("en", "English"), ("de", "Deutsch"))
_FILE = "file"


class ReportWanted(Struct, frozen=True):
    """What is to be written. `key`: `own`, a PKCS#12 file, or `windows:THUMBPRINT`; `signer`: whom it names."""

    paths: tuple[Path, ...]
    kind: str = "full"
    language: str = "en"
    framework: str = ""
    redact: bool = False
    inventory: bool = False
    sign: bool = False
    key: str = "own"
    signer: str = ""
    passphrase: str = ""
    reason: str = ""


class Reports(Page):
    """Save the report of what the other pages show."""

    wanted = Signal(object)
    preview_wanted = Signal(object)
    verify_wanted = Signal(str)
    key_wanted = Signal(str, str)

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Reports"), theme)
        self._snapshot: Snapshot | None = None
        self.person: Callable[[], str] = str  # whose key would be made here
        above = Columns()
        above.add(self._what())
        above.add(self._signing())
        buttons = Flowing()
        self.save = QPushButton(tr("Save report"))
        self.save.setObjectName("first")
        self.save.clicked.connect(self._save)
        self.preview = QPushButton(tr("Preview"))
        self.preview.clicked.connect(self._preview)
        buttons.addWidget(self.save)
        buttons.addWidget(self.preview)
        buttons.addStretch(1)
        self.lacks = plain_label("")
        self.lacks.setObjectName("quiet")
        self.lacks.setWordWrap(True)
        self.rows.addLayout(buttons)  # above the form: however small the window, they are seen
        self.rows.addWidget(self.lacks)
        self.rows.addLayout(above)
        self.history = ReportHistory(self.theme, self.folder.text)
        self.model, self.table, self.sheet = self.history.model, self.history.table, self.history.sheet
        self.verify, self.current = self.history.verify, self.history.current
        self.choose_to_verify, self.show_verification = self.history.choose, self.history.show_verification
        self.show_pdf = self.history.show_pdf
        self.history.verify_wanted.connect(self.verify_wanted)
        self.rows.addWidget(self.history, 1)
        in_order(*self._asked, self.save, self.preview, self.history)
        self._kind_changed()
        self._enable()

    def start(self) -> QWidget | None:
        """What the report is to be."""
        return self.kind

    def _what(self) -> QFormLayout:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.kind, self.language, self.framework = QComboBox(), QComboBox(), QComboBox()
        modest(self.kind, self.framework)
        for code, title in _KINDS:
            self.kind.addItem(tr(title), code)
        for code, name in _LANGUAGES:
            self.language.addItem(name, code)
        from app.texts import language

        self.language.setCurrentIndex(max(0, self.language.findData(language())))
        for path in sorted((ROOT / "frameworks").glob("*.yaml")):
            self.framework.addItem(path.stem.upper(), path.stem)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.forms: dict[str, QCheckBox] = {}
        holder = QWidget()
        forms = Flowing(holder)
        forms.setContentsMargins(0, 0, 0, 0)
        for ending, text in _FORMS:
            box = Tick(text)
            box.setAccessibleName(text)
            box.setChecked(ending == ".pdf")
            box.toggled.connect(self._enable)
            self.forms[ending] = box
            forms.addWidget(box)
        forms.addStretch(1)
        self.folder = QLineEdit()
        self.folder.textChanged.connect(self._enable)
        self.browse = QPushButton(tr("Choose folder…"))
        self.browse.clicked.connect(self._browse)
        place = Flowing()
        place.addWidget(self.folder, 1)
        place.addWidget(self.browse)
        self.redact = Tick(tr("Hide names and accounts behind pseudonyms"))
        self.inventory = Tick(tr("List every asset in an annex"))
        self.partial = Tick(tr("Save it although the scan does not show everything; the cover says so"))
        self.partial.toggled.connect(self._enable)
        for box in (self.redact, self.inventory, self.partial):
            box.setAccessibleName(box.text())
        for name, field, shown in (
            (tr("Kind"), self.kind, self.kind),
            (tr("By requirement of"), self.framework, self.framework),
            (tr("Language"), self.language, self.language),
            (tr("Forms"), holder, holder),
            (tr("Save in"), self.folder, place),
        ):
            field.setAccessibleName(name)
            label = plain_label(name)
            label.setBuddy(field)
            form.addRow(label, shown)
        self.folder.setAccessibleName(tr("Folder for reports"))
        self.folder.setPlaceholderText(tr("the whole path of a folder"))
        for box in (self.redact, self.inventory, self.partial):
            form.addRow(box)
        self._form = form
        self._asked: list[QWidget] = [self.kind, self.framework, self.language, holder, self.folder, self.browse]
        self._asked += [self.redact, self.inventory, self.partial]
        return form

    def _signing(self) -> QVBoxLayout:
        lines = QVBoxLayout()
        lines.setSpacing(8)
        self.sign = Tick(tr("Sign it"))
        self.sign.setAccessibleName(tr("Sign it"))
        self.sign.toggled.connect(self._enable)
        lines.addWidget(self.sign)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.key, self.passphrase, self.reason = QComboBox(), QLineEdit(), QLineEdit()
        modest(self.key)
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.textChanged.connect(self._enable)
        self.passphrase.returnPressed.connect(lambda: self.save.isEnabled() and self._save())
        self.reason.setPlaceholderText(tr("such as: approved for the board of 3 December"))
        self.key.currentIndexChanged.connect(self._key_changed)
        for name, field in (
            (tr("Key"), self.key),
            (tr("Passphrase"), self.passphrase),
            (tr("Reason"), self.reason),
        ):
            field.setAccessibleName(f"{tr('Sign it')}: {name}")
            label = plain_label(name)
            label.setBuddy(field)
            form.addRow(label, field)
        lines.addLayout(form)
        self.make_key = QPushButton(tr("Make a signing key…"))
        self.make_key.clicked.connect(self.ask_key)
        lines.addLayout(in_line(self.make_key))
        self.note = plain_label("")
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        lines.addWidget(self.note)
        lines.addStretch(1)
        self._asked += [self.sign, self.key, self.passphrase, self.reason, self.make_key]
        self.show_keys([])
        return lines

    # What is shown

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Say which scan the report would be of."""
        self._snapshot = snapshot
        self._form.setRowVisible(self.partial, snapshot is not None and not snapshot.complete)
        if snapshot is None:
            self.sentence.setText(tr("A report needs a scan: read exported files on the Overview page first."))
        elif snapshot.sample:
            self.sentence.setText(tr("The report is of the sample estate, and marked SAMPLE on every page."))
        else:
            self.sentence.setText(
                tr("The report is of what the other pages show: {scope}").format(scope=snapshot.scope)
            )
        self._enable()

    def show_history(self, known: Sequence[Written]) -> None:
        """Reports that were written, the newest first."""
        self.model.show(list(known))
        if known:
            self.table.selectRow(0)

    def told(self, text: str) -> None:
        """What became of it."""
        self.sentence.setText(text)
        self.passphrase.clear()

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Keys that can sign here, and whom they name."""
        kept = self.key.currentData()
        self.key.clear()
        for code, name in keys:
            self.key.addItem(name, code)
        self.key.addItem(tr("a key file (PKCS#12)…"), _FILE)
        self.key.setCurrentIndex(max(0, self.key.findData(kept)) if kept != _FILE else 0)
        self.note.setText(
            tr("A key that is made here shows that a report was not changed; it does not prove who you are.")
        )
        self._enable()

    # What is asked

    def paths(self) -> list[Path]:
        """The files that would be written."""
        if self._snapshot is None:
            return []
        kind = str(self.kind.currentData())
        name = f"situs-{'sample-' if self._snapshot.sample else ''}{self._snapshot.as_of}-{self._snapshot.judgement}"
        name += "" if kind == "full" else f"-{kind}"
        folder = Path(self.folder.text().strip())
        return [folder / f"{name}{ending}" for ending, box in self.forms.items() if box.isChecked()]

    def chosen(self) -> ReportWanted:
        """What the page says now."""
        kind = str(self.kind.currentData())
        return ReportWanted(
            tuple(self.paths()),
            kind,
            str(self.language.currentData()),
            str(self.framework.currentData()) if kind == "framework" else "",
            self.redact.isChecked(),
            self.inventory.isChecked(),
            self.sign.isChecked(),
            str(self.key.currentData()),
            self.key.currentText(),
            self.passphrase.text(),
            self.reason.text().strip(),
        )

    def ask_key(self) -> KeyDialog:
        """Name and passphrase of the user's own signing key."""
        dialog = KeyDialog(
            self,
            tr("Make a signing key"),
            tr("The key stays on this computer under the passphrase. Give its certificate to those who check reports."),
            least=8,
            name=self.person(),
        )
        dialog.given.connect(self.key_wanted)
        dialog.open()
        return dialog

    def _kind_changed(self) -> None:
        self._form.setRowVisible(self.framework, self.kind.currentData() == "framework")

    def _key_changed(self) -> None:
        if self.key.currentData() == _FILE and self.key.hasFocus():
            name, _ = QFileDialog.getOpenFileName(self, tr("a key file (PKCS#12)…"), "", "PKCS#12 (*.p12 *.pfx)")
            if name:
                self.key.insertItem(0, Path(name).name, name)
                self.key.setCurrentIndex(0)
        self._enable()

    def _enable(self) -> None:
        if not hasattr(self, "save"):
            return
        signing = self.sign.isChecked()
        for widget in (self.key, self.passphrase, self.reason):
            widget.setEnabled(signing)
        lacks = self._lacking()
        self.lacks.setText(lacks)
        self.lacks.setVisible(bool(lacks))
        self.save.setEnabled(self._snapshot is not None and not lacks)
        self.save.setText(tr("Sign and save report") if signing else tr("Save report"))
        self.preview.setEnabled(self._snapshot is not None)

    def _lacking(self) -> str:
        """What is missing before a report of this scan can be saved, the first of it."""
        if self._snapshot is None:
            return ""  # the opening sentence says so
        if not any(box.isChecked() for box in self.forms.values()):
            return tr("To save it, choose at least one form, such as PDF.")
        if not Path(self.folder.text().strip()).is_absolute():  # it would lie beside wherever Situs was started
            return tr("To save it, choose the folder that it goes to.")
        if not self._snapshot.complete and not self.partial.isChecked():
            return tr("The scan does not show everything. To save the report all the same, tick “{tick}”.").format(
                tick=self.partial.text()
            )
        if self.sign.isChecked():
            key = str(self.key.currentData())
            if key == _FILE:
                return tr("To sign it, make a signing key, or choose a key file.")
            if not self.passphrase.text() and not key.startswith("windows:"):
                return tr("To sign it, type the passphrase of the key.")
        return ""

    def key_made(self) -> None:
        """Who makes a key wants to sign: only the passphrase is missing now."""
        self.sign.setChecked(True)
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder for reports"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def _save(self) -> None:
        self.wanted.emit(self.chosen())

    def _preview(self) -> None:
        self.preview_wanted.emit(self.chosen())
