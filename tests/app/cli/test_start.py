"""Starting the command: what it loads, and what it says to wrong words."""

import subprocess
import sys
from pathlib import Path

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


def test_a_program_without_a_console_runs_commands_too(tmp_path: Path) -> None:
    """`situs-window.exe` has no standard streams; the schedule of Windows starts it with words."""
    code = (
        "import sys\nsys.stdin = sys.stdout = sys.stderr = None\n"
        "from app.cli.main import window\n"
        f"sys.argv = ['situs-window', 'scans', '--format', 'json', '--store', {str(tmp_path / 'none.db')!r}]\n"
        "first = window()\n"
        "sys.argv = ['situs-window', 'demo', '--out', sys.argv[-1] + '.d']\n"
        "import os\nos._exit(10 * first + window())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=120)
    assert done.returncode == 10
    assert (tmp_path / "none.db.d" / "report.pdf").exists()


def test_a_window_can_ask_for_sentences_in_its_language(tmp_path, monkeypatch, capsys):
    from app import texts
    from app.cli.language import LANGUAGE
    from app.cli.main import main

    monkeypatch.setenv(LANGUAGE, "de")
    try:
        assert main(["store", "status", "--store", str(tmp_path / "none.db"), "--keep", "0"]) == 2
        assert main(["updates", "--address", "http://example.com"]) == 1
        assert "muss mit https:// beginnen" in capsys.readouterr().err
    finally:
        texts.use("en")


@pytest.mark.parametrize("words", [["rules", "list"], ["rules", "list", "--format", "json"], ["catalogue", "show"]])
def test_a_reader_that_has_gone_is_no_fault_of_the_program(words):
    code = f"import sys; from app.cli.main import main; sys.exit(main({words!r}))"
    run = [sys.executable, "-c", code]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        said = child.stderr.read()
    assert (child.returncode, said) == (0, "")
