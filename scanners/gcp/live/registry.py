"""All services that are read live, and what waits."""

from functools import cache
from importlib import import_module
from typing import Final

from scanners.gcp.live.declare import Collector, Waiting
from scanners.live.rest import RestOperation

MODULES: Final = (
    "storage",
    "keys",
    "compute",
    "vertex",
    "databases",
    "transfers",
    "logs",
    "identities",
    "profiles",
    "governance",
)
"""Modules of this package that offer `COLLECTORS` and `WAITING`."""


@cache
def collectors() -> tuple[Collector, ...]:
    """Every collector of a service's own interface; the inventory is read besides."""
    return tuple(c for name in MODULES for c in import_module(f"scanners.gcp.live.{name}").COLLECTORS)


@cache
def waiting(inventory: bool) -> tuple[Waiting, ...]:
    """What this version does not read yet, with the inventory or without it."""
    modules = [import_module(f"scanners.gcp.live.{name}") for name in MODULES]
    listed: list[Waiting] = [w for module in modules for w in module.WAITING]
    return (*listed, *(w for module in modules if not inventory for w in getattr(module, "UNLISTED", ())))


@cache
def operations() -> tuple[RestOperation, ...]:
    """Every request that may be sent, each once, sorted by name. Raises ValueError where two declarations differ."""
    from scanners.gcp.live.discovery import OPERATIONS as FIRST
    from scanners.gcp.live.inventory import OPERATIONS as INVENTORY

    found: dict[str, RestOperation] = {}
    for operation in (*FIRST, *INVENTORY, *(o for c in collectors() for o in c.operations)):
        if found.setdefault(operation.key, operation) != operation:
            raise ValueError(f"{operation.key} is declared twice, differently")
    return tuple(found[key] for key in sorted(found))
