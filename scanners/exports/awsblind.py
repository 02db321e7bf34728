"""What AWS Config does not record, whatever its recorder is set to: botocore 1.44.5, enumeration `ResourceType`."""

from typing import Final

_TAIL: Final = "AWS Config does not record {}; connect the account, or declare them."


def _cell(service: str, kind: str, what: str) -> tuple[str, str, str]:
    return service, kind, _TAIL.format(what)


_EVENTS: Final = (
    "AWS Config does not export which reads of data trails and event data stores log, nor the event data stores that"
    " the management account of an organisation keeps; connect the account."
)

CANNOT_SEE: Final = (
    _cell("sagemaker", "training.job", "training, processing and transform jobs"),
    _cell("sagemaker", "compute.cluster", "HyperPod clusters"),
    _cell("sagemaker", "compute.nodegroup", "training plans"),
    _cell("sagemaker", "ai.endpoint", "SageMaker endpoints"),
    _cell("sagemaker", "training.notebook", "notebook instances and Studio apps"),
    _cell("bedrock", "ai.model", "custom and imported models"),
    _cell("bedrock", "ai.customization", "model customisation jobs"),
    _cell("bedrock", "ai.endpoint", "provisioned throughput and agents"),
    _cell("bedrock", "account.region", "invocation logging and data retention of Bedrock"),
    _cell("fsx", "storage.filesystem", "FSx file systems"),
    _cell("ec2", "storage.snapshot", "EBS snapshots"),
    _cell("ec2", "storage.image", "machine images"),
    _cell("eks", "compute.nodegroup", "EKS node groups"),
    _cell("batch", "training.job", "Batch jobs"),
    _cell("pcs", "compute.cluster", "clusters of Parallel Computing Service"),
    _cell("s3vectors", "storage.bucket", "vector buckets"),
    ("cloudtrail.dataevents", "log.trail", _EVENTS),
    _cell("logs", "log.group", "log groups"),
    _cell("cloudhsmv2", "key", "CloudHSM clusters"),
    _cell("storagegateway", "storage.filesystem", "storage gateways and their shares"),
    _cell("backup", "transfer.job", "copy jobs of AWS Backup"),
    _cell("dms", "transfer.job", "replication tasks of Database Migration Service"),
    _cell("organizations", "governance.policy", "service control policies"),
    _cell("macie2", "governance.policy", "findings of Macie"),
    _cell("lakeformation", "governance.policy", "permissions of Lake Formation"),
    _cell("ram", "governance.policy", "resource shares"),
)
"""(service, kind, one sentence) for each account and region that a file of AWS Config covers."""
