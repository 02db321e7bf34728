"""One item of AWS Config: its members, and the identity and the tags that stand around its configuration."""

from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec
from msgspec import Raw, Struct

from scanners.aws import document_types
from scanners.aws.subject import arn_parts
from scanners.documents import DocumentType
from scanners.references import uid_of

_BUCKET: Final = "AWS::S3::Bucket"
_BY_NAME: Final = ("AWS::RDS::", "AWS::IAM::")  # whose id is an internal one, and whose name is the identifier
_OTHERS_ARN: Final = ("OutpostArn", "OutPostArn", "kmsKeyArn", "kmsArn")


class ConfigItem(Struct):
    """One configuration item; every member may be missing, and may be of any type in a file that was edited."""

    resourceType: Any = None  # noqa: N815
    resourceId: Any = None  # noqa: N815
    resourceName: Any = None  # noqa: N815
    awsRegion: Any = None  # noqa: N815
    awsAccountId: Any = None  # noqa: N815
    accountId: Any = None  # noqa: N815
    ARN: Any = None
    arn: Any = None
    configurationItemStatus: Any = None  # noqa: N815
    configurationItemCaptureTime: Any = None  # noqa: N815
    tags: Any = msgspec.UNSET
    configuration: Raw = Raw()
    supplementaryConfiguration: Raw = Raw()  # noqa: N815
    configurationItem: Raw = Raw()  # noqa: N815
    ConfigurationItem: Raw = Raw()


def complete(document: dict[str, Any], kind: DocumentType, item: ConfigItem, arn: str | None) -> None:
    """Gives the document the identity and the tags that stand in the item around it, where it has none itself."""
    native = kind.native_type
    arn_member, identity, tags = _IDENTITY[native]
    if arn and arn_member is not None and arn_member not in document:
        document[arn_member] = arn
    if identity is not None and not isinstance(document.get(identity), str):
        names = (
            (item.resourceName, item.resourceId)
            if native.startswith(_BY_NAME)
            else (item.resourceId, item.resourceName)
        )
        found = text(names[0]) or text(names[1])
        if found is not None:
            document[identity] = found
    if tags is not None and (item.tags or (item.tags is not msgspec.UNSET and tags not in document)):
        document[tags] = _tags(item.tags)


def _tags(value: Any) -> Any:
    """Tags as boto3 lists them, sorted so that an unchanged resource gives unchanged evidence."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value)
        return [{"Key": key, "Value": pairs[key]} for key in sorted(pairs)]
    if isinstance(value, list):
        entries = [cast("dict[str, Any]", one) for one in cast("list[Any]", value) if isinstance(one, dict)]
        found = {str(one["key"]): one.get("value") for one in entries if "key" in one}
        if found or not entries:
            return [{"Key": key, "Value": found[key]} for key in sorted(found)]
        return cast("list[Any]", value)
    return []


def text(value: Any) -> str | None:
    """A text with something in it; None for anything else."""
    return value.strip() or None if isinstance(value, str) else None


def own_arn(configuration: Mapping[str, Any]) -> str | None:
    """The ARN that a configuration itself states."""
    return next((text(configuration.get(name)) for name in ("arn", "Arn", "ARN") if name in configuration), None)


_ARN_TYPES: Final = (
    ("s3", "", _BUCKET),
    ("kms", "key/", "AWS::KMS::Key"),
    ("ec2", "instance/", "AWS::EC2::Instance"),
    ("ec2", "volume/", "AWS::EC2::Volume"),
    ("ec2", "vpc/", "AWS::EC2::VPC"),
    ("ecr", "repository/", "AWS::ECR::Repository"),
    ("eks", "cluster/", "AWS::EKS::Cluster"),
    ("iam", "role/", "AWS::IAM::Role"),
    ("rds", "db:", "AWS::RDS::DBInstance"),
    ("rds", "cluster:", "AWS::RDS::DBCluster"),
    ("dynamodb", "table/", "AWS::DynamoDB::Table"),
    ("elasticfilesystem", "file-system/", "AWS::EFS::FileSystem"),
    ("secretsmanager", "secret:", "AWS::SecretsManager::Secret"),
)


def type_of(arn: str | None) -> str | None:
    """The type of what an ARN names, for query results without the type's column."""
    parts = arn_parts(uid_of(arn)) if arn else None
    if parts is None:
        return None
    _, service, region, _, resource = parts
    for known, prefix, native in _ARN_TYPES:
        if service == known and resource.startswith(prefix) and (native != _BUCKET or not region):
            return native
    return None


def _identity(kind: DocumentType) -> tuple[str | None, str | None, str | None]:
    """(member with the ARN, member with the id or name, member with the tags) of a type."""
    plain = [m for m in kind.members if "." not in m and "[" not in m and ":" not in m]
    arn = next((m for m in plain if m.lower().endswith("arn") and m not in _OTHERS_ARN), None)
    first = next((m for m in plain[:3] if not m.lower().endswith("arn") and m != "Id"), None)
    named = first if first is not None and first.lower().endswith(("id", "name", "identifier")) else None
    return arn, named, next((m for m in plain if m.lower() == "tags"), None)


_IDENTITY: Final = {native: _identity(kind) for native, kind in document_types().items()}
