"""Google's door: the shared one, for the domain of the universe that a connection belongs to."""

from typing import Any, Final

from scanners.gcp.live.failures import PACE, explain
from scanners.gcp.live.login import Login, Tokens
from scanners.gcp.live.registry import operations
from scanners.gcp.live.transport import DEFAULT_UNIVERSE
from scanners.guard import CallLog
from scanners.live.credentials import Network
from scanners.live.door import NoAnswerError, RestDoor
from scanners.live.rest import guard_of

_FURTHER: Final = 3


class GcpDoor(RestDoor):
    """Sends what was declared for `googleapis.com` to the same service of another universe (S3NS, for instance)."""

    def __init__(self, *given: Any, tokens: Tokens, **more: Any) -> None:
        super().__init__(*given, **more)
        self._tokens = tokens
        self._most = self._network.attempts + _FURTHER

    def _wait(self, error: NoAnswerError, tries: int) -> float | None:
        """Google counts by the minute and often does not say how long to wait: three further tries, 40 s in all."""
        wait = super()._wait(error, tries)
        paced = error.status == 429 or error.code in PACE
        if wait is None and paced and error.wait is None and 1 < self._network.attempts <= tries < self._most:
            return min(2.0 ** (tries - 1), 16.0)
        return wait

    def _placed(self, url: str) -> str:
        universe = self._tokens.universe
        if universe != DEFAULT_UNIVERSE:
            host, slash, rest = url.removeprefix("https://").partition("/")
            url = f"https://{host.removesuffix(DEFAULT_UNIVERSE)}{universe}{slash}{rest}"
        return super()._placed(url)


def open_door(login: Login, log: CallLog, network: Network) -> GcpDoor:
    """The door of a connection; nothing is called yet."""
    tokens = Tokens(login, log, network)
    guard = guard_of(operations())
    return GcpDoor(guard, log, tokens, explain, network=network, endpoint=login.endpoint, tokens=tokens, connections=32)
