"""All that is read live, and what waits."""

from functools import cache
from importlib import import_module
from typing import Final

from scanners.azure.live.declare import Collector, Waiting
from scanners.live.rest import RestOperation

MODULES: Final = (
    "storage",
    "keyvault",
    "cognitive",
    "machinelearning",
    "compute",
    "databases",
    "files",
    "pipelines",
    "backup",
    "arc",
    "governance",
    "logs",
)
"""Modules of this package that offer `COLLECTORS` and maybe `WAITING`."""


@cache
def collectors() -> tuple[Collector, ...]:
    """Every collector."""
    return tuple(c for name in MODULES for c in import_module(f"scanners.azure.live.{name}").COLLECTORS)


@cache
def waiting() -> tuple[tuple[str, Waiting], ...]:
    """(native type, what it has that is not read): said where a subscription has something of that type."""
    return tuple(w for name in MODULES for w in getattr(import_module(f"scanners.azure.live.{name}"), "WAITING", ()))


@cache
def operations() -> tuple[RestOperation, ...]:
    """Every request that may be sent, each once, sorted by name. Raises ValueError where two declarations differ."""
    from scanners.azure.live.graph import CONTAINERS, GRAPH
    from scanners.azure.live.lists import LISTS
    from scanners.azure.live.subscriptions import OPERATIONS

    found: dict[str, RestOperation] = {}
    for operation in (
        GRAPH,
        CONTAINERS,
        *OPERATIONS,
        *LISTS.values(),
        *(o for c in collectors() for o in c.operations),
    ):
        if found.setdefault(operation.key, operation) != operation:
            raise ValueError(f"{operation.key} is declared twice, differently")
    return tuple(found[key] for key in sorted(found))
