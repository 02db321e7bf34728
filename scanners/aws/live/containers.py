"""Amazon EKS, ECS, EMR and AWS Batch, live (rows B8, B9, B11 to B14 and K6 of the collection plan)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.emr import TYPES as EMR
from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import described, description, listed
from scanners.aws.workloads import NEURON_DEVICE, TYPES
from scanners.coverage import MissedError
from scanners.members import records, text
from scanners.model import Item

_GONE: Final = ("ResourceNotFoundException",)
CLUSTERS: Final = pages("eks", "ListClusters", "clusters", page=100)
CLUSTER: Final = op("eks", "DescribeCluster", none=_GONE)
NODEGROUPS: Final = pages("eks", "ListNodegroups", "nodegroups", page=100)
NODEGROUP: Final = op("eks", "DescribeNodegroup", none=_GONE)
ECS_CLUSTERS: Final = pages("ecs", "ListClusters", "clusterArns", page=100)
ECS_CLUSTER: Final = op("ecs", "DescribeClusters")
TASKS: Final = pages("ecs", "ListTasks", "taskArns", page=100)
TASK: Final = op("ecs", "DescribeTasks")
TASK_DEFINITION: Final = op("ecs", "DescribeTaskDefinition")
ENVIRONMENTS: Final = pages("batch", "DescribeComputeEnvironments", "computeEnvironments", page=100)
QUEUES: Final = pages("batch", "DescribeJobQueues", "jobQueues", page=100)
JOBS: Final = pages("batch", "ListJobs", "jobSummaryList", page=100)
JOB: Final = op("batch", "DescribeJobs")
EMR_CLUSTERS: Final = pages("emr", "ListClusters", "Clusters", action="elasticmapreduce:ListClusters")
EMR_CLUSTER: Final = op("emr", "DescribeCluster", action="elasticmapreduce:DescribeCluster")

_ALL: Final = document_types()
_ECS: Final = _ALL["AWS::ECS::Cluster"]
_GROUP, _DEFINITION, _JOB, _QUEUE = TYPES
_STATES: Final = ("RUNNING", "SUCCEEDED", "FAILED")
_ACCELERATORS: Final = frozenset({"GPU", "NeuronDevice"})


def hundreds(found: Iterable[Any]) -> Iterator[list[Any]]:
    """The elements in lists of at most a hundred, which is what most descriptions take."""
    rest = iter(found)
    while some := list(islice(rest, 100)):
        yield some


def node_groups(reach: Reach) -> Iterator[Item]:
    """The node groups of every cluster."""
    for cluster in reach.listed(CLUSTERS):
        reach.spawn(lambda r, c=str(cluster): _groups_of(r, c))
    yield from ()


def _groups_of(reach: Reach, cluster: str) -> Iterator[Item]:
    for name in reach.each(NODEGROUPS, clusterName=cluster):
        parameters = {"clusterName": cluster, "nodegroupName": str(name)}
        yield from description(reach, name, _GROUP, NODEGROUPS, NODEGROUP, parameters, take="nodegroup")


def ecs_clusters(reach: Reach) -> Iterator[Item]:
    """Clusters for containers, described a hundred at a time."""
    for some in hundreds(reach.listed(ECS_CLUSTERS)):
        answer = reach.call(ECS_CLUSTER, clusters=some, include=["CONFIGURATIONS", "TAGS"])
        for document in answer.get("clusters", ()):
            yield from reach.see(_ECS, document, by=ECS_CLUSTER)


def tasks(reach: Reach) -> Iterator[Item]:
    """What the running tasks run, where that asks for accelerators."""
    running: dict[str, list[str]] = defaultdict(list)
    for cluster in reach.listed(ECS_CLUSTERS):
        for some in hundreds(reach.each(TASKS, cluster=cluster)):
            for task in reach.call(TASK, cluster=cluster, tasks=some).get("tasks", ()):
                running[str(task["taskDefinitionArn"])].append(str(cluster))
    for arn, clusters in running.items():
        try:
            answer = reach.call(TASK_DEFINITION, taskDefinition=arn, include=["TAGS"])
        except MissedError:
            continue
        document: dict[str, Any] = {**answer["taskDefinition"], "tags": answer.get("tags", [])}
        if _accelerated(document):
            document["Clusters"] = sorted(set(clusters))
            document["RunningTasks"] = len(clusters)
            yield from reach.see(_DEFINITION, document, by=TASK_DEFINITION)


def _accelerated(definition: dict[str, Any]) -> bool:
    for container in records(definition, "containerDefinitions") or []:
        needs = records(container, "resourceRequirements") or []
        devices = records(container, "linuxParameters.devices") or []
        given = any((text(device, "hostPath") or "").startswith(NEURON_DEVICE) for device in devices)
        if given or any(text(need, "type") in _ACCELERATORS for need in needs):
            return True
    return False


def jobs(reach: Reach) -> Iterator[Item]:
    """Jobs that run, and those that ended lately: AWS Batch forgets them after some days."""
    for queue in reach.listed(QUEUES):
        name = str(queue["jobQueueArn"])
        if queue.get("jobQueueType", "").startswith("SAGEMAKER"):
            continue  # jobs of such queues are of another sort
        for state in _STATES:
            reach.spawn(lambda r, q=name, s=state: _jobs_of(r, q, s))
    yield from ()


def _jobs_of(reach: Reach, queue: str, state: str) -> Iterator[Item]:
    found = (str(entry["jobId"]) for entry in reach.each(JOBS, jobQueue=queue, jobStatus=state))
    for some in hundreds(found):
        for document in reach.call(JOB, jobs=some).get("jobs", ()):
            yield from reach.see(_JOB, document, by=JOB)


COLLECTORS: Final = (
    described(
        _ALL["AWS::EKS::Cluster"], CLUSTERS, CLUSTER, "name", take="cluster", shared=True,
    ),
    Collector("eks", _GROUP.kinds, (CLUSTERS, NODEGROUPS, NODEGROUP), node_groups, types=(_GROUP,)),
    Collector("ecs", _ECS.kinds, (ECS_CLUSTERS, ECS_CLUSTER), ecs_clusters, types=(_ECS,)),
    Collector(
        "ecs", _DEFINITION.kinds, (ECS_CLUSTERS, TASKS, TASK, TASK_DEFINITION), tasks, types=(_DEFINITION,)
    ),
    listed(_ALL["AWS::Batch::ComputeEnvironment"], ENVIRONMENTS),
    listed(_QUEUE, QUEUES, shared=True),
    described(
        EMR[0], EMR_CLUSTERS, EMR_CLUSTER, "ClusterId", "Id", take="Cluster",
        ClusterStates=["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"],
    ),
    Collector("batch", _JOB.kinds, (QUEUES, JOBS, JOB), jobs, types=(_JOB,)),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
