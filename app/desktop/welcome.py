"""The first run: language, organisation, countries, what to look at first. Asked once, before the window is there."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.jobs import Reading
from app.desktop.pages.editors import Places
from app.desktop.pages.page import plain_label
from app.desktop.regions import in_order
from app.desktop.theme import sized
from app.settings import Preferences, SettingsError, save_preferences
from app.texts import language, tr

LANGUAGES = (("en", "English"), ("de", "Deutsch"))
SAMPLE, FILES, CLOUD, NOTHING = "sample", "files", "cloud", ""


def needed(folder: Path, store: str | Path) -> bool:
    """Whether nobody has used Situs here yet: no settings, and no store."""
    return not (folder / "settings.toml").exists() and isinstance(store, Path) and not store.exists()


class Welcome(QDialog):
    """Three short pages. What is given is kept when the last one is left; Skip keeps only the language.

    `speak` switches the language of the program. Afterwards `wanted` says what to begin with, `chosen` what was kept.
    """

    def __init__(self, folder: Path, speak: Callable[[str], object]) -> None:
        super().__init__()
        self._folder, self._speak = folder, speak
        self.wanted = NOTHING
        self._keeping = False
        self.chosen = Preferences(language=language())
        self.resize(640, 460)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(32, 28, 32, 20)
        lines.setSpacing(12)
        self.heading, self.question = plain_label(""), plain_label("")
        self.heading.setFont(sized(16, bold=True))
        self.question.setWordWrap(True)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._who())
        self.wrong = plain_label("")
        self.wrong.setObjectName("wrong")
        self.wrong.setWordWrap(True)
        self.skip, self.back, self.next = QPushButton(), QPushButton(), QPushButton()
        self.next.setObjectName("first")
        bar = QHBoxLayout()
        bar.addWidget(self.skip)
        bar.addStretch(1)
        bar.addWidget(self.back)
        bar.addWidget(self.next)
        for part in (self.heading, self.question):
            lines.addWidget(part)
        lines.addWidget(self.pages, 1)
        lines.addWidget(self.wrong)
        lines.addLayout(bar)
        self.skip.clicked.connect(self.reject)
        self.back.clicked.connect(lambda: self._turn(self.pages.currentIndex() - 1))
        self.next.clicked.connect(lambda: self._turn(self.pages.currentIndex() + 1))
        self.skip.setAutoDefault(False)
        self.back.setAutoDefault(False)
        self.next.setDefault(True)
        self._say()

    def _say(self) -> None:
        """Everything in the language in use; what was typed on the first page stays."""
        self.setWindowTitle(tr("Welcome to Situs"))
        self.skip.setText(tr("Skip"))
        self.back.setText(tr("Back"))
        self.person.setPlaceholderText(tr("Your name, and your role after a comma"))
        for label, name in zip(
            self._labels, (tr("Language"), tr("Organisation"), tr("Your name and role")), strict=True
        ):
            label.setText(name)
            label.buddy().setAccessibleName(name)
        while self.pages.count() > 1:
            if (old := self.pages.widget(1)) is not None:
                self.pages.removeWidget(old)
                old.deleteLater()
        self.pages.addWidget(self._where())
        self.pages.addWidget(self._first())
        in_order(self.pages, self.skip, self.back, self.next)
        self._turn(0)

    def _who(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 12, 0, 0)
        form.setVerticalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.language = QComboBox()
        for code, name in LANGUAGES:
            self.language.addItem(name, code)
        self.language.setCurrentIndex(max(0, self.language.findData(language())))
        self.language.currentIndexChanged.connect(self._language_changed)
        self.organisation, self.person = QLineEdit(), QLineEdit()
        self._labels: list[QLabel] = []
        for field in (self.language, self.organisation, self.person):
            label = plain_label("")
            label.setBuddy(field)
            self._labels.append(label)
            form.addRow(label, field)
        for line in (self.organisation, self.person):
            line.setMaxLength(200)
        return page

    def _where(self) -> QWidget:
        self.places = Places(tr("In which countries may personal data be stored?"), None)
        return self.places.widget()

    def _first(self) -> QWidget:
        page = QWidget()
        lines = QVBoxLayout(page)
        lines.setContentsMargins(0, 12, 0, 0)
        lines.setSpacing(10)
        self.begin: dict[str, QPushButton] = {}
        for what, text, note in (
            (SAMPLE, tr("Explore the sample estate"), tr("An invented company, marked as SAMPLE. Half a minute.")),
            (
                FILES,
                tr("Read exported files…"),
                tr("Files that your platform team exported. They stay on this computer."),
            ),
            (
                CLOUD,
                tr("Connect a cloud…"),
                tr("With a read-only role; the letter to your administrator is written for you."),
            ),
        ):
            button = QPushButton(text)
            button.setAccessibleDescription(note)
            button.setAutoDefault(True)
            button.clicked.connect(partial(self._begin, what))
            self.begin[what] = button
            lines.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            told = plain_label(note)
            told.setObjectName("quiet")
            told.setWordWrap(True)
            lines.addWidget(told)
        lines.addStretch(1)
        return page

    def _turn(self, number: int) -> None:
        if number >= self.pages.count():
            self._begin(NOTHING)
            return
        heads = (
            (tr("Welcome to Situs"), tr("Three short questions. All of it can be changed later, or skipped.")),
            (
                tr("In which countries may personal data be stored?"),
                tr("What lies elsewhere is then told as a violation. Leave it open if nobody has decided yet."),
            ),
            (tr("What do you want to look at first?"), ""),
        )
        self.pages.setCurrentIndex(number)
        self.heading.setText(heads[number][0])
        self.question.setText(heads[number][1])
        self.question.setVisible(bool(heads[number][1]))
        self.back.setVisible(number > 0)
        self.next.setText(tr("Continue") if number + 1 < self.pages.count() else tr("Look around"))
        first: QWidget = (self.language, self.places.groups["EEA"], self.begin[SAMPLE])[number]
        first.setFocus(Qt.FocusReason.TabFocusReason)
        self.wrong.setText("")

    def _language_changed(self) -> None:
        self._speak(str(self.language.currentData()))
        self._say()

    def _begin(self, what: str) -> None:
        """Keep what was given, then go: in a worker, since the countries are looked up."""
        if self._keeping:
            return
        self._keeping = True
        policy = {"organisation": self.organisation.text().strip(), "allowed_countries": self.places.value()}
        chosen = {name: value for name, value in policy.items() if value}
        self.chosen = Preferences(language=language(), name=self.person.text().strip())
        Reading(partial(_kept, self._folder, self.chosen, chosen), partial(self._kept, what)).start()

    def _kept(self, what: str, found: object, wrong: str) -> None:
        self._keeping = False
        if wrong:
            self._turn(1)
            self.wrong.setText(wrong)
            return
        if isinstance(found, Preferences):
            self.chosen = found
        self.wanted = what
        self.accept()

    def reject(self) -> None:
        """Skipped: only the language is remembered, so that nobody is asked again."""
        self.chosen = Preferences(language=language())
        with suppress(SettingsError):  # the window says so as soon as it wants to keep something
            save_preferences(self._folder, self.chosen)
        super().reject()


def _kept(folder: Path, chosen: Preferences, policy: Mapping[str, Any]) -> Preferences:
    """Write the policy, then the settings that name it; runs in a worker. Raises PolicyError or SettingsError."""
    if policy:
        from app.edition.installed import current
        from app.policyedit import save

        path = folder / "policy.toml"
        folder.mkdir(parents=True, exist_ok=True)
        save(path, policy, current(), datetime.now(UTC).date())
        chosen = msgspec.structs.replace(chosen, policy=str(path))
    save_preferences(folder, chosen)
    return chosen
