"""Which keyrings are trusted with the key of the vault."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from app.vault.errors import VaultError
from app.vault.keys import SystemKeyring


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = keyring.core._keyring_backend
    yield
    keyring.core._keyring_backend = before


class Pretending(KeyringBackend):
    """A keyring of the system with the size limit of Windows: 2560 bytes, two a character."""

    priority = 9  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) * 2 > 2560:
            raise OSError(1783, "The stub received bad data")
        self.kept[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise keyring.errors.PasswordDeleteError
        del self.kept[(service, username)]


class PlaintextKeyring(Pretending):
    """One that writes files."""


Pretending.__module__ = "keyring.backends.SecretService"
PlaintextKeyring.__module__ = "keyrings.alt.file"


def test_a_keyring_of_the_system_keeps_the_key() -> None:
    keyring.set_keyring(Pretending())
    ring = SystemKeyring()
    ring.put("a:1", bytes(range(32)))
    assert ring.get("a:1") == bytes(range(32))
    ring.drop("a:1")
    ring.drop("a:1")
    assert ring.get("a:1") is None


@pytest.mark.parametrize("ring", [fail.Keyring, null.Keyring, PlaintextKeyring])
def test_keyrings_that_do_not_encrypt_are_refused(ring: type[KeyringBackend]) -> None:
    keyring.set_keyring(ring())
    with pytest.raises(VaultError, match="never stored in the clear"):
        SystemKeyring()


def test_one_that_forgets_is_noticed() -> None:
    class Forgetful(Pretending):
        def set_password(self, service: str, username: str, password: str) -> None:
            pass

    Forgetful.__module__ = "keyring.backends.Windows"
    keyring.set_keyring(Forgetful())
    with pytest.raises(VaultError, match="did not keep"):
        SystemKeyring().put("a:1", bytes(32))


def test_errors_of_a_keyring_do_not_repeat_what_was_to_be_kept() -> None:
    class Talkative(Pretending):
        def set_password(self, service: str, username: str, password: str) -> None:
            raise RuntimeError(f"cannot keep {password}")

    Talkative.__module__ = "keyring.backends.macOS"
    keyring.set_keyring(Talkative())
    with pytest.raises(VaultError, match="does not answer") as caught:
        SystemKeyring().put("a:1", bytes(32))
    assert "AAAA" not in str(caught.value)
    assert caught.value.__cause__ is None
