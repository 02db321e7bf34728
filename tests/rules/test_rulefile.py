from pathlib import Path

import pytest

from rules.catalogue import Catalogue
from rules.rule import RuleError
from rules.rulefile import PACK, load_rules, pack_digest, pack_version, read_rules
from rules.selftest import run_cases

GOOD = """\
policy: |
  [tag_map.class]
  personal = "personal"
rules:
  - id: OWN-KEY-001
    title: A store is not encrypted
    subject: [storage.*]
    severity: high
    rationale: Because.
    condition: pd(asset) && asset.encrypted == false
    law: [gdpr.art32.1.a]
    explanation: It is readable.
    remediation: {aws: Encrypt it.}
    not_checked_when: It was not read.
    cases:
      - name: open
        expect: fail
        assets: [{uid: a, kind: storage.bucket, location: eu-west-1, encrypted: false, tags: {class: personal}}]
      - name: closed
        expect: pass
        assets: [{uid: a, kind: storage.bucket, location: eu-west-1, encrypted: true, tags: {class: personal}}]
      - name: unread
        expect: not_checked
        missing: asset.encrypted
        assets: [{uid: a, kind: storage.bucket, location: eu-west-1, tags: {class: personal}}]
"""


def load(tmp_path: Path, text: str = GOOD):
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    return load_rules([tmp_path], Catalogue.load())


def test_a_file_of_ones_own_is_read(tmp_path):
    (rule,) = load(tmp_path)
    assert (rule.id, rule.family, rule.severity) == ("OWN-KEY-001", "KEY", "high")
    assert "storage.snapshot" in rule.checks[0].names
    assert rule.raise_for_special
    assert rule.potential_when_unclassified
    assert [r.problem for r in run_cases([rule], Catalogue.load())] == [None, None, None]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("asset.encrypted == false", "asset.encryptd == false", 10, 'Did you mean "encrypted"?'),
        ("pd(asset)", "pd(asset", 10, "line 10"),
        ("condition: pd(asset) &&", "condition: |\n      pd(asset) &&\n      asset.nothing == 1 &&", 12, "line 12"),
        ("severity: high", "severity: hgh", 8, 'Did you mean "high"?'),
        ("subject: [storage.*]", "subject: [storage.bukket]", 7, 'Did you mean "storage.bucket"?'),
        ("subject: [storage.*]", "flow: [replicaton]", 7, 'Did you mean "replication"?'),
        ("title: A store", "title: Ensure that a store", 6, 'does not start with "Ensure"'),
        ("title: A store is", "title: " + "A" * 150, 6, "at most 150"),
        ("gdpr.art32.1.a", "nothing.art1", 11, "no provision"),
        ("{aws: Encrypt it.}", "{awz: Encrypt it.}", 13, 'Did you mean "aws"?'),
        ("expect: pass", "expect: fail", 15, 'must expect "pass"'),
        ("expect: pass", "expect: passes", 20, 'Did you mean "pass"?'),
        ("encrypted: true", "encrypted: yes", 21, "must be true or false"),
        ("encrypted: true", "encrpted: true", 21, 'Did you mean "encrypted"?'),
        ("encrypted: true", "gpu_count: 1", 21, "not an attribute of storage.bucket"),
        ("rationale: Because.", "rationale: Because.\n    remark: x", 10, 'no member "remark"'),
        ("rationale: Because.", "rationale: Because.\n    needs: [policy.roppa]", 10, 'Did you mean "ropa"?'),
        ("id: OWN-KEY-001", "id: OWN1", 5, "no id of a rule"),
        ("    subject: [storage.*]\n", "", 5, "exactly one of"),
        ("name: closed", "name: open", 15, "two cases are called"),
    ],
)
def test_a_mistake_names_file_line_and_what_was_meant(tmp_path, old, new, line, words):
    assert old in GOOD
    with pytest.raises(RuleError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert words in str(caught.value)
    assert caught.value.line == line
    assert "own.yaml" in str(caught.value)


def test_a_rule_given_twice_and_a_missing_folder(tmp_path):
    (tmp_path / "other.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(RuleError, match="is there already"):
        load(tmp_path)
    with pytest.raises(RuleError, match="no such folder"):
        load_rules([tmp_path / "none"])


def test_a_case_that_does_not_hold_says_what_came_instead(tmp_path):
    wrong = GOOD.replace("encrypted: false, tags", "encrypted: true, tags").replace(
        "missing: asset.encrypted", "missing: asset.tags"
    )
    problems = [r.problem for r in run_cases(load(tmp_path, wrong), Catalogue.load())]
    assert problems[0] is not None
    assert "expected fail" in problems[0]
    assert problems[1] is None
    assert problems[2] == 'expected "asset.tags" to be missing, got asset.encrypted'


def test_the_digest_follows_the_meaning(tmp_path):
    first = pack_digest(load(tmp_path))
    assert pack_digest(load(tmp_path, GOOD.replace("  - name: closed", "  - name: shut"))) == first
    assert pack_digest(load(tmp_path, GOOD.replace("== false", "!= true"))) != first


def test_the_pack_of_the_program_holds_what_it_promises():
    catalogue = Catalogue.load()
    rules = load_rules(catalogue=catalogue)
    assert pack_version()
    results = run_cases(rules, catalogue)
    assert [f"{r.rule}: {r.case}: {r.problem}" for r in results if r.problem] == []
    assert len(rules) >= 40
    assert all(read_rules(path) for path in PACK.glob("*.yaml"))
