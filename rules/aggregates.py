"""Functions of conditions that look at whole accounts: classes held, guardrails, coverage, shares."""

from typing import Any, Final

from rules.condition import Lack, Unknown
from rules.derive import Record
from rules.graph import PRESUMED, UNCLASSIFIED, UNDECIDED, UNREAD
from rules.related import Records
from rules.seen import Key
from rules.world import AI_PRESENT, CRITICAL, GENAI_PRESENT, World
from scanners.model import KINDS

_STORES: Final = tuple(k for k in KINDS if k.startswith(("storage.", "database.")) or k == "warehouse")
_AI: Final = tuple(k for k in KINDS if k.startswith("ai."))
_UTILISATION: Final = 0.4
"""Share of the peak that training is assumed to reach; printed with the estimate."""

_NOT_ASKED: Final = ("disabled", "not_asked")


def _lack(path: str, reason: str = "not_read", of: str | None = None) -> Unknown:
    return Unknown((Lack(path, reason, of),))


class Aggregates:
    """What accounts hold and what governs them."""

    def __init__(self, world: World, records: Records) -> None:
        self._world = world
        self._records = records
        self._policies: list[Record] | None = None
        self._accounts: dict[str, Record] | None = None
        self._critical: dict[int, tuple[list[str], list[str]]] | None = None
        self._jobs: dict[str, list[Record]] | None = None

    def _numbers(self, x: Record | str) -> list[int]:
        account = x if isinstance(x, str) else str(x.get("id") or x.get("account") or "")
        return self._world.accounts_by_id.get(account.casefold(), [])

    def _keys(self, x: Record | str) -> list[Key]:
        return [self._world.tables.account_keys[n] for n in self._numbers(x)]

    def holds(self, x: Record | str, least: int) -> bool | Unknown:
        """Whether an account holds data of at least this class."""
        bits = 0
        for number in self._numbers(x):
            bits |= self._world.tables.account_classes[number]
        if bits >> least and (least <= UNCLASSIFIED or bits >> PRESUMED):
            return True
        if bits & (1 << UNDECIDED):
            return _lack("policy.tag_map", "decision_needed")
        if bits & (1 << UNREAD):
            return _lack("asset.dc")
        keys = self._keys(x)
        if not keys or not all(self._world.seen.asked(key, _STORES) for key in keys):
            return _lack("data of the account")
        return False

    def has_pd(self, x: Record | str) -> bool | Unknown:
        """The account holds personal data."""
        return self.holds(x, PRESUMED)

    def has_pd_or_ai(self, x: Record | str) -> bool | Unknown:
        """The account holds personal data, or AI assets."""
        if any(self._world.tables.account_flags[n] & AI_PRESENT for n in self._numbers(x)):
            return True
        return self.has_pd(x)

    def uses_genai(self, x: Record | str) -> bool | Unknown:
        """Generative AI services are in use in the account."""
        record = x if not isinstance(x, str) else (self._account(x) or {})
        if any(self._world.tables.account_flags[n] & GENAI_PRESENT for n in self._numbers(x)):
            return True
        if record.get("ai_services_used") or record.get("used_models"):
            return True
        keys = self._keys(x)
        if keys and all(self._world.seen.asked(key, _AI) for key in keys):
            return False
        return False if record.get("ai_services_used") == [] else _lack("account.ai_services_used")

    def has_critical(self, provider: str) -> bool:
        """Something at this provider is called critical."""
        keys = self._world.tables.account_keys
        flags = self._world.tables.account_flags
        return any(flag & CRITICAL for (name, _), flag in zip(keys, flags, strict=True) if name == provider)

    def critical_in(self, x: Record | str) -> Record | Unknown:
        """Regions and zones of an account's critical assets; unknown where nothing is called critical."""
        if self._critical is None:
            gathered: dict[int, tuple[set[str], set[str]]] = {}
            for node, flags in enumerate(self._world.flags):
                if flags & CRITICAL:
                    regions, zones = gathered.setdefault(self._world.account_of[node], (set(), set()))
                    place = self._world.place(node)
                    regions.add(place["region"] or place["name"])
                    zones.add(place["zone"] or f"{place['region'] or place['name']} (zone not stated)")
            self._critical = {n: (sorted(r), sorted(z)) for n, (r, z) in gathered.items()}
        found = [self._critical[n] for n in self._numbers(x) if n in self._critical]
        if not found:
            return _lack("asset.critical")
        return {
            "regions": sorted({r for regions, _ in found for r in regions}),
            "zones": sorted({z for _, zones in found for z in zones}),
        }

    def coverage(self, x: Record | str) -> Record | Unknown:
        """Coverage cells of an account, and the share of them that was read."""
        cells = [c for key in self._keys(x) for kind in self._world.seen.cells.get(key, {}).values() for c in kind]
        counted = [c for c in cells if c.status not in _NOT_ASKED]
        if not counted:
            return _lack("coverage of the account")
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
        return _lack("asset") if node is None else self._world.kind(node) is not None

    def _account(self, account: str) -> Record | None:
        if self._accounts is None:
            self._accounts = {}
            for batch in self._world.estate.assets(("account",)):
                for node, asset in batch:
                    self._accounts.setdefault(asset.account.casefold(), self._records.full(asset, node))
        return self._accounts.get(account.casefold())

    def account_record(self, provider: str, account: str) -> Record:
        """The account asset, or, where none was read, what is known of it: provider, id and who owns it by policy."""
        found = self._account(account)
        if found is not None:
            return found
        record: Record = {
            "uid": f"account:{account}",
            "provider": provider,
            "account": account,
            "kind": "account",
            "id": account,
        }
        owner = self._world.owners.get(account.casefold())
        if owner is not None:
            record.update(owner_entity=owner.entity, owner_country=owner.country)
        return record

    def guardrail(self, x: Record | str, type_: str) -> Record | Unknown | None:
        """The enforced policy of a type that reaches an account; None where there is none, unknown if not read."""
        if self._policies is None:
            self._policies = [
                self._records.full(asset, node)
                for batch in self._world.estate.assets(("governance.policy",))
                for node, asset in batch
            ]
        account = x if isinstance(x, str) else str(x.get("id") or x.get("account") or "")
        above = self._above(account)
        unsure = False
        for policy in self._policies:
            if policy.get("type") != type_ or not self._reaches(policy, above):
                continue
            enforced = policy.get("enforced")
            if enforced is True:
                return policy
            unsure = unsure or enforced is None
        keys = self._keys(x)
        read = bool(keys) and all(self._world.seen.asked(key, ("governance.policy",)) for key in keys)
        return _lack("governance.policy") if unsure or not read else None

    def _above(self, account: str) -> set[str]:
        """The account and everything it is a member of, by uid, id and last part of the uid."""
        record = self._account(account)
        found = {account.casefold()}
        if record is None:
            return found
        if record.get("organisation"):
            found.add(str(record["organisation"]).casefold())
        stack = [record["@n"]]
        visited: set[int] = set()
        while stack:
            node = stack.pop()
            if node in visited:
                continue
            visited.add(node)
            uid = self._world.estate.uid(node).casefold()
            found.update((uid, uid.rsplit("/", 1)[-1], uid.rsplit(":", 1)[-1]))
            stack += self._world.graph.targets(node, "member_of")
        return found

    @staticmethod
    def _reaches(policy: Record, above: set[str]) -> bool:
        scope = str(policy.get("scope_path") or "").casefold()
        if scope:
            return scope in above or any(part in above for part in scope.strip("/").split("/")[-1:])
        return str(policy["account"]).casefold() in above

    def guard_denies(self, x: Record | str, what: str) -> bool | Unknown:
        """Whether an enforced policy stops AI services from computing elsewhere."""
        found = self.guardrail(x, "ai_scope")
        return found if isinstance(found, Unknown) else found is not None

    def share(self, by: str) -> list[Record] | Unknown:
        """Share of accelerators (or of what the policy names) by `provider` or `operator_country`."""
        world = self._world
        metric = world.policy.criticality_metric
        sums: dict[tuple[str, str | None], float] = {}
        kinds = {
            "accelerators": ("compute.instance", "compute.nodegroup"),
            "accelerator_hours": ("training.job", "ai.customization"),
            "endpoints": ("ai.endpoint",),
        }.get(metric, tuple(KINDS))
        attribute = {"accelerators": "gpu_count", "accelerator_hours": "accelerator_hours"}.get(metric)
        for batch in world.estate.assets(kinds):
            for node, asset in batch:
                value: Any = 1.0 if attribute is None else self._records.full(asset, node).get(attribute)
                if value is None:
                    continue
                key = (asset.provider, asset.partition or world.place(node)["@partition"])
                sums[key] = sums.get(key, 0.0) + float(value)
        total = sum(sums.values())
        if total <= 0 or len({provider for provider, _ in sums}) < 2:
            return _lack("share", "only_one_provider")
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

    def estimated_flop(self, model: str | None) -> float | Unknown:
        """Operations of all training of a model: accelerators × hours × 3600 × peak × 40 % assumed utilisation."""
        if self._jobs is None:
            self._jobs = {}
            for batch in self._world.estate.assets(("training.job",)):
                for node, asset in batch:
                    name = asset.attributes.get("model")
                    if isinstance(name, str):
                        self._jobs.setdefault(name, []).append(self._records.full(asset, node))
        total = 0.0
        for job in self._jobs.get(model or "", []):
            machine, hours = job.get("instance_type"), job.get("accelerator_hours")
            found = self._world.catalogue.accelerator(job["provider"], machine) if isinstance(machine, str) else None
            if hours is None or found is None or found.peak_tflops is None:
                return _lack("asset.accelerator_hours", "not_read", job["uid"])
            total += hours * 3600 * found.peak_tflops * 1e12 * _UTILISATION
        return total if total > 0 else _lack("asset.model")
