"""A certification authority that answers on loopback: OCSP, revocation list, and a clock that stamps."""

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from signing_world import DAY, PASSPHRASE

from app.signing.keys import SigningKey, load_pkcs12

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Issuers:
    """A root, an authority below it, and what they answer. `revoked`: serial number → when. `silent`: answers 503.

    `answers_at`: the moment that answers about revocation bear, now if None."""

    def __init__(self, folder: Path) -> None:
        self.revoked: dict[int, datetime] = {}
        self.asked: list[str] = []
        self.silent = False
        self.stamp_moment: datetime | None = None
        self.answers_at: datetime | None = None
        self.folder = folder
        self._known: dict[int, tuple[x509.Certificate, x509.Certificate, Private]] = {}
        outer = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._say(outer.answer(self.path, self.rfile.read(int(self.headers["Content-Length"]))))

            def do_GET(self) -> None:
                self._say(outer.answer(self.path, b""))

            def _say(self, told: tuple[str, bytes] | None) -> None:
                self.send_response(503 if told is None else 200)
                kind, body = told or ("text/plain", b"closed")
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._made("Example Root", self.root_key, None, self.root_key, ca=True, ways="")
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.middle = self._made("Example Issuing CA", self.key, self.root, self.root_key, ca=True, ways="crl")
        self.clock_key = rsa.generate_private_key(65537, 2048)
        clock = self._made("Example Clock", self.clock_key, self.middle, self.key, ways="ocsp", stamping=True)
        self._clock = DummyTimeStamper(
            _plain(clock), _plain_key(self.clock_key), certs_to_embed=_store([_plain(self.middle)])
        )
        self.trust = folder / "root.pem"
        self.trust.write_bytes(self.root.public_bytes(serialization.Encoding.PEM))

    def key_of(self, name: str, *, ways: str = "ocsp", **times: datetime) -> SigningKey:
        """A key for somebody; `ways` to ask about it: `ocsp`, `crl`, both with a blank between, or none."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._made(name, key, self.middle, self.key, ways=ways, **times)
        lock = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        path = self.folder / f"{name}.p12"
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(name.encode(), key, made, [self.middle, self.root], lock)
        )
        self.serial = made.serial_number
        return load_pkcs12(path, PASSPHRASE)

    def revoke(self, when: datetime) -> None:
        """Revokes the certificate that was made last."""
        self.revoked[self.serial] = when

    def answer(self, path: str, body: bytes) -> tuple[str, bytes] | None:
        """What is said to a request; None: out of order."""
        self.asked.append(path)
        if self.silent:
            return None
        if path == "/ocsp":
            return "application/ocsp-response", self._ocsp(body)
        if path.startswith("/crl/"):
            return "application/pkix-crl", self._list(int(path.rpartition("/")[2]))
        self._clock.fixed_dt = self.stamp_moment
        return "application/timestamp-reply", self._clock.request_tsa_response(tsp.TimeStampReq.load(body)).dump()

    def _ocsp(self, body: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(body)
        made, issuer, key = self._known[asked.serial_number]
        now = self.answers_at or datetime.now(UTC).replace(microsecond=0)
        gone = self.revoked.get(asked.serial_number)
        answer = ocsp.OCSPResponseBuilder().add_response(
            made,
            issuer,
            hashes.SHA1(),  # noqa: S303 - how the request names the certificate
            ocsp.OCSPCertStatus.GOOD if gone is None else ocsp.OCSPCertStatus.REVOKED,
            now,
            now + DAY,
            gone,
            None if gone is None else x509.ReasonFlags.key_compromise,
        )
        answer = answer.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                answer = answer.add_extension(extension.value, critical=False)
        return answer.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _list(self, issuer: int) -> bytes:
        name, key = (self.root.subject, self.root_key) if issuer == 0 else (self.middle.subject, self.key)
        now = self.answers_at or datetime.now(UTC).replace(microsecond=0)
        made = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(now).next_update(now + DAY)
        for serial, when in self.revoked.items():
            if self._known[serial][1].subject == name:
                entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when)
                entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
                made = made.add_revoked_certificate(entry.build())
        made = made.add_extension(x509.CRLNumber(1), critical=False)
        made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _made(
        self,
        name: str,
        key: Private,
        issuer: x509.Certificate | None,
        issuer_key: ec.EllipticCurvePrivateKey,
        *,
        ca: bool = False,
        ways: str,
        stamping: bool = False,
        begin: datetime | None = None,
        end: datetime | None = None,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if issuer is None else issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin or now - (800 * DAY if ca or stamping else 30 * DAY))
            .not_valid_after(end or now + (3000 * DAY if ca or stamping else 30 * DAY))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        )
        if stamping:
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        if "ocsp" in ways:
            place = x509.UniformResourceIdentifier(f"{self.address}/ocsp")
            way = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)
            made = made.add_extension(x509.AuthorityInformationAccess([way]), critical=False)
        if "crl" in ways:
            number = 0 if issuer is not None and issuer.subject == self.root.subject else 1
            place = x509.UniformResourceIdentifier(f"{self.address}/crl/{number}")
            point = x509.DistributionPoint([place], None, None, None)
            made = made.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        signed = made.sign(issuer_key, hashes.SHA256())
        self._known[signed.serial_number] = (signed, issuer or signed, issuer_key)
        return signed

    def close(self) -> None:
        """No more answers."""
        self.server.shutdown()
        self.server.server_close()


def _plain(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _plain_key(key: Private) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _store(certificates: list[asn1_x509.Certificate]) -> object:
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store = SimpleCertificateStore()
    store.register_multiple(certificates)
    return store
