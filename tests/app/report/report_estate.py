# ruff: noqa: E501 - a table of invented things: one to a line
"""An invented estate that answers a report's questions: small and telling, or as large as asked."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from app.report.source import (
    Acceptance,
    ConnectionNote,
    EvidenceNote,
    FileRead,
    Head,
    Place,
    PlacedAsset,
    ScanNote,
    Versions,
)
from rules.judgement import Decision, Finding, Flow, Missing, Severity, Summary, Transfer, Verdict
from scanners.model import Asset, Coverage, CoverageStatus, Location, LocationKind

FRANKFURT = Place("aws:eu-central-1", "Frankfurt, Germany (eu-central-1)", ("DE",), "eea", "native", 50.11, 8.68)
DUBLIN = Place("aws:eu-west-1", "Dublin, Ireland (eu-west-1)", ("IE",), "eea", "native", 53.34, -6.26)
AMSTERDAM = Place("azure:westeurope", "Amsterdam, Netherlands (westeurope)", ("NL",), "eea", "native", 52.37, 4.90)
EEMSHAVEN = Place("gcp:europe-west4", "Eemshaven, Netherlands (europe-west4)", ("NL",), "eea", "native", 53.44, 6.83)
ZURICH = Place("gcp:europe-west6", "Zurich, Switzerland (europe-west6)", ("CH",), "adequate", "native", 47.38, 8.54)
HAMBURG = Place("on_prem:hall", "GPU hall, Hamburg, Germany", ("DE",), "eea", "declared", 53.55, 9.99)
FALUN = Place("coreweave:eu-north", "Falun, Sweden (EU-NORTH-01)", ("SE",), "eea", "declared", 60.6, 15.63)
VIRGINIA = Place(
    "aws:us-east-1", "Ashburn, United States (us-east-1)", ("US",), "adequate_partial", "native", 39.04, -77.49
)
IOWA = Place(
    "gcp:us-central1",
    "Council Bluffs, United States (us-central1)",
    ("US",),
    "adequate_partial",
    "native",
    41.26,
    -95.86,
)
SINGAPORE = Place("aws:ap-southeast-1", "Singapore (ap-southeast-1)", ("SG",), "third_country", "native", 1.35, 103.82)
EU_MULTI = Place(
    "gcp:EU",
    "European Union (EU, multi-region)",
    ("BE", "DE", "ES", "FI", "FR", "IT", "NL", "PL", "SE"),
    "eea",
    "fact",
    50.0,
    10.0,
)
GLOBAL = Place("azure:global", "Anywhere (global)", (), "unknown", "native", None, None, everywhere=True)
UNKNOWN = Place("unknown", "", (), "unknown", "metadata_only")
COUNTRIES = {
    "DE": "Germany", "IE": "Ireland", "NL": "Netherlands", "CH": "Switzerland", "US": "United States", "SG": "Singapore",
    "SE": "Sweden", "BE": "Belgium", "ES": "Spain", "FI": "Finland", "FR": "France", "IT": "Italy", "PL": "Poland",
    "AT": "Austria", "DK": "Denmark", "NO": "Norway", "GB": "United Kingdom",
}  # fmt: skip
LONG = (
    "arn-like-name-without-any-space/"
    + "segment-of-a-very-long-dataset-path-" * 4
    + "0123456789abcdefghijklmnopqrstuvw"
)


@dataclass(frozen=True)
class InventedRule:
    """A rule as a report sees it."""

    id: str
    title: str
    severity: Severity
    explanation: str
    law: Sequence[str]
    remediation: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def family(self) -> str:
        """The middle of the id."""
        return self.id.split("-")[1]


@dataclass(frozen=True)
class InventedProvision:
    """A provision as a report sees it."""

    id: str
    instrument: str
    article: str
    title: str
    paraphrase: str
    url: str = "http://data.europa.eu/eli/reg/2016/679/oj"
    status: str = ""
    unverified: bool = False

    @property
    def citation(self) -> str:
        """As people cite it."""
        return f"{self.instrument} Art. {self.article}"


RULES = [
    InventedRule(
        "SIT-XFER-001", "Personal data flows to a third country without any recorded transfer basis", Severity.CRITICAL,
        "Data that leave the EEA keep their protection only where a decision of the Commission or a safeguard stands behind "
        "the transfer. None is recorded for these flows, so each further day continues the infringement.",
        ("gdpr.art44", "gdpr.art46"),
        {"aws": "Stop the flow, or move its target to an allowed region. If it has to stay, conclude standard contractual clauses, "
                "assess the transfer, and add both to the register.",
         "azure": "Move the target to an allowed region, or record the basis of the transfer.",
         "gcp": "Choose an allowed location for the target bucket, or record the basis of the transfer."},
    ),
    InventedRule(
        "SIT-RES-001", "Personal data is stored in a country without an adequate level of protection", Severity.CRITICAL,
        "The data already lie under the law of a third country; authorities there may demand them.",
        ("gdpr.art44", "gdpr.art46", "gdpr.art5.2"),
        {"aws": "Copy the objects to a bucket in an allowed region, verify the copy, then delete the original and its versions.",
         "gcp": "Use bucket relocation or a transfer job to an allowed location."},
    ),
    InventedRule(
        "SIT-RES-002", "Data is stored outside the countries your organisation allows", Severity.HIGH,
        "Lawful under the GDPR perhaps, but contrary to your own documented decision.",
        ("gdpr.art24.1", "gdpr.art28.3.a"),
        {"aws": "Move the asset to an allowed region, then block the region for the whole organisation.",
         "azure": "Move or re-create the asset in an allowed region.", "gcp": "Relocate the asset."},
    ),
    InventedRule(
        "SIT-KEY-001", "Personal data is stored without encryption at rest", Severity.HIGH,
        "Whoever gets hold of the disk, or of a copy of it, can read the data.",
        ("gdpr.art32.1.a", "gdpr.art5.1.f"),
        {"on_prem": "Encrypt the file system and keep the key away from the machine.", "aws": "Switch on default encryption and rewrite the objects."},
    ),
    InventedRule(
        "SIT-AI-001", "An Azure AI deployment may process prompts anywhere in the world", Severity.HIGH,
        "A Global deployment sends each prompt to whichever region has room; its place of storage says nothing about its place of processing.",
        ("gdpr.art44", "gdpr.art28.3.a"),
        {"azure": "Create the deployment again as a regional or data-zone type, then delete the global one."},
    ),
    InventedRule(
        "SIT-KEY-006", "Encryption keys are not rotated", Severity.MEDIUM,
        "A key that never changes protects less with each year and each copy.",
        ("gdpr.art32.1.a",),
        {"aws": "Switch on yearly rotation.", "gcp": "Set a rotation period.", "azure": "Set a rotation policy."},
    ),
    InventedRule(
        "SIT-RET-001", "Nothing deletes personal data when its time has come", Severity.MEDIUM,
        "Storage limitation needs a setting or a recorded process; neither was found.",
        ("gdpr.art5.1.e",),
        {"aws": "Add a lifecycle rule.", "azure": "Add a lifecycle policy.", "gcp": "Add a lifecycle rule."},
    ),
    InventedRule("SIT-ACC-001", "Reads of personal data are not logged", Severity.LOW, "Without a log nobody can tell who has read what.", ("gdpr.art5.2",), {"aws": "Switch on data events."}),
]  # fmt: skip

PROVISIONS = {
    p.id: p
    for p in [
        InventedProvision("gdpr.art44", "GDPR", "44", "General principle for transfers", "No transfer, including onward transfer, unless Chapter V is met, so that the level of protection is not undermined."),
        InventedProvision("gdpr.art46", "GDPR", "46", "Transfers subject to appropriate safeguards", "Without adequacy a transfer needs safeguards with enforceable rights: standard clauses, binding rules, codes or certification."),
        InventedProvision("gdpr.art5.2", "GDPR", "5(2)", "Accountability", "The controller must be able to show that it keeps to the principles."),
        InventedProvision("gdpr.art5.1.e", "GDPR", "5(1)(e)", "Storage limitation", "Kept in a form that identifies people no longer than is needed."),
        InventedProvision("gdpr.art5.1.f", "GDPR", "5(1)(f)", "Integrity and confidentiality", "Processed with security against loss and unlawful access."),
        InventedProvision("gdpr.art24.1", "GDPR", "24(1)", "Responsibility of the controller", "The controller puts its own decisions into practice and can show it."),
        InventedProvision("gdpr.art28.3.a", "GDPR", "28(3)(a)", "Processor", "The processor acts on documented instructions only, transfers included.", unverified=True),
        InventedProvision("gdpr.art32.1.a", "GDPR", "32(1)(a)", "Security of processing", "Encryption and pseudonymisation as the risk demands."),
    ]
}  # fmt: skip


def digest(text: str) -> str:
    """A digest for an invented document."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class InventedSource:
    """Holds what it is given; `ReportSource` in memory."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self.items: list[PlacedAsset] = []
        self.found: list[Finding] = []
        self.moving: list[Flow] = []
        self.leaving: list[Transfer] = []
        self.cells: list[Coverage] = []
        self.accepted: list[Acceptance] = []
        self.read: list[FileRead] = []
        self.waiting: list[Decision] = []
        self.passes = 0
        self.not_applicable = 0
        self.rules = {r.id: r for r in RULES}

    def head(self) -> Head:
        return self._head

    def summary(self) -> Summary:
        verdicts = {v.value: 0 for v in Verdict} | {"pass": self.passes, "not_applicable": self.not_applicable}
        severities: dict[str, int] = {}
        families: dict[str, dict[str, int]] = {}
        for f in self.found:
            verdicts[f.verdict.value] += 1
            family = families.setdefault(f.rule.split("-")[1], {})
            family[f.verdict.value] = family.get(f.verdict.value, 0) + 1
            if f.verdict is Verdict.FAIL:
                severities[f.severity.value] = severities.get(f.severity.value, 0) + 1
        return Summary(self._head.as_of, verdicts, severities, families, {}, self.waiting)

    def assets(self) -> Iterable[PlacedAsset]:
        return iter(sorted(self.items, key=lambda p: p.asset.uid))

    def findings(self, with_passes: bool = False) -> Iterable[Finding]:
        return iter(self.found)

    def flows(self) -> Iterable[Flow]:
        return iter(self.moving)

    def transfers(self) -> Iterable[Transfer]:
        return iter(self.leaving)

    def coverage(self) -> Iterable[Coverage]:
        return iter(self.cells)

    def acceptances(self) -> Iterable[Acceptance]:
        return iter(self.accepted)

    def files(self) -> Iterable[FileRead]:
        return iter(self.read)

    def rule(self, rule_id: str) -> InventedRule | None:
        return self.rules.get(rule_id)

    def provision(self, law_id: str) -> InventedProvision | None:
        return PROVISIONS.get(law_id)

    def country(self, code: str) -> str | None:
        return COUNTRIES.get(code)

    def evidence(self, digest: str) -> EvidenceNote | None:
        return EvidenceNote(f"inventory-{int(digest[:2], 16) % 4}.json.gz, item {int(digest[:3], 16)}", "export", None)

    def proof(self) -> None:
        return None

    def add(self, name: str, kind: str, place: Place, provider: str = "aws", **more: object) -> PlacedAsset:
        """Adds an asset and returns it."""
        accounts = {
            "aws": "210987654321",
            "azure": "0f8a-research",
            "gcp": "meridian-train",
            "on_prem": "hall",
            "coreweave": "lease-7",
        }
        uid = f"{provider}:{kind}:{name}"
        attributes = more.pop("attributes", {})
        account = str(more.pop("account", accounts.get(provider, "x")))
        assert isinstance(attributes, dict)
        location = Location(LocationKind.REGION, region=place.key.split(":")[-1])
        asset = Asset(
            uid,
            provider,
            account,
            kind,
            kind,
            name,
            location,
            attributes,
            {},
            evidence=(digest(uid),),
        )
        placed = PlacedAsset(asset, place, **more)  # type: ignore[arg-type]
        self.items.append(placed)
        return placed

    def fail(
        self, rule: str, about: PlacedAsset | Flow, why: str, severity: Severity | None = None, **more: object
    ) -> None:
        """Adds a finding that fails."""
        self._finding(rule, Verdict.FAIL, about, why, severity, **more)

    def _finding(
        self,
        rule: str,
        verdict: Verdict,
        about: PlacedAsset | Flow,
        why: str = "",
        severity: Severity | None = None,
        **more: object,
    ) -> None:
        asset = about.asset.uid if isinstance(about, PlacedAsset) else None
        flow = about.id if isinstance(about, Flow) else None
        evidence = about.asset.evidence if isinstance(about, PlacedAsset) else about.evidence
        grave = severity or self.rules[rule].severity
        self.found.append(Finding(rule, verdict, grave, asset, flow, why, evidence=evidence, **more))  # type: ignore[arg-type]

    def flow(
        self, source: PlacedAsset, target: PlacedAsset | str, kind: str, status: str | None = None, **more: object
    ) -> Flow:
        """Adds a flow, and a transfer where a status is given."""
        name = target.asset.uid if isinstance(target, PlacedAsset) else target
        place = target.place if isinstance(target, PlacedAsset) else UNKNOWN
        flow = Flow(digest(source.asset.uid + name)[:16], kind, source.asset.uid, name, source.place.countries, place.countries,
                    source.place.status, place.status, source.data_class, evidence=source.asset.evidence, external=isinstance(target, str))  # fmt: skip
        self.moving.append(flow)
        if status is not None:
            self.leaving.append(Transfer(flow.id, place.countries[0] if place.countries else "", status, **more))  # type: ignore[arg-type]
        return flow


def head(sample: bool = True) -> Head:
    """The cover of the invented estate."""
    scan = ScanNote(
        "2026-11-22-1", datetime(2026, 11, 22, 9, 41, tzinfo=UTC), datetime(2026, 11, 22, 9, 52, tzinfo=UTC), False,
        [ConnectionNote("production-aws", "aws", True), ConnectionNote("research-azure", "azure", False, "the key vaults of two subscriptions refused to be listed"),
         ConnectionNote("training-google", "gcp", True), ConnectionNote("sites.yaml", "on_prem", True)],
    )  # fmt: skip
    versions = Versions(
        "0.1.0",
        digest("pack"),
        digest("catalogue"),
        digest("policy"),
        "built-in pack 1.0, 46 rules",
        "facts as of 22 November 2026",
        "policy.toml",
    )
    thresholds = (
        ("key_rotation_days", "365 days"),
        ("tia_max_age_days", "365 days"),
        ("log_retention", "180 to 730 days"),
    )
    allowed = ("AT", "BE", "CH", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "NL", "NO", "PL", "SE")
    return Head(
        date(2026, 11, 22), scan, versions, "Meridian Bildgebung GmbH, Hamburg", sample, allowed, thresholds, 46
    )


def telling(sample: bool = True) -> InventedSource:
    """About seventy assets with something of everything."""
    s = InventedSource(head(sample))
    held: dict[str, str] = {"custody": "customer", "data_class": "personal", "data_class_source": "tag"}
    key = s.add("alias/training", "key", FRANKFURT, custody="customer_hsm", attributes={"state": "enabled"})
    s.add("projects/meridian/keys/ring-1", "key", EEMSHAVEN, "gcp", custody="external", attributes={"state": "enabled"})
    s.add("vault-research", "key", AMSTERDAM, "azure", custody="customer", attributes={"state": "pending_destruction"})
    mri = s.add(
        "mri-raw-2024", "storage.bucket", FRANKFURT, **{**held, "data_class": "special_category"}, key=key.asset.uid
    )
    copy = s.add(
        "mri-raw-copy",
        "storage.bucket",
        VIRGINIA,
        custody="provider",
        data_class="special_category",
        data_class_source="inherited",
    )
    faces = s.add(
        "train-faces", "storage.bucket", SINGAPORE, custody="provider", data_class="personal", data_class_source="tag"
    )
    local = s.add(
        "scratch-nvme",
        "storage.filesystem",
        HAMBURG,
        "on_prem",
        custody="none",
        data_class="personal",
        data_class_source="policy",
    )
    long = s.add(LONG, "storage.bucket", DUBLIN, **held)
    greek = s.add("Δεδομένα-ακτινογραφιών", "database.instance", AMSTERDAM, "azure", **held)
    cyrillic = s.add(
        "обучение-модель-снимки", "ai.model", ZURICH, "gcp", data_class="pseudonymised", data_class_source="inherited"
    )
    s.add(
        "数据集-肺部", "warehouse", EU_MULTI, "gcp", data_class="personal", data_class_source="tag", custody="provider"
    )
    s.add("بيانات الأشعة", "storage.bucket", UNKNOWN, "on_prem", data_class="personal", data_class_source="policy")
    s.add(
        "report\u202egpj.exe <b>bold</b> & \x07bell",
        "storage.bucket",
        FRANKFURT,
        data_class="unclassified",
        custody="provider",
    )
    log = s.add("audit-log", "log.group", FRANKFURT, custody="customer")
    s.add("old-backup", "backup.vault", DUBLIN, custody="customer", stale=True)
    s.add(
        "nnunet-run-41",
        "training.job",
        FRANKFURT,
        data_class="special_category",
        data_class_source="inherited",
        processing=FRANKFURT,
    )
    s.add("annotate-nb", "training.notebook", DUBLIN, data_class="personal", data_class_source="inherited")
    chat = s.add(
        "assist-gpt",
        "ai.endpoint",
        AMSTERDAM,
        "azure",
        data_class="personal",
        data_class_source="policy",
        processing=GLOBAL,
        custody="provider",
    )
    for n in range(14):
        place, provider = [(FRANKFURT, "aws"), (DUBLIN, "aws"), (AMSTERDAM, "azure"), (EEMSHAVEN, "gcp")][n % 4]
        s.add(
            f"study-{n:03}-images",
            "storage.bucket",
            place,
            provider,
            **held,
            key=key.asset.uid if provider == "aws" else None,
        )
    cluster = s.add(
        "gpu-frankfurt",
        "compute.cluster",
        FRANKFURT,
        gpu_count=64,
        gpu_model="NVIDIA H100",
        operator="Amazon, US parent",
    )
    s.add(
        "p5-pool",
        "compute.nodegroup",
        FRANKFURT,
        gpu_count=64,
        gpu_model="NVIDIA H100",
        part_of=cluster.asset.uid,
        operator="Amazon, US parent",
    )
    s.add(
        "a3-pool",
        "compute.nodegroup",
        EEMSHAVEN,
        "gcp",
        gpu_count=32,
        gpu_model="NVIDIA H100",
        operator="Google, US parent",
    )
    s.add(
        "a3-spot-us",
        "compute.nodegroup",
        IOWA,
        "gcp",
        gpu_count=16,
        gpu_model="NVIDIA A100",
        operator="Google, US parent",
    )
    s.add(
        "leased-h200",
        "compute.cluster",
        FALUN,
        "coreweave",
        gpu_count=256,
        gpu_model="NVIDIA H200",
        operator="CoreWeave, US parent",
    )
    s.add("hall-1", "compute.cluster", HAMBURG, "on_prem", gpu_count=48, gpu_model="NVIDIA L40S", operator="own")
    s.add("nd-custom", "compute.instance", AMSTERDAM, "azure")
    s.items[-1].gpu_count = None
    flow = s.flow(mri, copy, "replication", "uncovered")
    second = s.flow(
        mri,
        faces,
        "training_read",
        "expired",
        importer="Annotate Pte. Ltd.",
        mechanism="scc",
        register_entry="SCC-2023-02",
        expires=date(2026, 3, 31),
        tia_date=date(2023, 3, 1),
    )
    s.flow(
        cyrillic,
        s.add(
            "us-eval",
            "storage.bucket",
            IOWA,
            "gcp",
            data_class="pseudonymised",
            data_class_source="inherited",
            custody="customer",
        ),
        "training_write",
        "covered",
        importer="Meridian Imaging Inc.",
        mechanism="scc",
        register_entry="SCC-2026-04",
        expires=date(2028, 3, 31),
        tia_date=date(2026, 3, 1),
    )
    s.flow(log, "external:logs.vendor.example", "log", "unknown")
    s.flow(greek, long, "backup")
    s.fail(
        "SIT-XFER-001",
        flow,
        "flow.dc = “special_category”; target in US (adequate_partial); register has no entry for US",
        related=("SIT-RES-001",),
    )
    s.fail("SIT-XFER-001", second, "entry SCC-2023-02 expired on 2026-03-31")
    s.fail(
        "SIT-RES-001",
        faces,
        "asset.dc = “personal”; place SG is a third country; register has no entry for SG and personal",
    )
    s.fail("SIT-RES-002", faces, "SG is not among the 14 allowed countries")
    s.fail("SIT-RES-002", copy, "US is not among the 14 allowed countries")
    s.fail("SIT-KEY-001", local, "asset.encrypted = false")
    s.fail("SIT-AI-001", chat, "asset.processing_scope = “global”")
    s.fail("SIT-KEY-006", key, "asset.rotation_state = “off”")
    for n in range(9):
        s.fail(
            "SIT-RET-001",
            s.items[15 + n],
            "asset.expire_days = null; asset.retention_declared was not set",
            potential=n % 4 == 0,
        )
    s.fail("SIT-RET-001", long, "asset.expire_days = null", severity=Severity.LOW)
    s._finding("SIT-ACC-001", Verdict.ACCEPTED, mri, acceptance="ACC-7")
    s.accepted.append(
        Acceptance(
            "ACC-7",
            "SIT-ACC-001",
            mri.asset.uid,
            "Reads pass a gateway of our own that logs them; reviewed with the data protection officer.",
            "J. Petersen",
            date(2026, 9, 1),
            date(2027, 3, 1),
        )
    )
    for n, item in enumerate(s.items[:12]):
        s._finding(
            "SIT-ACC-001",
            Verdict.NOT_CHECKED,
            item,
            missing=(Missing("asset.read_logging", "not_exported"),)
            if n % 2
            else (Missing("asset.read_logging", "denied", "cloudtrail:GetEventSelectors"),),
        )
        s._finding(
            "SIT-KEY-006",
            Verdict.NOT_CHECKED,
            item,
            missing=(Missing("asset.rotation_state", "denied", "Microsoft.KeyVault/vaults/keys/read"),),
        )
    s.waiting = [
        Decision("policy.retention_days", 31, ("SIT-RET-001", "SIT-RET-003")),
        Decision("policy.processors", 4, ("SIT-AI-016",)),
        Decision("policy.exit_plans", 3, ("SIT-RSL-007",)),
        Decision("policy.sovereign_level", 3, ("SIT-SOV-001",)),
    ]
    s.passes, s.not_applicable = 912, 143
    s.cells = [
        Coverage("production-aws", "aws", "210987654321", "eu-central-1", "s3", "storage.bucket", CoverageStatus.COLLECTED, 12),
        Coverage("production-aws", "aws", "210987654321", "eu-west-1", "s3", "storage.bucket", CoverageStatus.COLLECTED, 5),
        Coverage("production-aws", "aws", "210987654321", "eu-west-1", "sagemaker", "training.job", CoverageStatus.NOT_EXPORTED, 0, None, None, "AWS Config does not record training jobs"),
        Coverage("research-azure", "azure", "0f8a-research", "westeurope", "keyvault", "key", CoverageStatus.DENIED, 0, "Microsoft.KeyVault/vaults/keys/read", "rbac", "two vaults refused"),
        Coverage("training-google", "gcp", "meridian-train", "*", "storage", "storage.bucket", CoverageStatus.EMPTY),
    ]  # fmt: skip
    s.read = [
        FileRead("inventory-0.json.gz", "AWS Config snapshot", digest("a"), 48_113_204, 31),
        FileRead("resourcegraph.json", "Azure Resource Graph result", digest("b"), 2_410_332, 18),
        FileRead(
            "assets.ndjson",
            "Google Cloud Asset Inventory",
            digest("c"),
            912_004,
            20,
            "ended early at line 2,113; 20 assets before it were kept",
        ),
        FileRead("sites.yaml", "declared sites", digest("d"), 2_104, 4),
    ]
    return s


def large(findings: int) -> InventedSource:
    """As many findings as asked over a quarter as many assets, the same each time."""
    s = telling()
    places = [(FRANKFURT, "aws"), (DUBLIN, "aws"), (AMSTERDAM, "azure"), (EEMSHAVEN, "gcp"), (VIRGINIA, "aws")]
    rules = [r.id for r in RULES if "XFER" not in r.id]
    made: list[PlacedAsset] = []
    for n in range(max(1, findings // 4)):
        place, provider = places[n % 5]
        made.append(
            s.add(
                f"dataset-{n:06}-{digest(str(n))[:12]}",
                "storage.bucket",
                place,
                provider,
                data_class="personal",
                data_class_source="tag",
                custody="provider",
            )
        )
    for n in range(findings - sum(f.verdict is Verdict.FAIL for f in s.found)):
        about = made[n % len(made)]
        s.fail(
            rules[n % len(rules)],
            about,
            f"asset.expire_days = null; asset.gpu_count = {n}; place {about.place.key} seen",
        )
    return s
