"""How long the store keeps what it saw, and deleting what is older: by a person, with a reason, on record."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from app.store import Store
from app.store.driver import Database
from app.storecare.errors import BackupError
from app.texts import tr

if TYPE_CHECKING:
    from app.decisions.entry import Actor
    from app.store.forgetting import Forgotten
    from app.store.records import ScanInfo


class Status(Struct, frozen=True):
    """How the store stands. `bytes`: of the file, or of the tables on a server. `oldest`, `newest`: when scans began
    (UTC). `overdue`: scans that are older than they are to be kept; the newest one never counts. `forgotten`: scans
    that were deleted."""

    where: str
    bytes: int | None
    scans: int
    judgements: int
    oldest: datetime | None
    newest: datetime | None
    connections: tuple[str, ...]
    overdue: tuple[int, ...]
    forgotten: int
    keep_days: int
    server: bool = False


def status(where: "str | Path", keep_days: int = 0, now: datetime | None = None) -> Status:
    """How the store stands; `keep_days` 0: kept for ever."""
    with Store.open(where, create=False, read_only=True) as store:
        scans = store.scans()
        kept = [s for s in scans if s.finished]
        size = store.size()
        names = sorted({c for s in kept for c in s.connections if not c.startswith("import:")})
        return Status(
            store.where.label,
            size,
            len(kept),
            len(store.judgements()),
            kept[0].started if kept else None,
            kept[-1].started if kept else None,
            tuple(names),
            tuple(s.id for s in _overdue(kept, keep_days, now or datetime.now(UTC))),
            sum(s.state == "forgotten" for s in scans),
            keep_days,
            bool(store.where.server),
        )


def foresee_before(where: "str | Path", day: datetime) -> "Forgotten":
    """What `forget_before` would delete, in numbers; nothing is changed. Documents are not counted."""
    from app.store.forgetting import foreseen_before

    with Store.open(where, create=False, read_only=True) as store:
        first, _ = _bounds(store, day)
        place = store.where
    with closing(Database(place, read_only=True)) as db:
        return foreseen_before(db, first.id)


def foresee_connection(where: "str | Path", name: str) -> "Forgotten":
    """What `forget_connection` would delete, in numbers; nothing is changed. Documents are not counted."""
    from app.store.forgetting import foreseen_connection

    with Store.open(where, create=False, read_only=True) as store:
        place = store.where
    with closing(Database(place, read_only=True)) as db:
        return foreseen_connection(db, name)


def _bounds(store: Store, day: datetime) -> "tuple[ScanInfo, ScanInfo]":
    """The first scan that stays, and the last that goes. Raises BackupError where none goes."""
    kept = [s for s in store.scans() if s.finished]
    older = [s for s in kept[:-1] if s.started < day]
    if not older:
        raise BackupError(
            tr("No scan but the newest is older than {day:%Y-%m-%d}; nothing was deleted.").format(day=day)
        )
    return next(s for s in kept if s.id > older[-1].id), older[-1]


def forget_before(store: Store, actor: "Actor", day: datetime, why: str) -> "Forgotten":
    """Delete scans that began before a moment; the newest scan stays whatever its age. Recorded with the reason."""
    first, last = _bounds(store, day)
    reason = _reason(why)
    done = store.forget_before(first.id)
    _record(
        store,
        actor,
        tr("{n} scans before {day:%Y-%m-%d} (numbers up to {last}); {why}").format(
            n=len(done.scans), day=day, last=last.id, why=reason
        ),
    )
    return done


def forget_connection(store: Store, actor: "Actor", name: str, why: str) -> "Forgotten":
    """Delete what only this connection has shown, in every scan. Recorded with the reason, not with the name."""
    from app.store.forgetting import digest_of

    reason = _reason(why)
    done = store.forget_connection(name)
    _record(
        store,
        actor,
        tr("a connection (SHA-256 of its name begins {digest}), {n} assets; {why}").format(
            digest=digest_of(name), n=done.assets, why=reason
        ),
    )
    return done


def _record(store: Store, actor: "Actor", text: str) -> None:
    from app.decisions.entry import by, record

    record(store, [by(actor, "forget", text=text)])


def _reason(why: str) -> str:
    if not why.strip() or len(why) > 4000:
        raise BackupError(tr("A deletion needs a reason: in a year, somebody will ask why."))
    return why.strip()


def _overdue(kept: "list[ScanInfo]", keep_days: int, now: datetime) -> "list[ScanInfo]":
    if not keep_days:
        return []
    return [s for s in kept[:-1] if s.started < now - timedelta(days=keep_days)]
