"""All services that are read live, and what waits."""

from functools import cache
from importlib import import_module
from typing import Final

from scanners.aws.live.declare import Collector, Operation, Waiting
from scanners.aws.live.plan import PLAN
from scanners.aws.live.reach import TAGGED

MODULES: Final = (
    "s3",
    "kms",
    "ec2",
    "cloudtrail",
    "iam",
    "organizations",
    "sagemaker",
    "sagemaker_jobs",
    "bedrock",
    "containers",
    "filesystems",
    "backup",
    "databases",
    "watching",
    "transfers",
    "sharing",
    "settings",
    "links",
    "capacity",
    "object_stores",
    "bedrock_services",
    "sagemaker_studio",
    "sagemaker_work",
    "exchanges",
    "cluster_parts",
)
"""Modules of this package that offer `COLLECTORS` and `WAITING`, in the order in which rules need them."""


@cache
def collectors() -> tuple[Collector, ...]:
    """Every collector."""
    return tuple(c for name in MODULES for c in import_module(f"scanners.aws.live.{name}").COLLECTORS)


@cache
def waiting() -> tuple[Waiting, ...]:
    """Everything that the collection plan holds and this version does not read yet."""
    said: list[Waiting] = [w for name in MODULES for w in import_module(f"scanners.aws.live.{name}").WAITING]
    shown = {(c.service, kind) for c in collectors() for kind in c.kinds} | {(w.service, w.kind) for w in said}
    return (*said, *(w for w in PLAN if (w.service, w.kind) not in shown))


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation that may be called, each once, sorted by key. Raises ValueError where two declarations differ."""
    from scanners.aws.live.login import OPERATIONS

    found: dict[str, Operation] = {}
    for operation in (*OPERATIONS, TAGGED, *(o for c in collectors() for o in c.operations)):
        if found.setdefault(operation.key, operation).permission != operation.permission:
            raise ValueError(f"{operation.key} is declared with two permissions")
    return tuple(found[key] for key in sorted(found))
