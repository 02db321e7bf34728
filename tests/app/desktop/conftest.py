"""A store with the judged sample estate, made once, and a desk on a copy of it."""

import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def judged(tmp_path_factory) -> Path:
    """The sample estate, audited; read-only for tests."""
    from app.cli.main import main

    folder = tmp_path_factory.mktemp("judged")
    assert main(["demo", "--out", str(folder)]) == 0
    return folder / "situs.db"


@pytest.fixture(scope="session")
def snapshot(judged):
    """What the window shows of it; values only, so that all tests can share it."""
    from app.desktop.load import load_snapshot

    return load_snapshot(judged)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A data folder of a user who chose the sample's policy."""
    from app import sample
    from app.settings import Preferences, save_preferences

    made = tmp_path / "Situs"
    save_preferences(made, Preferences(policy=str(sample.POLICY), as_of=sample.AS_OF.isoformat()))
    return made


@pytest.fixture
def desk(qtbot, qapp, judged, folder):
    """The window on a copy of the judged sample estate, loaded."""
    from app.desktop import theme
    from app.desktop.desk import Desk
    from app.desktop.window import Window

    store = folder / "situs.db"
    shutil.copy(judged, store)
    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "may_close", lambda: True))
    made = Desk(window, store, folder)
    window.show()
    made.load(store)
    qtbot.waitUntil(lambda: window.snapshot is not None and not made.busy, timeout=60_000)
    yield made
    made.stop()
    qtbot.waitUntil(lambda: not made.busy, timeout=60_000)


@pytest.fixture
def empty_desk(qtbot, qapp, tmp_path):
    """The window of a new user."""
    from app.desktop import theme
    from app.desktop.desk import Desk
    from app.desktop.window import Window

    folder = tmp_path / "Situs"
    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "may_close", lambda: True))
    made = Desk(window, folder / "situs.db", folder)
    window.show()
    yield made
    made.stop()
    qtbot.waitUntil(lambda: not made.busy, timeout=60_000)


@pytest.fixture(autouse=True)
def gone(request):
    """Windows of a test go with it.

    Qt deletes later in a loop of events, and between tests none runs: windows would be kept, and each change of the
    look would polish all of them anew.
    """
    yield
    if "qapp" in request.fixturenames:
        from PySide6.QtCore import QEvent

        request.getfixturevalue("qapp").sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path) -> None:
    """Child processes find the same data folder as the window does: nothing of the person who runs the tests."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(tmp_path))  # Windows is asked, not the variable above


os.environ.pop("SITUS_DEBUG", None)  # errors of child processes are sentences in these tests
