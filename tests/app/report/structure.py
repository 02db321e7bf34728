"""Reads the structure of a PDF and the text of its marked content, apart from the program that wrote them."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import page
import pikepdf

PAINTING = frozenset(["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "Tj", "TJ", "'", '"', "EI"])
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s+<([0-9A-Fa-f]+)>")


@dataclass
class Node:
    """An element. `kids` are nodes, (page, sequence) pairs of marked content, and the names of annotations."""

    kind: str
    data: Any
    kids: list[Any] = field(default_factory=list)

    def walk(self) -> list["Node"]:
        """It and all below it, in reading order."""
        return [self, *(n for kid in self.kids if isinstance(kid, Node) for n in kid.walk())]

    def content(self) -> list[tuple[int, int]]:
        """The marked content below it, in reading order."""
        found: list[tuple[int, int]] = []
        for kid in self.kids:
            if isinstance(kid, Node):
                found += kid.content()
            elif isinstance(kid, tuple):
                found.append(kid)
        return found


class Structure:
    """The structure of one file: `root`, `text` by (page, sequence), `artifacts` by page, `bare` = what is unmarked."""

    def __init__(self, path: Path) -> None:
        self.text: dict[tuple[int, int], str] = {}
        self.tags: dict[tuple[int, int], str] = {}
        self.artifacts: list[str] = []
        self.bare: list[str] = []
        self.parents: dict[int, Any] = {}
        self._maps: dict[Any, dict[int, str]] = {}
        with pikepdf.open(path) as pdf:
            self._numbers = {page.obj.objgen: n for n, page in enumerate(pdf.pages)}
            self.keys = [int(page.obj.StructParents) for page in pdf.pages]
            self.tabs = {str(page.obj.get("/Tabs")) for page in pdf.pages}
            for number, page in enumerate(pdf.pages):
                self._page(number, page)
            tree = pdf.Root.StructTreeRoot
            self.marked = bool(pdf.Root.MarkInfo.Marked)
            self.root = self._node(tree.K, tree)
            for leaf in tree.ParentTree.Kids:
                entries = list(leaf.Nums)
                for key, value in zip(entries[::2], entries[1::2], strict=True):
                    assert int(leaf.Limits[0]) <= int(key) <= int(leaf.Limits[1])
                    self.parents[int(key)] = (
                        [v.objgen for v in value] if isinstance(value, pikepdf.Array) else value.objgen
                    )
            self.links = {
                note.objgen: (int(note.StructParent), str(note.get("/Contents", "")))
                for page in pdf.pages
                for note in page.obj.get("/Annots", ())
            }

    def said(self, node: Node) -> str:
        """The text below an element, in reading order."""
        if "/ActualText" in node.data:
            return str(node.data["/ActualText"])
        parts = [self.said(kid) if isinstance(kid, Node) else self.text.get(kid, "") for kid in node.kids]
        return "".join(parts)

    def _node(self, data: Any, parent: Any) -> Node:
        assert data.P.objgen == parent.objgen
        node = Node(str(data.S)[1:], data)
        kids = data.get("/K")
        for kid in [] if kids is None else list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                node.kids.append((self._numbers[data.Pg.objgen], int(kid)))
            elif kid.get("/Type") == "/MCR":
                node.kids.append((self._numbers[kid.Pg.objgen], int(kid.MCID)))
            elif kid.get("/Type") == "/OBJR":
                node.kids.append(f"annotation {kid.Obj.objgen[0]}")
            else:
                node.kids.append(self._node(kid, data))
        node.data = {str(k): v for k, v in data.items() if str(k) in ("/Alt", "/Lang", "/A", "/ActualText")} | {
            "id": data.objgen
        }
        return node

    def _page(self, number: int, page: Any) -> None:
        fonts = page.obj.Resources.get("/Font", {})
        forms = page.obj.Resources.get("/XObject", {})
        open_: list[tuple[str, int | None]] = []
        face: dict[int, str] = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BMC", "BDC"):
                told = operands[1] if name == "BDC" else {}
                sequence = told.get("/MCID")
                open_.append((str(operands[0]), sequence))
                if sequence is not None:
                    assert (number, int(sequence)) not in self.text
                    self.text[number, int(sequence)] = ""
                    self.tags[number, int(sequence)] = str(operands[0])[1:]
            elif name == "EMC":
                open_.pop()
            elif name == "Tf":
                face = self._face(fonts[str(operands[0])])
            elif name in PAINTING:
                if not open_:
                    self.bare.append(f"page {number + 1}: {name} {operands}")
                text = ""
                if name == "Tj":
                    text = "".join(face[c] for c in bytes(operands[0]))
                elif name == "Do":
                    text = self._form(forms[str(operands[0])])
                else:
                    assert name not in ("TJ", "'", '"')
                self._put(number, open_, text)
        assert not open_

    def _put(self, number: int, open_: list[tuple[str, int | None]], text: str) -> None:
        for _, sequence in reversed(open_):
            if sequence is not None:
                self.text[number, int(sequence)] += text
                return
        self.artifacts.append(text)

    def _form(self, form: Any) -> str:
        if form.get("/Subtype") != "/Form":
            return ""
        fonts = form.Resources.get("/Font", {})
        text, face = "", {}
        for operands, operator in pikepdf.parse_content_stream(form):
            if str(operator) == "Tf":
                face = self._face(fonts[str(operands[0])])
            elif str(operator) == "Tj":
                text += "".join(face[c] for c in bytes(operands[0]))
        return text

    def _face(self, font: Any) -> dict[int, str]:
        if font.objgen not in self._maps:
            pairs = _PAIR.findall(bytes(font.ToUnicode.read_bytes()).split(b"beginbfchar")[1])
            self._maps[font.objgen] = {int(code, 16): chr(int(sign, 16)) for code, sign in pairs}
        return self._maps[font.objgen]


def amiss(path: Path, profiles: tuple[str, ...] = ("3a", "ua1")) -> list[tuple[str, str]]:
    """What a validator finds wrong in a file: (rule, message).

    It takes the carriage return that a packed stream may end with, and the line feed that the standard puts behind
    every stream, for one end of line. That finding is left out where the stream has exactly its length.
    """
    found: list[tuple[str, str]] = []
    body = path.read_bytes()
    for profile in profiles:
        for failure in page.validate_pdf(path, profile=profile).failures:
            if failure.rule_id.endswith("STREAM-LENGTH-001") and failure.object_id is not None:
                begin = body.rindex(b"\n%d 0 obj" % failure.object_id.object_number)
                start = body.index(b"stream", begin) + 7
                length = int(re.search(rb"/Length (\d+)", body[begin:start])[1])  # type: ignore[index]
                if body[start + length - 1 : start + length + 10] == b"\r\nendstream":
                    continue
            found.append((failure.rule_id, failure.message))
    return found
