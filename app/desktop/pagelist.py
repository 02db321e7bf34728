"""Which pages there are, in the order of the navigation; each is made when somebody first wants it.

Making all of them takes the processor three times as long as opening the window with the first one, and most are not
looked at on most days.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast, overload

from app.desktop.pages.page import Page
from app.desktop.theme import Colours
from app.texts import tr

if TYPE_CHECKING:
    from app.desktop.pages.catalogue import CataloguePage
    from app.desktop.pages.connections import Connections
    from app.desktop.pages.findings import Findings
    from app.desktop.pages.flows import Flows
    from app.desktop.pages.frameworks import FrameworksPage
    from app.desktop.pages.help import Help
    from app.desktop.pages.inventory import Inventory
    from app.desktop.pages.listing import Listing
    from app.desktop.pages.log import LogPage
    from app.desktop.pages.notifications import NotificationsPage
    from app.desktop.pages.overview import Overview
    from app.desktop.pages.places import Places
    from app.desktop.pages.policy import PolicyPage
    from app.desktop.pages.reports import Reports
    from app.desktop.pages.rules import RulesPage
    from app.desktop.pages.scans import Scans
    from app.desktop.pages.settings import SettingsPage
    from app.desktop.pages.store import StorePage
    from app.desktop.pages.whatif import WhatIfPage

P = TypeVar("P", bound=Page)


class Entry(Generic[P]):
    """One page, as an attribute of the window: reading it makes the page where it is not there yet.

    `title`: asked once the language is chosen. `place`: module below `app.desktop.pages`, and what makes it there.
    `icon`: its file, where that is not named as the topic is. `group`: whether it begins one in the navigation.
    """

    def __init__(
        self, topic: str, title: Callable[[], str], place: tuple[str, str], *, icon: str = "", group: bool = False
    ) -> None:
        self.topic, self.title, self.icon, self.group = topic, title, icon or topic, group
        self._module, self._maker = place

    def make(self, theme: Colours) -> Page:
        """The page."""
        return cast("Page", getattr(import_module(f"app.desktop.pages.{self._module}"), self._maker)(theme))

    @overload
    def __get__(self, window: None, owner: type) -> "Entry[P]": ...
    @overload
    def __get__(self, window: "Pages", owner: type) -> P: ...
    def __get__(self, window: "Pages | None", owner: type) -> "P | Entry[P]":
        return self if window is None else cast("P", window.page(self.topic))


class Pages:
    """The pages by name."""

    overview: "Entry[Overview]" = Entry("start", lambda: tr("Overview"), ("overview", "Overview"), icon="overview")
    findings: "Entry[Findings]" = Entry("findings", lambda: tr("Findings"), ("findings", "Findings"))
    flows: "Entry[Flows]" = Entry("flows", lambda: tr("Data flows"), ("flows", "Flows"))
    places: "Entry[Places]" = Entry("places", lambda: tr("Places"), ("places", "Places"))
    inventory: "Entry[Inventory]" = Entry("inventory", lambda: tr("Inventory"), ("inventory", "Inventory"))
    unseen: "Entry[Listing]" = Entry("unseen", lambda: tr("Not seen"), ("tables", "coverage_page"))
    frameworks: "Entry[FrameworksPage]" = Entry(
        "frameworks", lambda: tr("Frameworks"), ("frameworks", "FrameworksPage")
    )
    policy: "Entry[PolicyPage]" = Entry("policy", lambda: tr("Policy"), ("policy", "PolicyPage"), group=True)
    whatif: "Entry[WhatIfPage]" = Entry("whatif", lambda: tr("What if"), ("whatif", "WhatIfPage"))
    rules: "Entry[RulesPage]" = Entry("rules", lambda: tr("Rules"), ("rules", "RulesPage"))
    log: "Entry[LogPage]" = Entry("log", lambda: tr("Decisions"), ("log", "LogPage"))
    connections: "Entry[Connections]" = Entry(
        "connections", lambda: tr("Connections"), ("connections", "Connections"), group=True
    )
    scans: "Entry[Scans]" = Entry("scans", lambda: tr("Scans"), ("scans", "Scans"))
    reports: "Entry[Reports]" = Entry("reports", lambda: tr("Reports"), ("reports", "Reports"))
    notifications: "Entry[NotificationsPage]" = Entry(
        "notifications", lambda: tr("Notifications"), ("notifications", "NotificationsPage")
    )
    store: "Entry[StorePage]" = Entry("store", lambda: tr("Store"), ("store", "StorePage"), group=True)
    catalogue: "Entry[CataloguePage]" = Entry(
        "catalogue", lambda: tr("Law and updates"), ("catalogue", "CataloguePage")
    )
    settings: "Entry[SettingsPage]" = Entry("settings", lambda: tr("Settings"), ("settings", "SettingsPage"))
    help: "Entry[Help]" = Entry("keyboard", lambda: tr("Help"), ("help", "Help"), icon="help")

    def page(self, topic: str) -> Page:
        """The page of this topic, made now where it is not there yet."""
        raise NotImplementedError


ALL: Final = tuple(cast("Entry[Page]", entry) for entry in vars(Pages).values() if isinstance(entry, Entry))
"""In the order of the navigation."""
