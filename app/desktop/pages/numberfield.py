"""A field for a whole number: typed, or stepped by the arrow keys; without the small buttons that nobody hits."""

from PySide6.QtWidgets import QAbstractSpinBox, QSpinBox, QTimeEdit

_MARGIN = 8


def number_field(least: int, most: int, zero: str) -> QSpinBox:
    """From `least` to `most`; `zero` stands for the least."""
    field = QSpinBox()
    field.setRange(least, most)
    field.setSpecialValueText(zero)
    bare(field)
    return field


def bare(field: QAbstractSpinBox) -> None:
    """Without the small buttons; the arrow keys still step."""
    # `NoButtons` leaves the field empty under a style sheet: the buttons are there, without any width.
    kind = "QTimeEdit" if isinstance(field, QTimeEdit) else "QSpinBox"
    field.setStyleSheet(f"{kind}::up-button, {kind}::down-button {{ width: 0px; border: none; }}")
    field.lineEdit().setTextMargins(_MARGIN, 0, _MARGIN, 0)
