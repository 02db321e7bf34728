"""Real answers of three clouds' services, taken out of their recordings into files, go through the whole audit."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main

RECORDINGS = os.environ.get("SITUS_RECORDINGS")
pytestmark = pytest.mark.skipif(
    RECORDINGS is None, reason="SITUS_RECORDINGS does not name the folder of recorded provider answers"
)
MANY = 40
"""So many files at least: fewer would mean that the recordings were not found."""


def bodies(root: Path) -> dict[str, bytes]:
    """Name of a file → what a platform team would have exported: Cloud Asset exports, ARM lists, kubectl lists."""
    found: dict[str, bytes] = {}
    for path in sorted(root.glob("azure/*/*.list.*.json")) + sorted(root.glob("azure/microsoft.resourcegraph/*.json")):
        recorded = json.loads(path.read_text(encoding="utf-8"))
        if recorded.get("status") in (200, None) and recorded["body"] is not None:
            found[f"azure-{path.parent.name}-{path.name}"] = json.dumps(recorded["body"]).encode()
    for path in sorted(root.glob("gcp/cloudasset/*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))["body"]
        if isinstance(body, list):
            lines: list[Any] = body
            found[f"gcp-{path.stem}.ndjson"] = "\n".join(map(json.dumps, lines)).encode()
        elif body is not None:
            found[f"gcp-{path.name}"] = json.dumps(body).encode()
    for path in sorted(root.glob("kubernetes/*/*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))["body"]
        if body is not None:
            found[f"k8s-{path.parent.name}-{path.name}"] = json.dumps(body).encode()
    return found


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    for name, body in bodies(Path(RECORDINGS or "")).items():
        (folder / name).write_bytes(body)
    return folder


def test_what_was_recorded_is_audited(exports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {path.name for path in exports.iterdir()}
    assert len(names) >= MANY
    reports = [tmp_path / "report.pdf", tmp_path / "report.json"]
    words = ["audit", "--import", str(exports), "--as-of", "2026-11-22", "--store", str(tmp_path / "situs.db")]
    assert main([*words, "--report", *map(str, reports)]) == 0
    said = [line.strip() for line in capsys.readouterr().err.splitlines()]
    assert not [line for line in said if "Traceback" in line or "inside the program" in line]

    assert reports[0].read_bytes().startswith(b"%PDF")
    assert reports[0].read_bytes().rstrip().endswith(b"%%EOF")
    found = json.loads(reports[1].read_text(encoding="utf-8"))
    assert {"azure", "gcp"} <= {asset["provider"] for asset in found["assets"]}
    assert any(asset["uid"].startswith("k8s://") for asset in found["assets"])
    assert {"not_checked"} <= {finding["verdict"] for finding in found["findings"]}
    assert all(finding["missing"] for finding in found["findings"] if finding["verdict"] == "not_checked")

    refused = [line for line in said if "none of the exports that Situs knows" in line]
    told = Counter(name for line in refused for name in names if line.startswith(f"{name} "))
    assert sum(told.values()) == len(refused)
    assert set(told.values()) <= {1}
    assert len(told) < len(names) / 2
