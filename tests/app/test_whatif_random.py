"""What-if judges what a change touches: on invented estates of all kinds the answer is that of judging everything."""

import random
import sys
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "rules"))

from test_memory_of_results import POLICY, estate

from app.audit import judge_scan, yardstick
from app.store import Store
from app.whatif import Question, WhatIf
from scanners.model import KINDS, Coverage, CoverageStatus

_COMBINED = 12
_ALLOWED = ('["DE"]', '["EEA", "US"]', '["US"]', "[]")
"""Countries that another policy allows: fewer, more, others."""
_DENIED = (
    ("transfer.job", "governance.policy"),
    ("transfer.job", "governance.policy"),
    (
        "account",
        "ai.endpoint",
        "backup.vault",
        "compute.instance",
        "database.instance",
        "storage.bucket",
        "training.job",
    ),
)
"""Kinds that could not be read, by turns."""
COLLECTED = CoverageStatus.COLLECTED
SEEN = datetime(2026, 11, 20, 6, tzinfo=UTC)
MORE = """
reid_tag = "class"
"""
ANOTHER = """
[[transfer_register]]
id = "BCR"
importer = "Example Inc."
country = "IE"
tool = "bcr"
data_classes = ["personal", "special_category"]
assets = ["x5", "x20", "x21", "x30"]
expires = 2028-03-31
tia_date = 2026-03-01
"""


@pytest.mark.parametrize("seed", range(20, 23))
def test_the_answer_is_that_of_judging_everything(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    policy = tmp_path / "policy.toml"
    policy.write_text((MORE if seed % 2 else "") + POLICY + ANOTHER, encoding="utf-8")
    by = yardstick(policy, datetime(2026, 11, 22, tzinfo=UTC).date())
    assets, relations = estate(seed)
    denied = _DENIED[(seed - 20) % len(_DENIED)]
    cells = [
        Coverage("c", "aws", account, "*", kind, kind, CoverageStatus.DENIED if kind in denied else COLLECTED)
        for account in ("111122223333", "333344445555")
        for kind in KINDS
    ]
    placed = [a.uid for a in assets if a.kind not in ("account", "identity")]
    compared = questions = 0
    with Store.open(tmp_path / "situs.db") as store:
        writer = store.begin_scan(["c"], started=SEEN, program="test")
        writer.write([*assets, *relations, *cells])
        scan = writer.finish("complete", SEEN)
        ask = WhatIf(store, judge_scan(store, scan.id, by), by)
        monkeypatch.setattr("app.rejudged._SHARE", 2.0)
        for question in (
            Question(allow=("US",)),
            Question(allow=("IE",)),
            Question(allow=("NZ",)),
            Question(mechanism=(("SCC", "none"),)),
            Question(mechanism=(("SCC", "derogation"),)),
            *(Question(move=((uid, region),)) for uid in placed[:2] for region in ("us-east-1", "eu-west-1")),
            *(Question(as_of=date(*day)) for day in ((2026, 12, 31), (2028, 6, 1), (2031, 12, 28))),
            Question(move=((placed[7], "us-east-1"), (placed[8], "eu-central-1")), allow=("DE",)),
            *(_some(random.Random(seed * 100 + n), placed) for n in range(_COMBINED)),  # noqa: S311
            *_ALLOWED,
        ):
            if isinstance(question, Question):
                asked = partial(ask.ask, question)
            else:
                policy.write_text(policy.read_text("utf-8").replace('["EEA"]', question), encoding="utf-8")
                asked = partial(ask.against, yardstick(policy, by.as_of))
                policy.write_text(policy.read_text("utf-8").replace(question, '["EEA"]'), encoding="utf-8")
            some = asked()
            with monkeypatch.context() as patched:
                patched.setattr(WhatIf, "_reached", lambda *_: None)
                whole = asked()
            told = [{(c.change, c.rule, c.asset, c.flow, c.before, c.after) for c in a.changes} for a in (some, whole)]
            assert told[0] == told[1], question
            compared += len(told[0])
            questions += 1
    assert questions == 13 + _COMBINED + len(_ALLOWED)
    assert compared > 10


def _some(dice: random.Random, placed: list[str]) -> Question:
    """A question that supposes several things at once."""
    day = date(2026, 11, 22) + timedelta(days=dice.choice((1, 30, 39, 90, 400, 800, 1800, 1900, -30)))
    countries = tuple(dice.sample(("US", "IE", "DE", "GB", "IN", "EU", "ADEQUATE"), dice.randrange(1, 3)))
    tools = ((dice.choice(("SCC", "BCR")), dice.choice(("none", "derogation", "adequacy", "dpf"))),)
    moves = tuple((uid, dice.choice(("us-east-1", "eu-west-1", "eu-central-1"))) for uid in dice.sample(placed, 2))
    chosen = dice.sample(range(4), dice.randrange(2, 4))
    return Question(
        day if 0 in chosen else None,
        countries if 1 in chosen else (),
        tools if 2 in chosen else (),
        moves if 3 in chosen else (),
    )
