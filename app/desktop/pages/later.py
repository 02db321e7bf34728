"""A page that is built when it is first looked at, so that opening the window does not wait for it."""

from app.desktop.pages.page import Page
from app.desktop.theme import Colours


class LaterPage(Page):
    """`build` makes its widgets, once."""

    def __init__(self, title: str, theme: Colours) -> None:
        super().__init__(title, theme)
        self.built = False

    def build(self) -> None:
        """Make the widgets below the opening sentence."""
        raise NotImplementedError

    def ready(self) -> None:
        """Build it now, if it is not yet."""
        if not self.built:
            self.built = True
            self.build()
            if self.hindered:
                self.hinder(self.hindered)
            if self.awaited is not None:
                self.glimpse(self.awaited)

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - Qt's name
        """Somebody looks at it: what is made after it was shown would be drawn one moment later."""
        if visible:
            self.ready()
        super().setVisible(visible)
