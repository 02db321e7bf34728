"""How far a long job is: one small record that the terminal, the window and the log all understand."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct


class Step(Struct, omit_defaults=True):
    """One report of progress.

    `phase` is `import`, `scan`, `store`, `judge` or `report`; `text` is one sentence for people; `done` and `total`
    count bytes, assets or pages, whichever the phase works through; `total` is None while it is not known.
    """

    phase: str
    text: str
    done: int = 0
    total: int | None = None


Progress: TypeAlias = Callable[[Step], None]
Cancelled: TypeAlias = Callable[[], bool]


class CancelledByUser(Exception):  # noqa: N818 - not an error
    """The person asked to stop. What was read until then is kept as a partial scan."""


def silent(step: Step) -> None:
    """Progress that nobody looks at."""


def never() -> bool:
    """A job that nobody cancels."""
    return False


def waiting(progress: Progress, cancelled: Cancelled) -> Callable[[], None]:
    """What is called while another Situs writes to a shared store: says so. Raises CancelledByUser where asked to."""

    def wait() -> None:
        from app.texts import tr

        progress(Step("store", tr("Waiting for another Situs that writes to this store")))
        if cancelled():
            raise CancelledByUser

    return wait
