"""The shapes of countries, from `resources/map/world.json.gz`."""

import gzip
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from resources import ROOT


class Country(Struct, frozen=True):
    """A country's shape: rings of (longitude, latitude) in degrees. `code` is empty where ISO has none."""

    code: str
    name: str
    centre: tuple[float, float]
    rings: tuple[tuple[tuple[float, float], ...], ...]


@cache
def world() -> tuple[Country, ...]:
    """All countries. About 0.1 s the first time."""
    raw: dict[str, Any] = msgspec.json.decode(gzip.decompress((ROOT / "map" / "world.json.gz").read_bytes()))
    scale = float(raw["scale"])
    return tuple(
        Country(c["code"], c["name"], tuple(c["centre"]), tuple(_ring(r, scale) for r in c["rings"]))
        for c in raw["countries"]
    )


@cache
def centres() -> dict[str, tuple[float, float]]:
    """ISO code → middle of the country's largest part, (longitude, latitude)."""
    by_size = sorted(world(), key=lambda c: sum(map(len, c.rings)))  # of two shapes with one code the larger counts
    return {c.code: c.centre for c in by_size if c.code}


def _ring(flat: list[int], scale: float) -> tuple[tuple[float, float], ...]:
    points: list[tuple[float, float]] = []
    x = y = 0
    for i in range(0, len(flat), 2):
        x, y = x + flat[i], y + flat[i + 1]
        points.append((x / scale, y / scale))
    return tuple(points)
