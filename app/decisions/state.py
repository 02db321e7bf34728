"""What the entries of the log come to: who works on what until when, what was said, who agreed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from app.decisions.entry import Entry, Logged

Key = tuple[str, str]


@dataclass
class Work:
    """What is known of the work on one finding."""

    assignee: str = ""
    due: date | None = None
    comments: list[Logged] = field(default_factory=list[Logged])
    history: list[Logged] = field(default_factory=list[Logged])


@dataclass
class State:
    """`accepted`: acceptance → the entry that recorded it. `confirmed`: number of an entry → who agreed to it.

    `people`: fingerprint of a key → its owner's entry. `two_people`: whether an acceptance counts only once a second
    person has agreed. `undone`: numbers of entries that were taken back. `last`: the newest batch that can be undone.
    """

    work: dict[Key, Work] = field(default_factory=dict[Key, Work])
    accepted: dict[str, Logged] = field(default_factory=dict[str, Logged])
    confirmed: dict[int, Entry] = field(default_factory=dict[int, Entry])
    people: dict[str, Entry] = field(default_factory=dict[str, Entry])
    two_people: bool = False
    undone: set[int] = field(default_factory=set[int])
    entries: list[Logged] = field(default_factory=list[Logged])

    def of(self, rule: str, subject: str) -> Work:
        """The work on one finding; empty where nothing was said."""
        return self.work.get((rule, subject)) or self.work.get((rule, "*")) or Work()

    def waits(self, acceptance: str) -> bool:
        """Whether an acceptance still waits for a second person."""
        made = self.accepted.get(acceptance)
        return self.two_people and (made is None or made.number not in self.confirmed)

    @property
    def unconfirmed(self) -> list[Logged]:
        """Acceptances in the log that nobody else has agreed to yet, and that were not taken back."""
        over = {e.entry.acceptance for e in self.entries if e.entry.kind == "revoke"} | {
            self._acceptance(n) for n in self.undone
        }
        return [
            made for number, made in self.accepted.items() if number not in over and made.number not in self.confirmed
        ]

    def last_batch(self) -> list[Logged]:
        """The newest entries that were recorded together and can be taken back."""
        for one in reversed(self.entries):
            if one.entry.kind in UNDOABLE and one.number not in self.undone:
                return [e for e in self.entries if e.entry.batch == one.entry.batch and e.number not in self.undone]
        return []

    def _acceptance(self, number: int) -> str:
        return next((e.entry.acceptance for e in self.entries if e.number == number), "")


UNDOABLE = ("accept", "not_applicable", "revoke", "assign", "comment", "policy")


def state_of(entries: Iterable[Logged]) -> State:
    """Go through the log once."""
    state = State(entries=list(entries))
    for one in state.entries:
        state.undone.update(one.entry.undoes)
    for one in state.entries:
        entry = one.entry
        match entry.kind:
            case "accept" | "not_applicable":
                state.accepted[entry.acceptance] = one
            case "confirm":
                state.confirmed[entry.confirms] = entry
            case "person":
                state.people[entry.key] = entry
            case "two_people":
                state.two_people = bool(entry.on)
            case "undo" if entry.acceptance:
                state.accepted.setdefault(entry.acceptance, one)
            case _:
                pass
        if entry.rule:
            work = state.work.setdefault(entry.subject, Work())
            work.history.append(one)
            if one.number in state.undone:
                continue
            if entry.kind == "assign":
                work.assignee, work.due = entry.assignee, entry.due
            elif entry.kind == "comment":
                work.comments.append(one)
    return state
