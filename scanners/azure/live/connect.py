"""How Microsoft Azure is connected: ways to log in, and what the rest of the program calls."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from scanners.live.credentials import NOBODY, Network, Person
from scanners.live.providers import Named, Told, Way
from scanners.runner import NORMAL, Manners, Sink

if TYPE_CHECKING:
    from scanners.azure.live.login import Login
    from scanners.guard import CallLog
    from scanners.live.collect import Probe, Scanned

TITLE: Final = "Microsoft Azure"
_ANY: Final = frozenset({"cloud", "tenant"})
WAYS: Final[Mapping[str, Way]] = {
    "default": Way(optional=_ANY),
    "browser": Way(optional=_ANY | {"client_id"}),
    "device": Way(optional=_ANY | {"client_id"}),
    "cli": Way(optional=_ANY),
    "managed_identity": Way(optional=_ANY | {"client_id"}),
    "client_secret": Way(frozenset({"tenant", "client_id", "secret"}), frozenset({"cloud"})),
    "certificate": Way(frozenset({"tenant", "client_id", "certificate"}), frozenset({"cloud", "secret"})),
    "token": Way(frozenset({"secret"}), _ANY),
}
FORMS: Final = ("role", "commands", "terraform", "text")


def login(named: Named) -> "Login":
    """The login of a connection."""
    from scanners.azure.live.login import Login, check

    given: dict[str, Any] = dict(named.options)
    found = Login(
        named.name,
        named.auth,
        accounts=named.accounts,
        regions=named.regions,
        endpoint=named.endpoint,
        **given,
    )
    check(found)
    return found


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
    from scanners.azure.live.scan import scan as run

    return run(
        login, sink, log, manners=manners, network=network, progress=progress, cancelled=cancelled, person=person
    )


def probe(
    login: "Login",
    *,
    network: Network | None = None,
    progress: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
    person: Person = NOBODY,
) -> "Probe":
    """Tries every permission in one subscription."""
    from scanners.azure.live.probe import probe as run

    return run(login, network=network, progress=progress, cancelled=cancelled, person=person)


def accounts(login: "Login", log: "CallLog", *, network: Network | None = None) -> "list[Login] | None":
    """The login once for each subscription that it asks for."""
    from msgspec.structs import replace

    from scanners.azure.live.scan import names

    return [replace(login, accounts=(name,)) for name in names(login, log, network or Network())]


def permissions(form: str, options: Mapping[str, str]) -> str:
    """The permissions in one of the `FORMS`; `principal` and `scope` say who gets the role, and where."""
    from scanners.azure.live.permissions import render

    return render(form, options.get("principal"), options.get("scope"))
