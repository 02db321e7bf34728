"""A stored judgement as the window reads it: one pass over the assets for the report's content and for the tables."""

from collections.abc import Iterator

from app.report.fromstore import StoreSource
from app.report.source import PlacedAsset
from app.store import Store


class KeptSource(StoreSource):
    """Keeps the first `most` assets and both ends of every flow while the content is made."""

    def __init__(self, store: Store, judgement: int, most: int) -> None:
        super().__init__(store, judgement)
        self._most = most
        self.kept: list[PlacedAsset] = []
        self.ends: dict[str, PlacedAsset | None] = {}
        for flow in self.flows():
            self.ends[flow.source] = self.ends[flow.target] = None

    def assets(self) -> Iterator[PlacedAsset]:
        """Every asset, in ascending order of uid."""
        for one in super().assets():
            if len(self.kept) < self._most:
                self.kept.append(one)
            for uid in (one.asset.uid, *one.asset.aliases):
                if uid in self.ends:
                    self.ends[uid] = one
            yield one
