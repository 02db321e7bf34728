"""A keyring that lives in memory, with the size limit of Windows' Credential Manager."""

from app.vault.errors import VaultError


class MemoryKeyring:
    """Keeps keys in a dictionary. `refuses` makes it a keyring that does not answer."""

    name = "memory"

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.refuses = False

    def __call__(self) -> "MemoryKeyring":
        return self

    def get(self, account: str) -> bytes | None:
        self._answer()
        return self.kept.get(account)

    def put(self, account: str, key: bytes) -> None:
        self._answer()
        self.kept[account] = key

    def drop(self, account: str) -> None:
        self._answer()
        self.kept.pop(account, None)

    def _answer(self) -> None:
        if self.refuses:
            raise VaultError("the keyring does not answer")


def no_keyring() -> MemoryKeyring:
    """A computer without a keyring."""
    raise VaultError("no keyring that encrypts for you")
