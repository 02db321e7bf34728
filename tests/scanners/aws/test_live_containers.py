"""EKS, ECS and Batch, live."""

from pathlib import Path
from typing import Any

import pytest
from simulated_aws import DENIED, denied, play, recorded

from scanners.aws.live.containers import COLLECTORS

ECS = "arn:aws:ecs:eu-central-1:111122223333"
BATCH = "arn:aws:batch:eu-central-1:111122223333"


def test_clusters_of_kubernetes_and_their_groups_of_machines() -> None:
    arn = "arn:aws:eks:eu-central-1:111122223333:cluster/k"

    def group(parameters: dict[str, Any]) -> dict[str, Any]:
        name = parameters["nodegroupName"]
        return {
            "nodegroup": {
                "nodegroupName": name,
                "clusterName": "k",
                "nodegroupArn": f"arn:aws:eks:eu-central-1:111122223333:nodegroup/k/{name}/1",
                "instanceTypes": ["p5.48xlarge"],
                "scalingConfig": {"desiredSize": 8},
                "subnets": ["subnet-1"],
            }
        }

    answers: dict[str, Any] = {
        "eks.ListClusters": {"clusters": ["k"]},
        "eks.DescribeCluster": {
            "cluster": {"name": "k", "arn": arn, "resourcesVpcConfig": {"endpointPublicAccess": True, "vpcId": "vpc-1"}}
        },
        "eks.ListNodegroups": [{"nodegroups": ["gpu"]}, {"nodegroups": ["cpu"]}],
        "eks.DescribeNodegroup": group,
    }
    run = play(COLLECTORS, answers)
    assert run.assets[arn].attributes["api_public"] is True
    groups = [a for a in run.assets.values() if a.kind == "compute.nodegroup"]
    assert sorted(g.name for g in groups) == ["cpu", "gpu"]
    assert {g.attributes["node_count"] for g in groups} == {8}
    assert ("member_of", arn) in run.relations(groups[0].uid)
    part = play(COLLECTORS, {**answers, "eks.DescribeNodegroup": DENIED})
    assert part.statuses()["compute.nodegroup"] == "partial"


def test_running_tasks_on_accelerators_and_what_they_reach() -> None:
    def definition(parameters: dict[str, Any]) -> dict[str, Any]:
        needs = [{"type": "GPU", "value": "4"}] if "gpu" in parameters["taskDefinition"] else []
        return {
            "taskDefinition": {
                "taskDefinitionArn": parameters["taskDefinition"],
                "containerDefinitions": [
                    {
                        "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/trainer@sha256:1",
                        "resourceRequirements": needs,
                        "environment": [
                            {"name": "OUTPUT_DIR", "value": "s3://out-b/x"},
                            {"name": "DB_PASSWORD", "value": "hunter2"},
                        ],
                        "command": ["--data", "s3://in-b/x"],
                    }
                ],
                "volumes": [{"efsVolumeConfiguration": {"fileSystemId": "fs-1"}}],
            }
        }

    answers: dict[str, Any] = {
        "ecs.ListClusters": {"clusterArns": [f"{ECS}:cluster/c"]},
        "ecs.DescribeClusters": {"clusters": [{"clusterName": "c", "clusterArn": f"{ECS}:cluster/c"}]},
        "ecs.ListTasks": {"taskArns": ["a", "b", "c"]},
        "ecs.DescribeTasks": {
            "tasks": [
                {"taskDefinitionArn": f"{ECS}:task-definition/gpu:1"},
                {"taskDefinitionArn": f"{ECS}:task-definition/gpu:1"},
                {"taskDefinitionArn": f"{ECS}:task-definition/web:1"},
            ]
        },
        "ecs.DescribeTaskDefinition": definition,
    }
    run = play(COLLECTORS, answers)
    job = run.only("training.job")
    assert job.attributes["gpu_count"] == 8
    assert run.relations(job.uid) == {
        ("runs_on", f"{ECS}:cluster/c"),
        ("reads", "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-1"),
        ("writes", "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-1"),
        ("reads", "arn:aws:ecr:eu-west-1:111122223333:repository/team/trainer"),
        ("writes", "arn:aws:s3:::out-b"),
        ("reads", "arn:aws:s3:::in-b"),
    }
    assert "hunter2" not in run.kept


def test_batch_jobs_of_every_queue_and_state() -> None:
    def listed(parameters: dict[str, Any]) -> dict[str, Any]:
        found = {"RUNNING": "r", "SUCCEEDED": "s"}.get(parameters["jobStatus"])
        return {"jobSummaryList": [{"jobId": found, "jobName": found}] if found else []}

    def described(parameters: dict[str, Any]) -> dict[str, Any]:
        (name,) = parameters["jobs"]
        return {
            "jobs": [
                {
                    "jobArn": f"{BATCH}:job/{name}",
                    "jobName": name,
                    "jobId": name,
                    "jobDefinition": "d",
                    "jobQueue": f"{BATCH}:job-queue/q",
                    "status": "RUNNING" if name == "r" else "SUCCEEDED",
                    "startedAt": 1767225600000,
                    "container": {
                        "resourceRequirements": [{"type": "GPU", "value": "2"}],
                        "environment": [{"name": "TRAIN_DATA", "value": "s3://tumours/x"}],
                    },
                }
            ]
        }

    queue = {"jobQueueName": "q", "jobQueueArn": f"{BATCH}:job-queue/q", "state": "ENABLED", "status": "VALID"}
    order = {"priority": 1, "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": f"{BATCH}:ce/e"}]}
    answers: dict[str, Any] = {
        "batch.DescribeJobQueues": {"jobQueues": [{**queue, **order}]},
        "batch.ListJobs": listed,
        "batch.DescribeJobs": described,
    }
    run = play(COLLECTORS, answers)
    running = run.assets[f"{BATCH}:job/r"]
    assert running.attributes["gpu_count"] == 2
    assert running.attributes["ended_at"] is None
    assert running.attributes["started_at"] == "2026-01-01T00:00:00Z"
    assert ("reads", "arn:aws:s3:::tumours") in run.relations(running.uid)
    assert "ended_at" not in run.assets[f"{BATCH}:job/s"].attributes
    assert run.relations(f"{BATCH}:job-queue/q") == {("runs_on", f"{BATCH}:ce/e")}


def batch_of(**job: Any) -> Any:
    """What is seen of one job of AWS Batch: its asset, and its relations."""
    answers: dict[str, Any] = {
        "batch.DescribeJobQueues": {"jobQueues": [{"jobQueueName": "q", "jobQueueArn": f"{BATCH}:job-queue/q"}]},
        "batch.ListJobs": lambda p: {"jobSummaryList": [{"jobId": "j"}] if p["jobStatus"] == "RUNNING" else []},
        "batch.DescribeJobs": {"jobs": [{"jobArn": f"{BATCH}:job/j", "jobName": "j", "status": "RUNNING", **job}]},
    }
    run = play(COLLECTORS, answers)
    return run.assets[f"{BATCH}:job/j"], run.relations(f"{BATCH}:job/j")


GPUS = {"resourceRequirements": [{"type": "GPU", "value": "8"}]}


@pytest.mark.parametrize(
    ("job", "gpus"),
    [
        ({"container": {"image": "x"}}, 0),
        (
            {"container": {"linuxParameters": {"devices": [{"hostPath": f"/dev/neuron{n}"} for n in range(16)]}}},
            16,
        ),
        ({"ecsProperties": {"taskProperties": [{"containers": [GPUS, {"image": "side"}]}]}}, 8),
        ({"eksProperties": {"podProperties": {"containers": [{"resources": {"limits": {"nvidia.com/gpu": "4"}}}]}}}, 4),
        (
            {
                "nodeProperties": {
                    "numNodes": 4,
                    "mainNode": 0,
                    "nodeRangeProperties": [
                        {"targetNodes": "0", "container": {"image": "lead"}},
                        {"targetNodes": "1:", "container": GPUS},
                    ],
                }
            },
            24,
        ),
        (
            {
                "nodeProperties": {
                    "numNodes": 4,
                    "mainNode": 0,
                    "nodeRangeProperties": [
                        {"targetNodes": "0:3", "container": GPUS},
                        {"targetNodes": "2:3", "container": {"image": "other"}},  # takes the place of the first
                    ],
                }
            },
            None,
        ),
        ({"jobDefinition": "d"}, None),
    ],
)
def test_accelerators_of_batch_jobs(job: dict[str, Any], gpus: int | None) -> None:
    asset, _ = batch_of(**job)
    assert asset.attributes.get("gpu_count") == gpus


def test_batch_jobs_of_several_containers_and_in_pods_name_their_data() -> None:
    data = [{"name": "TRAIN_DATA", "value": "s3://tumours/x"}]
    task = {"containers": [{"image": "x", "environment": data, "command": ["--out", "s3://models/x"]}]}
    _, told = batch_of(ecsProperties={"taskProperties": [task]})
    assert {("reads", "arn:aws:s3:::tumours"), ("writes", "arn:aws:s3:::models")} <= told
    pod = {"containers": [{"image": "x", "env": data, "args": ["--out", "s3://models/x"]}]}
    _, told = batch_of(eksProperties={"podProperties": pod})
    assert {("reads", "arn:aws:s3:::tumours"), ("writes", "arn:aws:s3:::models")} <= told


def test_tasks_that_are_given_neuron_devices_compute_on_accelerators() -> None:
    devices = [{"hostPath": f"/dev/neuron{n}", "containerPath": f"/dev/neuron{n}"} for n in (0, 1)]
    definition = {
        "taskDefinitionArn": f"{ECS}:task-definition/trn:1",
        "containerDefinitions": [{"image": "x", "linuxParameters": {"devices": devices}}],
    }
    answers: dict[str, Any] = {
        "ecs.ListClusters": {"clusterArns": [f"{ECS}:cluster/c"]},
        "ecs.ListTasks": {"taskArns": ["a"]},
        "ecs.DescribeTasks": {"tasks": [{"taskDefinitionArn": f"{ECS}:task-definition/trn:1"}]},
        "ecs.DescribeTaskDefinition": {"taskDefinition": definition},
    }
    assert play(COLLECTORS, answers).only("training.job").attributes["gpu_count"] == 2


def test_clusters_of_emr_that_run_and_where_their_logs_go() -> None:
    arn = "arn:aws:elasticmapreduce:eu-central-1:111122223333:cluster/j-1"
    described = {
        "Id": "j-1",
        "ClusterArn": arn,
        "Name": "spark",
        "LogUri": "s3n://far-logs/emr/",
        "Ec2InstanceAttributes": {"Ec2AvailabilityZone": "eu-central-1a"},
    }
    answers: dict[str, Any] = {
        "emr.ListClusters": [{"Clusters": [{"Id": "j-1", "Name": "spark", "ClusterArn": arn}]}, {"Clusters": []}],
        "emr.DescribeCluster": {"Cluster": described},
    }
    run = play(COLLECTORS, answers)
    assert run.assets[arn].location.zone == "eu-central-1a"
    assert run.relations(arn) == {("logs_to", "arn:aws:s3:::far-logs")}
    assert "TERMINATED" not in run.parameters["emr.ListClusters"][0]["ClusterStates"]


def test_what_is_denied_is_never_empty() -> None:
    run = play(COLLECTORS, denied(COLLECTORS))
    assert not run.assets
    assert set(run.statuses().values()) == {"denied"}


def test_recorded_answers(recordings: Path) -> None:
    answers: dict[str, Any] = {
        "eks.ListClusters": {"clusters": ["dev"]},
        "eks.DescribeCluster": recorded(recordings, "eks/DescribeCluster.1"),
        "eks.ListNodegroups": {"nodegroups": ["g"]},
        "eks.DescribeNodegroup": recorded(recordings, "eks/DescribeNodegroup.2"),
        "ecs.ListClusters": {"clusterArns": ["x"]},
        "ecs.DescribeClusters": recorded(recordings, "ecs/DescribeClusters.1"),
        "batch.DescribeComputeEnvironments": recorded(recordings, "batch/DescribeComputeEnvironments.1"),
    }
    answers["emr.ListClusters"] = recorded(recordings, "emr/ListClusters.1")
    answers["emr.DescribeCluster"] = recorded(recordings, "emr/DescribeCluster.1")
    run = play(COLLECTORS, answers, region="us-east-1")
    assert "AWS::EMR::Cluster" in {a.native_type for a in run.assets.values()}
    (group,) = [a for a in run.assets.values() if a.native_type == "AWS::EKS::Nodegroup"]
    node = answers["eks.DescribeNodegroup"]["nodegroup"]
    assert group.attributes["instance_type"] == node["instanceTypes"][0]
    assert group.attributes["node_count"] == node["scalingConfig"]["desiredSize"]
    assert {a.native_type for a in run.assets.values()} >= {
        "AWS::EKS::Cluster",
        "AWS::ECS::Cluster",
        "AWS::Batch::ComputeEnvironment",
    }
