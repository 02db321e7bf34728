"""Writes resources/sample_estate. Run by hand after a change: python packaging/sample_estate [FOLDER]."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import estate_aws
from identity import ARCHIVE, DATA, RESEARCH, Document, Scan, identifier
from writing import write_list

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
