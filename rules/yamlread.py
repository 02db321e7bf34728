"""YAML as text only: no typing of scalars, no aliases, no tags, no duplicate keys, bounded; every part knows its line.

Plain YAML reads Norway's `NO` as false and `1e3` as a number. Here every scalar is a `Text`; whoever reads a member
says what type it has. The files are untrusted.
"""

from pathlib import Path
from typing import Any, Final, TypeAlias, cast

import yaml

MOST_BYTES: Final = 2_000_000
MOST_DEPTH: Final = 16
MOST_PARTS: Final = 400_000


class YamlError(Exception):
    """A file that cannot be read; the text is one sentence with file and line."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}, line {line}: {message}")
        self.file = file
        self.line = line
        self.message = message


class Text(str):
    """A scalar as written. `line` counts from 1 and is that of its first character; `quoted` unless it is plain.

    For a block (`|`) `line` is the line of the indicator, so the text itself starts one line below; `block` says so.
    """

    __slots__ = ("block", "column", "line", "quoted")
    line: int
    column: int
    quoted: bool
    block: bool


class Sequence(list[Any]):
    """A list of parts, with its line."""

    __slots__ = ("line",)
    line: int


class Mapping(dict[str, Any]):
    """Text → part, in the order of the file, with its line and those of its keys."""

    __slots__ = ("key_lines", "line")
    line: int
    key_lines: dict[str, int]


Part: TypeAlias = Text | Sequence | Mapping

# The reader in C is ten times faster; PyYAML ships without it on some platforms.
_Loader: Any = getattr(yaml, "CBaseLoader", None) or yaml.BaseLoader


def read(path: Path) -> Part | None:
    """What a file holds, None for an empty one. Raises YamlError, also for a file that cannot be opened."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise YamlError(str(path), 1, f"the file cannot be read ({error.strerror or error}).") from error
    if len(content) > MOST_BYTES:
        raise YamlError(str(path), 1, f"the file is larger than {MOST_BYTES // 1_000_000} MB; split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise YamlError(str(path), line, f"byte {error.start} is not UTF-8; save the file as UTF-8.") from error
    return parse(text, str(path))


def parse(text: str, file: str = "text") -> Part | None:
    """What a text holds, None for an empty one. Raises YamlError."""
    loader = None
    try:
        loader = _Loader(text)
        return _build(loader, file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise YamlError(file, line, f"this is not YAML: {error.problem or error.context or 'not readable'}.") from error
    except yaml.YAMLError as error:
        raise YamlError(file, 1, f"this is not YAML: {_short(str(error))}.") from error
    finally:
        if loader is not None:
            loader.dispose()


def _short(text: str) -> str:
    return " ".join(text.split())[:120]


def _build(loader: Any, file: str) -> Part | None:
    """The document of an event stream; built with a stack of its own, so that depth cannot exhaust Python's."""
    result: Part | None = None
    stack: list[Sequence | Mapping] = []
    keys: list[Text | None] = []  # for each open mapping the key that waits for its value
    documents = parts = 0
    while True:
        event = loader.get_event()
        line: int = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.StreamEndEvent):
            return result
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise YamlError(file, line, "a second document starts here; one file holds one document.")
            continue
        if isinstance(event, yaml.AliasEvent):
            raise YamlError(file, line, "aliases (*name) are not allowed; write the value out.")
        if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            stack.pop()
            keys.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        if event.anchor is not None:
            raise YamlError(file, line, "anchors (&name) are not allowed; write the value out.")
        tag = cast("str | None", getattr(event, "tag", None))
        if tag is not None and tag != "!":
            raise YamlError(file, line, f"tags ({_short(tag)}) are not allowed.")
        parts += 1
        if parts > MOST_PARTS:
            raise YamlError(file, line, f"more than {MOST_PARTS} parts; split the file.")
        part: Part
        if isinstance(event, yaml.ScalarEvent):
            part = _text(event, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            part = Sequence()
            part.line = line
        else:
            part = Mapping()
            part.line = line
            part.key_lines = {}
        if not stack:
            result = part
        else:
            _attach(stack[-1], keys, part, line, file)
        if not isinstance(part, Text):
            if len(stack) >= MOST_DEPTH:
                raise YamlError(file, line, f"nested more than {MOST_DEPTH} deep.")
            stack.append(part)
            keys.append(None)


def _attach(parent: Sequence | Mapping, keys: list[Text | None], part: Part, line: int, file: str) -> None:
    if isinstance(parent, Sequence):
        parent.append(part)
        return
    key = keys[-1]
    if key is None:
        if not isinstance(part, Text):
            raise YamlError(file, line, "a key must be text.")
        if part in parent.key_lines:
            raise YamlError(file, line, f'"{_short(part)}" is given twice (first in line {parent.key_lines[part]}).')
        parent.key_lines[str(part)] = line
        keys[-1] = part
    else:
        parent[str(key)] = part
        keys[-1] = None


def _text(event: Any, line: int) -> Text:
    part = Text(event.value)
    part.line = line
    part.column = event.start_mark.column + 1
    part.quoted = event.style in ("'", '"', "|", ">")
    part.block = event.style in ("|", ">")
    return part
