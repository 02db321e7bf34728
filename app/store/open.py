"""The store: opened by path or address; one writer at a time, any number of readers."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from app.store.driver import Database, Where
from app.store.errors import KnownStoreError
from rules.judgement import Flow, Transfer
from scanners.model import Coverage, Evidence

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from app.store.chain import Fault, Link
    from app.store.estate import StoreEstate
    from app.store.forgetting import Forgotten
    from app.store.judgements import JudgementWriter
    from app.store.locking import WriterLock
    from app.store.records import (
        Acceptance,
        AssetChange,
        AssetRow,
        FindingChange,
        FindingRow,
        JudgementHeader,
        JudgementInfo,
        LogRow,
        ScanInfo,
    )
    from app.store.writer import ScanWriter

_T = TypeVar("_T")


class Store:
    """Scans, evidence, judgements and acceptances in one SQLite file or PostgreSQL database.

    Every method may raise KnownStoreError, whose text is one sentence for people. One object is for one thread.
    """

    def __init__(self, where: Where, db: Database) -> None:
        self.where = where
        self._db = db
        self._lock: WriterLock | None = None
        self._estates: list[StoreEstate] = []

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True, read_only: bool = False) -> "Store":
        """Open a store, make it where `create` allows, bring it up to date, and clear up what a killed process left."""
        from app.store import migrations

        place = Where.of(where)
        if create and not read_only and not place.server and not place.path.exists():
            _make_folder(place)
        db = Database(place, read_only=read_only, create=create and not read_only)
        store = cls(place, db)
        try:
            migrations.bring_up_to_date(db)
            if not read_only:
                from app.store.clearing import clear_up

                clear_up(db)
        except BaseException:
            db.close()
            raise
        return store

    def close(self) -> None:
        """Give back files and locks; what was not finished is forgotten."""
        for estate in self._estates:
            estate.close()
        self._estates.clear()
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        self._db.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Scans

    def begin_scan(
        self,
        connections: Iterable[str],
        *,
        started: datetime,
        program: str,
        waiting: Callable[[], None] | None = None,
    ) -> "ScanWriter":
        """Begin a scan over these connections. Raises StoreBusyError while another process writes; on a server, where
        many do, only after some minutes in which `waiting` is called again and again."""
        from app.store.locking import SCANNING
        from app.store.writer import ScanWriter

        if self._take("a scan", SCANNING if self.where.server and waiting else 0, waiting):
            started = datetime.now(UTC)
        try:
            return ScanWriter(self._db, connections, started, program, self._release)
        except BaseException:
            self._release()
            raise

    def scans(self) -> "list[ScanInfo]":
        """All scans, oldest first, unfinished ones included."""
        from app.store.scans import scan_infos

        return scan_infos(self._db)

    def scan(self, scan_id: int) -> "ScanInfo":
        """One scan."""
        from app.store.scans import scan_info

        return scan_info(self._db, scan_id)

    def latest_scan(self) -> "ScanInfo | None":
        """The newest scan that was finished."""
        from app.store.scans import latest_scan

        return latest_scan(self._db)

    def estate(self, scan_id: int) -> "StoreEstate":
        """What a scan stands for, to be judged. Open until this store is closed."""
        from app.store.estate import StoreEstate

        if not self.scan(scan_id).finished:
            raise KnownStoreError(f"Scan {scan_id} was never finished, so it cannot be judged or reported.")
        estate = StoreEstate(self.where, scan_id)
        self._estates.append(estate)
        return estate

    def coverage(self, scan_id: int) -> list[Coverage]:
        """Every coverage cell of a scan."""
        from app.store.scans import coverage_of

        return coverage_of(self._db, scan_id)

    def evidence(self, digest: str) -> Evidence:
        """A document, its bytes checked. Raises KeyError where there is none of this digest."""
        from app.store.documents import evidence_of

        return evidence_of(self._db, digest)

    def evidence_beside(self, digest: str) -> dict[str, Evidence]:
        """A document with those that were stored beside it, by digest: those whose bytes fit."""
        from app.store.documents import packed_with

        return packed_with(self._db, digest)

    def asset(self, uid: str, scan_id: int) -> "AssetRow | None":
        """An asset, by uid or alias, as it was at a scan."""
        from app.store.queries import asset_at

        return asset_at(self._db, uid, scan_id)

    def assets_page(self, scan_id: int, **filters: Any) -> "tuple[list[AssetRow], int | None]":
        """A page of assets and where the next one begins; the filters are those of `queries.assets_page`."""
        from app.store.queries import assets_page

        return assets_page(self._db, scan_id, **filters)

    # Judgements

    def save_judgement(
        self, scan_id: int, header: "JudgementHeader", *, estate: "StoreEstate | None" = None
    ) -> "JudgementWriter":
        """A sink that stores a judgement of a scan. `estate`: the one being judged, which spares look-ups."""
        from app.store.judgements import JudgementWriter
        from app.store.locking import JUDGING

        self._take("a judgement", JUDGING if self.where.server else 0)
        try:
            return JudgementWriter(self._db, scan_id, header, estate, self._release)
        except BaseException:
            self._release()
            raise

    def judgement(self, judgement_id: int | None = None, *, scan_id: int | None = None) -> "JudgementInfo | None":
        """A judgement by number; without one, the newest (of a scan), or None where there is none."""
        from app.store.judgements import judgement_info, judgement_infos

        if judgement_id is not None:
            return judgement_info(self._db, judgement_id)
        return next(judgement_infos(self._db, scan_id), None)

    def judgements(self, scan_id: int | None = None) -> "list[JudgementInfo]":
        """Finished judgements, newest first."""
        from app.store.judgements import judgement_infos

        return list(judgement_infos(self._db, scan_id))

    def findings(self, judgement_id: int, **filters: Any) -> "Iterator[FindingRow]":
        """Findings with facts of their assets, streamed; the filters are those of `queries.findings`."""
        from app.store.queries import findings

        return findings(self._db, judgement_id, **filters)

    def flows(self, judgement_id: int, some: Collection[str] | None = None) -> Iterator[Flow]:
        """Flows of a judgement: all in order, or those of some ids."""
        from app.store.queries import flows

        return flows(self._db, judgement_id, some)

    def transfers(self, judgement_id: int) -> Iterator[Transfer]:
        """Transfers of a judgement."""
        from app.store.queries import transfers

        return transfers(self._db, judgement_id)

    # Documents of a whole scan or judgement

    def attach(self, owner: str, name: str, body: bytes) -> None:
        """Keep a document with a scan (`scan:3`) or a judgement (`judgement:5`); replaces one of the same name."""
        from app.store.attachments import attach

        attach(self._db, owner, name, body)

    def attachment(self, owner: str, name: str) -> bytes | None:
        """A document kept by `attach`, or None."""
        from app.store.attachments import attachment

        return attachment(self._db, owner, name)

    # Acceptances

    def accept(
        self,
        rule: str,
        *,
        asset: str | None = None,
        flow: str | None = None,
        why: str,
        owner: str,
        until: date,
        second_person: str | None = None,
    ) -> "Acceptance":
        """Record the decision to live with a finding. Raises ValueError unless one of asset and flow is given."""
        from app.store.acceptances import accept

        return accept(self._db, rule, asset, flow, why, owner, until, second_person)

    def acceptances(self, *, revoked: bool = False) -> "list[Acceptance]":
        """Recorded acceptances, oldest first; revoked ones only on request. Expired ones are included."""
        from app.store.acceptances import acceptances

        return acceptances(self._db, revoked)

    def revoke(self, acceptance_id: str, *, by: str, why: str) -> "Acceptance":
        """Take an acceptance back; it stays on record."""
        from app.store.acceptances import revoke

        return revoke(self._db, acceptance_id, by, why)

    def confirm(self, acceptance_id: str, second_person: str) -> "Acceptance":
        """Note the second person who agreed to an acceptance."""
        from app.store.acceptances import confirm

        return confirm(self._db, acceptance_id, second_person)

    # The log of decisions

    def log(self, bodies: "Sequence[str]") -> "list[LogRow]":
        """Put entries behind the last one of the log, each chained to the one before."""
        from app.store.decisions import append

        return append(self._db, bodies)

    def logged(self, after: int = 0) -> "Iterator[LogRow]":
        """Entries of the log behind this number, oldest first, as they are kept; nothing is checked."""
        from app.store.decisions import entries

        return entries(self._db, after)

    def together(self) -> "AbstractContextManager[None]":
        """What is recorded inside is recorded whole or not at all, and beside no other person."""
        return self._db.deciding()

    # Chain and evidence

    def chain(self) -> "list[Link]":
        """The links of finished scans, oldest first."""
        from app.store.chain import links

        return links(self._db)

    def foreign(self, scan_id: int) -> list[str]:
        """Digests of the findings of other scanners that a scan brought."""
        from app.store.writer import FOREIGN

        body = self.attachment(f"scan:{scan_id}", FOREIGN)
        return [] if body is None else msgspec.json.decode(body, type=list[str])

    def check_chain(self) -> "list[Fault]":
        """What of the chain of scans no longer fits what the store holds; empty where all fits."""
        from app.store.chain import check

        return check(self._db)

    def check_evidence(self, digests: Iterable[str]) -> "tuple[list[str], list[str]]":
        """Of these digests: those the store no longer holds, and those whose bytes no longer fit."""
        from app.store.documents import check_evidence

        return check_evidence(self._db, digests)

    # Care

    def forget_before(self, first_kept: int) -> "Forgotten":
        """Delete every scan before this one for good. To be recorded by the caller (`app.storecare`)."""
        from app.store.forgetting import forget_before

        return self._alone("deleting", lambda: forget_before(self._db, first_kept))

    def forget_connection(self, name: str) -> "Forgotten":
        """Delete everything that only this connection has shown. To be recorded by the caller (`app.storecare`)."""
        from app.store.forgetting import forget_connection

        return self._alone("deleting", lambda: forget_connection(self._db, name))

    def copy_to(self, file: Path) -> None:
        """A whole copy of a store in a file, while others read and write it. Not for a server."""
        if self.where.server:
            raise KnownStoreError(f"The store {self.where.label} is on a server; back it up there (pg_dump).")
        self._db.run("VACUUM INTO ?", (str(file),))

    def size(self) -> int:
        """Bytes that the store takes: its file, or its tables on a server."""
        from app.store.clearing import size

        return size(self._db)

    def _alone(self, what: str, action: Callable[[], _T]) -> _T:
        self._take(what)
        try:
            return action()
        finally:
            self._release()

    # Differences

    def diff(self, scan_a: int, scan_b: int) -> "Iterator[AssetChange]":
        """What became of assets from one scan to a later one."""
        from app.store.differences import asset_changes

        return asset_changes(self._db, scan_a, scan_b)

    def diff_findings(self, judgement_a: int, judgement_b: int) -> "Iterator[FindingChange]":
        """What became of findings from one judgement to another."""
        from app.store.differences import finding_changes

        return finding_changes(self._db, judgement_a, judgement_b)

    def verdicts(self, judgement_id: int) -> Iterator[tuple[tuple[str, str, str], tuple[str, str]]]:
        """(rule, uid or empty, flow or empty) and (verdict, severity) of every finding, in that order."""
        from app.store.differences import verdicts

        return verdicts(self._db, judgement_id)

    def told(self, judgement_id: int) -> Iterator[tuple[tuple[str, str, str], tuple[str, str]]]:
        """The same as `verdicts` in no order, and sooner."""
        from app.store.differences import told

        return told(self._db, judgement_id)

    # Locking

    def _take(self, what: str, seconds: float = 0, waiting: Callable[[], None] | None = None) -> bool:
        """Whether it had to wait."""
        from app.store.locking import patiently

        if self._db.read_only:
            raise KnownStoreError(f"The store {self.where.label} was opened for reading only.")
        if self._lock is not None:
            raise KnownStoreError(f"The store {self.where.label} is being written already, by this very program.")
        self._lock, waited = patiently(self._db, what, seconds, waiting)
        return waited

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _make_folder(place: Where) -> None:
    try:
        place.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise KnownStoreError(f"The folder for the store {place.label} cannot be made: {reason}.") from error
