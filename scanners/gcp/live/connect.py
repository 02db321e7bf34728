"""How Google Cloud is connected: ways to log in, and what the rest of the program calls."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from scanners.live.credentials import NOBODY, LoginError, Network, Person
from scanners.live.providers import Named, Told, Way
from scanners.runner import NORMAL, Manners, Sink

if TYPE_CHECKING:
    from scanners.gcp.live.login import Login
    from scanners.guard import CallLog
    from scanners.live.collect import Probe, Scanned

TITLE: Final = "Google Cloud"
_SCOPE: Final = frozenset({"universe_domain", "organization", "folders"})
WAYS: Final[Mapping[str, Way]] = {
    "default": Way(optional=_SCOPE),
    "service_account": Way(optional=_SCOPE, either=("key", "secret")),
    "impersonate": Way(frozenset({"target"}), _SCOPE | {"source"}),
    "workload_identity": Way(frozenset({"config"}), _SCOPE),
    "token": Way(frozenset({"secret"}), _SCOPE),
}
FORMS: Final = ("text", "role", "policy", "terraform")


def login(named: Named) -> "Login":
    """The login of a connection. Raises LoginError for a name of an organisation or folder that cannot be one."""
    from scanners.gcp.live.login import Login

    given: dict[str, Any] = dict(named.options)
    if isinstance(given.get("source"), str):
        raise LoginError(
            f"{named.name}: source names another connection of this file; there is no {given['source']!r}."
        )
    return Login(
        named.name,
        named.auth,
        accounts=named.accounts,
        regions=named.regions,
        endpoint=named.endpoint,
        **given,
    )


def scan(
    login: "Login",
    sink: Sink,
    log: "CallLog",
    *,
    manners: Manners = NORMAL,
    network: Network | None = None,
    progress: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
    person: Person = NOBODY,
) -> "Scanned":
    """Reads everything that is declared from one connection into the sink."""
    from scanners.gcp.live.scan import scan as run

    del person  # no way of logging in asks anything
    return run(login, sink, log, manners=manners, network=network, progress=progress, cancelled=cancelled)


def probe(
    login: "Login",
    *,
    network: Network | None = None,
    progress: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
    person: Person = NOBODY,
) -> "Probe":
    """Tries every permission in one project."""
    from scanners.gcp.live.probe import probe as run

    del person
    return run(login, network=network, progress=progress, cancelled=cancelled)


def permissions(form: str, options: Mapping[str, str]) -> str:
    """The permissions in one of the `FORMS`; `scope` is an organisation, folder or project, `principal` who gets it."""
    from scanners.gcp.live.permissions import render

    return render(form, options.get("scope"), options.get("principal"))
