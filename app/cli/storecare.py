"""`situs store`: backup, restore, deletion on record, and how the store stands."""

import argparse
import getpass
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.cli.audits import progress_of
from app.cli.errors import UsageError
from app.cli.latest import day_of, put_json
from app.cli.main import OK
from app.cli.terminal import ProgressLine, put, say
from app.progress import Progress
from app.settings import data_folder, load_preferences, store_location
from app.storecare import BackupError, contents
from app.storecare import backup as make
from app.storecare import restore as put_back
from app.storecare import status as look
from app.texts import grouped, tr, trn
from app.vault.keys import LEAST_CHARACTERS, given_passphrase

_ITSELF = "SITUS_BACKUP_PASSPHRASE"
_FILE = "SITUS_BACKUP_PASSPHRASE_FILE"


def backup(options: argparse.Namespace) -> int:
    """Write the store with settings and schedules into one file."""
    file: Path = options.out
    if file.is_dir():
        file = file / f"situs-{datetime.now(UTC):%Y-%m-%dT%H%MZ}.situs-backup"
    if file.exists():
        raise BackupError(tr("{file} is there already; nothing was changed.").format(file=file))
    passphrase = None if options.in_the_clear else _passphrase(twice=True)
    line = progress_of(options)
    made = make(store_location(options.store), data_folder(), file, passphrase, line)
    if isinstance(line, ProgressLine):
        line.clear()
    say(
        tr("Written: {file} ({size}, {scans} scans). The vault is not in it: secrets are set again elsewhere.").format(
            file=file, size=_size(file.stat().st_size), scans=made.scans
        )
    )
    if passphrase is None:
        say(tr("It is not encrypted, and it holds personal data: keep it where only you can read it."))
    return OK


def restore(options: argparse.Namespace) -> int:
    """Put the store of a backup in its place."""
    from app.storecare.sealed import is_sealed

    with options.file.open("rb") as source:
        needed = is_sealed(source)
    line = progress_of(options)
    if options.look:
        return _look(options, _passphrase() if needed else None, line)
    done = put_back(
        options.file,
        store_location(options.store),
        data_folder(),
        _passphrase() if needed else None,
        replace=options.replace,
        settings=options.settings,
        progress=line,
    )
    if isinstance(line, ProgressLine):
        line.clear()
    if options.format == "json":
        kept = None if done.kept is None else str(done.kept)
        put_json({"scans": done.manifest.scans, "made": done.manifest.made, "kept": kept, "settings": done.settings})
    say(tr("Restored: {n} scans, as of {made}.").format(n=done.manifest.scans, made=done.manifest.made))
    if done.kept is not None:
        say(tr("The store that was there is now {path}.").format(path=done.kept))
    for name in done.settings:
        say(tr("Put back: {name}").format(name=name))
    if any(n.startswith("schedules/") for n in done.settings):
        say(tr("Schedules: check their paths (`situs schedule list`), and add each again to hand it to this system."))
    return OK


def _look(options: argparse.Namespace, passphrase: str | None, line: Progress) -> int:
    """What is in a backup, without restoring it."""
    found = contents(options.file, passphrase, line)
    if isinstance(line, ProgressLine):
        line.clear()
    if options.format == "json":
        put_json(found)
        return OK
    put(
        tr("Backup of {made} by Situs {program}: {n} scans.").format(
            made=found.made, program=found.program, n=found.scans
        )
    )
    for name in sorted(found.members):
        put("  " + name)
    return OK


def forget(options: argparse.Namespace) -> int:
    """Delete old scans, or everything of a connection, for good and on record."""
    from app.decisions.entry import Actor
    from app.store import Store
    from app.storecare import forget_before, forget_connection

    if (options.before is None) + (options.older_than is None) + (options.connection is None) != 2:
        raise UsageError(tr("name one of --before DATE, --older-than DAYS and --connection NAME."))
    where = store_location(options.store)
    if options.dry_run:
        return _foresee(options, where)
    actor = Actor.here(options.by or load_preferences(data_folder()).name)
    if not options.yes:
        raise UsageError(
            tr("what is deleted cannot be brought back. `situs store backup` first; then say --yes to delete.")
        )
    with Store.open(where, create=False) as store:
        if options.connection is not None:
            done = forget_connection(store, actor, options.connection, options.why)
        else:
            done = forget_before(store, actor, _moment(options), options.why)
    if options.format == "json":
        put_json(done)
        return OK
    put(
        tr(
            "Deleted: {scans} scans, {judgements} judgements, {assets} versions of assets, {documents} documents."
        ).format(scans=len(done.scans), judgements=done.judgements, assets=done.assets, documents=done.documents)
    )
    if done.thinned:
        n = len(done.thinned)
        put(
            trn(
                "One scan over other connections too stays without what this one had shown; it has to be judged anew.",
                "{n} scans over other connections too stay without what this one had shown; judge them anew.",
                n,
            ).format(n=n)
        )
    say(tr("The deletion is in the log of decisions. Backups and reports that were made before still hold it."))
    return OK


def _foresee(options: argparse.Namespace, where: "str | Path") -> int:
    """What would be deleted, without deleting it."""
    from app.storecare import foresee_before, foresee_connection

    if options.connection is not None:
        found = foresee_connection(where, options.connection)
    else:
        found = foresee_before(where, _moment(options))
    if options.format == "json":
        put_json(found)
        return OK
    put(
        tr(
            "Would be deleted: {scans} scans, {judgements} judgements with {findings} findings, {assets} versions of"
            " assets, and the documents that only they rest on. Nothing was deleted."
        ).format(scans=len(found.scans), judgements=found.judgements, findings=found.findings, assets=found.assets)
    )
    if found.thinned:
        n = len(found.thinned)
        put(
            trn(
                "One scan over other connections too would stay without what this one has shown.",
                "{n} scans over other connections too would stay without what this one has shown.",
                n,
            ).format(n=n)
        )
    return OK


def status(options: argparse.Namespace) -> int:
    """How the store stands, and what is older than it should be kept."""
    if options.keep is not None and not 1 <= options.keep <= 36_500:
        raise UsageError(tr("--keep {n}: give a number of days from 1 to 36500.").format(n=options.keep))
    keep = load_preferences(data_folder()).keep_days if options.keep is None else options.keep
    found = look(store_location(options.store), keep)
    if options.format == "json":
        put_json(found)
        return OK
    put(tr("Store: {where}").format(where=found.where))
    if found.bytes is not None:
        put(tr("Size: {size}").format(size=_size(found.bytes)))
    put(tr("Scans: {n}; judgements: {m}").format(n=found.scans, m=found.judgements))
    if found.oldest and found.newest:
        put(tr("From {a:%Y-%m-%d} to {b:%Y-%m-%d}").format(a=found.oldest, b=found.newest))
    if found.forgotten:
        put(tr("Deleted on record: {n} scans").format(n=found.forgotten))
    if found.overdue:
        n = len(found.overdue)
        put(
            trn(
                "One scan is older than {days} days: `situs store forget --older-than {days}` deletes it.",
                "{n} scans are older than {days} days: `situs store forget --older-than {days}` deletes them.",
                n,
            ).format(n=n, days=found.keep_days)
        )
    return OK


def roles(options: argparse.Namespace) -> int:
    """Print or make the roles of a store on a server."""
    from app.store.driver import Database, Where
    from app.store.roles import apply, statements

    if not options.apply:
        for statement in statements(options.prefix):
            put(statement + ";")
        return OK
    db = Database(Where.of(store_location(options.store)))
    try:
        apply(db, options.prefix)
    finally:
        db.close()
    say(
        tr("Made: {names}. Grant one of them to each person's login.").format(
            names=", ".join(f"{options.prefix}_{r}" for r in ("reader", "reviewer", "auditor"))
        )
    )
    return OK


def _moment(options: argparse.Namespace) -> datetime:
    if options.older_than is not None:
        if not 1 <= options.older_than <= 36_500:
            raise UsageError(
                tr("--older-than {n}: give a number of days from 1 to 36500.").format(n=options.older_than)
            )
        return datetime.now(UTC) - timedelta(days=options.older_than)
    day = day_of("--before", options.before)
    assert day is not None  # noqa: S101 - one of the two is given
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _passphrase(twice: bool = False) -> str:
    file = os.environ.get(_FILE)
    if _ITSELF in os.environ:  # from a window to its child process
        given = os.environ[_ITSELF]
    elif file:
        given = given_passphrase({"SITUS_VAULT_PASSPHRASE_FILE": file}) or ""
    elif not sys.stdin.isatty():
        raise UsageError(
            tr("a passphrase is asked for at the keyboard; where nobody is there, name its file in {name}.").format(
                name=_FILE
            )
            + (" " + tr("--in-the-clear writes a backup that anyone can read.") if twice else "")
        )
    else:
        given = getpass.getpass(tr("Passphrase of the backup (not shown): "))
        if twice and getpass.getpass(tr("Once more: ")) != given:
            raise UsageError(tr("the two passphrases differ; nothing was changed."))
    if twice and len(given) < LEAST_CHARACTERS:
        raise UsageError(
            tr("a passphrase has at least {n} characters; several words are best.").format(n=LEAST_CHARACTERS)
        )
    return given


def _size(count: int) -> str:
    return f"{grouped(count / 1e6, 1)} MB"
