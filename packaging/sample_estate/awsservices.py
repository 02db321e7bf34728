"""Items of AWS Config for everything but keys and buckets."""

import json
from typing import Final

from awsitems import REGION, arn, item, policy
from identity import DATA, RESEARCH, Document, hexadecimal, identifier, moment, stamp

VPC: Final = {account: f"vpc-{hexadecimal(f'vpc/{account}', 17)}" for account in (DATA, RESEARCH)}


def database(
    name: str,
    account: str = DATA,
    region: str = REGION,
    *,
    key: str | None,
    tags: dict[str, str],
    backup_days: int = 35,
    replicas: tuple[str, ...] = (),
    replica_of: str | None = None,
    engine: str = "postgres",
    size: str = "db.r6i.xlarge",
) -> Document:
    """An RDS instance; without a key it is not encrypted."""
    own = arn("rds", region, account, f"db:{name}")
    configuration: Document = {
        "dBInstanceIdentifier": name,
        "dBInstanceClass": size,
        "engine": engine,
        "dBInstanceStatus": "available",
        "allocatedStorage": 500,
        "instanceCreateTime": stamp(moment(f"rds/{name}")),
        "backupRetentionPeriod": backup_days,
        "dBSubnetGroup": {"dBSubnetGroupName": "private", "vpcId": VPC.get(account)},
        "availabilityZone": f"{region}a",
        "multiAZ": True,
        "publiclyAccessible": False,
        "storageEncrypted": key is not None,
        "kmsKeyId": key,
        "dbiResourceId": f"db-{hexadecimal(f'rds/{name}/{region}', 26).upper()}",
        "dBInstanceArn": own,
        "readReplicaSourceDBInstanceIdentifier": replica_of,
        "readReplicaDBInstanceIdentifiers": list(replicas),
        "dBInstanceAutomatedBackupsReplications": [],
        "deletionProtection": True,
    }
    identity = str(configuration["dbiResourceId"])
    return item(
        "AWS::RDS::DBInstance",
        account,
        region,
        identity,
        configuration,
        name=name,
        arn=own,
        tags=tags,
        supplement={"Tags": []},
        zone=f"{region}a",
    )


def database_snapshot(name: str, source: str, key: str, created: str, *, shared_with: tuple[str, ...] = ()) -> Document:
    """A manual snapshot of an RDS instance."""
    own = arn("rds", REGION, DATA, f"snapshot:{name}")
    configuration: Document = {
        "dBSnapshotIdentifier": name,
        "dBInstanceIdentifier": source,
        "snapshotCreateTime": created,
        "engine": "postgres",
        "status": "available",
        "snapshotType": "manual",
        "encrypted": True,
        "kmsKeyId": key,
        "dBSnapshotArn": own,
    }
    attributes = [{"attributeName": "restore", "attributeValues": list(shared_with)}]
    return item(
        "AWS::RDS::DBSnapshot",
        DATA,
        REGION,
        name,
        configuration,
        name=name,
        arn=own,
        supplement={"Tags": [], "DBSnapshotAttributes": attributes},
        zone=f"{REGION}a",
    )


def table(
    name: str, region: str = REGION, *, key: str, tags: dict[str, str], replicas: tuple[str, ...] = ()
) -> Document:
    """A DynamoDB table and its replicas."""
    own = arn("dynamodb", region, DATA, f"table/{name}")
    configuration: Document = {
        "tableName": name,
        "tableStatus": "ACTIVE",
        "creationDateTime": int(moment(f"table/{name}").timestamp() * 1000),
        "tableArn": own,
        "tableId": identifier(f"table/{name}/{region}"),
        "ssedescription": {"status": "ENABLED", "ssetype": "KMS", "kmsmasterKeyArn": key},
        "deletionProtectionEnabled": True,
    }
    if replicas:
        configuration["replicas"] = [{"regionName": r, "replicaStatus": "ACTIVE"} for r in (region, *replicas)]
    backups = {
        "continuousBackupsStatus": "ENABLED",
        "pointInTimeRecoveryDescription": {"pointInTimeRecoveryStatus": "ENABLED", "recoveryPeriodInDays": 35},
    }
    return item(
        "AWS::DynamoDB::Table",
        DATA,
        region,
        name,
        configuration,
        name=name,
        arn=own,
        tags=tags,
        supplement={"ContinuousBackupsDescription": backups},
    )


def machine(
    name: str,
    account: str,
    kind: str,
    *,
    region: str = REGION,
    zone: str | None = None,
    key: str,
    tags: dict[str, str],
    public: bool = False,
) -> list[Document]:
    """A machine and its one disk."""
    where = zone or f"{region}a"
    identity, disk = f"i-{hexadecimal(f'i/{name}', 17)}", f"vol-{hexadecimal(f'vol/{name}', 17)}"
    created = stamp(moment(f"ec2/{name}"))
    configuration: Document = {
        "instanceId": identity,
        "instanceType": kind,
        "imageId": f"ami-{hexadecimal('ami/base', 17)}",
        "state": {"code": 16, "name": "running"},
        "launchTime": created,
        "placement": {"availabilityZone": where, "tenancy": "default"},
        "privateIpAddress": "10.40.12.8",
        "publicDnsName": "",
        "vpcId": VPC.get(account),
        "enclaveOptions": {"enabled": False},
        "metadataOptions": {"httpTokens": "required"},
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeId": disk, "status": "attached"}}],
    }
    if public:
        configuration |= {"publicIpAddress": "198.51.100.24", "publicDnsName": "ec2-198-51-100-24.example"}
    attached = [{"instanceId": identity, "state": "attached", "device": "/dev/xvda", "volumeId": disk}]
    named = {"Name": name, **tags}
    return [
        item("AWS::EC2::Instance", account, region, identity, configuration, tags=named, zone=where,
             arn=arn("ec2", region, account, f"instance/{identity}")),
        volume(name, account, key, named, region=region, zone=where, attachments=attached),
    ]  # fmt: skip


def volume(
    name: str,
    account: str,
    key: str | None,
    tags: dict[str, str],
    *,
    region: str = REGION,
    zone: str | None = None,
    attachments: list[Document] | None = None,
) -> Document:
    """A disk."""
    disk = f"vol-{hexadecimal(f'vol/{name}', 17)}"
    configuration: Document = {
        "volumeId": disk,
        "availabilityZone": zone or f"{region}a",
        "encrypted": key is not None,
        **({"kmsKeyId": key} if key is not None else {}),
        "size": 1000,
        "state": "in-use" if attachments else "available",
        "createTime": stamp(moment(f"ec2/{name}")),
        "volumeType": "gp3",
        "attachments": attachments or [],
    }
    own = arn("ec2", region, account, f"volume/{disk}")
    return item("AWS::EC2::Volume", account, region, disk, configuration, arn=own, tags=tags, zone=zone or f"{region}a")


def file_system(
    name: str, account: str, key: str, tags: dict[str, str], *, tls: bool = True, backed_up: bool = True
) -> Document:
    """An EFS file system."""
    identity = f"fs-{hexadecimal(f'efs/{name}', 17)}"
    own = arn("elasticfilesystem", REGION, account, f"file-system/{identity}")
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": own,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    configuration: Document = {
        "FileSystemId": identity,
        "Arn": own,
        "Encrypted": True,
        "KmsKeyId": key,
        "PerformanceMode": "generalPurpose",
        "BackupPolicy": {"Status": "ENABLED" if backed_up else "DISABLED"},
        "FileSystemPolicy": json.loads(policy(statement)) if tls else None,
        "AvailabilityZoneName": None,
        "NumberOfMountTargets": 3,
    }
    return item(
        "AWS::EFS::FileSystem", account, REGION, identity, configuration, name=name, arn=own, tags=tags, zone="Regional"
    )


def simple(
    sort: str,
    service: str,
    resource: str,
    account: str,
    configuration: Document,
    *,
    region: str = REGION,
    identity: str | None = None,
    name: str | None = None,
    tags: dict[str, str] | None = None,
    supplement: Document | None = None,
) -> Document:
    """An item whose id is the last part of its ARN, or the one given."""
    own = arn(service, region, account, resource)
    last = resource.replace(":", "/").rsplit("/", 1)[-1]
    return item(
        sort,
        account,
        region,
        identity or last,
        configuration,
        name=name or last,
        arn=own,
        tags=tags,
        supplement=supplement,
        zone="Regional",
    )


def registry(name: str, account: str, key: str, *, shared_with: str | None = None) -> Document:
    """A registry of container images."""
    own = arn("ecr", REGION, account, f"repository/{name}")
    text = None
    if shared_with is not None:
        party = {"AWS": f"arn:aws:iam::{shared_with}:root"}
        statement = {"Sid": "Pull", "Effect": "Allow", "Principal": party, "Action": ["ecr:BatchGetImage"]}
        text = policy(statement)
    configuration: Document = {
        "RepositoryName": name,
        "Arn": own,
        "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": key},
        "RepositoryPolicyText": text,
        "ImageTagMutability": "IMMUTABLE",
    }
    return simple("AWS::ECR::Repository", "ecr", f"repository/{name}", account, configuration, identity=name)


def secret(name: str, account: str, key: str, tags: dict[str, str]) -> Document:
    """An entry of Secrets Manager."""
    own = arn("secretsmanager", REGION, account, f"secret:{name}-{hexadecimal(f'secret/{name}', 6)}")
    configuration: Document = {"Id": own, "Name": name, "KmsKeyId": key, "ReplicaRegions": [], "RotationEnabled": True}
    return item(
        "AWS::SecretsManager::Secret",
        account,
        REGION,
        own,
        configuration,
        name=name,
        arn=own,
        tags=tags,
        zone="Regional",
    )


def role(name: str, account: str, principal: Document) -> Document:
    """A role and who may act as it."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    identity = f"AROA{hexadecimal(f'role/{account}/{name}', 17).upper()}"
    own = f"arn:aws:iam::{account}:role/{name}"
    configuration: Document = {
        "path": "/",
        "roleName": name,
        "roleId": identity,
        "arn": own,
        "createDate": stamp(moment(f"role/{name}")),
        "assumeRolePolicyDocument": policy(statement).replace("{", "%7B").replace("}", "%7D").replace('"', "%22"),
        "instanceProfileList": [],
    }
    return item("AWS::IAM::Role", account, "global", identity, configuration, name=name, arn=own)


def network(account: str) -> list[Document]:
    """The private network of an account and its private ways to services."""
    vpc = VPC[account]
    configuration: Document = {"vpcId": vpc, "ownerId": account, "cidrBlock": "10.40.0.0/16", "isDefault": False}
    found = [simple("AWS::EC2::VPC", "ec2", f"vpc/{vpc}", account, configuration, tags={"Name": "private"})]
    for service in ("s3", "kms", "sagemaker.api"):
        identity = f"vpce-{hexadecimal(f'vpce/{account}/{service}', 17)}"
        condition = {"StringEquals": {"aws:PrincipalOrgID": "o-lum3nar0se"}}
        statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}
        configuration: Document = {
            "vpcEndpointId": identity,
            "vpcEndpointType": "Gateway" if service == "s3" else "Interface",
            "vpcId": vpc,
            "serviceName": f"com.amazonaws.{REGION}.{service}",
            "state": "available",
            "policyDocument": policy(statement),
            "privateDnsEnabled": service != "s3",
        }
        found.append(simple("AWS::EC2::VPCEndpoint", "ec2", f"vpc-endpoint/{identity}", account, configuration))
    return found
