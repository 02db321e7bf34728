"""The organisation's logo on the cover: a picture of one's own, read with limits and painted anew.

What is put into the report is only the pixels, drawn on white; nothing else of the file gets into it.
"""

import io
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from app.report.choice import ChoiceError
from app.texts import tr

_LARGEST: Final = 5 << 20
_MOST_PIXELS: Final = 25_000_000
_SIDE: Final = 1200
"""Pixels of the longer side that are kept: enough for 200 points of width at 400 dots an inch."""


def read_logo(path: Path) -> bytes:
    """A logo as PNG without transparency, at most 1200 pixels wide or high. Raises ChoiceError for what is no picture.

    PNG and JPEG are taken, up to 5 MB and 25 million pixels.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ChoiceError(tr("{file} is larger than 5 MB; take a smaller picture as logo.").format(file=path))
        raw = path.read_bytes()
    except OSError as error:
        raise ChoiceError(
            tr("The logo {file} cannot be read: {reason}.").format(file=path, reason=error.strerror or "")
        ) from None
    try:
        with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG")) as picture:
            wide, high = picture.size
            if wide * high > _MOST_PIXELS or not (0 < wide < 30 * high < 900 * wide):
                raise ChoiceError(tr("{file} is too large or too narrow to be a logo.").format(file=path))
            clear = picture.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, ChoiceError):
            raise
        raise ChoiceError(tr("{file} is no PNG or JPEG picture that can be read as logo.").format(file=path)) from None
    clear.thumbnail((_SIDE, _SIDE))
    ground = Image.new("RGB", clear.size, "white")
    ground.paste(clear, mask=clear.getchannel("A"))
    out = io.BytesIO()
    ground.save(out, "PNG")
    return out.getvalue()
