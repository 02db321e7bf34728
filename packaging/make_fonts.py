"""Makes `resources/fonts` from Debian's packages named below. Run by hand, with fontTools.

    apt-get download fonts-noto-core fonts-dejavu-core fonts-droid-fallback
     for f in *.deb; do dpkg -x $f unpacked; done
    python make_fonts.py unpacked/usr/share/fonts/truetype

What is cut away: scripts that the faces do not need, hinting, and layout tables, which the PDF writer cannot use.
"""

import sys
from pathlib import Path

from fontTools import subset  # pyright: ignore[reportMissingImports]

OUT = Path(__file__).resolve().parent.parent / "resources" / "fonts"
EUROPE = [
    (0x20, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF),
    (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x218F), (0x2212, 0x2212), (0xFB00, 0xFB06),
]  # fmt: skip
ASCII = [(0x20, 0x17F), (0x2010, 0x2026)]
REST = [
    (0x530, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF), (0xE80, 0xEFF), (0x10A0, 0x10FF), (0x2190, 0x23FF),
    (0x2500, 0x25FF), (0x2600, 0x27BF), (0x27E0, 0x27EF), (0xFB13, 0xFB4F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF),
]  # fmt: skip
EAST = [
    (0x2E80, 0x2FDF), (0x3000, 0x30FF), (0x3100, 0x312F), (0x3131, 0x318E), (0x31A0, 0x31BF), (0x3200, 0x33FF),
    (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF01, 0xFFEE),
]  # fmt: skip
"""Chinese, Japanese and Korean: Noto's faces for them have PostScript outlines, which the PDF writer cannot embed."""
FACES = {
    "noto/NotoSans-Regular.ttf": EUROPE,
    "noto/NotoSans-Bold.ttf": EUROPE,
    "noto/NotoSans-Italic.ttf": EUROPE,
    "noto/NotoSerif-Regular.ttf": EUROPE,
    "noto/NotoSerif-Bold.ttf": EUROPE,
    "dejavu/DejaVuSansMono.ttf": ASCII,
    "dejavu/DejaVuSans.ttf": REST,
    "droid/DroidSansFallback.ttf": EAST,
}


def main(folder: Path) -> None:
    """Writes each face, cut down, under its own name."""
    for name, ranges in FACES.items():
        options = subset.Options(
            drop_tables=["GSUB", "GPOS", "GDEF", "DSIG", "FFTM", "MATH"],
            layout_features=[],
            hinting=False,
            notdef_outline=True,
            glyph_names=False,
            name_IDs=["*"],
            name_languages=[0x409],
        )
        font = subset.load_font(str(folder / name), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
        cutter.subset(font)
        # The PDF writer miscounts the widths of glyphs that share one entry: the last glyph, one unit wider than the
        # rest, keeps an entry for each.
        last = font.getGlyphOrder()[-1]
        wide, bearing = font["hmtx"][last]
        font["hmtx"][last] = (wide + 1, bearing)
        target = OUT / Path(name).name
        subset.save_font(font, str(target), options)
        sys.stderr.write(f"{target.name}: {target.stat().st_size // 1024} KiB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
