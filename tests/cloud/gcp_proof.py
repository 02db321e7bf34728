"""Two organisations to prove rules on: in one nothing is wrong, in the other everything is that rules look for.

Both are made by the same lines: `either(good, bad)` is what a member of a body is in the one and in the other. Bodies
are of the schemas in Google's discovery documents; the simulation refuses others.
"""

from typing import Any

from gcp_cloud import GcpCloud
from gcp_estate import DATA, FOLDER, NUMBERS, ORG, TRAIN, above, asset, bucket, instance, network_of, project

SPARE = "med-spare"
"""A second project of the good organisation: where backups go."""
EMPTY = "med-empty"
ALL = {**NUMBERS, SPARE: "1000000003", EMPTY: "1000000004"}
CRM, VERTEX = "cloudresourcemanager.googleapis.com", "aiplatform.googleapis.com"
RING = f"projects/{DATA}/locations/europe-west4/keyRings/ring/cryptoKeys"
KEY, OUTSIDE = f"{RING}/data", f"{RING}/outside"
ABROAD = f"projects/{DATA}/locations/us-central1/keyRings/ring/cryptoKeys/abroad"
KEY_RING = "cloudkms.googleapis.com/KeyRing"
ADMINS = "group:admins@hospital.example"
VENDOR = "group:people@vendor.example"


class Proof:
    """One of the two organisations while it is filled."""

    def __init__(self, cloud: GcpCloud, *, good: bool) -> None:
        self.cloud, self.good = cloud, good
        self.planted: dict[str, str] = {}

    def either(self, good: Any, bad: Any) -> Any:
        """What is so in the good organisation, and in the bad one."""
        return good if self.good else bad

    def labels(self, data_class: str = "personal", **more: str) -> dict[str, str]:
        """Labels of something that holds data; nobody entered the bad one's in the record of processing."""
        return {"data-classification": data_class, **({"ropa": "pa-1"} if self.good else {}), **more}

    def show(
        self, what: str, type_: str, name: str, body: dict[str, Any], at: str = DATA, place: str | None = None
    ) -> str:
        """An entry of the inventory."""
        self.planted[what] = asset(self.cloud, type_, name, body, at, place)
        return self.planted[what]

    def grant(self, type_: str, name: str, at: str, *members: str, role: str = "roles/storage.objectViewer") -> None:
        """The IAM policy of something."""
        bindings = [{"role": "roles/storage.admin", "members": [ADMINS]}]
        bindings += [{"role": role, "members": list(members)}] if members else []
        self.cloud.assets.append(
            {"name": name, "assetType": type_, "iamPolicy": {"bindings": bindings}, "ancestors": chain(at)}
        )


def chain(identifier: str) -> list[str]:
    """The ancestors of a project."""
    return [f"projects/{ALL[identifier]}", FOLDER, ORG]


def prove(cloud: GcpCloud, *, good: bool) -> dict[str, str]:
    """Fills an organisation. Returns what was planted → uid."""
    p = Proof(cloud, good=good)
    NUMBERS.update(ALL)
    cloud.put(
        f"{CRM}/v3/organizations:search",
        "organizations",
        {"name": ORG, "displayName": "hospital.example", "state": "ACTIVE", "directoryCustomerId": "C01"},
    )
    cloud.put(
        f"{CRM}/v3/folders:search",
        "folders",
        {"name": FOLDER, "parent": ORG, "displayName": "Research", "state": "ACTIVE"},
    )
    for identifier, number in ALL.items():
        project(cloud, identifier, number)
        body = {"projectId": identifier, "projectNumber": number, "lifecycleState": "ACTIVE", "name": identifier}
        asset(cloud, f"{CRM}/Project", f"//{CRM}/projects/{number}", body, identifier)
    for part in (_governance, _keys, _stores, _databases, _machines, _vertex, _moving):
        part(p)
    return p.planted


# -- what governs ---------------------------------------------------------------------------------------------------


def _governance(p: Proof) -> None:
    cloud = p.cloud
    policy = "orgpolicy.googleapis.com/v2/projects"
    archive = f"projects/{DATA}/locations/{p.either('europe-west4', 'us-central1')}/buckets/archive"
    for identifier, number in ALL.items():
        wide = ["in:eu-locations", "in:us-locations"]
        allowed = wide if p.good or identifier == TRAIN else ["in:eu-locations"]
        kept = p.good or identifier in (TRAIN, DATA)
        guards = {
            "gcp.resourceLocations": {"rules": [{"values": {"allowedValues": allowed}}]} if kept else {},
            "storage.publicAccessPrevention": {"rules": [{"enforce": True}]} if p.good else {},
            "gcp.restrictNonCmekServices": (
                {"rules": [{"values": {"deniedValues": ["storage.googleapis.com"]}}]} if p.good else {}
            ),
            "vertexai.allowedModels": (
                {"rules": [{"values": {"allowedValues": ["publishers/google/models/gemini-2.5-pro"]}}]}
                if p.good
                else {}
            ),
        }
        entry: dict[str, Any] = {
            "name": f"//{CRM}/projects/{number}",
            "assetType": f"{CRM}/Project",
            "ancestors": chain(identifier),
        }
        listed: list[dict[str, Any]] = []
        for name, spec in guards.items():
            if spec:
                cloud.single[f"{policy}/{identifier}/policies/{name}:getEffectivePolicy"] = {
                    "name": f"projects/{number}/policies/{name}",
                    "spec": spec,
                }
            values = spec.get("rules", [{}])[0].get("values") if spec else None
            if values:
                listed.append({"constraint": f"constraints/{name}", "listPolicy": values})
            elif spec:
                listed.append({"constraint": f"constraints/{name}", "booleanPolicy": {"enforced": True}})
        if not p.good and identifier == DATA:
            listed.append({"constraint": "constraints/storage.publicAccessPrevention", "booleanPolicy": {}})
        if listed:
            cloud.assets.append({**entry, "orgPolicy": listed})
        cloud.put(
            f"essentialcontacts.googleapis.com/v1/projects/{identifier}/contacts:compute",
            "contacts",
            {
                "name": f"projects/{number}/contacts/1",
                "email": "office@hospital.example",
                "notificationCategorySubscriptions": p.either(["SECURITY"], ["BILLING"]),
            },
        )
        cloud.single[f"{VERTEX}/v1/projects/{identifier}/cacheConfig"] = {
            "name": f"projects/{identifier}/cacheConfig",
            **p.either({"disableCache": True}, {}),
        }
        cloud.put(
            f"monitoring.googleapis.com/v3/projects/{identifier}/timeSeries",
            "timeSeries",
            {
                "metric": {"type": "aiplatform.googleapis.com/publisher/online_serving/model_invocation_count"},
                "resource": {
                    "type": "aiplatform.googleapis.com/PublisherModel",
                    "labels": {"location": p.either("europe-west4", "global"), "model_user_id": "gemini-2.5-pro"},
                },
            },
        )
        cloud.single[f"accessapproval.googleapis.com/v1/projects/{identifier}/accessApprovalSettings"] = {
            "name": f"projects/{number}/accessApprovalSettings",
            **(
                {
                    "enrolledServices": [
                        {"cloudProduct": p.either("all", "storage.googleapis.com"), "enrollmentLevel": "BLOCK_ALL"}
                    ]
                }
                if p.good or identifier != TRAIN
                else {}
            ),
            "effectiveApprovalPolicy": {
                "justificationBasedApprovalPolicy": p.either(
                    "JUSTIFICATION_BASED_APPROVAL_NOT_ENABLED", "JUSTIFICATION_BASED_APPROVAL_ENABLED_ALL"
                )
            },
            "invalidKeyVersion": not p.good,
        }
        cloud.single[
            f"securitycenter.googleapis.com/v1beta2/projects/{identifier}/eventThreatDetectionSettings:calculate"
        ] = {
            "name": f"projects/{number}/eventThreatDetectionSettings",
            "serviceEnablementState": p.either("ENABLED", "DISABLED"),
        }
        cloud.put(
            f"logging.googleapis.com/v2/projects/{identifier}/sinks",
            "sinks",
            {
                "name": "archive",
                "destination": f"logging.googleapis.com/{archive}",
                "filter": p.either("logName:cloudaudit.googleapis.com", 'resource.type="gce_instance"'),
            },
        )
    if p.good:  # and the same guards for the organisation itself
        cloud.assets.append(
            {
                "name": f"//{CRM}/{ORG}",
                "assetType": f"{CRM}/Organization",
                "ancestors": [ORG],
                "orgPolicy": [
                    {
                        "constraint": "constraints/gcp.resourceLocations",
                        "listPolicy": {"allowedValues": ["in:eu-locations", "in:us-locations"]},
                    }
                ],
            }
        )
    logs = [{"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]}]
    for name, kind, levels in (
        *((f"//{CRM}/projects/{number}", "Project", chain(identifier)) for identifier, number in ALL.items()),
        (f"//{CRM}/{FOLDER}", "Folder", [FOLDER, ORG]),
        (f"//{CRM}/{ORG}", "Organization", [ORG]),
    ):
        audits = {"auditConfigs": logs} if p.good and kind == "Organization" else {}
        cloud.assets.append(
            {"name": name, "assetType": f"{CRM}/{kind}", "iamPolicy": {"bindings": [], **audits}, "ancestors": levels}
        )
    workload: dict[str, Any] = {
        "name": f"{ORG}/locations/europe-west4/workloads/w",
        "displayName": "boundary",
        "complianceRegime": p.either("EU_REGIONS_AND_SUPPORT", "ITAR"),
        "complianceStatus": {"activeViolationCount": p.either(0, 2)},
        "compliantButDisallowedServices": p.either([], ["translate.googleapis.com"]),
        "resources": [{"resourceId": number, "resourceType": "CONSUMER_PROJECT"} for number in ALL.values()],
    }
    name = f"//assuredworkloads.googleapis.com/{workload['name']}"
    cloud.assets.append(
        {
            "name": name,
            "assetType": "assuredworkloads.googleapis.com/Workload",
            "resource": {"version": "v1", "discoveryName": "Workload", "data": workload},
            "ancestors": [ORG],
        }
    )
    store = {
        "name": archive,
        "retentionDays": p.either(365, 30),
        "lifecycleState": "ACTIVE",
        **p.either({"locked": True, "cmekSettings": {"kmsKeyName": KEY}}, {}),
    }
    cloud.put(f"logging.googleapis.com/v2/projects/{DATA}/locations/-/buckets", "buckets", store)
    p.planted["log store"] = f"//logging.googleapis.com/{store['name']}"


def _keys(p: Proof) -> None:
    for what, name, level, more in (
        ("key", KEY, p.either("HSM", "SOFTWARE"), {}),
        (
            "external key",
            OUTSIDE,
            "EXTERNAL_VPC",
            {"cryptoKeyBackend": f"projects/{DATA}/locations/europe-west4/ekmConnections/own"},
        ),
        ("key abroad", ABROAD, "SOFTWARE", {}),
    ):
        algorithm = "EXTERNAL_SYMMETRIC_ENCRYPTION" if "EXTERNAL" in level else "GOOGLE_SYMMETRIC_ENCRYPTION"
        body = {
            "name": name,
            "purpose": "ENCRYPT_DECRYPT",
            "createTime": "2024-01-01T00:00:00Z",
            "primary": {
                "name": f"{name}/cryptoKeyVersions/1",
                "state": p.either("ENABLED", "DISABLED"),
                "protectionLevel": level,
            },
            "versionTemplate": {"protectionLevel": level, "algorithm": algorithm},
            "destroyScheduledDuration": p.either("2592000s", "86400s"),
            **more,
            **p.either({"keyAccessJustificationsPolicy": {"allowedAccessReasons": ["CUSTOMER_INITIATED_SUPPORT"]}}, {}),
        }
        if p.good and "EXTERNAL" not in level:
            body["rotationPeriod"] = "7776000s"
        place = name.split("/")[3]
        p.show(what, "cloudkms.googleapis.com/CryptoKey", f"//cloudkms.googleapis.com/{name}", body, DATA, place)
        p.grant(
            "cloudkms.googleapis.com/CryptoKey",
            f"//cloudkms.googleapis.com/{name}",
            DATA,
            *p.either((), (VENDOR,)),
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
        )
        p.cloud.put(f"kmsinventory.googleapis.com/v1/projects/{DATA}/cryptoKeys", "cryptoKeys", body)
    for key in (KEY, ABROAD):
        ring = f"//cloudkms.googleapis.com/{key.partition('/cryptoKeys/')[0]}"
        p.grant(KEY_RING, ring, DATA, role="roles/cloudkms.viewer")


# -- stores ---------------------------------------------------------------------------------------------------------


def store(p: Proof, what: str, name: str, place: str, at: str = DATA, **more: Any) -> str:
    """A bucket. Keyword arguments are members of its body; `labels`, `expire` and `readers` are what else there is."""
    expire, readers = more.pop("expire", p.either(365, None)), more.pop("readers", ())
    rules = [{"action": {"type": "Delete"}, "condition": {"age": expire}}] if expire else []
    rules += [{"action": {"type": "Delete"}, "condition": {"daysSinceNoncurrentTime": 30}}] if p.good else []
    body = bucket(
        name,
        place,
        ALL[at],
        **{
            "labels": p.labels(),
            "versioning": {"enabled": True},
            "lifecycle": {"rule": rules},
            **p.either({"encryption": {"defaultKmsKeyName": KEY}}, {}),
            **more,
        },
    )
    body["softDeletePolicy"] = {
        "retentionDurationSeconds": p.either("604800", "7776000"),
        "effectiveTime": "2024-02-02T00:00:00Z",
    }
    uid = p.show(what, "storage.googleapis.com/Bucket", f"//storage.googleapis.com/{name}", body, at, place.lower())
    p.cloud.put(f"storage.googleapis.com/storage/v1/b?project={at}", "items", body)
    p.grant("storage.googleapis.com/Bucket", uid, at, *readers)
    bindings = [{"role": "roles/storage.admin", "members": [ADMINS]}]
    bindings += [{"role": "roles/storage.objectViewer", "members": list(readers)}] if readers else []
    p.cloud.single[f"storage.googleapis.com/storage/v1/b/{name}/iam"] = {"bindings": bindings}
    return uid


def _stores(p: Proof) -> None:
    store(
        p,
        "store",
        "proof-data",
        p.either("EUROPE-WEST4", "US"),
        labels=p.labels(critical="yes", retain_until=p.either("2030-01-01", "2024-01-01")),
    )
    store(
        p,
        "second critical store",
        "proof-second",
        p.either("EUROPE-WEST1", "EUROPE-WEST4"),
        SPARE,
        labels=p.labels(critical="yes"),
    )
    store(p, "third critical store", "proof-third", "EUROPE-WEST4", SPARE, labels=p.labels(critical="yes"))
    store(
        p,
        "fourth critical store",
        "proof-fourth",
        p.either("EUROPE-WEST1", "EUROPE-WEST4"),
        labels=p.labels(critical="yes"),
    )
    for place in ("EUROPE-WEST4", "EUROPE-WEST1") if p.good else ():
        store(
            p,
            f"critical store of training in {place}",
            f"proof-train-{place.lower()}",
            place,
            TRAIN,
            labels=p.labels(critical="yes"),
        )
    store(p, "multi-region store", "proof-many", p.either("EU", "ASIA"))
    store(
        p,
        "store in India",
        "proof-asia",
        p.either("EUROPE-WEST4", "ASIA-SOUTH1"),
        labels=p.labels(**{"data-role": "checkpoint"}),
    )
    store(p, "store nowhere", "proof-nowhere", p.either("EUROPE-WEST4", "JUPITER-WEST1"))
    store(p, "open store", "proof-open", "EUROPE-WEST4", readers=p.either((), ("allUsers",)))
    store(p, "shared store", "proof-shared", "EUROPE-WEST4", readers=p.either((), (VENDOR,)))
    store(
        p, "unlabelled store", "proof-label", p.either("EUROPE-WEST4", "US-CENTRAL1"), labels=p.either(p.labels(), {})
    )
    store(p, "anonymous store", "proof-anon", "EUROPE-WEST4", labels=p.labels("anonymous"))
    store(p, "public store", "proof-public", "EUROPE-WEST4", labels=p.labels("public"))
    store(
        p,
        "special store",
        "proof-health",
        "EUROPE-WEST4",
        labels=p.labels("health"),
        encryption=p.either({"defaultKmsKeyName": OUTSIDE}, {"defaultKmsKeyName": KEY}),
    )
    store(
        p,
        "store with a key abroad",
        "proof-keyed",
        "EUROPE-WEST4",
        encryption={"defaultKmsKeyName": p.either(KEY, ABROAD)},
    )
    store(
        p,
        "re-identification",
        "proof-reid",
        p.either("EUROPE-WEST4", "US-CENTRAL1"),
        labels=p.labels("pseudonymised", reid="yes"),
    )
    store(
        p,
        "checkpoints",
        "proof-out",
        "EUROPE-WEST4",
        labels=p.labels(critical="yes", **{"data-role": "checkpoint"}),
        expire=p.either(14, None),
    )
    store(
        p,
        "locked store",
        "proof-locked",
        "EUROPE-WEST4",
        retentionPolicy={"retentionPeriod": str(86400 * p.either(100, 3650)), "isLocked": True},
    )
    for name, score in (("proof-public", "SENSITIVITY_LOW"), ("proof-anon", "SENSITIVITY_HIGH")):
        found = p.either([], [{"infoType": {"name": "PERSON_NAME"}}])
        p.cloud.put(
            f"dlp.googleapis.com/v2/projects/{DATA}/locations/europe-west4/fileStoreDataProfiles",
            "fileStoreDataProfiles",
            {
                "name": f"projects/{DATA}/locations/europe-west4/fileStoreDataProfiles/{name}",
                "fullResource": f"//storage.googleapis.com/{name}",
                "state": "DONE",
                "sensitivityScore": {"score": score},
                **({"fileStoreInfoTypeSummaries": found} if found else {}),
            },
        )
    registry = f"projects/{DATA}/locations/europe-west4/repositories/images"
    p.show(
        "registry",
        "artifactregistry.googleapis.com/Repository",
        f"//artifactregistry.googleapis.com/{registry}",
        {
            "name": registry,
            "format": "DOCKER",
            "createTime": "2024-01-01T00:00:00Z",
            "labels": p.labels(),
            **p.either({"kmsKeyName": KEY}, {}),
        },
    )
    p.grant(
        "artifactregistry.googleapis.com/Repository",
        f"//artifactregistry.googleapis.com/{registry}",
        DATA,
        *p.either((), (VENDOR,)),
        role="roles/artifactregistry.reader",
    )


# -- databases ------------------------------------------------------------------------------------------------------


def _databases(p: Proof) -> None:
    sql = {
        "kind": "sql#instance",
        "name": "registry",
        "project": DATA,
        "region": "europe-west3",
        "state": "RUNNABLE",
        "databaseVersion": "POSTGRES_16",
        "backendType": "SECOND_GEN",
        "instanceType": "CLOUD_SQL_INSTANCE",
        "createTime": "2024-03-03T00:00:00Z",
        **p.either({"diskEncryptionConfiguration": {"kmsKeyName": KEY}}, {}),
        "replicaNames": ["registry-copy"],
        "settings": {
            "availabilityType": "REGIONAL",
            "userLabels": p.labels(critical="yes"),
            "ipConfiguration": {
                "ipv4Enabled": not p.good,
                "sslMode": p.either("ENCRYPTED_ONLY", "ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
                "authorizedNetworks": p.either([], [{"value": "0.0.0.0/0", "kind": "sql#aclEntry"}]),
            },
            "backupConfiguration": p.either(
                {
                    "enabled": True,
                    "location": "europe-west3",
                    "backupRetentionSettings": {"retentionUnit": "COUNT", "retainedBackups": 14},
                },
                {"enabled": False},
            ),
        },
    }
    copy = {
        **sql,
        "name": "registry-copy",
        "region": p.either("europe-west1", "us-central1"),
        "masterInstanceName": f"{DATA}:registry",
    }
    copy.pop("replicaNames")
    kept = {
        "enabled": True,
        "location": p.either("europe-west3", "us"),
        "backupRetentionSettings": {"retentionUnit": "COUNT", "retainedBackups": p.either(14, 400)},
    }
    long = {**sql, "name": "archive", "settings": {**sql["settings"], "backupConfiguration": kept}}
    long.pop("replicaNames")
    for what, body in (("database", sql), ("copy of the database", copy), ("archive", long)):
        name = f"//cloudsql.googleapis.com/projects/{DATA}/instances/{body['name']}"
        p.show(what, "sqladmin.googleapis.com/Instance", name, body, DATA, body["region"])
        p.cloud.put(f"sqladmin.googleapis.com/v1/projects/{DATA}/instances", "items", body)
    reference = {"projectId": DATA, "datasetId": "cohorts"}
    whole = {
        "kind": "bigquery#dataset",
        "id": f"{DATA}:cohorts",
        "datasetReference": reference,
        "location": "europe-west4",
        "creationTime": "1700000000000",
        "labels": p.labels(),
        **p.either(
            {"defaultTableExpirationMs": str(86_400_000 * 365), "defaultEncryptionConfiguration": {"kmsKeyName": KEY}},
            {},
        ),
        "access": [
            {"role": "OWNER", "specialGroup": "projectOwners"},
            *p.either([], [{"role": "READER", "domain": "vendor.example"}]),
        ],
    }
    host = f"bigquery.googleapis.com/bigquery/v2/projects/{DATA}/datasets"
    p.cloud.put(host, "datasets", {"id": f"{DATA}:cohorts", "datasetReference": reference, "location": "europe-west4"})
    p.cloud.single[f"{host}/cohorts"] = whole
    p.show(
        "dataset",
        "bigquery.googleapis.com/Dataset",
        f"//bigquery.googleapis.com/projects/{DATA}/datasets/cohorts",
        whole,
        DATA,
        "europe-west4",
    )


# -- machines -------------------------------------------------------------------------------------------------------


def _machines(p: Proof) -> None:
    cloud = p.cloud
    machine = instance(
        "trainer",
        p.either("europe-west4-a", "us-central1-a"),
        "a3-highgpu-1g",
        TRAIN,
        labels=p.labels("health"),
        guestAccelerators=[{"acceleratorType": "nvidia-h100-80gb", "acceleratorCount": 1}],
        networkInterfaces=[
            {
                "network": network_of(TRAIN),
                **p.either({}, {"accessConfigs": [{"type": "ONE_TO_ONE_NAT", "natIP": "203.0.113.9"}]}),
            }
        ],
        **p.either({"confidentialInstanceConfig": {"confidentialInstanceType": "TDX"}}, {}),
    )
    zone = p.either("europe-west4-a", "us-central1-a")
    p.show(
        "machine",
        "compute.googleapis.com/Instance",
        f"//compute.googleapis.com/projects/{TRAIN}/zones/{zone}/instances/trainer",
        machine,
        TRAIN,
        zone,
    )
    rule = {
        "kind": "compute#firewall",
        "name": "ssh",
        "network": network_of(TRAIN),
        "direction": "INGRESS",
        "priority": 1000,
        "sourceRanges": p.either(["10.0.0.0/8"], ["0.0.0.0/0"]),
        "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}],
    }
    asset(
        cloud,
        "compute.googleapis.com/Firewall",
        f"//compute.googleapis.com/projects/{TRAIN}/global/firewalls/ssh",
        rule,
        TRAIN,
        "global",
    )
    at = f"https://www.googleapis.com/compute/v1/projects/{DATA}/zones/europe-west4-a"
    encrypted = p.either({"diskEncryptionKey": {"kmsKeyName": f"{KEY}/cryptoKeyVersions/1"}}, {})
    for what, name, more in (
        ("disk", "scans", {"users": [f"{at}/instances/x"], "labels": p.labels(critical="yes")}),
        (
            "loose disk",
            "loose",
            {
                "labels": p.labels(),
                "lastDetachTimestamp": p.either("2026-11-20T00:00:00.000-08:00", "2025-01-01T00:00:00.000-08:00"),
            },
        ),
    ):
        disk = {
            "kind": "compute#disk",
            "name": name,
            "status": "READY",
            "sizeGb": "100",
            "zone": at,
            "type": f"{at}/diskTypes/pd-ssd",
            "selfLink": f"{at}/disks/{name}",
            "creationTimestamp": "2025-01-01T00:00:00.000-08:00",
            **encrypted,
            **more,
        }
        p.show(
            what,
            "compute.googleapis.com/Disk",
            f"//compute.googleapis.com/projects/{DATA}/zones/europe-west4-a/disks/{name}",
            disk,
            DATA,
            "europe-west4-a",
        )
    further = (
        f"https://www.googleapis.com/compute/v1/projects/{DATA}/zones/{p.either('europe-west1-b', 'us-central1-b')}"
    )
    loose = cloud.assets[-1]["resource"]["data"]
    loose["asyncSecondaryDisks"] = {"copy": {"asyncReplicationDisk": {"disk": f"{further}/disks/copy"}}}
    copied = {
        **loose,
        "name": "copy",
        "zone": further,
        "selfLink": f"{further}/disks/copy",
        "users": [f"{at}/instances/x"],
        "asyncPrimaryDisk": {"disk": f"{at}/disks/loose"},
    }
    for name in ("asyncSecondaryDisks", "lastDetachTimestamp"):
        copied.pop(name)
    where = further.rpartition("/")[2]
    p.show(
        "copy of a disk",
        "compute.googleapis.com/Disk",
        f"//compute.googleapis.com/projects/{DATA}/zones/{where}/disks/copy",
        copied,
        DATA,
        where,
    )
    home = p.either(SPARE, DATA)
    snapshot = {
        "kind": "compute#snapshot",
        "name": "scans-copy",
        "status": "READY",
        "sourceDisk": f"{at}/disks/scans",
        "diskSizeGb": "100",
        "labels": p.labels(),
        "storageLocations": [p.either("europe-west4", "us")],
        "creationTimestamp": p.either("2026-11-01T00:00:00.000-07:00", "2023-05-05T00:00:00.000-07:00"),
        "selfLink": f"https://www.googleapis.com/compute/v1/projects/{DATA}/global/snapshots/scans-copy",
        **p.either({"snapshotEncryptionKey": {"kmsKeyName": f"{KEY}/cryptoKeyVersions/1"}}, {}),
    }
    uid = f"//compute.googleapis.com/projects/{DATA}/global/snapshots/scans-copy"
    p.show("snapshot", "compute.googleapis.com/Snapshot", uid, snapshot, DATA, "global")
    if not p.good:  # under a key that Google does not hold a copy abroad is no copy that Google could read
        kept = {
            **snapshot,
            "name": "kept",
            "snapshotEncryptionKey": {"kmsKeyName": f"{OUTSIDE}/cryptoKeyVersions/1"},
            "selfLink": snapshot["selfLink"].replace("scans-copy", "kept"),
        }
        p.show(
            "snapshot under an external key",
            "compute.googleapis.com/Snapshot",
            uid.replace("scans-copy", "kept"),
            kept,
            DATA,
            "global",
        )
    p.grant("compute.googleapis.com/Snapshot", uid, DATA, *p.either((), (VENDOR,)), role="roles/compute.storageAdmin")
    vault = f"projects/{home}/locations/{p.either('europe-west4', 'us-central1')}/backupVaults/safe"
    p.show(
        "backup vault",
        "backupdr.googleapis.com/BackupVault",
        f"//backupdr.googleapis.com/{vault}",
        {
            "name": vault,
            "createTime": "2024-01-01T00:00:00Z",
            "backupMinimumEnforcedRetentionDuration": p.either("2592000s", "0s"),
            "effectiveTime": "2024-02-01T00:00:00Z",
        },
        home,
    )
    plan = f"projects/{DATA}/locations/europe-west4/backupPlans/daily"
    cloud.put(
        f"backupdr.googleapis.com/v1/projects/{DATA}/locations/-/backupPlanAssociations",
        "backupPlanAssociations",
        {
            "name": f"projects/{DATA}/locations/europe-west4/backupPlanAssociations/scans",
            "backupPlan": plan,
            "dataSource": f"{vault}/dataSources/1",
            "resource": f"projects/{DATA}/zones/europe-west4-a/disks/scans",
            "resourceType": "compute.googleapis.com/Disk",
        },
    )
    cluster = {
        "name": "gpu",
        "location": "europe-west4",
        "locations": ["europe-west4-a"],
        "currentNodeCount": 2,
        "selfLink": f"https://container.googleapis.com/v1/projects/{TRAIN}/locations/europe-west4/clusters/gpu",
        "databaseEncryption": p.either({"state": "ENCRYPTED", "keyName": KEY}, {"state": "DECRYPTED"}),
        "status": "RUNNING",
        "createTime": "2025-01-01T00:00:00+00:00",
        "resourceLabels": p.labels(),
        "networkConfig": {
            "inTransitEncryptionConfig": p.either(
                "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT", "IN_TRANSIT_ENCRYPTION_DISABLED"
            )
        },
        "controlPlaneEndpointsConfig": {
            "ipEndpointsConfig": {
                "enablePublicEndpoint": not p.good,
                "authorizedNetworksConfig": p.either(
                    {"enabled": True, "cidrBlocks": [{"cidrBlock": "10.0.0.0/8"}]}, {}
                ),
            }
        },
        "nodePools": [
            {
                "name": "h100",
                "initialNodeCount": 2,
                "locations": ["europe-west4-a"],
                "networkConfig": {"enablePrivateNodes": p.good},
                "config": {
                    "machineType": "a3-highgpu-8g",
                    "accelerators": [{"acceleratorCount": "8", "acceleratorType": "nvidia-h100-80gb"}],
                    "confidentialNodes": {"enabled": p.good},
                },
            }
        ],
    }
    p.show(
        "cluster",
        "container.googleapis.com/Cluster",
        f"//container.googleapis.com/projects/{TRAIN}/locations/europe-west4/clusters/gpu",
        cluster,
        TRAIN,
        "europe-west4",
    )


# -- AI -------------------------------------------------------------------------------------------------------------


def _vertex(p: Proof) -> None:
    cloud, number = p.cloud, NUMBERS[TRAIN]
    region = p.either("europe-west4", "us-central1")
    at = f"projects/{number}/locations/{region}"
    key = p.either({"encryptionSpec": {"kmsKeyName": KEY.replace("data", "data")}}, {})
    for identifier in ALL:
        cloud.put(
            f"{VERTEX}/v1/projects/{identifier}/locations",
            "locations",
            *({"name": f"projects/x/locations/{n}", "locationId": n} for n in ("us-central1", "europe-west4")),
        )

    def silent(what: str, kind: str, member: str, body: dict[str, Any], place: str = region) -> None:
        host = VERTEX if place == "global" else f"{place}-{VERTEX}"
        cloud.put(f"{host}/v1/projects/{TRAIN}/locations/{place}/{kind}", member, body)
        p.planted[what] = f"//{VERTEX}/{body['name']}"

    def shown(what: str, kind: str, body: dict[str, Any]) -> None:
        p.show(what, f"{VERTEX}/{kind}", f"//{VERTEX}/{body['name']}", body, TRAIN, region)

    source = p.either("proof-data", "proof-health")
    for what, name, read in (
        ("job", "7", source),
        ("job on what lies abroad", "8", p.either("proof-public", "proof-asia")),
    ):
        shown(
            what,
            "CustomJob",
            {
                "name": f"{at}/customJobs/{name}",
                "displayName": f"train-{name}",
                "state": "JOB_STATE_SUCCEEDED",
                "createTime": "2026-01-01T00:00:00Z",
                "startTime": p.either("2026-09-01T00:00:00Z", "2026-01-01T00:00:00Z"),
                "endTime": p.either("2026-09-01T10:00:00Z", "2026-06-01T00:00:00Z"),
                "labels": p.labels(p.either("personal", "health")),
                **key,
                "jobSpec": {
                    "workerPoolSpecs": [
                        {
                            "machineSpec": {
                                "machineType": "a3-highgpu-8g",
                                "acceleratorType": "NVIDIA_H100_80GB",
                                "acceleratorCount": 8,
                            },
                            "replicaCount": p.either("1", "64"),
                            "containerSpec": {"imageUri": "img", "args": [f"--data=gs://{read}/train"]},
                        }
                    ],
                    "baseOutputDirectory": {"outputUriPrefix": f"gs://{p.either('proof-out', 'proof-asia')}/run"},
                    **p.either({"network": f"projects/{number}/global/networks/default"}, {}),
                },
            },
        )
    shown(
        "model",
        "Model",
        {
            "name": f"{at}/models/1",
            "displayName": "seg",
            "createTime": "2026-06-02T00:00:00Z",
            "labels": p.labels(p.either("personal", "anonymous"), critical="yes"),
            "modelSourceInfo": {"sourceType": "CUSTOM"},
            "artifactUri": f"gs://{p.either('proof-out', 'proof-asia')}/run/model",
            "supportedExportFormats": [{"id": "custom-trained", "exportableContents": ["ARTIFACT"]}],
            "trainingPipeline": f"{at}/trainingPipelines/3",
            "deployedModels": [{"endpoint": f"{at}/endpoints/9", "deployedModelId": "1"}],
            **key,
        },
    )
    shown(
        "model that nobody can export",
        "Model",
        {
            "name": f"{at}/models/2",
            "displayName": "closed",
            "createTime": "2026-06-02T00:00:00Z",
            "labels": p.labels(critical="yes"),
            "modelSourceInfo": {"sourceType": p.either("CUSTOM", "AUTOML")},
            **p.either({"artifactUri": "gs://proof-out/run/2", "trainingPipeline": f"{at}/trainingPipelines/3"}, {}),
            **key,
        },
    )
    shown(
        "pipeline that trains",
        "TrainingPipeline",
        {
            "name": f"{at}/trainingPipelines/3",
            "displayName": "pipeline",
            "state": "PIPELINE_STATE_SUCCEEDED",
            "createTime": "2026-06-01T00:00:00Z",
            "startTime": p.either("2026-06-01T00:00:00Z", "2026-01-01T00:00:00Z"),
            "endTime": "2026-06-01T10:00:00Z",
            "labels": p.labels(),
            "trainingTaskDefinition": "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml",
            "trainingTaskInputs": {
                "workerPoolSpecs": [
                    {
                        "machineSpec": {
                            "machineType": "a3-highgpu-8g",
                            "acceleratorType": "NVIDIA_H100_80GB",
                            "acceleratorCount": 8,
                        },
                        "replicaCount": p.either("1", "64"),
                        "containerSpec": {"imageUri": "img", "args": [f"--data=gs://{source}/train"]},
                    }
                ],
                "baseOutputDirectory": {"outputUriPrefix": "gs://proof-out/run"},
                **p.either({"network": f"projects/{number}/global/networks/default"}, {}),
            },
            "modelToUpload": {"name": f"{at}/models/1"},
            **key,
        },
    )
    shown(
        "endpoint",
        "Endpoint",
        {
            "name": f"{at}/endpoints/9",
            "displayName": "triage",
            "createTime": "2026-01-01T00:00:00Z",
            "labels": p.labels(),
            "predictRequestResponseLoggingConfig": {
                "enabled": True,
                "bigqueryDestination": {"outputUri": f"bq://{DATA}.{p.either('cohorts', 'cohorts')}"},
            },
            **p.either({"network": f"projects/{number}/global/networks/default"}, {}),
            **key,
        },
    )
    shown(
        "model of a vendor",
        "Model",
        {
            "name": f"{at}/models/3",
            "displayName": "llama",
            "createTime": "2026-06-02T00:00:00Z",
            "labels": p.labels("public"),
            "modelSourceInfo": {"sourceType": "MODEL_GARDEN"},
            "baseModelSource": {"modelGardenSource": {"publicModelName": "publishers/meta/models/llama-3"}},
        },
    )
    shown(
        "endpoint of a vendor's model",
        "Endpoint",
        {
            "name": f"{at}/endpoints/10",
            "displayName": "chat",
            "createTime": "2026-01-01T00:00:00Z",
            "labels": p.labels(),
            "deployedModels": [{"id": "1", "model": f"{at}/models/3"}],
            **p.either({"network": f"projects/{number}/global/networks/default"}, {}),
            **key,
        },
    )
    for what, name, place, read in (
        ("tuning", "5", region, p.either("proof-data", "proof-asia")),
        ("tuning everywhere", "6", "global", p.either("proof-public", "proof-asia")),
    ):
        silent(
            what,
            "tuningJobs",
            "tuningJobs",
            {
                "name": f"projects/{number}/locations/{place}/tuningJobs/{name}",
                "baseModel": "gemini-2.5-flash",
                "state": "JOB_STATE_SUCCEEDED",
                "createTime": "2026-10-01T00:00:00Z",
                "labels": p.labels(p.either("public", "personal") if place == "global" else "personal"),
                "supervisedTuningSpec": {"trainingDatasetUri": f"gs://{read}/tune.jsonl"},
                **({} if place == "global" else key),
            },
            place,
        )
    silent(
        "notebook",
        "notebookRuntimes",
        "notebookRuntimes",
        {
            "name": f"{at}/notebookRuntimes/3",
            "displayName": "colab",
            "networkSpec": {
                "enableInternetAccess": not p.good,
                "network": f"projects/{number}/global/networks/default",
            },
            "runtimeState": "RUNNING",
            "machineSpec": {"machineType": "g2-standard-12", "acceleratorType": "NVIDIA_L4", "acceleratorCount": 1},
            **p.either({"encryptionSpec": {"kmsKeyName": KEY}}, {}),
        },
    )
    workbench = {
        "name": f"projects/{TRAIN}/locations/{region}-b/instances/wb",
        "state": "ACTIVE",
        "labels": p.labels(),
        "disableProxyAccess": p.good,
        "gceSetup": {
            "machineType": "n1-standard-8",
            "disablePublicIp": p.good,
            "bootDisk": p.either({"diskEncryption": "CMEK", "kmsKey": KEY}, {"diskEncryption": "GMEK"}),
        },
    }
    cloud.put(f"notebooks.googleapis.com/v2/projects/{TRAIN}/locations/{region}-b/instances", "instances", workbench)
    p.planted["workbench"] = f"//notebooks.googleapis.com/{workbench['name']}"


# -- what moves -----------------------------------------------------------------------------------------------------


def _moving(p: Proof) -> None:
    for number, name in enumerate(("scc", "dpf", "adequacy", "measures", "once")):
        store(
            p,
            f"copy by {name}",
            f"proof-{name}",
            "US-CENTRAL1",
            SPARE,
            **({"encryption": {"defaultKmsKeyName": OUTSIDE}} if name == "measures" and p.good else {}),
            # Data that stay there need more than a derogation: what was sent once names nobody.
            **({"labels": p.labels("anonymous")} if name == "once" and p.good else {}),
        )
        job = {
            "name": f"transferJobs/{number}",
            "projectId": DATA,
            "status": "ENABLED",
            "transferSpec": {
                "gcsDataSource": {"bucketName": "proof-shared"},
                "gcsDataSink": {"bucketName": f"proof-{name}"},
            },
        }
        day = {"year": 2026, "month": 1, "day": 1}
        end = {"scheduleEndDate": day} if name == "once" and p.good else {}
        job["schedule"] = {"scheduleStartDate": day, **end}
        address = f'storagetransfer.googleapis.com/v1/transferJobs?{{"projectId":"{DATA}"}}'
        p.cloud.put(address, "transferJobs", job)
    store(p, "pseudonymised store", "proof-pseudo", "EUROPE-WEST4", labels=p.labels("pseudonymised"))
    store(p, "pseudonymised copy", "proof-pseudous", "US-CENTRAL1", SPARE, labels=p.labels("pseudonymised"))
    store(p, "copy that travels on", "proof-further", p.either("EUROPE-WEST1", "ASIA-SOUTHEAST1"))
    store(p, "copy called harmless", "proof-harmless", "EUROPE-WEST4", labels=p.labels(p.either("personal", "public")))
    for number, source, target in (
        (11, "proof-pseudo", "proof-pseudous"),
        (12, "proof-scc", "proof-further"),
        (13, "proof-keyed", "proof-harmless"),
    ):
        p.cloud.put(
            f'storagetransfer.googleapis.com/v1/transferJobs?{{"projectId":"{DATA}"}}',
            "transferJobs",
            {
                "name": f"transferJobs/{number}",
                "projectId": DATA,
                "status": "ENABLED",
                "schedule": {"scheduleStartDate": {"year": 2026, "month": 1, "day": 1}},
                "transferSpec": {"gcsDataSource": {"bucketName": source}, "gcsDataSink": {"bucketName": target}},
            },
        )


__all__ = ["ALL", "EMPTY", "SPARE", "above", "prove"]
