"""Machine types and their accelerators, and who operates a cloud."""

import math
import re
from typing import Final

from msgspec import Struct

from rules.catalogue.records import CatalogueError
from rules.catalogue.tables import Row, as_number, unique

_FAMILY: Final[dict[str, re.Pattern[str]]] = {
    "aws": re.compile(r"([a-z0-9-]{1,20})\.[a-z0-9.-]{1,30}"),
    "azure": re.compile(r"(?:standard|basic)_([a-z]{1,4})[0-9][a-z0-9_-]{0,30}"),
    "gcp": re.compile(r"([a-z][0-9]{1,2}[a-z]?)-[a-z0-9-]{1,40}"),
}
"""How the family reads out of a machine type in lower case, by provider."""

_SAGEMAKER: Final = "ml."
_LONGEST_NAME: Final = 200
_MOST_REMEMBERED: Final = 20_000


class Accelerator(Struct, frozen=True):
    """The accelerators of one machine type.

    `count` may be a fraction (a share of one GPU), None where unknown; `memory` is GiB of one accelerator;
    `peak_tflops` is the dense peak of one accelerator at `precision`; None where no reliable figure was found.
    `confidential_computing` is `y`, `n` or `unknown`.
    """

    provider: str
    instance_type: str
    vendor: str
    model: str
    count: float | None
    memory: float | None
    peak_tflops: float | None
    precision: str | None
    tflops_confidence: str | None
    confidential_computing: str
    purpose: str
    source: str
    confidence: str


class Operator(Struct, frozen=True):
    """Who operates a cloud, and which foreign law reaches it. Three words: `yes`, `no`, `unclear` (unclear is not yes).

    `eu_controlled`: `yes` where the parent is in the EEA and no parent outside it was found, `no` where the parent is
    outside and in control, `unclear` where that is contested.
    """

    id: str
    name: str
    parent_company: str
    parent_country: str
    us_cloud_act: str
    us_fisa_702: str
    eu_controlled: str
    reason: str
    sovereign_offer: str
    certifications: str
    source: str
    confidence: str


class Machines:
    """Accelerators by (provider, machine type), and the families that certainly have none."""

    def __init__(self, types: list[Row], families: list[Row]) -> None:
        unique("gpus.csv", ((row["provider"], row["instance_type"].lower()) for row in types))
        self._types = {(row["provider"], row["instance_type"].lower()): _accelerator(row) for row in types}
        self._families = {(row["provider"], row["family"]) for row in families}
        self._counts: dict[tuple[str, str], int | None] = {}

    def accelerator(self, provider: str, instance_type: str) -> Accelerator | None:
        """The accelerators of a machine type, or None where the type is not listed as having any."""
        return self._types.get((provider, _plain(provider, instance_type)))

    def named(self, token: str) -> tuple[Accelerator, ...]:
        """Listed accelerators whose model has this word in its name (`H100`), each machine type once."""
        wanted = re.compile(rf"(?<![a-z0-9]){re.escape(token.casefold())}(?![a-z0-9])")
        return tuple(a for a in self._types.values() if wanted.search(a.model.casefold()))

    def gpu_count(self, provider: str, instance_type: str) -> int | None:
        """Accelerators of a machine type; a share of one counts as one.

        0 only where a listed family without accelerators proves it; None for an unknown type.
        """
        key = (provider, instance_type)
        if key not in self._counts:
            if len(self._counts) >= _MOST_REMEMBERED:
                self._counts.clear()
            self._counts[key] = self._count(provider, instance_type)
        return self._counts[key]

    def _count(self, provider: str, instance_type: str) -> int | None:
        plain = _plain(provider, instance_type)
        listed = self._types.get((provider, plain))
        if listed is not None:
            return None if listed.count is None else math.ceil(listed.count)
        family = _FAMILY.get(provider)
        match = family.fullmatch(plain) if family else None
        return 0 if match and (provider, match[1]) in self._families else None


class Operators:
    """Operators by provider and partition."""

    def __init__(self, rows: list[Row]) -> None:
        unique("providers.csv", (row["provider_id"] for row in rows))
        self.all = tuple(_operator(row) for row in rows)
        self._by_id = {operator.id: operator for operator in self.all}
        self._by_partition: dict[str, list[Operator]] = {}
        for row, operator in zip(rows, self.all, strict=True):
            for partition in row["partitions"].lower().split(";"):
                if partition:
                    self._by_partition.setdefault(partition, []).append(operator)

    def operator(self, provider: str, partition: str | None) -> Operator | None:
        """The operator of a provider's partition, or None where the table has none.

        Without a partition the answer is known only for a provider that has a single one; an empty provider asks for
        the partition alone.
        """
        family = [o for o in self.all if o.id == provider or o.id.startswith(f"{provider}-")]
        if partition is None:
            return family[0] if len(family) == 1 else None
        found = [o for o in self._by_partition.get(partition.lower(), ()) if o in family or not family]
        exact = [o for o in found if o.id == provider] or found
        if exact:
            return exact[0]
        # A national partner cloud (Bleu, Delos) has an id of its own beside the technology's owner.
        other = self._by_partition.get(partition.lower(), ())
        return other[0] if len(other) == 1 else None


def _plain(provider: str, instance_type: str) -> str:
    plain = instance_type[-_LONGEST_NAME:].rsplit("/", 1)[-1].strip().lower()
    return plain.removeprefix(_SAGEMAKER) if provider == "aws" else plain


def _accelerator(row: Row) -> Accelerator:
    return Accelerator(
        provider=row["provider"],
        instance_type=row["instance_type"],
        vendor=row["accelerator_vendor"],
        model=row["accelerator_model"],
        count=as_number("gpus.csv", row["accelerator_count"]),
        memory=as_number("gpus.csv", row["memory_gib_per_accelerator"]),
        peak_tflops=as_number("gpus.csv", row["peak_dense_tflops_per_accelerator"]),
        precision=row["peak_precision"] or None,
        tflops_confidence=row["tflops_confidence"] or None,
        confidential_computing=row["confidential_computing"],
        purpose=row["purpose"],
        source=row["source"],
        confidence=row["confidence"],
    )


def _operator(row: Row) -> Operator:
    if row["eu_controlled"] not in ("yes", "no", "unclear"):
        raise CatalogueError(f"providers.csv: {row['provider_id']} has eu_controlled {row['eu_controlled']!r}.")
    return Operator(
        id=row["provider_id"],
        name=row["name"],
        parent_company=row["parent_company"],
        parent_country=row["parent_country"],
        us_cloud_act=row["us_cloud_act"],
        us_fisa_702=row["us_fisa_702"],
        eu_controlled=row["eu_controlled"],
        reason=row["exposure_reason"],
        sovereign_offer=row["eu_sovereign_offer"],
        certifications=row["certifications"],
        source=row["source"],
        confidence=row["confidence"],
    )
