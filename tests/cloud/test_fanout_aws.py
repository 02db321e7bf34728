"""An organisation on AWS, account by account: the same as all at once, and its list is asked for once."""

from collections import Counter

import pytest
from aws_estate import AwsCloud
from fault_proxy import FaultProxy
from test_aws_logins import ACCOUNT, login, member_accounts, read

from scanners.aws.live.connect import accounts
from scanners.aws.live.login import Login, Network
from scanners.aws.live.scan import scan
from scanners.guard import CallLog

__all__ = ["login"]
pytestmark = pytest.mark.usefixtures("core")


def test_every_account_is_read_by_itself_without_listing_the_organisation_again(
    cloud: AwsCloud, login: Login, proxy: FaultProxy
) -> None:
    members = member_accounts(cloud, 2)
    whole, cells, names = read(login)
    listed = accounts(login, CallLog())
    assert listed is not None
    assert {one.accounts[0] for one in listed} == {ACCOUNT, *members} == set(names)
    before = Counter(proxy.seen)
    parts = [read(one) for one in listed]
    after = Counter(proxy.seen)
    assert (after - before)["organizations.ListAccounts"] == 0
    assert {a.uid: a.name for assets, _, _ in parts for a in assets} == {a.uid: a.name for a in whole}
    keys = {(c.account, c.region, c.service, c.kind): c.status for c in cells}
    again = {(c.account, c.region, c.service, c.kind): c.status for _, some, _ in parts for c in some}
    assert again == keys


def test_the_login_of_an_organisation_reads_its_own_account_as_any_other(cloud: AwsCloud, login: Login) -> None:
    """Entering members must not put a second guard before the login's own session, which knows none of its clients."""
    member_accounts(cloud, 2)
    log = CallLog()
    items: list[object] = []
    found = scan(login, items.extend, log, network=Network(attempts=2, read_timeout=5))
    assert not [c for c in found.cells if "not an operation that Situs declares" in (c.detail or "")]
    once = [c for c in log.counts() if c.operation == "sts.GetCallerIdentity" and c.account == ACCOUNT]
    assert sum(c.calls for c in once) <= 1
