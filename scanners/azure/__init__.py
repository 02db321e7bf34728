"""Microsoft Azure: what each type of Azure Resource Manager (ARM) document yields."""

from functools import cache
from importlib import import_module
from typing import Final

from scanners.documents import DocumentType

SERVICES: Final = (
    "account",
    "aks",
    "analytics",
    "arc",
    "backup",
    "batch",
    "cognitive",
    "compute",
    "cosmos",
    "arcdata",
    "datafactory",
    "firewall",
    "images",
    "keyvault",
    "machinelearning",
    "monitor",
    "netapp",
    "network",
    "policy",
    "postgres",
    "registry",
    "sql",
    "storage",
)
"""The modules of this package that hold document types, one for each service."""


@cache
def document_types() -> dict[str, DocumentType]:
    """Every document type of Azure by its native type, in lower case (`microsoft.storage/storageaccounts`)."""
    found: dict[str, DocumentType] = {}
    for service in SERVICES:
        for kind in import_module(f"scanners.azure.{service}").TYPES:
            if kind.native_type in found:
                raise ValueError(f"{kind.native_type} is declared twice")
            found[kind.native_type] = kind
    return found
