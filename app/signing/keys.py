"""Keys that a report can be signed with: a PKCS#12 file, or a key made on this computer."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# asn1crypto and parts of pyHanko and pikepdf have no types.

import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.signing.errors import SigningError
from app.signing.identity import HOME_MADE, Identity, identity_of
from app.texts import tr

FOLDER: Final = "signing"
FILE: Final = "own-key.p12"
CERTIFICATE: Final = "own-key.cer"
"""The certificate alone, to be handed out: who has it can tell that a report was signed with this key."""
SHORTEST: Final = 8
"""Characters that the passphrase of a key made here has at least."""
_LARGEST: Final = 1 << 20
_YEARS: Final = 3
_DOCUMENT_SIGNING: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336


@dataclass(frozen=True)
class SigningKey:
    """A key that can sign, with who it names. `make_signer` gives what pyHanko signs with."""

    identity: Identity
    make_signer: Callable[[], Any]
    certificate: bytes = b""
    """DER of the certificate."""

    def certificate_pem(self) -> bytes:
        """The certificate for those who check."""
        return x509.load_der_x509_certificate(self.certificate).public_bytes(Encoding.PEM)


def own_key_path(data_folder: Path) -> Path:
    """Where the key made on this computer lies."""
    return data_folder / FOLDER / FILE


def make_own_key(data_folder: Path, name: str, passphrase: str, *, replace: bool = False) -> Identity:
    """Makes a key and a certificate that says so, kept in the data folder under a passphrase; returns who it names.

    One that is there is kept unless `replace`; then it is put aside under the day it ended being used, never deleted.
    Raises SigningError.
    """
    name = " ".join(name.split())
    if not name or len(name) > 64 or not name.isprintable():
        raise SigningError(tr("The name of the signer has to have 1 to 64 printable characters."))
    if len(passphrase) < SHORTEST:
        raise SigningError(tr("The passphrase has to have at least {n} characters.").format(n=SHORTEST))
    path = own_key_path(data_folder)
    if path.exists() and not replace:
        raise SigningError(
            tr(
                "There is a key already: {path}. What it signed can be checked further on; replace it only if you must."
            ).format(path=path)
        )
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, name)
    # AES-256 with PBKDF2: what openssl 3, Windows 10 (1809) and Adobe open as well.
    lock = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(600_000)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase.encode("utf-8"))
    )
    body = pkcs12.serialize_key_and_certificates(name.encode("utf-8"), key, certificate, None, lock)
    _keep(path, body)
    _keep(path.with_name(CERTIFICATE), certificate.public_bytes(Encoding.PEM))
    return identity_of(certificate)


def own_identity(data_folder: Path) -> Identity | None:
    """Whom the key made on this computer names, or None where there is none. Needs no passphrase."""
    path = own_key_path(data_folder)
    try:
        if path.is_file():
            return identity_of(x509.load_pem_x509_certificate(path.with_name(CERTIFICATE).read_bytes()))
    except (OSError, ValueError):
        return None
    return None


def load_own_key(data_folder: Path, passphrase: str) -> SigningKey:
    """The key made on this computer. Raises SigningError where there is none, or the passphrase does not fit."""
    path = own_key_path(data_folder)
    if not path.is_file():
        raise SigningError(
            tr("No key was made on this computer yet: `situs signing-key make` makes one, or name a PKCS#12 file.")
        )
    return load_pkcs12(path, passphrase)


def load_pkcs12(path: Path, passphrase: str | None) -> SigningKey:
    """The key of a PKCS#12 file (.p12, .pfx) with its certificates. Raises SigningError."""
    try:
        if path.stat().st_size > _LARGEST:
            raise SigningError(tr("{path} is too large to be a key file.").format(path=path))
        body = path.read_bytes()
    except OSError as error:
        raise SigningError(tr("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror)) from error
    secret = passphrase.encode("utf-8") if passphrase else None
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(body, secret)
    except (ValueError, TypeError) as error:
        wrong = "password" in str(error).lower() or "mac" in str(error).lower()
        text = (
            tr("The passphrase does not open {path}.")
            if wrong
            else tr("{path} is not a PKCS#12 file that can be read here.")
        )
        raise SigningError(text.format(path=path)) from error
    if key is None or certificate is None:
        raise SigningError(tr("{path} holds no private key with its certificate.").format(path=path))
    if isinstance(key, dsa.DSAPrivateKey) or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SigningError(
            tr("The key in {path} is neither RSA nor elliptic-curve: it cannot sign a PDF.").format(path=path)
        )
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < 2048:
        raise SigningError(tr("The RSA key in {path} is too short: 2048 bits are the least.").format(path=path))
    der = certificate.public_bytes(Encoding.DER)
    return SigningKey(identity_of(certificate), lambda: _simple_signer(key, certificate, others), der)


def check_usable(identity: Identity) -> None:
    """Raises SigningError for a certificate whose time is over, or has not begun."""
    if identity.expired():
        raise SigningError(
            tr("The certificate of {name} ended on {day}: nothing is signed with it.").format(
                name=identity.name, day=f"{identity.valid_until:%Y-%m-%d}"
            )
        )
    if identity.early():
        raise SigningError(
            tr("The certificate of {name} begins on {day}: nothing is signed with it yet.").format(
                name=identity.name, day=f"{identity.valid_from:%Y-%m-%d}"
            )
        )


def _simple_signer(key: Any, certificate: x509.Certificate, others: list[x509.Certificate]) -> Any:
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    def plain(one: x509.Certificate) -> Any:
        return asn1_x509.Certificate.load(one.public_bytes(Encoding.DER))

    kept = SimpleCertificateStore()
    kept.register_multiple([plain(one) for one in others])
    body = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(plain(certificate), asn1_keys.PrivateKeyInfo.load(body), kept)


def _certificate(key: ec.EllipticCurvePrivateKey, name: str) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, HOME_MADE),
        ]
    )
    now = datetime.now(UTC).replace(microsecond=0)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(127) | 1 << 126)
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * _YEARS + 1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _keep(path: Path, body: bytes) -> None:
    """Writes a private file whole or not at all, and puts an older one aside."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            path.replace(path.with_name(f"{path.stem}-until-{datetime.now(UTC):%Y%m%dT%H%M%S}{path.suffix}"))
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise SigningError(
            tr("The key cannot be kept in {path}: {reason}.").format(path=path, reason=reason)
        ) from error
