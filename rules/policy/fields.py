"""Every setting of the policy file: its type, whether it is a decision or a threshold, and what it means.

Types: `text`, `bool`, `days`, `share` (0 to 1), `number`, `level` (0 to 4), `date`, `class`, `custody`, `country`,
`provider`, `word(a|b)`, `places` (countries and groups), `list[T]`, `map[K,T]`, `table[NAME]` (one record) and
`records[NAME]`.
"""

from typing import Any, Final

from msgspec import Struct

from rules.policy import records
from rules.policy.records import LogRetention
from rules.rule import SEVERITIES


class Setting(Struct, frozen=True):
    """One setting: its type, and for a decision the question to ask, for a threshold the default and why."""

    name: str
    type: str
    sentence: str
    decision: bool
    default: Any = None


_DECISIONS: Final[tuple[tuple[str, str, str], ...]] = (
    ("allowed_countries", "places", "In which countries may personal data be kept?"),
    (
        "tag_map",
        "map[text,map[text,class]]",
        "Which tags tell the class of data, and what does each value of theirs mean?",
    ),
    ("reid_tag", "text", "Which tag marks the tables and keys by which pseudonymised people can be named again?"),
    ("required_custody", "map[class,custody]", "Who must hold the encryption key, for each class of data?"),
    (
        "external_key_classes",
        "list[class]",
        "Which classes of data must be locked with a key that the cloud provider does not hold?",
    ),
    (
        "confidential_required_for",
        "list[class]",
        "Which classes of data may be processed only in confidential computing?",
    ),
    (
        "transfer_register",
        "records[TransferEntry]",
        "On what legal basis do personal data go to each third country? (The transfer register.)",
    ),
    (
        "trusted_accounts",
        "list[text]",
        "Which accounts, tenants or organisations may your data, models and keys be shared with?",
    ),
    ("accounts", "records[Account]", "Which legal entity owns each account, subscription and project?"),
    (
        "processors",
        "records[Processor]",
        "Which processors and vendors have you under contract, and may they train on your content?",
    ),
    ("key_operators", "records[KeyOperator]", "Who operates your external key managers, and in which country?"),
    ("approved_ai_services", "list[text]", "Which AI services may be used?"),
    (
        "ropa",
        "records[RecordOfProcessing]",
        "What does your record of processing activities say about assets, countries, recipients and end dates?",
    ),
    (
        "anonymity_assessments",
        "records[Assessment]",
        "Which data sets and models did you assess as anonymous, and when?",
    ),
    ("exit_plans", "records[ExitPlan]", "For which providers do you have an exit plan, and when was it last tested?"),
    ("sovereign_level", "level", "How much control by operators outside the EU do you accept? (0: any, to 4: none)"),
    (
        "required_boundary",
        "map[provider,list[text]]",
        "In which sovereign boundary must accounts with personal data lie, for each provider?",
    ),
    (
        "operator_approval_required",
        "bool",
        "Must the provider's staff ask for your approval before they reach your data?",
    ),
    ("retention_days", "map[class,days]", "After how many days must data of each class be deleted?"),
    ("zero_retention_required", "bool", "Must AI services keep no prompt and no answer at all?"),
)

_THRESHOLDS: Final[tuple[tuple[str, str, Any, str], ...]] = (
    (
        "unclassified_as",
        "class",
        None,
        "Data without a class count as personal as input of an AI service, else as unclassified.",
    ),
    ("tia_max_age_days", "days", 730, "A transfer impact assessment is current for two years."),
    (
        "assessment_max_age_days",
        "days",
        365,
        "An assessment of anonymity is current for one year: the means to single people out change.",
    ),
    ("exit_plan_max_age_days", "days", 365, "An exit plan counts when it was tested within the last year."),
    (
        "erasure_grace_days",
        "days",
        30,
        "Deleted data may be brought back for 30 days: the month in which a request for erasure is to be answered.",
    ),
    ("backup_retention_max", "days", 365, "Backups of personal data are kept for one year at most."),
    ("snapshot_max_age_days", "days", 90, "A snapshot outside any backup plan is too old after 90 days."),
    ("orphan_max_age_days", "days", 30, "A disk or workspace that nobody uses may lie idle for 30 days."),
    ("artefact_max_age_days", "days", 30, "Checkpoints, staging and scratch data go 30 days after their job ended."),
    (
        "log_retention",
        "table[LogRetention]",
        LogRetention(183, 731),
        "Logs are kept for at least six months (what the AI Act asks of high-risk systems) and at most two years.",
    ),
    ("key_rotation_days", "days", 365, "A key is rotated at least once a year."),
    (
        "min_destroy_delay_days",
        "days",
        7,
        "Between the order to destroy a key and its destruction lie at least 7 days.",
    ),
    (
        "refused_reasons",
        "list[text]",
        ("THIRD_PARTY_DATA_REQUEST", "REASON_UNSPECIFIED"),
        "A key must not be released for a third party's data request or without a reason.",
    ),
    (
        "gpai_flop_notice",
        "number",
        1e23,
        "Training above 1e23 floating-point operations is worth a legal check (AI Act: 1e25 presumes systemic risk).",
    ),
    (
        "training_utilisation_low",
        "share",
        0.25,
        "At least 25 % of the accelerators' peak speed is assumed for training compute.",
    ),
    (
        "training_utilisation_high",
        "share",
        0.55,
        "At most 55 % of the accelerators' peak speed is assumed for training compute; large runs report 30 to 55 %.",
    ),
    ("max_provider_share", "share", 0.8, "More than 80 % of the capacity at one provider counts as concentration."),
    ("max_foreign_share", "share", 0.8, "More than 80 % at operators of one third country counts as concentration."),
    (
        "criticality_metric",
        f"word({'|'.join(records.METRICS)})",
        "accelerator_hours",
        "Concentration is measured in accelerator hours.",
    ),
    ("coverage_min", "share", 0.95, "An audit that read less than 95 % of what it asked for is not complete enough."),
    ("mandatory_services", "list[text]", (), "No service is marked as one that an audit must be able to read."),
    ("facts_max_age_days", "days", 180, "The catalogue of places and law is too old after 180 days."),
    ("severities", f"map[text,word({'|'.join(SEVERITIES)})]", {}, "Failures are as grave as each rule says."),
)

OTHER: Final[dict[str, str]] = {
    "organisation": "text",
    "tags": "table[TagKeys]",
    "classify": "records[ClassifyLine]",
}
"""Settings that are neither: the organisation's name, the names of conventional tags, classification without tags."""


SETTINGS: Final[dict[str, Setting]] = {
    name: Setting(name, type_, question, decision=True) for name, type_, question in _DECISIONS
} | {
    name: Setting(name, type_, sentence, decision=False, default=default)
    for name, type_, default, sentence in _THRESHOLDS
}
"""Every decision and threshold by name, in the order in which people are shown them."""

DECISIONS: Final[dict[str, str]] = {s.name: s.sentence for s in SETTINGS.values() if s.decision}
"""Decision → the question to put to the organisation. Decisions have no default: left out, rules say so."""

THRESHOLDS: Final[dict[str, str]] = {s.name: s.sentence for s in SETTINGS.values() if not s.decision}
"""Threshold → what its default is and why."""

RECORDS: Final[dict[str, dict[str, str]]] = {
    "TransferEntry": {
        "id": "text!",
        "importer": "text!",
        "country": "country!",
        "tool": f"word({'|'.join(records.TOOLS)})!",
        "data_classes": "list[class]",
        "accounts": "list[text]",
        "assets": "list[text]",
        "expires": "date",
        "tia_date": "date",
        "tia_result": "word(positive|measures_needed|negative)",
        "dpf_certified_until": "date",
        "scope_confirmed": "bool",
        "document": "text",
        "note": "text",
    },
    "Account": {"id": "text!", "entity": "text!", "country": "country!", "note": "text"},
    "Processor": {
        "id": "text!",
        "vendor": "text",
        "provider": "provider",
        "country": "country",
        "no_training_clause": "bool",
        "note": "text",
    },
    "RecordOfProcessing": {
        "id": "text!",
        "name": "text",
        "resources": "list[text]",
        "countries": "places",
        "recipients": "list[text]",
        "ends": "date",
    },
    "Assessment": {
        "resource": "text!",
        "date": "date!",
        "result": "word(anonymous|not_anonymous|unclear)!",
        "note": "text",
    },
    "ExitPlan": {"provider": "provider!", "date": "date", "tested": "date", "note": "text"},
    "KeyOperator": {"match": "text!", "name": "text!", "country": "country!", "owner_third_country": "bool!"},
    "LogRetention": {"min": "days!", "max": "days!"},
    "TagKeys": {
        "critical": "list[text]",
        "critical_values": "list[text]",
        "ropa": "list[text]",
        "retain_until": "list[text]",
        "purpose": "list[text]",
        "owner": "list[text]",
        "role": "list[text]",
    },
    "ClassifyLine": {
        "account": "text",
        "kind": "text",
        "name": "text",
        "uid": "text",
        "provider": "provider",
        "data_class": "class",
        "owner": "text",
        "critical": "bool",
        "ropa_id": "text",
        "retain_until": "date",
        "purpose": "text",
        "role": "word(dataset|checkpoint|staging|scratch|cache|audit_sink)",
        "retention_declared": "word(manual)",
        "ai_act_high_risk": "bool",
        "note": "text",
    },
}
"""Members of each kind of entry with their types; `!` marks the ones that must be given."""

UNIQUE: Final = {"TransferEntry": "id", "Account": "id", "RecordOfProcessing": "id", "Processor": "id"}
"""The member by which entries of a kind must differ."""

_VARIABLE: Final = {
    "text": "str",
    "bool": "bool",
    "days": "int",
    "share": "float",
    "number": "float",
    "level": "int",
    "date": "date",
    "class": "|".join(records.CLASSES),
    "custody": "|".join(records.CUSTODY),
    "country": "str",
    "provider": "str",
    "places": "list[str]",
}


def variable_type(type_: str) -> str:
    """The type of a setting in the little language of `scanners.model.kinds` (with `map[T]` besides)."""
    type_ = type_.removesuffix("!")
    if type_ in _VARIABLE:
        return _VARIABLE[type_]
    head, inner = type_[:-1].split("(" if type_.endswith(")") else "[", 1)
    match head:
        case "word":
            return inner if "|" in inner else "str"
        case "list":
            return f"list[{variable_type(inner)}]"
        case "map":
            return f"map[{variable_type(inner.split(',', 1)[1])}]"
        case _:
            members = ", ".join(f"{name}: {variable_type(t)}" for name, t in RECORDS[inner].items())
            return f"{{{members}}}" if head == "table" else f"list[{{{members}}}]"


VARIABLES: Final[dict[str, str]] = {name: variable_type(setting.type) for name, setting in SETTINGS.items()}
"""Name → type, as conditions see the policy."""
