"""Every list that is asked of a cluster, one line each: guard, ClusterRole, connection test and coverage follow.

Groups and versions are those of the projects' own definitions; which of them a cluster serves, discovery says.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from scanners.documents import DocumentType
from scanners.kubernetes import REFUSED, document_types
from scanners.live.rest import Paging, RestGuard, RestOperation, guard_of

HOST: Final = "cluster"
"""Stands for the server of the context in every operation; the door puts the real one in its place."""
PAGE: Final = 500
_PAGING: Final = Paging("query", "metadata.continue", "continue")
_DISCOVERY: Final = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"
)
_ACCEPT: Final = (("accept", _DISCOVERY),)


@dataclass(frozen=True)
class Listing:
    """One list. `group` is "" for the core group; `versions` are tried where discovery says nothing, best first.
    `kinds`: what it shows as assets of its own; `tells`: kinds of which it only says more. `known`: part of every
    cluster, so that it is asked for even where discovery does not name it."""

    group: str
    versions: tuple[str, ...]
    plural: str
    kind: str
    kinds: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    known: bool = False

    @property
    def native(self) -> str:
        """`group/Kind`."""
        return f"{self.group}/{self.kind}" if self.group else self.kind

    @property
    def service(self) -> str:
        """What coverage calls the group."""
        return self.group or "core"

    @cached_property
    def operation(self) -> RestOperation:
        """The request: the whole list over all namespaces, by pages, and never a watch."""
        path = f"/apis/{self.group}/{{version}}/{self.plural}" if self.group else f"/api/{{version}}/{self.plural}"
        name = f"list {self.plural}.{self.group}" if self.group else f"list {self.plural}"
        return RestOperation(
            name, HOST, path, name, free=("limit", "continue"), elements="items", paging=_PAGING, missing=False
        )

    @property
    def operations(self) -> tuple[RestOperation, ...]:
        """All that it may call."""
        return (self.operation, *DISCOVERY)

    @property
    def type(self) -> DocumentType:
        """What its objects yield."""
        return document_types()[self.native]


def _get(name: str, path: str, *, permission: str = "", discovers: bool = False) -> RestOperation:
    return RestOperation(name, HOST, path, permission or name, headers=_ACCEPT if discovers else ())


CORE: Final = _get("get /api", "/api", discovers=True)
GROUPS: Final = _get("get /apis", "/apis", discovers=True)
CORE_RESOURCES: Final = _get("get /api/v1", "/api/{version}")
GROUP_RESOURCES: Final = _get("get /apis/GROUP/VERSION", "/apis/{group}/{version}")
DISCOVERY: Final = (CORE, GROUPS, CORE_RESOURCES, GROUP_RESOURCES)
IDENTITY: Final = _get("get namespaces", "/api/v1/namespaces/kube-system")
"""The namespace `kube-system`: its uid is what names a cluster for as long as it lives."""
NAMESPACES: Final = RestOperation(
    "list namespaces", HOST, "/api/v1/namespaces", "list namespaces", free=("limit", "continue"), elements="items"
)
"""The other way to the same uid, where a login may list namespaces but not get one."""
MAY: Final = RestOperation(
    "create selfsubjectaccessreviews.authorization.k8s.io",
    HOST,
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "create selfsubjectaccessreviews.authorization.k8s.io",
    method="POST",
)
"""The question whether this login may do something; asking changes nothing."""

_JOB: Final = ("training.job",)
_ENDPOINT: Final = ("ai.endpoint",)
_CLUSTER: Final = ("compute.cluster",)


def _built_in(group: str, versions: str, plural: str, kind: str, kinds: tuple[str, ...], *tells: str) -> Listing:
    return Listing(group, tuple(versions.split()), plural, kind, kinds, tells, known=True)


def _added(group: str, versions: str, plural: str, kind: str, kinds: tuple[str, ...], *tells: str) -> Listing:
    return Listing(group, tuple(versions.split()), plural, kind, kinds, tells)


LISTINGS: Final[tuple[Listing, ...]] = (
    _built_in("", "v1", "nodes", "Node", ("compute.instance",)),
    _built_in("", "v1", "services", "Service", (), "ai.endpoint", "training.notebook"),
    _built_in("networking.k8s.io", "v1", "ingresses", "Ingress", (), "ai.endpoint", "training.notebook"),
    _built_in("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", (), "training.job"),
    _built_in("", "v1", "persistentvolumes", "PersistentVolume", ("storage.volume", "storage.filesystem")),
    _built_in("storage.k8s.io", "v1", "storageclasses", "StorageClass", (), "storage.volume"),
    _built_in("", "v1", "pods", "Pod", _JOB),
    _built_in("batch", "v1", "jobs", "Job", _JOB),
    _built_in("batch", "v1 v1beta1", "cronjobs", "CronJob", _JOB),
    _built_in("apps", "v1", "deployments", "Deployment", _ENDPOINT),
    _built_in("apps", "v1", "statefulsets", "StatefulSet", _ENDPOINT),
    _added("resource.k8s.io", "v1 v1beta2 v1beta1", "resourceslices", "ResourceSlice", ("compute.instance",)),
    _added("kubeflow.org", "v1 v1beta1", "pytorchjobs", "PyTorchJob", _JOB),
    _added("kubeflow.org", "v2beta1 v1 v1alpha2", "mpijobs", "MPIJob", _JOB),
    _added("kubeflow.org", "v1", "tfjobs", "TFJob", _JOB),
    _added("kubeflow.org", "v1", "xgboostjobs", "XGBoostJob", _JOB),
    _added("kubeflow.org", "v1", "paddlejobs", "PaddleJob", _JOB),
    _added("kubeflow.org", "v1", "jaxjobs", "JAXJob", _JOB),
    _added("kubeflow.org", "v1 v1beta1", "notebooks", "Notebook", ("training.notebook",)),
    _added("trainer.kubeflow.org", "v1alpha1", "trainjobs", "TrainJob", _JOB),
    _added("jobset.x-k8s.io", "v1alpha2", "jobsets", "JobSet", _JOB),
    _added("batch.volcano.sh", "v1alpha1", "jobs", "Job", _JOB),
    _added("ray.io", "v1 v1alpha1", "rayclusters", "RayCluster", _CLUSTER),
    _added("ray.io", "v1 v1alpha1", "rayjobs", "RayJob", _JOB),
    _added("ray.io", "v1 v1alpha1", "rayservices", "RayService", _ENDPOINT),
    _added("serving.kserve.io", "v1beta1", "inferenceservices", "InferenceService", _ENDPOINT),
    _added("sagemaker.amazonaws.com", "v1", "hyperpodpytorchjobs", "HyperPodPyTorchJob", _JOB),
    _added("kueue.x-k8s.io", "v1beta2 v1beta1", "workloads", "Workload", (), "training.job"),
    _added("kueue.x-k8s.io", "v1beta2 v1beta1", "multikueueclusters", "MultiKueueCluster", _CLUSTER),
    _added("karpenter.sh", "v1 v1beta1", "nodepools", "NodePool", ("compute.nodegroup",)),
    _added("machine.openshift.io", "v1beta1", "machines", "Machine", ("compute.instance",)),
    _added("machine.openshift.io", "v1beta1", "machinesets", "MachineSet", ("compute.nodegroup",)),
    _added("config.openshift.io", "v1", "apiservers", "APIServer", (), "compute.cluster"),
    _added("config.openshift.io", "v1", "infrastructures", "Infrastructure", (), "compute.cluster"),
    _added("snapshot.storage.k8s.io", "v1", "volumesnapshotcontents", "VolumeSnapshotContent", ("storage.snapshot",)),
    _added("crd.projectcalico.org", "v1", "felixconfigurations", "FelixConfiguration", (), "compute.cluster"),
    _added("gateway.networking.k8s.io", "v1 v1beta1", "httproutes", "HTTPRoute", (), "ai.endpoint"),
    _added("gateway.networking.k8s.io", "v1", "grpcroutes", "GRPCRoute", (), "ai.endpoint"),
    _added("route.openshift.io", "v1", "routes", "Route", (), "ai.endpoint"),
)
"""Nodes first: with them the place of the cluster is known."""

ENGINES: Final = (
    "cilium.io",
    "crd.projectcalico.org",
    "policy.networking.k8s.io",
    "projectcalico.org",
    "crd.antrea.io",
)
"""Groups of what decides, besides network policies, who may talk to whom."""


@cache
def operations() -> tuple[RestOperation, ...]:
    """Every request that may be sent to a cluster. Raises ValueError where one could read contents."""
    for listing in LISTINGS:
        if listing.kind in REFUSED:
            raise ValueError(f"{listing.kind} is never read")
    return (IDENTITY, NAMESPACES, MAY, *DISCOVERY, *(listing.operation for listing in LISTINGS))


@cache
def guard() -> RestGuard:
    """The guard that lets through exactly these."""
    return guard_of(operations())
