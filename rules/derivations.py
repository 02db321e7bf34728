"""What is worked out of an asset from catalogue, policy and relations, attribute by attribute.

What cannot be worked out stays absent: a condition that needs it is unknown, and says so.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, cast

from msgspec import UNSET

from rules.graph import CLASS_NAMES, TYPE_NUMBER
from rules.parts import FROM_WHOLE, add_from_whole
from rules.placed import PLACE_LISTS, PLACE_RECORDS, PLACES
from rules.places import Place
from rules.scope import CUSTODY
from rules.world import World
from scanners.model import ATTRIBUTES, Asset, Location, LocationKind

Record = dict[str, Any]
Deriver = Callable[[World, Record, Asset, int], None]

_OF_MACHINES: Final = ATTRIBUTES["node_count"].kinds
_OWN_VENDOR: Final = {"aws": "Amazon", "azure": "Microsoft", "gcp": "Google"}


def moment(value: Any) -> datetime | None:
    """A date of an attribute as a moment without zone (UTC); None if it is none."""
    if isinstance(value, datetime):
        found = value
    else:
        try:
            found = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return None
    if found.tzinfo is not None:
        offset = found.utcoffset()
        found = found.replace(tzinfo=None) - offset if offset is not None else found.replace(tzinfo=None)
    return found


def places(world: World, record: Record, asset: Asset, node: int) -> None:
    """Every attribute that is a place, or holds places, becomes what the catalogue makes of it."""
    provider = asset.provider
    resolve = world.places.of_value
    for name in PLACES[asset.kind]:
        if name in record:
            record[name] = resolve(provider, record[name])
    for name in PLACE_LISTS[asset.kind]:
        value = record.get(name)
        if value:
            record[name] = [resolve(provider, item) for item in value]
    for name in PLACE_RECORDS[asset.kind]:
        value = record.get(name)
        if value:
            record[name] = [
                {**item, "loc": resolve(provider, item["loc"])} if "loc" in item else _linked(world, item)
                for item in value
            ]


def _linked(world: World, item: dict[str, Any]) -> dict[str, Any]:
    """A record that names an asset but not its place: the place is that of the asset, where it was collected."""
    uid = item.get("uid")
    node = world.estate.node(uid) if isinstance(uid, str) else None
    return dict(item) if node is None or world.kind(node) is None else {**item, "loc": world.place(node)}


def _countries(places: list[Any]) -> list[str] | None:
    """All countries of some places; None if one of them is not known."""
    found: set[str] = set()
    for place in places:
        if place is None or place["everywhere"] or "countries" not in place:
            return None
        found.update(place["countries"])
    return sorted(found)


def _countries_of(source: str, name: str) -> Deriver:
    def derive(world: World, record: Record, asset: Asset, node: int) -> None:
        places = record.get(source)
        if name in record or places is None:
            return
        found = _countries(places)
        if found is not None:
            record[name] = found

    return derive


def data_zone(world: World, record: Record) -> Place | None:
    """The data zone that a deployment computes in whose document tells the scope alone: it follows from the country of
    its account, a member state of the Union or the United States. None where the catalogue has no zone for it."""
    country = record["loc"].get("country")
    if record.get("processing_scope") != "zone" or not isinstance(country, str):
        return None
    union = "eu" if country in world.catalogue.countries("EU", world.as_of) else country.lower()
    zone = Location(LocationKind.MULTI_REGION, region=f"datazone@{union}", service="openai")
    place = world.places.of(str(record["provider"]), zone)
    return place if place.get("countries") else None


def _processing(world: World, record: Record, asset: Asset, node: int) -> None:
    if "processing_countries" in record:
        return
    places = record.get("processing_locs")
    if places is None and record.get("processing_scope") == "region":
        places = [record["loc"]]
    elif places is None and (zone := data_zone(world, record)) is not None:
        places = [zone]
    if places:
        found = _countries(places)
        if found is not None:
            record["processing_countries"] = found


def from_whole(world: World, record: Record, asset: Asset, node: int) -> None:
    """What a part of a store does not say and its whole does; places among it are still to be resolved.

    A store that lets its parts be public is public where one of them is: while some were not read, nobody knows.
    """
    may_be = record.get("public_access") == "possible" and asset.kind == "storage.bucket"
    if may_be and not world.seen.asked((asset.provider, asset.account), (asset.kind,)):
        del record["public_access"]
    if node in world.wholes:
        add_from_whole(record, asset.kind, world.wholes, node)


def _custody(world: World, record: Record, asset: Asset, node: int) -> None:
    """Stated, else by the keys, else that of the store which it is a part of."""
    for _ in range(4):
        if "custody" in record:
            return
        found = None if _by_key(world, record, node, "custody") else world.wholes.of(node)
        node, whole = found or (node, None)
        if whole is None:
            return
        if "custody" in whole.attributes:
            record["custody"] = whole.attributes["custody"]


def _volume_custody(world: World, record: Record, asset: Asset, node: int) -> None:
    if "volume_custody" not in record:
        _by_key(world, record, node, "volume_custody")


def _by_key(world: World, record: Record, node: int, name: str) -> bool:
    """Custody of the weakest key that a thing is encrypted by; absent while one of the keys was not read. Whether there
    are keys."""
    keys = world.graph.targets(node, "encrypted_by")
    if keys:
        weakest = world.custody[keys[0]] if len(keys) == 1 else min(world.custody[key] for key in keys)
        if weakest:
            record[name] = CUSTODY[weakest - 1]
    return bool(keys)


def _accelerators(world: World, record: Record, asset: Asset, node: int) -> None:
    machine = record.get("instance_type")
    if not isinstance(machine, str):
        return
    # A cluster shows none where the driver is not installed yet: the type of the machine then tells the hardware.
    if not record.get("gpu_count"):
        count = world.catalogue.gpu_count(asset.provider, machine)
        if count is not None and (count or "gpu_count" not in record):
            machines = record.get("node_count")  # what the type has is of one machine; the attribute is of the whole
            # a group that has no machine now, or a plan for machines, has no accelerator either
            record["gpu_count"] = count * machines if isinstance(machines, int) else count
    if "gpu_model" not in record:
        found = world.catalogue.accelerator(asset.provider, machine)
        if found is not None:
            record["gpu_model"] = found.model
        elif record.get("gpu_count") == 0:
            record["gpu_model"] = None


def _hours(world: World, record: Record, asset: Asset, node: int) -> None:
    if "accelerator_hours" in record:
        return
    _accelerators(world, record, asset, node)
    count, start = record.get("gpu_count"), moment(record.get("started_at"))
    if count is None or start is None or "ended_at" not in record:
        return
    if count and not asset.attributes.get("gpu_count") and "node_count" not in record and asset.kind in _OF_MACHINES:
        return  # so many are in one machine, and on how many it ran was not read
    end = moment(record["ended_at"]) if record["ended_at"] else datetime.combine(world.as_of, datetime.min.time())
    if end is None or (record["ended_at"] and end < start):
        return  # two clocks that disagree do not say how long it took
    record["accelerator_hours"] = max(0.0, (end - start).total_seconds() / 3600) * count


def _made(world: World, node: int) -> str | None:
    """The uid of the model that a training job makes, by the relations of either; None where none is known."""
    graph = world.graph
    made = [n for n in graph.targets(node, "writes") if world.kind(n) == "ai.model"]
    made += [n for n in graph.sources(node, "trained_from") if world.kind(n) == "ai.model"]
    return min((world.estate.uid(n) for n in made), default=None) if made else None


def _model(world: World, record: Record, asset: Asset, node: int) -> None:
    """The model that a job makes, where its own document names none, by the relations between them."""
    if asset.kind == "training.job" and "model" not in record and (made := _made(world, node)) is not None:
        record["model"] = made


def _physical(world: World, record: Record, asset: Asset, node: int) -> None:
    place = record["loc"]
    if "physical_country" in record or place["evidence"] == "metadata_only":
        return
    if place["evidence"] == "declared" or place["kind"] == "on_prem":
        country = record["loc"].get("country")
        if country is not None:
            record["physical_country"] = country


def _served(world: World, record: Record, asset: Asset, node: int) -> None:
    """Who made the model that an endpoint serves, where its own document does not say: what its models state alike."""
    if asset.kind != "ai.endpoint" or "model_vendor" in record:
        return
    models = world.graph.sources(node, "deployed_as")
    found = world.estate.some(models) if models else {}
    vendors = {one.attributes.get("model_vendor") for one in found.values()}
    if len(found) == len(set(models)) and len(vendors) == 1 and isinstance(vendor := vendors.pop(), str):
        record["model_vendor"] = vendor


def _spelling(world: World, record: Record, asset: Asset, node: int) -> None:
    """The maker of a model as the organisation's list of processors spells it."""
    stated, processors = record.get("model_vendor"), world.policy.processors
    if isinstance(stated, str) and processors is not UNSET:
        listed = (p.vendor for p in processors if p.vendor and p.vendor.casefold() == stated.casefold())
        record["model_vendor"] = min(listed, default=stated)


def _vendor(world: World, record: Record, asset: Asset, node: int) -> None:
    own = _OWN_VENDOR.get(asset.provider)
    if own is None or "provider_vendor" in record:
        return
    # In the spelling of the model's vendor where that is the cloud itself (`amazon`, `Amazon`), so that they compare.
    stated = record.get("model_vendor")
    record["provider_vendor"] = stated if isinstance(stated, str) and stated.casefold() == own.casefold() else own


_PASSING: Final = ("checkpoint", "staging", "scratch", "cache")


def _role(world: World, record: Record, asset: Asset, node: int) -> None:
    """What data serve for: by tag or policy, else by the relation that writes them."""
    if record.get("role"):
        return
    graph = world.graph
    edges = graph.into(node, TYPE_NUMBER["writes"])
    stated = {str(role) for edge in edges if (role := graph.attributes.get(edge, {}).get("role"))}
    if stated:
        # Of several what passes: it is to be deleted soon, and lies where it is written.
        record["role"] = next((role for role in _PASSING if role in stated), min(stated))
        return
    if any(world.kind(s) == "log.trail" for s in graph.sources(node, "logs_to")):
        record["role"] = "audit_sink"


def _producer(world: World, record: Record, asset: Asset, node: int) -> None:
    """Days since the last job that wrote it ended; 0 while one runs; absent if one of them does not tell."""
    writers = world.graph.sources(node, "writes")
    if "producer_ended_days" in record or not writers:
        return
    known = world.tables.ended
    days: list[int] = []
    for writer in writers:
        if writer not in known:
            return
        ended = moment(known[writer]) if known[writer] else None
        days.append(0 if ended is None else max(0, (world.as_of - ended.date()).days))
    record["producer_ended_days"] = min(days)


def _transfer(world: World, record: Record, asset: Asset, node: int) -> None:
    """Sources and stations of a transfer job, its destination among the stations."""
    graph = world.graph
    read, written = graph.targets(node, "reads"), graph.targets(node, "writes")
    if len(read) > 1 or len(written) > 1:  # in one order, whichever relation was read first
        names = world.estate.uids({*read, *written})
        read, written = sorted(read, key=names.__getitem__), sorted(written, key=names.__getitem__)
    if "sources" not in record and read:
        record["sources"] = [_end(world, n) for n in read]
    hops = record.get("hops")
    if written and (hops is None or isinstance(hops, list)):
        # Without a list of agents and intermediate stores something may be missing: the empty record stands for it.
        record["hops"] = [*(hops or ()), *(_end(world, n) for n in written), *(() if hops is not None else ({},))]


def _end(world: World, node: int) -> dict[str, Any]:
    found: dict[str, Any] = {"uid": world.estate.uid(node), "loc": world.place(node), "@n": node}
    name = CLASS_NAMES[world.classes[node]] if world.kind(node) is not None else None
    if name is not None:
        found["dc"] = name
    return found


def owner(world: World, record: Record, asset: Asset, node: int) -> None:
    """Whose an account is, by policy."""
    record.setdefault("id", asset.account)
    found = world.owners.get(asset.account.casefold())
    if found is not None:
        record.setdefault("owner_entity", found.entity)
        record.setdefault("owner_country", found.country)


def _fits(pattern: str, manager: str) -> bool:
    head, star, tail = pattern.partition("*")
    fits = manager.startswith(head) and manager.endswith(tail) and len(manager) >= len(head) + len(tail)
    return fits if star else manager == head


def _key_operator(world: World, record: Record, asset: Asset, node: int) -> None:
    operators = world.policy.key_operators
    if operators is UNSET or "key_operator" in record or "key_manager" not in record:
        return
    manager = str(record["key_manager"] or "").casefold()
    fitting = [operator for operator in operators if _fits(operator.match.casefold(), manager)]
    # The pattern that says most counts; of two that say as much, the graver operator.
    best = min(fitting, key=lambda o: (-len(o.match), "*" in o.match, not o.owner_third_country, o.name), default=None)
    record["key_operator"] = best and {
        "name": best.name,
        "country": best.country,
        "owner_third_country": best.owner_third_country,
    }


def _guarded(world: World, record: Record, asset: Asset, node: int) -> None:
    regions: Any = record.get("allowed_regions")
    if "allowed_countries" in record or not isinstance(regions, list):
        return
    places = [
        world.places.of(asset.provider, Location(LocationKind.REGION, region=str(r)))
        for r in cast("list[Any]", regions)
    ]
    found = _countries(places)
    if found is not None:
        record["allowed_countries"] = found


OF_WHOLE: Final = (*FROM_WHOLE, "public_access")
"""Attributes that `from_whole` gives."""

_GUARDRAIL: Final = _countries_of("guardrail_locs", "guardrail_countries")
_REPLICAS: Final = _countries_of("replica_locs", "replica_countries")

DERIVERS: Final[tuple[tuple[tuple[str, ...], Deriver], ...]] = (
    (("processing_countries",), _processing),
    (("guardrail_countries",), _GUARDRAIL),
    (("replica_countries",), _REPLICAS),
    (("custody",), _custody),
    (("volume_custody",), _volume_custody),
    (("gpu_count", "gpu_model"), _accelerators),
    (("accelerator_hours",), _hours),
    (("model",), _model),
    (("physical_country",), _physical),
    (("model_vendor",), _served),
    (("model_vendor",), _spelling),
    (("provider_vendor",), _vendor),
    (("role",), _role),
    (("producer_ended_days",), _producer),
    (("sources", "hops"), _transfer),
    (("owner_entity", "owner_country", "id"), owner),
    (("key_operator",), _key_operator),
    (("allowed_countries",), _guarded),
)
"""Attributes → what works them out, in order: later ones may use earlier ones."""


RELATIONS: Final[dict[Deriver, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    _model: (("writes",), ("trained_from",)),
    _served: ((), ("deployed_as",)),
    _role: ((), ("writes", "logs_to")),
    _producer: ((), ("writes",)),
    _transfer: (("reads", "writes"), ()),
}
"""What works something out by relations that leave an asset and lead to it, and their types; beside `encrypted_by`,
of which the custody of the keys is all that matters."""


_MACHINES: Final = ("instance_type", "gpu_count", "gpu_model", "node_count")

READS: Final[dict[Deriver, tuple[str, ...]]] = {
    from_whole: ("public_access",),
    places: (),
    _processing: ("processing_countries", "processing_locs", "processing_scope"),
    _GUARDRAIL: ("guardrail_countries", "guardrail_locs"),
    _REPLICAS: ("replica_countries", "replica_locs"),
    _custody: ("custody",),
    _volume_custody: ("volume_custody",),
    _accelerators: _MACHINES,
    _hours: (*_MACHINES, "accelerator_hours", "started_at", "ended_at"),
    _model: ("model",),
    _physical: ("physical_country",),
    _served: ("model_vendor",),
    _spelling: ("model_vendor",),
    _vendor: ("model_vendor", "provider_vendor"),
    _role: ("role",),
    _producer: ("producer_ended_days",),
    _transfer: ("sources", "hops"),
    owner: ("id", "owner_entity", "owner_country"),
    _key_operator: ("key_operator", "key_manager"),
    _guarded: ("allowed_countries", "allowed_regions"),
}
"""The attributes that something is worked out from; of a part of a store, those of the store beside."""

OF_PLACE: Final = frozenset({_processing, _physical})
"""What works something out from where an asset lies."""
