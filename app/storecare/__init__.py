"""Care for the store, which holds personal data itself: backup, restore, deletion on record, retention.

    backup(where, folder, file, passphrase) -> Manifest
    restore(file, where, folder, passphrase, replace=, settings=) -> Restored
    forget_before(store, actor, day, why) -> Forgotten          old scans, for good, recorded
    forget_connection(store, actor, name, why) -> Forgotten     what one connection has shown, for good, recorded
    foresee_before(where, day), foresee_connection(where, name)    the same numbers, with nothing deleted
    contents(file, passphrase) -> Manifest                      what is in a backup, checked; nothing is written
    status(where, keep_days) -> Status                          size, age, what is older than it should be kept

Nothing is ever deleted by itself. All raise BackupError or KnownStoreError (sentences for people), and take seconds.
"""

from app.storecare.backup import Manifest, Restored, backup, contents, restore
from app.storecare.errors import BackupError
from app.storecare.retention import (
    Status,
    foresee_before,
    foresee_connection,
    forget_before,
    forget_connection,
    status,
)

__all__ = [
    "BackupError",
    "Manifest",
    "Restored",
    "Status",
    "backup",
    "contents",
    "foresee_before",
    "foresee_connection",
    "forget_before",
    "forget_connection",
    "restore",
    "status",
]
