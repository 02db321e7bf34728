"""The strict reader of kubeconfig files."""

import base64
import os
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.kubernetes.live.kubeconfig import Context, KubeconfigError, Unusable, load, usual_files

PEM = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n").decode()


def write(path: Path, cluster: str = "", user: str = "token: abc", context: str = "{cluster: c, user: u}") -> Path:
    body = dedent(f"""\
        apiVersion: v1
        kind: Config
        current-context: x
        preferences: {{}}
        clusters:
        - name: c
          cluster: {{server: 'https://api.example.com:6443', {cluster}}}
        users:
        - name: u
          user: {{{user}}}
        contexts:
        - name: x
          context: {context}
        """)
    path.write_text(body, encoding="utf-8")
    return path


def one(path: Path) -> Context | Unusable:
    [found] = load([path]).chosen(("*",))
    return found


def test_a_plain_one(tmp_path: Path) -> None:
    found = one(
        write(
            tmp_path / "config", f"certificate-authority-data: {PEM}, tls-server-name: kube, proxy-url: 'http://p:3128'"
        )
    )
    assert isinstance(found, Context)
    assert (found.name, found.server, found.tls_name) == ("x", "https://api.example.com:6443", "kube")
    assert found.proxy == "http://p:3128"
    assert found.authority is not None
    assert found.authority.startswith(b"-----BEGIN")
    assert found.user.token is not None
    assert found.user.token.reveal() == "abc"


def test_words_that_yaml_takes_for_something_else(tmp_path: Path) -> None:
    path = write(tmp_path / "config", context="{cluster: c, user: u, namespace: no}", user="token: 012345")
    found = one(path)
    assert isinstance(found, Context)
    assert found.user.token is not None
    assert found.user.token.reveal() == "012345"


@pytest.mark.parametrize(
    ("cluster", "user", "words"),
    [
        ("insecure-skip-tls-verify: true", "token: a", "switches certificate checks off"),
        ("", "auth-provider: {name: gcp}", "auth-provider, which Kubernetes removed"),
        ("", "username: a, password: geheim", "name and password"),
        ("", "tokn: a", "'tokn', which is not known here"),
        ("proxy-url: 'socks5://p:1080'", "token: a", "scheme 'socks5'"),
        ("certificate-authority-data: '!!!'", "token: a", "not base64"),
        ("certificate-authority-data: aGVsbG8=", "token: a", "holds no PEM"),
        ("certificate-authority: nowhere.pem", "token: a", "cannot be read"),
        ("", f"client-certificate-data: {PEM}", "only one of client certificate and client key"),
        ("", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}", "v1 and v1beta1 are known"),
        ("", "exec: {apiVersion: client.authentication.k8s.io/v1}", "names no command"),
        (
            "",
            "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, shell: y}",
            "'shell', which is not known",
        ),
        ("", "token: a, as: b, as-groups: [c, d]", "more than one group"),
    ],
)
def test_what_is_refused_says_why(tmp_path: Path, cluster: str, user: str, words: str) -> None:
    found = one(write(tmp_path / "config", cluster, user))
    assert isinstance(found, Unusable)
    assert words in found.why
    assert str(tmp_path / "config") in found.why
    assert "line " in found.why
    assert "geheim" not in found.why


@pytest.mark.parametrize(
    ("server", "good"),
    [
        ("http://127.0.0.1:8001", True),
        ("http://localhost:8001", True),
        ("http://api.example.com", False),
        ("https://rancher.example.com/k8s/clusters/c-1", True),
        ("https://user:pw@api.example.com", False),
        ("ftp://api.example.com", False),
        ("", False),
        ("https://[::1", False),
    ],
)
def test_servers(tmp_path: Path, server: str, good: bool) -> None:
    path = write(tmp_path / "config")
    path.write_text(path.read_text().replace("https://api.example.com:6443", server), encoding="utf-8")
    assert isinstance(one(path), Context) is good


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1, 2]", "no kubeconfig"),
        ("kind: Deployment", "not a kubeconfig"),
        ("clusters: {a: 1}", "clusters is a list"),
        ("clusters:\n- {cluster: {}}", "without a name"),
        ("a: &x 1\nb: *x", "anchors"),
        ("a: [", "not valid YAML"),
    ],
)
def test_files_that_are_none(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "config"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KubeconfigError, match=words):
        load([path])


def test_no_file_and_a_large_file(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="no kubeconfig at"):
        load([tmp_path / "none"])
    large = tmp_path / "large"
    large.write_bytes(b"#" * (5 << 20))
    with pytest.raises(KubeconfigError, match="larger than 4 MB"):
        load([large])


def test_several_files_are_taken_together(tmp_path: Path) -> None:
    folder = tmp_path / "größe"
    folder.mkdir()
    first = write(tmp_path / "first")
    second = write(folder / "second", user="tokenFile: token")
    second.write_text(second.read_text(encoding="utf-8").replace("name: x", "name: y"), encoding="utf-8")
    named = {"KUBECONFIG": os.pathsep.join([str(first), str(tmp_path / "absent"), str(second)])}
    config = load(usual_files(named))
    assert config.current == "x"
    found = list(config.chosen(("*",)))
    assert [c.name for c in found] == ["x", "y"]
    assert all(isinstance(c, Context) and c.user.token for c in found)  # the first file's user wins
    assert usual_files({}) == [Path("~/.kube/config").expanduser()]


def test_files_lie_beside_the_kubeconfig(tmp_path: Path) -> None:
    found = one(write(tmp_path / "config", user="tokenFile: run/token"))
    assert isinstance(found, Context)
    assert found.user.token_file == tmp_path / "run" / "token"
    program = "exec: {command: ./bin/login, apiVersion: client.authentication.k8s.io/v1beta1, args: [a, '1'], "
    program += "env: [{name: K, value: V}]}"
    found = one(write(tmp_path / "config", user=program))
    assert isinstance(found, Context)
    assert found.user.plugin is not None
    assert found.user.plugin.command == str(tmp_path / "bin" / "login")
    assert found.user.plugin.arguments == ("a", "1")
    assert "V" not in repr(found.user.plugin.variables)


@given(st.data())
def test_no_file_does_harm(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Mangled files are refused in a sentence, or read; nothing else happens."""
    path = write(tmp_path_factory.getbasetemp() / "mangled", f"certificate-authority-data: {PEM}")
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    path.write_bytes(bytes(raw))
    said, found = "", list[Context | Unusable]()
    try:
        found = list(load([path]).chosen(("*",)))
    except KubeconfigError as error:
        said = str(error)
    assert found or str(path) in said or not said


def test_names_and_patterns(tmp_path: Path) -> None:
    config = load([write(tmp_path / "config")])
    [found] = config.chosen(("y",))
    assert isinstance(found, Unusable)
    assert "has no context 'y'; it has: 'x'" in found.why
    broken = load([write(tmp_path / "config", context="{cluster: d, user: u}")])
    [found] = broken.chosen(("*",))
    assert isinstance(found, Unusable)
    assert "names the cluster 'd'" in found.why
