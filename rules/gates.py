"""What follows from kind, class and place alone: checks that cannot fail there are counted, and not run one by one.

Most conditions begin with terms whose answer thousands of subjects share, such as `pd(asset)` or
`third(flow.dst_loc)`. These terms are answered once for each kind, class and place; by CEL's rule that `false &&
anything` is false, a false one settles the check for every subject alike. Nothing is settled by an unknown term.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from rules.condition import Condition, compile_condition
from rules.condition.terms import Call, Literal, Logic, Macro, Name, Node, Select, children
from rules.functions import LINEAGE
from rules.verdicts import NOT_APPLICABLE, PASS

Entry = tuple[Any, ...]
"""One check of a loop: itself, its quick form, that of its `where`, its counts, the decisions it waits for."""

_OF_RECORD: Final = frozenset({"pd", "sc", "pd_or_unclassified", "inherits_pd"})
_OF_VALUES: Final = frozenset(
    {"third", "outside", "eea", "eea_or_adequate", "third_country", "class_rank", "rank", "worse"}
)
_OF_ACCOUNT: Final = frozenset({"known_guardrail"})
OF_REGISTER: Final = frozenset({"entry", "basis"})
_FIELDS: Final = {
    "asset": frozenset({"loc", "dc", "dc_source", "provider", "kind", "critical"}),
    "flow": frozenset({"src_loc", "dst_loc", "dc", "kind"}),
}
"""Members that every subject of the same kind, class and place has alike."""

_ALIKE: Final = frozenset({"location", "policy"})


_FACTS: Final = {
    ("asset", "loc"): "place",
    ("asset", "dc"): "level",
    ("asset", "dc_source"): "source",
    ("asset", "provider"): "account",
    ("asset", "account"): "account",
    ("asset", "kind"): "kind",
    ("asset", "critical"): "critical",
    ("flow", "src_loc"): "place",
    ("flow", "dst_loc"): "target",
    ("flow", "dc"): "level",
    ("flow", "kind"): "kind",
    ("flow", "src"): "source",
}
"""Members of a subject, and the fact that each follows from. A caller of `Gates.settled` tells a value for each."""


_told_by: Final[dict[str, tuple[str, ...]]] = {}
"""The facts that each gate follows from, by its text: the same gates are met for many kinds."""


def _named(node: Node) -> set[str]:
    """The facts that a gate follows from."""
    match node:
        case Select(operand=Name(name=name), field=field) if (name, field) in _FACTS:
            return {_FACTS[name, field]}
        case Call(name="inherits_pd"):
            return {
                "level",
                "ancestors",
                "account",
            }  # of a store: jobs that were refused in its account may write to it
        case Name(name="asset" | "flow"):
            return {"level", "ancestors"}  # of a subject as a whole, functions look at its class
        case Name(name="location"):
            return {"place"}
        case Call(name=name, arguments=arguments) if name in _OF_RECORD and not isinstance(arguments[0], Name):
            return {"level", "ancestors"}  # of the source of a flow
        case _:
            return {name for child in children(node) for name in _named(child)}


def facts_of(gate: Condition) -> tuple[str, ...]:
    """The names of the facts that a gate follows from, in order."""
    facts = _told_by.get(gate.source)
    if facts is None:
        facts = _told_by[gate.source] = tuple(sorted(_named(gate.root)))
    return facts


def gates_of(condition: Condition, kind: str) -> tuple[list[Condition], bool]:
    """The terms of a condition, joined by `&&`, that follow from kind, class and place; and whether these are all.

    Terms about the transfer register are among them: what it says of data that need no basis, or where it is empty,
    does not depend on the subject. Where it does, it is asked for each by itself.
    """
    root = condition.root
    terms = root.operands if isinstance(root, Logic) and root.operator == "&&" else (root,)
    alike = [term for term in terms if _alike(term, kind, frozenset())]
    texts = [condition.source[term.start : term.end] for term in alike]
    return [compile_condition(text, condition.scope) for text in texts], len(alike) == len(terms)


def _alike(node: Node, kind: str, bound: frozenset[str]) -> bool:
    match node:
        case Literal():
            return True
        case Name(name=name):
            return name in bound or name in _ALIKE
        case Select(operand=Select(operand=Name(name="flow"), field="src"), field="kind"):
            return True
        case Select(operand=Name(name=name), field=field) if name not in bound:
            return name in _ALIKE or field in _FIELDS.get(name, ())
        case Call(name=name, arguments=arguments) if name in OF_REGISTER:
            return len(arguments) == 1 and isinstance(arguments[0], Name) and arguments[0].name in _FIELDS
        case Call(name=name, arguments=(Select(operand=Name(name="asset"), field="account"), *others)):
            return name in _OF_ACCOUNT and all(isinstance(o, Literal) for o in others)
        case Select(operand=Call(name=name) as operand) if name in OF_REGISTER:
            return _alike(operand, kind, bound)
        case Call(name=name, arguments=arguments) if name in _OF_RECORD:
            return len(arguments) == 1 and _subject(arguments[0], name, kind)
        case Call(name=name, arguments=arguments):
            return name in _OF_VALUES and all(_alike(a, kind, bound) for a in arguments)
        case Macro(over=over, variable=variable, body=body, keep=keep):
            inner = bound | {variable}
            return _alike(over, kind, bound) and all(_alike(n, kind, inner) for n in (body, keep) if n is not None)
        case _:
            return all(_alike(child, kind, bound) for child in children(node))


def _subject(node: Node, function: str, kind: str) -> bool:
    """Whether a function of a record is asked about the subject itself, or about the source of a flow."""
    if function == "inherits_pd":  # of what is made from something else, it looks at more than the class
        return isinstance(node, Name) and node.name == "asset" and kind not in LINEAGE
    match node:
        case Name(name=name):
            return name in _FIELDS
        case Select(operand=Name(name="flow"), field="src"):
            return True
        case _:
            return False


class Settled:
    """Subjects of one kind, class and place: what is settled for all of them, and which checks are left.

    `walks` is what the checks that are left walk to, as (targets or sources, type of relation).
    """

    __slots__ = ("_verdicts", "rest", "times", "walks")

    def __init__(self, verdicts: list[tuple[list[int], int]], rest: list[Entry]) -> None:
        self._verdicts = verdicts
        self.rest = rest
        self.walks = tuple(sorted({walk for entry in rest for walk in entry[0].walked}))
        self.times = 0

    def flush(self) -> None:
        """Add what was met to the counts of the rules."""
        if self.times:
            for row, verdict in self._verdicts:
                row[verdict] += self.times
            self.times = 0


class _Gated(NamedTuple):
    """A check, and which gates its `where` and its condition have, as bits; `whole`: its `where` is nothing else."""

    entry: Entry
    where: int
    whole: bool
    gates: int


class Gates:
    """The gates of the checks of one kind of subject. Which are false and which are true is kept by the facts."""

    def __init__(self, kind: str, entries: Iterable[Entry]) -> None:
        self._checks: list[_Gated] = []
        self._by_facts: dict[tuple[bool, tuple[str, ...]], list[tuple[int, Condition]]] = {}
        self._bits: dict[str, int] = {}
        self._answers: dict[tuple[Any, ...], tuple[int, int]] = {}
        self._settled: dict[tuple[int, int], Settled] = {}
        for entry in entries:
            compiled = entry[0]
            where, whole = ([], True) if compiled.where is None else gates_of(compiled.where, kind)
            gates, _ = gates_of(compiled.condition, kind)
            self._checks.append(_Gated(entry, self._taken(where), whole, self._taken(gates)))

    def _taken(self, gates: Iterable[Condition]) -> int:
        """The bits of these gates; those of one text are one."""
        found = 0
        for gate in gates:
            bit = self._bits.get(gate.source)
            if bit is None:
                bit = self._bits[gate.source] = 1 << len(self._bits)
                facts = facts_of(gate)
                of_register = not OF_REGISTER.isdisjoint(gate.functions)
                self._by_facts.setdefault((of_register, facts), []).append((bit, gate))
            found |= bit
        return found

    def settled(self, variables: Mapping[str, Any], facts: Mapping[str, Any], register: bool) -> Settled:
        """What is settled for subjects like this one, of which only what they share is given, and told by `facts`.

        `register`: the transfer register says the same of all of them.
        """
        shut = true = 0
        for names, gates in self._by_facts.items():
            if names[0] and not register:
                continue
            key = (names, *[facts[name] for name in names[1]])
            answers = self._answers.get(key)
            if answers is None:
                found = [(bit, gate.test(variables)) for bit, gate in gates]
                no = sum(bit for bit, answer in found if answer is False)
                answers = self._answers[key] = no, sum(bit for bit, answer in found if answer is True)
            shut |= answers[0]
            true |= answers[1]
        settled = self._settled.get((shut, true))
        if settled is None:
            settled = self._settled[(shut, true)] = self._by_answers(shut, true)
        return settled

    def _by_answers(self, shut: int, true: int) -> Settled:
        verdicts: list[tuple[list[int], int]] = []
        rest: list[Entry] = []
        for entry, where, whole, gates in self._checks:
            if where & shut:
                verdicts.append((entry[3], NOT_APPLICABLE))
            elif whole and not entry[4] and where & true == where and gates & shut:
                verdicts.append((entry[3], PASS))
            else:
                rest.append(entry)
        return Settled(verdicts, rest)
