"""The door of REST scanners against a server on loopback: tries, waits, limits, and what each failure becomes."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from fault_proxy import FaultProxy, fault_proxy
from loopback import Asked, Loopback, Reply, loopback

from scanners.coverage import Book
from scanners.guard import CallLog, RefusedError
from scanners.live.collect import CollectorRun
from scanners.live.credentials import Network
from scanners.live.door import NoAnswerError, RestDoor, clock
from scanners.live.limits import Limits
from scanners.live.reach import RestReach, RestSite, common_failure
from scanners.live.rest import Paging, RestOperation, guard_of
from scanners.model import Asset, Coverage, Item, Location
from scanners.runner import run_tasks

HOST = "management.example.com"
THINGS = RestOperation(
    "things",
    HOST,
    "/accounts/{account}/things",
    "things/read",
    free=("page",),
    elements="value",
    paging=Paging("link", "nextLink"),
    off=("NotRegistered",),
)
TOKENS = RestOperation(
    "tokens", HOST, "/accounts/{account}/tokens-list", "t/read", free=("pageToken",), elements="items",
    paging=Paging("query", "next", "pageToken"), none=("NothingSet",),
)  # fmt: skip
TOKEN = "bearer-value-that-must-not-show"  # noqa: S105 - what must not show anywhere


class Collector:
    service = "things"
    kinds = ("storage.bucket",)
    operations = (THINGS, TOKENS)


class Cloud:
    """Answers that a test sets by path."""

    def __init__(self) -> None:
        self.play: Callable[[Asked], Reply] = lambda asked: Reply({"value": []})
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.play(asked)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def server(cloud: Cloud) -> Iterator[Loopback]:
    with loopback(cloud) as running:
        yield running


@pytest.fixture
def proxy(server: Loopback) -> Iterator[FaultProxy]:
    with fault_proxy(server.endpoint) as running:
        yield running


class Login:
    def __init__(self) -> None:
        self.renewed = 0

    def __call__(self, *, renew: bool = False) -> dict[str, str]:
        self.renewed += renew
        return {"authorization": f"Bearer {TOKEN}-{self.renewed}"}


def explain(status: int, body: Any) -> tuple[str, str]:
    error = body.get("error", {}) if isinstance(body, dict) else {}
    return str(error.get("code", "")), str(error.get("message", ""))


def read(
    endpoint: str, run: Callable[[RestReach[RestSite]], Any], log: CallLog | None = None, attempts: int = 3
) -> tuple[list[Item], Coverage]:
    """Items and the one cell of a run of one collector."""
    network = Network(attempts=attempts, connect_timeout=2, read_timeout=1, longest_wait=3)
    door = RestDoor(guard_of([THINGS, TOKENS]), log or CallLog(), Login(), explain, network=network, endpoint=endpoint)
    book = Book("test", "azure")
    site = RestSite("test", "azure", "a1", door, book, Limits(4), common_failure)
    items: list[Item] = []
    task = CollectorRun(site, Collector(), "*", shown="*", reach=RestReach, lane="x").task(run)
    assert run_tasks([task], items.extend)
    (cell,) = book.cells()
    return items, cell


def buckets(reach: RestReach[RestSite]) -> Iterator[Item]:
    for name in reach.each(THINGS, account="a1"):
        yield Asset(name, "azure", "a1", "storage.bucket", "t", name, Location.unknown())


def paged(asked: Asked) -> Reply:
    if asked.one("page") == "2":
        return Reply({"value": ["c"]})
    return Reply({"value": ["a", "b"], "nextLink": f"https://{HOST}/accounts/a1/things?page=2"})


def test_pages_are_followed_through_the_endpoint(cloud: Cloud, server: Loopback) -> None:
    cloud.play = paged
    items, cell = read(server.endpoint, buckets)
    assert [i.uid for i in items if isinstance(i, Asset)] == ["a", "b", "c"]
    assert (cell.status, cell.count) == ("collected", 3)
    assert {a.host for a in cloud.asked} == {HOST}
    assert all(a.headers["authorization"].startswith("Bearer ") for a in cloud.asked)


def test_a_link_to_another_host_is_not_followed(cloud: Cloud, server: Loopback) -> None:
    cloud.play = lambda asked: Reply({"value": ["a"], "nextLink": "https://evil.example/accounts/a1/things"})
    _, cell = read(server.endpoint, buckets)
    assert cell.status == "partial"
    assert "another address" in str(cell.detail)
    assert len(cloud.asked) == 1


def test_pages_that_go_round_end(cloud: Cloud, server: Loopback) -> None:
    cloud.play = lambda asked: Reply({"value": ["a"], "nextLink": f"https://{HOST}/accounts/a1/things?page=1"})
    _, cell = read(server.endpoint, buckets)
    assert cell.status == "partial"
    assert "do not end" in str(cell.detail)


def test_tokens_in_the_query(cloud: Cloud, server: Loopback) -> None:
    pages = {None: {"items": ["a"], "next": "t/2+"}, "t/2+": {"items": ["b"]}}
    cloud.play = lambda asked: Reply(pages[asked.one("pageToken")])
    found: list[str] = []
    read(server.endpoint, lambda r: found.extend(r.each(TOKENS, account="a1")) or ())
    assert found == ["a", "b"]


@pytest.mark.parametrize(
    ("reply", "status", "words"),
    [
        (
            Reply({"error": {"code": "AuthorizationFailed"}}, 403),
            "denied",
            "things/read is not granted",
        ),
        (Reply({"error": {"code": "NotRegistered"}}, 403), "disabled", "not switched on"),
        (Reply({"error": {"code": "X", "message": "the provider NotRegistered"}}, 409), "disabled", "not switched on"),
        (Reply({"error": {"code": "TooMany"}}, 429, {"retry-after": "900"}), "throttled", "still throttled"),
        (Reply({"error": {"code": "Gone"}}, 404), "error", "does not know"),
        (Reply({"error": {}}, 400), "error", "status 400"),
        (Reply(b"<html>Sign in to the proxy</html>", 200, {"content-type": "text/html"}), "error", "cut off"),
        (Reply(b'{"value": ["a", "b"', 200), "error", "cut off"),
        (Reply(None, 302, {"location": "https://evil.example/"}), "error", "never followed"),
    ],
)
def test_no_failure_reads_as_empty(cloud: Cloud, server: Loopback, reply: Reply, status: str, words: str) -> None:
    cloud.play = lambda asked: reply
    _, cell = read(server.endpoint, buckets, attempts=1)
    assert cell.status == status
    assert words in str(cell.detail)
    assert TOKEN not in str(cell)


def test_an_expired_login_is_renewed_once(cloud: Cloud, server: Loopback) -> None:
    def play(asked: Asked) -> Reply:
        return Reply({"value": ["a"]}) if asked.headers["authorization"].endswith("-1") else Reply({}, 401)

    cloud.play = play
    _, cell = read(server.endpoint, buckets)
    assert (cell.status, len(cloud.asked)) == ("collected", 2)
    cloud.play = lambda asked: Reply({"error": {"code": "ExpiredToken"}}, 401)
    _, cell = read(server.endpoint, buckets)
    assert cell.status == "expired"


def test_the_wait_that_was_asked_for_is_kept(cloud: Cloud, server: Loopback) -> None:
    replies = iter([Reply({}, 429, {"retry-after": "1"}), Reply({}, 503), Reply({"value": ["a"]})])
    cloud.play = lambda asked: next(replies)
    log = CallLog()
    _, cell = read(server.endpoint, buckets, log)
    assert cell.status == "collected"
    (count,) = log.counts()
    assert (count.operation, count.calls, count.attempts, count.status) == ("things", 1, 3, "ok")
    assert count.seconds >= 1


def test_silence_cuts_and_faults(cloud: Cloud, proxy: FaultProxy) -> None:
    fault = proxy.strike(match=lambda r: True, silence=1.6, times=1)
    assert read(proxy.endpoint, buckets, attempts=1)[1].status == "timeout"
    assert fault.hits == 1
    proxy.strike(match=lambda r: True, cut=True, times=1)
    assert read(proxy.endpoint, buckets, attempts=1)[1].status == "error"
    proxy.strike(match=lambda r: True, status=502, times=2)
    assert read(proxy.endpoint, buckets)[1].status == "empty"


def test_a_page_that_fails_makes_the_list_partial(cloud: Cloud, server: Loopback) -> None:
    cloud.play = lambda asked: paged(asked) if asked.one("page") is None else Reply({"error": {"code": "No"}}, 403)
    items, cell = read(server.endpoint, buckets, attempts=1)
    assert [i.uid for i in items if isinstance(i, Asset)] == ["a", "b"]
    assert cell.status == "partial"
    assert cell.missing_permission == "things/read"


def test_nothing_configured_is_an_answer(cloud: Cloud, server: Loopback) -> None:
    cloud.play = lambda asked: Reply({"error": {"code": "NothingSet"}}, 409)
    document: dict[str, Any] = {}
    _, cell = read(server.endpoint, lambda r: r.detail(document, "x", TOKENS, account="a1") or ())
    assert document == {"x": None}
    assert cell.status == "empty"


def test_compressed_answers_are_read_up_to_a_limit(
    cloud: Cloud, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = gzip.compress(b'{"value": ["' + b"a" * 5_000_000 + b'"]}')
    cloud.play = lambda asked: Reply(body, 200, {"content-encoding": "gzip"})
    assert read(server.endpoint, buckets)[1].status == "collected"
    monkeypatch.setattr("scanners.live.door._LARGEST", 1_000_000)
    _, cell = read(server.endpoint, buckets)
    assert cell.status == "error"
    assert "larger than" in str(cell.detail)


def test_an_undeclared_parameter_is_refused(cloud: Cloud, server: Loopback) -> None:
    with pytest.raises(RefusedError):
        THINGS.url({"account": "a1"}, {"filter": "x"})
    assert not cloud.asked


def test_no_server_is_no_emptiness() -> None:
    assert read("http://127.0.0.1:9", buckets, attempts=1)[1].status == "error"


def test_retry_after() -> None:
    assert clock("7") == 7
    assert clock("-3") == 0
    soon = clock(format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True))
    assert soon is not None
    assert 15 < soon < 21
    assert clock("soon") is None


def test_errors_name_no_secret() -> None:
    assert TOKEN not in repr(NoAnswerError(401, "x", "y", headers={"a": "b"}))
