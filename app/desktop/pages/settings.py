"""Settings: the policy file, the day to judge by, who decides, language and look."""

from datetime import date

import msgspec
from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QPushButton,
)

from app.desktop import clock
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.page import Page, plain_label
from app.desktop.pages.tick import Tick
from app.desktop.snapshot import Snapshot
from app.desktop.theme import Colours
from app.settings import Preferences
from app.texts import tr

_LANGUAGES = (("", "The system's"), ("en", "English"), ("de", "Deutsch"))
_LOOKS = (("", "The system's"), ("light", "Light"), ("dark", "Dark"), ("contrast", "High contrast"))
_SIZES = (("100", "100 %"), ("125", "125 %"), ("150", "150 %"), ("200", "200 %"))


class SettingsPage(Page):
    """What is remembered on this computer. `saved` carries the new preferences."""

    saved = Signal(object)

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Settings"), theme)
        self.sentence.setText(tr("These settings are kept on this computer only."))
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFormAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(12)
        self.policy = QLineEdit()
        self.browse = QPushButton(tr("Choose…"))
        self.browse.setAccessibleName(tr("Choose policy file…"))
        self.browse.clicked.connect(self._browse)
        line = Flowing()
        line.addWidget(self.policy, 1)
        line.addWidget(self.browse)
        self.today = Tick(tr("today, whenever it is judged"))
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat(clock.day_format())
        self.day.setMinimumDate(QDate(2018, 5, 25))
        self.day.setDate(QDate.currentDate())
        self.today.toggled.connect(self.day.setDisabled)
        days = Flowing()
        days.addWidget(self.today)
        days.addWidget(self.day)
        days.addStretch(1)
        self.person = QLineEdit()
        self.person.setMaxLength(200)
        self.logo = QLineEdit()
        self.find_logo = QPushButton(tr("Choose…"))
        self.find_logo.setAccessibleName(tr("Choose the logo for reports…"))
        self.find_logo.clicked.connect(self._find_logo)
        picture = Flowing()
        picture.addWidget(self.logo, 1)
        picture.addWidget(self.find_logo)
        self.language = _combo(_LANGUAGES)
        self.look = _combo(_LOOKS)
        self.text_size = _combo(_SIZES)
        for name, field, shown in (
            (tr("Policy file"), self.policy, line),
            (tr("Judge by the law of"), self.day, days),
            (tr("Your name and role"), self.person, self.person),
            (tr("Logo for reports (PNG or JPEG)"), self.logo, picture),
            (tr("Language (from the next start)"), self.language, self.language),
            (tr("Look (from the next start)"), self.look, self.look),
            (tr("Size of text (from the next start)"), self.text_size, self.text_size),
        ):
            field.setAccessibleName(name)
            label = plain_label(name)
            label.setBuddy(field)
            form.addRow(label, shown)
        self.today.setAccessibleName(tr("Judge by the law of today"))
        self.store = plain_label("")
        self.store.setObjectName("quiet")
        self.store.setWordWrap(True)
        form.addRow(plain_label(tr("Store")), self.store)
        self.rows.addLayout(form)
        buttons = Flowing()
        self.save = QPushButton(tr("Save settings"))
        self.save.setObjectName("first")
        self.save.clicked.connect(self._save)
        self.told = plain_label("")
        buttons.addWidget(self.save)
        buttons.addWidget(self.told)
        buttons.addStretch(1)
        self.rows.addLayout(buttons)
        self.rows.addStretch(1)
        self._kept = Preferences()
        self.show_preferences(self._kept, "")

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Settings do not depend on what was judged."""

    def show_preferences(self, chosen: Preferences, store: str) -> None:
        """Fill the form."""
        self._kept = chosen
        self.policy.setText(chosen.policy)
        self.today.setChecked(not chosen.as_of)
        self.day.setEnabled(bool(chosen.as_of))
        if chosen.as_of:
            self.day.setDate(QDate.fromString(chosen.as_of, Qt.DateFormat.ISODate))
        self.person.setText(chosen.name)
        self.logo.setText(chosen.logo)
        self.language.setCurrentIndex(max(0, self.language.findData(chosen.language)))
        self.look.setCurrentIndex(max(0, self.look.findData(chosen.look)))
        self.text_size.setCurrentIndex(max(0, self.text_size.findData(str(chosen.text_size or 100))))
        self.store.setText(store)

    def chosen(self) -> Preferences:
        """What the form says now."""
        day = self.day.date().toPython()
        return msgspec.structs.replace(
            self._kept,
            policy=self.policy.text().strip(),
            as_of="" if self.today.isChecked() or not isinstance(day, date) else day.isoformat(),
            name=self.person.text().strip(),
            language=str(self.language.currentData()),
            look=str(self.look.currentData()),
            logo=self.logo.text().strip(),
            text_size=int(str(self.text_size.currentData())),
        )

    def _browse(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose policy file…"), self.policy.text(), "TOML (*.toml)")
        if name:
            self.policy.setText(name)

    def _find_logo(self) -> None:
        wanted = tr("Pictures") + " (*.png *.jpg *.jpeg)"
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose the logo for reports…"), self.logo.text(), wanted)
        if name:
            self.logo.setText(name)

    def _save(self) -> None:
        self._kept = self.chosen()
        self.told.setText(tr("Saved"))
        self.saved.emit(self._kept)


def _combo(items: tuple[tuple[str, str], ...]) -> QComboBox:
    box = QComboBox()
    for value, name in items:
        box.addItem(tr(name), value)
    box.setSizePolicy(box.sizePolicy().horizontalPolicy().Maximum, box.sizePolicy().verticalPolicy())
    return box
