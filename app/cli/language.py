"""The language of a command: what a window asks for, else what its user chose there, else that of the system.

Found without the modules that keep settings: the help of a command is there at once.
"""

import os
import re
import sys
from pathlib import Path
from typing import Final

LANGUAGE: Final = "SITUS_LANGUAGE"
"""Variable by which a window asks its child process for sentences in its own language."""

_FOLDER: Final = "Situs"
_FILE: Final = "settings.toml"
_CHOSEN: Final = re.compile(r"^language\s*=\s*[\"']([a-z]{2,3})[\"']\s*(?:#.*)?$", re.MULTILINE)
_LARGEST: Final = 64 * 1024
_GERMAN_WINDOWS: Final = 0x07
"""Primary language of LANGID, as Windows numbers them."""
_PRIMARY: Final = 0x3FF


def speak() -> None:
    """Use the language of this process, unless it is English, which is in use already."""
    from app.texts import language, use

    wanted = os.environ.get(LANGUAGE) or chosen(settings_file()) or of_system()
    if wanted not in ("", language()):
        use(wanted)


def settings_file() -> Path:
    """The file of `app.settings`, where `platformdirs` would find its folder."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local", _FOLDER, _FILE)
    usual = home / "Library" / "Application Support" if sys.platform == "darwin" else home / ".local" / "share"
    return Path(os.environ.get("XDG_DATA_HOME", "").strip() or usual, _FOLDER, _FILE)


def chosen(file: Path) -> str:
    """The language that was chosen in the window; empty where none was, or the file cannot be read."""
    try:
        with file.open(encoding="utf-8") as text:
            found = _CHOSEN.search(text.read(_LARGEST))
    except (OSError, ValueError):
        return ""
    return found[1] if found else ""


def of_system() -> str:
    """The language of the system by its ISO 639-1 code; empty where it cannot be told."""
    if sys.platform == "win32":
        return _of_windows()
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            word = re.match(r"([a-z]{2,3})(?:[_.@-]|$)", value)
            return word[1] if word else ""
    return ""


def _of_windows() -> str:
    import ctypes

    windll = getattr(ctypes, "windll", None)
    number = 0 if windll is None else int(windll.kernel32.GetUserDefaultUILanguage())
    return "de" if number & _PRIMARY == _GERMAN_WINDOWS else ""
