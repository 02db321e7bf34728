"""Cloud SQL instances."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, last
from scanners.gcp.places import as_value, place
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.members import flag, has, member, records, text, texts
from scanners.model import Asset, Relation

_HOST: Final = "cloudsql.googleapis.com"
_TLS: Final = {
    "ALLOW_UNENCRYPTED_AND_ENCRYPTED": False,
    "ENCRYPTED_ONLY": True,
    "TRUSTED_CLIENT_CERTIFICATE_REQUIRED": True,
}


def _instance(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    # The project's IAM policy says who else may connect; all replicas are in a full body.
    attributes: dict[str, Any] = {"relations_read": ["replicates_to"] if has(data, "settings") else []}
    key = text(data, "diskEncryptionConfiguration.kmsKeyName")
    yield from subject.encryption("database.instance", attributes, key, shown=has(data, "settings"))
    _connections(data, attributes)
    _backups(data, attributes)
    availability = text(data, "settings.availabilityType")
    if availability in ("REGIONAL", "ZONAL"):
        attributes["cross_zone"] = availability == "REGIONAL"
    asset = subject.asset(
        "database.instance", subject.place("region", "gceZone"), attributes, labels_at="settings.userLabels"
    )
    yield asset
    for replica in texts(data, "replicaNames") or []:
        yield subject.relation("replicates_to", _sibling(subject, replica), continuous=True)
    master = text(data, "masterInstanceName")
    if master:
        yield Relation(_sibling(subject, master), "replicates_to", subject.uid, {"continuous": True})


def _sibling(subject: Subject, name: str) -> str:
    """Another instance, named alone or as `project:instance`."""
    project, _, instance = name.rpartition(":")
    found = full_name(f"projects/{project or subject.account}/instances/{instance}", _HOST)
    return found or f"//{_HOST}/projects/{subject.account}/instances/{last(name)}"


def _connections(data: Any, attributes: dict[str, Any]) -> None:
    mode = text(data, "settings.ipConfiguration.sslMode")
    required = flag(data, "settings.ipConfiguration.requireSsl")
    put_any(attributes, https_only=_TLS.get(mode, None) if mode else required)
    public = flag(data, "settings.ipConfiguration.ipv4Enabled")
    addresses = records(data, "ipAddresses")
    if public is None and addresses is not None:
        public = any(text(a, "type") == "PRIMARY" for a in addresses)
    put_any(attributes, public_network=public)
    if has(data, "settings.ipConfiguration"):
        network = text(data, "settings.ipConfiguration.privateNetwork")
        psc = flag(data, "settings.ipConfiguration.pscConfig.pscEnabled")
        if network or not member(data, "settings.ipConfiguration.privateNetwork"):
            attributes["vpc"] = last(network)
            attributes["private_endpoint"] = bool(network) or psc is True
    networks = records(data, "settings.ipConfiguration.authorizedNetworks")
    if public is False:
        attributes["public_access"] = "none"
    elif networks is not None:
        everyone = any((text(n, "value") or "").endswith("/0") for n in networks)
        # Open to every network, a password still stands in between.
        attributes["public_access"] = "possible" if everyone else "none"


def _backups(data: Any, attributes: dict[str, Any]) -> None:
    enabled = flag(data, "settings.backupConfiguration.enabled")
    if enabled is False:
        attributes |= {"backup_retention_days": 0, "secondary_loc": None}
        return
    if enabled is not True:
        return
    unit = text(data, "settings.backupConfiguration.backupRetentionSettings.retentionUnit")
    kept = whole(data, "settings.backupConfiguration.backupRetentionSettings.retainedBackups")
    if kept is not None and unit in (None, "COUNT"):
        attributes["backup_retention_days"] = kept  # one automatic backup a day
    where = text(data, "settings.backupConfiguration.location")
    if where:
        # Without this member Google chooses the multi-region nearest to the instance, and does not say which.
        attributes["backup_loc"] = attributes["secondary_loc"] = as_value(place(where, "cloud-storage"))


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "sqladmin.googleapis.com/Instance",
        "sqladmin",
        ("database.instance",),
        (
            *(
                "backendType",
                "connectionName",
                "createTime",
                "databaseVersion",
                "diskEncryptionConfiguration.kmsKeyName",
            ),
            *("gceZone", "instanceType", "ipAddresses[].type", "masterInstanceName", "name", "project", "region"),
            *(
                "replicaNames",
                "secondaryGceZone",
                "selfLink",
                "settings.availabilityType",
                "settings.backupConfiguration",
            ),
            *("settings.ipConfiguration", "settings.userLabels", "state"),
        ),
        _instance,
    ),
)
