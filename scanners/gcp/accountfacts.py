"""What settings, contacts, grants and usage say of a project, folder or organisation as a whole."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.resourcemanager import facet
from scanners.gcp.subject import Subject, gcp_type
from scanners.members import flag, has, records, text, texts
from scanners.model import Asset, Relation

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
_AI: Final = frozenset({"allServices", "aiplatform.googleapis.com"})
_READS: Final = frozenset({"DATA_READ"})


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


def _usage(subject: Subject) -> Iterator[Asset | Relation]:
    """Which models of publishers were called, and through which endpoints: names of time series, no values."""
    series = records(subject.data, "timeSeries")
    if series is None:
        return
    places = {w for s in series if (w := text(s, "resource.labels.location"))}
    models = {w for s in series if (w := text(s, "resource.labels.model_user_id"))}
    attributes: dict[str, Any] = {"endpoint_locations": sorted(places), "used_models": sorted(models)}
    yield from facet(subject, _holder(subject), attributes)


def _audit(subject: Subject) -> Iterator[Asset | Relation]:
    """Whether reading through Vertex AI is logged, by the audit configuration of the project and all above it."""
    chain = records(subject.data, "chain")
    if chain is None:
        return
    whole = flag(subject.data, "complete") is True
    logged = any(
        text(config, "service") in _AI
        and any(
            text(kind, "logType") in _READS and not texts(kind, "exemptedMembers")
            for kind in records(config, "auditLogConfigs") or []
        )
        for level in chain
        for config in records(level, "auditConfigs") or []
    )
    if logged or whole:
        yield from facet(subject, _holder(subject), {"invocation_logging": logged})


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
        ("account",),
        ("chain[].holder", "chain[].auditConfigs", "complete"),
        _audit,
    ),
)
