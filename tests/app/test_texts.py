"""The one way of texts: what is not a sentence stays as it is."""

import re
from pathlib import Path

import pytest

from app import texts
from app.cli.main import main


@pytest.mark.parametrize("language", texts.languages())
def test_an_empty_text_stays_empty(language: str) -> None:
    with texts.speaking(language):
        assert texts.tr("") == ""
        assert texts.tr("no sentence of this program") == "no sentence of this program"


@pytest.mark.parametrize(
    ("value", "digits", "english", "german"),
    [
        (0, 0, "0", "0"),
        (1898, 0, "1,898", "1.898"),
        (76473.6, 1, "76,473.6", "76.473,6"),
        (1234567, 0, "1,234,567", "1.234.567"),
        (-0.5, 2, "-0.50", "-0,50"),
    ],
)
def test_numbers_have_the_marks_of_the_language(value: float, digits: int, english: str, german: str) -> None:
    for language, wanted in (("en", english), ("de", german)):
        with texts.speaking(language):
            assert texts.grouped(value, digits) == wanted
    with texts.speaking("de"):
        assert texts.figure("1.50e+23") == "1,50e+23"


def test_no_number_of_the_commands_has_english_marks_in_german() -> None:
    """1,898 is less than two in German."""
    folder = Path(__file__).resolve().parents[2] / "app" / "cli"
    found = [p.name for p in sorted(folder.rglob("*.py")) if re.search(r":,(?:\.\d[fe])?\}", p.read_text("utf-8"))]
    assert found == []


def test_the_demo_speaks_german(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with texts.speaking("de"):
        assert main(["demo", "--out", str(tmp_path / "d")]) == 0
        told = "".join(capsys.readouterr())
        assert re.search(r"\d kritisch, \d+ hoch, \d+ mittel, \d+ niedrig, \d+ zu bewerten\)", told)
        assert re.search(r"; \d\.\d{3} nicht prüfbar", told)
        assert main(["scans", "--store", str(tmp_path / "d" / "situs.db")]) == 0
        assert "  vollständig " in capsys.readouterr().out
