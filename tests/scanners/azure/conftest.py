import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scanners.azure import document_types
from scanners.azure.arm import type_of
from scanners.documents import Origin, observe
from scanners.model import Asset, Evidence, Item, Relation

ORIGIN = Origin("import:test", "test, item 1", "test")


def documents(body: Any) -> Iterator[dict[str, Any]]:
    """The resources in an answer of Azure Resource Manager."""
    inner = body.get("value") if isinstance(body, dict) else body
    for item in inner if isinstance(inner, list) else [body]:
        if isinstance(item, dict):
            yield item


class Seen:
    """What documents yielded."""

    def __init__(self, items: list[Item]) -> None:
        self.assets = [item for item in items if isinstance(item, Asset)]
        self.relations = [item for item in items if isinstance(item, Relation)]
        self.evidence = [item for item in items if isinstance(item, Evidence)]

    def asset(self, name: str) -> Asset:
        found = [asset for asset in self.assets if asset.name == name]
        assert len(found) == 1, [asset.name for asset in self.assets]
        return found[0]

    def targets(self, type_: str) -> list[str]:
        return [relation.target for relation in self.relations if relation.type == type_]


def look(*bodies: dict[str, Any], origin: Origin = ORIGIN) -> Seen:
    """Observes documents of known types, as scanners and imports do."""
    types = document_types()
    return Seen([item for body in bodies for item in observe(body, types[type_of(body) or ""], origin)])


@pytest.fixture(name="look")
def _look() -> Callable[..., Seen]:
    return look


@pytest.fixture(scope="session")
def azure_recordings() -> Path:
    """The folder of recorded answers of Azure; skips where they are not on this machine."""
    folder = os.environ.get("SITUS_RECORDINGS")
    if not folder:
        pytest.skip("SITUS_RECORDINGS is not set: real answers of Azure are not on this machine")
    return Path(folder) / "azure"


@pytest.fixture
def recorded(azure_recordings: Path) -> Callable[[str], Seen]:
    """Observes what was recorded in a file: `recorded("microsoft.compute/disks.get.1")`."""

    def read(name: str) -> Seen:
        body = json.loads((azure_recordings / f"{name}.json").read_text(encoding="utf-8"))["body"]
        return look(*documents(body))

    return read
