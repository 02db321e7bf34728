"""What an answer about a flow follows from: terms that look at no more than a few facts about it and its ends.

As in `rules.looks`, what is not known here to follow from them makes a check one that is asked of each flow by itself.
"""

from collections.abc import Iterable
from typing import Final

from rules.condition.terms import Call, Index, Literal, Macro, Name, Node, Select, children, mentions
from rules.looks import VALUES

Fact = str
_FLOW: Final = {
    "kind": "",
    "src_loc": "src.place",
    "dst_loc": "dst_loc",
    "dc": "",
    "dst_account": "dst.account",
    "importer": "dst.owner",
    # What the relation says of itself, which flows of a class have alike to the letter.
    **dict.fromkeys(("enabled", "continuous", "delete_propagation", "content_logged", "role", "external"), ""),
}
_END: Final = {
    "kind": "kind",
    "provider": "",
    "dc": "level",
    "loc": "place",
    "account": "account",
    "dc_source": "source",
    "critical": "critical",
}
"""Members of a flow, and of its ends, and the fact that each follows from; "": one that all flows of a class share."""

_HOP: Final = {
    "index": "chain",
    "kind": "chain",
    "src_loc": "src.place",
    "dst_loc": "dst_loc",
    "importer": "dst.owner",
}
"""Members of a flow of a chain that `FlowClasses.chain_of` tells of those after the flow itself; of that one, the fact
that each follows from."""

_OF_DESTINATION: Final = frozenset({"dst_loc", "dst.covered"})
_OF_CHAIN: Final = frozenset({"chain"})


def facts_of(root: Node) -> frozenset[Fact] | None:
    """The facts that a term about a flow follows from; None where it is more than these."""
    return _facts(root, frozenset())


def _facts(node: Node, bound: frozenset[str]) -> frozenset[Fact] | None:
    match node:
        case Literal():
            return frozenset()
        case Name(name=name):
            return frozenset() if name in bound or name in ("policy", "now") else None
        case _ if "flow" in bound:
            return None
        case Select(operand=Select(operand=Name(name="flow"), field="src" | "dst" as end), field=field):
            return _fact(_END, field, f"{end}.")
        case Select(operand=Name(name="flow"), field=field):
            return _fact(_FLOW, field)
        case Call(name="pd" | "sc", arguments=(Name(name="flow"),)):
            return frozenset()
        case Call(name="pd" | "sc", arguments=(Select(operand=Name(name="flow"), field="src" | "dst" as end),)):
            return frozenset({f"{end}.level"})
        case Call(name="basis" | "entry", arguments=(Name(name="flow"),)):
            return _OF_DESTINATION
        case Macro(over=Call(name="chain", arguments=(Name(name="flow"),)), variable=variable, body=body, keep=keep):
            inner = [body] if keep is None else [body, keep]
            return every([_OF_CHAIN, *(_of_hop(part, variable, bound) for part in inner)])
        case Select(operand=Index(operand=Call(name="chain") as chain, index=Literal()), field=field):
            return _OF_CHAIN | {_HOP[field]} if field in _HOP and _of_flow(chain) else None
        case Call(name="transformation_recorded", arguments=(Name(name="flow"),)):
            return frozenset({"named"})
        case Call(name=name, arguments=arguments):
            return every(_facts(a, bound) for a in arguments) if name in VALUES else None
        case Macro(over=over, variable=variable, body=body, keep=keep):
            inner = bound | {variable}
            return every([_facts(over, bound), *(_facts(n, inner) for n in (body, keep) if n is not None)])
        case _:
            return every(_facts(child, bound) for child in children(node))


def _of_flow(call: Call) -> bool:
    return len(call.arguments) == 1 and isinstance(call.arguments[0], Name) and call.arguments[0].name == "flow"


def _of_hop(node: Node, hop: str, bound: frozenset[str]) -> frozenset[Fact] | None:
    """The facts that a term about one flow of a chain follows from; None where it is more than these."""
    match node:
        case Name(name=name) if name == hop:
            return None
        case Select(operand=Name(name=name), field=field) if name == hop:
            return frozenset() if field in _HOP else None
        case Call(name="basis" | "entry", arguments=(Name(name=name),)) if name == hop:
            return frozenset()
        case Call(name=name, arguments=arguments) if name in VALUES:
            return every([_of_hop(a, hop, bound) for a in arguments])
        case Macro(over=over, variable=variable, body=body, keep=None) if variable not in (hop, "flow"):
            return every([_of_hop(over, hop, bound), _of_hop(body, hop, bound | {variable})])
        case Macro() | Call() | Select(operand=Name()) | Select(operand=Index()) | Name() | Literal():
            return _facts(node, bound) if not mentions(node, hop) else None
        case _:
            return every([_of_hop(child, hop, bound) for child in children(node)])


def _fact(table: dict[str, str], field: str, end: str = "") -> frozenset[Fact] | None:
    found = table.get(field)
    if found is None:
        return None
    return frozenset({f"{end}{found}"}) if found else frozenset()


def every(found: Iterable[frozenset[Fact] | None]) -> frozenset[Fact] | None:
    whole: frozenset[Fact] = frozenset()
    for facts in found:
        if facts is None:
            return None
        whole |= facts
    return whole


def names_ends(node: Node) -> bool:
    """Whether an explanation shows an end of the flow by its name: functions are shown with what they are given."""
    match node:
        case Call(arguments=(Select(operand=Name(name="flow"), field="src" | "dst"), *_)):
            return True
        case _:
            return any(names_ends(child) for child in children(node))
