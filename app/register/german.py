"""The German template: names of its sheets and columns, and German words that its cells may hold.

They name what a file means, whatever the language in use: a German file is read on an English computer, and a template
from last year by this year's program. So they stand here, and not among the translations.
"""

from typing import Final

SHEET_NAMES: Final[dict[str, str]] = {
    "transfer_register": "Übermittlungsverzeichnis",
    "processing_record": "Verarbeitungsverzeichnis",
    "processors": "Auftragsverarbeiter",
    "accounts": "Konten",
    "exit_plans": "Ausstiegspläne",
}
"""Sheet → its name in the German template."""

COLUMNS_SHEET: Final = "Spalten"
EXPLAINED: Final = ("Blatt", "Spalte", "Bedeutung")
"""The sheet that explains the columns, and its headings."""

YES_NO: Final = {True: "ja", False: "nein"}
SEPARATOR: Final = ";"
"""What German spreadsheets take for the end of a cell: the comma is within numbers there."""

HEADINGS: Final[dict[str, dict[str, str]]] = {
    "transfer_register": {
        "id": "Nummer",
        "importer": "Empfänger",
        "country": "Land",
        "tool": "Rechtsgrundlage",
        "data_classes": "Datenklassen",
        "accounts": "Erfasste Konten",
        "assets": "Erfasste Objekte",
        "expires": "Gültig bis",
        "tia_date": "Folgenabschätzung vom",
        "tia_result": "Ergebnis der Folgenabschätzung",
        "dpf_certified_until": "DPF-zertifiziert bis",
        "scope_confirmed": "Geltungsbereich bestätigt",
        "document": "Ablageort",
        "note": "Bemerkung",
    },
    "processing_record": {
        "id": "Nummer",
        "name": "Zweck",
        "resources": "Genutzte Objekte",
        "countries": "Länder",
        "recipients": "Kategorien von Empfängern",
        "ends": "Zweck endet am",
    },
    "processors": {
        "id": "Nummer",
        "vendor": "Auftragsverarbeiter",
        "provider": "Anbieter",
        "country": "Land",
        "no_training_clause": "Training vertraglich verboten",
        "note": "Bemerkung",
    },
    "accounts": {"id": "Konto", "entity": "Rechtsträger", "country": "Land", "note": "Bemerkung"},
    "exit_plans": {
        "provider": "Anbieter",
        "date": "Plan vom",
        "tested": "Zuletzt erprobt am",
        "note": "Bemerkung",
    },
}
"""Sheet → column → its heading in the German template."""

CLASSES: Final[dict[str, str]] = {
    "besondere kategorie": "special_category",
    "personenbezogen": "personal",
    "pseudonymisiert": "pseudonymised",
    "ohne klasse": "unclassified",
    "anonym": "anonymous",
    "öffentlich": "public",
}
"""Classes of data as German reports write them, and what they are in a policy."""

TOOLS: Final[dict[str, str]] = {
    "angemessenheitsbeschluss": "adequacy",
    "standardvertragsklauseln": "scc",
    "verbindliche interne vorschriften": "bcr",
    "ausnahme": "derogation",
}
"""Bases of transfers as German reports write them."""

RESULTS: Final[dict[str, str]] = {"positiv": "positive", "maßnahmen nötig": "measures_needed", "negativ": "negative"}
"""Results of a transfer impact assessment."""

GROUPS: Final[dict[str, str]] = {"ewr": "EEA"}
"""Groups of countries by their German abbreviation, where it differs."""
