"""Parts of clusters for containers, live (rows B9 to B11 and B14 of the collection plan)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from scanners.aws.cluster_parts import CLUSTER_ACCESS, CONTAINER_INSTANCE, FARGATE_PROFILE, SERVICE_JOB
from scanners.aws.live.containers import CLUSTERS, ECS_CLUSTERS, QUEUES, hundreds
from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import description
from scanners.coverage import MissedError
from scanners.members import text
from scanners.model import Item

_GONE: Final = ("ResourceNotFoundException",)
_OLD: Final = (*_GONE, "InvalidRequestException")
"""A cluster that knows its people by a map of its own answers so: it has no entries."""

ENTRIES: Final = pages("eks", "ListAccessEntries", "accessEntries", page=100, none=_OLD)
PODS: Final = pages("eks", "ListPodIdentityAssociations", "associations", page=100, none=_GONE)
POD: Final = op("eks", "DescribePodIdentityAssociation", none=_GONE)
PROFILES: Final = pages("eks", "ListFargateProfiles", "fargateProfileNames", page=100, none=_GONE)
PROFILE: Final = op("eks", "DescribeFargateProfile", none=_GONE)
MACHINES: Final = pages("ecs", "ListContainerInstances", "containerInstanceArns", page=100)
MACHINE: Final = op("ecs", "DescribeContainerInstances")
SERVICE_JOBS: Final = pages("batch", "ListServiceJobs", "jobSummaryList", page=100)

_STATES: Final = ("RUNNING", "SUCCEEDED", "FAILED")


def accesses(reach: Reach) -> Iterator[Item]:
    """Who may act in each cluster, and as which roles what runs there acts."""
    for cluster in reach.listed(CLUSTERS):
        reach.spawn(lambda r, c=str(cluster): _access(r, c))
    yield from ()


def _access(reach: Reach, cluster: str) -> Iterator[Item]:
    document: dict[str, Any] = {"Cluster": cluster}
    with suppress(MissedError):
        document["Principals"] = [str(arn) for arn in reach.each(ENTRIES, clusterName=cluster)]
    with suppress(MissedError):
        roles: set[str] = set()
        for entry in reach.each(PODS, clusterName=cluster):
            answer = reach.answer(POD, clusterName=cluster, associationId=entry["associationId"])
            found = None if answer is None else answer.get("association")
            roles |= {role for m in ("roleArn", "targetRoleArn") if (role := text(found, m)) is not None}
        document["PodRoles"] = sorted(roles)
    yield from reach.see(CLUSTER_ACCESS, document, by=ENTRIES)


def profiles(reach: Reach) -> Iterator[Item]:
    """Fargate profiles of every cluster."""
    for cluster in reach.listed(CLUSTERS):
        for name in reach.each(PROFILES, clusterName=cluster):
            parameters = {"clusterName": cluster, "fargateProfileName": name}
            yield from description(reach, name, FARGATE_PROFILE, PROFILES, PROFILE, parameters, take="fargateProfile")


def machines(reach: Reach) -> Iterator[Item]:
    """Machines of every cluster of ECS, described a hundred at a time."""
    for cluster in reach.listed(ECS_CLUSTERS):
        for some in hundreds(reach.each(MACHINES, cluster=cluster)):
            answer = reach.call(MACHINE, cluster=cluster, containerInstances=some, include=["TAGS"])
            for document in answer.get("containerInstances", ()):
                yield from reach.see(CONTAINER_INSTANCE, {**document, "Cluster": cluster}, by=MACHINE)


def service_jobs(reach: Reach) -> Iterator[Item]:
    """Jobs of queues that only start training jobs."""
    for queue in reach.listed(QUEUES):
        if str(queue.get("jobQueueType", "")).startswith("SAGEMAKER"):
            for state in _STATES:
                for document in reach.each(SERVICE_JOBS, jobQueue=queue["jobQueueArn"], jobStatus=state):
                    yield from reach.see(SERVICE_JOB, document, by=SERVICE_JOBS)


COLLECTORS: Final = (
    Collector("eks", CLUSTER_ACCESS.kinds, (CLUSTERS, ENTRIES, PODS, POD), accesses, types=(CLUSTER_ACCESS,)),
    Collector("eks", FARGATE_PROFILE.kinds, (CLUSTERS, PROFILES, PROFILE), profiles, types=(FARGATE_PROFILE,)),
    Collector(
        "ecs", CONTAINER_INSTANCE.kinds, (ECS_CLUSTERS, MACHINES, MACHINE), machines, types=(CONTAINER_INSTANCE,)
    ),
    Collector("batch", SERVICE_JOB.kinds, (QUEUES, SERVICE_JOBS), service_jobs, types=(SERVICE_JOB,)),
)

WAITING: Final[tuple[Waiting, ...]] = ()
