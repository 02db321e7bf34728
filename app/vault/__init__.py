"""The vault: the few secrets that no single sign-on, command-line login or role can spare.

    fetch(name) -> str                      the secret; raises VaultError (a sentence for people, never the secret)
    keep(name, secret, expires=, note=, protect=) -> Entry      store or replace; the first one makes the vault
    discard(name)                           remove
    entries() -> tuple[Entry, ...]          names, dates and notes, without opening anything
    expiring(days, today) -> list[Entry]    what ends within so many days, or has ended
    rotate(protect=, passphrase=) -> int    everything under a new master key
    status() -> Status                      how it is protected, what is in it, why it cannot be opened now
    unlock(passphrase)                      open a vault with a passphrase; stays open for this process
    ask_with(function)                      who asks a person for the passphrase (a prompt, a dialogue)

These work on the vault of this user (`vault.json` in the data folder); `Vault(folder)` is any other. `fetch` takes the
name alone or the reference `vault:NAME` as it stands in files.

Secrets are texts of up to 65,536 characters: access keys, client secrets, service-account files, passphrases of
signing keys. Each is encrypted by AES-256-GCM under a key of its own, wrapped by the master key, which is in the
keyring of the operating system or comes from a passphrase (Argon2id). Where neither is possible nothing is stored.
There is no export: a copied file opens on no other computer unless a passphrase protects it.

A person is asked for the passphrase only through `ask_with`; a job that runs alone takes it from the environment
variable SITUS_VAULT_PASSPHRASE, from the file that SITUS_VAULT_PASSPHRASE_FILE names, or from systemd's credential
`situs-vault`. A window hands it to its child process by that environment variable, never as an argument.

Calls do input and output, and opening by passphrase takes about 0.3 s: not for the thread of the window. Names as
`signing.NAME` are free for other parts of the program: use a prefix of your own. Python cannot wipe texts from memory;
a secret lives there as long as its user holds it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from app.vault.errors import LockedError, VaultError
from app.vault.vault import BY_PASSPHRASE, KEYRING, WARN_DAYS, Entry, Status, Vault

__all__ = [
    "BY_PASSPHRASE",
    "KEYRING",
    "WARN_DAYS",
    "Entry",
    "LockedError",
    "Status",
    "Vault",
    "VaultError",
    "ask_with",
    "discard",
    "entries",
    "expiring",
    "fetch",
    "keep",
    "of_user",
    "rotate",
    "status",
    "unlock",
]

_vaults: dict[Path, Vault] = {}
_ask: list[Callable[[], str | None]] = []


def of_user() -> Vault:
    """The vault of this user; one object for the process, so that a passphrase is asked for once."""
    from app.settings import data_folder

    folder = data_folder()
    if folder not in _vaults:
        _vaults[folder] = Vault(folder, ask=lambda: _ask[-1]() if _ask else None)
    return _vaults[folder]


def ask_with(function: Callable[[], str | None]) -> None:
    """From now on a person is asked for the passphrase by this; None is the answer of one who does not give it."""
    _ask[:] = [function]


def fetch(name: str) -> str:
    """The secret of this name, or of the reference `vault:NAME`. Raises VaultError."""
    return of_user().fetch(name.removeprefix("vault:"))


def keep(name: str, secret: str, *, expires: date | None = None, note: str = "", protect: str | None = None) -> Entry:
    """Store a secret, or replace the one of this name. Raises VaultError."""
    return of_user().keep(name, secret, expires=expires, note=note, protect=protect)


def discard(name: str) -> None:
    """Remove a secret. Raises VaultError where there is none of this name."""
    of_user().discard(name)


def entries() -> tuple[Entry, ...]:
    """What is stored, by name. Raises VaultError where the file cannot be read."""
    return of_user().entries()


def expiring(days: int = WARN_DAYS, today: date | None = None) -> list[Entry]:
    """What ends within so many days or has ended, the first to end first."""
    day = today or datetime.now(UTC).date()
    return sorted((e for e in entries() if e.ends_within(days, day)), key=lambda e: (e.expires or day, e.name))


def rotate(protect: str | None = None, passphrase: str | None = None) -> int:
    """Encrypt everything anew under a new master key; how many secrets there are. Raises VaultError."""
    return of_user().rotate(protect, passphrase)


def status() -> Status:
    """How the vault stands; nobody is asked for anything."""
    return of_user().status()


def unlock(passphrase: str | None = None) -> None:
    """Open the vault for this process. Raises VaultError where the passphrase is wrong."""
    of_user().unlock(passphrase)
