"""The connection test: which permissions are granted, denied, or were not needed, tried by a scan of one project."""

from collections.abc import Callable

from scanners.gcp.live.failures import is_denied, is_off
from scanners.gcp.live.login import Login
from scanners.gcp.live.registry import operations
from scanners.gcp.live.scan import scan
from scanners.guard import CallLog
from scanners.live.collect import Permission, Probe
from scanners.live.credentials import Network


def probe(
    login: Login,
    *,
    network: Network | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Probe:
    """Tries every permission; nothing is kept. Raises LoginError where nobody could be logged in.

    A service that is switched off tells nothing of the permission; it counts as not needed there.
    """
    log = CallLog()
    found = scan(
        login,
        lambda _: None,
        log,
        network=network or Network(attempts=3),
        progress=progress,
        cancelled=cancelled,
        most_projects=1,
    )
    codes: dict[str, set[str]] = {}
    for count in log.counts():
        codes.setdefault(count.operation, set()).add(count.status)
    states: dict[str, tuple[str, set[str]]] = {}
    for operation in operations():
        seen = codes.get(operation.key, set())
        answered = {
            c
            for c in seen
            if c == "ok" or c in operation.none or (operation.missing and c in ("NOT_FOUND", "notFound"))
        }
        denied = {code for code in seen if is_denied(code)}
        off = {code for code in seen if is_off(code)}
        other = seen - answered - denied - off
        state = "denied" if denied else "allowed" if answered else "failed" if other else "unused"
        before, known = states.get(operation.permission, ("unused", set[str]()))
        worst = min(state, before, key=("denied", "failed", "allowed", "unused").index)
        states[operation.permission] = (worst, known | denied | off | other)
    rows = tuple(Permission(name, state, tuple(sorted(seen))) for name, (state, seen) in sorted(states.items()))
    return Probe(found.accounts, ", ".join(found.regions) or "-", rows)
