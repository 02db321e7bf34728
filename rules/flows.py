"""Relations → flows: data moving from one asset's place to another's, external ends included."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rules.derivations import data_zone
from rules.derive import Record
from rules.estate import NO_EVIDENCE
from rules.graph import CLASS_NAMES, KIND_NUMBER, TYPE_NUMBER, TYPES
from rules.judgement import Flow
from rules.parts import STORES
from rules.places import Place, eea
from rules.related import Records
from rules.world import INFERENCE, World
from scanners.model import Location, LocationKind

_BATCH: Final = 2000
_MOST_PAIRS: Final = 400
"""A transfer job with more pairs of sources and destinations is shown as flows to and from the job itself."""

_NOT_DATA: Final = ("key", "secret", "identity", "governance.policy", "network.vpc", "network.peering")
_READS: Final = TYPE_NUMBER["reads"]


@dataclass(slots=True)
class Path:
    """One flow before it is written out. `target` is a node, or -1 for places that no node stands for.

    `target_uid` is that of such a place; the uids of nodes are asked for when the flow is written out.
    """

    kind: str
    source: int
    target: int
    target_uid: str
    target_place: Place
    via: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    evidence: tuple[str, ...] = ()
    record: Record | None = None
    document: int = NO_EVIDENCE


def flow_id(kind: str, source: str, target: str, via: tuple[str, ...] = ()) -> str:
    """An id that is the same in every judgement: 20 hexadecimal digits of a digest of kind, ends and way."""
    text = "\0".join((kind, source, target, *via))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def paths(
    world: World,
    records: Records,
    nodes: Collection[int] | None = None,
    wanted: Callable[[int, int], bool] | None = None,
) -> Iterator[list[Path]]:
    """Every flow of the estate in batches, always in the same order: by relation, transfer jobs, remote processing.

    With `nodes` only those that start or end there, or whose job is one of them; with `wanted` of these only those with
    such a source and target. Where data are computed elsewhere, and what transfer jobs move, is not asked about.
    """
    kinds, graph = _BY_TYPE, world.graph
    found: list[tuple[str, int]] = []
    for edge in range(len(graph)) if nodes is None else graph.touching(nodes):
        type_ = graph.type[edge]
        kind_of = kinds.get(type_)
        if wanted is not None and kind_of is not None:
            source, target = graph.source[edge], graph.target[edge]
            if not (wanted(target, source) if type_ == _READS else wanted(source, target)):
                continue
        kind = kind_of(world, edge) if kind_of is not None else None
        if kind is None:
            continue
        attributes = graph.attributes.get(edge)
        if attributes is None or attributes.get("enabled") is not False:
            found.append((kind, edge))
        if len(found) >= _BATCH:
            world.stop_if_cancelled()
            yield _of_relations(world, records, found)
            found = []
    batch = _of_relations(world, records, found)
    batch += [path for node in _jobs(world, nodes) for path in _transfer_job(world, records, node)]
    for node in range(len(world.flags)) if nodes is None else sorted(nodes):
        if world.flags[node] & INFERENCE:
            batch += _inference(world, records, node)
    for start in range(0, len(batch), _BATCH):
        yield batch[start : start + _BATCH]


def starts_flows(world: World, node: int) -> bool:
    """Whether a flow may start at a node; that none does is certain."""
    out, into = world.graph.types()
    return bool(out[node] & _STARTS or into[node] & 1 << _READS or world.flags[node] & INFERENCE)


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
    parties = [
        graph.source[edge] if graph.type[edge] == _READS else graph.target[edge] for k, edge in found if k == "share"
    ]
    if parties:
        records.fetch(parties)
    batch: list[Path] = []
    for kind, edge in found:
        source, target = graph.source[edge], graph.target[edge]
        if graph.type[edge] == _READS:
            source, target = target, source
        path = Path(kind, source, target, "", world.place(target))
        if kind == "share":
            path.target_place = _party_place(world, path, records.get(target))
        if edge in graph.attributes:
            path.attributes = graph.attributes[edge]
        path.document = graph.evidence[edge]
        batch.append(path)
    return batch


def _of_kind(world: World, kind: str) -> Iterator[int]:
    number = KIND_NUMBER[kind]
    at = world.kinds.find(number)
    while at >= 0:
        yield at
        at = world.kinds.find(number, at + 1)


def _reading(world: World, edge: int) -> str | None:
    if world.graph.attributes.get(edge, {}).get("use") == "files":
        return None  # a name for the data: they are where they are
    kind = world.kind(world.graph.source[edge])
    if kind is None or kind in ("identity", "account", "account.region"):
        reader, data = world.graph.source[edge], world.graph.target[edge]
        return _first_told(world, data, reader, "shared_with", "share")
    if kind == "transfer.job":
        return None
    if kind.startswith("ai.") and kind != "ai.customization":
        return "inference"
    return "training_read"


def _first_told(world: World, source: int, target: int, by: str, kind: str) -> str | None:
    """The kind of a flow, or None where another relation between the same ends tells of that flow."""
    graph = world.graph
    told = (edge for edge in graph.out(source, TYPE_NUMBER[by]) if graph.target[edge] == target)
    return None if any(graph.attributes.get(e, {}).get("enabled") is not False for e in told) else kind


def _writing(world: World, edge: int) -> str | None:
    """A connection of an AI service sends prompts to whatever answers them: inference, wherever that is.

    To a store it only opens the way, as a share does: which data go there, and whether any do, nothing tells.
    """
    graph = world.graph
    kind = world.kind(graph.source[edge])
    if kind == "transfer.job":
        return None
    attributes = graph.attributes.get(edge, {})
    if "connection" in (attributes.get("use"), attributes.get("role")):
        target = graph.target[edge]
        store = world.kinds[target] in STORES or world.estate.uid(target).startswith(_STORE_NAMES)
        by, kind = ("shared_with", "share") if store else ("overflows_to", "inference")
        return _first_told(world, graph.source[edge], target, by, kind)
    return "training_write"


_STORE_NAMES: Final = ("arn:aws:s3:::", "//storage.googleapis.com/", "azure-storage:")


def _data(name: str) -> Callable[[World, int], str | None]:
    def kind_of(world: World, edge: int) -> str | None:
        return None if world.kind(world.graph.source[edge]) in _NOT_DATA else name

    return kind_of


_KIND_OF: Final[dict[str, Callable[[World, int], str | None]]] = {
    "reads": _reading,
    "writes": _writing,
    "replicates_to": _data("replication"),
    "backs_up_to": _data("backup"),
    "deployed_as": _data("deploy"),
    "overflows_to": _data("inference"),
    "shared_with": _data("share"),
    "logs_to": _data("log"),
}
_BY_TYPE: Final = {number: _KIND_OF[name] for number, name in enumerate(TYPES) if name in _KIND_OF}


_STARTS: Final = sum(1 << number for number in _BY_TYPE if number != _READS)
"""Bits of the types of relations that a flow from their source may come from."""


def _party_place(world: World, path: Path, end: Record) -> Place:
    """Where whoever may read sits: the country of the entity that owns the account, by policy."""
    if world.kind(path.target) not in (None, "account"):
        return path.target_place
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
    return [Path("inference", node, -1, f"processing:{asset.uid}", place, (), {}, asset.evidence[:1])]


def named(world: World, batch: Sequence[Path]) -> dict[int, str]:
    """The uids of all ends of some flows, with one question; and likewise the documents that show them."""
    numbers = {path.document for path in batch if path.document != NO_EVIDENCE and not path.evidence}
    if numbers:
        digests = world.estate.digests(numbers)
        for path in batch:
            if path.document in digests:
                path.evidence = (digests[path.document],)
    nodes = {node for path in batch for node in (path.source, path.target) if node >= 0}
    return world.estate.uids(nodes)


def flow_of(world: World, path: Path, names: Mapping[int, str]) -> Flow:
    """The flow as it is handed on; `names` are the uids of nodes."""
    source = names[path.source]
    target = names[path.target] if path.target >= 0 else path.target_uid
    start, end = world.place(path.source), path.target_place
    external = path.target < 0 or world.kind(path.target) is None
    known = world.kind(path.source) is not None
    continuous = path.attributes.get("continuous")
    return Flow(
        id=flow_id(path.kind, source, target, path.via),
        kind=path.kind,
        source=source,
        target=target,
        source_countries=start.get("countries", ()),
        target_countries=end.get("countries", ()),
        source_status=start.get("status", "unknown"),
        target_status=end.get("status", "unknown"),
        data_class=(CLASS_NAMES[world.classes[path.source]] if known else None) or "unclassified",
        via=path.via,
        continuous=True if continuous is None and path.kind == "replication" else continuous,
        external=external and path.target >= 0,
        evidence=path.evidence,
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
