"""Who decided what, when and why: acceptances, assignments, comments, changes of the policy, and who agreed to them.

Everything goes through the log of the store, whose entries are chained by digests. The window and the command line
call `actions`; `state` says what the entries come to; `checking` says whether the log is still what was written.
"""

from app.decisions.entry import Actor, DecisionError, Entry, Subject
from app.decisions.state import State, state_of

__all__ = ["Actor", "DecisionError", "Entry", "State", "Subject", "state_of"]
