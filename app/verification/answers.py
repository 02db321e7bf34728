"""What a check of a report finds, as plain records and sentences."""

from enum import StrEnum

from msgspec import Struct

from app.signing.seals import Seal
from app.texts import tr


class Outcome(StrEnum):
    """What one check came to. `note`: in order, with something to know. `not_checked`: could not be looked at."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    NOT_CHECKED = "not_checked"


class Check(Struct, frozen=True):
    """One question with its answer in a sentence.

    `what`: signature, certificate, revocation, time_stamp, attachments, manifest, chain, findings, evidence.
    """

    what: str
    outcome: Outcome
    text: str


class Verification(Struct):
    """The answers about one file. `sha256` is of the whole file; `signatures` in the order they were made."""

    file: str
    sha256: str
    checks: list[Check]
    signatures: list[Seal] = []

    @property
    def good(self) -> bool:
        """Whether nothing was found to be wrong."""
        return not any(check.outcome is Outcome.WRONG for check in self.checks)

    @property
    def answer(self) -> str:
        """The answer in one sentence."""
        wrong = [check for check in self.checks if check.outcome is Outcome.WRONG]
        if wrong:
            return tr("Do not rely on this file as it is: {reason}").format(reason=wrong[0].text)
        open_ = [c for c in self.checks if c.outcome is Outcome.NOT_CHECKED]
        if open_:
            return tr("The file is as it was signed. Some of what it rests on could not be checked here.")
        if any(check.what == "evidence" for check in self.checks):
            return tr("The file is as it was signed, and the store still holds what it rests on.")
        return tr("The file is as it was signed.")
