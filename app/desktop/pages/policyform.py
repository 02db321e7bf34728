"""The form of one setting: its question, who asks for it, the answer, and what the answer catches."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.desktop.pages import editors, records
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.page import hairline, plain_label
from app.desktop.pages.policypreview import PolicyPreview
from app.desktop.pages.records import Records
from app.desktop.pages.sheet import Sheet
from app.desktop.regions import in_order
from app.desktop.snapshot import PolicyRow
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr, trn
from rules.policy.fields import OTHER, RECORDS, SETTINGS
from rules.policy.records import CLASSES

if TYPE_CHECKING:
    from app.policyedit import Caught

_PAUSE = 300
_THINK = 900
_COUNTED = ("tag_map", "classify")


class PolicyForm(QWidget):
    """`saved` carries the name of a setting and its value (None: taken out); `counted` asks what lines catch.

    `supposed` carries the same as `saved` and asks what it would change: where something was judged, only an answer
    whose difference is on the screen can be saved.
    """

    saved = Signal(str, object)
    supposed = Signal(str, object)
    counted = Signal(object)

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.theme = theme
        self._row: PolicyRow | None = None
        self._settings: Mapping[str, Any] = {}
        self._rules: Mapping[str, str] = {}
        self._editable = True
        self.editor: Any = None
        lines = QVBoxLayout(self)
        lines.setContentsMargins(12, 0, 0, 0)
        lines.setSpacing(8)
        self.sheet = Sheet(theme, tr("Setting in full"), tr("Choose a question to answer it."))
        lines.addWidget(self.sheet, 1)
        lines.addWidget(hairline())
        self._room = QVBoxLayout()
        lines.addLayout(self._room, 2)
        self.caught = Sheet(theme, tr("Assets that the line catches"))
        self.caught.hide()
        lines.addWidget(self.caught, 1)
        self.preview = PolicyPreview(theme)
        lines.addWidget(self.preview, 3)
        self.wrong = plain_label("")
        self.wrong.setObjectName("wrong")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        lines.addWidget(self.wrong)
        bar = Flowing()
        self.show_difference = QPushButton(tr("Show what it changes"))
        self.show_difference.clicked.connect(self._suppose)
        self.save = QPushButton(tr("Save and judge again"))
        self.save.setObjectName("first")
        self.save.clicked.connect(self._save)
        self.forget = QPushButton(tr("Leave undecided"))
        self.forget.clicked.connect(self._forget)
        for button in (self.show_difference, self.save, self.forget):
            bar.addWidget(button)
        bar.addStretch(1)
        lines.addLayout(bar)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._count)
        self._think = QTimer(self)
        self._think.setSingleShot(True)
        self._think.setInterval(_THINK)
        self._think.timeout.connect(self._suppose)
        self._judged = self._live = self._out = False
        self._found: Caught | None = None
        self.show_row(None)

    def show_judged(self, judged: bool, *, live: bool) -> None:
        """Whether there is a judgement to compare with; `live`: it is small enough to compare while one types."""
        self._judged, self._live = judged, live
        self._enable()

    def know_rules(self, rules: Mapping[str, str]) -> None:
        """Ids and titles of the rules of the latest judgement, for settings that name rules."""
        self._rules = rules

    def holds(self, settings: Mapping[str, Any], *, editable: bool) -> bool:
        """Whether these are the settings that the form was made from."""
        return self._settings == settings and self._editable == editable and self.editor is not None

    def set_settings(self, settings: Mapping[str, Any], *, editable: bool) -> None:
        """What the policy file says now."""
        self._settings, self._editable = settings, editable

    def show_row(self, row: PolicyRow | None) -> None:
        """Show this setting."""
        self._row = row
        self._found = None
        self._changed_here = self._out = False
        self._think.stop()
        self.preview.forget()
        self.wrong.hide()
        self.caught.hide()
        self.sheet.clear()
        if self.editor is not None:
            self.editor.widget().setParent(None)
            self.editor.widget().deleteLater()
            self.editor = None
        self._enable()
        if row is None:
            return
        self._tell(row)
        self.editor = editor_of(row.name, self._settings.get(row.name), row.question, self._rules)
        self._room.addWidget(self.editor.widget())
        self.editor.widget().setEnabled(self._editable)
        self.editor.changed.connect(self._changed)
        last = (self.show_difference, self.save, self.forget)
        in_order(self.sheet, self.editor.widget(), self.caught, self.preview, *last)
        if isinstance(self.editor, Records):
            self.editor.chosen.connect(self._show_caught)
        if row.name in _COUNTED:
            self._pause.start()

    def _tell(self, row: PolicyRow) -> None:
        sheet = self.sheet
        sheet.title(row.question)
        if row.waiting:
            sheet.say(
                trn("{n} verdict waits.", "{n} verdicts wait.", row.waiting).format(n=words.number(row.waiting)),
                self.theme.not_checked,
            )
        sheet.heading(tr("Answer of the latest judgement"))
        sheet.say(row.value or tr("Not decided."))
        if row.rules:
            sheet.heading(tr("Rules that ask for it"))
            sheet.say(", ".join(row.rules))
        sheet.heading(tr("Name in the policy file"))
        sheet.code(row.name)
        if not self._editable:
            sheet.say(tr("The policy of the sample estate belongs to the program and cannot be changed."))
        sheet.top()

    def _changed(self) -> None:
        self._changed_here, self._out = True, False
        self.preview.forget()
        self.wrong.hide()
        self._enable()
        whole = not isinstance(
            self.editor, Records | _One | records.Severities
        )  # a table is half filled in until somebody says it is not
        if whole and self._judged and self._live and self._editable:
            self._think.start()
        if self._row is not None and self._row.name in _COUNTED:
            self._pause.start()

    def answer(self) -> Any:
        """What the form says now."""
        value = self.editor.value() if self.editor is not None else None
        if self._row is not None and self._row.name == "tag_map":
            return records.tag_map(value)
        return value

    def _count(self) -> None:
        if self._row is not None and self.editor is not None:
            self.counted.emit(
                {**self._settings, self._row.name: self.answer() or ([] if self._row.name == "classify" else {})}
            )

    def add_lines(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Put lines behind those that are there; the person says what they state, and saves."""
        if isinstance(self.editor, Records):
            for entry in entries:
                self.editor.add_entry(entry)

    def show_caught(self, found: "Caught", tags: Mapping[tuple[str, str], int]) -> None:
        """What the lines catch."""
        if self._row is None or not isinstance(self.editor, Records):
            return
        self._found = found
        if self._row.name == "classify":
            self.editor.show_counts(found.counts)
        elif self._row.name == "tag_map":
            plain: dict[tuple[str, str], int] = {}
            for (key, value), n in tags.items():
                pair = key.strip().casefold(), value.strip().casefold()
                plain[pair] = plain.get(pair, 0) + n
            rows: list[dict[str, Any]] = self.editor.value() or []
            pairs = [(str(r.get("tag", "")).casefold(), str(r.get("value", "")).casefold()) for r in rows]
            self.editor.show_counts([plain.get(pair, 0) for pair in pairs])
        self._show_caught(self.editor.table.currentRow())

    def _show_caught(self, number: int) -> None:
        found = self._found
        if found is None or self._row is None or self._row.name not in _COUNTED:
            return
        sheet = self.caught
        sheet.clear()
        sheet.show()
        left = trn(
            "{n} asset that holds data has no class.", "{n} assets that hold data have no class.", found.left
        ).format(n=words.number(found.left))
        if self._row.name == "classify" and 0 <= number < len(found.counts):
            sheet.title(
                trn("This line catches one asset.", "This line catches {n} assets.", found.counts[number]).format(
                    n=words.number(found.counts[number])
                )
            )
            for name, account, uid in found.some[number]:
                sheet.say(f"{name} · {account}")
                sheet.code(uid)
        else:
            sheet.title(left)
            for name, account, uid in found.left_some:
                sheet.say(f"{name} · {account}")
                sheet.code(uid)
        sheet.top()

    def show_wrong(self, text: str) -> None:
        """Why it was not saved."""
        self.wrong.setText(text)
        self.wrong.show()
        self.preview.hide()
        self._enable()

    def show_answer(self, answer: Mapping[str, Any], names: Mapping[str, str]) -> None:
        """What saving would change; from now on it can be saved."""
        self.preview.show_difference(answer, names)
        self._enable()

    def _enable(self) -> None:
        row, may = self._row, self._editable and self._changed_here
        for button in (self.forget, self.show_difference):
            button.setVisible(row is not None and (button is self.forget or self._judged))
        if row is not None:
            self.forget.setText(tr("Leave undecided") if row.decision else tr("Back to the default"))
        self.forget.setEnabled(row is not None and row.name in self._settings and self._editable)
        looked = not self._judged or self.preview.seen(self._wanted())
        self.save.setEnabled(may and looked)
        self.show_difference.setEnabled(may and not looked)

    def _wanted(self) -> Any:
        return None if self._out else self.answer()

    def _suppose(self) -> None:
        if self._row is not None and self._changed_here:
            self._think.stop()
            self.wrong.hide()
            self.preview.wait(self._wanted())
            self.supposed.emit(self._row.name, self._wanted())

    def _save(self) -> None:
        if self._row is not None:
            self.save.setEnabled(False)
            self.saved.emit(self._row.name, self._wanted())

    def _forget(self) -> None:
        if self._row is None:
            return
        self._changed_here = self._out = True
        if self._judged:
            self._suppose()
        else:
            self._save()


def editor_of(name: str, value: Any, label: str, rules: Mapping[str, str] | None = None) -> Any:
    """The form for a setting, by the type that it declares; `rules`: ids and titles, where it names rules."""
    type_ = SETTINGS[name].type if name in SETTINGS else OTHER[name]
    if name == "tag_map":
        return Records(label, records.TAGS, records.tag_rows(value), counted=True)
    if name == "classify":
        return Records(label, records.CLASSIFY, value, counted=True)
    if type_.startswith("records["):
        return Records(label, RECORDS[type_[8:-1]], value)
    if type_.startswith("table["):
        table = RECORDS[type_[6:-1]]
        return _One(Records(label, table, None if value is None else [value]))
    match type_:
        case "places":
            return editors.Places(label, value)
        case "bool":
            return editors.Flag(label, value)
        case "list[class]":
            return editors.Classes(label, value)
        case "map[class,custody]":
            return editors.PerClass(value, "custody")
        case "map[class,days]":
            return editors.PerClass(value, "days")
        case "list[text]":
            return editors.Lines(label, value, tr("one a line"))
        case "map[provider,list[text]]":
            return editors.Lines(label, value, tr("one provider a line: aws = boundary; boundary"), pairs=True)
        case _ if name == "severities":
            return records.Severities(label, value, rules or {})
        case "class":
            return editors.Word(label, value, [(c, words.data_class(c)) for c in CLASSES])
        case "level":
            return editors.Word(label, value, [(n, f"{n} · {tr(_LEVELS[n])}") for n in range(5)])
        case "days":
            return editors.Text(label, value, tr("days"), editors.whole)
        case "share":
            return editors.Text(label, value, tr("a share from 0 to 1"), editors.number)
        case "number":
            return editors.Text(label, value, tr("a number"), editors.number)
        case _ if type_.startswith("word("):
            return editors.Word(label, value, [(w, w.replace("_", " ")) for w in type_[5:-1].split("|")])
        case _:
            return editors.Text(label, value, "")


_LEVELS = (
    "any operator",
    "EU law applies too",
    "with technical brakes",
    "operators controlled from the EU only",
    "no dependence at all",
)


class _One:
    """A table of one row whose value is the row."""

    def __init__(self, form: Records) -> None:
        self._form = form
        self.changed = form.changed

    def widget(self) -> QWidget:
        """The form itself."""
        return self._form

    def value(self) -> Any:
        """The row; whole numbers where there are some."""
        rows: list[dict[str, Any]] = self._form.value() or []
        if not rows:
            return None
        return {k: int(v) if isinstance(v, str) and v.isdecimal() else v for k, v in rows[0].items()}
