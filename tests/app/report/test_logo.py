"""The organisation's logo: what is taken, what is refused with a sentence, and that it stands on the cover."""

import io
import random
import struct
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, PngImagePlugin

from app.cli.main import main
from app.report.choice import ChoiceError
from app.report.logo import read_logo


def picture(path: Path, size: tuple[int, int] = (300, 120), form: str = "PNG") -> Path:
    mode = "RGBA" if form == "PNG" else "RGB"
    about = PngImagePlugin.PngInfo()
    about.add_text("Comment", "internal note")
    extra = {"pnginfo": about} if form == "PNG" else {}
    Image.new(mode, size, (10, 90, 160, 128)[: len(mode)]).save(path, form, **extra)
    return path


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_only_pixels_are_kept(tmp_path: Path, form: str) -> None:
    kept = read_logo(picture(tmp_path / "лого 1.bin", form=form))
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (300, 120))
        assert not getattr(image, "text", {})
    assert b"internal note" not in kept


def test_a_large_picture_is_made_smaller(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(read_logo(picture(tmp_path / "a.png", (3000, 1000))))) as image:
        assert image.size == (1200, 400)


def png_that_claims(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG or JPEG"),
        (b"GIF89a" + b"\x00" * 40, "no PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 30, "no PNG or JPEG"),
        (png_that_claims(60_000, 60_000), "no PNG or JPEG|too large"),
        (png_that_claims(1, 5000), "no PNG or JPEG|too narrow"),
        (b"\x00" * (6 << 20), "larger than 5 MB"),
    ],
)
def test_what_is_no_logo_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    with pytest.raises(ChoiceError, match=words):
        read_logo(path)


def test_a_damaged_picture_is_refused_or_read(tmp_path: Path) -> None:
    whole = picture(tmp_path / "whole.png").read_bytes()
    chance = random.Random(7)  # noqa: S311 - which byte is damaged
    for _ in range(200):
        broken = bytearray(whole)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        path = tmp_path / "broken.png"
        path.write_bytes(bytes(broken[: chance.randrange(1, len(broken) + 1)]))
        try:
            assert read_logo(path).startswith(b"\x89PNG")
        except ChoiceError:
            continue


def test_a_logo_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="cannot be read"):
        read_logo(tmp_path / "none.png")


def test_the_cover_shows_it_and_a_wrong_one_leaves_the_old_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--out", str(tmp_path)]) == 0
    store, out = str(tmp_path / "situs.db"), tmp_path / "with logo.pdf"
    words = ["report", "--store", store, "--kind", "summary", "--out", str(out)]
    logo = picture(tmp_path / "logo.png")
    assert main([*words, "--kind", "full", "--logo", str(logo)]) == 0
    with pikepdf.open(out) as file:
        assert len(file.pages[0].get_images()) == 1
        assert all(not page.get_images() for page in list(file.pages)[1:3])
    before = out.read_bytes()
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    capsys.readouterr()
    assert main([*words, "--kind", "full", "--logo", str(bad)]) == 2
    assert "no PNG or JPEG" in capsys.readouterr().err
    assert out.read_bytes() == before
