"""Things of a simulated AWS account, each as the operations of its service tell of it (see `aws_answers`)."""

import json
from datetime import UTC, datetime
from typing import Any

from aws_answers import Answers

ACCOUNT, MASTER = "123456789012", "111122220000"
HOME, SECOND, FAR = "eu-central-1", "eu-west-1", "us-east-1"
LATELY = datetime(2026, 11, 1, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 10, tzinfo=UTC)
ROOT = "r-abcd"
CLOSED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ml"
HOST = "https://xks.keys.example"
OWNER, STRANGER = "a1" * 32, "b2" * 32
"""Canonical users: the account's own, and that of an account which nobody knows."""


def arn(service: str, resource: str, region: str = HOME, account: str = ACCOUNT) -> str:
    """An ARN."""
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def tags(**named: str) -> list[dict[str, str]]:
    """Tags as AWS writes them: `data="personal"` is the tag that the policy's map names."""
    return [{"Key": {"data": "data-classification"}.get(k, k), "Value": v} for k, v in named.items()]


def tagged(cloud: Answers, uid: str, region: str, **named: str) -> None:
    """Tags of a resource whose own operations do not tell them."""
    entry = {"ResourceARN": uid, "Tags": tags(**named)}
    cloud.add("resourcegroupstaggingapi.GetResources", entry, region=region)


def account(cloud: Answers, *regions: str) -> None:
    """Who we are, and which regions there are."""
    who = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/audit", "UserId": "AIDA"}
    cloud.say("sts.GetCallerIdentity", who)
    for region in regions:
        cloud.add("account.ListRegions", {"RegionName": region, "RegionOptStatus": "ENABLED_BY_DEFAULT"})


def contact(cloud: Answers, sort: str) -> None:
    """An alternate contact."""
    cloud.say(
        "account.GetAlternateContact",
        {"AlternateContact": {"AlternateContactType": sort, "Name": "A", "EmailAddress": "a@example.org"}},
        AlternateContactType=sort,
    )


def organisation(cloud: Answers) -> None:
    """An organisation whose only unit is its root, and the account in it."""
    member: dict[str, Any] = {"Id": "o-abcdefghij", "FeatureSet": "ALL", "MasterAccountId": MASTER}
    cloud.say("organizations.DescribeOrganization", {"Organization": member})
    cloud.add("organizations.ListRoots", {"Id": ROOT, "Name": "Root"})
    cloud.add("organizations.ListAccountsForParent", {"Id": ACCOUNT, "Name": "research"}, ParentId=ROOT)


def control(cloud: Answers, identity: str, policy: dict[str, Any], *, sort: str = "SERVICE", on: str = ROOT) -> str:
    """A service or resource control policy on the root; its ARN."""
    uid = f"arn:aws:organizations::{MASTER}:policy/o-abcdefghij/{sort.lower()}/{identity}"
    full = f"{sort}_CONTROL_POLICY"
    summary = {"Id": identity, "Arn": uid, "Name": identity, "Type": full, "AwsManaged": False}
    cloud.add("organizations.ListPolicies", summary, Filter=full)
    content = {"Policy": {"PolicySummary": summary, "Content": json.dumps({"Version": "2012-10-17", **policy})}}
    cloud.say("organizations.DescribePolicy", content, PolicyId=identity)
    if on:
        target = {"TargetId": on, "Name": "Root", "Type": "ROOT"}
        cloud.add("organizations.ListTargetsForPolicy", target, PolicyId=identity)
    return uid


def only_regions(*regions: str, spared: tuple[str, ...] = ("iam:*", "sts:*", "organizations:*")) -> dict[str, Any]:
    """The policy that denies everything outside these regions."""
    where = {"StringNotEquals": {"aws:RequestedRegion": list(regions)}}
    return {"Statement": [{"Effect": "Deny", "NotAction": list(spared), "Resource": "*", "Condition": where}]}


def opt_out(cloud: Answers, value: str) -> None:
    """The effective opt-out of AI services."""
    content = json.dumps({"services": {"default": {"opt_out_policy": value}}})
    cloud.say(
        "organizations.DescribeEffectivePolicy",
        {"EffectivePolicy": {"PolicyContent": content, "PolicyType": "AISERVICES_OPT_OUT_POLICY"}},
        PolicyType="AISERVICES_OPT_OUT_POLICY",
    )


def settings(cloud: Answers, region: str, *, closed: bool = True) -> None:
    """What holds for a region as a whole."""
    state = "block-all-sharing" if closed else "unblocked"
    cloud.say("ec2.GetSnapshotBlockPublicAccessState", {"State": state}, region)
    cloud.say("ec2.GetImageBlockPublicAccessState", {"ImageBlockPublicAccessState": state}, region)
    cloud.say("ec2.GetEbsEncryptionByDefault", {"EbsEncryptionByDefault": closed}, region)
    cloud.say("ec2.GetEbsDefaultKmsKeyId", {"KmsKeyId": "alias/aws/ebs"}, region)
    public = {"Owner.1": "self", "RestorableBy.1": "all"}
    cloud.say("ec2.DescribeSnapshots", {}, region, **public)
    block = {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off", "State": "default-state"}}
    cloud.say("ec2.DescribeVpcBlockPublicAccessOptions", block, region)
    for key, says in (
        ("config.DescribeConfigurationRecorders", {"ConfigurationRecorders": []}),
        ("dlm.GetLifecyclePolicies", {"Policies": []}),
        ("opensearch.ListDomainNames", {"DomainNames": []}),
        ("firehose.ListDeliveryStreams", {"DeliveryStreamNames": [], "HasMoreDeliveryStreams": False}),
        ("ecr.DescribeRegistry", {"registryId": ACCOUNT, "replicationConfiguration": {"rules": []}}),
        ("securityhub.DescribeHub", {"HubArn": arn("securityhub", "hub/default", region)}),
        ("macie2.GetMacieSession", {"status": "ENABLED"}),
        ("bedrock.GetModelInvocationLoggingConfiguration", {}),
        ("bedrock.GetAccountDataRetention", {"mode": "default"}),
        ("iam.ListSAMLProviders", {"SAMLProviderList": []}),
        ("iam.ListOpenIDConnectProviders", {"OpenIDConnectProviderList": []}),
    ):
        cloud.say(key, says, None if key.startswith("iam") else region)


def bucket(cloud: Answers, name: str, region: str = HOME, **how: Any) -> str:
    """A bucket; its ARN. `data`, `critical` and further `tags`; `key` (ARN, or "" for none of one's own), `open_`,
    `tls`, `versions` (days that old versions are kept, None: for ever), `days` until objects go, `lock` days, `log`
    (bucket), `copy` (bucket), `shared` (account), `granted` (canonical users beside the owner, by an access list)."""
    uid = f"arn:aws:s3:::{name}"
    cloud.add("s3.ListBuckets", {"Name": name, "BucketRegion": region, "CreationDate": LONG_AGO})
    named = {k: v for k, v in how.items() if k in ("data", "critical")}
    named |= {"retain-until": how["until"]} if "until" in how else {}
    tagged(cloud, uid, region, **named, **how.get("tags", {}))
    key = how.get("key", "")
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    rule = {"ApplyServerSideEncryptionByDefault": default}
    cloud.say("s3.GetBucketEncryption", {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}, Bucket=name)
    public = bool(how.get("open_"))
    if not public:
        cloud.say("s3.GetPublicAccessBlock", {"PublicAccessBlockConfiguration": CLOSED}, Bucket=name)
    lists = "granted" in how
    ownership = "BucketOwnerPreferred" if lists else "BucketOwnerEnforced"
    owned = {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}}
    if lists:
        users = [{"Type": "CanonicalUser", "ID": user} for user in (OWNER, *how["granted"])]
        grants = [{"Grantee": user, "Permission": "FULL_CONTROL"} for user in users]
        cloud.say("s3.GetBucketAcl", {"Owner": {"ID": OWNER}, "Grants": grants}, Bucket=name)
    cloud.say("s3.GetBucketOwnershipControls", owned, Bucket=name)
    statements: list[dict[str, Any]] = []
    everything = [uid, f"{uid}/*"]
    if how.get("tls"):
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        statements.append(
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": everything, "Condition": plain}
        )
    if public:
        statements.append({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{uid}/*"})
    if how.get("shared"):
        who = {"AWS": f"arn:aws:iam::{how['shared']}:root"}
        statements.append({"Effect": "Allow", "Principal": who, "Action": "s3:GetObject", "Resource": f"{uid}/*"})
    if statements:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        cloud.say("s3.GetBucketPolicy", {"Policy": text}, Bucket=name)
        cloud.say("s3.GetBucketPolicyStatus", {"PolicyStatus": {"IsPublic": public}}, Bucket=name)
    cloud.say("s3.GetBucketVersioning", {"Status": "Enabled"} if "versions" in how else {}, Bucket=name)
    rules: list[dict[str, Any]] = []
    if how.get("days"):
        rules.append({"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": how["days"]}})
    if how.get("versions"):
        old = {"NoncurrentDays": how["versions"]}
        rules.append({"ID": "b", "Status": "Enabled", "Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": old})
    if rules:
        cloud.say("s3.GetBucketLifecycleConfiguration", {"Rules": rules}, Bucket=name)
    if how.get("lock"):
        held = {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": how["lock"]}}}
        cloud.say(
            "s3.GetObjectLockConfiguration",
            {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **held}},
            Bucket=name,
        )
    log = {"LoggingEnabled": {"TargetBucket": how["log"], "TargetPrefix": ""}} if how.get("log") else {}
    cloud.say("s3.GetBucketLogging", log, Bucket=name)
    if how.get("copy"):
        rule = {
            "ID": "c",
            "Status": "Enabled",
            "Priority": 1,
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": how.get("markers", "Enabled")},
            "Destination": {"Bucket": f"arn:aws:s3:::{how['copy']}"},
        }
        cloud.say("s3.GetBucketReplication", {"ReplicationConfiguration": {"Role": ROLE, "Rules": [rule]}}, Bucket=name)
    return uid


def key(cloud: Answers, number: int, region: str = HOME, **how: Any) -> str:
    """A key; its ARN. `origin`, `state`, `rotation` (days, or False), `replicas` (regions), `shared` (account)."""
    several = bool(how.get("replicas"))
    identity = f"mrk-{number:032x}" if several else f"{number:08x}-0000-4000-8000-000000000000"
    uid = arn("kms", f"key/{identity}", region)
    cloud.add("kms.ListKeys", {"KeyId": identity, "KeyArn": uid}, region=region)
    says: dict[str, Any] = {
        "AWSAccountId": ACCOUNT,
        "KeyId": identity,
        "Arn": uid,
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyState": how.get("state", "Enabled"),
        "Origin": how.get("origin", "AWS_KMS"),
        "MultiRegion": several,
        "CreationDate": LONG_AGO,
    }
    if several:
        copies = [{"Arn": uid.replace(region, other), "Region": other} for other in how["replicas"]]
        says["MultiRegionConfiguration"] = {
            "MultiRegionKeyType": "PRIMARY",
            "PrimaryKey": {"Arn": uid, "Region": region},
            "ReplicaKeys": copies,
        }
    if how.get("store"):
        says["CustomKeyStoreId"] = how["store"]
    cloud.say("kms.DescribeKey", {"KeyMetadata": says}, KeyId=identity)
    days = how.get("rotation", 180)
    turned = {"KeyRotationEnabled": bool(days), **({"RotationPeriodInDays": days} if days else {})}
    cloud.say("kms.GetKeyRotationStatus", turned, KeyId=identity)
    who = [{"AWS": f"arn:aws:iam::{other}:root"} for other in (ACCOUNT, how.get("shared")) if other]
    policy = {"Statement": [{"Effect": "Allow", "Principal": p, "Action": "kms:*", "Resource": "*"} for p in who]}
    cloud.say("kms.GetKeyPolicy", {"Policy": json.dumps(policy), "PolicyName": "default"}, KeyId=identity)
    return uid


def key_store(cloud: Answers, identity: str, host: str, region: str = HOME) -> None:
    """A key store outside AWS."""
    proxy = {"Connectivity": "PUBLIC_ENDPOINT", "UriEndpoint": host, "UriPath": "/kms/xks/v1"}
    store = {"CustomKeyStoreId": identity, "CustomKeyStoreType": "EXTERNAL_KEY_STORE", "XksProxyConfiguration": proxy}
    cloud.add("kms.DescribeCustomKeyStores", store, region=region)


def trail(cloud: Answers, bucket_name: str, region: str = HOME, *, good: bool = True) -> str:
    """A trail of CloudTrail; its ARN."""
    uid = arn("cloudtrail", "trail/main", region)
    says = {
        "Name": "main",
        "TrailARN": uid,
        "S3BucketName": bucket_name,
        "HomeRegion": region,
        "IsMultiRegionTrail": good,
        "IsOrganizationTrail": False,
        "LogFileValidationEnabled": good,
    }
    cloud.add("cloudtrail.DescribeTrails", says, region=region)
    cloud.say("cloudtrail.GetTrailStatus", {"IsLogging": good}, region)
    chosen: dict[str, Any] = {"ReadWriteType": "All", "IncludeManagementEvents": good}
    if good:  # and every read of what buckets and tables hold
        every = {"AWS::S3::Object": "arn:aws:s3", "AWS::DynamoDB::Table": "arn:aws:dynamodb"}
        chosen["DataResources"] = [{"Type": kind, "Values": [value]} for kind, value in every.items()]
    cloud.say("cloudtrail.GetEventSelectors", {"TrailARN": uid, "EventSelectors": [chosen]}, region)
    return uid


def detector(cloud: Answers, region: str, *features: str) -> None:
    """GuardDuty with these features on."""
    cloud.add("guardduty.ListDetectors", "12abc34d567e8fa901bc2d34e56789f0", region=region)
    on = [{"Name": name, "Status": "ENABLED"} for name in features]
    cloud.say("guardduty.GetDetector", {"ServiceRole": ROLE, "Status": "ENABLED", "Features": on}, region)


def volume(cloud: Answers, identity: str, key_arn: str | None, region: str = HOME, **how: Any) -> str:
    """A disk; its ARN. `zone`, `at` (machine, None: none)."""
    says: dict[str, Any] = {
        "VolumeId": identity,
        "AvailabilityZone": how.get("zone", f"{region}a"),
        "Encrypted": key_arn is not None,
        "CreateTime": LONG_AGO,
        "State": "in-use" if how.get("at") else "available",
        "Attachments": [{"InstanceId": how["at"], "State": "attached"}] if how.get("at") else [],
        "Tags": tags(**{k: v for k, v in how.items() if k in ("data", "critical")}),
    }
    if key_arn:
        says["KmsKeyId"] = key_arn
    cloud.add("ec2.DescribeVolumes", says, region=region)
    return arn("ec2", f"volume/{identity}", region)


def snapshot(cloud: Answers, identity: str, of: str, key_arn: str | None, region: str = HOME, **how: Any) -> str:
    """A snapshot of a disk; its ARN. `shared` with an account, `made`, `tags`."""
    says: dict[str, Any] = {
        "SnapshotId": identity,
        "VolumeId": of,
        "OwnerId": ACCOUNT,
        "Encrypted": key_arn is not None,
        "StartTime": how.get("made", LATELY),
        "Tags": [
            *tags(**{k: v for k, v in how.items() if k in ("data", "critical")}),
            *({"Key": k, "Value": v} for k, v in how.get("tags", {}).items()),
        ],
    }
    if key_arn:
        says["KmsKeyId"] = key_arn
    cloud.add("ec2.DescribeSnapshots", says, region=region)
    who = [{"UserId": how["shared"]}] if how.get("shared") else []
    cloud.say("ec2.DescribeSnapshotAttribute", {"CreateVolumePermissions": who}, region, SnapshotId=identity)
    return arn("ec2", f"snapshot/{identity}", region)


def image(cloud: Answers, identity: str, encrypted: bool, region: str = HOME, **how: Any) -> str:
    """A machine image; its ARN. `shared` with an account, `made`."""
    says: dict[str, Any] = {
        "ImageId": identity,
        "Name": identity,
        "OwnerId": ACCOUNT,
        "Public": False,
        "CreationDate": how.get("made", LATELY).isoformat(),
        "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"Encrypted": encrypted}}],
        "Tags": tags(**{k: v for k, v in how.items() if k in ("data", "critical")}),
    }
    if how.get("key"):
        says["BlockDeviceMappings"][0]["Ebs"]["KmsKeyId"] = how["key"]
    cloud.add("ec2.DescribeImages", says, region=region)
    who = [{"UserId": how["shared"]}] if how.get("shared") else []
    cloud.say("ec2.DescribeImageAttribute", {"LaunchPermissions": who}, region, ImageId=identity)
    return arn("ec2", f"image/{identity}", region)


def machine(cloud: Answers, identity: str, region: str = HOME, **how: Any) -> str:
    """A machine; its ARN. `type_`, `open_to` (network), `port`, `zone`, `data`, `snp`."""
    group = f"sg-{identity[2:]}"
    networks = [{"CidrIp": how.get("open_to", "10.0.0.0/8")}]
    port = how.get("port", 22)
    allowed = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": networks}
    cloud.add("ec2.DescribeSecurityGroups", {"GroupId": group, "IpPermissions": [allowed]}, region=region)
    says: dict[str, Any] = {
        "InstanceId": identity,
        "InstanceType": how.get("type_", "p4d.24xlarge"),
        "State": {"Name": "running"},
        "LaunchTime": LATELY,
        "Placement": {"AvailabilityZone": how.get("zone", f"{region}a")},
        "PublicDnsName": "",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "SecurityGroups": [{"GroupId": group, "GroupName": "x"}],
        "EnclaveOptions": {"Enabled": False},
        "CpuOptions": {"CoreCount": 48, "AmdSevSnp": "enabled" if how.get("snp") else "disabled"},
        "Tags": tags(**{k: v for k, v in how.items() if k in ("data", "critical")}),
    }
    cloud.add("ec2.DescribeInstances", {"OwnerId": ACCOUNT, "Instances": [says]}, region=region)
    return arn("ec2", f"instance/{identity}", region)


def machine_types(cloud: Answers, region: str = HOME) -> None:
    """What EC2 says of the types that the estate uses."""
    gpu = {"Name": "A100", "Manufacturer": "NVIDIA", "Count": 8}
    types = [{"InstanceType": "p4d.24xlarge", "GpuInfo": {"Gpus": [gpu]}}, {"InstanceType": "m7a.large"}]
    cloud.say("ec2.DescribeInstanceTypes", {"InstanceTypes": types}, region)


def database(cloud: Answers, name: str, key_arn: str | None, region: str = HOME, **how: Any) -> str:
    """A database of RDS; its ARN. `data`, `critical`, `backups` (days), `open_`, `replica` (ARN)."""
    uid = arn("rds", f"db:{name}", region)
    says: dict[str, Any] = {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": uid,
        "Engine": how.get("engine", "postgres"),
        "InstanceCreateTime": LONG_AGO,
        "AvailabilityZone": how.get("zone", f"{region}a"),
        "MultiAZ": True,
        "PubliclyAccessible": bool(how.get("open_")),
        "StorageEncrypted": key_arn is not None,
        "BackupRetentionPeriod": how.get("backups", 14),
        "DBSubnetGroup": {"VpcId": "vpc-1"},
        "ReadReplicaDBInstanceIdentifiers": [how["replica"]] if how.get("replica") else [],
        "TagList": tags(**{k: v for k, v in how.items() if k in ("data", "critical")}),
        "DBParameterGroups": [{"DBParameterGroupName": f"{name}-settings", "ParameterApplyStatus": "in-sync"}],
        "EnabledCloudwatchLogsExports": how.get("logs", ["postgresql"]),
    }
    if key_arn:
        says["KmsKeyId"] = key_arn
    cloud.add("rds.DescribeDBInstances", says, region=region)
    return uid


def training(cloud: Answers, name: str, region: str = HOME, **how: Any) -> str:
    """A training job; its ARN. `reads`, `writes`, `checkpoints` (addresses), `key`, `count`, `isolated`, `encrypted`,
    `type_`, `started`, `ended`, `made` (package)."""
    uid = arn("sagemaker", f"training-job/{name}", region)
    holder: dict[str, Any] = {
        "InstanceType": how.get("type_", "ml.p4d.24xlarge"),
        "InstanceCount": how.get("count", 2),
        "VolumeSizeInGB": 100,
    }
    if how.get("key"):
        holder["VolumeKmsKeyId"] = how["key"]
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": how["reads"]}}
    started, ended = how.get("started", LATELY), how.get("ended", LATELY.replace(day=2))
    says: dict[str, Any] = {
        "TrainingJobName": name,
        "TrainingJobArn": uid,
        "TrainingJobStatus": "Completed",
        "CreationTime": started,
        "TrainingStartTime": started,
        "TrainingEndTime": ended,
        "ResourceConfig": holder,
        "InputDataConfig": [{"ChannelName": "train", "DataSource": source}],
        "OutputDataConfig": {"S3OutputPath": how["writes"]},
        "ModelArtifacts": {"S3ModelArtifacts": f"{how['writes']}{name}/output/model.tar.gz"},
        "EnableNetworkIsolation": how.get("isolated", True),
        "EnableInterContainerTrafficEncryption": how.get("encrypted", True),
        "Tags": tags(**{k: v for k, v in how.items() if k in ("data", "critical")}),
    }
    if how.get("checkpoints"):
        says["CheckpointConfig"] = {"S3Uri": how["checkpoints"]}
    if how.get("made"):
        says["OutputModelPackageArn"] = how["made"]
    cloud.add("sagemaker.Search", {"TrainingJob": says}, region=region, Resource="TrainingJob")
    described = {k: v for k, v in says.items() if k != "Tags"}
    described |= {"StoppingCondition": {}, "SecondaryStatus": "Completed"}
    described["AlgorithmSpecification"] = {"TrainingInputMode": "File"}
    cloud.say("sagemaker.DescribeTrainingJob", described, region, TrainingJobName=name)
    return uid


def model(cloud: Answers, name: str, region: str = HOME, *, weights: str, **named: str) -> str:
    """A model of SageMaker; its ARN."""
    uid = arn("sagemaker", f"model/{name}", region)
    cloud.add("sagemaker.ListModels", {"ModelName": name, "ModelArn": uid, "CreationTime": LATELY}, region=region)
    says = {
        "ModelName": name,
        "ModelArn": uid,
        "CreationTime": LATELY,
        "PrimaryContainer": {"Image": "x", "ModelDataUrl": weights},
    }
    cloud.say("sagemaker.DescribeModel", says, region, ModelName=name)
    tagged(cloud, uid, region, **named)
    return uid


def endpoint(cloud: Answers, name: str, served: str, region: str = HOME, **how: Any) -> str:
    """An endpoint of SageMaker; its ARN. `capture` (address, or None)."""
    uid = arn("sagemaker", f"endpoint/{name}", region)
    shown = {"EndpointName": name, "EndpointArn": uid, "EndpointStatus": "InService"}
    times = {"CreationTime": LATELY, "LastModifiedTime": LATELY}
    cloud.add("sagemaker.ListEndpoints", {**shown, **times}, region=region)
    cloud.say(
        "sagemaker.DescribeEndpoint",
        {**shown, **times, "EndpointConfigName": name},
        region,
        EndpointName=name,
    )
    variant = {
        "VariantName": "a",
        "ModelName": served,
        "InstanceType": "ml.g5.xlarge",
        "InitialInstanceCount": 1,
    }
    says: dict[str, Any] = {
        "EndpointConfigName": name,
        "EndpointConfigArn": arn("sagemaker", f"endpoint-config/{name}", region),
        "ProductionVariants": [variant],
        "CreationTime": LATELY,
    }
    if how.get("capture"):
        says["DataCaptureConfig"] = {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": how["capture"],
            "CaptureOptions": [{"CaptureMode": "Input"}],
            **({"KmsKeyId": how["key"]} if how.get("key") else {}),
        }
    cloud.say("sagemaker.DescribeEndpointConfig", says, region, EndpointConfigName=name)
    tagged(cloud, uid, region, **{k: v for k, v in how.items() if k in ("data", "critical")})
    return uid


def notebook(cloud: Answers, name: str, region: str = HOME, *, good: bool, key_arn: str | None, **named: str) -> str:
    """A notebook of SageMaker; its ARN."""
    uid = arn("sagemaker", f"notebook-instance/{name}", region)
    summary = {"NotebookInstanceName": name, "NotebookInstanceArn": uid}
    cloud.add("sagemaker.ListNotebookInstances", summary, region=region)
    way = "Disabled" if good else "Enabled"
    says: dict[str, Any] = {
        **summary,
        "NotebookInstanceStatus": "InService",
        "InstanceType": "ml.p3.2xlarge",
        "DirectInternetAccess": way,
        "RootAccess": way,
        "CreationTime": LATELY,
    }
    if good:
        says["SubnetId"] = "subnet-1"
    if key_arn:
        says["KmsKeyId"] = key_arn
    cloud.say("sagemaker.DescribeNotebookInstance", says, region, NotebookInstanceName=name)
    tagged(cloud, uid, region, **named)
    return uid


def customised(cloud: Answers, name: str, region: str = HOME, **how: Any) -> tuple[str, str]:
    """A fine-tuned model of Bedrock and its job; their ARNs. `reads` (address), `key`."""
    base = f"arn:aws:bedrock:{region}::foundation-model/amazon.titan-text-express-v1"
    uid = arn("bedrock", f"custom-model/amazon.titan-text-express-v1:0:8k/{name}", region)
    job = arn("bedrock", f"model-customization-job/amazon.titan-text-express-v1:0:8k/{name}", region)
    held = {"s3Uri": how["reads"]}
    shared: dict[str, Any] = {"jobArn": job, "jobName": name, "creationTime": LATELY, "baseModelArn": base}
    summary = {"modelArn": uid, "modelName": name, "creationTime": LATELY, "baseModelArn": base}
    cloud.add("bedrock.ListCustomModels", {**summary, "baseModelName": "titan"}, region=region)
    told = {"trainingDataConfig": held, "outputDataConfig": {"s3Uri": how["writes"]}}
    says = {**summary, **shared, **told, "customizationType": "FINE_TUNING"}
    if how.get("key"):
        says["modelKmsKeyArn"] = how["key"]
    cloud.say("bedrock.GetCustomModel", says, region, modelIdentifier=uid)
    over = {"status": "Completed", "endTime": LATELY.replace(day=3)}
    cloud.add("bedrock.ListModelCustomizationJobs", {**shared, **over}, region=region)
    done = {
        **shared,
        **told,
        **over,
        "outputModelName": name,
        "outputModelArn": uid,
        "roleArn": ROLE,
        "validationDataConfig": {"validators": []},
        "customizationType": "FINE_TUNING",
    }
    if how.get("key"):
        done["outputModelKmsKeyArn"] = how["key"]
    cloud.say("bedrock.GetModelCustomizationJob", done, region, jobIdentifier=job)
    for one in (uid, job):
        tagged(cloud, one, region, **{k: v for k, v in how.items() if k in ("data", "critical")})
    return uid, job


def brought_in(cloud: Answers, name: str, region: str = HOME, **named: str) -> str:
    """A custom model of Bedrock that was brought in and not made there; its ARN."""
    uid = arn("bedrock", f"custom-model/imported/{name}", region)
    summary = {"modelArn": uid, "modelName": name, "creationTime": LATELY}
    base = f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-pro-v1:0"
    listed = {**summary, "baseModelArn": base, "baseModelName": "nova"}
    cloud.add("bedrock.ListCustomModels", {**listed, "customizationType": "IMPORTED"}, region=region)
    cloud.say("bedrock.GetCustomModel", {**summary, "customizationType": "IMPORTED"}, region, modelIdentifier=uid)
    tagged(cloud, uid, region, **named)
    return uid


def domain_of_studio(cloud: Answers, identity: str, home: str, region: str = HOME) -> str:
    """A domain of SageMaker Studio with the file system behind it; its ARN."""
    uid = arn("sagemaker", f"domain/{identity}", region)
    cloud.add("sagemaker.ListDomains", {"DomainId": identity, "DomainArn": uid, "DomainName": "lab"}, region=region)
    says = {
        "DomainId": identity,
        "DomainArn": uid,
        "DomainName": "lab",
        "HomeEfsFileSystemId": home,
        "AppNetworkAccessType": "VpcOnly",
        "VpcId": "vpc-1",
        "CreationTime": LATELY,
    }
    cloud.say("sagemaker.DescribeDomain", says, region, DomainId=identity)
    return uid


def profile(cloud: Answers, name: str, regions: tuple[str, ...], region: str = HOME, *, sort: str) -> str:
    """An inference profile of Bedrock; its ARN."""
    held = "inference-profile" if sort == "SYSTEM_DEFINED" else "application-inference-profile"
    uid = arn("bedrock", f"{held}/{name}", region)
    models = [{"modelArn": f"arn:aws:bedrock:{one}::foundation-model/anthropic.claude-v2"} for one in regions]
    says = {
        "inferenceProfileName": name,
        "inferenceProfileArn": uid,
        "inferenceProfileId": name,
        "models": models,
        "status": "ACTIVE",
        "type": sort,
        "createdAt": LATELY,
    }
    cloud.add("bedrock.ListInferenceProfiles", says, region=region, type=sort)
    return uid


def called(cloud: Answers, *models: str, region: str = HOME) -> None:
    """Names of metrics that show calls of models."""
    for one in models:
        named = {"Name": "ModelId", "Value": one}
        metric = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations", "Dimensions": [named]}
        cloud.add("cloudwatch.ListMetrics", metric, region=region)


def guardrail(cloud: Answers, identity: str, region: str = HOME, *, across: str | None = None) -> str:
    """A guardrail of Bedrock; its ARN. `across` is the profile by which it filters in several regions."""
    uid = arn("bedrock", f"guardrail/{identity}", region)
    times = {"createdAt": LATELY, "updatedAt": LATELY}
    shown: dict[str, Any] = {"name": identity, "status": "READY", "version": "DRAFT", **times}
    cloud.add("bedrock.ListGuardrails", {"id": identity, "arn": uid, **shown}, region=region)
    says: dict[str, Any] = {
        **shown,
        "guardrailId": identity,
        "guardrailArn": uid,
        "blockedInputMessaging": "no",
        "blockedOutputsMessaging": "no",
    }
    if across:
        where = arn("bedrock", f"guardrail-profile/{across}", region)
        says["crossRegionDetails"] = {"guardrailProfileId": across, "guardrailProfileArn": where}
    cloud.say("bedrock.GetGuardrail", says, region, guardrailIdentifier=uid)
    return uid


def provisioned(cloud: Answers, name: str, model_arn: str, base: str, region: str = HOME) -> str:
    """A Bedrock endpoint of reserved throughput; its ARN."""
    uid = arn("bedrock", f"provisioned-model/{name}", region)
    says = {
        "provisionedModelName": name,
        "provisionedModelArn": uid,
        "modelArn": model_arn,
        "desiredModelArn": model_arn,
        "foundationModelArn": f"arn:aws:bedrock:{region}::foundation-model/{base}",
        "modelUnits": 1,
        "desiredModelUnits": 1,
        "status": "InService",
        "creationTime": LATELY,
        "lastModifiedTime": LATELY,
    }
    cloud.add("bedrock.ListProvisionedModelThroughputs", says, region=region)
    return uid


def datasync(cloud: Answers, name: str, source: str, target: str, region: str = HOME, *, once: bool = False) -> str:
    """A DataSync task between two buckets, every night or `once`; its ARN."""
    uid = arn("datasync", f"task/task-{name}", region)
    cloud.add("datasync.ListTasks", {"TaskArn": uid, "Status": "AVAILABLE", "Name": name}, region=region)
    ends: dict[str, str] = {}
    for end, address in (("Source", source), ("Destination", target)):
        where = arn("datasync", f"location/loc-{name}{end.lower()}", region)
        cloud.add("datasync.ListLocations", {"LocationArn": where, "LocationUri": address}, region=region)
        ends[f"{end}LocationArn"] = where
    says = {"TaskArn": uid, "Status": "AVAILABLE", "Name": name, "CreationTime": LATELY, **ends}
    plan = {} if once else {"Schedule": {"ScheduleExpression": "cron(0 3 * * ? *)", "Status": "ENABLED"}}
    cloud.say("datasync.DescribeTask", {**says, **plan}, region, TaskArn=uid)
    return uid


def cluster(cloud: Answers, name: str, key_arn: str | None, region: str = HOME, *, good: bool) -> str:
    """A cluster of EKS; its ARN."""
    uid = arn("eks", f"cluster/{name}", region)
    cloud.add("eks.ListClusters", name, region=region)
    networks = ["203.0.113.0/24"] if good else ["0.0.0.0/0"]
    says: dict[str, Any] = {
        "name": name,
        "arn": uid,
        "createdAt": LATELY,
        "status": "ACTIVE",
        "endpoint": "https://ABCDEF.gr7.eu-central-1.eks.amazonaws.com",
        "resourcesVpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": networks, "vpcId": "vpc-1"},
        "logging": {"clusterLogging": [{"types": ["audit"], "enabled": good}]},
    }
    if key_arn:
        says["encryptionConfig"] = [{"resources": ["secrets"], "provider": {"keyArn": key_arn}}]
    cloud.say("eks.DescribeCluster", {"cluster": says}, region, name=name)
    return uid


def node_group(cloud: Answers, name: str, of: str, region: str = HOME, type_: str = "m7a.large") -> str:
    """A node group of a cluster of EKS; its ARN."""
    uid = arn("eks", f"nodegroup/{of}/{name}/1", region)
    cloud.add("eks.ListNodegroups", name, region=region, clusterName=of)
    says = {
        "nodegroupName": name,
        "nodegroupArn": uid,
        "clusterName": of,
        "instanceTypes": [type_],
        "scalingConfig": {"minSize": 1, "maxSize": 2, "desiredSize": 1},
    }
    cloud.say("eks.DescribeNodegroup", {"nodegroup": says}, region, clusterName=of, nodegroupName=name)
    return uid


def vault(cloud: Answers, name: str, key_arn: str, region: str = HOME, *, locked: bool) -> str:
    """A backup vault; its ARN."""
    uid = arn("backup", f"backup-vault:{name}", region)
    says: dict[str, Any] = {
        "BackupVaultName": name,
        "BackupVaultArn": uid,
        "CreationDate": LONG_AGO,
        "EncryptionKeyArn": key_arn,
        "Locked": locked,
        "NumberOfRecoveryPoints": 1,
        **({"LockDate": LONG_AGO} if locked else {}),
    }
    cloud.add("backup.ListBackupVaults", says, region=region)
    return uid


def recovery_point(cloud: Answers, name: str, vault_name: str, of: str, key_arn: str, region: str = HOME) -> str:
    """A backup in a vault; its ARN."""
    uid = arn("backup", f"recovery-point:{name}", region)
    says = {
        "RecoveryPointArn": uid,
        "BackupVaultName": vault_name,
        "BackupVaultArn": arn("backup", f"backup-vault:{vault_name}", region),
        "ResourceArn": of,
        "CreationDate": LATELY,
        "IsEncrypted": True,
        "EncryptionKeyArn": key_arn,
    }
    cloud.add("backup.ListRecoveryPointsByBackupVault", says, region=region, BackupVaultName=vault_name)
    return uid


def warehouse(cloud: Answers, name: str, key_arn: str | None, region: str = HOME, **how: Any) -> str:
    """A Redshift cluster; its ARN."""
    says: dict[str, Any] = {
        "ClusterIdentifier": name,
        "ClusterCreateTime": LONG_AGO,
        "AvailabilityZone": f"{region}a",
        "VpcId": "vpc-1",
        "PubliclyAccessible": bool(how.get("open_")),
        "Encrypted": key_arn is not None,
        "AutomatedSnapshotRetentionPeriod": 7,
        "Tags": tags(**{k: v for k, v in how.items() if k in ("data", "critical")}),
    }
    if key_arn:
        says["KmsKeyId"] = key_arn
    cloud.add("redshift.DescribeClusters", says, region=region)
    log = {"LoggingEnabled": bool(how.get("log")), **({"BucketName": how["log"]} if how.get("log") else {})}
    cloud.say("redshift.DescribeLoggingStatus", log, region, ClusterIdentifier=name)
    return arn("redshift", f"cluster:{name}", region)


def files(cloud: Answers, identity: str, key_arn: str | None, region: str = HOME, **how: Any) -> str:
    """A file system of EFS; its ARN. `tls`, `backup`, `copy` (region)."""
    uid = arn("elasticfilesystem", f"file-system/{identity}", region)
    says: dict[str, Any] = {
        "OwnerId": ACCOUNT,
        "CreationToken": identity,
        "FileSystemId": identity,
        "FileSystemArn": uid,
        "CreationTime": LONG_AGO,
        "LifeCycleState": "available",
        "NumberOfMountTargets": 1,
        "SizeInBytes": {"Value": 1},
        "PerformanceMode": "generalPurpose",
        "Encrypted": key_arn is not None,
        "Tags": tags(**{k: v for k, v in how.items() if k in ("data", "critical")}),
    }
    if key_arn:
        says["KmsKeyId"] = key_arn
    cloud.add("efs.DescribeFileSystems", says, region=region)
    if how.get("tls"):
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Resource": uid, "Condition": plain}
        cloud.say(
            "efs.DescribeFileSystemPolicy",
            {"FileSystemId": identity, "Policy": json.dumps({"Statement": [deny]})},
            region,
            FileSystemId=identity,
        )
    state = "ENABLED" if how.get("backup") else "DISABLED"
    cloud.say("efs.DescribeBackupPolicy", {"BackupPolicy": {"Status": state}}, region, FileSystemId=identity)
    return uid


def table(cloud: Answers, name: str, key_arn: str | None, region: str = HOME, **how: Any) -> str:
    """A table of DynamoDB; its ARN. `recovery`, `replicas` (regions)."""
    uid = arn("dynamodb", f"table/{name}", region)
    cloud.add("dynamodb.ListTables", name, region=region)
    says: dict[str, Any] = {"TableName": name, "TableArn": uid, "CreationDateTime": LONG_AGO, "TableStatus": "ACTIVE"}
    if key_arn:
        says["SSEDescription"] = {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key_arn}
    if how.get("replicas"):
        says["Replicas"] = [{"RegionName": other, "ReplicaStatus": "ACTIVE"} for other in how["replicas"]]
    cloud.say("dynamodb.DescribeTable", {"Table": says}, region, TableName=name)
    on = "ENABLED" if how.get("recovery") else "DISABLED"
    held = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": on}}
    cloud.say("dynamodb.DescribeContinuousBackups", {"ContinuousBackupsDescription": held}, region, TableName=name)
    ends = {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED" if how.get("ends") else "DISABLED"}}
    cloud.say("dynamodb.DescribeTimeToLive", ends, region, TableName=name)
    tagged(cloud, uid, region, **{k: v for k, v in how.items() if k in ("data", "critical")})
    return uid


def log_group(cloud: Answers, name: str, days: int | None, key_arn: str | None = None, region: str = HOME) -> str:
    """A log group; its ARN."""
    uid = arn("logs", f"log-group:{name}", region)
    says: dict[str, Any] = {"logGroupName": name, "logGroupArn": uid, "arn": f"{uid}:*"}
    if days:
        says["retentionInDays"] = days
    if key_arn:
        says["kmsKeyId"] = key_arn
    cloud.add("logs.DescribeLogGroups", says, region=region)
    return uid


def domain(cloud: Answers, name: str, key_arn: str | None, region: str = HOME, *, good: bool, **named: str) -> str:
    """A domain of OpenSearch; its ARN."""
    uid = arn("es", f"domain/{name}", region)
    listed = next(a for a in cloud.given["opensearch.ListDomainNames"] if a.region == region)
    listed.says["DomainNames"].append({"DomainName": name, "EngineType": "OpenSearch"})
    tls = "Policy-Min-TLS-1-2-PFS-2023-10" if good else "Policy-Min-TLS-1-0-2019-07"
    says: dict[str, Any] = {
        "DomainId": f"{ACCOUNT}/{name}",
        "DomainName": name,
        "ARN": uid,
        "ClusterConfig": {"ZoneAwarenessEnabled": True},
        "VPCOptions": {"VPCId": "vpc-1", "SubnetIds": ["subnet-1"]},
        "EncryptionAtRestOptions": {"Enabled": True, **({"KmsKeyId": key_arn} if key_arn else {})},
        "DomainEndpointOptions": {"EnforceHTTPS": good, "TLSSecurityPolicy": tls},
    }
    known = next((a for a in cloud.given.get("opensearch.DescribeDomains", ()) if a.region == region), None)
    if known is None:
        cloud.say("opensearch.DescribeDomains", {"DomainStatusList": [says]}, region)
    else:
        known.says["DomainStatusList"].append(says)
    tagged(cloud, uid, region, **named)
    return uid


def found_by_macie(cloud: Answers, bucket_name: str, region: str = HOME, *, hits: int, number: str = "1") -> None:
    """What Macie found in a bucket: findings, or nothing."""
    uid = f"arn:aws:s3:::{bucket_name}"
    if not hits:
        says = {"bucketName": bucket_name, "bucketArn": uid, "sensitivityScore": 1}
        cloud.add("macie2.DescribeBuckets", says, region=region)
        return
    cloud.add("macie2.ListFindings", number, region=region)
    finding = {
        "id": number,
        "resourcesAffected": {"s3Bucket": {"arn": uid, "name": bucket_name}},
        "classificationDetails": {"result": {"sensitiveData": [{"category": "PERSONAL_INFORMATION"}]}},
    }
    cloud.say("macie2.GetFindings", {"findings": [finding]}, region)
