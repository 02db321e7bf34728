"""How a secret is wrapped: AES-256-GCM twice, and a seal over the whole file.

Each secret is encrypted with a key of its own (the data key), and that key with the master key of the vault. What is
known in clear about an entry (name, dates, note) is authenticated with it, so that no entry can be renamed, given
another date or exchanged for another one unnoticed. The seal (HMAC-SHA256 under a key derived from the master key)
covers the whole document: entries cannot be left out or put back from an older file without the master key.

Rests on NIST SP 800-38D (GCM, random 96-bit nonces, a fresh data key for each secret), RFC 9106 (Argon2id),
RFC 7914 (scrypt), RFC 5869 (HKDF).
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Any, Final

import msgspec
from msgspec import Struct

from app.vault.errors import VaultError

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_SALT_BYTES: Final = 16
_MOST_MEMORY_KIB: Final = 1 << 20
_MOST_ROUNDS: Final = 64


class Derivation(Struct, frozen=True, forbid_unknown_fields=True):
    """How the master key comes from a passphrase: `argon2id` or `scrypt`, with the salt in base64."""

    kdf: str
    salt: str
    rounds: int
    lanes: int
    memory_kib: int


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry as it lies in the file. Times are ISO 8601 in UTC; `key` and `body` are base64 of nonce and text."""

    made: str
    changed: str
    key: str
    body: str
    expires: str | None = None
    note: str = ""


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: how it is protected, its entries, and the seal.

    `derivation` is None where the key is in the keyring."""

    format: str
    id: str
    generation: int
    entries: dict[str, Sealed] = {}
    derivation: Derivation | None = None
    seal: str = ""


def new_key() -> bytes:
    """A random master or data key."""
    return os.urandom(KEY_BYTES)


def new_derivation() -> Derivation:
    """Settings for a new passphrase: Argon2id with 64 MiB and three rounds (0.3 s), or scrypt where it is not there."""
    salt = b64encode(os.urandom(_SALT_BYTES)).decode("ascii")
    if _has_argon2id():
        return Derivation("argon2id", salt, 3, 4, 64 * 1024)
    return Derivation("scrypt", salt, 1, 1, 128 * 1024)


def derive(passphrase: str, how: Derivation) -> bytes:
    """The master key of a passphrase. Raises VaultError where the file asks for what no vault of ours would."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    salt = unpacked(how.salt)
    fair = 1024 <= how.memory_kib <= _MOST_MEMORY_KIB and 1 <= how.rounds <= _MOST_ROUNDS and 1 <= how.lanes <= 16
    if not fair or len(salt) < 8 or how.kdf not in ("argon2id", "scrypt"):
        raise VaultError("The vault file asks for an impossible derivation of its key; restore it from a backup.")
    secret = passphrase.encode("utf-8")
    if how.kdf == "scrypt":
        cost = 1 << (how.memory_kib.bit_length() - 1)  # one block of scrypt with r = 8 is 1 KiB
        return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=8, p=how.lanes).derive(secret)
    try:
        made = Argon2id(salt=salt, length=KEY_BYTES, iterations=how.rounds, lanes=how.lanes, memory_cost=how.memory_kib)
    except UnsupportedAlgorithm:
        raise VaultError(
            "This vault was made with Argon2id, which the installed `cryptography` cannot do; install the one that "
            "comes with this program."
        ) from None
    return made.derive(secret)


def wrap(master: bytes, document: Document, name: str, secret: str, entry: Sealed) -> Sealed:
    """The entry with this secret in it, under a new data key."""
    data_key = new_key()
    key = _encrypt(master, data_key, _binding(document, name, "key"))
    body = _encrypt(data_key, secret.encode("utf-8"), _binding(document, name, "body", entry))
    return msgspec.structs.replace(entry, key=key, body=body)


def unwrap(master: bytes, document: Document, name: str) -> str:
    """The secret of an entry. Raises VaultError where the file was changed by something else."""
    entry = document.entries[name]
    data_key = _decrypt(master, entry.key, _binding(document, name, "key"))
    return _decrypt(data_key, entry.body, _binding(document, name, "body", entry)).decode("utf-8")


def sealed(master: bytes, document: Document) -> Document:
    """The document with its seal."""
    return msgspec.structs.replace(document, seal=_seal(master, document))


def is_sealed(master: bytes, document: Document) -> bool:
    """Whether this is the key of the document, and nothing in it was changed without it."""
    return hmac.compare_digest(_seal(master, document).encode("ascii"), document.seal.encode("utf-8"))


def _seal(master: bytes, document: Document) -> str:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"situs vault seal").derive(master)
    bare = msgspec.structs.replace(document, seal="")
    text = msgspec.json.encode(bare, order="sorted")
    return b64encode(hmac.digest(key, text, hashlib.sha256)).decode("ascii")


def _binding(document: Document, name: str, part: str, entry: Sealed | None = None) -> bytes:
    told: list[Any] = [document.id, document.generation, name, part]
    if entry is not None:
        told += [entry.made, entry.changed, entry.expires, entry.note]
    return msgspec.json.encode(told)


def _encrypt(key: bytes, text: bytes, binding: bytes) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, text, binding)).decode("ascii")


def _decrypt(key: bytes, packed: str, binding: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = unpacked(packed)
    try:
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], binding)
    except (InvalidTag, ValueError):
        raise VaultError(
            "An entry of the vault was changed by something other than this program and is not used; restore the "
            "vault file from a backup, or set the secret again."
        ) from None


def unpacked(text: str) -> bytes:
    """The bytes of a base64 text. Raises VaultError where it is none."""
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise VaultError("The vault file is damaged; restore it from a backup, or set its secrets again.") from None


def _has_argon2id() -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id(salt=bytes(_SALT_BYTES), length=KEY_BYTES, iterations=1, lanes=1, memory_cost=8)
    except UnsupportedAlgorithm:
        return False
    return True
