"""Organisations, guards, shares, settings, contacts: live."""

import json
from pathlib import Path
from typing import Any

import pytest
from simulated_aws import ACCOUNT, DENIED, play, recorded

from scanners.aws.controls import guards
from scanners.aws.live import bedrock, bedrock_services, organizations, settings, sharing
from scanners.model import Asset

BUCKET = "arn:aws:s3:::patients"
EU = {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}


def denial(**more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Deny", "Resource": "*", **more}]}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}, {}),
        (
            denial(NotAction=["iam:*"], Condition=EU),
            {
                "region": {"allowed_regions": ["eu-central-1", "eu-west-1"], "exceptions": []},
                "ai_scope": {"exceptions": []},
            },
        ),
        (
            denial(NotAction=["iam:*", "bedrock:*"], Condition=EU),
            {"region": {"allowed_regions": ["eu-central-1", "eu-west-1"], "exceptions": [{"covers_data": True}]}},
        ),
        (
            denial(Action="bedrock:*", Condition={"StringEquals": {"aws:RequestedRegion": "unspecified"}}),
            {"ai_scope": {"exceptions": []}},
        ),
        (
            denial(
                Action=["bedrock:InvokeModel*"],
                Condition={
                    "StringEquals": {"aws:RequestedRegion": "unspecified"},
                    "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/lab"},
                },
            ),
            {"ai_scope": {"enforced": None}},
        ),
        (denial(Action="bedrock:InvokeModel"), {"ai_scope": {"enforced": None}}),
        (
            denial(
                Action="s3:PutObject", Condition={"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "true"}}
            ),
            {"cmk": {"enforced": None}},
        ),
        (denial(Action="s3:PutAccountPublicAccessBlock"), {"public_access": {"enforced": None}}),
        (
            denial(
                Principal="*",
                Action="s3:*",
                Condition={
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            ),
            {"public_access": {"exceptions": []}},
        ),
    ],
)
def test_what_a_policy_of_the_organisation_guards(policy: dict[str, Any], expected: dict[str, Any]) -> None:
    assert guards(policy) == expected


def policies_of(content: dict[str, Any], sort: str = "SERVICE_CONTROL_POLICY") -> list[Asset]:
    arn = "arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1"

    def listed(parameters: dict[str, Any]) -> dict[str, Any]:
        entry = {"Id": "p-1", "Arn": arn, "Name": "one", "Type": parameters["Filter"]}
        return {"Policies": [entry] if parameters["Filter"] == sort else []}

    answers: dict[str, Any] = {
        "organizations.ListPolicies": listed,
        "organizations.DescribePolicy": {"Policy": {"Content": json.dumps(content)}},
        "organizations.ListTargetsForPolicy": {"Targets": [{"TargetId": "ou-a", "Type": "ORGANIZATIONAL_UNIT"}]},
    }
    run = play(organizations.COLLECTORS, answers)
    assert all(
        ("member_of", "organization:ou-a") in run.relations(a.uid) for a in run.assets.values() if a.kind != "account"
    )
    return [a for a in run.assets.values() if a.kind == "governance.policy"]


def test_a_policy_that_guards_several_things_is_one_asset_for_each() -> None:
    found = {a.attributes["type"]: a for a in policies_of(denial(NotAction=["iam:*"], Condition=EU))}
    assert set(found) == {"region", "ai_scope"}
    assert found["region"].attributes["enforced"] is True
    assert found["ai_scope"].attributes["enforced"] is True
    assert found["ai_scope"].uid == found["region"].uid + "/ai_scope"
    (unsure,) = policies_of(denial(Action="bedrock:InvokeModel"))
    assert "enforced" not in unsure.attributes
    (nothing,) = policies_of({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    assert nothing.attributes["type"] == "other"
    (backups,) = policies_of({}, "BACKUP_POLICY")
    assert (backups.native_type, backups.attributes["type"]) == ("AWS::Organizations::BackupPolicy", "other")


def test_accounts_are_part_of_the_units_above_them() -> None:
    answers: dict[str, Any] = {
        "organizations.ListRoots": {"Roots": [{"Id": "r-1"}]},
        "organizations.ListAccountsForParent": lambda p: {
            "Accounts": [{"Id": {"r-1": "1" * 12, "ou-a": "2" * 12}[p["ParentId"]]}]
        },
        "organizations.ListOrganizationalUnitsForParent": lambda p: {
            "OrganizationalUnits": [{"Id": "ou-a"}] if p["ParentId"] == "r-1" else []
        },
    }
    run = play(organizations.COLLECTORS, answers)
    assert run.relations(f"arn:aws:iam::{'1' * 12}:root") == {("member_of", "organization:r-1")}
    below = {("member_of", "organization:r-1"), ("member_of", "organization:ou-a")}
    assert run.relations(f"arn:aws:iam::{'2' * 12}:root") == below


@pytest.mark.parametrize(
    ("organization", "said"),
    [
        ({"Id": "o-1", "MasterAccountId": "999988887777"}, True),
        ({"Id": "o-1", "MasterAccountId": ACCOUNT}, False),
        (None, False),
    ],
)
def test_a_member_account_does_not_see_the_event_data_stores_above_it(organization: Any, said: bool) -> None:
    answers: dict[str, Any] = {"organizations.DescribeOrganization": {"Organization": organization}}
    if organization is None:
        answers = {"organizations.DescribeOrganization": ("AWSOrganizationsNotInUseException", "no")}
    run = play(organizations.COLLECTORS, answers)
    cells = [c for c in run.cells if c.service == "cloudtrail.dataevents"]
    assert [(c.kind, c.status, c.region) for c in cells] == ([("log.trail", "unsupported", "*")] if said else [])
    assert all("management account" in (c.detail or "") for c in cells)


def test_what_access_analyzer_found_becomes_relations() -> None:
    arn = f"arn:aws:access-analyzer:eu-central-1:{ACCOUNT}:analyzer/a"
    found = [
        {"resource": BUCKET, "principal": {"AWS": "*"}, "isPublic": True, "status": "ACTIVE"},
        {
            "resource": BUCKET,
            "principal": {"AWS": "*"},
            "isPublic": False,
            "status": "ACTIVE",
            "condition": {"aws:PrincipalOrgID": "o-9"},
            "resourceOwnerAccount": ACCOUNT,
        },
        {
            "resource": f"arn:aws:iam::{ACCOUNT}:role/r",
            "resourceType": "AWS::IAM::Role",
            "status": "ACTIVE",
            "principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/okta"},
            "isPublic": False,
        },
        {"resource": BUCKET, "principal": {"AWS": "arn:aws:iam::999988887777:root"}, "status": "ARCHIVED"},
    ]
    answers: dict[str, Any] = {
        "accessanalyzer.ListAnalyzers": {
            "analyzers": [
                {"arn": arn, "name": "a", "type": "ACCOUNT", "status": "ACTIVE"},
                {"arn": arn + "2", "name": "b", "type": "ACCOUNT_UNUSED_ACCESS", "status": "ACTIVE"},
            ]
        },
        "accessanalyzer.ListFindings": [{"findings": found[:2]}, {"findings": found[2:]}],
    }
    run = play(sharing.COLLECTORS, answers)
    assert run.relations(BUCKET) == {("shared_with", "public"), ("shared_with", "organization:o-9")}
    assert run.relations(f"arn:aws:iam::{ACCOUNT}:role/r") == {("trusts", "domain:okta")}
    assert run.calls["accessanalyzer.ListFindings"] == 2


def test_shares_given_and_taken() -> None:
    subnet = f"arn:aws:ec2:eu-central-1:{ACCOUNT}:subnet/subnet-1"
    theirs = "arn:aws:ec2:eu-central-1:999988887777:transit-gateway/tgw-1"
    share = f"arn:aws:ram:eu-central-1:{ACCOUNT}:resource-share/s"

    def of(owner: str, own: list[Any], others: list[Any]) -> Any:
        return own if owner == "SELF" else others

    answers: dict[str, Any] = {
        "ram.GetResourceShares": lambda p: {
            "resourceShares": of(
                p["resourceOwner"],
                [{"resourceShareArn": share, "name": "s", "owningAccountId": ACCOUNT, "status": "ACTIVE"}],
                [{"resourceShareArn": share + "2", "name": "t", "owningAccountId": "999988887777", "status": "ACTIVE"}],
            )
        },
        "ram.ListResources": lambda p: {
            "resources": of(
                p["resourceOwner"],
                [{"arn": subnet, "resourceShareArn": share}],
                [{"arn": theirs, "resourceShareArn": share + "2"}],
            )
        },
        "ram.ListPrincipals": {
            "principals": [
                {"id": "123123123123", "resourceShareArn": share},
                {"id": f"arn:aws:organizations::{ACCOUNT}:ou/o-1/ou-x", "resourceShareArn": share},
                {"id": f"arn:aws:iam::{ACCOUNT}:role/own", "resourceShareArn": share},
            ]
        },
    }
    run = play(sharing.COLLECTORS, answers)
    assert run.relations(subnet) == {("shared_with", "account:123123123123"), ("shared_with", "organization:o-1")}
    assert run.relations(theirs) == {("shared_with", f"account:{ACCOUNT}")}


def test_identity_providers() -> None:
    answers: dict[str, Any] = {
        "iam.ListSAMLProviders": {"SAMLProviderList": [{"Arn": f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"}]},
        "iam.ListOpenIDConnectProviders": {
            "OpenIDConnectProviderList": [
                {"Arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"}
            ]
        },
    }
    run = play(sharing.COLLECTORS, answers)
    targets = {t for _, t in run.relations()}
    assert targets == {"domain:okta", "domain:token.actions.githubusercontent.com"}


def test_controls_of_control_tower_that_name_regions() -> None:
    here = f"arn:aws:controltower:eu-central-1:{ACCOUNT}"
    deny, other = f"{here}:enabledcontrol/1", f"{here}:enabledcontrol/2"
    unit = f"arn:aws:organizations::{ACCOUNT}:ou/o-1/ou-a"
    entry = {"targetIdentifier": unit, "statusSummary": {"status": "SUCCEEDED"}}
    answers: dict[str, Any] = {
        "controltower.ListLandingZones": {"landingZones": [{"arn": f"{here}:landingzone/z"}]},
        "controltower.GetLandingZone": {
            "landingZone": {
                "arn": f"{here}:landingzone/z",
                "version": "3.3",
                "driftStatus": {"status": "IN_SYNC"},
                "manifest": {"governedRegions": ["eu-central-1", "us-east-1"]},
            }
        },
        "controltower.ListEnabledControls": {
            "enabledControls": [
                {"arn": deny, "controlIdentifier": "arn:aws:controlcatalog:::control/abc", **entry},
                {"arn": other, "controlIdentifier": "arn:aws:controltower:eu-central-1::control/AWS-GR_X", **entry},
            ]
        },
        "controltower.GetEnabledControl": lambda p: {
            "enabledControlDetails": {
                "arn": p["enabledControlIdentifier"],
                "parameters": [{"key": "AllowedRegions", "value": ["eu-central-1"]}]
                if p["enabledControlIdentifier"] == deny
                else [],
            }
        },
    }
    run = play(settings.COLLECTORS, answers)
    control = run.assets[deny].attributes
    assert control == {"type": "region", "allowed_regions": ["eu-central-1"], "enforced": True, "scope_path": "ou-a"}
    assert other not in run.assets
    assert ("member_of", "organization:ou-a") in run.relations(deny)


def test_contacts_are_counted_and_their_names_forgotten() -> None:
    def contact(parameters: dict[str, Any]) -> Any:
        sort = parameters["AlternateContactType"]
        if sort != "SECURITY":
            return ("ResourceNotFoundException", "none")
        return {"AlternateContact": {"AlternateContactType": sort, "Name": "Anna Meier", "EmailAddress": "a@x.example"}}

    run = play(settings.COLLECTORS, {"account.GetAlternateContact": contact})
    assert run.only("account").attributes["contacts"] == [{"type": "security"}]
    assert "Anna" not in run.kept
    assert "a@x" not in run.kept
    none = play(settings.COLLECTORS, {"account.GetAlternateContact": ("ResourceNotFoundException", "none")})
    assert none.only("account").attributes["contacts"] == []
    refused = play(settings.COLLECTORS, {"account.GetAlternateContact": DENIED})
    assert not [a for a in refused.assets.values() if a.kind == "account"]


def test_defaults_of_a_region() -> None:
    key = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    answers: dict[str, Any] = {
        "ec2.GetEbsEncryptionByDefault": {"EbsEncryptionByDefault": True},
        "ec2.GetEbsDefaultKmsKeyId": {"KmsKeyId": key},
        "ec2.DescribeVpcBlockPublicAccessOptions": {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}},
    }
    run = play(settings.COLLECTORS, answers)
    disks = next(a for a in run.assets.values() if a.native_type == "AWS::EC2::EbsEncryptionByDefault")
    assert disks.attributes["enforced"] is True
    assert run.relations(disks.uid) == {("encrypted_by", key)}
    net = next(a for a in run.assets.values() if a.native_type == "AWS::EC2::VPCBlockPublicAccessOptions")
    assert net.attributes["enforced"] is False


def test_recorded_answers(recordings: Path) -> None:
    answers: dict[str, Any] = {
        "config.DescribeConfigurationRecorders": recorded(recordings, "config/DescribeConfigurationRecorders.1"),
        "config.DescribeConfigurationRecorderStatus": recorded(
            recordings, "config/DescribeConfigurationRecorderStatus.1"
        ),
        "config.DescribeDeliveryChannels": recorded(recordings, "config/DescribeDeliveryChannels.1"),
        "ec2.GetEbsEncryptionByDefault": recorded(recordings, "ec2/GetEbsEncryptionByDefault.1"),
        "ec2.GetEbsDefaultKmsKeyId": recorded(recordings, "ec2/GetEbsDefaultKmsKeyId.1"),
        "accessanalyzer.ListAnalyzers": recorded(recordings, "accessanalyzer/ListAnalyzers.1"),
        "accessanalyzer.ListFindings": recorded(recordings, "accessanalyzer/ListFindings.2"),
    }
    run = play((*settings.COLLECTORS, *sharing.COLLECTORS), answers, region="us-east-1")
    trail = run.only("log.trail")
    assert trail.attributes["management_events"] is False
    assert ("logs_to", "arn:aws:s3:::config-bucket-644160558196") in run.relations(trail.uid)
    queue = "arn:aws:sqs:us-east-1:644160558196:public-test"
    assert run.relations(queue) == {("shared_with", "public")}
    assert run.status("accessanalyzer", "governance.policy") == "collected"


def test_models_and_profiles_that_are_called() -> None:
    metric = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}
    named = [
        {**metric, "Dimensions": [{"Name": "ModelId", "Value": v}]} for v in ("anthropic.claude-v9", "eu.anthropic.x")
    ]
    profile = {
        "inferenceProfileId": "eu.anthropic.x",
        "type": "SYSTEM_DEFINED",
        "inferenceProfileName": "EU x",
        "inferenceProfileArn": f"arn:aws:bedrock:eu-central-1:{ACCOUNT}:inference-profile/eu.anthropic.x",
        "models": [
            {"modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.x"},
            {"modelArn": "arn:aws:bedrock:eu-west-3::foundation-model/anthropic.x"},
        ],
    }
    quiet = {**profile, "inferenceProfileId": "us.x", "inferenceProfileArn": "arn:aws:bedrock:eu-central-1::x/us.x"}
    answers: dict[str, Any] = {
        "cloudwatch.ListMetrics": [{"Metrics": named[:1]}, {"Metrics": named[1:]}],
        "bedrock.ListInferenceProfiles": lambda p: {
            "inferenceProfileSummaries": [profile, quiet] if p["typeEquals"] == "SYSTEM_DEFINED" else []
        },
    }
    run = play((*bedrock.COLLECTORS, *bedrock_services.COLLECTORS), answers)
    region = run.only("account.region")
    assert region.attributes["used_models"] == ["anthropic.claude-v9", "eu.anthropic.x"]
    assert run.assets[profile["inferenceProfileArn"]].attributes["used"] is True
    assert run.assets[quiet["inferenceProfileArn"]].attributes["used"] is None
    unread = play((*bedrock.COLLECTORS, *bedrock_services.COLLECTORS), {**answers, "cloudwatch.ListMetrics": DENIED})
    assert unread.assets[profile["inferenceProfileArn"]].attributes["used"] is None
    assert "used_models" not in unread.only("account.region").attributes
    silent = play(bedrock_services.COLLECTORS, {})
    assert not [a for a in silent.assets.values() if a.kind == "account.region"], "silence of two weeks shows nothing"
