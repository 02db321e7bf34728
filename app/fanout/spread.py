"""Running units on an engine, in any order, and keeping what is done so that an interrupted scan goes on from there."""

import contextlib
import os
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from app import __version__
from app.connections import Connection, login_of
from app.fanout.unit import Unit, Yield, read_unit
from app.progress import Cancelled, Progress, Step, never
from app.texts import tr
from scanners.model import Location

if TYPE_CHECKING:
    from scanners.guard import CallLog

_TICK: Final = 0.2
_FRESH_SECONDS: Final = 24 * 3600
_AHEAD: Final = 64
"""So many units are with the engine at once: a scan of thousands does not wait in its memory."""


_TRIES: Final = 2
"""So often a unit may be at work when the engine breaks down; then it is read alone, and the one at fault is known."""


class Spread:
    """One scan on an engine. `shelf`: folder for what is done; None keeps nothing. `network`: see `Unit`. `log` is told
    of calls that listing the accounts costs."""

    def __init__(
        self,
        engine: Executor,
        connections: Sequence[Connection],
        shelf: Path | None,
        *,
        gentle: bool = False,
        places: dict[str, Location] | None = None,
        network: dict[str, float] | None = None,
        ahead: int = _AHEAD,
        log: "CallLog | None" = None,
    ) -> None:
        self._engine, self._connections = engine, tuple(connections)
        self._gentle, self._network, self._ahead = gentle, network, ahead
        self._places, self._log = places or {}, log
        asked = msgspec.json.encode([__version__, [msgspec.structs.asdict(c) for c in connections]], enc_hook=str)
        self._shelf = None if shelf is None else shelf / sha256(asked).hexdigest()[:32]
        self.resumed = 0
        if shelf is not None:
            _sweep(shelf)

    def units(self, cancelled: Cancelled = never) -> list[Unit]:
        """All parts of the scan; none where `cancelled`. A connection whose accounts cannot be listed is one part."""
        from scanners.guard import CallLog
        from scanners.live.credentials import LoginError, Network
        from scanners.live.providers import provider
        from scanners.runner import DaemonThreads

        found: list[Unit] = []
        log = CallLog() if self._log is None else self._log
        network = None if self._network is None else Network(**self._network)  # pyright: ignore[reportArgumentType]
        for connection in self._connections:
            whole = Unit(connection, self._connections, None, None, self._gentle, self._places, self._network)
            listing: Any = getattr(provider(connection.provider), "accounts", None)
            login = login_of(connection, list(self._connections))
            logins: list[Any] | None = None
            if listing is not None:
                threads = DaemonThreads(1)  # a login that hangs does not hold up a person who stops
                future = threads.submit(listing, login, log, network=network)
                threads.shutdown(wait=False)
                while not wait([future], _TICK).done:
                    if cancelled():
                        return []
                with contextlib.suppress(LoginError):  # the unit itself will say why
                    logins = future.result()
            if not logins:
                found.append(whole)
                continue
            found += [
                msgspec.structs.replace(whole, account=one.accounts[0], listed=getattr(one, "listed", None))
                for one in logins
            ]
        return found

    def run(
        self, units: Sequence[Unit], progress: Progress, cancelled: Cancelled
    ) -> Iterator[tuple[Unit, Yield | Exception | None]]:
        """What each unit gave, as they come; what is done already first. Where `cancelled`, the rest gives None.

        An engine that breaks down is used again: processes are started anew. A unit that breaks it down when it is
        alone with it gives the error.
        """
        waiting, suspects = list(reversed(units)), list[Unit]()
        running: dict[Future[Yield], Unit] = {}
        tries = Counter[str]()
        done = 0

        def told(unit: Unit, given: Yield | Exception) -> tuple[Unit, Yield | Exception]:
            nonlocal done
            done += 1
            progress(Step("scan", tr("Reading {place}").format(place=unit.name), done, len(units)))
            return unit, given

        try:
            while (waiting or suspects or running) and not cancelled():
                while waiting and len(running) < self._ahead:
                    unit = waiting.pop()
                    kept = self._kept(unit)
                    if kept is not None:
                        self.resumed += 1
                        yield told(unit, kept)
                        continue
                    running[self._engine.submit(read_unit, unit)] = unit
                if suspects and not waiting and not running:
                    unit = suspects.pop()
                    running[self._engine.submit(read_unit, unit)] = unit
                if not running:
                    continue
                finished, _ = wait(running, _TICK, FIRST_COMPLETED)
                for future in finished:
                    unit = running.pop(future)
                    error = future.exception()
                    if error is None:
                        given = future.result()
                        self._keep(unit, given)
                        yield told(unit, given)
                    elif isinstance(error, BrokenExecutor) and tries[unit.name] < _TRIES:
                        tries[unit.name] += 1
                        (waiting if tries[unit.name] < _TRIES else suspects).append(unit)
                    else:
                        yield told(unit, error if isinstance(error, Exception) else RuntimeError(type(error).__name__))
            for unit in [*running.values(), *reversed(waiting), *suspects]:
                yield unit, None
        finally:
            for future in running:
                future.cancel()

    def forget(self) -> None:
        """The scan is in the store: what was kept for resuming it goes."""
        if self._shelf is not None and self._shelf.is_dir():
            for file in self._shelf.iterdir():
                file.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self._shelf.rmdir()

    def _file(self, unit: Unit) -> Path | None:
        if self._shelf is None:
            return None
        return self._shelf / f"{sha256(unit.name.encode('utf-8')).hexdigest()[:32]}.part"

    def _keep(self, unit: Unit, given: Yield) -> None:
        file = self._file(unit)
        if file is None or given.failed or not given.finished:
            return
        part = file.with_suffix(f".{os.getpid()}.writing")
        with contextlib.suppress(OSError):  # a full disk costs the resuming, not the scan
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.write_bytes(msgspec.msgpack.encode(given))
            part.replace(file)

    def _kept(self, unit: Unit) -> Yield | None:
        file = self._file(unit)
        try:
            if file is None or time.time() - file.stat().st_mtime > _FRESH_SECONDS:
                return None
            return msgspec.msgpack.decode(file.read_bytes(), type=Yield)
        except (OSError, msgspec.MsgspecError, zlib.error):
            return None


def _sweep(shelf: Path) -> None:
    """What was kept of scans that nobody took up again within a day goes: it is as personal as the store."""
    for file in shelf.glob("*/*"):
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > _FRESH_SECONDS:
                file.unlink()
    for folder in shelf.glob("*"):
        with contextlib.suppress(OSError):  # one that is not empty stays
            folder.rmdir()
