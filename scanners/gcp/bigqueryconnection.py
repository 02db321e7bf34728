"""Connections of BigQuery: the identities with which it reaches S3, Azure and other databases (Omni, BigLake)."""

from collections.abc import Iterator
from typing import Final

from scanners.documents import DocumentType
from scanners.gcp.subject import Subject, gcp_type
from scanners.members import record, text
from scanners.model import Asset, Relation

_HOST: Final = "bigqueryconnection.googleapis.com"


def _connection(subject: Subject) -> Iterator[Asset | Relation]:
    """An identity. A role of AWS, or a tenant of Azure, that lets it in trusts it."""
    data = subject.data
    name = text(data, "friendlyName")
    yield subject.asset("identity", subject.place(service="bigquery"), {}, name=name, labels_at=None)
    role = text(data, "aws.accessRole.iamRoleId")
    tenant = text(data, "azure.customerTenantId")
    trusting = role if role and role.startswith("arn:") else f"tenant:{tenant}" if tenant else None
    if trusting:
        yield Relation(trusting, "trusts", subject.uid)
    for sort in ("cloudSpanner", "cloudSql"):
        found = record(data, sort)
        database = text(found, "database") if sort == "cloudSpanner" else text(found, "instanceId")
        if database and database.startswith("projects/"):
            yield from subject.links("reads", database, service="spanner.googleapis.com")
        elif database and database.count(":") >= 2:
            project, _, instance = database.rsplit(":", 2)
            yield subject.relation("reads", f"//cloudsql.googleapis.com/projects/{project}/instances/{instance}")


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_HOST}/Connection",
        "bigqueryconnection",
        ("identity",),
        (
            *("aws.accessRole.iamRoleId", "azure.customerTenantId", "cloudSpanner.database", "cloudSql.instanceId"),
            *("creationTime", "friendlyName", "kmsKeyName", "name"),
        ),
        _connection,
    ),
)
