"""Machines and where they stand, links out of networks, stores beside buckets, keys outside: live."""

from pathlib import Path
from typing import Any

from simulated_aws import ACCOUNT, DENIED, play, recorded

from scanners.aws.live import capacity, cluster_parts, containers, ec2, exchanges, kms, links, object_stores
from scanners.model import LocationKind

HERE = f"arn:aws:ec2:eu-central-1:{ACCOUNT}"
OUTPOST = f"arn:aws:outposts:eu-central-1:{ACCOUNT}:outpost/op-1"
SITES: dict[str, Any] = {
    "outposts.ListOutposts": {
        "Outposts": [{"OutpostArn": OUTPOST, "OutpostId": "op-1", "SiteId": "os-1", "Name": "hall"}]
    },
    "outposts.ListSites": {
        "Sites": [
            {"SiteId": "os-1", "OperatingAddressCountryCode": "NO", "Notes": "ask for Anna"},
        ]
    },
}


def test_an_outpost_and_what_stands_on_it_is_where_its_site_is() -> None:
    machine = {"InstanceId": "i-1", "InstanceType": "g4dn.xlarge", "State": {"Name": "running"}, "OutpostArn": OUTPOST}
    answers: dict[str, Any] = {**SITES, "ec2.DescribeInstances": {"Reservations": [{"Instances": [machine]}]}}
    run = play((*capacity.COLLECTORS, *ec2.COLLECTORS), answers)
    rack, standing = run.assets[OUTPOST], run.assets[f"{HERE}:instance/i-1"]
    assert rack.location.country == standing.location.country == "NO"
    assert rack.location.kind is standing.location.kind is LocationKind.ON_PREM
    assert rack.location.site == standing.location.site == OUTPOST
    assert "Anna" not in run.kept
    unread = play(ec2.COLLECTORS, {**answers, "outposts.ListSites": DENIED})
    place = unread.only("compute.instance").location
    assert (place.kind, place.country, place.evidence) == (LocationKind.ON_PREM, None, "metadata_only")
    nowhere = play(
        ec2.COLLECTORS, {"ec2.DescribeInstances": {"Reservations": [{"Instances": [{**machine, "OutpostArn": None}]}]}}
    )
    assert not nowhere.calls["outposts.ListOutposts"]


def test_accelerators_are_counted_by_the_provider() -> None:
    def machine(n: int, sort: str) -> dict[str, Any]:
        return {"InstanceId": f"i-{n}", "InstanceType": sort, "State": {"Name": "running"}}

    answers: dict[str, Any] = {
        "ec2.DescribeInstances": [
            {"Reservations": [{"Instances": [machine(1, "p9.new"), machine(2, "m5.large")]}]},
            {"Reservations": [{"Instances": [machine(3, "p9.new"), machine(4, "inf9.x")]}]},
        ],
        "ec2.DescribeInstanceTypes": lambda p: {
            "InstanceTypes": [
                {
                    "p9.new": {"InstanceType": "p9.new", "GpuInfo": {"Gpus": [{"Name": "B900", "Count": 8}]}},
                    "m5.large": {"InstanceType": "m5.large"},
                    "inf9.x": {
                        "InstanceType": "inf9.x",
                        "NeuronInfo": {"NeuronDevices": [{"Name": "Inf9", "Count": 3}]},
                    },
                }[t]
                for t in p["InstanceTypes"]
            ]
        },
    }
    run = play(ec2.COLLECTORS, answers)
    counts = {a.uid[-1]: a.attributes.get("gpu_count") for a in run.assets.values() if a.kind == "compute.instance"}
    assert counts == {"1": 8, "2": 0, "3": 8, "4": 3}
    assert run.assets[f"{HERE}:instance/i-1"].attributes["gpu_model"] == "B900"
    assert [p["InstanceTypes"] for p in run.parameters["ec2.DescribeInstanceTypes"]] == [
        ["m5.large", "p9.new"],
        ["inf9.x"],
    ]
    unread = play(ec2.COLLECTORS, {**answers, "ec2.DescribeInstanceTypes": DENIED})
    assert unread.status("ec2", "compute.instance") == "collected"
    assert not any("gpu_count" in a.attributes for a in unread.assets.values())


def test_accelerators_of_every_list_count_and_none_that_cannot_be_counted_is_no_accelerator() -> None:
    chips = {"Accelerators": [{"Name": "Other AI", "Count": 8}]}
    own = {"NeuronDevices": [{"Name": "Inf9", "Count": 6}]}
    share = {"Gpus": [{"Name": "L9", "Count": 0, "LogicalGpuCount": 1, "GpuPartitionSize": 0.125}]}
    types: dict[str, dict[str, Any]] = {
        "dl9q.x": {"InferenceAcceleratorInfo": chips},
        "inf9.x": {"InferenceAcceleratorInfo": {"Accelerators": [{"Name": "Inf9", "Count": 6}]}, "NeuronInfo": own},
        "g9f.x": {"GpuInfo": share},
        "p9.x": {"GpuInfo": {"Gpus": [{"Name": "B900"}]}},
    }
    machines = [
        {"InstanceId": f"i-{sort}", "InstanceType": sort, "State": {"Name": "running"}} for sort in sorted(types)
    ]
    answers: dict[str, Any] = {
        "ec2.DescribeInstances": {"Reservations": [{"Instances": machines}]},
        "ec2.DescribeInstanceTypes": {"InstanceTypes": [{"InstanceType": t, **says} for t, says in types.items()]},
    }
    found = play(ec2.COLLECTORS, answers).assets.values()
    told = {a.name: (a.attributes.get("gpu_count"), a.attributes.get("gpu_model")) for a in found}
    assert {name: told[f"i-{name}"] for name in types} == {
        "dl9q.x": (8, "Other AI"),
        "inf9.x": (6, "Inf9"),
        "g9f.x": (1, "L9"),
        "p9.x": (None, "B900"),
    }


def test_groups_without_machines_are_capacity_that_sleeps() -> None:
    group = {
        "AutoScalingGroupName": "gpu",
        "MinSize": 0,
        "MaxSize": 8,
        "DesiredCapacity": 0,
        "AvailabilityZones": ["eu-central-1a"],
        "AutoScalingGroupARN": f"arn:aws:autoscaling:eu-central-1:{ACCOUNT}:autoScalingGroup:u:x/gpu",
        "LaunchTemplate": {"LaunchTemplateId": "lt-1"},
        "VPCZoneIdentifier": "subnet-1,subnet-2",
    }
    version = {
        "LaunchTemplateId": "lt-1",
        "LaunchTemplateName": "gpu",
        "VersionNumber": 3,
        "LaunchTemplateData": {"InstanceType": "p4d.24xlarge", "UserData": "c2VjcmV0"},
    }
    answers: dict[str, Any] = {
        "autoscaling.DescribeAutoScalingGroups": {"AutoScalingGroups": [group]},
        "ec2.DescribeLaunchTemplateVersions": {"LaunchTemplateVersions": [version]},
    }
    run = play(capacity.COLLECTORS, answers)
    found = run.assets[group["AutoScalingGroupARN"]]
    assert found.attributes == {"instance_type": "p4d.24xlarge", "node_count": 0}
    assert found.location.zone == "eu-central-1a"
    template = run.assets[f"{HERE}:launch-template/lt-1"]
    assert template.attributes == {"instance_type": "p4d.24xlarge", "node_count": 0}
    assert "c2VjcmV0" not in run.kept
    assert run.calls["ec2.DescribeLaunchTemplateVersions"] == 1


def test_a_cluster_of_parallelcluster_and_its_machines() -> None:
    tags = [{"Key": "parallelcluster:version", "Value": "3.9"}, {"Key": "parallelcluster:cluster-name", "Value": "hpc"}]
    stack = f"arn:aws:cloudformation:eu-central-1:{ACCOUNT}:stack/hpc/1"
    answers: dict[str, Any] = {
        "cloudformation.DescribeStacks": {
            "Stacks": [
                {
                    "StackId": stack,
                    "StackName": "hpc",
                    "Tags": tags,
                    "Parameters": [{"ParameterKey": "p", "ParameterValue": "hunter2"}],
                },
                {"StackId": stack + "2", "StackName": "web", "Tags": []},
            ]
        },
        "ec2.DescribeInstances": {
            "Reservations": [
                {
                    "Instances": [
                        {"InstanceId": "i-1", "InstanceType": "c5.large", "State": {"Name": "running"}, "Tags": tags}
                    ]
                }
            ]
        },
    }
    run = play((*capacity.COLLECTORS, *ec2.COLLECTORS), answers)
    cluster = run.only("compute.cluster")
    assert (cluster.uid, cluster.name) == (stack, "hpc")
    assert ("member_of", cluster.aliases[0]) in run.relations(f"{HERE}:instance/i-1")
    assert "hunter2" not in run.kept


def test_transit_gateways_and_what_hangs_on_them() -> None:
    answers: dict[str, Any] = {
        "ec2.DescribeTransitGateways": {
            "TransitGateways": [
                {
                    "TransitGatewayId": "tgw-1",
                    "TransitGatewayArn": f"{HERE}:transit-gateway/tgw-1",
                    "OwnerId": ACCOUNT,
                    "State": "available",
                }
            ]
        },
        "ec2.DescribeTransitGatewayAttachments": {
            "TransitGatewayAttachments": [
                {
                    "TransitGatewayAttachmentId": "a-1",
                    "TransitGatewayId": "tgw-1",
                    "TransitGatewayOwnerId": ACCOUNT,
                    "ResourceType": "vpc",
                    "ResourceId": "vpc-9",
                    "ResourceOwnerId": "999988887777",
                    "State": "available",
                },
                {"TransitGatewayAttachmentId": "a-2", "ResourceType": "peering", "State": "available"},
                {"TransitGatewayAttachmentId": "a-3", "ResourceType": "vpc", "ResourceId": "vpc-8", "State": "deleted"},
            ]
        },
        "ec2.DescribeTransitGatewayPeeringAttachments": {
            "TransitGatewayPeeringAttachments": [
                {
                    "TransitGatewayAttachmentId": "a-2",
                    "State": "available",
                    "RequesterTgwInfo": {"TransitGatewayId": "tgw-1", "OwnerId": ACCOUNT, "Region": "eu-central-1"},
                    "AccepterTgwInfo": {"TransitGatewayId": "tgw-2", "OwnerId": "999988887777", "Region": "us-east-1"},
                }
            ]
        },
    }
    run = play(links.COLLECTORS, answers)
    hub = f"{HERE}:transit-gateway/tgw-1"
    assert ("peers_with", hub) in run.relations("arn:aws:ec2:eu-central-1:999988887777:vpc/vpc-9")
    assert run.relations(hub) == {("peers_with", "arn:aws:ec2:us-east-1:999988887777:transit-gateway/tgw-2")}
    peering = run.assets[f"{HERE}:transit-gateway-attachment/a-2"].attributes
    assert peering == {"peer_account": "999988887777", "peer_loc": {"kind": "region", "region": "us-east-1"}}
    assert f"{HERE}:transit-gateway-attachment/a-3" not in run.assets


def test_lines_and_logs_as_recorded(recordings: Path) -> None:
    answers: dict[str, Any] = {
        "directconnect.DescribeConnections": recorded(recordings, "directconnect/DescribeConnections.1"),
        "ec2.DescribeFlowLogs": recorded(recordings, "ec2/DescribeFlowLogs.1"),
        "ec2.DescribeTransitGatewayAttachments": recorded(recordings, "ec2/DescribeTransitGatewayAttachments.1"),
        "autoscaling.DescribeAutoScalingGroups": recorded(recordings, "autoscaling/DescribeAutoScalingGroups.1"),
        "ec2.DescribeLaunchTemplateVersions": recorded(recordings, "ec2/DescribeLaunchTemplateVersions.2"),
        "s3control.ListAccessPoints": recorded(recordings, "s3control/ListAccessPoints.1"),
        "s3control.ListMultiRegionAccessPoints": recorded(recordings, "s3control/ListMultiRegionAccessPoints.1"),
        "ram.GetResourceShares": recorded(recordings, "ram/GetResourceShares.1"),
        "ecs.ListClusters": recorded(recordings, "ecs/ListClusters.1"),
        "ecs.ListContainerInstances": {"containerInstanceArns": ["arn:aws:ecs:x"]},
        "ecs.DescribeContainerInstances": recorded(recordings, "ecs/DescribeContainerInstances.1"),
        "eks.ListClusters": recorded(recordings, "eks/ListClusters.1"),
        "cloudhsmv2.DescribeClusters": recorded(recordings, "cloudhsmv2/DescribeClusters.1"),
    }
    modules = (links, capacity, object_stores, cluster_parts, kms)
    run = play(tuple(c for m in modules for c in m.COLLECTORS), answers, region="us-east-1")
    by_type: dict[str, list[Any]] = {}
    for asset in run.assets.values():
        by_type.setdefault(asset.native_type, []).append(asset)
    line = by_type["AWS::DirectConnect::Connection"][0]
    assert line.attributes["peer_loc"]["site"] == "EqDC2"
    (point,) = by_type["AWS::S3::MultiRegionAccessPoint"]
    assert point.location.members == ("us-east-1", "us-east-2")
    assert {"arn:aws:s3:::c1-replication", "arn:aws:s3:::c7n-ssm-build"} <= {
        r.source for r in run.items if getattr(r, "target", None) == point.uid
    }
    assert {a.name for a in by_type["AWS::S3::AccessPoint"]} >= {"c7n-ap-rapid-serval"}
    for native in (
        "AWS::EC2::FlowLog",
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::EC2::LaunchTemplate",
        "AWS::CloudHSM::Cluster",
    ):
        assert by_type.get(native), native
    assert "PreCoPassword" not in run.kept


def test_buckets_of_other_sorts() -> None:
    tables = f"arn:aws:s3tables:eu-central-1:{ACCOUNT}:bucket/t"
    vectors = f"arn:aws:s3vectors:eu-central-1:{ACCOUNT}:bucket/v"
    answers: dict[str, Any] = {
        "s3.ListDirectoryBuckets": {
            "Buckets": [{"Name": "fast--euc1-lz1--x-s3", "BucketRegion": "eu-central-1"}, {"Name": "plain"}]
        },
        "ec2.DescribeAvailabilityZones": {
            "AvailabilityZones": [{"ZoneId": "euc1-lz1", "ZoneName": "eu-central-1-waw-1a"}]
        },
        "s3tables.ListTableBuckets": {"tableBuckets": [{"arn": tables, "name": "t"}]},
        "s3tables.GetTableBucketEncryption": {"encryptionConfiguration": {"sseAlgorithm": "AES256"}},
        "s3tables.GetTableBucketReplication": {
            "configuration": {
                "role": "r",
                "rules": [
                    {"destinations": [{"destinationTableBucketARN": f"arn:aws:s3tables:us-east-1:{ACCOUNT}:bucket/t2"}]}
                ],
            }
        },
        "s3vectors.ListVectorBuckets": {"vectorBuckets": [{"vectorBucketName": "v", "vectorBucketArn": vectors}]},
        "s3vectors.GetVectorBucket": {"vectorBucket": {"vectorBucketName": "v", "vectorBucketArn": vectors}},
        "s3vectors.GetVectorBucketPolicy": ("NotFoundException", "no policy"),
        "s3files.ListFileSystems": {"fileSystems": [{"fileSystemId": "f-1", "bucket": "lake"}]},
        "s3files.GetFileSystem": {
            "fileSystemId": "f-1",
            "bucket": "arn:aws:s3:::lake",
            "fileSystemArn": f"arn:aws:s3files:eu-central-1:{ACCOUNT}:file-system/f-1",
        },
    }
    run = play(object_stores.COLLECTORS, answers)
    (fast,) = [a for a in run.assets.values() if a.native_type == "AWS::S3Express::DirectoryBucket"]
    assert (fast.location.kind, fast.location.zone) == (LocationKind.EDGE, "eu-central-1-waw-1a")
    table = run.assets[tables]
    assert table.attributes["secondary_loc"] == {"kind": "region", "region": "us-east-1"}
    assert table.attributes["custody"] == "provider"
    assert "public_access" not in table.attributes, "its policy is not asked for"
    assert run.assets[vectors].attributes["public_access"] == "none"
    system = next(a for a in run.assets.values() if a.kind == "storage.filesystem")
    assert run.relations(system.uid) == {("reads", "arn:aws:s3:::lake"), ("writes", "arn:aws:s3:::lake")}


def test_grants_on_keys_and_keys_that_lie_outside() -> None:
    key = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    described = {
        "KeyId": key.rsplit("/", 1)[-1],
        "Arn": key,
        "KeyManager": "CUSTOMER",
        "Origin": "EXTERNAL_KEY_STORE",
        "KeyState": "Enabled",
        "CustomKeyStoreId": "cks-1",
    }
    answers: dict[str, Any] = {
        "kms.ListKeys": {"Keys": [{"KeyId": described["KeyId"]}]},
        "kms.DescribeKey": {"KeyMetadata": described},
        "kms.ListGrants": {
            "Grants": [
                {"GranteePrincipal": "arn:aws:iam::999988887777:role/x", "Operations": ["Decrypt"]},
                {"GranteePrincipal": f"arn:aws:iam::{ACCOUNT}:role/own"},
                {"GranteePrincipal": "dynamodb.amazonaws.com"},
            ]
        },
        "kms.DescribeCustomKeyStores": {
            "CustomKeyStores": [
                {
                    "CustomKeyStoreId": "cks-1",
                    "ConnectionState": "CONNECTED",
                    "XksProxyConfiguration": {
                        "UriEndpoint": "https://hsm.bank.example",
                        "AccessKeyId": "ABCDEFGHIJKLMNOPQRST",
                    },
                }
            ]
        },
    }
    run = play(kms.COLLECTORS, answers)
    assert run.assets[key].attributes["custody"] == "external"
    assert run.assets[key].attributes["key_manager"] == "hsm.bank.example"
    assert run.relations(key) == {("shared_with", "account:999988887777")}
    assert "ABCDEFGHIJ" not in run.kept


def test_machines_of_ecs_outside_the_cloud() -> None:
    cluster = f"arn:aws:ecs:eu-central-1:{ACCOUNT}:cluster/c"
    outside = {
        "containerInstanceArn": f"arn:aws:ecs:eu-central-1:{ACCOUNT}:container-instance/c/1",
        "ec2InstanceId": "mi-1",
        "registeredResources": [{"name": "GPU", "stringSetValue": ["g1", "g2"]}],
    }
    inside = {**outside, "ec2InstanceId": "i-1"}
    answers: dict[str, Any] = {
        "ecs.ListClusters": {"clusterArns": [cluster]},
        "ecs.ListContainerInstances": {"containerInstanceArns": ["a", "b"]},
        "ecs.DescribeContainerInstances": {"containerInstances": [outside, inside]},
    }
    run = play(cluster_parts.COLLECTORS, answers)
    machine = run.only("compute.instance")
    assert (machine.provider, machine.location.kind) == ("on_prem", LocationKind.UNKNOWN)
    assert machine.attributes["gpu_count"] == 2
    plain = {**outside, "registeredResources": [{"name": "CPU", "integerValue": 4096}]}
    run_plain = play(
        cluster_parts.COLLECTORS, {**answers, "ecs.DescribeContainerInstances": {"containerInstances": [plain]}}
    )
    assert "gpu_count" not in run_plain.only("compute.instance").attributes  # may be registered without its GPUs
    assert ("member_of", cluster) in run.relations(f"{HERE}:instance/i-1")


def test_standing_links_between_stores() -> None:
    rds, shift = f"arn:aws:rds:eu-central-1:{ACCOUNT}", f"arn:aws:redshift:eu-central-1:{ACCOUNT}"
    answers: dict[str, Any] = {
        "rds.DescribeIntegrations": {
            "Integrations": [
                {
                    "IntegrationArn": f"{rds}:integration:i",
                    "IntegrationName": "i",
                    "SourceArn": f"{rds}:cluster:c",
                    "TargetArn": f"{shift}:namespace:n",
                    "Status": "active",
                }
            ]
        },
        "redshift.DescribeDataShares": {
            "DataShares": [
                {
                    "DataShareArn": f"{shift}:datashare:n/sales",
                    "ProducerArn": f"{shift}:namespace:n",
                    "DataShareAssociations": [
                        {"ConsumerIdentifier": "999988887777", "Status": "ACTIVE", "ConsumerRegion": "us-east-1"}
                    ],
                }
            ]
        },
        "opensearch.DescribeOutboundConnections": {
            "Connections": [
                {
                    "ConnectionId": "x",
                    "ConnectionStatus": {"StatusCode": "ACTIVE"},
                    "LocalDomainInfo": {
                        "AWSDomainInformation": {"OwnerId": ACCOUNT, "DomainName": "here", "Region": "eu-central-1"}
                    },
                    "RemoteDomainInfo": {
                        "AWSDomainInformation": {"OwnerId": "999988887777", "DomainName": "far", "Region": "us-east-1"}
                    },
                }
            ]
        },
        "backup.ListCopyJobs": {
            "CopyJobs": [
                {
                    "ResourceArn": f"{rds}:db:d",
                    "State": "COMPLETED",
                    "SourceBackupVaultArn": "v1",
                    "DestinationBackupVaultArn": f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:far",
                }
            ]
            * 3
        },
        "kafka.ListReplicators": {"Replicators": [{"ReplicatorArn": "arn:aws:kafka:eu-central-1:1:replicator/r"}]},
        "kafka.DescribeReplicator": {
            "ReplicatorArn": "arn:aws:kafka:eu-central-1:1:replicator/r",
            "ReplicatorState": "RUNNING",
            "KafkaClusters": [
                {
                    "KafkaClusterAlias": "a",
                    "ApacheKafkaCluster": {"BootstrapBrokerString": "b.example:9092,c.example:9092"},
                },
                {
                    "KafkaClusterAlias": "b",
                    "AmazonMskCluster": {"MskClusterArn": "arn:aws:kafka:eu-central-1:1:cluster/b"},
                },
            ],
            "ReplicationInfoList": [{"SourceKafkaClusterAlias": "b", "TargetKafkaClusterAlias": "a"}],
        },
        "transfer.ListConnectors": {"Connectors": [{"ConnectorId": "c-01234567890123456", "Arn": "x"}]},
        "transfer.DescribeConnector": {
            "Connector": {
                "ConnectorId": "c-1",
                "Arn": "arn:aws:transfer:eu-central-1:1:connector/c-1",
                "Url": "sftp://files.lab.example",
            }
        },
        "glue.GetDatabases": {"DatabaseList": [{"Name": "d"}]},
        "glue.GetTables": {
            "TableList": [{"Name": "t", "StorageDescriptor": {"Location": "s3://lake/people/anna"}}, {"Name": "u"}]
        },
        "glue.GetDataCatalogEncryptionSettings": {
            "DataCatalogEncryptionSettings": {"EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"}}
        },
        "lakeformation.ListPermissions": {
            "PrincipalResourcePermissions": [
                {"Principal": {"DataLakePrincipalIdentifier": "999988887777"}},
                {"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}},
            ]
        },
        "athena.ListDataCatalogs": {
            "DataCatalogsSummary": [
                {"CatalogName": "AwsDataCatalog", "Type": "GLUE"},
                {"CatalogName": "sn", "Type": "FEDERATED", "ConnectionType": "SNOWFLAKE"},
            ]
        },
    }
    run = play(exchanges.COLLECTORS, answers)
    assert ("replicates_to", f"{shift}:namespace:n") in run.relations(f"{rds}:cluster:c")
    assert run.relations(f"{shift}:namespace:n") == {("shared_with", "account:999988887777")}
    far, here = "arn:aws:es:us-east-1:999988887777:domain/far", f"arn:aws:es:eu-central-1:{ACCOUNT}:domain/here"
    assert run.relations(far) == {("replicates_to", here)}
    assert run.relations(f"{rds}:db:d") == {("replicates_to", f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:far")}
    assert run.relations("arn:aws:kafka:eu-central-1:1:cluster/b") == {("replicates_to", "external:kafka://b.example")}
    assert run.relations("arn:aws:transfer:eu-central-1:1:connector/c-1") == {
        ("writes", "external:sftp://files.lab.example")
    }
    lake = run.only("warehouse")
    assert lake.attributes["encrypted"] is False
    assert run.relations(lake.uid) == {("reads", "arn:aws:s3:::lake"), ("shared_with", "account:999988887777")}
    assert "anna" not in run.kept
    federated = [a for a in run.assets.values() if a.native_type == "AWS::Athena::DataCatalog"]
    assert [a.name for a in federated] == ["sn"]


def test_a_group_behind_a_node_group_is_part_of_it() -> None:
    tags = [{"Key": "eks:cluster-name", "Value": "c"}, {"Key": "eks:nodegroup-name", "Value": "n"}]
    group = f"arn:aws:autoscaling:eu-central-1:{ACCOUNT}:autoScalingGroup:u:autoScalingGroupName/eks-n"
    arn = f"arn:aws:eks:eu-central-1:{ACCOUNT}:nodegroup/c/n/1234"
    answers: dict[str, Any] = {
        "eks.ListClusters": {"clusters": ["c"]},
        "eks.ListNodegroups": {"nodegroups": ["n"]},
        "eks.DescribeNodegroup": {"nodegroup": {"nodegroupArn": arn, "nodegroupName": "n", "clusterName": "c"}},
        "autoscaling.DescribeAutoScalingGroups": {
            "AutoScalingGroups": [{"AutoScalingGroupARN": group, "AutoScalingGroupName": "eks-n", "Tags": tags}]
        },
    }
    run = play((*containers.COLLECTORS, *capacity.COLLECTORS), answers)
    (alias,) = run.assets[arn].aliases
    assert ("member_of", alias) in run.relations(group)
