"""Cells of the forms for lists: codes are shown as words, chosen from lists, and given back as codes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.desktop.pages.editors import PROVIDERS, day
from app.report import words
from app.report.meanings import meaning
from app.texts import tr
from rules.policy.records import CLASSES

_LIST: Final = "list["
SEVERITY: Final = "severity"
RULE: Final = "rule"


class Meaning:
    """What the codes of one column are called; empty where people type what they like.

    `rules`: id → title, for columns of rules.
    """

    def __init__(self, column: str, type_: str, rules: Mapping[str, str]) -> None:
        self._type = type_.removesuffix("!")
        self._listed = self._type.startswith(_LIST) or self._type == "places"
        self.words = _called(column, self._type.removeprefix(_LIST).removesuffix("]"), rules)
        self.open = self._type == RULE
        self._codes = {text.casefold(): code for code, text in self.words.items()}

    @property
    def offered(self) -> Sequence[str]:
        """Words to choose from."""
        return () if self._listed else tuple(self.words.values())

    def shown(self, value: Any) -> str:
        """What a cell says of a value."""
        if value is None:
            return ""
        if isinstance(value, list | tuple):
            return "; ".join(self._word(v) for v in cast("list[object]", value))
        return self._word(value)

    def read(self, text: str) -> Any:
        """What a cell stands for; the text itself where it stands for nothing: checking the policy says what is
        wrong."""
        if self._type == "bool":
            code = self._codes.get(text.casefold(), text.casefold())
            return {"true": True, "false": False}.get(code, text)
        if self._type == "date":
            try:
                return day(text)
            except ValueError:
                return text
        if self._listed:
            return [self._code(part.strip()) for part in text.replace("\n", ";").split(";") if part.strip()]
        if self.open:
            return text.partition(" · ")[0].strip()
        if self._type == "country" and len(text) == 2:
            return text.upper()
        return self._code(text)

    def _word(self, value: object) -> str:
        code = str(value).lower() if isinstance(value, bool) else str(value)
        return self.words.get(code, code)

    def _code(self, text: str) -> str:
        return self._codes.get(text.casefold(), text)


def _called(column: str, type_: str, rules: Mapping[str, str]) -> dict[str, str]:
    """Code → words, for types whose values are codes."""
    if type_ == "bool":
        return {"true": tr("yes"), "false": tr("no")}
    if type_ == "class":
        return {code: words.data_class(code) for code in CLASSES}
    if type_ == "provider":
        return {code: words.provider(code) for code in PROVIDERS}
    if type_ == RULE:
        return {rule: f"{rule} · {title}" for rule, title in rules.items()}
    if type_.startswith("word("):
        codes = type_[5:-1].split("|")
        if column == SEVERITY:
            return {code: words.severity(code) for code in codes}
        return {code: meaning(column, code) or tr(code.replace("_", " ")) for code in codes}
    return {}


class Choices(QStyledItemDelegate):
    """Words are chosen from a list, everything else is typed."""

    def __init__(self, parent: QWidget, columns: Sequence[Meaning | None]) -> None:
        super().__init__(parent)
        self._columns = list(columns)

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """A list of words, or a line."""
        column = self._columns[index.column()]
        if column is None or not column.offered:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        box.setEditable(column.open)
        box.addItems(["", *column.offered])
        if column.open:
            finder = QCompleter(list(column.offered), box)
            finder.setFilterMode(Qt.MatchFlag.MatchContains)
            finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            box.setCompleter(finder)
        return box

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: N802
        """Begin with what is there."""
        if isinstance(editor, QComboBox):
            text = str(index.data() or "")
            if editor.findText(text) < 0:
                editor.addItem(text)  # a word that the list does not offer stays what it is
            editor.setCurrentText(text)
        else:
            super().setEditorData(editor, index)

    def setModelData(  # noqa: N802 - Qt's name
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Keep what was chosen."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        else:
            super().setModelData(editor, model, index)
