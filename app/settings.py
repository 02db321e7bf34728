"""Where this user's things lie."""

from pathlib import Path


def data_folder() -> Path:
    """The user's own data folder (`%LOCALAPPDATA%\\Situs` on Windows); not made here."""
    from platformdirs import user_data_path

    return user_data_path("Situs", appauthor=False)


def store_location(given: str | None) -> str | Path:
    """The store that was named (a path, or an address such as `postgresql://…`), else the one in the data folder."""
    if given is None:
        return data_folder() / "situs.db"
    return given if "://" in given else Path(given)
