"""Notifications of the window: read, kept and tested in a worker; secrets go to the vault and nowhere else."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import msgspec
import shiboken6
from PySide6.QtWidgets import QInputDialog, QLineEdit

from app.desktop.jobs import Reading
from app.desktop.pages.notifications import Tried
from app.desktop.palette import Entry
from app.texts import tr

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.desktop.pages.channeldialog import ChannelDialog
    from app.desktop.pages.notifications import NotificationsPage
    from app.notify import Delivery, Settings
    from app.vault import Status

_OURS = "vault:notify."


class Notifying:
    """Belongs to a desk; connects the Notifications page to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self.dialog: ChannelDialog | None = None
        self.question: QInputDialog | None = None
        self.settings: Settings | None = None
        self.vault: Status | None = None
        self._tried: dict[str, Tried] = {}
        self._asked = 0  # answers may come in another order than they were asked for: the last one counts
        desk.window.when("notifications", self._connect)
        desk.window.turned.connect(self._turned)
        desk.window.entries += [Entry(tr("Tell people about audits…"), lambda: desk.window.go(self.page))]

    @property
    def page(self) -> "NotificationsPage":
        """The page."""
        return self.desk.window.notifications

    def _connect(self) -> None:
        page = self.page
        page.add_wanted.connect(partial(self.edit, ""))
        page.change_wanted.connect(self.edit)
        page.remove_wanted.connect(self.remove)
        page.test_wanted.connect(self.test)
        page.kept.connect(self.keep)

    def _turned(self, topic: str) -> None:
        if topic == "notifications":
            self.page.ready()
            self.show()

    # Read

    def show(self) -> None:
        """Read the settings, and how the vault stands, in a worker."""
        folder = self.desk.folder

        def work() -> "tuple[Settings, Status]":
            from app import vault
            from app.notify import load

            return load(folder), vault.status()

        self._asked += 1
        Reading(work, partial(self._shown, self._asked), self.page).start()

    def _shown(self, asked: int, found: object, wrong: str) -> None:
        if asked != self._asked or not shiboken6.isValid(self.page):
            return
        both = cast("tuple[Settings, Status]", found) if isinstance(found, tuple) else None
        self.settings, self.vault = both or (None, None)
        self.page.show_settings(self.settings, self._tried, wrong)

    # Kept

    def edit(self, name: str) -> None:
        """Add a channel, or change the one of this name."""
        from app.desktop.pages.channeldialog import ChannelDialog

        if self.settings is None:
            return
        self.dialog = ChannelDialog(self.desk.window, self.settings, name, self.vault)
        self.dialog.given.connect(self._keep_channel)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _keep_channel(self, chosen: dict[str, Any]) -> None:
        settings = self.settings
        if settings is not None:
            self._tried.pop(str(chosen["replaces"]), None)
            self._write(partial(_with_channel, settings, chosen), self._channel_kept, str(chosen["vault_passphrase"]))

    def _channel_kept(self, wrong: str) -> None:
        if self.dialog is None:
            return
        if wrong:
            self.dialog.show_wrong(wrong)
        else:
            self.dialog.accept()
            self.page.tell(tr("Kept. Send a test to see whether messages arrive."))

    def keep(self, severity: str, titles: bool, events: list[str]) -> None:
        """Keep what is told."""
        settings = self.settings
        if settings is None:
            return
        changed = msgspec.structs.replace(settings, severity=severity, titles=titles, events=tuple(events))

        def told(wrong: str) -> None:
            self.page.tell(
                wrong or (tr("Kept.") if events else tr("Kept. Nothing is told: no event is chosen.")),
                wrong=bool(wrong),
            )

        self._write(lambda: (changed, {}), told)

    def remove(self, name: str) -> None:
        """Remove a channel; its secrets leave the vault."""
        settings = self.settings
        if settings is not None:
            self._tried.pop(name, None)
            self._write(
                lambda: (_without(settings, name), {}),
                lambda wrong: self.page.tell(wrong or tr("Removed."), wrong=bool(wrong)),
            )

    def _write(
        self, made: "Callable[[], tuple[Settings, dict[str, str]]]", then: Callable[[str], None], passphrase: str = ""
    ) -> None:
        """Keep settings, and the secrets that they name, in a worker: all is checked before anything is kept."""
        folder, status = self.desk.folder, self.vault

        def work() -> "tuple[Settings, Status]":
            from app import vault
            from app.notify import check, load, save

            settings, secrets = made()
            check(folder, settings)
            _into_vault(secrets, status, passphrase)
            save(folder, settings)
            return load(folder), vault.status()

        def answered(found: object, wrong: str) -> None:
            if not shiboken6.isValid(self.page):
                return
            if not wrong:
                self._asked += 1
                self._shown(self._asked, found, "")
            then(wrong.removeprefix(f"{folder / 'notify.toml'}: "))

        Reading(work, answered, self.page).start()

    # Tested

    def test(self, name: str) -> None:
        """Send a test message by one channel; a vault that is locked asks for its passphrase first."""
        settings, status = self.settings, self.vault
        if settings is None:
            return
        if status is not None and status.protection == "passphrase" and status.trouble and _needs_vault(settings, name):
            box = self.question = QInputDialog(self.desk.window)
            box.setWindowTitle("Situs")
            box.setLabelText(tr("Passphrase of the vault"))
            box.setTextEchoMode(QLineEdit.EchoMode.Password)
            box.textValueSelected.connect(partial(self._send, settings, name))
            box.finished.connect(box.deleteLater)
            box.open()
            return
        self._send(settings, name, "")

    def _send(self, settings: "Settings", name: str, passphrase: str) -> None:
        self.page.sending(True)
        self.page.tell(tr("Sending a test…"))
        self.desk.window.busy(tr("Sending a test…"))

        def work() -> "list[Delivery]":
            from app import vault
            from app.notify import send, test_notice

            if passphrase:
                vault.unlock(passphrase)
            return send(settings, test_notice(), name)

        Reading(work, partial(self._sent, name), self.page).start()

    def _sent(self, name: str, found: object, wrong: str) -> None:
        if not shiboken6.isValid(self.page):
            return
        self.desk.window.rest()
        self.page.sending(False)
        deliveries: list[Delivery] = found if isinstance(found, list) else []  # pyright: ignore[reportUnknownVariableType]
        trouble = wrong or next((d.trouble for d in deliveries if d.trouble), "")
        self._tried[name] = Tried(datetime.now(UTC), trouble)
        self.page.show_settings(self.settings, self._tried, "")
        if trouble:
            self.page.tell(tr("Not delivered. {reason}").format(reason=trouble), wrong=True)
        else:
            self.page.tell(
                tr("The test was sent. Look whether it has arrived: the receiver has taken it, no more is known.")
            )


def _needs_vault(settings: "Settings", name: str) -> bool:
    if name == "email":
        return settings.email is not None and settings.email.password.startswith("vault:")
    return any("vault:" in (h.url[:6], h.secret[:6]) for h in settings.webhook if h.name == name)


def _with_channel(settings: "Settings", chosen: dict[str, Any]) -> "tuple[Settings, dict[str, str]]":
    """The settings with a channel added or changed, and the secrets that were typed: name in the vault → secret."""
    from app.notify import Desktop, Email, NotifyError, Webhook
    from app.notify.settings import check_address

    kind, before = str(chosen["kind"]), cast("dict[str, str]", chosen["before"])
    secrets: dict[str, str] = {}

    def put(key: str, name: str) -> str:
        text = str(chosen[key]).strip()
        if not text:
            return before.get(key, "")
        secrets[name] = text
        return f"vault:{name}"

    if kind == "desktop":
        return msgspec.structs.replace(settings, desktop=Desktop()), {}
    if kind == "email":
        to = tuple(part.strip() for part in chosen["to"].split(",") if part.strip())
        password = put("password", "notify.email.password") if chosen["user"] else ""
        email = Email(
            chosen["server"], chosen["sender"], to, chosen["port"], chosen["security"], chosen["user"], password
        )
        return msgspec.structs.replace(settings, email=email), secrets
    others = tuple(h for h in settings.webhook if h.name != chosen["replaces"])
    name = str(chosen["name"])
    if name in ("desktop", "email") or any(h.name == name for h in others):
        raise NotifyError(tr("There is a channel {name} already; give this one a name of its own.").format(name=name))
    slug = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)[:30] or "x"
    slug += hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    if kind == "generic":
        hook = Webhook(name, chosen["url"], kind, put("secret", f"notify.{slug}.secret"))
    else:
        if chosen["address"]:
            check_address(str(chosen["address"]).strip())
        hook = Webhook(name, put("address", f"notify.{slug}.url"), kind)
    return msgspec.structs.replace(settings, webhook=(*others, hook)), secrets


def _into_vault(secrets: dict[str, str], status: "Status | None", passphrase: str) -> None:
    """Keep secrets in the vault; `passphrase` opens it, or protects a new one where there is no keyring."""
    if not secrets:
        return
    from app import vault

    new = status is not None and not status.protection and not status.keyring
    if passphrase:
        vault.ask_with(lambda: passphrase)
    try:
        for name, secret in secrets.items():
            vault.keep(name, secret, protect=vault.BY_PASSPHRASE if new and passphrase else None)
    finally:
        vault.ask_with(lambda: None)


def _without(settings: "Settings", name: str) -> "Settings":
    """Runs in a worker: the settings without a channel, whose own secrets leave the vault where it can be opened."""
    from contextlib import suppress

    from app import vault
    from app.vault import VaultError

    gone: list[str] = []
    if name == "email" and settings.email is not None:
        gone = [settings.email.password]
        kept = msgspec.structs.replace(settings, email=None)
    elif name == "desktop":
        kept = msgspec.structs.replace(settings, desktop=None)
    else:
        gone = [ref for h in settings.webhook if h.name == name for ref in (h.url, h.secret)]
        kept = msgspec.structs.replace(settings, webhook=tuple(h for h in settings.webhook if h.name != name))
    for reference in gone:
        if reference.startswith(_OURS):
            with suppress(VaultError):  # a vault that cannot be opened keeps it; it is of no use to anybody
                vault.discard(reference.removeprefix("vault:"))
    return kept
