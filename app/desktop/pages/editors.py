"""Plain forms for settings of the policy, made from the type that each setting declares."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.pages.flowing import Flowing
from app.desktop.pages.page import plain_label
from app.desktop.pages.tick import Tick
from app.report import words
from app.texts import tr
from rules.policy.records import CLASSES, CUSTODY

PROVIDERS = ("aws", "azure", "gcp", "kubernetes", "on_prem")


class Editor(Protocol):
    """A form for one value. `changed` tells of every change; None as a value: not decided."""

    changed: Any

    def value(self) -> Any:
        """What the form says now, as TOML would hold it."""
        ...

    def widget(self) -> QWidget:
        """The form itself."""
        ...


class _Form(QWidget):
    changed = Signal()

    def widget(self) -> QWidget:
        """The form itself."""
        return self

    def value(self) -> Any:
        """What the form says now."""
        raise NotImplementedError


class Text(_Form):
    """One line; a number, a share, a date or a word where `read` makes one of it."""

    def __init__(self, name: str, value: Any, hint: str, read: Callable[[str], Any] = str) -> None:
        super().__init__()
        self._read = read
        self.line = QLineEdit("" if value is None else str(value))
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(hint)
        self.line.textChanged.connect(self.changed)
        _column(self, [self.line])

    def value(self) -> Any:
        """The text, or what it stands for; the text itself where it stands for nothing."""
        text = self.line.text().strip()
        if not text:
            return None
        try:
            return self._read(text)
        except ValueError:
            return text


class Flag(_Form):
    """Yes, no, or not decided."""

    def __init__(self, name: str, value: Any) -> None:
        super().__init__()
        self.box = QComboBox()
        self.box.setAccessibleName(name)
        for text, answer in ((tr("not decided"), None), (tr("yes"), True), (tr("no"), False)):
            self.box.addItem(text, answer)
        self.box.setCurrentIndex({True: 1, False: 2}.get(value, 0))
        self.box.currentIndexChanged.connect(self.changed)
        _column(self, [self.box])

    def value(self) -> Any:
        """True, False or None."""
        return self.box.currentData()


class Word(_Form):
    """One of several words, or none."""

    def __init__(self, name: str, value: Any, offered: Sequence[tuple[Any, str]]) -> None:
        super().__init__()
        self.box = QComboBox()
        self.box.setAccessibleName(name)
        self.box.addItem(tr("not decided"), None)
        for code, text in offered:
            self.box.addItem(text, code)
        self.box.setCurrentIndex(max(0, self.box.findData(value)))
        self.box.currentIndexChanged.connect(self.changed)
        _column(self, [self.box])

    def value(self) -> Any:
        """The word, or None."""
        return self.box.currentData()


class Places(_Form):
    """Countries and groups of countries."""

    GROUPS = ("EU", "EEA", "ADEQUATE")

    def __init__(self, name: str, value: Any) -> None:
        super().__init__()
        listed: list[Any] = list(value or [])
        given = [str(v) for v in listed]
        self._decided = value is not None
        self.groups: dict[str, QCheckBox] = {}
        lines: list[QWidget] = []
        for code, text in (
            ("EU", tr("the European Union")),
            ("EEA", tr("the European Economic Area")),
            ("ADEQUATE", tr("countries with an adequacy decision")),
        ):
            box = Tick(text)
            box.setAccessibleName(text)
            box.setChecked(code in given)
            box.toggled.connect(self.changed)
            self.groups[code] = box
            lines.append(box)
        self.more = QLineEdit(", ".join(c for c in given if c not in self.GROUPS))
        self.more.setAccessibleName(f"{name}: {tr('further countries')}")
        self.more.setPlaceholderText(tr("further countries by their codes, such as CH, GB, JP"))
        self.more.textChanged.connect(self.changed)
        _column(self, [*lines, self.more])

    def value(self) -> Any:
        """Codes; None where nothing was chosen and nothing had been decided."""
        codes = [code for code, box in self.groups.items() if box.isChecked()]
        codes += [part.strip().upper() for part in self.more.text().replace(";", ",").split(",") if part.strip()]
        return codes if codes or self._decided else None


class Classes(_Form):
    """Some of the classes of data."""

    def __init__(self, name: str, value: Any) -> None:
        super().__init__()
        self.decided = Tick(tr("decided"))
        self.decided.setAccessibleName(f"{name}: {tr('decided')}")
        self.decided.setChecked(value is not None)
        self.boxes: dict[str, QCheckBox] = {}
        for code in CLASSES:
            box = Tick(words.data_class(code))
            box.setAccessibleName(words.data_class(code))
            box.setChecked(code in (value or []))
            box.toggled.connect(self._ticked)
            self.boxes[code] = box
        self.decided.toggled.connect(self.changed)
        _column(self, [*self.boxes.values(), self.decided])

    def _ticked(self, on: bool) -> None:
        if on:
            self.decided.setChecked(True)
        self.changed.emit()

    def value(self) -> Any:
        """Classes; an empty list says that there is none; None: not decided."""
        found = [code for code, box in self.boxes.items() if box.isChecked()]
        return found if found or self.decided.isChecked() else None


class PerClass(_Form):
    """For each class of data one answer: who holds the key, or how many days."""

    def __init__(self, value: Any, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self.fields: dict[str, QComboBox | QLineEdit] = {}
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        given: dict[str, Any] = dict(value or {})
        for code in CLASSES:
            name = words.data_class(code)
            if kind == "custody":
                box = QComboBox()
                box.addItem(tr("not decided"), None)
                for custody in CUSTODY:
                    box.addItem(words.custody(custody), custody)
                box.setCurrentIndex(max(0, box.findData(given.get(code))))
                box.currentIndexChanged.connect(self.changed)
                field: QComboBox | QLineEdit = box
            else:
                field = QLineEdit("" if given.get(code) is None else str(given[code]))
                field.setPlaceholderText(tr("days; empty: not decided"))
                field.textChanged.connect(self.changed)
            field.setAccessibleName(name)
            self.fields[code] = field
            label = plain_label(name)
            label.setBuddy(field)
            form.addRow(label, field)

    def value(self) -> Any:
        """Class → answer, for those that were decided; None where none was."""
        found: dict[str, Any] = {}
        for code, field in self.fields.items():
            if isinstance(field, QComboBox):
                answer = field.currentData()
            else:
                text = field.text().strip()
                answer = int(text) if text.isdecimal() else text or None
            if answer is not None:
                found[code] = answer
        return found or None


class Lines(_Form):
    """Texts, one a line. `pairs`: each line is NAME = TEXT; TEXT, and the value a table of lists."""

    def __init__(self, name: str, value: Any, hint: str, *, pairs: bool = False) -> None:
        super().__init__()
        self._pairs, self._decided = pairs, value is not None
        if self._pairs:
            told: dict[str, Any] = dict(value or {})
            shown = "\n".join(f"{k} = {'; '.join(v)}" for k, v in told.items())
        else:
            shown = "\n".join(map(str, value or []))
        self.text = QPlainTextEdit(shown)
        self.text.setObjectName("field")
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(name)
        self.text.setPlaceholderText(hint)
        self.text.setMaximumHeight(self.fontMetrics().height() * 8)
        self.text.textChanged.connect(self.changed)
        self.none = Tick(tr("decided: there is none"))
        self.none.setAccessibleName(self.none.text())
        self.none.setChecked(self._decided and not value)
        self.none.toggled.connect(self.changed)
        _column(self, [self.text, self.none])

    def value(self) -> Any:
        """The texts; an empty list where it was decided that there is none; None: not decided."""
        rows = [row.strip() for row in self.text.toPlainText().splitlines() if row.strip()]
        if not rows:
            return ({} if self._pairs else []) if self.none.isChecked() else None
        if not self._pairs:
            return rows
        found: dict[str, Any] = {}
        for row in rows:
            key, _, rest = row.partition("=")
            found[key.strip()] = [part.strip() for part in rest.split(";") if part.strip()]
        return found


def day(text: str) -> date:
    """A day as 2026-11-22 or 22.11.2026. Raises ValueError."""
    parts = text.split(".")
    if len(parts) == 3:
        return date(int(parts[2]), int(parts[1]), int(parts[0]))
    return date.fromisoformat(text)


def whole(text: str) -> int:
    """A whole number. Raises ValueError."""
    return int(text)


def number(text: str) -> float:
    """A number, its decimals behind a point or a comma. Raises ValueError."""
    return float(text.replace(",", "."))


def _column(holder: QWidget, widgets: Sequence[QWidget]) -> None:
    lines = QVBoxLayout(holder)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(6)
    for widget in widgets:
        lines.addWidget(widget)
    lines.addStretch(1)


def buttons(*made: QPushButton) -> Flowing:
    """Buttons in a line."""
    line = Flowing()
    line.setSpacing(8)
    for button in made:
        line.addWidget(button)
    line.addStretch(1)
    return line
