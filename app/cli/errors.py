"""Errors as sentences: what happened, and which exit status that means."""

import os
import traceback

from app.cli.main import FAILED, USAGE
from app.cli.terminal import say
from app.texts import tr

_USAGE = (
    "PolicyError",
    "RuleError",
    "CatalogueError",
    "UnknownCountry",
    "DateTooEarly",
    "UnknownFormError",
    "ConnectionsError",
    "UsageError",
    "RegisterError",
    "WhatIfError",
    "FrameworkError",
    "DecisionError",
    "EditionError",
)
_FAILED = ("ExportError", "LoginError", "KnownStoreError", "ReportNotWrittenError", "SigningError", "VaultError")


class UsageError(Exception):
    """The command was not given what it needs; the text says what."""


def explain(error: Exception | None) -> int:
    """Say what happened on stderr and return the exit status. None means that the person stopped the program."""
    if error is None:
        say(tr("situs: stopped. What was stored before stays stored."))
        return FAILED
    names = {cls.__name__ for cls in type(error).__mro__}
    if names & {"CancelledByUser"}:
        say(tr("situs: cancelled. What was read until then is kept as a partial scan."))
        return FAILED
    if names.intersection(_USAGE):
        say(f"situs: {error}")
        return USAGE
    if names.intersection(_FAILED) or isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
        say(f"situs: {_sentence(error)}")
        return FAILED
    say(
        tr("situs: something went wrong inside the program ({kind}). Nothing that was stored before is lost.").format(
            kind=type(error).__name__
        )
    )
    if os.environ.get("SITUS_DEBUG"):
        traceback.print_exception(error)
    else:
        say(tr("Run it again with the environment variable SITUS_DEBUG=1 to see where, and report that text."))
    return FAILED


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return tr("{file}: {reason}. Nothing was changed.").format(file=error.filename, reason=error.strerror)
    return str(error)
