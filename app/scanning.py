"""Reading connected clouds into the store, alone or together with exported files, as one scan."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from app import __version__
from app.connections import Connection, ConnectionsError, login_of
from app.progress import Cancelled, CancelledByUser, Progress, Step, never, silent, waiting
from app.texts import tr, trn
from scanners.live.credentials import NOBODY

if TYPE_CHECKING:
    from app.fanout import Spread, Unit, Yield
    from app.store import Store
    from app.store.records import ScanInfo
    from app.store.writer import ScanWriter
    from scanners.exports.read import ImportedFile
    from scanners.guard import CallCount, CallLog
    from scanners.live.credentials import Network, Person
    from scanners.model import Location
    from scanners.runner import Manners

FILES: Final = "files"
CALLS: Final = "calls"
IDENTITIES: Final = "identities"
"""Document of a scan: connection → way of logging in, and who the provider says that it was."""
_TALKERS: Final = frozenset({"botocore", "requests", "urllib3"})
_USUAL_WORKERS: Final = 32
BROKEN: Final = frozenset({"partial", "denied", "throttled", "timeout", "expired", "error"})


class Scanned(Struct):
    """What became of a scan: the scan, what was read of each file, the calls that were made, and failed connections."""

    scan: "ScanInfo"
    files: "list[ImportedFile]"
    calls: "list[CallCount]"
    warnings: list[str]

    @property
    def assets(self) -> int:
        """Assets that the scan saw."""
        return self.scan.assets


def scan(
    store: "Store",
    connections: Sequence[Connection],
    paths: Sequence[Path] = (),
    *,
    gentle: bool = False,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    person: "Person" = NOBODY,
    network: "Network | None" = None,
    workers: str | None = None,
) -> Scanned:
    """Read connections, then exported files, into the store as one scan.

    A connection that cannot be logged in to is a gap in the coverage; where nothing at all could be read, LoginError or
    ExportError is raised and no scan is kept. Raises ConnectionsError before anything is read, KnownStoreError where
    the store cannot be written, and CancelledByUser after keeping what was read. `network` is how patient calls are.
    `workers`: the address of an engine that reads account by account (see `app.fanout`).
    """
    use_system_trust()
    from scanners.guard import CallLog
    from scanners.runner import GENTLE, NORMAL

    logins = [(connection, login_of(connection, list(connections))) for connection in connections]
    log = CallLog()
    writer = store.begin_scan(
        [c.name for c in connections],
        started=datetime.now(UTC),
        program=__version__,
        waiting=waiting(progress, cancelled),
    )
    try:
        job = _Job(writer, log, GENTLE if gentle else NORMAL, progress, cancelled, person, network)
        if paths and any(c.provider == "kubernetes" for c in connections):
            job.places = _declared(paths)
        spread = job.spread(connections, workers) if workers is not None and connections else None
        for connection, login in logins if spread is None else ():
            job.connection(connection, login)
        files = job.files(paths) if paths and not cancelled() else []
        if not job.seen:
            writer.abandon()
            raise CancelledByUser if cancelled() else job.failure or RuntimeError("nothing was asked")
        stopped = cancelled()
        progress(Step("store", tr("Comparing with what is known")))
        state = "cancelled" if stopped else "complete" if job.whole else "partial"
        info = writer.finish(state, datetime.now(UTC))
    except BaseException:
        writer.abandon()
        raise
    if spread is not None and not stopped:
        spread.forget()
    counts = [*log.counts(), *job.counts]
    owner = f"scan:{info.id}"
    if files:
        store.attach(owner, FILES, msgspec.json.encode(files))
    if counts:
        store.attach(owner, CALLS, msgspec.json.encode(counts))
        store.attach(owner, IDENTITIES, msgspec.json.encode({c.name: c.auth for c in connections} | job.identities))
    if stopped:
        raise CancelledByUser
    return Scanned(info, files, counts, job.warnings)


def use_system_trust() -> None:
    """Trusts the certificates that this computer trusts, so that a company's own proxy works without settings.

    To be called before the first module that talks to a cloud is imported; where that is too late (a program that
    uses this one as a library), everything stays as that program arranged it.
    """
    from app.proxy import use_system_proxy

    use_system_proxy()
    if not _TALKERS.intersection(sys.modules):
        import truststore

        truststore.inject_into_ssl()


def _declared(paths: Sequence[Path]) -> "dict[str, Location]":
    """Where declared sites say that clusters stand: known before the clusters are read."""
    from scanners.exports.read import declared_places

    return declared_places(paths)


class _Job:
    def __init__(
        self,
        writer: "ScanWriter",
        log: "CallLog",
        manners: "Manners",
        progress: Progress,
        cancelled: Cancelled,
        person: "Person",
        network: "Network | None",
    ) -> None:
        self._writer, self._log, self._manners = writer, log, manners
        self._progress, self._cancelled, self._person = progress, cancelled, person
        self._network = network
        self.seen = False
        self.identities: dict[str, str] = {}
        self.whole = True
        self.failure: Exception | None = None
        self.warnings: list[str] = []
        self.places: dict[str, Location] = {}
        self.counts: list[CallCount] = []

    def connection(self, connection: Connection, login: object) -> None:
        from scanners.live.credentials import LoginError
        from scanners.live.providers import provider
        from scanners.model import Coverage

        if self._cancelled():
            return
        name = connection.name
        self._progress(Step("scan", tr("Logging in: {name}").format(name=name)))
        cloud = provider(connection.provider)
        extra: dict[str, Any] = {"places": self.places} if getattr(cloud, "TAKES_PLACES", False) else {}
        try:
            found = cloud.scan(
                login,
                self._writer.write,
                self._log,
                manners=self._manners,
                network=self._network,
                progress=lambda what, done, total: self._progress(
                    Step("scan", tr("Reading {place}").format(place=f"{name}: {what}"), done, total or None)
                ),
                cancelled=self._cancelled,
                person=self._person,
                **extra,
            )
        except LoginError as error:
            self.failure = self.failure or error
            self.warnings.append(str(error))
            self.whole = False
            cell = Coverage(name, connection.provider, "*", "*", "*", "*", error.status, detail=str(error))
            self._writer.write([cell])
            return
        if found.identity:
            self.identities[name] = f"{connection.auth}: {found.identity}"
        self.seen = self.seen or bool(found.accounts)
        if not found.accounts and self.failure is None:
            sentence = tr("{name}: none of the accounts that this connection names could be read.")
            self.failure = LoginError(sentence.format(name=name))
        if any(cell.status in BROKEN for cell in found.cells):
            self.whole = False

    def spread(self, connections: Sequence[Connection], address: str) -> "Spread":
        """Reads the connections on the workers of an engine, account by account."""
        from app.fanout import Spread, Yield, engine
        from app.settings import data_folder

        self._progress(Step("scan", tr("Looking for workers at {address}").format(address=address)))
        workers = engine(address)
        try:
            gentle = self._manners.workers < _USUAL_WORKERS
            network = None if self._network is None else msgspec.structs.asdict(self._network)
            spread = Spread(
                workers,
                connections,
                data_folder() / "unfinished",
                gentle=gentle,
                places=self.places,
                network=network,
                log=self._log,
            )
            for unit, given in spread.run(spread.units(self._cancelled), self._progress, self._cancelled):
                if given is None:
                    self._left(unit)
                elif isinstance(given, Yield):
                    self._given(unit, given)
                else:
                    self._lost(unit, given)
        finally:
            workers.shutdown(wait=False, cancel_futures=True)
        if spread.resumed:
            text = trn(
                "One account was read already by the scan that was interrupted.",
                "{n} accounts were read already by the scan that was interrupted.",
                spread.resumed,
            )
            self.warnings.append(text.format(n=spread.resumed))
        return spread

    def _given(self, unit: "Unit", given: "Yield") -> None:
        from app.fanout.unit import unpacked
        from scanners.guard import CallCount
        from scanners.live.credentials import LoginError
        from scanners.model import Coverage, CoverageStatus

        for chunk in given.items:
            self._writer.write(unpacked(chunk))
        self.counts += [CallCount(**count) for count in given.calls]
        if given.identity:
            self.identities[unit.connection.name] = f"{unit.connection.auth}: {given.identity}"
        self.seen = self.seen or bool(given.accounts)
        self.whole = self.whole and not given.broken
        if given.failed:
            self.failure = self.failure or LoginError(given.failed)
            self.warnings.append(given.failed)
            place = unit.connection.name, unit.connection.provider, unit.account or "*"
            self._writer.write([Coverage(*place, "*", "*", "*", CoverageStatus(given.status), detail=given.failed)])

    def _left(self, unit: "Unit") -> None:
        """A unit that a person did not wait for."""
        from scanners.model import Coverage, CoverageStatus

        self.seen = True
        self.whole = False
        place = unit.connection.name, unit.connection.provider, unit.account or "*"
        self._writer.write([Coverage(*place, "*", "*", "*", CoverageStatus.NOT_ASKED)])

    def _lost(self, unit: "Unit", error: Exception) -> None:
        from scanners.live.credentials import LoginError
        from scanners.model import Coverage, CoverageStatus

        reason = str(error) if isinstance(error, ConnectionsError) else type(error).__name__
        sentence = tr("{name}: the worker did not bring this to an end ({reason}).").format(
            name=unit.name, reason=reason
        )
        self.failure = self.failure or LoginError(sentence)
        self.warnings.append(sentence)
        self.whole = False
        place = unit.connection.name, unit.connection.provider, unit.account or "*"
        self._writer.write([Coverage(*place, "*", "*", "*", CoverageStatus.ERROR, detail=sentence)])

    def files(self, paths: Sequence[Path]) -> "list[ImportedFile]":
        from scanners.exports.read import read_exports
        from scanners.exports.source import ExportError, State

        try:
            files = read_exports(
                paths,
                self._writer.write,
                progress=lambda name, done, total: self._progress(
                    Step("import", tr("Reading {file}").format(file=name), done, total)
                ),
                cancelled=self._cancelled,
            )
        except ExportError as error:
            self.failure = self.failure or error
            raise
        if any(f.counts for f in files):
            self.seen = True
        elif self.failure is None:
            self.failure = ExportError("\n".join(w for f in files for w in f.warnings) or tr("No file was given."))
        self.whole = self.whole and all(f.state is State.COMPLETE for f in files)
        return files
