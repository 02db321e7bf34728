"""Which attributes of each kind of asset are places, or hold places."""

from collections.abc import Callable
from typing import Final

from scanners.model import ATTRIBUTES, KINDS


def _with_type(fits: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
    return {k: tuple(a.name for a in ATTRIBUTES.values() if k in a.kinds and fits(a.type)) for k in KINDS}


PLACES: Final = _with_type(lambda type_: type_ == "place")
PLACE_LISTS: Final = _with_type(lambda type_: type_ == "list[place]")
PLACE_RECORDS: Final = _with_type(lambda type_: type_.startswith("list[{") and "loc: place" in type_)


FROM_PLACES: Final = (
    ("processing_locs", "processing_countries"),
    ("guardrail_locs", "guardrail_countries"),
    ("replica_locs", "replica_countries"),
)
