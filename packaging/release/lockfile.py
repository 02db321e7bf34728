"""The pinned distributions that the program is made of, read from `requirements.lock`."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "packaging" / "requirements.lock"


def pins(text: str) -> list[Requirement]:
    """Every pin, with its marker; hashes are left out."""
    lines = [line for line in text.splitlines() if line[:1].strip() and not line.startswith("#")]
    return [Requirement(line.rstrip("\\").strip()) for line in lines]


def shipped(lock: Path = LOCK) -> list[Distribution]:
    """The installed distributions that the lock asks for on this system, sorted by name. Raises LookupError where one
    is missing or has another version than the lock says: what is shipped would not be what was tested."""
    environment = {key: str(value) for key, value in default_environment().items()}
    found: list[Distribution] = []
    wrong: list[str] = []
    for pin in pins(lock.read_text(encoding="utf-8")):
        if pin.marker is not None and not pin.marker.evaluate(environment):
            continue
        try:
            one = distribution(pin.name)
        except PackageNotFoundError:
            wrong.append(f"{pin.name} is not installed")
            continue
        if not pin.specifier.contains(one.version, prereleases=True):
            wrong.append(f"{pin.name} is {one.version}, the lock says {pin.specifier}")
        found.append(one)
    if wrong:
        raise LookupError("; ".join(wrong))
    return sorted(found, key=normal)


def normal(one: Distribution) -> str:
    """Its name as indexes write it: lower case, hyphens."""
    return re.sub(r"[-_.]+", "-", str(one.metadata["Name"])).lower()
