"""What is said where a script chooses the proxy; the script itself is never fetched or run."""

import subprocess
import sys

import pytest

from app import proxy
from app.proxy import hint


def test_a_script_without_a_proxy_is_told_with_what_to_do():
    said = hint({}, "http://wpad.corp.example/proxy.pac")
    assert said is not None
    assert "http://wpad.corp.example/proxy.pac" in said
    assert "HTTPS_PROXY" in said


@pytest.mark.parametrize("known", [{"https": "http://p:8080"}, {"all": "http://p:8080"}])
def test_a_proxy_that_is_known_needs_no_hint(known):
    assert hint(known, "http://wpad.corp.example/proxy.pac") is None


def test_without_a_script_nothing_is_said():
    assert hint({}, "") is None
    assert hint({"http": "http://p:8080"}, "") is None


def test_the_variable_that_the_hint_names_is_what_is_used(monkeypatch):
    monkeypatch.setattr(proxy, "_of_macos", lambda: "http://pac")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform == "linux":
        assert hint() is not None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    assert hint() is None


def test_what_macos_says_is_understood(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    said = "<dictionary> {\n  HTTPEnable : 0\n  ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : http://a/p.pac\n}\n"
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 0, said, ""))
    assert proxy._of_macos() == "http://a/p.pac"
    off = said.replace("Enable : 1", "Enable : 0")
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 0, off, ""))
    assert proxy._of_macos() == ""
