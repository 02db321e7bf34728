"""How clusters are connected: by a kubeconfig, with what the rest of the program calls."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from scanners.live.credentials import NOBODY, Network, Person
from scanners.live.providers import Named, Told, Way
from scanners.runner import NORMAL, Manners, Sink

if TYPE_CHECKING:
    from scanners.guard import CallLog
    from scanners.kubernetes.live.login import Login
    from scanners.live.collect import Probe, Scanned
    from scanners.model import Location

TITLE: Final = "Kubernetes"
WAYS: Final[Mapping[str, Way]] = {"kubeconfig": Way(optional=frozenset({"kubeconfig", "contexts", "exec"}))}
FORMS: Final = ("role", "terraform", "text")
TAKES_PLACES: Final = True
"""A declared site may say where a cluster stands; `scan` takes what was declared as `places`."""


def login(named: Named) -> "Login":
    """The login of a connection. Raises LoginError for what cannot be."""
    from scanners.kubernetes.live.login import Login, options_of
    from scanners.live.credentials import LoginError

    if named.regions != ("*",):
        raise LoginError(f"{named.name}: a cluster is read whole; leave out regions, and name contexts or accounts.")
    return Login(named.name, accounts=named.accounts, endpoint=named.endpoint, **options_of(named.options))


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
    places: "Mapping[str, Location] | None" = None,
) -> "Scanned":
    """Reads everything that is declared from the clusters of one connection into the sink."""
    from scanners.kubernetes.live.scan import scan as run

    return run(
        login,
        sink,
        log,
        manners=manners,
        network=network,
        progress=progress,
        cancelled=cancelled,
        person=person,
        places=places or {},
    )


def probe(
    login: "Login",
    *,
    network: Network | None = None,
    progress: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
    person: Person = NOBODY,
) -> "Probe":
    """Asks every cluster which of the lists this login may read."""
    from scanners.kubernetes.live.probe import probe as run

    return run(login, network=network, progress=progress, cancelled=cancelled, person=person)


def permissions(form: str, options: Mapping[str, str]) -> str:
    """The permissions in one of the `FORMS`; `principal` says who gets them (`user:`, `group:`,
    `serviceaccount:NAMESPACE:NAME`)."""
    from scanners.kubernetes.live.permissions import render

    return render(form, options.get("principal"))
