"""A file encrypted by a passphrase, as a stream: AES-256-GCM in chunks, each bound to its place and to the last one.

Layout: a line of JSON (format, derivation of the key, nonce prefix), then chunks of at most 1 MiB of text, each with a
length of four bytes before it. The nonce is the prefix and the number of the chunk; what is authenticated with it are
the first line and whether it is the last one, so chunks can neither be left out, exchanged nor cut off unnoticed.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from app.storecare.errors import BackupError
from app.texts import tr
from app.vault.envelope import Derivation, derive, new_derivation

MAGIC: Final = "situs-sealed-1"
_CHUNK: Final = 1 << 20
_TAG: Final = 16
_LONGEST_HEAD: Final = 4096


class _Head(Struct, forbid_unknown_fields=True):
    format: str
    derivation: Derivation
    prefix: str


def seal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Encrypt a stream."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    how, prefix = new_derivation(), os.urandom(8)
    head = msgspec.json.encode(_Head(MAGIC, how, prefix.hex())) + b"\n"
    target.write(head)
    cipher = AESGCM(derive(passphrase, how))
    number = 0
    chunk = source.read(_CHUNK)
    while True:
        following = source.read(_CHUNK)
        last = not following
        body = cipher.encrypt(prefix + number.to_bytes(4), chunk, head + bytes([last]))
        target.write(len(body).to_bytes(4) + body)
        if last:
            return
        chunk, number = following, number + 1


def is_sealed(source: BinaryIO) -> bool:
    """Whether a stream is one of these; it is at its beginning afterwards."""
    begin = source.read(len(MAGIC) + 32)
    source.seek(0)
    return MAGIC.encode("ascii") in begin


def unseal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Decrypt a stream. Raises BackupError for a wrong passphrase or a changed file; what was written is then void."""
    for part in _opened(source, passphrase):
        target.write(part)


def _opened(source: BinaryIO, passphrase: str) -> Iterator[bytes]:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    line = source.readline(_LONGEST_HEAD)
    try:
        head = msgspec.json.decode(line, type=_Head)
        prefix = bytes.fromhex(head.prefix)
        if head.format != MAGIC or len(prefix) != 8:
            raise ValueError
    except (ValueError, msgspec.MsgspecError):
        raise BackupError(tr("This is no encrypted backup of Situs.")) from None
    cipher = AESGCM(derive(passphrase, head.derivation))
    number = 0
    size = source.read(4)
    while True:
        length = int.from_bytes(size)
        body = source.read(length) if len(size) == 4 and _TAG <= length <= _CHUNK + _TAG else b""
        size = source.read(4)
        last = not size
        try:
            text = cipher.decrypt(prefix + number.to_bytes(4), body, line + bytes([last]))
        except (InvalidTag, ValueError):
            if number == 0:
                reason = tr("The passphrase is wrong, or the backup was changed or cut off.")
            else:
                reason = tr("The backup was changed or cut off.")
            raise BackupError(reason + " " + tr("Nothing was changed.")) from None
        yield text
        if last:
            return
        number += 1
