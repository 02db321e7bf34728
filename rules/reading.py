"""The first pass over assets: what each one is by itself, as numbers. Ranges of nodes can be read apart and joined."""

from array import array
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from msgspec import UNSET

from rules.estate import Estate
from rules.graph import CLASS_NUMBER, EXTERNAL, KIND_NUMBER, UNDECIDED, UNREAD
from rules.outlines import PLACES, Outline
from rules.policy import Classification, Policy
from rules.scope import CUSTODY
from scanners.model import Location, LocationKind

CUSTODY_NUMBER: Final = {word: number for number, word in enumerate(CUSTODY, 1)}
"""Custody as a number from 1; 0 stands for "not read"."""

TAG, POLICY, INHERITED = 1, 2, 3
"""Where a class comes from, by number; 0: nowhere."""

CRITICAL, INFERENCE, FACET, NAMES_PLACES, UNTAGGED = 1, 2, 16, 32, 64
"""Flags of a node: the organisation calls it critical; it computes elsewhere than at its place; only what another
document says of it was read, so that its own place was not; its document names further places; its tags were not
read."""

_Key = TypeVar("_Key")


class Terms(NamedTuple):
    """What reading depends on beside the estate."""

    policy: Policy
    assessed: frozenset[str]  # assets with a current assessment of anonymity
    tagged: bool  # tags may state a class
    neutral: int  # class of data that nobody classified


class Assets(NamedTuple):
    """The assets of a range of nodes; each array has one element for each node from `start` on.

    `places`, `accounts` and `said` number the lists `place_keys`, `account_keys` and `classifications`; -1: none.
    """

    start: int
    kinds: bytearray
    own: bytearray
    base: bytearray
    stated: bytearray
    unproven: bytearray
    sources: bytearray
    custody: bytearray  # as stated by the document of a key or store
    flags: bytearray
    places: "array[int]"
    accounts: "array[int]"
    said: "array[int]"
    place_keys: list[tuple[str, Location]]
    account_keys: list[tuple[str, str]]
    classifications: list[Classification]
    copied: list[tuple[int, str]]  # node of a copy, uid of what it was copied from
    ended: list[tuple[int, Any]]  # node of a job, when it ended (None: it runs)


def read_assets(
    estate: Estate, terms: Terms, start: int, stop: int, stop_if_cancelled: Callable[[], None] | None = None
) -> Assets:
    """The assets of the nodes from `start` up to but not including `stop`."""
    size = stop - start
    kinds, own, base = bytearray([EXTERNAL]) * size, bytearray(size), bytearray(size)
    stated, unproven, sources = bytearray(size), bytearray(size), bytearray(size)
    custody, flags = bytearray(size), bytearray(size)
    places, accounts, said_of = (array("i", [-1]) * size for _ in range(3))
    account_numbers: dict[tuple[str, str], int] = {}
    place_numbers: dict[tuple[str, Location], int] = {}
    classifications: list[Classification] = []
    said_numbers: dict[int, int] = {}  # by identity: the policy shares equal answers, and the list keeps them alive
    copied: list[tuple[int, str]] = []
    ended: list[tuple[int, Any]] = []
    nowhere: set[int] = set()
    classify, assessed, tagged, neutral = terms.policy.classify, terms.assessed, terms.tagged, terms.neutral
    kind_number, class_number, unset = KIND_NUMBER, CLASS_NUMBER, UNSET
    cluster_kind = kind_number["compute.cluster"]  # Kubernetes has no tags for it, and its place was looked for
    for batch in estate.outlines(start, stop):
        if stop_if_cancelled is not None:
            stop_if_cancelled()
        for node, asset in batch:
            at = node - start
            kind = kinds[at] = kind_number[asset.kind]
            provider = asset.provider
            key = (provider, asset.account)
            number = account_numbers.get(key)
            if number is None:
                number = account_numbers[key] = len(account_numbers)
            accounts[at] = number
            place = (provider, asset.location)
            number = place_numbers.get(place)
            if number is None:
                number = place_numbers[place] = len(place_numbers)
                if asset.location.kind is LocationKind.UNKNOWN:
                    nowhere.add(number)
            places[at] = number
            if asset.tags is unset:
                flags[at] |= UNTAGGED
                if number in nowhere and kind != cluster_kind:
                    flags[at] |= FACET
            said = classify(asset)
            number = said_numbers.get(id(said))
            if number is None:
                number = said_numbers[id(said)] = len(classifications)
                classifications.append(said)
            said_of[at] = number
            if said.dc is not None:
                own[at] = class_number[said.dc]
                stated[at] = 1
                if said.dc == "anonymous" and asset.uid not in assessed:
                    unproven[at] = 1
                    base[at] = neutral
                sources[at] = TAG if said.source == "tag" else POLICY
            elif tagged and asset.tags is unset:
                base[at] = UNREAD
            elif said.unmapped and neutral < UNDECIDED:  # somebody stated a class that the policy cannot read
                base[at] = UNDECIDED
            else:
                base[at] = neutral
            if said.critical is True:
                flags[at] |= CRITICAL
            attributes = asset.attributes
            if not PLACES.isdisjoint(attributes) and any(attributes.get(name) for name in PLACES):
                flags[at] |= NAMES_PLACES
            if "custody" in attributes:
                custody[at] = CUSTODY_NUMBER.get(str(attributes["custody"]), 0)
            if kind in _COMPUTING:
                flags[at] |= _computes_elsewhere(asset)
            elif kind in _COPIES and "source_uid" in asset.attributes:
                copied.append((node, str(asset.attributes["source_uid"])))
            if "ended_at" in attributes:
                ended.append((node, attributes["ended_at"]))
    return Assets(
        start,
        kinds,
        own,
        base,
        stated,
        unproven,
        sources,
        custody,
        flags,
        places,
        accounts,
        said_of,
        list(place_numbers),
        list(account_numbers),
        classifications,
        copied,
        ended,
    )


_COMPUTING: Final = frozenset(number for name, number in KIND_NUMBER.items() if name.startswith("ai."))
_COPIES: Final = frozenset((KIND_NUMBER["storage.snapshot"], KIND_NUMBER["storage.image"]))


def _computes_elsewhere(asset: Outline) -> int:
    attributes = asset.attributes
    scope = attributes.get("processing_scope")
    if scope in ("zone", "global") or attributes.get("processing_locs") or attributes.get("routing_regions"):
        return INFERENCE
    return 0


class Joined:
    """Joins ranges, in ascending order, into one."""

    def __init__(self) -> None:
        self.whole: Assets | None = None
        self._places: dict[tuple[str, Location], int] = {}
        self._accounts: dict[tuple[str, str], int] = {}
        self._said: dict[Classification, int] = {}

    def add(self, part: Assets) -> None:
        """The next range: it must start where the last one ended."""
        places = _renumbered(part.places, part.place_keys, self._places)
        accounts = _renumbered(part.accounts, part.account_keys, self._accounts)
        said = _renumbered(part.said, part.classifications, self._said)
        whole = self.whole
        if whole is None:
            whole = self.whole = part._replace(
                places=array("i"), accounts=array("i"), said=array("i"), copied=[], ended=[]
            )
        else:
            for name in ("kinds", "own", "base", "stated", "unproven", "sources", "custody", "flags"):
                getattr(whole, name).extend(getattr(part, name))
        whole.places.extend(places)
        whole.accounts.extend(accounts)
        whole.said.extend(said)
        whole.copied.extend(part.copied)
        whole.ended.extend(part.ended)

    def result(self) -> Assets:
        """All ranges as one."""
        if self.whole is None:
            raise ValueError("nothing was read")
        return self.whole._replace(
            place_keys=list(self._places), account_keys=list(self._accounts), classifications=list(self._said)
        )


def _renumbered(numbers: "array[int]", keys: list[_Key], known: dict[_Key, int]) -> "array[int]":
    """Numbers into `keys` as numbers into `known`, which takes in what is new."""
    new = [known.setdefault(key, len(known)) for key in keys]
    new.append(-1)  # -1, no number, stays what it is
    if new == [*range(len(keys)), -1]:
        return numbers
    return array("i", map(new.__getitem__, numbers))
