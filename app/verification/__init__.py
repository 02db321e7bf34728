"""Checking a report: is it as it was signed, by whom, and does the store still hold what it rests on?

`verify` answers in sentences, for the command line and the window alike.
"""

from app.verification.answers import Check, Outcome, Verification
from app.verification.verify import verify

__all__ = ["Check", "Outcome", "Verification", "verify"]
