"""Changing the connections file: nothing that people wrote is lost, nothing invalid is ever written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import connectionfile as cf
from app.connections import ConnectionsError

TEXT = """# ours, since May
[[connection]]
name = "research"   # the big one
provider = "aws"
auth = "profile"
profile = "audit"
organization_role = "SitusReadOnly"

[[connection]]
name = "clinic"
provider = "aws"
auth = "keys"
access_key_id = "AKIA"
secret_env = "CLINIC"
"""


@pytest.fixture
def path(tmp_path) -> Path:
    made = tmp_path / "Größe ß" / cf.FILE
    made.parent.mkdir()
    made.write_text(TEXT, encoding="utf-8")
    return made


def names(path):
    return [c.name for c in cf.read(path)]


def test_an_entry_is_added_changed_and_removed_and_remarks_stay(path):
    entry = {"name": "new", "provider": "aws", "auth": "default", "accounts": ["*"], "regions": ["eu-central-1"]}
    cf.put(path, entry)
    assert names(path) == ["research", "clinic", "new"]
    assert cf.tables(path)["new"] == entry
    cf.put(path, {**entry, "name": "newer"}, replaces="new")
    cf.remove(path, "clinic")
    assert names(path) == ["research", "newer"]
    text = path.read_text(encoding="utf-8")
    assert "# ours, since May" in text
    assert "# the big one" in text
    assert path.with_name(f"{cf.FILE}.bak").exists()
    cf.remove(path, "research")
    cf.remove(path, "newer")
    assert names(path) == []


def test_the_first_entry_makes_the_file(tmp_path):
    path = tmp_path / "new" / cf.FILE
    assert cf.read(path) == []
    cf.put(path, {"name": 'with "quotes" \\', "provider": "aws"})
    assert names(path) == ['with "quotes" \\']


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"name": "clinic", "provider": "aws"}, "clinic already"),
        ({"name": "x", "provider": "nowhere"}, "unknown provider"),
        ({"name": "x", "provider": "aws", "auth": "keys", "access_key_id": "A"}, "secret"),
        ({"name": "x", "provider": "aws", "auth": "keys", "access_key_id": "A", "secret": "hunter2"}, "never written"),
        ({"name": "x", "provider": "aws", "endpoint": "http://example.com"}, "https"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_changed(path, entry, said):
    with pytest.raises(ConnectionsError, match=said) as told:
        cf.put(path, entry)
    assert "hunter2" not in str(told.value)
    assert path.read_text(encoding="utf-8") == TEXT
    assert [p.name for p in path.parent.iterdir()] == [cf.FILE]


def test_entries_of_another_file_are_taken_over(path, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text(
        '[[connection]]\nname = "clinic"\nprovider = "aws"\n[[connection]]\nname = "b"\nprovider = "aws"\n'
    )
    assert cf.is_connections(other)
    assert cf.merge(path, other) == (["b"], ["clinic"])
    assert cf.tables(path)["clinic"]["auth"] == "keys"
    assert not cf.is_connections(tmp_path / "policy.toml")


def test_a_test_file_holds_the_entry_and_what_it_begins_from(path, tmp_path):
    entry = {"name": "r", "provider": "aws", "auth": "role", "role_arn": "arn:aws:iam::1:role/r", "source": "research"}
    made = cf.alone(path, entry, tmp_path)
    assert names(made) == ["r", "research"]
    with pytest.raises(ConnectionsError, match="role_arn"):
        cf.alone(path, {"name": "r", "provider": "aws", "auth": "role"}, tmp_path)
    assert list(tmp_path.glob("test-*.toml")) == [made]


def test_what_a_test_showed_is_noted(tmp_path):
    when = datetime(2026, 11, 29, tzinfo=UTC)
    told = cf.answer(
        b'[{"connection":"a","failed":null,"accounts":["1"],"region":"eu-central-1","permissions":'
        b'[{"permission":"s3:ListAllMyBuckets","state":"denied","codes":["AccessDenied"]}]},'
        b'{"connection":"b","failed":"expired","accounts":[],"permissions":[]}, 3]'
    )
    cf.note_tests(tmp_path, when, told)
    found = cf.tested(tmp_path)
    assert found["a"].count("denied") == 1
    assert found["a"].when == when
    assert found["b"].failed == "expired"
    assert cf.answer(b"nonsense") == cf.answer(b"{}") == []
    (tmp_path / "connections-tested.json").write_text("[")
    assert cf.tested(tmp_path) == {}
