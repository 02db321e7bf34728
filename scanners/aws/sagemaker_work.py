"""Further jobs of Amazon SageMaker: automatic learning, tuning, labelling by people, optimisation, pipelines, sessions
of training and agent jobs. Of their configurations only addresses of storage are kept."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.sagemaker_jobs import in_subnets, output_key, times
from scanners.aws.subject import Subject, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, is_null, put, records, text, texts
from scanners.model import Asset, Relation
from scanners.references import uid_of


def auto_ml(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A job that finds a model by itself, with what it reads and writes."""
    subject, attributes = _job(document, origin, "AutoMLJob", "automl-job", "CreationTime", "EndTime")
    put(attributes, "internode_encrypted", flag(document, "SecurityConfig.EnableInterContainerTrafficEncryption"))
    _volume(document, "SecurityConfig.VolumeKmsKeyId", attributes)
    if has(document, "SecurityConfig") and not has(document, "SecurityConfig.VpcConfig.Subnets"):
        attributes["vpc"] = None
    yield _asset(subject, document, "AutoMLJob", attributes)
    for channel in records(document, "AutoMLJobInputDataConfig") or []:
        name = text(channel, "ChannelType")
        noted = {"channel": name} if name else {}
        yield from subject.touches("reads", "DataSource.S3DataSource.S3Uri", noted, document=channel)
    yield from subject.touches(
        "writes", "OutputDataConfig.S3OutputPath", output_key(subject, document, "OutputDataConfig.KmsKeyId")
    )
    yield from subject.encrypted_by("SecurityConfig.VolumeKmsKeyId")
    yield from in_subnets(subject, document, "SecurityConfig.VpcConfig")


def tuning(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A search for the best settings; the training jobs that it starts are read for themselves."""
    end = "HyperParameterTuningEndTime"
    subject, attributes = _job(
        document, origin, "HyperParameterTuningJob", "hyper-parameter-tuning-job", "CreationTime", end
    )
    attributes["gpu_count"] = 0  # it computes nothing itself
    yield _asset(subject, document, "HyperParameterTuningJob", attributes)


def labelling(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """People who look at data and say what they see: of the organisation, of a vendor, or of the public crowd."""
    subject, attributes = _job(document, origin, "LabelingJob", "labeling-job", "CreationTime", "")
    yield _asset(subject, document, "LabelingJob", attributes)
    manifest = text(document, "InputConfig.DataSource.S3DataSource.ManifestS3Uri")
    store = uid_of(manifest, context=subject.uid) if manifest else None
    yield from subject.relation("reads", store)
    yield from subject.touches(
        "writes", "OutputConfig.S3OutputPath", output_key(subject, document, "OutputConfig.KmsKeyId")
    )
    team = text(document, "HumanTaskConfig.WorkteamArn") or text(document, "WorkteamArn") or ""
    party = "domain:mturk.com" if ":workteam/public-crowd" in team else None
    if ":workteam/vendor-crowd" in team:
        party = "domain:" + (team.rsplit("/", 1)[-1].lower() or "vendor")
    if party and store:
        yield Relation(store, "shared_with", party, {"role": "labelling"})


def optimisation(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A model made smaller or faster for certain machines."""
    times = ("OptimizationStartTime", "OptimizationEndTime")
    subject, attributes = _job(document, origin, "OptimizationJob", "optimization-job", *times)
    put(attributes, "instance_type", text(document, "DeploymentInstanceType"))
    yield _asset(subject, document, "OptimizationJob", attributes)
    yield from subject.touches("reads", "ModelSource.S3.S3Uri", {"role": "weights"})
    model = text(document, "ModelSource.SageMakerModel.ModelName")
    yield from subject.relation("reads", subject.arn("sagemaker", f"model/{model.lower()}") if model else None)
    for part in records(document, "OptimizationConfigs") or []:
        path = "ModelSpeculativeDecodingConfig.TrainingDataSource.S3Uri"
        yield from subject.touches("reads", path, document=part)
    yield from subject.touches(
        "writes", "OutputConfig.S3OutputLocation", output_key(subject, document, "OutputConfig.KmsKeyId")
    )
    yield from in_subnets(subject, document, "VpcConfig")


def pipeline(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A chain of jobs. Of its definition only the addresses of storage are kept; the jobs are read for themselves."""
    name = text(document, "PipelineName") or ""
    subject = Subject(document, origin, text(document, "PipelineArn"), "sagemaker", f"pipeline/{name.lower()}")
    attributes: dict[str, Any] = {"gpu_count": 0}
    put(attributes, "started_at", when_text(document, "LastRunTime"))
    yield subject.asset("training.job", "AWS::SageMaker::Pipeline", name, attributes, created="CreationTime")
    for address in texts(document, "PipelineDefinition") or []:
        yield from subject.relation("reads", uid_of(address, context=subject.uid), {"role": "definition"})


def session(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A session in which a customised model is trained step by step."""
    name = text(document, "TrainingSessionName") or ""
    arn = text(document, "TrainingSessionArn")
    subject = Subject(document, origin, arn, "sagemaker", f"training-session/{name}")
    attributes = times(document, "CreationTime", "EndTime", "TrainingSessionStatus")
    base = text(document, "ModelConfig.BaseModelArn")
    put(attributes, "model", base)
    native = "AWS::SageMaker::TrainingSession"
    yield subject.asset("ai.customization", native, name, attributes, created="CreationTime")
    key = subject.key(text(document, "OutputConfig.S3Location.KmsKeyArn"))
    yield from subject.touches("writes", "OutputConfig.S3Location.Path", {"key": key} if key else {})
    yield from subject.relation("reads", base, {"role": "weights"})
    yield from in_subnets(subject, document, "VpcConfig")


def agent_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A job for agents: learning from rewards, making data, judging them. Its configuration is a text of its own."""
    name = text(document, "JobName") or ""
    subject = Subject(document, origin, text(document, "JobArn"), "sagemaker", f"job/{name.lower()}")
    attributes = times(document, "CreationTime", "EndTime", "JobStatus")
    yield subject.asset("ai.customization", "AWS::SageMaker::Job", name, attributes, created="CreationTime")
    for address in texts(document, "JobConfigDocument") or []:
        yield from subject.relation("reads", uid_of(address, context=subject.uid), {"role": "definition"})


def _job(
    document: Any, origin: Origin, noun: str, resource: str, start: str, end: str
) -> tuple[Subject, dict[str, Any]]:
    """The job itself and its times; SageMaker computes in the region of the job."""
    name = text(document, f"{noun}Name") or ""
    subject = Subject(document, origin, text(document, f"{noun}Arn"), "sagemaker", f"{resource}/{name.lower()}")
    attributes = times(document, start, end, f"{noun}Status")
    attributes["processing_scope"] = "region"
    return subject, attributes


def _asset(subject: Subject, document: Any, noun: str, attributes: dict[str, Any]) -> Asset:
    name = text(document, f"{noun}Name")
    return subject.asset("training.job", f"AWS::SageMaker::{noun}", name, attributes, created="CreationTime")


def _volume(document: Any, path: str, attributes: dict[str, Any]) -> None:
    if is_null(document, path) or not text(document, path):
        attributes["volume_custody"] = "provider"


_JOB, _CUSTOM = ("training.job",), ("ai.customization",)


def _named(noun: str) -> tuple[str, ...]:
    return (f"{noun}Arn", f"{noun}Name", f"{noun}Status", "CreationTime", "RoleArn", "Tags")


AUTO_ML: Final = DocumentType(
    "AWS::SageMaker::AutoMLJob", "sagemaker", _JOB,
    (
        *_named("AutoMLJob"), "EndTime", "AutoMLProblemTypeConfigName", "AutoMLJobInputDataConfig[].ChannelType",
        "AutoMLJobInputDataConfig[].DataSource.S3DataSource.S3Uri", "OutputDataConfig", "SecurityConfig",
    ),
    auto_ml,
)  # fmt: skip
TUNING: Final = DocumentType(
    "AWS::SageMaker::HyperParameterTuningJob", "sagemaker", _JOB,
    (*_named("HyperParameterTuningJob"), "HyperParameterTuningEndTime", "Strategy"),
    tuning,
)  # fmt: skip
LABELLING: Final = DocumentType(
    "AWS::SageMaker::LabelingJob", "sagemaker", _JOB,
    (
        *_named("LabelingJob"), "InputConfig.DataSource.S3DataSource.ManifestS3Uri",
        "InputConfig.DataAttributes.ContentClassifiers", "OutputConfig.S3OutputPath", "OutputConfig.KmsKeyId",
        "HumanTaskConfig.WorkteamArn", "WorkteamArn",
    ),
    labelling,
)  # fmt: skip
OPTIMISATION: Final = DocumentType(
    "AWS::SageMaker::OptimizationJob", "sagemaker", _JOB,
    (
        *_named("OptimizationJob"), "OptimizationStartTime", "OptimizationEndTime", "DeploymentInstanceType",
        "ModelSource.S3.S3Uri", "ModelSource.SageMakerModel.ModelName", "OutputConfig.S3OutputLocation",
        "OutputConfig.KmsKeyId", "OptimizationConfigs[].ModelSpeculativeDecodingConfig.TrainingDataSource.S3Uri",
        "VpcConfig.Subnets",
    ),
    optimisation,
)  # fmt: skip
PIPELINE: Final = DocumentType(
    "AWS::SageMaker::Pipeline", "sagemaker", _JOB,
    (
        "PipelineArn", "PipelineName", "PipelineStatus", "RoleArn", "CreationTime", "LastRunTime",
        "uris:PipelineDefinition",
    ),
    pipeline,
)  # fmt: skip
SESSION: Final = DocumentType(
    "AWS::SageMaker::TrainingSession", "sagemaker", _CUSTOM,
    (
        "TrainingSessionArn", "TrainingSessionName", "TrainingSessionStatus", "CreationTime", "EndTime", "RoleArn",
        "ModelPackageGroupArn", "ModelConfig.BaseModelArn", "OutputConfig.S3Location.Path",
        "OutputConfig.S3Location.KmsKeyArn", "VpcConfig.Subnets", "Tags",
    ),
    session,
)  # fmt: skip
AGENT_JOB: Final = DocumentType(
    "AWS::SageMaker::Job", "sagemaker", _CUSTOM,
    (
        "JobArn", "JobName", "JobCategory", "JobStatus", "RoleArn", "CreationTime", "EndTime",
        "uris:JobConfigDocument", "Tags",
    ),
    agent_job,
)  # fmt: skip
