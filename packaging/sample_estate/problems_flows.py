"""Planted problems of transfers and places."""

from awsitems import arn
from identity import CLINICAL, DATA, LAB, identifier
from planted import Problem, azure_uid, compute, disk, flow, gs, instance, s3, vertex


def problems() -> list[Problem]:
    """Transfers first, then places."""
    return [*_transfers(), *_places()]


def _abroad(
    problem: Problem, uid: str, what: str, *, basis: bool = False, key: bool = True, refused: bool = False
) -> Problem:
    """What follows for a store of personal data in a third country whose key lies there too.

    `refused`: a guardrail of its account would not let it be made there today.
    """
    if refused:
        _refused(problem, uid, what)
    if not basis:
        problem.fail(
            "RES-001", uid, f"{what} holds personal data in a third country, and the register has no basis for it."
        )
    problem.fail("RES-002", uid, f"{what} lies outside the EEA, the only place that the policy allows.")
    if key:
        problem.fail("KEY-003", uid, f"{what} is locked with a key that lies outside the EEA.")
    return problem


def _refused(problem: Problem, uid: str, what: str) -> None:
    problem.fail("GOV-005", uid, f"{what} lies where the location guardrail of its account allows nothing new.")


def _transfers() -> list[Problem]:
    leipzig, job = s3("lumenar-dicom-leipzig"), vertex("customJobs", "oncology-retrain", "us-central1")
    checkpoints = gs("lumenar-train-checkpoints")
    iowa = Problem(
        "patients-to-iowa",
        "A training job moved to Iowa, where GPUs were free, reads patients' studies from Frankfurt.",
        (2,),
    )
    iowa.fail(
        "XFER-008",
        flow("training_read", leipzig, job),
        "Patients' studies in S3 Frankfurt are read by a Vertex AI job in us-central1.",
    )
    iowa.fail(
        "CLS-002",
        flow("training_write", job, checkpoints),
        "Its checkpoints, made from health data, go to a bucket that is labelled pseudonymised.",
    )
    _refused(iowa, job, "The job")
    readings, copy = s3("lumenar-trial-readings"), s3("lumenar-trial-readings-us")
    replication = Problem(
        "replication-to-virginia", "A replication rule copies trial readings from Frankfurt to Virginia."
    )
    replication.fail(
        "XFER-006",
        flow("replication", readings, copy),
        "The rule replicates pseudonymised readings to us-east-1 without a basis.",
    )
    _abroad(replication, copy, "The copy in Virginia")
    table, replica = (arn("dynamodb", region, DATA, "table/pseudonym-map") for region in ("eu-central-1", "us-east-1"))
    mapping = Problem(
        "mapping-table-abroad",
        "The table that leads from pseudonyms back to people has a replica beside the exported data.",
    )
    mapping.fail("XFER-007", flow("replication", table, replica), "The global table serves the mapping from us-east-1.")
    mapping.fail(
        "XFER-014",
        flow("replication", readings, copy),
        "Who gets the pseudonymised readings in Virginia finds the mapping table there as well.",
    )
    _abroad(mapping, replica, "The replica of the mapping table")
    queue, mirror, onward = (s3(f"lumenar-annotation-{n}") for n in ("queue", "mirror", "onward"))
    chain = Problem(
        "annotation-chain",
        "Studies go to Mumbai on clauses whose assessment asks for more, and from there to Singapore.",
    )
    chain.fail(
        "XFER-006",
        flow("replication", queue, mirror),
        "The mirror in Mumbai lies outside the EEA, even though clauses cover it.",
    )
    chain.fail(
        "XFER-015",
        flow("replication", queue, mirror),
        "The assessment asks for technical measures, but the mirror's key lies in India.",
    )
    chain.fail(
        "XFER-012",
        flow("replication", queue, mirror),
        "From Mumbai the studies travel on to Singapore, which no entry covers.",
    )
    chain.fail("XFER-006", flow("replication", mirror, onward), "The second rule copies the mirror to Singapore.")
    _abroad(chain, mirror, "The mirror in Mumbai", basis=True)
    _abroad(chain, onward, "The mirror of the mirror")
    outbox, exchange = s3("lumenar-trial-outbox"), s3("lumenar-trial-exchange")
    derogation = Problem("standing-derogation", "A nightly transfer relies on a derogation meant for single cases.")
    derogation.fail(
        "XFER-005",
        flow("transfer_job", outbox, exchange),
        "A job that runs every night is not occasional, so Article 49 does not carry it.",
    )
    derogation.fail(
        "XFER-011",
        flow("transfer_job", outbox, exchange),
        "The job writes to Virginia, which the policy does not allow.",
    )
    derogation.fail(
        "RES-001", exchange, "What was sent to Virginia stays there, and a derogation is no basis for keeping data."
    )
    _abroad(derogation, exchange, "The exchange bucket in Virginia", basis=True)
    pet, archive = s3("lumenar-studies-pet"), gs("lumenar-trial-archive")
    transfer = Problem(
        "storage-transfer-to-us",
        "A new Storage Transfer job copies PET studies from S3 Frankfurt to a Google bucket in `US`.",
        (2,),
    )
    transfer.fail(
        "XFER-011",
        flow("transfer_job", pet, archive),
        "The job moves studies across clouds to the US multi-region every day.",
    )
    transfer.fail("RES-004", archive, "The bucket's location `US` spreads personal data over the United States.")
    _refused(transfer, archive, "The bucket")
    transfer.fail("KEY-003", archive, "Its key lies in the US multi-region as well.")
    contacts, partner = s3("lumenar-annotator-contacts"), "account:888899990000"
    purpose = Problem(
        "clauses-for-another-class",
        "The annotators in India may read personal contacts, but their clauses cover pseudonymised data only.",
    )
    purpose.fail(
        "XFER-013",
        contacts,
        "A company in India may read personal data, and the entry for it does not cover this class.",
    )
    purpose.fail(
        "XFER-001",
        flow("share", contacts, partner),
        "Making contacts readable from India is a transfer without a basis.",
    )
    night, southern = s3("lumenar-night-reads"), "account:121212121212"
    expired = Problem("expired-clauses", "The clauses with the night readers in Australia ended in August 2026.")
    expired.fail("XFER-002", flow("share", night, southern), "The register's entry for this flow is past its date.")
    expired.fail(
        "XFER-001",
        flow("share", night, southern),
        "With the entry expired, nothing carries the access from Australia.",
    )
    expired.fail("XFER-013", night, "A company in Australia may read the studies without an entry in force.")
    second, radiolytics = s3("lumenar-second-reads"), "account:555566667777"
    dpf = Problem(
        "dpf-without-proof",
        "The register says DPF for a reader in the United States, but nobody looked up a certification.",
    )
    dpf.fail(
        "XFER-003", flow("share", second, radiolytics), "The entry relies on the DPF without a certification in force."
    )
    dpf.fail("XFER-001", flow("share", second, radiolytics), "An unproven certification is no basis.")
    dpf.fail("XFER-013", second, "A company in the United States may read the studies without a basis.")
    assessment = Problem(
        "clauses-without-assessment",
        "The clauses with the American subsidiary were signed without a transfer impact assessment.",
    )
    reference = flow("share", s3("lumenar-sales-reference"), "account:222233334444")
    assessment.fail("XFER-004", reference, "Standard clauses hold only together with an assessment, and there is none.")
    return [iowa, replication, mapping, chain, derogation, transfer, purpose, expired, dpf, assessment, *_training()]


def _training() -> list[Problem]:
    cardiac = "k8s://7f0c5f2e-7a54-4c52-8a6e-0d7a7fd1c001/job/training/cardiac-overflow"
    overflow = s3("lumenar-checkpoints-overflow")
    written = Problem("checkpoints-to-virginia", "A job in Helsinki writes its checkpoints to a bucket in Virginia.")
    written.fail(
        "XFER-009",
        flow("training_write", cardiac, overflow),
        "Checkpoints of a model trained on studies leave Finland for Virginia.",
    )
    _abroad(written, overflow, "The bucket for overflowing checkpoints")
    machine, its_disk = instance("gpu-us-1"), disk("gpu-us-1")
    capacity = Problem("gpus-in-virginia", "A GPU machine with studies on its disk runs in Virginia.")
    capacity.fail("RES-008", machine, "Eight GPUs in us-east-1 work on studies in clear, without a basis.")
    _abroad(capacity, its_disk, "Its disk")
    graded, demo = (
        vertex("models", "oncology-grading", "us-central1"),
        vertex("endpoints", "oncology-demo", "us-central1"),
    )
    served = Problem("model-served-from-iowa", "A model trained on studies is kept and served in Iowa.")
    served.fail(
        "XFER-010",
        flow("deploy", graded, demo),
        "The model counts as personal data and is served from the United States.",
    )
    _refused(served, demo, "The endpoint")
    _abroad(served, graded, "The model", key=False, refused=True)
    _abroad(served, gs("lumenar-weights-us"), "The bucket with its weights", refused=True)
    home = azure_uid(LAB, "Microsoft.MachineLearningServices/workspaces/imaging-us")
    store = azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumuseastml")
    letters, studies = (
        f"{home}/jobs/letters-finetune",
        azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumlabstudies"),
    )
    workspace = Problem(
        "american-workspace",
        "A workspace was opened in East US 2 with its storage beside it, and a model was fine-tuned there.",
    )
    workspace.fail("RES-012", home, "The default storage of the workspace lies in the United States.")
    workspace.fail("AI-013", letters, "Fine-tuning on studies runs in East US 2, which nothing covers.")
    workspace.fail(
        "XFER-008", flow("training_read", studies, letters), "The fine-tuning job reads studies from Germany."
    )
    workspace.fail(
        "XFER-009",
        flow("training_write", home, store),
        "What the workspace writes by default goes to the United States.",
    )
    _abroad(workspace, store, "The workspace's storage account")
    vault = azure_uid(LAB, "Microsoft.KeyVault/vaults/kv-lum-virginia")
    workspace.fail("RES-002", vault, "The vault with its keys lies outside the EEA.")
    return [written, capacity, served, workspace]


def _places() -> list[Problem]:
    snapshot = compute("global/snapshots/workbench-1-copy")
    source = compute("zones/europe-west3-a/disks/workbench-1")
    copied = Problem("snapshot-in-us", "A snapshot of a workbench's disk is kept in the US multi-region.")
    copied.fail("RES-006", snapshot, "The full copy of a disk in Frankfurt is kept in the United States.")
    copied.fail(
        "RES-007",
        flow("backup", source, snapshot),
        "The copy lies outside the allowed countries under a key of the cloud's own service.",
    )
    copied.fail("XFER-001", flow("backup", source, snapshot), "Nothing covers the copy's way to the United States.")
    _abroad(copied, snapshot, "The snapshot", key=False, refused=True)
    database = arn("rds", "eu-central-1", DATA, "db:trial-registry")
    point = arn("backup", "us-east-1", DATA, f"recovery-point:{identifier('recovery/trial-registry-weekly')}")
    backup = Problem("backup-in-virginia", "The only backup of the trial registry lies in Virginia.")
    backup.fail("RES-006", point, "The recovery point is a full copy in a country where its source is not.")
    backup.fail(
        "RES-007",
        flow("backup", database, point),
        "The backup lies outside the allowed countries and its key with it.",
    )
    backup.fail("XFER-001", flow("backup", database, point), "Nothing covers the backup's way to the United States.")
    backup.fail("RSL-003", database, "The registry is critical, and could be recovered from a third country only.")
    _abroad(backup, point, "The recovery point")
    cosmos = Problem("cosmos-east-us", "A Cosmos account was given East US as a second region.")
    reading = azure_uid(CLINICAL, "Microsoft.DocumentDB/databaseAccounts/cosmos-reading-lists")
    cosmos.fail("RES-004", reading, "One of the account's regions is East US.")
    _refused(cosmos, reading, "The account")
    brazil = Problem(
        "geo-redundancy-in-brazil", "A pilot in Brazil uses geo-redundant storage, whose pair lies in Texas."
    )
    account = azure_uid(CLINICAL, "Microsoft.Storage/storageAccounts/lumbrazilpilot")
    brazil.fail("RES-002", account, "Brazil is adequate, but not among the countries that the policy allows.")
    brazil.fail("RES-005", account, "Azure keeps the second copy in South Central US by itself.")
    _refused(brazil, account, "The account")
    santiago = Problem("local-zone-in-santiago", "A machine billed under us-east-1 stands in a Local Zone in Chile.")
    santiago.fail(
        "RES-010",
        instance("edge-santiago"),
        "The name of the region says United States, the hardware stands in Chile.",
    )
    santiago.fail("RES-010", disk("edge-santiago"), "Its disk stands in Chile as well.")
    _abroad(santiago, disk("edge-santiago"), "The disk in Santiago")
    arc = Problem("arc-in-singapore", "A machine registered in West Europe through Azure Arc stands in Singapore.")
    arc.fail(
        "RES-011",
        azure_uid(CLINICAL, "Microsoft.HybridCompute/machines/sin-viewer-1"),
        "The record lies in West Europe, the machine in Singapore.",
    )
    trailer = azure_uid(CLINICAL, "Microsoft.Kubernetes/connectedClusters/trailer-cluster")
    nowhere = Problem(
        "cluster-without-a-place",
        "A cluster in a mobile screening trailer is connected by Arc, and nobody declared where it is.",
    )
    nowhere.fail("RES-003", trailer, "Nothing tells the country in which the cluster stands.")
    nowhere.fail("RES-011", trailer, "The record's region says nothing about the trailer.")
    return [copied, backup, cosmos, brazil, santiago, arc, nowhere]
