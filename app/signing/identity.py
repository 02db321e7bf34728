"""Who a certificate names, for people."""

from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from msgspec import Struct

HOME_MADE: Final = "Made by Situs on this computer, identity not verified"
"""Stands as organisational unit in certificates that the program makes, so that every reader of the PDF shows it."""


class Identity(Struct, frozen=True):
    """Who signs. Times in UTC. `home_made`: nobody but its holder vouches for the name.

    `fingerprint` is the SHA-256 of the certificate; `issuer` is who vouches for the name.
    """

    name: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    fingerprint: str
    home_made: bool

    def expired(self, moment: datetime | None = None) -> bool:
        """Whether the certificate's time was over at this moment (default: now)."""
        return (moment or datetime.now(UTC)) > self.valid_until

    def early(self, moment: datetime | None = None) -> bool:
        """Whether the certificate's time had not begun at this moment (default: now)."""
        return (moment or datetime.now(UTC)) < self.valid_from


def identity_of(certificate: x509.Certificate) -> Identity:
    """What a certificate says about its holder."""
    return Identity(
        _shown(certificate.subject),
        _shown(certificate.issuer),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.fingerprint(SHA256()).hex(),
        certificate.subject == certificate.issuer,
    )


def identity_of_der(body: bytes) -> Identity:
    """The same, from the certificate's bytes."""
    return identity_of(x509.load_der_x509_certificate(body))


def _shown(name: x509.Name) -> str:
    """Common name and organisation, else the whole name."""
    parts = [
        str(attribute.value).strip()
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for attribute in name.get_attributes_for_oid(oid)
    ]
    text = ", ".join(dict.fromkeys(p for p in parts if p)) or name.rfc4514_string()
    # Whoever made the certificate chose the name: nothing in it may hide or reorder what is printed beside it.
    return "".join(c if c.isprintable() else "\ufffd" for c in text)[:200]
