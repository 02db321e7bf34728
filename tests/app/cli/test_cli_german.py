"""The command line in German: its help, argparse's own words, its sentences, and how it finds out the language."""

import argparse
import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import texts
from app.cli.arguments import parser
from app.cli.language import LANGUAGE, chosen, of_system, settings_file
from app.cli.main import main
from app.settings import Preferences, data_folder, load_preferences, save_preferences

ROOT = Path(__file__).resolve().parents[3]
SAME = {
    *(".xlsx, .csv or .json", "NAME.pem and NAME.pub.pem", "%(heading)s:", "{clock}: {note}", "Passphrase: "),
    *("Scan", "{n} scans", "Name", "Status"),
    "only these assets: provider=aws account=… class=personal country=US kind=storage.",
}
"""What is written alike in both languages, or holds names only."""


def parsers(top: argparse.ArgumentParser, name: str = "situs") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, one in action.choices.items():
                yield from parsers(one, f"{name} {word}")


def texts_of(language: str) -> dict[tuple[str, str], str]:
    """Every text of the help of every command, by where it stands."""
    found: dict[tuple[str, str], str] = {}
    with texts.speaking(language):
        for name, one in parsers(parser()):
            for what, text in (("description", one.description), ("epilog", one.epilog)):
                if text:
                    found[name, what] = text
            for group in one._action_groups:
                found[name, f"group {len(found)}"] = group.title or ""
            for action in one._actions:
                if action.help and action.help is not argparse.SUPPRESS:
                    found[name, f"{action.dest} {action.option_strings}"] = action.help
                if isinstance(action, argparse._SubParsersAction):
                    for choice in action._choices_actions:
                        found[name, f"command {choice.dest}"] = choice.help or ""
    return found


def test_every_text_of_the_help_is_german():
    english, german = texts_of("en"), texts_of("de")
    assert english.keys() == german.keys()
    assert len(english) > 300
    names = {text for text in english.values() if re.fullmatch(r"[a-z0-9_, -]+(?:, [a-z]+)*", text) and "," in text}
    assert [text for at, text in english.items() if german[at] == text and text not in SAME | names] == []


@pytest.mark.parametrize("folder", ["cli", "register", "decisions"])
def test_every_sentence_of_the_commands_is_german(folder):
    missing: list[str] = []
    with texts.speaking("de"):
        for path in sorted((ROOT / "app" / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (
                    isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "trn")
                ):
                    continue
                said = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if not said or said[0] in SAME:
                    continue
                plural = node.func.id == "trn" and len(said) > 1
                there = texts.trn(said[0], said[1], 2) != said[1] if plural else texts.tr(said[0]) != said[0]
                if not there:
                    missing.append(f"{path.name}: {said[0]}")
    assert missing == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--help"], ["Aufruf: situs", "Optionen:", "Befehle:", "diese Hilfe zeigen", "Rückgabewert:"]),
        (["--version"], ["situs "]),
        (["nonsense"], ["Aufruf: situs", "Fehler", "'nonsense' gibt es hier nicht", "judge"]),
        (["register"], ["sagen Sie, was zu tun ist: situs register export | import"]),
        (["register", "import"], ["Fehler: es fehlen diese Angaben: FILE, --policy"]),
        (["register", "import", "--help"], ["Angaben:", "Einträge einer Datei in die Richtlinie übernehmen"]),
        (["register", "due", "--within"], ["Angabe --within: dahinter wird eine Angabe erwartet"]),
        (["register", "due", "--within", "x"], ["'x' ist kein gültiger Wert (int)"]),
        (["judge", "--pack"], ["dahinter wird mindestens eine Angabe erwartet"]),
        (["judge", "--nothing"], ["unbekannte Angaben: --nothing"]),
        (["report", "--s"], ["mehrdeutige Option: --s kann"]),
        (["audit"], ["nennen Sie, was gelesen werden soll"]),
        (["acceptances", "add", "--rule", "R"], ["es fehlen diese Angaben: --why, --owner, --until"]),
    ],
)
def test_whoever_mistypes_is_told_in_german(words, said, capsys):
    with texts.speaking("de"):
        status = main(words)
    told = capsys.readouterr()
    text = told.out + told.err
    assert status == (0 if words[-1] in ("--help", "--version") else 2)
    for sentence in said:
        assert sentence in text
    assert not re.search(r"\b(?:usage|error|options|required|invalid|expected|show)\b", text.replace("situs", ""))


def test_the_help_of_every_command_can_be_read_in_both_languages(capsys):
    for language, word in (("de", "Aufruf: "), ("en", "usage: ")):
        with texts.speaking(language):
            for name, one in parsers(parser()):
                assert one.format_help().startswith(f"{word}{name}")
    assert capsys.readouterr() == ("", "")


def run(home: Path, *words: str, encoding: str = "utf-8", **variables: str) -> tuple[int, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "SITUS_LANG"))}
    place = {"HOME": str(home), "XDG_DATA_HOME": "", "LOCALAPPDATA": str(home), "USERPROFILE": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", *words],
        env={**kept, **place, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", **variables},
        capture_output=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode(encoding)


def test_the_language_is_asked_for_or_chosen_or_that_of_the_system(tmp_path):
    assert run(tmp_path, "--help")[1].startswith("usage: ")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if sys.platform != "win32":
            assert run(tmp_path, "--help", **{name: "de_AT.UTF-8"})[1].startswith("Aufruf: ")
            assert run(tmp_path, "--help", **{name: "C.UTF-8"})[1].startswith("usage: ")
            assert run(tmp_path, "--help", **{name: "ja_JP.UTF-8"})[1].startswith("usage: ")
    folder = {"win32": tmp_path, "darwin": tmp_path / "Library" / "Application Support"}.get(
        sys.platform, tmp_path / ".local" / "share"
    )
    save_preferences(folder / "Situs", Preferences(language="de", name="Jürgen"))
    assert run(tmp_path, "--help")[1].startswith("Aufruf: ")
    assert run(tmp_path, "--help", **{LANGUAGE: "en"})[1].startswith("usage: ")
    status, told = run(tmp_path, "register", "due", "--within", "-1")
    assert status == 2
    assert "geben Sie eine Zahl von Tagen" in told
    save_preferences(folder / "Situs", Preferences(language="en"))
    if sys.platform != "win32":
        assert run(tmp_path, "--help", LANG="de_DE.UTF-8")[1].startswith("usage: ")


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252"])
def test_a_console_that_lacks_a_letter_is_no_reason_to_fail(tmp_path, encoding):
    status, told = run(tmp_path, "--help", encoding=encoding, **{LANGUAGE: "de"})
    assert status == 0
    assert told.startswith("Aufruf: ")


@pytest.mark.parametrize("language", ["", "de", "en", "fr"])
def test_what_is_found_in_the_settings_is_what_was_chosen(tmp_path, language):
    save_preferences(tmp_path, Preferences(language=language, name='a "language = de" b', policy="x"))
    assert chosen(tmp_path / "settings.toml") == load_preferences(tmp_path).language == language
    assert settings_file() == data_folder() / "settings.toml"


@pytest.mark.parametrize(
    "body", [b"", b"language = 3", b"\xff\xfe\x00", b'language = "../x"', b'name = "language = \\"de\\""']
)
def test_settings_that_name_no_language_leave_it_to_the_system(tmp_path, body):
    (tmp_path / "settings.toml").write_bytes(body)
    assert chosen(tmp_path / "settings.toml") == ""
    assert chosen(tmp_path) == chosen(tmp_path / "none") == ""


@pytest.mark.parametrize(
    ("value", "code"),
    [("de_DE.UTF-8", "de"), ("de", "de"), ("C", ""), ("POSIX", ""), ("", ""), ("deutsch", ""), ("nds_DE", "nds")],
)
def test_the_language_of_the_system_is_read_from_its_variables(monkeypatch, value, code):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", value)
    assert of_system() == code


@pytest.mark.parametrize(("number", "code"), [(0x0407, "de"), (0x0C07, "de"), (0x0409, ""), (0, "")])
def test_the_language_of_windows_is_that_of_its_surface(monkeypatch, number, code):
    import ctypes
    from types import SimpleNamespace

    asked = SimpleNamespace(kernel32=SimpleNamespace(GetUserDefaultUILanguage=lambda: number))
    monkeypatch.setattr(ctypes, "windll", asked, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert of_system() == code


def test_help_imports_no_cloud_no_window_and_no_database(tmp_path):
    code = (
        "import sys; from app.cli.main import main; main(); "
        "print(sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), LANGUAGE: "de", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.startswith("Aufruf: ")
    loaded = set(ast.literal_eval(done.stderr))
    heavy = {
        "boto3",
        "botocore",
        "azure",
        "google",
        "PySide6",
        "sqlmodel",
        "sqlalchemy",
        "msgspec",
        "platformdirs",
        "yaml",
    }
    assert not loaded & (heavy | {"tomllib", "requests", "cryptography", "reportlab", "openpyxl"})
