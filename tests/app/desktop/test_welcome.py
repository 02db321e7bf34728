"""The first run: asked once, by keys alone, in the language that is chosen; what is given counts from then on."""

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app import texts  # noqa: E402
from app.desktop import theme, welcome  # noqa: E402
from app.policyedit import settings_of  # noqa: E402
from app.settings import Preferences, load_preferences, save_preferences  # noqa: E402

LONG = 60_000


@pytest.fixture
def first(qtbot, qapp, tmp_path):
    theme.apply(qapp, theme.LIGHT)
    dialog = welcome.Welcome(tmp_path / "Situs ß", texts.use)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is dialog.language)
    yield dialog
    texts.use("en")


def press(key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget(), key)


def write(text: str) -> None:
    QTest.keyClicks(QApplication.focusWidget(), text)


def test_three_questions_by_keys_alone(qtbot, first, tmp_path):
    folder = tmp_path / "Situs ß"
    assert welcome.needed(folder, folder / "situs.db")
    press(Qt.Key.Key_Tab)
    write("Lumenar")
    press(Qt.Key.Key_Backtab)
    press(Qt.Key.Key_Down)
    assert first.windowTitle() == "Willkommen bei Situs"
    assert first.organisation.text() == "Lumenar"  # what was typed stays
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Tab)
    write("Ann Example, DPO")
    press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is first.places.groups["EEA"]
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is first.begin[welcome.SAMPLE]
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not first.isVisible(), timeout=LONG)
    assert first.wanted == welcome.SAMPLE
    kept = load_preferences(folder)
    assert kept == Preferences(policy=str(folder / "policy.toml"), name="Ann Example, DPO", language="de")
    assert settings_of(folder / "policy.toml") == {"organisation": "Lumenar", "allowed_countries": ["EEA"]}
    assert not welcome.needed(folder, folder / "situs.db")


def test_skipping_keeps_the_language_and_asks_no_second_time(first, tmp_path):
    folder = tmp_path / "Situs ß"
    press(Qt.Key.Key_Escape)
    assert not first.isVisible()
    assert first.wanted == welcome.NOTHING
    assert load_preferences(folder) == Preferences(language="en")
    assert not (folder / "policy.toml").exists()
    assert not welcome.needed(folder, folder / "situs.db")


def test_a_country_that_is_none_is_a_sentence_and_keeps_nothing(qtbot, first, tmp_path):
    first.places.more.setText("Atlantis")
    first._begin(welcome.FILES)
    qtbot.waitUntil(lambda: bool(first.wrong.text()), timeout=LONG)
    assert "ATLANTIS" in first.wrong.text()
    assert first.isVisible()
    assert first.pages.currentIndex() == 1
    assert welcome.needed(tmp_path / "Situs ß", tmp_path / "Situs ß" / "situs.db")


def test_who_has_settings_a_store_or_a_server_is_not_asked(tmp_path):
    assert welcome.needed(tmp_path, tmp_path / "situs.db")
    assert not welcome.needed(tmp_path, "postgresql://db/situs")
    (tmp_path / "situs.db").touch()
    assert not welcome.needed(tmp_path, tmp_path / "situs.db")
    (tmp_path / "situs.db").unlink()
    save_preferences(tmp_path, Preferences())
    assert not welcome.needed(tmp_path, tmp_path / "situs.db")
