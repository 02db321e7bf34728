"""Normalisers of AWS: recorded answers, and documents of any content."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.aws import document_types
from scanners.aws.subject import place
from scanners.documents import Origin, observe, project
from scanners.exports.awscasing import Casing
from scanners.model import RELATIONS, Asset, LocationKind, Relation, problems

TYPES = document_types()
ORIGIN = Origin("test", "recording", "test", "644160558196", "us-east-1")

RECORDED = (  # (service, operation, path of the documents in the body, native type)
    ("ec2", "DescribeVolumes", "Volumes", "AWS::EC2::Volume"),
    ("ec2", "DescribeInstances", "Reservations.Instances", "AWS::EC2::Instance"),
    ("ec2", "DescribeSnapshots", "Snapshots", "AWS::EC2::Snapshot"),
    ("ec2", "DescribeCapacityReservations", "CapacityReservations", "AWS::EC2::CapacityReservation"),
    ("ec2", "DescribeVpcs", "Vpcs", "AWS::EC2::VPC"),
    ("ec2", "DescribeVpcPeeringConnections", "VpcPeeringConnections", "AWS::EC2::VPCPeeringConnection"),
    ("ec2", "DescribeVpcEndpoints", "VpcEndpoints", "AWS::EC2::VPCEndpoint"),
    ("rds", "DescribeDBInstances", "DBInstances", "AWS::RDS::DBInstance"),
    ("rds", "DescribeDBClusters", "DBClusters", "AWS::RDS::DBCluster"),
    ("rds", "DescribeDBSnapshots", "DBSnapshots", "AWS::RDS::DBSnapshot"),
    ("rds", "DescribeDBClusterSnapshots", "DBClusterSnapshots", "AWS::RDS::DBClusterSnapshot"),
    ("dynamodb", "DescribeTable", "Table", "AWS::DynamoDB::Table"),
    ("kms", "DescribeKey", "KeyMetadata", "AWS::KMS::Key"),
    ("efs", "DescribeFileSystems", "FileSystems", "AWS::EFS::FileSystem"),
    ("redshift", "DescribeClusters", "Clusters", "AWS::Redshift::Cluster"),
    ("redshift", "DescribeClusterSnapshots", "Snapshots", "AWS::Redshift::ClusterSnapshot"),
    ("eks", "DescribeCluster", "cluster", "AWS::EKS::Cluster"),
    ("ecs", "DescribeClusters", "clusters", "AWS::ECS::Cluster"),
    ("ecr", "DescribeRepositories", "repositories", "AWS::ECR::Repository"),
    ("batch", "DescribeComputeEnvironments", "computeEnvironments", "AWS::Batch::ComputeEnvironment"),
    ("sagemaker", "DescribeNotebookInstance", "", "AWS::SageMaker::NotebookInstance"),
    ("sagemaker", "DescribeDomain", "", "AWS::SageMaker::Domain"),
    ("sagemaker", "DescribeModel", "", "AWS::SageMaker::Model"),
    ("sagemaker", "DescribeEndpointConfig", "", "AWS::SageMaker::EndpointConfig"),
    ("bedrock-agent", "GetKnowledgeBase", "knowledgeBase", "AWS::Bedrock::KnowledgeBase"),
    ("bedrock", "ListInferenceProfiles", "inferenceProfileSummaries", "AWS::Bedrock::ApplicationInferenceProfile"),
    ("bedrock", "GetGuardrail", "", "AWS::Bedrock::Guardrail"),
    ("cloudtrail", "DescribeTrails", "trailList", "AWS::CloudTrail::Trail"),
    ("secretsmanager", "DescribeSecret", "", "AWS::SecretsManager::Secret"),
    ("backup", "ListBackupVaults", "BackupVaultList", "AWS::Backup::BackupVault"),
    ("backup", "GetBackupPlan", "", "AWS::Backup::BackupPlan"),
    ("kinesis", "DescribeStream", "StreamDescription", "AWS::Kinesis::Stream"),
    ("firehose", "DescribeDeliveryStream", "DeliveryStreamDescription", "AWS::KinesisFirehose::DeliveryStream"),
    ("es", "DescribeElasticsearchDomains", "DomainStatusList", "AWS::Elasticsearch::Domain"),
    ("kafka", "ListClustersV2", "ClusterInfoList", "AWS::MSK::Cluster"),
    ("glue", "GetJobs", "Jobs", "AWS::Glue::Job"),
    ("appflow", "DescribeFlow", "", "AWS::AppFlow::Flow"),
    ("athena", "GetWorkGroup", "WorkGroup", "AWS::Athena::WorkGroup"),
    ("iam", "ListRoles", "Roles", "AWS::IAM::Role"),
    ("iam", "GetRole", "Role", "AWS::IAM::Role"),
)


def times(value: Any) -> Any:
    """Times as boto3 gives them."""
    if isinstance(value, list):
        return [times(item) for item in value]
    if isinstance(value, dict):
        if value.get("__class__") == "datetime":
            return datetime(*(value[p] for p in ("year", "month", "day", "hour", "minute", "second")), tzinfo=UTC)
        return {key: times(item) for key, item in value.items()}
    return value


def documents(value: Any, path: str) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from documents(item, path)
    elif path:
        step, _, rest = path.partition(".")
        yield from documents(value.get(step, []), rest)
    else:
        yield value


def normalised(document: Any, native: str, origin: Origin = ORIGIN) -> tuple[Asset, list[Relation]]:
    """The asset of a document, and its relations."""
    found = list(TYPES[native].normalise(project(document, TYPES[native].members), origin))
    [asset] = [item for item in found if isinstance(item, Asset)]
    return asset, [item for item in found if isinstance(item, Relation)]


def check(items: list[Any], native: str) -> None:
    for item in items:
        if isinstance(item, Asset):
            assert item.kind in TYPES[native].kinds
            assert problems(item.kind, item.attributes) == []
            assert item.native_type.startswith("AWS::")
            assert item.uid
        elif isinstance(item, Relation):
            assert item.type in RELATIONS
            assert item.source
            assert item.target


@pytest.mark.parametrize(("service", "operation", "path", "native"), RECORDED, ids=[f"{r[0]}-{r[1]}" for r in RECORDED])
def test_recorded_answers(recordings: Path, service: str, operation: str, path: str, native: str) -> None:
    files = sorted((recordings / "aws" / service).glob(f"{operation}.*.json"))
    assert files
    seen = 0
    for file in files:
        recording = json.loads(file.read_text(encoding="utf-8"))
        body = times(recording["body"])
        if (recording["status"] or 200) >= 400 or "Error" in body:
            continue
        for document in documents(body, path):
            items = list(observe(document, TYPES[native], ORIGIN))
            check(items, native)
            assets = [item for item in items if isinstance(item, Asset)]
            assert len(assets) == 1
            assert assets[0].uid.startswith("arn:aws")
            assert not assets[0].uid.endswith(("/", ":", ":unknown"))
            assert assets[0].evidence
            seen += 1
    assert seen or "Error" in body


def body(recordings: Path, name: str) -> dict[str, Any]:
    return times(json.loads((recordings / "aws" / f"{name}.json").read_text(encoding="utf-8"))["body"])


def test_facts_of_recorded_machines_and_disks(recordings: Path) -> None:
    there = replace(ORIGIN, region="us-east-2")
    disk, relations = normalised(body(recordings, "ec2/DescribeVolumes.1")["Volumes"][0], "AWS::EC2::Volume", there)
    assert disk.uid == "arn:aws:ec2:us-east-2:644160558196:volume/vol-007bb55074a82aafb"
    assert disk.attributes == {"encrypted": False, "custody": "none", "attached": True}
    assert (disk.location.kind, disk.location.zone, disk.tags) == (LocationKind.ZONE, "us-east-2c", {"Status": "OK"})
    assert [(r.type, r.target) for r in relations] == [
        ("member_of", "arn:aws:ec2:us-east-2:644160558196:instance/i-0340f8e495ec140b7")
    ]
    machine, _ = normalised(
        body(recordings, "ec2/DescribeInstances.2")["Reservations"][0]["Instances"][0], "AWS::EC2::Instance"
    )
    assert machine.attributes["public_ip"] is True


def test_facts_of_recorded_stores(recordings: Path) -> None:
    database, _ = normalised(body(recordings, "rds/DescribeDBInstances.1")["DBInstances"][0], "AWS::RDS::DBInstance")
    assert database.attributes["backup_retention_days"] == 7
    assert database.location.zone == "us-west-2a"
    files, relations = normalised(
        body(recordings, "efs/DescribeFileSystems.1")["FileSystems"][0], "AWS::EFS::FileSystem"
    )
    assert files.attributes["encrypted"] is True
    assert "custody" not in files.attributes
    assert [r.target for r in relations] == [
        "arn:aws:kms:us-west-1:644160558196:key/2efff357-0be1-4cf2-bbc2-ba2165717d84"
    ]
    trail, relations = normalised(
        body(recordings, "cloudtrail/DescribeTrails.2")["trailList"][0], "AWS::CloudTrail::Trail"
    )
    assert trail.attributes == {"covers_all_regions": True, "integrity_validation": True}
    assert {(r.type, r.target) for r in relations} >= {
        ("logs_to", "arn:aws:s3:::aws-controltower-logs-644160558196-us-east-1"),
        ("logs_to", "arn:aws:logs:us-east-1:644160558196:log-group:aws-controltower/CloudTrailLogs"),
    }


@pytest.mark.parametrize(
    ("selectors", "whole"),
    [
        ([{}], True),
        ([{"eventSource": None}], True),  # leaves a source out
        ([{"eventSource": ["iam.amazonaws.com"]}], False),
        ([{"readOnly": ["true"]}], False),
        ([{"readOnly": ["true"]}, {"readOnly": ["false"]}], True),
        ([{"eventName": None}], False),
    ],
)
def test_a_trail_of_some_management_events_is_none_of_all(selectors: list[dict[str, Any]], whole: bool) -> None:
    fields = [
        [
            {"Field": "eventCategory", "Equals": ["Management"]},
            *({"Field": name, **({} if equals is None else {"Equals": equals})} for name, equals in narrowed.items()),
        ]
        for narrowed in selectors
    ]
    document = {"Name": "t", "AdvancedEventSelectors": [{"FieldSelectors": each} for each in fields]}
    trail, _ = normalised(document, "AWS::CloudTrail::Trail")
    assert trail.attributes == {"management_events": whole}


def test_a_trail_that_cannot_deliver_is_not_active() -> None:
    for error, active in ((None, True), ("", True), ("AccessDenied", False)):
        document = {"Name": "t", "IsLogging": True, "LatestDeliveryError": error}
        assert normalised(document, "AWS::CloudTrail::Trail")[0].attributes == {"active": active}
    assert normalised({"Name": "t"}, "AWS::CloudTrail::Trail")[0].attributes == {}


def test_facts_of_recorded_ai(recordings: Path) -> None:
    served, relations = normalised(
        body(recordings, "sagemaker/DescribeEndpointConfig.1"), "AWS::SageMaker::EndpointConfig"
    )
    assert served.attributes["instance_type"] == "ml.m4.xlarge"
    assert {r.type for r in relations} == {"encrypted_by", "deployed_as"}
    notebook, _ = normalised(
        body(recordings, "sagemaker/DescribeNotebookInstance.2"), "AWS::SageMaker::NotebookInstance"
    )
    assert notebook.attributes == {
        "linked_stores": [],
        "instance_type": "ml.t2.medium",
        "internet_access": True,
        "root_access": True,
        "attached": False,
    }
    cluster, _ = normalised(body(recordings, "eks/DescribeCluster.3")["cluster"], "AWS::EKS::Cluster")
    assert (cluster.attributes["api_public"], cluster.attributes["audit_logging"]) == (True, True)
    assert "secrets_encrypted" not in cluster.attributes


@pytest.mark.parametrize(
    ("region", "zone", "kind"),
    [
        ("eu-central-1", "eu-central-1a", LocationKind.ZONE),
        ("eu-north-1", "eu-north-1-hel-1a", LocationKind.EDGE),
        ("eu-central-1", "eu-central-1-wl1-ber-wlz-1", LocationKind.EDGE),
        ("eusc-de-east-1", "eusc-de-east-1b", LocationKind.ZONE),
        ("eu-west-1", "Regional", LocationKind.REGION),
        ("eu-west-1", None, LocationKind.REGION),
        (None, "eu-west-1b", LocationKind.ZONE),
        ("global", None, LocationKind.GLOBAL),
        (None, None, LocationKind.UNKNOWN),
    ],
)
def test_places(region: str | None, zone: str | None, kind: LocationKind) -> None:
    found = place(region, zone)
    assert found.kind is kind
    if kind is LocationKind.ZONE:
        assert found.region is not None
        assert found.zone == zone


def test_a_zone_of_another_region_is_no_place() -> None:
    """The region's own interface answered; a zone elsewhere in the answer is left from where the thing was made."""
    found = place("us-east-1", "eu-west-1a")
    assert (found.kind, found.region, found.zone) == (LocationKind.REGION, "us-east-1", None)


def test_an_outpost_is_not_in_its_region() -> None:
    document = {"VolumeId": "vol-1", "AvailabilityZone": "eu-west-1a", "OutpostArn": "arn:aws:outposts:x"}
    asset, _ = normalised(document, "AWS::EC2::Volume")
    assert (asset.location.kind, asset.location.evidence) == (LocationKind.ON_PREM, "metadata_only")


GUARDS_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
GUARDS_OFF = dict.fromkeys(GUARDS_ON, False)
OPEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
EVERYONE = [
    {"Permission": "READ", "Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}
]
OWNER_ONLY = [{"Permission": "FULL_CONTROL", "Grantee": {"Type": "CanonicalUser", "ID": "1"}}]


UNGUARDED: dict[str, Any] = dict.fromkeys(("PublicAccessBlockConfiguration", "AccountPublicAccessBlockConfiguration"))
IGNORED = {**UNGUARDED, "PublicAccessBlockConfiguration": {**GUARDS_OFF, "IgnorePublicAcls": True}}
PREFERRED = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"PublicAccessBlockConfiguration": GUARDS_ON}, "none"),
        ({"PublicAccessBlockConfiguration": GUARDS_ON, "Policy": OPEN, "Grants": EVERYONE}, "none"),
        ({"AccountPublicAccessBlockConfiguration": GUARDS_ON, "Policy": OPEN, "Grants": EVERYONE}, "none"),
        ({"Policy": None, "Grants": OWNER_ONLY}, None),
        ({"Policy": None, "Grants": OWNER_ONLY, **UNGUARDED}, None),  # each object may have a list of its own
        ({"Policy": None, "OwnershipControls": PREFERRED, "Grants": OWNER_ONLY, **UNGUARDED}, None),
        ({"Policy": None, "OwnershipControls": PREFERRED, "Grants": EVERYONE, **UNGUARDED}, "public"),
        ({"Policy": None, "OwnershipControls": PREFERRED, "Grants": OWNER_ONLY, **IGNORED}, "none"),
        ({"Policy": None, "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}, "none"),
        ({"Policy": OPEN, "Grants": OWNER_ONLY}, None),
        (
            {
                "Policy": OPEN,
                "Grants": OWNER_ONLY,
                "PublicAccessBlockConfiguration": GUARDS_OFF,
                "AccountPublicAccessBlockConfiguration": None,
            },
            "public",
        ),
        (
            {
                "Policy": None,
                "Grants": EVERYONE,
                "PublicAccessBlockConfiguration": None,
                "AccountPublicAccessBlockConfiguration": GUARDS_OFF,
            },
            "public",
        ),
        ({"Policy": None}, None),
        ({"Grants": OWNER_ONLY}, None),
        ({}, None),
    ],
)
def test_public_access_of_buckets(members: dict[str, Any], expected: str | None) -> None:
    asset, _ = normalised({"Name": "b", **members}, "AWS::S3::Bucket")
    assert asset.attributes.get("public_access") == expected


def _granted(identity: str | None = None, uri: str | None = None) -> dict[str, Any]:
    who = {"Type": "CanonicalUser", "ID": identity} if identity else {"Type": "Group", "URI": uri}
    return {"Permission": "READ", "Grantee": who}


ENFORCED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
LOG_DELIVERY = _granted(uri="http://acs.amazonaws.com/groups/s3/LogDelivery")
CLOUDFRONT = _granted("c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0")
FROM_NETWORK = {"Statement": [{**OPEN["Statement"][0], "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}]}
OF_OWN = {
    "Statement": [{**OPEN["Statement"][0], "Condition": {"StringEquals": {"aws:PrincipalAccount": "644160558196"}}}]
}
UNJUDGED = {"Statement": [{**OPEN["Statement"][0], "Condition": {"StringLike": {"aws:UserAgent": "x*"}}}]}


@pytest.mark.parametrize(
    ("members", "outsiders", "whole"),
    [
        ({"Policy": None, "OwnershipControls": ENFORCED}, [], True),
        ({"Policy": None, "OwnershipControls": ENFORCED, "Owner": {"ID": "1"}, "Grants": [_granted("2")]}, [], True),
        # While lists count, each object may have one that lets others in: no guard keeps named accounts out.
        ({"Policy": None, "Owner": {"ID": "1"}, "Grants": OWNER_ONLY}, [], False),
        ({"Policy": None, "Owner": {"ID": "1"}, "Grants": [*OWNER_ONLY, LOG_DELIVERY, CLOUDFRONT]}, [], False),
        ({"Policy": None, "Owner": {"ID": "1"}, "Grants": [*OWNER_ONLY, _granted("2")]}, ["account:2"], False),
        ({"Policy": None, "Owner": {"ID": "1"}, "Grants": EVERYONE}, [], False),  # behind the guards
        ({"Policy": FROM_NETWORK, "OwnershipControls": ENFORCED}, [], False),  # whoever is in that network
        ({"Policy": OF_OWN, "OwnershipControls": ENFORCED}, [], True),
        ({"Policy": None, "Grants": OWNER_ONLY}, [], False),  # whose list it is was not read
        ({"Policy": None, "Owner": {"ID": "1"}, "Grants": [_granted(uri="http://else/groups/x")]}, [], False),
        ({"Policy": None}, [], False),
        ({"Policy": "{no policy", "OwnershipControls": ENFORCED}, [], False),
        ({"Policy": UNJUDGED, "PolicyStatus": {"IsPublic": False}, "OwnershipControls": ENFORCED}, [], False),
        ({"OwnershipControls": ENFORCED}, [], False),
    ],
)
def test_who_else_reads_a_bucket_is_whole_only_with_its_access_list(
    members: dict[str, Any], outsiders: list[str], whole: bool
) -> None:
    asset, relations = normalised(
        {"Name": "b", "PublicAccessBlockConfiguration": GUARDS_ON, **members}, "AWS::S3::Bucket"
    )
    assert asset.attributes["public_access"] == "none"
    assert [relation.target for relation in relations if relation.type == "shared_with"] == outsiders
    assert ("relations_read" not in asset.attributes) is whole


def test_a_bucket_that_its_list_opens_to_everybody_is_shared_with_the_public() -> None:
    open_ = {"PublicAccessBlockConfiguration": None, "AccountPublicAccessBlockConfiguration": None}
    document = {"Name": "b", "Policy": None, "Owner": {"ID": "1"}, "Grants": [*OWNER_ONLY, *EVERYONE], **open_}
    asset, relations = normalised(document, "AWS::S3::Bucket")
    assert asset.attributes["public_access"] == "public"
    assert [(relation.type, relation.target) for relation in relations] == [("shared_with", "public")]


def test_a_bucket_that_was_not_asked_about_is_unknown_throughout() -> None:
    asset, relations = normalised({"Name": "b"}, "AWS::S3::Bucket")
    assert asset.attributes == {}
    assert relations == []
    assert not isinstance(asset.tags, dict)


def test_lifecycle_versioning_and_lock_of_buckets() -> None:
    rules = [
        {"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 90}},
        {"Status": "Enabled", "Expiration": {"Days": 30}, "NoncurrentVersionExpiration": {"NoncurrentDays": 7}},
        {"Status": "Disabled", "Expiration": {"Days": 1}},
        {"Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 2}},
    ]
    document = {
        "Name": "b",
        "LifecycleConfiguration": {"Rules": rules},
        "Versioning": {},
        "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 2}}},
    }
    asset, _ = normalised(document, "AWS::S3::Bucket")
    assert asset.attributes == {
        "versioning": False,
        "expire_days": 30,
        "noncurrent_expire_days": 7,
        "soft_delete_days": 0,
        "lock_days": 730,
        "immutable": True,
    }
    document["Versioning"] = {"Status": "Suspended"}  # old versions are still there
    assert normalised(document, "AWS::S3::Bucket")[0].attributes["soft_delete_days"] == 7
    suspended, _ = normalised({"Name": "b", "Versioning": {"Status": "Suspended"}}, "AWS::S3::Bucket")
    assert suspended.attributes == {"versioning": False}
    kept = {"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 5}}
    some, _ = normalised({"Name": "b", "LifecycleConfiguration": {"Rules": [kept]}}, "AWS::S3::Bucket")
    assert some.attributes["noncurrent_expire_days"] is None  # five old versions stay for good
    none, _ = normalised({"Name": "b", "LifecycleConfiguration": None}, "AWS::S3::Bucket")
    assert none.attributes == {"expire_days": None, "noncurrent_expire_days": None}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)


def shaped(members: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Documents that have the declared members, with values of any kind at any depth."""
    heads: dict[str, list[str]] = {}
    for declared in members:
        step, _, rest = declared.rsplit(":", 1)[-1].replace("[]", "").partition(".")
        heads.setdefault(step, []).extend([rest] if rest else [])
    inner = {
        step: st.one_of(JSON, shaped(tuple(below)), st.lists(shaped(tuple(below)), max_size=2)) if below else JSON
        for step, below in heads.items()
    }
    return st.fixed_dictionaries({}, optional=inner)


@pytest.mark.parametrize("native", sorted(TYPES))
def test_no_document_raises(native: str) -> None:
    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(shaped(TYPES[native].members))
    def run(document: dict[str, Any]) -> None:
        check(list(TYPES[native].normalise(project(document, TYPES[native].members), ORIGIN)), native)
        check(list(TYPES[native].normalise(Casing(TYPES[native].members).conform(document), ORIGIN)), native)

    run()


def test_casing_gives_what_projection_gives() -> None:
    for kind in TYPES.values():
        casing = Casing(kind.members)
        document = {"x": 1}
        for declared in kind.members:
            steps = declared.rsplit(":", 1)[-1].replace("[]", "").split(".")
            at: Any = document
            for step in steps[:-1]:
                at = at.setdefault(step.swapcase(), {})
                if not isinstance(at, dict):
                    break
            else:
                at[steps[-1].lower()] = "v"
        assert "x" not in casing.conform(document)
        assert set(casing.conform(document)) == {m.rsplit(":", 1)[-1].split(".")[0].split("[")[0] for m in kind.members}


@pytest.mark.parametrize(
    ("processor", "expected"),
    [
        ({"AmdSevSnp": "enabled"}, "cpu"),
        ({"AmdSevSnp": "disabled"}, "none"),
        ({"AmdSevSnp": None}, "none"),
        ({"AmdSevSnp": "required"}, None),  # a word that is not known is no "none"
        ({}, None),
    ],
)
def test_what_a_machine_says_of_protection_in_use(processor: dict[str, Any], expected: str | None) -> None:
    document = {"InstanceId": "i-1", "CpuOptions": processor, "EnclaveOptions": {"Enabled": False}}
    (asset, *_) = (i for i in TYPES["AWS::EC2::Instance"].normalise(document, ORIGIN) if isinstance(i, Asset))
    assert asset.attributes.get("confidential") == expected
