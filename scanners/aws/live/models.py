"""Models of AWS's services, cut down to what may be called: the SDK reads them a fifth as large, and quicker.

The SDK decides from such a model which functions a client has. An operation that is not declared is not even there.
"""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from botocore.loaders import JSONFileLoader, Loader

_DECODER: Final = msgspec.json.Decoder()
_MODEL: Final = "service-2"
_UNUSED: Final = frozenset({"documentation", "documentationUrl", "examples", "smokeTests"})


class Models(Loader):
    """The SDK's loader. `keys` are the operations that may be called (`s3.ListBuckets`); services of which none is
    named are left whole, which are those that log people in."""

    def __init__(self, keys: Iterable[str]) -> None:
        wanted: dict[str, set[str]] = {}
        for key in keys:
            service, operation = key.split(".", 1)
            wanted.setdefault(service, set()).add(operation)
        super().__init__(file_loader=cast(Any, _Files(wanted)))


class _Files(JSONFileLoader):
    def __init__(self, wanted: dict[str, set[str]]) -> None:
        self._wanted = wanted

    def load_file(self, file_path: str) -> Any:
        """The content of a file without its ending, or None where there is none. Raises ValueError for bad JSON."""
        for ending, opened in ((".json", Path.read_bytes), (".json.gz", _unpacked)):
            path = Path(file_path + ending)
            if path.is_file():
                found: Any = _DECODER.decode(opened(path))
                break
        else:
            return None
        service = path.parts[-3] if len(path.parts) > 2 else ""
        if path.name.startswith(_MODEL) and service in self._wanted:
            _prune(found, self._wanted[service])
        return found


def _unpacked(path: Path) -> bytes:
    with gzip.open(path) as packed:
        return packed.read()


def _prune(model: dict[str, Any], operations: set[str]) -> None:
    """Takes out of a model, in place, every operation that is not named, and the shapes that only those use."""
    every: dict[str, Any] = model.get("operations", {})
    kept = {name: operation for name, operation in every.items() if name in operations}
    shapes: dict[str, Any] = model.get("shapes", {})
    reached: set[str] = set()
    waiting: list[Any] = list(kept.values())
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            node = cast("dict[str, Any]", part)
            for name in _UNUSED & node.keys():
                del node[name]
            name = node.get("shape")
            if isinstance(name, str) and name not in reached and name in shapes:
                reached.add(name)
                waiting.append(shapes[name])
            members = node.get("members")
            if isinstance(members, dict):  # its keys are the names of members, of which one may be "documentation"
                waiting.extend(cast("dict[str, Any]", members).values())
            waiting.extend(value for key, value in node.items() if key != "members")
        elif isinstance(part, list):
            waiting.extend(cast("list[Any]", part))
    model["operations"] = kept
    model["shapes"] = {name: shapes[name] for name in shapes if name in reached}
