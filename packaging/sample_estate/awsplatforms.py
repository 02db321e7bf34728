"""Items of AWS Config for trails, backups, SageMaker, Bedrock, transfers and clusters."""

from awsitems import REGION, arn, item
from awsservices import simple
from identity import DATA, RESEARCH, Document, hexadecimal, identifier, moment, stamp


def trail(name: str, account: str, target: str, key: str, *, digests: bool = True, region: str = REGION) -> Document:
    """An audit trail."""
    own = arn("cloudtrail", region, account, f"trail/{name}")
    configuration: Document = {
        "name": name,
        "s3BucketName": target,
        "includeGlobalServiceEvents": True,
        "isMultiRegionTrail": True,
        "homeRegion": region,
        "trailARN": own,
        "logFileValidationEnabled": digests,
        "kmsKeyId": key,
        "hasCustomEventSelectors": True,
        "isOrganizationTrail": False,
    }
    selectors: list[Document] = [{"readWriteType": "All", "includeManagementEvents": True, "dataResources": []}]
    supplement: Document = {"EventSelectors": selectors}
    return item(
        "AWS::CloudTrail::Trail", account, region, own, configuration, name=name, arn=own, supplement=supplement
    )


def vault(name: str, key: str, *, account: str = DATA, region: str = REGION, locked: bool = True) -> Document:
    """A backup vault."""
    own = arn("backup", region, account, f"backup-vault:{name}")
    configuration: Document = {"BackupVaultName": name, "BackupVaultArn": own, "EncryptionKeyArn": key}
    if locked:
        configuration |= {"Locked": True, "LockConfiguration": {"MinRetentionDays": 7, "MaxRetentionDays": 365}}
    else:
        configuration["Locked"] = False
    return simple("AWS::Backup::BackupVault", "backup", f"backup-vault:{name}", account, configuration, region=region)


def backup_plan(name: str, target: str, copies: tuple[str, ...] = ()) -> Document:
    """A backup plan: the vault that it fills and those that it copies to."""
    identity = identifier(f"plan/{name}")
    rule: Document = {
        "RuleName": "daily",
        "TargetBackupVault": target,
        "ScheduleExpression": "cron(0 2 ? * * *)",
        "Lifecycle": {"DeleteAfterDays": 90},
        "CopyActions": [{"DestinationBackupVaultArn": other, "Lifecycle": {"DeleteAfterDays": 90}} for other in copies],
    }
    configuration: Document = {
        "BackupPlanId": identity,
        "BackupPlanArn": arn("backup", REGION, DATA, f"backup-plan:{identity}"),
        "BackupPlan": {"BackupPlanName": name, "BackupPlanRule": [rule]},
    }
    return simple("AWS::Backup::BackupPlan", "backup", f"backup-plan:{identity}", DATA, configuration, name=name)


def recovery_point(
    name: str, source: str, holder: str, key: str, tags: dict[str, str], *, region: str = REGION
) -> Document:
    """One backup of one thing."""
    identity = identifier(f"recovery/{name}")
    own = arn("backup", region, DATA, f"recovery-point:{identity}")
    configuration: Document = {
        "RecoveryPointArn": own,
        "BackupVaultName": holder,
        "BackupVaultArn": arn("backup", region, DATA, f"backup-vault:{holder}"),
        "ResourceArn": source,
        "ResourceType": source.split(":")[2].upper(),
        "CreationDate": stamp(moment(f"recovery/{name}")),
        "IsEncrypted": True,
        "EncryptionKeyArn": key,
        "Lifecycle": {"DeleteAfterDays": 90},
    }
    return simple(
        "AWS::Backup::RecoveryPoint",
        "backup",
        f"recovery-point:{identity}",
        DATA,
        configuration,
        region=region,
        identity=own,
        tags=tags,
    )


def model(name: str, account: str, weights: str, tags: dict[str, str], region: str = REGION) -> Document:
    """A model of SageMaker that can be served."""
    registry_host = f"{account}.dkr.ecr.{region}.amazonaws.com"
    configuration: Document = {
        "ModelName": name,
        "ModelArn": arn("sagemaker", region, account, f"model/{name}"),
        "EnableNetworkIsolation": True,
        "ExecutionRoleArn": f"arn:aws:iam::{account}:role/sagemaker-serving",
        "PrimaryContainer": {"Image": f"{registry_host}/inference/{name}:1", "ModelDataUrl": weights},
    }
    return simple(
        "AWS::SageMaker::Model", "sagemaker", f"model/{name}", account, configuration, region=region, tags=tags
    )


def endpoint(
    name: str, account: str, served: str, key: str, captured: str | None = None, region: str = REGION
) -> Document:
    """What an endpoint of SageMaker serves."""
    configuration: Document = {
        "EndpointConfigName": name,
        "EndpointConfigArn": arn("sagemaker", region, account, f"endpoint-config/{name}"),
        "KmsKeyId": key,
        "ProductionVariants": [
            {"VariantName": "main", "ModelName": served, "InstanceType": "ml.g5.2xlarge", "InitialInstanceCount": 2}
        ],
        "DataCaptureConfig": {"EnableCapture": captured is not None},
    }
    if captured is not None:
        configuration["DataCaptureConfig"]["DestinationS3Uri"] = captured
    return simple(
        "AWS::SageMaker::EndpointConfig", "sagemaker", f"endpoint-config/{name}", account, configuration, region=region
    )


def inference_profile(name: str, model_id: str, regions: tuple[str, ...], region: str = REGION) -> Document:
    """A routing profile that the company made from one of the provider's."""
    identity = hexadecimal(f"profile/{name}", 12)
    own = arn("bedrock", region, RESEARCH, f"application-inference-profile/{identity}")
    configuration: Document = {
        "InferenceProfileId": identity,
        "InferenceProfileArn": own,
        "InferenceProfileIdentifier": own,
        "InferenceProfileName": name,
        "Type": "APPLICATION",
        "Status": "ACTIVE",
        "Models": [{"ModelArn": f"arn:aws:bedrock:{r}::foundation-model/{model_id}"} for r in regions],
    }
    return simple(
        "AWS::Bedrock::ApplicationInferenceProfile",
        "bedrock",
        f"application-inference-profile/{identity}",
        RESEARCH,
        configuration,
        region=region,
        name=name,
    )


def transfer_task(name: str, account: str, source: str, target: str, schedule: str | None) -> list[Document]:
    """A DataSync task and its two ends. Config records the ends by type of location."""
    ends: list[Document] = []
    arns: list[str] = []
    for side, uri in (("source", source), ("target", target)):
        identity = f"loc-{hexadecimal(f'datasync/{name}/{side}', 17)}"
        own = arn("datasync", REGION, account, f"location/{identity}")
        arns.append(own)
        configuration: Document = {"LocationArn": own, "LocationUri": uri}
        ends.append(
            simple(
                "AWS::DataSync::LocationS3", "datasync", f"location/{identity}", account, configuration, identity=own
            )
        )
    identity = f"task-{hexadecimal(f'datasync/{name}', 17)}"
    configuration: Document = {
        "TaskArn": arn("datasync", REGION, account, f"task/{identity}"),
        "Name": name,
        "Status": "AVAILABLE",
        "SourceLocationArn": arns[0],
        "DestinationLocationArn": arns[1],
    }
    if schedule is not None:
        configuration["Schedule"] = {"ScheduleExpression": schedule}
    task = simple("AWS::DataSync::Task", "datasync", f"task/{identity}", account, configuration, name=name)
    return [*ends, task]


def cluster(
    name: str, account: str, key: str, *, public: tuple[str, ...] | None = None, audited: bool = True
) -> Document:
    """An EKS cluster; `public`: the networks let in, None where its control plane is private."""
    configuration: Document = {
        "Name": name,
        "Arn": arn("eks", REGION, account, f"cluster/{name}"),
        "Version": "1.33",
        "ResourcesVpcConfig": {
            "EndpointPublicAccess": public is not None,
            "EndpointPrivateAccess": True,
            "PublicAccessCidrs": list(public or ()),
            "SubnetIds": [],
        },
        "EncryptionConfig": [{"Resources": ["secrets"], "Provider": {"KeyArn": key}}],
        "Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": "audit"}, {"Type": "api"}] if audited else []}},
    }
    return simple("AWS::EKS::Cluster", "eks", f"cluster/{name}", account, configuration)
