"""The style sheet of a theme: hairlines instead of boxes, one accent, a focus that can be seen."""

from typing import TYPE_CHECKING

from resources import ROOT

if TYPE_CHECKING:
    from app.desktop.theme import Colours


def sheet(c: "Colours") -> str:
    """The style sheet for these colours."""
    icons = (ROOT / "icons").as_posix()
    down, check = f'url("{icons}/down-{c.name}.svg")', f'url("{icons}/check-{c.name}.svg")'
    strong = c.name == "contrast"  # there quiet is as white as the rest: what is off needs a sign of its own
    faint, off = ("#A6A6A6", "dashed") if strong else (c.quiet, "solid")
    return f"""
    QWidget {{ color: {c.ink}; }}
    QMainWindow, QDialog, QWizard, QMessageBox {{ background: {c.paper}; }}
    QListWidget#navigation {{ background: {c.panel}; border: none; border-right: 1px solid {c.line};
        padding-top: 10px; outline: none; }}
    QWidget#top {{ border-bottom: 1px solid {c.line}; }}
    QLabel#scope {{ color: {c.quiet}; padding: 7px 24px; }}
    QLabel#sample {{ color: {c.paper}; background: {c.not_checked}; padding: 1px 8px;
        border-radius: 3px; max-height: 1.5em; }}
    QLabel#quiet {{ color: {c.quiet}; }}
    QLabel#warning {{ color: {c.not_checked}; }}
    QLabel#wrong {{ color: {c.fail}; }}
    QFrame#hairline {{ background: {c.line}; border: none; max-height: 1px; min-height: 1px; }}
    QFrame#upright {{ background: {c.line}; border: none; max-width: 1px; min-width: 1px; }}
    QTableView {{ background: {c.paper}; border: 1px solid transparent; gridline-color: {c.line};
        selection-background-color: {c.selected}; selection-color: {c.ink};
        alternate-background-color: {c.panel}; outline: none; }}
    QTableView:focus {{ border: 1px solid {c.accent}; }}
    QHeaderView {{ background: {c.paper}; }}
    QHeaderView::section {{ background: {c.paper}; color: {c.quiet}; border: none;
        border-bottom: 1px solid {c.ink}; padding: 6px 8px; }}
    QHeaderView::section:hover {{ color: {c.ink}; }}
    QLineEdit, QComboBox, QDateEdit, QSpinBox, QDoubleSpinBox, QTimeEdit {{ background: {c.field};
        border: 1px solid {c.line}; border-radius: 4px; padding: 5px 8px; min-height: 1.3em; }}
    QLineEdit:hover, QComboBox:hover, QDateEdit:hover {{ border-color: {c.quiet}; }}
    QLineEdit:focus, QComboBox:focus, QDateEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QTimeEdit:focus {{
        border: 2px solid {c.accent}; padding: 4px 7px; }}
    QLineEdit:disabled, QComboBox:disabled, QDateEdit:disabled, QSpinBox:disabled {{ color: {faint};
        background: {c.panel}; }}
    QComboBox::drop-down, QDateEdit::drop-down {{ border: none; width: 1.8em; }}
    QComboBox::down-arrow, QDateEdit::down-arrow {{ image: {down}; width: 1em; height: 1em; }}
    QComboBox QAbstractItemView {{ background: {c.field}; border: 1px solid {c.line}; outline: none;
        selection-background-color: {c.selected}; selection-color: {c.ink}; }}
    QPushButton {{ background: {c.field}; border: 1px solid {c.line}; border-radius: 4px; padding: 6px 14px; }}
    QPushButton:hover {{ border-color: {c.accent}; }}
    QPushButton:pressed {{ background: {c.selected}; }}
    QPushButton:focus {{ border: 2px solid {c.accent}; padding: 5px 13px; }}
    QPushButton:disabled {{ color: {faint}; background: {c.panel}; border-style: {off}; }}
    QPushButton#first {{ background: {c.accent}; color: {c.paper}; border-color: {c.accent}; }}
    QPushButton#first:focus {{ border: 2px solid {c.ink}; }}
    QPushButton#first:disabled {{ background: {c.panel}; color: {faint}; border: 1px {off} {c.line}; }}
    QPushButton#link {{ background: transparent; border: 1px solid transparent; color: {c.accent};
        padding: 4px 6px; text-align: left; }}
    QPushButton#link:hover {{ text-decoration: underline; }}
    QPushButton#link:focus {{ border: 1px solid {c.accent}; padding: 4px 6px; }}
    QPushButton#link:disabled {{ color: {faint}; background: transparent; }}
    QPushButton#row {{ background: transparent; border: 1px solid transparent; text-align: left;
        padding: 6px 6px; border-radius: 4px; }}
    QPushButton#row:hover {{ background: {c.panel}; }}
    QPushButton#row:focus {{ border: 1px solid {c.accent}; padding: 6px 6px; }}
    QToolButton#chip {{ background: {c.paper}; border: 1px solid {c.line}; border-radius: 12px; padding: 4px 12px; }}
    QToolButton#chip:disabled {{ color: {faint}; background: {c.panel}; border-color: {c.panel}; }}
    QToolButton#chip:hover {{ border-color: {c.accent}; }}
    QToolButton#chip:checked {{ background: {c.selected}; border-color: {c.accent}; }}
    QToolButton#chip:focus {{ border: 2px solid {c.accent}; padding: 3px 11px; }}
    QToolButton#chip::menu-indicator {{ image: none; width: 0; }}
    QWidget#activity {{ border-top: 1px solid {c.line}; }}
    QProgressBar {{ background: {c.panel}; border: none; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    QCheckBox, QRadioButton {{ spacing: 8px; padding: 2px; border: 1px solid transparent; border-radius: 3px; }}
    QCheckBox:focus, QRadioButton:focus {{ border: 1px solid {c.accent}; }}
    QCheckBox::indicator, QTableView::indicator, QTreeView::indicator, QListWidget::indicator {{ width: 0.85em;
        height: 0.85em; border: 1px solid {c.quiet}; border-radius: 3px; background: {c.field}; }}
    QCheckBox::indicator:checked, QListWidget::indicator:checked {{ background: {c.accent};
        border-color: {c.accent}; image: {check}; }}
    QCheckBox::indicator:disabled {{ border-color: {c.line}; background: {c.panel}; }}
    QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {c.quiet}; border-radius: 8px;
        background: {c.field}; }}
    QRadioButton::indicator:checked {{ border: 5px solid {c.accent}; width: 6px; height: 6px; }}
    QAbstractScrollArea#pages {{ background: {c.panel}; border: 1px solid {c.line}; }}
    QAbstractScrollArea#pages:focus {{ border: 1px solid {c.accent}; }}
    QScrollArea#way {{ border: 1px solid transparent; }}
    QScrollArea#way:focus {{ border: 1px solid {c.accent}; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: {c.paper}; }}
    QTextEdit, QPlainTextEdit, QTextBrowser {{ background: {c.paper}; border: 1px solid transparent; }}
    QTextEdit#field, QPlainTextEdit#field {{ background: {c.field}; border: 1px solid {c.line}; border-radius: 4px;
        padding: 4px; }}
    QTextEdit:focus, QPlainTextEdit:focus, QListWidget:focus, QTextBrowser:focus {{ border: 1px solid {c.accent}; }}
    QListWidget, QTreeWidget {{ background: {c.paper}; border: 1px solid {c.line}; outline: none; }}
    QListWidget::item {{ padding: 5px 8px; }}
    QListWidget::item:selected {{ background: {c.selected}; color: {c.ink}; }}
    QListWidget#navigation:focus {{ border: none; border-right: 1px solid {c.line}; }}
    QMenu {{ background: {c.field}; border: 1px solid {c.line}; padding: 4px; }}
    QMenu::item {{ padding: 6px 22px; border-radius: 3px; }}
    QMenu::item:selected {{ background: {c.selected}; color: {c.ink}; }}
    QToolTip {{ background: {c.panel}; color: {c.ink}; border: 1px solid {c.line}; padding: 4px; }}
    QSplitter::handle {{ background: {c.line}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QSplitter::handle:vertical {{ height: 1px; }}
    QDialog#palette {{ background: {c.panel}; border: 1px solid {c.accent}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {c.line}; }}
    QTabBar::tab {{ background: transparent; color: {c.quiet}; border: none; border-bottom: 2px solid transparent;
        padding: 7px 14px; }}
    QTabBar::tab:selected {{ color: {c.ink}; border-bottom-color: {c.accent}; }}
    QTabBar::tab:focus {{ border: 1px solid {c.accent}; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 11px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 11px; margin: 0; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 4px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 32px; }}
    QScrollBar::handle:horizontal {{ min-width: 32px; }}
    QScrollBar::handle:hover {{ background: {c.quiet}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """
