"""Whatever a cloud calls its things, every form shows it as text; a full disk costs nothing that was there."""

import errno
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_estate import FRANKFURT, InventedSource, head

from app.report import write_reports
from app.report.files import ReportNotWrittenError
from rules.judgement import Severity

ODD = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp"]),
        st.sampled_from("<>&\"'=+-@\t\r\n\u202e\u2066\ufeff😀数ا"),
    ),
    min_size=1,
    max_size=60,
)
FORMS = ("pdf", "html", "json", "csv", "xlsx", "ocsf.json", "oscal.json", "sarif")


def estate(names: list[str]) -> InventedSource:
    source = InventedSource(head())
    for name in names:
        placed = source.add(name, "storage.bucket", FRANKFURT, data_class="personal")
        source.fail("SIT-KEY-001", placed, f"asset.name is {name}", Severity.HIGH)
    return source


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ODD, min_size=1, max_size=4, unique=True))
def test_every_form_is_written_whatever_the_names(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("odd")
    paths = [folder / f"report.{form}" for form in FORMS]
    write_reports(estate(names), paths)
    for path in paths[2:3] + paths[5:]:
        whole = json.loads(path.read_text(encoding="utf-8"))
        assert whole
    read = json.loads(paths[2].read_text(encoding="utf-8"))
    assert len(read["findings"]) == len(names)
    for path in paths:
        path.unlink()


@pytest.mark.parametrize("name", ["x" * 10_000, "😀" * 3_000, "\u202e" * 500, "a b " * 2_500, "é" * 10_000])
def test_names_of_ten_thousand_signs(tmp_path: Path, name: str) -> None:
    paths = [tmp_path / f"report.{form}" for form in FORMS]
    write_reports(estate([name]), paths)
    assert json.loads(paths[2].read_text(encoding="utf-8"))["findings"][0]["name"] == name


@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_leaves_the_older_file(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import app.report.files

    path = tmp_path / f"report.{form}"
    path.write_bytes(b"older")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(app.report.files.os, "fsync", full)
    with pytest.raises(ReportNotWrittenError, match=r"disk is full.*unchanged"):
        write_reports(estate(["a"]), [path])
    assert path.read_bytes() == b"older"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
