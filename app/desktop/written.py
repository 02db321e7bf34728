"""Reports that were written on this computer: kept in the user's data folder. Imports no Qt."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

_FILE: Final = "reports.json"
_MOST: Final = 500
_LARGEST: Final = 4 << 20


class Written(Struct, frozen=True):
    """One report. `file`: path as text. `when`: in UTC. `judgement`: what it is of. `signed_by`: empty if by nobody."""

    file: str
    size: int
    digest: str
    when: datetime
    sample: bool
    kind: str = "full"
    judgement: int = 0
    signed_by: str = ""

    @property
    def path(self) -> Path:
        """Where it was written."""
        return Path(self.file)


def history(folder: Path) -> list[Written]:
    """The newest first; none where nothing was noted or the note cannot be read."""
    path = folder / _FILE
    try:
        if path.stat().st_size > _LARGEST:
            return []
        return msgspec.json.decode(path.read_bytes(), type=list[Written])
    except (OSError, msgspec.DecodeError):
        return []


def note(folder: Path, found: list[Written]) -> list[Written]:
    """Remember these before those that are known; returns all."""
    known = [*found, *(w for w in history(folder) if w.file not in {f.file for f in found})][:_MOST]
    part = folder / f"{_FILE}.{os.getpid()}.part"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(known))
        part.replace(folder / _FILE)
    return known


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
