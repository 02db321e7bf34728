"""Checks that look at what assets have of their own (uid, dates): asked alone only where the answer may differ."""

import random
from datetime import datetime
from typing import Any

import pytest
from estates import asset, read, rel, rule
from msgspec.structs import replace
from test_memory_of_results import each_by_itself, many_at_once

from rules.rulefile import load_rules
from rules.subjects import Subjects
from scanners.model import Asset, CoverageStatus, Relation

POLICY = """
snapshot_max_age_days = 400
[[ropa]]
id = "R-1"
name = "Research"
resources = ["arn:m3"]
countries = ["DE"]
recipients = []
"""
DATES = ("2026-11-20T10:00:00+00:00", "2025-10-18", "2025-10-19T23:59:00-05:00", "2020-01-01", None, "soon", ...)


def drawn(pick: random.Random, **choices: tuple[Any, ...]) -> dict[str, Any]:
    """Attributes with one of their values each; those for which `...` is drawn were not read."""
    found = {name: pick.choice(values) for name, values in choices.items()}
    return {name: value for name, value in found.items() if value is not ...}


def estate(seed: int) -> tuple[list[Asset], list[Relation]]:
    """Jobs, models, endpoints, volumes and snapshots, many of which differ in uid and dates only."""
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    assets: list[Asset] = []
    for number in range(120):
        head = pick.choice(("arn:", "arn:", "k8s://"))
        own = drawn(pick, network_isolated=(False, ...), vpc=(None, ..., "v"), model=("m1", "m2", None, ...))
        assets.append(asset(f"{head}j{number}", "training.job", data="personal", relations_read=["reads"], **own))
        own = drawn(pick, idle_since=DATES, attached=(False, False, True, ...))
        assets.append(asset(f"v{number}", "storage.volume", data=pick.choice(("personal", "public", None)), **own))
        made = asset(f"s{number}", "storage.snapshot", **drawn(pick, managed_by_backup=(True, False, False, ...)))
        when = pick.choice(DATES)
        known = isinstance(when, str) and when != "soon"
        assets.append(replace(made, created_at=datetime.fromisoformat(when) if known else None))
        assets.append(asset(f"arn:m{number}", "ai.model", vendor_base=False, relations_read=["trained_from"]))
        own = drawn(pick, invocation_logging=(False, True, ...), model_vendor=("Amazon", "Meta", ...))
        data = pick.choice(("personal", "public", None))
        assets.append(asset(f"e{number}", "ai.endpoint", data=data, account=pick.choice(("1", "2")), **own))
    ways = [rel(pick.choice(assets).uid, "reads", pick.choice(assets).uid) for _ in range(30)]
    return assets, ways


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("policy", [POLICY, None])
def test_what_is_not_asked_alone_is_what_each_would_have_said(monkeypatch, seed, policy):
    assets, ways = estate(seed)
    options = {"policy": policy, "coverage": read("111122223333")}
    at_once = many_at_once(monkeypatch, load_rules(), assets, ways, **options)
    assert at_once == each_by_itself(monkeypatch, load_rules(), assets, ways, **options)
    assert {"SIT-EXPO-006", "SIT-AI-018", "SIT-AI-014", "SIT-RET-003", "SIT-AI-011"} <= {f.rule for f in at_once[0]}


def asked(monkeypatch: pytest.MonkeyPatch, *parts: Any) -> tuple[list[str], list[Any]]:
    """Whom a judgement by classes asked, and what it found."""
    uids: list[str] = []
    plain = Subjects._judged

    def noted(self, entry, record, place, account, asset, node):
        uids.append(asset.uid)
        return plain(self, entry, record, place, account, asset, node)

    with monkeypatch.context() as patched:
        patched.setattr(Subjects, "_judged", noted)
        found = many_at_once(patched, *parts)[0]
    return uids, found


STARTS = 'pd(asset) && (asset.provider == "kubernetes" || asset.uid.startsWith("k8s://") || asset.vpc == null)'


def test_a_uid_that_starts_otherwise_is_told_of_all_alike_and_one_that_is_shown_of_each(monkeypatch):
    """Three jobs fail for their network: one is asked. Three fail for their uid: each failure shows its own."""
    jobs = [
        asset(f"{head}{n}", "training.job", data="personal", vpc=None) for n in range(3) for head in ("a", "k8s://")
    ]
    uids, found = asked(monkeypatch, [rule("T-ONE-001", STARTS, ("training.job",))], jobs, [])
    assert sorted(uids) == ["a0", "k8s://0", "k8s://0", "k8s://1", "k8s://2"]
    assert [f'"{f.asset}"' in f.why for f in found] == [False, True] * 3


def test_a_date_that_is_no_failure_is_not_asked_with_the_rest_of_the_asset(monkeypatch):
    """Of four volumes one is too old, and of one nobody knows: these two are asked, the others pass."""
    days = "asset.attached == false && days(asset.idle_since) > 90"
    dates = [{"idle_since": when} for when in ("2026-11-01", "2026-10-02", "2026-01-01")]
    volumes = [asset(f"v{n}", "storage.volume", attached=False, **own) for n, own in enumerate([*dates, {}])]
    uids, found = asked(monkeypatch, [rule("T-ONE-001", days, ("storage.volume",))], volumes, [])
    assert uids == ["v2", "v3"]
    assert [(f.asset, str(f.verdict)) for f in found] == [("v2", "fail"), ("v3", "not_checked")]


def test_what_was_refused_in_one_account_is_not_settled_by_another(monkeypatch):
    """Plain stores of two accounts: in one of them jobs were refused, any of which may have written people's data."""
    rules = [rule("T-ONE-001", "inherits_pd(asset) && asset.encrypted == false")]
    cells = [
        replace(c, status=CoverageStatus.DENIED) if c.account == "2" and c.kind == "training.job" else c
        for c in read("1", "2")
    ]
    stores = [asset(f"b{n}", data="public", account=n, encrypted=False) for n in ("1", "2")]
    for order in (stores, stores[::-1]):
        at_once = many_at_once(monkeypatch, rules, order, [], coverage=cells)
        assert at_once == each_by_itself(monkeypatch, rules, order, [], coverage=cells)
        assert [(f.asset, str(f.verdict)) for f in at_once[0]] == [("b2", "not_checked")]
