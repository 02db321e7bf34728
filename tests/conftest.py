"""What all tests share: recorded answers, and window tests that say so where Qt's system libraries are absent."""

import os
from pathlib import Path

import pytest
from backends import backend, cluster, pytest_addoption, pytest_generate_tests, store_place
from backends import pytest_configure as _backends_configure
from hypothesis import HealthCheck, settings
from postgresql import postgresql, postgresql_server
from postgresql import trouble as no_server

__all__ = [
    "backend",
    "cluster",
    "postgresql",
    "postgresql_server",
    "pytest_addoption",
    "pytest_generate_tests",
    "store_place",
]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A busy machine is no defect of the program: no example has a time limit, and slow making of examples is no error.
settings.register_profile("situs", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("situs")


def _window_trouble() -> str | None:
    """Why no window can be opened here, or None."""
    try:
        from PySide6 import QtWidgets  # noqa: F401
    except ImportError as error:
        needed = "libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3"
        return f"Qt cannot be loaded ({error}); on Debian: apt-get install {needed}"
    return None


_TROUBLE: pytest.StashKey[str | None] = pytest.StashKey()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Without Qt's system libraries the plugin for Qt cannot even start: it is put aside, and the tests say so."""
    _backends_configure(config)
    trouble = _window_trouble()
    config.stash[_TROUBLE] = trouble
    if trouble is None:
        return
    if os.environ.get("SITUS_REQUIRE_WINDOW"):
        raise pytest.UsageError(f"window tests are required here, but {trouble}")
    import pytestqt.plugin

    # The plugin's own configuration is called in the same round and would end the whole run: it finds nothing to do.
    pytestqt.plugin.qt_api.set_qt_api = lambda api: None
    config.option.qt_log = False
    config.pluginmanager.unregister(pytestqt.plugin)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Window tests are skipped only where no window can be opened, and say so."""
    trouble = config.stash[_TROUBLE]
    if trouble is None:
        return
    for item in items:
        if "qtbot" in getattr(item, "fixturenames", ()) or item.get_closest_marker("window"):
            item.add_marker(pytest.mark.skip(reason=f"window: {trouble}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say at the end what was not tested and why."""
    trouble = config.stash[_TROUBLE]
    if trouble:
        terminalreporter.write_line(f"WINDOW TESTS WERE NOT RUN: {trouble}", red=True)
    if no_server():
        terminalreporter.write_line(f"TESTS ON A DATABASE SERVER WERE NOT RUN: {no_server()}", yellow=True)
    if not os.environ.get("SITUS_RECORDINGS"):
        terminalreporter.write_line(
            "Tests on recorded provider answers were skipped: SITUS_RECORDINGS does not name their folder.", yellow=True
        )


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recorded provider answers; tests that need it are skipped, and say so, where it is not named."""
    folder = os.environ.get("SITUS_RECORDINGS")
    if not folder or not Path(folder).is_dir():
        pytest.skip("SITUS_RECORDINGS does not name the folder of recorded provider answers")
    return Path(folder)
