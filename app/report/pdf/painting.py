"""What the map shows and how it is painted: quiet land, permitted countries tinted, discs for data, squares for GPUs,
arcs for flows. The PDF and the HTML page paint the same strokes, each on paper of its own."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.report import words
from app.report.content import ReportContent
from app.report.pdf import mapdata, style
from app.report.pdf.document import LEFT, WIDE
from app.report.pdf.pen import Paper, Rings
from app.report.pdf.typeset import visible, width
from app.texts import tr, trn

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class View:
    """A window on the world: an equirectangular projection true at `parallel`, clipped to a frame on the page."""

    west: float
    east: float
    south: float
    north: float
    x: float
    y: float
    wide: float

    @property
    def _scale(self) -> float:
        return self.wide / (self.east - self.west)

    @property
    def _squash(self) -> float:
        middle = (self.south + self.north) / 2 if self.east - self.west < 180 else 38
        return 1 / math.cos(math.radians(middle))

    @property
    def high(self) -> float:
        """Height of the frame in points."""
        return (self.north - self.south) * self._scale * self._squash

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place is on the page."""
        x = self.x + (longitude - self.west) * self._scale
        return x, self.y + (latitude - self.south) * self._scale * self._squash

    def all_at(self, places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Where places are on the page; `at` for tens of thousands of them."""
        across = self._scale
        up = across * self._squash
        left, below = self.x - self.west * across, self.y - self.south * up
        return [(left + longitude * across, below + latitude * up) for longitude, latitude in places]

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a place lies in the frame."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


@dataclass(slots=True)
class Spot:
    """What is drawn at one point."""

    name: str
    longitude: float
    latitude: float
    data: int = 0
    gpus: int = 0
    gpus_unknown: int = 0
    bad: bool = False


EUROPE: Final = View(-12, 34, 35.5, 63, LEFT, 0, 352)
"""Where most estates are: it has a map of its own where there is something on it."""
WORLD: Final = View(-168, 180, -56, 76, LEFT, 0, WIDE)


@dataclass(frozen=True, slots=True)
class Chart:
    """One map of a report: its window, what is drawn on it, its title; `inset`: it frames what another map shows."""

    view: View
    spots: list[Spot]
    title: str
    inset: bool = False


def charts(content: ReportContent) -> list[Chart]:
    """The maps of a report: Europe apart where two places or more are in it, and the world with the others."""
    spots = spots_of(content)
    europe = [s for s in spots if EUROPE.holds(s.longitude, s.latitude)]
    if len(europe) < 2:
        return [Chart(WORLD, spots, tr("World"))]
    apart = {id(s) for s in europe}
    return [
        Chart(EUROPE, europe, tr("Europe")),
        Chart(WORLD, [s for s in spots if id(s) not in apart], tr("World"), inset=True),
    ]


def spots_of(content: ReportContent) -> list[Spot]:
    """The points of a report, those that hold most first; places close together are one."""
    merged: list[Spot] = []
    centres = mapdata.centres()
    for count in content.places:
        place = count.place
        if len(place.countries) != 1:
            continue  # spread over several countries, or not known: no single point would be true
        longitude, latitude = place.longitude, place.latitude
        if longitude is None or latitude is None:
            if place.countries[0] not in centres:
                continue
            longitude, latitude = centres[place.countries[0]]
        spot = next((m for m in merged if _near(m, longitude, latitude)), None)
        if spot is None:
            spot = Spot(_short_name(place.name), longitude, latitude)
            merged.append(spot)
        spot.data += count.data
        spot.gpus += count.gpus
        spot.gpus_unknown += count.gpus_unknown
        spot.bad = spot.bad or place.status in ("third_country", "adequate_partial", "unknown")
    return sorted(merged, key=lambda s: -(s.data + s.gpus))


def _near(spot: Spot, longitude: float, latitude: float) -> bool:
    """Whether a place is so close that one disc stands for both: about 30 kilometres."""
    return abs(spot.longitude - longitude) < 0.4 and abs(spot.latitude - latitude) < 0.3


def _short_name(name: str) -> str:
    return name.split(" (")[0].split(",")[0]


def in_words(title: str, spots: Sequence[Spot]) -> str:
    """What the map shows, for those who do not see it: the places that hold most, and how many more there are."""
    told: list[str] = []
    for spot in spots[:_TOLD]:
        parts = [words.count(spot.data, "asset that holds data", "assets that hold data")] if spot.data else []
        if spot.gpus:
            parts.append(trn("{n} GPU", "{n} GPUs", spot.gpus).format(n=words.number(spot.gpus)))
        elif spot.gpus_unknown:
            parts.append(tr("GPUs, number not known"))
        if spot.bad:
            parts.append(tr("in a third country or a place not known"))
        told.append(f"{words.short(visible(spot.name), 40)}: {', '.join(parts) or tr('nothing counted')}")
    more = len(spots) - len(told)
    if more > 0:
        told.append(trn("{n} more place", "{n} more places", more).format(n=words.number(more)))
    if not told:
        return tr("Map: {title}. No place is on it.").format(title=title)
    return tr("Map: {title}. {places}.").format(title=title, places="; ".join(told))


_TOLD = 30


def too_close(number: int) -> str:
    """How many places of a map could not be drawn."""
    text = trn(
        "{n} more place is too close to others to be drawn; the table has it.",
        "{n} more places are too close to others to be drawn; the table has them.",
        number,
    )
    return text.format(n=words.number(number))


def painted(
    sheet: Paper, view: View, content: ReportContent, here: list[Spot], *, title: str, inset: bool
) -> tuple[list[Box], int]:
    """Paints land, flows, signs and names; returns the boxes of all that is on it, and how many places are."""
    canvas = sheet.canvas
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(view.x, view.y, view.wide, view.high)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.setFillColor(style.SEA)
    canvas.rect(view.x, view.y, view.wide, view.high, stroke=0, fill=1)
    _land(sheet, view, content)
    _arcs(sheet, view, content, skip=EUROPE if inset else None)
    canvas.restoreState()
    canvas.setStrokeColor(style.HAIRLINE)
    canvas.setLineWidth(0.5)
    canvas.rect(view.x, view.y, view.wide, view.high, stroke=1, fill=0)
    top = view.y + view.high
    taken: list[Box] = [(view.x, top - 13, view.x + width(title, style.BOLD, 7.5) + 8, top)]
    sheet.put(view.x + 4, top - 10, title, style.BOLD, 7.5, style.MUTED)
    if inset:
        canvas.setStrokeColor(style.ACCENT)
        canvas.setLineWidth(0.7)
        west, south = view.at(EUROPE.west, EUROPE.south)
        east, north = view.at(EUROPE.east, EUROPE.north)
        canvas.rect(west, south, east - west, north - south, stroke=1, fill=0)
        taken.append((west, south, east, north))
        sheet.put(west + 3, south + 3, tr("shown above"), style.SANS, 6, style.ACCENT)
    labels = [(spot, at) for spot in here if (at := _signs(sheet, view, spot, taken)) is not None]
    for spot, at in labels:
        _label(sheet, view, spot, at, taken)
    return taken, len(labels)


def _land(sheet: Paper, view: View, content: ReportContent) -> None:
    canvas = sheet.canvas
    allowed = set(content.head.allowed_countries or ())
    known = {c for p in content.places for c in p.place.countries}
    step = 0.5 if view.east - view.west > 180 else 0.35
    canvas.setStrokeColor(style.BORDER)
    canvas.setLineWidth(0.35)
    canvas.setLineJoin(1)
    for country in mapdata.world():
        path = Rings()
        drawn = False
        for ring in country.rings:
            points = _thin(view.all_at(ring), step)
            if len(points) < 3 or not _touches(points, view):
                continue
            path.add(points)
            drawn = True
        if drawn:
            canvas.setFillColor(style.ACCENT_TINT if country.code in allowed else style.LAND)
            if country.code in known and country.code not in allowed:
                canvas.setFillColor(_HELD)
            canvas.drawPath(path, stroke=1, fill=1)


_HELD = style.HexColor("#DDDDD3")


def _thin(points: list[tuple[float, float]], step: float) -> list[tuple[float, float]]:
    last_x, last_y = points[0]
    kept = [points[0]]
    for point in points[1:-1]:
        x, y = point
        if abs(x - last_x) + abs(y - last_y) >= step:
            kept.append(point)
            last_x, last_y = point
    kept.append(points[-1])
    return kept


def _touches(points: list[tuple[float, float]], view: View) -> bool:
    xs = [p[0] for p in points]
    ys = [p[1] for p in points]
    return max(xs) > view.x and min(xs) < view.x + view.wide and max(ys) > view.y and min(ys) < view.y + view.high


def _arcs(sheet: Paper, view: View, content: ReportContent, skip: View | None) -> None:
    bare = {r.flow.id for r in content.transfers if r.transfer.status in ("uncovered", "expired")}
    counted: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for flow in content.flows:
        for source in flow.source_countries[:1]:
            for target in flow.target_countries[:1]:
                if source != target:
                    counted[source, target].append(flow.id in bare)
    pairs = {pair: (len(flags), any(flags)) for pair, flags in counted.items()}
    canvas = sheet.canvas
    for (source, target), (number, red) in sorted(pairs.items(), key=lambda p: p[1][1]):
        start, end = _anchor(source, content), _anchor(target, content)
        if start is None or end is None or (skip and skip.holds(*start) and skip.holds(*end)):
            continue
        x1, y1 = view.at(*start)
        x2, y2 = view.at(*end)
        reach = math.hypot(x2 - x1, y2 - y1)
        if reach < 8:
            continue
        lift = min(60.0, reach * 0.22)
        mx, my = (x1 + x2) / 2, (y1 + y2) / 2 + lift
        canvas.setStrokeColor(style.FAIL if red else style.ACCENT)
        canvas.setLineWidth(min(2.2, 0.7 + 0.25 * number))
        canvas.setDash(3, 2) if red else canvas.setDash()
        canvas.bezier(
            x1, y1, x1 + (mx - x1) * 0.67, y1 + (my - y1) * 0.67, x2 + (mx - x2) * 0.67, y2 + (my - y2) * 0.67, x2, y2
        )
        canvas.setDash()
        angle = math.atan2(y2 - my, x2 - mx)
        path = canvas.beginPath()
        tip = (x2 - 5 * math.cos(angle), y2 - 5 * math.sin(angle))
        path.moveTo(*tip)
        for turn in (2.6, -2.6):
            path.lineTo(tip[0] + 5 * math.cos(angle + turn), tip[1] + 5 * math.sin(angle + turn))
        path.close()
        canvas.setFillColor(style.FAIL if red else style.ACCENT)
        canvas.drawPath(path, stroke=0, fill=1)


def _anchor(code: str, content: ReportContent) -> tuple[float, float] | None:
    """The place in the country that holds most, else its middle."""
    best: tuple[int, tuple[float, float]] | None = None
    for count in content.places:
        place = count.place
        if place.countries == (code,) and place.longitude is not None and place.latitude is not None:
            weight = count.data + count.gpus
            if best is None or weight > best[0]:
                best = (weight, (place.longitude, place.latitude))
    return best[1] if best else mapdata.centres().get(code)


def _signs(sheet: Paper, view: View, spot: Spot, taken: list[Box]) -> tuple[float, float, float] | None:
    """Paints the disc and the square of a place, aside where another stands; returns middle and radius.

    None: there is no free spot near, and nothing was painted.
    """
    canvas = sheet.canvas
    x, y = view.at(spot.longitude, spot.latitude)
    home = (x, y)
    radius = max(5.5, min(13.0, 4 + 1.6 * math.sqrt(spot.data))) if spot.data else 0.0
    has_gpus = bool(spot.gpus or spot.gpus_unknown)
    text = words.number(spot.gpus) if spot.gpus else "?"
    if spot.gpus and spot.gpus_unknown:
        text += "+"
    side = max(9.0, width(text, style.BOLD, 6) + 4) if has_gpus else 0.0
    for turn in range(140):
        box = (x - radius - 1, y - max(radius, 5) - 1, x + radius + side + 1, y + max(radius, 5) + 1)
        inside = box[0] > view.x and box[2] < view.x + view.wide and box[1] > view.y and box[3] < view.y + view.high
        if inside and not any(_hit(box, t) for t in taken):
            break
        angle, away = turn * 2.4, 4 + turn * 0.45
        x, y = home[0] + away * math.cos(angle), home[1] + away * math.sin(angle)
    else:
        return None
    color = style.FAIL if spot.bad else style.ACCENT
    if math.hypot(x - home[0], y - home[1]) > 3:
        canvas.setStrokeColor(color)
        canvas.setLineWidth(0.5)
        canvas.line(*home, x, y)
    canvas.setStrokeColor(style.WHITE)
    canvas.setLineWidth(0.8)
    canvas.setFillColor(color)
    if spot.data:
        canvas.circle(x, y, radius, stroke=1, fill=1)
        number = words.number(spot.data)
        size = 7 if radius > 7 else 6
        sheet.put(x - width(number, style.BOLD, size) / 2, y - size * 0.36, number, style.BOLD, size, style.WHITE)
    if has_gpus:
        canvas.setFillColor(style.WHITE)
        canvas.setStrokeColor(color)
        canvas.rect(x + radius, y - 4.5, side, 9, stroke=1, fill=1)
        wide = width(text, style.BOLD, 6)
        sheet.put(x + radius + (side - wide) / 2, y - 2.1, text, style.BOLD, 6, color)
    taken.append((x - radius - 1, y - max(radius, 5) - 1, x + radius + side + 1, y + max(radius, 5) + 1))
    return x + side / 2, y, radius + side / 2


def _hit(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _label(sheet: Paper, view: View, spot: Spot, at: tuple[float, float, float], taken: list[Box]) -> None:
    """Paints the name where it is free of everything else, or not at all: the table has it."""
    x, y, radius = at
    name = words.short(visible(spot.name), 28)
    wide = width(name, style.SANS, 7)
    beside, below = radius + 3, -radius - 9
    for dx, dy in (
        (beside, -2.4),
        (-beside - wide, -2.4),
        (-wide / 2, -15),
        (-wide / 2, 10),
        (radius, 7),
        (radius, -11),
        (-radius - wide, 7),
        (-radius - wide, -11),
        (-wide / 2, below),
        (-wide / 2, beside),
    ):
        box = (x + dx - 1, y + dy - 1.6, x + dx + wide + 1, y + dy + 6)
        inside = box[0] > view.x and box[2] < view.x + view.wide and box[1] > view.y and box[3] < view.y + view.high
        if inside and not any(_hit(box, t) for t in taken):
            canvas = sheet.canvas
            canvas.setFillColor(style.WHITE)
            canvas.setFillAlpha(0.7)
            canvas.rect(box[0], box[1], box[2] - box[0], box[3] - box[1], stroke=0, fill=1)
            canvas.setFillAlpha(1)
            sheet.put(x + dx, y + dy, name, style.SANS, 7, style.INK)
            taken.append(box)
            return
