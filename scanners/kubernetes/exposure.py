"""How workloads can be reached, and what keeps them from reaching out: services, routes, network policies.

None of these is an asset of its own: what they say is told of the workloads that they select, as far as the whole
cluster shows it. Answers are true, false or None (cannot be told); false needs that everything was read.
"""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.kubernetes.objects import Thing, k8s_type
from scanners.members import flag, labels, member, record, records, text, texts
from scanners.model import Asset, Evidence, Relation

MOST_HELD: Final = 20_000
"""Services, routes and policies of one cluster that are looked at; beyond that nothing is called closed."""
_ROUTES: Final = (
    "networking.k8s.io/Ingress",
    "gateway.networking.k8s.io/HTTPRoute",
    "gateway.networking.k8s.io/GRPCRoute",
    "route.openshift.io/Route",
)
_OTHER_ROUTES: Final = ("networking.istio.io/VirtualService", "traefik.io/IngressRoute", "projectcontour.io/HTTPProxy")
_INTERNAL: Final = ("internal", "Internal", "private")
_PRIVATE: Final = tuple(
    ip_network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7")
)

Read = Callable[[str], bool]


def is_public(service: Any) -> bool | None:
    """Whether a service can be reached from outside the organisation's networks.

    A load balancer can, unless it says that it is internal or has private addresses only; a port on every node can or
    cannot, depending on firewalls that the cluster does not show. A load balancer that is told to let in few addresses
    only can or cannot as well: a provider that does not know such lists passes over them.
    """
    if any(_is_global(address) for address in texts(service, "spec.externalIPs") or []):
        return True
    kind = text(service, "spec.type")
    if kind == "NodePort" or texts(service, "spec.externalIPs"):
        return None
    if kind != "LoadBalancer":
        return False
    internal = flag(service, "derived.internal")
    scheme = text(service, "spec.loadBalancerClass") or ""
    if internal or any(word in scheme for word in _INTERNAL):
        return False
    given = records(service, "status.loadBalancer.ingress")
    addresses = [address for entry in given or [] if (address := text(entry, "ip"))]
    if addresses and not any(_is_global(address) for address in addresses):
        return False
    ranges = texts(service, "spec.loadBalancerSourceRanges")
    if ranges and all(map(_is_narrow, ranges)):
        return None
    if addresses:
        return True
    names = [name for entry in given or [] if (name := text(entry, "hostname"))]
    if names and all(name.startswith("internal-") for name in names):
        return False
    if scheme.startswith("service.k8s.aws/") and internal is None:
        return None  # that controller makes internal ones unless told otherwise
    if not given and record(service, "status.loadBalancer") is not None:
        return None  # asked for, and no address given
    return True


def _is_global(address: str) -> bool:
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


def _is_narrow(block: str) -> bool:
    """Whether a network is one that somebody may have to name: not a large part of the internet."""
    try:
        found = ip_network(block.strip(), strict=False)
    except ValueError:
        return False
    return found.prefixlen >= (8 if found.version == 4 else 32)


def selected(service: Any, pod_labels: Mapping[str, str]) -> bool:
    """Whether a service's selector names pods with these labels; an empty selector names none."""
    wanted = labels(service, "spec.selector") or {}
    return bool(wanted) and all(pod_labels.get(name) == value for name, value in wanted.items())


class Ways:
    """Services and routes of one cluster: the ways in."""

    def __init__(self) -> None:
        self._services: dict[tuple[str, str, str], list[tuple[str, Any, Evidence | None]]] = {}
        self._routes: dict[tuple[str, str], list[tuple[bool | None, Evidence | None]]] = {}
        self._held, self._full = 0, False

    def add(self, native: str, namespace: str, name: str, document: Any, proof: Evidence | None) -> None:
        """Notes a service or a route; other objects are passed over."""
        if native != "Service" and native not in _ROUTES:
            return
        if self._held >= MOST_HELD:
            self._full = True
            return
        self._held += 1
        if native == "Service":
            kept = {at: member(document, at) for at in ("spec", "status", "derived")}
            wanted = labels(document, "spec.selector") or {}
            for key in sorted(wanted)[:1]:  # found by one of its labels, then held against all
                self._services.setdefault((namespace, key, wanted[key]), []).append((name, kept, proof))
            return
        public = _route_public(document)
        for service in _backends(document):
            self._routes.setdefault((namespace, service), []).append((public, proof))

    def of(
        self, namespace: str, marks: Mapping[str, str], workload: str, read: Read
    ) -> tuple[bool | None, bool | None, list[Evidence]]:
        """(reachable from the internet, has a private way in, evidence) of a workload with these labels of its pods."""
        del workload
        near = (s for key, value in marks.items() for s in self._services.get((namespace, key, value), ()))
        mine = [service for service in near if selected(service[1], marks)]
        if not mine:
            return None, None, []
        found: list[tuple[bool | None, Evidence | None]] = []
        private = False
        for name, service, proof in mine:
            state = is_public(service)
            found.append((state, proof))
            routes = self._routes.get((namespace, name), [])
            found += routes
            private = private or (state is False and not any(public is not False for public, _ in routes))
        proofs = [proof for _, proof in found if proof is not None]
        states = [state for state, _ in found]
        whole = not self._full and all(read(native) for native in ("Service", *_ROUTES, *_OTHER_ROUTES))
        public = True if True in states else False if whole and None not in states else None
        return public, True if private else False if whole and public else None, proofs


def _route_public(route: Any) -> bool | None:
    """Whether a route leads in from the internet; most do not tell."""
    internal = flag(route, "derived.internal")
    if internal is not None:
        return not internal
    given = [a for entry in records(route, "status.loadBalancer.ingress") or [] if (a := text(entry, "ip"))]
    if given and text(route, "kind") == "Ingress":
        return any(_is_global(address) for address in given)
    return None


def _backends(route: Any) -> set[str]:
    """Names of the services that a route leads to."""
    found = {text(route, "spec.defaultBackend.service.name"), text(route, "spec.to.name")}
    for rule in records(route, "spec.rules") or []:
        found |= {text(path, "backend.service.name") for path in records(rule, "http.paths") or []}
        found |= {text(path, "backend.serviceName") for path in records(rule, "http.paths") or []}
        found |= {text(backend, "name") for backend in records(rule, "backendRefs") or []}
    return {name for name in found if name}


class Policies:
    """Network policies of one cluster: what keeps pods from opening connections."""

    def __init__(self) -> None:
        self._policies: dict[str, list[tuple[Any, Evidence | None]]] = {}
        self._held, self._full = 0, False

    def add(self, namespace: str, policy: Any, proof: Evidence | None) -> None:
        """Notes a policy that speaks about connections that pods open."""
        kinds = texts(policy, "spec.policyTypes")
        if "Egress" not in (kinds or []) and (kinds or not records(policy, "spec.egress")):
            return
        if self._held >= MOST_HELD:
            self._full = True
            return
        self._held += 1
        self._policies.setdefault(namespace, []).append(({"spec": member(policy, "spec")}, proof))

    def of(
        self, namespace: str, marks: Mapping[str, str], read: Read, engines: bool | None
    ) -> tuple[bool | None, list[Evidence]]:
        """(whether pods with these labels cannot reach other networks, evidence).

        Operators add labels of their own to pods, so a selector that does not fit the labels that are known may fit
        all the same. `engines`: whether something besides these policies decides too.
        """
        closed, opened, unclear = False, False, False
        proofs: list[Evidence] = []
        for policy, proof in self._policies.get(namespace, []):
            fits = _selects(member(policy, "spec.podSelector"), marks)
            if not fits:
                unclear = True
                continue
            if all(_stays_inside(rule) for rule in records(policy, "spec.egress") or []):
                closed = True
            else:
                opened = True
            if proof is not None:
                proofs.append(proof)
        if opened:
            return False, proofs
        if closed:
            return (None, []) if unclear or self._full else (True, proofs)
        whole = read("networking.k8s.io/NetworkPolicy") and engines is False and not self._full
        return (False, []) if whole and not unclear else (None, [])


def _selects(selector: Any, marks: Mapping[str, str]) -> bool:
    """Whether a label selector surely fits: more labels than these may be there, so absence proves nothing."""
    for name, value in (labels(selector, "matchLabels") or {}).items():
        if marks.get(name) != value:
            return False
    for part in records(selector, "matchExpressions") or []:
        key, operator, values = text(part, "key") or "", text(part, "operator"), texts(part, "values") or []
        fits = (operator == "In" and marks.get(key) in values) or (operator == "Exists" and key in marks)
        if not fits and not (operator == "NotIn" and key in marks and marks[key] not in values):
            return False
    return True


def _stays_inside(rule: Any) -> bool:
    """Whether an egress rule leads to pods of the cluster and private networks only."""
    peers = records(rule, "to") or []
    return bool(peers) and all(_inside(peer) for peer in peers)


def _inside(peer: Any) -> bool:
    block = text(peer, "ipBlock.cidr")
    if block is None:
        return record(peer, "podSelector") is not None or record(peer, "namespaceSelector") is not None
    try:
        network = ip_network(block, strict=False)
    except ValueError:
        return False
    return any(network.version == own.version and network.subnet_of(own) for own in _PRIVATE)  # pyright: ignore[reportArgumentType]


def _nothing(thing: Thing) -> Iterator[Asset | Relation]:
    del thing
    return iter(())


_LOAD_BALANCER: Final = ("status.loadBalancer.ingress[].hostname", "status.loadBalancer.ingress[].ip")

TYPES: tuple[DocumentType, ...] = (
    k8s_type(
        "Service",
        (),
        (
            *("spec.externalIPs", "spec.loadBalancerClass", "spec.loadBalancerSourceRanges", "spec.ports[].nodePort"),
            *("spec.ports[].port", "spec.selector", "spec.type", "derived.internal", *_LOAD_BALANCER),
        ),
        _nothing,
    ),
    k8s_type(
        "networking.k8s.io/Ingress",
        (),
        (
            *("spec.ingressClassName", "spec.rules[].host", "spec.rules[].http.paths[].backend.service.name"),
            *("spec.rules[].http.paths[].backend.serviceName", "spec.defaultBackend.service.name"),
            *("derived.internal", *_LOAD_BALANCER),
        ),
        _nothing,
    ),
    *(
        k8s_type(
            f"gateway.networking.k8s.io/{kind}",
            (),
            ("spec.hostnames", "spec.parentRefs[].name", "spec.rules[].backendRefs[].name"),
            _nothing,
        )
        for kind in ("HTTPRoute", "GRPCRoute")
    ),
    k8s_type("route.openshift.io/Route", (), ("spec.host", "spec.to.kind", "spec.to.name"), _nothing),
    k8s_type(
        "networking.k8s.io/NetworkPolicy",
        (),
        ("spec.egress", "spec.ingress", "spec.podSelector", "spec.policyTypes"),
        _nothing,
    ),
)
