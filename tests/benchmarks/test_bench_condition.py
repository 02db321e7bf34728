"""The benchmark of conditions still runs; its figures are for people."""

import pytest
from bench_condition import main


def test_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(size=50, rounds=1) > 0
    assert "mean" in capsys.readouterr().out
