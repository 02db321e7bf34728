"""Below workspaces of Azure Machine Learning: computes, jobs, endpoints, models, data and datastores."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.azure import document_types
from scanners.azure.arm import uid_of
from scanners.azure.live.declare import Collector, Parent, listing
from scanners.azure.live.reach import Reach
from scanners.azure.live.recipes import children
from scanners.coverage import MissedError
from scanners.members import has, member, record, text
from scanners.model import CoverageStatus, Item

_VERSION: Final = "2023-04-01"
_WORKSPACE: Final = "Microsoft.MachineLearningServices/workspaces/{a}"
_T: Final = "microsoft.machinelearningservices/workspaces"
COMPUTES: Final = listing(f"{_WORKSPACE}/computes", _VERSION)
JOBS: Final = listing(f"{_WORKSPACE}/jobs", _VERSION, free=("listViewType",))
ONLINE: Final = listing(f"{_WORKSPACE}/onlineEndpoints", _VERSION)
ONLINE_DEPLOYMENTS: Final = listing(f"{_WORKSPACE}/onlineEndpoints/{{b}}/deployments", _VERSION)
BATCH: Final = listing(f"{_WORKSPACE}/batchEndpoints", _VERSION)
BATCH_DEPLOYMENTS: Final = listing(f"{_WORKSPACE}/batchEndpoints/{{b}}/deployments", _VERSION)
SERVERLESS: Final = listing(f"{_WORKSPACE}/serverlessEndpoints", "2024-04-01")
MODELS: Final = listing(f"{_WORKSPACE}/models", _VERSION)
MODEL_VERSIONS: Final = listing(f"{_WORKSPACE}/models/{{b}}/versions", _VERSION)
DATASTORES: Final = listing(f"{_WORKSPACE}/datastores", _VERSION)
DATA: Final = listing(f"{_WORKSPACE}/data", _VERSION)
DATA_VERSIONS: Final = listing(f"{_WORKSPACE}/data/{{b}}/versions", _VERSION)
MOST_JOBS: Final = 2000
"""Jobs of one workspace that are read: a pipeline that runs hourly leaves tens of thousands."""


def _frame(workspace: Parent) -> dict[str, Any]:
    """Settings of a workspace that hold for what runs in it: a job or compute states neither network nor key."""
    own = record(workspace.document, "properties") or {}
    return {name: own[name] for name in ("managedNetwork", "hbiWorkspace", "encryption") if name in own}


def computes(reach: Reach, workspace: Parent) -> Iterator[Item]:
    """Computes of a workspace."""
    kind = document_types()[f"{_T}/computes"]
    frame = _frame(workspace)
    for entry in _listed(reach, workspace):
        yield from reach.see(kind, {**entry, "workspace": frame}, workspace, by=COMPUTES)


def _listed(reach: Reach, workspace: Parent) -> list[dict[str, Any]]:
    """The computes of a workspace, asked for once: its jobs need them too."""
    key = f"computes:{workspace.uid}"
    return reach.once(key, COMPUTES, lambda: list(reach.documents(COMPUTES, **workspace.slots)))


def _networks(reach: Reach, workspace: Parent) -> dict[str | None, Any]:
    """Compute → the subnet it is in, null where it is in none; those are left out that do not say."""
    try:
        found = _listed(reach, workspace)
    except MissedError:
        return {}
    at = "properties.properties.subnet"
    return {uid_of(text(entry, "id")): member(entry, at) for entry in found if has(entry, at)}


def jobs(reach: Reach, workspace: Parent) -> Iterator[Item]:
    """Jobs, up to a number; where there are more, the coverage says so."""
    kind = document_types()[f"{_T}/jobs"]
    frame = _frame(workspace)
    networks = _networks(reach, workspace)
    for count, entry in enumerate(reach.documents(JOBS, **workspace.slots)):
        if count == MOST_JOBS:
            reach.gap(CoverageStatus.PARTIAL, f"{workspace.name}: {MOST_JOBS:,} jobs were read; it has more.")
            return
        compute = uid_of(text(entry, "properties.computeId"))
        beside = {"compute": {"subnet": networks[compute]}} if compute in networks else {}
        yield from reach.see(kind, {**entry, "workspace": frame, **beside}, workspace, by=JOBS)


def _versions_of_data(reach: Reach, workspace: Parent) -> Iterator[Item]:
    """Data assets by their latest version, which says where the data are."""
    kind = document_types()[f"{_T}/data/versions"]
    for entry in reach.documents(DATA, **workspace.slots):
        identity, name = text(entry, "id"), text(entry, "name")
        if identity is None or name is None:
            continue
        slots = {**workspace.slots, "b": name}
        reach.spawn(lambda r, s=slots: _each_version(r, s, kind, workspace))
    yield from ()


def _each_version(reach: Reach, slots: dict[str, str], kind: Any, workspace: Parent) -> Iterator[Item]:
    for entry in reach.documents(DATA_VERSIONS, **slots):
        yield from reach.see(kind, entry, workspace, by=DATA_VERSIONS)


COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector(
        "machinelearning",
        document_types()[f"{_T}/computes"].kinds,
        _T,
        (COMPUTES,),
        computes,
        types=(document_types()[f"{_T}/computes"],),
    ),
    Collector(
        "machinelearning",
        document_types()[f"{_T}/jobs"].kinds,
        _T,
        (JOBS, COMPUTES),
        jobs,
        types=(document_types()[f"{_T}/jobs"],),
    ),
    children(
        f"{_T}/onlineendpoints",
        ONLINE,
        children(f"{_T}/onlineendpoints/deployments", ONLINE_DEPLOYMENTS),
        shown_by=f"{_T}/onlineendpoints",
    ),
    children(
        f"{_T}/onlineendpoints/deployments",
        ONLINE_DEPLOYMENTS,
        parent=f"{_T}/onlineendpoints",
        shown_by=f"{_T}/onlineendpoints/deployments",
    ),
    children(
        f"{_T}/batchendpoints",
        BATCH,
        children(f"{_T}/batchendpoints/deployments", BATCH_DEPLOYMENTS),
        shown_by=f"{_T}/batchendpoints",
    ),
    children(
        f"{_T}/batchendpoints/deployments",
        BATCH_DEPLOYMENTS,
        parent=f"{_T}/batchendpoints",
        shown_by=f"{_T}/batchendpoints/deployments",
    ),
    children(f"{_T}/serverlessendpoints", SERVERLESS),
    children(f"{_T}/models", MODELS, children(f"{_T}/models/versions", MODEL_VERSIONS)),
    children(f"{_T}/datastores", DATASTORES),
    Collector(
        "machinelearning/data",
        ("storage.bucket",),
        _T,
        (DATA, DATA_VERSIONS),
        _versions_of_data,
        types=(document_types()[f"{_T}/data/versions"],),
    ),
)
