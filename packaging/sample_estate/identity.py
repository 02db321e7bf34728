"""Who the invented company is: its accounts, entities and scans, and names that are the same in every run."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeAlias

Document: TypeAlias = dict[str, Any]

COMPANY: Final = "Lumenar Imaging SE"
AS_OF: Final = date(2026, 11, 20)
STARTED: Final = {1: datetime(2026, 10, 20, 6, 0, tzinfo=UTC), 2: datetime(2026, 11, 20, 6, 0, tzinfo=UTC)}

# AWS: the account numbers are those that Amazon's own documentation uses in examples.
DATA: Final = "111122223333"
RESEARCH: Final = "444455556666"
ARCHIVE: Final = "777788889999"
AWS_ORGANISATION: Final = "o-lum3nar0se"

TENANT: Final = "3f6d8a10-5b1e-4c7a-9a35-6f0c1d2e7b90"
CLINICAL: Final = "6b1f7c2e-0d4a-4c53-9a57-1e8f20b7a001"
LAB: Final = "6b1f7c2e-0d4a-4c53-9a57-1e8f20b7a002"

GCP_ORGANISATION: Final = "530011223344"
GCP_FOLDER: Final = "761203344556"
TRAIN: Final = "lumenar-vision-train"
ANALYTICS: Final = "lumenar-analytics"
PROJECT_NUMBERS: Final = {TRAIN: "412345678901", ANALYTICS: "498765432109"}


@dataclass(frozen=True)
class Scan:
    """One of the two scans, a month apart."""

    number: int

    @property
    def second(self) -> bool:
        """Whether this is the later scan."""
        return self.number == 2

    @property
    def first(self) -> bool:
        """Whether this is the earlier scan."""
        return self.number == 1

    @property
    def started(self) -> datetime:
        """When the exports were made, in UTC."""
        return STARTED[self.number]


def hexadecimal(name: str, length: int) -> str:
    """Digits that follow from a name alone."""
    return hashlib.sha256(f"lumenar/{name}".encode()).hexdigest()[:length]


def identifier(name: str) -> str:
    """A UUID that follows from a name alone."""
    digits = hexadecimal(name, 32)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def moment(name: str, earliest: date = date(2024, 2, 1), latest: date = date(2026, 9, 30)) -> datetime:
    """A time within a span of days that follows from a name alone."""
    span = (latest - earliest).days
    number = int(hexadecimal(f"moment/{name}", 8), 16)
    start = datetime(earliest.year, earliest.month, earliest.day, 7, tzinfo=UTC)
    return start + timedelta(days=number % (span + 1), seconds=number % 36_000)


def stamp(when: datetime) -> str:
    """ISO 8601 with milliseconds, as the clouds write it."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")
