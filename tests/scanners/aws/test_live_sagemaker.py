"""SageMaker, live: jobs and what they read and write, notebooks, models, endpoints, HyperPod."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from simulated_aws import DENIED, denied, play, recorded

from scanners.aws.live import sagemaker, sagemaker_jobs

HERE = "arn:aws:sagemaker:eu-central-1:111122223333"
JOB = f"{HERE}:training-job/night"
S3 = "arn:aws:s3:::"
NOW = datetime.now(UTC)
JOBS = sagemaker_jobs.COLLECTORS
REST = sagemaker.COLLECTORS


def training(**more: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": "night",
        "TrainingJobArn": JOB,
        "TrainingJobStatus": "InProgress",
        "CreationTime": NOW,
        "TrainingStartTime": NOW,
        "ResourceConfig": {"InstanceType": "ml.p5.48xlarge", "InstanceCount": 4, "VolumeSizeInGB": 1},
        "HyperParameters": {"warmup_data": '"s3://warm-bucket/x"', "password": "hunter2", "save_dir": "gs://out-gcp/a"},
        "Environment": {"WANDB_API_KEY": "topsecret", "EVAL_SET": "s3://eval-bucket/set"},
        "AlgorithmSpecification": {
            "TrainingInputMode": "File",
            "TrainingImage": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/trainer:3",
            "ContainerArguments": ["--export-to", "s3://export-bucket/here", "--token", "secret-token"],
        },
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://patients/records"}},
            },
            {
                "ChannelName": "pretrained-model",
                "DataSource": {
                    "FileSystemDataSource": {
                        "FileSystemId": "fs-0123",
                        "FileSystemType": "FSxLustre",
                        "FileSystemAccessMode": "rw",
                        "DirectoryPath": "/x",
                    }
                },
            },
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://models-us/out", "KmsKeyId": "alias/out"},
        "CheckpointConfig": {"S3Uri": "s3://ckpt/run"},
        "TensorBoardOutputConfig": {"S3OutputPath": "s3://board/x"},
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": True,
        **more,
    }


def found(*jobs: dict[str, Any]) -> dict[str, Any]:
    return {"Results": [{"TrainingJob": job} for job in jobs]}


def test_a_training_job_shows_every_place_that_it_touches_and_keeps_no_secret() -> None:
    run = play(JOBS, {"sagemaker.Search": found(training())})
    job = run.assets[JOB]
    assert run.relations(JOB) == {
        ("reads", S3 + "patients"),
        ("reads", "arn:aws:fsx:eu-central-1:111122223333:file-system/fs-0123"),
        ("writes", "arn:aws:fsx:eu-central-1:111122223333:file-system/fs-0123"),
        ("writes", S3 + "models-us"),
        ("writes", S3 + "ckpt"),
        ("reads", S3 + "ckpt"),
        ("writes", S3 + "board"),
        ("reads", S3 + "warm-bucket"),
        ("writes", "//storage.googleapis.com/out-gcp"),
        ("reads", S3 + "eval-bucket"),
        ("writes", S3 + "export-bucket"),
        ("reads", "arn:aws:ecr:eu-central-1:111122223333:repository/trainer"),
    }
    assert run.edge(JOB, "reads", S3 + "patients") == {"channel": "train"}
    assert run.edge(JOB, "writes", S3 + "ckpt") == {"role": "checkpoint"}
    assert run.edge(JOB, "writes", S3 + "export-bucket") == {"argument": "export-to"}
    assert run.edge(JOB, "writes", S3 + "models-us")["key"] == "arn:aws:kms:eu-central-1:111122223333:alias/out"
    assert job.attributes["instance_type"] == "ml.p5.48xlarge"
    assert job.attributes["node_count"] == 4
    assert job.attributes["internode_encrypted"] is True
    assert job.attributes["vpc"] is None
    assert job.attributes["ended_at"] is None
    assert job.attributes["volume_custody"] == "provider"
    for secret in ("hunter2", "topsecret", "secret-token"):
        assert secret not in run.kept
    assert run.calls["sagemaker.DescribeTrainingJob"] == 0


def test_search_that_is_denied_is_replaced_by_list_and_describe() -> None:
    answers: dict[str, Any] = {
        "sagemaker.Search": DENIED,
        "sagemaker.ListTrainingJobs": [
            {"TrainingJobSummaries": [{"TrainingJobName": "night", "TrainingJobArn": JOB}]},
            {"TrainingJobSummaries": [{"TrainingJobName": "day", "TrainingJobArn": f"{HERE}:training-job/day"}]},
        ],
        "sagemaker.DescribeTrainingJob": lambda p: training(
            TrainingJobName=p["TrainingJobName"], TrainingJobArn=f"{HERE}:training-job/{p['TrainingJobName']}"
        ),
    }
    run = play(JOBS, answers)
    assert {uid.rsplit("/", 1)[1] for uid in run.assets} == {"night", "day"}
    assert run.statuses() == {"training.job": "collected"}
    assert run.parameters["sagemaker.ListTrainingJobs"][0]["MaxResults"] == 100


def test_search_that_breaks_off_is_finished_by_the_list_without_reading_twice() -> None:
    def search(parameters: dict[str, Any]) -> Any:
        return DENIED if "NextToken" in parameters else {**found(training()), "NextToken": "1"}

    other = {"TrainingJobName": "day", "TrainingJobArn": f"{HERE}:training-job/day"}
    answers: dict[str, Any] = {
        "sagemaker.Search": search,
        "sagemaker.ListTrainingJobs": {
            "TrainingJobSummaries": [{"TrainingJobName": "night", "TrainingJobArn": JOB}, other]
        },
        "sagemaker.DescribeTrainingJob": {**training(), **other},
    }
    run = play(JOBS, answers)
    assert run.calls["sagemaker.DescribeTrainingJob"] == 1
    assert set(run.assets) == {JOB, other["TrainingJobArn"]}
    assert run.cells[0].count == 2


def test_the_private_network_of_a_job_is_that_of_its_subnets() -> None:
    inside = training(VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": []})
    subnets = {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-9", "AvailabilityZone": "eu-central-1b"}]}
    run = play(JOBS, {"sagemaker.Search": found(inside), "ec2.DescribeSubnets": subnets})
    assert run.assets[JOB].attributes["vpc"] == "vpc-9"
    assert run.assets[JOB].location.zone == "eu-central-1b"
    assert ("member_of", "arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-9") in run.relations(JOB)
    unread = play(JOBS, {"sagemaker.Search": found(inside), "ec2.DescribeSubnets": DENIED})
    assert "vpc" not in unread.assets[JOB].attributes


def test_processing_and_transform_jobs_with_their_inputs_and_outputs() -> None:
    processing = {
        "ProcessingJobName": "p",
        "ProcessingJobArn": f"{HERE}:processing-job/p",
        "ProcessingJobStatus": "Completed",
        "ProcessingInputs": [
            {"InputName": "in", "S3Input": {"S3Uri": "s3://raw/x", "S3DataType": "S3Prefix"}},
            {
                "InputName": "dw",
                "DatasetDefinition": {
                    "RedshiftDatasetDefinition": {
                        "ClusterId": "dw1",
                        "Database": "d",
                        "DbUser": "u",
                        "QueryString": "select ssn",
                        "ClusterRoleArn": "arn:aws:iam::111122223333:role/x",
                        "OutputS3Uri": "s3://between/x",
                        "OutputFormat": "CSV",
                    }
                },
            },
        ],
        "ProcessingOutputConfig": {
            "Outputs": [{"OutputName": "o", "S3Output": {"S3Uri": "s3://clean/x", "S3UploadMode": "EndOfJob"}}],
            "KmsKeyId": "alias/o",
        },
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        },
        "AppSpecification": {"ImageUri": "x", "ContainerArguments": ["--log-dir=s3://logs-b/a"]},
    }
    transform = {
        "TransformJobName": "t",
        "TransformJobArn": f"{HERE}:transform-job/t",
        "TransformJobStatus": "InProgress",
        "ModelName": "Scorer",
        "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://ask/x"}}},
        "TransformOutput": {"S3OutputPath": "s3://answers/x"},
        "TransformResources": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2, "VolumeKmsKeyId": "alias/v"},
    }
    run = play(
        JOBS,
        {
            "sagemaker.ListProcessingJobs": {
                "ProcessingJobSummaries": [{"ProcessingJobName": "p", "ProcessingJobArn": "x", "CreationTime": NOW}]
            },
            "sagemaker.DescribeProcessingJob": processing,
            "sagemaker.ListTransformJobs": {
                "TransformJobSummaries": [{"TransformJobName": "t", "TransformJobArn": "x", "CreationTime": NOW}]
            },
            "sagemaker.DescribeTransformJob": transform,
        },
    )
    assert run.relations(f"{HERE}:processing-job/p") == {
        ("reads", S3 + "raw"),
        ("reads", S3 + "between"),
        ("reads", "arn:aws:redshift:eu-central-1:111122223333:cluster:dw1"),
        ("writes", S3 + "clean"),
        ("writes", S3 + "logs-b"),
    }
    assert "select ssn" not in run.kept
    assert run.relations(f"{HERE}:transform-job/t") == {
        ("reads", S3 + "ask"),
        ("writes", S3 + "answers"),
        ("reads", f"{HERE}:model/scorer"),
        ("encrypted_by", "arn:aws:kms:eu-central-1:111122223333:alias/v"),
    }
    assert run.assets[f"{HERE}:transform-job/t"].attributes["node_count"] == 2
    assert "volume_custody" not in run.assets[f"{HERE}:transform-job/t"].attributes


def test_old_processing_jobs_are_said_not_to_have_been_asked() -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    entry = {"ProcessingJobName": "old", "ProcessingJobArn": "x", "CreationTime": long_ago}
    run = play(JOBS, {"sagemaker.ListProcessingJobs": {"ProcessingJobSummaries": [entry]}})
    assert run.calls["sagemaker.DescribeProcessingJob"] == 0
    (cell,) = run.cells
    assert cell.status.value == "partial"
    assert cell.detail is not None
    assert "365 days" in cell.detail


def test_an_endpoint_logs_what_it_is_asked_where_its_configuration_says() -> None:
    configuration: dict[str, Any] = {
        "EndpointConfigName": "c",
        "ProductionVariants": [
            {"VariantName": "v", "ModelName": "Scorer", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}
        ],
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": "s3://prompts/x",
            "CaptureOptions": [],
        },
    }
    answers: dict[str, Any] = {
        "sagemaker.ListEndpoints": {"Endpoints": [{"EndpointName": "live", "EndpointArn": f"{HERE}:endpoint/live"}]},
        "sagemaker.DescribeEndpoint": {
            "EndpointName": "live",
            "EndpointArn": f"{HERE}:endpoint/live",
            "EndpointConfigName": "c",
        },
        "sagemaker.DescribeEndpointConfig": configuration,
    }
    run = play(REST, answers)
    endpoint = run.only("ai.endpoint")
    assert endpoint.attributes["invocation_logging"] is True
    assert endpoint.attributes["instance_type"] == "ml.g5.xlarge"
    assert ("logs_to", S3 + "prompts") in run.relations(endpoint.uid)
    assert ("deployed_as", endpoint.uid) in run.relations(f"{HERE}:model/scorer")
    del configuration["DataCaptureConfig"]
    assert play(REST, answers).only("ai.endpoint").attributes["invocation_logging"] is False
    unread = play(REST, {**answers, "sagemaker.DescribeEndpointConfig": DENIED})
    assert "invocation_logging" not in unread.only("ai.endpoint").attributes
    assert unread.statuses()["ai.endpoint"] == "partial"


def test_a_model_is_traced_to_the_job_whose_output_it_serves() -> None:
    address = "s3://models-us/out/night/output/model.tar.gz"
    answers: dict[str, Any] = {
        "sagemaker.ListModels": {"Models": [{"ModelName": "Scorer", "ModelArn": f"{HERE}:model/scorer"}]},
        "sagemaker.DescribeModel": {
            "ModelName": "Scorer",
            "ModelArn": f"{HERE}:model/scorer",
            "PrimaryContainer": {"Image": "x", "ModelDataUrl": address, "Environment": {"KEY": "hidden-value"}},
        },
        "sagemaker.DescribeTrainingJob": {"TrainingJobArn": JOB, "ModelArtifacts": {"S3ModelArtifacts": address}},
    }
    run = play(REST, answers)
    assert run.relations(f"{HERE}:model/scorer") == {("reads", S3 + "models-us"), ("trained_from", JOB)}
    assert "hidden-value" not in run.kept
    other = {"TrainingJobArn": JOB, "ModelArtifacts": {"S3ModelArtifacts": "s3://elsewhere/model.tar.gz"}}
    again = play(REST, {**answers, "sagemaker.DescribeTrainingJob": other})
    assert ("trained_from", JOB) not in again.relations()


def test_a_hyperpod_cluster_and_its_groups_of_machines() -> None:
    arn = f"{HERE}:cluster/abc"
    described = {
        "ClusterArn": arn,
        "ClusterName": "pod",
        "ClusterStatus": "InService",
        "InstanceGroups": [
            {
                "InstanceGroupName": "workers",
                "InstanceType": "ml.p5.48xlarge",
                "CurrentCount": 16,
                "TargetCount": 16,
                "LifeCycleConfig": {"SourceS3Uri": "s3://boot/x", "OnCreate": "a.sh"},
                "InstanceStorageConfigs": [
                    {"EbsVolumeConfig": {"VolumeKmsKeyId": "alias/ebs"}},
                    {"FsxLustreConfig": {"DnsName": "fs-77.fsx.eu-west-1.amazonaws.com", "MountName": "m"}},
                ],
            }
        ],
        "Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:eu-central-1:111122223333:cluster/k"}},
    }
    run = play(
        REST,
        {
            "sagemaker.ListClusters": {"ClusterSummaries": [{"ClusterName": "pod", "ClusterArn": arn}]},
            "sagemaker.DescribeCluster": described,
        },
    )
    group = run.only("compute.nodegroup")
    assert run.assets[arn].attributes == {"instance_type": "ml.p5.48xlarge", "node_count": 16, "vpc": None}
    assert run.relations(arn) == {("runs_on", "arn:aws:eks:eu-central-1:111122223333:cluster/k")}
    assert run.relations(group.uid) == {
        ("member_of", arn),
        ("reads", S3 + "boot"),
        ("encrypted_by", "arn:aws:kms:eu-central-1:111122223333:alias/ebs"),
        ("reads", "arn:aws:fsx:eu-west-1:111122223333:file-system/fs-77"),
        ("writes", "arn:aws:fsx:eu-west-1:111122223333:file-system/fs-77"),
    }


@pytest.mark.parametrize("collectors", [JOBS, REST])
def test_what_is_denied_is_never_empty(collectors: Any) -> None:
    run = play(collectors, denied(collectors))
    assert not run.assets
    assert set(run.statuses().values()) == {"denied"}


def test_pages_of_notebooks_are_all_read() -> None:
    def entry(name: str) -> dict[str, Any]:
        return {"NotebookInstanceName": name, "NotebookInstanceArn": f"{HERE}:notebook-instance/{name}"}

    answers: dict[str, Any] = {
        "sagemaker.ListNotebookInstances": [
            {"NotebookInstances": [entry("a")]},
            {"NotebookInstances": [entry("b")]},
            {"NotebookInstances": [entry("c")]},
        ],
        "sagemaker.DescribeNotebookInstance": lambda p: {**entry(p["NotebookInstanceName"]), "RootAccess": "Enabled"},
    }
    run = play(REST, answers)
    assert sorted(a.name for a in run.assets.values()) == ["a", "b", "c"]
    assert {a.attributes["custody"] for a in run.assets.values()} == {"provider"}
    assert {a.attributes["vpc"] for a in run.assets.values()} == {None}


def test_recorded_answers(recordings: Path) -> None:
    job = recorded(recordings, "sagemaker/DescribeTrainingJob.1")
    run = play(JOBS, {"sagemaker.Search": found(job)}, region="us-east-1")
    (asset,) = run.assets.values()
    assert ("reads", S3 + "c7n-sm-test") in run.relations(asset.uid)
    assert asset.attributes["started_at"].startswith("2018-01-1")
    listed = recorded(recordings, "sagemaker/ListNotebookInstances.1")
    notebook = recorded(recordings, "sagemaker/DescribeNotebookInstance.1")
    answers: dict[str, Any] = {
        "sagemaker.ListNotebookInstances": listed,
        "sagemaker.DescribeNotebookInstance": notebook,
    }
    (asset,) = play(REST, answers, region="us-east-1").assets.values()
    assert asset.attributes["instance_type"] == notebook["InstanceType"]
    answers: dict[str, Any] = {
        "sagemaker.ListTransformJobs": {
            "TransformJobSummaries": [{"TransformJobName": "t", "TransformJobArn": "x", "CreationTime": NOW}]
        },
        "sagemaker.DescribeTransformJob": recorded(recordings, "sagemaker/DescribeTransformJob.1"),
    }
    (asset,) = play(JOBS, answers, region="us-east-1").assets.values()
    assert asset.native_type == "AWS::SageMaker::TransformJob"
    assert {t for t, _ in play(JOBS, answers).relations()} >= {"reads", "writes"}
