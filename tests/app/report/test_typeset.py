"""Text on the page: nothing hidden, nothing cut, no box, no line too wide."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.report.pdf import rtl, style
from app.report.pdf.typeset import Span, layout, runs, visible, width, wrap
from resources import ROOT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("report\u202egpj.exe", "report⟨U+202E⟩gpj.exe"),
        ("bell\x07", "bell⟨U+0007⟩"),
        ("two\nlines", "two⟨U+000A⟩lines"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("数", "数"),
        ("ไ", "⟨U+0E44⟩"),
        ("half\ud800", "half⟨U+D800⟩"),
        ("ąęśĄ Ωμέγα Дом", "ąęśĄ Ωμέγα Дом"),
        ("e\u0301", "é"),
    ],
)
def test_what_has_no_sign_is_shown_as_its_code_point(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_face_of_the_machine_that_cannot_be_read_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\x00\x01\x00\x00" + b"\xff" * 200)
    monkeypatch.setattr(style, "MACHINE", (str(tmp_path / "absent.ttf"), str(broken)))
    assert style.face_for("ไ") is None
    assert visible("ไ") == "⟨U+0E44⟩"


def test_a_face_of_the_machine_is_used_for_what_ours_lack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.ttf"
    other.write_bytes((ROOT / "fonts" / "DejaVuSans.ttf").read_bytes())
    monkeypatch.setattr(style, "MACHINE", (str(other),))
    monkeypatch.setattr(style, "FALLBACK", style.SANS)
    assert style.face_for("☃") == "Machine-other"


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


class Counted(dict[str, float]):
    """Widths of a face that know how often they were asked for."""

    asked = 0

    def __getitem__(self, sign: str) -> float:
        Counted.asked += 1
        return super().__getitem__(sign)


@pytest.mark.parametrize("name", ["x" * 30_000, "😀" * 3_000, "é" * 10_000])
def test_the_work_for_a_long_name_grows_with_its_length_only(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = style.widths
    counted = {face: Counted(plain(face)) for face in (style.SANS, style.FALLBACK, style.EAST)}
    monkeypatch.setattr(style, "widths", lambda face: counted.get(face) or plain(face))
    Counted.asked = 0
    lines = wrap(name, style.SANS, 9, 120)
    assert "".join(lines) == visible(name)
    assert all(width(line, style.SANS, 9) <= 120 for line in lines)
    assert Counted.asked < 60 * len(visible(name))


def test_long_names_are_not_kept_in_memory() -> None:
    wrap("é😀", style.SANS, 9, 120)
    tracemalloc.start()
    try:
        for number in range(8):
            wrap(f"{number}é😀" * 1_500, style.SANS, 9, 120)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 8_000_000
    assert most < 30_000_000
