"""What is told after an audit, whoever began it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.job import Outcome
from app.notify.endings import Ending, endings, fresh
from app.notify.notice import notice_of
from app.notify.sending import Delivery, send
from app.notify.settings import Settings, load
from app.settings import SettingsError, load_preferences
from app.texts import speaking

if TYPE_CHECKING:
    from app.schedule.history import Run


def tell(
    folder: Path,
    name: str,
    where: "str | Path",
    *,
    run: "Run | None" = None,
    outcome: Outcome | None = None,
    missed: "Sequence[Run]" = (),
) -> list[Delivery]:
    """Tell whom the settings of this folder name, if there is anything to tell. `where`: the store of the audit.

    Raises NotifyError where the settings cannot be used; a channel that fails is in the answer instead.
    """
    settings = load(folder)
    if not settings.anyone:
        return []
    with speaking(_language(folder)):
        return _told(settings, folder, name, where, run, outcome, missed)


def _language(folder: Path) -> str:
    """The language that the user chose; nobody chose one: as the program speaks."""
    try:
        return load_preferences(folder).language
    except SettingsError:
        return ""


def _told(
    settings: Settings,
    folder: Path,
    name: str,
    where: "str | Path",
    run: "Run | None",
    outcome: Outcome | None,
    missed: "Sequence[Run]",
) -> list[Delivery]:
    ending = fresh(folder, _endings(where)) if "expiring" in settings.events else []
    notice = notice_of(settings, name, run, outcome, missed, ending)
    return [] if notice is None else send(settings, notice)


def _endings(where: "str | Path") -> list[Ending]:
    from app import audit
    from app.store import KnownStoreError, Store
    from rules.policy import PolicyError

    today = datetime.now(UTC).date()
    with suppress(KnownStoreError, PolicyError), Store.open(where, create=False, read_only=True) as store:
        judged = store.judgement()
        if judged is not None:
            return endings(store, audit.yardstick_of(store, judged.id), today)
    return endings(None, None, today)
