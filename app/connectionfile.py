"""Changing the connections file without losing what people wrote in it, and what the last test of each showed.

A change is written only after the whole file was found valid; what was there before is kept beside it as `NAME.bak`.
"""

import json
import os
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from msgspec import Struct

from app.connections import Connection, ConnectionsError, load_connections
from app.texts import tr

FILE: Final = "connections.toml"
_TESTED: Final = "connections-tested.json"
_LARGEST: Final = 4 << 20
_ORDER: Final = ("name", "provider", "auth")


class Permission(Struct, frozen=True):
    """One permission as a test found it: `allowed`, `denied`, `failed` or `unused`."""

    permission: str
    state: str
    codes: tuple[str, ...] = ()


class Tested(Struct, frozen=True):
    """What a test of a connection showed, and when."""

    when: datetime
    failed: str | None = None
    accounts: tuple[str, ...] = ()
    region: str = ""
    permissions: tuple[Permission, ...] = ()

    def count(self, state: str) -> int:
        """How many permissions are in this state."""
        return sum(p.state == state for p in self.permissions)


def read(path: Path) -> list[Connection]:
    """The connections of a file; none where there is no file. Raises ConnectionsError."""
    if not path.exists() or not any(line.strip() and line.strip()[0] != "#" for line in _lines(path)):
        return []
    return load_connections(path)


def tables(path: Path) -> dict[str, dict[str, Any]]:
    """Name → the keys of the entry as they are written. Raises ConnectionsError."""
    read(path)  # says what is wrong, with its line
    document = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
    return {str(entry["name"]): entry for entry in cast("list[dict[str, Any]]", document.get("connection", []))}


def put(path: Path, entry: Mapping[str, Any], replaces: str | None = None) -> None:
    """Add an entry, or put it in the place of another. Raises ConnectionsError; then the file is as it was."""
    head, blocks = _blocks(path)
    names = list(tables(path))
    block = written(entry)
    if replaces is not None and replaces in names:
        blocks[names.index(replaces)] = block
    elif str(entry.get("name")) in names:
        raise ConnectionsError(tr("There is a connection {name} already.").format(name=entry.get("name")))
    else:
        blocks.append(block)
    _write(path, head, blocks)


def remove(path: Path, name: str) -> None:
    """Take an entry out; secrets in the vault stay there. Raises ConnectionsError."""
    head, blocks = _blocks(path)
    names = list(tables(path))
    if name not in names:
        raise ConnectionsError(tr("There is no connection {name}.").format(name=name))
    del blocks[names.index(name)]
    _write(path, head, blocks)


def merge(path: Path, other: Path) -> tuple[list[str], list[str]]:
    """Take over the entries of another file: names added, and names that were there and stay.

    Raises ConnectionsError.
    """
    known, found = tables(path), tables(other)
    added = [name for name in found if name not in known]
    for name in added:
        put(path, found[name])
    return added, [name for name in found if name in known]


def is_connections(path: Path) -> bool:
    """Whether a file looks like a connections file."""
    try:
        return path.suffix.lower() == ".toml" and "[[connection]]" in path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False


def written(entry: Mapping[str, Any]) -> str:
    """An entry as the file holds it."""
    from app.register.policyfile import toml

    keys = [*(k for k in _ORDER if k in entry), *(k for k in entry if k not in _ORDER)]
    lines = [f"{key} = {toml(entry[key])}" for key in keys if entry[key] not in ("", None, [], ())]
    return "\n".join(["[[connection]]", *lines, ""])


def alone(path: Path, entry: Mapping[str, Any], folder: Path) -> Path:
    """A file for a test: this entry and the others that it may begin from. The caller removes it."""
    others = {n: e for n, e in tables(path).items() if n == entry.get("source")}
    text = "\n".join([written(entry), *(written(e) for e in others.values())])
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(".toml", "test-", folder)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    try:
        load_connections(Path(name))
    except ConnectionsError as error:
        Path(name).unlink(missing_ok=True)
        raise ConnectionsError(str(error).replace(name, tr("This connection"))) from None
    return Path(name)


def tested(folder: Path) -> dict[str, Tested]:
    """Name → what its last test showed; empty where nothing was noted."""
    path = folder / _TESTED
    try:
        if path.stat().st_size > _LARGEST:
            return {}
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Tested])
    except (OSError, msgspec.DecodeError):
        return {}


def note_tests(folder: Path, when: datetime, found: Sequence[Mapping[str, Any]]) -> dict[str, Tested]:
    """Note what `situs connect --format json` told."""
    known = tested(folder)
    for table in found:
        body = {k: v for k, v in table.items() if k != "connection" and v is not None}
        with suppress(msgspec.ValidationError):
            known[str(table.get("connection"))] = msgspec.convert({"when": when, **body}, Tested)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{_TESTED}.{os.getpid()}.part"
    with suppress(OSError):
        part.write_bytes(msgspec.json.encode(known))
        part.replace(folder / _TESTED)
    return known


def answer(output: bytes) -> list[dict[str, Any]]:
    """What `situs connect --format json` wrote; empty where it wrote nothing usable."""
    try:
        found = json.loads(output)
    except ValueError:
        return []
    return [t for t in cast("list[Any]", found) if isinstance(t, dict)] if isinstance(found, list) else []


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines() if path.stat().st_size < _LARGEST else ["?"]
    except (OSError, UnicodeDecodeError):
        return ["?"]  # reading it properly says what is wrong


def _blocks(path: Path) -> tuple[str, list[str]]:
    """What stands above the first entry, and the text of each."""
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n") if path.exists() else ""
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if line.replace(" ", "").startswith("[[connection]]")]
    if not starts:
        return text, []
    ends = [*starts[1:], len(lines)]
    return "\n".join(lines[: starts[0]]), ["\n".join(lines[a:b]) for a, b in zip(starts, ends, strict=True)]


def _write(path: Path, head: str, blocks: Sequence[str]) -> None:
    parts = [part.strip("\n") for part in (head, *blocks) if part.strip("\n")]
    text = "\n\n".join(parts) + "\n" if parts else ""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", newline="\n")
        if blocks:
            load_connections(part)
        if path.exists():
            path.with_name(f"{path.name}.bak").write_bytes(path.read_bytes())
        part.replace(path)
    except ConnectionsError as error:
        part.unlink(missing_ok=True)
        raise ConnectionsError(str(error).replace(str(part), str(path))) from None
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ConnectionsError(
            tr("{file} cannot be kept: {reason}.").format(file=path, reason=error.strerror)
        ) from error
