"""The vault: one file of wrapped secrets in the user's data folder."""

import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
from msgspec import Struct

from app.exclusive import TakenError, held
from app.texts import tr
from app.vault.envelope import Document, Sealed, derive, is_sealed, new_derivation, new_key, sealed, unwrap, wrap
from app.vault.errors import LockedError, VaultError
from app.vault.keys import LEAST_CHARACTERS, Keychain, SystemKeyring, given_passphrase

FORMAT: Final = "situs-vault-1"
KEYRING: Final = "keyring"
BY_PASSPHRASE: Final = "passphrase"  # noqa: S105 - the name of a way
MOST_CHARACTERS: Final = 64 * 1024
WARN_DAYS: Final = 30
_LARGEST: Final = 16 << 20
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WAIT_SECONDS: Final = 10.0
_DAMAGED: Final = "The vault file {file} is damaged; restore it from a backup, or remove it and set its secrets again."

_LOCKED: Final = (
    "The vault needs its passphrase. Where nobody is at the keyboard, put it into the environment variable "
    "SITUS_VAULT_PASSPHRASE or name its file in SITUS_VAULT_PASSPHRASE_FILE."
)


class Entry(Struct, frozen=True):
    """What is known of a secret without opening it. `expires`: the day from which on it is of no use, where known."""

    name: str
    made: datetime
    changed: datetime
    expires: date | None = None
    note: str = ""

    def ends_within(self, days: int, today: date) -> bool:
        """Whether it ends within so many days, or has ended."""
        return self.expires is not None and self.expires <= today + timedelta(days=days)


class Status(Struct, frozen=True):
    """How the vault stands. `protection`: `keyring`, `passphrase`, or empty where there is no vault yet. `trouble`: why
    it cannot be opened now, or empty. `keyring`: name of the system's keyring, or empty where there is none."""

    file: Path
    protection: str
    entries: tuple[Entry, ...]
    trouble: str
    keyring: str
    generation: int = 0


class Vault:
    """Secrets in one file. Every method may raise VaultError.

    `keychain` makes the keyring when it is needed; `ask` asks a person for the passphrase (None: nobody is there). The
    environment (see `app.vault.keys.given_passphrase`) is asked first.
    """

    def __init__(
        self,
        folder: Path,
        *,
        keychain: Callable[[], Keychain] = SystemKeyring,
        ask: Callable[[], str | None] | None = None,
    ) -> None:
        self.file = folder / "vault.json"
        self._keychain = keychain
        self._ask = ask
        self._opened: tuple[str, int, bytes] | None = None

    def fetch(self, name: str) -> str:
        """The secret of this name. Raises VaultError where there is none or the vault cannot be opened."""
        document = self._read()
        if document is None:
            raise VaultError(
                tr("There is no vault on this computer yet, so {name} is not in it: `situs vault set {name}`.").format(
                    name=name[:64]
                )
            )
        if name not in document.entries:
            raise self._unknown(document, name)
        return unwrap(self._master(document), document, name)

    def entries(self) -> tuple[Entry, ...]:
        """All entries by name, without opening anything."""
        document = self._read()
        return () if document is None else _entries(document)

    def keep(
        self, name: str, secret: str, *, expires: date | None = None, note: str = "", protect: str | None = None
    ) -> Entry:
        """Store a secret, or replace the one of this name. The first one makes the vault, protected by `protect`
        (`keyring`, the default, or `passphrase`)."""
        if not _NAME.fullmatch(name):
            raise VaultError(
                tr(
                    "{name!r} cannot name a secret: a name has 1 to 64 letters, digits, dots, underlines and hyphens, "
                    "and begins with a letter or digit."
                ).format(name=name[:64])
            )
        if not secret or len(secret) > MOST_CHARACTERS or "\0" in secret:
            raise VaultError(tr("A secret has 1 to 65,536 characters; this one was not stored."))
        if len(note) > 200 or not note.isprintable():
            raise VaultError(tr("A note is one line of at most 200 characters."))
        with self._alone():
            document = self._read()
            made: str | None = None
            if document is None:
                document, master = self._new(protect or KEYRING, 1, str(uuid4()))
                made = self._account(document)
            else:
                if protect is not None and protect != _protection(document):
                    raise VaultError(
                        tr(
                            "This vault is protected by a {now}; `situs vault rotate --protect {wanted}` changes that."
                        ).format(now=_protection(document), wanted=protect)
                    )
                master = self._master(document)
            now = datetime.now(UTC).replace(microsecond=0).isoformat()
            before = document.entries.get(name)
            entry = Sealed(
                now if before is None else before.made, now, "", "", expires.isoformat() if expires else None, note
            )
            entry = wrap(master, document, name, secret, entry)
            document = msgspec.structs.replace(document, entries={**document.entries, name: entry})
            try:
                self._write(sealed(master, document))
            except VaultError:
                if made and document.derivation is None:
                    self._keychain().drop(made)
                raise
        return _entry(name, entry)

    def discard(self, name: str) -> None:
        """Remove a secret."""
        with self._alone():
            document = self._read()
            if document is None or name not in document.entries:
                raise self._unknown(document, name)
            master = self._master(document)
            kept = {n: e for n, e in document.entries.items() if n != name}
            self._write(sealed(master, msgspec.structs.replace(document, entries=kept)))

    def rotate(self, protect: str | None = None, passphrase: str | None = None) -> int:
        """Encrypt everything anew under a new master key, protected as before or by `protect`; how many secrets.

        `passphrase` is the new one where a passphrase protects from now on. The old key is forgotten only after the
        new file is in place; a rotation that fails leaves the vault as it was.
        """
        with self._alone():
            document = self._read()
            if document is None:
                raise VaultError(tr("There is no vault on this computer yet; `situs vault set NAME` makes one."))
            master = self._master(document)
            secrets = {name: unwrap(master, document, name) for name in document.entries}
            wanted = protect or _protection(document)
            fresh, key = self._new(wanted, document.generation + 1, document.id, passphrase)
            entries = {name: wrap(key, fresh, name, secrets[name], document.entries[name]) for name in secrets}
            fresh = msgspec.structs.replace(fresh, entries=entries)
            try:
                self._write(sealed(key, fresh))
            except VaultError:
                if fresh.derivation is None:
                    self._keychain().drop(self._account(fresh))
                raise
            if document.derivation is None:
                self._keychain().drop(self._account(document))
            self._opened = (fresh.id, fresh.generation, key)
        return len(entries)

    def unlock(self, passphrase: str | None = None) -> None:
        """Open the vault now, with this passphrase where it needs one; it stays open for this object."""
        document = self._read()
        if document is not None:
            self._master(document, passphrase)

    def status(self) -> Status:
        """How the vault stands; asks nobody for a passphrase."""
        try:
            keyring = self._keychain().name
        except VaultError:
            keyring = ""
        try:
            document = self._read()
        except VaultError as error:
            return Status(self.file, "", (), str(error), keyring)
        if document is None:
            return Status(self.file, "", (), "", keyring)
        trouble = ""
        try:
            self._master(document, ask=False)
        except VaultError as error:
            trouble = str(error)
        return Status(self.file, _protection(document), _entries(document), trouble, keyring, document.generation)

    # The key

    def _master(self, document: Document, passphrase: str | None = None, *, ask: bool = True) -> bytes:
        if self._opened is not None and self._opened[:2] == (document.id, document.generation):
            key = self._opened[2]
        elif document.derivation is None:
            found = self._keychain().get(self._account(document))
            if found is None:
                raise VaultError(
                    tr(
                        "The keyring of this user and computer does not hold the key of the vault {file}: the file "
                        "comes from another computer or user, and cannot be opened here. Remove the file and set its "
                        "secrets again."
                    ).format(file=self.file)
                )
            key = found
        else:
            given = passphrase or given_passphrase()
            if given is None and ask and self._ask is not None:
                given = self._ask()
            if not given:
                raise LockedError(tr(_LOCKED))
            key = derive(given, document.derivation)
        if not is_sealed(key, document):
            if document.derivation is not None and self._opened is None:
                raise VaultError(
                    tr(
                        "The passphrase of the vault is wrong, or the file {file} was changed by something else."
                    ).format(file=self.file)
                )
            raise VaultError(
                tr(
                    "The vault file {file} was changed by something other than this program and is not used; restore "
                    "it from a backup."
                ).format(file=self.file)
            )
        self._opened = (document.id, document.generation, key)
        return key

    def _new(
        self, protect: str, generation: int, identity: str, passphrase: str | None = None
    ) -> tuple[Document, bytes]:
        if protect == KEYRING:
            key = new_key()
            document = Document(FORMAT, identity, generation)
            self._keychain().put(self._account(document), key)
        elif protect == BY_PASSPHRASE:
            given = passphrase or given_passphrase() or (self._ask() if self._ask is not None else None)
            if not given:
                raise LockedError(tr(_LOCKED))
            if len(given) < LEAST_CHARACTERS:
                raise VaultError(
                    tr("A passphrase for the vault has at least {n} characters; several words are best.").format(
                        n=LEAST_CHARACTERS
                    )
                )
            how = new_derivation()
            key = derive(given, how)
            document = Document(FORMAT, identity, generation, derivation=how)
        else:
            raise VaultError(tr("A vault is protected by `keyring` or by `passphrase`."))
        self._opened = (document.id, document.generation, key)
        return document, key

    def _account(self, document: Document) -> str:
        return f"{document.id}:{document.generation}"

    # The file

    def _alone(self) -> "_Alone":
        return _Alone(self.file)

    def _read(self) -> Document | None:
        try:
            with self.file.open("rb") as source:
                raw = source.read(_LARGEST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise VaultError(
                tr("The vault file {file} cannot be read: {reason}.").format(file=self.file, reason=error.strerror)
            ) from None
        try:
            if len(raw) > _LARGEST:
                raise ValueError("too large")
            document = msgspec.json.decode(raw, type=Document)
            _entries(document)
        except (ValueError, msgspec.MsgspecError):
            raise VaultError(tr(_DAMAGED).format(file=self.file)) from None
        if document.format != FORMAT:
            raise VaultError(
                tr("The vault file {file} was written by a newer Situs; install that version.").format(file=self.file)
            )
        return document

    def _write(self, document: Document) -> None:
        part = self.file.with_name(f"{self.file.name}.{os.getpid()}.part")
        try:
            part.unlink(missing_ok=True)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(msgspec.json.format(msgspec.json.encode(document, order="sorted")) + b"\n")
                out.flush()
                os.fsync(out.fileno())
            part.replace(self.file)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise VaultError(
                tr("The vault file {file} cannot be written: {reason}. Nothing was changed.").format(
                    file=self.file, reason=error.strerror
                )
            ) from None

    def _unknown(self, document: Document | None, name: str) -> VaultError:
        known = list(document.entries) if document is not None else []
        close = get_close_matches(name, known, 1, 0.6)
        hint = " " + tr("Did you mean {name}?").format(name=close[0]) if close else ""
        return VaultError(
            tr("The vault holds no secret called {name!r}; `situs vault list` names them.").format(name=name[:64])
            + hint
        )


class _Alone:
    """One process changes the vault at a time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._held = held(self._file.with_name("vault.lock"), wait_seconds=_WAIT_SECONDS)
            self._held.__enter__()
        except TakenError:
            raise VaultError(tr("Another Situs is changing the vault; wait until it is done.")) from None
        except OSError as error:
            raise VaultError(
                tr("The folder of the vault, {folder}, cannot be used: {reason}.").format(
                    folder=self._file.parent, reason=error.strerror or error
                )
            ) from None

    def __exit__(self, *_: object) -> None:
        self._held.__exit__(None, None, None)


def _protection(document: Document) -> str:
    return KEYRING if document.derivation is None else BY_PASSPHRASE


def _entries(document: Document) -> tuple[Entry, ...]:
    return tuple(_entry(name, document.entries[name]) for name in sorted(document.entries))


def _entry(name: str, entry: Sealed) -> Entry:
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    return Entry(
        name,
        datetime.fromisoformat(entry.made),
        datetime.fromisoformat(entry.changed),
        None if entry.expires is None else date.fromisoformat(entry.expires),
        entry.note,
    )
