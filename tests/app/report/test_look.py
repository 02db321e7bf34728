"""The look: contrast of every colour that carries text, and a map on which nothing touches."""

from itertools import pairwise
from pathlib import Path

import pytest
from report_estate import InventedSource, head
from reportlab.lib.colors import Color

from app.report.build import build_content
from app.report.pdf import map as places
from app.report.pdf import mapdata, painting, style
from app.report.pdf.document import LEFT, Sheet
from app.report.pdf.writer import write_pdf
from app.report.source import Place


def _light(color: Color) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (color.red, color.green, color.blue)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("ground", [style.WHITE, style.ZEBRA, style.PAPER])
@pytest.mark.parametrize("ink", [style.INK, style.MUTED, style.ACCENT, *style.VERDICTS.values()])
def test_text_stands_out_from_its_ground(ink: Color, ground: Color) -> None:
    assert (_light(ground) + 0.05) / (_light(ink) + 0.05) >= 4.5


def crowded(number: int) -> InventedSource:
    """Places close together in the middle of Europe, and some far away."""
    source = InventedSource(head())
    for n in range(number):
        code, longitude, latitude = ("DE", 6 + n % 9 * 0.8, 48 + n // 9 * 0.7) if n % 5 else ("US", -70 - n, 40.0)
        spot = Place(
            f"p{n}",
            f"Town {n}, Country",
            (code,),
            "eea" if code == "DE" else "third_country",
            "native",
            latitude,
            longitude,
        )
        for k in range(1 + n % 4):
            source.add(f"store-{n}-{k}", "storage.bucket", spot)
        source.add(f"pool-{n}", "compute.nodegroup", spot, gpu_count=None if n % 3 else 8 * n)
    return source


@pytest.mark.parametrize("number", [12, 60])
def test_nothing_on_the_map_touches(tmp_path: Path, number: int) -> None:
    content = build_content(crowded(number))
    sheet = Sheet(tmp_path / "map.pdf", title="", author="", running="", foot="")
    sheet.new_page()
    for view in (painting.View(-12, 34, 35.5, 63, LEFT, 0, 352), painting.View(-168, 180, -56, 76, LEFT, 0, 480)):
        boxes = places._map(sheet, painting.Chart(view, painting.spots_of(content), "Map"), content)
        assert len(boxes) > 6
        for i, a in enumerate(boxes):
            assert not any(painting._hit(a, b) for b in boxes[:i])


def test_small_states_with_data_centres_are_on_the_map() -> None:
    codes = {country.code: country for country in mapdata.world()}
    for code in ("SG", "MT", "BH", "HK", "LU", "LI", "QA"):
        assert any(len(ring) > 3 for ring in codes[code].rings), code


def test_the_middle_of_a_country_is_that_of_its_mainland() -> None:
    for code, longitude, latitude in (
        ("AU", 134, -25),
        ("US", -99, 39),
        ("FR", 2, 47),
        ("RU", 99, 62),
        ("NZ", 171, -44),
    ):
        at = mapdata.centres()[code]
        assert abs(at[0] - longitude) < 3, code
        assert abs(at[1] - latitude) < 3, code


def test_no_border_runs_across_the_map() -> None:
    for country in mapdata.world():
        for ring in country.rings:
            for (west, _), (east, _) in pairwise(ring):
                assert -180 <= west <= 180
                assert abs(east - west) < 60 or country.code == "AQ", country.name


@pytest.mark.parametrize("number", [1, 60])
def test_reports_of_few_and_of_crowded_places_are_written(tmp_path: Path, number: int) -> None:
    path = tmp_path / "report.pdf"
    write_pdf(build_content(crowded(number)), path)
    assert path.stat().st_size > 10_000
