"""Keys, a page to sign, and a time stamp server on loopback."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from signing_world import DAY, PASSPHRASE, Authority, certificate

from app.report.pdf.pen import open_pen
from app.signing.keys import SigningKey, load_own_key, make_own_key


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    folder = tmp_path / "authority"
    folder.mkdir()
    return Authority(folder)


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A data folder with blanks and signs outside of Latin in its name."""
    return tmp_path / "Benutzer 数据" / "Situs"


@pytest.fixture
def own(data_folder: Path) -> SigningKey:
    make_own_key(data_folder, "Jana Müller", PASSPHRASE)
    return load_own_key(data_folder, PASSPHRASE)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A PDF of one page."""
    path = tmp_path / "page.pdf"
    pen = open_pen(path, (300, 200))
    pen.drawString(20, 100, "Seventeen buckets")
    pen.showPage()
    pen.save()
    return path


@pytest.fixture
def stamp_server(authority: Authority) -> Iterator[Callable[[datetime | None], str]]:
    """Starts a time stamp server (RFC 3161) on loopback whose clock stands at a moment; gives its address."""
    from asn1crypto import keys as asn1_keys
    from asn1crypto import tsp
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.timestamps import DummyTimeStamper

    key = rsa.generate_private_key(65537, 2048)
    now = datetime.now(UTC)
    made = certificate(
        "Example Clock", key, (authority.certificate, authority.key), begin=now - 800 * DAY, end=now + 800 * DAY,
        stamping=True,
    )  # fmt: skip
    plain_key = asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    plain = asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))
    servers: list[ThreadingHTTPServer] = []

    def start(moment: datetime | None = None) -> str:
        clock = DummyTimeStamper(plain, plain_key, fixed_dt=moment)

        class Clock(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = clock.request_tsa_response(tsp.TimeStampReq.load(body)).dump()
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Clock)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
