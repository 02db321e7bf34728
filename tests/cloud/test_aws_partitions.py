"""Other partitions than the commercial one, single sign-on, and organisations with many accounts."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aws_estate import ACCOUNT, AwsCloud
from aws_wire import error_body, operation_of
from fault_proxy import FaultProxy, Request

from scanners.aws.live.login import HOME, Login, LoginError, Network, Secret
from scanners.aws.live.scan import scan
from scanners.guard import CallLog
from scanners.model import Asset, Coverage, Item

pytestmark = pytest.mark.usefixtures("core", "connection")


def read(login: Login, log: CallLog | None = None, **more: Any) -> tuple[list[Asset], list[Coverage], tuple[str, ...]]:
    items: list[Item] = []
    found = scan(login, items.extend, log or CallLog(), network=Network(attempts=1, read_timeout=10), **more)
    return [i for i in items if isinstance(i, Asset)], found.cells, found.accounts


def keys(endpoint: str, *regions: str, **more: Any) -> Login:
    secret = Secret("testing")
    return Login("p", "keys", access_key_id="testing", secret=secret, regions=regions, endpoint=endpoint, **more)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eusc-de-east-1", "aws-eusc")],
)
def test_a_login_of_another_partition_stays_in_it(
    cloud: AwsCloud, proxy: FaultProxy, region: str, partition: str
) -> None:
    cloud.reset()
    cloud.client("ec2", region).create_volume(AvailabilityZone=f"{region}a", Size=1)
    cloud.client("s3", region).create_bucket(Bucket="ours", CreateBucketConfiguration={"LocationConstraint": region})
    scopes: set[str] = set()
    proxy.strike(match=lambda r: bool(scopes.add(r.headers.get("authorization", "").split("/")[2])))
    assets, cells, _ = read(keys(proxy.endpoint, region))
    assert scopes - {""} == {region}, "no call leaves the partition, also none of services that have no region"
    disk = next(a for a in assets if a.kind == "storage.volume")
    assert disk.uid.startswith(f"arn:{partition}:ec2:{region}:")
    assert {a.partition for a in assets} == {partition}
    bucket = next(a for a in assets if a.kind == "storage.bucket")
    assert bucket.uid == f"arn:{partition}:s3:::ours"
    assert any(c.region == region and c.service == "kms" for c in cells)


def test_a_login_that_names_no_region_finds_its_own_partition(cloud: AwsCloud, proxy: FaultProxy) -> None:
    """A login of China is not known to the commercial partition, which says so; nobody has to know that beforehand."""
    cloud.reset()

    def elsewhere(request: Request) -> bool:
        return "/cn-" not in request.headers.get("authorization", "")

    unknown = error_body("InvalidClientTokenId", "The security token included in the request is invalid.")
    proxy.strike(match=elsewhere, status=403, body=unknown)
    listed = [{"RegionName": "cn-north-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}]
    proxy.strike(
        match=lambda r: operation_of(r) == "account.ListRegions",
        status=200,
        body=lambda _: ("application/json", json.dumps({"Regions": listed}).encode()),
    )
    assets, _, accounts = read(keys(proxy.endpoint, "*"))
    assert accounts == (ACCOUNT,)
    assert assets[0].uid == f"arn:aws-cn:iam::{ACCOUNT}:root"
    assert assets[0].attributes["regions"] == [{"region": "cn-north-1", "opt_status": "ENABLED_BY_DEFAULT"}]


def test_keys_that_no_partition_knows_are_said(proxy: FaultProxy) -> None:
    unknown = error_body("InvalidClientTokenId", "The security token included in the request is invalid.")
    proxy.strike(match=lambda _: True, status=403, body=unknown)
    with pytest.raises(LoginError, match="did not accept the credentials"):
        read(keys(proxy.endpoint, "*"))
    assert proxy.seen["sts.GetCallerIdentity"] == 1 + len(HOME)


@pytest.fixture
def portal() -> Iterator[tuple[str, list[str]]]:
    """What gives out credentials for single sign-on, and the tokens that it was shown."""
    shown: list[str] = []

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.append(self.headers.get("x-amz-sso_bearer_token", ""))
            until = int((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1000)
            given = {"accessKeyId": "ASIATEST", "secretAccessKey": "s", "sessionToken": "t", "expiration": until}
            body = json.dumps({"roleCredentials": given}).encode()
            if shown[-1] != "a-good-token":
                self.send_response(401)
                body = json.dumps({"message": "Session token not found or invalid"}).encode()
                self.send_header("x-amzn-ErrorType", "UnauthorizedException")
            else:
                self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", shown
    server.shutdown()
    server.server_close()


def signed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portal: str, token: str | None) -> None:
    """A profile with single sign-on, as `aws configure sso` and `aws sso login` leave it behind."""
    config = tmp_path / "config"
    config.write_text(
        "[profile audit]\nsso_session = work\nsso_account_id = 123456789012\nsso_role_name = Audit\n"
        "region = eu-central-1\n"
        "[sso-session work]\nsso_region = eu-central-1\nsso_start_url = https://work.awsapps.example/start\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", portal)
    cache = tmp_path / "sso"
    cache.mkdir()
    monkeypatch.setattr("botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR", str(cache))
    if token is not None:
        until = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        kept = {"startUrl": "https://work.awsapps.example/start", "accessToken": token, "expiresAt": until}
        name = sha1(b"work", usedforsecurity=False).hexdigest()
        (cache / f"{name}.json").write_text(json.dumps(kept), encoding="utf-8")


def test_a_profile_with_single_sign_on(
    cloud: AwsCloud, proxy: FaultProxy, portal: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.reset()
    endpoint, shown = portal
    signed_on(tmp_path, monkeypatch, endpoint, "a-good-token")
    log = CallLog()
    login = Login("sso", "profile", profile="audit", regions=("eu-central-1",), endpoint=proxy.endpoint)
    _, cells, accounts = read(login, log)
    assert accounts == (ACCOUNT,)
    assert any(c.service == "kms" for c in cells)
    assert set(shown) == {"a-good-token"}
    assert [c.operation for c in log.counts()].count("sso.GetRoleCredentials") == 1, "the login is counted too"
    assert "a-good-token" not in str(log.counts())


@pytest.mark.parametrize("token", [None, "a-token-that-is-over"])
def test_single_sign_on_that_is_over_says_what_to_do(
    proxy: FaultProxy, portal: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    signed_on(tmp_path, monkeypatch, portal[0], token)
    login = Login("sso", "profile", profile="audit", regions=("eu-central-1",), endpoint=proxy.endpoint)
    with pytest.raises(LoginError, match="aws sso login --profile audit"):
        read(login)


def test_accounts_of_an_organisation_are_entered_side_by_side(cloud: AwsCloud, proxy: FaultProxy) -> None:
    cloud.reset()
    organisation = cloud.client("organizations")
    organisation.create_organization(FeatureSet="ALL")
    made = [
        organisation.create_account(AccountName=f"t{n}", Email=f"t{n}@example.org")["CreateAccountStatus"]["AccountId"]
        for n in range(12)
    ]
    now, most = 0, 0
    lock = threading.Lock()

    def counted(request: Request) -> bool:
        nonlocal now, most
        if b"Action=AssumeRole&" in request.body:
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.1)
            with lock:
                now -= 1
        return False

    proxy.strike(match=counted)
    log = CallLog()
    totals: list[int] = []
    login = keys(proxy.endpoint, "eu-central-1", organization_role="SitusReadOnly")
    _, cells, accounts = read(login, log, progress=lambda _n, _d, total: totals.append(total))
    assert set(accounts) == {ACCOUNT, *made}
    assert accounts[0] == ACCOUNT, "the login's own account goes first"
    assert most > 3
    assumed = [c for c in log.counts() if c.operation == "sts.AssumeRole"]
    assert sum(c.calls for c in assumed) == len(made), "each is counted once"
    assert {c.account for c in cells if c.service == "kms"} == {ACCOUNT, *made}
    assert totals[-1] > 12 * 10
