"""What can go wrong when signing."""


class SigningError(Exception):
    """A file could not be signed, or a key could not be used; the text is a sentence for people."""
