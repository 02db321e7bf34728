"""Vertex AI by its own interface: one host for each region, and no list over all of them.

The regions are those that Vertex AI names for the project; where it names none, those of the table below. `global`
holds tuning jobs, endpoints and caches of its own.
"""

from collections.abc import Iterator
from typing import Any, Final

from scanners.coverage import MissedError
from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, get, listing
from scanners.gcp.live.reach import GcpReach
from scanners.live.reach import UNREAD
from scanners.live.rest import RestOperation
from scanners.members import text
from scanners.model import Item

_API: Final = "aiplatform.googleapis.com"
_REGIONAL: Final = "{location}-aiplatform.googleapis.com"
PLACES: Final = listing(
    "aiplatform.locations.list", _API, "/v1/projects/{project}/locations", "locations", size=("pageSize", 100)
)
CACHE: Final = get(
    "aiplatform.cacheConfig.get",
    _API,
    "/v1/projects/{project}/cacheConfig",
    "aiplatform.cacheConfigs.get",
    missing=True,
)

_TABLE: Final = (
    *("africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2"),
    *("asia-northeast3", "asia-south1", "asia-southeast1", "asia-southeast2", "australia-southeast1"),
    *("australia-southeast2", "europe-central2", "europe-north1", "europe-southwest1", "europe-west1"),
    *("europe-west2", "europe-west3", "europe-west4", "europe-west6", "europe-west8"),
    *("europe-west9", "europe-west12", "me-central1", "me-central2", "me-west1"),
    *("northamerica-northeast1", "northamerica-northeast2", "southamerica-east1", "southamerica-west1", "us-central1"),
    *("us-east1", "us-east4", "us-east5", "us-south1", "us-west1"),
    *("us-west2", "us-west3", "us-west4"),
)
"""Regions with an endpoint of their own in the interface's discovery document, for where nobody lists them."""

_SILENT: Final = (
    ("TuningJob", "tuningJobs"),
    ("NotebookRuntime", "notebookRuntimes"),
    ("PersistentResource", "persistentResources"),
    ("FeatureOnlineStore", "featureOnlineStores"),
    ("RagCorpus", "ragCorpora"),
    ("ReasoningEngine", "reasoningEngines"),
    ("CachedContent", "cachedContents"),
    ("DeploymentResourcePool", "deploymentResourcePools"),
)
_SHOWN: Final = (
    ("CustomJob", "customJobs"),
    ("HyperparameterTuningJob", "hyperparameterTuningJobs"),
    ("TrainingPipeline", "trainingPipelines"),
    ("BatchPredictionJob", "batchPredictionJobs"),
    ("PipelineJob", "pipelineJobs"),
    ("Endpoint", "endpoints"),
    ("Model", "models"),
    ("Dataset", "datasets"),
    ("Featurestore", "featurestores"),
    ("Index", "indexes"),
    ("IndexEndpoint", "indexEndpoints"),
    ("MetadataStore", "metadataStores"),
    ("Tensorboard", "tensorboards"),
)
_GLOBAL: Final = frozenset({"TuningJob", "Endpoint", "CachedContent", "BatchPredictionJob"})


def _operation(collection: str, host: str) -> RestOperation:
    suffix = " global" if host == _API else ""
    place = "global" if host == _API else "{location}"
    return listing(
        f"aiplatform.{collection}.list{suffix}",
        host,
        f"/v1/projects/{{project}}/locations/{place}/{collection}",
        collection,
        f"aiplatform.{collection}.list",
        size=("pageSize", 100),
    )


def _collector(names: tuple[tuple[str, str], ...], silent: bool) -> tuple[Collector, ...]:
    """One collector for each type, so that coverage tells them apart; all of them share the list of regions."""
    return tuple(_one(type_, collection, silent) for type_, collection in names)


def _one(type_: str, collection: str, silent: bool) -> Collector:
    kind = document_types()[f"{_API}/{type_}"]
    regional = _operation(collection, _REGIONAL)
    worldwide = _operation(collection, _API) if type_ in _GLOBAL else None

    def run(reach: GcpReach) -> Iterator[Item]:
        for region in _regions(reach):
            reach.in_place(region, lambda r, at=region: told(r, regional, at))
        if worldwide is not None:
            reach.in_place("global", lambda r, operation=worldwide: told(r, operation, "global"))
        yield from ()

    def told(reach: GcpReach, operation: RestOperation, location: str) -> Iterator[Item]:
        for body in reach.each(operation, location=location):
            yield from reach.see(kind.native_type, body, operation)

    operations = (regional, PLACES, *((worldwide,) if worldwide else ()))
    # What the inventory never shows has a cell of its own: it can be switched off where the inventory is not.
    service = f"{kind.service}.{collection}" if silent else kind.service
    return Collector(service, kind.kinds, operations, run, _API, silent=silent, regional=True, types=(kind,))


def _regions(reach: GcpReach) -> tuple[str, ...]:
    """Regions of Vertex AI: asked once for the connection, as every project has the same."""
    with reach.known.vertex_lock:
        if reach.known.vertex is None:
            found: set[str] = set()
            try:
                for page in reach.quietly(PLACES) or ():
                    for entry in reach.objects(PLACES, page):
                        place = text(entry, "locationId") or (text(entry, "name") or "").rpartition("/")[2]
                        found.add(place)
            except MissedError:
                found = set()
            found -= {"", "global"}
            reach.known.vertex = tuple(sorted(found)) or _TABLE
    return reach.known.vertex


COLLECTORS: Final[tuple[Collector, ...]] = (*_collector(_SILENT, True), *_collector(_SHOWN, False))

WAITING: Final = ()


def cache_config(reach: GcpReach) -> dict[str, Any] | None:
    """Whether prompts of the project are cached; None where that is not set or was not answered."""
    found = reach.maybe(CACHE)
    return None if found is UNREAD else found
