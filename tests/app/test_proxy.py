"""Proxies that a script chooses: what WinHTTP says becomes variables of the environment."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app import proxy

SCRIPT = """function FindProxyForURL(url, host) {
    if (dnsDomainIs(host, ".azure.com")) return "DIRECT";
    return "PROXY proxy.example:3128; PROXY other.example:3128; DIRECT";
}"""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("proxy.example:3128", "proxy.example:3128"),
        ("a:8080;b:8080", "a:8080"),
        ("http=a:80;https=b:443", "b:443"),
        ("PROXY a:8080; DIRECT", "a:8080"),
        ("http://a:8080/", "a:8080"),
        ("a", "a:80"),
        ("DIRECT", None),
        ("", None),
        (None, None),
    ],
)
def test_the_first_proxy_of_an_answer(answer: str | None, expected: str | None) -> None:
    assert proxy.first_of(answer) == expected


def test_clouds_that_are_reached_directly_stay_so() -> None:
    told = proxy.settings(lambda url: None if ".azure.com" in url else "proxy.example:3128")
    assert told["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert told["NO_PROXY"].split(",")[-1] == ".azure.com"
    assert proxy.settings(lambda _: None) == {}


def test_other_systems_and_a_proxy_that_is_named_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"HTTPS_PROXY": "http://mine:1"}
    proxy.use_system_proxy(there)
    assert there == {"HTTPS_PROXY": "http://mine:1"}
    if sys.platform != "win32":
        nothing: dict[str, str] = {}
        proxy.use_system_proxy(nothing)
        assert nothing == {}


@pytest.mark.skipif(sys.platform != "win32", reason="WinHTTP is on Windows only")
def test_the_script_of_this_user_is_asked() -> None:
    import winreg

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ns-proxy-autoconfig")
            self.end_headers()
            self.wfile.write(SCRIPT.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, place) as key:
        winreg.SetValueEx(key, "AutoConfigURL", 0, winreg.REG_SZ, f"http://127.0.0.1:{server.server_port}/p.pac")
        try:
            told: dict[str, str] = {}
            proxy.use_system_proxy(told)
        finally:
            winreg.DeleteValue(key, "AutoConfigURL")
            server.shutdown()
            server.server_close()
    assert told["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert ".azure.com" in told["NO_PROXY"].split(",")
