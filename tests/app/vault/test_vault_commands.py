"""`situs vault`, as typed."""

import io
import json
import sys
from pathlib import Path

import pytest

from app import vault
from app.cli.main import main

CANARY = "s3cret-canary-b81d"
WORDS = "correct horse battery staple"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's data folder of its own, without any keyring."""
    from vault_world import no_keyring

    monkeypatch.setattr("app.settings.data_folder", lambda: tmp_path)
    monkeypatch.setattr("app.vault.keys._backend", no_keyring)
    monkeypatch.setattr(vault, "_vaults", {})
    monkeypatch.delenv("SITUS_VAULT_PASSPHRASE", raising=False)
    return tmp_path


def typed(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body.encode()), "utf-8"))


def test_set_list_status_rotate_remove(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SITUS_VAULT_PASSPHRASE", WORDS)
    typed(monkeypatch, CANARY + "\r\n")
    words = ["vault", "set", "azure", "--protect", "passphrase", "--expires", "2999-01-01", "--note", "weekly"]
    assert main(words) == 0
    assert vault.fetch("vault:azure") == CANARY
    assert main(["vault", "list"]) == 0
    assert "expires 2999-01-01  weekly" in capsys.readouterr().out
    assert main(["vault", "status", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["protection"], told["entries"], told["keyring"], told["trouble"]) == ("passphrase", 1, None, None)
    (folder / "new").write_text("another fine passphrase\n", "utf-8")
    monkeypatch.setenv("SITUS_VAULT_NEW_PASSPHRASE_FILE", str(folder / "new"))
    typed(monkeypatch, "")
    assert main(["vault", "rotate"]) == 0
    monkeypatch.setenv("SITUS_VAULT_PASSPHRASE", "another fine passphrase")
    monkeypatch.setattr(vault, "_vaults", {})
    assert vault.fetch("azure") == CANARY
    assert main(["vault", "remove", "azure"]) == 0
    assert vault.entries() == ()
    shown = capsys.readouterr()
    assert CANARY not in shown.out + shown.err


def test_a_secret_is_no_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vault", "set", "azure", CANARY]) == 2
    assert not vault.entries()


def test_export_is_refused_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vault", "export"]) == 1
    assert "situs vault set NAME" in capsys.readouterr().err


def test_without_keyring_and_passphrase_nothing_is_stored(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, CANARY)
    assert main(["vault", "set", "azure"]) == 1
    told = capsys.readouterr().err
    assert "no keyring" in told
    assert CANARY not in told
    assert not (folder / "vault.json").exists()


def test_a_locked_vault_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SITUS_VAULT_PASSPHRASE", WORDS)
    typed(monkeypatch, CANARY)
    assert main(["vault", "set", "azure", "--protect", "passphrase"]) == 0
    monkeypatch.delenv("SITUS_VAULT_PASSPHRASE")
    monkeypatch.setattr(vault, "_vaults", {})
    assert main(["vault", "status"]) == 1
    assert "needs its passphrase" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["set", "azure", "--expires", "2001-01-01"], "has passed"),
        (["set", "azure", "--expires", "soon"], "2026-11-22"),
        (["set", "a b", "--protect", "passphrase"], "cannot name a secret"),
        (["remove", "none"], "no secret called"),
    ],
)
def test_wrong_words(
    words: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, CANARY)
    assert main(["vault", *words]) in (1, 2)
    assert told in capsys.readouterr().err


def test_the_list_of_an_empty_vault_advises_against_storing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vault", "list"]) == 0
    assert "single sign-on" in capsys.readouterr().err
