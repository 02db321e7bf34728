"""A signature field as part of a tagged document: without it, what reads a PDF aloud would pass the signature over."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyHanko's objects have no types.

import re
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


class SteadyWriter(IncrementalPdfFileWriter):
    """Adds to a PDF and leaves its metadata as they are.

    The library would write the XMP anew, in a form in which the description of PDF/UA that PDF/A asks for gets lost.
    When a document was signed is told by the signature; the document's own date stays that of its scan.
    """

    def _update_meta(self) -> None:
        """Changes nothing."""


_CLAIMS: Final = re.compile(
    rb"<(pdfaid:part|pdfaid:conformance|pdfuaid:part)\b[^>]*>[^<]*</\1>"
    rb"|<rdf:Description[^>]*xmlns:pdfaExtension=.*?</rdf:Description>\s*",
    re.DOTALL,
)


def without_claims(writer: Any) -> None:
    """Takes out of the metadata that the document is PDF/A and PDF/UA.

    The validator at hand takes a signature for incomplete behind which a time stamp was added, and the stamp's field is
    not in the structure: what it does not confirm is not claimed.
    """
    reference = writer.root.raw_get("/Metadata") if "/Metadata" in writer.root else None
    if reference is None:
        return
    old = reference.get_object()
    body = _CLAIMS.sub(b"", bytes(old.data))
    if body == bytes(old.data):
        return
    kept = generic.StreamObject({k: old.raw_get(k) for k in ("/Type", "/Subtype") if k in old}, stream_data=body)
    writer.root["/Metadata"] = writer.add_object(kept)
    writer.update_root()


def tag_field(writer: Any, widget: Any, about: str) -> None:
    """Names a visible field for reading programs, and puts it into the structure behind the first section's content.

    `widget` is the reference to the field. A document without the structure that our reports have is left as it is.
    """
    field = widget.get_object()
    field["/TU"] = generic.TextStringObject(about)
    writer.mark_update(widget)
    try:
        root = writer.root["/StructTreeRoot"]
        section_reference = root["/K"]["/K"].raw_get(0)
        section = section_reference.get_object()
        kids = section["/K"]
        parents = root["/ParentTree"]["/Kids"]
        key = int(root["/ParentTreeNextKey"])
    except (KeyError, IndexError, TypeError, AttributeError):
        return
    if not isinstance(kids, generic.ArrayObject) or not isinstance(parents, generic.ArrayObject):
        return
    name = generic.NameObject
    part = generic.DictionaryObject(
        {
            name("/Type"): name("/OBJR"),
            name("/Pg"): field.raw_get("/P"),
            name("/Obj"): generic.IndirectObject(widget.idnum, widget.generation, writer),
        }
    )
    form = writer.add_object(
        generic.DictionaryObject({name("/S"): name("/Form"), name("/P"): section_reference, name("/K"): part})
    )
    kids.append(form)
    writer.update_container(kids)
    leaf = generic.DictionaryObject(
        {
            name("/Limits"): generic.ArrayObject([generic.NumberObject(key), generic.NumberObject(key)]),
            name("/Nums"): generic.ArrayObject([generic.NumberObject(key), form]),
        }
    )
    parents.append(writer.add_object(leaf))
    writer.update_container(parents)
    root["/ParentTreeNextKey"] = generic.NumberObject(key + 1)
    writer.update_container(root)
    field["/StructParent"] = generic.NumberObject(key)
