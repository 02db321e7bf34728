"""Which number each flow of a judgement has: a million ids as texts would take more memory than the estate."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

_MOST: Final = 100_000
"""Flows that are kept as texts; those told longest ago are packed from then on."""
_DIGITS: Final = 20
_BYTES: Final = _DIGITS // 2
_DIGEST: Final = re.compile("[0-9a-f]*")


class _Packed(NamedTuple):
    """Ids in ascending order, ten bytes each, and the numbers of their flows in the same order."""

    ids: bytes
    numbers: "array[int]"

    def number(self, id_: bytes) -> int | None:
        at = bisect_left(
            range(len(self.numbers)), id_, key=lambda place: self.ids[place * _BYTES : (place + 1) * _BYTES]
        )
        found = at < len(self.numbers) and self.ids[at * _BYTES : (at + 1) * _BYTES] == id_
        return self.numbers[at] if found else None


class FlowBook:
    """Numbers flows from 1, in the order in which they are met: told, or only named by a finding."""

    def __init__(self) -> None:
        self._count = 0
        self._told: dict[str, int] = {}
        self._named: dict[str, int] = {}
        self._packed: list[_Packed] = []
        self._fits = True

    def told(self, keys: Sequence[str]) -> list[int | None]:
        """The numbers of flows that are told now; None for one that was told shortly before."""
        told, named = self._told, self._named
        fresh = dict(zip(keys, range(self._count + 1, self._count + 1 + len(keys)), strict=True))
        if len(fresh) == len(keys) and told.keys().isdisjoint(fresh) and not named:
            self._count += len(keys)
            told.update(fresh)
            found: list[int | None] = list(fresh.values())
        else:
            found = [self._told_now(key) for key in keys]
        if len(told) > _MOST and self._fits:
            self._pack()
        return found

    def _told_now(self, key: str) -> int | None:
        if key in self._told:
            return None
        number = self._named.pop(key, None)
        if number is None:
            number = self._count = self._count + 1
        self._told[key] = number
        return number

    def number(self, key: str) -> int:
        """The number of a flow that a finding is about."""
        number = self._told.get(key) or self._named.get(key) or self._number_of_old(key)
        if number is None:
            number = self._named[key] = self._count = self._count + 1
        return number

    @property
    def untold(self) -> dict[str, int]:
        """Flows that were named but not told, with their numbers."""
        return self._named

    def _number_of_old(self, key: str) -> int | None:
        if not self._packed or len(key) != _DIGITS or _DIGEST.fullmatch(key) is None:
            return None
        id_ = bytes.fromhex(key)
        return next((number for part in self._packed if (number := part.number(id_)) is not None), None)

    def _pack(self) -> None:
        """Pack what was told. Ids that are no digests stay as they are."""
        keys = sorted(self._told)
        text = "".join(keys)
        self._fits = all(len(key) == _DIGITS for key in keys) and _DIGEST.fullmatch(text) is not None
        if not self._fits:
            return
        ids = bytes.fromhex(text)
        self._packed.append(_Packed(ids, array("i", map(self._told.__getitem__, keys))))
        self._told = {}
