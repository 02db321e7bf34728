"""Scopes, and generated conditions with the values they are tested on, shared by the tests of conditions."""

from typing import Any

from hypothesis import strategies as st

from rules.condition import (
    BOOL,
    DATE,
    DYN,
    INT,
    STR,
    Absent,
    Condition,
    Function,
    ListOf,
    OneOf,
    Scope,
    Unknown,
    asset_type,
    parse_type,
    record,
    related_type,
)

RANKS = {"none": 0, "provider": 1, "customer": 2, "customer_hsm": 3, "dedicated_hsm": 4, "external": 5}
CUSTODY = parse_type("|".join(RANKS))
POLICY = record(
    "policy",
    {
        "allowed_countries": "list[str]",
        "required_custody": "map[str]",
        "retention_days": "map[int]",
        "trusted_accounts": "list[str]",
        "snapshot_max_age_days": "int",
        "ropa": "list[{id: str, resources: list[str], ends: date}]",
    },
)


def personal(asset: dict[str, Any]) -> bool:
    if "dc" not in asset:
        raise Absent("asset.dc", "not_read")
    return asset["dc"] in ("special_category", "personal", "pseudonymised")


def basis(asset: dict[str, Any]) -> Any:
    return asset.get("basis", Unknown(Absent("policy.transfer_register", "decision_needed").unknown.lacks))


def targets(asset: dict[str, Any], _relation: str) -> list[dict[str, Any]]:
    return asset.get("targets", [])


FUNCTIONS = (
    Function("pd", (OneOf((related_type(),)),), BOOL, personal, ("$0.dc",)),
    Function("rank", (CUSTODY,), INT, RANKS.__getitem__),
    Function("basis", (related_type(),), STR, basis, ("policy.transfer_register",)),
    Function("targets", (related_type(), STR), ListOf(related_type()), targets),
    Function("days", (DATE,), INT, lambda _date: 400),
)


def rule_scope(*kinds: str) -> Scope:
    """What a rule on assets of these kinds sees."""
    return Scope({"asset": asset_type(kinds or ("storage.bucket",)), "policy": POLICY, "now": DATE}, FUNCTIONS)


def agreed(condition: Condition, variables: dict[str, Any]) -> bool | Unknown:
    """The result of the exact form, having seen that the quick form, where it gives any, gives the same."""
    exact = condition.test_exactly(variables)
    try:
        quick = condition.fast(*(variables.get(name) for name in condition.scope.variables))
    except Exception:
        quick = None
    if quick is not None:
        assert quick is exact, f"{condition.source}: quickly {quick}, exactly {exact}"
    assert str(condition.test(variables)) == str(exact)
    return exact


FIELDS: dict[str, str] = {
    "i": "int",
    "j": "int",
    "f": "float",
    "b": "bool",
    "c": "bool",
    "s": "str",
    "t": "str",
    "w": "red|green|blue",
    "ints": "list[int]",
    "texts": "list[str]",
    "items": "list[{n: int, x: str, ok: bool}]",
    "place": "{status: str, countries: list[str]}",
    "tags": "map",
}
TYPED = Scope({"a": record("a", FIELDS), "p": record("p", FIELDS)})
UNTYPED = Scope({"a": DYN, "p": DYN})

_SMALL = st.integers(-3, 5)
_TEXT = st.sampled_from(["", "a", "b", "ab", "red", "DE", "é"])
_ITEM = st.fixed_dictionaries(
    {}, optional={"n": st.none() | _SMALL, "x": st.none() | _TEXT, "ok": st.none() | st.booleans()}
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "i": _SMALL,
    "j": _SMALL,
    "f": st.sampled_from([-1.5, 0.0, 1.0, 2.5]),
    "b": st.booleans(),
    "c": st.booleans(),
    "s": _TEXT,
    "t": _TEXT,
    "w": st.sampled_from(["red", "green", "blue"]),
    "ints": st.lists(st.none() | _SMALL, max_size=3),
    "texts": st.lists(_TEXT, max_size=3),
    "items": st.lists(_ITEM, max_size=3),
    "place": st.fixed_dictionaries(
        {}, optional={"status": st.none() | _TEXT, "countries": st.lists(_TEXT, max_size=2)}
    ),
    "tags": st.dictionaries(st.sampled_from(["a", "b"]), _TEXT, max_size=2),
}
RECORDS = st.fixed_dictionaries({}, optional={name: st.none() | value for name, value in _VALUES.items()})
"""Values of the declared types; every field may be absent or null."""

MIXED = st.dictionaries(
    st.sampled_from(sorted(FIELDS)),
    st.none() | st.one_of(*_VALUES.values(), st.just([True, 1, "a", None])),
    max_size=13,
)
"""Values of any type under the same names."""


_nullable = st.sampled_from(["a.i", "a.s", "a.items", "a.place", "a.b", "a.tags"])
_equality = st.sampled_from(["==", "!="])


@st.composite
def numbers(draw: st.DrawFn, depth: int, item: bool) -> str:
    """Text of a term that should be a whole number."""
    choices = ["a.i", "a.j", "p.i", "1", "0", "-2", "size(a.texts)", "a.ints.size()"] + (["o.n"] if item else [])
    if depth <= 0 or draw(st.booleans()):
        return draw(st.sampled_from(choices))
    left, right = draw(numbers(depth - 1, item)), draw(numbers(depth - 1, item))
    return f"({left} {draw(st.sampled_from('+-*/%'))} {right})"


@st.composite
def texts(draw: st.DrawFn, depth: int, item: bool) -> str:
    """Text of a term that should be a text."""
    choices = ["a.s", "a.t", "p.s", '"a"', "'ab'", "a.place.status", 'a.tags["a"]', "a.tags.b"] + (
        ["o.x"] if item else []
    )
    if depth <= 0 or draw(st.booleans()):
        return draw(st.sampled_from(choices))
    return f"({draw(texts(depth - 1, item))} + {draw(texts(depth - 1, item))})"


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3, item: bool = False) -> str:
    """Text of a condition over `a` and `p`."""
    below = conditions(depth - 1, item)
    sort = draw(
        st.sampled_from(["leaf", "leaf", "logic", "logic", "not", "choice", "macro"] if depth > 0 else ["leaf"])
    )
    match sort:
        case "logic":
            operator = draw(st.sampled_from(["&&", "||"]))
            return "(" + f" {operator} ".join(draw(st.lists(below, min_size=2, max_size=3))) + ")"
        case "not":
            return f"!({draw(below)})"
        case "choice":
            return f"({draw(below)} ? {draw(below)} : {draw(below)})"
        case "macro" if not item:
            macro = draw(st.sampled_from(["all", "exists", "exists_one"]))
            body = draw(conditions(depth - 1, True))
            form = draw(
                st.sampled_from(["{}.{}(o, {})", "{}.filter(o, o.ok).{}(o, {})", "{}.filter(o, {}).size() > 0"])
            )
            return form.format("a.items", macro, body) if "size" not in form else form.format("a.items", body)
        case _:
            return draw(_leaf(item))


@st.composite
def _leaf(draw: st.DrawFn, item: bool) -> str:
    number, text = numbers(1, item), texts(1, item)
    relation = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
    forms = [
        lambda: draw(st.sampled_from(["a.b", "a.c", "p.b", "true", "false"] + (["o.ok"] if item else []))),
        lambda: f"{draw(number)} {relation} {draw(number)}",
        lambda: f"{draw(text)} {relation} {draw(text)}",
        lambda: f"a.f {relation} {draw(st.sampled_from(['p.f', 'a.i', '1.0', 'p.i']))}",
        lambda: f"{draw(_nullable)} {draw(_equality)} null",
        lambda: f"a.b {draw(_equality)} {draw(st.sampled_from(['true', 'false', 'p.b', 'a.c']))}",
        lambda: f'a.w {draw(_equality)} "red"',
        lambda: 'a.w in ["red", "blue"]',
        lambda: (
            f"{draw(number)} in {draw(st.sampled_from(['a.ints', '[1, 2]', 'p.ints', '[0, 1, 2, 3, 4]', '[a.i, 1]']))}"
        ),
        lambda: f"{draw(text)} in {draw(st.sampled_from(['a.texts', 'p.texts', 'a.place.countries', 'a.tags']))}",
        lambda: f"{draw(text)}.{draw(st.sampled_from(['startsWith', 'endsWith', 'contains']))}({draw(text)})",
        lambda: f'{draw(text)}.matches("^a*b?$")',
        lambda: "a.ints == p.ints",
        lambda: f"a.texts.map(m, m + 'x') {draw(_equality)} p.texts",
        lambda: "a.texts.exists(m, m in p.texts && !(m in a.place.countries))",
        lambda: "a.ints[0] == 1",
    ]
    return draw(st.sampled_from(forms))()
