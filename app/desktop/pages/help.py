"""Help: the handbook that comes with the program, searchable, offline. Shows files of the program only."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QTextBrowser, QVBoxLayout, QWidget

from app.desktop.pages.flowing import Split
from app.desktop.pages.page import Page
from app.desktop.snapshot import Snapshot
from app.desktop.theme import Colours
from app.texts import language, tr
from resources import ROOT

FOLDER = ROOT / "help"


class Help(Page):
    """Topics on the left, the text on the right. F1 opens the topic of the page one is on."""

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Help"), theme)
        self.sentence.setText(tr("The handbook. F1 opens the topic of the page that you are on."))
        self._texts: list[tuple[str, str, str]] = []
        for path in sorted(FOLDER.glob("*.md")):
            said = FOLDER / language() / path.name
            text = (said if said.is_file() else path).read_text(encoding="utf-8")
            title = text.partition("\n")[0].lstrip("# ").strip()
            self._texts.append((path.stem.partition("-")[2], title, text))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search the handbook"))
        self.search.setAccessibleName(tr("Search the handbook"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.topics = QListWidget()
        self.topics.setAccessibleName(tr("Topics"))
        self.topics.setSpacing(3)
        self.topics.setWordWrap(True)
        self.topics.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.topics.currentItemChanged.connect(self._chosen)
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setAccessibleName(tr("Handbook"))
        side = QWidget()
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.search)
        left.addWidget(self.topics, 1)
        both = Split()
        both.addWidget(side)
        both.addWidget(self.text)
        both.setStretchFactor(0, 1)
        both.setStretchFactor(1, 3)
        both.setSizes([250, 750])
        self.rows.addWidget(both, 1)
        self._narrow("")

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Help does not depend on what was judged."""

    def open_topic(self, name: str) -> None:
        """Show a topic by its name, such as `findings`; the first where there is none."""
        self.search.clear()
        for row in range(self.topics.count()):
            if self.topics.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self.topics.setCurrentRow(row)
                return
        self.topics.setCurrentRow(0)

    def _narrow(self, needle: str) -> None:
        wanted = needle.casefold().strip()
        self.topics.clear()
        for name, title, text in self._texts:
            if wanted in text.casefold():
                item = QListWidgetItem(title)
                item.setData(Qt.ItemDataRole.UserRole, name)
                self.topics.addItem(item)
        if self.topics.count():
            self.topics.setCurrentRow(0)
        else:
            self.text.setPlainText(tr("No topic holds these words."))

    def _chosen(self, item: QListWidgetItem | None, previous: QListWidgetItem | None) -> None:
        del previous
        if item is None:
            return
        name = item.data(Qt.ItemDataRole.UserRole)
        text = next(t for n, _, t in self._texts if n == name)
        # Only markdown, no HTML in it, and only of our own files: nothing from outside becomes markup.
        self.text.document().setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownNoHTML)
        self.text.moveCursor(self.text.textCursor().MoveOperation.Start)
