"""The pages on top of each other, of which one is shown."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget


class Stack(QStackedWidget):
    """Takes whatever room it is given: `Room` asks the page that is shown what it needs.

    Qt's own asks every page, whenever the window changes, how high it would be: twenty milliseconds for all of them.
    """

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """No wish of its own."""
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """None either."""
        return QSize(0, 0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """The page that is shown may have, the stack has not."""
        return False
