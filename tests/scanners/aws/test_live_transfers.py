"""DataSync, Glue, DMS, Storage Gateway, Transfer Family, AppFlow and streams, live."""

from pathlib import Path
from typing import Any

from simulated_aws import ACCOUNT, DENIED, denied, play, recorded

from scanners.aws.live.transfers import COLLECTORS

S3 = "arn:aws:s3:::"
HOSE = f"arn:aws:firehose:eu-central-1:{ACCOUNT}:deliverystream"
SYNC = f"arn:aws:datasync:eu-central-1:{ACCOUNT}"


def test_a_task_of_datasync_with_the_addresses_of_both_ends() -> None:
    answers: dict[str, Any] = {
        "datasync.ListTasks": [{"Tasks": [{"TaskArn": f"{SYNC}:task/task-00000000000000001"}]}, {"Tasks": []}],
        "datasync.DescribeTask": {
            "TaskArn": f"{SYNC}:task/task-00000000000000001",
            "SourceLocationArn": f"{SYNC}:location/loc-a",
            "DestinationLocationArn": f"{SYNC}:location/loc-b",
            "Status": "AVAILABLE",
        },
        "datasync.ListLocations": [
            {"Locations": [{"LocationArn": f"{SYNC}:location/loc-a", "LocationUri": "s3://records/x"}]},
            {
                "Locations": [
                    {
                        "LocationArn": f"{SYNC}:location/loc-b",
                        "LocationUri": "azure-blob://account1.blob.core.windows.net/c",
                    }
                ]
            },
        ],
    }
    run = play(COLLECTORS, answers)
    job = run.only("transfer.job")
    targets = dict(run.relations(job.uid))
    assert targets["reads"] == S3 + "records"
    assert targets["writes"] == "azure-storage:account1"
    assert job.attributes["schedule"] is None
    far = {"LocationArn": f"{SYNC}:location/loc-b", "LocationUri": "fsxl://us-east-2.fs-0a1b/share"}
    again = play(COLLECTORS, {**answers, "datasync.ListLocations": {"Locations": [far]}})
    assert dict(again.relations(job.uid))["writes"] == f"arn:aws:fsx:us-east-2:{ACCOUNT}:file-system/fs-0a1b"
    unread = play(COLLECTORS, {**answers, "datasync.ListLocations": DENIED})
    assert dict(unread.relations(job.uid))["reads"] == f"{SYNC}:location/loc-a"
    assert unread.status("datasync", "transfer.job") == "partial"


def test_a_job_of_glue_keeps_only_addresses() -> None:
    job = {
        "Name": "etl",
        "Command": {"Name": "glueetl", "ScriptLocation": "s3://scripts/etl.py"},
        "DefaultArguments": {"--source": "s3://in-b/x", "--output-path": "s3://out-b/x", "--password": "hunter2"},
    }
    run = play(COLLECTORS, {"glue.GetJobs": [{"Jobs": [job]}, {"Jobs": [{"Name": "two"}]}]})
    assert run.relations(f"arn:aws:glue:eu-central-1:{ACCOUNT}:job/etl") == {
        ("reads", S3 + "scripts"),
        ("reads", S3 + "in-b"),
        ("writes", S3 + "out-b"),
    }
    assert "hunter2" not in run.kept
    assert len(run.assets) == 2


def test_a_migration_names_the_server_outside_and_the_bucket() -> None:
    here = f"arn:aws:dms:eu-central-1:{ACCOUNT}"
    answers: dict[str, Any] = {
        "dms.DescribeReplicationTasks": {
            "ReplicationTasks": [
                {
                    "ReplicationTaskArn": f"{here}:task:1",
                    "ReplicationTaskIdentifier": "one",
                    "SourceEndpointArn": f"{here}:endpoint:a",
                    "TargetEndpointArn": f"{here}:endpoint:b",
                    "MigrationType": "full-load-and-cdc",
                    "Status": "running",
                }
            ]
        },
        "dms.DescribeEndpoints": {
            "Endpoints": [
                {
                    "EndpointArn": f"{here}:endpoint:a",
                    "EngineName": "oracle",
                    "ServerName": "db.clinic.example",
                    "Username": "root-user",
                },
                {"EndpointArn": f"{here}:endpoint:b", "EngineName": "s3", "S3Settings": {"BucketName": "lake"}},
            ]
        },
    }
    run = play(COLLECTORS, answers)
    assert run.relations(f"{here}:task:1") == {
        ("reads", "external:oracle://db.clinic.example"),
        ("writes", S3 + "lake"),
    }
    assert run.assets[f"{here}:task:1"].attributes == {"continuous": True, "enabled": True}
    assert "root-user" not in run.kept
    assert run.calls["dms.DescribeEndpoints"] == 1


def test_a_share_of_a_gateway_stands_where_its_gateway_does() -> None:
    here = f"arn:aws:storagegateway:eu-central-1:{ACCOUNT}"
    gateway = f"{here}:gateway/sgw-12345678"
    share = f"{here}:share/share-12345678"
    answers: dict[str, Any] = {
        "storagegateway.ListFileShares": {
            "FileShareInfoList": [{"FileShareType": "NFS", "FileShareARN": share + "0123456789012345678901"}]
        },
        "storagegateway.DescribeNFSFileShares": {
            "NFSFileShareInfoList": [
                {
                    "FileShareARN": share,
                    "FileShareId": "share-12345678",
                    "GatewayARN": gateway,
                    "LocationARN": S3 + "far/x/",
                    "KMSEncrypted": False,
                }
            ]
        },
        "storagegateway.DescribeGatewayInformation": {"HostEnvironment": "VMWARE", "GatewayType": "FILE_S3"},
    }
    run = play(COLLECTORS, answers)
    assert run.assets[share].location.kind.value == "on_prem"
    assert ("writes", S3 + "far") in run.relations(share)
    unread = play(COLLECTORS, {**answers, "storagegateway.DescribeGatewayInformation": DENIED})
    assert unread.assets[share].location.kind.value == "unknown"


def test_servers_flows_and_streams() -> None:
    answers: dict[str, Any] = {
        "transfer.ListServers": {"Servers": [{"ServerId": "s-01234567890123456", "Arn": "x"}]},
        "transfer.DescribeServer": {
            "Server": {
                "Arn": f"arn:aws:transfer:eu-central-1:{ACCOUNT}:server/s-01234567890123456",
                "ServerId": "s-01234567890123456",
                "Domain": "S3",
            }
        },
        "transfer.ListUsers": {
            "ServerId": "s-01234567890123456",
            "Users": [
                {"Arn": "x", "UserName": "anna.meier", "HomeDirectory": "/inbox/anna.meier"},
                {"Arn": "x", "UserName": "b", "HomeDirectory": "/inbox/b"},
            ],
        },
        "appflow.ListFlows": [{"flows": [{"flowName": "crm"}]}, {"flows": []}],
        "appflow.DescribeFlow": {
            "flowName": "crm",
            "flowArn": f"arn:aws:appflow:eu-central-1:{ACCOUNT}:flow/crm",
            "sourceFlowConfig": {"connectorType": "Salesforce"},
            "destinationFlowConfigList": [
                {"connectorType": "S3", "destinationConnectorProperties": {"S3": {"bucketName": "lake"}}}
            ],
        },
        "firehose.ListDeliveryStreams": lambda p: (
            {"DeliveryStreamNames": ["b"], "HasMoreDeliveryStreams": False}
            if "ExclusiveStartDeliveryStreamName" in p
            else {"DeliveryStreamNames": ["a"], "HasMoreDeliveryStreams": True}
        ),
        "firehose.DescribeDeliveryStream": lambda p: {
            "DeliveryStreamDescription": {
                "DeliveryStreamName": p["DeliveryStreamName"],
                "DeliveryStreamARN": f"{HOSE}/{p['DeliveryStreamName']}",
                "Destinations": [
                    {"DestinationId": "1", "ExtendedS3DestinationDescription": {"BucketARN": S3 + "sink"}}
                ],
            }
        },
        "kinesis.ListStreams": {"StreamNames": ["clicks"]},
        "kinesis.DescribeStreamSummary": {
            "StreamDescriptionSummary": {
                "StreamName": "clicks",
                "StreamARN": f"arn:aws:kinesis:eu-central-1:{ACCOUNT}:stream/clicks",
                "KeyId": "alias/aws/kinesis",
            }
        },
        "kafka.ListClustersV2": {
            "ClusterInfoList": [{"ClusterName": "k", "ClusterArn": "arn:aws:kafka:x:1:cluster/k"}]
        },
    }
    run = play(COLLECTORS, answers)
    server = next(a for a in run.assets.values() if a.native_type == "AWS::Transfer::Server")
    assert run.relations(server.uid) == {("reads", S3 + "inbox"), ("writes", S3 + "inbox")}
    assert "anna" not in run.kept
    flow = next(a for a in run.assets.values() if a.native_type == "AWS::AppFlow::Flow")
    assert run.relations(flow.uid) == {("reads", "external:appflow:salesforce"), ("writes", S3 + "lake")}
    assert sorted(a.name for a in run.assets.values() if "Firehose" in a.native_type) == ["a", "b"]
    assert ("writes", S3 + "sink") in run.relations()
    assert {a.native_type for a in run.assets.values()} >= {"AWS::Kinesis::Stream", "AWS::MSK::Cluster"}


def test_what_is_denied_is_never_empty() -> None:
    run = play(COLLECTORS, denied(COLLECTORS))
    assert not run.assets
    assert set(run.statuses().values()) == {"denied"}


def test_recorded_answers(recordings: Path) -> None:
    answers: dict[str, Any] = {
        "glue.GetJobs": recorded(recordings, "glue/GetJobs.1"),
        "transfer.ListServers": recorded(recordings, "transfer/ListServers.1"),
        "transfer.DescribeServer": recorded(recordings, "transfer/DescribeServer.1"),
        "firehose.ListDeliveryStreams": {"DeliveryStreamNames": ["x"], "HasMoreDeliveryStreams": False},
        "firehose.DescribeDeliveryStream": recorded(recordings, "firehose/DescribeDeliveryStream.3"),
        "kafka.ListClustersV2": recorded(recordings, "kafka/ListClustersV2.1"),
    }
    run = play(COLLECTORS, answers, region="us-east-1")
    types = {a.native_type for a in run.assets.values()}
    assert types == {
        "AWS::Glue::Job",
        "AWS::Transfer::Server",
        "AWS::KinesisFirehose::DeliveryStream",
        "AWS::MSK::Cluster",
    }
    delivery = next(a for a in run.assets.values() if a.native_type == "AWS::KinesisFirehose::DeliveryStream")
    assert any(type_ == "writes" for type_, _ in run.relations(delivery.uid))
