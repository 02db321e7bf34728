"""Connecting a cloud in four steps: which, how to log in, what to ask the administrator for, test and keep."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.connectionfile import Tested
from app.desktop.pages.connections import key_word, tell_test, way_word
from app.desktop.pages.page import hairline, plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.theme import Colours, sized
from app.texts import tr
from scanners.live import PROVIDERS
from scanners.live.providers import FILES, LISTS, SECRETS, provider

_COMMON = ("name", "accounts", "regions", "endpoint")
_STEPS = 3


class ConnectWizard(QDialog):
    """`test_wanted` (entry, secrets) and `kept` (entry, secrets, name that it replaces) tell.

    A secret that is typed goes to the vault; the entry only names it. It is never shown again.
    """

    test_wanted = Signal(object, object)
    kept = Signal(object, object, str)
    text_wanted = Signal(str, str)

    def __init__(self, parent: QWidget, theme: Colours, entry: Mapping[str, Any] | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Connect a cloud"))
        self.resize(780, 640)
        self._theme, self._before = theme, dict(entry or {})
        self._fields: dict[str, QLineEdit] = {}
        lines = QVBoxLayout(self)
        lines.setContentsMargins(24, 20, 24, 16)
        lines.setSpacing(12)
        self.heading = plain_label("")
        self.heading.setFont(sized(16, bold=True))
        lines.addWidget(self.heading)
        self.stack = QStackedWidget()
        lines.addWidget(self.stack, 1)
        self.stack.addWidget(self._login_step())
        self.stack.addWidget(self._request_step())
        self.stack.addWidget(self._test_step())
        lines.addWidget(hairline())
        buttons = QHBoxLayout()
        self.back, self.next = QPushButton(tr("Back")), QPushButton(tr("Continue"))
        self.keep, cancel = QPushButton(tr("Keep this connection")), QPushButton(tr("Cancel"))
        self.next.setObjectName("first")
        self.keep.setObjectName("first")
        self.back.clicked.connect(lambda: self._go(self.stack.currentIndex() - 1))
        self.next.clicked.connect(lambda: self._go(self.stack.currentIndex() + 1))
        self.keep.clicked.connect(self._keep)
        cancel.clicked.connect(self.reject)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        for button in (self.back, self.next, self.keep):
            button.setDefault(False)
            button.setAutoDefault(False)
            buttons.addWidget(button)
        lines.addLayout(buttons)
        if entry:
            self.provider.setCurrentIndex(max(0, self.provider.findData(entry.get("provider"))))
            self._ways()
            self.way.setCurrentIndex(max(0, self.way.findData(entry.get("auth"))))
            self._ask_keys()
        self._go(0)

    # Step 1

    def _login_step(self) -> QWidget:
        self.provider, self.way = QComboBox(), QComboBox()
        self.provider.setAccessibleName(tr("Cloud"))
        self.way.setAccessibleName(tr("Login"))
        for name in PROVIDERS:
            self.provider.addItem(provider(name).TITLE, name)
        self.provider.currentIndexChanged.connect(self._ways)
        self.way.currentIndexChanged.connect(self._ask_keys)
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setVerticalSpacing(10)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow(plain_label(tr("Cloud")), self.provider)
        self._form.addRow(plain_label(tr("Login")), self.way)
        self._fixed = self._form.rowCount()
        body = QWidget()
        body.setLayout(self._form)
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QScrollArea.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(body)
        self._ways()
        return room

    def _ways(self) -> None:
        self.way.blockSignals(True)
        self.way.clear()
        for way in provider(self.provider.currentData()).WAYS:
            self.way.addItem(way_word(way), way)
        self.way.blockSignals(False)
        self._ask_keys()

    def _ask_keys(self) -> None:
        kept = {key: field.text() for key, field in self._fields.items()}
        while self._form.rowCount() > self._fixed:
            self._form.removeRow(self._fixed)
        self._fields.clear()
        name = self.way.currentData()
        if name is None:
            return
        way = provider(self.provider.currentData()).WAYS[name]
        needed = [*sorted(way.needed), *way.either]
        for key in ("name", *needed, *sorted(way.optional - set(way.either)), "accounts", "regions", "endpoint"):
            self._field(key, key in way.needed or key == "name", kept.get(key))

    def _field(self, key: str, needed: bool, text: str | None) -> None:
        words = {
            "name": tr("Name"),
            "accounts": tr("Accounts"),
            "regions": tr("Regions"),
            "endpoint": tr("Private endpoint"),
        }
        label = words.get(key) or key_word(key)
        line = QLineEdit()
        line.setMaxLength(65_000 if key in SECRETS else 2_000)
        line.setAccessibleName(label)
        if key in SECRETS:
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.setPlaceholderText(
                tr("kept in the vault; leave empty to keep what is there")
                if key in self._before or f"{key}_env" in self._before
                else tr("is kept in the vault of this computer, never in a file")
            )
        elif key in ("accounts", "regions") or key in LISTS:
            line.setPlaceholderText(tr("all that can be reached; or names separated by commas"))
        elif not needed:
            line.setPlaceholderText(tr("may be left empty"))
        before = self._before.get(key)
        if text is not None:
            line.setText(text)
        elif key not in SECRETS and before is not None:
            shown = ", ".join(before) if isinstance(before, list | tuple) else str(before)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            line.setText("" if shown == "*" else shown)
        line.textChanged.connect(self._enable)
        self._fields[key] = line
        name = plain_label(label + (" *" if needed else ""))
        name.setBuddy(line)
        if key in FILES:
            row = QHBoxLayout()
            row.addWidget(line, 1)
            browse = QPushButton(tr("Choose…"))
            browse.setAccessibleName(f"{tr('Choose…')} {label}")
            browse.clicked.connect(lambda: self._browse(line))
            row.addWidget(browse)
            self._form.addRow(name, row)
        else:
            self._form.addRow(name, line)

    def _browse(self, line: QLineEdit) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose…"), line.text())
        if name:
            line.setText(name)

    # Step 2

    def _request_step(self) -> QWidget:
        page = QWidget()
        lines = QVBoxLayout(page)
        lines.setContentsMargins(0, 0, 0, 0)
        note = plain_label(
            tr(
                "Your cloud administrator grants these rights. Each lists or describes; none reads content, none "
                "changes anything. Send the text, or one of the forms that they can apply."
            )
        )
        note.setWordWrap(True)
        lines.addWidget(note)
        choice = QHBoxLayout()
        self.form = QComboBox()
        self.form.setAccessibleName(tr("Form"))
        self.copy = QPushButton(tr("Copy"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        label = plain_label(tr("Form"))
        label.setBuddy(self.form)
        choice.addWidget(label)
        choice.addWidget(self.form)
        choice.addStretch(1)
        choice.addWidget(self.copy)
        lines.addLayout(choice)
        self.text = QPlainTextEdit()
        self.text.setObjectName("field")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Request for the administrator"))
        lines.addWidget(self.text, 1)
        self.form.currentIndexChanged.connect(self._ask_text)
        return page

    def _offer_forms(self) -> None:
        forms = provider(self.provider.currentData()).FORMS
        self.form.blockSignals(True)
        self.form.clear()
        for form in sorted(forms, key=lambda f: f != "text"):
            self.form.addItem(tr("a letter") if form == "text" else form, form)
        self.form.blockSignals(False)
        self._ask_text()

    def _ask_text(self) -> None:
        if self.form.currentData():
            self.text.setPlainText(tr("Being written"))
            self.text_wanted.emit(str(self.provider.currentData()), str(self.form.currentData()))

    def show_text(self, text: str) -> None:
        """The request for the administrator."""
        self.text.setPlainText(text)

    # Step 3

    def _test_step(self) -> QWidget:
        page = QWidget()
        lines = QVBoxLayout(page)
        lines.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        self.test = QPushButton(tr("Test now"))
        self.test.clicked.connect(lambda: self._test())
        self.told = plain_label("")
        line.addWidget(self.test)
        line.addWidget(self.told, 1)
        lines.addLayout(line)
        self.sheet = Sheet(self._theme, tr("What the test showed"))
        lines.addWidget(self.sheet, 1)
        return page

    def _test(self) -> None:
        self.test.setEnabled(False)
        self.told.setText(tr("Logging in and trying each permission once"))
        self.test_wanted.emit(self.entry(), self.secrets())

    def show_test(self, found: Tested | None, wrong: str = "") -> None:
        """What a test showed, or why there was none."""
        self.test.setEnabled(True)
        self.told.setText("")
        self.sheet.clear()
        if wrong:
            self.sheet.say(wrong, self._theme.fail)
        else:
            tell_test(self.sheet, found, self._theme)
        self.sheet.top()

    # All

    def entry(self) -> dict[str, Any]:
        """The entry as the file will hold it; a secret that was typed as a reference to the vault."""
        entry: dict[str, Any] = {"provider": self.provider.currentData(), "auth": self.way.currentData()}
        for key, field in self._fields.items():
            text = field.text().strip()
            if key in SECRETS:
                if text:
                    entry[key] = f"vault:connection.{self._slug()}.{key}"
                else:
                    entry |= {k: v for k, v in self._before.items() if k in (key, f"{key}_env")}
            elif key in ("accounts", "regions") or key in LISTS:
                names = [part.strip() for part in text.split(",") if part.strip()]
                if names or key in ("accounts", "regions"):
                    entry[key] = names or ["*"]
            elif text:
                entry[key] = text
        return entry

    def secrets(self) -> dict[str, str]:
        """Name in the vault → secret that was typed."""
        return {
            f"connection.{self._slug()}.{key}": field.text()
            for key, field in self._fields.items()
            if key in SECRETS and field.text()
        }

    def _slug(self) -> str:
        name = self._fields["name"].text().strip().casefold()
        return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)[:60] or "x"

    def _ready(self) -> bool:
        if self.way.currentData() is None:
            return False
        way = provider(self.provider.currentData()).WAYS[self.way.currentData()]

        def given(key: str) -> bool:
            kept = key in SECRETS and (key in self._before or f"{key}_env" in self._before)
            return bool(self._fields[key].text().strip()) or kept

        return given("name") and all(map(given, way.needed)) and (not way.either or any(map(given, way.either)))

    def _enable(self) -> None:
        if not hasattr(self, "next"):
            return
        self.next.setEnabled(self._ready())
        self.keep.setEnabled(self._ready())

    def _go(self, step: int) -> None:
        titles = (tr("Which cloud, and how to log in"), tr("What to ask for"), tr("Test and keep"))
        self.stack.setCurrentIndex(max(0, min(step, _STEPS - 1)))
        now = self.stack.currentIndex()
        self.heading.setText(f"{now + 1} / {_STEPS}  {titles[now]}")
        self.back.setEnabled(now > 0)
        self.next.setVisible(now < _STEPS - 1)
        self.keep.setVisible(now == _STEPS - 1)
        if now == 1:
            self._offer_forms()
        elif now == 2 and not self.sheet.toPlainText():
            self.show_test(None)
        self._enable()

    def _keep(self) -> None:
        self.kept.emit(self.entry(), self.secrets(), str(self._before.get("name", "")))
