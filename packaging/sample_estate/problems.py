"""What was planted, why, and every finding that must follow from it: the truth that a test compares with."""

from dataclasses import dataclass, field
from typing import Final

from awsitems import arn, key_id
from gcpentries import HOME, key_name, vertex_name
from identity import (
    ANALYTICS,
    CLINICAL,
    DATA,
    GCP_FOLDER,
    GCP_ORGANISATION,
    LAB,
    PROJECT_NUMBERS,
    RESEARCH,
    TRAIN,
    hexadecimal,
    identifier,
)

BOTH: Final = (1, 2)


@dataclass
class Problem:
    """One problem: in which scans it is there, and the findings that it leads to, each with a sentence."""

    name: str
    what: str
    scans: tuple[int, ...] = BOTH
    fails: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def fail(self, rule: str, subject: str, why: str) -> "Problem":
        """Adds a finding: the rule without its prefix, a uid or `kind: source > target`, and why."""
        self.fails.append((f"SIT-{rule}", subject, why))
        return self


def _s3(name: str) -> str:
    return f"arn:aws:s3:::{name}"


def _gs(name: str) -> str:
    return f"//storage.googleapis.com/{name}"


def _azure(subscription: str, path: str) -> str:
    group = "rg-clinical-ai" if subscription == CLINICAL else "rg-research"
    return f"/subscriptions/{subscription}/resourcegroups/{group}/providers/{path.lower()}"


def _vertex(plural: str, name: str, location: str = HOME) -> str:
    return f"//aiplatform.googleapis.com/{vertex_name(plural, name, location)}"


def _key(name: str, *, multi: bool = False) -> str:
    return arn("kms", "eu-central-1", DATA, f"key/{key_id(name, multi)}")


def _gcp_key(name: str) -> str:
    return f"//cloudkms.googleapis.com/{key_name(name)}"


def _flow(kind: str, source: str, target: str) -> str:
    return f"{kind}: {source} > {target}"


def _disk(name: str) -> str:
    return arn("ec2", "us-east-1", RESEARCH, f"volume/vol-{hexadecimal(f'vol/{name}', 17)}")


def _instance(name: str) -> str:
    return arn("ec2", "us-east-1", RESEARCH, f"instance/i-{hexadecimal(f'i/{name}', 17)}")


def _dataset(name: str) -> str:
    return f"//bigquery.googleapis.com/projects/{ANALYTICS}/datasets/{name}"


def _compute(name: str) -> str:
    return f"//compute.googleapis.com/projects/{TRAIN}/{name}"


def problems() -> list[Problem]:
    """Every problem, in the order in which the truth lists them."""
    return [*_transfers(), *_places(), *_keys(), *_exposure(), *_artificial(), *_life(), *_accounts()]


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
    leipzig, job = _s3("lumenar-dicom-leipzig"), _vertex("customJobs", "oncology-retrain", "us-central1")
    checkpoints = _gs("lumenar-train-checkpoints")
    vertex = Problem(
        "patients-to-iowa",
        "A training job moved to Iowa, where GPUs were free, reads patients' studies from Frankfurt.",
        (2,),
    )
    vertex.fail(
        "XFER-008",
        _flow("training_read", leipzig, job),
        "Patients' studies in S3 Frankfurt are read by a Vertex AI job in us-central1.",
    )
    vertex.fail(
        "CLS-002",
        _flow("training_write", job, checkpoints),
        "Its checkpoints, made from health data, go to a bucket that is labelled pseudonymised.",
    )
    _refused(vertex, job, "The job")
    readings, copy = _s3("lumenar-trial-readings"), _s3("lumenar-trial-readings-us")
    replication = Problem(
        "replication-to-virginia", "A replication rule copies trial readings from Frankfurt to Virginia."
    )
    replication.fail(
        "XFER-006",
        _flow("replication", readings, copy),
        "The rule replicates pseudonymised readings to us-east-1 without a basis.",
    )
    _abroad(replication, copy, "The copy in Virginia")
    table, replica = (arn("dynamodb", region, DATA, "table/pseudonym-map") for region in ("eu-central-1", "us-east-1"))
    mapping = Problem(
        "mapping-table-abroad",
        "The table that leads from pseudonyms back to people has a replica beside the exported data.",
    )
    mapping.fail(
        "XFER-007", _flow("replication", table, replica), "The global table serves the mapping from us-east-1."
    )
    mapping.fail(
        "XFER-014",
        _flow("replication", readings, copy),
        "Who gets the pseudonymised readings in Virginia finds the mapping table there as well.",
    )
    _abroad(mapping, replica, "The replica of the mapping table")
    queue, mirror, onward = (_s3(f"lumenar-annotation-{n}") for n in ("queue", "mirror", "onward"))
    chain = Problem(
        "annotation-chain",
        "Studies go to Mumbai on clauses whose assessment asks for more, and from there to Singapore.",
    )
    chain.fail(
        "XFER-006",
        _flow("replication", queue, mirror),
        "The mirror in Mumbai lies outside the EEA, even though clauses cover it.",
    )
    chain.fail(
        "XFER-015",
        _flow("replication", queue, mirror),
        "The assessment asks for technical measures, but the mirror's key lies in India.",
    )
    chain.fail(
        "XFER-012",
        _flow("replication", queue, mirror),
        "From Mumbai the studies travel on to Singapore, which no entry covers.",
    )
    chain.fail("XFER-006", _flow("replication", mirror, onward), "The second rule copies the mirror to Singapore.")
    _abroad(chain, mirror, "The mirror in Mumbai", basis=True)
    _abroad(chain, onward, "The mirror of the mirror")
    outbox, exchange = _s3("lumenar-trial-outbox"), _s3("lumenar-trial-exchange")
    derogation = Problem("standing-derogation", "A nightly transfer relies on a derogation meant for single cases.")
    derogation.fail(
        "XFER-005",
        _flow("transfer_job", outbox, exchange),
        "A job that runs every night is not occasional, so Article 49 does not carry it.",
    )
    derogation.fail(
        "XFER-011",
        _flow("transfer_job", outbox, exchange),
        "The job writes to Virginia, which the policy does not allow.",
    )
    _abroad(derogation, exchange, "The exchange bucket in Virginia", basis=True)
    pet, archive = _s3("lumenar-studies-pet"), _gs("lumenar-trial-archive")
    transfer = Problem(
        "storage-transfer-to-us",
        "A new Storage Transfer job copies PET studies from S3 Frankfurt to a Google bucket in `US`.",
        (2,),
    )
    transfer.fail(
        "XFER-011",
        _flow("transfer_job", pet, archive),
        "The job moves studies across clouds to the US multi-region every day.",
    )
    transfer.fail("RES-004", archive, "The bucket's location `US` spreads personal data over the United States.")
    _refused(transfer, archive, "The bucket")
    transfer.fail("KEY-003", archive, "Its key lies in the US multi-region as well.")
    contacts, partner = _s3("lumenar-annotator-contacts"), "account:888899990000"
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
        _flow("share", contacts, partner),
        "Making contacts readable from India is a transfer without a basis.",
    )
    night, southern = _s3("lumenar-night-reads"), "account:121212121212"
    expired = Problem("expired-clauses", "The clauses with the night readers in Australia ended in August 2026.")
    expired.fail("XFER-002", _flow("share", night, southern), "The register's entry for this flow is past its date.")
    expired.fail(
        "XFER-001",
        _flow("share", night, southern),
        "With the entry expired, nothing carries the access from Australia.",
    )
    expired.fail("XFER-013", night, "A company in Australia may read the studies without an entry in force.")
    second, radiolytics = _s3("lumenar-second-reads"), "account:555566667777"
    dpf = Problem(
        "dpf-without-proof",
        "The register says DPF for a reader in the United States, but nobody looked up a certification.",
    )
    dpf.fail(
        "XFER-003", _flow("share", second, radiolytics), "The entry relies on the DPF without a certification in force."
    )
    dpf.fail("XFER-001", _flow("share", second, radiolytics), "An unproven certification is no basis.")
    dpf.fail("XFER-013", second, "A company in the United States may read the studies without a basis.")
    assessment = Problem(
        "clauses-without-assessment",
        "The clauses with the American subsidiary were signed without a transfer impact assessment.",
    )
    reference = _flow("share", _s3("lumenar-sales-reference"), "account:222233334444")
    assessment.fail("XFER-004", reference, "Standard clauses hold only together with an assessment, and there is none.")
    return [vertex, replication, mapping, chain, derogation, transfer, purpose, expired, dpf, assessment, *_training()]


def _training() -> list[Problem]:
    cardiac = f"k8s://7f0c5f2e-7a54-4c52-8a6e-0d7a7fd1c001/job/training/cardiac-overflow"
    overflow = _s3("lumenar-checkpoints-overflow")
    written = Problem("checkpoints-to-virginia", "A job in Helsinki writes its checkpoints to a bucket in Virginia.")
    written.fail(
        "XFER-009",
        _flow("training_write", cardiac, overflow),
        "Checkpoints of a model trained on studies leave Finland for Virginia.",
    )
    _abroad(written, overflow, "The bucket for overflowing checkpoints")
    machine, disk = _instance("gpu-us-1"), _disk("gpu-us-1")
    capacity = Problem("gpus-in-virginia", "A GPU machine with studies on its disk runs in Virginia.")
    capacity.fail("RES-008", machine, "Eight GPUs in us-east-1 work on studies in clear, without a basis.")
    _abroad(capacity, disk, "Its disk")
    graded, demo = (
        _vertex("models", "oncology-grading", "us-central1"),
        _vertex("endpoints", "oncology-demo", "us-central1"),
    )
    served = Problem("model-served-from-iowa", "A model trained on studies is kept and served in Iowa.")
    served.fail(
        "XFER-010",
        _flow("deploy", graded, demo),
        "The model counts as personal data and is served from the United States.",
    )
    _refused(served, demo, "The endpoint")
    _abroad(served, graded, "The model", key=False, refused=True)
    _abroad(served, _gs("lumenar-weights-us"), "The bucket with its weights", refused=True)
    home = _azure(LAB, "Microsoft.MachineLearningServices/workspaces/imaging-us")
    store = _azure(LAB, "Microsoft.Storage/storageAccounts/lumuseastml")
    letters, studies = f"{home}/jobs/letters-finetune", _azure(LAB, "Microsoft.Storage/storageAccounts/lumlabstudies")
    workspace = Problem(
        "american-workspace",
        "A workspace was opened in East US 2 with its storage beside it, and a model was fine-tuned there.",
    )
    workspace.fail("RES-012", home, "The default storage of the workspace lies in the United States.")
    workspace.fail("AI-013", letters, "Fine-tuning on studies runs in East US 2, which nothing covers.")
    workspace.fail(
        "XFER-008", _flow("training_read", studies, letters), "The fine-tuning job reads studies from Germany."
    )
    workspace.fail(
        "XFER-009",
        _flow("training_write", home, store),
        "What the workspace writes by default goes to the United States.",
    )
    _abroad(workspace, store, "The workspace's storage account")
    vault = _azure(LAB, "Microsoft.KeyVault/vaults/kv-lum-virginia")
    workspace.fail("RES-002", vault, "The vault with its keys lies outside the EEA.")
    return [written, capacity, served, workspace]


def _places() -> list[Problem]:
    snapshot = _compute("global/snapshots/workbench-1-copy")
    source = _compute("zones/europe-west3-a/disks/workbench-1")
    copied = Problem("snapshot-in-us", "A snapshot of a workbench's disk is kept in the US multi-region.")
    copied.fail("RES-006", snapshot, "The full copy of a disk in Frankfurt is kept in the United States.")
    copied.fail(
        "RES-007",
        _flow("backup", source, snapshot),
        "The copy lies outside the allowed countries under a key of the cloud's own service.",
    )
    copied.fail("XFER-001", _flow("backup", source, snapshot), "Nothing covers the copy's way to the United States.")
    _abroad(copied, snapshot, "The snapshot", key=False, refused=True)
    database = arn("rds", "eu-central-1", DATA, "db:trial-registry")
    point = arn("backup", "us-east-1", DATA, f"recovery-point:{identifier('recovery/trial-registry-weekly')}")
    backup = Problem("backup-in-virginia", "The only backup of the trial registry lies in Virginia.")
    backup.fail("RES-006", point, "The recovery point is a full copy in a country where its source is not.")
    backup.fail(
        "RES-007",
        _flow("backup", database, point),
        "The backup lies outside the allowed countries and its key with it.",
    )
    backup.fail("XFER-001", _flow("backup", database, point), "Nothing covers the backup's way to the United States.")
    backup.fail("RSL-003", database, "The registry is critical, and could be recovered from a third country only.")
    _abroad(backup, point, "The recovery point")
    cosmos = Problem("cosmos-east-us", "A Cosmos account was given East US as a second region.")
    reading = _azure(CLINICAL, "Microsoft.DocumentDB/databaseAccounts/cosmos-reading-lists")
    cosmos.fail("RES-004", reading, "One of the account's regions is East US.")
    _refused(cosmos, reading, "The account")
    brazil = Problem(
        "geo-redundancy-in-brazil", "A pilot in Brazil uses geo-redundant storage, whose pair lies in Texas."
    )
    account = _azure(CLINICAL, "Microsoft.Storage/storageAccounts/lumbrazilpilot")
    brazil.fail("RES-002", account, "Brazil is adequate, but not among the countries that the policy allows.")
    brazil.fail("RES-005", account, "Azure keeps the second copy in South Central US by itself.")
    _refused(brazil, account, "The account")
    santiago = Problem("local-zone-in-santiago", "A machine billed under us-east-1 stands in a Local Zone in Chile.")
    santiago.fail(
        "RES-010",
        _instance("edge-santiago"),
        "The name of the region says United States, the hardware stands in Chile.",
    )
    santiago.fail("RES-010", _disk("edge-santiago"), "Its disk stands in Chile as well.")
    _abroad(santiago, _disk("edge-santiago"), "The disk in Santiago")
    arc = Problem("arc-in-singapore", "A machine registered in West Europe through Azure Arc stands in Singapore.")
    arc.fail(
        "RES-011",
        _azure(CLINICAL, "Microsoft.HybridCompute/machines/sin-viewer-1"),
        "The record lies in West Europe, the machine in Singapore.",
    )
    trailer = _azure(CLINICAL, "Microsoft.Kubernetes/connectedClusters/trailer-cluster")
    nowhere = Problem(
        "cluster-without-a-place",
        "A cluster in a mobile screening trailer is connected by Arc, and nobody declared where it is.",
    )
    nowhere.fail("RES-003", trailer, "Nothing tells the country in which the cluster stands.")
    nowhere.fail("RES-011", trailer, "The record's region says nothing about the trailer.")
    return [copied, backup, cosmos, brazil, santiago, arc, nowhere]


def _keys() -> list[Problem]:
    ris = arn("rds", "eu-central-1", DATA, "db:legacy-ris")
    return [
        Problem("database-without-encryption", "The old radiology database was never encrypted.")
        .fail("KEY-001", ris, "The provider reports that the database is not encrypted.")
        .fail("KEY-002", ris, "Without encryption nobody holds a key, though the policy asks for a customer's key."),
        Problem("key-of-the-provider", "Support tickets are locked with the cloud's own key.")
        .fail("KEY-002", _s3("lumenar-support-tickets"), "Personal data need a key of the company; this bucket uses the provider's."),
        Problem("patients-without-external-key", "Patients' studies are kept under keys inside the cloud.")
        .fail("SOV-004", _s3("lumenar-dicom-pilot"), "Health data need an external key, and this bucket uses one in KMS.")
        .fail("SOV-004", _azure(CLINICAL, "Microsoft.Storage/storageAccounts/lumclinhealth"), "Health data need an external key, and this account uses one in a vault."),
        Problem("key-replica-in-virginia", "The multi-region key of the reader studies has a replica in Virginia.")
        .fail("KEY-004", _key("reader-studies", multi=True), "The same key material lies in us-east-1."),
        Problem("key-open-to-a-stranger", "A key made for a partner of 2024 still lets that partner in.")
        .fail("KEY-005", _key("exchange"), "An account that nobody trusts may use the key of a bucket with studies."),
        Problem("keys-not-rotated", "Two keys from before the key policy are never rotated.")
        .fail("KEY-006", _key("legacy"), "Automatic rotation of the key in KMS is off.")
        .fail("KEY-006", _azure(LAB, "Microsoft.KeyVault/vaults/kv-lum-scratch/keys/experiments"), "The key's policy notifies, but never rotates."),
        Problem("key-about-to-die", "The key of the retired PACS is to be destroyed while a disk still depends on it.")
        .fail("KEY-007", _key("retired-pacs"), "In December the disk can no longer be read."),
        Problem("keys-without-recovery", "A vault and a key can be destroyed at once.")
        .fail("KEY-008", _azure(LAB, "Microsoft.KeyVault/vaults/kv-lum-scratch"), "The vault has no purge protection.")
        .fail("KEY-008", _gcp_key("short-lived"), "A day after the order the key is gone."),
        Problem("weak-transport", "Three stores take connections that are not encrypted, or barely.")
        .fail("KEY-011", _s3("lumenar-plain-transport"), "The bucket's policy does not refuse plain HTTP.")
        .fail("KEY-011", _azure(CLINICAL, "Microsoft.Storage/storageAccounts/lumclinlegacy"), "The account accepts TLS 1.0.")
        .fail("KEY-011", f"//cloudsql.googleapis.com/projects/{ANALYTICS}/instances/legacy-dashboards", "The database allows unencrypted connections."),
        Problem("unknown-key-operator", "An external key is held by a company of which the policy records nothing.")
        .fail("SOV-005", _gcp_key("foreign-manager"), "Nobody recorded who operates keys.cipherline.example."),
    ]  # fmt: skip


def _exposure() -> list[Problem]:
    demo = _s3("lumenar-reader-demo")
    shared = arn("rds", "eu-central-1", DATA, "snapshot:annotations-for-audit")
    playground = _azure(LAB, "Microsoft.CognitiveServices/accounts/lumenar-playground")
    return [
        Problem("public-bucket", "For a conference, somebody opened a bucket with reader studies to everyone.", (2,))
        .fail("EXPO-001", demo, "Anyone on the internet can read the studies.")
        .fail("XFER-001", _flow("share", demo, "public"), "What everybody may read is read from third countries too."),
        Problem("no-guard-of-the-account", "Because of the website's bucket, the account's block of public access is off.")
        .fail("GOV-003", f"arn:aws:s3::{DATA}:account-public-access-block", "The guard is there and prevents nothing."),
        Problem("public-container", "A container of a demo account lets anyone read its blobs.")
        .fail("EXPO-001", _azure(LAB, "Microsoft.Storage/storageAccounts/lumlabdemo/blobServices/default/containers/open-demo"), "The container allows anonymous reads."),
        Problem("snapshot-shared", "A snapshot was shared with an auditor's account that nobody approved.", (2,))
        .fail("EXPO-002", shared, "An account that is not on the list may restore the whole database."),
        Problem("shared-with-strangers", "Studies are shared with parties that nobody approved.")
        .fail("EXPO-003", _s3("lumenar-partner-dropzone"), "An account that is not on the list may read the bucket.")
        .fail("EXPO-003", _dataset("partner_benchmark"), "Everybody at radiology-insights.example may read the dataset."),
        Problem("open-ai-account", "The playground for language models is open to the internet and takes keys.")
        .fail("EXPO-004", playground, "It answers every network and has no private way in.")
        .fail("EXPO-009", playground, "A key opens it, so nobody knows who used it."),
        Problem("open-endpoint", "A demo endpoint on Vertex AI has no private network.")
        .fail("EXPO-004", _vertex("endpoints", "bone-age-open-demo"), "It answers on a public address."),
        Problem("notebook-with-address", "A notebook has a public address.")
        .fail("EXPO-005", _azure(LAB, "Microsoft.MachineLearningServices/workspaces/imaging-lab/computes/notebook-open"), "The compute instance was made with a public address."),
        Problem("open-control-plane", "The control plane of the annotation cluster is open to all networks.")
        .fail("EXPO-008", arn("eks", "eu-central-1", DATA, "cluster/annotation"), "0.0.0.0/0 is let in."),
        Problem("shared-keys", "Storage accounts can be opened with keys, or copied to other tenants.")
        .fail("EXPO-009", _azure(CLINICAL, "Microsoft.Storage/storageAccounts/lumclinlegacy"), "Shared keys are allowed.")
        .fail("EXPO-009", _azure(LAB, "Microsoft.Storage/storageAccounts/lumlabcross"), "Copies to other tenants are allowed."),
    ]  # fmt: skip


def _artificial() -> list[Problem]:
    assistants = _azure(CLINICAL, "Microsoft.CognitiveServices/accounts/lumenar-assistants/deployments")
    drafting = _azure(LAB, "Microsoft.CognitiveServices/accounts/lumenar-drafting/deployments")
    overflow, batch = f"{assistants}/report-overflow", f"{drafting}/summaries"
    return [
        Problem("global-deployment", "A global deployment was added to take what the provisioned one cannot.", (2,))
        .fail("AI-001", overflow, "Prompts about patients may be computed in any region of the world.")
        .fail(
            "XFER-001",
            _flow("inference", overflow, f"processing:{overflow}"),
            "Computing anywhere includes third countries, and nothing covers all of them.",
        ),
        Problem("spillover", "The provisioned deployment overflows to the global one.", (2,)).fail(
            "AI-003", f"{assistants}/report-main", "When it is full, requests leave the region that was chosen."
        ),
        Problem("global-batch", "Summaries were made by a global batch deployment, which is gone by November.", (1,))
        .fail("AI-001", batch, "Letters may be computed in any region of the world.")
        .fail(
            "XFER-001", _flow("inference", batch, f"processing:{batch}"), "Computing anywhere includes third countries."
        ),
        Problem("unrecorded-model-vendor", "A model of DeepSeek answers prompts, and nobody recorded the vendor.").fail(
            "AI-016", f"{drafting}/reasoner", "The vendor of the model is not on the list of processors."
        ),
        Problem("model-called-public", "A model trained on studies was published under the label public.").fail(
            "AI-015",
            _vertex("models", "bone-age-open"),
            "No assessment shows that nothing personal can be got out of it.",
        ),
    ]


def _life() -> list[Problem]:
    worklists = _azure(CLINICAL, "Microsoft.DBforPostgreSQL/flexibleServers/psql-worklists")
    vault = _azure(CLINICAL, "Microsoft.RecoveryServices/vaults/rsv-worklists")
    teaching = _flow("replication", _s3("lumenar-teaching-source"), _s3("lumenar-teaching-cases"))
    consent = arn("elasticfilesystem", "eu-central-1", DATA, f"file-system/fs-{hexadecimal('efs/consent-scans', 17)}")
    return [
        Problem("never-deleted", "Two stores of studies have no end.")
        .fail("RET-001", _s3("lumenar-research-backlog"), "No lifecycle rule deletes anything.")
        .fail("RET-001", _dataset("reading_history"), "Tables of the dataset never expire."),
        Problem("hackathon", "The bucket of a hackathon had no lifecycle; by November it was deleted.", (1,))
        .fail("RET-001", _s3("lumenar-hackathon"), "No lifecycle rule deletes anything."),
        Problem("forgotten-snapshot", "A snapshot made before a migration was never deleted.")
        .fail("RET-002", arn("rds", "eu-central-1", DATA, "snapshot:annotations-before-migration"), "It is more than a year old and no plan governs it."),
        Problem("orphaned-disks", "Disks of machines that are gone still hold studies.")
        .fail("RET-003", _azure(LAB, "Microsoft.Compute/disks/gpu-lab-0-data"), "The disk was detached in March.")
        .fail("RET-003", _compute("zones/europe-west3-a/disks/old-preprocess"), "The disk was detached in May."),
        Problem("erasure-that-does-not-erase", "Deleted data stay readable.")
        .fail("RET-005", _s3("lumenar-versions-forever"), "Old versions never expire.")
        .fail("RET-005", _azure(LAB, "Microsoft.Storage/storageAccounts/lumlabcross"), "Deleted blobs can be brought back for 120 days."),
        Problem("locked-too-long", "Contracts are locked for eleven years.")
        .fail("RET-006", _s3("lumenar-locked-contracts"), "The write-once lock is longer than the limit for personal data."),
        Problem("study-that-ended", "The study Orion ended in June, its data are still there.")
        .fail("RET-007", _s3("lumenar-study-orion"), "The tag retain-until names a day that has passed."),
        Problem("no-class", "A bucket carries no tags at all.")
        .fail("CLS-001", _s3("lumenar-inbox-misc"), "Nobody said what sort of data it holds."),
        Problem("teaching-cases", "Teaching cases are a copy of studies, labelled public.")
        .fail("CLS-002", teaching, "The copy has a milder label than its source, and no assessment."),
        Problem("anonymous-without-proof", "An export is called anonymous without an assessment.")
        .fail("CLS-003", _s3("lumenar-anonymised-export"), "No assessment is on record; the statistics bucket has one."),
        Problem("critical-without-backup", "The scans of consent forms are critical and not backed up.")
        .fail("RSL-001", consent, "The file system's backup policy is off."),
        Problem("backup-beside-the-original", "Backups of the worklists lie unlocked in the same subscription.")
        .fail("RSL-002", _flow("backup", worklists, vault), "Whoever takes over the subscription can delete both."),
        Problem("one-region", "What is critical stands in one region for each cloud.")
        .fail("RSL-004", f"arn:aws:iam::{DATA}:root", "The critical databases and files are all in Frankfurt.")
        .fail("RSL-004", f"/subscriptions/{CLINICAL}", "The critical worklists are in Germany West Central alone."),
        Problem("old-exit-plan", "The exit plan for Azure was last tested in June 2025.")
        .fail("RSL-007", f"/subscriptions/{CLINICAL}", "The last test is more than a year ago, and critical worklists depend on Azure.")
        .fail("RSL-007", f"/subscriptions/{LAB}", "The last test is more than a year ago, and the plan is one for the whole provider."),
    ]  # fmt: skip


def _accounts() -> list[Problem]:
    trail = arn("cloudtrail", "eu-central-1", RESEARCH, "trail/before-the-move")
    old = _s3("lumenar-trails-before-the-move")
    host = "//cloudresourcemanager.googleapis.com"
    seen = Problem(
        "audit-from-exports", "The audit rests on exports alone, and these cannot show everything that was asked for."
    )
    for account in (DATA, RESEARCH, "777788889999"):
        seen.fail(
            "ACC-009",
            f"arn:aws:iam::{account}:root",
            "AWS Config does not record training jobs, log groups, snapshots of disks and more.",
        )
    for subscription in (CLINICAL, LAB):
        seen.fail(
            "ACC-009",
            f"/subscriptions/{subscription}",
            "Fine-tuning jobs, replication and pipelines were not exported.",
        )
    for number in PROJECT_NUMBERS.values():
        seen.fail("ACC-009", f"{host}/projects/{number}", "The inventory does not show notebooks and tuning jobs.")
    for holder in (f"folders/{GCP_FOLDER}", f"organizations/{GCP_ORGANISATION}"):
        seen.fail("ACC-009", f"{host}/{holder}", "What the export shows of policies does not reach every level.")
    return [
        Problem("not-in-the-record", "Two stores of personal data are missing from the record of processing.")
        .fail("ACC-001", _s3("lumenar-complaints"), "The bucket names no processing activity.")
        .fail("ACC-001", _s3("lumenar-visitor-registry"), "It names an activity that the record does not have."),
        Problem("reads-not-logged", "Auditing of the billing database is off.")
        .fail("ACC-003", _azure(CLINICAL, "Microsoft.Sql/servers/sql-billing"), "Nobody could say who read the personal data in it."),
        Problem("trail-before-the-move", "A trail of the research account was forgotten when the logs moved to Frankfurt.")
        .fail("ACC-004", _flow("log", trail, old), "Its log files, which name people, go to Virginia.")
        .fail("ACC-005", trail, "It keeps no digests, and its bucket can be unlocked.")
        .fail("RES-002", old, "The bucket lies outside the EEA."),
        Problem("log-retention", "Two log stores keep too little.")
        .fail("ACC-006", f"//logging.googleapis.com/projects/{ANALYTICS}/locations/{HOME}/buckets/short", "Thirty days are too short to investigate a breach.")
        .fail("ACC-006", _azure(LAB, "Microsoft.OperationalInsights/workspaces/log-scratch"), "Thirty days are too short to investigate a breach."),
        Problem("region-guardrails", "The research subscription has only a trial of the location policy; the other one has a hole.")
        .fail("GOV-001", f"/subscriptions/{LAB}", "Nothing refuses regions outside the EEA there.")
        .fail("GOV-004", f"/subscriptions/{LAB}", "Nothing refuses AI deployments that compute anywhere.")
        .fail("GOV-007", f"/subscriptions/{LAB}", "Nothing forces customer keys or blocks public access there.")
        .fail("GOV-003", f"/subscriptions/{LAB}/providers/microsoft.authorization/policyassignments/locations-trial", "The assignment observes and refuses nothing.")
        .fail("GOV-002", _azure(CLINICAL, "Microsoft.Authorization/policyAssignments/locations-of-the-group"), "It lets in the United Kingdom and Switzerland."),
        Problem("scratch-account-in-virginia", "A scratch account in East US 2 was deleted by November.", (1,))
        .fail("RES-001", _azure(LAB, "Microsoft.Storage/storageAccounts/lumusscratch"), "It held studies in a third country without a basis.")
        .fail("RES-002", _azure(LAB, "Microsoft.Storage/storageAccounts/lumusscratch"), "It lay outside the EEA.")
        .fail("KEY-003", _azure(LAB, "Microsoft.Storage/storageAccounts/lumusscratch"), "Its key lay in the United States."),
        seen,
    ]  # fmt: skip


def truth() -> str:
    """The truth as YAML, made by hand so that it reads well: no aliases, every text in quotes."""
    lines = [
        "# Every problem that was planted in the sample estate, and every finding that must follow: none missing, none extra.",
        "# Written by packaging/sample_estate. Judged as of 2026-11-20. `about` is a uid, or `kind: source > target` of a flow.",
        "as_of: 2026-11-20",
        "problems:",
    ]
    for problem in problems():
        lines += [f"  - problem: {problem.name}", f"    what: {_quoted(problem.what)}"]
        lines += [f"    scans: [{', '.join(str(n) for n in problem.scans)}]", "    findings:"]
        for rule, subject, why in problem.fails:
            lines += [f"      - rule: {rule}", f"        about: {_quoted(subject)}", f"        why: {_quoted(why)}"]
    lines += ["open_decisions:", "  - sovereign_level", "  - accounts"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
