"""Everything that a complete scan of AWS would read: what no collector shows yet is named in the report.

A line is dropped by itself as soon as a collector of its service shows its kind, or the service's module says more
exactly what waits.
"""

from typing import Final

from scanners.aws.live.declare import Waiting

_TABLE: Final = """
accessanalyzer ; governance.policy ; findings of IAM Access Analyzer
account ; account ; contact details of accounts
appflow ; transfer.job ; flows of AppFlow
athena ; warehouse ; work groups of Athena
autoscaling ; compute.nodegroup ; auto scaling groups
backup ; backup.vault ; vaults of AWS Backup
backup ; replication ; plans of AWS Backup
backup ; storage.snapshot ; recovery points of AWS Backup
batch ; compute.cluster ; compute environments of Batch
batch ; training.job ; jobs of Batch
bedrock ; account.region ; data retention and invocation logging of Bedrock
bedrock ; ai.customization ; customisation jobs and knowledge bases of Bedrock
bedrock ; ai.endpoint ; provisioned throughput and agents of Bedrock
bedrock ; ai.inference_profile ; inference profiles of Bedrock
bedrock ; ai.model ; custom and imported models of Bedrock
bedrock ; governance.policy ; guardrails of Bedrock
bedrock ; replication ; copies of models of Bedrock
bedrock ; training.job ; batch inference jobs of Bedrock
cloudformation ; compute.cluster ; clusters of ParallelCluster
cloudhsmv2 ; key ; CloudHSM clusters and their backups
cloudtrail ; log.trail ; trails of CloudTrail
config ; log.trail ; recorders of AWS Config
controltower ; governance.policy ; controls of Control Tower
datasync ; transfer.job ; tasks of DataSync
directconnect ; network.peering ; Direct Connect links
dlm ; replication ; policies of Data Lifecycle Manager
dms ; transfer.job ; tasks of Database Migration Service
dynamodb ; database.table ; tables of DynamoDB
dynamodb ; transfer.job ; exports of DynamoDB
ec2 ; compute.instance ; machines
ec2 ; compute.nodegroup ; reserved capacity
ec2 ; network.endpoint ; private ways to services
ec2 ; network.peering ; links between networks
ec2 ; network.vpc ; networks
ec2 ; storage.image ; machine images
ec2 ; storage.snapshot ; snapshots
ec2 ; storage.volume ; disks
ecr ; replication ; replication of container registries
ecr ; storage.registry ; container registries
ecs ; compute.cluster ; clusters of ECS
ecs ; training.job ; tasks of ECS
efs ; storage.filesystem ; file systems of EFS
eks ; compute.cluster ; clusters of EKS
eks ; compute.nodegroup ; node groups of EKS
emr ; compute.cluster ; clusters of EMR
firehose ; transfer.job ; delivery streams of Firehose
fsx ; storage.filesystem ; file systems of FSx
fsx ; storage.snapshot ; backups of FSx
glue ; warehouse ; catalogues of Glue
glue ; transfer.job ; jobs of Glue
guardduty ; account.region ; detectors of GuardDuty
iam ; identity ; roles
kafka ; transfer.job ; clusters and replicators of MSK
kinesis ; transfer.job ; streams of Kinesis
kms ; key ; keys
logs ; log.group ; log groups
macie2 ; governance.policy ; findings of Macie
opensearch ; database.instance ; domains of OpenSearch
opensearchserverless ; database.instance ; collections of OpenSearch Serverless
organizations ; account ; membership in an organisation
organizations ; governance.policy ; policies of the organisation
outposts ; compute.cluster ; Outposts and their addresses
pcs ; compute.cluster ; clusters of Parallel Computing Service
ram ; governance.policy ; shares of Resource Access Manager
rds ; database.instance ; databases of RDS
rds ; replication ; global databases of RDS
rds ; storage.snapshot ; snapshots of RDS
rds ; transfer.job ; exports of RDS snapshots
redshift ; storage.snapshot ; snapshots of Redshift
redshift ; warehouse ; clusters of Redshift
redshift-serverless ; warehouse ; Redshift Serverless
s3 ; governance.policy ; account-wide blocks of S3
s3 ; storage.bucket ; buckets
s3express ; storage.bucket ; directory buckets
s3files ; storage.filesystem ; file systems on buckets
s3tables ; storage.bucket ; table buckets
s3vectors ; storage.bucket ; vector buckets
sagemaker ; ai.account ; domains and tracking servers of SageMaker
sagemaker ; ai.endpoint ; endpoints of SageMaker
sagemaker ; ai.model ; models of SageMaker
sagemaker ; compute.cluster ; HyperPod clusters
sagemaker ; compute.nodegroup ; training plans of SageMaker
sagemaker ; database.table ; feature groups of SageMaker
sagemaker ; training.job ; jobs of SageMaker
sagemaker ; training.notebook ; notebooks of SageMaker
secretsmanager ; secret ; secrets
securityhub ; governance.policy ; findings of Security Hub
snowball ; transfer.job ; Snow jobs
storagegateway ; storage.filesystem ; storage gateways and their shares
transfer ; transfer.job ; servers of Transfer Family
"""

PLAN: Final = tuple(Waiting(*(cell.strip() for cell in line.split(" ; "))) for line in _TABLE.strip().splitlines())
"""What a complete scan would read, by coverage's name of the service and by kind."""
