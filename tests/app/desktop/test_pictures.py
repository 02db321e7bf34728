"""Pictures of every page in light, dark and high contrast, English and German, kept as artefacts of the test run.

They lie where SITUS_PICTURES says, else in the folder of this run. Each must show more than its ground, and no page may
be wider than the window.
"""

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtGui import QColor, QImage  # noqa: E402

from app import texts  # noqa: E402
from app.desktop import theme  # noqa: E402
from app.desktop.window import Window  # noqa: E402

LOOKS = {"light": theme.LIGHT, "dark": theme.DARK, "contrast": theme.CONTRAST}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    chosen = os.environ.get("SITUS_PICTURES")
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


_loaded: dict[str, object] = {}


def told_in(language: str, judged: Path):
    """What the window shows, in this language; loaded once for each."""
    from app.desktop.load import load_snapshot

    if language not in _loaded:
        _loaded[language] = load_snapshot(judged)
    return _loaded[language]


def colours(picture: QImage) -> set[int]:
    return {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("state", ["empty", "full"])
def test_every_page_has_its_picture(qtbot, qapp, judged, pictures, language, look, state):
    texts.use(language)
    try:
        window = Window(theme.apply(qapp, LOOKS[look]))
        qtbot.addWidget(window)
        if state == "full":
            window.show_snapshot(told_in(language, judged))
        window.show()
        for number, page in enumerate(window.pages):
            window.go(page)
            table = getattr(page, "table", None)
            if table is not None and table.model().rowCount():
                table.selectRow(min(2, table.model().rowCount() - 1))
            if page is window.places and state == "full":
                qtbot.waitUntil(lambda: window.places.map._shapes is not None, timeout=30_000)
            picture = window.grab().toImage()
            assert picture.save(str(pictures / f"{number:02}-{window.topic()}-{language}-{look}-{state}.png"))
            seen = colours(picture)
            assert QColor(LOOKS[look].paper).rgb() in seen, page.title
            assert len(seen) > 20, page.title
            assert window.width() <= 1280, (page.title, window.width())
    finally:
        texts.use("en")


def test_text_of_one_and_a_half_the_size_fits(qtbot, qapp, snapshot, pictures):
    try:
        window = Window(theme.apply(qapp, theme.LIGHT, 150))
        qtbot.addWidget(window)
        window.show_snapshot(snapshot)
        window.resize(1680, 1000)
        window.show()
        for number, page in enumerate(window.pages):
            window.go(page)
            assert window.grab().save(str(pictures / f"{number:02}-{window.topic()}-en-light-150.png"))
            assert window.width() <= 1680, (page.title, window.width())
    finally:
        theme.apply(qapp, theme.LIGHT)
