"""The line on top of every page: what is shown, whether it is the sample, and the way to everything else."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.desktop.icons import icon
from app.desktop.pages.page import plain_label
from app.desktop.scope import Scope
from app.desktop.theme import Colours, scaled
from app.texts import tr


class TopBar(QWidget):
    """`everywhere` takes a choice of places away; `beginning` leads to the first page while nothing can be shown."""

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.setObjectName("top")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.scope = Scope()
        self.sample = plain_label(tr("SAMPLE"))
        self.sample.setObjectName("sample")
        self.everywhere = QPushButton("")
        self.beginning = QPushButton(tr("Go to {page}").format(page=tr("Overview")))
        self.search = QPushButton(tr("Find (Ctrl+K)"))
        self.search.setIcon(icon("find", theme.accent, scaled(16)))
        self.search.setIconSize(QSize(scaled(16), scaled(16)))
        self.search.setAccessibleName(self.search.text())
        self.search.setToolTip(self.search.text())
        self.search.setMinimumWidth(scaled(16) + 24)
        top = QHBoxLayout(self)
        top.setContentsMargins(0, 0, 16, 0)
        top.addWidget(self.scope, 1)
        for link in (self.beginning, self.everywhere, self.search):
            link.setObjectName("link")
        for one in (self.beginning, self.everywhere, self.sample, self.search):
            top.addWidget(one)
        for one in (self.beginning, self.everywhere, self.sample):
            one.hide()
