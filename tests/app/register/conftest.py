from pathlib import Path

import pytest
from register_world import judged_store


@pytest.fixture
def world(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], Path]:
    found = judged_store(tmp_path)
    capsys.readouterr()
    return found
