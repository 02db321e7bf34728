"""Files in the forms in which the clouds export them, one thing a line so that a change can be reviewed."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from identity import Document


def line(document: Any) -> str:
    """JSON on one line."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def write_text(path: Path, text: str) -> None:
    """UTF-8 with plain line ends, whatever the system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def write_lines(path: Path, documents: Iterable[Document]) -> None:
    """One document a line (NDJSON)."""
    write_text(path, "".join(f"{line(document)}\n" for document in documents))


def write_list(
    path: Path, head: Document, name: str, documents: Iterable[Document], tail: Document | None = None
) -> None:
    """One object whose member `name` is a list, with an element a line."""
    text = listing(head, name, documents, tail)
    if path.suffix == ".gz":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0))
    else:
        write_text(path, text)


def listing(head: Document, name: str, documents: Iterable[Document], tail: Document | None = None) -> str:
    """The text of `write_list`."""
    before = "".join(f"{line(key)}:{line(value)}," for key, value in head.items())
    after = "".join(f",{line(key)}:{line(value)}" for key, value in (tail or {}).items())
    inside = ",\n".join(line(document) for document in documents)
    return f"{{{before}{line(name)}:[\n{inside}\n]{after}}}\n"


def write_array(path: Path, documents: Iterable[Document]) -> None:
    """A list, an element a line."""
    inside = ",\n".join(line(document) for document in documents)
    write_text(path, f"[\n{inside}\n]\n")
