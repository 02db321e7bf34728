"""What-if over the first and last days of acceptances: the answer is that of judging everything on that day."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "rules"))

from test_memory_of_results import POLICY, estate

from app.audit import judge_scan, yardstick
from app.decisions import Actor, Subject, actions
from app.store import Store
from app.whatif import Question, WhatIf
from scanners.model import KINDS, Coverage, CoverageStatus

SEEN = datetime(2026, 11, 20, 6, tzinfo=UTC)
AS_OF = date(2026, 11, 22)


@pytest.mark.parametrize("seed", [20, 21])
def test_acceptances_begin_and_end_in_the_answer_as_in_a_judgement(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    by = yardstick(policy, AS_OF)
    assets, relations = estate(seed)
    cells = [
        Coverage("c", "aws", account, "*", kind, kind, CoverageStatus.COLLECTED)
        for account in ("111122223333", "333344445555")
        for kind in KINDS
    ]
    monkeypatch.setattr("app.rejudged._SHARE", 2.0)
    with Store.open(tmp_path / "situs.db") as store:
        writer = store.begin_scan(["c"], started=SEEN, program="test")
        writer.write([*assets, *relations, *cells])
        scan = writer.finish("complete", SEEN)
        judged = judge_scan(store, scan.id, by)
        failed = [r.finding for r in store.findings(judged.id) if r.finding.verdict.value == "fail"]
        of_assets = [f for f in failed if f.asset and not f.flow]
        of_flows = [f for f in failed if f.flow]
        until = datetime.now(UTC).date() + timedelta(days=40)
        chosen = [
            *(Subject(f.rule, asset=f.asset) for f in of_assets[::5]),
            *(Subject(f.rule, flow=f.flow) for f in of_flows[:2]),
            Subject(of_assets[1].rule, asset="*"),
        ]
        for number, subject in enumerate(chosen):
            actions.accept(store, Actor("Ann"), [subject], "known", until + timedelta(days=number % 3))
        since = datetime.now(UTC).date()
        base = judge_scan(store, scan.id, by)
        ask = WhatIf(store, base, by)
        days = (since - timedelta(1), since, since + timedelta(1), until, until + timedelta(1), until + timedelta(3))
        found: list[int] = []
        for day in days:
            some = ask.ask(Question(as_of=day), 100_000)
            with monkeypatch.context() as patched:
                patched.setattr(WhatIf, "_reached", lambda *_: None)
                whole = ask.ask(Question(as_of=day), 100_000)
            told = [{(c.change, c.rule, c.asset, c.flow, c.before, c.after) for c in a.changes} for a in (some, whole)]
            assert told[0] == told[1], day
            verdicts = {
                r.finding.verdict.value for r in store.findings(judge_scan(store, scan.id, yardstick(policy, day)).id)
            }
            found.append(int("accepted" in verdicts))
        assert found == [1, 1, 1, 1, 1, 0]
