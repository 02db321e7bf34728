"""The connection test: what the login may read in one subscription, as Azure says and as a small scan finds."""

from collections.abc import Callable

from scanners.azure.live.failures import is_denied, is_off
from scanners.azure.live.login import Login
from scanners.azure.live.registry import operations
from scanners.azure.live.scan import scan
from scanners.azure.live.subscriptions import Rights
from scanners.guard import CallLog
from scanners.live.collect import Probe
from scanners.live.credentials import NOBODY, Network, Person
from scanners.live.tried import tried


def probe(
    login: Login,
    *,
    network: Network | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    person: Person = NOBODY,
) -> Probe:
    """Tries every permission; nothing is kept. Raises LoginError where nobody could be logged in."""
    log = CallLog()
    told: list[Rights] = []
    found = scan(
        login,
        lambda _: None,
        log,
        network=network or Network(attempts=3),
        progress=progress,
        cancelled=cancelled,
        person=person,
        most_subscriptions=1,
        most_parents=1,
        told_rights=told.append,
    )
    rows = tried(
        operations(),
        log,
        denied=is_denied,
        off=is_off,
        absent=("404", "NotFound", "ResourceNotFound"),
        unused=lambda permission: told[0].may(permission) if told and told[0].known else None,
    )
    return Probe(found.accounts, "one subscription", rows)
