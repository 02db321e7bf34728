"""One channel: what kind it is, where it goes, and its secrets, which go to the vault and nowhere else."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from app.desktop.pages.notifications import KINDS
from app.desktop.pages.numberfield import number_field
from app.desktop.pages.page import plain_label
from app.texts import tr

if TYPE_CHECKING:
    from app.notify import Settings
    from app.vault import Status

HOOKS = ("teams", "slack", "generic")
_SECURITY = {
    "starttls": "STARTTLS (port 587): encrypted before anything is said",
    "tls": "TLS from the first byte (port 465)",
}
_HINTS = {
    "desktop": "A message appears on the screen of whoever is logged in when an audit has ended.",
    "email": "Always encrypted. Leave user and password empty where your server asks for none.",
    "teams": "In Teams: Workflows, “Post to a channel when a webhook request is received”; copy its address.",
    "slack": "In Slack: an app with an incoming webhook; copy its address.",
    "generic": "A POST with JSON by HTTPS. With a secret, each message is signed as Standard Webhooks describe.",
}
_ROWS = {
    "desktop": (),
    "email": ("server", "port", "security", "user", "password", "sender", "to"),
    "teams": ("name", "address"),
    "slack": ("name", "address"),
    "generic": ("name", "url", "secret"),
}
SECRETS = ("password", "address", "secret")
VAULT = "vault_passphrase"


class ChannelDialog(QDialog):
    """`given` carries what was chosen: kind, the fields of that kind, and `replaces`, the name of what it changes."""

    given = Signal(object)

    def __init__(self, parent: QWidget, settings: "Settings", name: str, vault: "Status | None") -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Change the channel") if name else tr("Add a channel"))
        self.resize(640, 440)
        self._name, self._vault = name, vault
        self._before: dict[str, str] = {}
        self._form = QFormLayout(self)
        self._form.setVerticalSpacing(10)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.kind = QComboBox()
        self.fields: dict[str, QWidget] = {}
        self._row("kind", tr("Kind"), self.kind)
        self.hint = plain_label("")
        self.hint.setObjectName("quiet")
        self.hint.setWordWrap(True)
        self._form.addRow(self.hint)
        self._build()
        self.secrets = plain_label(tr("Secrets go to the vault of this computer, encrypted; no file holds them."))
        self.secrets.setObjectName("quiet")
        self.secrets.setWordWrap(True)
        self._form.addRow(self.secrets)
        self.wrong = plain_label("")
        self.wrong.setObjectName("wrong")
        self.wrong.setWordWrap(True)
        self._form.addRow(self.wrong)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.keep = QPushButton(tr("Keep the channel"))
        self.keep.setObjectName("first")
        buttons.addButton(self.keep, QDialogButtonBox.ButtonRole.ActionRole)
        self.keep.clicked.connect(self._give)
        buttons.rejected.connect(self.reject)
        self._form.addRow(buttons)
        self._offer(settings)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self._kind_changed()

    def _build(self) -> None:
        security, port = QComboBox(), number_field(0, 65535, tr("the usual one"))
        for code, text in _SECURITY.items():
            security.addItem(tr(text), code)
        for key, label, field in (
            ("name", tr("Name"), QLineEdit()),
            ("address", tr("Address of the webhook"), QLineEdit()),
            ("url", tr("Address (https://…)"), QLineEdit()),
            ("secret", tr("Secret that signs messages"), QLineEdit()),
            ("server", tr("Mail server"), QLineEdit()),
            ("port", tr("Port"), port),
            ("security", tr("Encryption"), security),
            ("user", tr("User"), QLineEdit()),
            ("password", tr("Password"), QLineEdit()),
            ("sender", tr("Sender"), QLineEdit()),
            ("to", tr("Recipients"), QLineEdit()),
            (VAULT, self._vault_label(), QLineEdit()),
        ):
            if isinstance(field, QLineEdit):
                field.textChanged.connect(self._enable)
                if key in (*SECRETS, VAULT):
                    field.setEchoMode(QLineEdit.EchoMode.Password)
            self._row(key, label, field)
        self.line("to").setPlaceholderText(tr("several with commas between them"))

    def _vault_label(self) -> str:
        new = self._vault is not None and not self._vault.protection
        return tr("New passphrase for the vault (12 characters or more)") if new else tr("Passphrase of the vault")

    def _row(self, key: str, name: str, field: QWidget) -> None:
        field.setAccessibleName(name)
        label = plain_label(name)
        label.setBuddy(field)
        self._form.addRow(label, field)
        self.fields[key] = field

    def _offer(self, settings: "Settings") -> None:
        """The kinds that can be added, or the one that is changed with what it is now."""
        taken = {"desktop": settings.desktop is not None, "email": settings.email is not None}
        hook = next((h for h in settings.webhook if h.name == self._name), None)
        mine = hook.kind if hook else self._name
        for kind, text in KINDS.items():
            if kind == mine or (not self._name and not taken.get(kind, False)):
                self.kind.addItem(tr(text), kind)
        self.kind.setEnabled(not self._name)
        if hook is not None:
            self._before = {"secret": hook.secret, "address": hook.url if hook.kind != "generic" else ""}
            self.line("name").setText(hook.name)
            self.line("url").setText(hook.url if hook.kind == "generic" else "")
        elif self._name == "email" and settings.email is not None:
            e = settings.email
            self._before = {"password": e.password}
            for key in ("server", "user", "sender"):
                self.line(key).setText(str(getattr(e, key)))
            self.line("to").setText(", ".join(e.to))
            self._port.setValue(e.port)
            self._security.setCurrentIndex(max(0, self._security.findData(e.security)))
        for key in SECRETS:
            if self._before.get(key):
                self.line(key).setPlaceholderText(tr("kept in the vault; leave empty to keep it"))

    def line(self, key: str) -> QLineEdit:
        """A field that is a line."""
        field = self.fields[key]
        assert isinstance(field, QLineEdit)  # noqa: S101
        return field

    @property
    def _port(self) -> QSpinBox:
        field = self.fields["port"]
        assert isinstance(field, QSpinBox)  # noqa: S101
        return field

    @property
    def _security(self) -> QComboBox:
        field = self.fields["security"]
        assert isinstance(field, QComboBox)  # noqa: S101
        return field

    def chosen(self) -> dict[str, Any]:
        """What the dialog says now. Secrets that were not typed anew are those references that stood there before."""
        kind = str(self.kind.currentData())
        found: dict[str, Any] = {"kind": kind, "replaces": self._name, "before": self._before}
        for key in _ROWS.get(kind, ()):
            if key == "port":
                found[key] = self._port.value()
            elif key == "security":
                found[key] = str(self._security.currentData())
            else:
                text = self.line(key).text()
                found[key] = text if key in SECRETS else text.strip()
        found[VAULT] = self.line(VAULT).text()
        return found

    def show_wrong(self, text: str) -> None:
        """Why it was not kept."""
        self.wrong.setText(text)
        self._enable()

    def _kind_changed(self) -> None:
        kind = str(self.kind.currentData())
        shown: Collection[str] = _ROWS.get(kind, ())
        secret = any(key in SECRETS for key in shown)
        for key, field in self.fields.items():
            if key not in ("kind", VAULT):
                self._form.setRowVisible(field, key in shown)
        v = self._vault
        locked = v is not None and (v.protection == "passphrase" or (not v.protection and not v.keyring))
        self._form.setRowVisible(self.fields[VAULT], secret and locked)
        self._form.setRowVisible(self.secrets, secret)
        self.hint.setText(tr(_HINTS.get(kind, "")))
        self._enable()

    def _enable(self) -> None:
        if not hasattr(self, "keep"):
            return
        kind = str(self.kind.currentData())

        def given(key: str) -> bool:
            return bool(self.line(key).text().strip()) or bool(self._before.get(key))

        needed = {"email": ("server", "sender", "to"), "generic": ("name", "url")}
        wanted = needed.get(kind, ("name", "address") if kind in HOOKS else ())
        self.keep.setEnabled(self.kind.count() > 0 and all(given(key) for key in wanted))

    def _give(self) -> None:
        self.wrong.setText("")
        self.keep.setEnabled(False)
        self.given.emit(self.chosen())
