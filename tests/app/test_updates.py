"""The question for a newer version: only where an address was chosen, answered by a server on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from app import __version__, updates
from app.cli.main import main
from app.settings import load_preferences
from app.updates import Published, UpdateError, in_words, look, understood

numbers = st.integers(0, 300)
versions = st.builds(
    "{}.{}.{}{}".format,
    numbers,
    numbers,
    numbers,
    st.one_of(
        st.just(""),
        st.builds("{}{}".format, st.sampled_from(["a", "b", "rc"]), st.integers(0, 99)),
        st.builds(".post{}".format, st.integers(0, 99)),
    ),
)


class Handler(BaseHTTPRequestHandler):
    status: ClassVar[int] = 200
    body: ClassVar[bytes] = b""
    headers_out: ClassVar[dict[str, str]] = {}
    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self):
        Handler.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        self.send_response(Handler.status)
        for name, value in Handler.headers_out.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(Handler.body)))
        self.end_headers()
        self.wfile.write(Handler.body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Handler.status, Handler.body, Handler.headers_out, Handler.asked = 200, b"", {}, []
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}/situs.json"
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr("app.settings.data_folder", lambda: tmp_path)
    return tmp_path


def says(**what: object) -> None:
    Handler.body = json.dumps(what).encode()


def test_a_newer_version_is_told_with_its_page(server):
    says(version="99.0.0", published="2026-11-20", page="https://example.com/situs", unknown="is passed over")
    found = look(server)
    assert found.newer
    assert in_words(found) == f"Situs 99.0.0 is published; this is {__version__}. https://example.com/situs"
    assert len(Handler.asked) == 1


def test_the_request_tells_nothing_of_this_computer(server):
    says(version="99.0.0")
    look(server)
    path, headers = Handler.asked[0]
    assert path == "/situs.json"
    assert headers["user-agent"] == "Situs"
    assert set(headers) <= {"host", "user-agent", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize("version", [__version__, "0.0.9", __version__ + "rc1"])
def test_the_same_or_an_older_one_is_not_newer(server, version):
    says(version=version)
    assert "newest" in in_words(look(server))


@given(versions, versions)
def test_versions_are_ordered_as_python_orders_them(one, other):
    assert (updates._order(one) < updates._order(other)) == (Version(one) < Version(other))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Log in</html>",
        b"[]",
        b'{"version": 3}',
        b'{"version": "latest"}',
        b'{"version": "1.2.3", "page": "javascript:alert(1)"}',
        b'{"version": "1.2.3", "page": "https://a b"}',
        b'{"version": "1.2.3\\n", "page": ""}',
        b'{"version": "1.2.3", "published": "soon"}',
        b'{"version": "1.2.3", "page": "https://x/\\u001b[31m"}',
        b"\xff\xfe",
        b'{"version": "' + b"9" * 70_000 + b'"}',
    ],
)
def test_an_answer_that_is_none_is_refused_in_a_sentence(server, body):
    Handler.body = body
    with pytest.raises(UpdateError, match=r"127\.0\.0\.1 did not answer"):
        look(server)


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body):
    try:
        found = understood(body, "host")
    except UpdateError:
        return
    assert isinstance(found, Published)


@pytest.mark.parametrize("status", [204, 301, 302, 403, 404, 407, 500])
def test_other_answers_and_redirects_are_said_and_not_followed(server, status):
    Handler.status = status
    Handler.headers_out = {"Location": server}
    says(version="99.0.0")
    with pytest.raises(UpdateError, match=f"HTTP {status}"):
        look(server)
    assert len(Handler.asked) == 1


def test_nobody_there():
    with pytest.raises(UpdateError, match="cannot be reached"):
        look("http://127.0.0.1:9/situs.json")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "situs.json",
        "http://example.com/x",
        "https://user:pw@example.com/x",
        "file:///etc/passwd",
        "https://",
        "http://[",
    ],
)
def test_addresses_that_are_not_asked(address):
    with pytest.raises(UpdateError, match="https://") as caught:
        look(address)
    assert "pw" not in str(caught.value)


def test_without_an_address_nobody_is_asked(server, home, capsys):
    assert main(["updates"]) == 0
    assert "Nobody is asked" in capsys.readouterr().err
    assert Handler.asked == []


def test_the_command_asks_what_was_chosen_and_keeps_it_only_when_told_to(server, home, capsys):
    says(version="99.1.0")
    assert main(["updates", "--address", server]) == 0
    assert "Situs 99.1.0 is published" in capsys.readouterr().out
    assert load_preferences(home).updates == ""
    assert main(["updates", "--address", server, "--keep"]) == 0
    assert load_preferences(home).updates == server
    capsys.readouterr()
    assert main(["updates", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["newer"] is True
    assert found["published"]["version"] == "99.1.0"
    Handler.status = 500
    assert main(["updates"]) == 1
    assert "HTTP 500" in capsys.readouterr().err
