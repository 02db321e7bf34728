"""A simulated AWS account (moto) over five regions, with problems planted on purpose."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ACCOUNT = "123456789012"
REGIONS = ("eu-central-1", "eu-west-1", "eu-west-2", "us-east-1", "ap-south-1")
FOREIGN = "999988887777"
PERSONAL = [{"Key": "data-classification", "Value": "personal"}]


class AwsCloud:
    """A moto server on loopback."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def client(self, name: str, region: str = "us-east-1") -> Any:
        """A bare client, for planting things."""
        import boto3

        return boto3.client(
            name,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106 - the simulated cloud takes any
        )

    def reset(self) -> None:
        """Empties the cloud."""
        import http.client
        from urllib.parse import urlsplit

        server = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=30)
        server.request("POST", "/moto-api/reset")
        server.getresponse().read()
        server.close()


@contextmanager
def aws_cloud() -> Iterator[AwsCloud]:
    """A running simulated AWS, empty, in a process of its own."""
    words = [sys.executable, str(Path(__file__).with_name("moto_process.py"))]
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        cloud = AwsCloud(server.stdout.readline().strip())
        cloud.reset()
        yield cloud
    finally:
        server.stdin.close()
        server.stdout.close()
        server.wait(30)


def bucket(cloud: AwsCloud, name: str, region: str, tags: list[dict[str, str]] | None = None) -> Any:
    """A bucket; returns the client of its region."""
    s3 = cloud.client("s3", region)
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **where)
    if tags:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    return s3


def plant(cloud: AwsCloud) -> dict[str, str]:
    """Plants the estate; what was planted by name → uid."""
    uid: dict[str, str] = {}
    open_bucket = bucket(cloud, "patients-open", "eu-central-1", PERSONAL)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::patients-open/*"}
        ],
    }
    open_bucket.put_bucket_policy(Bucket="patients-open", Policy=json.dumps(policy))
    uid["open bucket"] = "arn:aws:s3:::patients-open"
    bucket(cloud, "patients-india", "ap-south-1", PERSONAL)
    uid["bucket in India"] = "arn:aws:s3:::patients-india"
    copied = bucket(cloud, "training-set", "eu-west-1", PERSONAL)
    copy = bucket(cloud, "training-set-copy", "us-east-1", PERSONAL)
    for client, name in ((copied, "training-set"), (copy, "training-set-copy")):
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    copied.put_bucket_replication(
        Bucket="training-set",
        ReplicationConfiguration={
            "Role": f"arn:aws:iam::{ACCOUNT}:role/copy",
            "Rules": [
                {
                    "ID": "all",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": "arn:aws:s3:::training-set-copy"},
                }
            ],
        },
    )
    uid["copied bucket"] = "arn:aws:s3:::training-set"
    safe = bucket(cloud, "weights", "eu-central-1", [{"Key": "data-classification", "Value": "anonymous"}])
    for client, name in ((safe, "weights"), (copied, "training-set")):
        client.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=encryption)
    ec2 = cloud.client("ec2", "eu-west-1")
    disk = ec2.create_volume(AvailabilityZone="eu-west-1a", Size=8, Encrypted=False)["VolumeId"]
    uid["plain disk"] = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:volume/{disk}"
    shot = ec2.create_snapshot(VolumeId=disk)["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=shot, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
    uid["public snapshot"] = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:snapshot/{shot}"
    group = ec2.create_security_group(GroupName="lab", Description="lab")["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 8888, "ToPort": 8888, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        ],
    )
    private = ec2.create_snapshot(VolumeId=disk)["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=private, Attribute="createVolumePermission", OperationType="add", UserIds=[FOREIGN]
    )
    uid["shared snapshot"] = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:snapshot/{private}"
    image = ec2.register_image(Name="lab", RootDeviceName="/dev/sda1")["ImageId"]
    machine = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="p4d.24xlarge", SecurityGroupIds=[group]
    )["Instances"][0]["InstanceId"]
    uid["image"] = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:image/{image}"
    uid["open notebook server"] = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/{machine}"
    far = cloud.client("ec2", "us-east-1")
    near_net = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    far_net = far.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_vpc_peering_connection(VpcId=near_net, PeerVpcId=far_net, PeerRegion="us-east-1")
    organisation = cloud.client("organizations")
    organisation.create_organization(FeatureSet="ALL")
    root = organisation.list_roots()["Roots"][0]["Id"]
    organisation.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    guardrail = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "NotAction": ["iam:*", "sts:*"],
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}},
            }
        ],
    }
    made = organisation.create_policy(
        Name="eu-only", Description="x", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(guardrail)
    )["Policy"]["PolicySummary"]
    organisation.attach_policy(PolicyId=made["Id"], TargetId=root)
    uid["region guardrail"] = made["Arn"]
    kms = cloud.client("kms", "eu-central-1")
    key = kms.create_key(Description="doomed")["KeyMetadata"]
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    uid["doomed key"] = key["Arn"]
    uid["key without rotation"] = kms.create_key(Description="old")["KeyMetadata"]["Arn"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{FOREIGN}:root"}, "Action": "sts:AssumeRole"}
        ],
    }
    cloud.client("iam").create_role(RoleName="vendor", AssumeRolePolicyDocument=json.dumps(trust))
    uid["vendor role"] = f"arn:aws:iam::{ACCOUNT}:role/vendor"
    bucket(cloud, "trail-logs", "eu-west-1")
    trail = cloud.client("cloudtrail", "eu-west-1").create_trail(Name="main", S3BucketName="trail-logs")
    uid["silent trail"] = trail["TrailARN"]
    return uid
