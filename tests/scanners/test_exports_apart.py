"""Files that processes of their own read give what one process gives."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from scanners.exports import read as reading
from scanners.exports.apart import Batch, Readers
from scanners.exports.read import ImportedFile, read_exports
from scanners.exports.source import State
from scanners.model import Asset, Item

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def snapshot(path: Path, account: str, count: int) -> None:
    items: list[dict[str, Any]] = [
        {
            "awsAccountId": account,
            "awsRegion": "eu-central-1",
            "resourceType": "AWS::EC2::Volume",
            "resourceId": f"vol-{n:017x}",
            "ARN": f"arn:aws:ec2:eu-central-1:{account}:volume/vol-{n:017x}",
            "configurationItemStatus": "OK",
            "configurationItemCaptureTime": "2026-10-01T00:00:00.000Z",
            "configuration": {"volumeId": f"vol-{n:017x}", "encrypted": True, "kmsKeyId": f"key/{n}", "tags": []},
            "supplementaryConfiguration": {},
            "tags": {"n": str(n)},
        }
        for n in range(count)
    ]
    path.write_text(json.dumps({"fileVersion": "1.0", "configurationItems": items}), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of two clouds, a declared site that tells a cluster's place, and one that is broken off."""
    for number in range(3):
        snapshot(tmp_path / f"aws{number}.json", "111122223333", 1500 + number)
    snapshot(tmp_path / "cut.json", "444455556666", 50)
    whole = (tmp_path / "cut.json").read_text(encoding="utf-8")
    (tmp_path / "cut.json").write_text(whole[: len(whole) // 2], encoding="utf-8")
    node: dict[str, Any] = {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n"}, "status": {"capacity": {}}}
    (tmp_path / "hall.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": [node]}), "utf-8")
    (tmp_path / "sites.yaml").write_text(
        "sites:\n  - id: s\n    name: Hall\n    country: NO\n    kubernetes: hall\n", encoding="utf-8"
    )
    vm = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Compute/disks/d"
    row: dict[str, Any] = {
        "id": vm,
        "name": "d",
        "type": "microsoft.compute/disks",
        "location": "westeurope",
        "properties": {},
    }
    (tmp_path / "azure.json").write_text(json.dumps({"data": [row], "count": 1, "total_records": 1}), encoding="utf-8")
    return tmp_path


def everything(folder: Path, workers: int) -> tuple[Counter[bytes], list[ImportedFile]]:
    items: Counter[bytes] = Counter()
    files = read_exports([folder], lambda batch: items.update(_encode(i) for i in batch), workers=workers)
    return items, files


def test_two_processes_find_what_one_does(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_LARGE", 1)
    alone, apart = everything(folder, 1), everything(folder, 2)
    assert apart[1] == alone[1]
    assert apart[0] == alone[0]
    assert {f.state for f in apart[1]} == {State.COMPLETE, State.PARTIAL}
    assert sum(f.counts.get("account", 0) for f in apart[1]) == 4  # the cluster is one as well


def test_small_imports_start_no_process(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def never(*_: Any) -> Readers:
        raise AssertionError("a process was started")

    monkeypatch.setattr(reading, "Readers", never)
    assert everything(folder, 2)[1]


def test_stopping_is_quick_and_keeps_what_was_read(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_LARGE", 1)
    for number in range(4):
        snapshot(folder / f"large{number}.json", "777788889999", 20_000)
    taken: list[Item] = []
    since = 0.0

    def stopped() -> bool:
        nonlocal since
        if taken and not since:
            since = time.monotonic()
        return bool(taken)

    def sink(batch: list[Item]) -> None:
        taken.extend(i for i in batch if isinstance(i, Asset) and i.account == "777788889999")

    files = read_exports([folder], sink, workers=2, cancelled=stopped)
    assert time.monotonic() - since < 6  # two seconds on a machine that does nothing else
    assert len(taken) < 80_000
    states = {f.name: f.state for f in files}
    assert State.PARTIAL in {states[f"large{n}.json"] for n in range(4)}
    assert State.REFUSED in {states[f"large{n}.json"] for n in range(4)}


class _Broken:
    """Stands for processes that break down after some batches."""

    taken = 0

    def __init__(self, workers: int) -> None:
        del workers

    def __enter__(self) -> "_Broken":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def begin(self, *_: object) -> None:
        """Nothing starts."""

    def batches(self, *_: object) -> Iterator[Batch]:
        yield from [Batch([], [], [], [], 10) for _ in range(self.taken)]

    def result(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(("taken", "state"), [(0, State.COMPLETE), (1, State.PARTIAL)])
def test_a_process_that_ends_loses_nothing_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int, state: State
):
    snapshot(tmp_path / "a.json", "111122223333", 10)
    monkeypatch.setattr(reading, "_LARGE", 1)
    monkeypatch.setattr(reading, "Readers", _Broken)
    monkeypatch.setattr(_Broken, "taken", taken)
    [file] = read_exports([tmp_path], list[Item]().extend, workers=2)
    assert file.state is state
    assert bool(file.counts) is (taken == 0)
    if taken:
        assert "the process that read it ended" in file.warnings[0]


def test_a_pool_that_broke_gives_no_result(tmp_path: Path):
    with Readers(1) as readers:
        tasks = cast("dict[Any, Any]", readers._tasks)  # pyright: ignore[reportPrivateUsage]

        class Future:
            def result(self) -> None:
                raise BrokenProcessPool

        tasks["x", 0] = (tmp_path, Future())
        assert readers.result(("x", 0)) is None
