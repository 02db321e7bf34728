"""What a condition over assets looks at, found in its text: so one can tell which assets it must answer alike.

Everything that is not known here to follow from a few values of the asset, its class, place and account makes a
condition one that is asked for each asset by itself. That is slower, and never wrong.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from rules.condition import Condition
from rules.condition.terms import Binary, Call, Literal, Macro, Method, Name, Node, Select, children, mentions

Walk = tuple[str, str]
"""`targets` or `sources`, and a type of relation."""


class Looks(NamedTuple):
    """What a condition looks at beside the kind of an asset, and what its account's coverage says.

    `names`: its attributes. `walks`: relations; where it has none of these, nothing else matters. `related`: relations
    of whose ends only kind, class and place matter, and not how many are alike; `parts`: which of these three.
    `named`: whether the policy names the asset by its uid. `place`, `account`: where it lies, which account it is of;
    `covered`: what entries of the register say of that account; `keyless`: whether the account has stores whose key was
    not read. `level`: the asset's class. `origin`: where its data come from. `unless`: attributes; where one of these
    was read, more matters than is told here. `uid`: its uid is compared, so that the words of a finding may show it.
    """

    names: frozenset[str] = frozenset()
    walks: frozenset[Walk] = frozenset()
    related: frozenset[Walk] = frozenset()
    parts: frozenset[tuple[Walk, str]] = frozenset()
    named: bool = False
    place: bool = False
    account: bool = False
    covered: bool = False
    keyless: bool = False
    level: bool = False
    origin: bool = False
    unless: frozenset[str] = frozenset()
    uid: bool = False


NOTHING: Final = Looks()
PRESENT: Final = "?"
"""Before the name of an attribute of which it matters only whether it was read."""

STARTS: Final = "^"
"""Before a text of which it matters only whether the uid starts with it."""


VALUES: Final = frozenset(
    {"third", "outside", "eea", "eea_or_adequate", "third_country", "worse", "rank", "scope_rank", "class_rank", "days"}
    | {"adequacy_valid", "facts_age", "known_account", "share", "processing_commitment", "retains", "estimated_flop"}
    | {"flop_at_least", "has_critical"}
)
"""Functions whose result follows from the values of their arguments."""

_OF_ACCOUNT: Final = Looks(account=True)
_OF_CLASS: Final = Looks(level=True)
_OF_REGISTER: Final = Looks(named=True, place=True, covered=True, level=True)
_RECORDS: Final[dict[str, Looks]] = {
    "pd": _OF_CLASS,
    "sc": _OF_CLASS,
    "pd_or_unclassified": _OF_CLASS,
    "inherits_pd": Looks(frozenset({"vendor_base", "model_vendor"}), level=True, origin=True),
    "anonymity_ok": Looks(named=True),
    "ropa": Looks(frozenset({"ropa_id"}), named=True),
    "entry": _OF_REGISTER,
    "basis": _OF_REGISTER,
    "basis_all": _OF_REGISTER._replace(names=frozenset({"processing_countries", "processing_scope"})),
    "operator_fact": Looks(frozenset({"partition", "provider"})),
    "guardrail": _OF_ACCOUNT,
    "guard_denies": _OF_ACCOUNT,
    "known_guardrail": _OF_ACCOUNT,
    "has_pd": _OF_ACCOUNT,
    "has_pd_or_ai": _OF_ACCOUNT,
    "first_of_model": Looks(unless=frozenset({"model"})),
    "copies": Looks(
        frozenset({"relations_read"}), frozenset({("targets", "replicates_to"), ("targets", "backs_up_to")})
    ),
}
"""Functions of the record of the asset, and what they look at."""

_OF_ITS_ACCOUNT: Final = {**_RECORDS, "pd_or_unclassified": _OF_ACCOUNT}
"""The same of the account that an asset names."""

_OF_END: Final = frozenset({"pd", "sc"})
PLAIN_END: Final = frozenset({"loc", "kind", "dc"})
"""Functions and members of the end of a relation that follow from its kind, class and place."""

_TOLD_BY: Final = {"encrypted_by": frozenset({"custody"}), "shared_with": frozenset({"public_access"})}
_SOURCES_TOLD_BY: Final = {
    "encrypted_by": Looks(keyless=True),
    "backs_up_to": Looks(frozenset({f"{PRESENT}source_uid"})),
}
"""Relation → what tells, beside `relations_read`, whether the list of its targets, and of its sources, is complete."""

_WALKS: Final = ("targets", "sources")
_CUSTODY: Final = frozenset({"custody", "volume_custody"})
_FREE: Final = {"location": Looks(place=True), "policy": NOTHING, "now": NOTHING}
_MEMBERS: Final = {"loc": Looks(place=True), "account": Looks(account=True), "dc": _OF_CLASS, "kind": NOTHING}
"""Members of an asset that are no attributes of its own."""


def looks_of(condition: Condition) -> Looks | None:
    """What a condition looks at; None where it is more than can be told of each asset of any kind."""
    looks = looks_at(condition.root)
    if looks is None or looks.unless or looks.uid or "pd_or_unclassified" in condition.functions:
        return None
    return looks


def looks_at(root: Node) -> Looks | None:
    """What a term looks at, for kinds that sum up nothing else; None where it is more than can be told."""
    return _looks(root, frozenset())


def _looks(node: Node, bound: frozenset[str]) -> Looks | None:
    match node:
        case Literal():
            return NOTHING
        case Name(name=name):
            return NOTHING if name in bound else _FREE.get(name)
        case Select(operand=Name(name="asset"), field=field) if "asset" not in bound:
            return _MEMBERS.get(field) or Looks(frozenset({field}))
        case Call(name=name, arguments=(Name(name="asset"), Literal(value=str() as type_))) if (
            name in _WALKS and "asset" not in bound
        ):
            return _complete(name, type_)._replace(walks=frozenset({(name, type_)}))
        case Call(name=name, arguments=(Name(name="asset"), *others)) if name in _RECORDS and "asset" not in bound:
            return _all([_RECORDS[name], *(_looks(other, bound) for other in others)])
        case Call(name=name, arguments=(Select(operand=Name(name="asset"), field="account"), *others)) if (
            name in _OF_ITS_ACCOUNT and "asset" not in bound
        ):
            return _all([_OF_ITS_ACCOUNT[name], *(_looks(other, bound) for other in others)])
        case Call(name=name, arguments=arguments):
            return _all([_looks(a, bound) for a in arguments]) if name in VALUES else None
        case Method(
            target=Select(operand=Name(name="asset"), field="uid"),
            name="startsWith",
            arguments=(Literal(value=str() as head),),
        ) if "asset" not in bound:
            return Looks(frozenset({STARTS + head}), uid=True)
        case Macro(
            over=Select(operand=Name(name="policy"), field="ropa"),
            variable=variable,
            body=Binary(
                operator="in",
                left=Select(operand=Name(name="asset"), field="uid"),
                right=Select(operand=Name(name=record), field="resources"),
            ),
            keep=None,
        ) if record == variable and not bound & {"asset", "policy"}:
            return Looks(named=True, uid=True)
        case Macro(over=Call(name=name) as over) if name in (*_WALKS, "copies"):
            return _related(node, bound) or _looks(over, bound)  # where there is no such relation, its body is idle
        case Macro(over=over, variable=variable, body=body, keep=keep):
            inner = bound | {variable}
            return _all([_looks(over, bound), *(_looks(n, inner) for n in (body, keep) if n is not None)])
        case _:
            return _all([_looks(child, bound) for child in children(node)])


def _related(node: Macro, bound: frozenset[str]) -> Looks | None:
    """A walk of whose ends only kind, class and place matter."""
    match node:
        case Macro(
            kind="exists" | "all",
            over=Call(name=name, arguments=(Name(name="asset"), Literal(value=str() as type_))),
            variable=variable,
            body=body,
        ) if name in _WALKS and "asset" not in bound | {variable}:
            inside = _of_end(body, variable, (name, type_), bound)
            own = _complete(name, type_)._replace(related=frozenset({(name, type_)}))
            return None if inside is None else _all([own, inside])
        case _:
            return None


def _of_end(node: Node, end: str, walk: Walk, bound: frozenset[str]) -> Looks | None:
    """What a term about one end of a relation looks at apart from that end; None where it is more of the end."""
    match node:
        case Name(name=name) if name == end:
            return None
        case Select(operand=Name(name=name), field=field) if name == end:
            return Looks(parts=frozenset({(walk, field)})) if field in PLAIN_END else None
        case Call(name=name, arguments=(Name(name=of),)) if of == end:
            return Looks(parts=frozenset({(walk, "dc")})) if name in _OF_END else None
        case Call(name=name, arguments=arguments) if name in VALUES:
            return _all([_of_end(a, end, walk, bound) for a in arguments])
        case Macro(over=over, variable=variable, body=body, keep=None) if variable not in (end, "asset"):
            return _all([_of_end(over, end, walk, bound), _of_end(body, end, walk, bound | {variable})])
        case Macro() | Call():
            return _looks(node, bound) if not mentions(node, end) else None
        case Select(operand=Name()) | Name() | Literal():
            return _looks(node, bound)
        case _:
            return _all([_of_end(child, end, walk, bound) for child in children(node)])


def _complete(direction: str, type_: str) -> Looks:
    """What tells whether a list of relations is complete, as `rules.walks` has it."""
    if direction == "targets":
        return Looks(_TOLD_BY.get(type_, frozenset()) | {"relations_read"})
    return _SOURCES_TOLD_BY.get(type_, NOTHING)


def _all(found: Iterable[Looks | None]) -> Looks | None:
    known: list[Looks] = []
    for looks in found:
        if looks is None:
            return None
        known.append(looks)
    return together(known)


def together(found: Iterable[Looks]) -> Looks:
    """What several terms look at."""
    parts = list(found)
    return Looks(
        frozenset(name for looks in parts for name in looks.names),
        frozenset(walk for looks in parts for walk in looks.walks),
        frozenset(walk for looks in parts for walk in looks.related),
        frozenset(part for looks in parts for part in looks.parts),
        any(looks.named for looks in parts),
        any(looks.place for looks in parts),
        any(looks.account for looks in parts),
        any(looks.covered for looks in parts),
        any(looks.keyless for looks in parts),
        any(looks.level for looks in parts),
        any(looks.origin for looks in parts),
        frozenset(name for looks in parts for name in looks.unless),
        any(looks.uid for looks in parts),
    )


def keys_matter(looks: Looks) -> bool:
    """Whether what is missing may be told of the key that an asset is encrypted by."""
    return not _CUSTODY.isdisjoint(looks.names)


__all__ = ["NOTHING", "PRESENT", "STARTS", "Looks", "Walk", "keys_matter", "looks_at", "looks_of", "together"]
