"""The connection test: which permissions are granted, denied, or were not needed, tried by a scan of one region."""

from collections.abc import Callable

from scanners.aws.live.failures import is_denied
from scanners.aws.live.login import Login, Network
from scanners.aws.live.registry import operations
from scanners.aws.live.scan import scan
from scanners.guard import CallLog
from scanners.live.collect import Permission, Probe


def probe(
    login: Login,
    *,
    network: Network | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    ask_mfa: Callable[[str], str] | None = None,
) -> Probe:
    """Tries every permission; nothing is kept. Raises LoginError where nobody could be logged in."""
    log = CallLog()
    found = scan(
        login,
        lambda _: None,
        log,
        network=network or Network(attempts=3),
        progress=progress,
        cancelled=cancelled,
        ask_mfa=ask_mfa,
        most_regions=1,
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
        before, known = states.get(operation.permission, ("unused", set[str]()))
        worst = min(state, before, key=("denied", "failed", "allowed", "unused").index)
        states[operation.permission] = (worst, known | denied | other)
    rows = tuple(Permission(name, state, tuple(sorted(seen))) for name, (state, seen) in sorted(states.items()))
    return Probe(found.accounts, ", ".join(found.regions), rows)
