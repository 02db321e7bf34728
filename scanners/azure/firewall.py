"""What network security groups let in to machines.

Groups, interfaces and subnets are documents of their own, so a scan puts those of one machine together; that is what
`ports` reads. A packet has to pass the group of the subnet and that of the interface, rules counting in the order of
their priority (Microsoft, "How network security groups filter network traffic").
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import account_of, native_type_of, target_of
from scanners.documents import DocumentType, Origin
from scanners.members import flag, is_null, member, number, record, records, text, texts, word
from scanners.model import Asset, Location, Relation

NOTED: Final = (22, 80, 443, 2379, 3389, 6006, 8265, 8888, 8889, 10250)
_EVERYONE: Final = frozenset({"*", "internet", "any", "0.0.0.0/0", "::/0"})
_ALL: Final = (0, 65535)

MACHINE: Final = "microsoft.compute/virtualmachines"
INTERFACE: Final = "microsoft.network/networkinterfaces"
GROUP: Final = "microsoft.network/networksecuritygroups"
NETWORK: Final = "microsoft.network/virtualnetworks"


class Filters:
    """The interfaces, groups and subnets of one subscription, cut down to what counts."""

    def __init__(self) -> None:
        self._interfaces: dict[str, list[dict[str, Any]]] = {}
        self._seen: set[str] = set()
        self._named: dict[str, list[str]] = {}  # machine → its interfaces, as it names them itself
        self._groups: dict[str, list[dict[str, Any]] | None] = {}
        self._subnets: dict[str, str | None] = {}

    def take(self, native_type: str, uid: str, document: Mapping[str, Any]) -> None:
        """Takes a document of one of the three types; others are left alone."""
        if native_type == MACHINE:
            named = records(document, "properties.networkProfile.networkInterfaces") or []
            self._named[uid] = [found for item in named if (found := target_of(item, "id")) is not None]
        elif native_type == INTERFACE:
            self._seen.add(uid)
            machine = target_of(document, "properties.virtualMachine.id")
            if machine is not None:
                self._interfaces.setdefault(machine, []).append(_interface(document))
        elif native_type == GROUP:
            rules = records(document, "properties.securityRules")
            self._groups[uid] = None if rules is None else [_rule(rule) for rule in rules]
        elif native_type == NETWORK:
            for subnet in records(document, "properties.subnets") or []:
                identity = target_of(subnet, "id")
                if identity is not None:
                    self._subnets[identity] = target_of(subnet, "properties.networkSecurityGroup.id")

    def documents(self) -> Iterator[dict[str, Any]]:
        """One document for each machine with an interface."""
        for machine, interfaces in sorted(self._interfaces.items()):
            unread = [_interface({}) for uid in self._named.get(machine, ()) if uid not in self._seen]
            yield {
                "id": f"{machine}/providers/situs/ports",
                "interfaces": [self._filtered(interface) for interface in [*interfaces, *unread]],
            }

    def _filtered(self, interface: dict[str, Any]) -> dict[str, Any]:
        named = [interface["group"], *(self._subnets.get(uid, "unread") for uid in interface["subnets"])]
        groups = [{"id": uid, "rules": self._groups.get(uid)} for uid in named if uid is not None]
        return {"public": interface["public"], "behind": interface["behind"], "groups": groups}


def _interface(document: Mapping[str, Any]) -> dict[str, Any]:
    configurations = records(document, "properties.ipConfigurations")
    if configurations is None:
        return {"group": "unread", "subnets": [], "public": None, "behind": None}
    return {
        "group": target_of(document, "properties.networkSecurityGroup.id"),
        "subnets": [uid for c in configurations if (uid := target_of(c, "properties.subnet.id")) is not None],
        "public": any(record(c, "properties.publicIPAddress") is not None for c in configurations),
        "behind": any(
            records(c, f"properties.{name}")
            for c in configurations
            for name in ("loadBalancerInboundNatRules", "loadBalancerBackendAddressPools")
        ),
    }


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The members that decide, with single and plural forms put together."""
    sources = [found for found in (text(rule, "properties.sourceAddressPrefix"),) if found]
    ranges = [found for found in (text(rule, "properties.destinationPortRange"),) if found]
    return {
        "access": word(rule, "properties.access"),
        "direction": word(rule, "properties.direction"),
        "protocol": word(rule, "properties.protocol"),
        "priority": number(rule, "properties.priority"),
        "sources": sources + (texts(rule, "properties.sourceAddressPrefixes") or []),
        "ports": ranges + (texts(rule, "properties.destinationPortRanges") or []),
        "narrow": _narrow(rule),
    }


def _narrow(rule: Mapping[str, Any]) -> bool:
    """Whether a rule is about some addresses, source ports or application groups only: it shuts nothing for others."""
    everywhere = (text(rule, f"properties.{n}") in ("*", None) for n in ("destinationAddressPrefix", "sourcePortRange"))
    listed = ("destinationAddressPrefixes", "sourcePortRanges", "destinationApplicationSecurityGroups")
    return not all(everywhere) or any(member(rule, f"properties.{name}") for name in listed)


def ports(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """Ports that a machine's filters leave open, and whether it has a public address.

    Without any filter, what a public address lets in depends on its tier, which is not read here: then nothing is said.
    A machine without filter, public address and load balancer cannot be reached from outside its network.
    """
    uid = target_of(document, "id")
    interfaces = records(document, "interfaces")
    if uid is None or not interfaces:
        return
    machine = uid.split("/providers/situs/")[0]
    attributes: dict[str, Any] = {}
    public = [flag(item, "public") for item in interfaces]
    if None not in public or True in public:
        attributes["public_ip"] = True in public
    found: set[tuple[str, int]] | None = set()
    for item in interfaces:
        groups = records(item, "groups") or []
        opened = [_open(group) for group in groups]
        if groups and None not in opened:
            passed = [one for one in opened if one is not None]
            found = None if found is None else found | passed[0].intersection(*passed[1:])
        elif groups or flag(item, "public") or flag(item, "behind"):
            found = None
    if found is not None:
        attributes["open_ports"] = [{"from": source, "port": port} for source, port in sorted(found)]
    name = machine.rsplit("/", 1)[-1]
    yield Asset(
        machine,
        "azure",
        account_of(machine),
        "compute.instance",
        native_type_of(machine),
        name,
        Location.unknown(),
        attributes,
    )


def _open(group: Mapping[str, Any]) -> set[tuple[str, int]] | None:
    """(source, port) that a group lets in; None where its rules were not read."""
    rules = records(group, "rules")
    if is_null(group, "rules") or rules is None:
        return None
    inbound = [rule for rule in rules if word(rule, "direction") == "inbound"]
    inbound.sort(key=lambda rule: number(rule, "priority") or 0)
    shut: set[int] = set()
    found: set[tuple[str, int]] = set()
    for rule in inbound:
        if word(rule, "protocol") not in ("*", "tcp", "any", None):
            continue
        touched = _ports(texts(rule, "ports") or [])
        sources = {"any" if s.lower() in _EVERYONE else s for s in texts(rule, "sources") or []}
        if word(rule, "access") == "deny":
            shut |= touched if "any" in sources and not flag(rule, "narrow") else set()
        elif word(rule, "access") == "allow":
            found |= {(source, port) for source in sources for port in touched - shut}
    return found


def _ports(ranges: list[str]) -> set[int]:
    """The ports of ranges; of more than 64 in a row, the ends and those that matter stand for all."""
    found: set[int] = set()
    for written in ranges:
        low_text, _, high_text = written.partition("-")
        if written == "*":
            low, high = _ALL
        elif low_text.isdigit() and (high_text or low_text).isdigit():
            low, high = int(low_text), int(high_text or low_text)
        else:
            continue
        wide = high - low >= 64
        found |= {low, high, *(p for p in NOTED if low <= p <= high)} if wide else set(range(low, high + 1))
    return found


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "situs/ports",
        "network/filters",
        ("compute.instance",),
        (
            "id",
            "interfaces[].public",
            "interfaces[].behind",
            "interfaces[].groups[].id",
            "interfaces[].groups[].rules",
        ),
        ports,
    ),
)
