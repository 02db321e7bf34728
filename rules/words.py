"""Words in conditions that can never be right: countries and providers that the catalogue does not know."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from rules.catalogue import Catalogue, CatalogueError
from rules.condition.errors import Where
from rules.condition.parser import parse
from rules.condition.terms import Binary, ListOfTerms, Literal, Macro, Name, Node, Select, children
from rules.members import nearest
from rules.rule import Source

_OPERATORS: Final = ("==", "!=", "in")
_DAY: Final = date(2026, 1, 1)
"""Codes are the same on every day; the catalogue wants to be asked about one."""
_OUTSIDE: Final = ("kubernetes", "on_prem")


def odd_words(source: Source, catalogue: Catalogue) -> Iterator[str]:
    """A sentence for each text that is compared with a country or a provider and is none, so that it never matches."""
    root = parse(source.text, Where(source.file, source.line, source.column))
    yield from dict.fromkeys(_odd(root, {}, catalogue))


def _odd(node: Node, names: Mapping[str, str], catalogue: Catalogue) -> Iterator[str]:
    match node:
        case Binary(operator=operator, left=left, right=right) if operator in _OPERATORS:
            for one, other in ((left, right), (right, left)):
                yield from _wrong(_about(one, names), other, catalogue)
        case Macro(over=over, variable=variable):
            inner = {**names, variable: _about(over, names)}
            yield from _odd(over, names, catalogue)
            for child in children(node)[1:]:
                yield from _odd(child, inner, catalogue)
            return
        case _:
            pass
    for child in children(node):
        yield from _odd(child, names, catalogue)


def _about(node: Node, names: Mapping[str, str]) -> str:
    """`country` or `provider` where a term gives one or several of them; else empty."""
    match node:
        case Select(field=field):
            return "country" if "countr" in field and field != "country_third" else field if field == "provider" else ""
        case Name(name=name):
            return names.get(name, "")
        case _:
            return ""


def _wrong(about: str, node: Node, catalogue: Catalogue) -> Iterator[str]:
    items = node.items if isinstance(node, ListOfTerms) else (node,)
    for item in items if about else ():
        if not isinstance(item, Literal) or not isinstance(item.value, str):
            continue
        word = item.value
        if about == "provider":
            known = {*catalogue.providers, *_OUTSIDE}
            if word not in known:
                near = nearest(word, known)
                yield f"there is no provider “{word[:60]}”, so that this never matches." + (
                    f' Did you mean "{near}"?' if near else ""
                )
        elif word not in catalogue.country_codes:
            yield _advice(word, catalogue)


def _advice(word: str, catalogue: Catalogue) -> str:
    upper = word.strip().upper()
    if upper in ("EU", "EEA", "ADEQUATE"):
        return (
            f"“{upper}” is a group and no country, so that this never matches; eea(…) tells whether a place is in it."
        )
    if upper in catalogue.country_codes:
        return f"“{word[:60]}” never matches: country codes are capitals without spaces, {upper}."
    try:
        catalogue.countries(word, _DAY)
    except CatalogueError as error:
        return f"this never matches: {error}"
    return f"“{word[:60]}” is no country."
