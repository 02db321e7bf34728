"""Keys of the Windows certificate store (smart cards and company certificates too), used where they are.

The key never leaves Windows: `crypt32` lists the user's certificates and gives a handle to the key; `ncrypt`, or for a
provider of old `advapi32`, signs the digest (CryptAcquireCertificatePrivateKey, NCryptSignHash, CryptSignHash). Windows
asks for a PIN where one is set.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# asn1crypto and parts of pyHanko and pikepdf have no types.

import hashlib
import sys
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from app.signing.errors import SigningError
from app.signing.identity import Identity, identity_of_der
from app.signing.keys import SigningKey
from app.texts import tr

SignHash = Callable[[bytes, str, bool], bytes]
"""(digest, its algorithm such as `SHA256`, whether the key is RSA) → signature as NCryptSignHash gives it."""
_KEY_PROV_INFO: Final = 2


class StoreCertificate(Struct, frozen=True):
    """A certificate with a private key. `thumbprint`: SHA-1 in hexadecimal, as Windows names it."""

    thumbprint: str
    identity: Identity
    der: bytes


def certificates() -> list[StoreCertificate]:
    """Certificates of the user's own store that have a private key; none on other systems."""
    if sys.platform != "win32":
        return []
    from app.signing.wincrypt import own_certificates

    return [_told(der) for der in own_certificates(_KEY_PROV_INFO)]


def windows_key(thumbprint: str) -> SigningKey:
    """The key of a certificate of the Windows store. Raises SigningError."""
    wanted = "".join(thumbprint.split()).replace(":", "").lower()
    if sys.platform != "win32":
        raise SigningError(tr("The Windows certificate store is there on Windows only; name a PKCS#12 file."))
    found = [c for c in certificates() if c.thumbprint == wanted]
    if not found:
        raise SigningError(
            tr(
                "The Windows certificate store has no certificate {thumbprint} with a private key;"
                " `situs signing-key list` shows those that it has."
            ).format(thumbprint=wanted[:64])
        )
    from app.signing.wincrypt import sign_hash

    der = found[0].der
    return key_of(der, lambda digest, name, rsa: sign_hash(der, digest, name, rsa))


def key_of(der: bytes, sign_hash: SignHash) -> SigningKey:
    """A key whose signatures are made elsewhere. Raises SigningError for a kind of key that signs no PDF."""
    from asn1crypto import x509

    algorithm = x509.Certificate.load(der).public_key.algorithm
    if algorithm not in ("rsa", "ec"):
        raise SigningError(tr("The key of this certificate is neither RSA nor elliptic-curve: it cannot sign a PDF."))
    return SigningKey(identity_of_der(der), lambda: _signer(der, algorithm == "rsa", sign_hash), der)


def _signer(der: bytes, rsa: bool, sign_hash: SignHash) -> Any:
    from asn1crypto import algos, x509
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificate: Any = x509.Certificate.load(der)

    class Elsewhere(Signer):
        """Signs digests with a key that pyHanko does not hold."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            if dry_run:
                return bytes(1024)
            digest = hashlib.new(digest_algorithm, data).digest()
            raw = sign_hash(digest, digest_algorithm.upper().replace("-", ""), rsa)
            if rsa:
                return raw
            half = len(raw) // 2
            r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
            return algos.DSASignature({"r": r, "s": s}).dump()

    return Elsewhere(signing_cert=certificate, cert_registry=SimpleCertificateStore())


def _told(der: bytes) -> StoreCertificate:
    return StoreCertificate(hashlib.sha1(der, usedforsecurity=False).hexdigest(), identity_of_der(der), der)
