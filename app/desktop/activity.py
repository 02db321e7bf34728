"""The activity bar: what is being done, for how long, and the button that ends it."""

from PySide6.QtCore import QElapsedTimer, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from app.desktop.pages.page import plain_label
from app.texts import tr


class Activity(QWidget):
    """One line at the bottom of the window; not there while it has nothing to say."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("activity")
        self.setAccessibleName(tr("Activity"))
        self.text = plain_label("")
        self.text.setWordWrap(True)
        wide = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # no path makes the window wider
        wide.setHeightForWidth(True)
        self.text.setSizePolicy(wide)
        self.elapsed = plain_label("")
        self.elapsed.setObjectName("quiet")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.setMaximumWidth(220)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel"))
        self.cancel.clicked.connect(self.cancelled)
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 6, 24, 6)
        line.setSpacing(12)
        line.addWidget(self.text, 1)
        line.addWidget(self.elapsed)
        line.addWidget(self.bar)
        line.addWidget(self.cancel)
        self._clock = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show_elapsed)
        self.rest("")

    @property
    def busy(self) -> bool:
        """Whether something runs."""
        return self._tick.isActive()

    def begin(self, text: str, *, can_stop: bool) -> None:
        """Something begins."""
        self._clock.start()
        self._tick.start()
        self.show()
        self._show_elapsed()
        self.elapsed.show()
        self.bar.show()
        self.cancel.setVisible(can_stop)
        self.cancel.setEnabled(True)
        self.step(text, -1)

    def step(self, text: str, percent: int) -> None:
        """How far it is; -1: not known."""
        self.text.setText(text)
        self.bar.setRange(0, 0 if percent < 0 else 100)
        self.bar.setValue(max(0, percent))

    def say(self, text: str) -> None:
        """A word beside what runs, or after it; without one, and with nothing running, the line goes."""
        self.text.setText(text)
        self.setVisible(bool(text) or self.busy)

    def stopping(self) -> None:
        """Cancel was pressed."""
        self.text.setText(tr("Stopping"))
        self.cancel.setEnabled(False)

    def rest(self, text: str) -> None:
        """Nothing runs any more; `text` says what became of it."""
        self._tick.stop()
        self.say(text)
        self.elapsed.hide()
        self.bar.hide()
        self.cancel.hide()

    def _show_elapsed(self) -> None:
        seconds = self._clock.elapsed() // 1000
        self.elapsed.setText(f"{seconds // 60}:{seconds % 60:02d}")
