"""How Amazon Web Services are connected: ways to log in, and what the rest of the program calls."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from scanners.live.credentials import NOBODY, Network, Person
from scanners.live.providers import Named, Told, Way
from scanners.runner import NORMAL, Manners, Sink

if TYPE_CHECKING:
    from scanners.aws.live.login import Login
    from scanners.guard import CallLog
    from scanners.live.collect import Probe, Scanned

TITLE: Final = "Amazon Web Services"
_ORGANISATION: Final = frozenset({"organization_role", "external_id"})
WAYS: Final[Mapping[str, Way]] = {
    "default": Way(optional=_ORGANISATION),
    "profile": Way(frozenset({"profile"}), _ORGANISATION),
    "keys": Way(frozenset({"access_key_id", "secret"}), _ORGANISATION | {"session_secret"}),
    "role": Way(frozenset({"role_arn"}), _ORGANISATION | {"mfa_serial", "source"}),
}
FORMS: Final = ("policy", "cloudformation", "terraform", "role", "text")


def login(named: Named) -> "Login":
    """The login of a connection."""
    from scanners.aws.live.login import Login

    given: dict[str, Any] = dict(named.options)
    source = given.pop("source", None)
    if isinstance(source, str):
        source = Login(named.name, "profile", profile=source, endpoint=named.endpoint)
    return Login(
        named.name,
        named.auth,
        source=source,
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
    from scanners.aws.live.scan import scan as run

    return run(
        login,
        sink,
        log,
        manners=manners,
        network=network,
        progress=progress,
        cancelled=cancelled,
        ask_mfa=_code(person),
    )


def probe(
    login: "Login",
    *,
    network: Network | None = None,
    progress: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
    person: Person = NOBODY,
) -> "Probe":
    """Tries every permission in one region."""
    from scanners.aws.live.probe import probe as run

    return run(login, network=network, progress=progress, cancelled=cancelled, ask_mfa=_code(person))


def accounts(login: "Login", log: "CallLog", *, network: Network | None = None) -> "list[Login] | None":
    """The login once for each account that it asks for; None where its accounts cannot be listed."""
    from msgspec.structs import replace

    from scanners.aws.live.door import guard_of
    from scanners.aws.live.login import Logins
    from scanners.aws.live.registry import operations

    found = Logins(login, guard_of(operations()), log, network or Network()).names()
    if found is None:
        return None
    own = found[0][0] if found and found[0][1:] == (None, None) else None
    return [replace(login, accounts=(a[0],), listed=() if a[0] == own else (a,)) for a in found]


def permissions(form: str, options: Mapping[str, str]) -> str:
    """The permissions in one of the `FORMS`; `principal` and `external_id` say who may act as the role."""
    from scanners.aws.live.permissions import render

    return render(form, options.get("principal"), options.get("external_id"))


def _code(person: Person) -> Callable[[str], str]:
    return lambda serial: person.ask(f"Code of {serial}:")
