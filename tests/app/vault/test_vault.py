"""The vault: what goes in comes out, and nothing else gets at it."""

import json
import os
import threading
from base64 import b64decode, b64encode
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vault_world import MemoryKeyring, no_keyring

from app.vault import LockedError, Vault, VaultError

CANARY = "AKIA-canary-7f3b52/ü\n-----BEGIN-----"
WORDS = "correct horse battery staple"


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def vault(tmp_path: Path, keyring: MemoryKeyring) -> Vault:
    return Vault(tmp_path / "Daten von Zoë", keychain=keyring)


def changed(vault: Vault, change) -> None:
    document = json.loads(vault.file.read_text("utf-8"))
    change(document)
    vault.file.write_text(json.dumps(document), "utf-8")


def test_a_secret_comes_back_in_another_process_of_the_same_user(vault: Vault, keyring: MemoryKeyring) -> None:
    vault.keep("azure-audit", CANARY, expires=date(2027, 3, 1), note="for the weekly run")
    again = Vault(vault.file.parent, keychain=keyring)
    assert again.fetch("azure-audit") == CANARY
    (entry,) = again.entries()
    assert (entry.name, entry.expires, entry.note) == ("azure-audit", date(2027, 3, 1), "for the weekly run")


@settings(max_examples=40, deadline=None)
@given(secret=st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=300))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, secret: str) -> None:
    vault = Vault(tmp_path_factory.mktemp("v"), keychain=MemoryKeyring())
    vault.keep("any", secret)
    assert vault.fetch("any") == secret


def test_no_file_holds_a_secret_or_a_key(vault: Vault, keyring: MemoryKeyring) -> None:
    vault.keep("one", CANARY)
    kept = b"".join(path.read_bytes() for path in vault.file.parent.rglob("*") if path.is_file())
    keys = [*keyring.kept.values(), *(b64encode(k) for k in keyring.kept.values())]
    for canary in (CANARY.encode(), b64encode(CANARY.encode()), *keys):
        assert canary not in kept
    assert len(keyring.kept) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows protects the folder of the user by its access list")
def test_the_file_is_for_its_user_alone(vault: Vault) -> None:
    vault.keep("one", CANARY)
    assert vault.file.stat().st_mode & 0o077 == 0


def test_the_same_secret_twice_looks_different(vault: Vault) -> None:
    vault.keep("one", CANARY)
    vault.keep("two", CANARY)
    entries = json.loads(vault.file.read_text("utf-8"))["entries"]
    assert entries["one"]["body"] != entries["two"]["body"]


def test_replacing_keeps_the_day_it_was_made(vault: Vault) -> None:
    first = vault.keep("one", CANARY)
    second = vault.keep("one", "newer")
    assert second.made == first.made
    assert vault.fetch("one") == "newer"


def test_unknown_names_are_told_with_a_near_one(vault: Vault) -> None:
    with pytest.raises(VaultError, match="no vault on this computer yet"):
        vault.fetch("azure-audit")
    vault.keep("azure-audit", CANARY)
    with pytest.raises(VaultError, match="Did you mean azure-audit"):
        vault.fetch("azure-adit")
    with pytest.raises(VaultError, match="no secret called 'x'"):
        vault.discard("x")


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "ä", "a" * 65, "a\n"])
def test_names_that_are_none(vault: Vault, name: str) -> None:
    with pytest.raises(VaultError, match="cannot name a secret"):
        vault.keep(name, CANARY)
    assert not vault.file.exists()


@pytest.mark.parametrize("secret", ["", "x" * 65_537, "a\0b"])
def test_secrets_that_are_none(vault: Vault, secret: str) -> None:
    with pytest.raises(VaultError, match="65,536"):
        vault.keep("one", secret)


def test_without_a_keyring_nothing_is_stored(tmp_path: Path) -> None:
    vault = Vault(tmp_path, keychain=no_keyring)
    with pytest.raises(VaultError, match="no keyring"):
        vault.keep("one", CANARY)
    assert not vault.file.exists()
    assert vault.status().keyring == ""


def test_a_keyring_that_does_not_answer_stores_nothing(vault: Vault, keyring: MemoryKeyring) -> None:
    keyring.refuses = True
    with pytest.raises(VaultError, match="does not answer"):
        vault.keep("one", CANARY)
    assert not vault.file.exists()


def test_a_copied_file_does_not_open_elsewhere(vault: Vault) -> None:
    vault.keep("one", CANARY)
    elsewhere = Vault(vault.file.parent, keychain=MemoryKeyring())
    with pytest.raises(VaultError, match="comes from another computer or user"):
        elsewhere.fetch("one")
    assert "another computer" in elsewhere.status().trouble
    with pytest.raises(VaultError, match="comes from another"):
        elsewhere.keep("two", "x")


# What something else did to the file


def _rename(document) -> None:
    document["entries"]["two"] = document["entries"].pop("one")


def _later(document) -> None:
    document["entries"]["one"]["expires"] = "2099-01-01"


def _flip(document) -> None:
    raw = bytearray(b64decode(document["entries"]["one"]["body"]))
    raw[-1] ^= 1
    document["entries"]["one"]["body"] = b64encode(raw).decode()


def _leave_out(document) -> None:
    document["entries"].clear()


@pytest.mark.parametrize("change", [_rename, _later, _flip, _leave_out])
def test_a_changed_file_is_not_used(vault: Vault, keyring: MemoryKeyring, change) -> None:
    vault.keep("one", CANARY)
    changed(vault, change)
    fresh = Vault(vault.file.parent, keychain=keyring)
    with pytest.raises(VaultError, match=r"changed by something|no secret called"):
        fresh.fetch("one")
    with pytest.raises(VaultError, match="changed by something"):
        fresh.keep("three", "x")
    assert "changed by something" in fresh.status().trouble


def test_each_entry_is_bound_to_its_name_and_dates_even_under_a_good_seal(vault: Vault, keyring: MemoryKeyring) -> None:
    from app.vault.envelope import Document, sealed, unwrap

    vault.keep("one", CANARY)
    vault.keep("two", "other")
    import msgspec

    document = msgspec.json.decode(vault.file.read_bytes(), type=Document)
    (key,) = keyring.kept.values()
    entries = {"one": document.entries["two"], "two": document.entries["one"]}
    swapped = sealed(key, msgspec.structs.replace(document, entries=entries))
    with pytest.raises(VaultError, match="changed by something"):
        unwrap(key, swapped, "one")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "x"}', '{"format": "situs-vault-1", "id": "x", "generation": "y"}', "\xff"]
)
def test_a_damaged_file_is_told_and_not_overwritten(vault: Vault, text: str) -> None:
    vault.file.parent.mkdir(parents=True)
    vault.file.write_bytes(text.encode("latin-1"))
    for action in (lambda: vault.fetch("one"), lambda: vault.keep("one", CANARY), vault.entries):
        with pytest.raises(VaultError, match=r"damaged|newer Situs"):
            action()
    assert vault.file.read_bytes() == text.encode("latin-1")


def test_a_newer_file_is_left_alone(vault: Vault) -> None:
    vault.keep("one", CANARY)
    changed(vault, lambda d: d.update(format="situs-vault-2"))
    with pytest.raises(VaultError, match="newer Situs"):
        vault.fetch("one")


# Passphrases


def test_a_passphrase_opens_the_vault_on_any_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITUS_VAULT_PASSPHRASE", raising=False)
    vault = Vault(tmp_path, keychain=no_keyring, ask=lambda: WORDS)
    vault.keep("one", CANARY, protect="passphrase")
    assert WORDS not in vault.file.read_text("utf-8")
    elsewhere = Vault(tmp_path, keychain=no_keyring)
    with pytest.raises(LockedError, match="SITUS_VAULT_PASSPHRASE"):
        elsewhere.fetch("one")
    monkeypatch.setenv("SITUS_VAULT_PASSPHRASE", WORDS + "x")
    with pytest.raises(VaultError, match="passphrase of the vault is wrong"):
        elsewhere.fetch("one")
    monkeypatch.setenv("SITUS_VAULT_PASSPHRASE", WORDS)
    assert elsewhere.fetch("one") == CANARY


@pytest.mark.parametrize("how", ["variable", "file", "credential"])
def test_a_job_that_runs_alone_takes_the_passphrase_from_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    Vault(tmp_path, keychain=no_keyring, ask=lambda: WORDS).keep("one", CANARY, protect="passphrase")
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "situs-vault").write_text(WORDS + "\n", "utf-8")
    monkeypatch.delenv("SITUS_VAULT_PASSPHRASE", raising=False)
    name, value = {
        "variable": ("SITUS_VAULT_PASSPHRASE", WORDS),
        "file": ("SITUS_VAULT_PASSPHRASE_FILE", str(handed / "situs-vault")),
        "credential": ("CREDENTIALS_DIRECTORY", str(handed)),
    }[how]
    monkeypatch.setenv(name, value)
    assert Vault(tmp_path, keychain=no_keyring).fetch("one") == CANARY


def test_a_file_of_a_passphrase_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITUS_VAULT_PASSPHRASE_FILE", str(tmp_path / "none"))
    with pytest.raises(VaultError, match="cannot be read"):
        Vault(tmp_path, keychain=no_keyring).keep("one", CANARY, protect="passphrase")


def test_short_passphrases_are_refused(tmp_path: Path) -> None:
    vault = Vault(tmp_path, keychain=no_keyring, ask=lambda: "elevenchars")
    with pytest.raises(VaultError, match="at least 12"):
        vault.keep("one", CANARY, protect="passphrase")
    assert not vault.file.exists()


def test_a_file_cannot_ask_for_endless_work(tmp_path: Path) -> None:
    vault = Vault(tmp_path, keychain=no_keyring, ask=lambda: WORDS)
    vault.keep("one", CANARY, protect="passphrase")
    changed(vault, lambda d: d["derivation"].update(memory_kib=1 << 40))
    with pytest.raises(VaultError, match="impossible derivation"):
        Vault(tmp_path, keychain=no_keyring, ask=lambda: WORDS).fetch("one")


# Rotation


def test_rotation_makes_the_old_key_worthless(vault: Vault, keyring: MemoryKeyring) -> None:
    from app.vault.envelope import Document, is_sealed

    vault.keep("one", CANARY)
    vault.keep("two", "other")
    (old,) = keyring.kept.values()
    before = vault.file.read_text("utf-8")
    assert vault.rotate() == 2
    (new,) = keyring.kept.values()
    assert new != old
    import msgspec

    assert not is_sealed(old, msgspec.json.decode(vault.file.read_bytes(), type=Document))
    for name, entry in json.loads(before)["entries"].items():
        assert json.loads(vault.file.read_text("utf-8"))["entries"][name]["body"] != entry["body"]
    fresh = Vault(vault.file.parent, keychain=keyring)
    assert (fresh.fetch("one"), fresh.fetch("two")) == (CANARY, "other")


def test_protection_can_be_changed_both_ways(vault: Vault, keyring: MemoryKeyring, monkeypatch) -> None:
    vault.keep("one", CANARY)
    vault.rotate("passphrase", WORDS)
    assert not keyring.kept
    assert vault.status().protection == "passphrase"
    back = Vault(vault.file.parent, keychain=keyring, ask=lambda: WORDS)
    back.rotate("keyring")
    assert len(keyring.kept) == 1
    assert Vault(vault.file.parent, keychain=keyring).fetch("one") == CANARY


def test_a_rotation_that_cannot_write_leaves_everything_as_it_was(
    vault: Vault, keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.keep("one", CANARY)
    kept = dict(keyring.kept)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VaultError, match="No space left on device"):
        vault.rotate()
    assert keyring.kept == kept
    assert Vault(vault.file.parent, keychain=keyring).fetch("one") == CANARY
    assert [p.name for p in vault.file.parent.iterdir() if p.suffix == ".part"] == []


def test_many_writers_lose_nothing(vault: Vault, keyring: MemoryKeyring) -> None:
    vault.keep("first", CANARY)
    wrong: list[Exception] = []

    def write(n: int) -> None:
        try:
            Vault(vault.file.parent, keychain=keyring).keep(f"n{n}", str(n))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert {e.name for e in vault.entries()} == {"first", *(f"n{n}" for n in range(8))}


def test_what_ends_soon(vault: Vault) -> None:
    vault.keep("soon", CANARY, expires=date(2026, 12, 20))
    vault.keep("late", CANARY, expires=date(2027, 12, 20))
    vault.keep("never", CANARY)
    ending = [e.name for e in vault.entries() if e.ends_within(30, date(2026, 11, 29))]
    assert ending == ["soon"]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_is_changed_in_the_file_gives_the_secret_or_the_one_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    ring = MemoryKeyring()
    vault = Vault(tmp_path_factory.mktemp("v"), keychain=ring)
    vault.keep("one", CANARY, expires=date(2027, 3, 1))
    body = bytearray(vault.file.read_bytes())
    at = data.draw(st.integers(0, len(body) - 1))
    how = data.draw(st.sampled_from(["flip", "cut", "double"]))
    if how == "flip":
        body[at] ^= data.draw(st.integers(1, 255))
    elif how == "cut":
        del body[at:]
    else:
        body[at:at] = body[at : at + 20]
    vault.file.write_bytes(body)
    told = ""
    found = CANARY  # where only white space between the members was changed
    try:
        found = Vault(vault.file.parent, keychain=ring).fetch("one")
    except VaultError as error:
        told = str(error)
    assert CANARY not in told
    assert found == CANARY
