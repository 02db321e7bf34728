"""Views that a user saved: filters under a name, in the user's data folder. Imports no Qt."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

View = dict[str, str | list[str]]
_FILE: Final = "views.json"
_MOST: Final = 60
_LARGEST: Final = 1 << 20


def read(folder: Path) -> dict[str, dict[str, View]]:
    """Page → name → view; nothing where the file is not there or not ours."""
    path = folder / _FILE
    try:
        if path.stat().st_size > _LARGEST:
            return {}
        return msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, View]])
    except (OSError, msgspec.DecodeError):
        return {}


def keep(folder: Path, page: str, name: str, view: View | None) -> dict[str, dict[str, View]]:
    """Keep a view under a name, or forget it (None); returns all."""
    known = read(folder)
    views = known.setdefault(page, {})
    views.pop(name, None)
    if view is not None:
        views[name[:80]] = view
    known[page] = dict(list(views.items())[-_MOST:])
    part = folder / f"{_FILE}.{os.getpid()}.part"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.format(msgspec.json.encode(known)))
        part.replace(folder / _FILE)
    return known
