"""Functions of conditions that look at whole accounts: classes held, services in use, coverage, shares."""

from math import fsum
from typing import Any, Final

from msgspec import UNSET

from rules.accelerators import Accelerators
from rules.compute import TrainingCompute
from rules.condition import Unknown
from rules.derive import Record
from rules.governed import Governed, lack
from rules.graph import PRESUMED, UNCLASSIFIED, UNDECIDED, UNREAD
from rules.related import Records
from rules.world import AI_PRESENT, CRITICAL, DATA_KINDS, GENAI_KINDS, GENAI_PRESENT, World
from scanners.model import KINDS

_STORES: Final = tuple(k for k in KINDS if k.startswith(("storage.", "database.")) or k == "warehouse")
_AI: Final = tuple(k for k in KINDS if k.startswith("ai."))
_TRAINING: Final = tuple(k for k in KINDS if k.startswith("training."))
"""Share of the peak that training is assumed to reach; printed with the estimate."""

_COUNTED: Final = frozenset({"accelerator_hours", "gpu_count", "instance_type"})
"""What shares are made of, and what that is worked out from."""

_NOT_ASKED: Final = ("not_asked",)

_CALLED: Final = ("aws", "gcp")
"""Providers whose models can be called without being deployed: such calls leave no asset."""


class Aggregates(Governed):
    """What accounts hold and what governs them."""

    def __init__(self, world: World, records: Records) -> None:
        super().__init__(world, records)
        self._critical: dict[int, list[int]] | None = None
        self._training: TrainingCompute | None = None
        self._regional: dict[tuple[int, str], tuple[int, bool]] | None = None
        self._services: dict[str, set[str]] | None = None
        self._first: dict[str, str] | None = None
        self._uncritical: dict[str, bool] = {}
        self._said: set[tuple[int, int, bool]] | None = None
        self._shares: dict[str, list[Record] | Unknown] = {}

    def holds(self, x: Record | str, least: int) -> bool | Unknown:
        """Whether an account holds data of at least this class."""
        bits = 0
        region = self._region(x)
        for number in self._numbers(x):
            if region is None:
                bits |= self._world.tables.account_classes[number]
            else:
                bits |= self._in_region(number, region)[0]
        if region is not None and not (bits >> least and (least <= UNCLASSIFIED or bits >> PRESUMED)):
            # Data of the account whose place is not known may lie in this region as well as in another.
            apart = {"kind": "account", "id": x.get("account")} if not isinstance(x, str) else x
            elsewhere = any(self._in_region(number, "")[0] >> least for number in self._numbers(x))
            whole = self.holds(apart, least)
            if whole is not True or region == "" or elsewhere:
                return whole if whole is not True else lack("asset.loc", "unknown_place")
            return False
        if bits >> least and (least <= UNCLASSIFIED or bits >> PRESUMED):
            return True
        if bits & (1 << UNDECIDED):
            return lack("policy.tag_map", "decision_needed")
        if bits & (1 << UNREAD):
            return lack("asset.dc")
        keys = self._keys(x)
        if not keys or not all(self._world.seen.asked(key, _STORES) for key in keys):
            return lack("data of the account")
        return False

    @staticmethod
    def _region(x: Record | str) -> str | None:
        """The region that one region of an account stands for; None for anything else."""
        if isinstance(x, str) or x.get("kind") != "account.region":
            return None
        return str(x["loc"].get("region") or "")

    def _in_region(self, number: int, region: str) -> tuple[int, bool]:
        """Classes of data (as bits) in a region of an account, and whether AI services are there."""
        if self._regional is None:
            self._regional = {}
            world = self._world
            for node, account in enumerate(world.account_of):
                data, genai = world.kinds[node] in DATA_KINDS, world.kinds[node] in GENAI_KINDS
                if account < 0 or not (data or genai):
                    continue
                place = world.place(node)
                key = (account, "" if place["everywhere"] else str(place["region"] or ""))
                bits, present = self._regional.get(key, (0, False))
                self._regional[key] = (bits | (1 << world.classes[node] if data else 0), present or genai)
        return self._regional.get((number, region), (0, False))

    def has_pd(self, x: Record | str) -> bool | Unknown:
        """The account holds personal data; of one region of an account: that region does, or may."""
        return self.holds(x, PRESUMED)

    def has_pd_or_ai(self, x: Record | str) -> bool | Unknown:
        """The account holds personal data, or AI assets."""
        if any(self._world.tables.account_flags[n] & AI_PRESENT for n in self._numbers(x)):
            return True
        holds = self.has_pd(x)
        if holds is False and not all(self._world.seen.asked(key, (*_AI, *_TRAINING)) for key in self._keys(x)):
            return lack("AI services of the account")
        return holds

    def uses_genai(self, x: Record | str) -> bool | Unknown:
        """Generative AI services are in use in the account, or in one region of it."""
        record = x if not isinstance(x, str) else (self._account(x) or {})
        region, numbers = self._region(x), self._numbers(x)
        if region is None:
            present = any(self._world.tables.account_flags[n] & GENAI_PRESENT for n in numbers)
        else:
            present = any(self._in_region(n, region)[1] for n in numbers)
        if present or record.get("ai_services_used") or record.get("used_models"):
            return True
        if record.get("used_models") == [] or record.get("ai_services_used") == []:
            return False
        keys = self._keys(x)
        seen = bool(keys) and all(self._world.seen.asked(key, _AI) for key in keys)
        if seen and region is None and not any(provider in _CALLED for provider, _ in keys):
            return False
        return lack("account.used_models")

    def ai_services(self, x: Record) -> list[Record] | Unknown:
        """AI services in use in an account, as records with a `name`: those it states, and those its AI assets are of.

        Unless the account states them all, the list ends with an empty record: there may be more.
        """
        if self._services is None:
            self._services = {}
            for batch in self._world.estate.assets(_AI):
                for _, asset in batch:
                    self._services.setdefault(asset.account.casefold(), set()).add(_service(asset.native_type))
        stated = x.get("ai_services_used")
        names = self._services.get(str(x.get("id") or x.get("account") or "").casefold(), set[str]()) | set(
            stated or ()
        )
        if not names and stated is None:
            return lack("account.ai_services_used", "not_read", x.get("uid"))
        return [*({"name": name} for name in sorted(names)), *([] if stated is not None else [{}])]

    def first_of_provider(self, x: Record) -> bool:
        """Whether this account is the one that speaks for its provider, so that a statement is made once for each."""
        if self._first is None:
            self._first = {}
            for batch in self._world.estate.assets(("account",)):
                for _, asset in batch:
                    known = self._first.get(asset.provider)
                    self._first[asset.provider] = asset.uid if known is None else min(known, asset.uid)
        return self._first.get(str(x.get("provider"))) == x.get("uid")

    def has_critical(self, provider: str) -> bool | Unknown:
        """Something at this provider is called critical; unknown while tags or stores were not read."""
        world = self._world
        keys, flags = world.tables.account_keys, world.tables.account_flags
        own = {number for number, (name, _) in enumerate(keys) if name == provider}
        if any(flags[number] & CRITICAL for number in own):
            return True
        if provider not in self._uncritical:
            if self._said is None:  # those of one account and kind say the same again and again
                said = [c.critical is not UNSET for c in world.classifications]
                sure = map(said.__getitem__, world.said)
                self._said = set(zip(world.account_of, world.kinds, sure, strict=True))
            told = all(sure for number, kind, sure in self._said if kind in DATA_KINDS and number in own)
            read = all(world.seen.asked(keys[number], _STORES) for number in own)
            self._uncritical[provider] = told and read
        return False if self._uncritical[provider] else lack("asset.critical")

    def critical_in(self, x: Record | str) -> Record | Unknown:
        """Regions and zones of an account's critical assets; unknown where nothing is called critical.

        An asset that its provider keeps in several zones counts as two; `zones` is absent while an asset does not say.
        """
        if self._critical is None:
            self._critical = {}
            world = self._world
            for node, flags in enumerate(world.flags):
                if flags & CRITICAL:
                    self._critical.setdefault(world.account_of[node], []).append(node)
        nodes = [node for number in self._numbers(x) for node in self._critical.get(number, ())]
        if not nodes:
            return lack("asset.critical")
        regions: set[str] = set()
        zones: set[str] = set()
        unsure = nowhere = False
        for node, asset in self._world.estate.some(nodes).items():
            place = self._world.place(node)
            if place["kind"] == "unknown":
                nowhere = unsure = True  # it may lie where the others do, or elsewhere
                continue
            region = place["region"] or place["name"]
            regions.add(region)
            if place["zone"]:
                zones.add(place["zone"])
            elif asset.attributes.get("cross_zone") is True or place["kind"] in ("multi_region", "global"):
                zones.update((f"{region}, one zone", f"{region}, another zone"))
            elif asset.attributes.get("cross_zone") is False:
                zones.add(f"{region}, one zone")
            else:
                unsure = True
        if nowhere and len(regions) < 2:
            return lack("asset.loc", "unknown_place")
        found: Record = {"regions": sorted(regions)}
        if not unsure or len(zones) > 1:
            found["zones"] = sorted(zones)
        return found

    def coverage(self, x: Record | str) -> Record | Unknown:
        """Coverage cells of an account, and the share of them that was read."""
        cells = [c for key in self._keys(x) for kind in self._world.seen.cells.get(key, {}).values() for c in kind]
        counted = [c for c in cells if c.status not in _NOT_ASKED]
        if not counted:
            return lack("coverage of the account")
        return {
            "share": sum(c.status.read for c in counted) / len(counted),
            "cells": [
                {
                    "kind": c.kind,
                    "service": c.service,
                    "region": c.region,
                    "status": str(c.status),
                    "permission": c.missing_permission,
                }
                for c in cells
            ],
        }

    def covered(self, x: Record) -> bool | Unknown:
        """Whether the asset itself was listed (in contrast to an end that only a relation names)."""
        node = x.get("@n")
        return lack("asset") if node is None else self._world.kind(node) is not None

    def share(self, by: str) -> list[Record] | Unknown:
        """Share of accelerators (or of what the policy names) by `provider` or `operator_country`.

        Unknown while a part of it is, and where there is one provider only: nothing can be said of shares then.
        """
        if by not in self._shares:
            self._shares[by] = self._share(by)
        return self._shares[by]

    def _share(self, by: str) -> list[Record] | Unknown:
        world = self._world
        metric = world.policy.criticality_metric
        parts: dict[tuple[str, str | None], list[float]] = {}
        unread: list[str] = []
        kinds = {
            "accelerators": ("compute.cluster", "compute.nodegroup", "compute.instance"),
            "accelerator_hours": ("training.job", "ai.customization"),
            "endpoints": ("ai.endpoint",),
        }.get(metric, tuple(KINDS))
        attribute = {"accelerators": "gpu_count", "accelerator_hours": "accelerator_hours"}.get(metric)
        machines = Accelerators(world, self._records).counted if metric == "accelerators" else None
        records = Records(world, names=_COUNTED)
        for batch in world.estate.assets(kinds):
            for node, asset in batch:
                if machines is not None:
                    value: Any = machines.get(node, 0)  # those of pools and their machines are the same ones
                elif attribute is not None:
                    record = records.full(asset, node)
                    value = (record[attribute] or 0.0) if attribute in record else None
                else:
                    value = 1.0
                if value is None:
                    unread.append(asset.uid)
                    continue
                key = (asset.provider, asset.partition or world.place(node)["@partition"] or world.partition(node))
                parts.setdefault(key, []).append(float(value))
        if unread:
            return lack(f"asset.{attribute}", "not_read", min(unread))
        sums = {key: fsum(values) for key, values in parts.items()}  # the same sum, whatever the order
        total = fsum(sums.values())
        if total <= 0:
            return lack("share", "nothing_to_share")
        if len({provider for provider, _ in sums}) < 2:
            return lack("share", "only_one_provider")
        shares: dict[str, Record] = {}
        for (provider, partition), value in sorted(sums.items(), key=str):
            operator = world.catalogue.operator(provider, partition)
            country = operator.parent_country if operator else None
            name = provider if by == "provider" else (country or "unknown")
            item = shares.setdefault(name, {"name": name, "value": 0.0})
            item["value"] += value / total
            if country:
                status = world.catalogue.jurisdiction(country, world.as_of).status
                item["country_third"] = status not in ("eea", "adequate")
        return list(shares.values())

    def _compute(self) -> TrainingCompute:
        if self._training is None:
            self._training = TrainingCompute(self._world, self._records)
        return self._training

    def estimated_flop(self, model: str | None) -> float | Unknown:
        """Operations of all training of a model, at the high end of the assumed utilisation; see `rules.compute`."""
        found = self._compute().by_name.get(model or "")
        if found is None:
            return lack("asset.model")
        if not found.complete:
            job = next(job for job in found.jobs if job.operations is None)
            return lack("asset.accelerator_hours", "not_read", job.uid)
        return found.high

    def flop_at_least(self, model: str | None) -> float | Unknown:
        """The same of those jobs only that tell what they took: what a model's training came to at least."""
        found = self._compute().by_name.get(model or "")
        return lack("asset.model") if found is None else found.high

    def first_of_model(self, x: Record) -> bool:
        """Whether this job is the one that speaks for its model, so that a statement is made once for each."""
        if "model" not in x:
            return True  # which model it makes is not known: it speaks for itself
        return self._compute().first.get(str(x["model"])) == x.get("uid")


def _service(native_type: str) -> str:
    """The service that a native type belongs to: `sagemaker`, `microsoft.cognitiveservices`, `aiplatform`."""
    text = native_type.casefold()
    if text.startswith("aws::"):
        return text.split("::")[1]
    host, _, _ = text.partition("/")
    return host.removesuffix(".googleapis.com")
