"""Whom this computer trusts to vouch for names: the certificates of the system, and those of a file."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# asn1crypto and parts of pyHanko and pikepdf have no types.

import ssl
import sys
from pathlib import Path
from typing import Any, Final

from app.signing.errors import SigningError
from app.texts import tr

_BUNDLES: Final = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_LARGEST: Final = 8 << 20


def roots(extra: Path | None = None) -> list[Any]:
    """Certificates (of asn1crypto) that may end a chain. Raises SigningError for a file that holds none."""
    found = _system()
    if extra is not None:
        found += _of_file(extra)
    return found


def _system() -> list[Any]:
    from asn1crypto import x509

    if sys.platform == "win32":
        bodies = [
            body
            for store in ("ROOT", "CA")
            for body, encoding, trust in ssl.enum_certificates(store)
            if encoding == "x509_asn" and trust is not False
        ]
        return [x509.Certificate.load(body) for body in bodies]
    paths = ssl.get_default_verify_paths()
    for name in (paths.cafile, paths.openssl_cafile, *_BUNDLES):
        if name and Path(name).is_file():
            try:
                return _pem(Path(name).read_bytes())
            except (OSError, ValueError):
                continue
    return []


def _of_file(path: Path) -> list[Any]:
    from asn1crypto import x509

    try:
        if path.stat().st_size > _LARGEST:
            raise SigningError(tr("{path} is too large to hold certificates.").format(path=path))
        body = path.read_bytes()
        found = _pem(body) if b"-----BEGIN" in body else [x509.Certificate.load(body, strict=True)]
        for one in found:
            _ = one.subject.native
    except OSError as error:
        raise SigningError(tr("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror)) from error
    except (ValueError, TypeError) as error:
        raise SigningError(tr("{path} holds no certificate (PEM or DER).").format(path=path)) from error
    if not found:
        raise SigningError(tr("{path} holds no certificate (PEM or DER).").format(path=path))
    return found


def _pem(body: bytes) -> list[Any]:
    from asn1crypto import pem, x509

    blocks: Any = pem.unarmor(body, multiple=True)
    return [x509.Certificate.load(der) for kind, _, der in blocks if kind == "CERTIFICATE"]
