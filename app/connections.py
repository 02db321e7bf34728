"""The connections file: which clouds to read, and how to get in. Secrets are never in it, only where they are kept."""

import os
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from msgspec import Struct

from scanners.live import PROVIDERS
from scanners.live.providers import FILES, LISTS, SECRETS
from scanners.live.providers import provider as provider_of

if TYPE_CHECKING:
    from scanners.live.credentials import Secret
    from scanners.live.providers import Way

_LARGEST: Final = 1 << 20
_COMMON: Final = frozenset({"name", "provider", "auth", "accounts", "regions", "endpoint"})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class ConnectionsError(Exception):
    """The connections file cannot be used; the text names file, line and key, and never a value that may be secret."""


class Connection(Struct, frozen=True):
    """One entry of the file, checked. `options` holds the keys of its way of logging in; secrets as references
    (`vault:NAME`, `env:NAME`)."""

    name: str
    provider: str
    auth: str
    accounts: tuple[str, ...] = ("*",)
    regions: tuple[str, ...] = ("*",)
    endpoint: str | None = None
    options: dict[str, str | tuple[str, ...]] = {}
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
        provider = self._text(n, table, "provider", needed=True) or ""
        if provider not in PROVIDERS:
            raise self._error(n, "provider", f"unknown provider {provider!r}{_hint(provider, PROVIDERS)}")
        ways = provider_of(provider).WAYS
        auth = self._text(n, table, "auth") or next(iter(ways))
        if auth not in ways:
            raise self._error(n, "auth", f"unknown way to log in {auth!r}{_hint(auth, ways)}; {', '.join(ways)}")
        options = self._options(n, table, ways[auth], auth)
        return Connection(
            name,
            provider,
            auth,
            self._names(n, table, "accounts"),
            self._names(n, table, "regions"),
            self._endpoint(n, table),
            options,
            self._place(n, None),
        )

    def _options(self, n: int, table: dict[str, Any], way: "Way", auth: str) -> dict[str, str | tuple[str, ...]]:
        allowed = way.needed | way.optional | set(way.either)
        options: dict[str, str | tuple[str, ...]] = {}
        for key in table:
            if key in _COMMON:
                continue
            plain = _plain(key)
            if plain not in allowed:
                spelled = {f"{k}_env" for k in allowed & SECRETS}
                raise self._error(
                    n, key, f"{key!r} is not a key of auth = {auth!r}{_hint(key, sorted(allowed | _COMMON | spelled))}"
                )
            if plain in options:
                raise self._error(n, key, f"{plain} is given twice")
            options[plain] = self._option(n, table, key, plain)
        for key in sorted(way.needed - set(options)):
            raise self._error(n, None, f"auth = {auth!r} needs the key {key}{'_env' if key in SECRETS else ''}")
        if way.either and not options.keys() & set(way.either):
            raise self._error(n, None, f"auth = {auth!r} needs one of the keys {', '.join(way.either)}")
        return options

    def _option(self, n: int, table: dict[str, Any], key: str, plain: str) -> str | tuple[str, ...]:
        if plain in LISTS:
            return self._names(n, table, key)
        value = self._text(n, table, key) or ""
        if plain in SECRETS:
            return self._reference(n, key, value if key == plain else f"env:{value}")
        if plain in FILES:
            beside = self._path.parent / Path(value).expanduser()
            return str(beside if beside.exists() else Path(value).expanduser())
        return value

    def _reference(self, n: int, key: str, value: str) -> str:
        kept, _, name = value.partition(":")
        if kept not in ("env", "vault") or not name or "=" in name or not name.isprintable():
            raise self._error(
                n,
                key,
                "a secret is never written here; name its entry in the vault (vault:NAME) or a variable of the "
                "environment (env:NAME)",
            )
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


def _plain(key: str) -> str:
    """The key that another spelling stands for: `secret_env` and `key_file`."""
    for ending, keys in (("_env", SECRETS), ("_file", FILES)):
        if key.endswith(ending) and key.removesuffix(ending) in keys:
            return key.removesuffix(ending)
    return key


def login_of(connection: Connection, others: list[Connection], environment: Mapping[str, str] | None = None) -> Any:
    """The login of a connection as its provider knows it, secrets fetched; nothing is called.

    Raises ConnectionsError where a secret is not there, or a connection cannot be as it is written.
    """
    from scanners.live.credentials import LoginError
    from scanners.live.providers import Named

    options: dict[str, Any] = dict(connection.options)
    for key in SECRETS & options.keys():
        options[key] = _secret(connection, key, environment)
    if "source" in options:
        named = next((c for c in others if c.name == options["source"]), None)
        if named is not None:
            if named.name == connection.name or _chain(named, others, {connection.name}):
                raise ConnectionsError(f"{connection.where}: the source of {connection.name} leads back to itself.")
            if named.provider != connection.provider:
                raise ConnectionsError(f"{connection.where}: the source of {connection.name} is of another provider.")
            options["source"] = login_of(named, others, environment)
    try:
        return provider_of(connection.provider).login(
            Named(
                connection.name,
                connection.auth,
                options,
                connection.accounts,
                connection.regions,
                connection.endpoint,
            )
        )
    except LoginError as error:
        raise ConnectionsError(f"{connection.where}: {error}") from None


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
    from scanners.live.credentials import Secret

    reference = connection.options.get(key)
    if reference is None:
        return None
    kept, _, name = str(reference).partition(":")
    if kept == "vault":
        from app.vault import VaultError, fetch

        try:
            return Secret(fetch(name))
        except VaultError as error:
            raise ConnectionsError(
                f"{connection.where}: the connection {connection.name} takes its {key} from the vault. {error}"
            ) from None
    value = (os.environ if environment is None else environment).get(name)
    if not value:
        raise ConnectionsError(
            f"{connection.where}: the connection {connection.name} takes its {key} from the environment variable "
            f"{name}, which is not set."
        )
    return Secret(value)


Ask = Callable[[str], str]
