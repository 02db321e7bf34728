"""Types that the checker knows, functions that a caller registers, and the scope that names both.

Every type but the words admits null ("read, and there is none"); comparing anything with null is always allowed.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias

from rules.condition.errors import closest
from scanners.model import KINDS, LocationKind, attributes_of


@dataclass(frozen=True, slots=True)
class Simple:
    """bool, int, float, str, date (ISO 8601 text), null, or dyn (not known before it is read)."""

    name: str


BOOL: Final = Simple("bool")
INT: Final = Simple("int")
FLOAT: Final = Simple("float")
STR: Final = Simple("str")
DATE: Final = Simple("date")
NULL: Final = Simple("null")
DYN: Final = Simple("dyn")


@dataclass(frozen=True, slots=True)
class Words:
    """One of these words."""

    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """How messages call it."""
        return " | ".join(self.words[:8]) + (" | …" if len(self.words) > 8 else "")


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items are of one type. At run time a list, a tuple, a set or a frozenset."""

    item: "Type"

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"list[{self.item.name}]"


@dataclass(frozen=True, slots=True)
class MapOf:
    """Text to values of one type, as tags are. Which keys there are is known only when it is read."""

    value: "Type"

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"map[{self.value.name}]"


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Named fields, all of them known: a dict at run time. A field that is absent from the dict was not read."""

    name: str
    fields: Mapping[str, "Type"]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """An asset of one of several kinds: a dict of core and own attributes at run time.

    `every`: an attribute must belong to every kind (the subject of a rule), else to at least one (what a relation
    leads to). `extra` are further fields that judgement adds.
    """

    name: str
    kinds: tuple[str, ...]
    every: bool = True
    extra: Mapping[str, "Type"] = field(default_factory=dict[str, "Type"])


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """What a parameter may be where several types fit: an asset or a flow, say. For parameters only."""

    types: tuple["Type", ...]

    @property
    def name(self) -> str:
        """How messages call it."""
        return " or ".join(t.name for t in self.types)


Type: TypeAlias = Simple | Words | ListOf | MapOf | Record | Subject | OneOf

PLACE: Final = Record(
    "place",
    {
        "kind": Words(tuple(str(k) for k in LocationKind)),
        "region": STR,
        "zone": STR,
        "country": STR,
        "countries": ListOf(STR),
        "parent_country": STR,
        "status": Words(("eea", "adequate", "adequate_partial", "third_country", "unknown")),
        "evidence": Words(("native", "fact", "declared", "metadata_only")),
        "name": STR,
        "latitude": FLOAT,
        "longitude": FLOAT,
        "everywhere": BOOL,
        "source": STR,
        "confidence": STR,
    },
)
"""What the catalogue makes of a location, as a dict."""

_NAMED: Final[Mapping[str, Type]] = {t.name: t for t in (BOOL, INT, FLOAT, STR, DATE, NULL, DYN)} | {
    "place": PLACE,
    "map": MapOf(STR),
}


def asset_type(kinds: Iterable[str], extra: Mapping[str, Type] | None = None) -> Subject:
    """The subject of a rule: an asset of one of these kinds; conditions may read what every one of them has.

    Raises KeyError for an unknown kind, ValueError for no kind.
    """
    return _subject(kinds, every=True, extra=extra)


def related_type(kinds: Iterable[str] | None = None, extra: Mapping[str, Type] | None = None) -> Subject:
    """An asset that a relation leads to: of one of these kinds (None: any); attributes that any of them has."""
    return _subject(KINDS if kinds is None else kinds, every=False, extra=extra)


def _subject(kinds: Iterable[str], every: bool, extra: Mapping[str, Type] | None) -> Subject:
    named = tuple(sorted(set(kinds)))
    if not named:
        raise ValueError("an asset needs at least one kind")
    for kind in named:
        _attributes(kind)
    return Subject("asset", named, every, dict(extra or {}))


@cache
def _attributes(kind: str) -> Mapping[str, Type]:
    return {a.name: _schema_type(a.type) for a in attributes_of(kind).attributes.values() if a.name != "kind"}


@cache
def _schema_type(text: str) -> Type:
    """One object per text, so that an attribute has the same type on every kind."""
    return parse_type(text)


def attribute_types(subject: Subject, name: str, kinds: Iterable[str]) -> dict[str, Type]:
    """Kind → type of an attribute, for those of these kinds that have it."""
    if name in subject.extra:
        return dict.fromkeys(kinds, subject.extra[name])
    if name == "kind":
        return dict.fromkeys(kinds, Words(subject.kinds))
    return {kind: _attributes(kind)[name] for kind in kinds if name in _attributes(kind)}


def attribute_names(subject: Subject, kinds: Iterable[str]) -> set[str]:
    """Every name that an asset of one of these kinds may have."""
    return {"kind", *subject.extra}.union(*(_attributes(kind) for kind in kinds))


def parse_type(text: str, names: Mapping[str, Type] | None = None) -> Type:
    """A type from the little language of `scanners.model.kinds`, with `map[T]`, `dyn` and the caller's `names`.

    Raises ValueError for a text that is no type.
    """
    reader = _TypeReader(text, {**_NAMED, **(names or {})})
    return reader.whole()


def record(name: str, fields: Mapping[str, "str | Type"], names: Mapping[str, Type] | None = None) -> Record:
    """A record whose fields are given as types or in the little language."""
    return Record(name, {k: parse_type(v, names) if isinstance(v, str) else v for k, v in fields.items()})


class _TypeReader:
    def __init__(self, text: str, names: Mapping[str, Type]) -> None:
        self._text = text
        self._names = names
        self._at = 0

    def whole(self) -> Type:
        found = self._type()
        if self._text[self._at :].strip():
            raise self._wrong()
        return found

    def _wrong(self) -> ValueError:
        return ValueError(f"{self._text!r} is no type (character {self._at + 1})")

    def _skip(self, mark: str) -> bool:
        while self._text[self._at : self._at + 1] == " ":
            self._at += 1
        if self._text.startswith(mark, self._at):
            self._at += len(mark)
            return True
        return False

    def _word(self) -> str:
        self._skip("")
        start = self._at
        while self._at < len(self._text) and (self._text[self._at].isalnum() or self._text[self._at] in "_-.*"):
            self._at += 1
        if self._at == start:
            raise self._wrong()
        return self._text[start : self._at]

    def _need(self, mark: str) -> None:
        if not self._skip(mark):
            raise self._wrong()

    def _type(self) -> Type:
        if self._skip("{"):
            fields: dict[str, Type] = {}
            while not self._skip("}"):
                name = self._word()
                self._need(":")
                fields[name] = self._type()
                self._skip(",")
            return Record("record", fields)
        word = self._word()
        if word in ("list", "map") and self._skip("["):
            inner = self._type()
            self._need("]")
            return ListOf(inner) if word == "list" else MapOf(inner)
        words = [word]
        while self._skip("|"):
            words.append(self._word())
        if len(words) > 1:
            return Words(tuple(words))
        if word not in self._names:
            raise self._wrong()
        return self._names[word]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that conditions may call, with positional arguments only.

    `call` gives a value of type `result` (None where there is none). Where it cannot know it raises
    `Absent(path, reason)` or returns an `Unknown`; any other exception is a fault of the program and is passed on.
    It must be pure: it may be called more than once for one evaluation. `reads` are the paths it reads, absolute
    (`policy.allowed_countries`) or from an argument by number (`$0.dc`).
    """

    name: str
    parameters: tuple[Type, ...]
    result: Type
    call: Callable[..., Any]
    reads: tuple[str, ...] = ()


class Scope:
    """The variables (name → type, in the order `Condition.fast` takes them) and functions a condition may use."""

    def __init__(self, variables: Mapping[str, Type], functions: Iterable[Function] = (), key: Hashable = None) -> None:
        self.key = key  # scopes of one key differ in what their functions call at most
        self.variables: dict[str, Type] = dict(variables)
        self.functions: dict[str, Function] = {f.name: f for f in functions}

    def extended(self, variables: Mapping[str, Type]) -> "Scope":
        """This scope with more variables, or other types for the same ones."""
        return Scope({**self.variables, **variables}, self.functions.values())

    def suggestion(self, name: str) -> str | None:
        """The variable that looks most like this name."""
        return closest(name, self.variables)
