"""Writes resources/sample_estate. Run by hand after a change: python packaging/sample_estate [FOLDER]."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import estate_aws
import estate_azure
import estate_gcp
import estate_kubernetes
import estate_sites
import planted_aws
import planted_azure
import planted_gcp
import problems
from identity import ARCHIVE, DATA, RESEARCH, Document, Scan, identifier
from writing import write_array, write_lines, write_list, write_text

FOLDER = Path(__file__).resolve().parent.parent.parent / "resources" / "sample_estate"


Part = Callable[[Scan], Iterable[Document]]
_REGIONS: tuple[tuple[str, str, tuple[Part, ...], str], ...] = (
    (DATA, "eu-central-1", (estate_aws.data_account, planted_aws.frankfurt), ".json"),
    (DATA, "eu-west-1", (estate_aws.ireland,), ".json"),
    (DATA, "us-east-1", (planted_aws.virginia,), ".json"),
    (DATA, "ap-south-1", (planted_aws.mumbai,), ".json"),
    (DATA, "ap-southeast-1", (planted_aws.singapore,), ".json"),
    (RESEARCH, "eu-central-1", (estate_aws.research_account, planted_aws.research), ".json"),
    (RESEARCH, "us-east-1", (planted_aws.research_virginia,), ".json"),
    (ARCHIVE, "eu-central-1", (estate_aws.archive_account,), ".json.gz"),
)


def folder_of(scan: Scan) -> str:
    """The name of the folder of a scan."""
    return f"scan-{scan.started:%Y-%m-%d}"


def write_scan(folder: Path, scan: Scan) -> None:
    """All exports of one scan."""
    shutil.rmtree(folder, ignore_errors=True)
    aws = folder / "aws"
    for account, region, parts, ending in _REGIONS:
        _aws(aws, scan, account, region, _all(scan, *parts), ending)
    azure = folder / "azure"
    for name, rows in (
        ("resourcecontainers", estate_azure.containers_of_everything(scan)),
        ("resources", _all(scan, estate_azure.resources, planted_azure.resources)),
        ("policyresources", _all(scan, estate_azure.policies, planted_azure.policies)),
    ):
        found = list(rows)
        tail: Document = {"skip_token": None, "total_records": len(found)}
        write_list(azure / f"{name}.json", {"count": len(found)}, "data", found, tail)
    write_array(azure / "keys.json", _all(scan, estate_azure.keys, planted_azure.keys))
    for name, documents in (
        ("storage-blobservices", _all(scan, estate_azure.blob_services, planted_azure.blob_services)),
        ("storage-managementpolicies", _all(scan, estate_azure.lifecycles, planted_azure.lifecycles)),
        ("storage-containers", _all(scan, estate_azure.blob_containers, planted_azure.blob_containers)),
        ("openai-deployments", _all(scan, estate_azure.deployments, planted_azure.deployments)),
        ("ml-computes", _all(scan, estate_azure.computes, planted_azure.computes)),
        ("ml-jobs", _all(scan, estate_azure.jobs, planted_azure.jobs)),
        ("ml-datastores", estate_azure.datastores(scan)),
        ("ml-models", estate_azure.models(scan)),
        ("ml-endpoints", estate_azure.endpoints(scan)),
        ("sql-auditing", planted_azure.sql_auditing(scan)),
        ("backup-items", planted_azure.backups(scan)),
        ("diagnosticsettings", estate_azure.diagnostics(scan)),
    ):
        write_list(azure / f"{name}.json", {}, "value", documents)
    for name, objects in (
        ("imaging-hel", estate_kubernetes.helsinki(scan)),
        ("reading-lon", estate_kubernetes.london(scan)),
    ):
        head = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}}
        write_list(folder / "kubernetes" / f"{name}-objects.json", head, "items", objects)
    write_text(folder / "sites.yaml", estate_sites.declaration(scan))
    write_lines(folder / "gcp" / "resource.ndjson", _all(scan, estate_gcp.resources, planted_gcp.resources))
    write_lines(
        folder / "gcp" / "iam-policy.ndjson",
        estate_gcp.policies(_all(scan, estate_gcp.resources, planted_gcp.resources)),
    )
    write_lines(folder / "gcp" / "org-policy.ndjson", estate_gcp.organisation_policies(scan))


def _all(scan: Scan, *parts: Part) -> Iterator[Document]:
    for part in parts:
        yield from part(scan)


def _aws(folder: Path, scan: Scan, account: str, region: str, items: Iterable[Document], ending: str = ".json") -> None:
    snapshot = identifier(f"snapshot/{account}/{region}/{scan.number}")
    name = f"{account}_Config_{region}_ConfigSnapshot_{scan.started:%Y%m%dT%H%M%SZ}_{snapshot}{ending}"
    head: Document = {"fileVersion": "1.0", "configSnapshotId": snapshot}
    write_list(folder / name, head, "configurationItems", items)


def main(arguments: list[str]) -> None:
    """Write the whole estate into a folder."""
    folder = Path(arguments[0]) if arguments else FOLDER
    for number in (1, 2):
        scan = Scan(number)
        write_scan(folder / folder_of(scan), scan)
    write_text(folder / "truth.yaml", problems.truth())


if __name__ == "__main__":
    main(sys.argv[1:])
