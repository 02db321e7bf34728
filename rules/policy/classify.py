"""Class, owner and other marks of an asset: from its tags first, else from the first line of the policy that fits."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from rules.outlines import Outline
from rules.policy.records import CLASSES
from scanners.model import Asset

TAG_DEFAULTS: Final[dict[str, tuple[str, ...]]] = {
    "critical": ("critical", "criticality"),
    "critical_values": ("true", "yes", "1", "high", "critical"),
    "ropa": ("ropa-id", "ropa_id", "ropa"),
    "retain_until": ("retain-until", "retain_until"),
    "purpose": ("purpose",),
    "owner": ("owner", "data-owner", "data_owner"),
    "role": ("data-role", "data_role"),
}
"""Names of conventional tags, matched without regard to case, unless the policy's [tags] table names others."""

DECLARED: Final = "situs:data-class"
"""The tag by which declared sites state the class of their stores: every policy knows it."""

CLASS_TAG: Final = "situs:data-class"
"""The tag that carries the declared class of a site's store: the organisation's own word, known without a tag map."""

MARKS: Final = ("owner", "critical", "ropa_id", "retain_until", "purpose", "role")
_CONDITIONS: Final = ("account", "kind", "name", "uid", "provider", "note")
_STRICTNESS: Final = {name: rank for rank, name in enumerate(CLASSES)}
_MOST_REMEMBERED: Final = 20_000


class Classification(Struct, frozen=True):
    """What the organisation says of an asset.

    `dc` is the data class, None where nobody states one; `source` is `tag`, `policy` or `none`. `unmapped`: a tag that
    should tell the class has a value that the policy does not know (then `dc` is None and `source` is `tag`, unless
    another tag told it). The other marks are `UNSET` where the tags could not be read and no line of the policy states
    them; None (False for `critical`) where they could be read and none says so.
    """

    dc: str | None
    source: str
    unmapped: bool = False
    owner: str | UnsetType | None = UNSET
    critical: bool | UnsetType = UNSET
    ropa_id: str | UnsetType | None = UNSET
    retain_until: date | UnsetType | None = UNSET
    purpose: str | UnsetType | None = UNSET
    role: str | UnsetType | None = UNSET
    retention_declared: str | None = None
    ai_act_high_risk: bool = False


class Line:
    """One [[classify]] line: conditions, all of which must hold, and what it states."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.entry = dict(entry)
        self.states = {k: v for k, v in entry.items() if k not in _CONDITIONS}
        self._account: str | None = entry.get("account")
        self._provider: str | None = entry.get("provider")
        self._kind = _Glob(entry.get("kind", "*"))
        self.name = _Glob(entry["name"]) if "name" in entry else None
        self.uid = _Glob(entry["uid"]) if "uid" in entry else None

    def may_fit(self, provider: str, account: str, kind: str) -> bool:
        """Whether the conditions on provider, account and kind hold."""
        if self._account is not None and account.casefold() != self._account.strip().casefold():
            return False
        return (self._provider is None or provider == self._provider) and self._kind.fits(kind)


class Classifier:
    """Classifies assets. Equal answers are shared, so a large estate costs little memory."""

    def __init__(
        self, tag_map: Mapping[str, Mapping[str, str]], tag_keys: Mapping[str, Iterable[str]], lines: Iterable[Line]
    ) -> None:
        self._classes: dict[str, dict[str, str]] = {DECLARED: {name: name for name in CLASSES}}
        for key, values in tag_map.items():
            known = self._classes.setdefault(key.strip().casefold(), {})
            for value, dc in values.items():
                plain = value.strip().casefold()
                known[plain] = _strictest((dc, known.get(plain, dc)))
        names = {mark: tuple(tag_keys.get(mark, default)) for mark, default in TAG_DEFAULTS.items()}
        self._critical_values = {value.strip().casefold() for value in names.pop("critical_values")}
        self._marks = {
            key.strip().casefold(): ("ropa_id" if mark == "ropa" else mark)
            for mark, keys in reversed(names.items())
            for key in keys
        }
        # Where several tags tell one mark: the order in which the policy, or the list above, names them.
        named = (key.strip().casefold() for keys in names.values() for key in keys)
        self._rank = {key: rank for rank, key in enumerate(dict.fromkeys(named), 1)}
        self._lines = tuple(enumerate(lines))
        self._candidates: dict[tuple[str, str, str], tuple[tuple[int, Line], ...]] = {}
        self._meanings: dict[str, str | None] = {}
        self._memo: dict[tuple[bool, tuple[tuple[str, str], ...], int], Classification] = {}

    def says_as(self, other: "Classifier") -> bool:
        """Whether another one says the same of every asset."""
        mine, theirs = (
            (c._classes, c._critical_values, c._marks, [line.entry for _, line in c._lines]) for c in (self, other)
        )
        return self is other or mine == theirs

    def classify(self, asset: Asset | Outline) -> Classification:
        """What tags and policy say of the asset."""
        number = self._line(asset) if self._lines else -1
        tags = asset.tags
        if isinstance(tags, UnsetType):
            key = (False, (), number)
        else:
            meanings = self._meanings
            telling: list[tuple[str, str]] = []
            for name in tags:
                plain = meanings[name] if name in meanings else self._meaning(name)
                if plain is not None:
                    telling.append((plain, tags[name]))
            key = (True, tuple(telling), number)
        found = self._memo.get(key)
        if found is None:
            found = self._judge(*key)
            if len(self._memo) < _MOST_REMEMBERED:
                self._memo[key] = found
        return found

    def _line(self, asset: Asset | Outline) -> int:
        """The number of the first line that fits, or -1."""
        place = (asset.provider, asset.account, asset.kind)
        candidates = self._candidates.get(place)
        if candidates is None:
            candidates = tuple((number, line) for number, line in self._lines if line.may_fit(*place))
            if len(self._candidates) < _MOST_REMEMBERED:
                self._candidates[place] = candidates
        for number, line in candidates:
            if (line.name is None or line.name.fits(asset.name)) and (line.uid is None or line.uid.fits(asset.uid)):
                return number
        return -1

    def _meaning(self, key: str) -> str | None:
        """The tag's key in one spelling where it means something here, else None."""
        plain = key.strip().casefold()
        known = plain if plain in self._classes or plain in self._marks else None
        if len(self._meanings) < _MOST_REMEMBERED:
            self._meanings[key] = known
        return known

    def _judge(self, read: bool, tags: tuple[tuple[str, str], ...], number: int) -> Classification:
        marks: dict[str, Any] = {}
        if read:
            marks = dict.fromkeys(MARKS, None) | {"critical": False}
        states = dict(self._lines[number][1].states) if number >= 0 else {}
        stated_class: str | None = states.pop("data_class", None)
        marks |= states
        classes: list[str] = []
        unmapped = False
        tagged: dict[str, Any] = {}
        for key, value in sorted(tags, key=lambda tag: self._rank.get(tag[0], 0)):
            plain = value.strip().casefold()
            if key in self._classes:
                dc = self._classes[key].get(plain)
                classes += [dc] if dc else []
                unmapped = unmapped or dc is None
            mark = self._marks.get(key)
            if mark is not None and (mark not in tagged or (mark == "critical" and tagged[mark] is False)):
                tagged[mark] = self._mark(mark, value)  # of several tags the one named first; critical is what one says
        marks |= tagged
        if classes or unmapped:
            return Classification(_strictest(classes) if classes else None, "tag", unmapped, **marks)
        return Classification(stated_class, "policy" if stated_class else "none", False, **marks)

    def _mark(self, mark: str, value: str) -> Any:
        text = value.strip()
        if mark == "critical":
            return text.casefold() in self._critical_values
        if mark == "retain_until":
            try:
                return date.fromisoformat(text)
            except ValueError:
                return UNSET  # there is a date, but it cannot be read: unknown, not none
        return text or None


class _Glob:
    """A pattern with `*` for any characters, matched without regard to case, in time linear in the text."""

    def __init__(self, pattern: str) -> None:
        self._parts = pattern.strip().casefold().split("*")

    def fits(self, text: str) -> bool:
        plain, parts = text.casefold(), self._parts
        if len(parts) == 1:
            return plain == parts[0]
        first, last = parts[0], parts[-1]
        if len(plain) < len(first) + len(last) or not plain.startswith(first) or not plain.endswith(last):
            return False
        at, end = len(first), len(plain) - len(last)
        for part in parts[1:-1]:
            found = plain.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


def _strictest(classes: Iterable[str]) -> str:
    return min(classes, key=_STRICTNESS.__getitem__)
