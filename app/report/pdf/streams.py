"""Packed streams none of which ends with a carriage return.

A line feed stands before the word that ends a stream. Behind a carriage return the two look like one end of line, and
a validator then takes the stream for one byte shorter than it says. One in 256 would end so by chance.
"""

import zlib
from pathlib import Path
from typing import Any, Final

_LEVELS: Final = (6, 9, 8, 7, 5, 4, 3, 2, 1)
_WRONG: Final = b"\r\nendstream"
_CHUNK: Final = 1 << 20


def packed(body: bytes) -> bytes:
    """The bytes compressed. What can take white space at its end ends well in any case; see `padded`."""
    made = b""
    for level in _LEVELS:
        made = zlib.compress(body, level)
        if not made.endswith(b"\r"):
            break
    return made


def padded(body: bytes) -> bytes:
    """The same for objects, behind which white space means nothing."""
    made = packed(body)
    while made.endswith(b"\r"):
        body += b"\n"
        made = packed(body)
    return made


def mend(pdf: Any) -> None:
    """Packs again what would end badly, of the streams that a PDF has already."""
    import pikepdf

    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") == "/FlateDecode":
            raw = bytes(thing.read_raw_bytes())
            if raw.endswith(b"\r") and "/DecodeParms" not in thing:
                thing.write(packed(zlib.decompress(raw)), filter=pikepdf.Name.FlateDecode)


def save(pdf: Any, target: Path) -> None:
    """Writes the PDF, again at another level of compression where a stream of objects would end badly."""
    import pikepdf

    for level in _LEVELS:
        pikepdf.settings.set_flate_compression_level(level)
        pdf.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            min_version="1.7",
        )
        if not _wrong(target):
            break


def _wrong(path: Path) -> bool:
    rest = b""
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            if _WRONG in rest + part:
                return True
            rest = part[-len(_WRONG) :]
    return False
