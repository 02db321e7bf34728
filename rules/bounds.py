"""What conditions compare with the day of the judgement.

A condition that uses the day only to compare it with dates answers alike on all days between two of these dates. What
it does not say so plainly counts as another answer on every other day.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from rules.condition.terms import Binary, Call, Literal, Macro, Name, Negate, Node, Select, children
from rules.program import CompiledCheck
from rules.rule import Rule

_COMPARED: Final = frozenset(["==", "!=", "<", "<=", ">", ">="])
_OF_JOBS: Final = frozenset({"estimated_flop", "flop_at_least"})
_OF_ENTRY: Final = frozenset({"entry", "basis", "basis_all", "basis_for"})
ENDED, _HOURS = "producer_ended_days", "accelerator_hours"
_DAYLY: Final = frozenset({"days", "facts_age", "adequacy_valid", "share", *_OF_JOBS})


class Bound(NamedTuple):
    """So many days after some date an answer may become another one.

    `of`: `asset` (the date is its attribute `name`), `entry` (of the register), `policy` (member `name` of the list
    `more`), `facts` (when these were last checked), or `jobs` (now, while a job runs), `law` (when the law changes).
    """

    of: str
    name: str = ""
    days: int = 0
    more: str = ""


class _Unclear(Exception):  # noqa: N818 - a finding about a rule, not a fault
    """The day is used in a way that does not tell when an answer becomes another one."""


def bounds_of(compiled: CompiledCheck, policy: Mapping[str, Any]) -> frozenset[Bound] | None:
    """What the answers of a check depend on beside the law of the day; None where that cannot be told."""
    conditions = [compiled.condition, *(c for c, _ in compiled.severity_when)]
    conditions += [] if compiled.where is None else [compiled.where]
    try:
        return frozenset(bound for c in conditions for bound in _bounds(c.root, policy, {}))
    except _Unclear:
        return None


def _bounds(node: Node, policy: Mapping[str, Any], lists: Mapping[str, str]) -> Iterator[Bound]:
    match node:
        case Binary(operator=operator, left=left, right=right) if operator in _COMPARED:
            for one, other in ((left, right), (right, left)):
                match one:
                    case Call(name="days", arguments=(when,)):
                        yield from _after(when, _number(other, policy), lists)
                    case Call(name="facts_age"):
                        yield from (Bound("facts", days=days) for days in _number(other, policy))
                    case Select(operand=Name(name="asset"), field="producer_ended_days"):
                        yield from (Bound("asset", ENDED, days) for days in _number(other, policy))
                    case Name(name="now"):
                        yield from _after(other, (0,), lists)
                    case _:
                        if not _settled(one):
                            yield from _bounds(one, policy, lists)
        case Name(name="now"):
            raise _Unclear
        case Select(operand=operand, field=field) if field in (ENDED, _HOURS):
            if field == ENDED or not isinstance(operand, Name) or operand.name != "asset":
                raise _Unclear
            yield Bound("jobs")
        case Call(name=name, arguments=arguments) if name in _DAYLY:
            if name in ("days", "facts_age"):
                raise _Unclear
            if name != "adequacy_valid" or not _of_entry(arguments[0]):
                yield Bound("jobs" if name in _OF_JOBS else "law")
            if name == "share":
                yield Bound("jobs")
            for argument in arguments:
                if not isinstance(argument, Name) or argument.name != "now":
                    yield from _bounds(argument, policy, lists)
        case Macro(variable="asset" | "flow" | "policy" | "now"):
            raise _Unclear
        case Macro(over=Select(operand=Name(name="policy"), field=field), variable=variable):
            inner = {**lists, variable: field}
            for child in children(node)[1:]:
                yield from _bounds(child, policy, inner)
        case Macro(variable=variable):
            inner = {name: field for name, field in lists.items() if name != variable}
            for child in children(node):
                yield from _bounds(child, policy, inner)
        case _:
            for child in children(node):
                yield from _bounds(child, policy, lists)


def _settled(node: Node) -> bool:
    """Whether a side of a comparison was looked at with the other side."""
    match node:
        case Call(name="days" | "facts_age") | Name(name="now"):
            return True
        case Select(operand=Name(name="asset"), field=field):
            return field == ENDED
        case _:
            return False


def _of_entry(node: Node) -> bool:
    """Whether something is said of an entry of the register: what is true of these is looked at apart."""
    return isinstance(node, Select) and isinstance(node.operand, Call) and node.operand.name in _OF_ENTRY


def _after(when: Node, days: Iterable[int], lists: Mapping[str, str]) -> Iterator[Bound]:
    """What is compared with a date so many days ago."""
    for number in days:
        match when:
            case Select(operand=Name(name="asset"), field=field):
                yield Bound("asset", field, number)
            case Select(operand=Call(name=name), field=field) if name in _OF_ENTRY:
                yield Bound("entry", field, number)
            case Select(operand=Call(name="ropa"), field=field):
                yield Bound("policy", field, number, "ropa")
            case Select(operand=Name(name=name), field=field) if name in lists:
                yield Bound("policy", field, number, lists[name])
            case Literal(value=None):
                pass
            case _:
                raise _Unclear


def _number(node: Node, policy: Mapping[str, Any]) -> tuple[int, ...]:
    """The whole number that a term stands for; nothing where the policy leaves it out, so that nothing is compared."""
    match node:
        case Literal(value=int() as value) if not isinstance(value, bool):
            return (value,)
        case Negate(operand=Literal(value=int() as value)):
            return (-value,)
        case Select(operand=Name(name="policy"), field=field):
            if field not in policy:
                return ()
            value = policy[field]
            if isinstance(value, int) and not isinstance(value, bool):
                return (value,)
        case _:
            pass
    raise _Unclear


def asks_for_the_day(rule: Rule) -> bool:
    texts = (source.text for check in rule.checks for source in check.sources)
    return any(word in text for text in texts for word in ("now", ENDED, _HOURS, *_DAYLY))
