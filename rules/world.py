"""What holds for a whole estate and is worked out once for each judgement: classes, places, accounts and relations."""

from array import array
from collections.abc import Callable
from datetime import date
from itertools import compress, count
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from rules.catalogue import Catalogue
from rules.estate import Estate
from rules.graph import (
    CLASS_NUMBER,
    EXTERNAL,
    KIND_NAMES,
    KIND_NUMBER,
    NO_TYPE,
    PRESUMED,
    TYPE_NUMBER,
    UNCLASSIFIED,
    UNDECIDED,
    UNREAD,
    Graph,
    Moves,
    ancestry,
    differing,
    either,
    inherit,
    mask,
)
from rules.parts import Wholes, custody_of_sets, placed, wholes_of
from rules.places import PlaceTable
from rules.policy import Classification, Policy
from rules.policyvariables import variables_of
from rules.reading import CRITICAL, FACET, INFERENCE, INHERITED, Assets, Terms, read_assets
from rules.seen import Seen
from scanners.model import Location, LocationKind
from scanners.model.merging import both_told

SOURCES: Final = ("none", "tag", "policy", "inherited")
"""Where a class comes from, by number."""

DATA_KINDS: Final = frozenset(
    KIND_NUMBER[k]
    for k in KIND_NAMES
    if k.startswith(("storage.", "database.", "training.")) or k in ("warehouse", "ai.model", "ai.customization")
)
"""Kinds that hold or process data themselves."""

AI_KINDS: Final = frozenset(KIND_NUMBER[k] for k in KIND_NAMES if k.startswith(("ai.", "training.")))
WORKING_KINDS: Final = frozenset(KIND_NUMBER[k] for k in ("training.job", "training.notebook", "ai.customization"))
"""Kinds that always work on something: without an input in sight, it was not seen."""

_FACET: Final = mask(flags for flags in range(256) if flags & FACET)
_WORKING: Final = mask(WORKING_KINDS)
_TELLING: Final = mask(DATA_KINDS | AI_KINDS)
_CRITICAL: Final = mask(flags for flags in range(256) if flags & CRITICAL)

GENAI_KINDS: Final = frozenset(
    KIND_NUMBER[k] for k in ("ai.account", "ai.customization", "ai.endpoint", "ai.model", "ai.inference_profile")
)


class Cancelled(Exception):  # noqa: N818 - a wish, not a fault
    """The caller asked to stop."""


class Tables(NamedTuple):
    """The arrays of a world, fit to be sent to another process. One element for each node unless said otherwise."""

    kinds: bytearray
    classes: bytearray
    ancestors: bytearray
    class_sources: bytearray
    places: "array[int]"
    accounts: "array[int]"
    custody: bytearray
    flags: bytearray
    said: "array[int]"
    classifications: list[Classification]  # what `said` numbers
    account_keys: list[tuple[str, str]]  # account number → provider and account
    account_classes: list[int]  # account number → bit set of the classes of its data
    account_flags: list[int]  # account number → CRITICAL, and whether it holds AI
    place_keys: list[tuple[str, Location]]
    graph: Graph
    parts: dict[int, int]  # part of a store → the whole
    ended: dict[int, Any]  # job → when it ended, None while it runs; absent where that was not read


AI_PRESENT, GENAI_PRESENT = 4, 8
_UNKNOWN: Final = 255
"""In place of the number of a type of relations that this program does not know."""


class World:
    """An estate, a policy and the facts of a day, with everything that rules need about more than one asset."""

    def __init__(
        self,
        estate: Estate,
        policy: Policy,
        catalogue: Catalogue,
        as_of: date,
        tables: Tables | None = None,
        cancelled: Callable[[], bool] | None = None,
        read: Callable[[Terms], Callable[[], Assets]] | None = None,
    ) -> None:
        self.estate = estate
        self.policy = policy
        self.catalogue = catalogue
        self.as_of = as_of
        self.today = as_of.isoformat()
        self.cancelled = cancelled
        self.variables = variables_of(policy)
        allowed = policy.allowed_countries
        self.allowed = None if allowed is UNSET else frozenset(allowed)
        self.places = PlaceTable(catalogue, as_of, self.allowed)
        self.seen = Seen(estate.coverage())
        owners = () if policy.accounts is UNSET else sorted(policy.accounts, key=lambda a: a.id)
        self.owners = {a.id.casefold(): a for a in owners}
        self.assessed = _assessed(policy, as_of)
        self.tagged = policy.tag_map is not UNSET
        self.decided = policy.tag_map is not UNSET or "classify" in policy.given or policy.unclassified_as is not None
        if tables is None:
            tables = self._tables(read)
        else:
            for provider, location in tables.place_keys:
                self.places.number(provider, location)
        self.tables = tables
        self.kinds = tables.kinds
        self.classes = tables.classes
        self.ancestors = tables.ancestors
        self.class_sources = tables.class_sources
        self.place_of = tables.places
        self.account_of = tables.accounts
        self.custody = tables.custody
        self.flags = tables.flags
        self.said = tables.said
        self.classifications = tables.classifications
        self.graph = tables.graph
        self.wholes = Wholes(estate, tables.parts)
        self._partitions: dict[int, str] | None = None
        self.account_number = {key: number for number, key in enumerate(tables.account_keys)}
        self.accounts_by_id: dict[str, list[int]] = {}
        for number, (_, account) in enumerate(tables.account_keys):
            self.accounts_by_id.setdefault(account.casefold(), []).append(number)

    def stop_if_cancelled(self) -> None:
        """Raise Cancelled if the caller asked to stop."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled

    def kind(self, node: int) -> str | None:
        """The kind of a node; None for an external end."""
        number = self.kinds[node]
        return None if number == EXTERNAL else KIND_NAMES[number]

    def place(self, node: int) -> dict[str, Any]:
        """The place of a node; the unknown place for an external end."""
        return self.places.places[self.place_of[node]]

    def partition(self, node: int) -> str | None:
        """The partition of the cloud that the account of a node lies in, where the place of any of its assets tells."""
        if self._partitions is None:
            found: dict[int, set[str]] = {}
            for account, place in set(zip(self.account_of, self.place_of, strict=True)):
                stated: str | None = self.places.places[place]["@partition"]
                if stated is not None:
                    found.setdefault(account, set()).add(stated)
            self._partitions = {account: names.pop() for account, names in found.items() if len(names) == 1}
        return self._partitions.get(self.account_of[node]) if self.account_of[node] >= 0 else None

    def account(self, node: int) -> tuple[str, str] | None:
        """Provider and account of a node; None for an external end."""
        number = self.account_of[node]
        return None if number < 0 else self.tables.account_keys[number]

    def _tables(self, read: Callable[[Terms], Callable[[], Assets]] | None) -> Tables:
        """One pass over assets, by whoever reads them, and one over relations."""
        terms = Terms(self.policy, self.assessed, self.tagged, self._neutral())
        size = self.estate.size
        finish = None if read is None else read(terms)
        graph = self._relations(size)
        moves, before = graph.moves(), len(graph)  # while others read assets
        found = read_assets(self.estate, terms, 0, size, self.stop_if_cancelled) if finish is None else finish()
        self._copies(graph, found.copied)
        if _behind_names(graph, found.kinds) or len(graph) > before:
            moves = graph.moves()
        kinds, own, base, sources = found.kinds, found.own, found.base, found.sources
        numbers = [self.places.number(provider, location) for provider, location in found.place_keys]
        unread = self.places.number("", Location.unknown())
        numbers.append(unread)  # -1, an end that nobody collected
        places = array("i", map(numbers.__getitem__, found.places))
        accounts, flags = found.accounts, found.flags
        parts = wholes_of(graph, kinds, self.estate.uid)
        self._lie(graph, kinds, places, flags, parts, unread)
        self._inputs(graph, kinds, own, base)
        classes = inherit(moves, own, base, found.stated, found.unproven, parts)
        for node in differing(base, classes):
            if not sources[node]:
                sources[node] = INHERITED
        estate_node = self.estate.node
        custody_of_sets(graph, kinds, found.custody)
        stops = [node for uid in self.assessed if (node := estate_node(uid)) is not None]
        ancestors = ancestry(moves, _with_unknown_inputs(moves, kinds, classes), stops)
        account_classes = [0] * len(found.account_keys)
        account_flags = [0] * len(found.account_keys)
        telling = either(kinds.translate(_TELLING), flags.translate(_CRITICAL))
        columns = zip(accounts, kinds, classes, flags, strict=True)
        for account, kind, level, marks in set(compress(columns, telling)):
            if account < 0:
                continue
            if kind in DATA_KINDS:
                account_classes[account] |= 1 << level
            if kind in AI_KINDS:
                account_flags[account] |= AI_PRESENT | (GENAI_PRESENT if kind in GENAI_KINDS else 0)
            if marks & CRITICAL:
                account_flags[account] |= CRITICAL
        return Tables(
            kinds,
            classes,
            ancestors,
            sources,
            places,
            accounts,
            found.custody,
            flags,
            found.said,
            found.classifications,
            found.account_keys,
            account_classes,
            account_flags,
            self.places.keys,
            graph,
            parts,
            dict(found.ended),
        )

    def _lie(
        self,
        graph: Graph,
        kinds: bytearray,
        places: "array[int]",
        flags: bytearray,
        parts: dict[int, int],
        unread: int,
    ) -> None:
        """Parts lie where their whole does. Where that was not read, nor was their place: that is no unknown place."""
        unknown = (n for n, (_, location) in enumerate(self.places.keys) if location.kind is LocationKind.UNKNOWN)
        nowhere = frozenset(unknown)
        found = [
            (node, unread if places[at] in nowhere else places[at])
            for node, at in placed(graph, kinds, places, nowhere, parts, self.estate.uid)
            if places[at] not in nowhere or kinds[at] == EXTERNAL or flags[at] & FACET
        ]
        for node, place in found:
            places[node] = place
        for node in compress(count(), flags.translate(_FACET)):
            if places[node] in nowhere:
                places[node] = unread

    def _neutral(self) -> int:
        """The class of data that nobody classified, apart from AI inputs."""
        stated = self.policy.unclassified_as
        if stated is None:
            return UNCLASSIFIED if self.decided else UNDECIDED
        return PRESUMED if CLASS_NUMBER[stated] > PRESUMED else UNCLASSIFIED

    def _relations(self, size: int) -> Graph:
        graph = Graph(size)
        for batch in self.estate.edges():
            self.stop_if_cancelled()
            numbers = bytes(TYPE_NUMBER.get(name, _UNKNOWN) for name in batch.names).ljust(256, b"\0")
            types = batch.types.translate(numbers)
            if _UNKNOWN not in types:
                first = graph.extend(batch.sources, types, batch.targets, batch.documents)
                graph.attributes.update((first + at, told) for at, told in batch.attributes.items())
                continue
            for at, type_ in enumerate(types):
                if type_ != _UNKNOWN:
                    edge = graph.add(batch.sources[at], type_, batch.targets[at], batch.documents[at])
                    if at in batch.attributes:
                        graph.attributes[edge] = batch.attributes[at]
        return graph

    def _copies(self, graph: Graph, copied: list[tuple[int, str]]) -> None:
        """Copies that name what they were made from, where no relation says the same."""
        copy = TYPE_NUMBER["backs_up_to"]
        sources = self.estate.nodes({uid for _, uid in copied})
        for node, uid in copied:
            source = sources.get(uid)
            if source is not None and source != node and node not in graph.targets(source, "backs_up_to"):
                graph.add(source, copy, node)

    def _inputs(self, graph: Graph, kinds: bytearray, own: bytearray, base: bytearray) -> None:
        """Unclassified data that an AI service takes in count as personal unless the policy says otherwise."""
        if self.policy.unclassified_as is not None:
            return
        reads, trained = TYPE_NUMBER["reads"], TYPE_NUMBER["trained_from"]
        for edge in graph.of_types((reads, trained)):
            if graph.type[edge] == trained or kinds[graph.source[edge]] in AI_KINDS:
                target = graph.target[edge]
                if not own[target] and base[target] in (UNCLASSIFIED, UNDECIDED) and kinds[target] in DATA_KINDS:
                    base[target] = PRESUMED


def _behind_names(graph: Graph, kinds: bytearray) -> bool:
    """What reads or writes a name for a store (a dataset of a pipeline, a linked service) reads or writes the store.

    Returns whether there are such names.
    """
    names: dict[int, list[int]] = {}
    inside, moving = TYPE_NUMBER["member_of"], (TYPE_NUMBER["reads"], TYPE_NUMBER["writes"])
    for edge, attributes in graph.attributes.items():
        source = graph.source[edge]
        if graph.type[edge] == inside and kinds[source] == EXTERNAL and attributes.get("use") == "files":
            names.setdefault(source, []).append(graph.target[edge])
    if not names:
        return False
    for edge in list(graph.of_types(moving)):
        target = graph.target[edge]
        if target not in names:
            continue
        stores = {target}
        for _ in range(_MOST_NAMES):
            stores = {behind for store in stores for behind in names.get(store, (store,))}
        type_ = graph.type[edge]
        graph.type[edge] = NO_TYPE
        for store in stores:  # all that stand behind a name, and each once
            known = next((e for e in graph.out(graph.source[edge], type_) if graph.target[e] == store), None)
            told = graph.attributes.get(edge, {})
            if known is None:
                known = graph.add(graph.source[edge], type_, store, graph.evidence[edge])
            else:
                told = both_told(graph.attributes.get(known, {}), told)
            if told:
                graph.attributes[known] = told
    return True


_MOST_NAMES: Final = 4


def _with_unknown_inputs(moves: Moves, kinds: bytearray, classes: bytearray) -> bytearray:
    """The classes, where what works on data nobody saw counts as unread: what it wrote may come from personal data."""
    found = bytearray(classes)
    for node in compress(count(), kinds.translate(_WORKING)):
        if not moves.reached[node] and classes[node] < PRESUMED:
            found[node] = UNREAD
    return found


def _assessed(policy: Policy, as_of: date) -> frozenset[str]:
    """Assets with a current assessment that found them anonymous."""
    if policy.anonymity_assessments is UNSET:
        return frozenset()
    return frozenset(
        a.resource
        for a in policy.anonymity_assessments
        if a.result == "anonymous" and 0 <= (as_of - a.date).days <= policy.assessment_max_age_days
    )


__all__ = ["CRITICAL", "INFERENCE", "Cancelled", "Tables", "World"]
