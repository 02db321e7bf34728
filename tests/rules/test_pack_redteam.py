"""No unearned pass, further: every way not to be read, edges that say less, accounts without an asset, lapsed rows of
registers, files that may have left something out, and clusters."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace as replace_struct
from test_pack_evidence import RULES, Trial, changed, trials

from rules.policy import Policy
from rules.rule import Case, Rule
from scanners.model import ATTRIBUTES, Coverage, CoverageStatus, problems

BY_ID = pytest.mark.parametrize("rule", RULES, ids=[r.id for r in RULES])
UNREAD = tuple(status for status in CoverageStatus if not status.read)


def failing(rule: Rule) -> list[Trial]:
    return [t for t in trials(rule) if t.expected == "fail"]


def gone(case: Case, kinds: set[str]) -> Case:
    """The case without the assets of these kinds and what they say of others."""
    names = {a.uid for a in case.assets if a.kind in kinds}
    return replace(
        case,
        assets=tuple(a for a in case.assets if a.uid not in names),
        relations=tuple(r for r in case.relations if r.source not in names),
    )


def cells_taken(trial: Trial) -> Iterator[str]:
    """Assets of one kind are not there, because they were not read, in every way in which that can be."""
    for kind in sorted({a.kind for a in trial.case.assets}):
        less = gone(trial.case, {kind})
        for status in UNREAD:
            cells: list[Coverage] = []
            for cell in less.coverage:
                other = copy.copy(cell)
                other.status = status if cell.kind == kind else cell.status
                cells.append(other)
            found = trial.verdict(replace(less, coverage=tuple(cells)))
            if found not in ("fail", "not_checked"):
                yield f'"{trial.case.name}": {found} where {kind} is {status}'


@BY_ID
def test_what_was_not_read_is_not_checked_whatever_kept_it_from_being_read(rule):
    assert [line for t in failing(rule) for line in cells_taken(t)] == []


NAMES_A_USE = "role"
"""What a job writes is a checkpoint or scratch data where its document says so, and else nothing in particular."""


def edges_taken(trial: Trial) -> Iterator[str]:
    """Each member of each relation is not there."""
    case = trial.case
    for number, relation in enumerate(case.relations):
        for name in relation.attributes.keys() - {NAMES_A_USE}:
            less = copy.copy(relation)
            less.attributes = {k: v for k, v in relation.attributes.items() if k != name}
            left = (*case.relations[:number], less, *case.relations[number + 1 :])
            found = trial.verdict(replace(case, relations=left))
            if found in ("pass", "silent"):
                yield f'"{case.name}": {found} without {name} of {relation.source} {relation.type}'


@BY_ID
def test_an_edge_that_says_less_earns_nothing(rule):
    assert [line for t in failing(rule) for line in edges_taken(t)] == []


@pytest.mark.parametrize("service", ["config.types", "cloudasset.types"])
@BY_ID
def test_a_file_that_may_have_left_a_kind_out_makes_no_rule_silent(rule, service):
    """Importers say of a kind that a file holds nothing of it: rules about that kind say so, once for an account."""
    wrong: list[str] = []
    for trial in failing(rule):
        subject = next((a for a in trial.case.assets if a.uid == trial.case.about), None)
        if subject is None or subject.kind == "account":
            continue
        less = gone(trial.case, {subject.kind})
        cell = Coverage(
            "c", subject.provider, subject.account, "*", service, subject.kind, CoverageStatus.NOT_EXPORTED, detail="d"
        )
        kept = tuple(c for c in less.coverage if c.kind != subject.kind)
        found = trial.verdict(replace(less, coverage=(*kept, cell)))
        if found not in ("fail", "not_checked"):
            wrong.append(f'"{trial.case.name}": {found}')
    assert wrong == []


DATED: dict[str, dict[str, int]] = {
    "transfer_register": {"expires": -1, "tia_date": -4000, "dpf_certified_until": -1},
    "ropa": {"ends": -1},
    "anonymity_assessments": {"date": -4000},
    "exit_plans": {"tested": -4000, "date": -4000},
}
"""Table of the policy → its dates, and how many days before the audit they make an entry one that counts no more."""


def lapsed(policy: Policy, day: date) -> Iterator[tuple[str, Policy, Policy]]:
    """(table, the policy with one lapsed row, the policy without that row)."""
    for table, dates in DATED.items():
        rows: Any = getattr(policy, table)
        if not isinstance(rows, tuple):
            continue
        for number, row in enumerate(rows):
            for name, days in dates.items():
                if table in ("transfer_register", "exit_plans") and getattr(row, name) is None:
                    continue
                old = replace_struct(row, **{name: day + timedelta(days)})
                rest = (*rows[:number], *rows[number + 1 :])
                yield (
                    f"{table}.{name}",
                    replace_struct(policy, **{table: (*rows[:number], old, *rows[number + 1 :])}),
                    replace_struct(policy, **{table: rest}),
                )


def rows_lapsed(trial: Trial) -> Iterator[str]:
    """A row that lapsed is worth no more than none, whatever the case expects."""
    for name, old, without in lapsed(trial.policy, trial.case.as_of):
        if (trial.rule.id, name) in ANOTHER_RULES:
            continue
        found = trial.with_policy(old)
        if found == "pass" and trial.with_policy(without) in ("fail", "not_checked"):
            yield f'"{trial.case.name}": passes with a lapsed {name}'


ANOTHER_RULES: dict[tuple[str, str], str] = {
    (
        "SIT-ACC-001",
        "ropa.ends",
    ): "SIT-RET-007 asks whether the purpose ended, this one whether there is any",
    ("SIT-XFER-001", "transfer_register.tia_date"): "SIT-XFER-004 asks for the assessment",
}
"""What a rule leaves to another one."""


@BY_ID
def test_a_lapsed_row_is_worth_no_more_than_none(rule):
    assert [line for t in trials(rule) for line in rows_lapsed(t)] == []


def on_kubernetes(case: Case) -> Case:
    """The case in a cluster: its assets and cells are those of a cluster."""
    cells: list[Coverage] = []
    for cell in case.coverage:
        other = copy.copy(cell)
        other.provider = "kubernetes" if cell.provider in ("aws", "azure", "gcp") else cell.provider
        cells.append(other)
    assets = tuple(changed(a, provider="kubernetes") if a.provider != "on_prem" else a for a in case.assets)
    return replace(case, assets=assets, coverage=tuple(cells))


@BY_ID
def test_a_cluster_earns_nothing_by_showing_less(rule):
    wrong: list[str] = []
    for trial in failing(rule):
        there = Trial(rule, replace(on_kubernetes(trial.case)))
        if there.verdict(there.case) == "fail":
            wrong += cells_taken(there)
    assert wrong == []


@BY_ID
def test_an_account_that_no_asset_stands_for_is_not_passed_over(rule):
    """The account's own document is missing while its coverage is there: where a rule asks for accounts, it says so."""
    wrong: list[str] = []
    for trial in failing(rule):
        if not any(a.kind == "account" and a.uid == trial.case.about for a in trial.case.assets):
            continue
        less = gone(trial.case, {"account"})
        kept = tuple(c for c in less.coverage if c.kind != "account")
        found = trial.verdict(replace(less, coverage=kept))
        if found not in ("fail", "not_checked"):
            wrong.append(f'"{trial.case.name}": {found}')
    assert wrong == []


def test_a_null_is_no_answer_to_a_question_of_yes_or_no():
    """Null means "read, and there is none": of a yes or no there is always one, so that no scanner may state it."""
    asked = {name for name, attribute in ATTRIBUTES.items() if attribute.type == "bool"}
    assert len(asked) > 40
    for name in asked:
        kind = (
            ATTRIBUTES[name].kinds[0]
            if isinstance(ATTRIBUTES[name].kinds, tuple)
            else sorted(ATTRIBUTES[name].kinds)[0]
        )
        wrong = [line for line in problems(kind, {name: None}) if "not of type" in line]
        assert bool(wrong) is (name != "used"), name
