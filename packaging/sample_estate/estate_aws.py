"""What the company has on AWS: patients' studies, their research copies, and the archive of logs."""

from collections.abc import Iterator
from typing import Final

from awsitems import REGION, arn, bucket, item, key, key_arn
from awsplatforms import backup_plan, cluster, endpoint, inference_profile, model, recovery_point, trail, vault
from awsservices import (
    database,
    file_system,
    machine,
    network,
    registry,
    role,
    secret,
    simple,
    table,
    volume,
)
from identity import ARCHIVE, AWS_ORGANISATION, DATA, RESEARCH, Document, Scan, hexadecimal

HOSPITALS: Final = (
    *("leipzig", "dresden", "magdeburg", "aarhus", "utrecht", "lyon", "graz", "brno"),
    *("turku", "bologna", "porto", "gdansk"),
)
MODALITIES: Final = ("ct", "mr", "mammo", "xray", "sono", "pet")

HEALTH: Final = {"data-class": "health", "ropa-id": "vvt-01", "owner": "Clinical Data"}
STUDIES: Final = {"data-class": "pseudonymised", "ropa-id": "vvt-02", "owner": "Model Training"}
STAFF: Final = {"data-class": "personal", "ropa-id": "vvt-04", "owner": "People"}
TECHNICAL: Final = {"data-class": "technical", "owner": "Platform"}
PUBLIC: Final = {"data-class": "public", "owner": "Communications"}

XKS: Final = key_arn("health-external")
PSEUDO: Final = key_arn("studies")
PERSONAL: Final = key_arn("staff")
OPERATIONS: Final = key_arn("operations")
LAB: Final = key_arn("research", RESEARCH)
LOGS: Final = key_arn("logs", ARCHIVE)
IRELAND: Final = key_arn("ireland", DATA, "eu-west-1")


def data_account(scan: Scan) -> Iterator[Document]:
    """The account with the data of patients, Frankfurt."""
    yield key("health-external", origin="EXTERNAL_KEY_STORE", purpose="Patients' studies; held in the hall in Leipzig")
    yield key("studies", purpose="Pseudonymised studies")
    yield key("staff", purpose="Data of staff and customers")
    yield key("operations", purpose="Machines, registries, secrets")
    yield key("backups", purpose="Backups")
    yield bucket(f"lumenar-access-logs-{DATA[:4]}-{REGION}", tags=TECHNICAL, logs=None, expire=400)
    for hospital in HOSPITALS:
        yield bucket(f"lumenar-dicom-{hospital}", key=XKS, tags=HEALTH, expire=3650)
    for modality in MODALITIES:
        yield bucket(f"lumenar-studies-{modality}", key=PSEUDO, tags=STUDIES)
    yield bucket("lumenar-annotations", key=PSEUDO, tags=STUDIES)
    yield bucket("lumenar-reader-studies", key=PSEUDO, tags=STUDIES)
    yield bucket("lumenar-hr-documents", key=PERSONAL, tags=STAFF)
    yield bucket("lumenar-customer-contracts", key=PERSONAL, tags=STAFF)
    yield bucket("lumenar-build-artefacts", key=OPERATIONS, tags=TECHNICAL)
    yield bucket("lumenar-infrastructure-state", key=OPERATIONS, tags=TECHNICAL)
    yield bucket("lumenar-website", tags=PUBLIC, blocked=False, public=True, logs=None)
    yield bucket("lumenar-press", tags=PUBLIC, logs=None)
    yield from _databases()
    yield from network(DATA)
    for name in ("dicom-gateway-1", "dicom-gateway-2", "pseudonymiser-1", "pseudonymiser-2"):
        yield from machine(name, DATA, "m6i.2xlarge", key=XKS, tags=HEALTH)
    yield file_system("dicom-landing", DATA, XKS, HEALTH)
    yield file_system("pseudonymiser-scratch", DATA, PSEUDO, STUDIES)
    for name in ("dicom-gateway", "pseudonymiser", "consent-portal", "pacs-bridge"):
        yield registry(name, DATA, OPERATIONS)
    for name in ("pacs/leipzig", "pacs/dresden", "portal/session", "ris/service"):
        yield secret(name, DATA, OPERATIONS, TECHNICAL)
    yield cluster("clinical", DATA, OPERATIONS)
    yield role("pseudonymiser", DATA, {"Service": "ec2.amazonaws.com"})
    yield role("s3-replication", DATA, {"Service": "s3.amazonaws.com"})
    yield role("research-reader", DATA, {"AWS": f"arn:aws:iam::{RESEARCH}:root"})
    yield role("auditor", DATA, {"AWS": f"arn:aws:iam::{ARCHIVE}:root"})
    yield from _guard(DATA)
    yield trail("management", DATA, f"lumenar-trails-{ARCHIVE[:4]}", LOGS)
    yield from _backups()


def _databases() -> Iterator[Document]:
    critical = {"critical": "true"}
    yield database("pacs-index", key=XKS, tags=HEALTH | critical)
    yield database("consent", key=XKS, tags=HEALTH | critical)
    yield database("annotations", key=PSEUDO, tags=STUDIES)
    yield database("customer-care", key=PERSONAL, tags=STAFF)
    yield table("study-index", key=PSEUDO, tags=STUDIES)
    yield table("pipeline-ledger", key=OPERATIONS, tags=TECHNICAL)
    yield table("consent-events", key=XKS, tags=HEALTH)


def _backups() -> Iterator[Document]:
    backups = key_arn("backups")
    yield vault("clinical", backups)
    yield backup_plan(
        "clinical-daily", "clinical", (arn("backup", "eu-west-1", DATA, "backup-vault:clinical-ireland"),)
    )
    for name in ("pacs-index", "consent", "annotations", "customer-care"):
        source = arn("rds", REGION, DATA, f"db:{name}")
        tags = HEALTH if name in ("pacs-index", "consent") else STUDIES if name == "annotations" else STAFF
        own = XKS if tags is HEALTH else PSEUDO if tags is STUDIES else PERSONAL
        yield recovery_point(f"{name}-daily", source, "clinical", own, tags)


def _guard(account: str) -> Iterator[Document]:
    block: Document = dict.fromkeys(
        ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"), True
    )
    if account == DATA:
        return  # the website's bucket is public, so the block of the account is off there
    yield item("AWS::S3::AccountPublicAccessBlock", account, REGION, account, block)


def ireland(scan: Scan) -> Iterator[Document]:
    """The second region of the data account: copies for recovery."""
    yield key("ireland", DATA, "eu-west-1", purpose="Copies in Ireland")
    yield bucket(f"lumenar-access-logs-{DATA[:4]}-eu-west-1", region="eu-west-1", tags=TECHNICAL, logs=None, expire=400)
    yield vault("clinical-ireland", IRELAND, region="eu-west-1")
    yield bucket("lumenar-studies-copy", region="eu-west-1", key=IRELAND, tags=STUDIES)


def research_account(scan: Scan) -> Iterator[Document]:
    """The account in which models are trained and served."""
    yield key("research", RESEARCH, purpose="Training")
    yield bucket(f"lumenar-access-logs-{RESEARCH[:4]}-{REGION}", RESEARCH, tags=TECHNICAL, logs=None, expire=400)
    for name in ("segmentation", "detection", "triage", "report-drafting"):
        yield bucket(f"lumenar-checkpoints-{name}", RESEARCH, key=LAB, tags=STUDIES | {"data-role": "checkpoint"})
        yield bucket(f"lumenar-models-{name}", RESEARCH, key=LAB, tags=STUDIES)
        yield model(f"{name}-v4", RESEARCH, f"s3://lumenar-models-{name}/v4/model.tar.gz", STUDIES)
        yield endpoint(f"{name}-frankfurt", RESEARCH, f"{name}-v4", LAB)
        yield registry(f"training/{name}", RESEARCH, LAB)
    yield bucket("lumenar-experiments", RESEARCH, key=LAB, tags=STUDIES)
    yield bucket("lumenar-open-benchmarks", RESEARCH, tags=PUBLIC)
    for number in range(1, 7):
        kind = "p5.48xlarge" if number < 3 else "p4d.24xlarge" if number < 5 else "g5.12xlarge"
        yield from machine(f"gpu-{number}", RESEARCH, kind, key=LAB, tags=STUDIES)
    yield from network(RESEARCH)
    yield file_system("training-shared", RESEARCH, LAB, STUDIES)
    yield file_system("notebook-homes", RESEARCH, LAB, STUDIES)
    yield cluster("training", RESEARCH, LAB)
    yield inference_profile(
        "report-drafting", "anthropic.claude-sonnet-4-5-20250929-v1:0", (REGION, "eu-west-1", "eu-north-1")
    )
    for name in ("wandb/token", "huggingface/token", "registry/pull"):
        yield secret(name, RESEARCH, LAB, TECHNICAL)
    for name in ("sagemaker-serving", "sagemaker-training", "eks-nodes"):
        yield role(name, RESEARCH, {"Service": "sagemaker.amazonaws.com"})
    yield from _guard(RESEARCH)
    yield trail("management", RESEARCH, f"lumenar-trails-{ARCHIVE[:4]}", LOGS)


def archive_account(scan: Scan) -> Iterator[Document]:
    """The account that keeps the logs of the others."""
    yield key("logs", ARCHIVE, purpose="Logs")
    yield bucket(
        f"lumenar-trails-{ARCHIVE[:4]}", ARCHIVE, key=LOGS, tags=TECHNICAL, logs=None, expire=730, lock_days=365
    )
    yield bucket(f"lumenar-flow-logs-{ARCHIVE[:4]}", ARCHIVE, key=LOGS, tags=TECHNICAL, logs=None, expire=400)
    yield from _guard(ARCHIVE)
    yield trail("management", ARCHIVE, f"lumenar-trails-{ARCHIVE[:4]}", LOGS)
    yield role("config-aggregator", ARCHIVE, {"Service": "config.amazonaws.com"})
    yield (
        simple(
            "AWS::Organizations::Account",
            "organizations",
            f"account/{AWS_ORGANISATION}/{ARCHIVE}",
            ARCHIVE,
            {"Id": ARCHIVE},
        )
        if scan.number < 0
        else key("archive-spare", ARCHIVE, purpose="Spare")
    )


_ = (volume, hexadecimal)
