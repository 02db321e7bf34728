"""The envelope that all documents of Azure Resource Manager share: identity, name, place, tags, keys.

The uid is the ARM id in lower case: Azure compares ids without regard to case, and its own answers mix spellings
(`resourceGroups`, `resourcegroups`, group names in capitals). Some things are also named from outside by an address, so
their assets carry an alias that can be made from the address alone:

- `azure-storage:ACCOUNT` for a storage account (`https://ACCOUNT.blob.core.windows.net/…`, `abfss://…@ACCOUNT.dfs…`);
- `azure-ai:NAME` for an account of Azure AI services (`https://NAME.openai.azure.com`);
- `azure-keyvault:VAULT` and `azure-keyvault:VAULT/keys/NAME` for a vault and a key in it, `azure-managedhsm:HSM` and
  `azure-managedhsm:HSM/keys/NAME` for a managed HSM and its keys (`https://VAULT.vault.azure.net/keys/NAME/VERSION`).
  The version is left out: a store that follows the newest version and one that is pinned use the same key.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import urlsplit

from scanners.azure.regions import place_of
from scanners.documents import Origin
from scanners.members import has, is_null, labels, moment, record, records, text, word
from scanners.model import UNREAD, Asset, Location, Relation

ENVELOPE: Final = (
    "id",
    "name",
    "type",
    "kind",
    "location",
    "extendedLocation.name",
    "extendedLocation.type",
    "tags",
    "zones",
    "managedBy",
    "sku.name",
    "sku.tier",
    "sku.capacity",
    "sku.family",
    "systemData.createdAt",
)
"""The members of the envelope that are kept. Left out: `etag` and `lastModified…`, which change by themselves."""

_CREATED: Final = (
    "systemData.createdAt",
    "properties.creationTime",
    "properties.timeCreated",
    "properties.creationDate",
    "properties.createTime",
    "properties.dateCreated",
    "properties.createdAt",
    "properties.CreationDate",
    "properties.createdDate",
)
CREATED: Final = tuple(path for path in _CREATED if path.startswith("properties."))

TAGS_LEFT_OUT: Final = frozenset(
    {
        "microsoft.compute/disks",
        "microsoft.compute/images",
        "microsoft.compute/virtualmachines",
        "microsoft.dbformariadb/servers",
        "microsoft.dbformysql/servers",
        "microsoft.dbforpostgresql/servers",
        "microsoft.resources/subscriptions/resourcegroups",
        "microsoft.sql/servers",
        "microsoft.sql/servers/databases",
        "microsoft.sql/servers/failovergroups",
    }
)
"""Types whose documents leave `tags` out when there are none: full answers with tags and full answers without the
member were recorded for each. For any other type an absent `tags` is one that was not read."""

UNTAGGED: Final = frozenset(
    {
        "microsoft.authorization/policyassignments",
        "microsoft.cognitiveservices/accounts/deployments",
        "microsoft.cognitiveservices/accounts/projects/applications",
        "microsoft.datafactory/factories/integrationruntimes",
        "microsoft.datafactory/factories/pipelines",
        "microsoft.datafactory/factories/triggers",
        "microsoft.dbformysql/flexibleservers/databases",
        "microsoft.dbforpostgresql/flexibleservers/databases",
        "microsoft.storage/storageaccounts/objectreplicationpolicies",
        "microsoft.synapse/workspaces/integrationruntimes",
        "microsoft.synapse/workspaces/pipelines",
        "microsoft.synapse/workspaces/triggers",
    }
)
"""Types that have no tags of their own, or (deployments) leave the member out without any: those of what they are a
part of speak for them. Where a document has tags all the same, they count."""

TAGS_INSIDE: Final = "microsoft.machinelearningservices/workspaces/"
"""What a workspace of Azure Machine Learning holds has its tags in `properties.tags`."""

ALWAYS_ENCRYPTED: Final = frozenset(
    {
        "microsoft.compute/disks",
        "microsoft.compute/snapshots",
        "microsoft.containerregistry/registries",
        "microsoft.containerregistry/registries/replications",
        "microsoft.dbformariadb/servers",
        "microsoft.dbformysql/flexibleservers",
        "microsoft.dbformysql/servers",
        "microsoft.dbforpostgresql/flexibleservers",
        "microsoft.dbforpostgresql/servers",
        "microsoft.documentdb/databaseaccounts",
        "microsoft.eventhub/namespaces",
        "microsoft.netapp/netappaccounts/capacitypools/volumes",
        "microsoft.operationalinsights/workspaces",
        "microsoft.search/searchservices",
        "microsoft.storage/storageaccounts",
    }
)
"""Types whose data Azure encrypts at rest without a way to turn it off: what can be chosen is the key alone.

Storage: "enabled by default for all storage accounts and cannot be disabled" (reference of
`StorageAccountPatch.Encryption`). The others: their documents have members for the key and for a second layer, and none
for encryption itself; by default the service's own key is used. A document that says otherwise counts before this.
"""

_SEGMENT: Final = re.compile(r"^[^\x00-\x1f]{1,512}$")
_UNSAFE: Final = re.compile(r"[\x00-\x1f]")


@lru_cache(1024)  # each document asks several times for the same one
def uid_of(identity: str | None) -> str | None:
    """The uid for an ARM id, or None where the text is not one. Ids without the leading slash occur (monitoring)."""
    if identity is None or not _SEGMENT.match(identity):
        return None
    uid = "/" + identity.strip("/").lower()
    return uid if uid.startswith(("/subscriptions/", "/providers/")) and uid.count("/") >= 2 else None


def target_of(document: Any, path: str) -> str | None:
    """The uid of the thing whose ARM id stands at this path."""
    return uid_of(text(document, path))


@lru_cache(1024)
def account_of(uid: str) -> str:
    """The subscription of a uid; above subscriptions, `managementGroups/NAME` or `tenant`."""
    steps = uid.strip("/").split("/")
    if steps[0] == "subscriptions":
        return steps[1]
    if steps[:3] == ["providers", "microsoft.management", "managementgroups"] and len(steps) > 3:
        return f"managementGroups/{steps[3]}"
    return "tenant"


def parent_of(uid: str, levels: int = 1) -> str:
    """The uid of the thing of which this one is a child: one pair of type and name less for each level."""
    return "/".join(uid.split("/")[: -2 * levels])


@lru_cache(1024)
def native_type_of(uid: str) -> str:
    """The resource type that a uid spells out, in lower case; empty where it names none."""
    head, found, tail = uid.rpartition("/providers/")
    if not found:
        steps = uid.strip("/").split("/")
        if len(steps) == 2 and steps[0] == "subscriptions":
            return "microsoft.resources/subscriptions"
        if len(steps) == 4 and steps[2] == "resourcegroups":
            return "microsoft.resources/subscriptions/resourcegroups"
        return ""
    del head
    namespace, *steps = tail.split("/")
    return "/".join([namespace, *steps[0::2]]) if steps else ""


def type_of(document: Any) -> str | None:
    """The native type of a document in lower case: as the id spells it out, else as `type` says."""
    uid = target_of(document, "id")
    return (native_type_of(uid) if uid is not None else "") or word(document, "type")


def tags_of(document: Mapping[str, Any], native_type: str) -> Any:
    """The tags: none where the document says null, or is of a type that leaves the member out when empty."""
    found = labels(document, "tags")
    if found is not None:
        return found
    if is_null(document, "tags"):
        return {}
    full = record(document, "properties")
    if full and native_type in UNTAGGED:
        return {}
    if native_type.startswith(TAGS_INSIDE):
        inside = labels(document, "properties.tags")
        if inside is not None:
            return inside
        if is_null(document, "properties.tags"):
            return {}
    if native_type in TAGS_LEFT_OUT and full and not has(document, "tags"):
        return {}
    return UNREAD


def arm_asset(
    document: Mapping[str, Any],
    origin: Origin,
    kind: str,
    *,
    location: Location | None = None,
    aliases: tuple[str, ...] = (),
) -> Asset | None:
    """The asset that an ARM document describes, with no attributes yet; None where it has no ARM id.

    A child document has no `location`; its place is the envelope's region where that is given, else unknown: it is
    where the thing is that it is a `member_of`.
    """
    uid = target_of(document, "id")
    if uid is None:
        return None
    native_type = native_type_of(uid) or word(document, "type") or ""
    name = text(document, "name") or uid.rsplit("/", 1)[-1]
    return Asset(
        uid=uid,
        provider="azure",
        account=account_of(uid),
        kind=kind,
        native_type=native_type,
        name=name.rsplit("/", 1)[-1],  # children of some services are named PARENT/CHILD
        location=place_of(document, origin.region) if location is None else location,
        attributes={"encrypted": True} if native_type in ALWAYS_ENCRYPTED else {},
        tags=tags_of(document, native_type),
        created_at=next((found for path in _CREATED if (found := moment(document, path)) is not None), None),
        aliases=aliases,
    )


def key_address(url: str | None) -> str | None:
    """The alias of the key at an address of a vault or managed HSM; a host of another form gives `external:HOST/…`."""
    if url is None or _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    steps = [step.lower() for step in parts.path.split("/") if step]
    if not host or len(steps) < 2 or steps[0] != "keys":
        return None
    vault, _, domain = host.partition(".")
    if domain.startswith("vault."):
        return f"azure-keyvault:{vault}/keys/{steps[1]}"
    if domain.startswith("managedhsm."):
        return f"azure-managedhsm:{vault}/keys/{steps[1]}"
    return f"external:{host}/keys/{steps[1]}"


def key_in_vault(vault_uri: str | None, name: str | None) -> str | None:
    """The alias of a key given by its vault's address and its own name."""
    if vault_uri is None or name is None:
        return None
    return key_address(f"{vault_uri.rstrip('/')}/keys/{name}")


def encrypted_by(source: str, key: str | None) -> Iterator[Relation]:
    """The relation to the key, where there is one.

    The address of a key proves that it is the customer's (in a managed HSM: in hardware of the customer's alone) even
    where the key itself was not read, so the relation says `custody_at_least`.
    """
    if key is None:
        return
    least = "dedicated_hsm" if key.startswith("azure-managedhsm:") else "customer"
    attributes = {} if key.startswith(("external:", "/")) else {"custody_at_least": least}
    yield Relation(source, "encrypted_by", key, attributes)


def member_of(asset: Asset, parent: str | None = None) -> Relation:
    """The relation to the thing that this one is a part of: its parent by the id, where none is named."""
    return Relation(asset.uid, "member_of", parent_of(asset.uid) if parent is None else parent)


def enabled(document: Any, path: str) -> bool | None:
    """A switch that ARM writes as `Enabled` or `Disabled`, or as a boolean."""
    value = word(document, path)
    if value in ("enabled", "on", "true"):
        return True
    if value in ("disabled", "off", "false"):
        return False
    found = record(document, path.rpartition(".")[0]) if "." in path else document
    flag = found.get(path.rpartition(".")[2]) if found is not None else None
    return flag if isinstance(flag, bool) else None


_TLS: Final = {
    "tls1_0": True,
    "tls1_1": True,
    "tls1_2": False,
    "tls1_3": False,
    "1.0": True,
    "1.1": True,
    "1.2": False,
    "1.3": False,
    "tls": True,
    "tls11": True,
    "tls12": False,
    "tls13": False,
    "tlsv1": True,
    "tlsv1.1": True,
    "tlsv1.2": False,
    "tlsv1.3": False,
    "none": True,  # SQL: `None` sets no minimum
    "tlsenforcementdisabled": True,
}


def tls_below_12(document: Any, path: str) -> bool | None:
    """Whether the minimum at this path lets TLS below 1.2 in; None for a spelling that is not in the table."""
    value = word(document, path)
    return None if value is None else _TLS.get(value)


def private_endpoint(document: Any, path: str = "properties.privateEndpointConnections") -> bool | None:
    """Whether a private endpoint is connected and approved; None where the list is absent or states no status."""
    connections = records(document, path)
    if connections is None:
        return None
    states = [word(item, "properties.privateLinkServiceConnectionState.status") for item in connections]
    if "approved" in states:
        return True
    return None if None in states else False


def facet(document: Mapping[str, Any], kind: str, native_type: str, levels: int = 1) -> Asset | None:
    """What a child document says of its parent: an asset with the parent's uid, no place, no tags, no attributes yet.

    It is merged (`scanners.model.merged`) with the asset that the parent's own document gives.
    """
    uid, written = target_of(document, "id"), text(document, "id")
    if uid is None or written is None:
        return None
    parent = parent_of(uid, levels)
    if native_type_of(parent) != native_type:
        return None
    name = written.rstrip("/").split("/")[-1 - 2 * levels]
    return Asset(parent, "azure", account_of(parent), kind, native_type, name, Location.unknown(), {})


NETWORK: Final = (
    "properties.publicNetworkAccess",
    "properties.networkAcls.bypass",
    "properties.networkAcls.defaultAction",
    "properties.networkAcls.ipRules",
    "properties.networkAcls.virtualNetworkRules",
    "properties.privateEndpointConnections[].id",
    "properties.privateEndpointConnections[].properties.privateEndpoint.id",
    "properties.privateEndpointConnections[].properties.privateLinkServiceConnectionState.status",
)
"""The members that `public_network` and `private_endpoint` read."""


_BROAD: Final = {4: 8, 6: 32}
"""Networks with shorter prefixes are open ones, as with S3."""


def public_network(document: Any) -> bool | None:
    """Whether any address of the internet reaches it: public access is on, and no firewall keeps addresses out.

    Enabled access without a firewall is open to all, whether or not there is a private way in besides. A firewall that
    denies by default lets in the addresses that it lists; None where its list or its default cannot be read.
    """
    access = enabled(document, "properties.publicNetworkAccess")
    if access is False:
        return False
    if record(document, "properties.networkAcls") is None:
        return access
    default = word(document, "properties.networkAcls.defaultAction")
    if default == "deny":
        rules = records(document, "properties.networkAcls.ipRules")
        open_ = [None] if rules is None else [_broad(text(rule, "value")) for rule in rules]
        return True if True in open_ and access else None if None in open_ or True in open_ else False
    return access if default == "allow" else None


def _broad(network: str | None) -> bool | None:
    try:
        found = None if network is None else ip_network(network.strip(), strict=False)
    except ValueError:
        return None
    return None if found is None else found.prefixlen < _BROAD[found.version]
