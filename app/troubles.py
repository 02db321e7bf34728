"""Which errors are a sentence for people, and which are a fault of the program. By name, so that nothing is imported.

A new error for people is one more name here: in WRONG where what was asked for cannot be (usage, configuration,
policy), in FAILED where the world stood in the way.
"""

from typing import Final

from app.texts import tr

WRONG: Final = frozenset(
    {
        "PolicyError",
        "RuleError",
        "CatalogueError",
        "UnknownCountry",
        "DateTooEarly",
        "UnknownFormError",
        "ChoiceError",
        "ConnectionsError",
        "UsageError",
        "RegisterError",
        "WhatIfError",
        "FrameworkError",
        "DecisionError",
        "EngineError",
        "EditionError",
    }
)
FAILED: Final = frozenset(
    {
        "ExportError",
        "LoginError",
        "KnownStoreError",
        "ReportNotWrittenError",
        "SigningError",
        "VaultError",
        "ScheduleError",
        "LogError",
        "NotifyError",
        "BackupError",
        "UpdateError",
    }
)


def is_wrong(error: BaseException) -> bool:
    """Whether what was asked for cannot be: exit status 2."""
    return not WRONG.isdisjoint(_names(error))


def sentence_of(error: BaseException) -> str | None:
    """The error as people read it; None where it is a fault of the program."""
    names = _names(error)
    if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError) and error.filename:
        return tr("{file}: {reason}. Nothing was changed.").format(file=error.filename, reason=error.strerror)
    if (WRONG | FAILED).isdisjoint(names):
        return str(error) if isinstance(error, FileNotFoundError | PermissionError) else None
    from app.said import said

    return said(str(error))


def _names(error: BaseException) -> set[str]:
    return {cls.__name__ for cls in type(error).__mro__}
