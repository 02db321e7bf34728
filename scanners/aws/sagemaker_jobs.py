"""Jobs of Amazon SageMaker: training, processing, batch transform. AWS Config does not record them.

Of hyperparameters, variables and arguments only addresses of storage are kept, with the name that each stands under.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.aws.arguments import addressed, image
from scanners.aws.subject import Subject, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, is_null, number, put, record, records, text, texts
from scanners.model import Asset, Relation

_OVER: Final = frozenset({"Completed", "Failed", "Stopped", "COMPLETED", "FAILED", "STOPPED", "Expired"})
_WEIGHTS: Final = ("model", "weight", "pretrained", "checkpoint")


def training_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A training job: every channel, output and checkpoint is a relation."""
    name = text(document, "TrainingJobName") or ""
    subject = Subject(document, origin, text(document, "TrainingJobArn"), "sagemaker", f"training-job/{name}")
    attributes = times(document, "TrainingStartTime", "TrainingEndTime", "TrainingJobStatus")
    groups = records(document, "ResourceConfig.InstanceGroups") or []
    types = {t for part in (record(document, "ResourceConfig"), *groups) if (t := text(part, "InstanceType"))}
    counts = [c for g in groups if (c := number(g, "InstanceCount")) is not None]
    put(attributes, "instance_type", types.pop() if len(types) == 1 else None)
    put(attributes, "node_count", sum(counts) if counts else number(document, "ResourceConfig.InstanceCount"))
    _network(document, attributes, "")
    _volumes(document, attributes, "ResourceConfig")
    produced, base = text(document, "OutputModelPackageArn"), text(document, "ServerlessJobConfig.BaseModelArn")
    put(attributes, "model", produced or base)
    yield subject.asset(
        "training.job", "AWS::SageMaker::TrainingJob", name, attributes, zone=_zone(document, "VpcConfig"),
        created="CreationTime",
    )  # fmt: skip
    yield from subject.encrypted_by("ResourceConfig.VolumeKmsKeyId")
    yield from in_subnets(subject, document, "VpcConfig")
    for channel in records(document, "InputDataConfig") or []:
        yield from _channel(subject, channel)
    output = output_key(subject, document, "OutputDataConfig.KmsKeyId")
    artifacts = text(document, "ModelArtifacts.S3ModelArtifacts")
    path = "ModelArtifacts.S3ModelArtifacts" if artifacts else "OutputDataConfig.S3OutputPath"
    yield from subject.touches("writes", path, output)
    yield from subject.touches("writes", "CheckpointConfig.S3Uri", {"role": "checkpoint"})
    yield from subject.touches("reads", "CheckpointConfig.S3Uri", {"role": "checkpoint"})
    for sort in ("DebugHookConfig", "TensorBoardOutputConfig", "ProfilerConfig"):
        yield from subject.touches("writes", f"{sort}.S3OutputPath")
    yield from addressed(
        subject, document, "HyperParameters", "Environment",
        *(f"AlgorithmSpecification.Container{part}" for part in ("Arguments", "Entrypoint")),
    )  # fmt: skip
    yield from image(subject, text(document, "AlgorithmSpecification.TrainingImage"))
    yield from subject.relation("reads", base, {"role": "weights"})
    yield from subject.relation("runs_on", text(document, "ResourceConfig.TrainingPlanArn"))
    if produced:
        yield Relation(produced, "trained_from", subject.uid)


def processing_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A processing job: its inputs, also from warehouses, and its outputs."""
    name = text(document, "ProcessingJobName") or ""
    subject = Subject(document, origin, text(document, "ProcessingJobArn"), "sagemaker", f"processing-job/{name}")
    attributes = times(document, "ProcessingStartTime", "ProcessingEndTime", "ProcessingJobStatus")
    put(attributes, "instance_type", text(document, "ProcessingResources.ClusterConfig.InstanceType"))
    put(attributes, "node_count", number(document, "ProcessingResources.ClusterConfig.InstanceCount"))
    _network(document, attributes, "NetworkConfig.")
    _volumes(document, attributes, "ProcessingResources.ClusterConfig")
    yield subject.asset(
        "training.job", "AWS::SageMaker::ProcessingJob", name, attributes,
        zone=_zone(document, "NetworkConfig.VpcConfig"), created="CreationTime",
    )  # fmt: skip
    yield from subject.encrypted_by("ProcessingResources.ClusterConfig.VolumeKmsKeyId")
    yield from in_subnets(subject, document, "NetworkConfig.VpcConfig")
    for entry in records(document, "ProcessingInputs") or []:
        noted = _noted("channel", text(entry, "InputName"))
        yield from subject.touches("reads", "S3Input.S3Uri", noted, document=entry)
        for sort in ("Athena", "Redshift"):  # results of a query, put down on the way
            place = f"DatasetDefinition.{sort}DatasetDefinition.OutputS3Uri"
            yield from subject.touches("reads", place, noted, document=entry)
        warehouse = text(entry, "DatasetDefinition.RedshiftDatasetDefinition.ClusterId")
        yield from subject.relation("reads", subject.arn("redshift", f"cluster:{warehouse}") if warehouse else None)
    output = output_key(subject, document, "ProcessingOutputConfig.KmsKeyId")
    for entry in records(document, "ProcessingOutputConfig.Outputs") or []:
        noted = {**_noted("channel", text(entry, "OutputName")), **output}
        yield from subject.touches("writes", "S3Output.S3Uri", noted, document=entry)
        group = text(entry, "FeatureStoreOutput.FeatureGroupName")
        table = subject.arn("sagemaker", f"feature-group/{group.lower()}") if group else None
        yield from subject.relation("writes", table)
    yield from addressed(
        subject, document, "Environment", "AppSpecification.ContainerArguments", "AppSpecification.ContainerEntrypoint"
    )
    yield from image(subject, text(document, "AppSpecification.ImageUri"))


def transform_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A batch of answers of a model: what it reads, which model answers, where the answers and captured data go."""
    name = text(document, "TransformJobName") or ""
    subject = Subject(document, origin, text(document, "TransformJobArn"), "sagemaker", f"transform-job/{name}")
    attributes = times(document, "TransformStartTime", "TransformEndTime", "TransformJobStatus")
    put(attributes, "instance_type", text(document, "TransformResources.InstanceType"))
    put(attributes, "node_count", number(document, "TransformResources.InstanceCount"))
    _volumes(document, attributes, "TransformResources")
    model = text(document, "ModelName")
    put(attributes, "model", model)
    attributes["processing_scope"] = "region"
    yield subject.asset("training.job", "AWS::SageMaker::TransformJob", name, attributes, created="CreationTime")
    yield from subject.encrypted_by("TransformResources.VolumeKmsKeyId")
    yield from subject.touches("reads", "TransformInput.DataSource.S3DataSource.S3Uri")
    output = output_key(subject, document, "TransformOutput.KmsKeyId")
    yield from subject.touches("writes", "TransformOutput.S3OutputPath", output)
    captured = {"content_logged": True, "enabled": True}
    yield from subject.touches("writes", "DataCaptureConfig.DestinationS3Uri", captured)
    yield from subject.relation("reads", subject.arn("sagemaker", f"model/{model.lower()}") if model else None)
    yield from addressed(subject, document, "Environment")


def _channel(subject: Subject, channel: Mapping[str, Any]) -> Iterator[Relation]:
    name = text(channel, "ChannelName")
    noted = _noted("channel", name)
    if name and any(word in name.lower() for word in _WEIGHTS):
        noted["role"] = "weights"
    yield from subject.touches("reads", "DataSource.S3DataSource.S3Uri", noted, document=channel)
    yield from subject.relation("reads", text(channel, "DataSource.DatasetSource.DatasetArn"), noted)
    system = text(channel, "DataSource.FileSystemDataSource.FileSystemId")
    if system:
        lustre = (text(channel, "DataSource.FileSystemDataSource.FileSystemType") or "").startswith("FSx")
        target = subject.arn("fsx" if lustre else "elasticfilesystem", f"file-system/{system}")
        yield from subject.relation("reads", target, noted)
        if text(channel, "DataSource.FileSystemDataSource.FileSystemAccessMode") == "rw":
            yield from subject.relation("writes", target, noted)


def times(document: Any, start: str, end: str, status: str) -> dict[str, Any]:
    """When a job began and ended, by the members that say so; what still runs has an end that is null."""
    found: dict[str, Any] = {}
    put(found, "started_at", when_text(document, start))
    put(found, "ended_at", when_text(document, end) if end else None)
    state = text(document, status)
    if state is not None and state not in _OVER and "ended_at" not in found:
        found["ended_at"] = None  # it still runs
    return found


def _network(document: Any, attributes: dict[str, Any], at: str) -> None:
    """Isolation, encryption between machines, private network: SageMaker computes in the region of the job."""
    put(attributes, "network_isolated", flag(document, f"{at}EnableNetworkIsolation"))
    put(attributes, "internode_encrypted", flag(document, f"{at}EnableInterContainerTrafficEncryption"))
    attributes["processing_scope"] = "region"
    if is_null(document, f"{at}VpcConfig"):
        attributes["vpc"] = None
    put(attributes, "vpc", text(document, f"{at}VpcConfig.VpcId"))


def _volumes(document: Any, attributes: dict[str, Any], at: str) -> None:
    """Without a key of the customer SageMaker encrypts the disks of a job with a key of its own."""
    if has(document, at) and not text(document, f"{at}.VolumeKmsKeyId"):
        attributes["volume_custody"] = "provider"


def in_subnets(subject: Subject, document: Any, at: str) -> Iterator[Relation]:
    """The relations to the network and the subnets that the member `at` holds."""
    yield from subject.in_vpc(text(document, f"{at}.VpcId"))
    for subnet in texts(document, f"{at}.Subnets") or []:
        yield from subject.relation("member_of", subject.arn("ec2", f"subnet/{subnet}"))


def _zone(document: Any, at: str) -> str | None:
    zones = texts(document, f"{at}.Zones") or []
    return zones[0] if len(zones) == 1 else None


def output_key(subject: Subject, document: Any, path: str) -> dict[str, Any]:
    """The key that a job's output is written with, as the attribute of a relation."""
    return _noted("key", subject.key(text(document, path)))


def _noted(name: str, value: str | None) -> dict[str, Any]:
    return {name: value} if value else {}


_VPC: Final = ("VpcConfig.Subnets", "VpcConfig.VpcId", "VpcConfig.Zones")
_NETWORK: Final = ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", *_VPC)
_TRAINING: Final = (
    "TrainingJobArn", "TrainingJobName", "TrainingJobStatus", "CreationTime", "TrainingStartTime", "TrainingEndTime",
    *(f"ResourceConfig.{m}" for m in ("InstanceType", "InstanceCount", "VolumeKmsKeyId", "TrainingPlanArn")),
    "ResourceConfig.InstanceGroups[].InstanceType", "ResourceConfig.InstanceGroups[].InstanceCount",
    *_NETWORK,
    "InputDataConfig[].ChannelName", "InputDataConfig[].DataSource.S3DataSource.S3Uri",
    "InputDataConfig[].DataSource.DatasetSource.DatasetArn",
    *(f"InputDataConfig[].DataSource.FileSystemDataSource.FileSystem{m}" for m in ("Id", "Type", "AccessMode")),
    "ModelArtifacts.S3ModelArtifacts", "OutputDataConfig.S3OutputPath", "OutputDataConfig.KmsKeyId",
    "CheckpointConfig.S3Uri", "DebugHookConfig.S3OutputPath", "TensorBoardOutputConfig.S3OutputPath",
    "ProfilerConfig.S3OutputPath", "OutputModelPackageArn", "AlgorithmSpecification.TrainingImage",
    "ServerlessJobConfig.BaseModelArn", "RoleArn", "Tags",
    *(
        f"arguments:{m}"
        for m in (
            "HyperParameters", "Environment", "AlgorithmSpecification.ContainerArguments",
            "AlgorithmSpecification.ContainerEntrypoint",
        )
    ),
)  # fmt: skip
_PROCESSING: Final = (
    "ProcessingJobArn", "ProcessingJobName", "ProcessingJobStatus", "CreationTime", "ProcessingStartTime",
    "ProcessingEndTime", "AppSpecification.ImageUri", "RoleArn", "Tags",
    *(f"ProcessingResources.ClusterConfig.{m}" for m in ("InstanceType", "InstanceCount", "VolumeKmsKeyId")),
    *(f"NetworkConfig.{m}" for m in _NETWORK),
    "ProcessingInputs[].InputName", "ProcessingInputs[].S3Input.S3Uri",
    "ProcessingInputs[].DatasetDefinition.AthenaDatasetDefinition.OutputS3Uri",
    "ProcessingInputs[].DatasetDefinition.RedshiftDatasetDefinition.OutputS3Uri",
    "ProcessingInputs[].DatasetDefinition.RedshiftDatasetDefinition.ClusterId",
    "ProcessingOutputConfig.Outputs[].OutputName", "ProcessingOutputConfig.Outputs[].S3Output.S3Uri",
    "ProcessingOutputConfig.Outputs[].FeatureStoreOutput.FeatureGroupName", "ProcessingOutputConfig.KmsKeyId",
    "arguments:Environment", "arguments:AppSpecification.ContainerArguments",
    "arguments:AppSpecification.ContainerEntrypoint",
)  # fmt: skip
_TRANSFORM: Final = (
    "TransformJobArn", "TransformJobName", "TransformJobStatus", "CreationTime", "TransformStartTime",
    "TransformEndTime", "ModelName", "Tags",
    *(f"TransformResources.{m}" for m in ("InstanceType", "InstanceCount", "VolumeKmsKeyId")),
    "TransformInput.DataSource.S3DataSource.S3Uri", "TransformOutput.S3OutputPath", "TransformOutput.KmsKeyId",
    "DataCaptureConfig.DestinationS3Uri", "arguments:Environment",
)  # fmt: skip

TYPES: Final = (
    DocumentType("AWS::SageMaker::TrainingJob", "sagemaker", ("training.job",), _TRAINING, training_job),
    DocumentType("AWS::SageMaker::ProcessingJob", "sagemaker", ("training.job",), _PROCESSING, processing_job),
    DocumentType("AWS::SageMaker::TransformJob", "sagemaker", ("training.job",), _TRANSFORM, transform_job),
)
