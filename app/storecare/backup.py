"""Backup and restore: the store with settings and schedules in one file; never the vault.

The file is a ZIP archive with a manifest (`manifest.json`: the SHA-256 of every member), encrypted as a whole where a
passphrase is given: the store holds personal data. On a new laptop: install, restore, set the secrets again.
"""

import hashlib
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

import msgspec
from msgspec import Struct

from app import __version__
from app.progress import Progress, Step, silent
from app.store import Store
from app.store.driver import Where
from app.storecare.errors import BackupError
from app.storecare.sealed import is_sealed, seal, unseal
from app.texts import tr

FORMAT: Final = "situs-backup-1"
_STORE: Final = "situs.db"
_MANIFEST: Final = "manifest.json"
_BESIDE: Final = ("settings.toml", "notify.toml")
_MOST_BESIDE: Final = 1 << 20
_MOST_SCHEDULES: Final = 1000
_PIECE: Final = 1 << 20


class Manifest(Struct, forbid_unknown_fields=True):
    """What is in a backup. `members`: SHA-256 of each in hexadecimal. `scans`: how many the store holds."""

    format: str
    made: str
    program: str
    schema: int
    scans: int
    members: dict[str, str]


def backup(
    where: "str | Path", folder: Path, file: Path, passphrase: str | None, progress: Progress = silent
) -> Manifest:
    """Write a backup of the store and the user's folder, whole or not at all. Raises BackupError, KnownStoreError."""
    with tempfile.TemporaryDirectory(prefix="situs-backup-", dir=_beside(file)) as name:
        room = Path(name)
        copy = room / _STORE
        progress(Step("backup", tr("Copying the store")))
        with Store.open(where, create=False) as store:
            store.copy_to(copy)
            scans = len(store.scans())
        members = {_STORE: copy, **_others(folder)}
        made = datetime.now(UTC).isoformat(timespec="seconds")
        digests = {n: _digest(p) for n, p in members.items()}
        manifest = Manifest(FORMAT, made, __version__, _schema(copy), scans, digests)
        progress(Step("backup", tr("Packing")))
        packed = room / "backup.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
            for member, path in members.items():
                archive.write(path, member)
        whole = packed
        if passphrase is not None:
            progress(Step("backup", tr("Encrypting")))
            whole = room / "backup.sealed"
            with packed.open("rb") as source, whole.open("wb") as target:
                seal(source, target, passphrase)
        progress(Step("backup", tr("Checking")))
        with _opened(whole, passphrase) as (archive, found):
            _check(archive, found)
        _put(whole, file)
    return manifest


def restore(
    file: Path,
    where: "str | Path",
    folder: Path,
    passphrase: str | None,
    *,
    replace: bool = False,
    settings: bool = False,
    progress: Progress = silent,
) -> "Restored":
    """Put the store of a backup in its place; one that is there already only with `replace`, and kept beside it.

    `settings`: settings and schedules as well, where there are none; schedules are then to be added again. Raises
    BackupError; then nothing was changed.
    """
    place = Where.of(where)
    if place.server:
        raise BackupError(
            tr("A backup is restored to a file; the store {where} is on a server.").format(where=place.label)
        )
    target = place.path
    if target.exists() and not replace:
        raise BackupError(
            tr(
                "There is a store at {path} already; --replace puts the backup in its place and keeps it beside."
            ).format(path=target)
        )
    progress(Step("restore", tr("Checking the backup")))
    with _opened(file, passphrase) as (archive, manifest):
        _check(archive, manifest)
        _known_schema(manifest)
        part = target.with_name(f"{target.name}.restoring")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            progress(Step("restore", tr("Writing the store")))
            with archive.open(_STORE) as source, part.open("wb") as out:
                _copy(source, out)
            _sound(part)
            kept = _set_aside(target) if target.exists() else None
            part.replace(target)
        except OSError as error:
            raise BackupError(
                tr("{path} cannot be written: {reason}.").format(path=target, reason=error.strerror or error)
            ) from None
        finally:
            part.unlink(missing_ok=True)
        put = _settings(archive, manifest, folder) if settings else []
    return Restored(manifest, kept, tuple(put))


def contents(file: Path, passphrase: str | None, progress: Progress = silent) -> Manifest:
    """What is in a backup, every member checked; nothing is written. Raises BackupError."""
    progress(Step("restore", tr("Checking the backup")))
    with _opened(file, passphrase) as (archive, manifest):
        _check(archive, manifest)
        _known_schema(manifest)
    return manifest


class Restored(Struct):
    """What was restored. `kept`: where the store that was there before is now. `settings`: files that were put back."""

    manifest: Manifest
    kept: Path | None
    settings: tuple[str, ...]


def _others(folder: Path) -> dict[str, Path]:
    found = {name: folder / name for name in _BESIDE if (folder / name).is_file()}
    schedules = sorted((folder / "schedules").glob("*.json"))[:_MOST_SCHEDULES]
    return {**found, **{f"schedules/{p.name}": p for p in schedules}}


@contextmanager
def _opened(file: Path, passphrase: str | None) -> Generator[tuple[zipfile.ZipFile, Manifest]]:
    try:
        with file.open("rb") as raw, tempfile.TemporaryFile(dir=_beside(file)) as plain:
            source = cast("BinaryIO", raw)
            if is_sealed(source):
                if passphrase is None:
                    raise BackupError(tr("{file} is encrypted; its passphrase is needed.").format(file=file))
                unseal(source, cast("BinaryIO", plain), passphrase)
                plain.seek(0)
                source = cast("BinaryIO", plain)
            with zipfile.ZipFile(source) as archive:
                yield archive, _manifest(archive)
    except (zipfile.BadZipFile, KeyError, EOFError, zipfile.LargeZipFile):
        raise BackupError(tr("{file} is no backup of Situs, or it is damaged.").format(file=file)) from None
    except OSError as error:
        raise BackupError(tr("{file} cannot be read: {reason}.").format(file=file, reason=error.strerror)) from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    info = archive.getinfo(_MANIFEST)
    if info.file_size > _MOST_BESIDE:
        raise BackupError(tr("The backup is damaged: its manifest is too large."))
    try:
        manifest = msgspec.json.decode(archive.read(info), type=Manifest)
    except msgspec.MsgspecError:
        raise BackupError(tr("The backup was made by a newer Situs, or it is damaged.")) from None
    if manifest.format != FORMAT:
        raise BackupError(tr("The backup was made by a newer Situs; install that version."))
    return manifest


def _check(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = set(archive.namelist()) - {_MANIFEST}
    if names != set(manifest.members) or _STORE not in names or len(names) > _MOST_SCHEDULES + 10:
        raise BackupError(tr("The backup is damaged: members are missing or were added. Nothing was changed."))
    for name in names:
        if name != _STORE and archive.getinfo(name).file_size > _MOST_BESIDE:
            raise BackupError(tr("The backup is damaged: {name} is too large.").format(name=name))
        whole = hashlib.sha256()
        with archive.open(name) as source:
            while piece := source.read(_PIECE):
                whole.update(piece)
        if whole.hexdigest() != manifest.members[name]:
            raise BackupError(tr("The backup is damaged: {name} was changed. Nothing was changed.").format(name=name))


def _known_schema(manifest: Manifest) -> None:
    from app.store.intervals import SCHEMA

    if manifest.schema > SCHEMA:
        raise BackupError(
            tr("The backup was made by a newer Situs ({n}); install that version.").format(n=manifest.program)
        )


def _sound(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        if db.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise BackupError(tr("The store in the backup is damaged. Nothing was changed."))


def _schema(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()[0])


def _set_aside(target: Path) -> Path:
    with Store.open(target, create=False) as store:  # nobody else may be writing
        store.scans()
    kept = target.with_name(f"{target.stem}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{target.suffix}")
    target.replace(kept)
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    return kept


def _settings(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> list[str]:
    put: list[str] = []
    for name in sorted(manifest.members):
        if name == _STORE:
            continue
        plain = Path(name).name
        if name not in _BESIDE and name != f"schedules/{plain}":
            continue  # a name that this program never wrote leads nowhere
        target = folder / name
        if not target.exists() and plain not in ("", ".", ".."):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))
            put.append(name)
    return put


def _put(whole: Path, file: Path) -> None:
    try:
        whole.replace(file)
        if os.name == "posix":
            file.chmod(0o600)
    except OSError as error:
        raise BackupError(tr("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror)) from None


def _beside(file: Path) -> Path:
    folder = file.absolute().parent
    if not folder.is_dir():
        raise BackupError(tr("There is no folder {folder}.").format(folder=folder))
    return folder


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _copy(source: IO[bytes], target: Any) -> None:
    while piece := source.read(_PIECE):
        target.write(piece)
