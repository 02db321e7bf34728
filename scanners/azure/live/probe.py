"""The connection test: what the login may read in one subscription, as Azure says and as a small scan finds."""

from collections.abc import Callable

from scanners.azure.live.failures import is_denied
from scanners.azure.live.login import Login
from scanners.azure.live.registry import operations
from scanners.azure.live.scan import scan
from scanners.azure.live.subscriptions import Rights
from scanners.guard import CallLog
from scanners.live.collect import Permission, Probe
from scanners.live.credentials import NOBODY, Network, Person


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
    codes: dict[str, set[str]] = {}
    for count in log.counts():
        codes.setdefault(count.operation, set()).add(count.status)
    states: dict[str, tuple[str, set[str]]] = {}
    for operation in operations():
        seen = codes.get(operation.key, set())
        answered = {code for code in seen if code == "ok" or code in operation.none}
        denied = {code for code in seen if is_denied(code)}
        other = seen - answered - denied
        state = "denied" if denied else "allowed" if answered else "failed" if other else "unused"
        if state == "unused" and told and told[0].known:
            # What Resource Graph shows has no call of its own; what Azure says of the login's roles tells.
            state = "allowed" if told[0].may(operation.permission) else "denied"
        before, known = states.get(operation.permission, ("unused", set[str]()))
        worst = min(state, before, key=("denied", "failed", "allowed", "unused").index)
        states[operation.permission] = (worst, known | denied | other)
    rows = tuple(Permission(name, state, tuple(sorted(seen))) for name, (state, seen) in sorted(states.items()))
    return Probe(found.accounts, "one subscription", rows)
