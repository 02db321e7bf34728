"""What can be wrong with the vault, as a sentence for people."""


class VaultError(Exception):
    """The vault cannot do what was asked; the text says why and what to do, and never holds a secret."""


class LockedError(VaultError):
    """The vault needs its passphrase, and none was given."""
