"""Cloud KMS by its own interfaces: every key of a project in one list, external key managers place by place.

Rings and keys of which the inventory showed no policy are asked for it: who may use them is not known without.
"""

from collections.abc import Iterator
from typing import Any, Final, cast

from scanners.coverage import MissedError
from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, get, listing
from scanners.gcp.live.reach import GcpReach
from scanners.gcp.live.recipes import everywhere, places_of
from scanners.live.rest import RestOperation
from scanners.members import member, text
from scanners.model import CoverageStatus, Item

_HOST: Final = "cloudkms.googleapis.com"
INVENTORY: Final = listing(
    "kmsinventory.cryptoKeys.list",
    "kmsinventory.googleapis.com",
    "/v1/projects/{project}/cryptoKeys",
    "cryptoKeys",
    "cloudkms.cryptoKeys.list",
    size=("pageSize", 1000),
)
PLACES: Final = places_of(_HOST, "v1")
RINGS: Final = listing(
    "cloudkms.keyRings.list", _HOST, "/v1/projects/{project}/locations/{location}/keyRings", "keyRings",
    size=("pageSize", 1000),
)  # fmt: skip
KEYS: Final = listing(
    "cloudkms.cryptoKeys.list", _HOST, "/v1/{+ring}/cryptoKeys", "cryptoKeys", size=("pageSize", 1000)
)
VERSIONS: Final = listing(
    "cloudkms.cryptoKeyVersions.list", _HOST, "/v1/{+key}/cryptoKeyVersions", "cryptoKeyVersions",
    size=("pageSize", 1000),
)  # fmt: skip
MANAGERS: Final = listing(
    "cloudkms.ekmConnections.list", _HOST, "/v1/projects/{project}/locations/{location}/ekmConnections",
    "ekmConnections", size=("pageSize", 1000),
)  # fmt: skip

_VERSION: Final = (("options.requestedPolicyVersion", "3"),)
"""Policies with conditions are shown whole in this version only."""
RING_POLICY: Final = get("cloudkms.keyRings.getIamPolicy", _HOST, "/v1/{+ring}:getIamPolicy", query=_VERSION)
KEY_POLICY: Final = get("cloudkms.cryptoKeys.getIamPolicy", _HOST, "/v1/{+key}:getIamPolicy", query=_VERSION)
_MOST_ASKED: Final = 2000
"""Policies of one project that are asked for; of further keys it stays unread, and the coverage says so."""

_OFF: Final = frozenset({CoverageStatus.DISABLED, CoverageStatus.DENIED, CoverageStatus.UNSUPPORTED})


def _keys(reach: GcpReach) -> Iterator[Item]:
    """Every key: in one list where the KMS inventory is enabled, ring by ring where it is not."""
    found = reach.quietly(INVENTORY)
    if found is None:
        yield from everywhere(reach, RINGS, PLACES, _ring)
        return
    for page in found:
        for body in reach.objects(INVENTORY, page):
            yield from _key(reach, body)


def _ring(reach: GcpReach, ring: dict[str, Any]) -> Iterator[Item]:
    name = text(ring, "name")
    if name:
        for body in reach.each(KEYS, ring=name):
            yield from _key(reach, body)


def _key(reach: GcpReach, body: dict[str, Any]) -> Iterator[Item]:
    """A key. One that an external manager holds is asked for its versions: they name the manager's address."""
    yield from reach.see(f"{_HOST}/CryptoKey", body, KEYS)
    levels = {text(body, "primary.protectionLevel"), text(body, "versionTemplate.protectionLevel")}
    name = text(body, "name")
    if (
        name
        and levels & {"EXTERNAL", "EXTERNAL_VPC"}
        and member(body, "primary.externalProtectionLevelOptions") is None
    ):
        try:
            for version in reach.each(VERSIONS, key=name):
                yield from reach.see(f"{_HOST}/CryptoKeyVersion", version, VERSIONS)
        except MissedError:
            return


def _managers(reach: GcpReach) -> Iterator[Item]:
    def told(reach_: GcpReach, body: dict[str, Any]) -> Iterator[Item]:
        yield from reach_.see(f"{_HOST}/EkmConnection", body, MANAGERS)

    yield from everywhere(reach, MANAGERS, PLACES, told)


def granted(reach: GcpReach) -> Iterator[Item]:
    """Who may use the rings and keys of which the inventory showed no policy: it leaves out many that are empty."""
    rings, keys = reach.known.unread_keys(reach.site.project.id)
    asked = [(name, RING_POLICY) for name in rings] + [(name, KEY_POLICY) for name in keys]
    if len(asked) > _MOST_ASKED:
        reach.miss(KEY_POLICY, CoverageStatus.PARTIAL, f"{len(asked)} policies are too many to ask for one by one")
    for name, operation in asked[:_MOST_ASKED]:
        reach.spawn(lambda r, n=name, o=operation: _policy(r, n, o))
    yield from ()


def _policy(reach: GcpReach, name: str, by: RestOperation) -> Iterator[Item]:
    path = name.removeprefix(f"//{_HOST}/")
    found = reach.maybe(by, ring=path) if by is RING_POLICY else reach.maybe(by, key=path)
    if not isinstance(found, dict):
        return
    policy = cast("dict[str, Any]", found)
    if "bindings" not in policy and not text(policy, "etag"):
        reach.miss(by, CoverageStatus.ERROR, "the answer is none of this interface: it holds no policy")
        return
    # An empty policy shows its mark and no bindings: nobody is named.
    envelope: dict[str, Any] = {"name": name, "iamPolicy": {"bindings": [], **policy}}
    if by is RING_POLICY:
        reach.known.learn({**envelope, "assetType": f"{_HOST}/KeyRing"})
    else:
        yield from reach.told({**envelope, "assetType": f"{_HOST}/CryptoKey"}, by)


_TYPES: Final = document_types()
COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector(
        "cloudkms", ("key",), (INVENTORY, PLACES, RINGS, KEYS, VERSIONS), _keys, _HOST,
        types=(_TYPES[f"{_HOST}/CryptoKey"], _TYPES[f"{_HOST}/CryptoKeyVersion"]),
    ),
    Collector(
        "cloudkms", ("key",), (RING_POLICY, KEY_POLICY), granted, _HOST,
        silent=True, turn=1, needless=True, facets=True, types=(_TYPES[f"{_HOST}/CryptoKey"],),
    ),
    Collector(
        "cloudkms", ("network.endpoint",), (PLACES, MANAGERS), _managers, _HOST,
        types=(_TYPES[f"{_HOST}/EkmConnection"],),
    ),
)  # fmt: skip

WAITING: Final = ()
