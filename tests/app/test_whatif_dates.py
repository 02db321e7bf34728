"""Dates that tags, policy and jobs state matter on another day, as those do that documents state."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "rules"))

from estates import AS_OF, TAGS, asset, read, rel

from app.audit import judge_scan, yardstick
from app.store import Store
from app.whatif import Question, WhatIf

SEEN = datetime(2026, 11, 20, tzinfo=UTC)
KEPT = {"class": "personal", "retain-until": "2026-12-01"}
POLICY = f"""
artefact_max_age_days = 30
ropa = []
{TAGS}
[[classify]]
uid = "database"
data_class = "personal"
retain_until = 2026-12-02
"""
ASSETS = [
    asset("volume", "storage.volume", tags=KEPT, attached=True),
    asset("model", "ai.model", tags=KEPT),
    asset("later", "ai.model", tags={**KEPT, "retain-until": "2027-12-01"}),
    asset("database", "database.instance"),
    asset("bucket", tags={"class": "personal", "data-role": "checkpoint"}, expire_days=None),
    asset("other", tags={"class": "personal", "data-role": "checkpoint"}, expire_days=None),
    asset("job", "training.job", ended_at="2026-11-05T10:00:00Z"),
    asset("old", "training.job", ended_at="2026-09-05T10:00:00Z"),
]


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3), date(2026, 12, 25)])
def test_another_day_finds_them(day: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    by = yardstick(tmp_path / "policy.toml", AS_OF)
    with Store.open(tmp_path / "situs.db") as store:
        writer = store.begin_scan(["c"], started=SEEN, program="test")
        writer.write([*ASSETS, rel("job", "writes", "bucket"), rel("old", "writes", "other"), *read()])
        scan = writer.finish("complete", SEEN)
        ask = WhatIf(store, judge_scan(store, scan.id, by), by)
        monkeypatch.setattr("app.rejudged._SHARE", 2.0)
        some = ask.ask(Question(as_of=day))
        monkeypatch.setattr(WhatIf, "_reached", lambda *_: None)
        whole = ask.ask(Question(as_of=day))
    told, wanted = ([(c.change, c.rule, c.asset, c.before, c.after) for c in a.changes] for a in (some, whole))
    assert told == wanted
    assert some.judged < whole.judged
    over = {asset for _, rule, asset, _, _ in told if rule == "SIT-RET-007"}
    assert over == {u for u, d in (("volume", 1), ("model", 1), ("database", 2)) if day > date(2026, 12, d)}
    assert any(rule == "SIT-RET-004" and asset == "bucket" for _, rule, asset, _, _ in told) is (day.day > 5)
