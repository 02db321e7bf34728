"""Amazon SageMaker: notebooks, domains, models, endpoints, feature groups, tracking servers."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject, rest
from scanners.documents import DocumentType, Origin
from scanners.members import flag, is_null, number, put, record, records, text, texts
from scanners.model import Asset, Relation


def notebook(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A notebook instance."""
    name = text(document, "NotebookInstanceName") or ""
    subject = _subject(document, origin, "NotebookInstanceArn", f"notebook-instance/{name.lower()}")
    attributes: dict[str, Any] = {"linked_stores": []}  # its disk is its own: an instance has no store behind it
    put(attributes, "instance_type", text(document, "InstanceType"))
    put(attributes, "internet_access", _enabled(document, "DirectInternetAccess"))
    put(attributes, "root_access", _enabled(document, "RootAccess"))
    if is_null(document, "KmsKeyId"):
        attributes["custody"] = "provider"  # SageMaker then encrypts with a key that AWS owns
    if is_null(document, "SubnetId"):
        attributes["vpc"] = None
    put(attributes, "vpc", text(document, "VpcConfig.VpcId"))  # the live scan looks up the subnet's network
    zones = texts(document, "VpcConfig.Zones") or []
    status = text(document, "NotebookInstanceStatus")
    if status is not None:
        attributes["attached"] = status not in ("Stopped", "Failed", "Deleting")
    yield subject.asset(
        "training.notebook",
        "AWS::SageMaker::NotebookInstance",
        name,
        attributes,
        zone=zones[0] if len(zones) == 1 else None,
        created="CreationTime",
    )
    yield from subject.encrypted_by("KmsKeyId")
    subnet = text(document, "SubnetId")
    yield from subject.relation("member_of", subject.arn("ec2", f"subnet/{subnet}") if subnet else None)
    yield from subject.in_vpc(text(document, "VpcConfig.VpcId"))


def domain(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A domain of SageMaker Studio with the file system and the bucket behind it."""
    identity = text(document, "DomainId") or ""
    subject = _subject(document, origin, "DomainArn", f"domain/{identity}")
    attributes: dict[str, Any] = {}
    access_type = text(document, "AppNetworkAccessType")
    if access_type is not None:
        attributes["public_network"] = access_type != "VpcOnly"
    home = text(document, "HomeEfsFileSystemId")
    stores: list[dict[str, str | None]] = []
    if home:
        stores.append({"uid": subject.arn("elasticfilesystem", f"file-system/{home}"), "saas_vendor": None})
    attributes.update({"linked_stores": stores} if stores else {})
    if is_null(document, "KmsKeyId"):
        attributes["custody"] = "provider"
    name = text(document, "DomainName") or identity
    yield subject.asset("ai.account", "AWS::SageMaker::Domain", name, attributes, created="CreationTime")
    yield from subject.encrypted_by("KmsKeyId")
    yield from subject.relation("writes", stores[0]["uid"] if stores else None)
    yield from subject.touches("writes", "DefaultUserSettings.SharingSettings.S3OutputPath")
    yield from subject.in_vpc(text(document, "VpcId"))


_WEIGHTS: Final = ("ModelDataUrl", "ModelDataSource.S3DataSource.S3Uri")


def model(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A model that can be served, and where its weights come from."""
    name = text(document, "ModelName") or ""
    subject = _subject(document, origin, "ModelArn", f"model/{name.lower()}")
    primary = record(document, "PrimaryContainer")
    containers = [*([primary] if primary is not None else []), *(records(document, "Containers") or [])]
    attributes: dict[str, Any] = {}
    if containers and all(any(text(c, path) for path in _WEIGHTS) for c in containers):
        attributes["exportable"] = True  # its weights lie in a bucket
    yield subject.asset("ai.model", "AWS::SageMaker::Model", name, attributes, created="CreationTime")
    for container in containers:
        for path in _WEIGHTS:
            yield from subject.touches("reads", path, document=container)
        package = text(container, "ModelPackageName")
        yield from subject.relation("trained_from", package if package and package.startswith("arn:") else None)
    for job in texts(document, "TrainedBy") or []:  # found by the live scan: the job whose output these weights are
        yield from subject.relation("trained_from", job)


def endpoint_configuration(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """What an endpoint of this configuration serves, on which machines, and where it writes what it is asked."""
    name = text(document, "EndpointConfigName") or ""
    subject = _subject(document, origin, "EndpointConfigArn", f"endpoint-config/{name.lower()}")
    variants = records(document, "ProductionVariants")
    attributes: dict[str, Any] = {"processing_scope": "region"}
    types = {t for v in variants or [] if (t := text(v, "InstanceType")) is not None}
    if len(types) == 1:
        attributes["instance_type"] = types.pop()
    models = [m for v in variants or [] if (m := text(v, "ModelName")) is not None]
    if len(set(models)) == 1:
        attributes["model"] = models[0]
    yield subject.asset("ai.endpoint", "AWS::SageMaker::EndpointConfig", name, attributes, created="CreationTime")
    yield from subject.encrypted_by("KmsKeyId")
    for served in sorted(set(models)):
        yield Relation(subject.arn("sagemaker", f"model/{served.lower()}"), "deployed_as", subject.uid)
    captured = flag(document, "DataCaptureConfig.EnableCapture")
    if captured is not False:
        noted = {} if captured is None else {"content_logged": True, "enabled": True}
        yield from subject.touches("writes", "DataCaptureConfig.DestinationS3Uri", noted)
    yield from subject.touches("writes", "AsyncInferenceConfig.OutputConfig.S3OutputPath")


def feature_group(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A table of features, with its copy in a bucket."""
    name = text(document, "FeatureGroupName") or ""
    subject = _subject(document, origin, "FeatureGroupArn", f"feature-group/{name.lower()}")
    key = text(document, "OnlineStoreConfig.SecurityConfig.KmsKeyId")
    attributes = rest(None, key)
    unit = {"Seconds": 86400, "Minutes": 1440, "Hours": 24, "Days": 1}
    value, name_of_unit = (
        number(document, "OnlineStoreConfig.TtlDuration.Value"),
        text(document, "OnlineStoreConfig.TtlDuration.Unit"),
    )
    if value is not None and name_of_unit == "Weeks":
        attributes["expire_days"] = value * 7
    elif value is not None and name_of_unit in unit:
        attributes["expire_days"] = max(1, value // unit[name_of_unit])
    elif is_null(document, "OnlineStoreConfig.TtlDuration"):
        attributes["expire_days"] = None
    yield subject.asset("database.table", "AWS::SageMaker::FeatureGroup", name, attributes, created="CreationTime")
    yield from subject.encrypted_by("OnlineStoreConfig.SecurityConfig.KmsKeyId")
    yield from subject.touches("writes", "OfflineStoreConfig.S3StorageConfig.S3Uri", {"continuous": True})


def tracking_server(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A server that keeps experiments and models."""
    name = text(document, "TrackingServerName") or ""
    subject = _subject(document, origin, "TrackingServerArn", f"mlflow-tracking-server/{name}")
    yield subject.asset("ai.account", "AWS::SageMaker::MlflowTrackingServer", name, {}, created="CreationTime")
    yield from subject.touches("writes", "ArtifactStoreUri")


def _subject(document: Any, origin: Origin, arn: str, resource: str) -> Subject:
    return Subject(document, origin, text(document, arn), "sagemaker", resource)


def _enabled(document: Any, path: str) -> bool | None:
    value = text(document, path)
    return None if value is None else value == "Enabled"


TYPES: Final = (
    DocumentType(
        "AWS::SageMaker::NotebookInstance",
        "sagemaker",
        ("training.notebook",),
        (
            "NotebookInstanceArn",
            "NotebookInstanceName",
            "NotebookInstanceStatus",
            "InstanceType",
            "DirectInternetAccess",
            "RootAccess",
            "RoleArn",
            "SubnetId",
            "VpcConfig.VpcId",
            "VpcConfig.Zones",
            "KmsKeyId",
            "CreationTime",
            "Tags",
        ),
        notebook,
    ),
    DocumentType(
        "AWS::SageMaker::Domain",
        "sagemaker",
        ("ai.account",),
        (
            "DomainArn",
            "DomainId",
            "DomainName",
            "AuthMode",
            "AppNetworkAccessType",
            "VpcId",
            "SubnetIds",
            "HomeEfsFileSystemId",
            "KmsKeyId",
            "DefaultUserSettings.ExecutionRole",
            "DefaultUserSettings.SharingSettings.S3OutputPath",
            "CreationTime",
            "Tags",
        ),
        domain,
    ),
    DocumentType(
        "AWS::SageMaker::Model",
        "sagemaker",
        ("ai.model",),
        (
            "ModelArn",
            "ModelName",
            "ExecutionRoleArn",
            "EnableNetworkIsolation",
            "TrainedBy",
            *(
                f"{holder}.{member}"
                for holder in ("PrimaryContainer", "Containers[]")
                for member in ("Image", "ModelDataUrl", "ModelDataSource.S3DataSource.S3Uri", "ModelPackageName")
            ),
            "CreationTime",
            "Tags",
        ),
        model,
    ),
    DocumentType(
        "AWS::SageMaker::EndpointConfig",
        "sagemaker",
        ("ai.endpoint",),
        (
            "EndpointConfigArn",
            "EndpointConfigName",
            "ProductionVariants[].ModelName",
            "ProductionVariants[].InstanceType",
            "ProductionVariants[].InitialInstanceCount",
            "KmsKeyId",
            "DataCaptureConfig.EnableCapture",
            "DataCaptureConfig.DestinationS3Uri",
            "DataCaptureConfig.KmsKeyId",
            "AsyncInferenceConfig.OutputConfig.S3OutputPath",
            "CreationTime",
            "Tags",
        ),
        endpoint_configuration,
    ),
    DocumentType(
        "AWS::SageMaker::FeatureGroup",
        "sagemaker",
        ("database.table",),
        (
            "FeatureGroupArn",
            "FeatureGroupName",
            "OnlineStoreConfig.EnableOnlineStore",
            "OnlineStoreConfig.SecurityConfig.KmsKeyId",
            "OnlineStoreConfig.TtlDuration.Unit",
            "OnlineStoreConfig.TtlDuration.Value",
            "OfflineStoreConfig.S3StorageConfig.S3Uri",
            "OfflineStoreConfig.S3StorageConfig.KmsKeyId",
            "CreationTime",
            "Tags",
        ),
        feature_group,
    ),
    DocumentType(
        "AWS::SageMaker::MlflowTrackingServer",
        "sagemaker",
        ("ai.account",),
        ("TrackingServerArn", "TrackingServerName", "ArtifactStoreUri", "RoleArn", "CreationTime", "Tags"),
        tracking_server,
    ),
)
