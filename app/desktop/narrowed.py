"""One place, or a few beside each other, that the other pages are narrowed down to."""

from collections.abc import Sequence

from app.desktop.snapshot import FindingRow, FlowRow, PlaceRow, Snapshot
from app.report import words
from app.texts import tr, trn


class Narrowed:
    """What lies at some places: assets by uid, and so findings and flows that start or end there."""

    def __init__(self, places: Sequence[PlaceRow], snapshot: Snapshot) -> None:
        self.names = tuple(p.name for p in places)
        wanted = frozenset(self.names)
        self.uids = frozenset(a.uid for a in snapshot.assets if a.place in wanted)
        self.flows = frozenset(f.id for f in snapshot.flows if f.source_uid in self.uids or f.target_uid in self.uids)
        self._places = wanted

    def told(self) -> str:
        """For the top of the window: which places, and that the rest is left out."""
        more = len(self.names) - 1
        rest = " " + trn("and {n} more", "and {n} more", more).format(n=words.number(more)) if more else ""
        return tr("Only {place}").format(place=self.names[0] + rest)

    def finding(self, row: FindingRow) -> bool:
        """Whether this finding is about something there."""
        return row.subject in self.uids or row.flow in self.flows or row.place in self._places

    def flow(self, row: FlowRow) -> bool:
        """Whether these data start or end there."""
        return row.id in self.flows
