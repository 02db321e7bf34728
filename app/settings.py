"""Where this user's things lie, and what this user chose: a small TOML file in the data folder."""

import json
import os
import tomllib
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from app.texts import tr

_FILE: Final = "settings.toml"
_LARGEST: Final = 64 * 1024


class SettingsError(Exception):
    """The settings cannot be read or kept; the text is a sentence for people."""


class Preferences(Struct, frozen=True):
    """What the user of this computer chose; an empty text means "not chosen".

    `policy`: path of the policy file. `as_of`: day to judge by, as 2026-11-22; empty: today. `name`: who takes
    decisions here. `language`: ISO 639-1; empty: the system's. `look`: `light` or `dark`; empty: the system's.
    `reports`: folder that reports are saved in. `keep_days`: days that scans are to be kept; 0: for ever. Nothing is
    deleted by it: what is older is told. `packs`: folder of the user's own rules. `updates`: address
    that is asked for newer versions; empty: nobody. `text_size`: percent; 0: 100. `logo`: picture for
    covers of reports.
    """

    policy: str = ""
    as_of: str = ""
    name: str = ""
    language: str = ""
    look: str = ""
    reports: str = ""
    keep_days: int = 0
    packs: str = ""
    updates: str = ""
    text_size: int = 0
    logo: str = ""


def data_folder() -> Path:
    """The user's own data folder (`%LOCALAPPDATA%\\Situs` on Windows); not made here."""
    from platformdirs import user_data_path

    return user_data_path("Situs", appauthor=False)


def store_location(given: str | None) -> str | Path:
    """The store that was named (a path, or an address such as `postgresql://…`), else the one in the data folder."""
    if given is None:
        return data_folder() / "situs.db"
    return given if "://" in given else Path(given)


def load_preferences(folder: Path) -> Preferences:
    """What was chosen before; the defaults where there is no such file. Raises SettingsError."""
    path = folder / _FILE
    try:
        if path.stat().st_size > _LARGEST:
            raise SettingsError(tr("{file} is too large to be the settings of Situs.").format(file=path))
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Preferences)
    except FileNotFoundError:
        return Preferences()
    except OSError as error:
        raise SettingsError(tr("{file} cannot be read: {reason}.").format(file=path, reason=error.strerror)) from error
    except (ValueError, msgspec.ValidationError) as error:
        raise SettingsError(
            tr("{file} cannot be understood ({reason}). Until you save settings again, the defaults count.").format(
                file=path, reason=error
            )
        ) from error


def save_preferences(folder: Path, chosen: Preferences) -> None:
    """Keep what was chosen: the file is there whole or as it was. Raises SettingsError."""
    path = folder / _FILE
    told = {name: value for name, value in msgspec.structs.asdict(chosen).items() if value}
    lines = [f"{name} = {_quoted(value) if isinstance(value, str) else value}" for name, value in told.items()]
    part = path.with_name(f"{_FILE}.{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text("\n".join(["# Settings of Situs.", *lines, ""]), encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SettingsError(tr("{file} cannot be kept: {reason}.").format(file=path, reason=error.strerror)) from error


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, with DEL escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
