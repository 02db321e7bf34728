"""Who is told, and how: `notify.toml` in the user's data folder. Secrets are never in it, only `vault:NAME`.

`EXAMPLE` shows all that can be set.
"""

import ipaddress
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from app.job import SEVERITIES
from app.notify.errors import NotifyError
from app.texts import tr

EXAMPLE: Final = """\
severity = "high"          # new or worse violations from this severity on
titles = true              # false: counts only
[desktop]
[email]
server = "smtp.example.com"
port = 587
security = "starttls"      # or "tls" (port 465)
user = "audit@example.com"
password = "vault:smtp"
sender = "audit@example.com"
to = ["compliance@example.com"]
[[webhook]]
name = "team"
kind = "teams"             # teams, slack or generic
url = "vault:teams"        # the address of a Teams or Slack webhook is a secret itself
secret = "vault:hook"      # generic: signs the message
"""
FILE: Final = "notify.toml"
KINDS: Final = ("teams", "slack", "generic")
EVENTS: Final = ("findings", "expiring", "failed", "incomplete", "missed")
_LARGEST: Final = 64 * 1024
_SECURITY: Final = {"starttls": 587, "tls": 465}


class Desktop(Struct, frozen=True, forbid_unknown_fields=True):
    """A message on the screen of whoever is logged in."""


class Email(Struct, frozen=True, forbid_unknown_fields=True):
    """A message by SMTP, always under TLS. `password`: `vault:NAME` or `env:NAME`; none, as `user`: without login."""

    server: str
    sender: str
    to: tuple[str, ...]
    port: int = 0
    security: str = "starttls"
    user: str = ""
    password: str = ""


class Webhook(Struct, frozen=True, forbid_unknown_fields=True):
    """A message by HTTPS. `url`: `vault:NAME`, `env:NAME` or, for generic ones, an address. `secret` signs it."""

    name: str
    url: str
    kind: str = "generic"
    secret: str = ""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is told what. `severity`: new or worse violations from it on. `titles`: rule titles, or counts only."""

    severity: str = "high"
    titles: bool = True
    events: tuple[str, ...] = EVENTS
    desktop: Desktop | None = None
    email: Email | None = None
    webhook: tuple[Webhook, ...] = ()

    @property
    def anyone(self) -> bool:
        """Whether anyone is told at all."""
        return self.desktop is not None or self.email is not None or bool(self.webhook)


def load(folder: Path) -> Settings:
    """The settings; nobody is told where there is no file. Raises NotifyError."""
    file = folder / FILE
    try:
        with file.open("rb") as source:
            raw = source.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            raise NotifyError(tr("{file} is too large to be settings of notifications.").format(file=file))
        settings = msgspec.convert(tomllib.loads(raw.decode("utf-8-sig")), Settings)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise NotifyError(tr("{file} cannot be read: {reason}.").format(file=file, reason=error.strerror)) from None
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise NotifyError(tr("{file} cannot be understood: {reason}.").format(file=file, reason=error)) from None
    _check(settings, file)
    return settings


def check(folder: Path, settings: Settings) -> None:
    """Raises NotifyError for settings that could not be kept."""
    _check(settings, folder / FILE)


def save(folder: Path, settings: Settings) -> None:
    """Keep settings. Raises NotifyError."""
    import json

    file = folder / FILE
    _check(settings, file)

    def line(name: str, value: object) -> str:
        return f"{name} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")

    rows = [line("severity", settings.severity), line("titles", settings.titles), line("events", list(settings.events))]
    if settings.desktop is not None:
        rows.append("[desktop]")
    if settings.email is not None:
        rows.append("[email]")
        told = msgspec.structs.asdict(settings.email)
        rows += [line(k, v) for k, v in told.items() if v not in ("", 0)]
    for hook in settings.webhook:
        rows.append("[[webhook]]")
        rows += [line(k, v) for k, v in msgspec.structs.asdict(hook).items() if v]
    part = file.with_name(f"{FILE}.{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text("\n".join([*rows, ""]), encoding="utf-8", newline="\n")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise NotifyError(tr("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror)) from None


def revealed(reference: str, environment: Mapping[str, str] | None = None) -> str:
    """The secret that a reference names, or the text itself where it is none. Raises NotifyError."""
    from app.vault import VaultError, fetch

    kept, _, name = reference.partition(":")
    if kept == "env":
        value = (os.environ if environment is None else environment).get(name)
        if not value:
            raise NotifyError(tr("The environment variable {name} is not set.").format(name=name))
        return value
    if kept == "vault":
        try:
            return fetch(name)
        except VaultError as error:
            raise NotifyError(str(error)) from None
    return reference


def is_reference(text: str) -> bool:
    """Whether a text names a secret instead of being one."""
    kept, _, name = text.partition(":")
    return kept in ("env", "vault") and bool(name) and not name.startswith("/")


def check_address(url: str) -> None:
    """Raises NotifyError for an address that is not HTTPS (plain HTTP only to this computer)."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise NotifyError(tr("The address of a webhook is written as https://host/path.")) from None
    if (parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host or ""))) or not host:
        raise NotifyError(tr("The address of a webhook begins with https://; plain HTTP could be read on its way."))
    if parts.username or parts.password:
        raise NotifyError(tr("The address of a webhook holds no user and password."))


def is_loopback(host: str) -> bool:
    """Whether a host is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def port_of(email: Email) -> int:
    """The port, or the usual one of its security."""
    return email.port or _SECURITY[email.security]


def _check(settings: Settings, file: Path) -> None:
    def wrong(sentence: str) -> NotifyError:
        return NotifyError(f"{file}: {sentence}")

    if settings.severity not in SEVERITIES:
        raise wrong(tr("severity is one of {names}.").format(names=", ".join(SEVERITIES)))
    if not set(settings.events) <= set(EVENTS):
        raise wrong(tr("events are of {names}.").format(names=", ".join(EVENTS)))
    if settings.email is not None:
        _check_email(settings.email, wrong)
    names = [hook.name for hook in settings.webhook]
    for hook in settings.webhook:
        if hook.kind not in KINDS:
            raise wrong(tr("kind of a webhook is one of {names}.").format(names=", ".join(KINDS)))
        if not hook.name or not hook.name.isprintable() or names.count(hook.name) > 1:
            raise wrong(tr("each webhook has a name of its own."))
        if not is_reference(hook.url):
            if hook.kind != "generic":
                raise wrong(
                    tr(
                        "whoever knows the address of a Teams or Slack webhook can write there: keep it in the vault "
                        '(`situs vault set NAME`) and write url = "vault:NAME".'
                    )
                )
            try:
                check_address(hook.url)
            except NotifyError as error:
                raise wrong(str(error)) from None
        if hook.secret and not is_reference(hook.secret):
            raise wrong(tr("a secret is never written here: vault:NAME or env:NAME."))


def _check_email(email: Email, wrong: Callable[[str], NotifyError]) -> None:
    if email.security not in _SECURITY:
        raise wrong(tr("security of e-mail is starttls or tls; mail is never sent in the clear."))
    if not email.server or not 0 <= email.port <= 65535:
        raise wrong(tr("e-mail needs a server, and a port from 1 to 65535."))
    for address in (email.sender, *email.to):
        if address.count("@") != 1 or not address.isprintable() or set(address) & set(" ,;<>\"'"):
            raise wrong(tr("{address!r} is no e-mail address.").format(address=address[:100]))
    if not email.to:
        raise wrong(tr("e-mail needs at least one address in `to`."))
    if bool(email.user) != bool(email.password):
        raise wrong(tr("user and password go together."))
    if email.password and not is_reference(email.password):
        raise wrong(tr("a password is never written here: vault:NAME or env:NAME."))
