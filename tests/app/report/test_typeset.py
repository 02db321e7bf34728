"""Text on the page: nothing hidden, nothing cut, no box, no line too wide."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.report.pdf import rtl, style
from app.report.pdf.typeset import Span, layout, runs, visible, width, wrap


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("report\u202egpj.exe", "report⟨U+202E⟩gpj.exe"),
        ("bell\x07", "bell⟨U+0007⟩"),
        ("two\nlines", "two⟨U+000A⟩lines"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("数", "⟨U+6570⟩"),
        ("half\ud800", "half⟨U+D800⟩"),
        ("ąęśĄ Ωμέγα Дом", "ąęśĄ Ωμέγα Дом"),
        ("e\u0301", "é"),
    ],
)
def test_what_has_no_sign_is_shown_as_its_code_point(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_figures_are_all_of_one_width() -> None:
    for face in (style.SANS, style.BOLD, style.SERIF):
        assert len({width(digit, face, 10) for digit in "0123456789"}) == 1


def test_arabic_letters_take_their_joined_forms_and_run_from_the_right() -> None:
    assert rtl.present("سلام") == "\ufeb3\ufefc\ufee1"
    assert rtl.in_order(rtl.present("سلام")) == "\ufee1\ufefc\ufeb3"
    assert rtl.in_order("id 12 שלום end") == "id 12 םולש end"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=120), st.sampled_from([style.SANS, style.SERIF, style.MONO]), st.floats(30, 300))
def test_no_line_is_wider_than_its_room_and_nothing_is_lost(text: str, face: str, room: float) -> None:
    shown = visible(text)
    lines = layout((Span(shown, face, 8),), room)
    for line in lines:
        assert not line or line[-1].x + line[-1].width <= room + 0.01
    written = "".join(piece.text for line in lines for piece in line)
    assert written.replace(" ", "") == shown.replace(" ", "")
    for part_face, part in runs(shown, face):
        assert all(sign in style.widths(part_face) for sign in part)


def test_a_name_is_broken_at_its_own_signs() -> None:
    lines = wrap("arn-part/segment-one/segment-two/segment-three", style.SANS, 8, 80)
    assert len(lines) > 1
    assert all(line.endswith(("/", "-")) for line in lines[:-1])
