"""What the folder of the program holds. Asked by `situs.spec`, and by tests that hold it to the program's own lists."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "scanners", "rules", "resources")

THIRD_PARTY = (
    "keyring.backends.Windows",
    "keyring.backends.macOS",
    "keyring.backends.SecretService",
    "psycopg",
    "psycopg_binary",
    "psycopg_binary.pq",
    "psycopg_binary._psycopg",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
)
"""Modules that libraries look up by name when they run, so that no import statement shows them."""

EXCLUDED = (
    "IPython",
    "PIL.ImageQt",
    "PIL.ImageTk",
    "PIL._avif",
    "PIL._imagingtk",
    "PIL._webp",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "_pytest",
    "aiohttp._http_parser",  # parts in C of a library that signing imports and never calls: Python takes their place
    "aiohttp._http_writer",
    "aiohttp._websocket.mask",
    "aiohttp._websocket.reader_c",
    "chardet",
    "frozenlist._frozenlist",  # the same goes for what that library builds on
    "jedi",
    "lxml.isoschematron",
    "lxml.objectify",
    "matplotlib",
    "moto",
    "multidict._multidict",
    "numpy",
    "pandas",
    "pip",
    "propcache._helpers_c",
    "pytest",
    "setuptools",
    "test",
    "tkinter",
    "wheel",
    "yarl._quoting_c",
)
"""Never part of the program, though libraries would use them where they are."""

TOLD_VERSIONS = ("cloudpickle", "dask", "distributed", "msgpack", "tornado")
"""Distributions that a cluster compares between its members: the program takes along what says their version."""

LOGIN_SERVICES = ("signin", "sso", "sso-oidc", "sts")
"""Services of AWS that the SDK itself asks when it logs a person in."""

_LANGUAGES = ("de",)
_QT_PLUGINS = ("platforms", "styles", "imageformats", "iconengines", "wayland", "xcbglintegrations", "platforminput")
_QT_IMAGE_FORMATS = ("qico", "qsvg", "qjpeg", "qgif")
_QT_UNUSED = ("qt6qml", "qt6quick", "qt6pdf", "qt6virtualkeyboard", "qt6eglfs", "opengl32sw")
_QT_PLATFORMS_UNUSED = ("eglfs", "linuxfb", "vkkhrdisplay", "vnc", "minimal", "minimalegl", "direct2d")


def own_modules() -> list[str]:
    """Every module of the program, sorted. Scanners, exports and commands are found by name when they are needed,
    so all are named: a further service is in the next build without a line here."""
    found: set[str] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if all(part.isidentifier() for part in parts):
                found.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return sorted(found)


def data_files() -> list[tuple[str, str]]:
    """Files beside the code, as pairs of path and folder in the program: all of `resources` but Python."""
    found: list[tuple[str, str]] = []
    for package in PACKAGES:
        found.extend(
            (str(path), path.relative_to(ROOT).parent.as_posix())
            for path in sorted((ROOT / package).rglob("*"))
            if path.is_file() and path.suffix not in {".py", ".pyc", ".pyi"} and path.name != ".DS_Store"
        )
    return found


def aws_services() -> set[str]:
    """Services of AWS of which an operation may be called, and those that logging in needs."""
    from scanners.aws.live.registry import operations

    return {operation.key.split(".", 1)[0] for operation in operations()} | set(LOGIN_SERVICES)


def botocore_data(names: Iterable[str], services: set[str]) -> Iterator[str]:
    """Of the names of data files in the bundle (`botocore/data/s3/2006-03-01/service-2.json.gz`) those that stay: the
    SDK's general files (partitions, endpoints, retries) and the models of `services`. Other packages' files stay."""
    for name in names:
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if parts[:2] == ("boto3", "data") or (parts[:2] == ("boto3", "examples")):
            continue
        if parts[:2] == ("botocore", "data") and len(parts) > 3 and parts[2] not in services:
            continue
        if parts[:2] == ("botocore", "data") and parts[-1].startswith(("examples-", "waiters-", "completions-")):
            continue
        yield name


def without_cluster_pages(names: Iterable[str]) -> Iterator[str]:
    """Of the names of data files those that stay: pictures and scripts of the pages in which a Dask cluster shows
    itself to a browser go, since no cluster that the program starts opens them."""
    for name in names:
        if PurePosixPath(name.replace("\\", "/")).parts[:3] != ("distributed", "http", "static"):
            yield name


def without_unused_qt(names: Iterable[str]) -> Iterator[str]:
    """Of the names of binaries and data files those that stay: no Qt module, plugin or translation that is not used."""
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.parts[:1] == ("PySide6",) and not _qt_used(path):
            continue
        if any(unused in path.name.lower() for unused in _QT_UNUSED):
            continue
        yield name


def system_libraries_needed(entries: Iterable[tuple[str, str, str]], needs: Callable[[str], Iterable[str]]) -> set[str]:
    """Names of what stays: of the libraries at the top of a Linux folder only those that something in it asks for.

    Qt's plugins for desktops that were left out had brought theirs along (GTK and all below it). `entries` are
    PyInstaller's: name, path, and `BINARY` for a library that it found by following the linker. `needs` gives the names
    of the libraries that a file asks the linker for.
    """
    listed = list(entries)
    every = {name: path for name, path, _ in listed}
    shared = {name for name, _, kind in listed if kind == "BINARY" and "/" not in name}
    shared -= {name for name in shared if name.startswith("libpython")}
    waiting = [path for name, path in every.items() if name not in shared]
    kept: set[str] = set()
    while waiting:
        for name in needs(waiting.pop()):
            if name in shared and name not in kept:
                kept.add(name)
                waiting.append(every[name])
    return kept | (every.keys() - shared)


def _qt_used(path: PurePosixPath) -> bool:
    parts = [part.lower() for part in path.parts]
    if "translations" in parts:
        return any(path.name == f"qtbase_{language}.qm" for language in _LANGUAGES)
    if "plugins" in parts:
        kind = parts[parts.index("plugins") + 1]
        if not kind.startswith(_QT_PLUGINS):
            return False
        bare = path.stem.lower().removeprefix("lib")
        if kind == "imageformats":
            return bare in _QT_IMAGE_FORMATS
        if kind == "platforms":
            return bare.removeprefix("q") not in _QT_PLATFORMS_UNUSED
    return "qml" not in parts
