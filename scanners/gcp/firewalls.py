"""Which ports of machines the firewall rules of their network leave open, and to whom.

One document for each project: `{"machines": […], "rules": […]}`, the rules of every network that its machines are in. A
rule counts where its target tags or service accounts name the machine, or where it has none. Rules of lower number come
first; at the same number a denial wins (Google's page on VPC firewall rules).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import last
from scanners.gcp.subject import Subject, gcp_type
from scanners.members import flag, number, records, text, texts
from scanners.model import Asset, Location, Relation

_NOTED: Final = (22, 80, 443, 2379, 3389, 5432, 6006, 6379, 8080, 8265, 8443, 8888, 8889, 9090, 10250)
_EVERYONE: Final = frozenset({"0.0.0.0/0", "::/0"})
_MOST_SINGLE: Final = 64
_LAST: Final = 65535


def network_of(link: str | None) -> str | None:
    """`projects/P/global/networks/N` of a link or a name."""
    start = (link or "").find("projects/")
    return link[start:] if link and start >= 0 else None


def machine_of(uid: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What decides about a machine: its networks, tags and service accounts, and whether it has an outer address."""
    interfaces = records(data, "networkInterfaces") or []
    return {
        "name": uid,
        "networks": [n for i in interfaces if (n := network_of(text(i, "network")))],
        "tags": texts(data, "tags.items") or [],
        "accounts": [e for a in records(data, "serviceAccounts") or [] if (e := text(a, "email"))],
        "external": any(records(i, "accessConfigs") or records(i, "ipv6AccessConfigs") for i in interfaces),
    }


def rule_of(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a rule about incoming traffic says; None for one that is off or about outgoing traffic."""
    if text(data, "direction") == "EGRESS" or flag(data, "disabled") is True:
        return None
    kept = ("allowed", "denied", "network", "priority", "sourceRanges", "targetServiceAccounts", "targetTags", "name")
    return {name: data[name] for name in kept if name in data}


def overrides(data: Mapping[str, Any]) -> bool:
    """Whether a firewall policy decides about incoming traffic before the rules of a network do."""
    return any(
        text(rule, "direction") != "EGRESS"
        and text(rule, "action") != "goto_next"
        and flag(rule, "disabled") is not True
        for rule in records(data, "rules") or []
    )


def _open(machine: Mapping[str, Any], rules: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Ports that are let in, by network, in the order of the rules."""
    found: set[tuple[str, int]] = set()
    refused: list[tuple[str, int, int]] = []
    for rule in sorted(rules, key=_order):
        if not _about(rule, machine):
            continue
        for source in texts(rule, "sourceRanges") or []:
            refused += [(source, low, high) for low, high in _spans(rule, "denied")]
            inner = source in _EVERYONE and not machine.get("external")
            name = source if inner or source not in _EVERYONE else "any"
            for low, high in _spans(rule, "allowed"):
                found |= {(name, port) for port in _shown(low, high) if not _shut(refused, source, port)}
    return [{"from": source, "port": port} for source, port in sorted(found)]


def _shut(refused: list[tuple[str, int, int]], source: str, port: int) -> bool:
    return any(low <= port <= high and (who == source or who in _EVERYONE) for who, low, high in refused)


def _order(rule: Mapping[str, Any]) -> tuple[int, bool]:
    stated = number(rule, "priority")
    return (1000 if stated is None else stated, "denied" not in rule)


def _about(rule: Mapping[str, Any], machine: Mapping[str, Any]) -> bool:
    tags, accounts = texts(rule, "targetTags"), texts(rule, "targetServiceAccounts")
    if network_of(text(rule, "network")) not in (machine.get("networks") or ()):
        return False
    if not tags and not accounts:
        return True
    named = set(tags or ()) & set(machine.get("tags") or ()) | set(accounts or ()) & set(machine.get("accounts") or ())
    return bool(named)


def _spans(rule: Mapping[str, Any], sort: str) -> Iterator[tuple[int, int]]:
    """First and last of the TCP ports of a rule."""
    for part in records(rule, sort) or []:
        if (text(part, "IPProtocol") or "").lower() in ("tcp", "all", "6"):
            for span in texts(part, "ports") or [f"0-{_LAST}"]:
                low, _, high = span.partition("-")
                if low.isdigit() and (not high or high.isdigit()):
                    yield int(low), int(high or low)


def _shown(low: int, high: int) -> set[int]:
    """Every port; of more than 64 the ends and those in `_NOTED` stand for all."""
    if high - low < _MOST_SINGLE:
        return set(range(low, high + 1))
    return {low, high, *(port for port in _NOTED if low <= port <= high)}


def _machines(subject: Subject) -> Iterator[Asset | Relation]:
    rules = records(subject.data, "rules")
    for machine in records(subject.data, "machines") or []:
        uid = text(machine, "name")
        if uid is None or rules is None:
            continue
        attributes = {"open_ports": _open(machine, rules)}
        facet = subject.asset("compute.instance", Location.unknown(), attributes, name=last(uid), labels_at=None)
        facet.uid, facet.native_type, facet.aliases, facet.created_at = uid, "compute.googleapis.com/Instance", (), None
        yield facet


TYPES: tuple[DocumentType, ...] = (
    gcp_type("compute.googleapis.com/Firewalls", "compute", ("compute.instance",), ("machines", "rules"), _machines),
)
