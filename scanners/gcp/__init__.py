"""Google Cloud: from Google's documents to assets and relations, one file for each service."""

from functools import cache
from importlib import import_module
from typing import Final, cast

from scanners.documents import DocumentType

_SERVICES: Final = (
    *("accountfacts", "alloydb", "artifactregistry", "backupdr", "bigquery", "bigqueryconnection", "bigtable"),
    *(
        "cloudlogging",
        "compute",
        "container",
        "dataprofiles",
        "dataproc",
        "filestore",
        "firestore",
        "firewalls",
        "hypercompute",
        "identities",
        "inherited",
        "kms",
    ),
    *("notebooks", "orgpolicy", "redis", "resourcemanager", "secretmanager", "spanner"),
    *("sqladmin", "storage", "storagetransfer", "tpu", "vertex_jobs", "vertex_models"),
)


@cache
def document_types() -> dict[str, DocumentType]:
    """Every type of document known here, by Cloud Asset Inventory's name of the type."""
    found: dict[str, DocumentType] = {}
    for service in _SERVICES:
        for kind in cast("tuple[DocumentType, ...]", import_module(f"scanners.gcp.{service}").TYPES):
            found[kind.native_type] = kind
    return found
