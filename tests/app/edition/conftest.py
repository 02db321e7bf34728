import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "register"))

from register_world import judged_store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, with nothing in it."""
    folder = tmp_path / "data"
    for module in ("app.edition.installed", "app.cli.catalogues"):
        monkeypatch.setattr(f"{module}.data_folder", lambda: folder)
    return folder


@pytest.fixture
def world(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], Path]:
    found = judged_store(tmp_path)
    capsys.readouterr()
    return found
