"""Notebooks, domains, models, endpoints, feature groups, tracking servers and clusters of Amazon SageMaker, live
(rows C3 to C9, C14 and C16 of the collection plan)."""

import re
from collections.abc import Iterator
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.live.declare import Collector, Operation, Waiting, op, pages
from scanners.aws.live.reach import UNREAD, Reach
from scanners.aws.live.recipes import SUBNETS, attached, described, description, listed
from scanners.aws.sagemaker_clusters import TYPES as CLUSTERS
from scanners.aws.sagemaker_serving import TYPES as SERVING
from scanners.coverage import MissedError
from scanners.members import member, text
from scanners.model import Item

NOTEBOOKS: Final = pages("sagemaker", "ListNotebookInstances", "NotebookInstances", page=100)
NOTEBOOK: Final = op("sagemaker", "DescribeNotebookInstance")
DOMAINS: Final = pages("sagemaker", "ListDomains", "Domains", page=100)
DOMAIN: Final = op("sagemaker", "DescribeDomain", none=("ResourceNotFound",))
MODELS: Final = pages("sagemaker", "ListModels", "Models", page=100)
MODEL: Final = op("sagemaker", "DescribeModel")
MADE_BY: Final = op("sagemaker", "DescribeTrainingJob", none=("ValidationException", "ResourceNotFound"), optional=True)
GROUPS: Final = pages("sagemaker", "ListModelPackageGroups", "ModelPackageGroupSummaryList", page=100)
PACKAGES: Final = pages("sagemaker", "ListModelPackages", "ModelPackageSummaryList", page=100)
PACKAGE: Final = op("sagemaker", "DescribeModelPackage")
ENDPOINTS: Final = pages("sagemaker", "ListEndpoints", "Endpoints", page=100)
ENDPOINT: Final = op("sagemaker", "DescribeEndpoint")
CONFIGURATION: Final = op("sagemaker", "DescribeEndpointConfig")
FEATURES: Final = pages("sagemaker", "ListFeatureGroups", "FeatureGroupSummaries", page=100)
FEATURE: Final = op("sagemaker", "DescribeFeatureGroup", none=("ResourceNotFound",))
TRACKERS: Final = pages("sagemaker", "ListMlflowTrackingServers", "TrackingServerSummaries", page=100)
TRACKER: Final = op("sagemaker", "DescribeMlflowTrackingServer", none=("ResourceNotFound",))
HYPERPODS: Final = pages("sagemaker", "ListClusters", "ClusterSummaries", page=100)
HYPERPOD: Final = op("sagemaker", "DescribeCluster", none=("ResourceNotFound",))
PLANS: Final = pages("sagemaker", "ListTrainingPlans", "TrainingPlanSummaries", page=100)

_TYPES: Final = document_types()
_NOTEBOOK: Final = _TYPES["AWS::SageMaker::NotebookInstance"]
_ENDPOINT, _PACKAGE = SERVING
_CLUSTER, _PLAN = CLUSTERS
_OUTPUT: Final = re.compile(r"/([A-Za-z0-9-]{1,63})/output/model\.tar\.gz$")


def _notebook(reach: Reach, document: dict[str, Any]) -> None:
    subnet = document.get("SubnetId")
    network = {"VpcConfig": None if subnet is None else {"Subnets": [subnet]}}
    attached(reach, network)
    document["VpcConfig"] = network["VpcConfig"]


def _model(reach: Reach, document: dict[str, Any]) -> None:
    """Which training job wrote the weights: SageMaker puts the job's name into the address of what it writes."""
    containers = [document.get("PrimaryContainer"), *document.get("Containers", ())]
    makers: list[str] = []
    for address in (text(c, "ModelDataUrl") for c in containers if c):
        match = _OUTPUT.search(address or "")
        if match is None:
            continue
        try:
            job = reach.once(
                f"made-by:{reach.region}:{match[1]}",
                MADE_BY,
                lambda name=match[1]: reach.answer(MADE_BY, TrainingJobName=name),
            )
        except MissedError:
            continue
        if job is not None and member(job, "ModelArtifacts.S3ModelArtifacts") == address:
            makers.append(str(job["TrainingJobArn"]))
    document["TrainedBy"] = makers


def _endpoint(reach: Reach, document: dict[str, Any]) -> None:
    name = text(document, "EndpointConfigName")
    if name is None:
        return
    found = reach.detail(document, "EndpointConfig", CONFIGURATION, EndpointConfigName=name)
    if found is UNREAD or found is None:
        return
    for absent in ("DataCaptureConfig", "KmsKeyId"):
        found.setdefault(absent, None)
    attached(reach, found)


def _feature(reach: Reach, document: dict[str, Any]) -> None:
    online = document.get("OnlineStoreConfig")
    if online is not None:
        document["OnlineStoreConfig"] = {"TtlDuration": None, **online}


def _cluster(reach: Reach, document: dict[str, Any]) -> None:
    attached(reach, document)


def packages(reach: Reach) -> Iterator[Item]:
    """Every registered version, group by group."""
    for group in reach.each(GROUPS):
        name = str(group["ModelPackageGroupName"])
        reach.spawn(lambda r, n=name: _versions(r, n))
    yield from ()


def _versions(reach: Reach, group: str) -> Iterator[Item]:
    for entry in reach.each(PACKAGES, ModelPackageGroupName=group):
        parameters = {"ModelPackageName": entry["ModelPackageArn"]}
        reach.spawn(
            lambda r, e=entry, p=parameters: description(
                r, e, _PACKAGE, PACKAGES, PACKAGE, p, nulls=("SecurityConfig",), tags="ModelPackageArn"
            )
        )
    yield from ()


def _plain(native: str, listing: Operation, describe: Operation, noun: str, *nulls: str) -> Collector:
    """A list and one description each, by name."""
    return described(
        _TYPES[f"AWS::SageMaker::{native}"], listing, describe, noun, noun, nulls=nulls,
        tags=f"{noun.removesuffix('Name').removesuffix('Id')}Arn",
    )  # fmt: skip


COLLECTORS: Final = (
    described(
        _NOTEBOOK, NOTEBOOKS, NOTEBOOK, "NotebookInstanceName", "NotebookInstanceName",
        nulls=("KmsKeyId", "SubnetId"), tags="NotebookInstanceArn", more=_notebook, operations=(SUBNETS,),
    ),
    _plain("Domain", DOMAINS, DOMAIN, "DomainId", "KmsKeyId"),
    described(
        _TYPES["AWS::SageMaker::Model"], MODELS, MODEL, "ModelName", "ModelName", tags="ModelArn", more=_model,
        operations=(MADE_BY,),
    ),
    Collector("sagemaker", _PACKAGE.kinds, (GROUPS, PACKAGES, PACKAGE), packages, types=(_PACKAGE,)),
    described(
        _ENDPOINT, ENDPOINTS, ENDPOINT, "EndpointName", "EndpointName", tags="EndpointArn", more=_endpoint,
        operations=(CONFIGURATION, SUBNETS),
    ),
    described(
        _TYPES["AWS::SageMaker::FeatureGroup"], FEATURES, FEATURE, "FeatureGroupName", "FeatureGroupName",
        tags="FeatureGroupArn", more=_feature,
    ),
    _plain("MlflowTrackingServer", TRACKERS, TRACKER, "TrackingServerName"),
    described(
        _CLUSTER, HYPERPODS, HYPERPOD, "ClusterName", "ClusterName", tags="ClusterArn", more=_cluster,
        operations=(SUBNETS,),
    ),
    listed(_PLAN, PLANS, tags="TrainingPlanArn"),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
