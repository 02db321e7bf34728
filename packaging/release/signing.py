"""Signing Windows programs and installers. The certificate comes from the environment; it is never printed or kept.

Three ways, the first that is set up counts:

- SITUS_SIGN_AZURE_METADATA (a JSON file: endpoint, account, profile) and SITUS_SIGN_AZURE_DLIB (the signing library):
  Azure Trusted Signing; the login is that of the environment (workload identity).
- SITUS_SIGN_THUMBPRINT: a certificate in the store of Windows, also one on a token or card.
- SITUS_SIGN_PFX (the certificate with its key, base64) and SITUS_SIGN_PASSWORD. It is written to a folder that only
  this user may read, and deleted afterwards whatever happens.

SITUS_SIGN_TIMESTAMP is the address of the time-stamping service: without one a signature ends with the certificate.
Where none of the three is set, nothing is signed, which is said; with SITUS_SIGN_REQUIRED=1 it is an error.
"""

import base64
import binascii
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from release.steps import ReleaseError, run, step, tool

_KITS = Path(os.environ.get("PROGRAMFILES(X86)", "C:/Program Files (x86)")) / "Windows Kits" / "10" / "bin"


@contextmanager
def _way(env: Mapping[str, str]) -> Iterator[tuple[list[str], list[str]] | None]:
    """signtool's words for the certificate, and the same without secrets."""
    stamp = env.get("SITUS_SIGN_TIMESTAMP", "")
    last = ["/tr", stamp, "/td", "SHA256"] if stamp else []
    if env.get("SITUS_SIGN_AZURE_METADATA") and env.get("SITUS_SIGN_AZURE_DLIB"):
        words = ["/dlib", env["SITUS_SIGN_AZURE_DLIB"], "/dmdf", env["SITUS_SIGN_AZURE_METADATA"], *last]
        yield words, words
    elif env.get("SITUS_SIGN_THUMBPRINT"):
        words = ["/sha1", env["SITUS_SIGN_THUMBPRINT"], *last]
        yield words, words
    elif env.get("SITUS_SIGN_PFX"):
        try:
            body = base64.b64decode(env["SITUS_SIGN_PFX"], validate=True)
        except (binascii.Error, ValueError):
            raise ReleaseError("SITUS_SIGN_PFX is not base64 of a certificate file") from None
        folder = Path(tempfile.mkdtemp(prefix="situs-sign-"))  # mode 0700
        try:
            path = folder / "certificate.pfx"
            path.write_bytes(body)
            password = env.get("SITUS_SIGN_PASSWORD", "")
            yield (
                ["/f", str(path), *(["/p", password] if password else []), *last],
                ["/f", "(certificate)", *(["/p", "(password)"] if password else []), *last],
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    else:
        yield None


def named(env: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment names a certificate."""
    return bool(
        (env.get("SITUS_SIGN_AZURE_METADATA") and env.get("SITUS_SIGN_AZURE_DLIB"))
        or env.get("SITUS_SIGN_THUMBPRINT")
        or env.get("SITUS_SIGN_PFX")
    )


def sign(files: Sequence[Path], env: Mapping[str, str] = os.environ) -> bool:
    """Sign these files in place, and verify each; whether that was done. Raises ReleaseError."""
    with _way(env) as way:
        if way is None:
            if env.get("SITUS_SIGN_REQUIRED") == "1":
                raise ReleaseError(
                    "signing is required, but no certificate is named: set SITUS_SIGN_PFX (and SITUS_SIGN_PASSWORD), "
                    "SITUS_SIGN_THUMBPRINT, or the two of Azure Trusted Signing"
                )
            step("not signed: the environment names no certificate (see packaging/release/signing.py)")
            return False
        if not env.get("SITUS_SIGN_TIMESTAMP"):
            step("mind: SITUS_SIGN_TIMESTAMP is not set; the signatures end with the certificate")
        signtool = tool(
            "signtool",
            "It comes with the Windows SDK.",
            *sorted(_KITS.glob("*/x64/signtool.exe"), reverse=True),
        )
        words, shown = way
        for path in files:
            step(f"sign {path.name}")
            fixed = ["sign", "/fd", "SHA256", "/d", "Situs"]
            run([signtool, *fixed, *words, path], shown=["signtool", *fixed, *shown, str(path)])
            run([signtool, "verify", "/pa", "/q", path])
    return True
