"""Roles and organisations: which accounts are read, as whom, and what is said of those that are not."""

import json
from typing import Any

import msgspec
import pytest
from aws_estate import ACCOUNT, AwsCloud
from aws_wire import error_body, operation_of
from fault_proxy import FaultProxy, Request

from app.connections import Connection
from scanners.aws.live.login import Login, LoginError, Network, Secret
from scanners.aws.live.scan import scan
from scanners.aws.live.scan import scan as scan_aws
from scanners.guard import CallLog
from scanners.model import Asset, Coverage, CoverageStatus, Item

REGION = "eu-central-1"
pytestmark = pytest.mark.usefixtures("core")


@pytest.fixture
def login(proxy: FaultProxy, connection: Connection, cloud: AwsCloud) -> Login:
    cloud.reset()
    return Login(
        "org",
        "keys",
        access_key_id="testing",
        secret=Secret("testing"),
        regions=(REGION,),
        endpoint=proxy.endpoint,
        organization_role="SitusReadOnly",
    )


def member_accounts(cloud: AwsCloud, count: int) -> list[str]:
    organisation = cloud.client("organizations")
    organisation.create_organization(FeatureSet="ALL")
    made: list[str] = []
    for n in range(count):
        status = organisation.create_account(AccountName=f"team-{n}", Email=f"t{n}@example.org")
        made.append(status["CreateAccountStatus"]["AccountId"])
    return made


def read(login: Login, **more: Any) -> tuple[list[Asset], list[Coverage], tuple[str, ...]]:
    items: list[Item] = []
    found = scan(login, items.extend, CallLog(), network=Network(attempts=2, read_timeout=5), **more)
    return [i for i in items if isinstance(i, Asset)], found.cells, found.accounts


def test_every_account_of_the_organisation_is_read_as_its_role(cloud: AwsCloud, login: Login) -> None:
    members = member_accounts(cloud, 2)
    assumed = cloud.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{members[0]}:role/SitusReadOnly", RoleSessionName="plant"
    )["Credentials"]
    import boto3

    boto3.client(
        "ec2",
        region_name=REGION,
        endpoint_url=cloud.endpoint,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    ).create_volume(AvailabilityZone=f"{REGION}a", Size=1)
    assets, cells, accounts = read(login)
    assert set(accounts) == {ACCOUNT, *members}
    disks = [a for a in assets if a.kind == "storage.volume"]
    assert [a.account for a in disks] == [members[0]]
    names = {a.account: a.name for a in assets if a.kind == "account" and a.name != a.account}
    assert names[members[1]] == "team-1"
    keys = {c.account: c.status for c in cells if (c.service, c.kind, c.region) == ("kms", "key", REGION)}
    assert keys == dict.fromkeys([ACCOUNT, *members], CoverageStatus.EMPTY)


def test_an_account_whose_role_is_refused_is_a_gap(cloud: AwsCloud, login: Login, proxy: FaultProxy) -> None:
    members = member_accounts(cloud, 2)

    def refused(request: Request) -> bool:
        return b"Action=AssumeRole&" in request.body and members[0].encode() in request.body

    proxy.strike(match=refused, status=403, body=error_body("AccessDenied", "no"))
    _, cells, accounts = read(login)
    assert set(accounts) == {ACCOUNT, members[1]}
    [gap] = [c for c in cells if c.account == members[0]]
    assert (gap.region, gap.service, gap.kind) == ("*", "*", "*")
    assert (gap.status, gap.missing_permission) == (CoverageStatus.DENIED, "sts:AssumeRole")
    assert gap.detail is not None
    assert f"arn:aws:iam::{members[0]}:role/SitusReadOnly" in gap.detail


def test_accounts_that_are_not_named_are_not_read(cloud: AwsCloud, login: Login) -> None:
    members = member_accounts(cloud, 2)
    _, _, accounts = read(msgspec.structs.replace(login, accounts=(members[1],)))
    assert accounts == (members[1],)


def test_where_the_organisation_is_not_shown_named_accounts_are_still_tried(
    cloud: AwsCloud, login: Login, proxy: FaultProxy
) -> None:
    members = member_accounts(cloud, 1)
    proxy.strike(
        match=lambda r: operation_of(r) == "organizations.ListAccounts",
        status=400,
        body=error_body("AccessDeniedException", "You don't have permissions to access this resource."),
    )
    _, cells, accounts = read(msgspec.structs.replace(login, accounts=("*", members[0])))
    assert set(accounts) == {ACCOUNT, members[0]}
    [gap] = [c for c in cells if c.account == "*"]
    assert (gap.status, gap.missing_permission) == (CoverageStatus.DENIED, "organizations:ListAccounts")


def test_an_account_that_the_login_does_not_reach_is_named(login: Login) -> None:
    one = msgspec.structs.replace(login, organization_role=None, accounts=(ACCOUNT, "210987654321"))
    _, cells, accounts = read(one)
    assert accounts == (ACCOUNT,)
    [gap] = [c for c in cells if c.account == "210987654321"]
    assert gap.status is CoverageStatus.NOT_ASKED


def test_a_role_with_an_external_id_from_another_login(login: Login, proxy: FaultProxy) -> None:
    bodies: list[bytes] = []
    proxy.strike(match=lambda r: bool(bodies.append(r.body)))
    role = Login(
        "role",
        "role",
        role_arn="arn:aws:iam::555566667777:role/SitusReadOnly",
        external_id="a-random-text",
        source=msgspec.structs.replace(login, organization_role=None),
        regions=(REGION,),
        endpoint=proxy.endpoint,
    )
    _, _, accounts = read(role)
    assert accounts == ("555566667777",)
    assumed = [b for b in bodies if b"Action=AssumeRole&" in b]
    assert len(assumed) == 1
    assert b"ExternalId=a-random-text" in assumed[0]


def test_a_role_that_asks_for_a_code_gets_it_from_the_person(login: Login, proxy: FaultProxy) -> None:
    bodies: list[bytes] = []
    proxy.strike(match=lambda r: bool(bodies.append(r.body)))
    role = Login(
        "role",
        "role",
        role_arn="arn:aws:iam::555566667777:role/SitusReadOnly",
        mfa_serial="arn:aws:iam::123456789012:mfa/anna",
        source=msgspec.structs.replace(login, organization_role=None),
        regions=(REGION,),
        endpoint=proxy.endpoint,
    )
    asked: list[str] = []
    read(role, ask_mfa=lambda serial: asked.append(serial) or "123456")
    assert asked == ["arn:aws:iam::123456789012:mfa/anna"]
    assert any(b"TokenCode=123456" in body for body in bodies)
    with pytest.raises(LoginError, match="second factor"):
        read(role)


def test_a_profile_that_does_not_exist_is_said(login: Login) -> None:
    with pytest.raises(LoginError, match="'nope' is not in the AWS configuration"):
        scan_aws(Login("p", "profile", profile="nope"), lambda _: None, CallLog())


def test_no_credentials_at_all_is_said(login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(LoginError, match="there are no AWS credentials"):
        scan_aws(Login("d", endpoint=login.endpoint), lambda _: None, CallLog())


def test_regions_that_are_off_or_not_asked_are_said(login: Login, proxy: FaultProxy) -> None:
    regions = {"eu-central-1": "ENABLED_BY_DEFAULT", "eu-west-1": "ENABLED", "eu-south-1": "DISABLED"}
    listed = [{"RegionName": name, "RegionOptStatus": status} for name, status in regions.items()]
    proxy.strike(
        match=lambda r: operation_of(r) == "account.ListRegions",
        status=200,
        body=lambda _: ("application/json", json.dumps({"Regions": listed}).encode()),
    )
    one = msgspec.structs.replace(login, organization_role=None, regions=("eu-central-*", "eu-south-*"))
    assets, cells, _ = read(one)
    said = {c.region: c.status for c in cells if c.service == "*"}
    assert said == {"eu-west-1": CoverageStatus.NOT_ASKED, "eu-south-1": CoverageStatus.DISABLED}
    assert {c.region for c in cells if c.service == "kms" and c.region != "*"} == {"eu-central-1"}
    [account] = [a for a in assets if a.kind == "account"]
    assert account.attributes["regions"][2] == {"region": "eu-south-1", "opt_status": "DISABLED"}


def test_where_regions_cannot_be_listed_none_is_left_out_on_a_guess(login: Login, proxy: FaultProxy) -> None:
    refused = ("account.ListRegions", "ec2.DescribeRegions")
    denied = error_body("AccessDenied", "no")
    proxy.strike(match=lambda r: operation_of(r) in refused, status=403, body=denied)
    one = msgspec.structs.replace(login, organization_role=None, regions=("eu-*",))
    _, cells, _ = read(one)
    [gap] = [c for c in cells if (c.service, c.region) == ("account", "global")]
    assert (gap.status, gap.missing_permission) == (CoverageStatus.DENIED, "account:ListRegions")
    assert {"eu-central-1", "eu-south-2", "eu-north-1"} <= {c.region for c in cells if c.service == "kms"}
