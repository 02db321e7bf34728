"""Which files an import reads, and what each is called in all that is said about it."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct


class Listed(Struct, frozen=True):
    """A file to read. `name` is what people see, and no other file of the same import has it.

    It is the file's name; where two are the same, all get as many folders before them as tell them apart: two clusters
    whose lists are called the same stay two. `below` is its path below the folder that was named (of a file: its name),
    told apart likewise.
    """

    path: Path
    size: int
    name: str
    below: str


class Unlisted(Struct, frozen=True):
    """A path that holds nothing to read, with the sentence about it."""

    path: Path
    why: str


def listed(paths: Sequence[Path]) -> tuple[list[Listed], list[Unlisted]]:
    """The files of these paths and below these folders, each once, in order; what hides or leads elsewhere is left out.

    Nothing raises: a path that is not there, holds nothing or may not be looked at is among the second.
    """
    found: dict[Path, Listed] = {}  # a file that is named twice, or beside its folder, is read once
    without: list[Unlisted] = []
    for path in paths:
        try:
            if path.is_dir():
                inside = [(inner, inner.relative_to(path)) for inner in sorted(path.rglob("*"))]
                seen = [(i, r) for i, r in inside if not _hidden(r) and not i.is_symlink() and i.is_file()]
                for inner, inside_it in seen:
                    size, lies = inner.stat().st_size, inside_it.as_posix()
                    found.setdefault(inner.absolute(), Listed(inner, size, inner.name, lies))
                if not seen:
                    text = f"The folder {path} holds no files: nothing was read; check its name."
                    without.append(Unlisted(path, text))
            elif path.exists():
                found.setdefault(path.absolute(), Listed(path, path.stat().st_size, path.name, path.name))
            else:
                without.append(Unlisted(path, f"There is no file {path}: nothing was read; check its name."))
        except OSError as error:
            without.append(Unlisted(path, sentence(path.name, error)))
    names = _apart({path: file.name for path, file in found.items()})
    below = _apart({path: file.below for path, file in found.items()})
    return [Listed(file.path, file.size, names[path], below[path]) for path, file in found.items()], without


def sentence(name: str, error: OSError) -> str:
    """What an error of the operating system means for whoever imports the file."""
    reason = error.strerror or type(error).__name__
    return f"{name} cannot be opened ({reason}): nothing was read from it; check that you may read it."


def _hidden(below: Path) -> bool:
    return any(step.startswith(".") for step in below.parts)


def _apart(names: dict[Path, str]) -> dict[Path, str]:
    """The names, with folders before all of them where two are the same."""
    while len(set(names.values())) < len(names):
        longer = {path: _longer(path, name) for path, name in names.items()}
        if longer == names:
            break
        names = longer
    return names


def _longer(path: Path, name: str) -> str:
    """The name with one folder more before it; the same where there is none more."""
    steps = path.as_posix().split("/")
    return "/".join(steps[-(name.count("/") + 2) :]).lstrip("/") or name
