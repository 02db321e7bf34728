"""What the company has on Google Cloud: large training runs, and the figures of the sales and quality teams."""

from collections.abc import Iterable, Iterator
from typing import Final

from gcpentries import (
    HOME,
    bigquery_table,
    bucket,
    constraint,
    custom_job,
    dataset,
    endpoint,
    entry,
    key,
    key_name,
    machine,
    model,
    plain,
    policy,
    snapshot,
    sql,
    vertex,
    vertex_name,
)
from identity import ANALYTICS, GCP_FOLDER, GCP_ORGANISATION, PROJECT_NUMBERS, TRAIN, Document, Scan

HEALTH: Final = {"data-class": "health", "ropa-id": "vvt-01", "owner": "clinical-data"}
STUDIES: Final = {"data-class": "pseudonymised", "ropa-id": "vvt-02", "owner": "model-training"}
STAFF: Final = {"data-class": "personal", "ropa-id": "vvt-05", "owner": "sales"}
TECHNICAL: Final = {"data-class": "technical", "owner": "platform"}
PUBLIC: Final = {"data-class": "public", "owner": "research"}

K: Final = key_name("studies")
OUTSIDE: Final = key_name("health-external")
TPU: Final = key_name("studies", "europe-west4")
FIGURES: Final = key_name("figures", HOME, ANALYTICS)
HSM_HOST: Final = "ekm.hall.lumenar-imaging.example"
STAFF_GROUP: Final = "group:ml-engineers@lumenar-imaging.example"


def resources(scan: Scan) -> Iterator[Document]:
    """Entries of the content type RESOURCE."""
    yield from _holders()
    yield from _keys()
    yield from _training(scan)
    yield from _machines(scan)
    yield from _figures(scan)


def _holders() -> Iterator[Document]:
    root = f"organizations/{GCP_ORGANISATION}"
    host = "//cloudresourcemanager.googleapis.com"
    data: Document = {"name": root, "displayName": "lumenar-imaging.example", "lifecycleState": "ACTIVE"}
    own = entry("cloudresourcemanager.googleapis.com/Organization", f"{host}/{root}", TRAIN, data)
    yield own | {"ancestors": [root]}
    data: Document = {
        "name": f"folders/{GCP_FOLDER}",
        "parent": root,
        "displayName": "imaging",
        "lifecycleState": "ACTIVE",
    }
    name = f"{host}/folders/{GCP_FOLDER}"
    own = entry("cloudresourcemanager.googleapis.com/Folder", name, TRAIN, data, parent=f"{host}/{root}")
    yield own | {"ancestors": [f"folders/{GCP_FOLDER}", root]}
    for project, number in PROJECT_NUMBERS.items():
        data: Document = {
            "projectId": project,
            "projectNumber": number,
            "name": project,
            "lifecycleState": "ACTIVE",
            "createTime": "2024-03-04T10:00:00.000Z",
            "labels": {"owner": "platform"},
            "parent": {"type": "folder", "id": GCP_FOLDER},
        }
        parent = f"{host}/folders/{GCP_FOLDER}"
        yield entry(
            "cloudresourcemanager.googleapis.com/Project", f"{host}/projects/{number}", project, data, parent=parent
        )


def _keys() -> Iterator[Document]:
    yield from key("studies")
    yield from key("models")
    yield from key("machines")
    yield from key("studies", "europe-west4")
    yield from key("health-external", level="EXTERNAL", manager=HSM_HOST)
    yield from key("figures", HOME, ANALYTICS)
    yield from key("staff", HOME, ANALYTICS, level="HSM")


def _training(scan: Scan) -> Iterator[Document]:
    logs = "lumenar-train-usage-logs"
    yield bucket(logs, key=K, labels=TECHNICAL, expire=400)
    for name in ("studies", "models", "staging", "evaluation"):
        yield bucket(f"lumenar-train-{name}", key=K, labels=STUDIES, logs=logs)
    checkpoints = STUDIES | {"data-role": "checkpoint"}
    yield bucket("lumenar-train-checkpoints", key=K, labels=checkpoints, logs=logs)
    yield bucket("lumenar-tpu-studies", location="EUROPE-WEST4", key=TPU, labels=STUDIES, logs=logs)
    yield bucket("lumenar-tpu-checkpoints", location="EUROPE-WEST4", key=TPU, labels=checkpoints, logs=logs)
    yield bucket("lumenar-train-rare-cases", key=OUTSIDE, labels=HEALTH, expire=3650, logs=logs)
    yield bucket("lumenar-open-phantoms", key=None, labels=PUBLIC)
    for name in ("foundation-encoder", "lung-nodules", "stroke-triage", "mammo-density", "bone-age"):
        output = f"gs://lumenar-train-checkpoints/{name}/"
        yield custom_job(
            name, HOME, K, f"gs://lumenar-train-studies/{name}/", output, labels={"owner": "model-training"}
        )
        pipeline = vertex_name("trainingPipelines", name)
        yield vertex("TrainingPipeline", "trainingPipelines", name, HOME, TRAIN, _pipeline(name))
        yield model(name, HOME, K, f"gs://lumenar-train-models/{name}/1/", STUDIES, trainingPipeline=pipeline)
        if name != "foundation-encoder":
            yield endpoint(f"{name}-reading-room", HOME, K, name, STUDIES)
    source, target = "gs://lumenar-tpu-studies/volumes/", "gs://lumenar-tpu-checkpoints/volumes/"
    yield custom_job(
        "volume-encoder", "europe-west4", TPU, source, target,
        machine_type="a3-megagpu-8g", accelerator=("NVIDIA_H100_MEGA_80GB", 8), machines=8, ended=None,
    )  # fmt: skip
    board = {"createTime": "2025-05-05T08:00:00.000Z", "encryptionSpec": {"kmsKeyName": K}, "labels": STUDIES}
    yield vertex("Tensorboard", "tensorboards", "experiments", HOME, TRAIN, board)
    yield vertex("Index", "indexes", "similar-cases", HOME, TRAIN, board)
    for name in ("training", "inference", "tools"):
        relative = f"projects/{TRAIN}/locations/{HOME}/repositories/{name}"
        data: Document = {"format": "DOCKER", "mode": "STANDARD_REPOSITORY", "kmsKeyName": K, "labels": TECHNICAL}
        yield plain("artifactregistry.googleapis.com/Repository", relative, TRAIN, HOME, data)
    for name in ("wandb-token", "registry-pull", "s3-reader"):
        relative = f"projects/{PROJECT_NUMBERS[TRAIN]}/secrets/{name}"
        replica = {"location": HOME, "customerManagedEncryption": {"kmsKeyName": K}}
        data: Document = {"createTime": "2025-02-02T08:00:00Z", "replication": {"userManaged": {"replicas": [replica]}}}
        data |= {"labels": TECHNICAL, "versionDestroyTtl": "2592000s"}
        yield plain("secretmanager.googleapis.com/Secret", relative, TRAIN, "global", data)
    yield sql("experiment-tracking", TRAIN, K, STUDIES)
    for project in PROJECT_NUMBERS:
        for name, location, days in (("_Default", HOME, 365), ("_Required", "global", 400)):
            relative = f"projects/{project}/locations/{location}/buckets/{name}"
            data: Document = {"lifecycleState": "ACTIVE", "retentionDays": days}
            if name == "_Required":
                data["locked"] = True
            yield plain("logging.googleapis.com/LogBucket", relative, project, location, data)
        relative = f"projects/{project}/sinks/audit-archive"
        target = f"logging.googleapis.com/projects/{project}/locations/{HOME}/buckets/_Default"
        data: Document = {
            "destination": target,
            "filter": 'logName:"cloudaudit.googleapis.com"',
            "createTime": "2025-01-02T08:00:00Z",
        }
        yield plain("logging.googleapis.com/LogSink", relative, project, "global", data)


def _pipeline(name: str) -> Document:
    return {
        "createTime": "2026-10-02T05:00:00.000Z",
        "startTime": "2026-10-02T05:01:00.000Z",
        "endTime": "2026-10-02T06:20:00.000Z",
        "state": "PIPELINE_STATE_SUCCEEDED",
        "labels": {"owner": "model-training"},
        "encryptionSpec": {"kmsKeyName": K},
        "trainingTaskDefinition": "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml",
        "trainingTaskInputs": {
            "baseOutputDirectory": {"outputUriPrefix": f"gs://lumenar-train-models/{name}/1/"},
            "network": f"projects/{PROJECT_NUMBERS[TRAIN]}/global/networks/private",
            "workerPoolSpecs": [
                {
                    "machineSpec": {
                        "machineType": "a2-highgpu-4g",
                        "acceleratorType": "NVIDIA_TESLA_A100",
                        "acceleratorCount": 4,
                    },
                    "replicaCount": "1",
                    "containerSpec": {
                        "imageUri": f"{HOME}-docker.pkg.dev/{TRAIN}/training/distil:3",
                        "args": [f"--train-data=gs://lumenar-train-checkpoints/{name}/final"],
                    },
                }
            ],
        },
        "modelToUpload": {"name": vertex_name("models", name), "displayName": name},
    }


def _machines(scan: Scan) -> Iterator[Document]:
    zone = "europe-west3-a"
    own = key_name("machines")
    for name in ("workbench-1", "workbench-2", "preprocess-1", "preprocess-2"):
        gpus = ("nvidia-l4", 2) if name.startswith("workbench") else None
        kind = "g2-standard-24" if gpus else "n2-standard-32"
        yield from machine(name, TRAIN, zone, kind, own, STUDIES, accelerators=gpus)
    for name in ("preprocess-1", "preprocess-2"):
        yield snapshot(f"{name}-weekly", name, zone, HOME, own, STUDIES, "2026-10-11T02:00:00.000Z")
    yield plain_cluster(scan)


def plain_cluster(scan: Scan) -> Document:
    """The GKE cluster with its pools of GPU machines."""
    pools = [
        ("system", "e2-standard-8", None, 3),
        ("h100", "a3-highgpu-8g", ("nvidia-h100-80gb", 8), 4),
        ("l4", "g2-standard-48", ("nvidia-l4", 4), 2),
    ]
    data: Document = {
        "name": "imaging",
        "location": HOME,
        "locations": [f"{HOME}-a"],
        "selfLink": f"https://container.googleapis.com/v1/projects/{TRAIN}/locations/{HOME}/clusters/imaging",
        "createTime": "2025-03-03T08:00:00+00:00",
        "status": "RUNNING",
        "currentNodeCount": 9,
        "network": "private",
        "endpoint": "10.70.0.2",
        "resourceLabels": TECHNICAL,
        "databaseEncryption": {"state": "ENCRYPTED", "keyName": key_name("machines")},
        "loggingConfig": {"componentConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "APISERVER"]}},
        "privateClusterConfig": {"enablePrivateNodes": True, "enablePrivateEndpoint": True},
        "masterAuthorizedNetworksConfig": {"enabled": True, "cidrBlocks": [{"cidrBlock": "10.0.0.0/8"}]},
        "nodePools": [
            {
                "name": name,
                "initialNodeCount": nodes,
                "locations": [f"{HOME}-a"],
                "status": "RUNNING",
                "networkConfig": {"enablePrivateNodes": True},
                "config": {
                    "machineType": kind,
                    "bootDiskKmsKey": key_name("machines"),
                    **({"accelerators": [{"acceleratorType": gpu[0], "acceleratorCount": str(gpu[1])}]} if gpu else {}),
                },
            }
            for name, kind, gpu, nodes in pools
        ],
    }
    uid = f"//container.googleapis.com/projects/{TRAIN}/locations/{HOME}/clusters/imaging"
    return entry("container.googleapis.com/Cluster", uid, TRAIN, data, location=HOME)


def _figures(scan: Scan) -> Iterator[Document]:
    staff = key_name("staff", HOME, ANALYTICS)
    logs = "lumenar-analytics-usage-logs"
    yield bucket(logs, ANALYTICS, key=FIGURES, labels=TECHNICAL, expire=400)
    yield bucket("lumenar-analytics-exports", ANALYTICS, key=staff, labels=STAFF, logs=logs)
    yield bucket("lumenar-quality-reports", ANALYTICS, key=FIGURES, labels=STUDIES, logs=logs)
    yield bucket("lumenar-analytics-code", ANALYTICS, key=FIGURES, labels=TECHNICAL)
    for name, labels, own in (
        ("reading_quality", STUDIES, FIGURES),
        ("study_statistics", STUDIES, FIGURES),
        ("customers", STAFF, staff),
        ("device_telemetry", TECHNICAL, FIGURES),
    ):
        yield dataset(name, ANALYTICS, HOME, key=own, labels=labels)
        for suffix in ("daily", "monthly"):
            yield bigquery_table(f"{name}_{suffix}", name, ANALYTICS, HOME, key=own, labels=labels)
    yield dataset("public_benchmarks", ANALYTICS, "EU", key=None, labels=PUBLIC, expire_days=None)
    yield sql("dashboards", ANALYTICS, staff, STAFF)


def policies(everything: Iterable[Document]) -> Iterator[Document]:
    """Entries of the content type IAM_POLICY."""
    for found in everything:
        if found["asset_type"] == "storage.googleapis.com/Bucket":
            number = str(found["resource"]["data"]["projectNumber"])
            project = next(name for name, own in PROJECT_NUMBERS.items() if own == number)
            yield policy(found["asset_type"], found["name"], project, _bindings(project))


def _bindings(project: str) -> dict[str, list[str]]:
    return {
        "roles/storage.legacyBucketOwner": [f"projectEditor:{project}", f"projectOwner:{project}"],
        "roles/storage.objectUser": [STAFF_GROUP],
    }


def organisation_policies(scan: Scan) -> Iterator[Document]:
    """Entries of the content type ORG_POLICY."""
    root = f"organizations/{GCP_ORGANISATION}"
    places = {"list_policy": {"allowed_values": ["europe-west3", "europe-west4", "europe-north1"]}}
    yield {
        "name": f"//cloudresourcemanager.googleapis.com/{root}",
        "asset_type": "cloudresourcemanager.googleapis.com/Organization",
        "org_policy": [
            constraint(root, "gcp.resourceLocations", places),
            constraint(root, "storage.publicAccessPrevention", {"boolean_policy": {"enforced": True}}),
        ],
        "ancestors": [root],
    }
