"""Makes the icons of the programs from `resources/icons/situs.svg`: Windows .ico, macOS .icns, and pictures for Linux.

QT_QPA_PLATFORM=offscreen python packaging/make_icons.py
"""

from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[1]
DRAWING = ROOT / "resources" / "icons" / "situs.svg"
FOLDER = ROOT / "packaging" / "icons"
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)
LINUX_SIZES = (48, 256)


def drawn(size: int) -> Image.Image:
    """The drawing at this size in pixels, each size drawn anew: a picture made smaller would be blurred."""
    renderer = QSvgRenderer(str(DRAWING))
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(BytesIO(buffer.data().data())).convert("RGBA")


def main() -> None:
    """Write all of them."""
    application = QGuiApplication.instance() or QGuiApplication([])
    FOLDER.mkdir(exist_ok=True)
    pictures = {size: drawn(size) for size in {*ICO_SIZES, *ICNS_SIZES, *LINUX_SIZES}}
    small = [pictures[size] for size in ICO_SIZES]
    small[-1].save(FOLDER / "situs.ico", sizes=[(s, s) for s in ICO_SIZES], append_images=small[:-1])
    large = [pictures[size] for size in ICNS_SIZES]
    large[-1].save(FOLDER / "situs.icns", append_images=large[:-1])
    for size in LINUX_SIZES:
        pictures[size].save(FOLDER / f"situs-{size}.png", optimize=True)
    del application


if __name__ == "__main__":
    main()
