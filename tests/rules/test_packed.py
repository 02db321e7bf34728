"""Findings that were sent from one process to another are the same findings, in the same order."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from rules.estate import Known
from rules.judgement import Finding, Missing, Severity, Verdict
from rules.packed import pack, unpacked

UIDS = [None, "a", "b", "ß/ü", ""]
DIGESTS = st.lists(st.sampled_from(["00ff", "aa11", "bb22"]), max_size=3).map(tuple)
MISSING = st.lists(
    st.builds(
        Missing,
        st.sampled_from(["asset.tags", "policy.x"]),
        st.sampled_from(["not_read", "denied"]),
        st.none() | st.just("s3:GetBucketTagging"),
        st.none() | st.just("x"),
    ),
    max_size=2,
).map(tuple)
FINDINGS = st.lists(
    st.builds(
        Finding,
        st.sampled_from(["SIT-A-001", "SIT-B-002"]),
        st.sampled_from(Verdict),
        st.sampled_from(Severity),
        st.sampled_from(UIDS),
        st.none() | st.sampled_from(["f1", "f2"]),
        st.sampled_from(["", "why", "wider ‮ text"]),
        MISSING,
        st.lists(st.sampled_from(["asset.a", "asset.b"]), max_size=2).map(tuple),
        DIGESTS,
        st.lists(st.sampled_from(["SIT-C-003"]), max_size=1).map(tuple),
        st.booleans(),
        st.none() | st.just("ACC-1"),
    ),
    max_size=12,
)
KNOWN: st.SearchStrategy[Known] = st.dictionaries(
    st.sampled_from([uid for uid in UIDS if uid is not None]), st.tuples(st.integers(1, 9), DIGESTS)
)


@given(FINDINGS, KNOWN)
def test_what_arrives_is_what_was_sent(findings: list[Finding], known: Known) -> None:
    sent = pickle.dumps(pack(findings, known))
    assert unpacked(pickle.loads(sent), known) == findings  # noqa: S301


def test_what_findings_share_is_sent_once() -> None:
    why = "asset.encrypted is false " * 20
    many = [Finding("SIT-A-001", Verdict.FAIL, Severity.HIGH, f"uid{n}", why=why) for n in range(500)]
    assert pack(many, {}).sorts.count(why.encode()) == 1
