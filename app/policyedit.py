"""Changing one setting of a policy file: everything else stays as people wrote it, remarks included.

A change is written only where the whole policy is valid after it; what was there before is kept beside it as
`NAME.bak`. The caller notes the change in the log of decisions.
"""

import re
import shutil
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import Struct

from app.audit import check_severities
from app.register.policyfile import toml
from app.report.files import replacing
from app.texts import tr
from rules.catalogue import Catalogue
from rules.policy import Policy
from rules.policy.classify import Classifier, Line
from rules.policy.fields import OTHER, SETTINGS
from rules.policy.lines import Lines
from rules.policy.reading import PolicyError, parse
from scanners.model import Asset

if TYPE_CHECKING:
    from app.store import Store

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN: Final = 200


class Change(Struct):
    """What a policy was before a change (None: there was no file) and is after it."""

    path: Path
    before: bytes | None
    after: bytes


class Caught(Struct):
    """What lines of a policy catch: for each line how many assets, and some of them (name, account, uid).

    `left`: assets that hold data and that neither a tag nor a line gives a class.
    """

    counts: list[int]
    some: list[list[tuple[str, str, str]]]
    left: int = 0
    left_some: list[tuple[str, str, str]] = []
    assets: int = 0


def settings_of(path: Path) -> dict[str, Any]:
    """What a policy file says, as it is written; empty where there is no file. Raises PolicyError."""
    if not path.is_file():
        return {}
    try:
        body = path.read_bytes()
    except OSError as error:
        raise PolicyError([f"{path}: the policy cannot be read ({error.strerror or error})."]) from error
    document, _ = parse(body.replace(b"\r\n", b"\n"), path.name)
    return document


def save(
    path: Path,
    changes: Mapping[str, Any],
    catalogue: Catalogue,
    as_of: date,
    rules: Callable[[], Set[str]] | None = None,
) -> Change:
    """Write settings into a policy file, which is made where there is none; None takes a setting out.

    `rules` tells the ids of all rules; it is asked where the policy sets severities: one for no rule would do nothing.

    Raises PolicyError with what is wrong, or ReportNotWrittenError where it cannot be written; then nothing changed.
    """
    before = path.read_bytes() if path.is_file() else None
    mark = (before or b"").startswith(b"\xef\xbb\xbf")
    text = (before or b"").decode("utf-8-sig")
    ends = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n") or f"# {tr('The policy of the organisation')}\n"
    wanted = dict(parse(text.encode("utf-8"), path.name)[0])
    for name, value in changes.items():
        text = with_setting(text, name, value, path.name)
        wanted.pop(name, None)
        if value is not None:
            wanted[name] = _listed(value)
    if parse(text.encode("utf-8"), path.name)[0] != wanted:  # nothing may be lost, however the file is written
        raise PolicyError(
            [tr("{file} is written in a way that cannot be changed here: edit the file itself.").format(file=path.name)]
        )
    policy = Policy.parse(text, catalogue, as_of, path.name)
    if policy.severities and rules is not None:
        check_severities(policy, rules())
    after = (b"\xef\xbb\xbf" if mark else b"") + text.replace("\n", ends).encode("utf-8")
    if after == before:
        return Change(path, before, after)
    path.parent.mkdir(parents=True, exist_ok=True)
    if before is not None:
        shutil.copy2(path, path.with_name(f"{path.name}.bak"))
    with replacing(path) as target:
        target.write_bytes(after)
    return Change(path, before, after)


def _listed(value: Any) -> Any:
    """A value as it comes back from TOML: sequences are lists."""
    if isinstance(value, list | tuple):
        return [_listed(item) for item in cast("list[Any]", value)]
    return {k: _listed(v) for k, v in cast("dict[str, Any]", value).items()} if isinstance(value, dict) else value


def with_setting(text: str, name: str, value: Any, file: str = "policy") -> str:
    """The text of a policy with one setting changed; None takes it out."""
    if name not in SETTINGS and name not in OTHER:
        raise KeyError(name)
    text, at = _without(text, name, file)
    if value is None:
        return text
    if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        block = "\n".join(_block(name, cast("Any", value)))
        return (text.rstrip("\n") + "\n\n" if text.strip() else "") + block + "\n"
    lines = text.split("\n")
    if at is None:
        at = _top(text)
        while at > 0 and lines[at - 1].lstrip().startswith("#"):
            at -= 1  # remarks above the first heading belong to it
        while at > 0 and not lines[at - 1].strip():
            at -= 1
    lines.insert(at, f"{name} = {toml(value)}")
    return "\n".join(lines) if lines[-1] == "" else "\n".join([*lines, ""])


def _block(name: str, value: dict[str, Any] | list[dict[str, Any]]) -> Iterator[str]:
    if isinstance(value, list):
        for number, entry in enumerate(value):
            yield from ([""] if number else [])
            yield f"[[{name}]]"
            yield from (f"{_key(k)} = {toml(v)}" for k, v in entry.items())
        return
    if not any(isinstance(v, dict) for v in value.values()):
        yield f"[{name}]"
        yield from (f"{_key(k)} = {toml(v)}" for k, v in value.items())
        return
    for number, (key, inner) in enumerate(value.items()):
        yield from ([""] if number else [])
        yield f"[{name}.{_key(key)}]"
        yield from (f"{_key(k)} = {toml(v)}" for k, v in cast("dict[str, Any]", inner).items())


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else toml(text)


def _without(text: str, name: str, file: str) -> tuple[str, int | None]:
    """The text without a setting, and the line where it stood if it was written as `name = …`."""
    marks = (f"# >>> {name}:", f"# <<< {name}")
    text = "\n".join(line for line in text.split("\n") if not line.startswith(marks[0]) and line.strip() != marks[1])
    _, found = parse(text.encode("utf-8"), file)
    rows = text.split("\n")
    headings = sorted((line, at) for at, line in found.headings)
    for number in range(len(headings) - 1, -1, -1):
        line, at = headings[number]
        if at[0] != name:
            continue
        end = headings[number + 1][0] - 1 if number + 1 < len(headings) else len(rows)
        while end > line and (not rows[end - 1].strip() or rows[end - 1].lstrip().startswith("#")):
            end -= 1  # remarks above the next heading belong to that
        del rows[line - 1 : end]
    first = _top("\n".join(rows))
    spelled = re.compile(rf'\s*("{name}"|\'{name}\'|{name})\s*[=.]')
    at_line: int | None = None
    number = 0
    while number < first:
        end = number + 1
        while end < first and not _whole(rows[number:end]):
            end += 1
        if spelled.match(rows[number]):
            del rows[number:end]
            first -= end - number
            at_line = number if at_line is None else at_line
        else:
            number = end  # what a longer value holds is no setting, whatever it looks like
    tidy = re.sub(r"\n{4,}", "\n\n\n", "\n".join(rows))
    return tidy, at_line if tidy == "\n".join(rows) else None


def _top(text: str) -> int:
    """How many lines stand above the first heading."""
    headings = Lines(text).headings
    return min((line for _, line in headings), default=len(text.split("\n")) + 1) - 1


def _whole(rows: list[str]) -> bool:
    try:
        tomllib.loads("\n".join(rows))
    except tomllib.TOMLDecodeError:
        return False
    return True


def caught(assets: Iterable[Asset], settings: Mapping[str, Any], holds_data: Callable[[str], bool]) -> Caught:
    """What the lines of `classify` catch, and what is left without a class. `holds_data`: of a kind."""
    lines = [Line({k: v for k, v in entry.items() if v not in ("", None)}) for entry in settings.get("classify", ())]
    classifier = Classifier(settings.get("tag_map", {}), settings.get("tags", {}), lines)
    found = Caught([0] * len(lines), [[] for _ in lines])
    for asset in assets:
        found.assets += 1
        number = classifier._line(asset) if lines else -1
        told = classifier.classify(asset)
        if number >= 0 and told.source != "tag":
            found.counts[number] += 1
            if len(found.some[number]) < _SHOWN:
                found.some[number].append((asset.name, asset.account, asset.uid))
        elif told.dc is None and holds_data(asset.kind):
            found.left += 1
            if len(found.left_some) < _SHOWN:
                found.left_some.append((asset.name, asset.account, asset.uid))
    return found


def tagged(assets: Iterable[Asset]) -> dict[tuple[str, str], int]:
    """(tag key, value) → how many assets carry it, for keys with at most 60 values."""
    found: dict[tuple[str, str], int] = {}
    values: dict[str, set[str]] = {}
    for asset in assets:
        if not isinstance(asset.tags, dict):
            continue
        for key, value in asset.tags.items():
            known = values.setdefault(key, set())
            if len(known) <= 60:
                known.add(value)
                found[key, value] = found.get((key, value), 0) + 1
    return {pair: n for pair, n in found.items() if len(values[pair[0]]) <= 60}


def assets_of(store: "Store", scan: int) -> list[Asset]:
    """Every asset of a scan."""
    return [asset for batch in store.estate(scan).assets() for _, asset in batch]
