"""Who may read a thing by a role that is granted above it: on its key ring, its project, a folder or the organisation.

Google adds up the IAM policies of all levels. The policy of a thing is therefore never the whole list of who shares it:
here the policies above are remembered while entries stream by, and weighed at the end, role by role. What a role allows
is from Google's page on the predefined roles; of a role that is in none of the tables here nothing can be told. A key
ring holds little but keys: whoever has a role on it counts as in the policy of the key itself, whatever the role.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from scanners.documents import DocumentType
from scanners.gcp.iam import CLOSED, grantee
from scanners.gcp.names import project_in
from scanners.gcp.subject import Subject, gcp_type
from scanners.members import flag, member, record, records, text, texts
from scanners.model import Asset, Location, Relation

NATIVE: Final = "iam.googleapis.com/InheritedGrants"
_MANAGER: Final = "cloudresourcemanager.googleapis.com"
_HOLDER: Final = f"//{_MANAGER}/"
_RING: Final = "cloudkms.googleapis.com/KeyRing"
_KEY_RINGS: Final = "//cloudkms.googleapis.com/projects/"
_MOST: Final = 100_000
_MOST_OF_ONE: Final = 20_000
_MOST_TARGETS: Final = 500

_OF_ALL: Final = frozenset({"roles/owner"})
_BASIC: Final = frozenset({"roles/editor", "roles/viewer", "roles/admin", "roles/writer", "roles/reader"})
_KINDS: Final = (
    *("storage.bucket", "storage.registry", "storage.snapshot", "storage.image", "storage.volume"),
    *("storage.filesystem", "warehouse", "database.instance", "ai.model", "key", "secret"),
)
"""Kinds whose sharing is decided by their own policy and those of the levels above; tables have their dataset's too."""
_WITHIN: Final = ("spanner.googleapis.com/", "bigtableadmin.googleapis.com/")
"""Services whose databases take grants from an instance that holds them, which are not read."""
_BY_BASIC: Final = frozenset({"storage", "bigquery", "artifactregistry"})
"""Services in which the basic roles of a project let read, by themselves or by the bindings that things begin with."""
_READING: Final[dict[str, frozenset[str]]] = {
    "storage": frozenset(
        {
            *("roles/storage.admin", "roles/storage.objectAdmin", "roles/storage.objectUser"),
            *("roles/storage.objectViewer", "roles/storage.folderAdmin", "roles/storage.legacyObjectOwner"),
            "roles/storage.legacyObjectReader",
        }
    ),
    "bigquery": frozenset(
        {
            *("roles/bigquery.admin", "roles/bigquery.dataOwner", "roles/bigquery.dataEditor"),
            *("roles/bigquery.dataViewer", "roles/bigquery.filteredDataViewer", "roles/bigquery.studioAdmin"),
        }
    ),
    "artifactregistry": frozenset(
        f"roles/artifactregistry.{name}"
        for name in ("admin", "repoAdmin", "writer", "reader", "createOnPushRepoAdmin", "createOnPushWriter")
    ),
    "cloudkms": frozenset(f"roles/cloudkms.cryptoKey{name}" for name in ("Decrypter", "EncrypterDecrypter")),
    "secretmanager": frozenset({"roles/secretmanager.admin", "roles/secretmanager.secretAccessor"}),
}
"""Service → predefined roles that let read what it holds."""
_HARMLESS: Final = frozenset(
    {
        *("roles/browser", "roles/logging.viewer", "roles/logging.logWriter", "roles/monitoring.viewer"),
        *("roles/monitoring.metricWriter", "roles/iam.securityReviewer", "roles/iam.roleViewer"),
        *("roles/resourcemanager.organizationViewer", "roles/resourcemanager.folderViewer"),
        *("roles/billing.viewer", "roles/billing.user", "roles/cloudasset.viewer", "roles/orgpolicy.policyViewer"),
        *("roles/serviceusage.serviceUsageConsumer", "roles/serviceusage.serviceUsageViewer"),
        *("roles/bigquery.jobUser", "roles/bigquery.metadataViewer", "roles/bigquery.resourceViewer"),
        *("roles/storage.objectCreator", "roles/storage.bucketViewer", "roles/cloudkms.viewer"),
        *("roles/secretmanager.viewer", "roles/compute.networkViewer", "roles/essentialcontacts.viewer"),
        *("roles/cloudtrace.agent", "roles/recommender.viewer", "roles/accesscontextmanager.policyReader"),
    }
)
"""Roles that let nobody read what a store holds, nor become somebody who may."""


def may_read(role: str, native_type: str) -> bool | None:
    """Whether a role that is granted above a thing lets read what it holds; None where that cannot be told."""
    service = native_type.partition(".")[0]
    if role in _OF_ALL or (role in _BASIC and service in _BY_BASIC) or role in _READING.get(service, ()):
        return True
    return False if role in _HARMLESS else None


class Inherited:
    """What was seen of the policies above things, and the things below them."""

    def __init__(self) -> None:
        self._policies: dict[str, list[Any]] = {}  # holder → bindings
        self._chains: dict[str, list[str]] = {}  # project, as the first ancestor spells it → all its ancestors
        self._domains: dict[str, str] = {}  # organisation → its domain
        self._guarded: set[str] = set()  # buckets that nothing can open to everyone
        self._uniform: set[str] = set()  # buckets whose objects have no access lists of their own, which are not read
        self._rings: dict[str, list[Any]] = {}  # key ring → bindings
        self._things: dict[str, dict[str, dict[str, Any]]] = {}  # account → uid → what decides about it

    def learn(self, envelope: Any) -> None:
        """Notes what an entry says of the levels above things."""
        native = text(envelope, "assetType") or ""
        ancestors = texts(envelope, "ancestors")
        if ancestors and (own := project_in(ancestors[0])) and own not in self._chains and len(self._chains) < _MOST:
            self._chains[own] = ancestors
        if native == "storage.googleapis.com/Bucket":
            if text(envelope, "data.iamConfiguration.publicAccessPrevention") == "enforced":
                self._guarded.add(text(envelope, "name") or "")
            if flag(envelope, "data.iamConfiguration.uniformBucketLevelAccess.enabled") is True:
                self._uniform.add(text(envelope, "name") or "")
            return
        name = text(envelope, "name") or ""
        if native == _RING:
            policy, bindings = record(envelope, "iamPolicy"), _bindings(envelope)
            told = bindings or "bindings" in (policy or {}) or text(policy, "etag")  # a policy has one or the other
            if bindings is not None and told and len(self._rings) < _MOST:
                self._rings[name] = bindings
            return
        if not native.startswith(f"{_MANAGER}/") or not name.startswith(_HOLDER):
            return
        holder = name.removeprefix(_HOLDER)
        if native.endswith("/Organization"):
            self.named(holder, text(envelope, "data.displayName"))
        bindings = _bindings(envelope)
        if bindings is not None and len(self._policies) < _MOST:
            self._policies[holder] = bindings

    def named(self, organization: str, domain: str | None) -> None:
        """Notes the domain of an organisation, by which Google names it."""
        if domain and "." in domain:
            self._domains[organization] = domain.lower()

    def part(self, asset: Asset) -> Asset:
        """The asset without the word that its own policy is all there is: those above are weighed first."""
        if asset.native_type == f"{_MANAGER}/Organization":
            self.named(asset.uid.removeprefix(_HOLDER), asset.name)
        read = asset.attributes.get("relations_read")
        if asset.kind == "key" and read is None:
            read = []  # its own policy was not read, yet what is granted above it counts
        if not isinstance(read, list) or asset.kind == "account":
            return asset
        whole = "shared_with" in read and not asset.native_type.startswith(_WITHIN)
        closed = CLOSED in read
        if "shared_with" in read or closed:
            left = [name for name in cast("list[str]", read) if name not in ("shared_with", CLOSED)]
            asset.attributes["relations_read"] = left
        things = self._things.setdefault(asset.account, {})
        if asset.kind in _KINDS and (asset.uid in things or len(things) < _MOST_OF_ONE):
            known = things.setdefault(
                asset.uid,
                {"type": asset.native_type, "kind": asset.kind, "listed": False, "closed": False, "open": False},
            )
            known["listed"] = known["listed"] or whole
            known["closed"] = known["closed"] or closed
            known["open"] = known["open"] or asset.attributes.get("public_access") == "public"
        return asset

    def unread(self, project: str, number: str | None) -> tuple[list[str], list[str]]:
        """(key rings, keys) of a project of which nothing told who may use them, sorted."""
        spelled = [name for name in (number, project) if name]
        keys = {uid: thing for uid, thing in self._things.get(project, {}).items() if thing["kind"] == "key"}
        rings = {_ring_of(uid) for uid in keys if self._ring(uid, spelled) is None}
        return sorted(rings - {""}), sorted(uid for uid, thing in keys.items() if not thing["listed"])

    def accounts(self) -> list[str]:
        """The projects that hold things that may be shared."""
        return sorted(account for account, things in self._things.items() if things)

    def document(self, project: str, number: str | None) -> dict[str, Any] | None:
        """The policies above the things of a project; None where nothing can be told of any.

        Where some level up to the organisation was not read, it has no levels, and only keys whose ring was read; none
        of their lists is complete then.
        """
        spelled = [name for name in (number, project) if name]
        chain = next((self._chains[name] for name in spelled if name in self._chains), list[str]())
        levels = self._levels(chain, spelled)
        # Nothing is above a project of no organisation, and a project itself cannot let in everyone
        # (`projects.setIamPolicy`: "Project does not support allUsers and allAuthenticatedUsers").
        alone = len(chain) == 1 and chain[0].startswith("projects/")
        things: list[dict[str, Any]] = []
        rings: dict[str, list[Any]] = {}
        for uid, thing in sorted(self._things.get(project, {}).items()):
            ring = self._ring(uid, spelled) if thing["kind"] == "key" else None
            if levels is None and not ring and not (alone and thing["closed"] and not thing["open"]):
                continue
            listed = levels is not None and self._listed(uid, thing) and (thing["kind"] != "key" or ring is not None)
            entry = {"name": uid, **thing, "guarded": uid in self._guarded, "listed": listed}
            weighed = (levels is not None or alone) and self._by_policy(uid, thing)
            entry["closed"] = thing["closed"] and not thing["open"] and weighed
            if ring is not None:
                entry["ring"] = _ring_of(uid)
                rings[entry["ring"]] = ring
            things.append(entry)
        if levels is None and not things:
            return None
        data: dict[str, Any] = {"chain": levels or [], "things": things, "own": spelled}
        data["rings"] = [{"holder": name, "bindings": bindings} for name, bindings in sorted(rings.items())]
        if chain and chain[-1].startswith("organizations/"):
            data["organization"] = chain[-1]
            if chain[-1] in self._domains:
                data["domain"] = self._domains[chain[-1]]
        return {"name": f"//iam.googleapis.com/projects/{project}/inheritedGrants", "assetType": NATIVE, "data": data}

    def _levels(self, chain: list[str], spelled: list[str]) -> list[dict[str, Any]] | None:
        """The policies of a project and everything above it; None where one was not read."""
        if not chain or not chain[-1].startswith("organizations/"):
            return None
        levels: list[dict[str, Any]] = []
        for holder in chain:
            names = [f"projects/{name}" for name in spelled] if holder.startswith("projects/") else [holder]
            found = next((self._policies[name] for name in names if name in self._policies), None)
            if found is None:
                return None
            levels.append({"holder": holder, "bindings": found})
        return levels

    def _ring(self, uid: str, spelled: list[str]) -> list[Any] | None:
        """The policy of the ring that holds a key, whichever way its project is written; None where it was not read."""
        _, _, below = _ring_of(uid).removeprefix(_KEY_RINGS).partition("/")
        names = [f"{_KEY_RINGS}{name}/{below}" for name in spelled]
        return next((self._rings[name] for name in names if name in self._rings), None) if below else None

    def _listed(self, uid: str, thing: Mapping[str, Any]) -> bool:
        """Whether nothing but policies says who may read a thing, and its own was read."""
        return thing["listed"] is True and self._by_policy(uid, thing)

    def _by_policy(self, uid: str, thing: Mapping[str, Any]) -> bool:
        """Whether nothing but policies opens a thing: objects of a bucket may have access lists of their own."""
        return thing["kind"] != "storage.bucket" or uid in self._uniform


def _ring_of(uid: str) -> str:
    """The name of the key ring that holds a key; empty for what is no key."""
    ring, step, _ = uid.partition("/cryptoKeys/")
    return ring if step and ring.startswith(_KEY_RINGS) else ""


def _bindings(envelope: Any) -> list[Any] | None:
    """The bindings of an entry's policy; None where it has none that can be read to the last."""
    policy = record(envelope, "iamPolicy")
    if policy is None:
        return None
    if "bindings" not in policy:  # Google leaves out an empty list
        return []
    bindings = member(policy, "bindings")
    whole = isinstance(bindings, list) and len(records(policy, "bindings") or ()) == len(cast("list[Any]", bindings))
    return cast("list[Any]", bindings) if whole else None


def _grants(data: Mapping[str, Any], levels: Iterable[Any]) -> Iterator[tuple[str, str | None]]:
    """(role, who) for everybody outside whom these name; None for those of a form that is not known here."""
    own = {f"account:{name}" for name in texts(data, "own") or []} | {f"domain:{text(data, 'domain')}"}
    agent = f"serviceAccount:service-org-{(text(data, 'organization') or '').rpartition('/')[2]}@"
    for level in levels:
        for binding in records(level, "bindings") or []:
            role = text(binding, "role") or "unknown"
            stated, members = member(binding, "members"), texts(binding, "members") or []
            if "members" in binding and (not isinstance(stated, list) or len(cast("list[Any]", stated)) > len(members)):
                yield role, None  # something that is no name of anybody
            for name in members:
                target = grantee(name)
                if not name.startswith(("deleted:", agent)) and target not in own:
                    yield role, target


def _inherited(subject: Subject) -> Iterator[Asset | Relation]:
    """For each thing: who may read it by a role from above, and whether its list is complete with them."""
    if subject.data is None:
        return
    above = [(*grant, False) for grant in dict.fromkeys(_grants(subject.data, records(subject.data, "chain") or []))]
    rings = {
        text(ring, "holder"): [(*grant, True) for grant in dict.fromkeys(_grants(subject.data, [ring]))]
        for ring in records(subject.data, "rings") or []
    }
    for thing in records(subject.data, "things") or []:
        uid, native, kind = text(thing, "name"), text(thing, "type"), text(thing, "kind")
        if not (uid and native and kind):
            continue
        found: dict[str, set[str]] = {}
        clear, open_ = thing.get("listed") is True, False
        for role, target, as_own in [*rings.get(text(thing, "ring"), ()), *above]:
            reads = as_own or may_read(role, native)
            if reads is False or (target == "public" and thing.get("guarded") is True):
                continue
            if reads is None or target is None or (target not in found and len(found) >= _MOST_TARGETS):
                clear = False
                open_ = open_ or target in ("public", None)
            else:
                found.setdefault(target, set()).add(role)
        attributes: dict[str, Any] = {"relations_read": ["shared_with"] if clear else []}
        if "public" in found and kind in ("storage.bucket", "warehouse"):
            attributes["public_access"] = "public"
        elif thing.get("closed") is True and not open_ and kind in ("storage.bucket", "warehouse"):
            attributes["public_access"] = "none"
        asset = subject.asset(kind, Location.unknown(), attributes, name=uid.rpartition("/")[2], labels_at=None)
        asset.uid, asset.native_type, asset.aliases, asset.created_at = uid, native, (), None
        yield asset
        for target, roles in sorted(found.items()):
            yield Relation(uid, "shared_with", target, {"role": ", ".join(sorted(roles)[:10])})


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        NATIVE,
        "iam",
        _KINDS,
        ("chain[].holder", "chain[].bindings", "rings", "things", "own", "organization", "domain"),
        _inherited,
    ),
)
