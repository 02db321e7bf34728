"""Kubernetes: from objects of any cluster to assets and relations."""

from functools import cache
from importlib import import_module
from typing import Final, cast

from scanners.documents import DocumentType

_FILES: Final = ("controlplane", "exposure", "nodes", "pools", "queues", "volumes", "workloads")
REFUSED: Final = frozenset({"Secret", "ConfigMap"})
"""Kinds of which nothing is ever read or kept."""


@cache
def document_types() -> dict[str, DocumentType]:
    """Every type of object known here, by `group/Kind` (`Kind` alone for the core group), whatever the version."""
    found: dict[str, DocumentType] = {}
    for file in _FILES:
        for kind in cast("tuple[DocumentType, ...]", import_module(f"scanners.kubernetes.{file}").TYPES):
            found[kind.native_type] = kind
    return found


def native_type(api_version: str | None, kind: str | None) -> str:
    """`group/Kind` of an object; versions are left out, since the members that are read are the same in all."""
    group = (api_version or "v1").rpartition("/")[0]
    return f"{group}/{kind}" if group else str(kind)
