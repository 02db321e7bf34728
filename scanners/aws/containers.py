"""Clusters and registries: Amazon EKS, ECS, ECR and AWS Batch."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import access, parse
from scanners.aws.subject import Subject, named
from scanners.documents import DocumentType, Origin
from scanners.members import flag, is_null, member, put, records, text, texts
from scanners.model import Asset, Relation
from scanners.references import api_server_alias


def eks_cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A Kubernetes cluster: how its control plane is reached, and whether secrets and audit log are kept."""
    name = text(document, "name") or ""
    subject = Subject(document, origin, text(document, "arn"), "eks", f"cluster/{name}")
    attributes: dict[str, Any] = {}
    public = flag(document, "resourcesVpcConfig.endpointPublicAccess")
    put(attributes, "api_public", public)
    networks = texts(document, "resourcesVpcConfig.publicAccessCidrs")
    if public is False:
        attributes["api_allowed_cidrs"] = []
    else:
        put(attributes, "api_allowed_cidrs", networks)
    encryption = records(document, "encryptionConfig")
    if any("secrets" in (texts(entry, "resources") or []) for entry in encryption or []):
        attributes["secrets_encrypted"] = True
    logs = records(document, "logging.clusterLogging")
    if logs is not None:
        on = [entry for entry in logs if flag(entry, "enabled") is True]
        attributes["audit_logging"] = any("audit" in (texts(entry, "types") or []) for entry in on)
    enabled = records(document, "logging.clusterLogging.enabledTypes")
    if enabled is not None:
        attributes["audit_logging"] = any(text(entry, "type") == "audit" for entry in enabled)
    vpc = text(document, "resourcesVpcConfig.vpcId")
    put(attributes, "vpc", vpc)
    endpoint = api_server_alias(text(document, "endpoint"))
    aliases = () if endpoint is None else (endpoint,)
    yield subject.asset("compute.cluster", "AWS::EKS::Cluster", name, attributes, created="createdAt", aliases=aliases)
    for entry in encryption or []:
        yield from subject.relation("encrypted_by", subject.key(text(entry, "provider.keyArn")))
    yield from subject.in_vpc(vpc)


def ecs_cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A cluster for containers."""
    name = text(document, "clusterName") or ""
    arn = named(document, "clusterArn", "arn")
    subject = Subject(document, origin, arn, "ecs", f"cluster/{name}")
    yield subject.asset("compute.cluster", "AWS::ECS::Cluster", name, {})
    yield from subject.encrypted_by("configuration.managedStorageConfiguration.kmsKeyId")


def repository(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A private registry of images; `repositoryPolicyText` is null where it has no policy."""
    name = text(document, "repositoryName") or ""
    arn = named(document, "repositoryArn", "arn")
    subject = Subject(document, origin, arn, "ecr", f"repository/{name}")
    attributes: dict[str, Any] = {"encrypted": True, "https_only": True}  # ECR has no other way
    sort = text(document, "encryptionConfiguration.encryptionType")
    put(attributes, "encryption", sort)
    if sort == "AES256":
        attributes["custody"] = "provider"
    policy = parse(member(document, "repositoryPolicyText"))
    allowed = access(policy, subject.account) if policy is not None else None
    if allowed is not None:
        allowed.tell(attributes)
    elif is_null(document, "repositoryPolicyText"):
        attributes["public_access"] = "none"
    yield subject.asset("storage.registry", "AWS::ECR::Repository", name, attributes, created="createdAt")
    key = named(document, "encryptionConfiguration.kmsKey")
    yield from subject.relation("encrypted_by", subject.key(key))
    for party in sorted(allowed.parties if allowed is not None else ()):
        yield from subject.relation("shared_with", party)


def public_repository(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A registry that everybody may read; Amazon serves it from everywhere."""
    name = text(document, "repositoryName") or ""
    arn = named(document, "repositoryArn", "arn")
    subject = Subject(document, origin, arn, "ecr-public", f"repository/{name}")
    attributes = {"public_access": "public"}
    yield subject.asset("storage.registry", "AWS::ECR::PublicRepository", name, attributes)
    yield from subject.relation("shared_with", "public")


def registry_copies(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """The rule by which a registry copies its images to registries of other regions and accounts."""
    subject = Subject(document, origin, None, "ecr", "replication-configuration")
    rules = records(document, "replicationConfiguration.rules")
    attributes: dict[str, Any] = {"continuous": True}
    if rules is not None:
        attributes["enabled"] = bool(rules)
    name = "replication of container images"
    yield subject.asset("replication", "AWS::ECR::ReplicationConfiguration", name, attributes)
    for rule in rules or []:
        for target in records(rule, "destinations") or []:
            region, account = text(target, "region"), text(target, "registryId")
            if region and account:
                copy = subject.arn("ecr", "repository/*", region=region, account=account)
                yield from subject.relation("replicates_to", copy, {"continuous": True})


def compute_environment(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Machines that AWS Batch starts on demand."""
    name = text(document, "computeEnvironmentName") or ""
    arn = text(document, "computeEnvironmentArn")
    subject = Subject(document, origin, arn, "batch", f"compute-environment/{name}")
    types = texts(document, "computeResources.instanceTypes")
    attributes: dict[str, Any] = {}
    if types is not None and len(types) == 1 and "." in types[0]:
        attributes["instance_type"] = types[0]
    yield subject.asset("compute.cluster", "AWS::Batch::ComputeEnvironment", name, attributes)
    for path in ("ecsClusterArn", "eksConfiguration.eksClusterArn"):
        yield from subject.relation("runs_on", text(document, path))


TYPES: Final = (
    DocumentType(
        "AWS::EKS::Cluster",
        "eks",
        ("compute.cluster",),
        (
            "name",
            "arn",
            "createdAt",
            "version",
            "endpoint",
            "resourcesVpcConfig.endpointPublicAccess",
            "resourcesVpcConfig.endpointPrivateAccess",
            "resourcesVpcConfig.publicAccessCidrs",
            "resourcesVpcConfig.vpcId",
            "encryptionConfig[].resources",
            "encryptionConfig[].provider.keyArn",
            "logging.clusterLogging[].types",
            "logging.clusterLogging[].enabled",
            "logging.clusterLogging.enabledTypes[].type",
            "outpostConfig.outpostArns",
            "tags",
        ),
        eks_cluster,
    ),
    DocumentType(
        "AWS::ECS::Cluster",
        "ecs",
        ("compute.cluster",),
        (
            "clusterName",
            "clusterArn",
            "arn",
            "status",
            "configuration.managedStorageConfiguration.kmsKeyId",
            "tags",
        ),
        ecs_cluster,
    ),
    DocumentType(
        "AWS::ECR::Repository",
        "ecr",
        ("storage.registry",),
        (
            "repositoryName",
            "repositoryArn",
            "arn",
            "createdAt",
            "encryptionConfiguration.encryptionType",
            "encryptionConfiguration.kmsKey",
            "repositoryPolicyText",
            "tags",
        ),
        repository,
    ),
    DocumentType(
        "AWS::ECR::PublicRepository",
        "ecr",
        ("storage.registry",),
        ("repositoryName", "repositoryArn", "arn", "tags"),
        public_repository,
    ),
    DocumentType(
        "AWS::ECR::ReplicationConfiguration",
        "ecr",
        ("replication",),
        (
            "replicationConfiguration.rules[].destinations[].region",
            "replicationConfiguration.rules[].destinations[].registryId",
        ),
        registry_copies,
    ),
    DocumentType(
        "AWS::Batch::ComputeEnvironment",
        "batch",
        ("compute.cluster",),
        (
            "computeEnvironmentName",
            "computeEnvironmentArn",
            "type",
            "state",
            "computeResources.type",
            "computeResources.instanceTypes",
            "computeResources.maxvCpus",
            "ecsClusterArn",
            "eksConfiguration.eksClusterArn",
            "tags",
        ),
        compute_environment,
    ),
)
