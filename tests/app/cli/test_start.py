"""Starting the command: what it loads, and what it says to wrong words."""

import subprocess
import sys

import pytest

from app.cli.main import main

HEAVY = (
    "PySide6",
    "sqlmodel",
    "sqlalchemy",
    "reportlab",
    "boto3",
    "botocore",
    "azure",
    "google",
    "openpyxl",
    "yaml",
    "msgspec",
    "cryptography",
    "keyring",
)


def loaded_by(*words: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after running the command with these words."""
    code = (
        "import sys\nfrom app.cli.main import main\n"
        f"try:\n    main({list(words)!r})\nexcept SystemExit:\n    pass\n"
        "print('MODULES ' + ' '.join(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    line = next(line for line in done.stdout.splitlines() if line.startswith("MODULES "))
    return set(line.split()[1:])


@pytest.mark.parametrize(
    "words",
    [
        *(("--help",), ("--version",), ("audit", "--help"), ("rules", "--help")),
        *(("register", "--help"), ("what-if", "--help"), ("acceptances", "add", "--help"), ("frameworks", "--help")),
        ("vault", "--help"),
        ("schedule", "add", "--help"),
        ("notify", "--help"),
        ("store", "forget", "--help"),
    ],
)
def test_help_loads_no_heavy_module(words: tuple[str, ...]) -> None:
    assert not loaded_by(*words).intersection(HEAVY)


def test_a_module_that_is_loaded_would_be_seen() -> None:
    assert "msgspec" in loaded_by("judge", "--store", "no-such-folder/none.db")


@pytest.mark.parametrize(
    "words", [["no-such-command"], ["audit"], ["report"], ["audit", "--fail-on", "dreadful", "--import", "x"]]
)
def test_wrong_words_are_usage_errors(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "usage: situs" in capsys.readouterr().err
