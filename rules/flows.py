"""Relations → flows: data moving from one asset's place to another's, external ends included."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import compress, count
from typing import Any, Final, NamedTuple

from msgspec import Struct

from rules.derivations import data_zone
from rules.derive import Record
from rules.estate import NO_EVIDENCE
from rules.flowkinds import FLOWING, READS, STARTS, kind_of
from rules.graph import CLASS_NAMES, EXTERNAL, KIND_NUMBER, TYPE_NUMBER, mask
from rules.judgement import Flow
from rules.places import Place, eea
from rules.related import Records
from rules.world import INFERENCE, World
from scanners.model import Location, LocationKind

_BATCH: Final = 2000
_INFERENCE: Final = mask(flags for flags in range(256) if flags & INFERENCE)
_PARTIES: Final = (EXTERNAL, KIND_NUMBER["account"])
PLACE: Final = "processing:"
"""Begins the name of a place where data are computed that no node stands for."""
_MOST_PAIRS: Final = 400
"""A transfer job with more pairs of sources and destinations is shown as flows to and from the job itself."""


class Path(Struct, gc=False):
    """One flow before it is written out. `target` is a node, or -1 for places that no node stands for.

    `target_uid` is that of such a place; the uids of nodes are asked for when the flow is written out.
    """

    kind: str
    source: int
    target: int
    target_uid: str
    target_place: Place
    via: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}
    evidence: tuple[str, ...] = ()
    record: Record | None = None
    document: int = NO_EVIDENCE


def flow_id(kind: str, source: str, target: str, via: tuple[str, ...] = ()) -> str:
    """An id that is the same in every judgement: 20 hexadecimal digits of a digest of kind, ends and way."""
    text = "\0".join((kind, source, target, *via))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def flow_ids(kinds: Iterable[str], sources: Iterable[str], targets: Iterable[str]) -> list[str]:
    """The ids of many flows that go no way but straight from source to target."""
    texts = map("\0".join, zip(kinds, sources, targets, strict=True))
    return [sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20] for text in texts]


def paths(
    world: World, records: Records, nodes: Collection[int], wanted: Callable[[int, int], bool]
) -> Iterator[list[Path]]:
    """The flows that start or end at these nodes, or whose job is one of them, in batches, always in the same order:
    by relation, transfer jobs, remote processing.

    Only those `wanted` by source and target. Where data are computed elsewhere, and what transfer jobs move, is not
    asked about.
    """
    graph, types = world.graph, world.graph.type
    found: list[tuple[str, int]] = []
    for edge in graph.touching(nodes):
        if types[edge] not in FLOWING:
            continue
        source, target = graph.source[edge], graph.target[edge]
        if not (wanted(target, source) if types[edge] == READS else wanted(source, target)):
            continue
        kind = kind_of(world, edge)
        if kind is not None:
            found.append((kind, edge))
            if len(found) >= _BATCH:
                world.stop_if_cancelled()
                yield _of_relations(world, records, found)
                found = []
    yield from _in_batches([*_of_relations(world, records, found), *_by_documents(world, records, nodes)])


def by_documents(world: World, records: Records) -> Iterator[list[Path]]:
    """The flows that are no relations, in batches: what transfer jobs move, and what is computed elsewhere."""
    return _in_batches(_by_documents(world, records, None))


def _by_documents(world: World, records: Records, nodes: Collection[int] | None) -> list[Path]:
    found = [path for node in _jobs(world, nodes) for path in _transfer_job(world, records, node)]
    elsewhere = compress(count(), world.flags.translate(_INFERENCE)) if nodes is None else sorted(nodes)
    for node in elsewhere:
        if world.flags[node] & INFERENCE:
            found += _inference(world, records, node)
    return found


def _in_batches(flows: list[Path]) -> Iterator[list[Path]]:
    for start in range(0, len(flows), _BATCH):
        yield flows[start : start + _BATCH]


def starts_flows(world: World, node: int) -> bool:
    """Whether a flow may start at a node; that none does is certain."""
    out, into = world.graph.types()
    return bool(out[node] & STARTS or into[node] & 1 << READS or world.flags[node] & INFERENCE)


def _jobs(world: World, nodes: Collection[int] | None) -> list[int]:
    """Transfer jobs: all, or those among these nodes and those that read or write one of them."""
    if nodes is None:
        return list(_of_kind(world, "transfer.job"))
    graph, number = world.graph, KIND_NUMBER["transfer.job"]
    users = (s for node in nodes for name in ("reads", "writes") for s in graph.sources(node, name))
    return sorted({node for node in (*nodes, *users) if world.kinds[node] == number})


def _of_relations(world: World, records: Records, found: list[tuple[str, int]]) -> list[Path]:
    """The flows of some relations; the parties that data are shared with are fetched with one question."""
    graph = world.graph
    sources, targets, types, documents = graph.source, graph.target, graph.type, graph.evidence
    parties = {sources[edge] if types[edge] == READS else targets[edge] for kind, edge in found if kind == "share"}
    sits = party_places(world, records, parties)
    places, place_of, told = world.places.places, world.place_of, graph.attributes
    batch: list[Path] = []
    for kind, edge in found:
        source, target = sources[edge], targets[edge]
        if types[edge] == READS:
            source, target = target, source
        place = places[place_of[target]]
        if kind == "share":
            place = sits.get(target, place)
        path = Path(kind, source, target, "", place, document=documents[edge])
        if edge in told:
            path.attributes = told[edge]
        batch.append(path)
    return batch


def _of_kind(world: World, kind: str) -> Iterator[int]:
    number = KIND_NUMBER[kind]
    at = world.kinds.find(number)
    while at >= 0:
        yield at
        at = world.kinds.find(number, at + 1)


def party_places(world: World, records: Records, ends: Iterable[int]) -> dict[int, Place]:
    """Where those of these ends sit that are parties, which data are shared with; asked with one question."""
    parties = sorted({node for node in ends if world.kinds[node] in _PARTIES})
    if parties:
        records.fetch(parties)
    return {node: _party_place(world, records.get(node)) for node in parties}


def _party_place(world: World, end: Record) -> Place:
    """Where whoever may read sits: the country of the entity that owns the account, by policy."""
    if end["uid"] == "public":
        return world.places.of("", Location(LocationKind.GLOBAL))
    country = end.get("owner_country")
    return world.places.country(country) if isinstance(country, str) else world.places.of("", Location.unknown())


def _transfer_job(world: World, records: Records, job: int) -> list[Path]:
    record = records.get(job)
    if record.get("enabled") is False:
        return []
    graph = world.graph
    read, written = graph.targets(job, "reads"), graph.targets(job, "writes")
    hops = tuple(str(h["uid"]) for h in record.get("hops") or () if isinstance(h.get("uid"), str))
    ends = set(world.estate.uids({*read, *written}).values())
    via = (str(record["uid"]), *(h for h in hops if h not in ends))
    attributes = {name: record[name] for name in ("continuous", "enabled") if name in record}
    stations: list[Record] = list(record.get("hops") or ({},))
    attributes["hops"] = [h for h in stations if h.get("uid") is None or h["uid"] not in ends]
    if "continuous" not in attributes and (stated := _triggered(world, records, job)) is not None:
        attributes["continuous"] = stated
    evidence = tuple(a.evidence[0] for a in world.estate.some([job]).values() if a.evidence)
    if len(read) * len(written) > _MOST_PAIRS or not read or not written:
        pairs = [(source, job) for source in read] + [(job, target) for target in written]
        via = via[1:]
    else:
        pairs = [(source, target) for source in read for target in written]
    return [
        Path("transfer_job", source, target, "", world.place(target), via, attributes, evidence)
        for source, target in pairs
        if source != target
    ]


def _triggered(world: World, records: Records, job: int) -> bool | None:
    """Whether a trigger that is on starts a pipeline again and again; None where no trigger was seen."""
    graph = world.graph
    edges = graph.out(job, TYPE_NUMBER["member_of"])
    triggers = [graph.target[e] for e in edges if graph.attributes.get(e, {}).get("use") == "trigger"]
    found = [t for t in records.many(triggers) if t.get("enabled") is not False]
    if any(t.get("continuous") is True for t in found):
        return True
    return None if len(found) < len(triggers) or not triggers or any("continuous" not in t for t in found) else False


def _inference(world: World, records: Records, node: int) -> list[Path]:
    """Requests of an endpoint or profile that are computed elsewhere than at its own place."""
    record = records.get(node)
    if record["kind"] == "ai.inference_profile" and not (
        record.get("used") is True or record.get("profile_type") == "application"
    ):
        return []  # the provider's own profiles exist in every account; only a used one moves data
    asset = world.estate.some([node])[node]
    stated: list[Any] = [
        *(asset.attributes.get("processing_locs") or ()),
        *(asset.attributes.get("routing_regions") or ()),
    ]
    place: Place | None = None
    if stated:
        found = [world.places.of_value(asset.provider, item) for item in stated]
        regions = sorted({p["region"] for p in found if p is not None and p["region"]})
        if len(regions) == len({id(p) for p in found}):
            place = world.places.of(asset.provider, Location(LocationKind.MULTI_REGION, members=tuple(regions)))
        elif any(p is not None and p["everywhere"] for p in found):
            place = world.places.of(asset.provider, Location(LocationKind.GLOBAL))
    elif record.get("processing_scope") == "global":
        place = world.places.of(asset.provider, Location(LocationKind.GLOBAL))
    else:
        place = data_zone(world, record)
    place = place or world.places.of(asset.provider, Location.unknown())
    if place.get("countries") and place["countries"] == record["loc"].get("countries"):
        return []
    return [Path("inference", node, -1, f"{PLACE}{asset.uid}", place, (), {}, asset.evidence[:1])]


def named(world: World, batch: Sequence[Path]) -> dict[int, str]:
    """The uids of all ends of some flows, with one question."""
    return world.estate.uids({node for path in batch for node in (path.source, path.target) if node >= 0})


def shown(world: World, batch: Sequence[Path]) -> None:
    """Fill in the documents that show some flows, with one question."""
    shows = shown_by(world, {path.document for path in batch if not path.evidence})
    for path in batch:
        if path.document in shows:
            path.evidence = shows[path.document]


def shown_by(world: World, documents: set[int]) -> dict[int, tuple[str, ...]]:
    """The evidence that documents are, by number, with one question; NO_EVIDENCE is none."""
    numbers = documents - {NO_EVIDENCE}
    return {number: (digest,) for number, digest in world.estate.digests(numbers).items()} if numbers else {}


class Shape(NamedTuple):
    """What flows share that are of one kind, from one class and place to another place."""

    places: tuple[tuple[str, ...], tuple[str, ...], str, str]  # countries of both ends, then what the law says of them
    data_class: str
    external: bool
    lasting: bool | None  # whether they go on, where nothing tells


def shape_of(world: World, path: Path) -> Shape:
    """What a flow shares with others of its shape."""
    start, end = world.place(path.source), path.target_place
    known = world.kind(path.source) is not None
    return Shape(
        (
            start.get("countries", ()),
            end.get("countries", ()),
            start.get("status", "unknown"),
            end.get("status", "unknown"),
        ),
        (CLASS_NAMES[world.classes[path.source]] if known else None) or "unclassified",
        path.target >= 0 and world.kind(path.target) is None,
        True if path.kind == "replication" else None,
    )


def flow_of(path: Path, names: Mapping[int, str], shape: Shape) -> Flow:
    """The flow as it is handed on; `names` are the uids of nodes."""
    kind, via = path.kind, path.via
    source = names[path.source]
    target = names[path.target] if path.target >= 0 else path.target_uid
    continuous = path.attributes.get("continuous") if path.attributes else None
    return Flow(
        flow_id(kind, source, target, via),
        kind,
        source,
        target,
        *shape.places,
        shape.data_class,
        via,
        shape.lasting if continuous is None else continuous,
        shape.external,
        path.evidence,
    )


def account_of(world: World, records: Records, path: Path) -> str | None:
    """The account at the end of a flow; None for an external end whose account nobody named."""
    node = path.target if path.target >= 0 else path.source
    found = world.account(node)
    if found is not None:
        return found[1]
    account = records.get(node).get("account") if node >= 0 else None
    return str(account) if account else None


def record_of_path(world: World, records: Records, path: Path, flow: Flow, *, bare: bool = False) -> Record:
    """A flow as conditions see it; `bare`: without what only the documents of its ends tell."""
    if path.record is not None:
        return path.record
    src: Record = {"@n": path.source} if bare else records.get(path.source)
    if bare:
        dst: Record = {"@n": path.target}
    elif path.target >= 0:
        dst = records.get(path.target)
    else:
        dst = {"uid": path.target_uid, "loc": path.target_place, "provider": src.get("provider"), "@n": path.source}
    found: Record = {
        **{name: value for name, value in path.attributes.items() if name in _EDGE},
        "id": flow.id,
        "kind": path.kind,
        "src": src,
        "dst": dst,
        "src_loc": world.place(path.source),
        "dst_loc": path.target_place,
        "external": flow.external,
        "via": list(path.via),
        "@n": path.source,
        "@target": path.target,
        "@uids": (flow.source, flow.target),
    }
    found.setdefault("enabled", True)  # what is switched off is no flow; the relation says that it is in force
    name = CLASS_NAMES[world.classes[path.source]] if world.kind(path.source) is not None else None
    if name is not None:
        found["dc"] = name
    if flow.continuous is not None:
        found["continuous"] = flow.continuous
    account = account_of(world, records, path)
    found["dst_account"] = account
    owner = None if account is None else world.owners.get(account.casefold())
    if owner is not None:
        found["importer"] = owner.entity
    if "custody" in dst:
        found["custody"] = dst["custody"]
    keys = world.graph.targets(path.target, "encrypted_by") if path.target >= 0 and not bare else []
    if keys:
        # Of several keys that which lies worst: any of them opens the data.
        found["key_loc"] = world.place(keys[0]) if len(keys) == 1 else min(map(world.place, keys), key=_farthest)
    path.record = found
    return found


def _farthest(place: Place) -> tuple[int, str]:
    """Orders places: known to be outside the EEA, not known, inside it."""
    within = eea(place)
    return (0 if within is False else 2 if within is True else 1), str(place.get("name"))


_EDGE: Final = frozenset({"delete_propagation", "role", "continuous", "content_logged", "enabled", "hops"})
