"""How a signature looks on the page: a painted seal, put into the signature field."""

import io
from datetime import UTC, datetime
from typing import Any, cast

from app.signing.identity import Identity


def stamp_style(box: tuple[float, float, float, float], identity: Identity, reason: str) -> Any:
    """What pyHanko paints into the field: our own page, as large as the field."""
    from pyhanko.pdf_utils import layout
    from pyhanko.pdf_utils.content import PdfContent
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.stamp import StaticStampStyle

    from app.report.pdf.seal import painted

    size = (box[2] - box[0], box[3] - box[1])
    page = painted(size, identity, datetime.now(UTC), reason)

    class Seal(PdfContent):
        """The painted page as content of the field."""

        def render(self) -> bytes:
            writer = cast("Any", self.writer)  # pyright: ignore[reportUnknownMemberType]
            page_object = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(page)), page_ix=0)
            resources: Any = self.resources
            resources.xobject["/SitusSeal"] = page_object
            self.box = layout.BoxConstraints(width=size[0], height=size[1])
            return b"/SitusSeal Do"

    rule = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MIN,
        y_align=layout.AxisAlignment.ALIGN_MIN,
        margins=layout.Margins(),
        inner_content_scaling=layout.InnerScaling.STRETCH_FILL,
    )
    return StaticStampStyle(border_width=0, background=Seal(), background_layout=rule, background_opacity=1.0)
