"""Every way to log in to Google Cloud, against token endpoints on loopback; which hosts may be asked for tokens."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from gcp_cloud import TOKEN, GcpCloud
from gcp_estate import TRAIN, plant
from loopback import Asked, Loopback, Reply, UnknownRequestError, loopback

from app.connections import Connection, ConnectionsError, load_connections, login_of
from scanners.gcp.live.connect import WAYS
from scanners.gcp.live.door import open_door
from scanners.gcp.live.login import Login, Tokens
from scanners.gcp.live.scan import scan
from scanners.gcp.live.transport import TokenTransport
from scanners.guard import CallLog
from scanners.live.collect import Scanned
from scanners.live.credentials import LoginError, Network, Secret

HASTY = Network(attempts=1, connect_timeout=3, read_timeout=10)


@pytest.fixture(scope="module")
def key() -> dict[str, Any]:
    """A key of a service account, made here."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "project_id": TRAIN,
        "private_key_id": "1",
        "private_key": private.decode(),
        "client_email": f"situs@{TRAIN}.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": "https://oauth2.googleapis.com/token",
    }


class Google:
    """The cloud, with the hosts that give tokens in front of it."""

    def __init__(self) -> None:
        self.cloud = GcpCloud()
        plant(self.cloud)
        self.asked: list[Asked] = []
        self.given: Reply | None = None

    def __call__(self, asked: Asked) -> Reply:
        if asked.host in ("oauth2.googleapis.com", "sts.googleapis.com"):
            self.asked.append(asked)
            return self.given or Reply({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})
        if asked.host == "iamcredentials.googleapis.com":
            self.asked.append(asked)
            return self.given or Reply({"accessToken": TOKEN, "expireTime": "2099-01-01T00:00:00Z"})
        return self.cloud(asked)


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def server(google: Google) -> Iterator[Loopback]:
    with loopback(google) as running:
        yield running


def read(login: Login) -> tuple[Scanned, CallLog]:
    log = CallLog()
    return scan(login, lambda _: None, log, network=HASTY, chosen=()), log


def test_a_key_file(google: Google, server: Loopback, key: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "Schlüssel für das Audit.json"
    file.write_text(json.dumps(key), encoding="utf-8")
    done, log = read(Login("a", "service_account", key=str(file), endpoint=server.endpoint))
    assert TRAIN in done.accounts
    assert [a.path for a in google.asked] == ["/token"]
    assert google.asked[0].body["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert [c.calls for c in log.counts() if c.operation == "login.token"] == [1]


def test_a_key_from_a_secret_and_acting_as_another_account(
    google: Google, server: Loopback, key: dict[str, Any]
) -> None:
    source = Login("s", "service_account", secret=Secret(json.dumps(key)))
    target = "audit@med-data.iam.gserviceaccount.com"
    done, _ = read(Login("a", "impersonate", target=target, source=source, endpoint=server.endpoint))
    assert TRAIN in done.accounts
    assert [a.host for a in google.asked] == ["oauth2.googleapis.com", "iamcredentials.googleapis.com"]
    assert google.asked[1].path == f"/v1/projects/-/serviceAccounts/{target}:generateAccessToken"
    assert google.asked[1].body["scope"] == ["https://www.googleapis.com/auth/cloud-platform"]


def test_workload_identity(google: Google, server: Loopback, tmp_path: Path) -> None:
    (tmp_path / "oidc").write_text("subject-token", encoding="utf-8")
    config = tmp_path / "federation.json"
    config.write_text(
        json.dumps(
            {
                "type": "external_account",
                "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": "https://sts.googleapis.com/v1/token",
                "credential_source": {"file": str(tmp_path / "oidc")},
            }
        ),
        encoding="utf-8",
    )
    done, _ = read(Login("a", "workload_identity", config=str(config), endpoint=server.endpoint))
    assert TRAIN in done.accounts
    assert [(a.host, a.path) for a in google.asked] == [("sts.googleapis.com", "/v1/token")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"token_url": "https://evil.example/token"}, "evil.example is no host that gives tokens"),
        ({"credential_source": {"executable": {"command": "/bin/true"}}}, "would run a program"),
        ({"credential_source": {"url": "http://evil.example/token"}}, "without encryption"),
        ({"type": "service_account"}, "no configuration of workload identity federation"),
    ],
)
def test_a_configuration_that_leads_elsewhere_is_refused(
    change: dict[str, Any], words: str, google: Google, server: Loopback, tmp_path: Path
) -> None:
    (tmp_path / "oidc").write_text("subject-token", encoding="utf-8")
    config = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {"file": str(tmp_path / "oidc")},
    }
    file = tmp_path / "federation.json"
    file.write_text(json.dumps(config | change), encoding="utf-8")
    with pytest.raises(LoginError, match=words):
        read(Login("a", "workload_identity", config=str(file), endpoint=server.endpoint))
    assert not google.asked


def test_a_key_that_google_does_not_take_is_one_sentence(
    google: Google, server: Loopback, key: dict[str, Any], tmp_path: Path
) -> None:
    google.given = Reply({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
    with pytest.raises(LoginError, match="does not accept the key") as caught:
        read(Login("a", "service_account", secret=Secret(json.dumps(key)), endpoint=server.endpoint))
    assert "\n" not in str(caught.value)
    assert "PRIVATE" not in str(caught.value)


@pytest.mark.parametrize(
    ("login", "words"),
    [
        (Login("a", "service_account", secret=Secret("{")), "no JSON document"),
        (Login("a", "service_account", secret=Secret('{"type": "external_account"}')), 'auth = "workload_identity"'),
        (Login("a", "service_account", secret=Secret('{"type": "service_account"}')), "not of the form"),
        (Login("a", "service_account", key="/does/not/exist.json"), "cannot be read"),
        (Login("a", "token", secret=Secret("two words")), "holds spaces"),
        (Login("a", "token", secret=Secret("")), "is empty"),
    ],
)
def test_what_cannot_be_a_login_is_one_sentence(login: Login, words: str) -> None:
    with pytest.raises(LoginError, match=words):
        Tokens(login, CallLog(), HASTY)()


@pytest.mark.parametrize(
    "wrong", [{"organization": "example.com"}, {"folders": ("a",)}, {"universe_domain": "evil.example/x"}]
)
def test_scopes_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(LoginError):
        Login("a", "token", **wrong)


def test_a_computer_without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with pytest.raises(LoginError, match="gcloud auth application-default login"):
        Tokens(Login("a"), CallLog(), HASTY)()


def test_the_default_login_takes_its_quota_project(
    google: Google, server: Loopback, key: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(key), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "payer")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    headers = Tokens(Login("a", endpoint=server.endpoint), CallLog(), HASTY)()
    assert headers == {"authorization": f"Bearer {TOKEN}", "x-goog-user-project": "payer"}


def test_the_login_of_a_person_uses_the_quota_of_a_named_project(
    google: Google, server: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "adc.json"
    person = {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    file.write_text(json.dumps(person), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    named = Tokens(Login("a", endpoint=server.endpoint, accounts=("med-*", TRAIN)), CallLog(), HASTY)()
    assert named["x-goog-user-project"] == TRAIN
    assert "x-goog-user-project" not in Tokens(Login("a", endpoint=server.endpoint), CallLog(), HASTY)()


def test_a_sovereign_universe_has_hosts_of_its_own() -> None:
    cloud = GcpCloud(checked=False)
    plant(cloud)
    hosts: set[str] = set()

    def answer(asked: Asked) -> Reply:
        hosts.add(asked.host)
        name = asked.host.removesuffix("s3nsapis.fr") + "googleapis.com"
        return cloud(Asked(asked.method, name, asked.path, asked.query, asked.headers, asked.body))

    with loopback(answer) as server:
        login = Login("a", "token", secret=Secret(TOKEN), universe_domain="s3nsapis.fr", endpoint=server.endpoint)
        done = scan(login, lambda _: None, CallLog(), network=HASTY)
    assert TRAIN in done.accounts
    assert {h.partition(".")[2] for h in hosts} == {"s3nsapis.fr"}
    assert "us-central1-aiplatform.s3nsapis.fr" in hosts


def test_tokens_are_asked_of_hosts_that_give_them_only() -> None:
    from google.auth.exceptions import TransportError

    transport = TokenTransport(CallLog(), HASTY, None, "googleapis.com")
    for url in (
        *("https://evil.example/token", "http://oauth2.googleapis.com/token", "https://storage.googleapis.com/x"),
        *("https://oauth2.googleapis.com.evil.example/token", "ftp://sts.googleapis.com/"),
    ):
        with pytest.raises(TransportError, match="nothing was sent"):
            transport(url)


def test_the_connections_file(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    file.write_text(
        """
[[connection]]
name = "key"
provider = "gcp"
auth = "service_account"
key_file = "key.json"
organization = "123"
universe_domain = "s3nsapis.fr"
[[connection]]
name = "as"
provider = "gcp"
auth = "impersonate"
target = "audit@p.iam.gserviceaccount.com"
source = "key"
folders = ["1", "folders/2"]
[[connection]]
name = "wif"
provider = "gcp"
auth = "workload_identity"
config_file = "wif.json"
[[connection]]
name = "plain"
provider = "gcp"
""",
        encoding="utf-8",
    )
    found = load_connections(file)
    key, acting, federated, plain = (login_of(c, found, {}) for c in found)
    assert (key.scopes, key.universe_domain) == (("organizations/123",), "s3nsapis.fr")
    assert (acting.scopes, acting.source.auth) == (("folders/1", "folders/2"), "service_account")
    assert federated.config == "wif.json"
    assert (plain.auth, plain.scopes) == ("default", ())
    assert set(WAYS) == {"default", "service_account", "impersonate", "workload_identity", "token"}
    lost = Connection("x", "gcp", "impersonate", options={"target": "a@b", "source": "nobody"})
    with pytest.raises(ConnectionsError, match="no 'nobody'"):
        login_of(lost, [lost], {})


def test_nothing_is_asked_before_the_first_call() -> None:
    open_door(Login("a", "service_account", key="/does/not/exist.json"), CallLog(), HASTY)


def test_the_login_of_a_running_scan_is_shared(server: Loopback, google: Google, key: dict[str, Any]) -> None:
    read(Login("a", "service_account", secret=Secret(json.dumps(key)), endpoint=server.endpoint))
    assert len(google.asked) == 1


def test_the_cloud_itself_refuses_what_google_does_not_have() -> None:
    login = {"authorization": f"Bearer {TOKEN}"}
    asked = Asked("GET", "tpu.googleapis.com", "/v2/projects/p/locations", {"size": ["1"]}, login, None)
    with pytest.raises(UnknownRequestError, match="knows no parameter"):
        GcpCloud()(asked)
