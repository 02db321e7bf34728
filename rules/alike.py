"""Assets that rules must judge alike: judged once, and the verdicts told of each.

Two assets are alike for some checks where they are of one kind, class, place and account, have the same values of all
attributes that the checks look at, and none of the relations that these walk along. An attribute that was not read
is no value: it makes another class of assets than null, false or an empty list.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from rules.columns import Columns, Facts, PlaceNumbers, Row, Term
from rules.condition import Condition, compile_condition
from rules.condition.terms import Logic, Node
from rules.dated import Like
from rules.derivations import Record
from rules.derive import Plan
from rules.gates import Entry, Settled
from rules.judgement import Finding
from rules.looks import PRESENT, STARTS, Looks, Walk, looks_at, together
from rules.program import CompiledCheck
from rules.verdicts import NOT_APPLICABLE, PASS, Late

_OWN: Final = frozenset({"uid", "name", "tags", "created_at", "idle_since", "started_at", "ended_at"})
"""Attributes that differ from asset to asset: what looks at them is asked for each asset by itself."""

_DATES: Final = frozenset({"created_at", "idle_since", "started_at", "ended_at"})
"""Those of them of which terms may be asked without the rest of the asset."""

NOT_ALIKE: Final = frozenset({"account", "account.region", "transfer.job", "governance.policy", "site"})
"""Kinds of which each sums up something else."""

Counted = tuple[list[int], int]
"""The counts of a rule, and which of them grows by one: PASS or NOT_APPLICABLE."""

Template = tuple[CompiledCheck, Finding, bool]
"""A check, what it finds of every asset of a class, and whether the asset's documents are its evidence."""

Found = list[tuple[CompiledCheck, Finding]]
"""What checks find of one subject."""

Ends = tuple[Walk, bool, bool, bool]
"""A relation, and whether kind, class and place of its ends matter."""

End = tuple[int, int, int]
_MOST_KNOWN: Final = 20_000

Judge = Callable[[Entry], "int | tuple[Finding, bool]"]
"""Judges one check: PASS or NOT_APPLICABLE, or a finding and whether it has evidence."""


Answers = dict[Any, "int | tuple[Finding, bool] | Like"]
"""What a check says: PASS or NOT_APPLICABLE, or a finding and whether the asset's documents are its evidence."""

_WALKED: Final = re.compile(r'\b(?:targets|sources|copies)\(asset(?:, "\w+")?\)(\[\d+\](?:\.(?:loc|kind|dc)\b|\)))?')


def names_an_end(finding: Finding, several: bool) -> bool:
    """Whether a finding may say more of the ends of relations than their kind, class and place; `several`: these differ
    from each other, so that it matters which one it is about."""
    if any(_WALKED.search(missing.what) for missing in finding.missing):
        return True
    return any(several or not m[1] for path in finding.reads for m in _WALKED.finditer(path))


class Telling:
    """What is told of an asset of which nothing is left to ask.

    `sorts`, `shown`: findings and whether its documents are their evidence, as columns. `held`: whether some wait until
    it is known which flows there are. `times` counts the assets of which it was told since the last flush.
    """

    __slots__ = ("_made_of", "every", "held", "shown", "sorts", "times")

    def __init__(
        self, every: list[Template], made_of: list[Template], holds: Callable[[CompiledCheck, Finding], bool]
    ) -> None:
        self.every = every
        self._made_of = made_of  # kept, so that no other findings have their identities
        self.held = any(holds(compiled, finding) for compiled, finding, _ in every)
        self.sorts = tuple([finding for _, finding, _ in every])
        self.shown = bytes([shown for _, _, shown in every])
        self.times = 0


class Class:
    """Assets that are alike.

    `told` are the findings on each of them, `rest` the checks that each is asked by itself. `telling`: what is told of
    each, where there are none. `times` counts those that were met since the last flush, `met` those before it.
    """

    __slots__ = ("met", "rest", "rows", "telling", "times", "told")

    def __init__(self) -> None:
        self.rows: list[Counted] = []
        self.told: list[Template] = []
        self.rest: list[Asked] = []
        self.telling: Telling | None = None
        self.met = self.times = 0


class Asked(NamedTuple):
    """A check that each asset of a class is asked by itself.

    `walks`: if given, what it says follows from `key` and the ends of these relations; `known` are the answers so far,
    apart from those that name an end. `dates`: terms that look at dates of the asset and at nothing else of it; where
    one of them is false, it passes. If `known` is given as well, what it says follows from `key` and these dates.
    """

    entry: Entry
    walks: tuple[Ends, ...] = ()
    key: tuple[Any, ...] = ()
    known: "Answers | None" = None
    dates: tuple[Term, ...] = ()


_Said = Counted | Template | Asked


class _Check:
    """One check of one kind: what the whole of it looks at, or else those terms of it that can be answered for many."""

    def __init__(self, kind: str, entry: Entry, place_numbers: PlaceNumbers) -> None:
        compiled: CompiledCheck = entry[0]
        self.entry = entry
        sources = [compiled.condition, *(c for c, _ in compiled.severity_when)]
        sources += [] if compiled.where is None else [compiled.where]
        found = [_shared(c.root) for c in sources]
        known = [looks for looks in found if looks is not None]
        self.whole: Term | None = None
        self.where: list[Term] = []
        self.gates: list[Term] = []
        self.whole_where = True
        self.walks: tuple[Ends, ...] = ()
        if len(known) == len(found):
            self.whole = Term(together(known))
            looks = self.whole.looks
            self.walks = tuple(
                (walk, (walk, "kind") in looks.parts, (walk, "dc") in looks.parts, (walk, "loc") in looks.parts)
                for walk in sorted(looks.related)
            )
            self.columns = Columns(kind, (self.whole,), place_numbers)
        self.dates: tuple[Term, ...] = () if self.whole is not None else _of_dates(compiled.condition)
        # What it looks at apart from its terms about dates, where that can be told.
        self.undated = _undated(sources, compiled.condition) if self.dates else None
        if self.undated is not None:
            self.columns = Columns(kind, (self.undated,), place_numbers)
        whole = self.whole
        if whole is None or whole.out or whole.into or whole.keys or whole.looks.unless or self.walks:
            self.gates, _ = _terms(compiled.condition)
            if compiled.where is not None:
                self.where, self.whole_where = _terms(compiled.where)
        self.known: dict[Any, _Said] = {}
        self.idle: Counted = entry[3], NOT_APPLICABLE
        self.passes: Counted = entry[3], PASS
        self._answers: Answers = {}

    def terms(self) -> list[Term]:
        """Everything in it that can be answered for many."""
        return [*(term for term in (self.whole, self.undated) if term is not None), *self.where, *self.gates]

    def verdict(self, key: tuple[Any, ...], judge: Judge) -> _Said:
        """What it says of an asset, and of those after it that are alike; what shows the uid is asked of each."""
        said = judge(self.entry)
        found: _Said
        if isinstance(said, int):
            found = self.entry[3], said
        elif self.whole is not None and self.whole.looks.uid and _shows_uid(said[0]):
            found = Asked(self.entry)
        else:
            found = self.entry[0], *said
        if len(self.known) >= _MOST_KNOWN:
            self.known.clear()
        self.known[key] = found
        return found

    def asked(self, key: tuple[Any, ...]) -> Asked:
        """The question that each asset of a class is asked, whose answer follows from this and from its relations."""
        if len(self._answers) >= _MOST_KNOWN:
            self._answers = {}
        return Asked(self.entry, self.walks, key, self._answers, self.dates)


def _shows_uid(finding: Finding) -> bool:
    return "asset.uid" in finding.reads or isinstance(finding.why, Late)


def _shared(root: Node) -> Looks | None:
    looks = looks_at(root)
    return None if looks is None or looks.names & _OWN else looks


def _terms(condition: Condition) -> tuple[list[Term], bool]:
    """The terms of a condition, joined by `&&`, that can be answered for many, and whether these are all."""
    parts = _parts(condition)
    found = [_term(condition, part, looks) for part in parts if (looks := _shared(part)) is not None]
    return found, len(found) == len(parts)


def _of_dates(condition: Condition) -> tuple[Term, ...]:
    """The terms of a condition, joined by `&&`, that look at dates of the asset, and at nothing else of it."""
    told = [(part, looks_at(part)) for part in _parts(condition)]
    return tuple(
        _term(condition, part, looks)
        for part, looks in told
        if looks is not None and looks.names and looks.names <= _DATES and looks == Looks(looks.names)
    )


def _undated(sources: Sequence[Condition], condition: Condition) -> Term | None:
    """What these conditions look at apart from the terms of this one that look at nothing but dates."""
    others = [c.root for c in sources if c is not condition]
    for part in _parts(condition):
        looks = looks_at(part)
        if looks is None or not looks.names or not looks.names <= _DATES or looks != Looks(looks.names):
            others.append(part)
    found = [looks for root in others if (looks := _shared(root)) is not None]
    return Term(together(found)) if len(found) == len(others) and found else None


def _parts(condition: Condition) -> tuple[Node, ...]:
    root = condition.root
    return root.operands if isinstance(root, Logic) and root.operator == "&&" else (root,)


def _term(condition: Condition, part: Node, looks: Looks) -> Term:
    return Term(looks, compile_condition(condition.source[part.start : part.end], condition.scope))


class _Step(NamedTuple):
    """How a check is dealt with for assets that have the same sorts of relations.

    `pick`: its key out of a row. `plain`: what it says follows from that key. `where`, `gates`: those of its terms
    that can be answered; `applies`: whether its `where` is nothing else, and no decision is waited for.
    """

    check: _Check
    pick: Callable[[Sequence[Any]], tuple[Any, ...]] | None
    plain: bool
    where: tuple[Term, ...] = ()
    gates: tuple[Term, ...] = ()
    applies: bool = False


_Plain = tuple[Callable[[Any], "_Said | None"], Callable[[Sequence[Any]], tuple[Any, ...]], _Check]
"""Of a check that is answered by its key alone: what it said before, its key out of a row, itself."""


class Alike:
    """The classes of assets of one kind that were met, for some checks. `plan`: how their records are made."""

    def __init__(self, kind: str, checks: Sequence["_Check"], plan: Plan, place_numbers: PlaceNumbers) -> None:
        terms = [term for check in checks for term in check.terms()]
        self.columns = Columns(kind, terms, place_numbers)
        told = [c for c in checks if c.whole is not None or c.undated is not None]
        self._row = Row(self.columns, [c.columns for c in told])
        self._checks = [(c, self._row.pick(c.columns) if c in told else None) for c in checks]
        self._keys = sorted({name for term in terms for name in (*term.keys, *term.looks.unless)})
        self._steps: dict[tuple[Any, ...], tuple[list[_Plain], list[_Step]]] = {}
        self.classes: dict[tuple[Any, ...], Class] = {}
        order = self.columns.order
        own = {name for name in order if not name.startswith((PRESENT, STARTS))}.union(plan.reads)
        own |= {name for term in terms for name in term.looks.unless}
        self.reads = frozenset(own)
        """Attributes of a document from which the values of the columns follow, beside whether it has `present`."""
        self.present = tuple(n[1:] for n in order if n.startswith(PRESENT) and n[1:] not in own)
        # Which of the things that are known of an asset beside its document matter to the columns.
        self.marks = tuple(name for name in plan.marks if name in own)
        self.placed = self.columns.place or plan.by_place
        self.owned = self.columns.account or plan.by_owner
        self.source, self.partition, self.native = (n in order for n in ("dc_source", "partition", "native_type"))
        self.custody = "custody" in order or "volume_custody" in order
        self.more = self.source or self.partition or self.native or self.custody
        self.near: dict[tuple[Any, ...], Class] = {}
        self.codes: dict[tuple[int, ...], int] = {}  # what groups have alike that matters here, and its number

    def judged(
        self, record: Record, codes: Sequence[bytes], variables: Mapping[str, Any], facts: Facts, judge: Judge
    ) -> Class:
        """The class of an asset, from this first one of it; `codes` are its values of the columns."""
        found = Class()
        row = self._row.of(facts, codes)
        sort = (facts.out & self.columns.out, facts.into & self.columns.into, *[n in record for n in self._keys])
        steps = self._steps.get(sort)
        if steps is None:
            every = [_step(check, pick, facts, record) for check, pick in self._checks]
            plain = [(step.check.known.get, step.pick, step.check) for step in every if step.plain and step.pick]
            steps = self._steps[sort] = plain, [step for step in every if not step.plain]
        known = [get(pick(row)) or check.verdict(pick(row), judge) for get, pick, check in steps[0]]
        found.rows = cast("list[Counted]", [one for one in known if len(one) == 2])
        if len(found.rows) < len(known):
            found.told = [one for one in known if len(one) == 3 and not isinstance(one, Asked)]
            found.rest = [one for one in known if isinstance(one, Asked)]
        for check, pick, _, where, gates, applies in steps[1]:
            answers = [_answer(term, variables) for term in where]
            if False in answers:
                found.rows.append(check.idle)
                continue
            sure = applies and all(answers)
            if sure and any(_answer(term, variables) is False for term in gates):
                found.rows.append(check.passes)
            elif pick is not None and (sure or not check.dates):
                found.rest.append(check.asked(pick(row)))
            else:
                found.rest.append(Asked(check.entry, dates=check.dates if sure else ()))
        return found


def _step(
    check: _Check, pick: Callable[[Sequence[Any]], tuple[Any, ...]] | None, facts: Facts, record: Record
) -> _Step:
    whole = check.whole
    free = whole is not None and whole.free(facts, record)
    if whole is not None and free and not whole.walking(facts):
        return _Step(check, pick, True)
    where = tuple(term for term in check.where if _idle(term, facts, record))
    gates = tuple(term for term in check.gates if _idle(term, facts, record))
    applies = check.whole_where and len(where) == len(check.where) and not check.entry[4]
    undated = check.undated
    follows = free and bool(check.walks)
    if undated is not None:
        follows = undated.free(facts, record) and not undated.walking(facts)
    return _Step(check, pick if follows else None, False, where, gates, applies)


def _idle(term: Term, facts: Facts, record: Record) -> bool:
    return term.free(facts, record) and not term.walking(facts)


def _answer(term: Term, variables: Mapping[str, Any]) -> bool | None:
    found = None if term.condition is None else term.condition.test(variables)
    return found if isinstance(found, bool) else None


class Group:
    """Assets of one kind, class, place and sort of account.

    `settled`: what is so for all of them. `plan`: how their records are made. `settle`: what makes one finding of those
    that stand for each other, if any do. `alike`, `code`: what makes them alike for the checks that are left, and a
    number for what of it the group tells. `apart`: each stands for itself. `times`: how many were met.
    """

    __slots__ = ("alike", "apart", "code", "plan", "rest", "settle", "settled", "times", "walks")

    def __init__(self, settled: Settled, plan: Plan, settle: Callable[[Found], Found] | None, apart: bool) -> None:
        self.settled = settled
        self.rest = settled.rest
        self.walks = settled.walks
        self.plan = plan
        self.settle = settle
        self.apart = apart
        self.alike: Alike | None = None
        self.code = -1
        self.times = 0

    def flush(self) -> None:
        """Add what was met to the counts of the rules."""
        self.settled.times += self.times
        self.times = 0
        self.settled.flush()


class Kinds:
    """What makes assets alike, for each set of checks that was met."""

    def __init__(self, place_numbers: PlaceNumbers) -> None:
        self._checks: dict[tuple[str, int], _Check] = {}
        self._found: dict[tuple[str, tuple[int, ...]], Alike] = {}
        self._numbers = place_numbers

    def of(self, kind: str, entries: Sequence[Entry], plan: Plan) -> Alike:
        """For these checks of assets of a kind, whose records are made by this plan."""
        key = (kind, tuple(entry[0].key for entry in entries))
        found = self._found.get(key)
        if found is None:
            checks = [self._check(kind, entry) for entry in entries]
            found = self._found[key] = Alike(kind, checks, plan, self._numbers)
        return found

    def _check(self, kind: str, entry: Entry) -> _Check:
        key = (kind, entry[0].key)
        if key not in self._checks:
            self._checks[key] = _Check(kind, entry, self._numbers)
        return self._checks[key]

    def __iter__(self) -> Iterator[Alike]:
        return iter(self._found.values())
