"""What assets must have in common so that some terms say the same of them, and how it is looked up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec

from rules.condition import Condition
from rules.derivations import Record
from rules.graph import BACKWARD, FORWARD, TYPE_NUMBER
from rules.looks import PRESENT, STARTS, Looks, Walk, keys_matter, together
from rules.placed import PLACE_LISTS, PLACE_RECORDS, PLACES
from scanners.model import Asset

ABSENT: Final = msgspec.msgpack.Ext(1, b"")
_encode: Final = msgspec.msgpack.Encoder().encode
ENCRYPTED: Final = 1 << TYPE_NUMBER["encrypted_by"]

PlaceNumbers = Callable[[], Mapping[int, int]]
"""Gives the places of a judgement, by identity, with their numbers."""


class Facts(NamedTuple):
    """What is known of an asset without its document.

    `out`, `into`: bits of the types of relations that leave it and lead to it. `alike`: number of accounts of the same
    provider and coverage; `covered`: of those of which the register says the same. `gappy`: something of its kind was
    not read there, so that the region tells why. `grade`: what its class does to the severity of a failure. `keyless`:
    its account has stores whose key was not read.
    """

    level: int
    ancestors: int
    grade: int
    account: int
    alike: int
    covered: int
    keyless: bool
    place: int
    gappy: bool
    out: int
    into: int


def bits_of(walks: Iterable[Walk]) -> tuple[int, int]:
    """The bits of the types of some relations, as targets and as sources."""
    out = into = 0
    for direction, type_ in walks:
        if direction == "targets":
            out |= 1 << TYPE_NUMBER[type_]
        else:
            into |= 1 << TYPE_NUMBER[type_]
    return out, into


class Term:
    """A term and the bits of relations that it walks along."""

    __slots__ = ("condition", "ends_into", "ends_out", "into", "keys", "looks", "out")

    def __init__(self, looks: Looks, condition: Condition | None = None) -> None:
        self.looks = looks
        self.condition = condition
        self.out, self.into = bits_of(looks.walks)
        self.ends_out, self.ends_into = bits_of(looks.related)
        self.keys = tuple(n for n in ("custody", "volume_custody") if n in looks.names) if keys_matter(looks) else ()

    def free(self, facts: Facts, record: Record) -> bool:
        """Whether an asset with these relations has none that would have to be walked along."""
        if facts.out & self.out or facts.into & self.into or any(name in record for name in self.looks.unless):
            return False
        # What is missing of the custody is told of the keys, which have names of their own.
        return not (facts.out & ENCRYPTED and any(name not in record for name in self.keys))

    def walking(self, facts: Facts) -> bool:
        """Whether its answer rests on the ends of relations that are there."""
        return bool(facts.out & self.ends_out or facts.into & self.ends_into)


class Columns:
    """What assets of one kind must have in common so that some terms say the same of them."""

    def __init__(self, kind: str, terms: Sequence[Term], place_numbers: PlaceNumbers) -> None:
        whole = together(term.looks for term in terms)
        names = sorted(name for name in whole.names if not name.startswith((PRESENT, STARTS)))
        present = tuple(sorted(name[1:] for name in whole.names if name.startswith(PRESENT)))
        places, lists, records = set(PLACES[kind]), set(PLACE_LISTS[kind]), set(PLACE_RECORDS[kind])
        self._names = tuple(n for n in names if n not in places | lists | records)
        self._present = present
        self.heads = tuple(sorted(name[1:] for name in whole.names if name.startswith(STARTS)))
        self._places = tuple(n for n in names if n in places)
        self._lists = tuple(n for n in names if n in lists)
        self._records = tuple(n for n in names if n in records)
        self._placed = bool(self._places or self._lists or self._records)
        self.order = (
            *self._names,
            *(PRESENT + n for n in present),
            *(STARTS + n for n in self.heads),
            *self._places,
            *self._lists,
            *self._records,
        )
        """The attributes in the order of their values."""
        self._numbers = place_numbers
        self.place, self.account, self.origin = whole.place, whole.account, whole.origin
        self.covered, self.keyless, self.level = whole.covered, whole.keyless, whole.level
        out, self.into = bits_of(whole.walks | whole.related)
        self.out = out | (ENCRYPTED if any(term.keys for term in terms) else 0)

    def values(self, record: Record, asset: Asset) -> list[Any] | None:
        """What the asset has of these attributes; None where a place is none of the judgement's."""
        get = record.get
        values: list[Any] = [get(name, ABSENT) for name in self._names]
        if self._present:
            values += [name in record for name in self._present]
        if self.heads:
            values += self.starts(asset)
        if self._placed:
            try:
                self._add_places(record, asset, values)
            except (KeyError, TypeError):
                return None
        return values

    def starts(self, asset: Asset) -> list[bool]:
        """Whether its uid starts with each of the texts that are looked for, `heads`."""
        return [asset.uid.startswith(head) for head in self.heads]

    def key(self, facts: Facts, values: Any) -> tuple[Any, ...]:
        """What they have in common; `values` are theirs, in a form that can be looked up."""
        level, ancestors, grade, account, alike, covered, keyless, place, gappy, out, into = facts
        return (
            level if self.level else -1,
            grade,
            ancestors if self.origin else -1,
            account if self.account else ~alike,
            covered if self.covered else -1,
            keyless and self.keyless,
            place if gappy or self.place else -1,
            self.origin and bool(out & BACKWARD or into & FORWARD),
            out & self.out,
            into & self.into,
            values,
        )

    def _add_places(self, record: Record, asset: Asset, values: list[Any]) -> None:
        """Places by their numbers. Raises KeyError for what is none of the judgement's places."""
        for name in self._places:
            value = record.get(name, ABSENT)
            values.append(value if value is None or value is ABSENT else self._numbers()[id(value)])
        for name in self._lists:
            value = record.get(name, ABSENT)
            several = isinstance(value, list)
            values.append([None if v is None else self._numbers()[id(v)] for v in value] if several else value)
        values += [asset.attributes.get(name, ABSENT) for name in self._records]


class Row:
    """What is known of an asset in one row, of which each of several checks picks what it depends on."""

    def __init__(self, whole: Columns, parts: Sequence[Columns]) -> None:
        self._outs = sorted({part.out for part in parts} - {0})
        self._intos = sorted({part.into for part in parts} - {0})
        self._order = whole.order

    def of(self, facts: Facts, codes: Sequence[bytes]) -> list[Any]:
        """The row of an asset; `codes` are its values of all columns."""
        level, ancestors, grade, account, alike, covered, keyless, place, gappy, out, into = facts
        follows = bool(out & BACKWARD or into & FORWARD)
        near = place if gappy else -1
        row: list[Any] = [grade, level, ancestors, follows, account, alike, covered, keyless, place, near]
        row += [out & mask for mask in self._outs]
        row += [into & mask for mask in self._intos]
        row += codes
        return row

    def pick(self, part: Columns) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """What picks the key of some columns out of a row: it is the same whatever else the row holds."""
        places = [0, 4 if part.account else 5, 8 if part.place else 9]
        places += [1] if part.level else []
        places += [2, 3] if part.origin else []
        places += [6] if part.covered else []
        places += [7] if part.keyless else []
        at = _FACTS
        places += [at + self._outs.index(part.out)] if part.out else []
        at += len(self._outs)
        places += [at + self._intos.index(part.into)] if part.into else []
        at += len(self._intos)
        return itemgetter(*places, *(at + self._order.index(name) for name in part.order))


_FACTS: Final = 10
"""Values at the head of a row that are the same for all columns."""


def told_apart(values: Any) -> bytes | None:
    """Values as bytes, different where they are: 1, 1.0 and true, null and absent. None for what has no such form."""
    try:
        return _encode(values)
    except (TypeError, OverflowError, ValueError):
        return None


def codes_of(values: Iterable[Any]) -> tuple[bytes, ...] | None:
    """Each of some values as `told_apart` has it; None where one of them has no such form."""
    try:
        return tuple([_encode(value) for value in values])
    except (TypeError, OverflowError, ValueError):
        return None
