"""Saved views, and finding one asset among more than are held in memory."""

from dataclasses import replace

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from app.desktop import savedviews  # noqa: E402
from app.desktop.assetcache import AssetCache  # noqa: E402
from app.desktop.snapshot import AssetRow  # noqa: E402


def test_a_view_is_saved_shown_again_and_forgotten(qtbot, desk):
    page = desk.window.findings
    page.show_all()
    page.verdicts["not_checked"].setChecked(False)
    page.severity.choose("critical")
    page.filter.setText("SIT-RES")
    shown = page.model.rowCount()
    page.views.save(" Grave & here ")
    page.show_all()
    assert page.model.rowCount() > shown
    page.views.show_view("Grave & here")
    assert page.model.rowCount() == shown
    assert savedviews.read(desk.folder)["findings"]["Grave & here"]["severity"] == "critical"
    dialog = page.views.ask()
    dialog.reject()
    page.views.kept.emit("Grave & here", None)
    assert savedviews.read(desk.folder)["findings"] == {}
    (desk.folder / "views.json").write_text("[")
    assert savedviews.read(desk.folder) == {}


def test_kinds_narrow_the_inventory(qtbot, desk):
    page = desk.window.inventory
    kind = page.model.at(0).kind
    page.kinds.choose(kind)
    assert page.filter.text() == kind
    assert 0 < page.model.rowCount() < len(desk.window.snapshot.assets)
    page.views.save("kind")
    page.kinds.choose("")
    page.views.show_view("kind")
    assert page.filter.text() == kind


def test_one_asset_is_found_among_more_than_are_held(qtbot, desk):
    cache = AssetCache()
    cache.add(
        AssetRow(f"arn:{n}", f"bucket-{n}", "bucket", "AWS", "1", "Frankfurt", "personal", "you") for n in range(5000)
    )
    window = desk.window
    window.show_snapshot(replace(window.snapshot, cache=cache, all_assets=5000))
    palette = window.open_palette()
    palette.line.setText("bucket-4321")
    qtbot.waitUntil(lambda: any("bucket-4321" in e.text for e in palette._found), timeout=20_000)
    entry = next(e for e in palette._found if "bucket-4321" in e.text)
    palette.reject()
    entry.run()
    assert window.stack.currentWidget() is window.inventory
    qtbot.waitUntil(lambda: window.inventory.model.rowCount() == 1, timeout=20_000)
    assert window.inventory.model.at(0).uid == "arn:4321"
