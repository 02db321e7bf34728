"""The certificate comes from the environment and goes nowhere else: not to the screen, not to a file that stays."""

import base64
import os
import stat
import sys
from pathlib import Path

import pytest
from release import signing
from release.steps import ReleaseError

PASSWORD = "canary-9b1d"  # noqa: S105 - to be looked for in everything that is written
BODY = b"not really a certificate: canary-body"
TOOL = """#!{python}
import pathlib, shutil, sys
words = sys.argv[1:]
log = pathlib.Path({log!r})
log.open("a").write(repr(words) + "\\n")
if "/f" in words:
    path = pathlib.Path(words[words.index("/f") + 1])
    assert path.read_bytes() == {body!r}, "the certificate has arrived whole"
    assert path.parent.stat().st_mode & 0o077 == 0, "others may read it"
    log.open("a").write(f"certificate at {{path}}\\n")
print("signtool prints", words)
sys.exit({status})
"""


@pytest.fixture
def signtool(tmp_path, monkeypatch):
    """A stand-in that writes down its words; returns the function that makes it, and the log."""
    log = tmp_path / "log.txt"

    def make(status: int = 0) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        script = folder / ("signtool.py" if sys.platform == "win32" else "signtool")
        script.write_text(TOOL.format(python=sys.executable, log=str(log), body=BODY, status=status))
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        if sys.platform == "win32":
            (folder / "signtool.cmd").write_text(f'@"{sys.executable}" "{script}" %*\n')
        monkeypatch.setenv("PATH", str(folder) + os.pathsep + os.environ["PATH"])
        return log

    return make


def test_a_certificate_in_a_variable_signs_and_leaves_no_trace(signtool, tmp_path, capfd):
    log = signtool()
    program = tmp_path / "situs.exe"
    program.write_bytes(b"MZ")
    env = {
        "SITUS_SIGN_PFX": base64.b64encode(BODY).decode(),
        "SITUS_SIGN_PASSWORD": PASSWORD,
        "SITUS_SIGN_TIMESTAMP": "http://timestamp.example",
    }
    assert signing.sign([program], env)
    said = log.read_text()
    assert PASSWORD in said.splitlines()[0]  # the tool did get it
    assert "'/tr', 'http://timestamp.example'" in said
    assert "'verify'" in said
    place = Path(said.split("certificate at ")[1].split("\n")[0])
    assert not place.exists()
    assert not place.parent.exists()
    shown = "".join(capfd.readouterr())
    assert PASSWORD not in shown
    assert env["SITUS_SIGN_PFX"] not in shown


def test_a_tool_that_fails_betrays_nothing_either(signtool, tmp_path, capfd):
    log = signtool(status=1)
    env = {"SITUS_SIGN_PFX": base64.b64encode(BODY).decode(), "SITUS_SIGN_PASSWORD": PASSWORD}
    with pytest.raises(ReleaseError, match="ended with status 1") as caught:
        signing.sign([tmp_path / "situs.exe"], env)
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in repr(caught.getrepr(chain=True))
    assert not Path(log.read_text().split("certificate at ")[1].split("\n")[0]).exists()
    shown = "".join(capfd.readouterr())
    assert PASSWORD not in shown
    assert "SITUS_SIGN_TIMESTAMP is not set" in shown


def test_without_a_certificate_nothing_is_signed_and_it_is_said(tmp_path, capsys):
    assert not signing.sign([tmp_path / "x.exe"], {})
    assert "not signed" in capsys.readouterr().out
    assert not signing.named({})
    with pytest.raises(ReleaseError, match="signing is required"):
        signing.sign([tmp_path / "x.exe"], {"SITUS_SIGN_REQUIRED": "1"})


def test_a_variable_that_is_no_certificate_is_refused_without_repeating_it(tmp_path):
    with pytest.raises(ReleaseError, match="is not base64") as caught:
        signing.sign([tmp_path / "x.exe"], {"SITUS_SIGN_PFX": f"*{PASSWORD}*"})
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"SITUS_SIGN_THUMBPRINT": "AB12"}, "'/sha1', 'AB12'"),
        (
            {"SITUS_SIGN_AZURE_METADATA": "m.json", "SITUS_SIGN_AZURE_DLIB": "d.dll", "SITUS_SIGN_THUMBPRINT": "AB12"},
            "'/dlib', 'd.dll', '/dmdf', 'm.json'",
        ),
    ],
)
def test_other_ways_of_signing(signtool, tmp_path, env, words):
    log = signtool()
    assert signing.named(env)
    assert signing.sign([tmp_path / "x.exe"], env)
    assert words in log.read_text()
