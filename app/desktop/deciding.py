"""What people decide in the window: recorded by a worker, judged again where verdicts change."""

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from app.decisions import people
from app.desktop import decide
from app.desktop.decide import Wanted
from app.desktop.palette import Entry
from app.desktop.record import Record
from app.report import words
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.desktop.desk import Desk


class Deciding:
    """Belongs to a desk; connects the Findings page and the log to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        w = desk.window
        w.when("findings", lambda: w.findings.asked.connect(self.decide))
        w.when("log", self._connect_log)
        w.entries += [
            Entry(tr("Undo the latest decision"), self.undo, self._may_undo),
            Entry(tr("Key for a second person…"), lambda: w.log.ask_key()),
        ]

    def _connect_log(self) -> None:
        log = self.desk.window.log
        log.undo_wanted.connect(self.undo)
        log.two_wanted.connect(self.require_two)
        log.key_wanted.connect(self.make_key)

    def _may_undo(self) -> bool:
        snapshot = self.desk.window.snapshot
        return not self.desk.busy and snapshot is not None and bool(snapshot.record.last)

    def decide(self, wanted: Wanted) -> None:
        """Record a decision; where it changes verdicts, judge again."""
        d = self.desk
        if d.occupied():
            return
        if wanted.who and not d.preferences.name and wanted.kind != "agree":
            d.keep(msgspec.structs.replace(d.preferences, name=wanted.who))
        work = partial(decide.record, d.store, d.folder, wanted)
        d.work(tr("Recording"), work, partial(self._recorded, wanted))

    def _recorded(self, wanted: Wanted, found: object) -> None:
        if not isinstance(found, tuple):
            return
        done, record = found  # pyright: ignore[reportUnknownVariableType]
        n = int(done)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(record, Record):
            self.desk.window.show_record(record)
        if self.desk.window.has("findings"):
            self.desk.window.findings.recorded()
        told = trn("{n} decision was recorded.", "{n} decisions were recorded.", n).format(n=words.number(n))
        if wanted.kind in decide.JUDGED_ANEW:
            self.desk.judge(told)
        else:
            self.desk.window.rest(told)

    def undo(self) -> None:
        """Take back what was recorded last."""
        self.decide(Wanted("undo", who=self.desk.person()))

    def require_two(self, on: bool) -> None:
        """Let acceptances count only once a second person agreed, or no longer."""
        self.decide(Wanted("two_people", who=self.desk.person(), on=on))

    def make_key(self, name: str, passphrase: str) -> None:
        """Make the key of a second person."""
        d = self.desk
        if not d.occupied():
            d.work(tr("Making the key"), partial(people.make_key, d.folder, name, passphrase), self._key_made)

    def _key_made(self, found: object) -> None:
        self.desk.show_preferences()
        self.desk.window.rest(tr("The key is kept as {file}.").format(file=found))
