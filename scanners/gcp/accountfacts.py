"""What settings, contacts, grants and usage say of a project, folder or organisation as a whole."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import last
from scanners.gcp.resourcemanager import facet
from scanners.gcp.subject import Subject, gcp_type
from scanners.members import flag, has, records, text, texts
from scanners.model import Asset, Location, Relation

_WORDS: Final = {
    "ALL": ("security", "legal", "technical", "billing"),
    "SECURITY": ("security",),
    "LEGAL": ("legal",),
    "TECHNICAL": ("technical",),
    "TECHNICAL_INCIDENTS": ("technical",),
    "BILLING": ("billing",),
    "SUSPENSION": ("suspension",),
    "PRODUCT_UPDATES": ("product",),
}
"""Google's categories of notices → the schema's words."""
_AI: Final = frozenset({"aiplatform.googleapis.com"})
_STORES: Final = {
    "storage.googleapis.com": frozenset({"storage.googleapis.com"}),
    "sqladmin.googleapis.com": frozenset({"cloudsql.googleapis.com"}),
    "spanner.googleapis.com": frozenset({"spanner.googleapis.com"}),
    "alloydb.googleapis.com": frozenset({"alloydb.googleapis.com"}),
    "bigtableadmin.googleapis.com": frozenset({"bigtable.googleapis.com"}),
    "firestore.googleapis.com": frozenset({"firestore.googleapis.com", "datastore.googleapis.com"}),
}
"""Service of a type → the names under which its reads are logged (Google's page on services with audit logs)."""


def _holder(subject: Subject) -> str:
    """`projects/…`, `folders/…` or `organizations/…` of the name."""
    return "/".join(subject.uid.partition("googleapis.com/")[2].split("/")[:2])


def _contacts(subject: Subject) -> Iterator[Asset | Relation]:
    """Who is told of incidents; the addresses are not kept."""
    found = records(subject.data, "contacts")
    if found is None:
        return
    words = {w for c in found for t in texts(c, "notificationCategorySubscriptions") or [] for w in _WORDS.get(t, ())}
    yield from facet(subject, _holder(subject), {"contacts": [{"type": w} for w in sorted(words)]})


def _cache(subject: Subject) -> Iterator[Asset | Relation]:
    """Vertex AI keeps prompts for 24 hours unless the project says no; Google leaves out what is false."""
    if subject.data is None:
        return
    off = flag(subject.data, "disableCache")
    if off is None and has(subject.data, "disableCache"):
        return
    yield from facet(subject, _holder(subject), {"cache_disabled": off is True})


def _detection(subject: Subject) -> Iterator[Asset | Relation]:
    """Whether Event Threat Detection is on in a project after inheritance.

    It watches audit logs. Reads of stores are in these only where data-access logs are switched on for each service
    (Security Command Center, "Event Threat Detection overview"), so what it covers is not told by its own setting.
    """
    state = text(subject.data, "serviceEnablementState")
    if state in ("ENABLED", "DISABLED"):
        yield from facet(subject, _holder(subject), {"detectors": [{"enabled": state == "ENABLED"}]})


def _usage(subject: Subject) -> Iterator[Asset | Relation]:
    """Which models of publishers were called, and through which endpoints: names of time series, no values."""
    series = records(subject.data, "timeSeries")
    if series is None:
        return
    places = {w for s in series if (w := text(s, "resource.labels.location"))}
    models = {w for s in series if (w := text(s, "resource.labels.model_user_id"))}
    attributes: dict[str, Any] = {"endpoint_locations": sorted(places), "used_models": sorted(models)}
    yield from facet(subject, _holder(subject), attributes)


def _logged(chain: list[Mapping[str, Any]], services: frozenset[str]) -> bool | None:
    """Whether reads through one of these services are logged; None where some members are exempted."""
    exempt = False
    for config in (c for level in chain for c in records(level, "auditConfigs") or []):
        if text(config, "service") not in services | {"allServices"}:
            continue
        for kind in records(config, "auditLogConfigs") or []:
            if text(kind, "logType") == "DATA_READ":
                if not texts(kind, "exemptedMembers"):
                    return True
                exempt = True
    return None if exempt else False


def _audit(subject: Subject) -> Iterator[Asset | Relation]:
    """Whether reads are logged, by the audit configuration of the project and all above it, which add up.

    That they are not is known only where every level up to the organisation was read.
    """
    chain = records(subject.data, "chain")
    if chain is None:
        return
    whole = flag(subject.data, "complete") is True
    calls = _logged(chain, _AI)
    if calls or (whole and calls is False):
        yield from facet(subject, _holder(subject), {"invocation_logging": calls})
    for store in records(subject.data, "stores") or []:
        uid, native = text(store, "name"), text(store, "type") or ""
        services = _STORES.get(native.partition("/")[0])
        reads = None if services is None else _logged(chain, services)
        if uid and (reads or (whole and reads is False)):
            kind = "storage.bucket" if native.endswith("/Bucket") else "database.instance"
            asset = subject.asset(kind, Location.unknown(), {"read_logging": reads}, name=last(uid), labels_at=None)
            asset.uid, asset.native_type, asset.aliases, asset.created_at = uid, native, (), None
            yield asset


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "essentialcontacts.googleapis.com/Contacts",
        "essentialcontacts",
        ("account",),
        ("contacts[].notificationCategorySubscriptions", "contacts[].validationState"),
        _contacts,
    ),
    gcp_type("aiplatform.googleapis.com/CacheConfig", "aiplatform", ("account",), ("disableCache", "name"), _cache),
    gcp_type(
        "securitycenter.googleapis.com/EventThreatDetectionSettings",
        "securitycenter",
        ("account",),
        ("name", "serviceEnablementState"),
        _detection,
    ),
    gcp_type(
        "monitoring.googleapis.com/TimeSeries",
        "monitoring",
        ("account",),
        (
            *("timeSeries[].metric.type", "timeSeries[].resource.type", "timeSeries[].resource.labels.location"),
            "timeSeries[].resource.labels.model_user_id",
        ),
        _usage,
    ),
    gcp_type(
        "iam.googleapis.com/AuditConfig",
        "iam",
        ("account", "storage.bucket", "database.instance"),
        ("chain[].holder", "chain[].auditConfigs", "complete", "stores"),
        _audit,
    ),
)
