"""Documents of AWS Config in the casing in which boto3 answers, cut down to the members that a type declares.

Config spells members as the Java SDK did (`dBInstanceArn`, `ssedescription`, `kmsmasterKeyArn`) for older types and as
CloudFormation does for newer ones. Names are therefore compared without regard to case and given back as declared.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

_MOST_SPELLINGS: Final = 20_000


class _Node:
    """The members of one record, by every spelling in which they were met."""

    __slots__ = ("declared", "known", "met")

    def __init__(self) -> None:
        self.declared: dict[str, tuple[str, _Node | None]] = {}  # lower-case name → (name, record below or None)
        self.known: dict[str, tuple[str, _Node | None]] = {}  # the same by spellings met
        self.met: set[str] = set()  # all spellings met, of undeclared members too

    def learn(self, names: Iterable[str]) -> None:
        """Notes spellings; once there are too many, only those of declared members."""
        for name in names:
            entry = self.declared.get(name.lower())
            if entry is not None:
                self.known[name] = entry
            if len(self.met) < _MOST_SPELLINGS:
                self.met.add(name)


class Casing:
    """The declared members of one type, ready to be found in documents whatever their casing.

    `whole`: the documents that it gives hold nothing that `scanners.documents.project` would take away.
    """

    def __init__(self, members: tuple[str, ...]) -> None:
        self._root = _Node()
        self.whole = not any(":" in member for member in members)
        for member in members:
            self._add(member.rsplit(":", 1)[-1])

    def conform(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with declared members only, in their declared spelling. Absent stays absent, null stays null."""
        return cast("dict[str, Any]", _cut(document, self._root))

    def _add(self, member: str) -> None:
        steps = member.replace("[]", "").replace("{}", "").strip(".").split(".")
        at = self._root
        for number, step in enumerate(steps):
            known = at.declared.get(step.lower())
            if number == len(steps) - 1:
                at.declared[step.lower()] = (step, None)
                return
            if known is None:
                below = _Node()
                at.declared[step.lower()] = (step, below)
                at = below
            elif known[1] is None:
                return  # a shorter member keeps the whole already
            else:
                at = known[1]


def _cut(value: Any, node: _Node) -> Any:
    if type(value) is dict:
        record = cast("dict[str, Any]", value)
        if not record.keys() <= node.met:
            node.learn(record)
        found: dict[str, Any] = {}
        known = node.known
        for name in record.keys() & known.keys():
            declared, below = known[name]
            item = record[name]
            found[declared] = item if below is None or item is None else _cut(item, below)
        return found
    if type(value) is list:
        return [_cut(item, node) for item in cast("list[Any]", value)]
    return value
