"""An organisation of an invented hospital on a simulated Google Cloud, with planted problems; planted → uid."""

from typing import Any

from gcp_cloud import GcpCloud, Reply, error

ORG, FOLDER = "organizations/900000000001", "folders/800000000001"
TRAIN, DATA = "med-train", "med-data"
NUMBERS = {TRAIN: "1000000001", DATA: "1000000002"}
"""Project → number; other estates add theirs."""
_PLANTED = tuple(NUMBERS)
KEY = f"projects/{DATA}/locations/europe-west4/keyRings/ring/cryptoKeys/scans"
APIS = (
    *("aiplatform", "cloudasset", "compute", "container", "storage", "storagetransfer", "tpu", "notebooks", "logging"),
    *("hypercomputecluster", "lustre", "bigquery", "bigqueryconnection", "sqladmin", "spanner", "cloudkms", "file"),
    *("kmsinventory", "orgpolicy", "accessapproval", "essentialcontacts", "monitoring", "secretmanager", "alloydb"),
    *("artifactregistry", "batch", "bigtableadmin", "firestore", "redis", "memorystore", "dataproc", "composer"),
    *("gkehub", "backupdr", "netapp", "parallelstore", "iam", "dlp", "securitycenter"),
)


def project(cloud: GcpCloud, identifier: str, number: str, parent: str = FOLDER, apis: tuple[str, ...] = APIS) -> None:
    """A project with its services switched on; those of the inventory know it by its number."""
    body = {
        "name": f"projects/{number}",
        "parent": parent,
        "projectId": identifier,
        "state": "ACTIVE",
        "displayName": identifier.title(),
        "createTime": "2024-01-01T00:00:00Z",
    }
    host = "cloudresourcemanager.googleapis.com"
    cloud.put(f"{host}/v3/projects:search", "projects", body)
    cloud.single[f"{host}/v3/projects/{identifier}"] = body
    services = [
        {
            "name": f"projects/{number}/services/{api}.googleapis.com",
            "config": {"name": f"{api}.googleapis.com"},
            "state": "ENABLED",
            "parent": f"projects/{number}",
        }
        for api in apis
    ]
    cloud.put(f"serviceusage.googleapis.com/v1/projects/{identifier}/services", "services", *services)


def above(identifier: str) -> list[str]:
    """The ancestors of a project as the inventory lists them."""
    return [f"projects/{NUMBERS.get(identifier, identifier)}", FOLDER, ORG]


def asset(
    cloud: GcpCloud, type_: str, name: str, data: dict[str, Any], identifier: str, location: str | None = None
) -> str:
    """An entry of the inventory; its uid."""
    resource: dict[str, Any] = {"version": "v1", "discoveryName": type_.rpartition("/")[2], "data": data}
    if location:
        resource["location"] = location
    cloud.assets.append(
        {
            "name": name,
            "assetType": type_,
            "resource": resource,
            "ancestors": above(identifier),
            "updateTime": "2026-11-22T09:00:00Z",
        }
    )
    return name


def grant(cloud: GcpCloud, type_: str, name: str, identifier: str, **members: list[str]) -> None:
    """The IAM policy of something: role → members."""
    bindings = [{"role": role.replace("__", "/").replace("_", "."), "members": who} for role, who in members.items()]
    entry = {"name": name, "assetType": type_, "iamPolicy": {"bindings": bindings}, "ancestors": above(identifier)}
    cloud.assets.append(entry)


def bucket(name: str, location: str, number: str, **more: Any) -> dict[str, Any]:
    """A bucket as Cloud Storage describes it."""
    sort = "region" if "-" in location else "dual-region" if location[-1].isdigit() else "multi-region"
    return {
        "kind": "storage#bucket",
        "id": name,
        "name": name,
        "projectNumber": number,
        "location": location,
        "locationType": sort,
        "storageClass": "STANDARD",
        "metageneration": "1",
        "timeCreated": "2024-02-02T00:00:00Z",
        "updated": "2024-02-02T00:00:00Z",
        "iamConfiguration": {
            "publicAccessPrevention": "inherited",
            "uniformBucketLevelAccess": {"enabled": True, "lockedTime": "2024-05-02T00:00:00Z"},
        },
        "softDeletePolicy": {"retentionDurationSeconds": "604800", "effectiveTime": "2024-02-02T00:00:00Z"},
        **more,
    }


def instance(name: str, zone: str, machine: str, identifier: str, **more: Any) -> dict[str, Any]:
    """A machine as Compute Engine describes it."""
    at = f"https://www.googleapis.com/compute/v1/projects/{identifier}/zones/{zone}"
    return {
        "kind": "compute#instance",
        "id": "42",
        "name": name,
        "selfLink": f"{at}/instances/{name}",
        "zone": at,
        "machineType": f"{at}/machineTypes/{machine}",
        "status": "RUNNING",
        "creationTimestamp": "2025-01-01T00:00:00.000-08:00",
        "networkInterfaces": [
            {"network": f"https://www.googleapis.com/compute/v1/projects/{identifier}/global/networks/default"}
        ],
        **more,
    }


def network_of(identifier: str) -> str:
    """The default network of a project."""
    return f"https://www.googleapis.com/compute/v1/projects/{identifier}/global/networks/default"


def plant(cloud: GcpCloud, source: str = "scans-frankfurt") -> dict[str, str]:
    """Everything; `source` is the bucket in S3 that a transfer job reads."""
    crm = "cloudresourcemanager.googleapis.com"
    cloud.put(
        f"{crm}/v3/organizations:search",
        "organizations",
        {"name": ORG, "displayName": "hospital.example", "state": "ACTIVE", "directoryCustomerId": "C01"},
    )
    cloud.put(
        f"{crm}/v3/folders:search",
        "folders",
        {"name": FOLDER, "parent": ORG, "displayName": "Research", "state": "ACTIVE"},
    )
    for identifier, number in ((name, NUMBERS[name]) for name in _PLANTED):
        project(cloud, identifier, number)
        asset(
            cloud,
            f"{crm}/Project",
            f"//{crm}/projects/{number}",
            {"projectId": identifier, "projectNumber": number, "lifecycleState": "ACTIVE", "name": identifier},
            identifier,
        )
    planted: dict[str, str] = {}
    planted |= _stores(cloud)
    planted |= _machines(cloud)
    planted |= _vertex(cloud)
    planted |= _silent(cloud, source)
    planted |= _governance(cloud)
    return planted


def _stores(cloud: GcpCloud) -> dict[str, str]:
    number = NUMBERS[DATA]
    storage = "storage.googleapis.com/Bucket"
    bodies = {
        "patients in the US": bucket("patients-us", "US", number, labels={"data-classification": "personal"}),
        "scans": bucket(
            "scans-eu",
            "EUROPE-WEST4",
            number,
            labels={"data-classification": "personal"},
            encryption={"defaultKmsKeyName": KEY},
            retentionPolicy={"retentionPeriod": "8640000", "isLocked": True},
        ),
        "models": bucket("models-eur4", "EUR4", number),
        "open": bucket("open-data", "EU", number, labels={"data-classification": "personal"}),
    }
    found: dict[str, str] = {}
    for what, body in bodies.items():
        found[what] = asset(
            cloud, storage, f"//storage.googleapis.com/{body['name']}", body, DATA, body["location"].lower()
        )
        cloud.put(f"storage.googleapis.com/storage/v1/b?project={DATA}", "items", body)
        grant(cloud, storage, found[what], DATA, roles__storage_admin=["group:admins@hospital.example"])
        bindings = [{"role": "roles/storage.admin", "members": ["group:admins@hospital.example"]}]
        if what == "open":
            bindings.append({"role": "roles/storage.objectViewer", "members": ["allUsers"]})
        cloud.single[f"storage.googleapis.com/storage/v1/b/{body['name']}/iam"] = {"bindings": bindings}
    grant(cloud, storage, found["open"], DATA, roles__storage_objectViewer=["allUsers"])
    key = {
        "name": KEY,
        "purpose": "ENCRYPT_DECRYPT",
        "createTime": "2024-01-01T00:00:00Z",
        "primary": {"name": f"{KEY}/cryptoKeyVersions/1", "state": "ENABLED", "protectionLevel": "SOFTWARE"},
        "versionTemplate": {"protectionLevel": "SOFTWARE", "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION"},
        "destroyScheduledDuration": "2592000s",
    }
    found["key without rotation"] = asset(
        cloud, "cloudkms.googleapis.com/CryptoKey", f"//cloudkms.googleapis.com/{KEY}", key, DATA, "europe-west4"
    )
    cloud.put(f"kmsinventory.googleapis.com/v1/projects/{DATA}/cryptoKeys", "cryptoKeys", key)
    outside = KEY.replace("scans", "outside")
    held = {
        "name": outside,
        "purpose": "ENCRYPT_DECRYPT",
        "createTime": "2024-01-01T00:00:00Z",
        "primary": {"name": f"{outside}/cryptoKeyVersions/1", "state": "ENABLED", "protectionLevel": "EXTERNAL_VPC"},
        "versionTemplate": {"protectionLevel": "EXTERNAL_VPC", "algorithm": "EXTERNAL_SYMMETRIC_ENCRYPTION"},
        "keyAccessJustificationsPolicy": {"allowedAccessReasons": ["CUSTOMER_INITIATED_SUPPORT"]},
    }
    found["external key"] = asset(
        cloud, "cloudkms.googleapis.com/CryptoKey", f"//cloudkms.googleapis.com/{outside}", held, DATA, "europe-west4"
    )
    cloud.put(f"kmsinventory.googleapis.com/v1/projects/{DATA}/cryptoKeys", "cryptoKeys", held)
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
        "settings": {
            "availabilityType": "ZONAL",
            "userLabels": {"data-classification": "personal"},
            "ipConfiguration": {
                "ipv4Enabled": True,
                "sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
                "authorizedNetworks": [{"value": "0.0.0.0/0", "kind": "sql#aclEntry"}],
            },
            "backupConfiguration": {"enabled": True, "location": "us"},
        },
    }
    found["open database"] = asset(
        cloud,
        "sqladmin.googleapis.com/Instance",
        f"//cloudsql.googleapis.com/projects/{DATA}/instances/registry",
        sql,
        DATA,
        "europe-west3",
    )
    cloud.put(f"sqladmin.googleapis.com/v1/projects/{DATA}/instances", "items", sql)
    spanner = f"projects/{DATA}/instances/records"
    body = {
        "name": spanner,
        "config": f"projects/{DATA}/instanceConfigs/eur6",
        "displayName": "records",
        "state": "READY",
    }
    base = {
        "name": f"{spanner}/databases/main",
        "state": "READY",
        "encryptionInfo": [{"encryptionType": "GOOGLE_DEFAULT_ENCRYPTION"}],
    }
    found["database of records"] = asset(
        cloud, "spanner.googleapis.com/Database", f"//spanner.googleapis.com/{spanner}/databases/main", base, DATA
    )
    asset(cloud, "spanner.googleapis.com/Instance", f"//spanner.googleapis.com/{spanner}", body, DATA)
    cloud.put(f"spanner.googleapis.com/v1/projects/{DATA}/instances", "instances", body)
    cloud.put(f"spanner.googleapis.com/v1/{spanner}/databases", "databases", base)
    return found | _warehouse(cloud)


def _warehouse(cloud: GcpCloud) -> dict[str, str]:
    reference = {"projectId": DATA, "datasetId": "cohorts"}
    whole = {
        "kind": "bigquery#dataset",
        "id": f"{DATA}:cohorts",
        "datasetReference": reference,
        "location": "US",
        "creationTime": "1700000000000",
        "labels": {"data-classification": "personal"},
        "access": [{"role": "OWNER", "specialGroup": "projectOwners"}],
    }
    name = f"//bigquery.googleapis.com/projects/{DATA}/datasets/cohorts"
    host = f"bigquery.googleapis.com/bigquery/v2/projects/{DATA}/datasets"
    cloud.put(host, "datasets", {"id": f"{DATA}:cohorts", "datasetReference": reference, "location": "US"})
    cloud.single[f"{host}/cohorts"] = whole
    asset(cloud, "bigquery.googleapis.com/Dataset", name, whole, DATA, "us")
    table = {
        "kind": "bigquery#table",
        "id": f"{DATA}:cohorts.lake",
        "type": "EXTERNAL",
        "location": "US",
        "tableReference": {**reference, "tableId": "lake"},
        "creationTime": "1700000000000",
        "lastModifiedTime": "1700000000000",
        "externalDataConfiguration": {"sourceFormat": "PARQUET", "sourceUris": ["s3://lake-frankfurt/scans/*"]},
    }
    row = {k: table[k] for k in ("id", "type", "tableReference", "creationTime")}
    cloud.put(f"{host}/cohorts/tables", "tables", row)
    cloud.single[f"{host}/cohorts/tables/lake"] = table
    found = asset(cloud, "bigquery.googleapis.com/Table", f"{name}/tables/lake", table, DATA, "us")
    own = f"projects/{NUMBERS[DATA]}/locations/aws-eu-central-1/connections/lake"
    cloud.put(
        f"bigqueryconnection.googleapis.com/v1/projects/{DATA}/locations/aws-eu-central-1/connections",
        "connections",
        {
            "name": own,
            "aws": {"accessRole": {"iamRoleId": "arn:aws:iam::111122223333:role/omni"}},
            "hasCredential": True,
        },
    )
    return {
        "cohorts in the US": name,
        "table on S3": found,
        "connection to AWS": f"//bigqueryconnection.googleapis.com/{own}",
    }


def _machines(cloud: GcpCloud) -> dict[str, str]:
    found: dict[str, str] = {}
    items: dict[str, Any] = {"zones/europe-west1-b": {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}}}
    for what, name, zone, machine in (
        ("GPUs in Iowa", "a3-trainer", "us-central1-a", "a3-highgpu-8g"),
        ("GPUs in Eemshaven", "g2-test", "europe-west4-a", "g2-standard-12"),
    ):
        outer = {"networkInterfaces": [{"network": network_of(TRAIN), "accessConfigs": [{"type": "ONE_TO_ONE_NAT"}]}]}
        cards = {"guestAccelerators": [{"acceleratorType": "nvidia-h100-80gb", "acceleratorCount": 8}]}
        body = instance(name, zone, machine, TRAIN, **(outer | cards if name == "a3-trainer" else {}))
        uid = f"//compute.googleapis.com/projects/{TRAIN}/zones/{zone}/instances/{name}"
        found[what] = asset(cloud, "compute.googleapis.com/Instance", uid, body, TRAIN, zone)
        items[f"zones/{zone}"] = {"instances": [body]}
    cloud.single[f"compute.googleapis.com/compute/v1/projects/{TRAIN}/aggregated/instances"] = {
        "kind": "compute#instanceAggregatedList",
        "items": items,
    }
    rule = {
        "kind": "compute#firewall",
        "name": "notebooks",
        "network": network_of(TRAIN),
        "direction": "INGRESS",
        "priority": 1000,
        "sourceRanges": ["0.0.0.0/0"],
        "allowed": [{"IPProtocol": "tcp", "ports": ["8888"]}],
    }
    at = f"//compute.googleapis.com/projects/{TRAIN}/global/firewalls/notebooks"
    asset(cloud, "compute.googleapis.com/Firewall", at, rule, TRAIN, "global")
    disk = f"https://www.googleapis.com/compute/v1/projects/{DATA}/zones/europe-west4-a/disks/scans"
    snapshot = {
        "kind": "compute#snapshot",
        "name": "scans-copy",
        "status": "READY",
        "sourceDisk": disk,
        "diskSizeGb": "100",
        "storageLocations": ["us"],
        "creationTimestamp": "2025-05-05T00:00:00.000-07:00",
        "selfLink": f"https://www.googleapis.com/compute/v1/projects/{DATA}/global/snapshots/scans-copy",
    }
    found["snapshot in the US"] = asset(
        cloud,
        "compute.googleapis.com/Snapshot",
        f"//compute.googleapis.com/projects/{DATA}/global/snapshots/scans-copy",
        snapshot,
        DATA,
        "global",
    )
    cloud.put(f"compute.googleapis.com/compute/v1/projects/{DATA}/global/snapshots", "items", snapshot)
    cluster = {
        "name": "gpu",
        "location": "europe-west4",
        "locations": ["europe-west4-a"],
        "currentNodeCount": 2,
        "selfLink": f"https://container.googleapis.com/v1/projects/{TRAIN}/locations/europe-west4/clusters/gpu",
        "databaseEncryption": {"state": "DECRYPTED"},
        "status": "RUNNING",
        "createTime": "2025-01-01T00:00:00+00:00",
        "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enablePublicEndpoint": True}},
        "nodePools": [
            {
                "name": "h100",
                "initialNodeCount": 2,
                "locations": ["europe-west4-a"],
                "config": {
                    "machineType": "a3-highgpu-8g",
                    "accelerators": [{"acceleratorCount": "8", "acceleratorType": "nvidia-h100-80gb"}],
                },
            }
        ],
    }
    found["cluster"] = asset(
        cloud,
        "container.googleapis.com/Cluster",
        f"//container.googleapis.com/projects/{TRAIN}/locations/europe-west4/clusters/gpu",
        cluster,
        TRAIN,
        "europe-west4",
    )
    cloud.put(f"container.googleapis.com/v1/projects/{TRAIN}/locations/-/clusters", "clusters", cluster)
    node = {
        "name": f"projects/{TRAIN}/locations/us-central2-b/nodes/pod",
        "acceleratorType": "v5p-16",
        "state": "READY",
        "acceleratorConfig": {"type": "V5P", "topology": "2x2x2"},
        "networkConfig": {"enableExternalIps": True},
    }
    found["TPU"] = asset(
        cloud, "tpu.googleapis.com/Node", f"//tpu.googleapis.com/{node['name']}", node, TRAIN, "us-central2-b"
    )
    cloud.put(f"tpu.googleapis.com/v2/projects/{TRAIN}/locations/us-central2-b/nodes", "nodes", node)
    return found


def _vertex(cloud: GcpCloud) -> dict[str, str]:
    number, host = NUMBERS[TRAIN], "aiplatform.googleapis.com"
    at = f"projects/{number}/locations/us-central1"
    job = {
        "name": f"{at}/customJobs/7",
        "displayName": "train",
        "state": "JOB_STATE_RUNNING",
        "createTime": "2026-11-01T00:00:00Z",
        "startTime": "2026-11-01T00:01:00Z",
        "jobSpec": {
            "workerPoolSpecs": [
                {
                    "machineSpec": {
                        "machineType": "a3-highgpu-8g",
                        "acceleratorType": "NVIDIA_H100_80GB",
                        "acceleratorCount": 8,
                    },
                    "replicaCount": "2",
                    "containerSpec": {"imageUri": "img", "args": ["--data=gs://scans-eu/train", "--api-key=not-kept"]},
                }
            ],
            "baseOutputDirectory": {"outputUriPrefix": "gs://models-eur4/run"},
        },
    }
    endpoint = {"name": f"{at}/endpoints/9", "displayName": "triage", "createTime": "2026-01-01T00:00:00Z"}
    found = {
        "training in the US": asset(cloud, f"{host}/CustomJob", f"//{host}/{job['name']}", job, TRAIN, "us-central1"),
        "endpoint": asset(cloud, f"{host}/Endpoint", f"//{host}/{endpoint['name']}", endpoint, TRAIN, "us-central1"),
    }
    regional = f"us-central1-{host}/v1/projects/{TRAIN}/locations/us-central1"
    cloud.put(f"{regional}/customJobs", "customJobs", job)
    cloud.put(f"{regional}/endpoints", "endpoints", endpoint)
    cloud.put(f"{host}/v1/projects/{TRAIN}/locations", "locations", *_places("us-central1", "europe-west4"))
    cloud.put(f"{host}/v1/projects/{DATA}/locations", "locations", *_places("us-central1", "europe-west4"))
    return found


def _places(*names: str) -> list[dict[str, Any]]:
    return [{"name": f"projects/x/locations/{n}", "locationId": n} for n in names]


def _silent(cloud: GcpCloud, source: str) -> dict[str, str]:
    """What the inventory does not show."""
    number, vertex = NUMBERS[TRAIN], "aiplatform.googleapis.com"
    found: dict[str, str] = {}

    def put(what: str, address: str, member: str, body: dict[str, Any], host: str | None = None) -> None:
        cloud.put(address, member, body)
        found[what] = f"//{host or address.partition('/')[0]}/{body['name']}"

    put(
        "tuning",
        f"us-central1-{vertex}/v1/projects/{TRAIN}/locations/us-central1/tuningJobs",
        "tuningJobs",
        {
            "name": f"projects/{number}/locations/us-central1/tuningJobs/5",
            "baseModel": "gemini-2.5-flash",
            "state": "JOB_STATE_SUCCEEDED",
            "createTime": "2026-10-01T00:00:00Z",
            "supervisedTuningSpec": {"trainingDatasetUri": "gs://scans-eu/tune.jsonl"},
        },
        vertex,
    )
    put(
        "tuning everywhere",
        f"{vertex}/v1/projects/{TRAIN}/locations/global/tuningJobs",
        "tuningJobs",
        {
            "name": f"projects/{number}/locations/global/tuningJobs/6",
            "baseModel": "gemini-2.5-pro",
            "state": "JOB_STATE_RUNNING",
        },
        vertex,
    )
    put(
        "notebook",
        f"europe-west4-{vertex}/v1/projects/{TRAIN}/locations/europe-west4/notebookRuntimes",
        "notebookRuntimes",
        {
            "name": f"projects/{number}/locations/europe-west4/notebookRuntimes/3",
            "displayName": "colab",
            "networkSpec": {"enableInternetAccess": True},
            "runtimeState": "RUNNING",
            "machineSpec": {"machineType": "g2-standard-12", "acceleratorType": "NVIDIA_L4", "acceleratorCount": 1},
        },
        vertex,
    )
    put(
        "queued TPUs",
        f"tpu.googleapis.com/v2/projects/{TRAIN}/locations/us-east5-a/queuedResources",
        "queuedResources",
        {
            "name": f"projects/{TRAIN}/locations/us-east5-a/queuedResources/q",
            "state": {"state": "WAITING_FOR_RESOURCES"},
            "tpu": {
                "nodeSpec": [
                    {
                        "parent": f"projects/{TRAIN}/locations/us-east5-a",
                        "nodeId": "later",
                        "node": {"acceleratorType": "v6e-8", "acceleratorConfig": {"type": "V6E", "topology": "2x4"}},
                    }
                ]
            },
        },
    )
    put(
        "Slurm",
        f"hypercomputecluster.googleapis.com/v1/projects/{TRAIN}/locations/europe-west4/clusters",
        "clusters",
        {
            "name": f"projects/{TRAIN}/locations/europe-west4/clusters/slurm",
            "computeResources": {
                "a": {"config": {"newSpotInstances": {"machineType": "a3-megagpu-8g", "zone": "europe-west4-b"}}}
            },
            "orchestrator": {"slurm": {"nodeSets": [{"id": "gpu", "computeId": "a", "staticNodeCount": "4"}]}},
            "storageResources": {"s": {"config": {"existingBucket": {"bucket": "scans-eu"}}}},
        },
    )
    put(
        "workbench",
        f"notebooks.googleapis.com/v2/projects/{TRAIN}/locations/us-central1-b/instances",
        "instances",
        {
            "name": f"projects/{TRAIN}/locations/us-central1-b/instances/wb",
            "state": "ACTIVE",
            "gceSetup": {
                "machineType": "n1-standard-8",
                "disablePublicIp": False,
                "bootDisk": {"diskEncryption": "GMEK"},
            },
        },
    )
    put(
        "log store",
        f"logging.googleapis.com/v2/projects/{DATA}/locations/global/buckets",
        "buckets",
        {"name": f"projects/{DATA}/locations/global/buckets/_Default", "retentionDays": 30, "lifecycleState": "ACTIVE"},
    )
    pool = f"projects/{number}/locations/global/workloadIdentityPools/partner"
    cloud.put(
        f"iam.googleapis.com/v1/projects/{TRAIN}/locations/global/workloadIdentityPools",
        "workloadIdentityPools",
        {"name": pool, "state": "ACTIVE"},
    )
    put(
        "foreign identities",
        f"iam.googleapis.com/v1/{pool}/providers",
        "workloadIdentityPoolProviders",
        {"name": f"{pool}/providers/aws", "state": "ACTIVE", "aws": {"accountId": "999988887777"}},
    )
    cloud.put(
        f"dlp.googleapis.com/v2/projects/{DATA}/locations/eur4/fileStoreDataProfiles",
        "fileStoreDataProfiles",
        {
            "name": f"projects/{DATA}/locations/eur4/fileStoreDataProfiles/1",
            "fullResource": "//storage.googleapis.com/models-eur4",
            "state": "DONE",
            "sensitivityScore": {"score": "SENSITIVITY_HIGH"},
            "fileStoreInfoTypeSummaries": [{"infoType": {"name": "PERSON_NAME"}}, {"infoType": {"name": "MEDICAL_ID"}}],
        },
    )
    job = {
        "name": "transferJobs/111",
        "projectId": DATA,
        "status": "ENABLED",
        "description": "nightly copy",
        "transferSpec": {"awsS3DataSource": {"bucketName": source}, "gcsDataSink": {"bucketName": "patients-us"}},
        "schedule": {"scheduleStartDate": {"year": 2026, "month": 1, "day": 1}},
    }
    cloud.put(f'storagetransfer.googleapis.com/v1/transferJobs?{{"projectId":"{DATA}"}}', "transferJobs", job)
    found["copy from S3"] = f"//storagetransfer.googleapis.com/projects/{DATA}/transferJobs/111"
    return found


def _governance(cloud: GcpCloud) -> dict[str, str]:
    crm, location = "cloudresourcemanager.googleapis.com", "constraints/gcp.resourceLocations"
    cloud.assets.append(
        {
            "name": f"//{crm}/{ORG}",
            "assetType": f"{crm}/Organization",
            "ancestors": [ORG],
            "orgPolicy": [
                {"constraint": location, "listPolicy": {"allowedValues": ["in:eu-locations"]}},
                {"constraint": "constraints/storage.publicAccessPrevention", "booleanPolicy": {"enforced": True}},
            ],
        }
    )
    cloud.assets.append(
        {
            "name": f"//{crm}/projects/{NUMBERS[TRAIN]}",
            "assetType": f"{crm}/Project",
            "ancestors": above(TRAIN),
            "orgPolicy": [
                {
                    "constraint": location,
                    "listPolicy": {"allowedValues": ["in:us-locations"], "inheritFromParent": True},
                }
            ],
        }
    )
    policy = "orgpolicy.googleapis.com/v2/projects"
    cloud.single[f"{policy}/{TRAIN}/policies/gcp.resourceLocations:getEffectivePolicy"] = {
        "name": f"projects/{NUMBERS[TRAIN]}/policies/gcp.resourceLocations",
        "spec": {"rules": [{"values": {"allowedValues": ["in:eu-locations", "in:us-locations"]}}]},
    }
    cloud.single[f"{policy}/{DATA}/policies/gcp.resourceLocations:getEffectivePolicy"] = {
        "name": f"projects/{NUMBERS[DATA]}/policies/gcp.resourceLocations",
        "spec": {"rules": [{"values": {"allowedValues": ["in:eu-locations"]}}]},
    }
    cloud.assets.append(
        {
            "name": "//accesscontextmanager.googleapis.com/accessPolicies/77/servicePerimeters/data",
            "assetType": "accesscontextmanager.googleapis.com/ServicePerimeter",
            "ancestors": [ORG],
            "servicePerimeter": {
                "name": "accessPolicies/77/servicePerimeters/data",
                "title": "data",
                "status": {
                    "resources": [f"projects/{NUMBERS[DATA]}"],
                    "restrictedServices": ["storage.googleapis.com"],
                },
            },
        }
    )
    for identifier in _PLANTED:
        cloud.put(
            f"essentialcontacts.googleapis.com/v1/projects/{identifier}/contacts:compute",
            "contacts",
            {
                "name": "projects/1/contacts/1",
                "email": "billing@hospital.example",
                "notificationCategorySubscriptions": ["BILLING"],
            },
        )
        cloud.single[f"aiplatform.googleapis.com/v1/projects/{identifier}/cacheConfig"] = {
            "name": f"projects/{identifier}/cacheConfig"
        }
        cloud.put(
            f"monitoring.googleapis.com/v3/projects/{identifier}/timeSeries",
            "timeSeries",
            {
                "metric": {"type": "aiplatform.googleapis.com/publisher/online_serving/model_invocation_count"},
                "resource": {
                    "type": "aiplatform.googleapis.com/PublisherModel",
                    "labels": {"location": "global", "model_user_id": "gemini-2.5-pro"},
                },
            },
        )
    cloud.single[f"accessapproval.googleapis.com/v1/projects/{DATA}/accessApprovalSettings"] = {
        "name": f"projects/{NUMBERS[DATA]}/accessApprovalSettings",
        "enrolledServices": [{"cloudProduct": "all", "enrollmentLevel": "BLOCK_ALL"}],
    }
    for name, kind, levels in (
        (f"//{crm}/projects/{NUMBERS[DATA]}", "Project", above(DATA)),
        (f"//{crm}/{FOLDER}", "Folder", [FOLDER, ORG]),
        (f"//{crm}/{ORG}", "Organization", [ORG]),
    ):
        logs = [{"service": "storage.googleapis.com", "auditLogConfigs": [{"logType": "DATA_READ"}]}]
        policy_ = {"bindings": [], **({"auditConfigs": logs} if kind == "Folder" else {})}
        cloud.assets.append({"name": name, "assetType": f"{crm}/{kind}", "iamPolicy": policy_, "ancestors": levels})
    mail = f"trainer@{TRAIN}.iam.gserviceaccount.com"
    body = {"name": f"projects/{TRAIN}/serviceAccounts/{mail}", "email": mail, "projectId": TRAIN, "uniqueId": "1"}
    uid = f"//iam.googleapis.com/projects/{TRAIN}/serviceAccounts/{mail}"
    asset(cloud, "iam.googleapis.com/ServiceAccount", uid, body, TRAIN)
    cloud.put(f"iam.googleapis.com/v1/projects/{TRAIN}/serviceAccounts", "accounts", body)
    grant(
        cloud,
        "iam.googleapis.com/ServiceAccount",
        uid,
        TRAIN,
        roles__iam_serviceAccountTokenCreator=[
            "serviceAccount:bot@vendor-project.iam.gserviceaccount.com",
            f"serviceAccount:service-{NUMBERS[TRAIN]}@gcp-sa-aiplatform.iam.gserviceaccount.com",
        ],
    )
    return {
        "account that a vendor may act as": uid,
        "guardrail of the organisation": f"//orgpolicy.googleapis.com/{ORG}/policies/gcp.resourceLocations",
        "guardrail let loose": f"//orgpolicy.googleapis.com/projects/{TRAIN}/policies/gcp.resourceLocations",
        "perimeter": "//accesscontextmanager.googleapis.com/accessPolicies/77/servicePerimeters/data",
    }


__all__ = [
    "APIS",
    "DATA",
    "FOLDER",
    "NUMBERS",
    "ORG",
    "TRAIN",
    "Reply",
    "above",
    "asset",
    "bucket",
    "error",
    "plant",
    "project",
]
