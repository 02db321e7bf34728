"""A stored judgement as the window reads it: one pass over the assets for the report's content and for the tables."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from app.desktop.assetcache import AssetCache
from app.desktop.snapshot import AssetRow
from app.report.fromstore import StoreSource
from app.report.source import PlacedAsset
from app.report.spoken import Spoken
from app.store import Store
from app.texts import tr
from rules.judgement import Flow

_BATCH = 5_000


class KeptSource(StoreSource):
    """Keeps the first `most` assets and both ends of every flow while the content is made."""

    def __init__(
        self, store: Store, judgement: int, most: int, told: Callable[[PlacedAsset, Mapping[str, str]], AssetRow]
    ) -> None:
        super().__init__(store, judgement)
        self._most, self._told = most, told
        self.cache: AssetCache | None = None
        self.kept: list[PlacedAsset] = []
        self.ends: dict[str, PlacedAsset | None] = {}
        for flow in self.flows():
            self.ends[flow.source] = self.ends[flow.target] = None

    def flows(self) -> Iterator[Flow]:
        """Every flow; read once."""
        return iter(self._flows)

    @cached_property
    def _flows(self) -> list[Flow]:
        return list(super().flows())

    def assets(self) -> Iterator[PlacedAsset]:
        """Every asset, in ascending order of uid."""
        waiting: list[AssetRow] = []
        names = Names(self)
        for one in map(Spoken(self).asset, super().assets()):
            if len(self.kept) < self._most:
                self.kept.append(one)
            else:
                if self.cache is None:
                    self.cache = AssetCache()
                    self.cache.add(self._told(kept, names) for kept in self.kept)
                waiting.append(self._told(one, names))
                if len(waiting) >= _BATCH:
                    self.cache.add(waiting)
                    waiting.clear()
            for uid in (one.asset.uid, *one.asset.aliases):
                if uid in self.ends:
                    self.ends[uid] = one
            yield one
        if self.cache is not None:
            self.cache.add(waiting)


class Names(dict[str, str]):
    """Country code → name, looked up when asked for."""

    def __init__(self, source: StoreSource) -> None:
        super().__init__()
        self._source = source

    def get(self, code: str, default: str | None = None, /) -> str | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The name of a country, or what was given instead."""
        if code not in self:
            self[code] = tr(self._source.country(code) or default or code)
        return self[code]
