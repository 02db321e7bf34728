"""What was added behind a signature: quickly recognised where it is only a time stamp over the whole file.

The library compares the whole structure of a document before and after, which takes minutes for a long tagged report.
Here only what a later revision writes is looked at: each object has to be one that a time stamp needs, with nothing
else in it changed. Whatever is not recognised is left to the library.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyHanko's objects have no types.

import io
from typing import Any, Final

_MAY_CHANGE: Final = {
    "catalogue": frozenset({"/DSS", "/AcroForm", "/Extensions"}),
    "form": frozenset({"/Fields", "/SigFlags"}),
    "page": frozenset({"/Annots"}),
}


def only_stamps_follow(reader: Any, embedded: Any) -> bool:
    """Whether every revision behind a signature adds a time stamp and what issuers say, and changes nothing else.

    The last has to be a time stamp that covers the whole file. False says nothing about what it is instead.
    """
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    try:
        stamps: list[Any] = list(reader.embedded_timestamp_signatures)
        if not stamps:
            return False
        last = stamps[-1]
        last.compute_integrity_info(skip_diff=True)
        if last.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
            return False
        old = reader.get_historical_resolver(embedded.signed_revision)
        size = reader.xrefs.get_xref_container_info(embedded.signed_revision).size
        for revision in range(embedded.signed_revision + 1, reader.xrefs.total_revisions):
            if reader.xrefs.refs_freed_in_revision(revision):
                return False
            for ref in reader.xrefs.explicit_refs_in_revision(revision):
                now = reader.get_object(ref)
                good = _new(now) if ref.idnum >= size else _changed(old, old.get_object(ref), now, ref)
                if not good:
                    return False
    except Exception:  # an object that cannot be read is for the library to judge
        return False
    return True


def _new(thing: Any) -> bool:
    """Whether an object that was not there before draws nothing: certificate, answer, stamp, field."""
    from pyhanko.pdf_utils import generic

    if isinstance(thing, generic.StreamObject):
        if str(thing.get("/Type", "")) in ("/XRef", "/ObjStm"):
            return True
        return set(thing) <= {"/Filter", "/Length"} and _is_der(bytes(thing.data))
    if isinstance(thing, generic.ArrayObject):
        return all(isinstance(thing.raw_get(i), generic.IndirectObject) for i in range(len(thing)))
    if not isinstance(thing, generic.DictionaryObject):
        return False
    if "/FT" in thing:
        return str(thing["/FT"]) == "/Sig" and all(float(side) == 0 for side in thing.get("/Rect", (0,)))
    if str(thing.get("/Type", "")) == "/DocTimeStamp":
        return True
    return bool(thing) and set(thing) <= {"/Certs", "/OCSPs", "/CRLs", "/VRI", "/Type", "/Cert", "/OCSP", "/CRL", "/TU"}


def _is_der(body: bytes) -> bool:
    """Whether the bytes are exactly one value of ASN.1, as certificates and answers are."""
    from asn1crypto import parser

    try:
        parser.parse(body, strict=True)
    except ValueError:
        return False
    return body[:1] == b"\x30"


def _changed(old: Any, before: Any, now: Any, ref: Any) -> bool:
    """Whether an object that was there changed only where a time stamp has to change it."""
    from pyhanko.pdf_utils import generic

    store, form = _place(old.root, "/DSS"), _place(old.root, "/AcroForm")
    if ref.idnum == old.root_ref.idnum:
        role = "catalogue"
    elif ref.idnum == form:
        role = "form"
    elif ref.idnum == store:
        return _new(now)
    elif isinstance(before, generic.DictionaryObject) and str(before.get("/Type", "")) == "/Page":
        role = "page"
    elif isinstance(before, generic.ArrayObject):
        return _longer(before, now)
    else:
        return _written(before) == _written(now)
    free = _MAY_CHANGE[role]
    if any(_written(before.raw_get(k)) != _written(now.raw_get(k)) for k in before if k in now and k not in free):
        return False
    if any(k not in now for k in before) or any(k not in before and k not in free for k in now):
        return False
    if role == "catalogue":
        return "/AcroForm" not in before or _form_grew(before["/AcroForm"], now["/AcroForm"])
    key = "/Fields" if role == "form" else "/Annots"
    return key not in before or _longer(before[key], now[key])


def _form_grew(before: Any, now: Any) -> bool:
    free = _MAY_CHANGE["form"]
    same = all(k in now and _written(before.raw_get(k)) == _written(now.raw_get(k)) for k in before if k not in free)
    return same and set(now) - set(before) <= free and _longer(before["/Fields"], now["/Fields"])


def _longer(before: Any, now: Any) -> bool:
    """Whether an array has everything that it had, in its place."""
    return len(now) >= len(before) and all(
        _written(before.raw_get(i)) == _written(now.raw_get(i)) for i in range(len(before))
    )


def _place(dictionary: Any, key: str) -> int:
    from pyhanko.pdf_utils import generic

    thing = dictionary.raw_get(key) if key in dictionary else None
    return int(thing.idnum) if isinstance(thing, generic.IndirectObject) else -1


def _written(thing: Any) -> bytes:
    out = io.BytesIO()
    thing.write_to_stream(out, None)
    return out.getvalue()
