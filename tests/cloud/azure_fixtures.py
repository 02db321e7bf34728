"""What tests of the simulated Azure share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from azure_cloud import TOKEN, Azure, azure_cloud
from azure_estate import plant
from loopback import Asked, Loopback, Reply

from app.connections import Connection
from scanners.azure.live.login import Login
from scanners.azure.live.scan import scan
from scanners.guard import CallLog
from scanners.live.collect import Scanned
from scanners.live.credentials import Network, Secret
from scanners.model import Asset, Coverage, Item, Relation, merged

HASTY = Network(attempts=2, connect_timeout=5, read_timeout=15, longest_wait=2)


class Scan:
    """What a scan yielded, assets merged as the store merges them."""

    def __init__(self, items: list[Item], done: Scanned, log: CallLog) -> None:
        self.done, self.log = done, log
        self.assets: dict[str, Asset] = {}
        for item in items:
            if isinstance(item, Asset):
                known = self.assets.get(item.uid)
                self.assets[item.uid] = item if known is None else merged(known, item)
        self.relations = {(i.source, i.type, i.target) for i in items if isinstance(i, Relation)}
        self.cells: list[Coverage] = done.cells

    def cell(self, account: str, service: str, kind: str) -> Coverage:
        """The one cell of a subscription, service and kind."""
        [found] = [c for c in self.cells if (c.account, c.service, c.kind) == (account, service, kind)]
        return found


class Tenant:
    """A running simulated tenant."""

    def __init__(self, azure: Azure, server: Loopback, planted: dict[str, str]) -> None:
        self.azure, self.server, self.planted = azure, server, planted

    def login(self, **more: Any) -> Login:
        """A login to it by a token."""
        given: dict[str, Any] = {"secret": Secret(TOKEN), "endpoint": self.server.endpoint, **more}
        return Login("research", "token", **given)

    def scan(self, network: Network = HASTY, **more: Any) -> Scan:
        """A whole scan."""
        items: list[Item] = []
        log = CallLog()
        options = {name: more.pop(name) for name in ("manners", "cancelled", "progress", "chosen") if name in more}
        done = scan(self.login(**more), items.extend, log, network=network, **options)
        return Scan(items, done, log)

    def fault(self, part: str, reply: Reply | Callable[[Asked], Reply | None]) -> None:
        """Whatever has this (in lower case) in its path is answered so."""
        self.azure.faults.append((part, reply if callable(reply) else lambda _: reply))


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """The planted estate behind a server of its own."""
    azure = Azure()
    planted = plant(azure)
    with azure_cloud(azure) as server:
        yield Tenant(azure, server, planted)


def connection(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """The tenant as a connection of the program."""
    monkeypatch.setenv("SITUS_TEST_TOKEN", TOKEN)
    return Connection(
        "research", "azure", "token", ("*",), ("*",), tenant.server.endpoint, {"secret": "env:SITUS_TEST_TOKEN"}
    )
