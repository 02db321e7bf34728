"""Words of the table form of declared sites: columns in English and in German, and German words for what cells say."""

import unicodedata
from typing import Any, Final

COLUMNS: Final[dict[str, str]] = {
    "site": "Standort",
    "name": "Bezeichnung",
    "country": "Land",
    "city": "Stadt",
    "operator": "Betreiber",
    "operator_country": "Land des Betreibers",
    "provider": "Anbieter",
    "kubernetes": "Kubernetes-Cluster",
    "arc": "Arc-Maschinen",
    "cluster": "Cluster am Standort",
    "nodes": "Maschinen",
    "gpu_model": "GPU-Modell",
    "gpu_count": "Anzahl der GPUs",
    "store": "Speicher",
    "store_kind": "Art des Speichers",
    "data_class": "Datenklasse",
    "encrypted": "Verschlüsselt",
    "custody": "Schlüssel bei",
    "reads": "Liest",
    "writes": "Schreibt",
}
"""Column → its heading in the German template, in the order of the templates."""

SHEETS: Final = ("sites", "standorte")
"""Names of the sheet of rows, in English and in German."""

CLASSES: Final[dict[str, str]] = {
    "besondere kategorie": "special_category",
    "personenbezogen": "personal",
    "pseudonymisiert": "pseudonymised",
    "anonym": "anonymous",
    "öffentlich": "public",
}
CUSTODY: Final[dict[str, str]] = {
    "niemand": "none",
    "anbieter": "provider",
    "kunde": "customer",
    "kunde im hsm": "customer_hsm",
    "eigenes hsm": "dedicated_hsm",
    "extern": "external",
}
KINDS: Final[dict[str, str]] = {"dateisystem": "filesystem"}


def plain(text: Any) -> str:
    """A text without what makes no difference: case, the way in which letters are composed, the form of spaces."""
    return " ".join(unicodedata.normalize("NFC", str(text)).lower().split())


_BY_HEADING: Final = {plain(german).replace(" ", "_"): column for column, german in COLUMNS.items()}


def column_of(name: Any) -> str:
    """The column that a heading names in English or in German, however it is written; else the heading itself."""
    heading = plain(name).replace(" ", "_")
    return heading if heading in COLUMNS else _BY_HEADING.get(heading, heading)
