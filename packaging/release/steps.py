"""Running the tools of others, with an error that says what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


class ReleaseError(Exception):
    """The release cannot be made; the text is a sentence for whoever makes it."""


def step(text: str) -> None:
    """Say what is being done."""
    print(f"== {text}", flush=True)


def tool(name: str, install: str, *places: Path) -> Path:
    """The program of this name from PATH, else from one of `places`. Raises ReleaseError, which says how to get it."""
    found = shutil.which(name)
    if found:
        return Path(found)
    for place in places:
        if place.is_file():
            return place
    raise ReleaseError(f"{name} is not here. {install}")


def run(
    words: Sequence[str | Path],
    *,
    shown: Sequence[str] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    quiet: bool = False,
) -> str:
    """Run a program to its end; returns what it wrote on standard output where `quiet`, else "".

    `shown` stands for the words in messages, where some of them are secret: neither they nor what the program wrote is
    repeated then. Raises ReleaseError.
    """
    line = " ".join(shown if shown is not None else [str(word) for word in words])
    secret = shown is not None
    pipe = subprocess.PIPE if quiet or secret else None
    try:
        done = subprocess.run(
            [str(word) for word in words],
            check=False,
            stdout=pipe,
            stderr=pipe,
            cwd=cwd,
            env={**os.environ, **env} if env else None,
        )
    except OSError as error:
        raise ReleaseError(f"{line}: cannot be started ({error.strerror})") from None
    if done.returncode != 0:
        said = "" if secret or done.stderr is None else done.stderr.decode("utf-8", "replace").strip()
        raise ReleaseError(f"{line}: ended with status {done.returncode}" + (f"\n{said[-2000:]}" if said else ""))
    return done.stdout.decode("utf-8", "replace") if quiet and done.stdout else ""


def python(*words: str | Path, env: Mapping[str, str] | None = None) -> None:
    """Run this Python with these words."""
    run([sys.executable, "-X", "utf8", *words], env=env)
