"""Documents of AWS Config in the casing in which boto3 answers, cut down to the members that a type declares.

Config spells members as the Java SDK did (`dBInstanceArn`, `ssedescription`, `kmsmasterKeyArn`) for older types and as
CloudFormation does for newer ones. Names are therefore compared without regard to case and given back as declared.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, cast

_MOST_SPELLINGS: Final = 50_000

_Tree: TypeAlias = "dict[str, tuple[str, _Tree | None]]"  # lower-case name → (declared name, branch or None for a leaf)


class Casing:
    """The declared members of one type, ready to be found in documents whatever their casing."""

    def __init__(self, members: tuple[str, ...]) -> None:
        self._tree: _Tree = {}
        self._spellings: dict[str, str] = {}
        for member in members:
            self._add(member.rsplit(":", 1)[-1])

    def conform(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with declared members only, in their declared spelling. Absent stays absent, null stays null."""
        return cast("dict[str, Any]", self._cut(document, self._tree))

    def _add(self, member: str) -> None:
        steps = member.replace("[]", "").replace("{}", "").strip(".").split(".")
        at = self._tree
        for number, step in enumerate(steps):
            known = at.get(step.lower())
            if number == len(steps) - 1:
                at[step.lower()] = (step, None)
                return
            if known is None:
                branch: _Tree = {}
                at[step.lower()] = (step, branch)
                at = branch
            elif known[1] is None:
                return  # a shorter member keeps the whole already
            else:
                at = known[1]

    def _cut(self, value: Any, tree: _Tree) -> Any:
        if isinstance(value, dict):
            found: dict[str, Any] = {}
            spellings = self._spellings
            for name, item in cast("dict[str, Any]", value).items():
                lower = spellings.get(name)
                if lower is None:
                    lower = name.lower()
                    if len(spellings) < _MOST_SPELLINGS:
                        spellings[name] = lower
                entry = tree.get(lower)
                if entry is not None:
                    branch = entry[1]
                    found[entry[0]] = item if branch is None or item is None else self._cut(item, branch)
            return found
        if isinstance(value, list):
            return [self._cut(item, tree) for item in cast("list[Any]", value)]
        return value
