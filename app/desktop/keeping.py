"""What is remembered from one start to the next, told to the pages that are there: preferences, and saved views."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths

from app import sample
from app.decisions import people
from app.desktop import savedviews

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.desktop.pages.views import Views


class Keeping:
    """Belongs to a desk."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        w = desk.window
        w.when("findings", lambda: self._offer("findings", w.findings.views))
        w.when("inventory", lambda: self._offer("inventory", w.inventory.views))
        for topic, tell in self._told().items():
            w.when(topic, tell)

    def show(self) -> None:
        """The preferences are others now."""
        for topic, tell in self._told().items():
            if self.desk.window.has(topic):
                tell()

    def _told(self) -> dict[str, Callable[[], object]]:
        d, w = self.desk, self.desk.window

        def policy() -> None:
            own = d.store == d.own_store
            w.policy.set_file(d.preferences.policy if own else str(sample.POLICY))

        def findings() -> None:
            w.findings.panel.set_name(d.preferences.name, [key.path for key in people.key_files(d.folder)])

        def reports() -> None:
            if not w.reports.folder.text():
                w.reports.folder.setText(d.preferences.reports or _documents())

        return {
            "rules": lambda: w.rules.set_folder(d.preferences.packs),
            "settings": lambda: w.settings.show_preferences(d.preferences, str(d.own_store)),
            "policy": policy,
            "findings": findings,
            "reports": reports,
        }

    def _offer(self, page: str, chip: "Views") -> None:
        chip.kept.connect(partial(self._keep, page, chip))
        chip.offer(savedviews.read(self.desk.folder).get(page, {}))

    def _keep(self, page: str, chip: "Views", name: str, view: savedviews.View | None) -> None:
        """Keep a view of a page under a name, or forget it."""
        chip.offer(savedviews.keep(self.desk.folder, page, name, view).get(page, {}))


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
