"""What a killed program left behind, and the room that a store takes."""

from app.store.driver import Database
from app.store.errors import KnownStoreError

_RUNNING = (
    "SELECT 0, id FROM scan WHERE state = 'running' UNION ALL SELECT 1, id FROM judgement WHERE state = 'running'"
)
_TABLES = (
    "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')"
)


def clear_up(db: Database) -> None:
    """Marks scans as interrupted whose writer is gone, and takes back judgements that were not finished."""
    if not db.rows(_RUNNING):
        return
    from app.store.judgements import discard_judgement
    from app.store.locking import WriterLock
    from app.store.writer import discard_scan

    try:
        lock = WriterLock.take(db, "clearing up")
    except KnownStoreError:
        return  # its writer is alive
    try:
        for table, number in db.rows(_RUNNING):
            if table:
                discard_judgement(db, number)
            else:
                discard_scan(db, number, "interrupted")
    except KnownStoreError:
        if not db.where.server:  # there, whoever may not scan leaves it to those who may
            raise
    finally:
        lock.release()


def size(db: Database) -> int:
    """Bytes: of the file with what belongs to it, or of the tables with their indexes on a server."""
    if db.where.server:
        return int(db.rows(_TABLES)[0][0] or 0)
    path = db.where.path
    files = [path.with_name(path.name + ending) for ending in ("", "-wal", "-shm")]
    return sum(file.stat().st_size for file in files if file.exists())
