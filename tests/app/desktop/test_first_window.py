"""What the first window does not wait for: pages that nobody looks at yet, and libraries that only they need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from app.desktop import theme  # noqa: E402
from app.desktop.pagelist import ALL  # noqa: E402
from app.desktop.places import PlaceRow  # noqa: E402
from app.desktop.window import Window  # noqa: E402

_FIRST = """
import sys
from app.desktop.start import application_of_qt
application = application_of_qt()
from app.desktop import theme
from app.desktop.window import Window
window = Window(theme.apply(application))
window.show()
window.grab()
application.processEvents()
print(*sys.modules)
"""

HEAVY = {
    "azure", "boto3", "botocore", "cel_parser", "cryptography", "dask", "fontTools", "google", "grpc", "keyring",
    "kubernetes", "openpyxl", "PIL", "psycopg", "pydantic", "pyhanko", "reportlab", "requests", "sqlalchemy",
    "sqlmodel", "tinycss2", "urllib3", "yaml",
    "PySide6.QtNetwork", "PySide6.QtPdf", "PySide6.QtPdfWidgets", "PySide6.QtPrintSupport",
    "app.desktop.desk", "app.desktop.load", "app.desktop.palette", "app.report.content", "app.store",
    "rules.condition", "rules.engine", "scanners.live",
}  # fmt: skip
"""What pages, reports, scans and judging need, and the first window does not."""

PAGES = {"counts", "flowing", "overview", "page", "wrapped"}


@pytest.fixture
def window(qtbot, qapp):
    made = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_first_window_loads_what_its_first_page_needs_and_no_more():
    done = subprocess.run(
        [sys.executable, "-c", _FIRST],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    loaded = set(done.stdout.split())
    assert "app.desktop.pages.overview" in loaded
    pages = "app.desktop.pages."
    assert {name.removeprefix(pages) for name in loaded if name.startswith(pages)} == PAGES
    assert loaded & HEAVY == set()


def test_pages_are_made_when_they_are_first_wanted(window):
    assert [entry.topic for entry in ALL if window.has(entry.topic)] == ["start"]
    assert window.navigation.count() == len(ALL)
    window.go_to_topic("rules")
    assert [entry.topic for entry in ALL if window.has(entry.topic)] == ["start", "rules"]
    assert window.stack.currentWidget() is window.rules
    assert window.rules is window.page("rules")


def test_the_navigation_says_what_the_pages_are_called(window):
    assert [entry.title() for entry in ALL] == [page.title for page in window.pages]
    assert len({entry.topic for entry in ALL}) == len(ALL)


def test_a_page_that_is_made_late_shows_what_the_others_show(window, snapshot):
    window.show_snapshot(snapshot)
    place = next(p for p in snapshot.places if isinstance(p, PlaceRow))
    window.narrow([place])
    late = window.inventory
    early = Window(window.theme)
    assert early.inventory.model.rowCount() == 0  # made before there was anything to show
    early.show_snapshot(snapshot)
    assert early.inventory.model.rowCount() > late.model.rowCount() > 0
    early.narrow([place])
    assert early.inventory.model.rowCount() == late.model.rowCount()
    assert early.inventory.sentence.text() == late.sentence.text()
    early.close()
    early.deleteLater()


def test_what_waits_for_a_page_is_done_once_and_before_the_page_shows_anything(window, snapshot):
    window.show_snapshot(snapshot)
    told = []
    window.when("findings", lambda: told.append(window.findings.model.rowCount()))
    assert told == []
    window.go_to_topic("findings")
    window.go_to_topic("start")
    window.go_to_topic("findings")
    assert told == [0]
    assert window.findings.model.rowCount() > 0
    window.when("findings", lambda: told.append(-1))
    assert told == [0, -1]
