"""The connection test: which permissions are granted, denied, or were not needed, tried by a scan of one region."""

from collections.abc import Callable

from scanners.aws.live.failures import is_denied
from scanners.aws.live.login import Login, Network
from scanners.aws.live.registry import operations
from scanners.aws.live.scan import scan
from scanners.guard import CallLog
from scanners.live.collect import Probe
from scanners.live.tried import tried


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
    rows = tried(operations(), log, denied=is_denied)
    return Probe(found.accounts, ", ".join(found.regions), rows)
