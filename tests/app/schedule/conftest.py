"""A small export to audit."""

import json
from pathlib import Path

import pytest

BUCKET = {
    "name": "//storage.googleapis.com/scans",
    "assetType": "storage.googleapis.com/Bucket",
    "ancestors": ["projects/123", "organizations/9"],
    "resource": {"data": {"name": "scans", "location": "US-EAST1", "locationType": "region"}},
}


@pytest.fixture
def export(tmp_path: Path) -> str:
    """A file with one bucket."""
    path = tmp_path / "assets.ndjson"
    path.write_text(json.dumps(BUCKET) + "\n", "utf-8")
    return str(path)
