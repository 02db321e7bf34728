"""Where logs go: diagnostic settings, Log Analytics workspaces, Application Insights."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import CREATED, ENVELOPE, account_of, arm_asset, native_type_of, parent_of, target_of
from scanners.documents import DocumentType, Origin
from scanners.members import flag, number, put, records, word
from scanners.model import Asset, Location, LocationKind, Relation

_SETTING: Final = "/providers/microsoft.insights/diagnosticsettings/"
_CONTENT: Final = frozenset({"requestresponse", "trace", "alllogs"})
"""Categories of AI services that may hold prompts and answers, and the group that holds every category."""


def diagnostic_setting(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """Where the logs of one asset go. The setting of a subscription exports its activity log: that is a `log.trail`."""
    uid = target_of(document, "id")
    if uid is None or _SETTING not in uid:
        return
    source = _asset_of(uid.rsplit(_SETTING, 1)[0])
    logs = records(document, "properties.logs")
    on = [item for item in logs or [] if flag(item, "enabled")]
    categories = sorted({name for item in on if (name := word(item, "category") or word(item, "categoryGroup"))})
    attributes: dict[str, Any] = {}
    if logs is not None:
        attributes["enabled"] = bool(on)
        attributes["categories"] = categories
        if "/microsoft.cognitiveservices/" in source:
            attributes["content_logged"] = bool(_CONTENT & set(categories))
    subscription = source.startswith("/subscriptions/") and source.count("/") == 2
    if subscription:
        # The activity log is one for the whole subscription, whatever region an administrative call was for.
        trail = arm_asset(document, origin, "log.trail", location=Location(LocationKind.GLOBAL))
        if trail is not None:
            trail.attributes["covers_all_regions"] = True
            if logs is not None:
                trail.attributes["active"] = bool(on)
                trail.attributes["management_events"] = bool({"administrative", "alllogs"} & set(categories))
            yield trail
    for target in _targets(document):
        yield Relation(uid if subscription else source, "logs_to", target, attributes)


_PARTS: Final = frozenset(
    f"microsoft.storage/storageaccounts/{name}services" for name in ("blob", "file", "queue", "table")
)


def _asset_of(source: str) -> str:
    """What a setting speaks about: of the services of a storage account, the account."""
    return parent_of(source) if native_type_of(source) in _PARTS else source


_READS: Final = frozenset({"storageread", "alllogs", "audit"})
_CALLS: Final = frozenset({"audit", "requestresponse", "alllogs", "trace", "azureopenairequestusage"})
_CONTROL_PLANE: Final = frozenset({"kube-audit", "kube-audit-admin", "alllogs", "audit"})


def settings(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """What all diagnostic settings of one asset together log: also where there are none, which is an answer too."""
    uid, found = target_of(document, "id"), records(document, "settings")
    if uid is None or found is None:
        return
    source = uid.split("/providers/situs/")[0]
    on = {
        name
        for setting in found
        if _targets(setting)
        for item in records(setting, "properties.logs") or []
        if flag(item, "enabled") and (name := word(item, "category") or word(item, "categoryGroup"))
    }
    native_type = native_type_of(source)
    attributes: dict[str, Any]
    if native_type == "microsoft.cognitiveservices/accounts":
        kind, attributes = "ai.account", {"invocation_logging": bool(on & _CALLS)}
    elif native_type == "microsoft.storage/storageaccounts/blobservices":
        kind, attributes = "storage.bucket", {"read_logging": bool(on & _READS)}
        source = parent_of(source)
    elif native_type == "microsoft.containerservice/managedclusters":
        kind, attributes = "compute.cluster", {"audit_logging": bool(on & _CONTROL_PLANE)}
    elif native_type == "microsoft.resources/subscriptions":
        # Approvals and accesses of the provider's staff are entries of the activity log (category Administrative).
        kind, attributes = "account", {"operator_log_exported": bool(on & {"administrative", "alllogs"})}
    else:
        return
    name = source.rsplit("/", 1)[-1]
    yield Asset(source, "azure", account_of(source), kind, native_type_of(source), name, Location.unknown(), attributes)


def _targets(document: Mapping[str, Any]) -> list[str]:
    """Where a setting sends logs."""
    found = [target_of(document, f"properties.{name}") for name in ("workspaceId", "storageAccountId")]
    hub = target_of(document, "properties.eventHubAuthorizationRuleId")
    if hub is None:
        hub = target_of(document, "properties.serviceBusRuleId")
    found.append(None if hub is None else hub.split("/authorizationrules/")[0])
    found.append(target_of(document, "properties.marketplacePartnerId"))
    return [uid for uid in found if uid is not None]


def log_workspace(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Log Analytics workspace: its own retention; tables in it may differ."""
    asset = arm_asset(document, origin, "log.group")
    if asset is None:
        return
    days = number(document, "properties.retentionInDays")
    put(asset.attributes, "retention_days", days)
    if days is not None:
        asset.attributes["unlimited"] = days < 0  # -1 stood for "without limit" on old pricing tiers
        if days < 0:
            asset.attributes["retention_days"] = None
    yield asset
    cluster = target_of(document, "properties.features.clusterResourceId")
    if cluster is not None:
        yield Relation(asset.uid, "member_of", cluster)


def insights(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An Application Insights component, and the workspace behind it."""
    asset = arm_asset(document, origin, "log.group")
    if asset is None:
        return
    put(asset.attributes, "retention_days", number(document, "properties.RetentionInDays"))
    yield asset
    workspace = target_of(document, "properties.WorkspaceResourceId")
    if workspace is not None:
        yield Relation(asset.uid, "logs_to", workspace)


def data_export(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A standing export of a workspace's tables: no asset, but logs that go on elsewhere."""
    uid = target_of(document, "id")
    target = target_of(document, "properties.destination.resourceId")
    if uid is None or target is None:
        return
    attributes: dict[str, Any] = {"continuous": True}
    put(attributes, "enabled", flag(document, "properties.enable"))
    yield Relation(uid.rsplit("/dataexports/", 1)[0], "logs_to", target, attributes)


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.insights/diagnosticsettings",
        "monitor",
        ("log.trail",),
        (
            "id",
            "name",
            "type",
            "properties.storageAccountId",
            "properties.workspaceId",
            "properties.eventHubAuthorizationRuleId",
            "properties.serviceBusRuleId",
            "properties.marketplacePartnerId",
            "properties.logs[].category",
            "properties.logs[].categoryGroup",
            "properties.logs[].enabled",
        ),
        diagnostic_setting,
    ),
    DocumentType(
        "situs/settings",
        "monitor",
        ("ai.account", "storage.bucket", "compute.cluster", "account"),
        (
            "id",
            "settings[].id",
            *(
                f"settings[].properties.{name}"
                for name in (
                    "storageAccountId",
                    "workspaceId",
                    "eventHubAuthorizationRuleId",
                    "serviceBusRuleId",
                    "marketplacePartnerId",
                    "logs[].category",
                    "logs[].categoryGroup",
                    "logs[].enabled",
                )
            ),
        ),
        settings,
    ),
    DocumentType(
        "microsoft.operationalinsights/workspaces",
        "loganalytics",
        ("log.group",),
        (
            *ENVELOPE,
            "properties.features.clusterResourceId",
            "properties.publicNetworkAccessForIngestion",
            "properties.publicNetworkAccessForQuery",
            "properties.retentionInDays",
        ),
        log_workspace,
    ),
    DocumentType(
        "microsoft.operationalinsights/workspaces/dataexports",
        "loganalytics",
        (),
        ("id", "name", "type", "properties.destination.resourceId", "properties.enable", "properties.tableNames"),
        data_export,
    ),
    DocumentType(
        "microsoft.insights/components",
        "monitor",
        ("log.group",),
        (
            *ENVELOPE,
            *CREATED,
            "properties.Application_Type",
            "properties.RetentionInDays",
            "properties.WorkspaceResourceId",
            "properties.publicNetworkAccessForIngestion",
        ),
        insights,
    ),
)
