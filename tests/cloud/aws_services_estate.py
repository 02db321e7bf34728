"""Services of the simulated AWS with problems planted on purpose: databases, notebooks, jobs, clusters, secrets."""

import json
from typing import Any

from aws_estate import ACCOUNT, FOREIGN, AwsCloud, bucket

PERSONAL = [{"Key": "data-classification", "Value": "personal"}]
HOME, FAR = "eu-central-1", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ml"


def plant_services(cloud: AwsCloud) -> dict[str, str]:
    """Plants the services; what was planted by name → uid."""
    uid: dict[str, str] = {}
    _databases(cloud, uid)
    _learning(cloud, uid)
    _rest(cloud, uid)
    return uid


def _databases(cloud: AwsCloud, uid: dict[str, str]) -> None:
    rds = cloud.client("rds", HOME)
    made = rds.create_db_instance(
        DBInstanceIdentifier="patients", Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
        MasterUsername="root", MasterUserPassword="hunter22222", PubliclyAccessible=True, StorageEncrypted=False,
        BackupRetentionPeriod=0, Tags=PERSONAL,
    )["DBInstance"]  # fmt: skip
    uid["open database"] = made["DBInstanceArn"]
    rds.create_db_snapshot(DBSnapshotIdentifier="patients-1", DBInstanceIdentifier="patients", Tags=PERSONAL)
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="patients-1", AttributeName="restore", ValuesToAdd=["all"])
    uid["public database snapshot"] = f"arn:aws:rds:{HOME}:{ACCOUNT}:snapshot:patients-1"
    dynamo = cloud.client("dynamodb", FAR)
    table = dynamo.create_table(
        TableName="events", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
        Tags=PERSONAL,
    )["TableDescription"]  # fmt: skip
    uid["table in the United States"] = table["TableArn"]
    shift = cloud.client("redshift", HOME)
    shift.create_cluster(
        ClusterIdentifier="dw", NodeType="ra3.large", MasterUsername="root", MasterUserPassword="Hunter22222",
        PubliclyAccessible=True, Encrypted=False, Tags=PERSONAL,
    )  # fmt: skip
    uid["open warehouse"] = f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:dw"


def _learning(cloud: AwsCloud, uid: dict[str, str]) -> None:
    maker = cloud.client("sagemaker", HOME)
    maker.create_notebook_instance(
        NotebookInstanceName="lab", InstanceType="ml.p3.2xlarge", RoleArn=ROLE, DirectInternetAccess="Enabled",
        RootAccess="Enabled",
    )  # fmt: skip
    uid["open notebook"] = f"arn:aws:sagemaker:{HOME}:{ACCOUNT}:notebook-instance/lab"
    bucket(cloud, "corpus", HOME, PERSONAL)
    bucket(cloud, "model-out", FAR)
    uid["output in the United States"] = "arn:aws:s3:::model-out"
    uid["corpus"] = "arn:aws:s3:::corpus"
    image = f"{FOREIGN}.dkr.ecr.{FAR}.amazonaws.com/x:1"
    data = {"S3DataType": "S3Prefix", "S3Uri": "s3://corpus/x/"}
    maker.create_training_job(
        TrainingJobName="train", RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": data}}],
        OutputDataConfig={"S3OutputPath": "s3://model-out/x/"},
        ResourceConfig={"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 2, "VolumeSizeInGB": 100},
        StoppingCondition={"MaxRuntimeInSeconds": 3600}, HyperParameters={"token": "hf_secret_token"},
    )  # fmt: skip
    uid["training job"] = f"arn:aws:sagemaker:{HOME}:{ACCOUNT}:training-job/train"


def _rest(cloud: AwsCloud, uid: dict[str, str]) -> None:
    ec2 = cloud.client("ec2", HOME)
    subnets = [s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]][:2]
    eks = cloud.client("eks", HOME)
    made: Any = eks.create_cluster(
        name="gpu", roleArn=ROLE, resourcesVpcConfig={"subnetIds": subnets, "endpointPublicAccess": True}
    )["cluster"]
    uid["open cluster"] = made["arn"]
    eks.create_nodegroup(
        clusterName="gpu", nodegroupName="p4", subnets=subnets, nodeRole=ROLE, instanceTypes=["p4d.24xlarge"],
        scalingConfig={"minSize": 1, "maxSize": 4, "desiredSize": 2},
    )  # fmt: skip
    files = cloud.client("efs", HOME).create_file_system(CreationToken="x", Encrypted=False, Tags=PERSONAL)
    uid["plain file system"] = files["FileSystemArn"]
    secret = cloud.client("secretsmanager", HOME).create_secret(
        Name="db", SecretString="hunter2", AddReplicaRegions=[{"Region": FAR}]
    )  # fmt: skip
    uid["secret copied abroad"] = secret["ARN"]
    ecr = cloud.client("ecr", HOME)
    registry = ecr.create_repository(repositoryName="images")["repository"]
    shared = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": FOREIGN}, "Action": "ecr:BatchGetImage"}]}
    ecr.set_repository_policy(repositoryName="images", policyText=json.dumps(shared))
    uid["shared registry"] = registry["repositoryArn"]
    cloud.client("logs", HOME).create_log_group(logGroupName="/aws/sagemaker/TrainingJobs")
    uid["log group"] = f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs"
    scaling = cloud.client("autoscaling", FAR)
    far = cloud.client("ec2", FAR)
    template = far.create_launch_template(
        LaunchTemplateName="gpu", LaunchTemplateData={"InstanceType": "p5.48xlarge", "UserData": "aHVudGVyMg=="}
    )["LaunchTemplate"]["LaunchTemplateId"]
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="gpu", LaunchTemplate={"LaunchTemplateId": template}, MinSize=0, MaxSize=4,
        DesiredCapacity=0, AvailabilityZones=[f"{FAR}a"],
    )  # fmt: skip
    uid["sleeping group"] = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["AutoScalingGroupARN"]
