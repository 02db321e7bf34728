"""Flows that relations tell of, as columns: of most of them nothing is asked, and these need no object of their own."""

from array import array
from collections.abc import Iterator, Set
from itertools import compress, islice
from typing import Any, Final, NamedTuple

from rules.flowkinds import FLOWING, READS, kinds_of
from rules.flows import PLACE, Path, Shape, flow_ids, party_places, shown_by
from rules.graph import EXTERNAL, mask
from rules.judgement import Flow
from rules.places import Place
from rules.related import Records
from rules.world import World

_BATCH: Final = 4000
_EXTERNAL: Final = mask((EXTERNAL,))
_STRAIGHT: Final = mask(FLOWING - {READS})
_TURNED: Final = mask((READS,))


class Columns(NamedTuple):
    """Some flows; `attributes`: place in the columns → those of the relation, where it has any."""

    kinds: list[str]
    sources: list[int]
    targets: list[int]
    places: list[Place]
    documents: list[int]
    evidence: list[tuple[str, ...]]
    attributes: dict[int, dict[str, Any]]

    def path(self, at: int) -> Path:
        """One of them by itself."""
        return Path(
            self.kinds[at],
            self.sources[at],
            self.targets[at],
            "",
            self.places[at],
            (),
            self.attributes.get(at, {}),
            self.evidence[at],
            None,
            self.documents[at],
        )

    def keys(self, world: World) -> Iterator[tuple[Any, ...]]:
        """For each what `key_of` tells."""
        sources, targets = self.sources, self.targets
        return zip(
            self.kinds,
            map(world.classes.__getitem__, sources),
            map(world.kinds.__getitem__, sources),
            map(world.place_of.__getitem__, sources),
            map(id, self.places),
            map(world.kinds.translate(_EXTERNAL).__getitem__, targets),
            strict=True,
        )

    def flows(self, world: World, shapes: list[Shape]) -> list[Flow]:
        """The flows as they are handed on."""
        names = world.estate.uids({*self.sources, *self.targets}).__getitem__
        sources, targets = list(map(names, self.sources)), list(map(names, self.targets))
        ids = flow_ids(self.kinds, sources, targets)
        found = [
            Flow(id_, kind, source, target, *shape.places, shape.data_class, (), shape.lasting, shape.external, shown)
            for id_, kind, source, target, (shape, shown) in zip(
                ids, self.kinds, sources, targets, zip(shapes, self.evidence, strict=True), strict=True
            )
        ]
        for at, told in self.attributes.items():
            continuous = told.get("continuous")
            if continuous is not None:
                found[at].continuous = continuous
        return found


def may_be_told_twice(flows: list[Flow], columns: Columns, twice: Set[int]) -> bool:
    """Whether one of some flows may be told once more; `twice` are the ends of those that several relations tell."""
    if twice and not twice.isdisjoint(_pairs(array("i", columns.sources), array("i", columns.targets))):
        return True
    # Ids are made of names joined by NUL, and places that no node stands for have names as well.
    names = "".join([flow.source + flow.target for flow in flows])
    return "\0" in names or PLACE in names


def told_twice(world: World) -> set[int]:
    """The ends, as one number each, that several relations have in common which may be flows."""
    graph = world.graph
    types = graph.type.tobytes()
    straight, turned = types.translate(_STRAIGHT), types.translate(_TURNED)
    sources, targets = array("i", compress(graph.source, straight)), array("i", compress(graph.target, straight))
    sources.extend(compress(graph.target, turned))
    targets.extend(compress(graph.source, turned))
    pairs = _pairs(sources, targets)
    known = set(pairs)
    if len(known) == len(pairs):
        return set()
    known.clear()
    return {pair for pair in pairs if pair in known or known.add(pair)}


def _pairs(sources: "array[int]", targets: "array[int]") -> "array[int]":
    both = array("i", sources)
    both.extend(targets)
    both[::2], both[1::2] = sources, targets
    pairs = array("q")
    pairs.frombytes(both.tobytes())
    return pairs


def key_of(world: World, path: Path) -> tuple[Any, ...]:
    """What flows of one group have alike: kind, class, kind and place of the source, place and sort of the target."""
    source, target = path.source, path.target
    end = -1 if target < 0 else int(world.kinds[target] == EXTERNAL)
    return path.kind, world.classes[source], world.kinds[source], world.place_of[source], id(path.target_place), end


def related(world: World, records: Records) -> Iterator[Columns]:
    """Every flow that a relation tells of, in the order of the relations."""
    graph = world.graph
    places, place_of = world.places.places, world.place_of
    edges = graph.of_types(FLOWING)
    while batch := list(islice(edges, _BATCH)):
        world.stop_if_cancelled()
        told = kinds_of(world, batch)
        kept = list(compress(batch, told))
        kinds = [kind for kind in told if kind is not None]
        sources, targets = list(map(graph.source.__getitem__, kept)), list(map(graph.target.__getitem__, kept))
        for at, type_ in enumerate(map(graph.type.__getitem__, kept)):
            if type_ == READS:
                sources[at], targets[at] = targets[at], sources[at]
        lie = list(map(places.__getitem__, map(place_of.__getitem__, targets)))
        shares = [at for at, kind in enumerate(kinds) if kind == "share"]
        if shares:
            sits = party_places(world, records, {targets[at] for at in shares})
            for at in shares:
                lie[at] = sits.get(targets[at], lie[at])
        documents = list(map(graph.evidence.__getitem__, kept))
        shows = shown_by(world, set(documents))
        attributes = graph.attributes
        yield Columns(
            kinds,
            sources,
            targets,
            lie,
            documents,
            [shows.get(number, ()) for number in documents],
            {at: attributes[edge] for at, edge in enumerate(kept) if edge in attributes} if attributes else {},
        )
