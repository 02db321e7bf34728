"""Cloud KMS: keys, their versions and the connections to external key managers."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, last, place_in
from scanners.gcp.places import place
from scanners.gcp.subject import Subject, days, gcp_type, put_any, seconds
from scanners.members import has, record, records, text, texts
from scanners.model import Asset, Location, LocationKind, Relation

CUSTODY: Final = {
    "SOFTWARE": "customer",
    "HSM": "customer_hsm",
    "HSM_SINGLE_TENANT": "dedicated_hsm",
    "EXTERNAL": "external",
    "EXTERNAL_VPC": "external",
}
"""Google's protection level → custody in the schema's words."""

_STATES: Final = {
    "ENABLED": "enabled",
    "DISABLED": "disabled",
    "DESTROY_SCHEDULED": "pending_destruction",
    "DESTROYED": "unavailable",
    "IMPORT_FAILED": "unavailable",
    "GENERATION_FAILED": "unavailable",
    "EXTERNAL_DESTRUCTION_FAILED": "unavailable",
    "PENDING_GENERATION": "unavailable",
    "PENDING_IMPORT": "unavailable",
    "PENDING_EXTERNAL_DESTRUCTION": "pending_destruction",
}


def _place(subject: Subject) -> Location:
    return place(place_in(subject.uid) or text(subject.document, "location"), "kms")


def _key(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    level = text(data, "primary.protectionLevel") or text(data, "versionTemplate.protectionLevel")
    put_any(
        attributes,
        custody=CUSTODY.get(level or ""),
        state=_STATES.get(text(data, "primary.state") or ""),
        destroy_delay_days=days(data, "destroyScheduledDuration"),
    )
    if attributes.get("destroy_delay_days") is not None:
        attributes["purge_protection"] = attributes["destroy_delay_days"] > 0
    purpose = text(data, "purpose")
    if purpose:
        # Only symmetric keys whose material Google holds can be rotated by a schedule.
        attributes["rotatable"] = purpose == "ENCRYPT_DECRYPT" and attributes.get("custody") != "external"
        period = seconds(data, "rotationPeriod")
        if period is not None:
            attributes |= {"rotation_state": "on", "rotation_days": period // 86_400}
        elif not has(data, "rotationPeriod"):
            attributes |= {"rotation_state": "off", "rotation_days": None}
    reasons = record(data, "keyAccessJustificationsPolicy")
    if reasons is not None:
        attributes["allowed_reasons"] = texts(reasons, "allowedAccessReasons") or []
    elif purpose and not has(data, "keyAccessJustificationsPolicy"):
        attributes["allowed_reasons"] = None
    backend = full_name(text(data, "cryptoKeyBackend"), "cloudkms.googleapis.com")
    put_any(attributes, key_manager=backend)
    asset = subject.asset("key", _place(subject), attributes)
    if asset.location.kind is not LocationKind.UNKNOWN:
        # Material of a key lies in every place of its location and nowhere else: the location itself states it.
        asset.attributes["replica_locs"] = []
    yield asset


def _version(subject: Subject) -> Iterator[Asset | Relation]:
    """A version says of its key who holds it and, for external keys, where the key manager answers."""
    key = subject.uid.split("/cryptoKeyVersions/")[0]
    if key == subject.uid:
        return
    attributes: dict[str, Any] = {}
    external = text(subject.data, "externalProtectionLevelOptions.externalKeyUri")
    if external:
        host = external.removeprefix("https://").split("/")[0]
        put_any(attributes, key_manager=host or None)
    put_any(attributes, custody=CUSTODY.get(text(subject.data, "protectionLevel") or ""))
    asset = subject.asset("key", Location.unknown(), attributes, name=last(key), labels_at=None)
    # A facet of the key: the version's own state is not the key's, which may have newer versions.
    asset.uid, asset.native_type = key, "cloudkms.googleapis.com/CryptoKey"
    asset.aliases, asset.created_at = (), None
    yield asset


def _connection(subject: Subject) -> Iterator[Asset | Relation]:
    """A connection to an external key manager is not a key; it names the host that holds keys."""
    hosts = [h for r in records(subject.data, "serviceResolvers") or [] if (h := text(r, "hostname"))]
    if not hosts:
        return
    yield subject.asset("network.endpoint", _place(subject), {"services": sorted(set(hosts))}, labels_at=None)


def _ring(subject: Subject) -> Iterator[Asset | Relation]:
    """Key rings hold no facts of their own: their keys state the same place."""
    del subject
    return iter(())


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "cloudkms.googleapis.com/CryptoKey",
        "cloudkms",
        ("key",),
        (
            *(
                "createTime",
                "cryptoKeyBackend",
                "destroyScheduledDuration",
                "importOnly",
                "keyAccessJustificationsPolicy",
            ),
            *(
                "labels",
                "name",
                "primary.protectionLevel",
                "primary.state",
                "purpose",
                "rotationPeriod",
                "versionTemplate",
            ),
        ),
        _key,
    ),
    gcp_type(
        "cloudkms.googleapis.com/CryptoKeyVersion",
        "cloudkms",
        ("key",),
        ("externalProtectionLevelOptions.externalKeyUri", "name", "protectionLevel", "state"),
        _version,
    ),
    gcp_type(
        "cloudkms.googleapis.com/EkmConnection",
        "cloudkms",
        ("network.endpoint",),
        ("createTime", "keyManagementMode", "name", "serviceResolvers[].hostname"),
        _connection,
    ),
    gcp_type("cloudkms.googleapis.com/KeyRing", "cloudkms", (), ("createTime", "name"), _ring),
)
