"""The workbook that people fill in to declare sites: a sheet of rows, and a sheet that explains the columns."""

from pathlib import Path
from typing import Final

from scanners.exports.declared import CUSTODY
from scanners.exports.sitewords import COLUMNS
from scanners.exports.sitewords import CUSTODY as GERMAN_CUSTODY

_MEANINGS: Final = {
    "site": "Identity of the site: letters, digits, dots and dashes. The same in every row about it.",
    "name": "What people call it. Needed in one row only, as are the columns up to arc.",
    "country": "Two or three letters of ISO 3166 (DE, DEU), or the name of the country.",
    "city": "City.",
    "operator": "Who runs the site.",
    "operator_country": "Country of the operator: code (ISO 3166) or name.",
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


_GERMAN: Final = {
    "site": "Kennung des Standorts: Buchstaben, Ziffern, Punkte und Striche. Dieselbe in jeder Zeile zu ihm.",
    "name": "Wie man ihn nennt. In einer Zeile genug, wie auch die Spalten bis „Arc-Maschinen“.",
    "country": "Code aus zwei oder drei Buchstaben (ISO 3166: DE, DEU) oder Name des Landes.",
    "city": "Stadt.",
    "operator": "Wer den Standort betreibt.",
    "operator_country": "Land des Betreibers: Code (ISO 3166) oder Name.",
    "provider": "Kennung des Anbieters, wo eine Cloud ohne Scanner ihn betreibt (coreweave, hetzner, …); sonst leer.",
    "kubernetes": "Kubernetes-Cluster dort: Name der exportierten Datei oder uid des Clusters; mehrere mit ;",
    "arc": "Maschinen von Azure Arc, die dort stehen; mehrere mit ;",
    "cluster": "Name eines Clusters am Standort. Eine Zeile für jede Art von Beschleunigern und jeden Speicher darin.",
    "nodes": "Maschinen im Cluster.",
    "gpu_model": "Modell der Beschleuniger dieser Zeile.",
    "gpu_count": "Wie viele es sind.",
    "store": "Name eines Speichers: des Clusters, wenn die Zeile einen nennt, sonst des Standorts.",
    "store_kind": "bucket, Dateisystem oder volume.",
    "data_class": "besondere Kategorie, personenbezogen, pseudonymisiert, anonym oder öffentlich.",
    "encrypted": "ja oder nein; leer, wo es niemand weiß.",
    "custody": f"Wer den Schlüssel hält: {', '.join(GERMAN_CUSTODY)}; leer, wo es niemand weiß.",
    "reads": "Adressen, die der Cluster (oder Standort) liest: s3://…, gs://…, https://…; mehrere mit ;",
    "writes": "Adressen, in die er schreibt; mehrere mit ;",
}


def write_template(path: Path, german: bool = False) -> None:
    """Writes the empty workbook to `path`, with German headings and remarks where that is asked for. Raises OSError."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = "Standorte" if german else "Sites"
    notes = book.create_sheet("Spalten" if german else "Columns")
    notes.append(["Spalte", "Bedeutung"] if german else ["column", "meaning"])
    for place, name in enumerate(COLUMNS, start=1):
        heading = COLUMNS[name] if german else name
        sheet.cell(row=1, column=place, value=heading).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = max(12, len(heading) + 3)
        notes.append([heading, (_GERMAN if german else _MEANINGS)[name]])
    notes.column_dimensions["A"].width = 22
    notes.column_dimensions["B"].width = 110
    sheet.freeze_panes = "A2"
    book.save(path)
