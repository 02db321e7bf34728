"""The files inside a PDF, read piece by piece: digests of what may be large, bytes of what has to be small."""

import hashlib
import io
import zlib
from typing import Any, Final

from msgspec import Struct

from app.report.proof import EVIDENCE, MANIFEST

_SMALL: Final = 64 << 20
_MOST: Final = 4 << 30
_PIECE: Final = 1 << 16


class Found(Struct):
    """What is inside: name → (bytes, SHA-256), and the two files that are read. Absent: None."""

    files: dict[str, tuple[int, str]]
    manifest: bytes | None = None
    evidence: bytes | None = None


def enclosed(body: bytes) -> Found:
    """The files inside a PDF. Raises ValueError where it cannot be taken apart."""
    import pikepdf

    found = Found({})
    try:
        with pikepdf.open(io.BytesIO(body)) as pdf:
            for name, stream in _streams(pdf):
                size, digest, kept = _read(stream, name in (MANIFEST, EVIDENCE))
                found.files[name] = (size, digest)
                if name == MANIFEST:
                    found.manifest = kept
                elif name == EVIDENCE:
                    found.evidence = kept
    except ValueError:
        raise
    except (pikepdf.PdfError, zlib.error, KeyError, TypeError, AttributeError, IndexError, RuntimeError) as error:
        raise ValueError(str(error)[:200]) from error
    return found


def _streams(pdf: Any) -> list[tuple[str, Any]]:
    """Name and stream of each enclosed file, by the plain list that our reports have."""
    if "/Names" not in pdf.Root or "/EmbeddedFiles" not in pdf.Root.Names:
        return []
    tree = pdf.Root.Names.EmbeddedFiles
    if "/Names" not in tree:
        return []
    names = list(tree.Names)
    return [(str(names[i]), names[i + 1].EF.F) for i in range(0, len(names) - 1, 2)]


def _read(stream: Any, keep: bool) -> tuple[int, str, bytes | None]:
    """Size and digest of a stream, unpacked piece by piece; its bytes where asked for and small."""
    whole = hashlib.sha256()
    size = 0
    parts: list[bytes] = []
    raw = bytes(stream.read_raw_bytes())
    packed = str(stream.get("/Filter", "")) == "/FlateDecode"
    if not packed and "/Filter" in stream:
        raise ValueError(str(stream.get("/Filter"))[:60])
    unzip = zlib.decompressobj()
    pending = raw
    while pending:
        if packed:
            piece = unzip.decompress(pending, _PIECE)
            pending = unzip.unconsumed_tail
            if not piece and not pending:
                break
        else:
            piece, pending = pending, b""
        whole.update(piece)
        size += len(piece)
        if size > _MOST:
            raise ValueError("a file inside unpacks to more than 4 GB")
        if keep:
            if size > _SMALL:
                raise ValueError("the manifest inside is larger than 64 MB")
            parts.append(piece)
        if packed and unzip.eof:
            break
    return size, whole.hexdigest(), b"".join(parts) if keep else None
