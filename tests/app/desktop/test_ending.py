"""What ends soon, on the first page of the window: the rows of the command line, or a sentence that nothing does."""

import dataclasses
import json
from datetime import date

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtWidgets import QLabel  # noqa: E402

from app import sample, texts  # noqa: E402
from app.cli.main import main  # noqa: E402
from app.desktop import theme  # noqa: E402
from app.desktop.load import load_snapshot  # noqa: E402
from app.desktop.pages.ending import FEW  # noqa: E402
from app.desktop.pages.overview import Overview  # noqa: E402
from app.register.due import Due, Ends  # noqa: E402

DAY = date(2026, 11, 22)


@pytest.fixture
def page(qtbot, qapp):
    made = Overview(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(made)
    made.show()
    return made


def ends(*rows: Due) -> Ends:
    return Ends(DAY, 14, list(rows))


def said(page) -> list[str]:
    return [label.text() for label in page.ending.findChildren(QLabel) if label.isVisible()]


def test_the_page_lists_what_ends_with_the_flows_that_rest_on_it(page, snapshot):
    rows = (
        Due("entry", "SCC-1", date(2026, 11, 20), -2, "Register: entry SCC-1", 3),
        Due("law", "US: x", date(2026, 11, 30), 8, "Law of United States: x", 12),
        Due("acceptance", "ACC-1", date(2026, 12, 1), 9, "Acceptance ACC-1"),
    )
    page.show_snapshot(dataclasses.replace(snapshot, ends=ends(*rows)))
    told = said(page)
    assert told[:2] == [
        "What ends soon",
        "What ended already, and what ends or changes within 14 days of 22 November 2026.",
    ]
    body = told[told.index("Flows") + 1 :]
    assert [body[n : n + 4] for n in range(0, len(body), 4)] == [
        ["20 November 2026", "ended 2 days ago", "Register: entry SCC-1", "3"],
        ["30 November 2026", "in 8 days", "Law of United States: x", "12"],
        ["1 December 2026", "9 days left", "Acceptance ACC-1", "–"],
    ]


def test_where_nothing_ends_the_page_says_so_and_for_how_many_days(page, snapshot):
    page.show_snapshot(dataclasses.replace(snapshot, ends=ends()))
    assert said(page) == [
        "What ends soon",
        "As far as is recorded, nothing ends or changes within 14 days of 22 November 2026.",
    ]
    assert not page.ending.more.isVisible()


def test_nothing_is_said_of_ends_before_anything_is_known(page, snapshot):
    page.show_snapshot(snapshot)
    assert page.ending.isVisible()
    page.show_snapshot(None)
    assert not page.ending.isVisible()
    page.show_snapshot(snapshot)
    page.hinder("why")
    assert not page.ending.isVisible()


def test_more_rows_come_when_asked_for(page, snapshot):
    rows = [Due("entry", f"E{n}", DAY, 0, f"Register: entry E{n}", 0) for n in range(FEW + 3)]
    page.show_snapshot(dataclasses.replace(snapshot, ends=ends(*rows)))
    assert page.ending.more.text() == "Show 3 more"
    assert f"Register: entry E{FEW}" not in said(page)
    page.ending.more.click()
    assert f"Register: entry E{FEW + 2}" in said(page)
    assert not page.ending.more.isVisible()


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_window_has_the_rows_of_the_command_line(judged, capsys, language):
    texts.use(language)
    try:
        shown = load_snapshot(judged).ends
        assert shown is not None
        words = ["register", "due", "--as-of", sample.AS_OF.isoformat(), "--format", "json", "--store", str(judged)]
        capsys.readouterr()
        assert main(words) == 0
        told = json.loads(capsys.readouterr().out)
        texts.use(language)
    finally:
        texts.use("en")
    assert (shown.day.isoformat(), shown.within) == (told["as_of"], told["within"])
    assert shown.rows
    assert [(r.day.isoformat(), r.left, r.flows) for r in shown.rows] == [
        (d["day"], d["left"], d["flows"]) for d in told["due"]
    ]
