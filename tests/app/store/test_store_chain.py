"""The chain of scans and the evidence: what was changed behind the store's back shows."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import audit as job
from app import sample
from app.store import Store


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample estate: two scans."""
    path = tmp_path_factory.mktemp("chain") / "situs.db"
    with Store.open(path) as store:
        for started, files in sample.SCANS:
            job.import_files(store, [files], started=started)
    return path


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    path = tmp_path / "situs.db"
    with sqlite3.connect(whole) as source, sqlite3.connect(path) as target:
        source.backup(target)
    source.close()
    target.close()
    return path


def change(path: Path, sql: str) -> None:
    raw = sqlite3.connect(path)
    assert raw.execute(sql).rowcount > 0
    raw.commit()
    raw.close()


def faults(path: Path) -> list[tuple[int, str]]:
    with Store.open(path) as store:
        return [(f.scan, f.what) for f in store.check_chain()]


def test_each_scan_names_the_one_before(copy: Path) -> None:
    with Store.open(copy) as store:
        first, second = store.chain()
        assert first.previous is None
        assert second.previous == first.digest
        assert store.check_chain() == []
        assert second.assets == store.scan(2).manifest


def test_earlier_scans_stay_true_when_later_ones_come(copy: Path) -> None:
    with Store.open(copy) as store:
        job.import_files(store, [sample.SCANS[0][1]], started=datetime(2026, 12, 1, tzinfo=UTC))
        assert store.check_chain() == []
        assert [link.scan for link in store.chain()] == [1, 2, 3]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE asset_version SET body = replace(body, 'lumenar', 'lumenat') WHERE until < 1000", (1, "assets")),
        ("DELETE FROM asset_version WHERE id IN (SELECT min(id) FROM asset_version)", (1, "assets")),
        ("UPDATE coverage SET status = 'collected' WHERE status <> 'collected'", (1, "coverage")),
        ("UPDATE scan SET started = '2020-01-01T00:00:00+00:00' WHERE id = 1", (1, "scan")),
        ("DELETE FROM scan WHERE id = 1", (1, "scan")),
        ("DELETE FROM attachment WHERE owner = 'scan:1' AND name = 'link'", (1, "missing")),
    ],
)
def test_a_change_behind_its_back_breaks_the_chain(copy: Path, sql: str, expected: tuple[int, str]) -> None:
    change(copy, sql)
    assert expected in faults(copy)


def test_a_scan_made_up_anew_no_longer_fits_the_next(copy: Path) -> None:
    change(copy, "UPDATE scan SET program = '9.9' WHERE id = 1")
    change(copy, "DELETE FROM attachment WHERE owner = 'scan:1' AND name = 'link'")
    with Store.open(copy) as store:
        job.import_files(store, [sample.SCANS[0][1]], started=datetime(2026, 12, 1, tzinfo=UTC))
    assert (2, "broken") in faults(copy)


def test_a_store_older_than_the_chain_is_linked_by_its_next_scan(copy: Path) -> None:
    change(copy, "DELETE FROM attachment WHERE name = 'link'")
    assert faults(copy) == []
    with Store.open(copy) as store:
        job.import_files(store, [sample.SCANS[0][1]], started=datetime(2026, 12, 1, tzinfo=UTC))
        assert [link.later for link in store.chain()] == [True, True, False]
        assert store.check_chain() == []


def test_evidence_is_digested_again(copy: Path) -> None:
    with Store.open(copy) as store:
        digests = sorted({d for batch in store.estate(2).assets() for _, asset in batch for d in asset.evidence})
        assert store.check_evidence(digests) == ([], [])
        assert store.check_evidence(["00" * 32, "no digest"]) == (["00" * 32, "no digest"], [])
    change(copy, f"DELETE FROM evidence WHERE digest = x'{digests[0]}'")  # noqa: S608
    change(copy, f"UPDATE evidence SET start = start + 1 WHERE digest = x'{digests[1]}'")  # noqa: S608
    with Store.open(copy) as store:
        assert store.check_evidence(digests) == ([digests[0]], [digests[1]])
