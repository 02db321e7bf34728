"""Entries of Cloud Asset Inventory as `gcloud asset export` writes them: snake_case around, the API's own body inside."""

from datetime import timedelta
from typing import Any, Final

from identity import GCP_FOLDER, GCP_ORGANISATION, PROJECT_NUMBERS, TRAIN, Document, hexadecimal, moment, stamp

_VERSIONS: Final = {"storage": "v1", "bigquery": "v2", "compute": "v1", "cloudsql": "v1beta4"}
HOME: Final = "europe-west3"


def ancestors(project: str) -> list[str]:
    """What stands above a project, nearest first."""
    return [f"projects/{PROJECT_NUMBERS[project]}", f"folders/{GCP_FOLDER}", f"organizations/{GCP_ORGANISATION}"]


def entry(
    asset_type: str,
    name: str,
    project: str,
    data: Document,
    *,
    location: str | None = None,
    parent: str | None = None,
) -> Document:
    """One entry with its resource. `name` is the full resource name."""
    service, _, kind = asset_type.partition("/")
    version = _VERSIONS.get(name[2:].split(".", 1)[0], "v1")
    holder = f"//cloudresourcemanager.googleapis.com/projects/{PROJECT_NUMBERS[project]}"
    resource: Document = {
        "version": version,
        "discovery_document_uri": f"https://{service}/$discovery/rest",
        "discovery_name": kind,
        "parent": parent or holder,
        "data": data,
    }
    if location is not None:
        resource["location"] = location
    return {"name": name, "asset_type": asset_type, "resource": resource, "ancestors": ancestors(project)}


def key_name(name: str, location: str = HOME, project: str = TRAIN) -> str:
    """The relative name of a key."""
    return f"projects/{project}/locations/{location}/keyRings/lumenar-{location}/cryptoKeys/{name}"


def key(
    name: str,
    location: str = HOME,
    project: str = TRAIN,
    *,
    level: str = "SOFTWARE",
    rotation_days: int | None = 90,
    destroy_days: int = 30,
    manager: str | None = None,
    state: str = "ENABLED",
) -> list[Document]:
    """A key; one that is held outside Google has a version that names its manager."""
    relative = key_name(name, location, project)
    uid = f"//cloudkms.googleapis.com/{relative}"
    created = stamp(moment(f"gkey/{name}"))
    ring = uid.rsplit("/cryptoKeys/", 1)[0]
    data: Document = {
        "name": relative,
        "purpose": "ENCRYPT_DECRYPT",
        "createTime": created,
        "destroyScheduledDuration": f"{destroy_days * 86400}s",
        "primary": {
            "name": f"{relative}/cryptoKeyVersions/1",
            "protectionLevel": level,
            "state": state,
            "createTime": created,
        },
        "versionTemplate": {"protectionLevel": level, "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION"},
    }
    if manager is None and rotation_days is not None:
        data["rotationPeriod"] = f"{rotation_days * 86400}s"
    found = [entry("cloudkms.googleapis.com/CryptoKey", uid, project, data, location=location, parent=ring)]
    if manager is not None:
        version: Document = {
            "name": f"{relative}/cryptoKeyVersions/1",
            "state": state,
            "protectionLevel": level,
            "algorithm": "EXTERNAL_SYMMETRIC_ENCRYPTION",
            "externalProtectionLevelOptions": {"externalKeyUri": f"https://{manager}/v0/{name}"},
        }
        found.append(
            entry("cloudkms.googleapis.com/CryptoKeyVersion", f"{uid}/cryptoKeyVersions/1", project, version,
                  location=location, parent=uid)
        )  # fmt: skip
    return found


def bucket(
    name: str,
    project: str = TRAIN,
    location: str = "EUROPE-WEST3",
    *,
    key: str | None,
    labels: dict[str, str],
    expire: int | None = 1095,
    soft_delete: int = 7,
    logs: str | None = None,
    prevented: bool = True,
) -> Document:
    """A bucket; `logs` is the bucket for usage logs."""
    created = stamp(moment(f"gs/{name}"))
    rules: list[Document] = []
    if expire is not None:
        rules.append({"action": {"type": "Delete"}, "condition": {"age": expire}})
    level = {"enabled": True, "lockedTime": "2027-01-01T00:00:00.000Z"}
    data: Document = {
        "kind": "storage#bucket",
        "id": name,
        "name": name,
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
        "projectNumber": int(PROJECT_NUMBERS[project]),
        "metageneration": 4,
        "location": location,
        "locationType": "multi-region" if location in ("US", "EU") else "region",
        "storageClass": "STANDARD",
        "timeCreated": created,
        "updated": created,
        "etag": "CAQ=",
        "acl": [],
        "defaultObjectAcl": [],
        "billing": {},
        "cors": [],
        "encryption": {"defaultKmsKeyName": key} if key is not None else {},
        "iamConfiguration": {
            "uniformBucketLevelAccess": level,
            "publicAccessPrevention": "enforced" if prevented else "inherited",
        },
        "labels": labels,
        "lifecycle": {"rule": rules},
        "logging": {"logBucket": logs, "logObjectPrefix": name} if logs else {},
        "owner": {},
        "retentionPolicy": {},
        "softDeletePolicy": {"retentionDurationSeconds": str(soft_delete * 86400), "effectiveTime": created},
        "versioning": {},
        "website": {},
    }
    return entry(
        "storage.googleapis.com/Bucket", f"//storage.googleapis.com/{name}", project, data, location=location.lower()
    )


def policy(asset_type: str, name: str, project: str, bindings: dict[str, list[str]]) -> Document:
    """An entry of the content type IAM_POLICY."""
    listed = [{"role": role, "members": members} for role, members in bindings.items()]
    return {
        "name": name,
        "asset_type": asset_type,
        "iam_policy": {"version": 1, "etag": "BwXqqqqqqqo=", "bindings": listed},
        "ancestors": ancestors(project),
    }


def dataset(
    name: str,
    project: str,
    location: str,
    *,
    key: str | None,
    labels: dict[str, str],
    expire_days: int | None = 1095,
    readers: tuple[Document, ...] = (),
) -> Document:
    """A BigQuery dataset and who may read it."""
    created = str(int(moment(f"bq/{name}").timestamp() * 1000))
    access: list[Document] = [
        {"role": "OWNER", "specialGroup": "projectOwners"},
        {"role": "WRITER", "specialGroup": "projectWriters"},
        {"role": "READER", "specialGroup": "projectReaders"},
        *readers,
    ]
    data: Document = {
        "kind": "bigquery#dataset",
        "id": f"{project}:{name}",
        "datasetReference": {"datasetId": name, "projectId": project},
        "location": location,
        "creationTime": created,
        "lastModifiedTime": created,
        "labels": labels,
        "access": access,
        "maxTimeTravelHours": "168",
    }
    if key is not None:
        data["defaultEncryptionConfiguration"] = {"kmsKeyName": key}
    if expire_days is not None:
        data["defaultTableExpirationMs"] = str(expire_days * 86_400_000)
    uid = f"//bigquery.googleapis.com/projects/{project}/datasets/{name}"
    return entry("bigquery.googleapis.com/Dataset", uid, project, data, location=location.lower())


def bigquery_table(
    name: str, parent: str, project: str, location: str, *, key: str, labels: dict[str, str], days: int = 730
) -> Document:
    """A BigQuery table."""
    created = moment(f"bqt/{name}")
    end = int((created + timedelta(days=days)).timestamp() * 1000)
    data: Document = {
        "kind": "bigquery#table",
        "id": f"{project}:{parent}.{name}",
        "tableReference": {"projectId": project, "datasetId": parent, "tableId": name},
        "type": "TABLE",
        "location": location,
        "creationTime": str(int(created.timestamp() * 1000)),
        "lastModifiedTime": str(int(created.timestamp() * 1000)),
        "expirationTime": str(end),
        "encryptionConfiguration": {"kmsKeyName": key},
        "labels": labels,
    }
    uid = f"//bigquery.googleapis.com/projects/{project}/datasets/{parent}"
    return entry(
        "bigquery.googleapis.com/Table", f"{uid}/tables/{name}", project, data, location=location.lower(), parent=uid
    )


def disk(
    name: str,
    project: str,
    zone: str,
    key: str | None,
    labels: dict[str, str],
    *,
    used: bool = True,
    detached: str | None = None,
) -> Document:
    """A disk, attached to the machine of its name or to none."""
    link = f"https://www.googleapis.com/compute/v1/projects/{project}/zones/{zone}"
    data: Document = {
        "id": str(int(hexadecimal(f"disk/{name}", 14), 16)),
        "name": name,
        "creationTimestamp": stamp(moment(f"disk/{name}")),
        "zone": link,
        "selfLink": f"{link}/disks/{name}",
        "sizeGb": "1000",
        "status": "READY",
        "type": f"{link}/diskTypes/hyperdisk-balanced",
        "labels": labels,
    }
    if key is not None:
        data["diskEncryptionKey"] = {"kmsKeyName": f"{key}/cryptoKeyVersions/1"}
    if used:
        data["users"] = [f"{link}/instances/{name}"]
    if detached is not None:
        data["lastDetachTimestamp"] = detached
    uid = f"//compute.googleapis.com/projects/{project}/zones/{zone}/disks/{name}"
    return entry("compute.googleapis.com/Disk", uid, project, data, location=zone)


def machine(
    name: str,
    project: str,
    zone: str,
    kind: str,
    key: str,
    labels: dict[str, str],
    *,
    accelerators: tuple[str, int] | None = None,
    public: bool = False,
) -> list[Document]:
    """A machine and its disk."""
    link = f"https://www.googleapis.com/compute/v1/projects/{project}/zones/{zone}"
    interface: Document = {"name": "nic0", "network": f"projects/{project}/global/networks/private"}
    if public:
        interface["accessConfigs"] = [{"type": "ONE_TO_ONE_NAT", "natIP": "203.0.113.77", "name": "External NAT"}]
    data: Document = {
        "id": str(int(hexadecimal(f"vm/{name}", 14), 16)),
        "name": name,
        "creationTimestamp": stamp(moment(f"vm/{name}")),
        "zone": link,
        "selfLink": f"{link}/instances/{name}",
        "machineType": f"{link}/machineTypes/{kind}",
        "status": "RUNNING",
        "labels": labels,
        "networkInterfaces": [interface],
        "disks": [{"boot": True, "source": f"{link}/disks/{name}", "type": "PERSISTENT"}],
        "confidentialInstanceConfig": {"enableConfidentialCompute": False},
        "scheduling": {"provisioningModel": "STANDARD"},
    }
    if accelerators is not None:
        kind_link = f"{link}/acceleratorTypes/{accelerators[0]}"
        data["guestAccelerators"] = [{"acceleratorType": kind_link, "acceleratorCount": accelerators[1]}]
    uid = f"//compute.googleapis.com/projects/{project}/zones/{zone}/instances/{name}"
    return [
        entry("compute.googleapis.com/Instance", uid, project, data, location=zone),
        disk(name, project, zone, key, labels),
    ]


def snapshot(
    name: str, source: str, zone: str, kept: str, key: str, labels: dict[str, str], created: str, project: str = TRAIN
) -> Document:
    """A snapshot of a disk and where it is kept."""
    link = f"https://www.googleapis.com/compute/v1/projects/{project}"
    data: Document = {
        "id": str(int(hexadecimal(f"snap/{name}", 14), 16)),
        "name": name,
        "creationTimestamp": created,
        "selfLink": f"{link}/global/snapshots/{name}",
        "sourceDisk": f"{link}/zones/{zone}/disks/{source}",
        "snapshotEncryptionKey": {"kmsKeyName": f"{key}/cryptoKeyVersions/1"},
        "status": "READY",
        "storageLocations": [kept],
        "diskSizeGb": "1000",
        "labels": labels,
    }
    uid = f"//compute.googleapis.com/projects/{project}/global/snapshots/{name}"
    return entry("compute.googleapis.com/Snapshot", uid, project, data, location=kept)


def vertex(kind: str, plural: str, name: str, location: str, project: str, data: Document) -> Document:
    """Something of Vertex AI; its id is a number that follows from its name."""
    own = vertex_name(plural, name, location, project)
    body: Document = {"name": own, "displayName": name, **data}
    return entry(
        f"aiplatform.googleapis.com/{kind}", f"//aiplatform.googleapis.com/{own}", project, body, location=location
    )


def vertex_name(plural: str, name: str, location: str = HOME, project: str = TRAIN) -> str:
    """The relative name of something of Vertex AI."""
    number = str(int(hexadecimal(f"vertex/{plural}/{name}", 15), 16))
    return f"projects/{project}/locations/{location}/{plural}/{number}"


def custom_job(
    name: str,
    location: str,
    key: str | None,
    reads: str,
    writes: str,
    *,
    project: str = TRAIN,
    machine_type: str = "a3-highgpu-8g",
    accelerator: tuple[str, int] = ("NVIDIA_H100_80GB", 8),
    machines: int = 2,
    ended: str | None = "2026-10-02T04:10:00.000Z",
    labels: dict[str, str] | None = None,
) -> Document:
    """A custom training job: machines, what it reads by argument, where it writes."""
    spec: Document = {
        "machineSpec": {
            "machineType": machine_type,
            "acceleratorType": accelerator[0],
            "acceleratorCount": accelerator[1],
        },
        "replicaCount": str(machines),
        "diskSpec": {"bootDiskType": "hyperdisk-balanced", "bootDiskSizeGb": 500},
        "containerSpec": {
            "imageUri": f"{location}-docker.pkg.dev/{project}/training/{name}:1",
            "args": [f"--train-data={reads}", "--epochs=40"],
        },
    }
    data: Document = {
        "createTime": "2026-10-01T05:00:00.000Z",
        "startTime": "2026-10-01T05:06:00.000Z",
        "state": "JOB_STATE_SUCCEEDED" if ended else "JOB_STATE_RUNNING",
        "labels": labels or {},
        **({"encryptionSpec": {"kmsKeyName": key}} if key is not None else {}),
        "jobSpec": {
            "workerPoolSpecs": [spec],
            "baseOutputDirectory": {"outputUriPrefix": writes},
            "network": f"projects/{PROJECT_NUMBERS[project]}/global/networks/private",
        },
    }
    if ended:
        data["endTime"] = ended
    return vertex("CustomJob", "customJobs", name, location, project, data)


def model(name: str, location: str, key: str | None, artefact: str, labels: dict[str, str], **more: Any) -> Document:
    """A model of the company's own."""
    data: Document = {
        "createTime": stamp(moment(f"gmodel/{name}")),
        "versionId": "1",
        "labels": labels,
        **({"encryptionSpec": {"kmsKeyName": key}} if key is not None else {}),
        "artifactUri": artefact,
        "supportedExportFormats": [{"id": "custom-trained"}],
        "modelSourceInfo": {"sourceType": "CUSTOM"},
        **more,
    }
    return vertex("Model", "models", name, location, TRAIN, data)


def endpoint(
    name: str, location: str, key: str, served: str, labels: dict[str, str], *, private: bool = True
) -> Document:
    """An endpoint that serves one model."""
    data: Document = {
        "createTime": stamp(moment(f"gendpoint/{name}")),
        "labels": labels,
        "encryptionSpec": {"kmsKeyName": key},
        "deployedModels": [
            {
                "id": str(int(hexadecimal(f"deployed/{name}", 14), 16)),
                "model": vertex_name("models", served, location),
                "dedicatedResources": {
                    "machineSpec": {
                        "machineType": "g2-standard-12",
                        "acceleratorType": "NVIDIA_L4",
                        "acceleratorCount": 1,
                    },
                    "minReplicaCount": 2,
                },
            }
        ],
    }
    if private:
        data["network"] = f"projects/{PROJECT_NUMBERS[TRAIN]}/global/networks/private"
    return vertex("Endpoint", "endpoints", name, location, TRAIN, data)


def sql(
    name: str,
    project: str,
    key: str,
    labels: dict[str, str],
    *,
    region: str = HOME,
    backups: int = 30,
    tls: bool = True,
    replica_of: str | None = None,
) -> Document:
    """A Cloud SQL instance."""
    data: Document = {
        "kind": "sql#instance",
        "name": name,
        "project": project,
        "region": region,
        "gceZone": f"{region}-a",
        "state": "RUNNABLE",
        "backendType": "SECOND_GEN",
        "instanceType": "READ_REPLICA_INSTANCE" if replica_of else "CLOUD_SQL_INSTANCE",
        "databaseVersion": "POSTGRES_16",
        "connectionName": f"{project}:{region}:{name}",
        "createTime": stamp(moment(f"gsql/{name}")),
        "diskEncryptionConfiguration": {"kind": "sql#diskEncryptionConfiguration", "kmsKeyName": key},
        "ipAddresses": [{"type": "PRIVATE", "ipAddress": "10.60.4.3"}],
        "settings": {
            "tier": "db-custom-8-32768",
            "availabilityType": "REGIONAL",
            "userLabels": labels,
            "backupConfiguration": {
                "enabled": True,
                "location": region,
                "startTime": "01:00",
                "backupRetentionSettings": {"retentionUnit": "COUNT", "retainedBackups": backups},
            },
            "ipConfiguration": {
                "ipv4Enabled": False,
                "privateNetwork": f"projects/{project}/global/networks/private",
                "sslMode": "ENCRYPTED_ONLY" if tls else "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
            },
        },
    }
    if replica_of is not None:
        data["masterInstanceName"] = f"{project}:{replica_of}"
    uid = f"//cloudsql.googleapis.com/projects/{project}/instances/{name}"
    return entry("sqladmin.googleapis.com/Instance", uid, project, data, location=region)


def plain(asset_type: str, relative: str, project: str, location: str, data: Document) -> Document:
    """Something whose full name is its service and its relative name."""
    service = asset_type.split("/", 1)[0]
    return entry(asset_type, f"//{service}/{relative}", project, {"name": relative, **data}, location=location)


def constraint(holder: str, name: str, rule: Document) -> Document:
    """One organisation policy in the form of the inventory's content type ORG_POLICY."""
    del holder
    return {"constraint": f"constraints/{name}", "update_time": "2026-02-03T09:00:00Z", **rule}
