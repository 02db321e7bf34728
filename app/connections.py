"""The connections file: which clouds to read, and how to get in. Secrets are never in it, only where they are kept."""

import os
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from msgspec import Struct

if TYPE_CHECKING:
    from scanners.aws.live.login import Login, Secret

_LARGEST: Final = 1 << 20
_COMMON: Final = frozenset({"name", "provider", "auth", "accounts", "regions", "endpoint"})
_AUTH: Final[dict[str, dict[str, frozenset[str]]]] = {
    "aws": {
        "default": frozenset(),
        "profile": frozenset({"profile"}),
        "keys": frozenset({"access_key_id", "secret"}),
        "role": frozenset({"role_arn"}),
    }
}
_OPTIONAL: Final[dict[str, dict[str, frozenset[str]]]] = {
    "aws": {
        "default": frozenset({"organization_role", "external_id"}),
        "profile": frozenset({"organization_role", "external_id"}),
        "keys": frozenset({"organization_role", "external_id", "session_secret"}),
        "role": frozenset({"organization_role", "external_id", "mfa_serial", "source"}),
    }
}
_SECRETS: Final = frozenset({"secret", "session_secret"})
_LATER: Final = {"azure": "Azure", "gcp": "Google Cloud", "kubernetes": "Kubernetes"}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class ConnectionsError(Exception):
    """The connections file cannot be used; the text names file, line and key, and never a value that may be secret."""


class Connection(Struct, frozen=True):
    """One entry of the file, checked. `options` holds the keys of its way of logging in; secrets as references
    (`env:NAME`)."""

    name: str
    provider: str
    auth: str
    accounts: tuple[str, ...] = ("*",)
    regions: tuple[str, ...] = ("*",)
    endpoint: str | None = None
    options: dict[str, str] = {}
    where: str = ""


def load_connections(path: Path) -> list[Connection]:
    """The connections that a file declares. Raises ConnectionsError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConnectionsError(f"{path}: {error.strerror or 'cannot be read'}.") from None
    if len(raw) > _LARGEST:
        raise ConnectionsError(f"{path}: larger than 1 MB; this is no connections file.")
    try:
        text = raw.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConnectionsError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConnectionsError(f"{path}: not valid TOML: {error}.") from None
    return _Reader(path, text).read(document)


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._starts = [n for n, line in enumerate(self._lines) if line.replace(" ", "").startswith("[[connection]]")]

    def read(self, document: Mapping[str, Any]) -> list[Connection]:
        for key in document:
            if key != "connection":
                raise self._error(
                    None, key, f"there is no key {key!r} at the top; each entry begins with [[connection]]"
                )
        entries = document.get("connection", [])
        if not isinstance(entries, list) or not entries:
            raise self._error(None, None, "the file holds no [[connection]]")
        found = [self._entry(n, entry) for n, entry in enumerate(cast("list[Any]", entries))]
        names = [c.name for c in found]
        for n, name in enumerate(names):
            if name in names[:n]:
                raise self._error(n, "name", f"two connections are called {name!r}")
        return found

    def _entry(self, n: int, entry: Any) -> Connection:
        if not isinstance(entry, dict):
            raise self._error(n, None, "an entry is written under [[connection]]")
        table = cast("dict[str, Any]", entry)
        name = self._text(n, table, "name", needed=True)
        if not name or len(name) > 80 or name.startswith("import:") or not name.isprintable():
            raise self._error(n, "name", "a name has 1 to 80 printable characters and does not begin with 'import:'")
        provider = self._text(n, table, "provider", needed=True)
        if provider in _LATER:
            raise self._error(
                n,
                "provider",
                f"{_LATER[provider]} cannot be connected in this version yet; export it and use --import",
            )
        ways = _AUTH.get(provider or "")
        if ways is None:
            raise self._error(n, "provider", f"unknown provider {provider!r}{_hint(provider, [*_AUTH, *_LATER])}")
        auth = self._text(n, table, "auth") or "default"
        if auth not in ways:
            raise self._error(n, "auth", f"unknown way to log in {auth!r}{_hint(auth, ways)}; {', '.join(ways)}")
        options = self._options(n, table, ways[auth], _OPTIONAL[cast(str, provider)][auth], auth)
        return Connection(
            name,
            cast(str, provider),
            auth,
            self._names(n, table, "accounts"),
            self._names(n, table, "regions"),
            self._endpoint(n, table),
            options,
            self._place(n, None),
        )

    def _options(
        self, n: int, table: dict[str, Any], needed: frozenset[str], optional: frozenset[str], auth: str
    ) -> dict[str, str]:
        allowed = needed | optional
        options: dict[str, str] = {}
        for key in table:
            if key in _COMMON:
                continue
            plain = key.removesuffix("_env")
            if plain not in allowed or (key != plain and plain not in _SECRETS):
                known = sorted(allowed | _COMMON | {f"{k}_env" for k in allowed & _SECRETS})
                raise self._error(n, key, f"{key!r} is not a key of auth = {auth!r}{_hint(key, known)}")
            value = self._text(n, table, key) or ""
            if plain in options:
                raise self._error(n, key, f"{plain} is given twice")
            if plain in _SECRETS:
                value = self._reference(n, key, value if key == plain else f"env:{value}")
            options[plain] = value
        for key in sorted(needed - set(options)):
            raise self._error(n, None, f"auth = {auth!r} needs the key {key}{'_env' if key in _SECRETS else ''}")
        return options

    def _reference(self, n: int, key: str, value: str) -> str:
        if value.startswith("vault:"):
            raise self._error(n, key, "the vault is not available in this version yet; use env:NAME")
        name = value.removeprefix("env:")
        if not value.startswith("env:") or not name or "=" in name or not name.isprintable():
            raise self._error(n, key, "a secret is never written here; name a variable of the environment: env:NAME")
        return value

    def _endpoint(self, n: int, table: dict[str, Any]) -> str | None:
        value = self._text(n, table, "endpoint")
        if value is None:
            return None
        try:
            url = urlsplit(value)
            host, _ = url.hostname, url.port
        except ValueError:
            raise self._error(n, "endpoint", "this is no address") from None
        if url.scheme not in ("https", "http") or not host or url.username or url.query or url.fragment:
            raise self._error(n, "endpoint", "an endpoint is written as https://host, without a user or a query")
        if url.scheme == "http" and host not in _LOOPBACK:
            raise self._error(n, "endpoint", "http is allowed to this computer only (127.0.0.1); use https")
        return value.rstrip("/")

    def _names(self, n: int, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value: Any = table.get(key, ["*"])
        if not isinstance(value, list) or not value:
            raise self._error(n, key, f'{key} is a list of texts, as ["*"]')
        names = cast("list[Any]", value)
        if not all(isinstance(one, str) and one.strip() and len(one) <= 100 for one in names):
            raise self._error(n, key, f'{key} is a list of texts, as ["*"]; ids go in quotation marks')
        return tuple(dict.fromkeys(cast("list[str]", names)))

    def _text(self, n: int, table: dict[str, Any], key: str, needed: bool = False) -> str | None:
        value = table.get(key)
        if value is None:
            if needed:
                raise self._error(n, None, f"the key {key} is missing")
            return None
        if not isinstance(value, str) or not value.strip() or len(value) > 2000:
            raise self._error(n, key, f"{key} is a text in quotation marks")
        return value.strip()

    def _error(self, n: int | None, key: str | None, sentence: str) -> ConnectionsError:
        return ConnectionsError(f"{self._place(n, key)}: {sentence}.")

    def _place(self, n: int | None, key: str | None) -> str:
        start = self._starts[n] if n is not None and n < len(self._starts) else None
        if key is None and start is None:
            return str(self._path)
        first = start or 0
        last = next((s for s in self._starts if s > first), len(self._lines)) if start is not None else len(self._lines)
        line = first
        if key is not None:
            words = (f"{key}=", f'"{key}"=', f"'{key}'=", f"{key}.", f"[{key}", f"[[{key}")
            line = next((i for i in range(first, last) if self._lines[i].replace(" ", "").startswith(words)), first)
        return f"{self._path}, line {line + 1}"


def _hint(word: str | None, known: Any) -> str:
    close = get_close_matches(word or "", [str(k) for k in known], 1, 0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def login_of(connection: Connection, others: list[Connection], environment: Mapping[str, str] | None = None) -> "Login":
    """The login of an AWS connection, secrets fetched. Raises ConnectionsError where one is not there."""
    from scanners.aws.live.login import Login

    options = connection.options
    source: Login | None = None
    if "source" in options:
        named = next((c for c in others if c.name == options["source"]), None)
        if named is None:
            source = Login(connection.name, "profile", profile=options["source"], endpoint=connection.endpoint)
        elif named.name == connection.name or _chain(named, others, {connection.name}):
            raise ConnectionsError(f"{connection.where}: the source of {connection.name} leads back to itself.")
        else:
            source = login_of(named, others, environment)
    return Login(
        connection.name,
        connection.auth,
        options.get("profile"),
        options.get("access_key_id"),
        _secret(connection, "secret", environment),
        _secret(connection, "session_secret", environment),
        options.get("role_arn"),
        options.get("external_id"),
        options.get("mfa_serial"),
        source,
        options.get("organization_role"),
        connection.accounts,
        connection.regions,
        connection.endpoint,
    )


def _chain(connection: Connection, others: list[Connection], seen: set[str]) -> bool:
    """Whether the sources of a connection lead round in a circle."""
    while True:
        if connection.name in seen:
            return True
        seen.add(connection.name)
        following = next((c for c in others if c.name == connection.options.get("source")), None)
        if following is None:
            return False
        connection = following


def _secret(connection: Connection, key: str, environment: Mapping[str, str] | None) -> "Secret | None":
    from scanners.aws.live.login import Secret

    reference = connection.options.get(key)
    if reference is None:
        return None
    name = reference.removeprefix("env:")
    value = (os.environ if environment is None else environment).get(name)
    if not value:
        raise ConnectionsError(
            f"{connection.where}: the connection {connection.name} takes its {key} from the environment variable "
            f"{name}, which is not set."
        )
    return Secret(value)


Ask = Callable[[str], str]
