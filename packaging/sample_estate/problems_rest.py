"""Planted problems of keys, exposure, AI services, retention and accounts."""

from awsitems import arn
from estate_kubernetes import CLUSTER_UIDS
from gcpentries import HOME
from identity import (
    ANALYTICS,
    CLINICAL,
    DATA,
    GCP_FOLDER,
    GCP_ORGANISATION,
    LAB,
    PROJECT_NUMBERS,
    RESEARCH,
    hexadecimal,
)
from planted import Problem, azure_uid, compute, dataset, flow, gcp_key, gs, kms_key, s3, vertex


def problems() -> list[Problem]:
    """In the order of the families."""
    return [*_keys(), *_exposure(), *_artificial(), *_life(), *_accounts()]


def _keys() -> list[Problem]:
    ris = arn("rds", "eu-central-1", DATA, "db:legacy-ris")
    return [
        Problem("database-without-encryption", "The old radiology database was never encrypted.")
        .fail("KEY-001", ris, "The provider reports that the database is not encrypted.")
        .fail("KEY-002", ris, "Without encryption nobody holds a key, though the policy asks for a customer's key."),
        Problem("key-of-the-provider", "Support tickets are locked with the cloud's own key.")
        .fail("KEY-002", s3("lumenar-support-tickets"), "Personal data need a key of the company; this bucket uses the provider's."),
        Problem("patients-without-external-key", "Patients' studies are kept under keys inside the cloud.")
        .fail("SOV-004", s3("lumenar-dicom-pilot"), "Health data need an external key, and this bucket uses one in KMS.")
        .fail("SOV-004", azure_uid(CLINICAL, "Microsoft.Storage/storageAccounts/lumclinhealth"), "Health data need an external key, and this account uses one in a vault."),
        Problem("key-replica-in-virginia", "The multi-region key of the reader studies has a replica in Virginia.")
        .fail("KEY-004", kms_key("reader-studies", multi=True), "The same key material lies in us-east-1."),
        Problem("key-open-to-a-stranger", "A key made for a partner of 2024 still lets that partner in.")
        .fail("KEY-005", kms_key("exchange"), "An account that nobody trusts may use the key of a bucket with studies."),
        Problem("keys-not-rotated", "Two keys from before the key policy are never rotated.")
        .fail("KEY-006", kms_key("legacy"), "Automatic rotation of the key in KMS is off.")
        .fail("KEY-006", azure_uid(LAB, "Microsoft.KeyVault/vaults/kv-lum-scratch/keys/experiments"), "The key's policy notifies, but never rotates."),
        Problem("key-about-to-die", "The key of the retired PACS is to be destroyed while a disk still depends on it.")
        .fail("KEY-007", kms_key("retired-pacs"), "In December the disk can no longer be read."),
        Problem("keys-without-recovery", "A vault and a key can be destroyed at once.")
        .fail("KEY-008", azure_uid(LAB, "Microsoft.KeyVault/vaults/kv-lum-scratch"), "The vault has no purge protection.")
        .fail("KEY-008", gcp_key("short-lived"), "A day after the order the key is gone."),
        Problem("weak-transport", "Three stores take connections that are not encrypted, or barely.")
        .fail("KEY-011", s3("lumenar-plain-transport"), "The bucket's policy does not refuse plain HTTP.")
        .fail("KEY-011", azure_uid(CLINICAL, "Microsoft.Storage/storageAccounts/lumclinlegacy"), "The account accepts TLS 1.0.")
        .fail("KEY-011", f"//cloudsql.googleapis.com/projects/{ANALYTICS}/instances/legacy-dashboards", "The database allows unencrypted connections."),
        Problem("summer-school", "A summer school trained on studies without any key of the company.")
        .fail("KEY-009", vertex("customJobs", "summer-school"), "The job's disks are locked with the cloud's own key.")
        .fail("KEY-010", vertex("models", "summer-school"), "The model is locked with the cloud's own key.")
        .fail("RET-004", gs("lumenar-train-checkpoints-summer"), "The job ended in September, its checkpoints stay for ever.")
        .fail("RET-001", gs("lumenar-train-checkpoints-summer"), "No lifecycle rule deletes anything."),
        Problem("unknown-key-operator", "An external key is held by a company of which the policy records nothing.")
        .fail("SOV-005", gcp_key("foreign-manager"), "Nobody recorded who operates keys.cipherline.example."),
    ]  # fmt: skip


def _exposure() -> list[Problem]:
    demo = s3("lumenar-reader-demo")
    shared = arn("rds", "eu-central-1", DATA, "snapshot:annotations-for-audit")
    playground = azure_uid(LAB, "Microsoft.CognitiveServices/accounts/lumenar-playground")
    return [
        Problem("public-bucket", "For a conference, somebody opened a bucket with reader studies to everyone.", (2,))
        .fail("EXPO-001", demo, "Anyone on the internet can read the studies.")
        .fail("XFER-001", flow("share", demo, "public"), "What everybody may read is read from third countries too."),
        Problem("no-guard-of-the-account", "Because of the website's bucket, the account's block of public access is off.")
        .fail("GOV-003", f"arn:aws:s3::{DATA}:account-public-access-block", "The guard is there and prevents nothing."),
        Problem("public-container", "A container of a demo account lets anyone read its blobs.")
        .fail("EXPO-001", azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumlabdemo/blobServices/default/containers/open-demo"), "The container allows anonymous reads."),
        Problem("snapshot-shared", "A snapshot was shared with an auditor's account that nobody approved.", (2,))
        .fail("EXPO-002", shared, "An account that is not on the list may restore the whole database."),
        Problem("shared-with-strangers", "Studies are shared with parties that nobody approved.")
        .fail("EXPO-003", s3("lumenar-partner-dropzone"), "An account that is not on the list may read the bucket.")
        .fail("EXPO-003", dataset("partner_benchmark"), "Everybody at radiology-insights.example may read the dataset."),
        Problem("open-ai-account", "The playground for language models is open to the internet and takes keys.")
        .fail("EXPO-004", playground, "It answers every network and has no private way in.")
        .fail("EXPO-009", playground, "A key opens it, so nobody knows who used it."),
        Problem("open-endpoint", "A demo endpoint on Vertex AI has no private network.")
        .fail("EXPO-004", vertex("endpoints", "bone-age-open-demo"), "It answers on a public address."),
        Problem("notebook-with-address", "A notebook has a public address.")
        .fail("EXPO-005", azure_uid(LAB, "Microsoft.MachineLearningServices/workspaces/imaging-lab/computes/notebook-open"), "The compute instance was made with a public address."),
        Problem("open-control-plane", "The control plane of the annotation cluster is open to all networks.")
        .fail("EXPO-008", arn("eks", "eu-central-1", DATA, "cluster/annotation"), "0.0.0.0/0 is let in."),
        Problem("shared-keys", "Storage accounts can be opened with keys, or copied to other tenants.")
        .fail("EXPO-009", azure_uid(CLINICAL, "Microsoft.Storage/storageAccounts/lumclinlegacy"), "Shared keys are allowed.")
        .fail("EXPO-009", azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumlabcross"), "Copies to other tenants are allowed."),
    ]  # fmt: skip


def _artificial() -> list[Problem]:
    assistants = azure_uid(CLINICAL, "Microsoft.CognitiveServices/accounts/lumenar-assistants/deployments")
    drafting = azure_uid(LAB, "Microsoft.CognitiveServices/accounts/lumenar-drafting/deployments")
    overflow, batch = f"{assistants}/report-overflow", f"{drafting}/summaries"
    return [
        Problem("global-deployment", "A global deployment was added to take what the provisioned one cannot.", (2,))
        .fail("AI-001", overflow, "Prompts about patients may be computed in any region of the world.")
        .fail(
            "XFER-001",
            flow("inference", overflow, f"processing:{overflow}"),
            "Computing anywhere includes third countries, and nothing covers all of them.",
        ),
        Problem("spillover", "The provisioned deployment overflows to the global one.", (2,)).fail(
            "AI-003", f"{assistants}/report-main", "When it is full, requests leave the region that was chosen."
        ),
        Problem("global-batch", "Summaries were made by a global batch deployment, which is gone by November.", (1,))
        .fail("AI-001", batch, "Letters may be computed in any region of the world.")
        .fail(
            "XFER-001", flow("inference", batch, f"processing:{batch}"), "Computing anywhere includes third countries."
        ),
        Problem("unrecorded-model-vendor", "A model of DeepSeek answers prompts, and nobody recorded the vendor.").fail(
            "AI-016", f"{drafting}/reasoner", "The vendor of the model is not on the list of processors."
        ),
        Problem("model-called-public", "A model trained on studies was published under the label public.").fail(
            "AI-015",
            vertex("models", "bone-age-open"),
            "No assessment shows that nothing personal can be got out of it.",
        ),
    ]


def _life() -> list[Problem]:
    worklists = azure_uid(CLINICAL, "Microsoft.DBforPostgreSQL/flexibleServers/psql-worklists")
    vault = azure_uid(CLINICAL, "Microsoft.RecoveryServices/vaults/rsv-worklists")
    teaching = flow("replication", s3("lumenar-teaching-source"), s3("lumenar-teaching-cases"))
    consent = arn("elasticfilesystem", "eu-central-1", DATA, f"file-system/fs-{hexadecimal('efs/consent-scans', 17)}")
    return [
        Problem("never-deleted", "Two stores of studies have no end.")
        .fail("RET-001", s3("lumenar-research-backlog"), "No lifecycle rule deletes anything.")
        .fail("RET-001", dataset("reading_history"), "Tables of the dataset never expire."),
        Problem("hackathon", "The bucket of a hackathon had no lifecycle; by November it was deleted.", (1,))
        .fail("RET-001", s3("lumenar-hackathon"), "No lifecycle rule deletes anything."),
        Problem("forgotten-snapshot", "A snapshot made before a migration was never deleted.")
        .fail("RET-002", arn("rds", "eu-central-1", DATA, "snapshot:annotations-before-migration"), "It is more than a year old and no plan governs it."),
        Problem("orphaned-disks", "Disks of machines that are gone still hold studies.")
        .fail("RET-003", azure_uid(LAB, "Microsoft.Compute/disks/gpu-lab-0-data"), "The disk was detached in March.")
        .fail("RET-003", compute("zones/europe-west3-a/disks/old-preprocess"), "The disk was detached in May."),
        Problem("erasure-that-does-not-erase", "Deleted data stay readable.")
        .fail("RET-005", s3("lumenar-versions-forever"), "Old versions never expire.")
        .fail("RET-005", azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumlabcross"), "Deleted blobs can be brought back for 120 days."),
        Problem("locked-too-long", "Contracts are locked for eleven years.")
        .fail("RET-006", s3("lumenar-locked-contracts"), "The write-once lock is longer than the limit for personal data."),
        Problem("study-that-ended", "The study Orion ended in June, its data are still there.")
        .fail("RET-007", s3("lumenar-study-orion"), "The tag retain-until names a day that has passed."),
        Problem("no-class", "A bucket carries no tags at all.")
        .fail("CLS-001", s3("lumenar-inbox-misc"), "Nobody said what sort of data it holds."),
        Problem("teaching-cases", "Teaching cases are a copy of studies, labelled public.")
        .fail("CLS-002", teaching, "The copy has a milder label than its source, and no assessment."),
        Problem("anonymous-without-proof", "An export is called anonymous without an assessment.")
        .fail("CLS-003", s3("lumenar-anonymised-export"), "No assessment is on record; the statistics bucket has one."),
        Problem("critical-without-backup", "The scans of consent forms are critical and not backed up.")
        .fail("RSL-001", consent, "The file system's backup policy is off."),
        Problem("backup-beside-the-original", "Backups of the worklists lie unlocked in the same subscription.")
        .fail("RSL-002", flow("backup", worklists, vault), "Whoever takes over the subscription can delete both."),
        Problem("one-region", "What is critical stands in one region for each cloud.")
        .fail("RSL-004", f"arn:aws:iam::{DATA}:root", "The critical databases and files are all in Frankfurt.")
        .fail("RSL-004", f"/subscriptions/{CLINICAL}", "The critical worklists are in Germany West Central alone."),
        Problem("old-exit-plan", "The exit plan for Azure was last tested in June 2025.")
        .fail("RSL-007", f"/subscriptions/{CLINICAL}", "The last test is more than a year ago, and critical worklists depend on Azure.")
        .fail("RSL-007", f"/subscriptions/{LAB}", "The last test is more than a year ago, and the plan is one for the whole provider."),
    ]  # fmt: skip


def _accounts() -> list[Problem]:
    trail = arn("cloudtrail", "eu-central-1", RESEARCH, "trail/before-the-move")
    old = s3("lumenar-trails-before-the-move")
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
    for uid in CLUSTER_UIDS.values():
        seen.fail(
            "ACC-009",
            f"k8s://{uid}/account//{uid}",
            "No list of objects shows how the control plane of a cluster is set up.",
        )
    return [
        Problem("not-in-the-record", "Two stores of personal data are missing from the record of processing.")
        .fail("ACC-001", s3("lumenar-complaints"), "The bucket names no processing activity.")
        .fail("ACC-001", s3("lumenar-visitor-registry"), "It names an activity that the record does not have."),
        Problem("record-leaves-out-countries", "Copies lie in countries that the record of processing does not name.")
        .fail("ACC-001", s3("lumenar-annotation-mirror"), "India is not in the record of the training of models.")
        .fail("ACC-001", s3("lumenar-annotation-onward"), "Singapore is not in the record of the training of models.")
        .fail("ACC-001", s3("lumenar-trial-readings-us"), "The United States are not in the record of the training of models.")
        .fail("ACC-001", s3("lumenar-trial-exchange"), "Virginia: the United States are not in the record of the training of models.")
        .fail("ACC-001", s3("lumenar-checkpoints-overflow"), "Virginia: the United States are not in the record of the training of models.")
        .fail("ACC-001", gs("lumenar-weights-us"), "The United States are not in the record of the training of models.")
        .fail("ACC-001", arn("dynamodb", "us-east-1", DATA, "table/pseudonym-map"), "The United States are not in the record of staff and customers.")
        .fail("ACC-001", azure_uid(CLINICAL, "Microsoft.Storage/storageAccounts/lumbrazilpilot"), "Brazil is not in the record of the reading room.")
        .fail("ACC-001", azure_uid(CLINICAL, "Microsoft.DocumentDB/databaseAccounts/cosmos-reading-lists"), "A further region is not in the record of the reading room.")
        .fail("ACC-001", azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumuseastml"), "The United States are not in the record of the reading room."),
        Problem("record-leaves-out-the-scratch", "While it was there, the record did not name the country of the scratch account.", (1,))
        .fail("ACC-001", azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumusscratch"), "The United States are not in the record of the reading room."),
        Problem("record-leaves-out-the-archive", "The archive of the trials lies in countries that the record does not name.", (2,))
        .fail("ACC-001", gs("lumenar-trial-archive"), "The United States are not in the record of the training of models."),
        Problem("audit-archives-not-locked", "The archives of the audit logs of both projects can be emptied.")
        .fail("ACC-005", "//logging.googleapis.com/projects/lumenar-vision-train/sinks/audit-archive", "The log bucket that the sink fills is not locked.")
        .fail("ACC-005", "//logging.googleapis.com/projects/lumenar-analytics/sinks/audit-archive", "The log bucket that the sink fills is not locked."),
        Problem("no-audit-log", "The annotation cluster keeps no audit log of its control plane.")
        .fail("ACC-002", arn("eks", "eu-central-1", DATA, "cluster/annotation"), "Nobody could say who commanded the cluster."),
        Problem("unapproved-service", "Bedrock is in use in the research account, and nobody approved it.")
        .fail("GOV-008", f"arn:aws:iam::{RESEARCH}:root", "An inference profile of Bedrock was made; the service is not on the list."),
        Problem("reads-not-logged", "Auditing of the billing database is off.")
        .fail("ACC-003", azure_uid(CLINICAL, "Microsoft.Sql/servers/sql-billing"), "Nobody could say who read the personal data in it."),
        Problem("trail-before-the-move", "A trail of the research account was forgotten when the logs moved to Frankfurt.")
        .fail("ACC-004", flow("log", trail, old), "Its log files, which name people, go to Virginia.")
        .fail("ACC-005", trail, "It keeps no digests, and its bucket can be unlocked.")
        .fail("RES-002", old, "The bucket lies outside the EEA."),
        Problem("log-retention", "Two log stores keep too little.")
        .fail("ACC-006", f"//logging.googleapis.com/projects/{ANALYTICS}/locations/{HOME}/buckets/short", "Thirty days are too short to investigate a breach.")
        .fail("ACC-006", azure_uid(LAB, "Microsoft.OperationalInsights/workspaces/log-scratch"), "Thirty days are too short to investigate a breach."),
        Problem("region-guardrails", "The research subscription has only a trial of the location policy; the other one has a hole.")
        .fail("GOV-001", f"/subscriptions/{LAB}", "Nothing refuses regions outside the EEA there.")
        .fail("GOV-004", f"/subscriptions/{LAB}", "Nothing refuses AI deployments that compute anywhere.")
        .fail("GOV-007", f"/subscriptions/{LAB}", "Nothing forces customer keys or blocks public access there.")
        .fail("GOV-003", f"/subscriptions/{LAB}/providers/microsoft.authorization/policyassignments/locations-trial", "The assignment observes and refuses nothing.")
        .fail("GOV-002", azure_uid(CLINICAL, "Microsoft.Authorization/policyAssignments/locations-of-the-group"), "It lets in the United Kingdom and Switzerland."),
        Problem("scratch-account-in-virginia", "A scratch account in East US 2 was deleted by November.", (1,))
        .fail("RES-001", azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumusscratch"), "It held studies in a third country without a basis.")
        .fail("RES-002", azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumusscratch"), "It lay outside the EEA.")
        .fail("KEY-003", azure_uid(LAB, "Microsoft.Storage/storageAccounts/lumusscratch"), "Its key lay in the United States."),
        seen,
    ]  # fmt: skip
