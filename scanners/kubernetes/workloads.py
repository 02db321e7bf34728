"""What trains and what serves: jobs, training operators, and deployments that ask for accelerators."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType, is_written
from scanners.kubernetes.accelerators import asks_unknown, of_pod
from scanners.kubernetes.controlplane import facet_of_cluster, of_flags
from scanners.kubernetes.objects import Describe, Thing, is_name, k8s_type
from scanners.members import date_text, flag, member, number, put, record, records, text, texts
from scanners.model import UNREAD, Asset, Relation
from scanners.references import uid_of

_HASH: Final = re.compile(r"-[a-z0-9]{5,10}$")
_CONFIDENTIAL: Final = ("kata-cc", "kata-qemu-snp", "kata-qemu-tdx", "kata-qemu-sev", "kata-remote")
"""Runtime classes of Confidential Containers and of AKS, whose pods run in encrypted memory."""
_DESCRIBED: Final = frozenset(
    {
        *("Deployment", "StatefulSet", "Job", "CronJob", "Notebook", "TrainJob", "JobSet", "RayCluster", "RayJob"),
        *("RayService", "InferenceService", "PyTorchJob", "MPIJob", "TFJob", "XGBoostJob", "PaddleJob", "JAXJob"),
        "HyperPodPyTorchJob",
    }
)
"""Kinds whose own objects tell of them; what controls a pod otherwise is told by its pods."""
_ENDED: Final = ("Succeeded", "Failed", "Complete", "Completed", "SuccessCriteriaMet")


def pod_members(at: str) -> tuple[str, ...]:
    """What is kept of a pod's specification at this path: never arguments or variables, only addresses in them."""
    kept = [
        f"{at}.{m}" for m in ("nodeName", "nodeSelector", "resourceClaims[].name", "runtimeClassName", "hostNetwork")
    ]
    for part in ("containers", "initContainers"):
        kept += [f"{at}.{part}[].{m}" for m in ("image", "resources.limits", "resources.requests")]
        kept += [f"{at}.{part}[].volumeMounts[].name", f"{at}.{part}[].volumeMounts[].readOnly"]
        kept += [f"arguments:{at}.{part}[].{m}" for m in ("args", "command", "env")]
    kept += [f"{at}.volumes[].{m}" for m in ("name", "persistentVolumeClaim", "nfs", "csi.driver")]
    kept += [f"{at}.volumes[].csi.volumeAttributes.{m}" for m in ("bucketName", "containerName", "storageAccount")]
    return tuple(kept)


def template_members(at: str) -> tuple[str, ...]:
    """The same of a pod template at this path, with its labels."""
    return (f"{at}.metadata.labels", *pod_members(f"{at}.spec"))


def pod_relations(thing: Thing, spec: Any) -> Iterator[Relation]:
    """What a pod reads and writes: addresses in its arguments and variables, and what it mounts."""
    seen: set[tuple[str, str]] = set()
    for part in ("containers", "initContainers"):
        for container in records(spec, part) or []:
            for at in ("args", "command", "env"):
                for entry in records(container, at) or []:
                    name = text(entry, "name") or ""
                    type_ = "writes" if is_written(name) else "reads"
                    for address in texts(entry, "addresses") or []:
                        target = uid_of(address)
                        if target and (type_, target) not in seen:
                            seen.add((type_, target))
                            yield Relation(thing.uid, type_, target, {"argument": name} if name else {})
    for volume in records(spec, "volumes") or []:
        target = _mounted(thing, volume)
        if target and ("reads", target) not in seen:
            seen.add(("reads", target))
            read_only = _read_only(spec, text(volume, "name"))
            yield Relation(thing.uid, "reads", target, {"role": "mount"})
            if read_only is False:
                yield Relation(thing.uid, "writes", target, {"role": "mount"})


def _mounted(thing: Thing, volume: Mapping[str, Any]) -> str | None:
    claim = text(volume, "persistentVolumeClaim.claimName")
    if claim:
        return thing.other("PersistentVolumeClaim", claim)
    server = text(volume, "nfs.server")
    if server:
        return uid_of(f"nfs://{server}/")
    bucket = text(volume, "csi.volumeAttributes.bucketName")
    driver = text(volume, "csi.driver") or ""
    if bucket:
        return uid_of(f"gs://{bucket}" if "gke" in driver else f"s3://{bucket}")
    account = text(volume, "csi.volumeAttributes.storageAccount")
    return f"azure-storage:{account.lower()}" if account else None


def _read_only(spec: Any, name: str | None) -> bool | None:
    """Whether every container mounts the volume read-only; None where none mounts it."""
    found = [
        flag(mount, "readOnly") is True
        for container in records(spec, "containers") or []
        for mount in records(container, "volumeMounts") or []
        if text(mount, "name") == name
    ]
    return all(found) if found else None


def _times(document: Any) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    put(attributes, "started_at", date_text(document, "status.startTime"))
    ended = date_text(document, "status.completionTime") or date_text(document, "status.endTime")
    conditions = [c for c in records(document, "status.conditions") or [] if text(c, "type") in _ENDED]
    done = [c for c in conditions if text(c, "status") == "True"]
    ended = ended or next((t for c in done if (t := date_text(c, "lastTransitionTime"))), None)
    if ended:
        attributes["ended_at"] = ended
    elif record(document, "status") is not None and not done and "started_at" in attributes:
        attributes["ended_at"] = None
    return attributes


def _job(thing: Thing, kind: str, groups: list[tuple[int | None, Any]], always: bool) -> Iterator[Asset | Relation]:
    """A workload of groups of equal pods: (how many, pod specification) of each."""
    asked = [(count, of_pod(spec)) for count, spec in groups]
    known = any(accelerators for _, accelerators in asked)
    claims = any(records(spec, "resourceClaims") for _, spec in groups)  # one may be for several devices, or for none
    unknown = not known and any(asks_unknown(spec) for _, spec in groups)
    if not always and not known and not unknown:
        return
    attributes = _times(thing.document) if kind == "training.job" else {}
    if all(count is not None for count, _ in asked):
        total = sum((count or 0) * each for count, each in asked)
        if not claims and (known or (kind.startswith("training.") and not unknown)):
            attributes["gpu_count"] = total
        if kind == "training.job":
            attributes["node_count"] = sum(count or 0 for count, _ in asked)
    runtimes = {(text(spec, "runtimeClassName") or "") for _, spec in groups}
    if kind == "training.job" and runtimes and all(name.startswith(_CONFIDENTIAL) for name in runtimes):
        attributes["confidential"] = "cpu"
    yield thing.asset(kind, thing.location(), attributes)
    yield Relation(thing.uid, "runs_on", f"k8s://{thing.cluster}")
    for _, spec in groups:
        yield from pod_relations(thing, spec)


def _notebook(thing: Thing) -> Iterator[Asset | Relation]:
    """A Kubeflow notebook: one pod that a person works in; stopped ones keep their object."""
    yield from _job(thing, "training.notebook", [(1, member(thing.document, "spec.template.spec"))], always=True)


def _batch(at: str) -> Describe:
    def describe(thing: Thing) -> Iterator[Asset | Relation]:
        spec = record(thing.document, at)
        pods = number(spec, "parallelism")
        if pods is None and "parallelism" not in (spec or {}):
            pods = 1  # the API's default
        yield from _job(thing, "training.job", [(pods, member(spec, "template.spec"))], always=False)

    return describe


def _serving(thing: Thing) -> Iterator[Asset | Relation]:
    spec = member(thing.document, "spec.template.spec")
    yield from _job(thing, "ai.endpoint", [(number(thing.document, "spec.replicas"), spec)], always=False)


def _pod(thing: Thing) -> Iterator[Asset | Relation]:
    """A pod that asks for accelerators ties its job to a node; one that nobody controls is a job itself."""
    spec = member(thing.document, "spec")
    flags = texts(thing.document, "derived.api_server_flags")
    if flags is not None:
        yield facet_of_cluster(thing, of_flags(flags))
    if not matters(spec):
        return
    source = thing.uid
    owner = thing.owner()
    if owner is None:
        yield from _job(thing, "training.job", [(1, spec)], always=True)
    else:
        kind, name = owner
        if kind == "ReplicaSet":
            kind, name = "Deployment", _HASH.sub("", name)
        source = thing.other(kind, name)
        if kind not in _DESCRIBED and is_name(kind) and is_name(name):
            yield from _of_owner(thing, source, kind, name, spec)
    node = text(spec, "nodeName")
    if node:
        yield Relation(source, "runs_on", thing.other("Node", node, ""))


def matters(spec: Any) -> bool:
    """Whether a pod asks for accelerators, or for devices that may be some."""
    return of_pod(spec) > 0 or asks_unknown(spec)


def _of_owner(thing: Thing, uid: str, kind: str, name: str, spec: Any) -> Iterator[Asset | Relation]:
    """What controls a pod and is of a kind that is not read: known by its pods alone, not how many of them."""
    job = thing.asset("training.job", thing.location(), {})
    job.uid, job.native_type, job.name = uid, kind, f"{thing.namespace}/{name}" if thing.namespace else name
    job.tags, job.created_at = UNREAD, None
    yield job
    yield Relation(uid, "runs_on", f"k8s://{thing.cluster}")
    for relation in pod_relations(thing, spec):
        relation.source = uid
        yield relation


def _replicas(at: str) -> Describe:
    """Jobs of the Kubeflow training operator: `spec.pytorchReplicaSpecs.Worker.{replicas, template}`."""

    def describe(thing: Thing) -> Iterator[Asset | Relation]:
        specs = record(thing.document, f"spec.{at}") or {}
        groups = [
            (number(group, "replicas") if number(group, "replicas") is not None else 1, member(group, "template.spec"))
            for group in specs.values()
        ]
        yield from _job(thing, "training.job", groups, always=True)

    return describe


def _train_job(thing: Thing) -> Iterator[Asset | Relation]:
    document = thing.document
    trainer = record(document, "spec.trainer")
    spec = {"containers": [{"resources": record(trainer, "resourcesPerNode") or {}, "args": member(trainer, "args")}]}
    spec["containers"][0]["env"] = member(trainer, "env")
    yield from _job(thing, "training.job", [(number(trainer, "numNodes"), spec)], always=True)
    for part in ("dataset", "model"):
        target = uid_of(text(document, f"spec.initializer.{part}.storageUri") or "")
        if target:
            yield Relation(thing.uid, "reads" if part == "dataset" else "trained_from", target, {"role": part})


def _job_set(thing: Thing) -> Iterator[Asset | Relation]:
    groups: list[tuple[int | None, Any]] = []
    for group in records(thing.document, "spec.replicatedJobs") or []:
        jobs = number(group, "replicas")
        pods = number(group, "template.spec.parallelism")
        count = (1 if jobs is None else jobs) * (1 if pods is None else pods)
        groups.append((count, member(group, "template.spec.template.spec")))
    yield from _job(thing, "training.job", groups, always=True)


def _volcano(thing: Thing) -> Iterator[Asset | Relation]:
    groups = [
        (1 if number(task, "replicas") is None else number(task, "replicas"), member(task, "template.spec"))
        for task in records(thing.document, "spec.tasks") or []
    ]
    yield from _job(thing, "training.job", groups, always=True)


def _ray_groups(spec: Any) -> list[tuple[int | None, Any]]:
    groups: list[tuple[int | None, Any]] = [(1, member(spec, "headGroupSpec.template.spec"))]
    workers = records(spec, "workerGroupSpecs") or []
    return [*groups, *((number(group, "replicas"), member(group, "template.spec")) for group in workers)]


def _ray(at: str, kind: str) -> Describe:
    def describe(thing: Thing) -> Iterator[Asset | Relation]:
        groups = _ray_groups(record(thing.document, at))
        if kind != "compute.cluster":
            yield from _job(thing, kind, groups, always=True)
            name = text(thing.document, "status.rayClusterName")
            if name:
                yield Relation(thing.uid, "runs_on", thing.other("RayCluster", name))
            return
        attributes: dict[str, Any] = {}
        if all(count is not None for count, _ in groups):
            attributes["node_count"] = sum(count or 0 for count, _ in groups)
        yield thing.asset(kind, thing.location(), attributes)  # its accelerators are those of the nodes below
        yield Relation(thing.uid, "runs_on", f"k8s://{thing.cluster}")
        for _, spec in groups:
            yield from pod_relations(thing, spec)

    return describe


def _inference(thing: Thing) -> Iterator[Asset | Relation]:
    """A KServe inference service."""
    yield thing.asset("ai.endpoint", thing.location(), {})
    yield Relation(thing.uid, "runs_on", f"k8s://{thing.cluster}")
    for at in ("storageUri", "model.storageUri"):
        target = uid_of(text(thing.document, f"spec.predictor.{at}") or "")
        if target:
            yield Relation(thing.uid, "reads", target, {"role": "weights"})


_STATUS: Final = ("status.startTime", "status.completionTime", "status.conditions[].type", "status.conditions[].status")
_WHEN: Final = (*_STATUS, "status.conditions[].lastTransitionTime", "status.endTime")
_JOB: Final = ("training.job",)


def _ray_members(at: str) -> tuple[str, ...]:
    return (
        *template_members(f"{at}.headGroupSpec.template"),
        *template_members(f"{at}.workerGroupSpecs[].template"),
        *(f"{at}.workerGroupSpecs[].{m}" for m in ("groupName", "replicas", "minReplicas", "maxReplicas")),
    )


def _kubeflow(kind: str, at: str) -> DocumentType:
    members = (*_WHEN, f"spec.{at}{{}}.replicas", *template_members(f"spec.{at}{{}}.template"))
    return k8s_type(f"kubeflow.org/{kind}", _JOB, members, _replicas(at))


TYPES: tuple[DocumentType, ...] = (
    k8s_type("Pod", _JOB, ("derived.api_server_flags", "status.phase", "status.startTime", *pod_members("spec")), _pod),
    k8s_type(
        "batch/Job",
        _JOB,
        (*_WHEN, "spec.parallelism", "spec.completions", *template_members("spec.template")),
        _batch("spec"),
    ),
    k8s_type(
        "batch/CronJob",
        _JOB,
        ("spec.schedule", "spec.jobTemplate.spec.parallelism", *template_members("spec.jobTemplate.spec.template")),
        _batch("spec.jobTemplate.spec"),
    ),
    *(
        k8s_type(f"apps/{kind}", ("ai.endpoint",), ("spec.replicas", *template_members("spec.template")), _serving)
        for kind in ("Deployment", "StatefulSet")
    ),
    _kubeflow("PyTorchJob", "pytorchReplicaSpecs"),
    _kubeflow("MPIJob", "mpiReplicaSpecs"),
    _kubeflow("TFJob", "tfReplicaSpecs"),
    _kubeflow("XGBoostJob", "xgbReplicaSpecs"),
    _kubeflow("PaddleJob", "paddleReplicaSpecs"),
    _kubeflow("JAXJob", "jaxReplicaSpecs"),
    k8s_type("kubeflow.org/Notebook", ("training.notebook",), template_members("spec.template"), _notebook),
    k8s_type(
        "trainer.kubeflow.org/TrainJob",
        _JOB,
        (
            *_WHEN,
            *("spec.runtimeRef.name", "spec.trainer.numNodes", "spec.trainer.resourcesPerNode", "spec.trainer.image"),
            *("arguments:spec.trainer.args", "arguments:spec.trainer.env", "spec.initializer.dataset.storageUri"),
            "spec.initializer.model.storageUri",
        ),
        _train_job,
    ),
    k8s_type(
        "jobset.x-k8s.io/JobSet",
        _JOB,
        (
            *_WHEN,
            *("spec.replicatedJobs[].name", "spec.replicatedJobs[].replicas"),
            "spec.replicatedJobs[].template.spec.parallelism",
            *template_members("spec.replicatedJobs[].template.spec.template"),
        ),
        _job_set,
    ),
    k8s_type(
        "batch.volcano.sh/Job",
        _JOB,
        (*_WHEN, "spec.queue", "spec.tasks[].replicas", *template_members("spec.tasks[].template")),
        _volcano,
    ),
    k8s_type("ray.io/RayCluster", ("compute.cluster",), _ray_members("spec"), _ray("spec", "compute.cluster")),
    k8s_type(
        "ray.io/RayJob",
        _JOB,
        (*_WHEN, "status.rayClusterName", *_ray_members("spec.rayClusterSpec")),
        _ray("spec.rayClusterSpec", "training.job"),
    ),
    k8s_type(
        "ray.io/RayService",
        ("ai.endpoint",),
        _ray_members("spec.rayClusterConfig"),
        _ray("spec.rayClusterConfig", "ai.endpoint"),
    ),
    k8s_type(
        "serving.kserve.io/InferenceService",
        ("ai.endpoint",),
        ("spec.predictor.storageUri", "spec.predictor.model.storageUri", "status.url"),
        _inference,
    ),
    k8s_type(
        "sagemaker.amazonaws.com/HyperPodPyTorchJob",
        _JOB,
        (*_WHEN, "spec.replicaSpecs[].replicas", *template_members("spec.replicaSpecs[].template")),
        lambda thing: _job(
            thing,
            "training.job",
            [
                (number(r, "replicas"), member(r, "template.spec"))
                for r in records(thing.document, "spec.replicaSpecs") or []
            ],
            always=True,
        ),
    ),
)
