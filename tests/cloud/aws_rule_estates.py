"""Two estates of a simulated AWS account: one in which every rule finds what it looks for, one in which all is well."""

from typing import Any

import aws_things as aws
from aws_answers import Answers
from aws_things import ACCOUNT, FAR, HOME, LONG_AGO, SECOND

FOREIGN = "999988887777"
TRUSTED = "210987654321"

BASE = f"""
allowed_countries = ["EEA"]
trusted_accounts = ["{TRUSTED}"]
approved_ai_services = ["bedrock", "sagemaker"]
external_key_classes = ["special_category"]
confidential_required_for = ["special_category"]
reid_tag = "reidentifies"
zero_retention_required = true
unclassified_as = "personal"
mandatory_services = ["s3"]
gpai_flop_notice = 1e23
criticality_metric = "endpoints"
[tag_map.data-classification]
personal = "personal"
pseudonymised = "pseudonymised"
health = "special_category"
anonymous = "anonymous"
public = "public"
[required_custody]
personal = "customer"
pseudonymised = "customer"
special_category = "external"
[retention_days]
personal = 730
pseudonymised = 730
special_category = 730
[required_boundary]
aws = ["aws"]
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
    aws.opt_out(cloud, "optOut")
    for region in (HOME, SECOND):
        aws.settings(cloud, region)
        aws.detector(cloud, region, "S3_DATA_EVENTS")
        cloud.given["bedrock.GetAccountDataRetention"][-1].says["mode"] = "none"
    cloud.say("s3control.GetPublicAccessBlock", {"PublicAccessBlockConfiguration": aws.CLOSED})
    main = aws.key(cloud, 1)
    other = aws.key(cloud, 2, SECOND)
    aws.key_store(cloud, "cks-1", aws.HOST)
    outside = aws.key(cloud, 3, origin="EXTERNAL_KEY_STORE", store="cks-1")
    several = aws.key(cloud, 4, replicas=[SECOND])
    well: dict[str, Any] = {"tls": True, "versions": 20, "days": 365, "log": "logs"}
    aws.bucket(cloud, "patients", key=main, data="personal", critical="true", copy="patients-2", **well)
    aws.bucket(cloud, "patients-2", SECOND, key=other, data="personal", critical="true", copy="patients", **well)
    aws.bucket(cloud, "research", key=several, data="pseudonymised", lock=30, **well)
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
    aws.table(cloud, "events", main, data="personal", recovery=True)
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
    kept = {"logGroupName": "/bedrock/calls", "roleArn": aws.ROLE}
    logged = {"cloudWatchConfig": kept, "textDataDeliveryEnabled": True}
    cloud.say("bedrock.GetModelInvocationLoggingConfiguration", {"loggingConfig": logged}, HOME)
    aws.guardrail(cloud, "filter")
    aws.datasync(cloud, "copy", "s3://patients/a/", "s3://patients-2/a/")
    aws.cluster(cloud, "gpu", main, good=True)
    return cloud


def failing() -> Answers:
    """An account in which everything is wrong that rules look for."""
    cloud = Answers()
    aws.account(cloud, HOME, FAR)
    where = aws.only_regions(HOME, FAR, spared=("s3:*", "bedrock:*"))
    aws.control(cloud, "p-regions", where)
    aws.control(cloud, "p-loose", aws.only_regions(HOME), on="")
    aws.opt_out(cloud, "optIn")
    for region in (HOME, FAR):
        aws.settings(cloud, region, closed=False)
    near = aws.key(cloud, 1, rotation=False, shared=FOREIGN)
    far = aws.key(cloud, 2, FAR, state="PendingDeletion")
    aws.key_store(cloud, "cks-1", "https://xks.keys.far")
    outside = aws.key(cloud, 3, origin="EXTERNAL_KEY_STORE", store="cks-1")
    several = aws.key(cloud, 4, replicas=[FAR])
    aws.bucket(cloud, "patients", data="personal", open_=True, versions=None, key=several, critical="true")
    aws.bucket(cloud, "lonely", data="personal", critical="true", lock=9999, tags={"retain-until": "2024-01-01"})
    aws.bucket(cloud, "genome", data="health", shared=FOREIGN)
    aws.bucket(cloud, "genome-locked", data="health", key=outside)
    aws.bucket(cloud, "untagged")
    aws.bucket(cloud, "open-data", data="public")
    aws.bucket(cloud, "weights", data="anonymous")
    aws.bucket(cloud, "abroad", FAR, data="personal", key=far)
    aws.bucket(cloud, "copied", data="personal", copy="copied-far", versions=None, markers="Disabled", critical="true")
    aws.bucket(cloud, "copied-far", FAR, data="personal")
    aws.bucket(cloud, "cohort", data="pseudonymised", copy="cohort-far", key=near)
    aws.bucket(cloud, "cohort-far", FAR, data="public")
    aws.bucket(cloud, "names", FAR, data="personal", tags={"reidentifies": "cohort"})
    aws.bucket(cloud, "checkpoints", FAR)
    aws.bucket(cloud, "logs", FAR, data="public")
    aws.found_by_macie(cloud, "open-data", hits=1)
    aws.trail(cloud, "logs", good=False)
    zone = f"{HOME}-ham-1a"
    aws.volume(cloud, "vol-1", None, data="personal")
    aws.volume(cloud, "vol-2", None, FAR, data="personal", critical="true", zone=f"{FAR}-lim-1a")
    aws.volume(cloud, "vol-3", near, data="personal", zone=zone)
    aws.snapshot(cloud, "snap-1", "vol-1", None, data="personal", shared=FOREIGN, made=LONG_AGO)
    aws.image(cloud, "ami-1", False, data="personal", shared=FOREIGN, made=LONG_AGO)
    aws.machine_types(cloud)
    aws.machine(cloud, "i-1", data="health", open_to="0.0.0.0/0", port=8888)
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
    aws.customised(cloud, "tuned", FAR, reads="s3://cohort/t/", writes="s3://checkpoints/b/", critical="true")
    aws.provisioned(cloud, "serving", f"arn:aws:bedrock:{HOME}::foundation-model/cohere.command", "cohere.command")
    aws.profile(cloud, "eu.claude", (HOME, "eu-central-2"), sort="SYSTEM_DEFINED")
    aws.profile(cloud, "global.claude", ("",), sort="SYSTEM_DEFINED")
    aws.called(cloud, "eu.claude", "global.claude", "amazon.titan")
    for region in (HOME, FAR):
        cloud.say("bedrock.GetAccountDataRetention", {"mode": "provider_data_share"}, region)
    aws.guardrail(cloud, "filter", across="us.guardrail.v1:0")
    aws.datasync(cloud, "copy", "s3://lonely/a/", "s3://abroad/a/")
    aws.cluster(cloud, "gpu", None, good=False)
    return cloud
