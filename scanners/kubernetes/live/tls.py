"""TLS to a cluster: its own authority and nothing else, or what this computer trusts; client certificates from memory.

A cluster that names its authority is trusted by that one only, as kubectl does it. The rest of the program replaces
`ssl.SSLContext` by one that asks the operating system, so the genuine class is looked up here.
"""

import os
import ssl
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, cast

from scanners.live.credentials import LoginError, Secret


@cache
def _genuine() -> type[ssl.SSLContext]:
    """OpenSSL's own context, whatever took its name meanwhile."""
    kind: Any = next(c for c in ssl.SSLContext.__mro__ if c.__module__ == "ssl")
    native: Any = kind.__mro__[1]

    class Own(kind):  # pyright: ignore[reportUntypedBaseClass]
        # The property of the genuine class looks itself up by a name that may have been replaced.
        @property
        def verify_mode(self) -> Any:
            return native.verify_mode.__get__(self)

        @verify_mode.setter
        def verify_mode(self, value: Any) -> None:
            native.verify_mode.__set__(self, value)

    return cast("type[ssl.SSLContext]", Own)


def context_of(name: str, authority: bytes | None, certificate: bytes | None, key: Secret | None) -> ssl.SSLContext:
    """A context for clients. Raises LoginError, which names the context of the kubeconfig, for PEM that is none."""
    if authority is None:
        context = ssl.create_default_context()
    else:
        context = _genuine()(ssl.PROTOCOL_TLS_CLIENT)  # checks certificates and names, TLS 1.2 at least
        try:
            context.load_verify_locations(cadata=authority.decode("ascii"))
        except (ssl.SSLError, ValueError):
            raise LoginError(f"{name}: the certificate authority of the cluster is no certificate.") from None
    if certificate is not None and key is not None:
        _present(context, name, certificate, key)
    return context


def _present(context: ssl.SSLContext, name: str, certificate: bytes, key: Secret) -> None:
    """Loads a client certificate. OpenSSL takes it from a file only: one that nobody else can read, gone at once."""

    def nobody() -> str:
        raise LoginError(f"{name}: the client key is protected by a passphrase, which cannot be asked for here.")

    handle, path = tempfile.mkstemp(prefix="situs-", suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(certificate.rstrip() + b"\n" + key.reveal().encode("latin-1"))
        context.load_cert_chain(path, password=nobody)
    except ssl.SSLError:
        raise LoginError(f"{name}: client certificate and client key cannot be used, or do not fit together.") from None
    finally:
        Path(path).unlink(missing_ok=True)
