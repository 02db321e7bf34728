"""The edition that counts on this computer: that of the program, or a newer one that was installed.

The signed file itself is kept and checked again whenever it is opened: what was altered on the disk does not count, and
is not passed over in silence either.
"""

import shutil
from datetime import date
from pathlib import Path
from typing import Final

from msgspec import Struct

from app.edition.file import ENDING, Edition, EditionError, built_in, not_of_the_future, read
from app.edition.keys import trusted, trusted_keys
from app.settings import data_folder
from app.texts import tr
from rules.catalogue import Catalogue

FILE: Final = f"installed{ENDING}"
_kept: dict[tuple[object, ...], Catalogue] = {}


class Standing(Struct, frozen=True):
    """Which edition counts. `key` is the fingerprint of who signed it; empty: it came with the program.

    `set_aside`: an edition was installed, and that of the program is newer. `rows` counts facts and provisions.
    """

    version: str
    as_of: date
    digest: str
    key: str = ""
    set_aside: str = ""


def current(folder: Path | None = None) -> Catalogue:
    """The catalogue that counts. Raises EditionError where an installed edition cannot be trusted any more."""
    where = folder or data_folder()
    path = where / FILE
    try:
        state = path.stat()
    except OSError:
        return Catalogue.load()
    mark = (str(path), state.st_mtime_ns, state.st_size, *(key.fingerprint for key in trusted_keys(where)))
    known = _kept.get(mark)
    if known is None:
        _kept.clear()
        known = _kept[mark] = _newer(_installed(path, where).catalogue())
    return known


def _newer(installed: Catalogue) -> Catalogue:
    own = Catalogue.load()
    return own if own.as_of > installed.as_of else installed


def _installed(path: Path, folder: Path) -> Edition:
    try:
        return read(path, trusted(folder))
    except EditionError as error:
        raise EditionError(
            tr(
                "The installed edition of the catalogue does not count any more: {reason} `situs catalogue remove`"
                " (in the window: Law and updates) goes back to the edition of the program."
            ).format(reason=error)
        ) from error


def edition(folder: Path | None = None) -> Edition:
    """The edition that counts, with its files. Raises EditionError."""
    where = folder or data_folder()
    path = where / FILE
    if not path.is_file():
        return built_in()
    found = _installed(path, where)
    return built_in() if Catalogue.load().as_of > found.catalogue().as_of else found


def standing(folder: Path | None = None) -> Standing:
    """Which edition counts, and who signed it. Raises EditionError."""
    where = folder or data_folder()
    counts = edition(where)
    catalogue = counts.catalogue()
    aside = ""
    if not counts.key and (where / FILE).is_file():
        aside = _installed(where / FILE, where).catalogue().version
    return Standing(catalogue.version, catalogue.as_of, catalogue.digest, counts.key, aside)


def install(path: Path, folder: Path | None = None, *, older: bool = False) -> Standing:
    """Make the edition in a signed file count. Raises EditionError, and then what counted before counts on.

    `older`: also where it is older than the one that counts.
    """
    where = folder or data_folder()
    found = read(path, trusted(where))
    catalogue, now = found.catalogue(), current(where)
    _holds_rules(path.name, catalogue)
    not_of_the_future(path.name, catalogue)
    if catalogue.as_of < now.as_of and not older:
        raise EditionError(
            tr(
                "{file} is of {day}, older than the edition that counts ({now}); --older installs it all the same."
            ).format(file=path.name, day=catalogue.as_of, now=now.as_of)
        )
    part = where / f"{FILE}.part"
    try:
        where.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, part)
        read(part, trusted(where))
        part.replace(where / FILE)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise EditionError(tr("{file} cannot be kept: {reason}.").format(file=FILE, reason=error.strerror)) from error
    return standing(where)


def remove(folder: Path | None = None) -> bool:
    """Go back to the edition of the program; whether there was another one."""
    path = (folder or data_folder()) / FILE
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there


def _holds_rules(name: str, catalogue: Catalogue) -> None:
    """Every provision that a rule of the program cites must be there. Raises EditionError."""
    from rules.rule import RuleError
    from rules.rulefile import PACK, load_rules

    try:
        load_rules([PACK], catalogue)
    except RuleError as error:
        raise EditionError(f"{name}: {error}") from error
