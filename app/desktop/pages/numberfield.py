"""A field for a whole number: typed, or stepped by the arrow keys; without the small buttons that nobody hits."""

from PySide6.QtWidgets import QSpinBox

_MARGIN = 8


def number_field(least: int, most: int, zero: str) -> QSpinBox:
    """From `least` to `most`; `zero` stands for the least."""
    field = QSpinBox()
    field.setRange(least, most)
    field.setSpecialValueText(zero)
    # `NoButtons` leaves the field empty under a style sheet: the buttons are there, without any width.
    field.setStyleSheet("QSpinBox::up-button, QSpinBox::down-button { width: 0px; border: none; }")
    field.lineEdit().setTextMargins(_MARGIN, 0, _MARGIN, 0)
    return field
