"""Entries of the policy's tables. A member left out of an entry is `None`: the organisation states none."""

import datetime
from typing import Final

from msgspec import Struct

CLASSES: Final = ("special_category", "personal", "pseudonymised", "unclassified", "anonymous", "public")
"""Data classes, strictest first."""

CUSTODY: Final = ("none", "provider", "customer", "customer_hsm", "dedicated_hsm", "external")
"""Levels of key custody, weakest first."""

TOOLS: Final = ("adequacy", "dpf", "scc", "bcr", "adhoc", "derogation")
"""Mechanisms a transfer may rest on."""

METRICS: Final = ("accelerator_hours", "accelerators", "assets", "endpoints")
"""What concentration may be measured by."""


class TransferEntry(Struct, frozen=True):
    """One line of the transfer register: who receives what, where, and on what basis.

    `accounts` and `assets` name what the entry covers beside what its importer owns. `expires` is the last day on which
    it holds; None: no end was recorded. `dpf_certified_until` and `scope_confirmed` matter for partial adequacy only.
    `document` says where the contract or decision is filed.
    """

    id: str
    importer: str
    country: str
    tool: str
    data_classes: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    expires: datetime.date | None = None
    tia_date: datetime.date | None = None
    tia_result: str | None = None
    dpf_certified_until: datetime.date | None = None
    scope_confirmed: bool | None = None
    document: str | None = None
    note: str | None = None


class Account(Struct, frozen=True):
    """Which legal entity owns an account, subscription, project or site, and in which country that entity sits."""

    id: str
    entity: str
    country: str
    note: str | None = None


class Processor(Struct, frozen=True):
    """A processor under contract. `provider` where it is a cloud; `no_training_clause`: it may not reuse content."""

    id: str
    vendor: str | None = None
    provider: str | None = None
    country: str | None = None
    no_training_clause: bool | None = None
    note: str | None = None


class RecordOfProcessing(Struct, frozen=True):
    """One entry of the record of processing. `resources` are uids; `ends` is the day the purpose ends."""

    id: str
    name: str | None = None
    resources: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    ends: datetime.date | None = None


class Assessment(Struct, frozen=True):
    """An assessment of anonymity: of which asset, when, with what result (`anonymous`, `not_anonymous`, `unclear`)."""

    resource: str
    date: datetime.date
    result: str
    note: str | None = None


class ExitPlan(Struct, frozen=True):
    """An exit plan for a provider; `tested` is the day of the last test, None if it was never tested."""

    provider: str
    date: datetime.date | None = None
    tested: datetime.date | None = None
    note: str | None = None


class KeyOperator(Struct, frozen=True):
    """Who operates an external key manager. `match` is a host name or connection, `*` standing for any characters."""

    match: str
    name: str
    country: str
    owner_third_country: bool


class LogRetention(Struct, frozen=True):
    """Days that logs are kept at least and at most."""

    min: int
    max: int
