"""Scans of simulated AWS accounts over real HTTP, for the proof of the rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aws_answers import Answers, answering, declared
from aws_rule_estates import SITES

from app.connections import Connection
from app.scanning import scan
from app.store import Store
from scanners.aws.live.login import Network

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
