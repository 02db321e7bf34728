"""No stream of a report ends in a way that could be taken for the end of a line."""

import hashlib
import zlib
from pathlib import Path

import pikepdf

from app.report.pdf import streams


def bad_body() -> bytes:
    """Bytes that end with a carriage return when they are packed at the usual level, and do not at another."""
    bodies = (hashlib.sha256(b"%d" % n).hexdigest().encode() * 9 for n in range(20_000))
    return next(b for b in bodies if zlib.compress(b, 6).endswith(b"\r") and not streams.packed(b).endswith(b"\r"))


def test_what_would_end_with_a_carriage_return_is_packed_otherwise() -> None:
    bodies = (hashlib.sha256(b"%d" % n).hexdigest().encode() for n in range(20_000))
    body = next(b for b in bodies if streams.packed(b).endswith(b"\r"))
    made = streams.padded(body)
    assert not made.endswith(b"\r")
    assert zlib.decompress(made).rstrip(b"\n") == body


def test_streams_of_a_finished_pdf_are_mended(tmp_path: Path) -> None:
    body = bad_body()
    path = tmp_path / "out.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        stream = pikepdf.Stream(pdf, b"")
        stream.write(zlib.compress(body, 6), filter=pikepdf.Name.FlateDecode)
        pdf.Root.Odd = pdf.make_indirect(stream)
        streams.mend(pdf)
        streams.save(pdf, path)
    assert b"\r\nendstream" not in path.read_bytes()
    with pikepdf.open(path) as pdf:
        assert pdf.Root.Odd.read_bytes() == body


def test_a_report_has_no_such_stream(pdf: Path) -> None:
    assert b"\r\nendstream" not in pdf.read_bytes()
