"""Errors as sentences: what happened, and which exit status that means."""

import os
import traceback

from app.cli.main import FAILED, USAGE
from app.cli.terminal import say
from app.texts import tr
from app.troubles import is_wrong, sentence_of


class UsageError(Exception):
    """The command was not given what it needs; the text says what."""


def explain(error: Exception | None) -> int:
    """Say what happened on stderr and return the exit status. None means that the person stopped the program."""
    if error is None:
        say(tr("situs: stopped. What was stored before stays stored."))
        return FAILED
    if type(error).__name__ == "CancelledByUser":
        say(tr("situs: cancelled. What was read until then is kept as a partial scan."))
        return FAILED
    sentence = sentence_of(error)
    if sentence is not None:
        say(f"situs: {sentence}")
        return USAGE if is_wrong(error) else FAILED
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
