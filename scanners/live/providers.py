"""The clouds that can be connected: one line each. Everything about a provider is said by its own module `connect`.

A module `scanners.PROVIDER.live.connect` is quick to import (nothing of an SDK) and offers what `Provider` names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final, Protocol, cast

from scanners.guard import CallLog
from scanners.live import PROVIDERS
from scanners.live.collect import Probe, Scanned
from scanners.live.credentials import NOBODY, Network, Person
from scanners.runner import NORMAL, Manners, Sink

SECRETS: Final = frozenset({"secret", "session_secret"})
"""Keys whose value names where a secret is kept."""
LISTS: Final = frozenset({"contexts", "folders"})
"""Keys whose value is a list of texts."""
FILES: Final = frozenset({"key", "config", "certificate", "kubeconfig"})
"""Keys whose value is a file; `key_file` is another spelling of `key`, and so on."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to log in: keys that it needs, keys that it may have, and keys of which it needs one."""

    needed: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    either: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A connection as its file says it. `options`: texts, tuples of texts, paths as text, `Secret`s; `source` is
    another login."""

    name: str
    auth: str
    options: Mapping[str, Any]
    accounts: tuple[str, ...] = ("*",)
    regions: tuple[str, ...] = ("*",)
    endpoint: str | None = None


Told = Callable[[str, int, int], None]
"""Told of progress: what is read, how much is done, of how much (0: not known yet)."""


class Provider(Protocol):
    """What a module `connect` offers."""

    TITLE: str
    """The name that people use."""
    WAYS: Mapping[str, Way]
    """Ways to log in, the usual one first; the first is taken where a file names none."""
    FORMS: tuple[str, ...]
    """Forms in which permissions are printed, the usual one first."""

    def login(self, named: Named) -> Any:
        """The login; nothing is called yet. Raises LoginError with a sentence for what cannot be."""
        ...

    def scan(
        self,
        login: Any,
        sink: Sink,
        log: CallLog,
        *,
        manners: Manners = NORMAL,
        network: Network | None = None,
        progress: Told | None = None,
        cancelled: Callable[[], bool] | None = None,
        person: Person = NOBODY,
    ) -> Scanned:
        """Reads everything that is declared into the sink, coverage last. Raises LoginError where nobody got in."""
        ...

    def probe(
        self,
        login: Any,
        *,
        network: Network | None = None,
        progress: Told | None = None,
        cancelled: Callable[[], bool] | None = None,
        person: Person = NOBODY,
    ) -> Probe:
        """Tries every permission; nothing is kept. Raises LoginError where nobody got in."""
        ...

    def permissions(self, form: str, options: Mapping[str, str]) -> str:
        """What a scan must be granted, in one of the `FORMS`. `options`: what the command line said besides."""
        ...


@cache
def provider(name: str) -> Provider:
    """The module of a provider. Raises KeyError for one that there is not."""
    if name not in PROVIDERS:
        raise KeyError(name)
    return cast(Provider, import_module(f"scanners.{name}.live.connect"))
