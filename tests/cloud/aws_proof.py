"""Scans of simulated AWS accounts over real HTTP, for the proof of the rules."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import botocore.loaders
import pytest
from aws_answers import Answers, answering, declared, model, plain
from aws_rule_estates import SITES
from aws_things import ACCOUNT
from botocore import xform_name
from botocore.exceptions import ClientError
from clones import Parts

from app.connections import Connection
from app.scanning import scan
from app.store import Store
from scanners.aws.live.declare import Collector, Operation
from scanners.aws.live.door import Door
from scanners.aws.live.login import Network
from scanners.aws.live.reach import TAGGED, CollectorRun, Site
from scanners.aws.live.registry import collectors
from scanners.coverage import Book
from scanners.live.limits import Limits
from scanners.model import Asset, Coverage, Item, Relation, merged
from scanners.runner import run_tasks

ALWAYS = frozenset({"sts.GetCallerIdentity", "account.ListRegions"})
"""Who we are and which regions there are: without them there is nothing to be scanned."""

DETAILS = frozenset(key for key, operation in declared().items() if not operation.elements) - ALWAYS
"""Operations that say more of what lists named."""

EVERYTHING = frozenset(declared()) - ALWAYS


@contextmanager
def scanned(cloud: Answers, folder: Path, *regions: str, own: int | None = None) -> Iterator[tuple[Store, int]]:
    """The store and the number of a scan of this account; `own` accelerators stand on premises beside it."""
    paths: list[Path] = []
    if own is not None:
        paths = [folder / "sites.yaml"]
        paths[0].write_text(SITES.format(count=own), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, answering(cloud) as endpoint, Store.open(folder / "s.db") as store:
        patch.setenv("SITUS_TEST_SECRET", "not-a-real-secret")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", str(folder / "none"))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "none"))
        options = {"access_key_id": "testing", "secret": "env:SITUS_TEST_SECRET"}
        connection = Connection("research", "aws", "keys", ("*",), regions, endpoint, options)
        patience = Network(attempts=2, connect_timeout=5, read_timeout=15)
        done = scan(store, [connection], paths, network=patience)
        assert not cloud.unplanned, "nothing was said of what was asked"
        yield store, done.scan.id


def parts_of(store: Store, scan_id: int) -> Parts:
    """A stored scan as the rules see it, in lists."""
    estate = store.estate(scan_id)
    try:
        assets = [asset for batch in estate.assets() for _, asset in batch]
        relations = [row[3] for batch in estate.relations() for row in batch]
        return Parts(assets, relations, list(estate.coverage()))
    finally:
        estate.close()


class _Door:
    """Answers what a simulated account says without a network: what comes in is what boto3 is given."""

    def __init__(self, cloud: Answers, refused: Collection[str]) -> None:
        self.cloud, self.refused = cloud, refused

    def standing(self, name: str, region: str) -> str:
        return "there"

    def client(self, name: str, region: str) -> Any:
        names = {xform_name(operation): operation for operation in model(name).operation_names}

        def paginator(python: str) -> Any:
            return SimpleNamespace(_pagination_cfg=_pagination(name)[names[python]])

        return SimpleNamespace(meta=SimpleNamespace(method_to_api_mapping=names), get_paginator=paginator)

    def method(self, operation: Operation, region: str) -> Callable[..., dict[str, Any]]:
        def call(**parameters: Any) -> dict[str, Any]:
            code = "AccessDeniedException"
            if operation.key not in self.refused:
                says = self.cloud.told(operation, region, plain(operation.key, parameters))
                if isinstance(says, dict):
                    return deepcopy(says)
                code = says
            raise ClientError({"Error": {"Code": code, "Message": "is not authorized to perform"}}, operation.name)

        return call


@cache
def _pagination(client: str) -> dict[str, Any]:
    return botocore.loaders.Loader().load_service_model(client, "paginators-1")["pagination"]


class Bench:
    """An account of which collectors are run one by one, so that a denied operation costs those only that need it."""

    def __init__(self, cloud: Answers, *regions: str) -> None:
        self.cloud, self.regions = cloud, regions
        self.every = [(c, where) for c in collectors() for where in (regions if c.scope == "region" else ("",))]
        self.known = dict(zip(range(len(self.every)), self._run(self.every, ()), strict=True))

    def _run(
        self, chosen: list[tuple[Collector, str]], refused: Collection[str]
    ) -> Iterator[tuple[list[Item], list[Coverage]]]:
        for collector, where in chosen:
            book = Book("research", "aws")
            site = Site("research", ACCOUNT, "aws", cast("Door", _Door(self.cloud, refused)), book, Limits(6))
            site.regions = self.regions
            items: list[Item] = []
            near = self.regions[0] if collector.scope == "account_wide" else "us-east-1"
            task = CollectorRun(site, collector, where or near).task(collector.run)
            assert run_tasks([task], items.extend)
            yield items, book.cells()

    def parts(self, account: Asset, refused: str = "") -> Parts:
        """The estate as it is seen while one operation is refused; `account` is what the login itself shows."""
        hit = [
            n
            for n, (collector, _) in enumerate(self.every)
            if refused and (refused == TAGGED.key or refused in {o.key for o in collector.operations})
        ]
        found = dict(self.known)
        found |= dict(zip(hit, self._run([self.every[n] for n in hit], {refused}), strict=True))
        assets: dict[str, Asset] = {account.uid: account}
        relations: list[Relation] = []
        cells: dict[tuple[str, ...], Coverage] = {}
        for items, covered in found.values():
            for item in items:
                if isinstance(item, Asset):
                    assets[item.uid] = merged(assets[item.uid], item) if item.uid in assets else item
                elif isinstance(item, Relation):
                    relations.append(item)
            for cell in covered:
                key = (cell.region, cell.service, cell.kind)
                if key not in cells or cells[key].status.read:
                    cells[key] = cell
        return Parts(list(assets.values()), relations, list(cells.values()))
