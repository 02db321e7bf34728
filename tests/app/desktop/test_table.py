"""Rows of a table: many are arranged in slices, and what comes of it is what arranging them at once gives."""

import random

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import QItemSelectionModel, Qt  # noqa: E402

from app.desktop import theme  # noqa: E402
from app.desktop.pages.listing import chosen_rows, table_of  # noqa: E402
from app.desktop.table import AT_ONCE, Column, Rows  # noqa: E402

CHANCE = random.Random(5)  # noqa: S311
MANY = [(CHANCE.choice("xyZ") + str(CHANCE.randrange(500)), CHANCE.randrange(9), n) for n in range(2 * AT_ONCE + 77)]
COLUMNS = [
    Column("Name", lambda r: r[0]),
    Column("Number", lambda r: str(r[1]), sort=lambda r: r[1]),
    Column("Place", lambda r: f"place {r[2]}"),
]
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def model(qapp):
    made = Rows(COLUMNS)
    made.show(MANY)
    return made


def shown(model: Rows) -> list[tuple[str, int, int]]:
    model.finish()
    return [model.at(n) for n in range(model.count())]


@pytest.mark.parametrize("order", [UP, DOWN])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_many_rows_are_sorted_as_few_are(model, column, order):
    model.sort(column, order)
    key = COLUMNS[column].sort or COLUMNS[column].text
    assert shown(model) == sorted(MANY, key=key, reverse=order == DOWN)


def test_sorting_by_one_column_keeps_the_order_by_another_within_it(model):
    model.sort(0, UP)
    model.finish()
    model.sort(1, UP)
    assert shown(model) == sorted(MANY, key=lambda r: (r[1], r[0]))


def test_filters_hold_together_and_the_last_word_counts(model):
    for needle in ("x", "x1", "x12"):
        model.keep(needle)
    model.keep_if(lambda r: r[1] > 3)
    model.sort(1, DOWN)
    wanted = [r for r in MANY if "x12" in f"{r[0]}\n{r[1]}\nplace {r[2]}" and r[1] > 3]
    assert 0 < len(wanted) < 500
    assert shown(model) == sorted(wanted, key=lambda r: r[1], reverse=True)
    model.keep("")
    model.keep_if(None)
    assert len(shown(model)) == len(MANY)


def test_the_first_rows_are_there_at_once_and_the_rest_while_the_window_goes_on(qtbot, model):
    model.show(MANY)
    assert model.arranging
    assert 0 < model.count() < len(MANY)
    qtbot.waitUntil(lambda: not model.arranging, timeout=20_000)
    assert shown(model) == MANY
    model.sort(0, UP)
    assert model.arranging
    assert model.at(5) == MANY[5]  # what was shown stays until then
    qtbot.waitUntil(lambda: not model.arranging, timeout=20_000)
    assert model.at(0) == min(MANY, key=lambda r: r[0])


def test_other_rows_end_what_was_begun(model):
    model.sort(0, UP)
    model.show(MANY[:3])
    assert shown(model) == MANY[:3]
    assert not model.arranging


def test_looking_for_a_row_waits_for_none_that_is_missing(model):
    assert model.find(lambda r: r is MANY[-1]) == len(MANY) - 1


def test_chosen_rows_are_told_by_ranges(qtbot, qapp, model):
    table = table_of(model, "Rows", theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(table)
    table.setSelectionMode(table.SelectionMode.ExtendedSelection)
    model.finish()
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for number in (7, 3, 4):
        table.selectionModel().select(model.index(number, 0), rows)
    assert chosen_rows(table, model) == [model.at(3), model.at(4), model.at(7)]
    table.selectAll()
    assert chosen_rows(table, model) == shown(model)
    assert chosen_rows(table, model, 2) == shown(model)[:2]


def test_headings_do_not_ask_every_row_whether_it_is_chosen(qtbot, qapp, model):
    table = table_of(model, "Rows", theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(table)
    table.setSelectionMode(table.SelectionMode.ExtendedSelection)
    table.show()
    model.finish()
    asked, count = [], model.rowCount
    model.rowCount = lambda *of: asked.append(1) or count(*of)
    table.selectAll()
    table.grab()
    assert len(asked) < len(MANY) / 10
