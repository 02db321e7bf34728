"""Writes resources/sample_estate. Run by hand after a change: python packaging/sample_estate [FOLDER]."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import estate_aws
import estate_azure
import estate_gcp
import estate_kubernetes
import estate_sites
from identity import ARCHIVE, DATA, RESEARCH, Document, Scan, identifier
from writing import write_array, write_lines, write_list, write_text

FOLDER = Path(__file__).resolve().parent.parent.parent / "resources" / "sample_estate"


def folder_of(scan: Scan) -> str:
    """The name of the folder of a scan."""
    return f"scan-{scan.started:%Y-%m-%d}"


def write_scan(folder: Path, scan: Scan) -> None:
    """All exports of one scan."""
    shutil.rmtree(folder, ignore_errors=True)
    _aws(folder / "aws", scan, DATA, "eu-central-1", estate_aws.data_account(scan))
    _aws(folder / "aws", scan, DATA, "eu-west-1", estate_aws.ireland(scan))
    _aws(folder / "aws", scan, RESEARCH, "eu-central-1", estate_aws.research_account(scan))
    _aws(folder / "aws", scan, ARCHIVE, "eu-central-1", estate_aws.archive_account(scan), ".json.gz")
    azure = folder / "azure"
    for name, rows in (
        ("resourcecontainers", estate_azure.containers_of_everything(scan)),
        ("resources", estate_azure.resources(scan)),
        ("policyresources", estate_azure.policies(scan)),
    ):
        found = list(rows)
        tail: Document = {"skip_token": None, "total_records": len(found)}
        write_list(azure / f"{name}.json", {"count": len(found)}, "data", found, tail)
    write_array(azure / "keys.json", estate_azure.keys(scan))
    for name, documents in (
        ("storage-blobservices", estate_azure.blob_services(scan)),
        ("storage-managementpolicies", estate_azure.lifecycles(scan)),
        ("storage-containers", estate_azure.blob_containers(scan)),
        ("openai-deployments", estate_azure.deployments(scan)),
        ("ml-computes", estate_azure.computes(scan)),
        ("ml-jobs", estate_azure.jobs(scan)),
        ("ml-datastores", estate_azure.datastores(scan)),
        ("ml-models", estate_azure.models(scan)),
        ("ml-endpoints", estate_azure.endpoints(scan)),
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
    write_lines(folder / "gcp" / "resource.ndjson", estate_gcp.resources(scan))
    write_lines(folder / "gcp" / "iam-policy.ndjson", estate_gcp.policies(scan))
    write_lines(folder / "gcp" / "org-policy.ndjson", estate_gcp.organisation_policies(scan))


def _aws(
    folder: Path, scan: Scan, account: str, region: str, items: Iterable[Document], ending: str = ".json"
) -> None:
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


if __name__ == "__main__":
    main(sys.argv[1:])
