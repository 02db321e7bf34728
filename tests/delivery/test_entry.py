"""The start of the frozen programs, where it differs from `situs`: streams that are not there, and icons."""

import importlib.util
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


def entry():
    spec = importlib.util.spec_from_file_location("entry", ROOT / "packaging" / "entry.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_program_without_a_console_keeps_what_it_says(monkeypatch):
    started = entry()
    told: list[str] = []
    monkeypatch.setattr(started, "_tell", told.append)
    monkeypatch.setattr(sys, "argv", ["situs-window"])
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr("app.cli.main.main", lambda words: print("no window", file=sys.stderr) or 1)
    assert started.main() == 1
    sys.stdout.close()
    assert told == ["no window\n"]


def test_with_words_or_without_an_error_no_box_is_shown(monkeypatch):
    started = entry()
    told: list[str] = []
    monkeypatch.setattr(started, "_tell", told.append)
    for words, status in ((["demo"], 1), ([], 0)):
        monkeypatch.setattr(sys, "argv", ["situs-window", *words])
        monkeypatch.setattr(sys, "stdout", None)
        monkeypatch.setattr(sys, "stderr", None)
        monkeypatch.setattr("app.cli.main.main", lambda given, status=status: print("said") or status)
        assert started.main() == status
        sys.stdout.close()
    assert told == []


def test_streams_that_are_there_stay(monkeypatch):
    before = (sys.stdout, sys.stderr)
    assert entry()._streams() is None
    assert (sys.stdout, sys.stderr) == before


def test_the_icons_hold_every_size():
    folder = ROOT / "packaging" / "icons"
    with Image.open(folder / "situs.ico") as icon:
        assert icon.info["sizes"] == {(n, n) for n in (16, 20, 24, 32, 40, 48, 64, 128, 256)}
    with Image.open(folder / "situs.icns") as icon:
        assert {width * scale for width, _, scale in icon.info["sizes"]} == {32, 64, 128, 256, 512, 1024}
    for size in (48, 256):
        with Image.open(folder / f"situs-{size}.png") as picture:
            assert picture.size == (size, size)
            assert picture.getpixel((0, 0))[3] == 0, "the corner is not transparent"
