"""Writing entries into a policy file: a marked block is renewed, everything else stays as people wrote it."""

import shutil
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from msgspec import Struct

from app.register.entries import Entries, Entry
from app.register.sheets import RegisterError, Sheet
from app.report.files import replacing
from app.texts import tr
from rules.catalogue import Catalogue
from rules.policy import Policy
from rules.policy.lines import Lines
from rules.policy.reading import MOST_BYTES, parse

_OPEN: Final = "# >>> {setting}: written by `situs register import`; renewed by the next import"
_CLOSE: Final = "# <<< {setting}"


class Merged(Struct):
    """What an import did to one setting: how many entries are new, changed, unchanged, and how many were removed.

    `kept`: entries of which the exported list says otherwise in these columns, and which stayed as they are.
    """

    setting: str
    added: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    kept: dict[str, list[str]] = {}


def merge(
    path: Path,
    parts: Sequence[Entries],
    catalogue: Catalogue,
    as_of: date,
    *,
    whole: bool = False,
    dry_run: bool = False,
) -> list[Merged]:
    """Put entries into the policy file, which is made where there is none; returns what was done.

    Entries with the same name replace those in the file, unless they come from the exported list of flows. `whole`:
    entries that the import does not name are removed. What was there before is kept beside it as `NAME.bak`. Raises
    PolicyError where the file is not a valid policy, RegisterError or ReportNotWrittenError where it cannot be changed.
    """
    return merged(path, parts, catalogue, as_of, whole=whole, dry_run=dry_run)[0]


def merged(
    path: Path,
    parts: Sequence[Entries],
    catalogue: Catalogue,
    as_of: date,
    *,
    whole: bool = False,
    dry_run: bool = False,
) -> tuple[list[Merged], Policy]:
    """As `merge`; returns the policy as well as it is then."""
    there = path.exists()
    if there:
        Policy.load(path, catalogue, as_of)  # a file with mistakes is not touched
        try:
            body = path.read_bytes()
        except OSError as error:
            raise RegisterError(f"{path}: {error.strerror or error}. " + tr("Nothing was changed.")) from error
    else:
        body = b""
    mark = body.startswith(b"\xef\xbb\xbf")
    text = body.decode("utf-8-sig")
    ends = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    done: list[Merged] = []
    for part in _united(parts):
        text, told = _merged(path.name, text, part, whole)
        done.append(told)
    policy = Policy.parse(text, catalogue, as_of, path.name)
    if dry_run or text.encode("utf-8") == body.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"):
        return done, policy
    if there:
        try:
            shutil.copy2(path, path.with_name(f"{path.name}.bak"))
        except OSError as error:
            raise RegisterError(
                tr("{file}: the copy {file}.bak cannot be written ({reason}); nothing was changed.").format(
                    file=path.name, reason=error.strerror or error
                )
            ) from error
    with replacing(path) as target:
        target.write_bytes((b"\xef\xbb\xbf" if mark else b"") + text.replace("\n", ends).encode("utf-8"))
    return done, policy


def _united(parts: Sequence[Entries]) -> list[Entries]:
    """Parts of one setting as one: a sheet for each year is one register."""
    found: dict[tuple[str, bool], Entries] = {}
    for part in parts:
        known = found.setdefault((part.sheet.setting, part.exported), Entries(part.sheet, [], part.exported))
        known.entries += part.entries
        known.uncovered |= part.uncovered
    return list(found.values())


def _merged(file: str, text: str, part: Entries, whole: bool) -> tuple[str, Merged]:
    sheet, told = part.sheet, Merged(part.sheet.setting)
    document, lines = parse(text.encode("utf-8"), file)
    known = cast("list[Entry]", document.get(sheet.setting, []))
    by_name = {_name(sheet, entry): entry for entry in known}
    wanted = dict(by_name) if not whole else {}
    for entry in part.entries:
        name = _name(sheet, entry)
        before = by_name.get(name)
        if before is None:
            told.added += 1
        elif part.exported or before == entry:
            told.same += 1
            if differing := _otherwise(before, entry, part.uncovered.get(name, set())):
                told.kept[name] = differing
            wanted[name] = before
            continue
        else:
            told.changed += 1
        wanted[name] = entry
    told.removed = len(by_name.keys() - wanted.keys())
    if not (told.added or told.changed or told.removed):
        return text, told
    text, inside = _without_block(text, sheet.setting)
    written = {n for n, entry in enumerate(known) if wanted.get(_name(sheet, entry)) != entry}
    if inside is not None:
        in_block = {_name(sheet, e) for e in tomllib.loads(inside).get(sheet.setting, [])}
        _, lines = parse(text.encode("utf-8"), file)
        outside = [n for n, e in enumerate(known) if _name(sheet, e) not in in_block]
    else:
        outside = list(range(len(known)))
    kept = {_name(sheet, known[n]) for n in outside if n not in written}
    text = _without_tables(file, text, lines, sheet.setting, [i for i, n in enumerate(outside) if n in written], known)
    block = [entry for name, entry in wanted.items() if name not in kept]
    if block:
        text = (text.rstrip("\n") + "\n\n" if text.strip() else "") + _block(sheet, block)
    if len(text.encode("utf-8")) > MOST_BYTES:
        raise RegisterError(
            tr(
                "{file} would be larger than {n} MB with these entries, more than is read; nothing was changed. "
                "Import fewer of them."
            ).format(file=file, n=MOST_BYTES // 1024 // 1024)
        )
    after, _ = parse(text.encode("utf-8"), file)
    told_now = {_name(sheet, entry): entry for entry in cast("list[Entry]", after.pop(sheet.setting, []))}
    document.pop(sheet.setting, None)
    if after != document or told_now != wanted:  # nothing may be lost, however the file is written
        raise RegisterError(
            tr("{file} is written in a way that cannot be changed here: edit the file itself.").format(file=file)
        )
    return text, told


def _otherwise(before: Entry, entry: Entry, uncovered: set[str]) -> list[str]:
    """Columns in which the exported list says something that the entry does not; empty for one that is the same."""
    single = ("importer", "country", "tool", "expires", "tia_date")
    found = [name for name in single if name in entry and entry[name] != before.get(name)]
    if set(entry.get("data_classes", ())) - set(before.get("data_classes", ())):
        found.append("data_classes")
    if uncovered - set(before.get("assets", ())):
        found.append("assets")
    return found


def _name(sheet: Sheet, entry: Entry) -> str:
    return str(entry.get(sheet.key))


def _without_block(text: str, setting: str) -> tuple[str, str | None]:
    """The text without the marked block of a setting, and what stood in it."""
    first, last = f"# >>> {setting}:", _CLOSE.format(setting=setting)
    lines = text.split("\n")
    begins = [n for n, line in enumerate(lines) if line.startswith(first)]
    if not begins:
        return text, None
    ends = [n for n, line in enumerate(lines) if line.strip() == last and n > begins[0]]
    if len(begins) != 1 or len(ends) != 1:
        raise RegisterError(
            tr("The marks “{first}” and “{last}” must stand in the policy once each, in this order.").format(
                first=first, last=last
            )
        )
    inside = "\n".join(lines[begins[0] : ends[0] + 1])
    rest = lines[: begins[0]] + lines[ends[0] + 1 :]
    return "\n".join(rest).rstrip("\n") + "\n", inside


def _without_tables(
    file: str, text: str, lines: Lines, setting: str, numbers: Sequence[int], known: Sequence[Entry]
) -> str:
    """The text without these tables of a setting, counted among those written as [[setting]]."""
    rows = text.split("\n")
    own = [(at, line) for at, line in lines.headings if at[0] == setting and len(at) > 1]
    if not own:
        key = lines.line((setting,))
        if setting in tomllib.loads(text):
            if known or rows[key - 1].replace(" ", "").split("#")[0] != f"{setting}=[]":
                raise RegisterError(
                    tr(
                        "{file}, line {line}: `{setting}` is written as a list in brackets, which cannot be added to; "
                        "write each entry below a heading [[{setting}]] first."
                    ).format(file=file, line=key, setting=setting)
                )
            del rows[key - 1]
        return "\n".join(rows)
    starts = sorted(line for _, line in lines.headings)
    for number in sorted(numbers, reverse=True):
        begin = next(line for at, line in own if at[1] == number)
        following = next((line for line in starts if line > begin), len(rows) + 1)
        end = following - 1
        while end > begin and (not rows[end - 1].strip() or rows[end - 1].lstrip().startswith("#")):
            end -= 1  # remarks above the next heading belong to that
        del rows[begin - 1 : end]
    return "\n".join(rows)


def _block(sheet: Sheet, entries: Sequence[Entry]) -> str:
    lines = [_OPEN.format(setting=sheet.setting)]
    for entry in entries:
        lines.append(f"[[{sheet.setting}]]")
        lines += [f"{name} = {toml(entry[name])}" for name in sheet.columns if name in entry]
        lines.append("")
    lines[-1] = _CLOSE.format(setting=sheet.setting)
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """A text, truth value, number, day or list of them as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(item) for item in cast('Sequence[Any]', value))}]"
    if isinstance(value, int | float):
        return str(value)
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    text = "".join(
        escapes.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c)
        for c in str(value).encode("utf-8", "replace").decode("utf-8")
    )
    return f'"{text}"'
