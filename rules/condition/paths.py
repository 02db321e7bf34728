"""What the things a condition reads are called: `asset.loc.countries`, `policy.required_custody[asset.dc]`."""

from collections.abc import Mapping
from json import dumps

from rules.condition.terms import Call, Index, Literal, Macro, Name, Node, Select, children
from rules.condition.types import Record, Scope, Simple, Subject

Bindings = Mapping[str, str]
"""Variable of a macro → path of the item it stands for."""


def path_of(node: Node, source: str, bindings: Bindings) -> str:
    """The path of a term. What is not a variable or a part of one is called by its own text."""
    match node:
        case Name(name=name):
            return bindings.get(name, name)
        case Select(operand=operand, field=field):
            return f"{path_of(operand, source, bindings)}.{field}"
        case Index(operand=operand, index=Literal(value=value)):
            return f"{path_of(operand, source, bindings)}[{key_text(value)}]"
        case Index(operand=operand, index=index):
            return f"{path_of(operand, source, bindings)}[{path_of(index, source, bindings)}]"
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(path_of(a, source, bindings) for a in arguments)})"
        case _:
            return " ".join(source[node.start : node.end].split())


def key_text(key: object) -> str:
    """A key as it stands between brackets."""
    return dumps(key, ensure_ascii=False) if isinstance(key, str | int | float | bool) or key is None else "…"


def item_path(over: Node, source: str, bindings: Bindings, item: object = "") -> str:
    """The path of the items that a macro goes through: all of them, or one by its number or key."""
    return f"{path_of(over, source, bindings)}[{item}]"


def reads_of(root: Node, source: str, scope: Scope) -> tuple[str, ...]:
    """Every path that a condition reads, in the order of the text, those of the functions it calls included."""
    found: dict[str, None] = {}
    _collect(root, source, scope, {}, found)
    return tuple(found)


def _collect(node: Node, source: str, scope: Scope, bindings: Bindings, found: dict[str, None]) -> None:
    match node:
        case Name(name=name):
            whole = scope.variables.get(name)
            if name not in bindings and not isinstance(whole, Subject | Record) and isinstance(whole, Simple):
                found[name] = None
        case Select() | Index():
            base: Node = node
            while isinstance(base, Select | Index):
                if isinstance(base, Index):
                    _collect(base.index, source, scope, bindings, found)
                base = base.operand
            if isinstance(base, Name):
                found[path_of(node, source, bindings)] = None
            else:
                found[path_of(node, source, bindings)] = None
                _collect(base, source, scope, bindings, found)
        case Macro(over=over, variable=variable, body=body, keep=keep):
            _collect(over, source, scope, bindings, found)
            inner = {**bindings, variable: item_path(over, source, bindings)}
            for part in (keep, body):
                if part is not None:
                    _collect(part, source, scope, inner, found)
        case _:
            if isinstance(node, Call):
                for path in function_reads(node, source, scope, bindings):
                    found[path] = None
            for child in children(node):
                _collect(child, source, scope, bindings, found)


def function_reads(node: Call, source: str, scope: Scope, bindings: Bindings) -> list[str]:
    """What a registered function reads when called like this."""
    function = scope.functions.get(node.name)
    found: list[str] = []
    for path in function.reads if function is not None else ():
        if path.startswith("$"):
            number, _, rest = path[1:].partition(".")
            argument = path_of(node.arguments[int(number)], source, bindings)
            found.append(f"{argument}.{rest}" if rest else argument)
        else:
            found.append(path)
    return found
