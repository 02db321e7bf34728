"""Packed streams none of which ends with a carriage return.

A line feed stands before the word that ends a stream. Behind a carriage return the two look like one end of line, and a
validator may take the stream for one byte shorter than it says. One in 256 would end so by chance: the last byte is
that of a checksum. What stands behind the checksum is read by nobody.
"""

import zlib
from typing import Any

_LEVEL = 6


def ended(made: bytes) -> bytes:
    """Compressed bytes that end well."""
    return made + b"\n" if made.endswith(b"\r") else made


def packed(body: bytes) -> bytes:
    """The bytes compressed, and ended well."""
    return ended(zlib.compress(body, _LEVEL))


def mend(pdf: Any) -> None:
    """Ends well the streams that a PDF has already."""
    import pikepdf

    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and "/DecodeParms" not in thing and _flate(thing.get("/Filter")):
            raw = bytes(thing.read_raw_bytes())
            if raw.endswith(b"\r"):
                thing.write(ended(raw), filter=pikepdf.Name.FlateDecode)


def _flate(named: Any) -> bool:
    """Whether a stream is packed this way and no other; the painter names its one way in a list."""
    import pikepdf

    if isinstance(named, pikepdf.Array):
        return len(named) == 1 and named[0] == "/FlateDecode"
    return named == "/FlateDecode"
