"""Notifications: desktop, e-mail and webhooks, about new or worse violations, what ends soon, and runs that failed.

    load(folder) -> Settings             `notify.toml` of the user's data folder; nobody is told where there is none
    check(folder, settings)              raises NotifyError for what could not be kept
    save(folder, settings)               keep them (a settings page)
    send(settings, notice, only=None) -> list[Delivery]      by every channel; each delivery says what went wrong
    test_notice() -> Notice              a message that shows whether messages arrive
    tell(folder, name, where, run=, outcome=, missed=) -> list[Delivery]      what is told after an audit

Settings that cannot be used raise NotifyError with a sentence for people. Messages hold counts and titles of rules, no
names of assets, accounts or people. Secrets are named (`vault:NAME`, `env:NAME`), never written. Sending takes
seconds: not for the thread of a window.
"""

from app.notify.after import tell
from app.notify.errors import NotifyError
from app.notify.notice import Ending, Notice, notice_of, test_notice
from app.notify.sending import Delivery, send
from app.notify.settings import EVENTS, KINDS, Desktop, Email, Settings, Webhook, check, load, save

__all__ = [
    "EVENTS",
    "KINDS",
    "Delivery",
    "Desktop",
    "Email",
    "Ending",
    "Notice",
    "NotifyError",
    "Settings",
    "Webhook",
    "check",
    "load",
    "notice_of",
    "save",
    "send",
    "tell",
    "test_notice",
]
