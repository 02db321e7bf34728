"""PDFs, read by PDFium: sizes of pages, pictures, text and where words stand. Knows no window.

PDFium may be used by one thread at a time: whoever uses this runs all of it in the thread of `worker`. Its library is
loaded when the first file is opened.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

MOST_PIXELS: Final = 12_000_000
"""Of one picture, 48 MB: a page that is shown larger than this is drawn coarser, whatever a file says of its size."""
MOST_HITS: Final = 1_000
PREVIEWS: Final = "situs-preview-"
"""How the folders of previews begin, among the system's files that do not stay."""
_MOST_TEXT: Final = 20_000
_PASSWORD: Final = 4  # FPDF_ERR_PASSWORD

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, as parts (0 to 1) of the width and height of a page, from its upper left corner."""


class Locked(Struct, frozen=True):
    """A password is needed. `tried`: another one was given, and was not right."""

    tried: bool


class Unreadable(Struct, frozen=True):
    """There is no such file, or what is in it is no PDF."""

    missing: bool


class Hit(Struct, frozen=True):
    """One place where a text was found; over a line's end it has several boxes. `page` counts from 0."""

    page: int
    boxes: tuple[Box, ...]


class Pdf:
    """A file, and once it is open the sizes of its pages in points (1/72 inch). `gone` ends a search that runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sizes: list[tuple[float, float]] = []
        self.gone = False
        self._document: Any = None

    def open(self, password: str = "") -> Locked | Unreadable | None:
        """Open it; why it cannot be shown, or None where it can."""
        import pypdfium2

        pdfium: Any = pypdfium2
        if not self.path.is_file():
            return Unreadable(missing=True)
        try:
            document = pdfium.PdfDocument(self.path, password=password or None)
        except pdfium.PdfiumError as error:
            return Locked(bool(password)) if error.err_code == _PASSWORD else Unreadable(missing=False)
        document.init_forms()  # else neither the seals of signatures nor what was written into fields would be drawn
        sizes = [_size(document, n) for n in range(len(document))]
        if not sizes:
            document.close()
            return Unreadable(missing=False)
        self.close()
        self._document, self.sizes = document, sizes
        return None

    def picture(self, number: int, scale: float) -> QImage:
        """Page `number` (from 0) at `scale` pixels per point, with its notes, seals and form fields."""
        width, height = self.sizes[number]
        scale = min(scale, (MOST_PIXELS / (width * height)) ** 0.5)
        page = self._document[number]
        try:
            bitmap = page.render(scale=scale, prefer_bgrx=True, limit_image_cache=True)
            try:
                pixels = memoryview(bitmap.buffer).cast("B")
                lent = QImage(pixels, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32)
                return lent.copy()  # the pixels are PDFium's until here
            finally:
                bitmap.close()
        finally:
            page.close()

    def text(self, number: int) -> str:
        """What page `number` says, for those who listen to it; at most 20,000 characters."""
        page = self._document[number]
        try:
            words = page.get_textpage()
            return str(words.get_text_range(count=min(words.count_chars(), _MOST_TEXT)))
        finally:
            page.close()

    def find(self, text: str, wanted: Callable[[], bool]) -> Iterator[list[Hit]]:
        """Where `text` stands, page by page, whatever the case of its letters, at most 1,000 times, and as long as that
        is `wanted`. Pages without it give nothing; an empty list says that this was all."""
        left = MOST_HITS
        for number in range(len(self.sizes)):
            if self.gone or not wanted():
                return
            found = self._on(number, text, left)
            left -= len(found)
            if found:
                yield found
            if left <= 0:
                break
        yield []

    def _on(self, number: int, text: str, most: int) -> list[Hit]:
        page = self._document[number]
        found: list[Hit] = []
        try:
            left, bottom, right, top = page.get_bbox()
            across, down = right - left, top - bottom
            turned = page.get_rotation()
            words = page.get_textpage()
            search = words.search(text)
            while len(found) < most and (place := search.get_next()) is not None:
                boxes: list[Box] = []
                for n in range(words.count_rects(*place)):
                    a, b, c, d = words.get_rect(n)
                    box = ((a - left) / across, (top - d) / down, (c - left) / across, (top - b) / down)
                    boxes.append(_turned(box, turned))
                found.append(Hit(number, tuple(boxes)))
        finally:
            page.close()
        return found

    def close(self) -> None:
        """Let go of the file."""
        document, self._document = self._document, None
        if document is not None:
            document.close()


def _size(document: Any, number: int) -> tuple[float, float]:
    """A page that says nothing of its size, or nonsense, is taken as A4."""
    width, height = document.get_page_size(number)
    return (width, height) if 1 <= width <= 20_000 and 1 <= height <= 20_000 else (595.0, 842.0)


def _turned(box: Box, degrees: int) -> Box:
    """Where a box stands on a page that is shown turned clockwise."""
    a, b, c, d = box
    if degrees == 90:
        return 1 - d, a, 1 - b, c
    if degrees == 180:
        return 1 - c, 1 - d, 1 - a, 1 - b
    return (b, 1 - c, d, 1 - a) if degrees == 270 else box


@cache
def worker() -> "ThreadPoolExecutor":
    """The one thread in which PDFium runs."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="situs-pdf")
