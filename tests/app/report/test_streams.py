"""No stream that the report writes ends in a way that could be taken for the end of a line."""

import zlib
from pathlib import Path

import pikepdf
import pytest

from app.report.pdf import streams
from app.report.pdf.finish import enclose


@pytest.fixture(scope="module")
def body() -> bytes:
    """Bytes that end with a carriage return when they are packed."""
    return next(b for n in range(1, 300) if zlib.compress(b := b"y" * n, 6).endswith(b"\r"))


def test_what_is_packed_ends_well_and_is_the_same_again(body: bytes) -> None:
    made = streams.packed(body)
    assert not made.endswith(b"\r")
    assert zlib.decompress(made) == body
    assert not enclose("a.json", "application/json", "", body).packed.endswith(b"\r")


def test_streams_of_a_pdf_are_mended(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "out.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        stream = pikepdf.Stream(pdf, b"")
        stream.write(zlib.compress(body, 6), filter=pikepdf.Name.FlateDecode)
        pdf.Root.Odd = pdf.make_indirect(stream)
        other = pikepdf.Stream(pdf, b"")
        other.write(zlib.compress(body, 6), filter=pikepdf.Array([pikepdf.Name.FlateDecode]))
        pdf.Root.Other = pdf.make_indirect(other)
        streams.mend(pdf)
        pdf.save(path)
    assert b"\r\nendstream" not in path.read_bytes()
    with pikepdf.open(path) as pdf:
        assert pdf.Root.Odd.read_bytes() == body
