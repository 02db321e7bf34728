"""The flows page says of a basis what the report says: a recorded one that does not cover a flow is not "none"."""

from dataclasses import dataclass, field

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from app.desktop import theme  # noqa: E402
from app.desktop.load import _flows  # noqa: E402
from app.desktop.pages.flows import Flows  # noqa: E402
from app.desktop.snapshot import Snapshot  # noqa: E402
from app.report import words  # noqa: E402
from rules.judgement import Flow, Transfer  # noqa: E402


@dataclass
class Told:
    ends: dict[str, object] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=lambda: {"US": "United States", "DE": "Germany"})

    def flows(self):
        return [
            Flow("1", "replication", "a", "account:123", ("DE",), ("US",), data_class="personal"),
            Flow("2", "share", "a", "public", ("DE",), (), data_class="personal"),
            Flow("3", "share", "a", "processing:b", ("DE",), ("DE",), data_class="personal"),
        ]

    def transfers(self):
        return [
            Transfer("1", "US", "uncovered", mechanism="derogation", register_entry="E-1"),
            Transfer("2", "US", "uncovered"),
        ]


def test_table_and_panel_say_what_the_report_says(qtbot, qapp):
    told = Told()
    rows = tuple(_flows(told, told))
    page = Flows(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(page)
    page.show_snapshot(Snapshot("", "", flows=rows))
    for row, mechanism in ((rows[0], "derogation"), (rows[1], None)):
        wanted = words.transfer_status("uncovered", mechanism)
        number = page.model.find(lambda r, row=row: r.id == row.id)
        assert page.model.columns[0].text(page.model.at(number)) == wanted
        page.table.selectRow(number)
        assert wanted in page.sheet.toPlainText()
    assert words.transfer_status("uncovered", "derogation") != words.transfer_status("uncovered")


def test_an_end_that_is_no_asset_is_named_as_in_the_report(qtbot, qapp):
    told = Told()
    names = [row.target for row in _flows(told, told)]
    assert names == [words.end("account:123"), words.end("public"), words.end("processing:b")]
    assert names == ["account 123", "anyone", "wherever the provider computes it"]
