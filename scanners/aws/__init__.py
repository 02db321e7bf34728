"""Amazon Web Services: what each type of document yields. Documents have the casing in which boto3 answers."""

from functools import cache
from importlib import import_module
from typing import Final

from scanners.documents import DocumentType

SERVICES: Final = (
    "backup",
    "bedrock",
    "cloudtrail",
    "containers",
    "databases",
    "dynamodb",
    "ec2",
    "efs",
    "iam",
    "kms",
    "network",
    "rds",
    "s3",
    "sagemaker",
    "search",
    "secretsmanager",
    "streams",
    "transfers",
)
"""The modules of this package that hold document types, one for each service or family of services."""


@cache
def document_types() -> dict[str, DocumentType]:
    """Every document type of AWS by its native type, spelled as AWS Config does (`AWS::S3::Bucket`)."""
    found: dict[str, DocumentType] = {}
    for service in SERVICES:
        for kind in import_module(f"scanners.aws.{service}").TYPES:
            if kind.native_type in found:
                raise ValueError(f"{kind.native_type} is declared twice")
            found[kind.native_type] = kind
    return found
