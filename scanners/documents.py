"""From a provider's document to evidence, assets and relations: the one path for live answers and exported files.

A `DocumentType` declares which members of a document matter. `observe` first cuts the document down to them, then
hashes and keeps exactly that as evidence, then normalises exactly that: a normaliser cannot use what is not evidence,
and nothing undeclared (a password, an environment variable) can reach the store.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from scanners.model import Asset, Evidence, Item, Relation, canonical, digest

Document: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document came from.

    `connection` is the connection's name or `import:FILE`; `source` the file with line or item number, or the endpoint;
    `operation` the API call or the export format; `account` and `region` where the envelope, not the document, says so.
    """

    connection: str
    source: str
    operation: str
    account: str | None = None
    region: str | None = None
    seen_at: datetime | None = None


Normaliser: TypeAlias = Callable[[Any, Origin], Iterable[Asset | Relation]]


@dataclass(frozen=True, slots=True)
class DocumentType:
    """What one native type yields, and from which members.

    `members` are dotted paths of what is kept: `a.b` keeps the whole of `b`, `a[].b` keeps `b` of each element,
    `a{}.b` keeps `b` of each value of a map, and a path that starts with `uris:` keeps, in place of the values below
    it, only the storage addresses found in them (for arguments and environment variables, which hold secrets).
    A path that starts with `arguments:` does the same for a command line or for variables, and keeps with the addresses
    the name of the flag or variable that each belongs to (see `named_addresses`).
    `kinds` lists every kind that `normalise` can yield; `service` is the name that coverage uses.
    """

    native_type: str
    service: str
    kinds: tuple[str, ...]
    members: tuple[str, ...]
    normalise: Normaliser


_Tree: TypeAlias = dict[str, Any]  # member → branch, or one of the two words below
_KEEP: Final = "keep"
_URIS: Final = "uris"
_ARGUMENTS: Final = "arguments"
_PREFIXES: Final = {"uris:": _URIS, "arguments:": _ARGUMENTS}
_URI: Final = re.compile(
    r"(?:s3a?|gs|abfss?|wasbs?|azure(?:ml)?|hf|dbfs|oci|r2|nfs|lustre)://[^\s'\"\\,;<>|&?#=]+"
    r"|https://[a-z0-9]{3,24}\.(?:blob|dfs)\.core\.[a-z.]+/[^\s'\"\\,;<>|&?#=]*"
    r"|https://(?:[a-z0-9.-]+\.)?s3[.-][a-z0-9.-]*amazonaws\.[a-z.]+/[^\s'\"\\,;<>|&?#=]*"
    r"|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[^\s'\"\\,;<>|&?#=]+",
    re.IGNORECASE,
)
_CREDENTIALS: Final = re.compile(r"//[^/@]*:[^/@]*@")
_MOST_URIS: Final = 200


def observe(document: Document, kind: DocumentType, origin: Origin, *, projected: bool = False) -> Iterator[Item]:
    """Evidence of the declared members, then what the normaliser makes of them, each pointing at that evidence.

    `projected`: the reader of an export made the document from declared members only, so it need not be cut down again.
    """
    kept = document if projected else project(document, kind.members)
    body = canonical(kept)
    key = digest(body)
    yield Evidence(key, body, origin.operation, origin.source, origin.seen_at)
    for item in kind.normalise(kept, origin):
        if isinstance(item, Asset):
            if not item.evidence:
                item.evidence = (key,)
        elif item.evidence is None:
            item.evidence = key
        yield item


def project(document: Document, members: tuple[str, ...]) -> dict[str, Any]:
    """The document cut down to the declared members. What is absent stays absent, what is null stays null."""
    return _cut(document, _plan(members))


def storage_addresses(value: Any) -> list[str]:
    """Every storage address in the strings below a value, sorted, without query strings, at most 200."""
    found: set[str] = set()
    stack = [value]
    while stack and len(found) < _MOST_URIS:
        item = stack.pop()
        if isinstance(item, str):
            found.update(_CREDENTIALS.sub("//", uri) for uri in _URI.findall(item))
        elif isinstance(item, Mapping):
            stack.extend(cast("Mapping[str, Any]", item).values())
        elif isinstance(item, list | tuple):
            stack.extend(cast("list[Any]", item))
    return sorted(found)[:_MOST_URIS]


def named_addresses(value: Any) -> list[dict[str, Any]]:
    """Storage addresses in a command line or in variables, in order: `{"name": flag or variable, "addresses": […]}`.

    Takes a string, a list of strings, a map of variables, or a list of `{name, value}`. The name is "" where there is
    none. Elements without an address leave nothing behind, so no other argument and no other value is kept.
    """
    found: list[dict[str, Any]] = []
    flag = ""
    for name, words in _arguments(value):
        for word in words.split() if isinstance(words, str) else ():
            stated = _FLAG.match(word)
            if stated:
                flag = stated[1]
            addresses = storage_addresses(word)
            if addresses and len(found) < _MOST_URIS:
                found.append({"name": name or flag, "addresses": addresses})
    return found


def is_written(name: str) -> bool:
    """Whether a flag or variable of this name says where output goes; everything else is taken as input."""
    return bool(_OUTPUT.search(name)) and not _INPUT.search(name)


_FLAG: Final = re.compile(r"^(?:-{1,2}|\+{0,2})([A-Za-z][\w.-]{0,60})(?:[=:](?!//)|$)")
_OUTPUT: Final = re.compile(
    r"(?:^|[-_.])(?:out|outputs?|save|saved|checkpoints?|ckpts?|logs?|logdir|logging|dest|destination|sink|results?"
    r"|exports?|write|artifacts?|tensorboard|run|work|working|staging|temp|tmp|metrics|predictions|model[-_]dir|root[-_]dir)"
    r"(?:$|[-_.])",
    re.IGNORECASE,
)
_INPUT: Final = re.compile(
    r"(?:^|[-_.])(?:inputs?|from|resume|load|init|initial|pretrained|restore|read)(?:$|[-_.])", re.IGNORECASE
)


def _arguments(value: Any) -> Iterator[tuple[str, Any]]:
    """(name of the variable or "", text) of everything that an argument list or a set of variables holds."""
    if isinstance(value, Mapping):
        yield from ((str(name)[:61], text) for name, text in cast("Mapping[str, Any]", value).items())
    elif isinstance(value, list | tuple):
        for element in cast("list[Any]", value):
            if isinstance(element, Mapping):
                entry = cast("Mapping[str, Any]", element)
                yield str(entry.get("name", ""))[:61], entry.get("value")
            else:
                yield "", element
    else:
        yield "", value


_plans: dict[tuple[str, ...], _Tree] = {}


def _plan(members: tuple[str, ...]) -> _Tree:
    tree = _plans.get(members)
    if tree is None:
        tree = {}
        for member in members:
            prefix = next((p for p in _PREFIXES if member.startswith(p)), "")
            leaf = _PREFIXES.get(prefix, _KEEP)
            steps = member.removeprefix(prefix).replace("[]", ".[]").replace("{}", ".{}").strip(".").split(".")
            at: _Tree = tree
            for step in steps[:-1]:
                if isinstance(at.setdefault(step, {}), str):
                    break  # a shorter member keeps the whole already
                at = at[step]
            else:
                at[steps[-1]] = leaf
        _plans[members] = tree
    return tree


def _cut(value: Any, tree: _Tree | str) -> Any:
    if value is None:
        return value
    if isinstance(tree, str):
        return value if tree == _KEEP else storage_addresses(value) if tree == _URIS else named_addresses(value)
    branches = tree
    if type(value) is dict or isinstance(value, Mapping):  # the first is what decoders give, and quick to tell
        mapping = cast("Mapping[str, Any]", value)
        if "{}" in branches:
            return {name: _cut(item, branches["{}"]) for name, item in mapping.items()}
        return {
            name: mapping[name] if branch == _KEEP else _cut(mapping[name], branch)
            for name, branch in branches.items()
            if name in mapping
        }
    if isinstance(value, list | tuple):
        elements = cast("list[Any]", value)
        return [_cut(item, branches["[]"]) for item in elements] if "[]" in branches else []
    return value
