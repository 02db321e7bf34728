"""The handbook: the same topics, parts and lists in every language, and words that the window really shows."""

import re

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from app import texts  # noqa: E402
from app.desktop.pages import help as handbook  # noqa: E402

OTHERS = [code for code in texts.languages() if code != "en"]
ENGLISH = sorted(handbook.FOLDER.glob("*.md"))


def shape(text: str) -> list[str]:
    """What each block is: a heading of some level, a list of so many lines, or a paragraph."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=## )|(?<=\n)(?=- )", text.strip()):
        first = block.lstrip().split(" ", 1)[0]
        found.extend(line.split(" ")[0] for line in block.splitlines() if line.startswith("#"))
        found.append("item" if first in ("-", "1.") else "text")
    return found


@pytest.mark.parametrize("code", OTHERS)
def test_each_language_has_the_same_topics(code):
    assert sorted(p.name for p in (handbook.FOLDER / code).glob("*.md")) == [p.name for p in ENGLISH]


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("path", ENGLISH, ids=lambda p: p.stem)
def test_each_topic_has_the_same_parts(code, path):
    said = (handbook.FOLDER / code / path.name).read_text(encoding="utf-8")
    meant = path.read_text(encoding="utf-8")
    assert shape(said) == shape(meant)
    assert 0.8 < len(said) / len(meant) < 1.6
    commands = [set(re.findall(r"`(situs [a-z -]+)", text)) for text in (said, meant)]
    assert {c.strip() for c in commands[0]} == {c.strip() for c in commands[1]}


@pytest.mark.parametrize("code", ["en", *OTHERS])
def test_what_the_handbook_calls_a_button_is_called_so_in_the_window(code):
    """Words between asterisks that end in an ellipsis are buttons: a renamed one must be renamed in the handbook."""
    folder = handbook.FOLDER if code == "en" else handbook.FOLDER / code
    named = {
        word for path in folder.glob("*.md") for word in re.findall(r"\*([^*\n]+…)\*", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 6
    sources = "\n".join(
        p.read_text(encoding="utf-8") for p in (handbook.FOLDER.parents[1] / "app" / "desktop").rglob("*.py")
    )
    asked = set(re.findall(r'tr\("([^"\n]+…)"\)', sources))
    with texts.speaking(code):
        assert named - {texts.tr(text) for text in asked} == set()
