"""The page with the map of places, and the same in figures."""

import math
from dataclasses import replace

from app.report import sentences
from app.report.chapters import estate
from app.report.content import ReportContent
from app.report.pdf import style
from app.report.pdf.document import BOTTOM, LEFT, TOP, Sheet
from app.report.pdf.legend import legend
from app.report.pdf.painting import Box, Chart, charts, in_words, painted, too_close
from app.report.pdf.tables import Table
from app.texts import tr


def page(sheet: Sheet, content: ReportContent, *, figures: bool = True) -> None:
    """The map, and the same in figures."""
    sheet.section(tr("Map of places"), "map", intro=sentences.places(content), fresh=bool(content.places))
    if not content.places:
        return  # an empty map would show nothing, and its table less
    first, *others = charts(content)
    if others:
        top = sheet.y
        _map(sheet, first, content)
        below, sheet.y = sheet.y, top
        legend(sheet, content, first.view.x + first.view.wide + 16)
        sheet.y = below - 8
        for other in others:
            _map(sheet, other, content)
    else:
        _map(sheet, first, content)
        sheet.y -= 4
        sheet.need(120)
        legend(sheet, content, LEFT)
    if figures:
        sheet.subsection(tr("The same in figures"), "places", keep=90)
        estate.places(sheet, content, _size(sheet, content))


def _size(sheet: Sheet, content: ReportContent) -> float:
    """The largest type in which the table of places takes the fewest pages: no page for its last rows alone."""
    columns, rows = estate.place_columns(), list(estate.place_rows(content))
    need = {size: _pages(sheet, Table(sheet, columns, size=size).height(rows)) for size in (8.0, 7.7, 7.4, 7.1)}
    return max(need, key=lambda size: (-need[size], size))


def _pages(sheet: Sheet, height: float) -> int:
    """Pages that a table of this height touches from the cursor on, with the note below it."""
    over = height + 14 - sheet.room()
    return 1 if over <= 0 else 1 + math.ceil(over / (TOP - BOTTOM - 40))


def _map(sheet: Sheet, chart: Chart, content: ReportContent) -> list[Box]:
    """Paints one map; returns the boxes of everything on it, none of which touch."""
    view = chart.view
    sheet.need(view.high + 14)
    view = replace(view, y=sheet.y - view.high)
    here = [spot for spot in chart.spots if view.holds(spot.longitude, spot.latitude)]
    box = (view.x, view.y, view.x + view.wide, view.y + view.high)
    with sheet.tags.element("Figure", alt=in_words(chart.title, here), box=box):
        taken, drawn = painted(sheet, view, content, here, title=chart.title, inset=chart.inset)
    sheet.y = view.y - 2
    if drawn < len(here):
        sheet.y -= 9
        with sheet.tags.element("P"):
            sheet.put(view.x, sheet.y, too_close(len(here) - drawn), style.SANS, 7, style.MUTED)
        sheet.y -= 3
    return taken
