"""Which tables the organisation fills in, what their columns mean, and which setting of the policy each one becomes."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from msgspec import Struct

from app.register.cells import heading
from app.register.german import HEADINGS, SHEET_NAMES
from rules.policy.fields import RECORDS
from rules.policy.records import CLASSES, TOOLS


class RegisterError(Exception):
    """A register cannot be read or written; the text is one sentence for people on each line."""


class Sheet(Struct, frozen=True):
    """One table: its name for people, the policy setting it becomes, the kind of its entries, the member that names."""

    name: str
    setting: str
    record: str
    key: str
    title: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns in the order of the template."""
        return tuple(RECORDS[self.record])

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that every row must fill."""
        return tuple(name for name, type_ in RECORDS[self.record].items() if type_.endswith("!"))

    def type_of(self, column: str) -> str:
        """The type of a column as `rules.policy.fields` writes it, without the mark of what is required."""
        return RECORDS[self.record][column].removesuffix("!")


SHEETS: Final[dict[str, Sheet]] = {
    sheet.name: sheet
    for sheet in (
        Sheet("transfer_register", "transfer_register", "TransferEntry", "id", "Transfers to third countries"),
        Sheet("processing_record", "ropa", "RecordOfProcessing", "id", "Record of processing activities (Article 30)"),
        Sheet("processors", "processors", "Processor", "id", "Processors and vendors under contract"),
        Sheet("accounts", "accounts", "Account", "id", "Which legal entity owns which account"),
        Sheet("exit_plans", "exit_plans", "ExitPlan", "provider", "Exit plans for providers"),
    )
}
"""Name of the sheet → what it is."""

MEANINGS: Final[dict[str, str]] = {
    "transfer_register.id": "Your own number of the entry. Each one differs.",
    "transfer_register.importer": "Legal entity that receives the data; covers what it owns by sheet accounts.",
    "transfer_register.country": "Country of the importer: two or three letters of ISO 3166 (US, USA), or its name.",
    "transfer_register.tool": f"What the transfer rests on: {', '.join(TOOLS)}.",
    "transfer_register.data_classes": f"Classes of data covered; several with ; ({', '.join(CLASSES)})",
    "transfer_register.accounts": "Accounts, subscriptions or projects covered as well; several with ;",
    "transfer_register.assets": "Assets covered, by the uid that the report shows; several with ;",
    "transfer_register.expires": "Last day on which the entry holds, as 2027-03-31; empty: no end was agreed.",
    "transfer_register.tia_date": "Day of the transfer impact assessment.",
    "transfer_register.tia_result": "positive, measures_needed or negative.",
    "transfer_register.dpf_certified_until": "Data Privacy Framework: last day of the importer's certification.",
    "transfer_register.scope_confirmed": "yes where a partial adequacy decision is confirmed to cover the importer.",
    "transfer_register.document": "Where the contract or decision is filed.",
    "transfer_register.note": "Remarks.",
    "processing_record.id": "Your own number of the processing activity, as in the tags ropa-id.",
    "processing_record.name": "Purpose of the processing.",
    "processing_record.resources": "Assets used for it, by the uid that the report shows; several with ;",
    "processing_record.countries": (
        "Countries in which it may take place: ISO 3166 codes or names, EU or EEA; several with ;"
    ),
    "processing_record.recipients": "Categories of recipients; several with ;",
    "processing_record.ends": "Day on which the purpose ends.",
    "processors.id": "Your own number of the contract.",
    "processors.vendor": "Name of the processor.",
    "processors.provider": "aws, azure, gcp or another provider id of the catalogue, where it is a cloud.",
    "processors.country": "Country of the processor: code (ISO 3166) or name.",
    "processors.no_training_clause": "yes where the contract forbids training on your content; empty: unknown.",
    "processors.note": "Remarks.",
    "accounts.id": "Account id, subscription id, project id or site, as the provider writes it.",
    "accounts.entity": "Legal entity that owns it, spelled as in the column importer.",
    "accounts.country": "Country where that entity sits: code (ISO 3166) or name.",
    "accounts.note": "Remarks.",
    "exit_plans.provider": "aws, azure, gcp or another provider id of the catalogue.",
    "exit_plans.date": "Day of the plan.",
    "exit_plans.tested": "Day of its last test; empty if it was never tested.",
    "exit_plans.note": "Remarks.",
}
"""`sheet.column` → what to write there."""

EXPORTED: Final[dict[str, str]] = {
    "register_entry": "id",
    "importer": "importer",
    "destination_country": "country",
    "mechanism": "tool",
    "data_class": "data_classes",
    "destination": "assets",
    "expires": "expires",
    "tia_date": "tia_date",
    "document": "document",
}
"""Column of the exported list of flows → column of sheet transfer_register, so that the list can be filled in."""

_BY_SETTING: Final = {sheet.setting: sheet for sheet in SHEETS.values()}
_BY_GERMAN: Final = {heading(german): SHEETS[name] for name, german in SHEET_NAMES.items()}
_TELLING: Final = {
    "transfer_register": {"importer", "tool"},
    "processing_record": {"resources"},
    "accounts": {"entity"},
    "exit_plans": {"tested"},
    "processors": {"vendor"},
}


def sheet_named(name: str) -> Sheet | None:
    """The sheet of this name in English or German, or of the setting of this name, whatever its case; else None."""
    plain = heading(name)
    english = plain.replace("-", "_")
    return SHEETS.get(english) or _BY_SETTING.get(english) or _BY_GERMAN.get(plain)


@cache
def german_columns(sheet: str) -> Mapping[str, str]:
    """Heading of a sheet in the German template → column; both as `cells.heading` writes them."""
    return {heading(german): column for column, german in HEADINGS[sheet].items()}


def sheet_of(columns: Iterable[str]) -> Sheet | None:
    """The sheet that a table with these columns must be; None where that cannot be told."""
    given = set(columns)
    if is_export(given):
        return SHEETS["transfer_register"]
    fits: list[Sheet] = []
    for name, telling in _TELLING.items():
        english = {german_columns(name).get(column, column) for column in given}
        if telling & english and set(SHEETS[name].required) <= english:
            fits.append(SHEETS[name])
    return fits[0] if len(fits) == 1 else None


@cache
def known_columns() -> frozenset[str]:
    """Every column of every sheet, in English and in German, and of the exported list of flows."""
    german = (column for name in SHEETS for column in german_columns(name))
    return frozenset((*EXPORTED, *german, *(column for sheet in SHEETS.values() for column in sheet.columns)))


def is_export(columns: Iterable[str]) -> bool:
    """Whether these are columns of the exported list of flows."""
    return {"flow", "register_entry", "destination_country"} <= set(columns)
