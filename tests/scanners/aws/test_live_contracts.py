"""What every collector promises, tried on answers that are made from AWS's own models: every member filled in.

The answers are no more than possible in form. They show that a collector survives whatever AWS may say, pages on, and
tells every call that is refused; what it makes of real answers is tested beside each service.
"""

from typing import Any

import pytest
from made_answers import answers_of, filled, operation_model
from simulated_aws import DENIED, Played, play

from scanners.aws.live.declare import Collector
from scanners.aws.live.registry import collectors
from scanners.live.limits import Limits


def name_of(collector: Collector) -> str:
    return f"{collector.service}-{collector.run.__name__}-{collector.operations[0].name}"


def ran(collector: Collector, answers: dict[str, Any]) -> Played:
    """A run in one region; no answer may be one that the collector cannot use."""
    run = play((collector,), answers)
    assert [c.detail for c in run.cells if c.detail and "could not be used" in c.detail] == []
    return run


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declared rates are kept elsewhere; here they would only make the tests slow."""
    monkeypatch.setattr(Limits, "pause", lambda *_: 0.0)


EVERY = pytest.mark.parametrize("collector", collectors(), ids=name_of)


@EVERY
def test_everything_that_aws_may_say_is_understood(collector: Collector) -> None:
    run = ran(collector, answers_of(collector))
    assert {cell.kind for cell in run.cells} == set(collector.kinds)
    shown = {asset.kind for asset in run.assets.values() if asset.native_type not in FACETS}
    assert shown <= set(collector.kinds)


FACETS = {"AWS::S3::Bucket"}
"""What a collector may add to beside its own kinds: Macie tells of buckets, which are read with S3."""


@EVERY
def test_an_account_without_anything_is_empty(collector: Collector) -> None:
    answers = {o.key: filled(s, some=0) for o in collector.operations if (s := operation_model(o).output_shape)}
    run = ran(collector, answers)
    assert all(cell.status.read or cell.count for cell in run.cells)


@EVERY
def test_where_everything_is_refused_nothing_is_there_and_nothing_is_empty(collector: Collector) -> None:
    run = ran(collector, dict.fromkeys(answers_of(collector), DENIED))
    assert not run.items or not run.assets
    if not all(operation.optional for operation in collector.operations):
        assert {cell.status.value for cell in run.cells} <= {"denied", "partial"}


@EVERY
def test_each_single_refusal_is_told(collector: Collector) -> None:
    """A third of the permissions missing is many single ones: none of them may look like an empty answer."""
    answers = answers_of(collector)
    called = ran(collector, answers).calls
    for operation in collector.operations:
        if not called[operation.key] or operation.optional:
            continue
        run = ran(collector, {**answers, operation.key: DENIED})
        told = {cell.status.value for cell in run.cells}
        assert told <= {"denied", "partial"}, f"{operation.key} was refused and the coverage says {told}"
        assert all(operation.permission in (cell.missing_permission or "") for cell in run.cells)


@EVERY
def test_lists_are_read_page_by_page(collector: Collector) -> None:
    answers = answers_of(collector)
    called = ran(collector, answers).calls
    for operation in collector.operations:
        paged = operation.paged or operation.token is not None
        if paged and called[operation.key]:
            page = answers[operation.key]
            run = ran(collector, {**answers, operation.key: [page, page]})
            assert run.calls[operation.key] >= 2 * called[operation.key], operation.key
