"""Which class reaches a store by what is written to it, where classes were not read or data go round."""

import pytest
from estates import asset, rel, rule, run
from msgspec import UNSET
from msgspec.structs import replace

PERSONAL = [rule("T-ONE-001", "pd(asset)")]


def unread(uid: str):
    """A store whose tags nobody could read."""
    return replace(asset(uid), tags=UNSET)


def said(assets, relations):
    return {f.asset: str(f.verdict) for f in run(PERSONAL, assets, relations)[0]}


def test_what_comes_after_a_store_whose_tags_were_not_read_may_be_anything():
    """Plain data go into a store of which nobody knows what else it holds, and from there into a third."""
    found = said(
        [asset("plain"), unread("between"), asset("after")],
        [rel("plain", "replicates_to", "between"), rel("between", "replicates_to", "after")],
    )
    assert found == {"between": "not_checked", "after": "not_checked"}


@pytest.mark.parametrize("count", [2, 3])
def test_stores_kept_in_step_with_one_whose_tags_were_not_read_may_hold_anything(count):
    names = [f"s{n}" for n in range(count)]
    ways = [rel(a, "replicates_to", b) for a, b in zip(names, [*names[1:], names[0]], strict=True)]
    found = said([unread("s0"), *(asset(name) for name in names[1:])], ways)
    assert found == dict.fromkeys(names, "not_checked")


def test_inputs_of_an_ai_service_that_are_kept_in_step_count_alike():
    """A model reads one of two stores that are copied to and fro: both are presumed personal."""
    found = said(
        [asset("a"), asset("b"), asset("m", "ai.customization")],
        [rel("a", "replicates_to", "b"), rel("b", "replicates_to", "a"), rel("m", "reads", "a")],
    )
    assert found == {"a": "fail", "b": "fail"}


def test_a_personal_source_still_settles_what_was_not_read():
    found = said(
        [asset("people", data="personal"), unread("between"), asset("after"), asset("other")],
        [
            rel("people", "replicates_to", "between"),
            rel("between", "replicates_to", "after"),
            rel("after", "replicates_to", "between"),
        ],
    )
    assert found == {"people": "fail", "between": "fail", "after": "fail"}
