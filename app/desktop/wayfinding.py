"""Ways from one thing to another in the window: to findings, to a setting, to an asset, down to a few places."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.desktop.pagelist import Pages
from app.desktop.pages.page import Page
from app.desktop.snapshot import AssetRow, FindingRow, PlaceRow, Snapshot
from app.texts import tr

if TYPE_CHECKING:
    from app.desktop.narrowed import Narrowed
    from app.desktop.pages.listing import Listing

_BY_PLACE = ("findings", "flows", "inventory")
"""Pages that can show only what lies at some places."""


class Wayfinding(Pages):
    """The pages, and how one gets from what is on one of them to what is on another."""

    snapshot: Snapshot | None
    everywhere: QPushButton
    _made: dict[str, Page]
    _narrowed: "Narrowed | None"

    def go(self, page: Page) -> None:
        """Show a page."""
        raise NotImplementedError

    def enter(self, page: Page) -> None:
        """Show a page with the focus where work on it begins."""
        raise NotImplementedError

    def show_verdict(self, verdict: str) -> None:
        """Findings of one verdict."""
        for name, chip in self.findings.verdicts.items():
            chip.setChecked(name == verdict)
        self.go(self.findings)
        self.findings.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_findings_of(self, place: str) -> None:
        """Findings that hold these words: in one place, of one rule, of one flow."""
        self.findings.show_all()
        self.findings.filter.setText(place)
        self.enter(self.findings)

    def narrow(self, places: Sequence[PlaceRow]) -> None:
        """Let findings, flows and inventory show only what lies at these places; none: everything again."""
        from app.desktop.narrowed import Narrowed

        narrowed = Narrowed(places, self.snapshot) if places and self.snapshot is not None else None
        if narrowed is None and self._narrowed is None:
            return
        self._narrowed = narrowed
        for topic in _BY_PLACE:
            self._narrow_page(topic)
        self.everywhere.setVisible(narrowed is not None)
        if narrowed is not None:
            self.everywhere.setText(f"{narrowed.told()}: {tr('show all places')}".replace("&", "&&"))

    def _narrow_page(self, topic: str) -> None:
        page = self._made.get(topic)
        if topic in _BY_PLACE and page is not None:
            cast("Listing", page).narrow(self._narrowed)

    def _findings_there(self) -> None:
        self.findings.show_all()
        self.enter(self.findings)

    def show_policy(self, name: str) -> None:
        """The Policy page, at one setting."""
        self.go(self.policy)
        if name:
            self.policy.go_to(lambda row: row.name == name)

    def classify(self, lines: list[dict[str, str]]) -> None:
        """The lines of the policy that classify, with these behind them, to be filled in."""
        self.show_policy("classify")
        self.policy.form.add_lines(lines)

    def _to_finding(self, row: object) -> None:
        if isinstance(row, FindingRow):
            self.go(self.findings)
            if not self.findings.go_to(lambda r: r is row):
                self.narrow(())
                self.findings.go_to(lambda r: r is row)

    def _to_asset(self, row: object) -> None:
        if isinstance(row, AssetRow):
            self.go(self.inventory)
            self.narrow(())
            if self.inventory.assets.cache is not None:
                self.inventory.find_uid(row.uid)
            else:
                self.inventory.go_to(lambda r: r is row)
