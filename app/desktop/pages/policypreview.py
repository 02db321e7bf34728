"""What saving an answer of the policy would change: shown in the form before anything is stored."""

from collections.abc import Mapping
from typing import Any

from app.desktop.pages.sheet import Sheet
from app.desktop.pages.whatif import in_a_line, in_numbers, supposed
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr, trn

_MOST = 100


class PolicyPreview(Sheet):
    """The difference in findings that one answer makes. `seen` tells whether it is of this very answer."""

    def __init__(self, theme: Colours) -> None:
        super().__init__(theme, tr("What it changes"))
        self._of: str | None = None
        self._asked = ""
        self.setMinimumHeight(self.fontMetrics().height() * 6)
        self.hide()

    def forget(self) -> None:
        """Another answer is being given."""
        self._of, self._asked = None, ""
        self.hide()

    def seen(self, value: object) -> bool:
        """Whether the difference that is shown is that of this answer."""
        return self._of == repr(value)

    def wait(self, value: object) -> None:
        """It is being worked out."""
        self._of, self._asked = None, repr(value)
        self.clear()
        self.quiet(tr("Working out what it changes. Nothing is stored."))
        self.show()

    def show_difference(self, answer: Mapping[str, Any], names: Mapping[str, str]) -> None:
        """What the child process found."""
        self._of = self._asked
        rows = supposed(answer)
        self.clear()
        self.title(in_numbers(answer) if rows else tr("No finding changes."))
        self.quiet(tr("Nothing is stored yet."))
        for row in rows[:_MOST]:
            self.say(in_a_line(row, names))
        if len(rows) > _MOST:
            more = len(rows) - _MOST
            self.quiet(trn("and {n} more", "and {n} more", more).format(n=words.number(more)))
        self.top()
        self.show()
