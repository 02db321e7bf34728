"""RDS, DynamoDB, Redshift, OpenSearch and Athena, live."""

from pathlib import Path
from typing import Any

from simulated_aws import ACCOUNT, DENIED, denied, play, recorded

from scanners.aws.live.databases import COLLECTORS

RDS = f"arn:aws:rds:eu-central-1:{ACCOUNT}"
TABLE = f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/patients"


def test_databases_with_their_replicas_and_backups_elsewhere() -> None:
    answers: dict[str, Any] = {
        "rds.DescribeDBInstances": [
            {
                "DBInstances": [
                    {
                        "DBInstanceIdentifier": "a",
                        "DBInstanceArn": f"{RDS}:db:a",
                        "StorageEncrypted": True,
                        "PubliclyAccessible": True,
                        "ReadReplicaDBInstanceIdentifiers": [f"arn:aws:rds:us-east-1:{ACCOUNT}:db:far"],
                        "TagList": [{"Key": "data", "Value": "personal"}],
                    }
                ]
            },
            {"DBInstances": [{"DBInstanceIdentifier": "b", "DBInstanceArn": f"{RDS}:db:b", "TagList": []}]},
        ],
        "rds.DescribeDBInstanceAutomatedBackups": {
            "DBInstanceAutomatedBackups": [
                {
                    "DBInstanceAutomatedBackupsArn": f"{RDS}:auto-backup:1",
                    "DBInstanceArn": f"arn:aws:rds:eu-west-2:{ACCOUNT}:db:uk",
                    "Region": "eu-west-2",
                    "Encrypted": True,
                },
                {"DBInstanceAutomatedBackupsArn": f"{RDS}:auto-backup:2", "Region": "eu-central-1"},
                {"DBInstanceAutomatedBackupsArn": f"{RDS}:auto-backup:3"},
            ]
        },
        "rds.DescribeExportTasks": {
            "ExportTasks": [
                {
                    "ExportTaskIdentifier": "x",
                    "SourceArn": f"{RDS}:snapshot:s",
                    "S3Bucket": "training-us",
                    "Status": "COMPLETE",
                }
            ]
        },
    }
    run = play(COLLECTORS, answers)
    first = run.assets[f"{RDS}:db:a"]
    assert first.tags == {"data": "personal"}
    assert first.attributes["backup_loc"] is None
    assert first.attributes["public_access"] == "possible"
    assert ("replicates_to", f"arn:aws:rds:us-east-1:{ACCOUNT}:db:far") in run.relations(first.uid)
    assert f"{RDS}:db:b" in run.assets
    backup = run.only("storage.snapshot")
    assert backup.attributes["source_region"] == "eu-west-2"
    assert ("writes", "arn:aws:s3:::training-us") in run.relations(run.only("transfer.job").uid)


def test_who_may_restore_a_snapshot_is_asked_for_those_that_can_be_shared() -> None:
    def snapshot(name: str, sort: str) -> dict[str, Any]:
        return {
            "DBSnapshotIdentifier": name,
            "DBSnapshotArn": f"{RDS}:snapshot:{name}",
            "SnapshotType": sort,
            "Encrypted": False,
        }

    shared = [{"AttributeName": "restore", "AttributeValues": ["all", "999988887777"]}]
    answers: dict[str, Any] = {
        "rds.DescribeDBSnapshots": {"DBSnapshots": [snapshot("m", "manual"), snapshot("auto", "automated")]},
        "rds.DescribeDBSnapshotAttributes": {"DBSnapshotAttributesResult": {"DBSnapshotAttributes": shared}},
    }
    run = play(COLLECTORS, answers)
    assert run.assets[f"{RDS}:snapshot:m"].attributes["public_access"] == "public"
    assert run.relations(f"{RDS}:snapshot:m") == {("shared_with", "public"), ("shared_with", "account:999988887777")}
    assert run.assets[f"{RDS}:snapshot:auto"].attributes["public_access"] == "none"
    assert run.calls["rds.DescribeDBSnapshotAttributes"] == 1
    unread = play(COLLECTORS, {**answers, "rds.DescribeDBSnapshotAttributes": DENIED})
    assert "public_access" not in unread.assets[f"{RDS}:snapshot:m"].attributes
    assert unread.status("rds", "storage.snapshot") == "partial"


def test_tables_with_replicas_recovery_and_expiry() -> None:
    answers: dict[str, Any] = {
        "dynamodb.ListTables": {"TableNames": ["patients"]},
        "dynamodb.DescribeTable": {
            "Table": {"TableName": "patients", "TableArn": TABLE, "Replicas": [{"RegionName": "us-east-1"}]}
        },
        "dynamodb.DescribeContinuousBackups": {
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
            }
        },
        "dynamodb.DescribeTimeToLive": {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}},
        "dynamodb.GetResourcePolicy": ("PolicyNotFoundException", "none"),
        "dynamodb.ListExports": {"ExportSummaries": [{"ExportArn": f"{TABLE}/export/1"}]},
        "dynamodb.DescribeExport": {
            "ExportDescription": {
                "ExportArn": f"{TABLE}/export/1",
                "TableArn": TABLE,
                "S3Bucket": "out",
                "ExportStatus": "IN_PROGRESS",
            }
        },
    }
    run = play(COLLECTORS, answers)
    table = run.assets[TABLE]
    assert table.attributes["custody"] == "provider"
    assert table.attributes["backup_retention_days"] == 0
    assert table.attributes["expire_days"] is None
    assert table.attributes["public_access"] == "none"
    assert run.relations(TABLE) == {("replicates_to", TABLE.replace("eu-central-1", "us-east-1"))}
    assert run.relations(f"{TABLE}/export/1") == {("reads", TABLE), ("writes", "arn:aws:s3:::out")}
    unread = play(
        COLLECTORS,
        {**answers, "dynamodb.DescribeTimeToLive": DENIED, "dynamodb.DescribeContinuousBackups": DENIED},
    ).assets[TABLE]
    assert not {"expire_days", "backup_retention_days"} & set(unread.attributes)


def test_warehouses_and_stores_of_vectors() -> None:
    here = f"arn:aws:redshift-serverless:eu-central-1:{ACCOUNT}:namespace/n"
    answers: dict[str, Any] = {
        "redshift.DescribeClusters": {"Clusters": [{"ClusterIdentifier": "dw", "Encrypted": False, "Tags": []}]},
        "redshift.DescribeLoggingStatus": {"LoggingEnabled": True, "BucketName": "audit"},
        "redshift-serverless.ListNamespaces": {
            "namespaces": [{"namespaceName": "n", "namespaceArn": here, "kmsKeyId": "AWS_OWNED_KMS_KEY"}]
        },
        "redshift-serverless.ListWorkgroups": {
            "workgroups": [{"namespaceName": "n", "workgroupName": "w", "publiclyAccessible": True}]
        },
        "redshift-serverless.ListSnapshotCopyConfigurations": {
            "snapshotCopyConfigurations": [{"namespaceName": "n", "destinationRegion": "us-west-2"}]
        },
        "opensearch.ListDomainNames": {"DomainNames": [{"DomainName": f"dom{n}"} for n in range(7)]},
        "opensearch.DescribeDomains": lambda p: {
            "DomainStatusList": [
                {
                    "DomainId": name,
                    "DomainName": name,
                    "ARN": f"arn:aws:es:eu-central-1:{ACCOUNT}:domain/{name}",
                    "ClusterConfig": {},
                    "EncryptionAtRestOptions": {"Enabled": True},
                }
                for name in p["DomainNames"]
            ]
        },
        "opensearchserverless.ListCollections": {"collectionSummaries": [{"id": "col1"}]},
        "opensearchserverless.BatchGetCollection": {
            "collectionDetails": [{"id": "col1", "name": "vectors", "kmsKeyArn": "auto"}]
        },
        "athena.ListWorkGroups": [{"WorkGroups": [{"Name": "primary"}]}, {"WorkGroups": []}],
        "athena.GetWorkGroup": {
            "WorkGroup": {
                "Name": "primary",
                "Configuration": {"ResultConfiguration": {"OutputLocation": "s3://results/x"}},
            }
        },
    }
    run = play(COLLECTORS, answers)
    cluster = f"arn:aws:redshift:eu-central-1:{ACCOUNT}:cluster:dw"
    assert run.assets[cluster].attributes["custody"] == "none"
    assert run.assets[cluster].attributes["backup_loc"] is None
    assert ("logs_to", "arn:aws:s3:::audit") in run.relations(cluster)
    assert run.assets[here].attributes == {
        "encrypted": True,
        "custody": "provider",
        "public_access": "possible",
        "backup_loc": {"kind": "region", "region": "us-west-2"},
    }
    assert run.calls["opensearch.DescribeDomains"] == 2
    domains = [a for a in run.assets.values() if a.native_type == "AWS::OpenSearch::Domain"]
    assert len(domains) == 7
    assert all(a.attributes["public_network"] is True for a in domains)
    assert ("writes", "arn:aws:s3:::results") in run.relations()
    blind = play(
        COLLECTORS,
        {
            **answers,
            "redshift-serverless.ListWorkgroups": DENIED,
            "redshift-serverless.ListSnapshotCopyConfigurations": DENIED,
        },
    ).assets[here]
    assert not {"public_access", "backup_loc"} & set(blind.attributes)


def test_what_is_denied_is_never_empty() -> None:
    run = play(COLLECTORS, denied(COLLECTORS))
    assert not run.assets
    assert set(run.statuses().values()) == {"denied"}


def test_recorded_answers(recordings: Path) -> None:
    answers: dict[str, Any] = {
        "rds.DescribeDBInstances": recorded(recordings, "rds/DescribeDBInstances.1"),
        "rds.DescribeDBSnapshots": recorded(recordings, "rds/DescribeDBSnapshots.1"),
        "rds.DescribeDBSnapshotAttributes": recorded(recordings, "rds/DescribeDBSnapshotAttributes.1"),
        "dynamodb.ListTables": {"TableNames": ["Test-DDBTable-backup"]},
        "dynamodb.DescribeTable": recorded(recordings, "dynamodb/DescribeTable.1"),
        "dynamodb.DescribeContinuousBackups": recorded(recordings, "dynamodb/DescribeContinuousBackups.1"),
        "redshift.DescribeClusters": recorded(recordings, "redshift/DescribeClusters.1"),
        "athena.ListWorkGroups": recorded(recordings, "athena/ListWorkGroups.1"),
        "athena.GetWorkGroup": recorded(recordings, "athena/GetWorkGroup.1"),
    }
    run = play(COLLECTORS, answers, region="us-east-1")
    kinds = {a.kind for a in run.assets.values()}
    assert kinds >= {"database.instance", "storage.snapshot", "database.table", "warehouse"}
    table = run.only("database.table")
    assert table.attributes["custody"] == "provider"
    recovery = answers["dynamodb.DescribeContinuousBackups"]["ContinuousBackupsDescription"]
    on = recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert (table.attributes["backup_retention_days"] > 0) is on


def test_how_a_serverless_collection_is_reached() -> None:
    def rules(resource: str, **more: Any) -> dict[str, Any]:
        return {"Rules": [{"ResourceType": "collection", "Resource": [resource]}], **more}

    def policy(parameters: dict[str, Any]) -> dict[str, Any]:
        open_to_all, private = (
            rules("collection/pub*", AllowFromPublic=True),
            rules("collection/own", SourceVPCEs=["v"]),
        )
        return {"securityPolicyDetail": {"policy": [open_to_all] if parameters["name"] == "one" else [private]}}

    def found(name: str) -> dict[str, Any]:
        return {"id": name, "name": name, "arn": f"arn:aws:aoss:eu-central-1:{ACCOUNT}:collection/{name}"}

    answers: dict[str, Any] = {
        "opensearchserverless.ListCollections": {"collectionSummaries": [{"id": n} for n in ("public", "own", "none")]},
        "opensearchserverless.BatchGetCollection": {"collectionDetails": [found(n) for n in ("public", "own", "none")]},
        "opensearchserverless.ListSecurityPolicies": [
            {"securityPolicySummaries": [{"name": "one"}]},
            {"securityPolicySummaries": [{"name": "two"}]},
        ],
        "opensearchserverless.GetSecurityPolicy": policy,
    }
    run = play(COLLECTORS, answers)
    said = {
        a.name: (a.attributes["public_network"], a.attributes["private_endpoint"])
        for a in run.assets.values()
        if a.native_type == "AWS::OpenSearchServerless::Collection"
    }
    assert said == {"public": (True, False), "own": (False, True), "none": (False, False)}
    blind = play(COLLECTORS, {**answers, "opensearchserverless.ListSecurityPolicies": DENIED})
    assert not any("public_network" in a.attributes for a in blind.assets.values())
    assert blind.status("opensearchserverless", "database.instance") == "partial"


def test_a_work_group_that_keeps_nothing_is_no_store() -> None:
    def played(configuration: dict[str, Any]) -> list[str]:
        answers: dict[str, Any] = {
            "athena.ListWorkGroups": {"WorkGroups": [{"Name": "primary"}]},
            "athena.GetWorkGroup": {"WorkGroup": {"Name": "primary", "Configuration": configuration}},
        }
        run = play(COLLECTORS, answers)
        return [a.name for a in run.assets.values() if a.native_type == "AWS::Athena::WorkGroup"]

    assert played({"EnforceWorkGroupConfiguration": False}) == []
    assert played({"ResultConfiguration": {"OutputLocation": "s3://results/x"}}) == ["primary"]
    assert played({"ManagedQueryResultsConfiguration": {"Enabled": True}}) == ["primary"]
