"""Which groups, versions and resources a cluster serves, in the form that it offers: aggregated, or one by one.

`https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api`. A list that is absent here is proven to be
absent; where discovery was refused, or is known to be stale, nothing is proven.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from scanners.coverage import MissedError
from scanners.kubernetes.live.resources import CORE, CORE_RESOURCES, GROUP_RESOURCES, GROUPS, Listing
from scanners.live.rest import RestOperation
from scanners.members import records, text, texts
from scanners.model import CoverageStatus

Ask = Callable[..., Any]
"""Body of the answer to an operation. Raises MissedError."""
_MOST: Final = 5_000


@dataclass
class Served:
    """What discovery said. `groups`: group → versions, the preferred one first. `resources`: (group, version) →
    plurals, as far as stated. `misses`: "core" or "named" → why that half could not be had. `stale`: groups whose own
    server was away."""

    groups: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    resources: dict[tuple[str, str], set[str]] = field(default_factory=dict[tuple[str, str], set[str]])
    misses: dict[str, MissedError] = field(default_factory=dict[str, MissedError])
    stale: set[str] = field(default_factory=set[str])

    def miss(self, group: str) -> MissedError | None:
        """Why nothing is proven about a group; None where discovery answers for it."""
        found = self.misses.get("named" if group else "core")
        if found is None and group in self.stale:
            sentence = f"The server that serves {group} was away when the cluster was asked what it offers."
            found = MissedError(CoverageStatus.ERROR, sentence)
        return found

    def offers(self, group: str) -> bool | None:
        """Whether a group is served; None where nobody knows."""
        if group in self.groups:
            return True
        return None if self.miss(group) is not None else False

    def versions(self, listing: Listing) -> list[str]:
        """Versions in which a list may be asked for, best first; none where it is proven that there is none."""
        served = self.groups.get(listing.group)
        if served is None:
            return list(listing.versions) if listing.known or self.miss(listing.group) is not None else []
        ordered = [v for v in listing.versions if v in served] + [v for v in served if v not in listing.versions]
        return [v for v in ordered if listing.plural in self.resources.get((listing.group, v), {listing.plural})]


def discover(ask: Ask) -> Served:
    """What a cluster serves, by two requests. Never raises for an answer that does not fit: then nothing is proven."""
    served = Served()
    for half, operation in (("core", CORE), ("named", GROUPS)):
        try:
            body = ask(operation)
        except MissedError as miss:
            served.misses[half] = miss
            continue
        kind = text(body, "kind")
        if kind == "APIGroupDiscoveryList" and records(body, "items") is not None:
            _aggregated(served, body)
        elif half == "core" and texts(body, "versions") is not None:
            served.groups[""] = (texts(body, "versions") or [])[:_MOST]
        elif half == "named" and records(body, "groups") is not None:
            _listed(served, body)
        else:
            served.misses[half] = _no_answer(operation)
    return served


def _aggregated(served: Served, body: Any) -> None:
    for item in (records(body, "items") or [])[:_MOST]:
        group = text(item, "metadata.name") or ""
        for version in records(item, "versions") or []:
            name = text(version, "version")
            if name is None:
                continue
            served.groups.setdefault(group, []).append(name)
            served.resources[group, name] = {
                plural for entry in records(version, "resources") or [] if (plural := text(entry, "resource"))
            }
            if text(version, "freshness") == "Stale":
                served.stale.add(group)
                del served.resources[group, name]


def _listed(served: Served, body: Any) -> None:
    for item in (records(body, "groups") or [])[:_MOST]:
        group = text(item, "name")
        if group is None:
            continue
        versions = [name for entry in records(item, "versions") or [] if (name := text(entry, "version"))]
        preferred = text(item, "preferredVersion.version")
        if preferred in versions:
            versions.sort(key=lambda version: version != preferred)
        served.groups[group] = versions


def lacks(ask: Ask, served: Served, listing: Listing, version: str) -> bool:
    """Whether the cluster itself says that a version of a group has no such list: asked where a list was not found."""
    known = served.resources.get((listing.group, version))
    if known is None:
        try:
            if listing.group:
                body = ask(GROUP_RESOURCES, group=listing.group, version=version)
            else:
                body = ask(CORE_RESOURCES, version=version)
        except MissedError:
            return False
        listed = records(body, "resources")
        if listed is None:
            return False
        known = {name for entry in listed if (name := text(entry, "name"))}
        served.resources[listing.group, version] = known
    return listing.plural not in known


def _no_answer(operation: RestOperation) -> MissedError:
    sentence = f"{operation.key}: this is no answer of a Kubernetes API; what the cluster offers is not known."
    return MissedError(CoverageStatus.ERROR, sentence)
