"""Assets that rules must judge alike: judged once, and the verdicts told of each.

Two assets are alike for some checks where they are of one kind, class, place and account, have the same values of all
attributes that the checks look at, and none of the relations that these walk along. An attribute that was not read
is no value: it makes another class of assets than null, false or an empty list.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec

from rules.condition import Condition, compile_condition
from rules.condition.terms import Logic, Node
from rules.derivations import PLACE_LISTS, PLACE_RECORDS, PLACES, Record
from rules.gates import Entry
from rules.graph import BACKWARD, FORWARD, TYPE_NUMBER
from rules.judgement import Finding
from rules.looks import PRESENT, Looks, Walk, keys_matter, looks_at, together
from rules.program import CompiledCheck
from rules.verdicts import NOT_APPLICABLE, PASS
from scanners.model import Asset

_ABSENT: Final = msgspec.msgpack.Ext(1, b"")
_encode: Final = msgspec.msgpack.Encoder().encode
ENCRYPTED: Final = 1 << TYPE_NUMBER["encrypted_by"]
_OWN: Final = frozenset({"uid", "name", "tags", "created_at", "idle_since", "started_at", "ended_at"})
"""Attributes that differ from asset to asset: what looks at them is asked for each asset by itself."""

NOT_ALIKE: Final = frozenset({"account", "account.region", "transfer.job", "governance.policy", "site"})
"""Kinds of which each sums up something else."""

Template = tuple[CompiledCheck, Finding, bool]
"""A check, what it finds of every asset of a class, and whether the asset's documents are its evidence."""

Ends = tuple[Walk, bool, bool, bool]
"""A relation, and whether kind, class and place of its ends matter."""

End = tuple[int, int, int]
_MOST_KNOWN: Final = 20_000

PlaceNumbers = Callable[[], Mapping[int, int]]
"""Gives the places of a judgement, by identity, with their numbers."""

Judge = Callable[[Entry], "int | tuple[Finding, bool]"]
"""Judges one check: PASS or NOT_APPLICABLE, or a finding and whether it has evidence."""


Answers = dict[Any, "int | tuple[Finding, bool]"]
"""What a check says: PASS or NOT_APPLICABLE, or a finding and whether the asset's documents are its evidence."""

_WALKED: Final = re.compile(r'\b(?:targets|sources|copies)\(asset(?:, "\w+")?\)(\[\d+\](?:\.(?:loc|kind|dc)\b|\)))?')


def names_an_end(finding: Finding, several: bool) -> bool:
    """Whether a finding may say more of the ends of relations than their kind, class and place; `several`: these differ
    from each other, so that it matters which one it is about."""
    if any(_WALKED.search(missing.what) for missing in finding.missing):
        return True
    return any(several or not m[1] for path in finding.reads for m in _WALKED.finditer(path))


class Class:
    """Assets that are alike.

    `told` are the findings on each of them, `rest` the checks that each is asked by itself; `settled`: there are none,
    and of findings that stand for each other one is left. `times` counts those that were met since the last flush.
    """

    __slots__ = ("rest", "rows", "settled", "times", "told", "walks")

    def __init__(self) -> None:
        self.rows: list[tuple[list[int], int]] = []
        self.told: list[Template] = []
        self.rest: list[Asked] = []
        self.settled = False
        self.walks: tuple[Walk, ...] = ()
        self.times = 0


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


class Asked(NamedTuple):
    """A check that each asset of a class is asked by itself.

    `walks`: if given, what it says follows from `key` and the ends of these relations; `known` are the answers so far,
    apart from those that name an end.
    """

    entry: Entry
    walks: tuple[Ends, ...]
    key: tuple[Any, ...]
    known: "Answers"


def bits_of(walks: Iterable[Walk]) -> tuple[int, int]:
    """The bits of the types of some relations, as targets and as sources."""
    out = into = 0
    for direction, type_ in walks:
        if direction == "targets":
            out |= 1 << TYPE_NUMBER[type_]
        else:
            into |= 1 << TYPE_NUMBER[type_]
    return out, into


class _Term:
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
        if facts.out & self.out or facts.into & self.into:
            return False
        # What is missing of the custody is told of the keys, which have names of their own.
        return not (facts.out & ENCRYPTED and any(name not in record for name in self.keys))

    def walking(self, facts: Facts) -> bool:
        """Whether its answer rests on the ends of relations that are there."""
        return bool(facts.out & self.ends_out or facts.into & self.ends_into)


class Columns:
    """What assets of one kind must have in common so that some terms say the same of them."""

    def __init__(self, kind: str, terms: Sequence[_Term], place_numbers: PlaceNumbers) -> None:
        whole = together(term.looks for term in terms)
        names = sorted(name for name in whole.names if not name.startswith(PRESENT))
        present = tuple(sorted(name[1:] for name in whole.names if name.startswith(PRESENT)))
        places, lists, records = set(PLACES[kind]), set(PLACE_LISTS[kind]), set(PLACE_RECORDS[kind])
        self._names = tuple(n for n in names if n not in places | lists | records)
        self._present = present
        self._places = tuple(n for n in names if n in places)
        self._lists = tuple(n for n in names if n in lists)
        self._records = tuple(n for n in names if n in records)
        self._placed = bool(self._places or self._lists or self._records)
        self.order = (*self._names, *(PRESENT + n for n in present), *self._places, *self._lists, *self._records)
        """The attributes in the order of their values."""
        self._numbers = place_numbers
        self._place, self.account, self.origin = whole.place, whole.account, whole.origin
        self._covered, self._keyless, self.level = whole.covered, whole.keyless, whole.level
        out, self._into = bits_of(whole.walks | whole.related)
        self._out = out | (ENCRYPTED if any(term.keys for term in terms) else 0)
        self.bits = self._out | (BACKWARD if whole.origin else 0), self._into | (FORWARD if whole.origin else 0)
        """Of relations that leave an asset, and that lead to it, those that matter."""

    def values(self, record: Record, asset: Asset) -> list[Any] | None:
        """What the asset has of these attributes; None where a place is none of the judgement's."""
        get = record.get
        values: list[Any] = [get(name, _ABSENT) for name in self._names]
        if self._present:
            values += [name in record for name in self._present]
        if self._placed:
            try:
                self._add_places(record, asset, values)
            except (KeyError, TypeError):
                return None
        return values

    def key(self, facts: Facts, values: Any) -> tuple[Any, ...]:
        """What they have in common; `values` are theirs, in a form that can be looked up."""
        level, ancestors, grade, account, alike, covered, keyless, place, gappy, out, into = facts
        return (
            level if self.level else -1,
            grade,
            ancestors if self.origin else -1,
            account if self.account else ~alike,
            covered if self._covered else -1,
            keyless and self._keyless,
            place if gappy or self._place else -1,
            self.origin and bool(out & BACKWARD or into & FORWARD),
            out & self._out,
            into & self._into,
            values,
        )

    def among(self, order: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
        """What picks these attributes' values out of those of more attributes, given in this order."""
        if not self.order:
            return _nothing
        return itemgetter(*[order.index(name) for name in self.order])

    def _add_places(self, record: Record, asset: Asset, values: list[Any]) -> None:
        """Places by their numbers. Raises KeyError for what is none of the judgement's places."""
        for name in self._places:
            value = record.get(name, _ABSENT)
            values.append(value if value is None or value is _ABSENT else self._numbers()[id(value)])
        for name in self._lists:
            value = record.get(name, _ABSENT)
            several = isinstance(value, list)
            values.append([None if v is None else self._numbers()[id(v)] for v in value] if several else value)
        values += [asset.attributes.get(name, _ABSENT) for name in self._records]


def _nothing(_: Sequence[Any]) -> None:
    return None


def told_apart(values: Any) -> bytes | None:
    """Values as bytes, different where they are: 1, 1.0 and true, null and absent. None for what has no such form."""
    try:
        return _encode(values)
    except (TypeError, OverflowError, ValueError):
        return None


class _Check:
    """One check of one kind: what the whole of it looks at, or else those terms of it that can be answered for many."""

    def __init__(self, kind: str, entry: Entry, place_numbers: PlaceNumbers) -> None:
        compiled: CompiledCheck = entry[0]
        self.entry = entry
        sources = [compiled.condition, *(c for c, _ in compiled.severity_when)]
        sources += [] if compiled.where is None else [compiled.where]
        found = [_shared(c.root) for c in sources]
        known = [looks for looks in found if looks is not None]
        self.whole: _Term | None = None
        self.where: list[_Term] = []
        self.gates: list[_Term] = []
        self.whole_where = True
        self.walks: tuple[Ends, ...] = ()
        if len(known) == len(found):
            self.whole = _Term(together(known))
            looks = self.whole.looks
            self.walks = tuple(
                (walk, (walk, "kind") in looks.parts, (walk, "dc") in looks.parts, (walk, "loc") in looks.parts)
                for walk in sorted(looks.related)
            )
            self.columns = Columns(kind, (self.whole,), place_numbers)
        if self.whole is None or self.whole.out or self.whole.into or self.whole.keys or self.walks:
            self.gates, _ = _terms(compiled.condition)
            if compiled.where is not None:
                self.where, self.whole_where = _terms(compiled.where)
        self._verdicts: dict[Any, int | tuple[Finding, bool]] = {}
        self._answers: Answers = {}

    def terms(self) -> list[_Term]:
        """Everything in it that can be answered for many."""
        return [*([self.whole] if self.whole is not None else []), *self.where, *self.gates]

    def verdict(self, key: tuple[Any, ...], judge: Judge) -> int | tuple[Finding, bool]:
        """What it says of an asset, of which it says the same as of those before that are alike."""
        found = self._verdicts.get(key)
        if found is None:
            found = judge(self.entry)
            if len(self._verdicts) >= _MOST_KNOWN:
                self._verdicts.clear()
            self._verdicts[key] = found
        return found

    def asked(self, key: tuple[Any, ...]) -> Asked:
        """The question that each asset of a class is asked, whose answer follows from this and from its relations."""
        if len(self._answers) >= _MOST_KNOWN:
            self._answers = {}
        return Asked(self.entry, self.walks, key, self._answers)


def _shared(root: Node) -> Looks | None:
    looks = looks_at(root)
    return None if looks is None or looks.names & _OWN else looks


def _terms(condition: Condition) -> tuple[list[_Term], bool]:
    """The terms of a condition, joined by `&&`, that can be answered for many, and whether these are all."""
    root = condition.root
    parts = root.operands if isinstance(root, Logic) and root.operator == "&&" else (root,)
    found: list[_Term] = []
    for part in parts:
        looks = _shared(part)
        if looks is not None:
            found.append(_Term(looks, compile_condition(condition.source[part.start : part.end], condition.scope)))
    return found, len(found) == len(parts)


class Alike:
    """The classes of assets of one kind that were met, for some checks."""

    def __init__(self, kind: str, checks: Sequence["_Check"], place_numbers: PlaceNumbers) -> None:
        self.columns = Columns(kind, [term for check in checks for term in check.terms()], place_numbers)
        order = self.columns.order
        self._checks = [(c, _nothing if c.whole is None else c.columns.among(order)) for c in checks]
        self.classes: dict[tuple[Any, ...], Class] = {}
        self.near: dict[tuple[Any, ...], Class] = {}

    def judged(
        self, record: Record, values: Sequence[Any], variables: Mapping[str, Any], facts: Facts, judge: Judge
    ) -> Class:
        """The class of an asset, from this first one of it; `values` are those of its columns."""
        found = Class()
        codes = [_encode(value) for value in values]
        for check, pick in self._checks:
            row, waits = check.entry[3], check.entry[4]
            whole = check.whole
            free = whole is not None and whole.free(facts, record)
            if whole is not None and free and not whole.walking(facts):
                verdict = check.verdict(check.columns.key(facts, pick(codes)), judge)
                if isinstance(verdict, int):
                    found.rows.append((row, verdict))
                else:
                    found.told.append((check.entry[0], *verdict))
                continue
            where = [_answer(term, variables) for term in check.where if _idle(term, facts, record)]
            if False in where:
                found.rows.append((row, NOT_APPLICABLE))
                continue
            applies = check.whole_where and len(where) == len(check.where) and all(w is True for w in where)
            if applies and not waits:
                gates = (term for term in check.gates if _idle(term, facts, record))
                if any(_answer(term, variables) is False for term in gates):
                    found.rows.append((row, PASS))
                    continue
            if free and check.walks:
                found.rest.append(check.asked(check.columns.key(facts, pick(codes))))
            else:
                found.rest.append(Asked(check.entry, (), (), {}))
        return found


def _idle(term: _Term, facts: Facts, record: Record) -> bool:
    return term.free(facts, record) and not term.walking(facts)


def _answer(term: _Term, variables: Mapping[str, Any]) -> bool | None:
    found = None if term.condition is None else term.condition.test(variables)
    return found if isinstance(found, bool) else None


class Kinds:
    """What makes assets alike, for each set of checks that was met."""

    def __init__(self, place_numbers: PlaceNumbers) -> None:
        self._checks: dict[tuple[str, int], _Check] = {}
        self._found: dict[tuple[str, tuple[int, ...]], Alike] = {}
        self._numbers = place_numbers

    def of(self, kind: str, entries: Sequence[Entry]) -> Alike:
        """For these checks of assets of a kind."""
        key = (kind, tuple(entry[0].key for entry in entries))
        found = self._found.get(key)
        if found is None:
            checks = [self._check(kind, entry) for entry in entries]
            found = self._found[key] = Alike(kind, checks, self._numbers)
        return found

    def _check(self, kind: str, entry: Entry) -> _Check:
        key = (kind, entry[0].key)
        if key not in self._checks:
            self._checks[key] = _Check(kind, entry, self._numbers)
        return self._checks[key]

    def __iter__(self) -> Iterator[Alike]:
        return iter(self._found.values())
