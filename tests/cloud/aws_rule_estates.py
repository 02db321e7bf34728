"""Two estates of a simulated AWS account: one in which every rule finds what it looks for, one in which all is well."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import aws_things as aws
from aws_answers import Answers
from aws_things import ACCOUNT, FAR, HOME, LONG_AGO, SECOND

FOREIGN = "999988887777"
TRUSTED = "210987654321"


def policy(**changes: str) -> str:
    """The organisation's policy. A change replaces the value of a setting, as it is written in the file."""
    settings = {
        "allowed_countries": '["EEA"]',
        "trusted_accounts": f'["{TRUSTED}"]',
        "approved_ai_services": '["bedrock", "sagemaker"]',
        "external_key_classes": '["special_category"]',
        "confidential_required_for": '["special_category"]',
        "reid_tag": '"reidentifies"',
        "zero_retention_required": "true",
        "unclassified_as": '"personal"',
        "mandatory_services": '["s3"]',
        "criticality_metric": '"accelerators"',
        "sovereign_level": "2",
        "transfer_register": "[]",
        "ropa": "[]",
        "anonymity_assessments": "[]",
        "exit_plans": "[]",
    }
    tables = {"custody": "customer", "boundary": "aws", "records": ""} | {
        k: v for k, v in changes.items() if k not in settings
    }
    settings |= {k: v for k, v in changes.items() if k in settings}
    head = "\n".join(f"{name} = {value}" for name, value in settings.items() if value)
    custody = "\n".join(f'{c} = "{tables["custody"]}"' for c in ("personal", "pseudonymised"))
    boundary = f'[required_boundary]\naws = ["{tables["boundary"]}"]'
    kept = f'[required_custody]\n{custody}\nspecial_category = "external"'
    return f"{head}\n{_TABLES}\n{kept}\n{boundary}\n{tables['records']}"


_TABLES = f"""
[tag_map.data-classification]
personal = "personal"
pseudonymised = "pseudonymised"
health = "special_category"
anonymous = "anonymous"
public = "public"
[retention_days]
personal = 730
pseudonymised = 730
special_category = 730
[[classify]]
name = "nowhere"
data_class = "public"
[[classify]]
name = "somewhere"
data_class = "personal"
[[accounts]]
id = "{ACCOUNT}"
entity = "Clinic"
country = "DE"
[[accounts]]
id = "{FOREIGN}"
entity = "Vendor Inc."
country = "US"
[[accounts]]
id = "{TRUSTED}"
entity = "Partner"
country = "FR"
[[processors]]
id = "aws"
vendor = "Amazon"
provider = "aws"
no_training_clause = true
[[processors]]
id = "anthropic"
vendor = "anthropic"
[[key_operators]]
match = "xks.keys.example"
name = "Keys GmbH"
country = "DE"
owner_third_country = false
[[key_operators]]
match = "xks.keys.far"
name = "Keys Inc."
country = "US"
owner_third_country = true
"""

_STORES = ("patients", "patients-2", "research", "genome", "checkpoints")
_KNOWN = [
    *(f"arn:aws:s3:::{name}" for name in _STORES),
    *(aws.arn(*pair) for pair in (
        ("rds", "db:patients"), ("rds", "db:p", SECOND), ("redshift", "cluster:dw"), ("es", "domain/search"),
        ("elasticfilesystem", "file-system/fs-1"), ("dynamodb", "table/events"),
    )),
]  # fmt: skip
_RECORDS = f"""
[[ropa]]
id = "research"
resources = {json.dumps(_KNOWN)}
countries = ["EEA"]
ends = 2030-01-01
[[anonymity_assessments]]
resource = "arn:aws:s3:::weights"
date = 2026-10-01
result = "anonymous"
[[exit_plans]]
provider = "aws"
tested = 2026-06-01
"""
_DECLARED = {"ropa": "", "anonymity_assessments": "", "exit_plans": "", "records": _RECORDS}
PASSING = (policy(**_DECLARED), policy(**_DECLARED, custody="provider"))
"""Under the second, keys of the provider are enough: whether a policy asks for keys of one's own, AWS does not say."""


def policy_of(copies: Sequence[Callable[[str], str]]) -> str:
    """The first policy of the passing estate, for copies of it: each function renames a text for one of them."""
    text = policy(**_DECLARED)
    for rename in copies:
        own = f'[[accounts]]\nid = "{ACCOUNT}"\nentity = "Clinic"\ncountry = "DE"\n'
        text += rename(own + _RECORDS.split("[[exit_plans]]")[0].replace('"research"', f'"research-{ACCOUNT}"'))
    return text


def _register(*, good: bool) -> str:
    """Entries for flows to the United States, one of each sort; `good`: all are in order."""
    later = "2030-01-01" if good else "2026-01-01"
    lines = [
        ("arn:aws:s3:::copied-far", "scc", "tia_date = 2026-07-01\ntia_result = \"positive\"" if good else ""),
        ("arn:aws:s3:::cohort-far", "dpf", f"dpf_certified_until = 2030-01-01\nexpires = {later}"),
        (aws.arn("rds", "db:p", FAR), "dpf", "scope_confirmed = true" if good else "scope_confirmed = false"),
        ("arn:aws:s3:::abroad", "scc" if good else "derogation", "tia_date = 2026-07-01\ntia_result = \"positive\""),
        (aws.arn("dynamodb", "table/events", FAR), "derogation" if good else "scc",
         "tia_date = 2026-07-01\ntia_result = \"measures_needed\""),
        ("arn:aws:s3:::stray", "derogation", ""),
        ("arn:aws:s3:::genome-locked", "scc", "tia_date = 2026-07-01\ntia_result = \"measures_needed\""),
    ]  # fmt: skip
    return "\n".join(
        f'[[transfer_register]]\nid = "{n}"\nimporter = "Recipient {n}"\ncountry = "US"\ntool = "{tool}"\n'
        f'assets = ["{uid}"]\ndata_classes = ["personal", "pseudonymised", "special_category"]\n{more}'
        for n, (uid, tool, more) in enumerate(lines)
    )


FAILING = (
    policy(sovereign_level="4", boundary="aws-eusc", approved_ai_services='["bedrock"]'),
    policy(allowed_countries='["EEA", "US"]'),
    policy(allowed_countries='["EEA", "US"]', transfer_register="", records=_register(good=False)),
    policy(allowed_countries='["EEA", "US"]', transfer_register="", records=_register(good=True)),
    policy(transfer_register="", records=_register(good=True)),
)

SITES = """
sites:
  - id: cellar
    name: Cellar
    country: DE
    city: Berlin
    operator: Clinic
    operator_country: DE
    clusters:
      - name: own
        gpus: [{{model: H100, count: {count}}}]
"""
"""Accelerators of one's own, beside which those of AWS are a share."""


def _base(name: str, region: str = HOME) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{name}"


def passing() -> Answers:
    """An account in which nothing is wrong, in two regions of the EEA."""
    cloud = Answers()
    aws.account(cloud, HOME, SECOND)
    aws.contact(cloud, "SECURITY")
    aws.organisation(cloud)
    aws.control(cloud, "p-regions", aws.only_regions(HOME, SECOND))
    theirs = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    closed = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": theirs}
    aws.control(cloud, "p-closed", {"Statement": [closed]}, sort="RESOURCE")
    unsealed = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    sealed = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Condition": unsealed}
    aws.control(cloud, "p-sealed", {"Statement": [sealed]})
    aws.opt_out(cloud, "optOut")
    kept = {"logGroupName": "/bedrock/calls", "roleArn": aws.ROLE}
    logged = {"cloudWatchConfig": kept, "textDataDeliveryEnabled": True}
    for region in (HOME, SECOND):
        aws.settings(cloud, region)
        aws.detector(cloud, region, "S3_DATA_EVENTS")
        cloud.say("bedrock.GetAccountDataRetention", {"mode": "none"}, region)
        cloud.say("bedrock.GetModelInvocationLoggingConfiguration", {"loggingConfig": logged}, region)
    cloud.say("s3control.GetPublicAccessBlock", {"PublicAccessBlockConfiguration": aws.CLOSED})
    main = aws.key(cloud, 1)
    other = aws.key(cloud, 2, SECOND)
    aws.key_store(cloud, "cks-1", aws.HOST)
    outside = aws.key(cloud, 3, origin="EXTERNAL_KEY_STORE", store="cks-1")
    several = aws.key(cloud, 4, replicas=[SECOND])
    well: dict[str, Any] = {"tls": True, "versions": 20, "days": 365, "log": "logs"}
    aws.bucket(
        cloud, "patients", key=main, data="personal", critical="true", copy="patients-2", until="2031-01-01", **well
    )
    aws.bucket(cloud, "patients-2", SECOND, key=other, data="personal", critical="true", copy="patients", **well)
    aws.bucket(cloud, "research", key=several, data="pseudonymised", lock=30, granted=(), **well)
    aws.bucket(cloud, "genome", key=outside, data="health", **well)
    aws.bucket(cloud, "open-data", data="public", **well)
    aws.bucket(cloud, "weights", data="anonymous", **well)
    aws.bucket(cloud, "checkpoints", key=main, data="pseudonymised", **well)
    aws.bucket(cloud, "logs", data="public", **{**well, "log": None}, lock=200)
    for name in ("open-data", "weights"):
        aws.found_by_macie(cloud, name, hits=0)
    aws.trail(cloud, "logs")
    aws.volume(cloud, "vol-1", main, data="personal", critical="true", at="i-1")
    aws.snapshot(cloud, "snap-1", "vol-1", main, data="personal", shared=TRUSTED)
    aws.image(cloud, "ami-1", True, key=main, data="personal", shared=TRUSTED)
    aws.machine_types(cloud)
    aws.machine(cloud, "i-1", data="personal")
    aws.machine(cloud, "i-2", type_="m7a.large", data="health", snp=True)
    aws.database(cloud, "patients", main, data="personal", critical="true", replica=aws.arn("rds", "db:p", SECOND))
    aws.database(cloud, "p", other, SECOND, data="personal", critical="true")
    aws.vault(cloud, "vault", main, locked=True)
    database = aws.arn("rds", "db:patients")
    aws.recovery_point(cloud, "point", "vault", database, main)
    aws.warehouse(cloud, "dw", main, data="personal", log="logs")
    aws.files(cloud, "fs-1", main, data="personal", tls=True, critical="true", backup=True)
    aws.recovery_point(cloud, "point2", "vault", aws.arn("elasticfilesystem", "file-system/fs-1"), main)
    aws.table(cloud, "events", main, data="personal", recovery=True, ends=True)
    aws.log_group(cloud, "/bedrock/calls", 365, other, SECOND)
    aws.domain(cloud, "search", main, good=True, data="personal")
    aws.log_group(cloud, "/aws/x", 365, main)
    aws.log_group(cloud, "/bedrock/calls", 365, main)
    aws.training(
        cloud, "train", reads="s3://research/x/", writes="s3://checkpoints/out/", checkpoints="s3://checkpoints/c/",
        key=main, data="pseudonymised",
    )  # fmt: skip
    aws.model(cloud, "diagnosis", weights="s3://checkpoints/out/train/output/model.tar.gz", data="pseudonymised",
              critical="true")  # fmt: skip
    aws.endpoint(cloud, "diagnosis", "diagnosis", capture="s3://patients/calls/", key=main, data="pseudonymised")
    aws.notebook(cloud, "lab", good=True, key_arn=main, data="pseudonymised")
    tuned, _ = aws.customised(cloud, "tuned", reads="s3://research/t/", writes="s3://checkpoints/b/", key=main,
                              data="pseudonymised")  # fmt: skip
    aws.provisioned(cloud, "serving", tuned, "amazon.titan-text-express-v1")
    aws.profile(cloud, "eu.claude", (HOME, SECOND), sort="SYSTEM_DEFINED")
    aws.profile(cloud, "global.claude", ("",), sort="SYSTEM_DEFINED")
    aws.called(cloud, "eu.claude")
    aws.provisioned(cloud, "claude", _base("anthropic.claude-v2"), "anthropic.claude-v2")
    aws.guardrail(cloud, "filter")
    aws.guardrail(cloud, "across", across="eu.guardrail.v1:0")
    aws.domain_of_studio(cloud, "d-1", "fs-1")
    aws.datasync(cloud, "copy", "s3://patients/a/", "s3://patients-2/a/")
    aws.cluster(cloud, "gpu", main, good=True)
    aws.node_group(cloud, "workers", "gpu")
    return cloud


def failing() -> Answers:
    """An account in which everything is wrong that rules look for."""
    cloud = Answers()
    cloud.refused.add("s3.GetBucketLocation")
    aws.account(cloud, HOME, SECOND, FAR)
    aws.opt_out(cloud, "optIn")
    for region in (HOME, SECOND, FAR):
        aws.settings(cloud, region, closed=False)
    near = aws.key(cloud, 1, rotation=False, shared=FOREIGN)
    far = aws.key(cloud, 2, FAR, state="PendingDeletion")
    aws.key_store(cloud, "cks-1", "https://xks.keys.far")
    outside = aws.key(cloud, 3, origin="EXTERNAL_KEY_STORE", store="cks-1")
    several = aws.key(cloud, 4, replicas=[FAR])
    aws.bucket(cloud, "patients", data="personal", open_=True, versions=None, key=several, critical="true")
    aws.bucket(cloud, "lonely", data="personal", critical="true", lock=9999, until="2024-01-01")
    aws.bucket(cloud, "genome", data="health", shared=FOREIGN)
    aws.bucket(cloud, "genome-locked", data="health", key=outside, shared=FOREIGN)
    aws.bucket(cloud, "lent", data="health", granted=[aws.STRANGER])
    aws.bucket(cloud, "untagged")
    aws.bucket(cloud, "open-data", data="public")
    aws.bucket(cloud, "weights", data="anonymous")
    aws.bucket(cloud, "abroad", FAR, data="personal", key=far)
    aws.bucket(cloud, "copied", data="personal", copy="copied-far", versions=None, markers="Disabled")
    aws.bucket(cloud, "copied-far", FAR, data="personal", copy="copied-farther")
    aws.bucket(cloud, "copied-farther", "ap-south-1")
    aws.bucket(cloud, "somewhere", "eu-nowhere-9")
    aws.bucket(cloud, "misc", FAR)
    aws.bucket(cloud, "stray", FAR)
    cloud.add("s3.ListBuckets", {"Name": "nowhere"})
    aws.bucket(cloud, "cohort", data="pseudonymised", copy="cohort-far", key=near)
    aws.bucket(cloud, "cohort-far", FAR, data="public")
    aws.bucket(cloud, "names", FAR, data="personal", tags={"reidentifies": "cohort"})
    aws.bucket(cloud, "checkpoints", FAR)
    aws.bucket(cloud, "logs", FAR, data="public")
    aws.found_by_macie(cloud, "open-data", hits=1)
    aws.trail(cloud, "logs", good=False)
    zone = f"{HOME}-ham-1a"
    aws.volume(cloud, "vol-1", None, data="personal")
    aws.volume(cloud, "vol-2", None, FAR, data="personal", zone=f"{FAR}-lim-1a")
    aws.volume(cloud, "vol-3", near, data="personal", zone=zone)
    aws.snapshot(cloud, "snap-1", "vol-1", None, data="personal", shared=FOREIGN, made=LONG_AGO)
    aws.image(cloud, "ami-1", False, data="personal", shared=FOREIGN, made=LONG_AGO)
    aws.machine_types(cloud)
    aws.machine(cloud, "i-1", data="health", open_to="0.0.0.0/0", port=8888)
    aws.machine(cloud, "i-3", FAR, type_="m7a.large", zone=f"{FAR}-lim-1a")
    aws.machine_types(cloud, FAR)
    aws.database(cloud, "patients", None, data="personal", critical="true", backups=0, open_=True,
                 replica=aws.arn("rds", "db:p", FAR))  # fmt: skip
    aws.database(cloud, "p", None, FAR, data="personal", backups=9999)
    aws.vault(cloud, "vault", near, locked=False)
    aws.recovery_point(cloud, "point", "vault", aws.arn("rds", "db:patients"), near)
    aws.vault(cloud, "vault", far, FAR, locked=False)
    aws.recovery_point(cloud, "point", "vault", aws.arn("s3", "lonely", "", ""), far, FAR)
    aws.warehouse(cloud, "dw", None, data="personal", open_=True)
    aws.files(cloud, "fs-1", None, data="personal", critical="true")
    aws.table(cloud, "events", None, data="personal", replicas=[FAR], critical="true")
    aws.table(cloud, "events", None, FAR, data="personal")
    aws.domain(cloud, "search", None, good=False, data="personal")
    aws.log_group(cloud, "/aws/x", None)
    aws.training(
        cloud, "train", FAR, reads="s3://cohort/x/", writes="s3://checkpoints/out/", checkpoints="s3://checkpoints/c/",
        isolated=False, encrypted=False, started=LONG_AGO, ended=LONG_AGO.replace(day=30),
        made=aws.arn("sagemaker", "model-package/big/1", FAR), count=400, type_="ml.p5.48xlarge",
    )  # fmt: skip
    aws.model(cloud, "diagnosis", FAR, weights="s3://checkpoints/out/train/output/model.tar.gz", data="public")
    aws.model(cloud, "orphan", weights="s3://weights/m/model.tar.gz")
    aws.endpoint(cloud, "diagnosis", "diagnosis", FAR)
    aws.endpoint(cloud, "watched", "orphan", capture="s3://abroad/calls/")
    aws.notebook(cloud, "lab", good=False, key_arn=None, data="personal")
    aws.training(cloud, "train-far", FAR, reads="s3://abroad/x/", writes="s3://misc/out/", isolated=False)
    aws.customised(cloud, "tuned", FAR, reads="s3://abroad/t/", writes="s3://misc/b/")
    aws.brought_in(cloud, "imported", critical="true")
    aws.provisioned(cloud, "serving", _base("cohere.command"), "cohere.command")
    aws.domain_of_studio(cloud, "d-1", "fs-2", FAR)
    aws.files(cloud, "fs-2", None, FAR, data="personal")
    aws.profile(cloud, "eu.claude", (HOME, "eu-central-2"), sort="SYSTEM_DEFINED")
    aws.profile(cloud, "global.claude", ("",), sort="SYSTEM_DEFINED")
    aws.called(cloud, "eu.claude", "global.claude", "amazon.titan")
    for region in (HOME, SECOND, FAR):
        cloud.say("bedrock.GetAccountDataRetention", {"mode": "provider_data_share"}, region)
    aws.guardrail(cloud, "filter", across="us.guardrail.v1:0")
    aws.datasync(cloud, "copy", "s3://lonely/a/", "s3://abroad/a/")
    aws.datasync(cloud, "once", "s3://lonely/b/", "s3://stray/b/", once=True)
    aws.cluster(cloud, "gpu", None, good=False)
    aws.node_group(cloud, "workers", "gpu")
    return cloud


def governed() -> Answers:
    """An account whose guardrails have holes, and in which a little lies outside of them."""
    cloud = Answers()
    aws.account(cloud, HOME, SECOND)
    aws.organisation(cloud)
    for region in (HOME, SECOND):
        aws.settings(cloud, region, closed=False)
    aws.control(cloud, "p-narrow", aws.only_regions(HOME, spared=("s3:*", "bedrock:*")))
    aws.control(cloud, "p-wide", aws.only_regions(HOME, FAR))
    aws.control(cloud, "p-loose", aws.only_regions(HOME), on="")
    aws.bucket(cloud, "beyond", SECOND, data="personal", critical="true")
    return cloud
