"""YAML without surprises: every scalar is text (`NO` stays Norway); no anchors, aliases, tags or duplicate keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

DEEPEST: Final = 12
MOST: Final = 100_000
"""Values in one file at most."""


class NotPlain(Exception):  # noqa: N818 - says what the file is
    """The text is not plain YAML: the sentence begins with the line."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar and the place it stands at (`line 7`)."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A mapping or a list and the place it begins at."""

    where: str
    members: dict[str, "Tree"]
    elements: list["Tree"] | None = None


Tree: TypeAlias = Leaf | Branch


def tree_of(source: Any) -> Tree:
    """The tree of YAML text, or of a value that was decoded from JSON. Raises `NotPlain` with the line."""
    return _parsed(source) if isinstance(source, str) else _decoded(source, "the file", 0)


def _parsed(source: str) -> Tree:
    import yaml

    try:
        for count, event in enumerate(yaml.parse(source, Loader=yaml.SafeLoader)):
            line = f"line {event.start_mark.line + 1}" if event.start_mark is not None else "the file"
            if count > MOST:
                raise NotPlain(f"{line}: more than {MOST:,} values")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise NotPlain(f"{line}: anchors and aliases (& and *) are not allowed; write the value out")
            if getattr(event, "tag", None):
                raise NotPlain(f"{line}: tags (!) are not allowed; write plain values")
        node = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark is not None else "the file"
        problem = getattr(wrong, "problem", None) or "not YAML"
        raise NotPlain(f"{line}: this is not valid YAML ({problem})") from wrong
    except RecursionError as wrong:
        raise NotPlain("the file: nested too deeply") from wrong
    if node is None:
        return Branch("line 1", {})
    return _built(node, 0)


def _built(node: Any, depth: int) -> Tree:
    where = f"line {node.start_mark.line + 1}"
    if depth > DEEPEST:
        raise NotPlain(f"{where}: nested too deeply")
    if node.id == "scalar":
        return Leaf(str(node.value).strip(), where)
    if node.id == "sequence":
        return Branch(where, {}, [_built(element, depth + 1) for element in node.value])
    members: dict[str, Tree] = {}
    for key, value in node.value:
        if key.id != "scalar":
            raise NotPlain(f"{where}: a key must be a word")
        name = str(key.value).strip()
        if name in members:
            raise NotPlain(f"line {key.start_mark.line + 1}: {name!r} is given twice")
        members[name] = _built(value, depth + 1)
    return Branch(where, members)


def _decoded(value: Any, where: str, depth: int) -> Tree:
    if depth > DEEPEST:
        raise NotPlain(f"{where}: nested too deeply")
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value)
        return Branch(where, {str(name): _decoded(item, where, depth + 1) for name, item in pairs.items()})
    if isinstance(value, list):
        elements = cast("list[Any]", value)
        return Branch(where, {}, [_decoded(e, f"item {n}", depth + 1) for n, e in enumerate(elements, start=1)])
    if isinstance(value, bool):
        return Leaf("true" if value else "false", where)
    return Leaf("" if value is None else str(value).strip(), where)
