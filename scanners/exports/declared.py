"""What a person declared about sites, checked: from a tree (YAML, JSON) or from rows (CSV, workbook) to documents."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from scanners.countries import country_of, unclear_country
from scanners.exports import sitewords
from scanners.exports.plainyaml import Branch, Leaf, Tree
from scanners.exports.sitewords import COLUMNS, column_of

CUSTODY: Final = ("none", "provider", "customer", "customer_hsm", "dedicated_hsm", "external")
_SITE: Final = (
    *("id", "name", "country", "city", "operator", "operator_country", "provider", "kubernetes", "arc", "clusters"),
    *("stores", "reads", "writes"),
)
_CLUSTER: Final = ("name", "nodes", "gpus", "stores", "reads", "writes")
_STORE: Final = ("name", "kind", "data_class", "encrypted", "custody")
_GPU: Final = ("model", "count")
_DETAILS: Final = {
    "cluster": ("nodes", "gpu_model", "gpu_count"),
    "store": ("store_kind", "data_class", "encrypted", "custody"),
}
"""Column that names something → columns that say more of it."""
_HEADINGS: Final = (*COLUMNS, *(heading.lower() for heading in COLUMNS.values()))
_KINDS: Final = ("bucket", "filesystem", "volume")
_ID: Final = re.compile(r"^[\w.-]{1,100}$")
_YES: Final = {
    "true": True,
    "yes": True,
    "y": True,
    "1": True,
    "x": True,
    "ja": True,
    "j": True,
    "wahr": True,
    "oui": True,
}
_NO: Final = {"false": False, "no": False, "n": False, "0": False, "nein": False, "falsch": False, "non": False}
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a declaration: where, what, and whether an entry was lost by it."""

    where: str
    text: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """One declared site as a document, and where it stands in the file."""

    where: str
    document: dict[str, Any]


Tell: TypeAlias = Callable[[Problem], None]


def from_tree(tree: Tree, tell: Tell) -> Iterator[Site]:
    """The sites under `sites`, checked; entries that cannot be used are told and left out."""
    top = tree.members if isinstance(tree, Branch) else {}
    _unknown(top, ("sites",), tree.where, tell)
    seen: dict[str, str] = {}
    for entry in _entries(top.get("sites"), "sites", tell):
        document = _site(entry, tell)
        if document is None:
            continue
        if document["id"] in seen:
            first = seen[document["id"]]
            tell(Problem(entry.where, f"site {document['id']!r} was declared at {first} already; skipped.", lost=True))
            continue
        seen[document["id"]] = entry.where
        yield Site(entry.where, document)


def from_rows(rows: Iterable[tuple[str, dict[str, Any]]], tell: Tell) -> Iterator[Site]:
    """The sites of a table: each row names a site, and may name a cluster, its accelerators and a store."""
    trees: dict[str, Branch] = {}
    clusters: dict[tuple[str, str], Branch] = {}
    told = False
    for where, row in rows:
        cells = {column_of(name): str(value).strip() for name, value in row.items() if value is not None}
        if not told:
            told = True
            if "site" not in {column_of(name) for name in row}:
                text = "there is no column 'site', so this is no table of declared sites; nothing was read from it."
                tell(Problem(where, text, lost=True))
                return
            if twice := twice_in(row):
                text = f"the column {twice!r} is there twice; keep one. Nothing was read from it."
                tell(Problem(where, text, lost=True))
                return
            for name in cells:
                if name and name not in COLUMNS:
                    tell(Problem(where, f"unknown column {name!r}{_near(name, _HEADINGS)}; it was not read."))
        cells = {name: value for name, value in cells.items() if value and name in COLUMNS}
        if not cells:
            continue
        identity = cells.get("site")
        if identity is None:
            tell(Problem(where, "the column 'site' is empty; the row was skipped.", lost=True))
            continue
        site = trees.setdefault(identity, Branch(where, {"id": Leaf(identity, where)}))
        _merge(site, cells, ("name", "country", "city", "operator", "operator_country", "provider"), where, tell)
        for name in ("kubernetes", "arc"):
            _extend(site, name, cells.get(name), where)
        for owner, details in _DETAILS.items():
            nameless = [name for name in details if name in cells]
            if owner not in cells and nameless:
                text = f"{', '.join(nameless)} without a name in the column {owner!r}; it was not read."
                tell(Problem(where, text, lost=True))
        holder = site
        if "cluster" in cells:
            key = (identity, cells["cluster"])
            if key not in clusters:
                clusters[key] = Branch(where, {"name": Leaf(cells["cluster"], where)})
                _list(site, "clusters", where).append(clusters[key])
            holder = clusters[key]
            _merge(holder, cells, ("nodes",), where, tell)
            if "gpu_model" in cells or "gpu_count" in cells:
                gpu = {n: Leaf(cells[f"gpu_{n}"], where) for n in _GPU if f"gpu_{n}" in cells}
                _list(holder, "gpus", where).append(Branch(where, dict(gpu)))
        if "store" in cells:
            names = {"name": "store", "kind": "store_kind"} | {n: n for n in ("data_class", "encrypted", "custody")}
            store = {name: Leaf(cells[column], where) for name, column in names.items() if column in cells}
            _list(holder, "stores", where).append(Branch(where, dict(store)))
        for name in ("reads", "writes"):
            _extend(holder, name, cells.get(name), where)
    yield from from_tree(Branch("row 1", {"sites": Branch("row 1", {}, list(trees.values()))}), tell)


def twice_in(headings: Iterable[Any]) -> str | None:
    """The column that more than one heading names, in one language or in both; None where there is none."""
    names = [column_of(heading) for heading in headings]
    return next((name for name in names if name in COLUMNS and names.count(name) > 1), None)


def _list(holder: Branch, name: str, where: str) -> list[Tree]:
    found = holder.members.setdefault(name, Branch(where, {}, []))
    return found.elements if isinstance(found, Branch) and found.elements is not None else []


def _extend(holder: Branch, name: str, value: str | None, where: str) -> None:
    for word in re.split(r"[;\s]+", value) if value else ():
        if word:
            _list(holder, name, where).append(Leaf(word, where))


def _merge(holder: Branch, cells: dict[str, str], names: tuple[str, ...], where: str, tell: Tell) -> None:
    for name in names:
        value = cells.get(name)
        known = holder.members.setdefault(name, Leaf(value, where)) if value is not None else None
        if value is not None and isinstance(known, Leaf) and known.text != value:
            tell(
                Problem(where, f"{name} is {value!r} here, but {known.text!r} at {known.where}; the first one counts.")
            )


def _site(entry: Branch, tell: Tell) -> dict[str, Any] | None:
    members = entry.members
    _unknown(members, _SITE, entry.where, tell)
    identity = _text(members, "id")
    if identity is None or not _ID.match(identity):
        said = "a site needs an id of letters, digits, dots and dashes"
        tell(
            Problem(entry.where, f"{said}{f', not {identity!r}' if identity else ''}; the site was skipped.", lost=True)
        )
        return None
    document: dict[str, Any] = {"id": identity}
    for name in ("name", "city", "operator", "provider"):
        _put(document, name, _text(members, name))
    for name in ("country", "operator_country"):
        _put(document, name, _country(members, name, entry.where, tell))
    if "country" not in document:
        tell(
            Problem(
                entry.where,
                f"site {identity!r} has no country, so its place stays unknown; add country: DE or the like.",
            )
        )
    for name in ("kubernetes", "arc", "reads", "writes"):
        _put(document, name, _texts(members.get(name), name, tell))
    _put(document, "stores", _stores(members.get("stores"), tell))
    if "clusters" in members:
        found = (_cluster(c, tell) for c in _entries(members["clusters"], "clusters", tell))
        document["clusters"] = [c for c in found if c is not None]
    return document


def _cluster(entry: Branch, tell: Tell) -> dict[str, Any] | None:
    members = entry.members
    _unknown(members, _CLUSTER, entry.where, tell)
    name = _text(members, "name")
    if name is None:
        tell(Problem(entry.where, "a cluster needs a name; it was skipped.", lost=True))
        return None
    document: dict[str, Any] = {"name": name}
    _put(document, "nodes", _count(members, "nodes", tell))
    if "gpus" in members:
        gpus: list[dict[str, Any]] = []
        for gpu in _entries(members["gpus"], "gpus", tell):
            _unknown(gpu.members, _GPU, gpu.where, tell)
            stated: dict[str, Any] = {}
            _put(stated, "model", _text(gpu.members, "model"))
            _put(stated, "count", _count(gpu.members, "count", tell))
            gpus.append(stated)
        document["gpus"] = gpus
    _put(document, "stores", _stores(members.get("stores"), tell))
    for flow in ("reads", "writes"):
        _put(document, flow, _texts(members.get(flow), flow, tell))
    return document


def _stores(tree: Tree | None, tell: Tell) -> list[dict[str, Any]] | None:
    if tree is None:
        return None
    found: list[dict[str, Any]] = []
    for entry in _entries(tree, "stores", tell):
        members = entry.members
        _unknown(members, _STORE, entry.where, tell)
        name = _text(members, "name")
        if name is None:
            tell(Problem(entry.where, "a store needs a name; it was skipped.", lost=True))
            continue
        document: dict[str, Any] = {"name": name}
        stated = sitewords.plain(_text(members, "data_class") or "")
        _put(document, "data_class", sitewords.CLASSES.get(stated, stated) or None)
        _put(document, "kind", _word(members, "kind", _KINDS, sitewords.KINDS, tell))
        _put(document, "custody", _word(members, "custody", CUSTODY, sitewords.CUSTODY, tell))
        stated = _text(members, "encrypted")
        if stated is not None:
            answer = {**_YES, **_NO}.get(stated.lower())
            if answer is None:
                tell(Problem(members["encrypted"].where, f"encrypted is {stated!r}; write yes or no. It was not read."))
            _put(document, "encrypted", answer)
        found.append(document)
    return found


def _entries(tree: Tree | None, name: str, tell: Tell) -> Iterator[Branch]:
    if tree is None or (isinstance(tree, Leaf) and not tree.text):
        return
    if not isinstance(tree, Branch) or tree.elements is None:
        tell(
            Problem(tree.where, f"{name} must be a list, each entry beginning with a dash; it was not read.", lost=True)
        )
        return
    for element in tree.elements:
        if isinstance(element, Branch) and element.elements is None:
            yield element
        else:
            tell(Problem(element.where, f"an entry of {name} must have named members; it was skipped.", lost=True))


def _text(members: dict[str, Tree], name: str) -> str | None:
    found = members.get(name)
    return (found.text[:_LONGEST] or None) if isinstance(found, Leaf) else None


def _texts(tree: Tree | None, name: str, tell: Tell) -> list[str] | None:
    if tree is None:
        return None
    if isinstance(tree, Leaf):
        return [word for word in re.split(r"[;\s]+", tree.text[:_LONGEST]) if word]
    if tree.elements is None:
        tell(Problem(tree.where, f"{name} must be a list of words; it was not read.", lost=True))
        return None
    return [e.text[:_LONGEST] for e in tree.elements if isinstance(e, Leaf) and e.text]


def _country(members: dict[str, Tree], name: str, where: str, tell: Tell) -> str | None:
    stated = _text(members, name)
    if stated is None:
        return None
    found = country_of(stated)
    if found is not None:
        return found
    place = members[name].where if name in members else where
    meant = " or ".join(unclear_country(stated))
    said = (
        f"may mean more than one country; write {meant}"
        if meant
        else "is not a country code (ISO 3166) such as DE or NOR, and no name of a country that is listed"
    )
    tell(Problem(place, f"{name} {stated!r} {said}; it was not read."))
    return None


def _count(members: dict[str, Tree], name: str, tell: Tell) -> int | None:
    stated = _text(members, name)
    if stated is None:
        return None
    digits = stated.removesuffix(".0").removesuffix(",0")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        return int(digits)
    tell(Problem(members[name].where, f"{name} {stated!r} is not a whole number; it was not read."))
    return None


def _word(
    members: dict[str, Tree], name: str, words: tuple[str, ...], german: dict[str, str], tell: Tell
) -> str | None:
    stated = _text(members, name)
    if stated is None:
        return None
    found = german.get(sitewords.plain(stated), sitewords.plain(stated))
    if found in words:
        return found
    near = _near(found, words)
    tell(Problem(members[name].where, f"{name} {stated!r} is none of {', '.join(words)}{near}; it was not read."))
    return None


def _unknown(members: dict[str, Tree], known: tuple[str, ...], where: str, tell: Tell) -> None:
    for name, value in members.items():
        if name not in known:
            tell(Problem(value.where or where, f"unknown member {name!r}{_near(name, known)}; it was not read."))


def _near(word: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""


def _put(document: dict[str, Any], name: str, value: Any) -> None:
    if value is not None:
        document[name] = value
