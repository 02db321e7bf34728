"""Where the master key of a vault is: in the keyring of the operating system, or in a passphrase.

The keyring holds 44 characters and nothing else: Windows' Credential Manager takes no more than 1280.
"""

import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from app.texts import tr
from app.vault.envelope import KEY_BYTES, unpacked
from app.vault.errors import VaultError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_T = TypeVar("_T")
PASSPHRASE: Final = "SITUS_VAULT_PASSPHRASE"  # noqa: S105 - the name of a variable
PASSPHRASE_FILE: Final = "SITUS_VAULT_PASSPHRASE_FILE"  # noqa: S105
CREDENTIAL: Final = "situs-vault"
LEAST_CHARACTERS: Final = 12
_SERVICE: Final = "Situs vault"
_LARGEST: Final = 4096
_SAFE: Final = (
    "keyring.backends.Windows",
    "keyring.backends.macOS",
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
)
"""Keyrings that encrypt for the user who is logged in. Anything else (plain files among them) is refused."""


class Keychain(Protocol):
    """Keeps master keys. Every method raises VaultError where it cannot."""

    name: str

    def get(self, account: str) -> bytes | None:
        """The key, or None where there is none."""
        ...

    def put(self, account: str, key: bytes) -> None:
        """Keep a key."""
        ...

    def drop(self, account: str) -> None:
        """Forget a key, if there is one."""
        ...


class SystemKeyring:
    """The keyring of the operating system: Credential Manager, Keychain, Secret Service or KWallet."""

    def __init__(self) -> None:
        self._backend = _backend()
        self.name = type(self._backend).__module__.rpartition(".")[2]

    def get(self, account: str) -> bytes | None:
        """The key, or None."""
        text = self._tried(lambda: self._backend.get_password(_SERVICE, account))
        if text is None:
            return None
        key = unpacked(text)
        if len(key) != KEY_BYTES:
            raise VaultError(tr("The keyring of this computer holds a damaged key for the vault."))
        return key

    def put(self, account: str, key: bytes) -> None:
        """Keep a key, and look whether it is really kept."""
        text = b64encode(key).decode("ascii")

        def keep() -> None:
            self._backend.set_password(_SERVICE, account, text)  # pyright: ignore[reportUnknownMemberType]

        self._tried(keep)
        if self.get(account) != key:
            raise VaultError(tr("The keyring of this computer did not keep the key of the vault; nothing was stored."))

    def drop(self, account: str) -> None:
        """Forget a key."""
        from keyring.errors import PasswordDeleteError

        def forget() -> None:
            try:
                self._backend.delete_password(_SERVICE, account)
            except PasswordDeleteError:
                return  # it is not there

        self._tried(forget)

    def _tried(self, action: Callable[[], _T]) -> _T:
        try:
            return action()
        except VaultError:
            raise
        except Exception as error:  # each backend has errors of its own; their texts may hold what was to be kept
            raise VaultError(
                tr(
                    "The keyring of this computer does not answer ({kind}): unlock it by logging in to the desktop, "
                    "then try again. Where nobody ever logs in, use a vault that a passphrase protects."
                ).format(kind=type(error).__name__)
            ) from None


def _backend() -> "KeyringBackend":
    import keyring
    from keyring.backends.chainer import ChainerBackend

    try:
        chosen = keyring.get_keyring()
        options = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
    except Exception:  # a broken configuration of the keyring library is no reason to end with a traceback
        options = []
    for option in options:
        if type(option).__module__ in _SAFE:
            return option
    raise VaultError(
        tr(
            "This computer offers no keyring that encrypts for you, and a secret is never stored in the clear. Protect "
            "the vault by a passphrase: `situs vault set NAME --protect passphrase`."
        )
    )


def given_passphrase(environment: Mapping[str, str] | None = None) -> str | None:
    """The passphrase where no person is asked: the variable SITUS_VAULT_PASSPHRASE, the file that
    SITUS_VAULT_PASSPHRASE_FILE names, or the credential `situs-vault` that systemd hands over. Raises VaultError."""
    where = os.environ if environment is None else environment
    if text := where.get(PASSPHRASE):
        return text
    file = where.get(PASSPHRASE_FILE)
    if not file and (folder := where.get("CREDENTIALS_DIRECTORY")):
        handed = Path(folder) / CREDENTIAL
        file = str(handed) if handed.is_file() else None
    if not file:
        return None
    try:
        with Path(file).open("rb") as source:
            raw = source.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            raise VaultError(tr("{file} is too large to hold a passphrase.").format(file=file))
        text = raw.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise VaultError(
            tr("The file of the passphrase, {file}, cannot be read: {reason}.").format(file=file, reason=error.strerror)
        ) from None
    except UnicodeDecodeError:
        raise VaultError(tr("The file of the passphrase, {file}, is not UTF-8.").format(file=file)) from None
    if not text:
        raise VaultError(tr("The file of the passphrase, {file}, is empty.").format(file=file))
    return text
