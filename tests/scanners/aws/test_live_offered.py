"""A service that AWS does not have in a region holds nothing there; a broken network proves nothing."""

import socket
from typing import Any

import pytest

from scanners.aws.live.door import Door, guard_of, new_session
from scanners.aws.live.failures import not_offered
from scanners.aws.live.registry import operations
from scanners.coverage import Book, Part
from scanners.guard import CallLog
from scanners.model import CoverageStatus

LISTS = next(o for o in operations() if o.key == "snowball.ListJobs")


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr("scanners.aws.live.door.getproxies", dict)
    session = new_session()
    session.set_credentials("a", "b")
    return Door(session, guard_of(operations()), CallLog())


def names(monkeypatch: pytest.MonkeyPatch, known: bool) -> list[str]:
    """What the network says of every name; the names that were asked."""
    asked: list[str] = []

    def lookup(host: str, *_: Any) -> list[Any]:
        asked.append(host)
        if not known:
            raise socket.gaierror(-2, "Name or service not known")
        return []

    monkeypatch.setattr("scanners.aws.live.door.socket.getaddrinfo", lookup)
    return asked


def test_a_service_that_the_table_has_is_never_looked_up(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, known=False)
    assert door.standing("s3", "eu-central-1") == "there"
    assert door.standing("ec2", "ap-south-1") == "there"
    assert asked == []


def test_a_service_is_missing_only_where_table_and_names_agree(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, known=False)
    regions = ("mx-central-1", "ap-southeast-7", "eu-south-2")
    missing = next(r for r in regions if door.standing("snowball", r) == "absent")
    assert door.standing("snowball", missing) == "absent"
    assert door.standing("s3vectors", "eu-south-1") == "unresolved", "no table knows where this service is"
    assert len(asked) == len(set(asked)), "each name is looked up once"


def test_a_region_that_is_newer_than_the_table_is_asked(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, known=True)
    for service, region in (("snowball", "mx-central-1"), ("s3vectors", "eu-south-1"), ("snowball", "eu-norse-7")):
        assert door.standing(service, region) == "there"


def test_behind_a_proxy_and_at_a_private_endpoint_everything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, known=False)
    session = new_session()
    session.set_credentials("a", "b")
    monkeypatch.setattr("scanners.aws.live.door.getproxies", lambda: {"https": "http://proxy.example:3128"})
    assert Door(session, guard_of(operations()), CallLog()).standing("snowball", "mx-central-1") == "there"
    monkeypatch.setattr("scanners.aws.live.door.getproxies", dict)
    private = Door(new_session(), guard_of(operations()), CallLog(), endpoint="https://vpce.example")
    assert private.standing("snowball", "mx-central-1") == "there"
    assert asked == []


@pytest.mark.parametrize(
    ("others_answered", "some_answers", "expected"),
    [
        (True, 0, CoverageStatus.EMPTY),
        (True, 1, CoverageStatus.PARTIAL),
        (False, 0, CoverageStatus.ERROR),
    ],
)
def test_what_the_coverage_says(others_answered: bool, some_answers: int, expected: CoverageStatus) -> None:
    book = Book("c", "aws")
    part, other = Part("1", "mx-central-1", "snowball", "transfer.job"), Part("1", "mx-central-1", "ec2", "x")
    book.plan([part, other])
    for _ in range(some_answers):
        book.answered([part])
    if others_answered:
        book.answered([other])
    book.missed([part], not_offered(LISTS, "mx-central-1", surely=True), LISTS.key)
    book.ended([part, other])
    (cell,) = [c for c in book.cells() if c.service == "snowball"]
    assert cell.status is expected
    assert cell.detail == "snowball in mx-central-1: AWS does not offer this service there."
