"""Reads kubeconfig files strictly: what is not understood is refused in a sentence, never half obeyed.

The format is that of client-go (`k8s.io/client-go/tools/clientcmd/api/v1`). Several files, as `KUBECONFIG` names them,
are taken together as kubectl does: the first that names a thing wins, and relative files lie beside the file that names
them. Nothing here opens a network connection or runs a program.
"""

import base64
import binascii
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from scanners.exports.plainyaml import Branch, Leaf, NotPlain, Tree, tree_of
from scanners.live.credentials import LoginError, Secret

_LARGEST: Final = 4 << 20
_LARGEST_FILE: Final = 1 << 20
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_CLUSTER: Final = frozenset(
    {
        *("server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "proxy-url"),
        *("tls-server-name", "disable-compression", "extensions"),
    }
)
_USER: Final = frozenset(
    {
        *("client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile"),
        *("as", "as-uid", "as-groups", "exec", "auth-provider", "username", "password", "extensions"),
    }
)
_EXEC: Final = frozenset(
    {"apiVersion", "command", "args", "env", "installHint", "provideClusterInfo", "interactiveMode"}
)


class KubeconfigError(LoginError):
    """A kubeconfig, or a context of it, cannot be used; the text names file and line, and never a secret."""


class Plugin(Struct, frozen=True):
    """A program that gives a login (`users[].user.exec`). It runs only after a person agreed, or the connection did."""

    version: str
    command: str
    arguments: tuple[str, ...] = ()
    variables: tuple[tuple[str, Secret], ...] = ()
    interactive: str = "IfAvailable"
    tells_cluster: bool = False
    hint: str = ""


class User(Struct, frozen=True):
    """Who logs in. Bytes of certificates are PEM; `token_file` is read again whenever the login is refused."""

    certificate: bytes | None = None
    key: Secret | None = None
    token: Secret | None = None
    token_file: Path | None = None
    plugin: Plugin | None = None
    impersonated: tuple[tuple[str, str], ...] = ()


class Context(Struct, frozen=True):
    """One way to one cluster. `server` has no slash at its end; `authority` is PEM, or None for what this computer
    trusts."""

    name: str
    cluster: str
    server: str
    user: User
    authority: bytes | None = None
    tls_name: str | None = None
    proxy: str | None = None


class Unusable(Struct, frozen=True):
    """A context that cannot be used, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A named part of one file."""

    path: Path
    where: str
    members: Mapping[str, Tree]


@dataclass(slots=True)
class Kubeconfig:
    """What one or several files declare."""

    clusters: dict[str, _Entry] = field(default_factory=dict[str, _Entry])
    users: dict[str, _Entry] = field(default_factory=dict[str, _Entry])
    contexts: dict[str, _Entry] = field(default_factory=dict[str, _Entry])
    current: str | None = None

    def chosen(self, patterns: Sequence[str]) -> Iterator[Context | Unusable]:
        """Contexts whose names fit one of the patterns, the current one first; then patterns that no context fits."""
        names = sorted(self.contexts, key=lambda name: name != self.current)
        for name in names:
            if any(fnmatchcase(name, pattern) for pattern in patterns):
                try:
                    yield self._context(name)
                except KubeconfigError as error:
                    yield Unusable(name, str(error))
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                listed = ", ".join(repr(name) for name in names[:8]) or "none"
                yield Unusable(pattern, f"The kubeconfig has no context {pattern!r}; it has: {listed}.")

    def _context(self, name: str) -> Context:
        entry = self.contexts[name]
        cluster_name, user_name = _text(entry, "cluster"), _text(entry, "user")
        if not cluster_name or cluster_name not in self.clusters:
            raise _wrong(entry, f"context {name!r} names the cluster {cluster_name or ''!r}, which is in no file")
        if user_name and user_name not in self.users:
            raise _wrong(entry, f"context {name!r} names the user {user_name!r}, which is in no file")
        cluster = self.clusters[cluster_name]
        _only(cluster, _CLUSTER, f"cluster {cluster_name!r}")
        server = _server(cluster, name)
        plain = server.startswith("http://")
        if _flag(cluster, "insecure-skip-tls-verify") and not plain:
            raise _wrong(
                cluster,
                f"cluster {cluster_name!r} switches certificate checks off (insecure-skip-tls-verify). Whoever sits in "
                "between could answer in its place, so nothing that is read would prove anything; put the cluster's "
                "authority into certificate-authority-data instead",
            )
        return Context(
            name,
            cluster_name,
            server,
            self._user(user_name, name, plain),
            None if plain else _bytes(cluster, "certificate-authority", "certificate-authority-data"),
            _text(cluster, "tls-server-name"),
            _proxy(cluster),
        )

    def _user(self, name: str | None, context: str, plain: bool) -> User:
        if not name:
            return User()
        entry = self.users[name]
        _only(entry, _USER, f"user {name!r}")
        if "auth-provider" in entry.members:
            raise _wrong(
                entry,
                f"user {name!r} logs in by an auth-provider, which Kubernetes removed in version 1.26; make the "
                "kubeconfig anew (`gcloud container clusters get-credentials`, `az aks get-credentials`)",
            )
        if "username" in entry.members or "password" in entry.members:
            raise _wrong(
                entry,
                f"user {name!r} logs in by name and password, which Kubernetes removed in version 1.19; use a token or "
                "a client certificate",
            )
        certificate = key = None
        if not plain:
            certificate = _bytes(entry, "client-certificate", "client-certificate-data")
            secret = _bytes(entry, "client-key", "client-key-data")
            key = None if secret is None else Secret(secret.decode("latin-1"))
            if (certificate is None) != (key is None):
                raise _wrong(entry, f"user {name!r} has only one of client certificate and client key")
        token, file = _text(entry, "token"), _text(entry, "tokenFile")
        found = User(
            certificate,
            key,
            Secret(token) if token and not file else None,  # kubectl too lets the file win
            _beside(entry.path, file) if file else None,
            _plugin(entry, name),
            _impersonated(entry),
        )
        if found.plugin is not None and (found.token or found.token_file or found.certificate):
            return User(certificate, key, found.token, found.token_file, None, found.impersonated)
        del context
        return found


def usual_files(environment: Mapping[str, str] | None = None) -> list[Path]:
    """The files that kubectl would read: those of `KUBECONFIG`, else `~/.kube/config`."""
    named = (os.environ if environment is None else environment).get("KUBECONFIG", "")
    paths = [Path(part).expanduser() for part in named.split(os.pathsep) if part.strip()]
    return paths or [Path("~/.kube/config").expanduser()]


def load(paths: Sequence[Path], *, needed: bool = True) -> Kubeconfig:
    """What these files declare together. Files that are not there are passed over, as kubectl does, unless `needed`
    and none is there. Raises KubeconfigError."""
    found, read = Kubeconfig(), 0
    for path in paths:
        try:
            if path.stat().st_size > _LARGEST:
                raise KubeconfigError(f"{path}: larger than 4 MB; this is no kubeconfig.")
            raw = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise KubeconfigError(f"{path}: {error.strerror or 'cannot be read'}.") from None
        read += 1
        try:
            tree = tree_of(raw.decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise KubeconfigError(f"{path} is not UTF-8; save it as UTF-8.") from None
        except NotPlain as wrong:
            raise KubeconfigError(f"{path}, {wrong}.") from None
        _add(found, path, tree)
    if not read and needed:
        listed = ", ".join(str(path) for path in paths)
        raise KubeconfigError(f'There is no kubeconfig at {listed}. Name one: kubeconfig = "FILE".')
    return found


def _add(found: Kubeconfig, path: Path, tree: Tree) -> None:
    if not isinstance(tree, Branch) or tree.elements is not None:
        raise KubeconfigError(f"{path}: this is no kubeconfig.")
    kind = tree.members.get("kind")
    if isinstance(kind, Leaf) and kind.text not in ("", "Config"):
        raise KubeconfigError(f"{path}, {kind.where}: this is a {kind.text[:40]!r}, not a kubeconfig (kind: Config).")
    for word, inner, into in (
        ("clusters", "cluster", found.clusters),
        ("users", "user", found.users),
        ("contexts", "context", found.contexts),
    ):
        listed = tree.members.get(word)
        if listed is None or (isinstance(listed, Leaf) and listed.text in ("", "null", "~")):
            continue
        if not isinstance(listed, Branch) or listed.elements is None:
            raise KubeconfigError(f"{path}, {listed.where}: {word} is a list.")
        for element in listed.elements:
            members = element.members if isinstance(element, Branch) else {}
            name, body = members.get("name"), members.get(inner)
            if not isinstance(name, Leaf) or not name.text:
                raise KubeconfigError(f"{path}, {element.where}: an entry of {word} without a name.")
            into.setdefault(name.text, _Entry(path, element.where, body.members if isinstance(body, Branch) else {}))
    current = tree.members.get("current-context")
    if found.current is None and isinstance(current, Leaf) and current.text:
        found.current = current.text


def _wrong(entry: _Entry, sentence: str) -> KubeconfigError:
    return KubeconfigError(f"{entry.path}, {entry.where}: {sentence}.")


def _only(entry: _Entry, known: frozenset[str], what: str) -> None:
    for name in entry.members:
        if name not in known:
            raise _wrong(entry, f"{what} has the key {name[:60]!r}, which is not known here; nothing of it was used")


def _text(entry: _Entry, name: str) -> str | None:
    value = entry.members.get(name)
    if value is None or (isinstance(value, Leaf) and value.text in ("", "null", "~")):
        return None
    if not isinstance(value, Leaf):
        raise _wrong(entry, f"{name} is a text")
    return value.text


def _flag(entry: _Entry, name: str) -> bool:
    value = _text(entry, name)
    if value is None or value.lower() == "false":
        return False
    if value.lower() == "true":
        return True
    raise _wrong(entry, f"{name} is true or false")


def _server(entry: _Entry, context: str) -> str:
    stated = (_text(entry, "server") or "").rstrip("/")
    try:
        url = urlsplit(stated)
        host, _ = url.hostname, url.port
    except ValueError:
        host = None
        url = urlsplit("")
    if not host or url.scheme not in ("https", "http") or url.username or url.query or url.fragment:
        raise _wrong(entry, f"the server of context {context!r} is no address such as https://HOST:6443")
    if url.scheme == "http" and host not in LOOPBACK:
        raise _wrong(
            entry,
            f"the server of context {context!r} is plain http, which shows the login to everyone in between; only this "
            "computer (127.0.0.1) may be asked so",
        )
    return stated


def _proxy(entry: _Entry) -> str | None:
    stated = _text(entry, "proxy-url")
    if stated is None:
        return None
    scheme = stated.partition("://")[0].lower()
    if scheme not in ("http", "https"):
        raise _wrong(entry, f"proxy-url has the scheme {scheme[:20]!r}; http and https proxies can be used")
    return stated


def _beside(path: Path, name: str) -> Path:
    return path.parent / Path(name).expanduser()


def _bytes(entry: _Entry, file: str, data: str) -> bytes | None:
    """PEM from `data`, else from the file; data wins, as in kubectl."""
    encoded, name = _text(entry, data), _text(entry, file)
    if encoded is not None:
        try:
            found = base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError):
            raise _wrong(entry, f"{data} is not base64") from None
    elif name is not None:
        found = _read(entry, _beside(entry.path, name), file)
    else:
        return None
    if b"-----BEGIN " not in found:
        raise _wrong(entry, f"{data if encoded is not None else file} holds no PEM block")
    return found


def _read(entry: _Entry, path: Path, what: str) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise _wrong(entry, f"the file of {what} is larger than 1 MB: {path}")
        return path.read_bytes()
    except OSError as error:
        raise _wrong(entry, f"the file of {what} cannot be read: {path} ({error.strerror})") from None


def _plugin(entry: _Entry, user: str) -> Plugin | None:
    tree = entry.members.get("exec")
    if not isinstance(tree, Branch) or tree.elements is not None:
        return None
    part = _Entry(entry.path, tree.where, tree.members)
    _only(part, _EXEC, f"the exec plugin of user {user!r}")
    command = _text(part, "command")
    if not command:
        raise _wrong(part, f"the exec plugin of user {user!r} names no command")
    version = _text(part, "apiVersion") or ""
    if version not in ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"):
        raise _wrong(part, f"the exec plugin of user {user!r} speaks {version[:60]!r}; v1 and v1beta1 are known")
    if "/" in command or "\\" in command:
        command = str(_beside(entry.path, command))
    return Plugin(
        version,
        command,
        tuple(leaf.text for leaf in _leaves(part, "args")),
        tuple(_variables(part)),
        _text(part, "interactiveMode") or "IfAvailable",
        _flag(part, "provideClusterInfo"),
        (_text(part, "installHint") or "")[:300],
    )


def _leaves(entry: _Entry, name: str) -> Iterator[Leaf]:
    tree = entry.members.get(name)
    if tree is None or (isinstance(tree, Leaf) and tree.text in ("", "null", "~")):
        return
    if not isinstance(tree, Branch) or tree.elements is None:
        raise _wrong(entry, f"{name} is a list")
    for element in tree.elements:
        if not isinstance(element, Leaf):
            raise _wrong(entry, f"{name} is a list of texts")
        yield element


def _variables(entry: _Entry) -> Iterator[tuple[str, Secret]]:
    tree: Any = entry.members.get("env")
    for element in tree.elements or () if isinstance(tree, Branch) else ():
        members = element.members if isinstance(element, Branch) else {}
        name, value = members.get("name"), members.get("value")
        if isinstance(name, Leaf) and name.text and "=" not in name.text and "\0" not in name.text:
            yield name.text, Secret(value.text if isinstance(value, Leaf) else "")


def _impersonated(entry: _Entry) -> tuple[tuple[str, str], ...]:
    """The headers of a user who acts as another one: leaving them out would read with more rights than was asked."""
    found: list[tuple[str, str]] = []
    if name := _text(entry, "as"):
        found.append(("Impersonate-User", name))
    if uid := _text(entry, "as-uid"):
        found.append(("Impersonate-Uid", uid))
    groups = [leaf.text for leaf in _leaves(entry, "as-groups")]
    if len(groups) > 1:
        raise _wrong(entry, "as-groups names more than one group; name one at most")
    found += [("Impersonate-Group", group) for group in groups]
    for _, value in found:
        if not value.isprintable() or not value.isascii():
            raise _wrong(entry, "as, as-uid and as-groups are printable ASCII")
    return tuple(found)
