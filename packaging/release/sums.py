"""SHA-256 sums of the artefacts, and a signature over them where a key is given."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from release.steps import run, step, tool

NAME = "SHA256SUMS"


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(folder: Path, files: Iterable[Path]) -> Path:
    """`SHA256SUMS` in the folder, in the form that `sha256sum --check` reads, sorted by name."""
    lines = [f"{digest(path)}  {path.name}" for path in sorted(files, key=lambda path: path.name)]
    made = folder / NAME
    made.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return made


def signed(sums: Path) -> Path | None:
    """A detached signature by GnuPG, made with the key that SITUS_GPG_KEY names (its passphrase is asked by the agent);
    None where no key is named. Raises ReleaseError."""
    key = os.environ.get("SITUS_GPG_KEY")
    if not key:
        step("SHA256SUMS stays without a signature: SITUS_GPG_KEY names no key")
        return None
    made = sums.with_name(NAME + ".asc")
    made.unlink(missing_ok=True)
    gpg = tool("gpg", "Install GnuPG.")
    run([gpg, "--batch", "--yes", "--armor", "--local-user", key, "--output", made, "--detach-sign", sums])
    return made
