"""Keys and certificates of the tests' own making."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.signing.keys import SigningKey, load_pkcs12

PASSPHRASE = "correct horse battery"  # noqa: S105 - of keys that the tests make
DAY = timedelta(days=1)


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
    *,
    begin: datetime | None = None,
    end: datetime | None = None,
    ca: bool = False,
    stamping: bool = False,
) -> x509.Certificate:
    """A certificate, by default valid from yesterday for a month, by default signed by its own key."""
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin or now - DAY)
        .not_valid_after(end or now + 30 * DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False), critical=True)
    )
    if stamping:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return made.sign(issuer[1] if issuer else key, hashes.SHA256())


class Authority:
    """A certification authority, and the keys it vouches for."""

    def __init__(self, folder: Path) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        self.certificate = certificate("Example Root", self.key, begin=now - 900 * DAY, end=now + 3000 * DAY, ca=True)
        self.folder = folder
        self.file = folder / "root.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def pkcs12(self, name: str, *, rsa_key: bool = False, passphrase: str = PASSPHRASE, **times: datetime) -> Path:
        """A key file for somebody."""
        key = rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())
        made = certificate(name, key, (self.certificate, self.key), **times)
        lock = serialization.BestAvailableEncryption(passphrase.encode())
        path = self.folder / f"{name}.p12"
        path.write_bytes(pkcs12.serialize_key_and_certificates(name.encode(), key, made, [self.certificate], lock))
        return path

    def key_of(self, name: str, **more: object) -> SigningKey:
        """The same, opened."""
        return load_pkcs12(self.pkcs12(name, **more), PASSPHRASE)  # type: ignore[arg-type]
