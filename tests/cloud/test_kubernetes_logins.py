"""Ways into a cluster: its own authority, client certificates, programs of the kubeconfig, and what is refused."""

import base64
import json
import ssl
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fault_proxy import fault_proxy
from kubernetes_cluster import TOKEN, UID, ClusterServer, kubeconfig, serving
from kubernetes_estate import planted
from loopback import Loopback, loopback

from scanners.guard import CallLog
from scanners.kubernetes.live.login import Login
from scanners.kubernetes.live.scan import scan
from scanners.live.credentials import LoginError, Network, Person

HASTY = Network(attempts=1, connect_timeout=2, read_timeout=3)


class Authority:
    """A certificate authority made for one test."""

    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._sign(self.name, self.key, True, [])

    def _sign(self, name: x509.Name, key: Any, authority: bool, names: list[x509.GeneralName]) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        builder = builder.add_extension(x509.BasicConstraints(authority, None), True)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(identifier, False)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, name: str, *names: x509.GeneralName) -> tuple[bytes, bytes]:
        """(certificate, key) as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(subject, key, False, list(names))
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        return certificate.public_bytes(serialization.Encoding.PEM), pem

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("cluster CA")


@pytest.fixture
def estate() -> ClusterServer:
    return planted()


@pytest.fixture
def secure(estate: ClusterServer, authority: Authority, tmp_path: Path) -> Iterator[Loopback]:
    """The cluster behind TLS that asks for a client certificate and no token."""
    estate.tokens = set()
    names = (x509.IPAddress(IPv4Address("127.0.0.1")), x509.DNSName("kubernetes.default.svc"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pair = tmp_path / "server.pem"
    pair.write_bytes(b"".join(authority.issue("server", *names)))
    context.load_cert_chain(pair)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.pem.decode())
    with loopback(estate, context) as running:
        yield running


def b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def read(path: Path, person: Person | None = None, **more: Any) -> tuple[str, ...]:
    login = Login("hall", path, **more)
    more = {} if person is None else {"person": person}
    return scan(login, lambda _: None, CallLog(), network=HASTY, **more).accounts


def test_the_clusters_own_authority_and_a_client_certificate(
    secure: Loopback, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    certificate, key = authority.issue("auditor")
    cluster = {"server": secure.endpoint, "certificate-authority-data": b64(authority.pem)}
    user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key)}
    assert read(kubeconfig(tmp_path / "config", {"c": (cluster, user)})) == (UID,)
    for name, content in (("ca.pem", authority.pem), ("c.pem", certificate), ("k.pem", key)):
        (tmp_path / name).write_bytes(content)
    files = {"client-certificate": "c.pem", "client-key": "k.pem"}
    cluster = {"server": secure.endpoint, "certificate-authority": "ca.pem"}
    assert read(kubeconfig(tmp_path / "config", {"c": (cluster, files)})) == (UID,)
    assert not list(tmp_path.glob("situs-*.pem"))  # the key lay in a file for a moment only


def test_no_other_authority_counts(
    secure: Loopback, authority: Authority, tmp_path: Path, estate: ClusterServer
) -> None:
    certificate, key = authority.issue("auditor")
    user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key)}
    other = {"server": secure.endpoint, "certificate-authority-data": b64(Authority("another").pem)}
    with pytest.raises(LoginError, match="certificate of the host is not trusted"):
        read(kubeconfig(tmp_path / "config", {"c": (other, user)}))
    with pytest.raises(LoginError, match="certificate of the host is not trusted"):
        read(kubeconfig(tmp_path / "config", {"c": ({"server": secure.endpoint}, user)}))
    assert not estate.asked


def test_the_name_in_the_certificate(secure: Loopback, authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("auditor")
    user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key)}
    cluster = {"server": secure.endpoint, "certificate-authority-data": b64(authority.pem)}
    named = cluster | {"tls-server-name": "kubernetes.default.svc"}
    assert read(kubeconfig(tmp_path / "config", {"c": (named, user)})) == (UID,)
    wrong = cluster | {"tls-server-name": "another.example"}
    with pytest.raises(LoginError, match="not trusted"):
        read(kubeconfig(tmp_path / "config", {"c": (wrong, user)}))


def test_the_authority_counts_alone_where_the_system_is_asked_elsewhere(
    secure: Loopback, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program replaces the class of contexts by the system's own; a cluster's authority must work all the same."""
    import truststore

    from scanners.kubernetes.live import tls

    monkeypatch.setattr(ssl, "SSLContext", truststore.SSLContext)
    tls._genuine.cache_clear()
    try:
        certificate, key = authority.issue("auditor")
        user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key)}
        cluster = {"server": secure.endpoint, "certificate-authority-data": b64(authority.pem)}
        assert read(kubeconfig(tmp_path / "config", {"c": (cluster, user)})) == (UID,)
        other = {"server": secure.endpoint, "certificate-authority-data": b64(Authority("another").pem)}
        with pytest.raises(LoginError, match="not trusted"):
            read(kubeconfig(tmp_path / "config", {"c": (other, user)}))
    finally:
        tls._genuine.cache_clear()


def test_a_proxy_of_the_context(estate: ClusterServer, tmp_path: Path) -> None:
    """Plain requests go through the proxy as absolute addresses, though the server is on this computer."""
    with serving(estate) as running, fault_proxy(running.endpoint) as proxy:
        cluster = {"server": running.endpoint, "proxy-url": proxy.endpoint}
        assert read(kubeconfig(tmp_path / "config", {"c": (cluster, {"token": TOKEN})})) == (UID,)
        assert sum(proxy.seen.values()) == sum(estate.asked.values())
        assert all(path.startswith(f"GET {running.endpoint}/api") for path in proxy.seen)


class Says(Person):
    def __init__(self, agrees: bool) -> None:
        self.agrees, self.questions = agrees, list[str]()

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self.agrees


def plugin(folder: Path, body: str) -> dict[str, Any]:
    """A user who logs in by a program; it leaves a mark each time it runs."""
    script = folder / "get token.py"
    marks = folder / "runs"
    source = f"import json, os, sys\nopen({str(marks)!r}, 'a').write('x')\n" + textwrap.dedent(body)
    script.write_text(source, encoding="utf-8")
    version = "client.authentication.k8s.io/v1"
    return {"exec": {"apiVersion": version, "command": sys.executable, "args": [str(script)], "env": [
        {"name": "PLUGIN_TOKEN", "value": TOKEN}], "interactiveMode": "Never", "provideClusterInfo": True}}  # fmt: skip


GIVES = """
    info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
    assert info["kind"] == "ExecCredential" and info["spec"]["cluster"]["server"]
    print(json.dumps({"kind": "ExecCredential", "apiVersion": info["apiVersion"],
        "status": {"token": os.environ["PLUGIN_TOKEN"], "expirationTimestamp": "2999-01-01T00:00:00Z"}}))
"""


def test_a_program_runs_only_after_somebody_agreed(estate: ClusterServer, tmp_path: Path) -> None:
    with serving(estate) as running:
        path = kubeconfig(tmp_path / "config", {"c": ({"server": running.endpoint}, plugin(tmp_path, GIVES))})
        with pytest.raises(LoginError, match="nobody agreed") as caught:
            read(path)
        assert caught.value.status == "not_asked"
        no = Says(False)
        with pytest.raises(LoginError, match="nobody agreed"):
            read(path, no)
        assert not (tmp_path / "runs").exists()
        assert "get token.py" in no.questions[0]
        assert TOKEN not in no.questions[0]
        yes = Says(True)
        assert read(path, yes) == (UID,)
        assert (tmp_path / "runs").read_text() == "x"  # once for the whole scan
        assert len(yes.questions) == 1
        assert read(path, exec="allow") == (UID,)
        with pytest.raises(LoginError, match="nobody agreed"):
            read(path, Says(True), exec="never")
        assert (tmp_path / "runs").read_text() == "xx"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("sys.exit(3)", "ended with status 3"),
        ("print('hello')", "no ExecCredential"),
        ('print(json.dumps({"kind": "ExecCredential", "status": {}}))', "neither a token"),
        ('print("x" * 2_000_000)', "no ExecCredential"),
        ('print(json.dumps({"kind": "ExecCredential", "status": {"token": "a\\nb: c"}}))', "what no token can hold"),
    ],
)
def test_programs_that_give_no_login(estate: ClusterServer, tmp_path: Path, body: str, words: str) -> None:
    with serving(estate) as running:
        path = kubeconfig(tmp_path / "config", {"c": ({"server": running.endpoint}, plugin(tmp_path, body))})
        with pytest.raises(LoginError, match=words):
            read(path, exec="allow")


def test_a_program_that_is_not_there(estate: ClusterServer, tmp_path: Path) -> None:
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-program-here",
                     "installHint": "Install it from the company portal."}}  # fmt: skip
    path = kubeconfig(tmp_path / "config", {"c": ({"server": "http://127.0.0.1:9"}, user)})
    with pytest.raises(LoginError, match=r"not installed here\. Install it from"):
        read(path, exec="allow")


def test_a_program_gives_a_client_certificate(secure: Loopback, authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("auditor")
    given = {"clientCertificateData": certificate.decode(), "clientKeyData": key.decode()}
    body = f"print(json.dumps({{'kind': 'ExecCredential', 'status': {given!r}}}))"
    cluster = {"server": secure.endpoint, "certificate-authority-data": b64(authority.pem)}
    path = kubeconfig(tmp_path / "config", {"c": (cluster, plugin(tmp_path, body))})
    assert read(path, exec="allow") == (UID,)


def test_a_token_of_a_program_is_renewed(estate: ClusterServer, tmp_path: Path) -> None:
    body = f"n = len(open({str(tmp_path / 'runs')!r}).read())\n"
    body += 'print(json.dumps({"kind": "ExecCredential", "status": {"token": f"token-{n}"}}))'
    estate.tokens = {"token-2"}
    with serving(estate) as running:
        path = kubeconfig(tmp_path / "config", {"c": ({"server": running.endpoint}, plugin(tmp_path, body))})
        assert read(path, exec="allow") == (UID,)
    assert (tmp_path / "runs").read_text() == "xx"


def test_acting_as_another_user_is_kept(estate: ClusterServer, tmp_path: Path) -> None:
    headers: list[dict[str, str]] = []

    class Noting(ClusterServer):
        def __call__(self, asked: Any) -> Any:
            headers.append(asked.headers)
            return estate(asked)

    with loopback(Noting()) as running:
        user = {"token": TOKEN, "as": "auditor", "as-groups": ["readers"]}
        assert read(kubeconfig(tmp_path / "config", {"c": ({"server": running.endpoint}, user)})) == (UID,)
    assert {(h["impersonate-user"], h["impersonate-group"]) for h in headers} == {("auditor", "readers")}


def test_secrets_show_nowhere(estate: ClusterServer, tmp_path: Path) -> None:
    with serving(estate) as running:
        path = kubeconfig(tmp_path / "config", {"c": ({"server": running.endpoint}, {"token": TOKEN})})
        [context] = Login("x", path).config().chosen(("*",))
        assert TOKEN not in repr(context)
        assert json.loads(path.read_text())["users"][0]["user"]["token"] == TOKEN
