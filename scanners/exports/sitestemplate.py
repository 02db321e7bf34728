"""The workbook that people fill in to declare sites: a sheet of rows, and a sheet that explains the columns."""

from pathlib import Path
from typing import Final

from scanners.exports.declared import COLUMNS, CUSTODY

_MEANINGS: Final = {
    "site": "Identity of the site: letters, digits, dots and dashes. The same in every row about it.",
    "name": "What people call it. Needed in one row only, as are the columns up to arc.",
    "country": "Two letters, ISO 3166: DE, FR, NO.",
    "city": "City.",
    "operator": "Who runs the site.",
    "operator_country": "Country of the operator, two letters.",
    "provider": "Provider id where a cloud without a scanner runs it (coreweave, hetzner, …); else empty.",
    "kubernetes": "Kubernetes clusters there: name of the exported file or uid of the cluster; several with ;",
    "arc": "Azure Arc machines that stand there; several with ;",
    "cluster": "Name of a cluster at the site. One row for each kind of accelerator and each store in it.",
    "nodes": "Machines in the cluster.",
    "gpu_model": "Model of the accelerators of this row.",
    "gpu_count": "How many of them.",
    "store": "Name of a data store, of the cluster if the row names one, else of the site.",
    "store_kind": "bucket, filesystem or volume.",
    "data_class": "special_category, personal, pseudonymised, anonymous or public.",
    "encrypted": "yes or no; empty where nobody knows.",
    "custody": f"Who holds the key: {', '.join(CUSTODY)}; empty where nobody knows.",
    "reads": "Addresses that the cluster (or site) reads: s3://…, gs://…, https://…; several with ;",
    "writes": "Addresses that it writes; several with ;",
}


def write_template(path: Path) -> None:
    """Writes the empty workbook to `path`."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = "Sites"
    notes = book.create_sheet("Columns")
    notes.append(["column", "meaning"])
    for place, name in enumerate(COLUMNS, start=1):
        sheet.cell(row=1, column=place, value=name).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = max(12, len(name) + 3)
        notes.append([name, _MEANINGS[name]])
    notes.column_dimensions["A"].width = 18
    notes.column_dimensions["B"].width = 110
    sheet.freeze_panes = "A2"
    book.save(path)
