"""The connections file: what is accepted, and the one sentence that is said for everything else."""

import contextlib
import pickle
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.main import main
from app.connections import Connection, ConnectionsError, load_connections, login_of
from scanners.aws.live.login import Secret

HEAD = '[[connection]]\nname = "a"\nprovider = "aws"\n'


def load(tmp_path: Path, text: str) -> list[Connection]:
    path = tmp_path / "connections.toml"
    path.write_text(text, encoding="utf-8")
    return load_connections(path)


def test_every_way_to_log_in(tmp_path: Path) -> None:
    text = """
[[connection]]
name = "chain"
provider = "aws"

[[connection]]
name = "sso"
provider = "aws"
auth = "profile"
profile = "research"
organization_role = "SitusReadOnly"
accounts = ["111122223333", "4*"]
regions = ["eu-*"]

[[connection]]
name = "keys"
provider = "aws"
auth = "keys"
access_key_id = "AKIA"
secret_env = "THE_SECRET"
session_secret = "env:THE_TOKEN"
endpoint = "http://127.0.0.1:5000/"

[[connection]]
name = "role"
provider = "aws"
auth = "role"
role_arn = "arn:aws:iam::111122223333:role/SitusReadOnly"
external_id = "x"
source = "keys"
"""
    found = load(tmp_path, text)
    assert [c.auth for c in found] == ["default", "profile", "keys", "role"]
    environment = {"THE_SECRET": "s3cr3t", "THE_TOKEN": "t0k3n"}
    chain, sso, keys, role = (login_of(c, found, environment) for c in found)
    assert chain.regions == ("*",)
    assert (sso.profile, sso.organization_role, sso.accounts) == ("research", "SitusReadOnly", ("111122223333", "4*"))
    assert keys.secret is not None
    assert keys.secret.reveal() == "s3cr3t"
    assert keys.session_secret is not None
    assert keys.endpoint == "http://127.0.0.1:5000"
    assert role.source is not None
    assert role.source.access_key_id == "AKIA"
    assert "s3cr3t" not in repr((keys, role))
    assert "t0k3n" not in str(keys)


def test_a_source_that_is_no_connection_is_a_profile(tmp_path: Path) -> None:
    [role] = load(tmp_path, HEAD + 'auth = "role"\nrole_arn = "arn:aws:iam::1:role/x"\nsource = "base"\n')
    login = login_of(role, [role], {})
    assert login.source is not None
    assert login.source.profile == "base"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "holds no [[connection]]"),
        ("x = 1", 1, "no key 'x' at the top"),
        ("[[connection]]\nprovider = 'aws'", 1, "the key name is missing"),
        ('[[connection]]\nname = "a"\nprovider = "aw"', 3, "did you mean 'aws'"),
        (HEAD + 'auth = "key"', 4, "did you mean 'keys'"),
        (HEAD + 'auth = "keys"\naccess_key_id = "AKIA"', 1, "needs the key secret_env"),
        (HEAD + 'auth = "keys"\nsecret = "abc"', 5, "a secret is never written here"),
        (HEAD + 'auth = "keys"\nsecret = "vault:"', 5, "a secret is never written here"),
        (HEAD + 'regoins = ["eu-west-1"]', 4, "did you mean 'regions'"),
        (HEAD + 'profile = "p"', 4, "is not a key of auth = 'default'"),
        (HEAD + 'regions = "eu-west-1"', 4, "regions is a list of texts"),
        (HEAD + "accounts = [123456789012]", 4, "ids go in quotation marks"),
        (HEAD + 'endpoint = "http://example.com"', 4, "http is allowed to this computer only"),
        (HEAD + 'endpoint = "http://127.0.0.1.example.com"', 4, "http is allowed to this computer only"),
        (HEAD + 'endpoint = "https://u:p@example.com"', 4, "without a user or a query"),
        (HEAD + 'endpoint = "ftp://example.com"', 4, "https://host"),
        (HEAD + 'endpoint = "https://[::1"', 4, "this is no address"),
        (HEAD + HEAD, 5, "two connections are called 'a'"),
        (HEAD + "name = 3", None, "not valid TOML"),
        ('[[connection]]\nname = "import:x"\nprovider = "aws"', 2, "does not begin with 'import:'"),
        ("connection = 3", None, "holds no [[connection]]"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, line: int | None, words: str) -> None:
    with pytest.raises(ConnectionsError) as caught:
        load(tmp_path, text)
    said = str(caught.value)
    assert words in said
    assert "connections.toml" in said
    assert "\n" not in said
    if line is not None:
        assert f"line {line}" in said


def test_a_value_that_may_be_a_secret_is_never_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConnectionsError) as caught:
        load(tmp_path, HEAD + 'auth = "keys"\naccess_key_id = "AKIA"\nsecret = "hunter2hunter2"')
    assert "hunter2" not in str(caught.value)


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    [keys] = load(tmp_path, HEAD + 'auth = "keys"\naccess_key_id = "AKIA"\nsecret_env = "NO_SUCH_VARIABLE"')
    with pytest.raises(ConnectionsError, match="NO_SUCH_VARIABLE, which is not set"):
        login_of(keys, [keys], {})


def test_sources_that_lead_round_in_a_circle_are_refused(tmp_path: Path) -> None:
    role = 'provider = "aws"\nauth = "role"\nrole_arn = "arn:aws:iam::1:role/x"\n'
    text = "".join(f'[[connection]]\nname = "{a}"\nsource = "{b}"\n{role}' for a, b in ("ab", "bc", "cb"))
    found = load(tmp_path, text)
    for connection in found:
        with pytest.raises(ConnectionsError, match="leads back to itself"):
            login_of(connection, found, {})


def test_a_secret_cannot_be_encoded_or_sent() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)


@given(st.binary(max_size=300))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_any_bytes_give_connections_or_the_one_error(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.toml"
        path.write_bytes(data)
        with contextlib.suppress(ConnectionsError):
            load_connections(path)


def test_the_command_says_it_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.toml"
    path.write_text(HEAD + 'auth = "nonsense"', encoding="utf-8")
    assert main(["scan", "--connections", str(path), "--store", str(tmp_path / "s.db")]) == 2
    said = capsys.readouterr().err
    assert "line 4" in said
    assert "Traceback" not in said
    assert main(["scan", "--connections", str(tmp_path / "none.toml"), "--store", str(tmp_path / "s.db")]) == 2


def test_permissions_need_no_connection(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["permissions", "aws", "--form", "text"]) == 0
    assert "ListAllMyBuckets" in capsys.readouterr().out
    assert main(["permissions", "nimbus"]) == 2


def test_a_secret_in_the_vault_is_fetched_when_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import vault
    from app.vault import Vault

    monkeypatch.setenv("SITUS_VAULT_PASSPHRASE", "correct horse battery staple")
    monkeypatch.setattr(vault, "of_user", lambda: Vault(tmp_path))
    connection = load(tmp_path, HEAD + 'auth = "keys"\naccess_key_id = "AKIA"\nsecret = "vault:aws"')[0]
    with pytest.raises(ConnectionsError, match=r"from the vault\. There is no vault"):
        login_of(connection, [connection])
    vault.keep("aws", "the secret", protect="passphrase")
    assert login_of(connection, [connection]).secret.reveal() == "the secret"
