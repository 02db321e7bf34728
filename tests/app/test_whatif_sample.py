"""What-if on the sample estate, held against judging all of it again with the decision written into the policy."""

import re
from datetime import date
from pathlib import Path

import pytest

from app import sample
from app.audit import import_files, judge_scan, yardstick
from app.store import Store
from app.whatif import Question, WhatIf

TEXT = sample.POLICY.read_text(encoding="utf-8")
ALLOWED = re.search(r"allowed_countries = \[(.*?)\]", TEXT)
assert ALLOWED is not None
FIRST = re.search(r'\[\[transfer_register\]\]\s+id = "([^"]+)"', TEXT)
assert FIRST is not None


def allowing(*countries: str) -> str:
    more = "".join(f', "{country}"' for country in countries)
    return TEXT.replace(ALLOWED[0], f"allowed_countries = [{ALLOWED[1]}{more}]")


def resting_on(tool: str) -> str:
    at = TEXT.index("tool =", FIRST.end())
    return TEXT[:at] + re.sub(r'tool = "\w+"', f'tool = "{tool}"', TEXT[at:], count=1)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("sample")
    started, files = sample.SCANS[-1]
    with Store.open(folder / "situs.db") as store:
        scan = import_files(store, [files], started=started).scan
        by = yardstick(sample.POLICY, sample.AS_OF)
        info = judge_scan(store, scan.id, by)
        yield folder, store, info, WhatIf(store, info, by)


@pytest.mark.parametrize(
    ("question", "policy", "day"),
    [
        (Question(allow=("US",)), allowing("US"), sample.AS_OF),
        (Question(allow=("GB", "IN")), allowing("GB", "IN"), sample.AS_OF),
        (Question(mechanism=((FIRST[1], "derogation"),)), resting_on("derogation"), sample.AS_OF),
        (Question(as_of=date(2031, 12, 28)), TEXT, date(2031, 12, 28)),
    ],
    ids=["allow US", "allow GB IN", "mechanism", "2031"],
)
def test_the_answer_is_the_difference_of_two_whole_judgements(judged, question, policy, day):
    folder, store, info, ask = judged
    answer = ask.ask(question)
    path = folder / "policy.toml"
    path.write_text(policy, encoding="utf-8")
    after = judge_scan(store, info.scan, yardstick(path, day))
    old, new = dict(store.verdicts(info.id)), dict(store.verdicts(after.id))
    wanted = {(*k, old.get(k), new.get(k)) for k in old.keys() | new.keys() if old.get(k) != new.get(k)}
    assert {(c.rule, c.asset or "", c.flow or "", c.before, c.after) for c in answer.changes} == wanted
    assert wanted


def test_verdicts_in_no_order_are_those_of_their_judgement(judged):
    _, store, info, _ = judged
    other = judge_scan(store, info.scan, yardstick(sample.POLICY, date(2031, 12, 28)))
    for judgement in (info.id, other.id):
        assert sorted(store.told(judgement)) == list(store.verdicts(judgement))
    assert set(store.told(info.id)) != set(store.told(other.id))
