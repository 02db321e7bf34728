"""Sending a message by every channel; one that fails keeps none of the others from theirs."""

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from app.notify import desktop, mail, webhook
from app.notify.errors import NotifyError
from app.notify.notice import Notice
from app.notify.settings import Settings


class Delivery(Struct, frozen=True):
    """What became of a message on one channel. `trouble`: why it was not delivered, or empty."""

    channel: str
    trouble: str


def send(settings: Settings, notice: Notice, only: str | None = None) -> list[Delivery]:
    """Send by every channel of the settings, or by the one named: `desktop`, `email` or the name of a webhook."""
    from app.scanning import use_system_trust

    use_system_trust()
    channels: list[tuple[str, Callable[[Notice], None]]] = []
    if settings.desktop is not None:
        channels.append(("desktop", desktop.send))
    if settings.email is not None:
        channels.append(("email", partial(mail.send, settings.email)))
    channels += [(hook.name, partial(webhook.send, hook)) for hook in settings.webhook]
    told: list[Delivery] = []
    for name, deliver in channels:
        if only in (None, name):
            try:
                deliver(notice)
            except NotifyError as error:
                told.append(Delivery(name, str(error)))
            else:
                told.append(Delivery(name, ""))
    return told
