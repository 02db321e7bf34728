"""The inventory beyond memory: a cache on disk, sorted and filtered by a worker, shows the same as rows in memory."""

import random

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402

from app.desktop import load, theme  # noqa: E402
from app.desktop.assetcache import PAGE, AssetCache  # noqa: E402
from app.desktop.pages.inventory import Inventory  # noqa: E402
from app.desktop.snapshot import AssetRow, Snapshot  # noqa: E402

CHANCE = random.Random(8)  # noqa: S311
ROWS = tuple(
    AssetRow(f"arn:{n}", CHANCE.choice("abcXYZ%_!") + str(n), "bucket", "AWS", str(n % 7), f"Place {n % 5}", "p", "k")
    for n in range(3 * PAGE + 10)
)


@pytest.fixture
def cache():
    made = AssetCache()
    made.add(ROWS)
    yield made
    made.close()


@pytest.fixture
def page(qtbot, qapp, cache):
    made = Inventory(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(made)
    made.show()
    made.show_snapshot(Snapshot("", "", assets=ROWS[:5], all_assets=len(ROWS), cache=cache))
    settled(qtbot, made)
    return made


def settled(qtbot, page):
    qtbot.waitUntil(lambda: not page.assets.waiting, timeout=20_000)


def shown(page):
    return [page.model.row(page.model.index(n, 0)) for n in range(page.model.rowCount())]


def test_all_rows_are_shown_and_nothing_is_said_to_be_cut(page):
    assert shown(page) == list(ROWS)
    assert "first" not in page.sentence.text()


@pytest.mark.parametrize("needle", ["a1", "X", "%", "_", "!", "place 3", "nothing of the kind"])
def test_filtering_a_cache_finds_what_filtering_memory_finds(qtbot, page, needle):
    page.filter.setText(needle)
    settled(qtbot, page)
    text = [" ".join((r.uid, r.name, r.kind, r.provider, r.account, r.place, r.data_class, r.encryption)) for r in ROWS]
    assert shown(page) == [r for r, t in zip(ROWS, text, strict=True) if needle.lower() in t.lower()]


def test_sorting_a_cache_sorts_as_memory_does(qtbot, page):
    page.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    settled(qtbot, page)
    names = [r.name.lower() for r in shown(page)]
    assert names == sorted(names, reverse=True)


def test_the_last_question_counts(qtbot, page):
    for needle in ("a", "X", "place 1", "place 2"):
        page.filter.setText(needle)
    settled(qtbot, page)
    assert {r.place for r in shown(page)} == {"Place 2"}


def test_the_file_goes_with_the_cache(qtbot, page, cache):
    path = cache._path
    assert path.exists()
    page.show_snapshot(None)
    qtbot.waitUntil(lambda: not path.exists(), timeout=20_000)  # a worker may still be reading in it
    assert page.model.rowCount() == 0


def test_an_unknown_column_is_refused(cache):
    with pytest.raises(ValueError, match="1; DROP"):
        cache.ids(order="1; DROP TABLE asset")


def test_a_large_store_fills_the_cache(judged, monkeypatch):
    whole = load.load_snapshot(judged)
    monkeypatch.setattr(load, "MOST_ASSETS", 50)
    cut = load.load_snapshot(judged)
    assert isinstance(cut.cache, AssetCache)
    assert whole.cache is None
    assert cut.cache.count == whole.all_assets == len(whole.assets)
    ids = cut.cache.ids()
    assert [cut.cache.row(ids, n) for n in range(len(ids))] == list(whole.assets)
    cut.cache.close()
