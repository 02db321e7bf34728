"""What the painter cannot do: files inside the PDF, its metadata as XMP, a date that is that of the scan."""

import hashlib
import io
import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from msgspec import Struct

from app.report.pdf import streams
from app.report.pdf.tags import Tags
from app.report.pdf.tree import put_structure
from app.report.proof import Attached
from resources import ROOT

_LEVEL: Final = 6
_PRINT: Final = 4
"""Flag of an annotation that is printed with the page; archives ask for it on links too."""
_PROFILE: Final = ROOT / "report" / "srgb.icc"


_COUNT: Final = re.compile(rb"(\d+) beginbfchar")
_ABOUT_UA: Final = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the document conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
"""PDF/A wants schemas described that it does not know itself, that of PDF/UA among them."""


class Enclosed(Struct):
    """A file to be put inside: its name, media type, what it is for people, its packed bytes and both digests."""

    name: str
    media: str
    about: str
    relationship: str
    size: int
    sha256: str
    md5: bytes
    packed: bytes

    @property
    def attached(self) -> Attached:
        """What the manifest says of it."""
        return Attached(self.name, self.size, self.sha256)


class Packer:
    """A binary stream to write a file to that goes into the PDF: packed and digested as it comes."""

    def __init__(self) -> None:
        self._zip = zlib.compressobj(_LEVEL)
        self._parts: list[bytes] = []
        self._sha = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._size = 0

    def write(self, body: bytes) -> int:
        """Takes a part of the file."""
        self._sha.update(body)
        self._md5.update(body)
        self._size += len(body)
        if part := self._zip.compress(body):
            self._parts.append(part)
        return len(body)

    @property
    def stream(self) -> BinaryIO:
        """Itself, as those see it who write to files."""
        return cast("BinaryIO", self)

    def enclosed(self, name: str, media: str, about: str, relationship: str = "Data") -> Enclosed:
        """The whole file."""
        self._parts.append(self._zip.flush())
        packed = streams.ended(b"".join(self._parts))
        return Enclosed(name, media, about, relationship, self._size, self._sha.hexdigest(), self._md5.digest(), packed)


def enclose(name: str, media: str, about: str, body: bytes, relationship: str = "Data") -> Enclosed:
    """A file that is in memory."""
    packer = Packer()
    packer.write(body)
    return packer.enclosed(name, media, about, relationship)


def finish(raw: Path, target: Path, files: Sequence[Enclosed], made: datetime, tags: Tags, *, archival: bool) -> None:
    """Puts files and metadata into a painted PDF. `made`: the document's date. The same input gives the same bytes.

    `archival` says in the metadata that it is PDF/A-3a and PDF/UA-1: tests hold every kind of report against a
    validator.
    """
    import pikepdf

    stamp = f"D:{made.astimezone(UTC):%Y%m%d%H%M%S}Z"
    with pikepdf.open(raw) as pdf:
        parent = len(pdf.pages)
        for number, page in enumerate(pdf.pages):
            if "/Trans" in page:  # the painter gives each page an empty transition, which archives do not know
                del page["/Trans"]
            page.StructParents = number
            page.Tabs = pikepdf.Name.S
            for note in page.get("/Annots", ()):
                note.F = _PRINT
                note.StructParent = parent
                parent += 1
        _plain_codes(pdf)
        _output_intent(pdf)
        _enclose(pdf, files, stamp)
        info = pdf.docinfo
        info["/CreationDate"] = stamp
        info["/ModDate"] = stamp
        _metadata(pdf, made, archival=archival)
        streams.mend(pdf)
        pdf.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            min_version="1.7",
        )
    put_structure(target, tags)


def plain_codes(body: bytes) -> bytes:
    """A painted PDF without the claims that `_plain_codes` takes out."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(body)) as pdf:
        _plain_codes(pdf)
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _plain_codes(pdf: Any) -> None:
    """Takes out of each face the claim that its empty place stands for U+0000: nothing is written with it."""
    import pikepdf

    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font" and "/ToUnicode" in thing:
            stream = thing.ToUnicode
            body = bytes(stream.read_bytes())
            lines = body.split(b"\n")
            kept = [line for line in lines if not line.endswith(b"> <0000>")]
            gone = len(lines) - len(kept)
            if gone:
                text = b"\n".join(kept)
                count = int(_COUNT.findall(text)[0]) - gone
                told = _COUNT.sub(b"%d beginbfchar" % count, text)
                stream.write(streams.packed(told), filter=pikepdf.Name.FlateDecode)


def _enclose(pdf: Any, files: Sequence[Enclosed], stamp: str) -> None:
    from pikepdf import Array, Dictionary, Name, Stream, String

    names: list[Any] = []
    specs: list[Any] = []
    for file in sorted(files, key=lambda f: f.name):
        stream = Stream(pdf, b"")
        stream.write(file.packed, filter=Name.FlateDecode)
        stream.Type = Name.EmbeddedFile
        stream.Subtype = Name("/" + file.media)
        stream.Params = Dictionary(Size=file.size, CheckSum=String(file.md5), ModDate=stamp, CreationDate=stamp)
        body = pdf.make_indirect(stream)
        spec = pdf.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=file.name,
                UF=file.name,
                Desc=file.about,
                AFRelationship=Name("/" + file.relationship),
                EF=Dictionary(F=body, UF=body),
            )
        )
        names += [String(file.name), spec]
        specs.append(spec)
    if not specs:
        return
    if "/Names" not in pdf.Root:
        pdf.Root.Names = Dictionary()
    pdf.Root.Names.EmbeddedFiles = Dictionary(Names=Array(names))
    pdf.Root.AF = Array(specs)


def _output_intent(pdf: Any) -> None:
    """Says that the colours are sRGB, with a profile made by Little CMS."""
    from pikepdf import Array, Dictionary, Name, Stream, String

    profile = Stream(pdf, b"")
    profile.write(streams.packed(_PROFILE.read_bytes()), filter=Name.FlateDecode)
    profile.N = 3
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB"),
                Info=String("sRGB IEC61966-2.1"),
                RegistryName=String("http://www.color.org"),
                DestOutputProfile=pdf.make_indirect(profile),
            )
        ]
    )


def _metadata(pdf: Any, made: datetime, *, archival: bool) -> None:
    """Title, author, language and dates as XMP, and with `archival` what it conforms to."""
    import pikepdf

    info = {key: str(pdf.docinfo[key]) for key in ("/Title", "/Author", "/Subject") if key in pdf.docinfo}
    moment = made.astimezone(UTC).isoformat(timespec="seconds")
    with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
        meta["dc:title"] = info.get("/Title", "Situs")
        meta["dc:creator"] = [info.get("/Author", "Situs")]
        if subject := info.get("/Subject"):
            meta["dc:description"] = subject
        if "/Lang" in pdf.Root:
            meta["dc:language"] = {str(pdf.Root.Lang)}
        meta["dc:format"] = "application/pdf"
        meta["xmp:CreatorTool"] = "Situs"
        meta["xmp:CreateDate"] = moment
        meta["xmp:ModifyDate"] = moment
        meta["pdf:Producer"] = "Situs"
        if archival:
            meta["pdfaid:part"] = "3"
            meta["pdfaid:conformance"] = "A"
            meta["pdfuaid:part"] = "1"
    if archival:
        body = pdf.Root.Metadata.read_bytes()
        end = body.rindex(b"</rdf:RDF>")
        metadata = pikepdf.Stream(pdf, body[:end] + _ABOUT_UA + body[end:])
        metadata.Type = pikepdf.Name.Metadata
        metadata.Subtype = pikepdf.Name.XML
        pdf.Root.Metadata = metadata


def lock(path: Path, password: str) -> None:
    """Locks a PDF with a password (AES-256, PDF 2.0 revision 6); who has it may read, print and copy, not change."""
    import secrets

    import pikepdf

    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
            for name in ("pdfaid:part", "pdfaid:conformance"):  # an archive can open no lock
                if name in meta:
                    del meta[name]
        pdf.save(
            path,
            encryption=pikepdf.Encryption(
                owner=secrets.token_urlsafe(32),
                user=password,
                R=6,
                allow=pikepdf.Permissions(modify_other=False, modify_annotation=False, modify_assembly=False),
            ),
        )
