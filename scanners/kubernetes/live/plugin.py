"""Exec plugins: programs that a kubeconfig names to get a login (`aws eks get-token`, `gke-gcloud-auth-plugin`).

Whoever writes a kubeconfig could name any program, so none runs before a person saw the command and agreed, or the
connection says `exec = "allow"`. The protocol is `client.authentication.k8s.io`; the program is started without a shell
and without a terminal, and what it prints is kept in memory only.
"""

import base64
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

from scanners.kubernetes.live.kubeconfig import Context, Plugin
from scanners.live.credentials import LoginError, Person, Secret
from scanners.members import moment, text
from scanners.model import CoverageStatus

_LARGEST: Final = 1 << 20
_PATIENCE: Final = 60.0
_EARLY: Final = 60.0
_asking = threading.Lock()


class Given(msgspec.Struct, frozen=True):
    """What a plugin gave: a token, or a client certificate with its key; `until` is a time of `time.time()`."""

    token: Secret | None = None
    certificate: bytes | None = None
    key: Secret | None = None
    until: float | None = None

    @property
    def fresh(self) -> bool:
        """Whether it can be used for a while yet."""
        return self.until is None or self.until - _EARLY > time.time()


class Agreement:
    """What a person, or the connection, said about running programs. The same command is asked about once."""

    def __init__(self, policy: str, person: Person) -> None:
        self._policy, self._person = policy, person
        self._said: dict[tuple[str, ...], bool] = {}

    def ask(self, context: str, plugin: Plugin) -> None:
        """Returns where the plugin may run. Raises LoginError where it may not."""
        if self._policy == "allow":
            return
        words = (plugin.command, *plugin.arguments)
        shown = _shown(words)
        with _asking:  # one question at a time
            if words not in self._said:
                self._said[words] = self._policy == "ask" and self._person.confirm(
                    f"To log in to {context!r}, the kubeconfig wants to run this program: {shown} – run it?"
                )
            agreed = self._said[words]
        if not agreed:
            raise LoginError(
                f"{context}: the kubeconfig logs in by the program {shown}. It was not run, because nobody agreed: "
                'run this at a terminal and agree, or write exec = "allow" into the connection.',
                CoverageStatus.NOT_ASKED,
            )


def run(context: Context, plugin: Plugin, stopped: Callable[[], bool]) -> Given:
    """What the plugin gives. Raises LoginError where it gives nothing; ends it where the scan is stopped."""
    name = context.name
    if plugin.interactive == "Always":
        raise LoginError(
            f"{name}: {plugin.command} wants to talk to a person at a terminal, which is not possible here."
        )
    found = shutil.which(plugin.command)
    if found is None:
        hint = f" {plugin.hint}" if plugin.hint.isprintable() and plugin.hint else ""
        raise LoginError(f"{name}: the program {_shown((plugin.command,))} is not installed here.{hint}")
    variables = {key: value.reveal() for key, value in plugin.variables}
    environment = {**os.environ, **variables, "KUBERNETES_EXEC_INFO": json.dumps(_info(context, plugin))}
    try:
        process = subprocess.Popen(  # noqa: S603 - agreed to by a person; no shell
            [found, *plugin.arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its arguments cannot be passed on"
        raise LoginError(f"{name}: {_shown((plugin.command,))} could not be started ({reason}).") from None
    out = _output(name, plugin, process, stopped)
    if process.returncode:
        raise LoginError(
            f"{name}: {_shown((plugin.command,))} gave no login; it ended with status {process.returncode}."
        )
    return _given(name, plugin, out)


def _output(name: str, plugin: Plugin, process: "subprocess.Popen[bytes]", stopped: Callable[[], bool]) -> bytes:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return process.communicate(timeout=0.2)[0]
        except subprocess.TimeoutExpired:
            late = time.monotonic() > until
            if late or stopped():
                process.kill()
                process.communicate()
                reason = "did not end within a minute" if late else "was ended, because the scan was stopped"
                raise LoginError(f"{name}: {_shown((plugin.command,))} {reason}.") from None


def _given(name: str, plugin: Plugin, out: bytes) -> Given:
    document: Any = None
    if len(out) <= _LARGEST:
        try:
            document = msgspec.json.decode(out)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            document = None
    if text(document, "kind") != "ExecCredential":
        raise LoginError(f"{name}: what {_shown((plugin.command,))} printed is no ExecCredential.")
    token = text(document, "status.token")
    certificate, key = text(document, "status.clientCertificateData"), text(document, "status.clientKeyData")
    if not token and not (certificate and key):
        raise LoginError(f"{name}: {_shown((plugin.command,))} gave neither a token nor a client certificate.")
    until = moment(document, "status.expirationTimestamp")
    return Given(
        Secret(token) if token else None,
        certificate.encode() if certificate and key else None,
        Secret(key) if certificate and key else None,
        None if until is None else until.timestamp(),
    )


def _info(context: Context, plugin: Plugin) -> dict[str, Any]:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.tells_cluster:
        spec["cluster"] = {"server": context.server}
        if context.authority is not None:
            spec["cluster"]["certificate-authority-data"] = base64.b64encode(context.authority).decode()
        if context.tls_name is not None:
            spec["cluster"]["tls-server-name"] = context.tls_name
    return {"apiVersion": plugin.version, "kind": "ExecCredential", "spec": spec}


def _shown(words: tuple[str, ...]) -> str:
    """A command for people, without what could play tricks on a terminal."""
    line = " ".join(json.dumps(word) if " " in word or not word else word for word in words)
    return "".join(c if c.isprintable() else "?" for c in line)[:400]
