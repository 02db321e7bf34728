"""Whose signatures under an edition are trusted on this computer: public keys in the data folder, one file each."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct

from app.edition.file import EditionError, fingerprint
from app.texts import tr

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FOLDER: Final = "catalogue-keys"
SHORTEST: Final = 8
"""Characters that a passphrase has at least."""
_LARGEST: Final = 64 * 1024


class TrustedKey(Struct, frozen=True):
    """A key that is trusted: its fingerprint, the name it was given, and the day since when (UTC)."""

    fingerprint: str
    name: str
    since: str


def make(passphrase: str) -> tuple[bytes, bytes, str]:
    """A new key pair: private key (PEM, encrypted with the passphrase), public key (PEM), fingerprint."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        PublicFormat,
    )

    if len(passphrase) < SHORTEST:
        raise EditionError(tr("The passphrase needs at least {n} characters.").format(n=SHORTEST))
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private, public, fingerprint(key.public_key())


def private_key(path: Path, passphrase: str | None) -> "Ed25519PrivateKey":
    """The private key in a file. Raises EditionError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(_small(path), passphrase.encode() if passphrase else None)
    except TypeError:
        raise EditionError(
            tr("{file}: the key needs its passphrase, in the environment variable SITUS_KEY_PASSPHRASE.").format(
                file=path.name
            )
            if not passphrase
            else tr("{file}: the key has no passphrase; unset SITUS_KEY_PASSPHRASE.").format(file=path.name)
        ) from None
    except (ValueError, _unsupported()):
        raise EditionError(
            tr("{file} is no private key (PEM), or the passphrase is wrong.").format(file=path.name)
        ) from None
    if not isinstance(found, Ed25519PrivateKey):
        raise EditionError(tr("{file} is no Ed25519 key; `situs catalogue key` makes one.").format(file=path.name))
    return found


def public_key(path: Path) -> "Ed25519PublicKey":
    """The public key in a file. Raises EditionError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        found = load_pem_public_key(_small(path))
    except (ValueError, _unsupported()):
        raise EditionError(tr("{file} is no public key (PEM).").format(file=path.name)) from None
    if not isinstance(found, Ed25519PublicKey):
        raise EditionError(tr("{file} is no Ed25519 public key.").format(file=path.name))
    return found


def trust(folder: Path, path: Path, name: str) -> TrustedKey:
    """Trust the key in a file from now on; `folder` is the data folder. Raises EditionError."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = public_key(path)
    mark = fingerprint(key)
    since = datetime.now(UTC).date().isoformat()
    told = " ".join(name.split())[:100] or path.stem
    body = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write(folder / FOLDER / f"{mark}.pem", f"# {since} {told}\n".encode() + body)
    return TrustedKey(mark, told, since)


def distrust(folder: Path, mark: str) -> TrustedKey:
    """Trust a key no longer, named by the beginning of its fingerprint. Raises EditionError."""
    found = [key for key in trusted_keys(folder) if key.fingerprint.startswith(mark.strip().lower()) and mark.strip()]
    if len(found) != 1:
        raise EditionError(
            tr("{n} trusted keys have a fingerprint that begins with {mark}.").format(n=len(found), mark=mark[:64])
        )
    (folder / FOLDER / f"{found[0].fingerprint}.pem").unlink(missing_ok=True)
    return found[0]


def trusted_keys(folder: Path) -> list[TrustedKey]:
    """The keys that are trusted, by name."""
    found: list[TrustedKey] = []
    for path in sorted((folder / FOLDER).glob("*.pem")):
        head = _small(path).split(b"\n", 1)[0].decode("utf-8", "replace")
        _, since, name = head.split(" ", 2) if head.startswith("# ") and head.count(" ") >= 2 else ("", "", path.stem)
        found.append(TrustedKey(path.stem, name, since))
    return sorted(found, key=lambda key: key.name)


def trusted(folder: Path) -> "dict[str, Ed25519PublicKey]":
    """Fingerprint → key of those that are trusted. Raises EditionError for a file that was damaged."""
    found = [public_key(path) for path in sorted((folder / FOLDER).glob("*.pem"))]
    return {fingerprint(key): key for key in found}


def _unsupported() -> type[Exception]:
    from cryptography.exceptions import UnsupportedAlgorithm

    return cast("type[Exception]", UnsupportedAlgorithm)


def _small(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise EditionError(tr("{file} is too large to be a key.").format(file=path.name))
        return path.read_bytes()
    except OSError as error:
        raise EditionError(
            tr("{file} cannot be read: {reason}. Nothing was changed.").format(file=path, reason=error.strerror)
        ) from error


def _write(path: Path, body: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(body)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise EditionError(tr("{file} cannot be kept: {reason}.").format(file=path, reason=error.strerror)) from error
