"""One account's part of a scan, as a worker does it: picklable in, picklable out, nothing secret either way."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from app.connections import Connection
from scanners.model import Asset, Coverage, Evidence, Item, Location, Relation

_TYPES: Final = (Asset, Relation, Coverage, Evidence)
_CHUNK: Final = 2000
_encode: Final = msgspec.msgpack.Encoder().encode
_rows: Final = msgspec.msgpack.Decoder(list[tuple[int, msgspec.Raw]]).decode
_decoders: Final = tuple(msgspec.msgpack.Decoder(kind).decode for kind in _TYPES)


class Unit(Struct, frozen=True):
    """What is to be read: a connection, of it one account (None: the whole), and what is known of the account.

    `others`: connections that this one may log in through. `listed`: see the login of AWS. `places`: where declared
    sites say that clusters stand.
    """

    connection: Connection
    others: tuple[Connection, ...]
    account: str | None = None
    listed: tuple[tuple[str, str | None, str | None], ...] | None = None
    gentle: bool = False
    places: dict[str, Location] = {}
    network: dict[str, float] | None = None

    @property
    def name(self) -> str:
        """For progress and for the file of what is done."""
        return self.connection.name if self.account is None else f"{self.connection.name}: {self.account}"


class Yield(Struct):
    """What a unit gave. `items`: chunks, packed; coverage is among them. `failed`: why nobody got in, with the status
    of coverage that this means. `identity`: who the provider says that the login is."""

    accounts: tuple[str, ...]
    finished: bool
    broken: bool
    items: list[bytes]
    calls: list[dict[str, Any]]
    failed: str = ""
    status: str = ""
    identity: str = ""


def read_unit(unit: Unit) -> Yield:
    """Read one unit, in the process of a worker."""
    from app.connections import login_of
    from app.scanning import BROKEN, use_system_trust

    use_system_trust()
    from app.fanout.engine import taken_back
    from scanners.guard import CallLog
    from scanners.live.credentials import LoginError, Network
    from scanners.live.providers import provider
    from scanners.runner import GENTLE, NORMAL

    log, sink = CallLog(), _Sink(unit.account)
    login: Any = login_of(unit.connection, list(unit.others))
    if unit.account is not None:
        more = {} if unit.listed is None else {"listed": unit.listed}
        login = msgspec.structs.replace(login, accounts=(unit.account,), **more)
    cloud = provider(unit.connection.provider)
    extra: dict[str, Any] = {"places": unit.places} if getattr(cloud, "TAKES_PLACES", False) else {}
    try:
        found = cloud.scan(
            login,
            sink,
            log,
            manners=GENTLE if unit.gentle else NORMAL,
            network=None if unit.network is None else Network(**unit.network),  # pyright: ignore[reportArgumentType]
            cancelled=taken_back(),
            **extra,
        )
    except LoginError as error:
        return Yield((), True, True, [], _calls(log), str(error), str(error.status))
    broken = any(str(cell.status) in BROKEN for cell in found.cells)
    return Yield(found.accounts, found.finished, broken, sink.chunks(), _calls(log), identity=found.identity or "")


def packed(items: Iterable[Item]) -> bytes:
    """Items as bytes: each with the number of its type."""
    rows = [(_TYPES.index(type(item)), msgspec.Raw(_encode(item))) for item in items]
    return zlib.compress(_encode(rows), 1)


def unpacked(chunk: bytes) -> Iterator[Item]:
    """Items of bytes. Raises MsgspecError or zlib.error for what is none."""
    for number, body in _rows(zlib.decompress(chunk)):
        yield _decoders[number](body)


class _Sink:
    """Collects and packs. What a unit says of accounts that are not its own is left to theirs."""

    def __init__(self, account: str | None) -> None:
        self._account = account
        self._held: list[Item] = []
        self._chunks: list[bytes] = []

    def __call__(self, items: Iterable[Item]) -> None:
        for item in items:
            if isinstance(item, Coverage) and self._is_anothers(item):
                continue
            self._held.append(item)
            if len(self._held) >= _CHUNK:
                self._chunks.append(packed(self._held))
                self._held = []

    def chunks(self) -> list[bytes]:
        """Everything."""
        if self._held:
            self._chunks.append(packed(self._held))
            self._held = []
        return self._chunks

    def _is_anothers(self, cell: Coverage) -> bool:
        return self._account is not None and cell.account not in ("*", self._account) and cell.status == "not_asked"


def _calls(log: Any) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(c) for c in log.counts()]
