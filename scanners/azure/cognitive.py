"""Azure OpenAI and Microsoft Foundry: accounts, model deployments, projects, connections.

An account with a name of its own on the network carries the alias `azure-ai:NAME` (`https://NAME.openai.azure.com`,
`…cognitiveservices.azure.com`, `…services.ai.azure.com`), which is how connections name it.

Where prompts are processed follows from the deployment's SKU (Microsoft Foundry, "deployment types"): `SCOPES`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import (
    CREATED,
    ENVELOPE,
    NETWORK,
    arm_asset,
    encrypted_by,
    key_in_vault,
    member_of,
    parent_of,
    private_endpoint,
    public_network,
    target_of,
)
from scanners.azure.regions import as_place, region, region_id
from scanners.documents import DocumentType, Origin
from scanners.members import flag, put, records, text, word
from scanners.model import Asset, Relation
from scanners.references import uid_of

_AI_HOST: Final = re.compile(
    r"^https://([a-z0-9-]+)\.(?:cognitiveservices|openai|services\.ai)\.(?:azure|microsoft)\.[a-z]+(?:[:/?]|$)",
    re.IGNORECASE,
)
_HOST: Final = re.compile(r"^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[:/,].*)?$", re.IGNORECASE)

SCOPES: Final = {
    "standard": "region",
    "provisionedmanaged": "region",
    "datazonestandard": "zone",
    "datazoneprovisionedmanaged": "zone",
    "datazonebatch": "zone",
    "globalstandard": "global",
    "globalprovisionedmanaged": "global",
    "globalbatch": "global",
    "developertier": "global",
}
"""`sku.name` of a deployment in lower case → how far from its account's region it may compute. A SKU that is not here
is not known, and never taken for a regional one."""


def account(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An account of Azure AI services. Spellings of its location vary: `JAPANEAST`, `West US`, `eastus`, `global`."""
    asset = arm_asset(document, origin, "ai.account")
    if asset is None:
        return
    domain = word(document, "properties.customSubDomainName")
    if domain is not None:
        asset.aliases = (f"azure-ai:{domain}",)
    attributes = asset.attributes
    key_source = word(document, "properties.encryption.keySource")
    put(attributes, "encryption", text(document, "properties.encryption.keySource"))
    if key_source == "microsoft.cognitiveservices":
        attributes["custody"] = "provider"
    local = flag(document, "properties.disableLocalAuth")
    put(attributes, "shared_key_auth", None if local is None else not local)
    put(attributes, "public_network", public_network(document))
    put(attributes, "private_endpoint", private_endpoint(document))
    further = records(document, "properties.locations.regions")
    if further is not None:
        home = region_id(text(document, "location") or "")
        names = {region_id(name) for item in further if (name := text(item, "name")) is not None} - {home}
        attributes["routing_regions"] = [as_place(region(name)) for name in sorted(names)]
    stores = records(document, "properties.userOwnedStorage")
    if stores is not None:
        owned = [uid for store in stores if (uid := target_of(store, "resourceId")) is not None]
        attributes["linked_stores"] = [{"uid": uid, "saas_vendor": None} for uid in owned]
    completions = flag(document, "properties.storedCompletionsDisabled")
    put(attributes, "stored_completions", None if completions is None else not completions)
    if _logging_off(document):
        attributes["content_logging"] = False
    yield asset
    if key_source == "microsoft.keyvault":
        properties = "properties.encryption.keyVaultProperties"
        vault, name = text(document, f"{properties}.keyVaultUri"), text(document, f"{properties}.keyName")
        yield from encrypted_by(asset.uid, key_in_vault(vault, name))
    for store in attributes.get("linked_stores", []):
        yield Relation(asset.uid, "writes", store["uid"], {"use": "default_store"})


def _logging_off(document: Mapping[str, Any]) -> bool:
    """A capability `ContentLogging` = `false` shows an approved exemption from abuse monitoring.

    The name is not confirmed by a recorded answer. What an account without the capability does is not stated by it.
    """
    capabilities = records(document, "properties.capabilities") or []
    return any(word(item, "name") == "contentlogging" and word(item, "value") == "false" for item in capabilities)


def deployment(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A deployed model: it stands in its account's region and computes as far away as its SKU lets it."""
    asset = arm_asset(document, origin, "ai.endpoint")
    if asset is None:
        return
    attributes = asset.attributes
    put(attributes, "processing_scope", SCOPES.get(word(document, "sku.name") or ""))
    name, version = text(document, "properties.model.name"), text(document, "properties.model.version")
    if name is not None:
        attributes["model"] = f"{name}:{version}" if version is not None else name
    put(attributes, "model_vendor", text(document, "properties.model.format"))
    yield asset
    account_uid = parent_of(asset.uid)
    yield member_of(asset)
    spillover = word(document, "properties.spilloverDeploymentName")
    if spillover is not None:
        yield Relation(asset.uid, "overflows_to", f"{account_uid}/deployments/{spillover}", {"role": "spillover"})


def project(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Foundry project: a workspace inside an account."""
    asset = arm_asset(document, origin, "ai.account")
    if asset is None:
        return
    yield asset
    yield member_of(asset)


def application(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A published agent application of a project: it answers on an address of its own."""
    asset = arm_asset(document, origin, "ai.endpoint")
    if asset is None:
        return
    yield asset
    yield member_of(asset)


def model(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A model that was fine-tuned in an account; its weights stay with the provider (no interface hands them out)."""
    asset = arm_asset(document, origin, "ai.model")
    if asset is None:
        return
    attributes = asset.attributes
    attributes["vendor_base"] = False
    attributes["exportable"] = False
    attributes["public_access"] = "none"
    attributes["relations_read"] = []  # roles on the account decide who may use it, and they are not read
    put(attributes, "model_vendor", text(document, "properties.format"))
    put(attributes, "model_status", text(document, "properties.lifecycleStatus"))
    asset.tags = {}
    yield asset
    yield member_of(asset)


def connection(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A connection of a project or account to a service or store: its target is where data may go.

    It yields no asset of its own but the relation from the project; targets outside Azure stay as external ends.
    """
    asset = arm_asset(document, origin, "ai.account")
    target = connection_target(text(document, "properties.target"))
    if asset is None or target is None:
        return
    attributes: dict[str, Any] = {"use": "connection"}
    put(attributes, "category", text(document, "properties.category"))
    put(attributes, "auth", text(document, "properties.authType"))
    yield Relation(parent_of(asset.uid), "writes", target, attributes)


def connection_target(address: str | None) -> str | None:
    """The uid for the target of a connection: an address of any cloud, an AI account's host, or a bare host name."""
    if address is None:
        return None
    host = _AI_HOST.match(address)
    if host is not None:
        return f"azure-ai:{host.group(1).lower()}"
    return uid_of(address) or (uid_of(f"https://{address}") if _HOST.match(address) else None)


_CONNECTION: Final = (
    "id",
    "name",
    "type",
    "properties.category",
    "properties.target",
    "properties.authType",
    "properties.isSharedToAll",
)

TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.cognitiveservices/accounts",
        "cognitiveservices",
        ("ai.account",),
        (
            *ENVELOPE,
            *CREATED,
            *NETWORK,
            "properties.allowProjectManagement",
            "properties.capabilities[].name",
            "properties.capabilities[].value",
            "properties.customSubDomainName",
            "properties.disableLocalAuth",
            "properties.encryption.keySource",
            "properties.encryption.keyVaultProperties.keyName",
            "properties.encryption.keyVaultProperties.keyVaultUri",
            "properties.endpoint",
            "properties.locations.regions[].name",
            "properties.locations.routingMethod",
            "properties.restrictOutboundNetworkAccess",
            "properties.storedCompletionsDisabled",
            "properties.userOwnedStorage[].resourceId",
        ),
        account,
    ),
    DocumentType(
        "microsoft.cognitiveservices/accounts/deployments",
        "cognitiveservices",
        ("ai.endpoint",),
        (
            *ENVELOPE,
            "properties.capabilities.area",
            "properties.model.format",
            "properties.model.name",
            "properties.model.version",
            "properties.parentDeploymentName",
            "properties.raiPolicyName",
            "properties.spilloverDeploymentName",
            "properties.versionUpgradeOption",
        ),
        deployment,
    ),
    DocumentType(
        "microsoft.cognitiveservices/accounts/projects",
        "cognitiveservices",
        ("ai.account",),
        (*ENVELOPE, "properties.isDefault"),
        project,
    ),
    DocumentType(
        "microsoft.cognitiveservices/accounts/projects/applications",
        "cognitiveservices/applications",
        ("ai.endpoint",),
        (*ENVELOPE, "properties.baseUrl", "properties.isEnabled", "properties.agents[].agentName"),
        application,
    ),
    DocumentType(
        "microsoft.cognitiveservices/accounts/models",
        "cognitiveservices",
        ("ai.model",),
        (
            *("id", "name", "type", "location"),
            "properties.baseModel.name",
            "properties.baseModel.version",
            "properties.format",
            "properties.lifecycleStatus",
            "properties.name",
            "properties.version",
        ),
        model,
    ),
    DocumentType("microsoft.cognitiveservices/accounts/connections", "cognitiveservices", (), _CONNECTION, connection),
    DocumentType(
        "microsoft.cognitiveservices/accounts/projects/connections", "cognitiveservices", (), _CONNECTION, connection
    ),
)
