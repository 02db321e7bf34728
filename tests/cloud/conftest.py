"""A simulated AWS for the whole run, with a proxy in front of it for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aws_estate import REGIONS, AwsCloud, aws_cloud, plant
from aws_wire import operation_of
from backends import only_some
from fault_proxy import FaultProxy, fault_proxy

from app.connections import Connection
from scanners.aws.live.login import Network


@pytest.fixture(scope="session")
def cloud() -> Iterator[AwsCloud]:
    """An empty simulated AWS."""
    with aws_cloud() as running:
        yield running


@pytest.fixture(scope="module")
def estate(cloud: AwsCloud) -> dict[str, str]:
    """The planted estate: what was planted → uid."""
    cloud.reset()
    return plant(cloud)


@pytest.fixture
def proxy(cloud: AwsCloud) -> Iterator[FaultProxy]:
    """A proxy in front of the cloud; counts requests by operation."""
    with fault_proxy(cloud.endpoint, operation_of) as running:
        yield running


@pytest.fixture
def connection(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Connection:
    """A connection to the cloud through the proxy."""
    monkeypatch.setenv("SITUS_TEST_SECRET", "not-a-real-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    options = {"access_key_id": "testing", "secret": "env:SITUS_TEST_SECRET"}
    return Connection("research", "aws", "keys", ("*",), REGIONS, proxy.endpoint, options)


@pytest.fixture
def hasty() -> Network:
    """Little patience, so that faults do not make tests slow."""
    return Network(attempts=2, connect_timeout=5, read_timeout=15)


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scans read S3, KMS and EC2 only: enough for tests of what does not depend on the service."""
    monkeypatch.setenv("SITUS_TEST_SERVICES", "s3,kms,ec2")
    monkeypatch.setattr("scanners.aws.live.scan.collectors", only_some)
