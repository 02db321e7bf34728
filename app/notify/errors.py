"""What can be wrong with notifications, as a sentence for people."""


class NotifyError(Exception):
    """Settings cannot be used, or a message could not be delivered; the text holds no secret."""
