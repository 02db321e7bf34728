"""The connection test: which permissions are granted, denied, or were not needed, tried by a scan of one project."""

from collections.abc import Callable

from scanners.gcp.live.failures import is_denied, is_off
from scanners.gcp.live.login import Login
from scanners.gcp.live.registry import operations
from scanners.gcp.live.scan import scan
from scanners.guard import CallLog
from scanners.live.collect import Probe
from scanners.live.credentials import Network
from scanners.live.tried import tried


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
    rows = tried(operations(), log, denied=is_denied, off=is_off, absent=("NOT_FOUND", "notFound"))
    return Probe(found.accounts, ", ".join(found.regions) or "-", rows)
