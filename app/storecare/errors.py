"""What can go wrong with backups, as a sentence for people."""


class BackupError(Exception):
    """A backup cannot be made or read; the text says why, and that nothing was changed."""
