"""The organisation's own decisions, read from a TOML file with messages a lawyer can act on."""

from msgspec import UNSET

from rules.policy.classify import Classification
from rules.policy.fields import DECISIONS, SETTINGS, THRESHOLDS, VARIABLES, Setting
from rules.policy.policy import Policy
from rules.policy.reading import PolicyError
from rules.policy.records import (
    Account,
    Assessment,
    ExitPlan,
    KeyOperator,
    LogRetention,
    Processor,
    RecordOfProcessing,
    TransferEntry,
)

__all__ = [
    "DECISIONS",
    "SETTINGS",
    "THRESHOLDS",
    "UNSET",
    "VARIABLES",
    "Account",
    "Assessment",
    "Classification",
    "ExitPlan",
    "KeyOperator",
    "LogRetention",
    "Policy",
    "PolicyError",
    "Processor",
    "RecordOfProcessing",
    "Setting",
    "TransferEntry",
]
