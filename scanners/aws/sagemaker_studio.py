"""What stands around notebooks and endpoints of Amazon SageMaker: apps and spaces of Studio, MLflow, parts of
endpoints, routers between regions, shares of clusters. Names of people are replaced by digests."""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject, arn_parts, region_place
from scanners.documents import DocumentType, Origin
from scanners.members import is_null, put, records, text
from scanners.model import Asset, Relation
from scanners.references import uid_of


def app(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A program of Studio on a machine of its own. `Domain` is what `DescribeDomain` says of its domain; `Owner` a
    digest of the space or person that it belongs to."""
    sort, domain = text(document, "AppType") or "app", text(document, "DomainId") or ""
    owner = text(document, "Owner") or "unknown"
    name = text(document, "AppName") or sort
    subject = Subject(document, origin, None, "sagemaker", f"app/{domain}/{owner}/{sort.lower()}/{name.lower()}")
    attributes = _inside(document)
    put(attributes, "instance_type", text(document, "ResourceSpec.InstanceType"))
    attributes["attached"] = text(document, "Status") == "InService"
    yield subject.asset(
        "training.notebook", "AWS::SageMaker::App", f"{sort} {owner}", attributes, created="CreationTime"
    )
    yield from _in_domain(subject, document, domain)


def space(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A space of Studio with the file systems and buckets that are mounted in it."""
    name, domain = text(document, "SpaceName") or "", text(document, "DomainId") or ""
    subject = Subject(document, origin, text(document, "SpaceArn"), "sagemaker", f"space/{domain}/{name}")
    attributes = _inside(document)
    yield subject.asset("training.notebook", "AWS::SageMaker::Space", name, attributes, created="CreationTime")
    yield from _in_domain(subject, document, domain)
    for mounted in records(document, "SpaceSettings.CustomFileSystems") or []:
        held: list[str | None] = []
        for path, service in (("EFSFileSystem", "elasticfilesystem"), ("FSxLustreFileSystem", "fsx")):
            system = text(mounted, f"{path}.FileSystemId")
            held.append(subject.arn(service, f"file-system/{system}") if system else None)
        address = text(mounted, "S3FileSystem.S3Uri")
        held.append(uid_of(address, context=subject.uid) if address else None)
        for store in held:
            for type_ in ("reads", "writes"):
                yield from subject.relation(type_, store, {"role": "mount"})


def _inside(document: Any) -> dict[str, Any]:
    """What an app or space has from its domain: its network and who holds the key of its disks."""
    attributes: dict[str, Any] = {}
    way = text(document, "Domain.AppNetworkAccessType")
    if way is not None:
        attributes["internet_access"] = way != "VpcOnly"
    put(attributes, "vpc", text(document, "Domain.VpcId"))
    if is_null(document, "Domain.KmsKeyId"):
        attributes["custody"] = "provider"
    return attributes


def _in_domain(subject: Subject, document: Any, domain: str) -> Iterator[Relation]:
    yield from subject.relation("member_of", subject.arn("sagemaker", f"domain/{domain}") if domain else None)
    yield from subject.encrypted_by("Domain.KmsKeyId")


def digest_of(name: str) -> str:
    """A short digest that stands for a name that may be a person's."""
    return hashlib.sha256(name.encode()).hexdigest()[:10]


def mlflow_app(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A store of experiments, with the bucket that holds what they made."""
    subject = Subject(document, origin, text(document, "Arn"), "sagemaker", "mlflow-app/unknown")
    attributes: dict[str, Any] = {}
    if is_null(document, "KmsKeyId"):
        attributes["custody"] = "provider"
    address = text(document, "ArtifactStoreUri")
    store = uid_of(address, context=subject.uid) if address else None
    if store is not None:
        attributes["linked_stores"] = [{"uid": store, "saas_vendor": None}]
    name = text(document, "Name")
    yield subject.asset("ai.account", "AWS::SageMaker::MlflowApp", name, attributes, created="CreationTime")
    yield from subject.encrypted_by("KmsKeyId")
    yield from subject.relation("writes", store)


def component(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A model on an endpoint that several models share: relations only, the endpoint is read for itself."""
    endpoint = text(document, "EndpointArn")
    subject = Subject(document, origin, text(document, "InferenceComponentArn"), "sagemaker", "inference-component/x")
    parts = records(document, "Specifications") or []
    named = [text(document, "Specification.ModelName"), *(text(part, "ModelName") for part in parts)]
    for model in sorted({name for name in named if name}):
        if endpoint:
            yield Relation(subject.arn("sagemaker", f"model/{model.lower()}"), "deployed_as", endpoint)
    artefact = text(document, "Specification.Container.ArtifactUrl")
    target = uid_of(artefact, context=subject.uid) if artefact else None
    if endpoint and target:
        yield Relation(endpoint, "reads", target, {"role": "weights"})


def router(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An address whose calls go to one of several endpoints, in whatever region they are."""
    name = text(document, "InferenceRouterName") or ""
    subject = Subject(document, origin, text(document, "InferenceRouterArn"), "sagemaker", f"inference-router/{name}")
    goals = records(document, "RoutingTargets") or []
    arns = [a for g in goals for d in records(g, "Destinations") or [] if (a := text(d, "ResourceArn")) is not None]
    regions = sorted({parts[2] for a in arns if (parts := arn_parts(a)) is not None and parts[2]})
    attributes: dict[str, Any] = {}
    if arns:
        attributes["processing_scope"] = "region" if regions == [subject.region] else "zone"
        attributes["processing_locs"] = [region_place(region) for region in regions]
        attributes["routing_regions"] = [region_place(r) for r in regions if r != subject.region]
    native = "AWS::SageMaker::InferenceRouter"
    yield subject.asset("ai.endpoint", native, name, attributes, created="CreationTime")
    for arn in dict.fromkeys(arns):
        yield from subject.relation("overflows_to", arn)
    for goal in goals:
        key = subject.key(text(goal, "AsyncInferenceConfig.OutputConfig.KmsKeyId"))
        noted = {"content_logged": True, **({"key": key} if key else {})}
        for path in ("S3OutputPath", "S3FailurePath"):
            yield from subject.touches("writes", f"AsyncInferenceConfig.OutputConfig.{path}", noted, document=goal)


def quota(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A team's share of a HyperPod cluster: no machines of its own."""
    arn = text(document, "ComputeQuotaArn")
    subject = Subject(document, origin, arn, "sagemaker", f"compute-quota/{text(document, 'ComputeQuotaId')}")
    parts = records(document, "ComputeQuotaConfig.ComputeQuotaResources") or []
    types = {t for part in parts if (t := text(part, "InstanceType")) is not None}
    attributes: dict[str, Any] = {"node_count": 0, "gpu_count": 0}
    put(attributes, "instance_type", types.pop() if len(types) == 1 else None)
    name = text(document, "Name")
    native = "AWS::SageMaker::ComputeQuota"
    yield subject.asset("compute.nodegroup", native, name, attributes, created="CreationTime")
    yield from subject.relation("member_of", text(document, "ClusterArn"))


_DOMAIN: Final = ("Domain.AppNetworkAccessType", "Domain.VpcId", "Domain.KmsKeyId")
_NOTEBOOK: Final = ("training.notebook",)
_OUTPUT: Final = "RoutingTargets[].AsyncInferenceConfig.OutputConfig"
_FILES: Final = "SpaceSettings.CustomFileSystems[]"

APP: Final = DocumentType(
    "AWS::SageMaker::App", "sagemaker", _NOTEBOOK,
    ("DomainId", "Owner", "AppType", "AppName", "Status", "CreationTime", "ResourceSpec.InstanceType", *_DOMAIN),
    app,
)  # fmt: skip
SPACE: Final = DocumentType(
    "AWS::SageMaker::Space", "sagemaker", _NOTEBOOK,
    (
        "SpaceArn", "SpaceName", "DomainId", "Status", "CreationTime", "SpaceSharingSettings.SharingType",
        f"{_FILES}.EFSFileSystem.FileSystemId", f"{_FILES}.FSxLustreFileSystem.FileSystemId",
        f"{_FILES}.S3FileSystem.S3Uri", *_DOMAIN,
    ),
    space,
)  # fmt: skip
MLFLOW_APP: Final = DocumentType(
    "AWS::SageMaker::MlflowApp", "sagemaker", ("ai.account",),
    ("Arn", "Name", "Status", "CreationTime", "ArtifactStoreUri", "KmsKeyId", "RoleArn", "Tags"),
    mlflow_app,
)  # fmt: skip
COMPONENT: Final = DocumentType(
    "AWS::SageMaker::InferenceComponent", "sagemaker", ("ai.endpoint",),
    (
        "InferenceComponentArn", "InferenceComponentName", "EndpointArn", "InferenceComponentStatus",
        "Specification.ModelName", "Specification.Container.ArtifactUrl", "Specifications[].ModelName",
    ),
    component,
)  # fmt: skip
ROUTER: Final = DocumentType(
    "AWS::SageMaker::InferenceRouter", "sagemaker", ("ai.endpoint",),
    (
        "InferenceRouterArn", "InferenceRouterName", "Status", "CreationTime",
        "RoutingTargets[].Destinations[].ResourceArn", "RoutingTargets[].RoutingPreference",
        *(f"{_OUTPUT}.{m}" for m in ("S3OutputPath", "S3FailurePath", "KmsKeyId")),
    ),
    router,
)  # fmt: skip
QUOTA: Final = DocumentType(
    "AWS::SageMaker::ComputeQuota", "sagemaker", ("compute.nodegroup",),
    (
        "ComputeQuotaArn", "ComputeQuotaId", "Name", "ClusterArn", "Status", "ActivationState", "CreationTime",
        "ComputeQuotaConfig.ComputeQuotaResources[].InstanceType",
        "ComputeQuotaConfig.ComputeQuotaResources[].Count",
    ),
    quota,
)  # fmt: skip
