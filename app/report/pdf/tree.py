"""Puts the structure of a document into its finished file, as one further revision at its end.

The painter keeps the structure as numbers (`tags`); here they become the objects of a tagged PDF: elements, the tree
from marked content back to its element, and the catalogue that names both. They are written as they are formatted, in
packed object streams, so that a million elements need no more memory than their numbers (ISO 32000-1, 7.5.6 and 14.7).
"""

import hashlib
import re
import struct
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from app.report.pdf.streams import packed
from app.report.pdf.tags import ANNOTATION, CONTENT, KINDS, Tags

_PER_STREAM: Final = 400
_PER_LEAF: Final = 200
_NUMBER: Final = (1 << 56) - 1
_LOW: Final = (1 << 20) - 1
_TAIL: Final = 2048


class _Revision:
    """Objects appended to a file. Numbers are given by the caller and run on without a gap."""

    def __init__(self, file: BinaryIO, first: int, count: int) -> None:
        self._file = file
        self._first = first
        self._streams = first + count
        self._places = array("I", bytes(4 * count))
        """Number of the stream, counted from the first, and place in it: what little is kept of half a million."""
        self._offsets: list[int] = []
        self._waiting: list[tuple[int, bytes]] = []
        self._other: dict[int, tuple[int, int]] = {}
        self.digest = hashlib.md5(usedforsecurity=False)

    def add(self, number: int, text: str) -> None:
        """One object; it is written with others once they are enough."""
        self._waiting.append((number, text.encode("latin-1")))
        if len(self._waiting) >= _PER_STREAM:
            self._flush()

    def _write(self, body: bytes) -> int:
        place = self._file.tell()
        self._file.write(body)
        self.digest.update(body)
        return place

    def _flush(self) -> None:
        if not self._waiting:
            return
        turn = len(self._offsets)
        stream = self._streams + turn
        heads: list[str] = []
        offset = 0
        for index, (number, body) in enumerate(self._waiting):
            heads.append(f"{number} {offset}")
            offset += len(body) + 1
            if number < self._first:
                self._other[number] = (stream, index)
            else:
                self._places[number - self._first] = turn * _PER_STREAM + index
        head = (" ".join(heads) + "\n").encode("ascii")
        body = packed(head + b"\n".join([body for _, body in self._waiting]))
        told = f"{stream} 0 obj\n<</Type/ObjStm/N {len(self._waiting)}/First {len(head)}/Filter/FlateDecode"
        told = f"{told}/Length {len(body)}>>stream\n"
        self._offsets.append(self._write(told.encode("ascii") + body + b"\nendstream\nendobj\n"))
        self._waiting.clear()

    def close(self, trailer: str, identity: tuple[bytes, bytes]) -> None:
        """Writes what is waiting and the table of all; `trailer` are further entries of it."""
        self._flush()
        number = self._streams + len(self._offsets)
        place = self._file.tell()
        rows = bytearray()
        index: list[str] = []
        for changed, (stream, at) in sorted(self._other.items()):
            rows += struct.pack(">BIH", 2, stream, at)
            index.append(f"{changed} 1")
        index.append(f"{self._first} {len(self._places) + len(self._offsets) + 1}")
        for at in self._places:
            rows += struct.pack(">BIH", 2, self._streams + at // _PER_STREAM, at % _PER_STREAM)
        for offset in (*self._offsets, place):
            rows += struct.pack(">BIH", 1, offset, 0)
        table = packed(bytes(rows))
        self.digest.update(identity[1])
        told = (
            f"{number} 0 obj\n<</Type/XRef/Size {number + 1}/W[1 4 2]/Index[{' '.join(index)}]{trailer}"
            f"/ID[<{identity[0].hex()}><{self.digest.hexdigest()}>]/Filter/FlateDecode/Length {len(table)}>>stream\n"
        )
        self._file.write(told.encode("latin-1") + table + b"\nendstream\nendobj\n")
        self._file.write(f"startxref\n{place}\n%%EOF\n".encode("ascii"))


def put_structure(path: Path, tags: Tags) -> None:
    """Appends the structure to a file whose pages and annotations are those that `tags` saw being painted.

    The file has to be one that pikepdf wrote with a stream of references. The same input gives the same bytes.
    """
    import pikepdf

    with pikepdf.open(path) as pdf:
        size = int(pdf.trailer.Size)
        root = pdf.Root.objgen[0]
        catalogue = pdf.Root.unparse(resolved=True).decode("latin-1")
        trailer = f"/Root {root} 0 R"
        if "/Info" in pdf.trailer:
            trailer += f"/Info {pdf.trailer.Info.objgen[0]} 0 R"
        identity = bytes(pdf.trailer.ID[0]), bytes(pdf.trailer.ID[1])  # pyright: ignore[reportArgumentType]
        pages = array("Q")
        notes = array("Q")
        for page in pdf.pages:
            pages.append(page.obj.objgen[0])
            notes.extend(note.objgen[0] for note in page.get("/Annots", ()))
    if len(pages) != len(tags.pages) or len(notes) != len(tags.annotations):
        raise ValueError("the pages are not those that were tagged")
    leaves = _leaves(tags)
    first, tree, parents = size, size + tags.count, size + tags.count + 1
    count = tags.count + 2 + len(pages) + len(leaves)
    with path.open("r+b") as file:
        before = _last_table(file)
        revision = _Revision(file, first, count)
        known = bytearray(tags.count)
        for number, text in _elements(tags, first, tree, pages, notes):
            known[number - first] = 1
            revision.add(number, text)
        for number, there in enumerate(known):
            if not there:  # an element in which nothing was painted
                revision.add(first + number, "null")
        revision.add(
            tree,
            f"<</Type/StructTreeRoot/K {first} 0 R/ParentTree {parents} 0 R"
            f"/ParentTreeNextKey {len(pages) + len(notes)}>>",
        )
        arrays = parents + 1
        for place, elements in enumerate(tags.pages):
            revision.add(arrays + place, "[" + " ".join([f"{first + e} 0 R" for e in elements]) + "]")
        below = arrays + len(pages)
        for place, (low, high) in enumerate(leaves):
            revision.add(below + place, _leaf(tags, low, high, first, arrays))
        kids = " ".join(f"{below + place} 0 R" for place in range(len(leaves)))
        revision.add(parents, f"<</Kids[{kids}]>>")
        end = catalogue.rindex(">>")
        revision.add(root, f"{catalogue[:end]}/MarkInfo<</Marked true>>/StructTreeRoot {tree} 0 R>>")
        revision.close(f"{trailer}/Prev {before}", identity)


def _last_table(file: BinaryIO) -> int:
    """Where the last table of references begins; leaves the file at its end."""
    end = file.seek(0, 2)
    file.seek(max(0, end - _TAIL))
    found = re.findall(rb"startxref\s+(\d+)", file.read())
    file.seek(0, 2)
    return int(found[-1])


def _leaves(tags: Tags) -> list[tuple[int, int]]:
    """First and last key of each leaf of the tree of parents."""
    count = len(tags.pages) + len(tags.annotations)
    return [(low, min(low + _PER_LEAF, count) - 1) for low in range(0, count, _PER_LEAF)]


def _leaf(tags: Tags, low: int, high: int, first: int, arrays: int) -> str:
    pages = len(tags.pages)
    entries = [
        f"{key} {arrays + key} 0 R" if key < pages else f"{key} {first + tags.annotations[key - pages]} 0 R"
        for key in range(low, high + 1)
    ]
    return f"<</Limits[{low} {high}]/Nums[{' '.join(entries)}]>>"


def _elements(
    tags: Tags, first: int, tree: int, pages: Sequence[int], notes: Sequence[int]
) -> Iterator[tuple[int, str]]:
    """Every element with its number in the file."""
    records = tags.records
    more = tags.more
    heads = [f"<</S/{name}{told}/P " for name, told in KINDS]
    at, end = 0, len(records)
    while at < end:
        word, parent, number = records[at], records[at + 1], records[at + 2]
        own = word & _NUMBER
        kids = records[at + 3 : at + 3 + number]
        at += 3 + number
        above = first + parent if own else tree
        text = f"{heads[word >> 56]}{above} 0 R"
        if own in more:
            text += more[own]
        if number:
            text += _kids(kids, first, pages, notes)
        yield first + own, text + ">>"


def _kids(kids: "array[int]", first: int, pages: Sequence[int], notes: Sequence[int]) -> str:
    page = -1
    told: list[str] = []
    for kid in kids:
        if kid & CONTENT:
            place = (kid ^ CONTENT) >> 20
            if page < 0:
                page = place
            if place == page:
                told.append(str(kid & _LOW))
            else:
                told.append(f"<</Type/MCR/Pg {pages[place]} 0 R/MCID {kid & _LOW}>>")
        elif kid & ANNOTATION:
            place = (kid ^ ANNOTATION) >> 32
            told.append(f"<</Type/OBJR/Pg {pages[place]} 0 R/Obj {notes[kid & 0xFFFFFFFF]} 0 R>>")
        else:
            told.append(f"{first + kid} 0 R")
    own = f"/Pg {pages[page]} 0 R" if page >= 0 else ""
    return f"{own}/K {told[0]}" if len(told) == 1 else f"{own}/K[{' '.join(told)}]"
