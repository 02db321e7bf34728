"""From "no access" to the first report on Azure: the audit of the planted tenant, its commands and its logins."""

import base64
import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure_cloud import TOKEN, Azure, azure_cloud, denied
from azure_estate import PRODUCTION, RESEARCH, plant
from azure_fixtures import HASTY, Tenant, connection, tenant
from backends import Backend, main, scan
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from loopback import Asked, Reply, UnknownRequestError

from app.audit import Yardstick, judge_scan, yardstick
from scanners.azure.live.connect import WAYS, login
from scanners.azure.live.login import Login, Tokens
from scanners.guard import CallLog
from scanners.live.credentials import NOBODY, LoginError, Network, Person, Secret
from scanners.live.providers import Named

__all__ = ["tenant"]
POLICY = """allowed_countries = ["EEA"]
transfer_register = []
[tag_map.data-classification]
personal = "personal"
"""
PLANTED = (
    ("SIT-EXPO-001", "open container"),
    ("SIT-RES-005", "account paired with Texas"),
    ("SIT-RES-002", "account paired with Texas"),
    ("SIT-KEY-006", "key still"),
    ("SIT-KEY-001", "database"),
    ("SIT-KEY-011", "server"),
    ("SIT-AI-001", "deployment global"),
    ("SIT-SOV-009", "policy"),
    ("SIT-EXPO-005", "notebook"),
    ("SIT-AI-003", "deployment here"),
    ("SIT-EXPO-004", "AI account"),
    ("SIT-EXPO-007", "GPU machine"),
    ("SIT-ACC-002", "cluster"),
    ("SIT-ACC-003", "copied account"),
    ("SIT-RES-011", "machine nowhere"),
    ("SIT-RES-004", "cosmos"),
    ("SIT-RES-002", "image in the US"),
    ("SIT-GOV-005", "compute in the US"),
    ("SIT-AI-011", "AI account"),
    ("SIT-RET-002", "old snapshot"),
)


@pytest.fixture(scope="module")
def by(tmp_path_factory: pytest.TempPathFactory) -> Yardstick:
    path = tmp_path_factory.mktemp("policy") / "policy.toml"
    path.write_text(POLICY, encoding="utf-8")
    return yardstick(path, date(2026, 11, 22))


@pytest.fixture
def file(tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SITUS_TEST_TOKEN", TOKEN)
    path = tmp_path / "connections.toml"
    path.write_text(
        '[[connection]]\nname = "research-azure"\nprovider = "azure"\nauth = "token"\nsecret_env = "SITUS_TEST_TOKEN"\n'
        f'accounts = ["*"]\nregions = ["*"]\nendpoint = "{tenant.server.endpoint}"\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.every_backend
def test_an_audit_finds_every_planted_problem(
    backend: Backend, tenant: Tenant, by: Yardstick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with backend.open("s.db") as store:
        done = scan(store, [connection(tenant, monkeypatch)], network=HASTY)
        info = judge_scan(store, done.scan.id, by)
        fails = {
            (row.finding.rule, row.finding.asset or row.finding.flow or "")
            for row in store.findings(info.id, verdict="fail")
        }
    missing = [(rule, what) for rule, what in PLANTED if (rule, tenant.planted[what]) not in fails]
    assert missing == []
    assert any(rule.startswith("SIT-XFER") for rule, _ in fails)


def test_the_report_shows_where_a_machine_of_arc_stands_and_where_a_global_deployment_computes(
    backend: Backend, tenant: Tenant, file: Path, tmp_path: Path
) -> None:
    report, policy = tmp_path / "r.json", tmp_path / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    words = ["audit", "--connections", str(file), "--policy", str(policy), "--store", backend.place()]
    assert main([*words, "--report", str(report), "--as-of", "2026-11-22", "--require-complete"]) == 4
    found = json.loads(report.read_text(encoding="utf-8"))
    assets = {asset["uid"]: asset for asset in found["assets"]}
    machine = assets[tenant.planted["machine in Singapore"]]
    assert machine["countries"] == ["SG"]
    assert (machine["location"]["evidence"], machine["location"]["region"]) == ("declared", "westeurope")
    deployment = assets[tenant.planted["deployment global"]]
    assert deployment["attributes"]["processing_scope"] == "global"
    assert len(deployment["attributes"].get("processing_countries", [])) != 1
    assert {c["status"] for c in found["coverage"] if c["kind"] == "microsoft.quantum/workspaces"} == {"not_asked"}


def test_the_connection_test_says_what_is_granted_and_what_to_ask_for(
    tenant: Tenant, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant.azure.actions = ["Microsoft.Storage/*/read", "Microsoft.Authorization/*/read", "Microsoft.ResourceGraph/*"]
    tenant.fault("/managementpolicies/", denied("Microsoft.Storage/storageAccounts/managementPolicies/read"))
    assert main(["connect", "--connections", str(file), "--format", "json"]) == 1
    [table] = json.loads(capsys.readouterr().out)
    states = {row["permission"]: row["state"] for row in table["permissions"]}
    assert states["Microsoft.Storage/storageAccounts/read"] == "allowed"
    assert states["Microsoft.Storage/storageAccounts/blobServices/read"] == "allowed"
    assert states["Microsoft.Storage/storageAccounts/managementPolicies/read"] == "denied"
    assert states["Microsoft.Compute/virtualMachines/read"] == "denied"
    assert table["accounts"] == [RESEARCH]
    assert main(["connect", "--connections", str(file)]) == 1
    assert "To send to your cloud administrator" in capsys.readouterr().out


def test_a_connection_that_is_granted_everything_passes(tenant: Tenant, file: Path) -> None:
    assert main(["connect", "--connections", str(file)]) == 0


def test_a_rejected_token_is_one_sentence(
    tenant: Tenant, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SITUS_TEST_TOKEN", "stale-token")
    assert main(["connect", "--connections", str(file)]) == 1
    said = capsys.readouterr().out
    assert "did not accept the token" in said
    assert "stale-token" not in said


@pytest.mark.parametrize("form", ["role", "commands", "terraform", "text"])
def test_permissions_are_printed_in_each_form(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["permissions", "azure", "--form", form, "--scope", "/subscriptions/s"]) == 0
    said = capsys.readouterr().out
    if form == "role":
        role = json.loads(said)
        assert all(action.endswith("/read") and "*" not in action for action in role["Actions"])
        assert role["DataActions"] == role["NotActions"] == []
        assert role["AssignableScopes"] == ["/subscriptions/s"]
    else:
        assert "Reader" in said
    assert "listKeys" not in said


class Authority:
    """Microsoft's login beside the simulated tenant: hands out the tenant's token for a right secret."""

    def __init__(self, azure: Azure, lives: int = 3600) -> None:
        self.azure, self.lives = azure, lives
        self.logins: list[dict[str, str]] = []

    def __call__(self, asked: Asked) -> Reply:
        if asked.host != "login.microsoftonline.com":
            return self.azure(asked)
        if asked.path.endswith("/v2.0/.well-known/openid-configuration"):
            start = f"https://login.microsoftonline.com{asked.path.split('/v2.0')[0]}"
            return Reply(
                {
                    "token_endpoint": f"{start}/oauth2/v2.0/token",
                    "device_authorization_endpoint": f"{start}/oauth2/v2.0/devicecode",
                    "authorization_endpoint": f"{start}/oauth2/v2.0/authorize",
                    "issuer": f"{start}/v2.0",
                }
            )
        if asked.path.endswith("/oauth2/v2.0/devicecode"):
            where = "https://microsoft.com/devicelogin"
            answer = {"user_code": "ABCD-1234", "device_code": "d", "verification_uri": where, "expires_in": 900}
            return Reply({**answer, "interval": 1, "message": "To sign in …"})
        if not asked.path.endswith("/oauth2/v2.0/token"):
            raise UnknownRequestError(asked.path)
        self.logins.append(asked.body)
        given = asked.body
        if given.get("client_secret") == "expired":
            words = "AADSTS7000222: The provided client secret keys for app 'x' are expired."
            return Reply({"error": "invalid_client", "error_description": words}, 401)
        assert "https://management.azure.com/.default" in given.get("scope", "https://management.azure.com/.default")
        answer = {"token_type": "Bearer", "expires_in": self.lives, "access_token": TOKEN}
        if "device_code" in given:  # a person signed in: who, says the identity token
            now = int(time.time())
            start = f"https://login.microsoftonline.com{asked.path.split('/oauth2')[0]}"
            claims = {"aud": given["client_id"], "iss": f"{start}/v2.0", "iat": now, "nbf": now, "exp": now + 600}
            claims |= {
                "sub": "s",
                "oid": "o",
                "tid": start.rsplit("/", 1)[-1],
                "preferred_username": "auditor@example.org",
            }
            who = {"uid": "o", "utid": start.rsplit("/", 1)[-1]}
            answer |= {"id_token": f"{_jot({'alg': 'none'})}.{_jot(claims)}.", "client_info": _jot(who)}
        return Reply(answer)


def _jot(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.fixture
def authority() -> Any:
    azure = Azure()
    plant(azure)
    playing = Authority(azure)
    with azure_cloud(playing) as server:  # type: ignore[arg-type]
        playing.endpoint = server.endpoint  # type: ignore[attr-defined]
        yield playing


def _login(authority: Any, auth: str, **options: Any) -> Login:
    given = {"tenant": "11111111-aaaa-4aaa-8aaa-111111111111", "client_id": "c", **options}
    return login(Named("n", auth, given, endpoint=authority.endpoint))


def test_a_client_secret_logs_in_through_the_same_endpoint(authority: Any) -> None:
    from scanners.azure.live.scan import scan as run

    done = run(_login(authority, "client_secret", secret=Secret("right")), lambda _: None, CallLog(), network=HASTY)
    assert done.accounts == (RESEARCH, PRODUCTION)
    assert len(authority.logins) == 1


def test_an_expired_secret_is_a_sentence_with_microsofts_code(authority: Any) -> None:
    from scanners.azure.live.scan import scan as run

    with pytest.raises(LoginError, match="AADSTS7000222") as raised:
        run(_login(authority, "client_secret", secret=Secret("expired")), lambda _: None, CallLog(), network=HASTY)
    assert "has expired" in str(raised.value)


def test_a_device_code_is_told_to_the_person(authority: Any) -> None:
    told: list[str] = []

    class Somebody(Person):
        def tell(self, text: str) -> None:
            told.append(text)

    tokens = Tokens(_login(authority, "device"), Somebody(), Network(), CallLog())
    assert tokens() == {"authorization": f"Bearer {TOKEN}"}
    assert told == ["To sign in, open https://microsoft.com/devicelogin in a browser and enter the code ABCD-1234."]
    with pytest.raises(LoginError, match="nobody is there"):
        Tokens(_login(authority, "device"), NOBODY, Network(), CallLog())()


def test_a_certificate_logs_in(authority: Any, tmp_path: Path) -> None:
    path = tmp_path / "login.pem"
    path.write_bytes(_certificate())
    tokens = Tokens(_login(authority, "certificate", certificate=str(path)), NOBODY, Network(), CallLog())
    assert tokens() == {"authorization": f"Bearer {TOKEN}"}
    [sent] = authority.logins
    header = json.loads(base64.urlsafe_b64decode(sent["client_assertion"].split(".")[0] + "=="))
    assert header["alg"] in ("PS256", "RS256")


def test_a_token_is_renewed_before_it_ends_and_after_a_refusal(authority: Any) -> None:
    authority.lives = 10
    log = CallLog()
    tokens = Tokens(_login(authority, "client_secret", secret=Secret("right")), NOBODY, Network(), log)
    tokens()
    tokens()
    tokens(renew=True)
    assert log.total == 3
    assert {row.operation for row in log.counts()} == {"login.token"}


def test_what_cannot_be_is_said_before_anything_is_called(tmp_path: Path) -> None:
    with pytest.raises(LoginError, match="one of public, usgov, china"):
        login(Named("n", "token", {"secret": Secret("x"), "cloud": "mars"}))
    given = {"tenant": "t", "client_id": "c", "certificate": str(tmp_path / "none.pem")}
    with pytest.raises(LoginError, match="is not there"):
        login(Named("n", "certificate", given))


def test_every_way_of_the_contract_is_there() -> None:
    ways = {"default", "browser", "device", "cli", "managed_identity", "client_secret", "certificate", "token"}
    assert set(WAYS) == ways
    assert all("cloud" in way.optional for way in WAYS.values())


def _certificate() -> bytes:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "situs")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(serialization.Encoding.PEM)
